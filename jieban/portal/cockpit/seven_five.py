"""七有五性: each district as a whole, half from what citizens answered and half from indicators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jieban.accounts.actor import Actor, Role, Sight
from jieban.analytics.engines import Source
from jieban.appraisal import cycles, schemes, scoring, seven_five
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.seven_five import District
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.city.schemes import Scheme
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.portal import figures
from jieban.portal.access import actor_of, staff

READERS: Final = (Role.LEADER, Role.SUPERVISOR, Role.AUDITOR, Role.DISTRICT)
_CYCLES: Final = 12


@staff(*READERS)
def fields(request: HttpRequest) -> HttpResponse:
    """The districts that the post sees, best first, and one of them field by field."""
    actor, at = actor_of(request), clock.now()
    pack = city.current(at=at).pack
    known = schemes.known(pack)
    try:
        today = cycles.containing(at.date(), known)
        asked = request.GET.get("cycle", "")
        cycle = cycles.named(asked, known) if asked else today
    except BadInput as error:
        return render(request, "cockpit/fields.html", {"here": "appraisal", "nothing": str(error)})
    values: dict[str, Any] = {
        "here": "appraisal", "cycle": cycle, "cycles": _codes(today, known),
        "fields": pack.fields, "scheme": cycle.scheme.model,
    }  # fmt: skip
    found = _found(actor, cycle, pack)
    if found is not None:
        chosen = request.GET.get("district", "")
        seen = [one for one in found.value if actor.sight == Sight.ALL or one.social is not None]
        first = next(iter(seen), None)
        values |= {"districts": seen, "at": found.at, "chosen": next((x for x in seen if x.code == chosen), first)}
    return render(request, "cockpit/fields.html", values)


def _codes(cycle: Cycle, known: Sequence[Scheme]) -> list[str]:
    """Codes of a cycle and those before it, newest first."""
    out = [cycle.code]
    before = cycles.before(cycle, known)
    while before is not None and len(out) < _CYCLES:
        out.append(before.code)
        before = cycles.before(before, known)
    return out


def _found(actor: Actor, cycle: Cycle, pack: Pack) -> figures.Figures[list[District]] | None:
    """Every district from the lake; None without a lake or where the city has no fields."""
    measured = pack.fields
    if measured is None:
        return None

    def count(source: Source) -> list[District]:
        return seven_five.districts(source, cycle, measured, scoring.units_of(source, cycle))

    return figures.read(actor, "seven_five", count, cycle.code, cycle.scheme.sha256, repr(measured))
