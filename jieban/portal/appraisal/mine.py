"""What somebody has handled themselves, by the same rates: for their own eyes, without rank, of nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor
from jieban.analytics.engines import Source
from jieban.appraisal import behind, recompute, scoring
from jieban.appraisal.recompute import Case, Table
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.orders.models import Answer, Assignment, Entry
from jieban.portal import figures
from jieban.portal.access import actor_of, staff
from jieban.portal.appraisal import board, cases, lines, reading
from jieban.portal.appraisal.reading import Opened
from jieban.portal.desk import periods
from jieban.portal.words import Word

_EMPTY: dict[str, Word] = {
    "no_lake": lazy("系统整理完工单后就有，一般几分钟。"),
    "no_scheme": lazy("还没有生效的考评方案。"),
    "not_asked": lazy("还没有回访过市民。"),
}


@dataclass(frozen=True, slots=True)
class Own:
    """A case of one's own, the plan that it is counted by, and the numbers that count it."""

    case: Case
    held: Table
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnRate:
    """One rate as it counts and as it would without leaving out (剔除前): exact numbers of `recompute.rated`."""

    code: str
    word: Word
    adjusted: Table
    raw: Table
    counts: dict[str, int]

    @property
    def share(self) -> float | None:
        """The rate from 0 to 1."""
        return _number(self.adjusted["share"])

    @property
    def low(self) -> float | None:
        """Where its interval begins."""
        return _number(self.adjusted["low"])

    @property
    def high(self) -> float | None:
        """Where its interval ends."""
        return _number(self.adjusted["high"])

    @property
    def raw_share(self) -> float | None:
        """The rate without leaving out, from 0 to 1."""
        return _number(self.raw["share"])


@staff(*board.ROLES)
def mine(request: HttpRequest) -> HttpResponse:
    """The handled assignments of the person who is logged in, and nobody's else, whatever the address says."""
    actor, at, given = actor_of(request), clock.now(), request.GET
    asked, known = reading.asked(), reading.known(at)
    found = reading.named(given.get("cycle", ""), asked.value, known) if asked else None
    if asked is None or found is None:
        state = "no_lake" if asked is None else "no_scheme" if asked.value else "not_asked"
        return render(request, "desk/appraisal_mine.html", {"state": state, "empty": _EMPTY[state]})
    one, loaded = reading.opened(found, at), city.current(at=at)
    held = _own(actor, one)
    which = given.get("which", "") if given.get("which", "") in behind.TESTS else ""
    chosen = [own for own in held if not which or which in own.names]
    values = {
        "state": "", "one": one, "stage": board.STAGES[one.stage], "choices": reading.choices(asked.value, known),
        "rates": list(_rates(held)), "counts": Counter(name for own in held for name in own.names), "total": len(held),
        "which": which, "title": cases.title(which) if which else "", "as_of": asked.at,
        "shown": list(_shown(actor, chosen, loaded)), "more": max(0, len(chosen) - cases.PAGE),
    }  # fmt: skip
    return render(request, "desk/appraisal_mine.html", values)


def _own(actor: Actor, one: Opened) -> list[Own]:
    """The cases of the cycle that the actor's own person handled, the newest first."""
    ids = _handled(actor.person_id, one) if actor.person_id is not None else []
    if not ids:
        return []

    def look(source: Source) -> list[dict[str, Any]]:
        facts = reading.facts(source, one)
        return source.rows(facts.filter(facts["assignment"].isin(ids)))

    units = figures.whole("appraisal-units", lambda source: reading.units(source, one), *one.key)
    rows = sorted(figures.once(look) or [], key=lambda row: (row["day"], row["assignment"]), reverse=True)
    told = ({key: str(value or "") for key, value in row.items()} for row in rows)
    return [_counted(case, one, units.value if units else {}) for case in told]


def _handled(person: int, one: Opened) -> list[int]:
    """Assignments asked about in the cycle whose named handler the person is; where none is named, who reported it."""
    since, until = periods.midnight(one.cycle.first), periods.midnight(one.cycle.late_end)
    reported = Entry.objects.filter(
        order=OuterRef("order"), assignment_no=OuterRef("no"), move="complete", person=person
    )
    mine = Q(handler=person) | Q(handler=None) & Exists(reported)
    asked = Answer.objects.filter(assignment=OuterRef("pk"), at__gte=since, at__lt=until)
    found = Assignment.objects.filter(Exists(asked)).filter(mine).exclude(role="notice")
    return list(found.values_list("pk", flat=True))


def _counted(case: Case, one: Opened, units: dict[str, Case]) -> Own:
    """As the board counts it that compares the unit of the case; as the first board where none does."""
    found = one.cycle.scheme.values["boards"]
    unit = units.get(case["unit"])
    compared = (b for b in found if b["by"] == "unit" and unit and recompute.belongs(b, unit))
    held = scoring.planned(one.cycle, next(compared, found[0]))
    return Own(case, held, tuple(behind.names(case, held)))


def _rates(held: Sequence[Own]) -> Iterator[OwnRate]:
    """The three rates over all of them, each case weighed as on its board."""
    sums, counts = Counter[str](), Counter(name for own in held for name in own.names)
    for own in held:
        recompute.add(sums, own.held, own.case)
    for code, word in lines.RATES.items():
        adjusted, raw = (
            recompute.rated(*(sums[f"{scope}_{code}_{what}"] for what in ("n", "of", "got")))
            for scope in recompute.SCOPES
        )
        head = f"adjusted_{code}_"
        found = {name.removeprefix(head): n for name, n in counts.items() if name.startswith(head)}
        yield OwnRate(code, word, adjusted, raw, found)


def _number(exact: Any) -> float | None:
    return None if exact is None else float(exact)


def _shown(actor: Actor, chosen: Sequence[Own], loaded: Loaded) -> Iterator[cases.Shown]:
    found = [
        {**own.case, "assignment": int(own.case["assignment"]), "weight": recompute.weigh(own.held, own.case)[0]}
        for own in chosen[: cases.PAGE]
    ]
    return cases.shown(actor, found, loaded)
