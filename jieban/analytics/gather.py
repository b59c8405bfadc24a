"""What the lake needs of the record, read for many orders at once: five statements, however many they are."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.db.models.fields.json import KT

from jieban.analytics import repeats
from jieban.callback import watching
from jieban.handling import rules
from jieban.orders.models import Answer, Assignment, Entry, Order

BACK: Final = timedelta(days=90)
# Moves that say what became of an order, or that the first dispatch was wrong (dispatch.accuracy).
_TELLING = (
    "answer", "transfer", "guide", "dispatch", "uphold", "redirect", "recall", "join", "withdraw",
)  # fmt: skip
# Moves that say how an answer came about (`asking`), or why it does not count.
_TELLING_OF_WORK = (
    "sign", "submit", "complete", "redo", "sort", "reclassify", "terminate", *watching.CONTACTS,
)  # fmt: skip


class Matter(NamedTuple):
    """An order as the record has it."""

    id: int
    received_at: datetime
    channel: str
    kind: str
    category: str
    district: int | None
    street: int | None
    place: str
    owner: str
    urgency: str
    state: str
    round: int
    dispatched_at: datetime | None
    closed_at: datetime | None
    pack: int
    appellant: str
    phone_index: str
    back: bool | None


class Work(NamedTuple):
    """An assignment as the record has it; notices are left out."""

    id: int
    order: int
    no: int
    unit: int
    section: int | None
    role: str
    round: int
    state: str
    urgency: str
    sent_at: datetime
    sign_due: datetime
    respond_due: datetime
    handle_due: datetime
    signed_at: datetime | None
    responded_at: datetime | None
    completed_at: datetime | None
    ended_at: datetime | None
    ground: str


class Said(NamedTuple):
    """An answer as the record has it."""

    id: int
    order: int
    assignment: int
    round: int
    at: datetime
    way: str
    reached: bool
    contacted: bool | None
    solved: str
    satisfied: str


class Told(NamedTuple):
    """An entry of the timeline that says what became of an order or how it was worked on.

    `why` and `lead` are of a unit that joined. `part` is the number of the assignment, `touched` that the unit was in
    touch with the citizen, `shown` that pictures or films came with it, `regraded` that it changed category or urgency
    of the order.
    """

    order: int
    move: str
    at: datetime
    part: int | None
    why: bool
    lead: bool
    touched: bool
    shown: bool
    regraded: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    """Some orders with everything the lake needs of them, entries by order in their sequence."""

    matters: Sequence[Matter]
    work: Sequence[Work]
    said: Sequence[Said]
    told: dict[int, list[Told]]


def of(found: QuerySet[Order]) -> Gathered:
    """These orders, in the sequence of `found`; five statements."""
    matters = _by_number([Matter(*row) for row in _matters(found)])
    ids = [matter.id for matter in matters]
    found_work = Assignment.objects.filter(order__in=ids).exclude(role="notice").order_by("pk")
    work = [Work(*row) for row in found_work.values_list(*_WORK)]
    working = {one.id for one in work}
    answers = Answer.objects.filter(order__in=ids).order_by("pk").values_list(*_SAID)
    said = [one for row in answers if (one := Said(*row)).assignment in working]
    return Gathered(matters, work, said, _told(ids))


_MATTER = (
    "pk", "received_at", "channel", "kind", "category", "district_id", "street_id", "place", "owner", "urgency",
    "state", "round", "dispatched_at", "closed_at", "pack_id", "contact__appellant",
    "contact__phone_index", "back",
)  # fmt: skip
_WORK = (
    "pk", "order_id", "no", "unit_id", "section_id", "role", "round", "state", "urgency", "sent_at", "sign_due",
    "respond_due", "handle_due", "signed_at", "responded_at", "completed_at", "ended_at", "ground",
)  # fmt: skip
_SAID = (
    "pk", "order_id", "assignment_id", "round", "at", "way", "reached", "contacted", "solved", "satisfied",
)  # fmt: skip


def _matters(found: QuerySet[Order]) -> QuerySet[Any, Any]:
    """The columns of `Matter`; `back` is at the same place only, `_by_number` has the rest."""
    solved = Q(solved="yes", closed_at__isnull=False) & ~Q(category="")
    back = Case(
        When(solved & ~Q(place="") & repeats.at_point(BACK), then=Value(True)),
        When(solved, then=Value(False)),
        default=None,
        output_field=BooleanField(null=True),
    )
    return found.annotate(back=back).values_list(*_MATTER)


def _by_number(matters: list[Matter]) -> list[Matter]:
    """The matters with what came back by the same number.

    Asked once by number: a database that took the index of categories instead would look at a quarter of a year.
    """
    asked = [(one, one.closed_at) for one in matters if one.back is False and one.phone_index and one.closed_at]
    if not asked:
        return matters
    closed = [moment for _, moment in asked]
    later = Order.objects.filter(
        contact__phone_index__in={one.phone_index for one, _ in asked},
        received_at__gt=min(closed),
        received_at__lte=max(closed) + BACK,
    )
    came: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for number, category, received in later.values_list("contact__phone_index", "category", "received_at"):
        came[number, category].append(received)
    back = {
        one.id
        for one, moment in asked
        if any(moment < received <= moment + BACK for received in came[one.phone_index, one.category])
    }
    return [one._replace(back=True) if one.id in back else one for one in matters]


def _told(ids: Sequence[int]) -> dict[int, list[Told]]:
    entries = Entry.objects.filter(order__in=ids, move__in=(*_TELLING, *_TELLING_OF_WORK)).annotate(
        why=_whether(Q(records__has_key="why")),
        role_of_first=KT("records__units__0__role"),
        way=_whether(Q(records__has_key="way")),
        files=KT("changes__attachments"),
        regraded=_whether(Q(changes__order__has_any_keys=["category", "urgency"])),
    )
    out: dict[int, list[Told]] = defaultdict(list)
    columns = ("order_id", "move", "at", "assignment_no", "why", "role_of_first", "way", "files", "regraded")
    for order, move, at, part, why, role, way, files, regraded in entries.order_by("order", "seq").values_list(
        *columns
    ):
        touched, shown = watching.in_touch(move, way=way), bool(files) and _shown(files)
        out[order].append(Told(order, move, at, part, why, role == "lead", touched, shown, regraded))
    return out


def _whether(said: Q) -> Case:
    return Case(When(said, then=Value(True)), default=Value(False), output_field=BooleanField())


def _shown(files: str) -> bool:
    """Whether pictures or films are among the files that an entry tells of."""
    return any(rules.shows(file["mime"]) for file in json.loads(files))


@contextmanager
def snapshot() -> Iterator[None]:
    """Let everything read inside be of one moment; nobody who writes is kept waiting.

    Inside a transaction it is that transaction's own view.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with _deferred():
            yield


@contextmanager
def _deferred() -> Iterator[None]:
    """A transaction of SQLite that only reads; Django's own would take the one place of the writer."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
