"""Trying out a changed catalogue or clock on past orders: which would have gone elsewhere, or been late.

Two packs are asked about every order that was dispatched, with the facts as they were recorded: the one that holds
and the one that is tried, both as of the first day on which the latter could hold. Where their answers differ the order
is listed, with the lines behind both answers and the unit that led it in the end. Where the limits differ, they are
counted anew from what each clock was counted from, pauses and extensions with it, and held against what was done: late
that was not, or no longer late. Nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from jieban.city import limits
from jieban.city.pack import Pack
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.dispatch import queries, rules
from jieban.dispatch.rules import Catalogue, Facts, Match
from jieban.orders.models import Assignment, Order

CLOCKS, ANSWER = ("sign", "respond", "handle"), "answer"
# So many of each kind are listed with their numbers; the counts are of all.
LISTED = 2000
_CHUNK = 1000
_ENDED = ("redirected", "terminated")
_COLUMNS = (
    "number", "title", "content", "category", "urgency", "place", "owner", "street_id", "district_id", "suggested",
    "dispatch", "received_at", "due_at", "replied_at", "round",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """An order in a list: what a person needs to recognise and open it."""

    number: str
    title: str
    category: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """An order that would have gone elsewhere. `led` is the unit that led it in the end, empty where none does."""

    case: Case
    before: Match | None
    after: Match | None
    led: str


@dataclass(frozen=True, slots=True)
class Timed:
    """One limit of an order that would have been another. `unit` is empty for the citizen's own clock (`answer`)."""

    case: Case
    unit: str
    clock: str
    before: datetime
    after: datetime
    done: datetime | None
    turn: str


@dataclass(slots=True)
class Report:
    """What the trial found. Lists hold at most LISTED; `turn` of a limit is late, eased or same.

    `into` and `out_of` count leads by unit; `lines` counts moves by (line before, line after); `right_before` and
    `right_after` are how many moved orders each catalogue would have sent to the unit that led in the end.
    """

    read: int = 0
    moved: int = 0
    retimed: int = 0
    late: int = 0
    eased: int = 0
    uncounted: int = 0
    right_before: int = 0
    right_after: int = 0
    into: Counter[str] = field(default_factory=Counter)
    out_of: Counter[str] = field(default_factory=Counter)
    lines: Counter[tuple[str, str]] = field(default_factory=Counter)
    moves: list[Moved] = field(default_factory=list)
    times: list[Timed] = field(default_factory=list)


def run(
    orders: QuerySet[Order], base: Loaded, tried: Loaded, *, begin: datetime, end: datetime, at: datetime, most: int = 0
) -> Report:
    """Ask both packs about those of the orders that came from `begin` up to `end` and were dispatched.

    The newest `most` of them (0: all). Two statements, however many there are. `at` is now: what is still open and past
    its limit is late.
    """
    chosen = orders.filter(received_at__gte=begin, received_at__lt=end, dispatched_at__isnull=False)
    if most:
        newest = chosen.order_by("-received_at", "-pk").values("pk")[:most]
        chosen = Order.objects.filter(pk__in=newest)
    report, ask = Report(), _Ask(base, tried, at)
    parts = groupby(_parts(chosen), key=lambda part: part.order_id)
    held = next(parts, None)
    for order in chosen.only(*_COLUMNS).order_by("pk").iterator(chunk_size=_CHUNK):
        while held is not None and held[0] < order.pk:
            held = next(parts, None)
        mine = list(held[1]) if held is not None and held[0] == order.pk else []
        _take(report, ask, order, mine)
    return report


def _parts(chosen: QuerySet[Order]) -> Iterator[Assignment]:
    columns = ("order_id", "unit_id", "role", "round", "state", "urgency", "sent_at", "sign_due", "respond_due",
               "handle_due", "signed_at", "responded_at", "completed_at", "clock")  # fmt: skip
    found = Assignment.objects.filter(order__in=chosen.values("pk")).only(*columns)
    return found.order_by("order_id", "no").iterator(chunk_size=_CHUNK)


