"""From what was gathered of the record to rows of the lake. Pure but for the city's names: values in, tables out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from jieban.analytics import asking, schema
from jieban.analytics.gather import Gathered, Matter, Said, Told, Work
from jieban.city.pack import Pack
from jieban.city.replies import Proof, Replies
from jieban.core import crypto
from jieban.orders.lifecycle import A, S

_SHORT = {"answer": "answered", "transfer": "transferred", "guide": "guided"}
_RESULT = {A.COMPLETED: "completed", A.REDIRECTED: "redirected", A.TERMINATED: "terminated"}
_COURT = (A.OBJECTION, A.HANDOVER)
_RESTING = (*_COURT, A.SUSPENDED, A.HUNG)
# Once an order is here, or in a later round, the units it was first sent to have kept it or never will.
_REPORTED = (S.REPLIED, S.CALLBACK, S.ASKED, S.CLOSED, S.TERMINATED, S.ARCHIVED)
_OVER = (S.CLOSED, S.ARCHIVED)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class City:
    """What turns keys of the record into codes: the pack, the codes of units by row id, and the city's time zone.

    `needs_proof` tells whether a version of the pack (row id) asks for pictures in a category.
    """

    pack: Pack
    units: Mapping[int, str]
    zone: ZoneInfo
    levels: Callable[[str], tuple[str | None, str | None, str | None]]
    needs_proof: Callable[[int, str], bool]

    def matter(self, one: Matter) -> tuple[Any, ...]:
        """The five columns of the matter: three levels of category, district, street."""
        return (*self.levels(one.category), self.code(one.district), self.code(one.street))

    def code(self, key: int | None) -> str | None:
        """The code of a unit."""
        return None if key is None else self.units[key]

    def when(self, moment: datetime) -> tuple[date, int, int]:
        """Day, month as yyyymm, and hour of a moment in the city's time."""
        local = moment.astimezone(self.zone)
        return local.date(), local.year * 100 + local.month, local.hour


def city(
    pack: Pack, units: Mapping[int, str], zone: ZoneInfo, proofs: Callable[[int], tuple[Proof, ...]] = lambda _: ()
) -> City:
    """A city; the levels of each category are worked out once, and `proofs` is asked once for each version."""

    @cache
    def levels(code: str) -> tuple[str | None, str | None, str | None]:
        if not code:
            return (None, None, None)
        path = [node.code for node in pack.category_path(code)] if code in pack.categories else []
        return (path[0] if path else None, path[1] if len(path) > 1 else None, code)

    @cache
    def replies(version: int) -> Replies:
        return Replies(proofs=proofs(version))

    return City(pack, units, zone, levels, lambda version, category: replies(version).proof(category) is not None)


def tables(gathered: Gathered, city: City, *, at: datetime) -> dict[str, pa.Table]:
    """The rows of the four tables of facts, as things stand at `at`."""
    matters = {matter.id: matter for matter in gathered.matters}
    work = {work.id: work for work in gathered.work}
    sendings: dict[int, list[Work]] = defaultdict(list)
    for one in gathered.work:
        sendings[one.order].append(one)
    told = gathered.told
    sent = [matter for matter in gathered.matters if matter.id in sendings]
    newest: dict[int, int] = {}
    for said in gathered.said:
        newest[said.assignment] = max(newest.get(said.assignment, 0), said.round)
    rows: dict[str, Iterable[tuple[Any, ...]]] = {
        "contacts": (_contact(m, city, told.get(m.id, ()), m.id in sendings) for m in gathered.matters),
        "orders": (_order(m, city, told.get(m.id, ()), sendings[m.id]) for m in sent),
        "assignments": (_assignment(w, matters[w.order], city, at) for w in gathered.work),
        "answers": (
            (
                *_answer(s, work[s.assignment], matters[s.order], city, s.round == newest[s.assignment]),
                *_asking(s, work[s.assignment], matters[s.order], city, sendings[s.order], told.get(s.order, ())),
            )
            for s in gathered.said
        ),
    }
    return {name: _table(schema.TABLES[name], found) for name, found in rows.items()}


