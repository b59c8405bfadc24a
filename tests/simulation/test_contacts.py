"""The stream of contacts: the same for the same seed and moment, varied, spread as published, and of nobody real."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from jieban.city import actions, reading
from jieban.city.pack import Pack
from simulation import callers
from simulation.city import City
from simulation.contacts import DAYS, Crowding, Focus, Story, Stream

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
SHOWN = ("110101012", "110101011")


@cache
def pack() -> Pack:
    return reading.read(actions.gather(Path(__file__).resolve().parents[2] / "cities" / "beijing"))


def stream(seed: str = "a", crowdings: tuple[Crowding, ...] = ()) -> Stream:
    return Stream(City(pack()), seed=seed, firm="顺手购", focus=Focus(SHOWN), crowdings=crowdings)


@cache
def drawn() -> tuple[Story, ...]:
    return tuple(stream().draw(3000, now=NOW))


def key(story: Story) -> tuple[object, ...]:
    return (
        story.no,
        story.at,
        story.channel,
        story.caller,
        story.said,
        story.spot,
        story.fate,
        story.address,
        story.place,
    )


def test_stream_with_the_same_seed_and_moment_is_the_same():
    assert [key(s) for s in stream().draw(200, now=NOW)] == [key(s) for s in stream().draw(200, now=NOW)]


def test_stream_with_another_seed_differs():
    assert [key(s) for s in stream("b").draw(200, now=NOW)] != [key(s) for s in stream().draw(200, now=NOW)]


def test_times_rise_and_end_before_now():
    times = [story.at for story in drawn()]
    assert times == sorted(times)
    assert times[-1] < NOW
    assert times[0] > NOW - timedelta(days=DAYS + 1)
    assert [story.no for story in drawn()] == list(range(3000))


def test_no_sentence_is_more_than_one_in_a_hundred():
    counted = Counter(story.said.content for story in drawn())
    assert counted.most_common(1)[0][1] <= 30
    assert len(counted) > 2400


def test_share_of_matters_sent_to_units_is_near_the_published():
    sent = sum(story.fate == "unit" for story in drawn()) / 3000
    assert 0.37 < sent < 0.52


def test_share_of_the_phone_is_near_the_published():
    phone = sum(story.channel in ("phone", "enterprise") for story in drawn()) / 3000
    assert 0.89 < phone < 0.95


def test_every_category_and_district_is_heard_of():
    assert len({story.topic.first for story in drawn()} - {""}) == 20
    assert len({story.spot.district for story in drawn()}) == 16


def test_categories_chosen_are_names_of_the_pack():
    names = {category.name for category in pack().categories.values()}
    assert {story.category for story in drawn() if story.category} - names == set()


def test_places_picked_lie_in_the_pack():
    known = {place.code for place in pack().places} | set(pack().units)
    assert {story.place for story in drawn() if story.place} - known == set()


def test_numbers_are_of_blocks_that_nobody_holds():
    assert {story.caller.phone[:7] for story in drawn()} <= set(callers.BLOCKS)
    assert all(re.fullmatch(r"1\d{10}", story.caller.phone) for story in drawn())


def test_people_are_a_surname_and_a_title():
    people = {story.caller.name for story in drawn() if story.caller.appellant == "person" and not story.caller.hidden}
    assert all(re.fullmatch(r".(女士|先生)", name) for name in people)


def test_some_callers_call_again():
    again = Counter(story.caller.phone for story in drawn())
    assert again.most_common(1)[0][1] >= 5
    assert sum(count == 1 for count in again.values()) > 2000


def test_crowding_is_one_matter_at_one_place():
    crowding = Crowding("停暖", SHOWN[0], 10, timedelta(hours=9), 5.0)
    found = [s for s in stream("c", (crowding,)).draw(400, now=NOW) if s.what.category == "停暖" and s.address]
    crowded = [s for s in found if s.spot.street == SHOWN[0] and s.at > NOW - timedelta(hours=9)]
    assert len({s.spot.estate.code for s in crowded}) == 1
    assert len(crowded) >= 10
    assert len({s.caller.phone for s in crowded}) >= 8


def test_letters_of_the_last_hours_name_no_place():
    letters = [s for s in drawn() if s.channel == "wechat" and s.at > NOW - timedelta(minutes=200) and not s.address]
    assert len(letters) >= 12


@pytest.mark.parametrize("rural", [True, False])
def test_spot_lies_where_it_was_asked_for(rural):
    city = City(pack())
    for n in range(50):
        spot = city.spot(Random(n), district="110112", rural=rural)
        street = pack().units[spot.street]
        assert (spot.district, street.district) == ("110112", "110112")
        assert spot.estate.street == spot.street
        assert not rural or street.form in ("镇", "乡", "地区")
