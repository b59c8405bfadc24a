"""What a citizen sees of an own order: how far it is, who has it, until when, what the units answered, the two marks.

Of the timeline only what was meant for the citizen is shown: replies, own remarks, and the files that go with either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jieban.handling import asking
from jieban.intake import kinds
from jieban.orders import progress
from jieban.orders.lifecycle import LIVE_ORDER, A, S
from jieban.orders.models import Assignment, Attachment, Entry, Order
from jieban.portal import clocks, words
from jieban.portal.citizen import home

# Moves that may bring photos of the work.
_WORK = ("note", "submit", "outside_report")
_GONE = (A.REDIRECTED, A.TERMINATED)


@dataclass(frozen=True, slots=True)
class File:
    """A file the citizen may open."""

    pk: int
    name: str
    picture: bool
    stage: str = ""


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
    done_by: str
    done_at: datetime | None
    said_at: datetime | None
    questions: list[Asked]
    hung: Hung | None
    proofs: list[tuple[str, list[File]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a unit asks the citizen, and until when it waits."""

    unit: str
    text: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Hung:
    """Why the matter cannot be done now: the unit, the plan, its milestones, the leader's title, and every review."""

    unit: str
    reason: str
    plan: str
    milestones: list[tuple[str, str]]
    title: str
    since: datetime
    reviews: list[tuple[datetime, str, str]]


def of(order: Order, *, now: datetime) -> View:
    """The view of an order (contact fetched); four queries."""
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
        remarks=[
            _saying(e, _("您补充的"), e.records.get("note") or e.records.get("words", ""), files)
            for e in entries
            if _own(e, "remark") or e.move == "supplement"
        ],
        own_files=[file for e in entries if e.move == "register" for file in files.get(e.seq, [])],
        done=sum(part.state == A.COMPLETED for part in doing),
        total=len(doing),
        open=order.state == S.RECEIVED or order.state in LIVE_ORDER,
        asking=order.state == S.CALLBACK,
        solved=order.solved if asked else "",
        reached=order.reached if asked else None,
        done_by=_done_by(doing),
        done_at=max((part.completed_at for part in doing if part.completed_at), default=None),
        said_at=order.callback_at if asked and order.solved else None,
        questions=_questions(order),
        hung=_hung(parts, entries),
        proofs=_proofs(entries, files),
    )


def _questions(order: Order) -> list[Asked]:
    found = asking.waiting(order).select_related("assignment__unit")
    return [Asked(row.assignment.unit.name, row.text, row.until) for row in found]


def _hung(parts: Sequence[Assignment], entries: Sequence[Entry]) -> Hung | None:
    """The ledger's words for the citizen, while a unit's part is parked."""
    part = next((part for part in parts if part.state == A.HUNG), None)
    told = [e for e in entries if part is not None and e.assignment_no == part.no and e.move in ("hang", "review")]
    last = max((i for i, entry in enumerate(told) if entry.move == "hang"), default=None)
    if part is None or last is None:
        return None
    begun, said = told[last], told[last].records
    return Hung(
        part.unit.name, str(said.get("reason", "")), str(said["plan"]),
        [(day, what) for day, what in said["milestones"]],
        str(said["title"]), begun.at,
        [(e.at, str(e.records["progress"]), str(e.records["next"])) for e in told[last + 1 :]][::-1],
    )  # fmt: skip


def _proofs(entries: Sequence[Entry], files: dict[int, list[File]]) -> list[tuple[str, list[File]]]:
    """Photos of before and after the work, once a unit has reported; those that came with its reply stand there."""
    if not any(entry.move == "complete" for entry in entries):
        return []
    words_of = {"before": _("办理前"), "after": _("办理后")}
    apart = [file for e in entries if e.move in _WORK for file in files.get(e.seq, [])]
    apart += [file for e in entries if e.move == "complete" for file in files.get(e.seq, []) if file.stage == "before"]
    shown = [(word, [file for file in apart if file.stage == stage]) for stage, word in words_of.items()]
    return [(word, some) for word, some in shown if some]


def _done_by(doing: Sequence[Assignment]) -> str:
    """Who has reported: one unit by its name, several by how many they are."""
    names = [part.unit.name for part in doing if part.state == A.COMPLETED]
    if len(names) < 2:
        return "".join(names)
    return ngettext("%d 个单位说的", "%d 个单位说的", len(names)) % len(names)


def file_of(order: Order, pk: int) -> Attachment | None:
    """A file of the order that the citizen may open; None for any other."""
    row = order.attachments.filter(pk=pk).first()
    opened = _opened(list(order.entries.order_by("seq")))
    return row if row is not None and _may_open(row, opened) else None


def _opened(entries: Sequence[Entry]) -> tuple[set[int], set[int]]:
    """Sequence numbers of the entries whose files are the citizen's to open: all of them, or photos of the work only.

    Photos of before and after are shown once the unit they are of has reported.
    """
    reported = {entry.assignment_no for entry in entries if entry.move == "complete"}
    work = {entry.seq for entry in entries if entry.move in _WORK and entry.assignment_no in reported}
    return {entry.seq for entry in entries if _shown(entry)}, work


def _may_open(row: Attachment, opened: tuple[set[int], set[int]]) -> bool:
    return row.seq in opened[0] or (row.seq in opened[1] and row.stage in ("before", "after"))


def _shown(entry: Entry) -> bool:
    return entry.move in ("register", "complete") or _own(entry, "remark") or _own(entry, "supplement")


def _own(entry: Entry, move: str) -> bool:
    return entry.move == move and entry.role == "citizen"


def _files(entries: Sequence[Entry], attachments: Sequence[Attachment]) -> dict[int, list[File]]:
    """The files a citizen may open, by the sequence number of the entry they came with."""
    opened = _opened(entries)
    out: dict[int, list[File]] = {}
    for a in attachments:
        if _may_open(a, opened):
            out.setdefault(a.seq, []).append(File(a.pk, a.name, a.mime in kinds.IMAGES, a.stage))
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
            after = {entry.seq: [file for file in files.get(entry.seq, []) if file.stage != "before"]}
            out.append((_saying(entry, who, entry.records.get("reply", ""), after), round_no))
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
