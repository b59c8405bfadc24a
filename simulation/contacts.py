"""The stream of contacts: who says what, where, when and over which channel, and what the seat makes of it. Pure.

The same seed and the same `now` give the same stream. Times are spread over the days by hour, weekday and growth;
nothing lies after `now`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType

from jieban.core import numbers
from simulation import words
from simulation.callers import Caller, Crowd
from simulation.city import GROWTH, HOURS, NETWORK, PHONE, SENT, VOLUMES, WEEKDAYS, City, Spot
from simulation.words import Said, Slots, Topic, What

DAYS = 60
# Of all contacts: told another way, put through to an emergency line. Own estimates; what is answered or sent follows
# from the categories (city.VOLUMES).
GUIDED, TRANSFERRED = 0.022, 0.004
# A question that nobody at the seat can answer goes to a unit.
UNANSWERED = 0.06
# Letters of the last hours that wait to be sorted by a dispatcher.
LETTERS = 12
# Calls of the last minutes about the streets that are shown, so that their desks have something to sign.
CALLS = 6
# Share of contacts that may repeat one of the last so many, nearly word for word: in the real collections 2 to 5 % of
# letters have such another (docs/performance.md); questions and what never reaches a unit are not repeated.
REPEATED, RECENT = 0.07, 300
# What everybody says of a thing that has just begun for all of them.
_SUDDEN = {"day": "昨天", "clock": "夜里", "begin": "昨夜"}
_DRAWN: Mapping[str, str] = MappingProxyType({})
_VAGUE = {"estate": "我们小区", "street": "本市", "road": "门口那条路", "near": "隔壁小区"}
# How the place is told: picked from the list, typed, only in the words, vaguely, and wrongly.
PLACES = {"picked": 70, "typed": 14, "words": 7, "vague": 6, "wrong": 3}
# First levels whose matters happen at a place that can be named.
_OUTDOORS = frozenset((*words.HOMES, "城乡建设", "交通管理", "公共服务", "农村管理"))


@dataclass(frozen=True, slots=True)
class Story:
    """One contact before anybody has touched it.

    `fate` is what the seat does: answer, guide, transfer or unit. `place` is the code picked from the list, `address`
    what was typed; `category` is the name an agent chose, empty where nobody did. `pictures`: photographs with it.
    `truth`: the planted event it belongs to.
    """

    no: int
    at: datetime
    channel: str
    caller: Caller
    topic: Topic
    what: What
    slots: Slots
    said: Said
    spot: Spot
    fate: str
    address: str = ""
    place: str = ""
    category: str = ""
    pictures: int = 0
    truth: str = ""


@dataclass(frozen=True, slots=True)
class Crowding:
    """Many callers about one thing at one place: `count` within `hours`, beginning `ago` before now."""

    category: str
    street: str
    count: int
    ago: timedelta
    hours: float


@dataclass(frozen=True, slots=True)
class Focus:
    """Streets (codes) whose desks are shown, each with `share` of all contacts on top of its weight."""

    streets: tuple[str, ...]
    share: float = 0.03
    # What these streets are shown for is work, not questions.
    asks: float = 0.1


class Stream:
    """Draws the contacts of a city."""

    def __init__(self, city: City, *, seed: str, firm: str, focus: Focus, crowdings: Sequence[Crowding] = ()) -> None:
        self._city, self._seed, self._firm = city, seed, firm
        self._focus, self._crowdings = focus, crowdings
        self._crowd = Crowd(seed)
        self._topics: dict[str, list[Topic]] = {}
        for topic in words.topics():
            self._topics.setdefault(topic.first, []).append(topic)

    def draw(self, count: int, *, now: datetime, start: datetime | None = None) -> list[Story]:
        """`count` contacts from the midnight `start` (else sixty days back) to `now`, in the order of their times.

        Both moments are aware, in the city's zone.
        """
        start = start or midnight(now - timedelta(days=DAYS))
        rng = Random(f"{self._seed}/times/{now:%Y%m%d%H}")
        crowd = [pair for crowding in self._crowdings for pair in self._crowded(crowding, rng, now, count)]
        shown = count // 25 if self._focus.streets else 0
        letters, calls = min(LETTERS, shown), min(CALLS, shown)
        times = sorted(moments(count - len(crowd) - letters - calls, rng, start=start, now=now))
        stories: list[Story] = []
        for no, at in enumerate(times):
            stories.append(self._repeated(no, at, stories[-RECENT:]) or self._story(no, at, self._rng(no)))
        for n in range(letters):
            stories.append(self._letter(len(stories), now - timedelta(minutes=rng.uniform(2, 200)), n))
        for n in range(calls):
            stories.append(self._call(len(stories), now - timedelta(seconds=rng.uniform(20, 240)), n))
        for at, crowding in crowd:
            stories.append(self._story(len(stories), at, self._rng(len(stories)), crowding))
        stories.sort(key=lambda story: story.at)
        return [replace(story, no=no) for no, story in enumerate(stories)]

    def _rng(self, no: int) -> Random:
        return Random(f"{self._seed}/{no}")

    def _repeated(self, no: int, at: datetime, recent: Sequence[Story]) -> Story | None:
        """Now and then a matter of these days sent once more, nearly word for word, by its teller or a neighbour."""
        rng = Random(f"{self._seed}/again/{no}")
        if not recent or rng.random() > REPEATED:
            return None
        first = rng.choice(recent)
        if first.topic.calm or first.fate != "unit":
            return None
        caller = first.caller if rng.random() < 0.6 else self._crowd.one(rng, appellant=first.topic.appellant)
        return replace(first, no=no, at=at, caller=caller, said=words.again(first.said, rng))

    def _letter(self, no: int, at: datetime, nth: int) -> Story:
        """A letter that came over the network just now and does not say where: nobody has sorted it yet."""
        spot, _ = self._spot(self._rng(no))
        told = self.tell(no, at, self._rng(no), self._visible(nth), spot, "vague")
        return replace(told, channel="wechat", fate="unit", place="", address="", category="")

    def _call(self, no: int, at: datetime, nth: int) -> Story:
        """A call that has just ended, about one of the streets that are shown."""
        rng = self._rng(no)
        spot = self._city.spot(rng, street=self._focus.streets[nth % len(self._focus.streets)])
        told = self.tell(no, at, rng, self._visible(nth), spot, "picked")
        return replace(told, channel="phone", fate="unit", place=spot.estate.code, category=told.what.category)

    def _visible(self, nth: int) -> Topic:
        """One of the matters that somebody must go and see to, by turns."""
        rng = Random(f"{self._seed}/visible")
        fitting = [t for t in words.topics() if t.first in words.HOMES and not (t.calm or t.rural)]
        return rng.sample(fitting, len(fitting))[nth % len(fitting)]

    def _crowded(
        self, crowding: Crowding, rng: Random, now: datetime, count: int
    ) -> Iterator[tuple[datetime, Crowding]]:
        size = max(2, min(crowding.count, count // 40))
        for _ in range(size):
            yield now - crowding.ago + timedelta(hours=crowding.hours * rng.random() ** 1.6), crowding

    def _story(self, no: int, at: datetime, rng: Random, crowding: Crowding | None = None) -> Story:
        if crowding is not None:
            return self._same(no, at, rng, crowding)
        dice = rng.random()
        if dice < GUIDED + TRANSFERRED:
            wanted = [topic for topic in words.elsewhere() if bool(topic.line) == (dice < TRANSFERRED)]
            return self.tell(no, at, rng, rng.choice(wanted), self._city.spot(rng), "")
        spot, shown = self._spot(rng)
        topic = self._topic(rng, spot.district, at.month, shown)
        if topic.rural:
            spot = self._city.spot(rng, district=spot.district, rural=True)
        return self.tell(no, at, rng, topic, spot, "")

    def _same(self, no: int, at: datetime, rng: Random, crowding: Crowding) -> Story:
        """One more voice about the same thing: one estate, one matter, other words."""
        spot = self._city.spot(Random(f"{self._seed}/{crowding.category}/{crowding.street}"), street=crowding.street)
        fitting = [(t, w) for t in words.topics() for w in t.whats if w.category == crowding.category]
        topic, what = rng.choice(fitting)
        told = _SUDDEN if crowding.hours < 24 else {}
        return self.tell(
            no, at, rng, replace(topic, whats=(what,)), spot, "picked", told, scene=words.SUDDEN if told else ""
        )

    def _spot(self, rng: Random) -> tuple[Spot, bool]:
        """A place, and whether it is in one of the streets that are shown."""
        dice = rng.random() / self._focus.share
        if dice < len(self._focus.streets):
            return self._city.spot(rng, street=self._focus.streets[int(dice)]), True
        return self._city.spot(rng), False

    def _topic(self, rng: Random, district: str, month: int, shown: bool) -> Topic:
        """A topic of a category that the district hears of: a question, or something that must be done."""
        first = self._city.category(rng, district, month)
        asks = rng.random() < (self._focus.asks if shown else 1 - VOLUMES[first][1] * SENT)
        fitting = [t for t in self._topics[first] if (t.kind == words.CONSULTATION) == asks] or self._topics[first]
        return rng.choices(fitting, [topic.weight for topic in fitting])[0]

    def tell(
        self,
        no: int,
        at: datetime,
        rng: Random,
        topic: Topic,
        spot: Spot,
        how: str,
        told: Mapping[str, str] = _DRAWN,
        *,
        scene: str = "",
    ) -> Story:
        """A contact about `topic` at `spot`. `how`: a key of PLACES or "" to draw it; `told`: facts that are given.

        `scene` as in words.tell.
        """
        outdoors = topic.first in _OUTDOORS and topic.kind != words.CONSULTATION
        how = how or (rng.choices(list(PLACES), list(PLACES.values()))[0] if outdoors else "none")
        caller = self._crowd.one(rng, appellant=topic.appellant)
        channel = "enterprise" if caller.appellant == "firm" else _channel(rng, spot, self._city)
        what = rng.choice(topic.whats)
        slots = Slots(rng, {**self._fixed(rng, spot, how), **_past(rng, at), **told})
        voice = "firm" if channel == "enterprise" else "phone" if channel == "phone" else "network"
        where = {"words": "full", "vague": "vague"}.get(how, "")
        said = words.tell(topic, what, slots, rng, voice=voice, where=where, scene=scene)
        place, address = self._place(rng, how, spot, slots, outdoors)
        fate = _fate(topic, rng)
        seated = voice != "network" or fate != "unit"
        return Story(
            no, at, channel, caller, topic, what, slots, said, spot, fate, address, place if seated else "",
            what.category if seated and rng.random() < 0.96 else "", _pictures(topic, voice, rng),
        )  # fmt: skip

    def _fixed(self, rng: Random, spot: Spot, how: str) -> dict[str, str]:
        """The words for places: their names, or, told vaguely, what people say who think that everybody knows."""
        if how == "vague":
            return {**_VAGUE, "building": "我们楼", "gate": "", "firm": self._firm}
        return {
            "estate": spot.estate.name, "street": self._city.pack.units[spot.street].name, "road": spot.road,
            "near": self._city.near(rng, spot), "building": f"{rng.randint(1, 24)} 号楼",
            "gate": f"{rng.randint(1, 6)} 单元", "firm": self._firm,
        }  # fmt: skip

    def _place(self, rng: Random, how: str, spot: Spot, slots: Slots, outdoors: bool) -> tuple[str, str]:
        """The code picked and the address typed. Questions come with the street at most: nobody asks for more."""
        if not outdoors:
            return (spot.street, "") if rng.random() < 0.8 else ("", "")
        if how == "picked":
            return spot.estate.code, words.spaced(slots.fill("{street}{estate}{building}{gate}"))
        if how == "typed":
            return "", words.spaced(slots.fill("{street}{estate}{building}"))
        if how == "wrong":
            other = self._city.spot(rng)
            return "", f"{self._city.pack.units[other.street].name}{spot.estate.name}"
        return "", ""


def moments(count: int, rng: Random, *, start: datetime, now: datetime) -> Iterator[datetime]:
    """`count` moments from the midnight `start` up to `now`; the last day is as full at any hour of the clock."""
    days = [start + timedelta(days=n) for n in range((now - timedelta(microseconds=1) - start).days + 1)]
    weights = [WEEKDAYS[day.weekday()] * (1 + GROWTH * n / DAYS) for n, day in enumerate(days)]
    for _ in range(count):
        at = rng.choices(days, weights)[0].replace(hour=rng.choices(range(24), HOURS)[0])
        at += timedelta(seconds=rng.randrange(3600))
        yield at if at < now - timedelta(minutes=1) else now - timedelta(seconds=60 + rng.random() ** 2 * 9 * 3600)


def midnight(moment: datetime) -> datetime:
    """The beginning of the day of `moment`, in its zone."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _channel(rng: Random, spot: Spot, city: City) -> str:
    if rng.random() < PHONE:
        return "phone"
    known = [code for code in NETWORK if code in city.pack.channels]
    return rng.choices(known, [NETWORK[code] for code in known])[0] if known else "phone"


def _past(rng: Random, at: datetime) -> dict[str, str]:
    """When it was noticed, the season it began in, and the number of an earlier order, all before `at`."""
    noticed, begun = at - timedelta(days=rng.randint(1, 45)), at - timedelta(days=rng.randint(20, 110))
    season = rng.choice(words.shared()["season"][(begun.month % 12) // 3])
    earlier = numbers.number((noticed - timedelta(days=rng.randint(3, 60))).date(), rng.randrange(numbers.SPAN))
    return {"monthday": f"{noticed.month} 月 {noticed.day} 日", "season": season, "earlier": earlier}


def _fate(topic: Topic, rng: Random) -> str:
    if topic.line:
        return "transfer"
    if topic.ground:
        return "guide"
    return "answer" if topic.kind == words.CONSULTATION and rng.random() > UNANSWERED else "unit"


def _pictures(topic: Topic, voice: str, rng: Random) -> int:
    """Photographs come with network letters about things that can be seen."""
    if voice != "network" or topic.first not in _OUTDOORS or topic.kind == words.CONSULTATION:
        return 0
    return rng.choice((0, 1, 1, 2))
