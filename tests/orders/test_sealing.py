"""Seals cover every entry once, whatever date it carries, and making them again changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.core import canon
from jieban.orders import sealing, verify
from jieban.orders.models import Entry, Seal
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = factories.AT
SUNDAY_AFTER = date(2026, 3, 8)


def test_each_past_day_with_entries_gets_one_seal(city):
    for days in (0, 1, 3):
        factories.an_order(state="guided", at=MONDAY + timedelta(days=days))
    made = sealing.seal(until=SUNDAY_AFTER, at=MONDAY + timedelta(days=7))
    assert [(seal.day.day, seal.entries) for seal in made] == [(2, 2), (3, 2), (5, 2)]
    assert [seal.previous for seal in made] == [sealing.FIRST, made[0].hash, made[1].hash]
    covered = Entry.objects.filter(pk__lte=made[0].last).order_by("pk")
    assert made[0].root == pairwise_root([entry.hash for entry in covered])


def test_sealing_again_makes_nothing(city):
    factories.an_order(state="guided")
    sealing.seal(until=SUNDAY_AFTER, at=MONDAY + timedelta(days=7))
    assert sealing.seal(until=SUNDAY_AFTER, at=MONDAY + timedelta(days=7)) == []
    assert Seal.objects.count() == 1


def test_a_day_is_not_sealed_before_it_is_over(city):
    factories.an_order()
    evening = MONDAY.replace(hour=23, minute=59)
    assert sealing.seal(until=MONDAY.date(), at=evening) == []
    assert sealing.unsealed_days(at=evening) == []
    assert [seal.day for seal in sealing.seal(until=MONDAY.date(), at=evening + timedelta(minutes=1))] == [
        MONDAY.date()
    ]


def test_an_entry_just_before_midnight_belongs_to_that_day(city):
    factories.an_order(at=MONDAY.replace(hour=23, minute=59, second=59, microsecond=999999))
    factories.an_order(at=MONDAY.replace(hour=0, minute=0, second=0) + timedelta(days=1))
    made = sealing.seal(until=SUNDAY_AFTER, at=MONDAY + timedelta(days=7))
    assert [(seal.day.day, seal.entries) for seal in made] == [(2, 1), (3, 1)]


def test_entries_written_late_under_a_sealed_day_fall_under_the_next_seal(city):
    factories.an_order(state="guided")
    sealing.seal(until=MONDAY.date(), at=MONDAY + timedelta(days=1))
    factories.an_order(state="guided", at=MONDAY - timedelta(days=30))
    assert verify.verify().broken == []
    assert sealing.unsealed_days(at=MONDAY + timedelta(days=2)) == [date(2026, 3, 3)]
    made = sealing.seal(until=date(2026, 3, 3), at=MONDAY + timedelta(days=2))
    assert [(seal.day.day, seal.entries) for seal in made] == [(3, 2)]
    assert verify.verify().broken == []


def test_days_written_out_of_order_are_all_sealed(city):
    for days in (3, 0, 2):
        factories.an_order(state="guided", at=MONDAY + timedelta(days=days))
    sealing.seal(until=SUNDAY_AFTER, at=MONDAY + timedelta(days=7))
    assert Seal.objects.order_by("-day").first().last == Entry.objects.order_by("-pk").first().pk
    assert sum(Seal.objects.values_list("entries", flat=True)) == Entry.objects.count()
    assert sealing.unsealed_days(at=MONDAY + timedelta(days=7)) == []
    assert verify.verify().broken == []


def pairwise_root(leaves: list[str]) -> str:
    """The root worked out level by level: an independent way to the same tree."""
    level = [sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [sha256(b"\x01" + pair[0] + pair[1]).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0].hex() if level else "0" * 64


@given(st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=40))
def test_the_root_is_that_of_the_tree_built_level_by_level(leaves):
    assert canon.merkle(iter(leaves)) == (len(leaves), pairwise_root(leaves))