def _table(table: schema.Table, rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    plain = [column.type.value_type if pa.types.is_dictionary(column.type) else column.type for column in table.columns]
    arrays = [pa.array(values, type=kind) for values, kind in zip(columns, plain, strict=True)]
    return pa.Table.from_arrays(arrays, names=table.arrow.names).cast(table.arrow)


def _asked(matter: Matter, city: City) -> tuple[Any, ...]:
    return (
        matter.id, *city.when(matter.received_at), matter.channel, matter.kind or None, matter.appellant == "firm",
        crypto.pseudonym(matter.phone_index), *city.matter(matter),
    )  # fmt: skip


def _contact(matter: Matter, city: City, told: Sequence[Told], sent: bool) -> tuple[Any, ...]:
    return (*_asked(matter, city), "dispatched" if sent else _outcome(matter, told))


def _outcome(matter: Matter, told: Sequence[Told]) -> str:
    """What became of an order that no unit was ever sent; once closed, the move before tells."""
    if matter.state in _SHORT.values():
        return matter.state
    short = [_SHORT[entry.move] for entry in told if entry.move in _SHORT]
    return short[-1] if short and matter.state in _OVER else "open"


def _order(matter: Matter, city: City, told: Sequence[Told], sent_to: Sequence[Work]) -> tuple[Any, ...]:
    sent = next((entry.at for entry in told if entry.move == "dispatch"), matter.dispatched_at)
    closed = matter.closed_at if matter.state in _OVER else None
    return (
        *_asked(matter, city), matter.place or None, matter.urgency or None, matter.state, matter.round, len(sent_to),
        _right_first(matter, told), _minutes(matter.received_at, sent), _minutes(matter.received_at, closed),
        city.when(closed)[0] if closed else None, matter.back,
        asking.all_out(sent_to, told),
    )  # fmt: skip


def _right_first(matter: Matter, told: Sequence[Told]) -> bool | None:
    """As `dispatch.accuracy` sees it; nothing is said as long as a unit may still object."""
    first = next((n for n, entry in enumerate(told) if entry.move == "dispatch"), None)
    if first is None:
        return None
    later = told[first + 1 :]
    moves = {entry.move for entry in later}
    joined = [entry for entry in later if entry.move == "join"]
    replaced = "withdraw" in moves and any(entry.lead for entry in joined)
    if moves & {"uphold", "redirect", "recall"} or replaced or any(entry.why for entry in joined):
        return False
    return True if matter.round > 1 or matter.state in _REPORTED else None


def _assignment(work: Work, matter: Matter, city: City, at: datetime) -> tuple[Any, ...]:
    day, month, _ = city.when(work.sent_at)
    clocks = (
        (work.signed_at, work.sign_due, _COURT),
        (work.responded_at, work.respond_due, _COURT),
        (work.completed_at, work.handle_due, _RESTING),
    )
    return (
        work.id, work.order, day, month, *city.matter(matter), city.code(work.unit), city.code(work.section),
        work.role, work.round, work.urgency or None, _RESULT.get(A(work.state), "open"),
        *(_minutes(work.sent_at, done) for done, _, _ in clocks),
        *(_on_time(work, done, due, resting, at) for done, due, resting in clocks),
    )  # fmt: skip


def _on_time(work: Work, done: datetime | None, due: datetime, resting: Iterable[str], at: datetime) -> bool | None:
    """By its due or not; None while that is open, while the clock rests, and where the work ended before the due."""
    if done is not None:
        return done <= due
    if work.state in resting:
        return None
    until = (work.ended_at or due) if work.state in _RESULT else at
    return False if due < until else None


def _answer(said: Said, work: Work, matter: Matter, city: City, last: bool) -> tuple[Any, ...]:
    day, month, _ = city.when(said.at)
    in_time = work.round > said.round or (work.responded_at is not None and work.responded_at <= work.respond_due)
    return (
        said.id, said.order, said.assignment, day, month, *city.matter(matter), city.code(work.unit), work.role,
        said.round, last, said.way, said.reached, said.contacted, in_time, said.solved or None,
        said.satisfied or None,
    )  # fmt: skip


def _asking(
    said: Said, work: Work, matter: Matter, city: City, sent: Sequence[Work], told: Sequence[Told]
) -> tuple[Any, ...]:
    """The rest of an answer: what was asked about, how it came about, and whether it counts."""
    before, ground = asking.before(said, work, told), asking.ground(work, told)
    return (
        work.urgency or None, city.code(work.section), matter.owner or None, asking.led_by_several(sent),
        city.when(before.done)[0] if before.done else None, crypto.pseudonym(matter.phone_index),
        _minutes(before.contact, said.at) if before.contact else None,
        asking.proof(before, needed=city.needs_proof(matter.pack, matter.category)), before.regraded,
        ground, ground is not None,
    )  # fmt: skip


def _minutes(start: datetime, end: datetime | None) -> int | None:
    """Whole minutes from one moment to another."""
    return None if end is None else (end - start) // _MINUTE
