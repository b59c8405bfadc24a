"""The list behind one number of the appraisal: as many cases as the number says, as far as the post may see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor
from jieban.analytics import sight
from jieban.analytics.engines import Source
from jieban.appraisal import behind, sheet, standings
from jieban.appraisal.recompute import Table
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.orders import queries as orders
from jieban.orders.models import Assignment, Order
from jieban.portal import figures
from jieban.portal.access import actor_of, staff
from jieban.portal.appraisal import board, lines, reading
from jieban.portal.appraisal.reading import Opened
from jieban.portal.desk import rows
from jieban.portal.words import Word

PAGE: Final = 100
STATES: dict[str, Word] = {
    "n": lazy("问到市民的"), "unreached": lazy("联系不上市民的"), "excluded": lazy("剔除的"),
    "filed": lazy("终结办理的"), behind.APPEALS: lazy("诉求"),
}  # fmt: skip
WHICH: dict[str, Word] = {
    behind.OF: lazy("有效回答"), behind.FULL: lazy("全算上的"), behind.PART: lazy("算一部分的"),
    behind.MISSED: lazy("没算上的"), behind.EXPLAINED: lazy("没解决，但解释清楚了的"),
}  # fmt: skip
SCOPES: dict[str, Word] = {"adjusted": lazy("剔除后"), "raw": lazy("剔除前")}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which number is opened: of which unit on which board, from the row `start` on."""

    one: Opened
    board: str
    unit: str
    which: str
    ground: str
    start: int

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from any other in what is kept."""
        return (*self.one.key, self.board, self.unit, self.which, self.ground, self.start)


@dataclass(frozen=True, slots=True)
class Found:
    """How many there are in sight, and those of the page as the lake has them."""

    n: int
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the list."""

    order: Order
    part: Assignment | None
    category: str
    place: str
    said: str
    asked: str
    weight: str


@staff(*board.ROLES)
def cases(request: HttpRequest) -> HttpResponse:
    """The list behind a number; what lies out of the post's sight is said to be so, never shown."""
    actor, at, given = actor_of(request), clock.now(), request.GET
    one = reading.opened(_cycle(given.get("cycle", ""), at), at)
    start = int(given["start"]) if given.get("start", "").isdigit() else 0
    asked = Asked(
        one, given.get("board", ""), given.get("unit", ""), given.get("which", ""), given.get("ground", ""), start
    )
    kept = reading.board(one, asked.board)
    loaded = city.current(at=at)
    unit = board.unit_of(asked.unit, kept.value, loaded.pack.units) if kept else {}
    if (
        kept is None
        or not _there(asked, kept.value)
        or not standings.may_see(actor, unit["path"], published=one.published)
    ):
        raise Http404(asked.unit)
    found = figures.read(actor, "appraisal-cases", lambda source: _find(source, actor, asked), *asked.key)
    if found is None:
        raise Http404(asked.unit)
    total = _total(asked, kept.value)
    values = {
        "one": one, "unit": unit, "title": title(asked.which), "ground": _ground(asked.ground, loaded),
        "found": found.value, "hidden": max(0, total - found.value.n), "as_of": found.at,
        "shown": list(shown(actor, found.value.rows, loaded)), "asked": asked,
        "first": start + 1, "last": start + len(found.value.rows), "appeals": asked.which == behind.APPEALS,
        "board": next(b for b in one.cycle.scheme.model.boards if b.code == asked.board),
        "back": reverse("appraisal") + "?" + urlencode(
            {"cycle": one.cycle.code, "board": asked.board, "unit": asked.unit}
        ), **_turning(asked, found.value),
    }  # fmt: skip
    return render(request, "desk/appraisal_cases.html", values)


def _cycle(code: str, at: Any) -> Any:
    asked = reading.asked()
    found = reading.named(code, asked.value, reading.known(at)) if asked else None
    if found is None:
        raise BadInput(_("还没有考评结果可看。请从考评页进来。"))
    return found


