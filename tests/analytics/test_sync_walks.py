"""Whatever happens to the record, the lake synced step by step is the lake synced from nothing; also after a kill."""

from __future__ import annotations

import base64
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from jieban.analytics import sync
from jieban.analytics.lake import Lake
from jieban.city.queries import Loaded
from jieban.orders import lifecycle
from jieban.orders.models import Answer, Assignment, Attachment, Order
from tests import factories, verbs
from tests.analytics.test_sync import anew, rows
from tests.factories import AT

ROOT = Path(__file__).resolve().parent.parent.parent
UNITS = ("mill", "hill", "water", "north-roads")
PHONES = ("13900000001", "13900000002", "")
MATTER = {
    "category": ("0101", "010101", "0102", ""),
    "urgency": ("7d", "24h"),
    "owner": ("private", ""),
    "place": ("e1", "r1", ""),
    "kind": ("help", ""),
}
WHO = {"section_id": ("c1", None), "role": ("lead", "assist"), "ground": ("storm", "")}


class Anybody:
    """Makes any move the tables allow, with any change that the lake could notice, at ever later moments."""

    def __init__(self, toy: Loaded, seed: int) -> None:
        self.toy, self.dice, self.at = toy, random.Random(seed), AT

    def act(self) -> None:
        """One deed: a new order now and then, else a move of an order or of an assignment."""
        self.at += timedelta(hours=self.dice.expovariate(1 / 50))
        if self.dice.random() < 0.2 or not Order.objects.exists():
            self.file()
        else:
            self.move()

    def file(self) -> None:
        phone = self.dice.choice(PHONES)
        contact = factories.a_contact(at=self.at, phone=phone) if phone else factories.a_contact(
            at=self.at, phone="", phone_index=""
        )  # fmt: skip
        where = {"street_id": self.toy.unit_ids["mill"], "district_id": self.toy.unit_ids["north"]}
        told = {name: self.dice.choice(MATTER[name]) for name in ("category", "place", "kind")}
        factories.an_order(at=self.at, contact=contact, **told, **self.dice.choice([where, {}]))

    def move(self) -> None:
        order = self.dice.choice(list(Order.objects.order_by("pk")))
        row = self.dice.choice([order, *factories.parts(order)])
        table = lifecycle.ASSIGNMENT_MOVES if isinstance(row, Assignment) else lifecycle.ORDER_MOVES
        open_to = [move for move in table.values() if row.state in move.from_ and move.name != "archive"]
        if open_to:
            move = self.dice.choice(open_to)
            getattr(self, move.name, self.plain)(order, row, move.name)

    def plain(self, order: Order, row: Any, name: str, **step: Any) -> None:
        choices = WHO if isinstance(row, Assignment) else MATTER
        changed = {key: self.dice.choice(values) for key, values in choices.items() if self.dice.random() < 0.2}
        if "section_id" in changed:
            changed["section_id"] = self.toy.unit_ids.get(changed["section_id"])
        step["changes"] = {**changed, **step.get("changes", {})}
        factories.walk(row, name, at=self.at, **step)

    def dispatch(self, order: Order, row: Any, name: str) -> None:
        chosen = self.dice.sample(UNITS, self.dice.choice((1, 2)))
        role = self.dice.choice(("lead", "lead", "notice"))
        opened = [factories.an_assignment(verbs.unit(code), at=self.at, role=role) for code in chosen]
        told = {"units": [{"role": role}], **self.dice.choice(({}, {"why": "late"}))}
        self.plain(order, row, name, opens=opened, changes={"dispatched_at": self.at}, records=told)

    join = dispatch

    def sign(self, order: Order, row: Any, name: str) -> None:
        self.plain(order, row, name, changes={"signed_at": self.at})

    def respond(self, order: Order, row: Any, name: str) -> None:
        self.plain(order, row, name, changes={"responded_at": self.at})

    def complete(self, order: Order, row: Any, name: str) -> None:
        self.plain(order, row, name, changes={"completed_at": self.at}, attachments=self.files())

    def files(self) -> list[Attachment]:
        kinds = self.dice.choice(((), ("image/jpeg",), ("application/pdf", "video/mp4"), ("application/pdf",)))
        return [Attachment(name="x", mime=kind, size=1, sha256="0" * 64, stage="after") for kind in kinds]

    def note(self, order: Order, row: Any, name: str) -> None:
        told = self.dice.choice(({}, {"way": "phone", "outcome": "busy"}))
        self.plain(order, row, name, records=told, attachments=self.files())

    def exclude(self, order: Order, row: Any, name: str) -> None:
        self.plain(order, row, name, records={"ground": "storm"}, changes={"excluded": True})

    def redirect(self, order: Order, row: Any, name: str) -> None:
        self.plain(order, row, name, changes={"ended_at": self.at})

    withdraw = release = redirect

    def redo(self, order: Order, row: Any, name: str) -> None:
        clocks = {f"{c}_due": self.at + timedelta(days=n) for n, c in enumerate(("sign", "respond", "handle"), 1)}
        gone = dict.fromkeys(("signed_at", "responded_at", "completed_at"))
        self.plain(order, row, name, changes={"round": row.round + 1, "sent_at": self.at, **clocks, **gone})

    def rework(self, order: Order, row: Any, name: str) -> None:
        self.plain(order, row, name, changes={"round": order.round + 1})

    def ask(self, order: Order, row: Any, name: str) -> None:
        solved = self.dice.choice(("yes", "yes", "no", "part"))
        asked = set(Answer.objects.filter(order=order).values_list("assignment_id", "round"))
        fresh = [part for part in factories.parts(order) if (part.pk, part.round) not in asked]
        said = [factories.an_answer(part, solved=solved, at=self.at) for part in fresh]
        self.plain(order, row, name, answers=said, changes={"solved": solved, "satisfied": solved})

    def close(self, order: Order, row: Any, name: str) -> None:
        self.plain(order, row, name, changes={"closed_at": self.at})


