"""The rule of scoring: worked examples a reader can follow, and what must hold of any cases whatever."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jieban.appraisal import recompute
from tests.appraisal import small


def test_three_rates_by_hand():
    """Three cases of one street: yes/yes, part/mostly, no/no, all of weight 1, all in time."""
    mine = small.row(small.recompute(small.cases("u1 yes yes", "u1 part mostly", "u1 no no")), "streets", "u1")
    assert mine["adjusted"]["response"]["share"] == "1.000000"
    assert mine["adjusted"]["resolution"]["share"] == "0.500000"  # (1 + 0.5 + 0) / 3
    assert mine["adjusted"]["satisfaction"]["share"] == "0.600000"  # (1 + 0.8 + 0) / 3
    # 0.10, 0.40 and 0.40 of weight are there; the part without cases takes none: (0.1 + 0.2 + 0.24) / 0.9
    assert mine["composite"]["score"] == "60.000000"


def test_wilson_interval_by_hand():
    """Wilson (1927) for 8 of 10: 0.490 to 0.943, as in the textbooks."""
    mine = recompute.printed(recompute.rated(10, 10, 800))
    assert (mine["share"], mine["low"][:5], mine["high"][:5]) == ("0.800000", "0.490", "0.943")


@pytest.mark.parametrize(
    ("line", "weight"),
    [
        ("u1 yes yes", "1"),
        ("u1 yes yes role=assist", "0.5"),
        ("u1 yes yes dual=1", "0.8"),
        ("u1 yes yes role=assist dual=1", "0.5"),
        ("u1 yes yes urgency=15d", "1.2"),
        ("u1 yes yes category1=01", "1.5"),
        ("u1 yes yes owner=unmanaged", "0.5"),
        ("u1 yes yes owner=unmanaged urgency=15d category1=01 role=assist", "0.45"),
    ],
)
def test_weight_is_category_times_difficulty_times_role_times_rule(line, weight):
    held = recompute.plan(small.scheme().values, "streets", str(small.FIRST))
    [case] = small.cases(line)
    assert Decimal(recompute.weigh(held, case)[0]) / 10**8 == Decimal(weight)


def test_special_rule_lets_an_explanation_count_half():
    held = recompute.plan(small.scheme().values, "streets", str(small.FIRST))
    plain, unmanaged = (recompute.weigh(held, c)[1]["solved"]["explained"] for c in small.cases(
        "u1 explained yes", "u1 explained yes owner=unmanaged"))  # fmt: skip
    assert (plain, unmanaged) == (0, 50)


def test_filter_scores_only_its_categories_on_its_boards_in_its_time():
    about = 'name = "只考评疫情", boards = ["streets"], categories = ["01"]'
    filters = f"filters = [{{ {about}, from = 2026-10-01, to = 2026-11-01 }}]"
    only = small.scheme(swaps=[("filters = []", filters)])
    found = small.recompute(small.cases("u1 yes yes category1=01", "u1 no no", "u1 no no"), only)
    assert small.row(found, "streets", "u1")["n"] == 1
    assert small.row(found, "districts", "d1")["n"] == 3
    later = small.scheme(swaps=[("filters = []", filters.replace("2026-10-01", "2026-10-20"))])
    assert small.row(small.recompute(small.cases("u1 no no"), later), "streets", "u1")["n"] == 1


def test_left_out_stays_in_the_raw_rates_and_filed_is_in_none():
    found = small.recompute(small.cases("u1 yes yes", "u1 no no ground=ex_facts", "u1 no no ground=terminated"))
    mine = small.row(found, "streets", "u1")
    assert (mine["n"], mine["excluded"], mine["filed"]) == (1, 1, 1)
    assert mine["adjusted"]["resolution"]["share"] == "1.000000"
    assert mine["raw"]["resolution"]["share"] == "0.500000"


def test_unreached_gives_no_valid_answer_and_is_counted_apart():
    mine = small.row(
        small.recompute(small.cases("u1 yes yes", "u1 - - reached=0", "u1 - - reached=0 in_time=0")), "streets", "u1"
    )
    assert (mine["n"], mine["unreached"]) == (1, 2)
    assert (mine["adjusted"]["resolution"]["n"], mine["adjusted"]["response"]["n"]) == (1, 3)
    assert mine["adjusted"]["response"]["share"] == "0.666667"


def test_the_citizens_word_goes_before_the_record_of_contact():
    mine = small.row(small.recompute(small.cases("u1 yes yes contacted=0", "u1 yes yes contacted=")), "streets", "u1")
    assert mine["adjusted"]["response"]["share"] == "0.500000"


def test_parts_and_points_by_hand():
    marks = [
        {"unit": "u1", "name": "first_duty", "got": "3", "of": "4"},
        {"unit": "u1", "name": "late", "got": "9", "of": ""},
    ]
    mine = small.row(small.recompute(small.cases("u1 yes yes", "u1 yes yes"), marks=marks), "streets", "u1")
    assert mine["parts"]["first_duty"]["share"] == "0.750000"
    assert mine["points"] == {"late": "-2.000000"}  # 9 × -0.5, at most 2
    assert mine["composite"]["score"] == "95.500000"  # 100 × (0.1 + 0.4 + 0.4 + 0.1 × 0.75) - 2


def test_a_trade_is_scored_wherever_it_was_handled():
    found = small.recompute(
        small.cases("u1 yes yes", "firm no no", "u2 no no category1=01 category2=0101 category=010101")
    )
    assert small.row(found, "trades", "dep")["n"] == 2


def test_too_few_answers_have_no_rank_and_come_last():
    found = small.recompute(small.cases("u1 no no", "u1 no no", "u2 yes yes"))["streets"]
    assert [(row["unit"], row["rank"], row["enough"]) for row in found] == [("u1", 1, True), ("u2", None, False)]


def test_ties_go_by_the_rates_then_fewer_appeals_and_then_share_a_rank():
    lines = [f"{unit} yes yes" for unit in ("u1", "u1", "u2", "u2", "u3", "u3")]
    ranked = small.recompute(small.cases(*lines))["streets"]
    assert [(row["unit"], row["rank"]) for row in ranked] == [("u1", 1), ("u2", 2), ("u3", 3)]  # 40, 50, 60 appeals
    same = small.scheme(swaps=[('ties = ["resolution", "satisfaction", "per_10k"]', 'ties = ["resolution"]')])
    ranked = small.recompute(small.cases(*lines, "off no no", "off no no"), same)["streets"]
    assert [row["rank"] for row in ranked] == [1, 1, 1, 4]


def test_sizes_part_units_into_groups():
    sized = small.scheme(swaps=[('kinds = ["street"]\n', 'kinds = ["street"]\nsize = "appeals"\nsize_from = 50\n')])
    found = small.recompute(small.cases("u1 yes yes", "u2 yes yes"), sized)["streets"]
    assert [row["unit"] for row in found] == ["u2"]


@given(small.many(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_cases_never_matters(found: list[recompute.Case], rng: random.Random):
    mixed = list(found)
    rng.shuffle(mixed)
    assert small.recompute(mixed) == small.recompute(found)


@given(small.many(least=1), st.data())
@settings(max_examples=60, deadline=None)
def test_a_score_never_falls_when_an_unsolved_order_becomes_solved(found: list[recompute.Case], data: st.DataObject):
    one = data.draw(st.sampled_from(found))
    better = [
        {**case, "solved": "yes"} if case is one and case["solved"] in ("no", "part", "explained") else case
        for case in found
    ]
    was, now = small.recompute(found), small.recompute(better)
    for board, rows in was.items():
        for row in rows:
            if row["composite"]["score"] is not None:
                assert small.exact(small.row(now, board, row["unit"])["composite"]["score"]) >= small.exact(
                    row["composite"]["score"]
                )


@given(small.many(least=1), st.data())
@settings(max_examples=40, deadline=None)
def test_leaving_out_and_taking_in_again_is_identity_and_the_raw_rates_never_move(found, data):
    one = data.draw(st.sampled_from([case for case in found if case["ground"] != "terminated"] or [None]))
    if one is None:
        return
    out = [{**case, "ground": "ex_facts"} if case is one else case for case in found]
    back = [{**case, "ground": one["ground"]} if case["assignment"] == one["assignment"] else case for case in out]
    assert small.recompute(back) == small.recompute(found)
    raws = [{row["unit"]: row["raw"] for row in small.recompute(x)["streets"]} for x in (found, out)]
    assert raws[0] == raws[1]


@given(small.many())
@settings(max_examples=40, deadline=None)
def test_parts_add_up_to_wholes(found):
    """Streets and their district: every case of a street is a case of its district, in every count."""
    done = small.recompute(found)
    for name in ("n", "unreached", "excluded", "filed"):
        for district in ("d1", "d2"):
            streets = sum(row[name] for row in done["streets"] if small.UNDER[row["unit"]] == district)
            assert streets == sum(row[name] for row in done["districts"] if row["unit"] == district)
    for row in done["streets"]:
        assert row["raw"]["response"]["n"] == row["n"] + row["unreached"] + row["excluded"]
        assert row["adjusted"]["response"]["n"] == row["n"] + row["unreached"]


def test_the_file_is_short_and_needs_only_the_standard_library():
    """The bundle promises a file that a person can read in one sitting and run anywhere."""
    import ast
    import sys
    from pathlib import Path

    text = Path(recompute.__file__).read_text(encoding="utf-8")
    tree = ast.parse(text)
    told = {n for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Module) and ast.get_docstring(node)
            for n in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)}  # fmt: skip
    code = [n for n, line in enumerate(text.splitlines(), start=1) if line.strip() and n not in told]
    assert len(code) <= 110
    imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
