"""Signs of gaming by unit: what was found in a cycle, the answers behind each, and what people made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Actor, Sight
from jieban.analytics import engines, sync
from jieban.analytics import lake as lakes
from jieban.appraisal import cycles, integrity, integrity_looks, schemes
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.integrity_models import UnitSign
from jieban.appraisal.integrity_rules import Bounds
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.core import clock
from jieban.core.errors import BadInput, JiebanError
from jieban.orders import queries as orders
from jieban.portal import figures, words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import integrity_words

_CHOICES, _SHOWN = 12, 200


@staff(*sorted(integrity_looks.READERS))
def signs(request: HttpRequest) -> HttpResponse:
    """The signs of a cycle, unit by unit, the least likely first."""
    actor, at = actor_of(request), clock.now()
    pack = city.current(at=at).pack
    choices = _cycles(at, pack)
    cycle = _chosen(request.GET.get("cycle", ""), choices, pack)
    found = integrity_looks.latest(cycle.code)
    looks = integrity_looks.looks(cycle.code)
    mine = integrity_looks.seen(actor).filter(search=found) if found else UnitSign.objects.none()
    rows = [integrity_words.told(one, looks.get((one.board, one.unit, one.sign), [])) for one in mine]
    return render(
        request, "desk/integrity.html",
        {"actor": actor, "cycle": cycle, "choices": choices, "search": found, "units": _units(rows), "rows": rows,
         "may_search": actor.role in integrity_looks.LOOKERS and actor.sight == Sight.ALL,
         "begun": cycle.first <= at.date(), "open": sum(1 for row in rows if not row.looks)},
    )  # fmt: skip


@staff(*sorted(integrity_looks.LOOKERS))
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Look through the lake for the signs of a cycle."""
    actor, at = actor_of(request), clock.now()
    pack = city.current(at=at).pack
    code = request.POST.get("cycle", "")
    try:
        known = schemes.known(pack)
        cycle, lake = cycles.named(code, known), lakes.home()
        until = sync.until(lake)
        if until is None:
            raise BadInput(
                _("数据湖还没有同步过，没有可以查找的数据。请等后台同步完，或由管理员运行 jieban lake sync。")
            )
        with engines.duckdb(lake) as source:
            made = integrity_looks.search(source, cycle, known, pack, by=actor, at=at, lake_at=until)
    except JiebanError as error:
        messages.error(request, str(error))
        return redirect("integrity")
    messages.success(request, _("查找完了：%d 个单位有迹象。") % made.signs.values("unit").distinct().count())
    return redirect(f"{reverse('integrity')}?cycle={cycle.code}")


@staff(*sorted(integrity_looks.READERS))
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """One sign: what the unit shows besides, what it showed before, the orders behind it, and who said what."""
    return _page(request, get_object_or_404(integrity_looks.seen(actor_of(request)), pk=pk))


@staff(*sorted(integrity_looks.LOOKERS))
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody looked at it; what could not be kept stays in the form."""
    actor = actor_of(request)
    one = get_object_or_404(integrity_looks.seen(actor), pk=pk)
    typed = {"finding": request.POST.get("finding", ""), "words": request.POST.get("words", "")}
    try:
        integrity_looks.look(one, **typed, by=actor, at=clock.now())
    except JiebanError as error:
        messages.error(request, str(error))
        return _page(request, one, typed=typed, status=400)
    messages.success(request, _("已经记下。不会自动带来任何后果。"))
    return redirect("integrity_sign", pk=pk)


def _page(
    request: HttpRequest, one: UnitSign, *, typed: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    looks = integrity_looks.looks(one.search.cycle).get((one.board, one.unit, one.sign), [])
    values = {
        "actor": actor, "told": integrity_words.told(one, looks), "sign": one, "typed": typed or {},
        "behind": _behind(one, actor, city.current(at=at).pack),
        "signs": [(integrity_words.NAMES[code], *row) for code, row in one.signs.items()],
        "past": [(code, *row) for code, row in one.past.items() if row[1]],
        "findings": integrity_words.FINDINGS.items(),
        "looks": [(row, integrity_words.FINDINGS[row.finding]) for row in looks],
        "may_look": actor.role in integrity_looks.LOOKERS,
        "mine_last": bool(looks) and looks[-1].person_id == actor.person_id,
    }  # fmt: skip
    return render(request, "desk/integrity_sign.html", values, status=status)


def _cycles(at: datetime, pack: Pack) -> list[Cycle]:
    """The cycles that may be asked for: the one under way and those before it."""
    known = schemes.known(pack)
    try:
        out = [cycles.containing(at.date(), known)]
    except BadInput:
        return []
    while len(out) < _CHOICES and (earlier := cycles.before(out[-1], known)):
        out.append(earlier)
    return out


def _chosen(code: str, choices: list[Cycle], pack: Pack) -> Cycle:
    """The cycle that was asked for; else the last that is over, for one under way has few answers."""
    if code:
        return cycles.named(code, schemes.known(pack))
    if not choices:
        raise BadInput(_("没有生效的考评方案，也就没有考核期。"))
    return choices[min(1, len(choices) - 1)]


def _units(rows: list[integrity_words.Told]) -> list[tuple[UnitSign, list[integrity_words.Told]]]:
    """Signs by unit, in the sequence of the least likely of each."""
    by_unit: dict[tuple[str, str], list[integrity_words.Told]] = {}
    for row in rows:
        by_unit.setdefault((row.sign.board, row.sign.unit), []).append(row)
    return [(those[0].sign, those) for those in by_unit.values()]


@dataclass(frozen=True, slots=True)
class Behind:
    """The answers behind a sign; `lacking` of them are of orders that this record or this post does not have."""

    rows: list[dict[str, Any]]
    total: int
    lacking: int


def _behind(one: UnitSign, actor: Actor, pack: Pack) -> Behind | None:
    """The answers behind a sign as the lake has them now; None as long as there is no lake."""
    cycle = cycles.named(one.search.cycle, schemes.known(pack))
    trial, bounds = integrity_looks.trial(one), Bounds(**one.search.bounds)
    found = figures.read(
        actor, "signs", lambda source: integrity.behind(source, cycle, trial, bounds), one.search.cycle, trial
    )
    if found is None:
        return None
    numbers = {n: place for place, n in enumerate(dict.fromkeys(a["caller"] for a in found.value), start=1)}
    shown = found.value[:_SHOWN]
    known = orders.visible_to(actor).in_bulk([answer["order"] for answer in shown])
    rows = [_row(answer, known[answer["order"]], numbers, pack) for answer in shown if answer["order"] in known]
    return Behind(rows, len(found.value), len(shown) - len(rows))


def _row(answer: dict[str, Any], order: Any, numbers: dict[Any, int], pack: Pack) -> dict[str, Any]:
    unit = pack.units.get(answer["unit"])
    said = [words.SOLVED.get(answer["solved"] or "", ""), words.SATISFIED.get(answer["satisfied"] or "", "")]
    return {
        "order": order, "day": answer["day"], "unit": unit.short if unit else answer["unit"],
        "said": [word for word in said if word], "after": answer["asked_after"], "caller": numbers[answer["caller"]],
    }  # fmt: skip
