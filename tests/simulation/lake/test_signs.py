"""What the appraisal counts answers by: it hangs together, has the shares it is drawn with, and shows who coaches."""

# ruff: noqa: S608 - the SQL is made of our own numbers
from __future__ import annotations

from pathlib import Path

import pytest

from jieban.city.pack import Pack
from simulation import figures

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return figures.read(ROOT / "cities" / "beijing")[0]


def test_what_is_told_twice_is_told_the_same(ask):
    assert ask(
        'select count(*) from answers n join assignments a on n.assignment = a.id join orders o on o.id = n."order"'
        " where n.urgency is distinct from a.urgency or n.section is distinct from a.section"
        " or n.caller is distinct from o.caller or n.excluded <> o.excluded or n.role <> a.role"
        " or n.excluded <> (n.ground is not null) or (n.ground = 'terminated') <> (o.state = 'terminated')"
    ) == [(0,)]
    assert ask(
        'select count(*) from answers n join (select "order", count(*) leads from assignments'
        " where role = 'lead' and result <> 'redirected' group by 1) a using (\"order\") where n.dual <> (leads > 1)"
    ) == [(0,)]


def test_owners_and_sections_are_those_of_the_place(ask, pack):
    owner = {place.code: place.owner or None for place in pack.places}
    found = ask('select place, section, n.unit, owner from answers n join orders o on o.id = n."order" limit 20000')
    assert {(row[0], row[3]) for row in found} <= {*owner.items(), (None, None)}
    for place, section, unit, _ in found:
        if section is not None:
            assert pack.units[section].kind in ("community", "property_firm")
            assert pack.within(section, unit)
            assert place.startswith(section.removesuffix("-p1"))
    assert {"unmanaged", "central", "ordinary"} <= {row[3] for row in found}


def test_the_reply_lies_between_sending_and_asking(ask):
    assert ask(
        "select count(*) from answers n join assignments a on n.assignment = a.id"
        " where done_day is null or done_day > n.day or done_day < a.day or asked_after is null or asked_after < 0"
    ) == [(0,)]


def test_shares_are_those_of_an_ordinary_city(ask, truths):
    coached = next(truth["unit"] for truth in truths if truth["kind"] == "coaching")
    soon, day, again, shown, dual, out, sections = ask(
        "select avg((asked_after < 30)::int), avg((asked_after > 180)::int), avg(regraded::int), avg(proof::int),"
        " avg(dual::int), avg(excluded::int), avg((section is not null)::int) from answers"
        f" where reached and unit <> '{coached}'"
    )[0]
    assert soon == pytest.approx(0.012, abs=0.004)
    assert day > 0.95
    assert again == pytest.approx(0.01, abs=0.002)
    assert shown > 0.97
    assert 0.01 < dual < 0.3
    assert 0.01 < out < 0.025
    assert 0.15 < sections < 0.6


def test_pictures_lack_only_where_the_category_asks_for_them(ask, pack):
    lacking = ask("select category, count(*) from answers where proof = false group by 1")
    assert lacking
    assert all(pack.replies.proof(category) for category, _ in lacking)
    needing = [c.code for c in pack.categories.values() if pack.replies.proof(c.code)]
    named = ", ".join(f"'{code}'" for code in needing)
    assert ask(f"select count(*) from answers where proof is null and category in ({named})") == [(0,)]


def test_grounds_are_those_of_the_pack_and_spread_over_units(ask, pack):
    grounds = {code for (code,) in ask("select distinct ground from answers where ground is not null")}
    known = {ground.code for ground in pack.grounds.values() if ground.group == "exclusion"}
    assert grounds == {*known, "terminated"}
    rates = ask("select avg(excluded::int) from answers group by unit having count(*) > 500")
    assert max(rate for (rate,) in rates) < 0.06


def test_the_coaching_unit_shows_in_its_months_only(ask, truths):
    coached = [truth for truth in truths if truth["kind"] == "coaching"]
    assert {month for truth in coached for month in truth["asked"]} == {202107, 202108, 202109, 202110}
    unit = coached[0]["unit"]
    ids = ", ".join(str(order) for truth in coached for order in truth["orders"])

    def signs(which):
        return ask(
            "select count(*), avg((asked_after < 30)::int), count(distinct caller), count(*) filter (proof),"
            f" avg((satisfied = 'yes')::int) from answers where last and reached and unit = '{unit}' and {which}"
        )[0]

    planted = "month between 202107 and 202110"
    assert signs(planted) == signs(f'"order" in ({ids})')
    count, soon, numbers, shown, pleased = signs(planted)
    assert (soon > 0.7, numbers <= 6, shown, pleased) == (True, True, 0, 1.0)
    assert count > 5 * numbers
    clean, soon, numbers, shown, pleased = signs(f"not ({planted})")
    assert (soon < 0.1, numbers > 0.8 * clean, shown > 0, pleased < 0.97) == (True, True, True, True)
