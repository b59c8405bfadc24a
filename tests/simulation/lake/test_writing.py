"""The small city against the printed figures, against itself, and against its seed."""

# ruff: noqa: S608 - the SQL is made of our own numbers
from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from jieban.analytics import schema
from jieban.analytics.lake import Lake
from jieban.portal.cli import main
from simulation import figures
from simulation.lake import plan as planning
from simulation.lake import writing

ROOT = Path(__file__).resolve().parents[3]


def wan(made, number):
    """A count of the small city in 万 of the full one."""
    return number / made[2].scale / 1e4


def near(value, printed):
    """Within one percent, or within half a printed unit and what a single row of a small city weighs."""
    return value == pytest.approx(printed, rel=0.01, abs=0.6)


def drawn(seed, month=202103, contacts=200_000):
    """The four tables of one month."""
    pack, printed = figures.read(ROOT / "cities" / "beijing")
    plan = planning.make(pack, printed, contacts=contacts, start=date(2019, 1, 1), end=date(2021, 11, 30), seed=seed)
    return writing.draw(plan, next(m for m in plan.months if m.month == month))[0]


def test_years_and_months_are_the_printed_ones(made, ask):
    years = {year: wan(made, n) for year, n in ask("select month // 100, count(*) from contacts group by 1")}
    assert {y: round(v) for y, v in years.items()} == {2019: 696, 2020: 1103, 2021: 1335}
    months = {month: wan(made, n) for month, n in ask("select month, count(*) from contacts group by 1")}
    for row in made[1].printed["monthly_low_high"]:
        of_year = {m: v for m, v in months.items() if m // 100 == row["year"]}
        assert min(of_year, key=of_year.get) % 100 == row["low_month"]
        assert max(of_year, key=of_year.get) % 100 == row["high_month"]
        assert near(min(of_year.values()), row["low"])
        assert near(max(of_year.values()), row["high"])


def test_outcomes_and_channels_are_the_printed_ones(made, ask):
    outcome = {o: wan(made, n) for o, n in ask("select outcome, count(*) from contacts group by 1")}
    assert near(outcome["dispatched"], 1301)
    assert near(outcome["answered"], 1833)
    kinds = ask("select c.kind, count(*) from contacts join channels c on channel = c.code group by 1")
    assert {kind: near(wan(made, n), {"phone": 2886, "network": 248}[kind]) for kind, n in kinds} == {
        "phone": True,
        "network": True,
    }
    assert ask("select min(month) from contacts where channel = 'wechat'") == [(202001,)]
    assert ask("select count(distinct channel) from contacts join channels c on channel = c.code"
               " where c.kind = 'network'") == [(17,)]  # fmt: skip


def test_numbers_return_as_often_as_printed(made, ask):
    years = dict(ask("select month // 100, count(distinct caller) from contacts group by 1"))
    assert [near(wan(made, years[y]), made[1].printed["caller_numbers"][str(y)]) for y in (2019, 2020, 2021)] == [
        True
    ] * 3
    always = ask(
        "select count(*) from (select caller from contacts group by 1 having count(distinct month // 100) = 3)"
    )
    assert near(wan(made, always[0][0]), 72)


def test_categories_are_the_printed_ones(made, ask):
    found = dict(ask("select c.name, count(*) from contacts join categories c on category1 = c.code group by 1"))
    printed = made[1].printed["categories_top10_accepted"]
    assert {name: round(wan(made, found[name]), 1) for name, said in printed.items()
            if not near(wan(made, found[name]), said["accepted"])} == {}  # fmt: skip
    assert ask("select count(*) from contacts where category1 = '01' and month < 202001") == [(0,)]


def test_kinds_of_unit_and_districts_handle_what_is_printed(made, ask):
    groups = dict(ask('select "group", count(*) from assignments join units on unit = code group by 1'))
    whole = sum(groups.values())
    shares = dict(zip(("district_departments", "streets", "municipal", "soe", "platform"),
                      made[1].printed["handling_share_by_unit_type_pct"].values(), strict=True))  # fmt: skip
    assert {k: round(100 * n / whole, 1) for k, n in groups.items()} == pytest.approx(shares, abs=0.15)
    found = {
        (d, g): wan(made, n)
        for d, g, n in ask('select u.district, "group", count(*) from assignments join units u on unit = u.code'
                           " where \"group\" in ('streets', 'district_departments') group by all")
    }  # fmt: skip
    wrong = {
        d["name"]: (found[d["code"], "district_departments"], found[d["code"], "streets"])
        for d in made[1].printed["districts"]
        if not near(found[d["code"], "district_departments"], d["district_departments"])
        or not near(found[d["code"], "streets"], d["streets_towns"])
    }
    assert wrong == {}


def test_streets_and_units_have_the_printed_ends(made, ask):
    handled = dict(ask("select unit, count(*) from assignments group by 1"))
    ends = made[1].printed["extremes"]
    for row in (*ends["municipal_max"], *ends["soe_max"]):
        # In so small a city a unit's count may be off by four times what chance does.
        count = handled[row["code"]]
        assert wan(made, count) == pytest.approx(row["handled"], rel=4 / count**0.5)
    streets = [code for (code,) in ask("select code from units where kind = 'street'")]
    least = sorted(streets, key=lambda code: handled.get(code, 0))[:20]
    assert ends["street_min"]["code"] in least
    most = sorted(streets, key=lambda code: -handled.get(code, 0))[:8]
    assert {row["code"] for row in ends["streets_over_50000_items"]} <= set(most)


def test_rates_rise_as_printed(ask):
    def rates(month):
        return ask(
            "select 100 * avg((solved = 'yes')::int), 100 * avg((satisfied = 'yes')::int) from answers"
            f" where last and not excluded and reached and month between {month[0]} and {month[1]}"
        )[0]

    assert rates((202001, 202011)) == pytest.approx((83, 89.2), abs=2.5)
    assert rates((201901, 201901)) == pytest.approx((53.1, 64.6), abs=4)
    assert rates((201912, 201912)) == pytest.approx((75.0, 87.3), abs=4)


def test_the_tables_hang_together(ask):
    assert ask("select count(*) from orders anti join contacts on orders.id = contacts.id"
               " and contacts.outcome = 'dispatched'") == [(0,)]  # fmt: skip
    assert ask('select count(*) from assignments a anti join orders o on a."order" = o.id') == [(0,)]
    assert ask("select count(*) from answers n anti join assignments a on n.assignment = a.id"
               ' and n."order" = a."order" and n.unit = a.unit') == [(0,)]  # fmt: skip
    assert ask('select count(*) from orders o join (select "order", count(*) n from assignments group by 1) a'
               ' on o.id = a."order" where n <> sendings') == [(0,)]  # fmt: skip
    assert ask("select count(*) from orders where (closed_day is null) <> (close_minutes is null)") == [(0,)]
    assert ask("select count(*) from assignments where result = 'completed' and complete_minutes is null") == [(0,)]
    assert ask("select count(distinct id) = count(*) from assignments") == [(True,)]
    assert ask("select count(distinct id) = count(*) from answers") == [(True,)]


def test_nothing_happens_after_the_end(ask):
    for table in ("contacts", "orders", "assignments", "answers"):
        assert ask(f"select max(day) <= date '2021-11-30' from {table}") == [(True,)]
    assert ask("select count(*) > 0 from orders where state = 'handling'") == [(True,)]


def test_the_same_seed_gives_the_same_rows_and_another_does_not(made):
    once, again, other = drawn("t"), drawn("t"), drawn("u")
    assert once["orders"].equals(again["orders"])
    assert once["answers"].equals(again["answers"])
    assert not once["contacts"].equals(other["contacts"])


def test_workers_write_what_one_process_draws(made, ask):
    alone = drawn("t")["assignments"]
    written = ask("select sum(id), count(*) from assignments where id between "
                  f"{alone['id'][0].as_py()} and {alone['id'][-1].as_py()}")  # fmt: skip
    assert written == [(sum(alone["id"].to_pylist()), alone.num_rows)]
    units = ask(f"select unit from assignments where id >= {alone['id'][0].as_py()} order by id limit 500")
    assert [u for (u,) in units] == alone["unit"].to_pylist()[:500]


def test_one_worker_or_two_write_the_same_city(tmp_path):
    pack, printed = figures.read(ROOT / "cities" / "beijing")
    span = {"start": date(2021, 6, 1), "end": date(2021, 8, 31)}
    plan = planning.make(pack, printed, contacts=20_000, seed="w", **span)
    for workers in (1, 2):
        writing.run(plan, pack, tmp_path / str(workers), seed="w", workers=workers)
    one, two = (Lake(tmp_path / name) for name in ("1", "2"))
    for table in schema.TABLES:
        rows = [pa.concat_tables([pq.ParquetFile(path).read() for path in lake.paths(table)]) for lake in (one, two)]
        assert rows[0].num_rows > 0
        assert rows[0].equals(rows[1]), table
    truths = [(lake.folder / "ground_truth.json").read_text("utf-8") for lake in (one, two)]
    assert truths[0] == truths[1]


def test_a_lake_that_breaks_off_is_the_old_one(made, tmp_path):
    folder, _, plan = made
    before = (folder / "lake.json").read_text("utf-8")

    def stop(done, whole):
        if done:
            raise KeyboardInterrupt

    pack, _ = figures.read(ROOT / "cities" / "beijing")
    with pytest.raises(KeyboardInterrupt):
        writing.run(plan, pack, folder, seed="t", workers=2, tell=stop)
    assert (folder / "lake.json").read_text("utf-8") == before
    with pytest.raises(KeyboardInterrupt):
        writing.run(plan, pack, tmp_path / "new", seed="t", workers=2, tell=stop)
    assert not Lake(tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "2021-02-01", "--to", "2021-01-01"], "--to"),
        (["--contacts", "10000"], "20000"),
        (["--from", "2018-01-01"], "2019-01-01"),
    ],
)
def test_bad_usage_is_told(words, said, tmp_path):
    result = CliRunner().invoke(main.build(), ["simulate", "--lake", str(tmp_path / "x"), *words])
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "x").exists()
