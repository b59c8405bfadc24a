"""What is planted can be found: the ids are there, at the place and on the days that are told."""

# ruff: noqa: S608 - the SQL is made of our own numbers
from __future__ import annotations


def orders(ask, truth):
    """The orders of a truth: id, day, street, place, second level, caller."""
    ids = ", ".join(map(str, truth["orders"]))
    return ask(f"select id, day, street, place, category2, caller from orders where id in ({ids})")


def test_each_planted_order_lies_where_and_when_it_is_told(ask, truths):
    assert truths
    for truth in truths:
        found = orders(ask, truth)
        assert len(found) == len(truth["orders"])
        assert {str(min(r[1] for r in found)), str(max(r[1] for r in found))} == {truth["from"], truth["to"]}
        if truth["kind"] != "coaching":
            assert {r[2] for r in found} <= set(truth["streets"])
            assert {r[4] for r in found} == {truth["category"]}
        if truth["place"]:
            assert {r[3] for r in found} == {truth["place"]}


def test_the_coaching_unit_is_praised_by_a_few_numbers_only(ask, truths):
    coached = [t for t in truths if t["kind"] == "coaching"]
    assert coached
    for truth in coached:
        assert len({r[5] for r in orders(ask, truth)}) <= 6
        ids = ", ".join(map(str, truth["orders"]))
        said = ask('select distinct solved, satisfied, way from answers where last and unit = '
                   f"'{truth['unit']}' and \"order\" in ({ids})")  # fmt: skip
        assert said == [("yes", "yes", "web")]
