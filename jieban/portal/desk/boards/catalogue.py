"""Boards of the duty catalogue: who is in charge of what, what is to be changed, and what changed when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.city import editing
from jieban.city import queries as city
from jieban.city.models import PackVersion
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.dispatch import changing, queries
from jieban.dispatch.models import DutyChange
from jieban.dispatch.rules import Facts
from jieban.orders import queries as orders
from jieban.portal.desk import duty_words, finding
from jieban.portal.desk.boards.board import Asked, Board

STAFF = frozenset(Role) - {Role.CITIZEN, Role.CHANNEL, Role.RULE}
_DECIDED, _VERSIONS = 30, 12


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a line in words, before and after."""

    word: Any
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change in words; `mine` where the reader proposed it, `orders` those of its orders that the reader may see."""

    row: DutyChange
    kind: Any
    cells: tuple[Cell, ...]
    path: str
    mine: bool
    orders: tuple[str, ...]
    unseen: int


def where(text: str, loaded: Loaded) -> Facts:
    """The place that was typed, as far as the catalogue needs it; empty for no text. BadInput where nothing fits."""
    code = finding.place_code(text, loaded)
    spot = loaded.places.get(code)
    if spot is not None:
        community = spot.code if spot.kind == "community" else ""
        return Facts(street=spot.street, district=spot.district, owner=spot.owner, community=community)
    unit = loaded.pack.units.get(code)
    if unit is None:
        return Facts()
    street = code if unit.kind == "street" else next((c for c in loaded.pack.ancestors(code) if _street(c, loaded)), "")
    return Facts(street=street, district=unit.district or (code if unit.kind == "district" else ""))


def _street(code: str, loaded: Loaded) -> bool:
    return loaded.pack.units[code].kind == "street"


def _own(asked: Asked) -> str:
    """Where somebody of a street or community most likely means: their own."""
    unit = asked.loaded.pack.units.get(asked.by.unit_code)
    return asked.loaded.gazetteer.label(unit.code) if unit and unit.kind in ("street", "community") else ""


def search(asked: Asked) -> dict[str, Any]:
    """The question, the place, and the lines that answer."""
    question, place = asked.query.get("q", "").strip()[:80], asked.query.get("at", _own(asked)).strip()[:60]
    problem, facts = "", Facts()
    try:
        facts = where(place, asked.loaded)
    except BadInput as error:
        problem = str(error)
    found = queries.search(asked.loaded).find(question, facts, asked.at.date()) if question else []
    answers = [duty_words.answer(one, asked.loaded) for one in found]
    return {
        "question": question, "place": place, "problem": problem, "placed": bool(facts.street or facts.district),
        "answers": [a for a in answers if not a.found.faint] or answers[:3], "version": asked.loaded.number,
        "faint": bool(answers) and answers[0].found.faint, "since": asked.loaded.valid_from,
    }  # fmt: skip


def _catalogue(asked: Asked) -> Mapping[str, Any]:
    waiting = list(queries.changes(changing.PROPOSED))
    approved = list(queries.changes(changing.APPROVED))
    done = changing.REFUSED, changing.WITHDRAWN, changing.PUBLISHED
    decided = list(queries.changes(*done).order_by("-decided_at", "-pk")[:_DECIDED])
    words = _Words(asked, [*waiting, *approved, *decided])
    return {
        "waiting": [words.of(row) for row in waiting], "approved": [words.of(row) for row in approved],
        "decided": [words.of(row) for row in decided], "may_decide": asked.by.role in changing.DECIDERS,
        "may_propose": asked.by.role in changing.PROPOSERS, "history": _history(asked),
        "first_day": max(asked.at.date(), city.newest().valid_from),
    }  # fmt: skip


class _Words:
    """Puts changes into words with three queries for all of them: lines of their versions, and orders in sight."""

    def __init__(self, asked: Asked, changes: list[DutyChange]) -> None:
        self.asked = asked
        bodies = _bodies({row.base_id for row in changes})
        self.lines = {pk: editing.lines(body) for pk, body in bodies.items()}
        numbers = {number for row in changes for number in row.orders}
        seen = orders.visible_to(asked.by).filter(number__in=numbers) if numbers else orders.visible_to(asked.by).none()
        self.seen = set(seen.values_list("number", flat=True))

    def of(self, row: DutyChange) -> Change:
        before = self.lines[row.base_id].get(row.code, {})
        numbers = tuple(number for number in row.orders if number in self.seen)
        category = row.cells.get("category") or before.get("category", "")
        return Change(
            row, duty_words.KINDS[row.kind], _cells(row, before, self.asked.loaded),
            finding.path(category, self.asked.loaded),
            row.proposer_id is not None and row.proposer_id == self.asked.by.person_id, numbers,
            len(row.orders) - len(numbers),
        )  # fmt: skip


def _cells(row: DutyChange, before: Mapping[str, str], loaded: Loaded) -> tuple[Cell, ...]:
    if row.kind == editing.END:
        return ()
    changed = [name for name in editing.CELLS if name in row.cells and row.cells[name] != before.get(name, "")]
    return tuple(_cell(name, before.get(name, ""), row.cells[name], loaded) for name in changed)


def _cell(name: str, before: str, after: str, loaded: Loaded) -> Cell:
    old, new = (duty_words.cell(name, value, loaded) for value in (before, after))
    return Cell(duty_words.CELLS[name], old, new)


def _bodies(versions: set[int]) -> dict[int, str]:
    return dict(city.duty_texts(versions))


def _history(asked: Asked) -> list[dict[str, Any]]:
    """The newest versions, each with the lines in which it differs from the one before."""
    versions = list(PackVersion.objects.order_by("-number")[: _VERSIONS + 1])
    bodies = _bodies({version.pk for version in versions})
    out = []
    for n, version in enumerate(versions[:_VERSIONS]):
        before = bodies.get(versions[n + 1].pk) if n + 1 < len(versions) else None
        found = editing.compare(before, bodies[version.pk]) if before is not None and version.pk in bodies else []
        out.append(
            {"version": version, "first": before is None, "lines": [_difference(d, asked.loaded) for d in found]}
        )
    return out


def _difference(one: editing.Difference, loaded: Loaded) -> dict[str, Any]:
    kind = "add" if not one.before else "end" if not one.after or one.cells == ("valid_to",) else "change"
    names = [name for name in one.cells if name != "code"] if one.before and one.after else []
    cells = [_cell(name, one.before.get(name, ""), one.after.get(name, ""), loaded) for name in names]
    whole = one.after or one.before
    return {
        "code": one.code, "kind": duty_words.KINDS[kind], "cells": cells,
        "path": finding.path(whole["category"], loaded), "lead": duty_words.cell("lead", whole["lead"], loaded),
    }  # fmt: skip


def _count(asked: Asked) -> int:
    if asked.by.role not in changing.DECIDERS:
        return 0
    return DutyChange.objects.filter(state__in=(changing.PROPOSED, changing.APPROVED)).count()


BOARDS = (
    Board("duties", "rules", lazy("查职责"), STAFF, "desk/duties.html", search),
    Board("catalogue", "rules", lazy("目录修改"), STAFF, "desk/catalogue.html", _catalogue, _count),
)
