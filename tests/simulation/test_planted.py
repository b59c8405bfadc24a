"""Planted truths, drawn over a period of the real pack: one matter each, at one place and time, in different words."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jieban.city import actions, reading
from jieban.city.pack import Pack
from simulation import planted, variety
from simulation.city import City
from simulation.contacts import Focus, Stream
from simulation.planted import Planted, Planter, Truth

ZONE = ZoneInfo("Asia/Shanghai")
START, NOW = datetime(2026, 8, 20, tzinfo=ZONE), datetime(2026, 11, 21, tzinfo=ZONE)


@cache
def pack() -> Pack:
    return reading.read(actions.gather(Path(__file__).resolve().parents[2] / "cities" / "beijing"))


@cache
def plant(seed: str = "a", start: datetime = START, now: datetime = NOW, size: int = 1) -> Planted:
    city = City(pack())
    stream = Stream(city, seed=seed, firm="顺手购", focus=Focus(()))
    return Planter(stream, city, start=start, now=now, seed=seed, size=size).plant()


def of(kind: str, found: Planted | None = None) -> list[Truth]:
    return [truth for truth in (found or plant()).truths if truth.kind == kind]


def length(truth: Truth) -> timedelta:
    times = [story.at for story in truth.stories]
    return max(times) - min(times)


def test_every_kind_is_planted_where_the_period_has_summer_and_winter():
    kinds = [truth.kind for truth in plant().truths]
    assert kinds == [
        planted.BURST, planted.REPEATING, planted.HEATING, planted.FLOOD, planted.COACH, *[planted.PARAPHRASES] * 3
    ]  # fmt: skip
    assert plant().left_out == {}


def test_same_seed_plants_the_same():
    city = City(pack())
    stream = Stream(city, seed="a", firm="顺手购", focus=Focus(()))
    again = Planter(stream, city, start=START, now=NOW, seed="a").plant()
    assert [(s.at, s.said) for s in again.stories] == [(s.at, s.said) for s in plant().stories]


def test_everything_lies_in_the_period():
    for seed in "abcd":
        assert all(START <= story.at < NOW for story in plant(seed).stories)


def test_what_does_not_fit_is_left_out_with_its_reason():
    found = plant("a", datetime(2026, 4, 1, tzinfo=ZONE), datetime(2026, 4, 12, tzinfo=ZONE))
    assert set(found.left_out) == {planted.REPEATING, planted.HEATING, planted.FLOOD}
    assert len(of(planted.PARAPHRASES, found)) == 3


def test_period_of_one_day_is_refused():
    with pytest.raises(ValueError, match="two whole days"):
        plant("a", START, START + timedelta(days=1))


def test_burst_is_one_matter_at_one_estate_within_hours():
    [burst] = of(planted.BURST)
    assert len(burst.stories) == 12
    assert {story.what.category for story in burst.stories} == {"停水"}
    assert {story.spot.estate.code for story in burst.stories} == {burst.where["place"]}
    assert length(burst) <= timedelta(hours=6)


def test_more_call_where_the_city_is_larger():
    [burst] = of(planted.BURST, plant("a", START, NOW, 3))
    assert len(burst.stories) == 36


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_one_event_is_told_by_several_in_really_different_words(seed):
    for truth in of(planted.PARAPHRASES, plant(seed)):
        texts = [story.said.content for story in truth.stories]
        assert 5 <= len(texts) <= 6
        assert max(variety.jaccard(a, b) for a, b in itertools.combinations(texts, 2)) < 0.5
        assert len({story.what.category for story in truth.stories}) == 1
        assert {story.spot.estate.code for story in truth.stories} == {truth.where["place"]}
        assert length(truth) <= timedelta(hours=38)


def test_problem_comes_again_and_again_at_its_place():
    [again] = of(planted.REPEATING)
    assert {story.spot.estate.code for story in again.stories} == {again.where["place"]}
    times = sorted(story.at for story in again.stories)
    assert len(times) >= 4
    assert min(b - a for a, b in itertools.pairwise(times)) > timedelta(days=6)


def test_heating_fails_in_one_street_on_one_day_of_winter():
    [cold] = of(planted.HEATING)
    assert {story.spot.street for story in cold.stories} == {cold.where["street"]}
    assert len({story.spot.estate.code for story in cold.stories}) > 1
    assert {story.at.month for story in cold.stories} == {11}
    assert length(cold) < timedelta(hours=24)


def test_flood_is_one_night_all_over_one_district():
    [flood] = of(planted.FLOOD)
    assert {story.spot.district for story in flood.stories} == {flood.where["district"]}
    assert len({story.spot.street for story in flood.stories}) > 2
    assert all(story.at.hour >= 20 or story.at.hour < 5 for story in flood.stories)
    assert length(flood) <= timedelta(hours=9)


def test_record_names_category_place_time_and_numbers():
    [burst] = of(planted.BURST)
    row = burst.record("060201", ["JB-1"])
    assert (row["kind"], row["category"], row["ids"], row["unit"]) == ("burst", "060201", ["JB-1"], "")
    assert row["where"]["street"] == burst.stories[0].spot.street
    assert row["when"]["from"] == min(story.at for story in burst.stories).isoformat()