class _Ask:
    """The two packs made ready: what each answers, how each counts, and whether anything between them differs."""

    def __init__(self, base: Loaded, tried: Loaded, at: datetime) -> None:
        self.base, self.tried, self.at = base, tried, at
        self.day = max(tried.valid_from, timezone.localdate(at))
        self.books = (queries.catalogue(base), queries.catalogue(tried))
        self.same_duties = base.pack.duties == tried.pack.duties and base.pack.units == tried.pack.units
        self.same_rules = _rules_beside_clocks(base.pack) == _rules_beside_clocks(tried.pack)
        self.usual = {duty.code: duty.urgency for duty in base.pack.duties}

    def answers(self, order: Order) -> tuple[Match | None, Match | None]:
        """What both say about the order, with the urgency that was known before any line was asked."""
        before = _answer(self._facts(order, self.base), self.books[0], self.day)
        if self.same_duties:
            return before, before
        return before, _answer(self._facts(order, self.tried), self.books[1], self.day)

    def _facts(self, order: Order, loaded: Loaded) -> Facts:
        known = queries.facts(order, loaded)
        return known if self._said(order) else replace(known, urgency="")

    def _said(self, order: Order) -> bool:
        """Whether the urgency was set by a person or by the words, and not taken from the line."""
        chosen = (order.suggested.get("urgency") or {}).get("accepted")
        return bool(chosen) or self.usual.get(str(order.dispatch.get("duty"))) != order.urgency

    def same_clock(self, urgency: str, would: str) -> bool:
        """Whether both packs count one urgency by the one, and the other by the other, alike."""
        clocks = self.base.pack.clocks.get(urgency), self.tried.pack.clocks.get(would)
        return self.same_rules and urgency == would and clocks[0] == clocks[1]

    def counted(self, order: Order, part: Assignment, urgency: str) -> tuple[_Due, _Due]:
        """The clocks of an assignment by both packs: its own urgency by the one in force, `urgency` by the tried."""
        known = part.clock or self._begun(order, part)
        return _Due.of(known, self.base), _Due.of({**known, "urgency": urgency, "version": -1}, self.tried)

    def _begun(self, order: Order, part: Assignment) -> dict[str, Any]:
        """What the clocks of an assignment without a record of them began from; its round is the first."""
        asked = order.received_at if part.role == rules.LEAD else None
        unit = self.base.unit_codes.get(part.unit_id, "")
        return limits.of(
            self.base.pack, unit, order.category, part.urgency, at=part.sent_at, version=self.base.number, asked=asked
        ).clock


@dataclass(frozen=True, slots=True)
class _Due:
    """The moments a count leads to; `promise` is the citizen's, with the lead."""

    sign: datetime
    respond: datetime
    handle: datetime
    promise: datetime | None

    @classmethod
    def of(cls, known: Mapping[str, Any], loaded: Loaded) -> _Due:
        """By this pack; what was counted by the same version before is taken as it was recorded."""
        if known.get("version") == loaded.number and "due" in known:
            said = {name: datetime.fromisoformat(text) for name, text in known["due"].items()}
            return cls(said["sign"], said["respond"], said["handle"], said.get("promise"))
        found = limits.recount(loaded.pack, known)
        return cls(found.sign, found.respond, found.handle, found.promise)


def _rules_beside_clocks(pack: Pack) -> tuple[Any, ...]:
    settings = pack.settings
    return pack.calendar, pack.profiles, settings.rework_limit, settings.inner_share


def _answer(facts: Facts, book: Catalogue, day: date) -> Match | None:
    return rules.propose(facts, book, day).best


def _take(report: Report, ask: _Ask, order: Order, parts: Sequence[Assignment]) -> None:
    report.read += 1
    before, after = ask.answers(order)
    case = Case(order.number, order.title, order.category, order.received_at)
    if _units(before) != _units(after):
        _move(report, Moved(case, before, after, _led(parts, ask.base)))
    _time(report, ask, order, parts, case, (_urgency(before), _urgency(after)))


def _units(match: Match | None) -> frozenset[rules.Target]:
    return frozenset(match.targets) if match else frozenset()


