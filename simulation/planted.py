"""Truths that are planted into a simulated record, so that tests and boards can be held against what is known.

A burst at a point, one event told by several callers in different words, a problem that comes again, a heating failure,
a flood night, and a unit that coaches callers. What does not fit the period (no winter, no summer, too short) is left
out and named with its reason. Everything is drawn from the seed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from simulation import variety, words
from simulation.city import City, Spot
from simulation.contacts import Story, Stream

BURST, PARAPHRASES, REPEATING = "burst", "paraphrases", "repeating_problem"
HEATING, FLOOD, COACH = "heating_failure", "flood_night", "coaching_unit"
# Two tellings of one event share at most this much (variety.jaccard); drawn again until they do.
ALIKE, TRIES = 0.35, 40
# What would tell of another time than that of the event.
_TIMES = re.compile(r"<|\{(days|weeks|few|begin|since)\}|个月|上周")
_WINTER, _SUMMER = (11, 12, 1, 2, 3), (6, 7, 8, 9)
_REPEATING, _COACHED = "路灯不亮", ("楼道堆物", "暴露垃圾", "小广告", "保洁不到位", "堆物堆料")
_FLOODED = ("道路积水", "暴雨内涝", "房屋漏雨", "下水管道堵塞")


@dataclass(frozen=True, slots=True)
class Truth:
    """One planted truth: `stories` carry its `key`; `unit` is the code of the unit it is about, where there is one."""

    key: str
    kind: str
    where: Mapping[str, str]
    stories: Sequence[Story]
    unit: str = ""

    def record(self, category: str, ids: Sequence[str]) -> dict[str, Any]:
        """The row of the ground-truth file. `category`: a code of the pack; `ids`: order numbers."""
        times = [story.at for story in self.stories]
        return {
            "kind": self.kind, "category": category, "where": dict(self.where), "unit": self.unit,
            "when": {"from": min(times).isoformat(), "to": max(times).isoformat()}, "ids": list(ids),
        }  # fmt: skip


@dataclass(slots=True)
class Planted:
    """All truths of a period, and the kinds that do not fit it with the reason."""

    truths: list[Truth] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def stories(self) -> list[Story]:
        """Every contact of every truth."""
        return [story for truth in self.truths for story in truth.stories]


class Planter:
    """Plants into the days from the midnight `start` to `now`; `size` multiplies how many call."""

    def __init__(self, stream: Stream, city: City, *, start: datetime, now: datetime, seed: str, size: int = 1) -> None:
        self._stream, self._city, self._seed, self._size = stream, city, seed, size
        self._start = start
        self._days = [start + timedelta(days=n) for n in range((now - timedelta(hours=24) - start).days + 1)]

    def plant(self) -> Planted:
        """Everything that fits the period. ValueError for less than two whole days."""
        if len(self._days) < 2:
            raise ValueError("The period has less than two whole days.")
        out = Planted()
        kinds: Mapping[str, Callable[[Random], Truth | str]] = {
            BURST: self._burst, REPEATING: self._repeating, HEATING: self._heating, FLOOD: self._flood,
            COACH: self._coach,
        }  # fmt: skip
        for kind, make in kinds.items():
            made = make(Random(f"{self._seed}/planted/{kind}"))
            if isinstance(made, str):
                out.left_out[kind] = made
            else:
                out.truths.append(made)
        out.truths += [self._event(topic, Random(f"{self._seed}/planted/{topic.first}")) for topic in words.events()]
        return out

    def _burst(self, rng: Random) -> Truth:
        """Many callers about one thing at one estate within six hours."""
        spot, begun = self._city.spot(rng), rng.choice(self._days) + timedelta(hours=rng.randint(7, 14))
        times = [begun + timedelta(hours=6 * rng.random() ** 1.6) for _ in range(12 * self._size)]
        told = {"day": "今天", "clock": "一早", "begin": "今天一早", "hours": "三四"}
        stories = [self._told(rng, at, ("停水",), spot, told) for at in times]
        return _truth(BURST, spot, stories)

    def _event(self, topic: words.Topic, rng: Random) -> Truth:
        """One event, told by five or six people within two days, each in words of their own."""
        spot, day = self._city.spot(rng), rng.choice(self._days[:-1])
        facts = self._facts(rng, spot, day)
        stories: list[Story] = []
        for _ in range(rng.randint(5, 6)):
            at = day + timedelta(hours=rng.uniform(8, 46))
            stories.append(self._unlike(rng, at, topic, spot, facts, stories))
        return replace(_truth(PARAPHRASES, spot, stories), key=f"{PARAPHRASES}/{topic.first}")

    def _repeating(self, rng: Random) -> Truth | str:
        """The same thing at the same place again every week or two."""
        if len(self._days) < 28:
            return "The period is shorter than four weeks."
        spot, days = self._city.spot(rng), self._days[rng.randrange(5) :: max(7, len(self._days) // 8)]
        times = [day + timedelta(hours=rng.uniform(18, 22)) for day in days]
        return _truth(REPEATING, spot, [self._told(rng, at, (_REPEATING,), spot) for at in times])

    def _heating(self, rng: Random) -> Truth | str:
        """A street goes cold within one night and day."""
        days = [day for day in self._days if day.month in _WINTER]
        if not days:
            return "The period has no day of the heating season."
        day, street = rng.choice(days), self._city.spot(rng).street
        times = [day + timedelta(hours=rng.uniform(5, 23)) for _ in range(16 * self._size)]
        told = {"day": "今天", "clock": "凌晨", "begin": "后半夜"}
        spots = [self._city.spot(rng, street=street) for _ in times]
        stories = [self._told(rng, at, ("停暖", "暖气不热"), spot, told)
                   for at, spot in zip(times, spots, strict=True)]  # fmt: skip
        return _truth(HEATING, spots[0], stories, place=False)

    def _flood(self, rng: Random) -> Truth | str:
        """A district under water in one summer night, from eight in the evening to five."""
        days = [day for day in self._days if day.month in _SUMMER]
        if not days:
            return "The period has no day of the rainy season."
        day, district = rng.choice(days), self._city.district(rng)
        times = [day + timedelta(hours=rng.uniform(20, 29)) for _ in range(18 * self._size)]
        told = {"day": "今晚", "clock": "夜里", "begin": "天黑以后"}
        spots = [self._city.spot(rng, district=district) for _ in times]
        stories = [self._told(rng, at, _FLOODED, spot, told)
                   for at, spot in zip(times, spots, strict=True)]  # fmt: skip
        return _truth(FLOOD, spots[0], stories, place=False, street=False)

    def _coach(self, rng: Random) -> Truth:
        """A street whose citizens say at the callback what they were told to say: matters of its own, early enough."""
        street = self._city.spot(rng).street
        early = self._days[: max(1, len(self._days) // 2)]
        times = [rng.choice(early) + timedelta(hours=rng.uniform(8, 20)) for _ in range(14 * self._size)]
        stories = [self._told(rng, at, _COACHED, self._city.spot(rng, street=street)) for at in times]
        truth = _truth(COACH, stories[0].spot, stories, place=False)
        return replace(truth, unit=street)

    def _facts(self, rng: Random, spot: Spot, day: datetime) -> dict[str, str]:
        """What is the same in every telling of one event."""
        date = f"{day.month} 月 {day.day} 日"
        slots = words.Slots(rng, {})
        drawn = {name: slots.fill(f"{{{name}}}") for name in ("clock", "floor", "room", "size", "few", "days")}
        return {
            **drawn, "day": date, "monthday": date, "begin": date, "building": f"{rng.randint(1, 24)} 号楼",
            "gate": f"{rng.randint(1, 6)} 单元", "near": self._city.near(rng, spot),
        }  # fmt: skip

    def _unlike(
        self, rng: Random, at: datetime, topic: words.Topic, spot: Spot, facts: Mapping[str, str], told: Sequence[Story]
    ) -> Story:
        """A telling that is unlike all before it; the least alike of TRIES where none is unlike enough."""
        drawn: list[tuple[float, Story]] = []
        for _ in range(TRIES):
            story = self._said(rng, at, topic, rng.choice(topic.whats), spot, facts, words.EVENT)
            likest = max((variety.jaccard(story.said.content, one.said.content) for one in told), default=0.0)
            drawn.append((likest, story))
            if likest <= ALIKE:
                break
        return min(drawn, key=lambda pair: pair[0])[1]

    def _told(
        self,
        rng: Random,
        at: datetime,
        names: Sequence[str],
        spot: Spot,
        told: Mapping[str, str] | None = None,
    ) -> Story:
        topic, what = rng.choice(list(_matters(names, sudden=told is not None)))
        return self._said(rng, at, topic, what, spot, told or {}, words.SUDDEN if told else "")

    def _said(
        self,
        rng: Random,
        at: datetime,
        topic: words.Topic,
        what: words.What,
        spot: Spot,
        told: Mapping[str, str],
        scene: str,
    ) -> Story:
        dice, topic = Random(rng.random()), replace(topic, whats=(what,), appellant="person")
        return replace(self._stream.tell(0, at, dice, topic, spot, "picked", told, scene=scene), fate="unit")


def _matters(names: Sequence[str], *, sudden: bool) -> Iterator[tuple[words.Topic, words.What]]:
    """What is complained of under these categories; of what is sudden only sentences that draw no other time."""
    for topic in words.topics():
        if not topic.calm:
            yield from (
                (topic, what)
                for what in topic.whats
                if what.category in names and not (sudden and _TIMES.search(what.text))
            )


def _truth(kind: str, spot: Spot, stories: Sequence[Story], *, place: bool = True, street: bool = True) -> Truth:
    where = {"district": spot.district}
    where |= {"street": spot.street} if street else {}
    where |= {"place": spot.estate.code, "name": spot.estate.name} if place else {}
    return Truth(kind, kind, where, stories)