def title(which: str) -> str:
    """What a number counts, in words. BadInput for an unknown one."""
    if which in STATES:
        return str(STATES[which])
    scope, rate, said = [*which.split("_"), "", ""][:3]
    if which not in behind.TESTS:
        raise BadInput(_("这个数字没有对应的清单。请从考评页重新点开。"))
    return f"{lines.RATES[rate]} · {WHICH[said]}（{SCOPES[scope]}）"


def _there(asked: Asked, kept: Table) -> bool:
    title(asked.which)
    return any(row["unit"] == asked.unit for row in kept["rows"])


def _find(source: Source, actor: Actor, asked: Asked) -> Found:
    cycle = asked.one.cycle
    if asked.which == behind.APPEALS:
        unit = standings.unit(source, asked.unit)
        found = behind.appeals_behind(source, cycle, unit)
    else:
        facts = sight.seen(reading.facts(source, asked.one), actor, source)
        found = behind.cases_behind(
            source, facts, cycle, standings.board(cycle, asked.board), unit=asked.unit, which=asked.which,
            ground=asked.ground,
        )  # fmt: skip
    return Found(behind.number(source, found), behind.page(source, found, start=asked.start, most=PAGE))


def _total(asked: Asked, kept: Table) -> int:
    """What the number on the board says."""
    if asked.which == behind.APPEALS:
        return int(kept["units"].get(asked.unit, {}).get("appeals") or 0)
    beside = kept["beside"].get(asked.unit, {"counts": {}, "grounds": {}})
    return int(beside["grounds"].get(asked.ground, 0) if asked.ground else beside["counts"].get(asked.which, 0))


def _ground(code: str, loaded: Loaded) -> str:
    found = loaded.pack.grounds.get(code)
    return found.name if found else code


def _turning(asked: Asked, found: Found) -> dict[str, str]:
    """The addresses of the rows before and after these, empty where there are none."""
    query: dict[str, str | int] = {
        "cycle": asked.one.cycle.code, "board": asked.board, "unit": asked.unit, "which": asked.which,
        **({"ground": asked.ground} if asked.ground else {}),
    }  # fmt: skip
    after, before = asked.start + PAGE, max(0, asked.start - PAGE)
    return {
        "more": f"?{urlencode({**query, 'start': after})}" if after < found.n else "",
        "less": f"?{urlencode({**query, 'start': before})}" if asked.start else "",
    }


def shown(actor: Actor, found: Sequence[Mapping[str, Any]], loaded: Loaded) -> Iterator[Shown]:
    """The rows as the record has them: two queries whatever their number."""
    seen = orders.visible_to(actor)
    parts = {part.pk: part for part in Assignment.objects.filter(
        pk__in=[row["assignment"] for row in found if row.get("assignment")], order__in=seen
    ).select_related("order", "unit", "section")}  # fmt: skip
    alone = [row["order"] for row in found if not row.get("assignment")]
    whole = {order.pk: order for order in seen.filter(pk__in=alone)} if alone else {}
    for row in found:
        part = parts.get(row.get("assignment") or 0)
        order = part.order if part else whole.get(row["order"])
        if order is not None:
            yield _line(row, order, part, loaded)


def _line(row: Mapping[str, Any], order: Order, part: Assignment | None, loaded: Loaded) -> Shown:
    return Shown(
        order, part, rows.category(order.category, loaded.pack, deepest=2), rows.place(order, loaded), said(row),
        str(row["day"]) + (f"　{sheet.WAYS.get(row['way'], row['way'])}" if "way" in row else ""),
        weight(row["weight"]) if "weight" in row else "",
    )  # fmt: skip


def said(row: Mapping[str, Any]) -> str:
    """What the citizen said, in words."""
    if "reached" not in row:
        return ""
    if row["reached"] != "1":
        return _("联系不上")
    told = (str(sheet.SAID[kind][row[kind]]) for kind in ("solved", "satisfied") if row[kind] in sheet.SAID[kind])
    return "，".join(told) or _("没有回答")


def weight(number: int) -> str:
    """A weight in 1e-8 as people read it: 1.20."""
    return f"{number / 10**8:.4g}" if number % 10**6 else f"{number / 10**8:.2f}"