def _urgency(match: Match | None) -> str:
    return match.urgency if match else ""


def _led(parts: Sequence[Assignment], loaded: Loaded) -> str:
    leads = [part for part in parts if part.role == rules.LEAD and part.state not in _ENDED]
    return loaded.unit_codes.get(leads[0].unit_id, "") if leads else ""


def _leads(match: Match | None) -> list[str]:
    return [target.unit for target in match.targets if target.role == rules.LEAD] if match else []


def _move(report: Report, moved: Moved) -> None:
    report.moved += 1
    before, after = _leads(moved.before), _leads(moved.after)
    report.out_of.update(set(before) - set(after))
    report.into.update(set(after) - set(before))
    report.lines[_line(moved.before), _line(moved.after)] += 1
    report.right_before += moved.led in before
    report.right_after += moved.led in after
    if len(report.moves) < LISTED:
        report.moves.append(moved)


def _line(match: Match | None) -> str:
    return match.duty if match else ""


def _time(
    report: Report, ask: _Ask, order: Order, parts: Sequence[Assignment], case: Case, urgencies: tuple[str, str]
) -> None:
    """Hold the limits of the order's first rounds, and the citizen's, against what was done."""
    found = [one for one in _timed(ask, order, parts, case, urgencies) if one.before != one.after]
    report.uncounted += sum(part.round > 1 and not part.clock for part in parts)
    report.retimed += bool(found)
    report.late += any(one.turn == "late" for one in found)
    report.eased += any(one.turn == "eased" for one in found)
    report.times += found[: max(LISTED - len(report.times), 0)]


def _timed(
    ask: _Ask, order: Order, parts: Sequence[Assignment], case: Case, urgencies: tuple[str, str]
) -> Iterator[Timed]:
    promises = []
    for part in _countable(parts):
        would = _would(part.urgency, urgencies)
        if ask.same_clock(part.urgency, would):
            continue
        old, new = ask.counted(order, part, would)
        unit = ask.base.unit_codes.get(part.unit_id, "")
        done = {"sign": part.signed_at, "respond": part.responded_at, "handle": part.completed_at}
        recorded = {name: getattr(part, f"{name}_due") for name in CLOCKS}
        for name in CLOCKS:
            after = recorded[name] + (getattr(new, name) - getattr(old, name))
            yield Timed(
                case, unit, name, recorded[name], after, done[name], _turn(recorded[name], after, done[name], ask.at)
            )
        if old.promise is not None and new.promise is not None:
            promises.append((old.promise, new.promise))
    if promises and order.due_at is not None:
        after = order.due_at + (max(new for _, new in promises) - max(old for old, _ in promises))
        yield Timed(
            case,
            "",
            ANSWER,
            order.due_at,
            after,
            order.replied_at,
            _turn(order.due_at, after, order.replied_at, ask.at),
        )


def _countable(parts: Iterable[Assignment]) -> list[Assignment]:
    """Assignments whose clocks still say something: not those told only, nor ended, nor of a round nobody recorded."""
    return [p for p in parts if p.role != rules.NOTICE and p.state not in _ENDED and (p.clock or p.round == 1)]


def _would(urgency: str, urgencies: tuple[str, str]) -> str:
    """The urgency an assignment would have had; one that a person changed since then stays as it is."""
    before, after = urgencies
    return after if after and urgency == before else urgency


def _turn(before: datetime, after: datetime, done: datetime | None, at: datetime) -> str:
    moment = done or at
    was, would = moment > before, moment > after
    return "same" if was == would else "late" if would else "eased"


def check(base: Loaded, tried: Loaded) -> None:
    """Refuse a trial that cannot be held against the pack in force: another city's, or without its urgencies."""
    if base.pack.city.code != tried.pack.city.code:
        raise BadInput(f"试算的是{tried.pack.city.name}的数据，这里是{base.pack.city.name}。请换成本市的文件夹。")
    missing = [urgency for urgency in base.pack.clocks if urgency not in tried.pack.clocks]
    if missing:
        raise BadInput(f"试算的时限表里没有“{missing[0]}”这一档，过去的工单用过它。请补上再算。")