@pytest.mark.django_db
@settings(max_examples=5)
@given(seed=st.integers(0, 1_000_000))
def test_any_walk_is_followed_to_the_letter(toy, tmp_path_factory, seed):
    folder, anybody = tmp_path_factory.mktemp("walk"), Anybody(toy, seed)
    lake = Lake(folder / "lake")
    for turn in range(12):
        for _ in range(anybody.dice.randrange(1, 12)):
            anybody.act()
        at = anybody.at + timedelta(minutes=anybody.dice.randrange(2000))
        sync.sync(lake, at=at, loaded=toy)
        assert rows(lake) == anew(toy, at, folder / f"fresh{turn}")
        anybody.at = at


def many(toy: Loaded, count: int) -> datetime:
    """Orders over half a year; returns the moment after."""
    for n in range(count):
        at = AT + timedelta(days=6 * n)
        order = verbs.asked(toy, verbs.lead("mill"), verbs.lead("hill"), at=at)
        verbs.say(toy, order, solved=("yes", "no")[n % 2], at=at + timedelta(days=1))
    return AT + timedelta(days=6 * count)


# What the killed process runs: syncs of its own, one after another, at small pieces, until it is killed.
SCRIPT = """
import os, sys, django
django.setup()
from datetime import datetime
from pathlib import Path
from django.conf import settings
from django.db import connections
settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = sys.argv[1]
from jieban.analytics import changes, sync
from jieban.analytics.lake import Lake
from jieban.city import queries
changes.slices.__kwdefaults__["size"], sync.CHUNK = 7, 2
at = datetime.fromisoformat(sys.argv[3])
print("ready", flush=True)
while True:
    sync.sync(Lake(Path(sys.argv[2])), at=at, loaded=queries.current(at=at), fresh=sys.argv[4] == "fresh")
"""


def elsewhere(folder: Path) -> str:
    """The name under which another process finds this record: of a database in memory it finds a copy."""
    if connection.vendor == "postgresql":
        return str(connection.settings_dict["NAME"])
    path = folder / "record.sqlite3"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
    return str(path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["fresh", "on"])
def test_a_killed_sync_leaves_a_lake_that_can_be_read_and_goes_on(tmp_path, how):
    toy = factories.a_loaded_city("toy")
    lake, dice = Lake(tmp_path / "lake"), random.Random(how)
    at = many(toy, 4)
    if how == "on":
        sync.sync(lake, at=at, loaded=toy)
    at = many(toy, 8)
    database, whole = elsewhere(tmp_path), anew(toy, at, tmp_path / "whole")
    for _ in range(6):
        _kill(lake, at, database, how, after=dice.random() * 0.4)
        if lake.exists():
            _hangs_together(rows(lake))
    sync.sync(lake, at=at, loaded=toy)
    assert rows(lake) == whole


def _hangs_together(found: dict[str, list[dict[str, Any]]]) -> None:
    """Every order with all its assignments, every assignment with its order: no month is half written."""
    sendings = Counter(row["order"] for row in found["assignments"])
    assert {row["id"]: row["sendings"] for row in found["orders"]} == dict(sendings)
    assert {row["assignment"] for row in found["answers"]} <= {row["id"] for row in found["assignments"]}


def _kill(lake: Lake, at: datetime, database: str, how: str, *, after: float) -> None:
    """Let another process sync and kill it outright."""
    # The same key, or the same caller would have another fingerprint there.
    key = base64.b64encode(django_settings.JIEBAN_KEY).decode()
    home = str(django_settings.JIEBAN_HOME)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "JIEBAN_HOME": home, "JIEBAN_KEY": key}
    command = [sys.executable, "-c", SCRIPT, database, str(lake.folder), at.isoformat(), how]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
