"""What a citizen sees of an own order: how far it is, who has it, until when, what the units answered, the two marks.

Of the timeline only what was meant for the citizen is shown: replies, own remarks, and the files that go with either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from jieban.intake import kinds
from jieban.orders import progress
from jieban.orders.lifecycle import LIVE_ORDER, A, S
from jieban.orders.models import Assignment, Attachment, Entry, Order
from jieban.portal import clocks, words
from jieban.portal.citizen import home

_GONE = (A.REDIRECTED, A.TERMINATED)


@dataclass(frozen=True, slots=True)
class File:
    """A file the citizen may open."""

    pk: int
    name: str
    picture: bool


@dataclass(frozen=True, slots=True)
class Saying:
    """A reply of a unit or a remark of the citizen, with its files."""

    who: str
    at: datetime
    text: str
    files: list[File]


@dataclass(frozen=True, slots=True)
class View:
    """The whole page. `clock` is None where no unit has it now; `done` of `total` units have reported."""

    order: Order
    progress: progress.Progress
    clock: clocks.Bar | None
    until: str
    told: str
    replies: list[Saying]
    earlier: list[Saying]
    remarks: list[Saying]
    own_files: list[File]
    done: int
    total: int
    open: bool
    asking: bool
    solved: str
    reached: bool | None


def of(order: Order, *, now: datetime) -> View:
    """The view of an order (contact fetched); three queries."""
    parts = list(order.assignments.select_related("unit", "section").order_by("no"))
    entries = list(order.entries.order_by("seq"))
    files = _files(entries, list(order.attachments.order_by("pk")))
    doing = [part for part in parts if part.role != "notice" and part.state not in _GONE]
    how_far = progress.progress(order, parts, entries)
    replies = _replies(parts, entries, files)
    current = [saying for saying, round_no in replies if round_no == order.round]
    asked = order.state != S.REWORK and not (order.round > 1 and order.state in LIVE_ORDER)
    return View(
        order=order,
        progress=how_far,
        clock=_clock(order, doing, how_far, now),
        until=words.moment(home.local(how_far.until), home.local(now)) if how_far.until else "",
        told=_told(entries),
        replies=current,
        earlier=[saying for saying, round_no in replies if round_no != order.round],
        remarks=[_saying(e, _("您补充的"), e.records.get("note", ""), files) for e in entries if _own(e, "remark")],
        own_files=[file for e in entries if e.move == "register" for file in files.get(e.seq, [])],
        done=sum(part.state == A.COMPLETED for part in doing),
        total=len(doing),
        open=order.state == S.RECEIVED or order.state in LIVE_ORDER,
        asking=order.state == S.CALLBACK,
        solved=order.solved if asked else "",
        reached=order.reached if asked else None,
    )


def file_of(order: Order, pk: int) -> Attachment | None:
    """A file of the order that the citizen may open; None for any other."""
    entries = list(order.entries.order_by("seq"))
    wanted = {entry.seq for entry in entries if _shown(entry)}
    return order.attachments.filter(pk=pk, seq__in=wanted).first()


def _shown(entry: Entry) -> bool:
    return entry.move in ("register", "complete") or _own(entry, "remark")


def _own(entry: Entry, move: str) -> bool:
    return entry.move == move and entry.role == "citizen"


def _files(entries: Sequence[Entry], attachments: Sequence[Attachment]) -> dict[int, list[File]]:
    """The files a citizen may open, by the sequence number of the entry they came with."""
    shown = {entry.seq for entry in entries if _shown(entry)}
    out: dict[int, list[File]] = {}
    for a in attachments:
        if a.seq in shown:
            out.setdefault(a.seq, []).append(File(a.pk, a.name, a.mime in kinds.IMAGES))
    return out


def _saying(entry: Entry, who: str, text: object, files: dict[int, list[File]]) -> Saying:
    return Saying(who, entry.at, str(text), files.get(entry.seq, []))


def _replies(
    parts: Sequence[Assignment], entries: Sequence[Entry], files: dict[int, list[File]]
) -> list[tuple[Saying, int]]:
    """Each unit's replies with the round they were given in, the latest first."""
    units = {part.no: part.unit.name for part in parts}
    round_no, out = 1, []
    for entry in entries:
        round_no += entry.move == "rework"
        if entry.move == "complete":
            who = units.get(entry.assignment_no or 0, "")
            out.append((_saying(entry, who, entry.records.get("reply", ""), files), round_no))
    return out[::-1]


def _told(entries: Sequence[Entry]) -> str:
    """What was answered or told at once, where no unit had to act."""
    said = [e.records.get("text") or e.records.get("told") for e in entries if e.move in ("answer", "guide")]
    return str(said[-1] or "") if said else ""


def _clock(order: Order, doing: Sequence[Assignment], how_far: progress.Progress, now: datetime) -> clocks.Bar | None:
    if how_far.until is None:
        return None
    start = doing[0].sent_at if order.round > 1 and doing else order.received_at
    return clocks.bar(_("答复您"), start=home.local(start), due=home.local(how_far.until), now=home.local(now))
