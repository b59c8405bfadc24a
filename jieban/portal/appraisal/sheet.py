"""The sheet of one assignment: why it counted as it did, in words, with everything on which that rests; printable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from jieban.analytics.engines import Source
from jieban.appraisal import cycles
from jieban.appraisal import sheet as words
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.core import clock
from jieban.orders import queries as orders
from jieban.orders.models import Answer, Assignment
from jieban.portal import figures
from jieban.portal.access import actor_of, staff
from jieban.portal.appraisal import board, reading
from jieban.portal.appraisal.reading import Opened
from jieban.portal.desk import rows, story

# What of the timeline a score rests on: who had it from when, what it was, what was done, said and decided.
RESTS: Final = frozenset({
    "dispatch", "join", "sort", "reclassify", "sign", "respond", "complete", "redo", "ask", "give_up", "terminate",
    "exclude", "ask_exclusion", "leave_out", "refuse_exclusion", "take_in",
})  # fmt: skip
_JUDGED: Final = ("exclude", "ask_exclusion", "leave_out", "refuse_exclusion", "take_in", "terminate")


@dataclass(frozen=True, slots=True)
class Placed:
    """A case with the cycle it counts in and the units of that cycle."""

    case: Case
    one: Opened
    units: dict[str, Case]


@staff(*board.ROLES)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of an assignment whose order the post may see; of its newest answer, or of the cycle that is named."""
    actor, at = actor_of(request), clock.now()
    seen = Assignment.objects.filter(order__in=orders.visible_to(actor)).exclude(role="notice")
    part = get_object_or_404(seen.select_related("order__pack", "unit", "section"), pk=pk)
    answers = list(part.answers.order_by("round"))
    found = _placed(pk, request.GET.get("cycle", ""), at) if answers else None
    pack = city.current(at=at).pack
    values = {
        "part": part, "order": part.order, "answers": answers, "category": rows.category(part.order.category, pack),
        "now": at, "found": found, **(_told(found, part, answers, pack) if found else {}),
    }  # fmt: skip
    return render(request, "desk/appraisal_case.html", values)


def _placed(pk: int, code: str, at: datetime) -> Placed | None:
    """The case in its cycle; None as long as the lake does not know it."""
    known = reading.known(at)

    def look(source: Source) -> tuple[Case, Opened] | None:
        cycle = cycles.named(code, known) if code else _cycle(source, pk, known)
        if cycle is None:
            return None
        one = reading.opened(cycle, at)
        facts = reading.facts(source, one)
        found = source.rows(facts.filter(facts["assignment"] == pk))
        return ({key: str(value or "") for key, value in found[0].items()}, one) if found else None

    found = figures.once(look)
    if found is None:
        return None
    case, one = found
    units = figures.whole("appraisal-units", lambda source: reading.units(source, one), *one.key)
    return Placed(case, one, units.value) if units else None


def _cycle(source: Source, pk: int, known: Sequence[Any]) -> Cycle | None:
    """The cycle in which the newest answer about it counts."""
    given = source["answers"]
    mine = given.filter(given["assignment"] == pk).select("round", "day", "done_day")
    newest = max(source.rows(mine), key=lambda row: int(row["round"]), default=None)
    return cycles.counting(newest["day"], newest["done_day"], known) if newest else None


def _told(found: Placed, part: Assignment, answers: Sequence[Answer], pack: Pack) -> dict[str, Any]:
    entries = list(part.order.entries.select_related("unit").order_by("seq"))
    mine = [one for one in entries if one.move in RESTS and one.assignment_no in (None, part.no)]
    told = {line.entry.seq: line for line in story.tell(mine, [], pack)}
    return {
        "told": words.tell(found.case, found.one.cycle, names(pack, found.units)), "one": found.one,
        "scheme": found.one.cycle.scheme, "stage": board.STAGES[found.one.stage],
        "answer": next((one for one in answers if str(one.round) == found.case["round"]), None),
        "clock": _clock(found.case, part), "entries": [(one, told.get(one.seq)) for one in mine],
        "judged": [one for one in mine if one.move in _JUDGED], "urgency": pack.clocks.get(found.case["urgency"]),
    }  # fmt: skip


def names(pack: Pack, units: dict[str, Case]) -> words.Names:
    """What the codes of a case are called in the city."""
    return words.Names(
        {code: one.name for code, one in pack.categories.items()},
        {code: f"{one.name}（{code}）" for code, one in pack.clocks.items()},
        {code: one.name for code, one in pack.grounds.items()}, units,
    )  # fmt: skip


def _clock(case: Case, part: Assignment) -> str:
    """By which clock first contact was in time; the moments of an earlier round are no longer on the record."""
    if str(part.round) != case["round"]:
        return _("那一轮以后又重办过，这里只剩按时没按时的结论；当时的时刻见下面的记录。")
    sent, due = (timed(at) for at in (part.sent_at, part.respond_due))
    if part.responded_at is None:
        return _("派给单位 %(sent)s，联系市民的时限到 %(due)s，记录上没有联系。") % {"sent": sent, "due": due}
    values = {"sent": sent, "due": due, "at": timed(part.responded_at)}
    return _("派给单位 %(sent)s，联系市民的时限到 %(due)s，记录上 %(at)s 联系了市民。") % values


def timed(at: datetime) -> str:
    """A moment of the city in figures: a sheet is read for years."""
    return f"{at.astimezone(clock.zone()):%Y-%m-%d %H:%M}"
