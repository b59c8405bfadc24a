"""Reports: the list by kind, one of them as a page or a Word file, and having one made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Actor
from jieban.analytics import engines, sync, web, word
from jieban.analytics import lake as lakes
from jieban.analytics.periodic import KINDS, Kind, actions, keeping, queries, schedule, scopes, spans
from jieban.analytics.periodic.models import Report
from jieban.analytics.periodic.spans import Period
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.core import clock
from jieban.core.errors import BadInput, JiebanError
from jieban.portal import reporting
from jieban.portal.access import actor_of, staff
from jieban.portal.words import Word

READERS = tuple(sorted(schedule.READERS))
MAKERS = tuple(sorted(schedule.MAKERS))
RHYTHMS: dict[str, Word] = {
    spans.DAY: lazy("一天"),
    spans.WEEK: lazy("一周"),
    spans.MONTH: lazy("一个月"),
    spans.CYCLE: lazy("一个考核周期"),
}
_A_PAGE = 30
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Kinds of unit that a report on a trade may be about: who handles, not where.
_HANDLERS = ("city_department", "city_bureau", "district_department", "state_enterprise", "platform_firm")


@dataclass(frozen=True, slots=True)
class About:
    """What a report may be about: the value of the form (`kind:code`), what it is called, and its group."""

    value: str
    name: str
    group: Word


@staff(*READERS)
def reports(request: HttpRequest) -> HttpResponse:
    """The reports that the post may open, of one kind or all, newest first; and the form to have one made."""
    actor, at = actor_of(request), clock.now()
    kind = KINDS.get(request.GET.get("kind", ""))
    found = queries.newest_first(queries.visible_to(actor))
    page = Paginator(found.filter(kind=kind.name) if kind else found, _A_PAGE).get_page(request.GET.get("page"))
    values = {
        "kinds": KINDS.values(), "kind": kind, "page": page, "now": at, "lines": [(row, label(row)) for row in page],
        **_form(actor, kind),
    }  # fmt: skip
    return render(request, "desk/reports.html", values)


@staff(*READERS)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report as it was made."""
    row, actor = _one(request, pk), actor_of(request)
    newer = queries.visible_to(actor).filter(replaces=row).order_by("-pk").first()
    values = {
        "row": row, "parts": web.parts(keeping.load(row.body)), "block_id": web.BLOCK, "label": label(row),
        "newer": newer, "may_make": schedule.may_make(actor, row.path), "about": f"{row.scope}:{row.code}",
        "now": clock.now(),
    }  # fmt: skip
    return render(request, "desk/report.html", values)


@staff(*READERS)
def docx(request: HttpRequest, pk: int) -> HttpResponse:
    """The same report as a Word file."""
    row = _one(request, pk)
    answer = HttpResponse(word.render(keeping.load(row.body)), content_type=_DOCX)
    name = f"{row.title} {row.since:%Y%m%d}-{row.until:%Y%m%d}.docx"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@staff(*MAKERS)
def make(request: HttpRequest) -> HttpResponse:
    """Have a report made now; what cannot be made says why, on the list."""
    kind = request.POST.get("kind", "")
    try:
        row = _made(request, kind)
    except JiebanError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('reports')}?kind={kind}" if kind in KINDS else reverse("reports"))
    messages.success(request, _("生成好了。内容不会再变；数据更新以后要新的，再生成一份。"))
    return redirect("report", row.pk)


def label(row: Report) -> str:
    """Which period it is about."""
    return Period(row.rhythm, row.since, row.until).label


def abouts(actor: Actor, kind: Kind, pack: Pack) -> list[About]:
    """What the post may have this kind of report made about."""
    return [one for one, path in _abouts(kind, pack) if schedule.may_make(actor, path)]


def _abouts(kind: Kind, pack: Pack) -> Iterator[tuple[About, str]]:
    if scopes.CITY in kind.scopes:
        yield About("city:", _("全市"), lazy("全市")), ""
    if scopes.FIRMS in kind.scopes:
        yield About("firms:", _("全市企业"), lazy("全市")), ""
    if scopes.CATEGORY in kind.scopes:
        for category in pack.children(""):
            yield About(f"category:{category.code}", category.name, lazy("行业")), ""
    wanted = {scopes.DISTRICT: ("district",), scopes.STREET: ("street",), scopes.UNIT: _HANDLERS}
    groups: dict[str, Word] = {
        scopes.DISTRICT: lazy("各区"),
        scopes.STREET: lazy("街道乡镇"),
        scopes.UNIT: lazy("承办单位"),
    }
    for scope in (one for one in wanted if one in kind.scopes):
        units = sorted((u for u in pack.units.values() if u.kind in wanted[scope]), key=lambda u: u.path)
        for unit in units:
            yield About(f"{scope}:{unit.code}", unit.short or unit.name, groups[scope]), unit.path


def _form(actor: Actor, kind: Kind | None) -> dict[str, Any]:
    """The form to have a report made: of the kind that is looked at, else of the first that the post may have made."""
    at = clock.now()
    pack = city.current(at=at).pack
    kinds = [kind] if kind else list(KINDS.values())
    found = next(((one, choices) for one in kinds if (choices := abouts(actor, one, pack))), None)
    if found is None:
        return {"form": None}
    one, choices = found
    rhythms = [(code, RHYTHMS[code]) for code in one.rhythms]
    yesterday = at.date() - timedelta(days=1)
    return {"form": {"kind": one, "abouts": choices, "rhythms": rhythms, "on": yesterday, "until": _known()}}


def _known() -> Any:
    lake = lakes.home()
    return sync.until(lake) if lake.exists() else None


def _made(request: HttpRequest, name: str) -> Report:
    actor, at = actor_of(request), clock.now()
    kind, on = KINDS.get(name), parse_date(request.POST.get("on", "") or "-")
    rhythm = request.POST.get("by", "")
    if kind is None or on is None or rhythm not in kind.rhythms:
        raise BadInput(_("没有看懂要哪份报告。请选好报告、范围、时间再生成。"))
    pack = city.current(at=at).pack
    scope, _colon, code = request.POST.get("about", "").partition(":")
    if f"{scope}:{code}" not in {one.value for one, _path in _abouts(kind, pack)}:
        raise BadInput(_("没有这个范围。请从列表里选。"))
    lake, known = lakes.home(), _known()
    if known is None:
        raise BadInput(_("分析库还没有数据，暂时做不了报告。过几分钟再试；一直这样请找系统管理员。"))
    period = spans.ending(rhythm, on, cycle_start_day=pack.settings.cycle_start_day)
    old = queries.visible_to(actor).filter(pk=request.POST.get("replaces") or 0).first()
    with engines.duckdb(lake) as source:
        return actions.make(
            name, source, scopes.named(source, scope, code), period, by=actor, at=at,
            issuer=reporting.issuer(pack), lake=known, replaces=old,
        )  # fmt: skip


def _one(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(queries.visible_to(actor_of(request)), pk=pk)
