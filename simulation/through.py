"""`jieban simulate --through`: a period of the city through the verbs of the house, with truths planted into it.

The file `ground_truth.json` in JIEBAN_HOME is written last, so it also says that the run came to its end; a run that
was interrupted is begun again from nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from rich.console import Console

from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.orders.models import Order
from simulation import build, showing
from simulation.build import Built
from simulation.city import City
from simulation.contacts import Focus, Story, Stream
from simulation.deeds import World
from simulation.people import FIRM
from simulation.planted import COACH, Planted, Planter, Truth

SOURCE = "simulated"
TRUTH = "ground_truth.json"
VERSION = 1
# Below this the planted truths would be most of what there is; above, more call about each.
LEAST, CALLERS_PER = 200, 10_000


def run(*, contacts: int, start: date, end: date, seed: str, console: Console) -> None:
    """File, send, work on and ask about `contacts` contacts of the days `start` to `end`, both included.

    BadInput: a database with other orders, a city that is there already, a period in the future or of one day, too
    few contacts.
    """
    begin, now = _period(start, end)
    if contacts < LEAST:
        raise BadInput(f"At least {LEAST} contacts are needed: fewer would be little but planted truths.")
    with console.status("Making the tables …"):
        call_command("migrate", verbosity=0, interactive=False)
    _ready(console)
    path().unlink(missing_ok=True)
    console.print(showing.WARNING)
    begun = time.monotonic()
    with showing.progress(console, f"Living from {start} to {end}") as tell:
        tell(0, (now - begin).days, "读城市数据")
        world = build.prepare(settings.ROOT, at=begin, seed=seed, source=SOURCE)
        stories, planted = _stories(world, contacts, begin, now, seed)
        _coach(world, planted)
        built = build.play(world, stories, start=begin, now=now, tell=tell)
    _write(_ground_truth(world, planted, built, seed=seed, start=start, end=end))
    _report(console, built, planted, time.monotonic() - begun)


def path() -> Path:
    """Where the truths are written."""
    return Path(settings.JIEBAN_HOME) / TRUTH


def _period(start: date, end: date) -> tuple[datetime, datetime]:
    """The first midnight, and the end: the midnight after `end`, or now where that is earlier."""
    zone, now = timezone.get_default_timezone(), timezone.localtime(clock.now()).replace(microsecond=0)
    if end > now.date():
        raise BadInput(f"The period ends on {end}, which is still to come. Choose an end up to {now.date()}.")
    begin = datetime(start.year, start.month, start.day, tzinfo=zone)
    after = datetime(end.year, end.month, end.day, tzinfo=zone) + timedelta(days=1)
    if after - begin < timedelta(days=3):
        raise BadInput("The period needs at least three days: --from before --to.")
    return begin, min(after, now)


def _ready(console: Console) -> None:
    """See to it that nothing of anybody else is here, and that an interrupted run is thrown away."""
    if Order.objects.exclude(contact__source=SOURCE).exists():
        raise BadInput(
            "This database holds orders that are not simulated, so nothing was done. "
            "Choose an empty one: another folder by JIEBAN_HOME, or another database by DATABASE_URL."
        )
    if not Order.objects.exists():
        return
    if path().exists():
        raise BadInput(
            f"This database holds a simulated city already ({path()} tells which). Choose an empty one by JIEBAN_HOME "
            f"or DATABASE_URL, or remove {TRUTH}: the next run then throws this city away."
        )
    console.print("The last run was interrupted; throwing away what it left and starting again …")
    call_command("flush", verbosity=0, interactive=False)


def _stories(world: World, contacts: int, begin: datetime, now: datetime, seed: str) -> tuple[list[Story], Planted]:
    """All contacts in the order of their times, the planted ones among them."""
    city = City(world.loaded.pack)
    stream = Stream(city, seed=seed, firm=FIRM, focus=Focus(()))
    size = max(1, min(5, contacts // CALLERS_PER))
    planted = Planter(stream, city, start=begin, now=now, seed=seed, size=size).plant()
    marked = [replace(story, truth=truth.key) for truth in planted.truths for story in truth.stories]
    drawn = stream.draw(contacts - len(marked), start=begin, now=now)
    ordered = sorted((*drawn, *marked), key=lambda story: story.at)
    return [replace(story, no=no) for no, story in enumerate(ordered)], planted


def _coach(world: World, planted: Planted) -> None:
    for truth in planted.truths:
        if truth.kind == COACH:
            world.coach = world.loaded.unit_ids[truth.unit]


def _ground_truth(world: World, planted: Planted, built: Built, *, seed: str, start: date, end: date) -> dict[str, Any]:
    """The content of the ground-truth file; docs/simulation.md describes it."""
    rows = [truth.record(_category(world, truth), _ids(world, truth, built)) for truth in planted.truths]
    return {
        "version": VERSION, "way": "through", "seed": seed, "contacts": built.orders,
        "from": start.isoformat(), "to": end.isoformat(), "truths": rows, "left_out": planted.left_out,
    }  # fmt: skip


def _ids(world: World, truth: Truth, built: Built) -> Sequence[str]:
    """The order numbers: of a unit that coaches those about which somebody said so."""
    return sorted(set(world.coached)) if truth.kind == COACH else built.numbers.get(truth.key, [])


def _category(world: World, truth: Truth) -> str:
    """The code of the category, where all tell of one."""
    codes = {build.category(world.loaded, story.topic.first, story.what.category) for story in truth.stories}
    return codes.pop() if len(codes) == 1 else ""


def _write(content: dict[str, Any]) -> None:
    fresh = path().with_suffix(".part")
    fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path())


def _report(console: Console, built: Built, planted: Planted, took: float) -> None:
    rate = built.orders / max(took, 1e-9)
    console.print(
        f"{built.orders} contacts, {built.sent} of them sent to units, in {took:.0f} s ({rate:.0f} a second)."
    )
    console.print(f"{len(planted.truths)} truths planted: {path()}")
    for kind, reason in planted.left_out.items():
        console.print(f"Left out: {kind}. {reason}")
