"""Builds the demo city: sixty days of contacts, filed, sent, worked on and asked about through the verbs of the house.

Day by day: what came in is filed in one transaction, then all that units, dispatchers, citizens and callers do that day
is done in the order of its moments, in one more; then the day's messages leave and the day is sealed. The same seed and
the same `now` build the same city.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count, groupby
from pathlib import Path
from random import Random

from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor, Role
from jieban.callback import tasks
from jieban.city import actions as packs
from jieban.city import queries as packs_in_force
from jieban.city.queries import Loaded
from jieban.intake import files
from jieban.intake.rules import Filing, Kept
from jieban.knowledge import actions as knowledge
from jieban.knowledge import queries as articles
from jieban.orders import sealing
from jieban.orders.actions import together
from jieban.portal import filing
from jieban.portal.filing import Choice, Outcome
from simulation import deeds, pictures, rare
from simulation.city import City
from simulation.contacts import DAYS, Crowding, Focus, Story, Stream, midnight
from simulation.deeds import Life, World
from simulation.lives import Deed
from simulation.people import FIRM, SHOWN, Staff

SOURCE = "demo"
PACK = Path("cities/beijing")
# An agent reads out an answer only if it covers this much of the question.
ANSWERS = 0.15
_DRAWINGS = 12
# The seals of a day are made ten minutes after midnight; messages leave while people are awake.
_SEALED, _DELIVERED = time(0, 10), time(20, 30)

Tell = Callable[[int, int, str], None]


@dataclass(slots=True)
class Built:
    """What was built: contacts taken, those sent to units, their lives, and the order numbers of planted truths."""

    orders: int = 0
    sent: int = 0
    lives: list[Life] = field(default_factory=list)
    numbers: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Stage:
    """The heap of deeds to come, the lives they belong to, and what has been counted."""

    world: World
    now: datetime
    heap: list[tuple[datetime, int, Life, Deed]] = field(default_factory=list)
    turn: count[int] = field(default_factory=count)
    lives: list[Life] = field(default_factory=list)

    def plan(self, life: Life, planned: Sequence[Deed]) -> None:
        """Keep the deeds that lie before now."""
        for deed in planned:
            if deed.at < self.now:
                heapq.heappush(self.heap, (deed.at, next(self.turn), life, deed))


def build(*, orders: int, now: datetime, root: Path, seed: str = "jieban", tell: Tell = lambda *_: None) -> Built:
    """Fill an empty, migrated database with a city of `orders` contacts that ends at `now` (aware, whole seconds).

    `root` is the folder that holds `cities/beijing`. `tell` hears (days done, days in all, what is being done).
    """
    now = timezone.localtime(now).replace(microsecond=0)
    start = now - timedelta(days=DAYS + 1)
    tell(0, DAYS + 1, "读城市数据")
    world = prepare(root, at=start, seed=seed)
    stories = _stream(world.loaded, seed).draw(orders, now=now)
    built = play(world, stories, start=midnight(stories[0].at), now=now, tell=tell)
    rare.happen(world, built.lives, now=now, rng=Random(f"{seed}/rare"))
    return built


def play(world: World, stories: Sequence[Story], *, start: datetime, now: datetime, tell: Tell) -> Built:
    """Live the days from the midnight `start` to `now`: what came in, all that was done, and the seal of each."""
    stage, built = _Stage(world, now), Built()
    days = {day: list(group) for day, group in groupby(stories, key=lambda story: story.at.date())}
    moments = [start + timedelta(days=n) for n in range((now - timedelta(microseconds=1) - start).days + 1)]
    for n, moment in enumerate(moments):
        tell(n, len(moments), f"{moment:%m月%d日}")
        built.orders += len(days.get(moment.date(), ()))
        _file(stage, days.get(moment.date(), ()), built.numbers)
        _live(stage, min(moment + timedelta(days=1), now))
        _close_day(stage, moment)
    tell(len(moments), len(moments), "完成")
    built.lives, built.sent = stage.lives, len(stage.lives)
    return built


def prepare(root: Path, *, at: datetime, seed: str, source: str = SOURCE) -> World:
    """Load the pack and the answers, hire the staff, draw the pictures."""
    packs.load(root / PACK, at=at)
    loaded = packs_in_force.current(at=at)
    staff = Staff(loaded.pack, day=at.date())
    staff.hire()
    for folder in (root / PACK, Path(__file__).parent):
        knowledge.load(folder, by=staff.accounts["knowledge"], at=at)
    return World(staff, loaded, {stage: _drawn(stage, seed) for stage in ("before", "after")}, seed, source)


def _drawn(stage: str, seed: str) -> list[Kept]:
    rng = Random(f"{seed}/pictures/{stage}")
    names = {"before": "处置前", "after": "处置后"}
    drawn = [pictures.draw(rng, mended=stage == "after") for _ in range(_DRAWINGS)]
    return [files.store(files.Raw(f"{names[stage]}{n + 1}.png", data)) for n, data in enumerate(drawn)]


def _stream(loaded: Loaded, seed: str) -> Stream:
    shown = tuple(loaded.pack.named(name)[0] for name in SHOWN)
    crowded = (
        Crowding("停暖", shown[0], 14, timedelta(hours=9), 5.0),
        Crowding("无照游商", shown[1], 9, timedelta(days=13), 280.0),
        Crowding("停水", loaded.pack.named("望京街道")[0], 12, timedelta(days=23), 6.0),
    )
    return Stream(City(loaded.pack), seed=seed, firm=FIRM, focus=Focus(shown), crowdings=crowded)


def _file(stage: _Stage, day: Sequence[Story], numbers: dict[str, list[str]]) -> None:
    """File what came in that day, each contact by its own person at its own moment; `numbers` takes those planted."""
    world = stage.world
    with together():
        filed = [(story, _filed(world, story)) for story in day]
    for story, outcome in filed:
        if story.truth:
            numbers.setdefault(story.truth, []).append(outcome.taken.number)
        life = Life(story, outcome.taken, Random(f"{world.seed}/life/{story.no}"))
        if outcome.assignments:
            stage.plan(life, deeds.begin(world, life, outcome.assignments))
        elif not outcome.taken.closed_at:
            stage.plan(life, deeds.wait(life))
        else:
            continue
        stage.lives.append(life)


def _filed(world: World, story: Story) -> Outcome:
    seated = story.channel in ("phone", "enterprise") or story.fate != "unit"
    by: Actor = world.staff.at(Role.AGENT, story.no) if seated else actors.citizen()
    [outcome] = filing.file([_filing(world, story, seated)], by=by, at=story.at, choices=[_choice(world, story)])
    return outcome


def _filing(world: World, story: Story, seated: bool) -> Filing:
    caller = story.caller
    return Filing(
        channel=story.channel, source=world.source, source_id=f"{story.no:06d}", at=story.at, title=story.said.title,
        content=story.said.content, name=caller.name, phone=caller.phone, appellant=caller.appellant, firm=caller.firm,
        anonymous=caller.hidden, hide_name=caller.hide_name, sms=caller.sms, address=story.address, place=story.place,
        kind=story.topic.kind if seated else "", category=category(world.loaded, story.topic.first, story.category),
        files=tuple(world.pictures["before"][(story.no + n) % _DRAWINGS] for n in range(story.pictures)),
    )  # fmt: skip


def category(loaded: Loaded, first: str, name: str) -> str:
    """The code of a category by name, under its own first level where a name is used twice; "" where there is none."""
    found = [c.code for c in loaded.pack.categories.values() if c.name == name]
    own = [code for code in found if loaded.pack.category_path(code)[0].name == first]
    return (own or found or [""])[0]


def _choice(world: World, story: Story) -> Choice:
    """What the agent decided: read out an answer, tell another way, put through, or leave it to the rules."""
    if story.fate == "guide" and story.topic.ground in world.loaded.pack.grounds:
        return Choice(ground=story.topic.ground)
    if story.fate == "transfer":
        return Choice(line=story.topic.line, three_way=story.no % 3 > 0)
    if story.fate == "answer":
        hits = articles.search(story.said.title + "。" + story.slots.fill(story.what.text), limit=1)
        if hits and hits[0].score >= ANSWERS:
            return Choice(article=hits[0].text.code)
    return Choice()


def _live(stage: _Stage, until: datetime) -> None:
    """Do everything planned up to `until`, in the order of its moments."""
    while stage.heap and stage.heap[0][0] < until:
        with together() as book:
            due = {id(life): life for at, _, life, _ in stage.heap if at < until}.values()
            book.lock((life.order for life in due), (part for life in due for part in life.parts.values()))
            parted = _until_parted(stage, until)
        if parted is not None:
            life, deed = parted
            stage.plan(life, deeds.do(stage.world, life, deed))


def _until_parted(stage: _Stage, until: datetime) -> tuple[Life, Deed] | None:
    """Do what is planned; returns the first deed that needs a transaction of its own, or None at the end."""
    while stage.heap and stage.heap[0][0] < until:
        _, _, life, deed = heapq.heappop(stage.heap)
        if deeds.opens(deed):
            return life, deed
        stage.plan(life, deeds.do(stage.world, life, deed))
    return None


def _close_day(stage: _Stage, day: datetime) -> None:
    """What the worker does: give up those that nobody reached, deliver the messages, seal the day when it is over."""
    evening = min(datetime.combine(day.date(), _DELIVERED, day.tzinfo), stage.now)
    tasks.give_up_lost(at=evening, loaded=stage.world.loaded)
    while tasks.deliver(at=evening):
        pass
    sealed = datetime.combine(day.date() + timedelta(days=1), _SEALED, day.tzinfo)
    if sealed < stage.now:
        sealing.seal(until=day.date(), at=sealed)
