"""Frozen results as readers get them: which a post may open, the cycle before, the version that one corrects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from jieban.accounts.actor import Actor, Role, Sight
from jieban.appraisal import results
from jieban.appraisal.publication import standing
from jieban.appraisal.publication.standing import Board, Published
from jieban.appraisal.result_models import CycleResult
from jieban.city import schemes
from jieban.city.models import Unit

# Who sees a frozen result before it is published: those who may publish it.
BEFORE: frozenset[Role] = frozenset({Role.AUDITOR, Role.SUPERVISOR})


def visible_to(actor: Actor) -> QuerySet[CycleResult]:
    """The versions that a post may open, the newest cycle and version first; their results are not loaded."""
    found = CycleResult.objects.select_related("published_by", "published_post__unit", "replaces")
    found = found if actor.role in BEFORE else found.exclude(published_at=None)
    return found.defer("result", "scheme_text", "replaces__result", "replaces__scheme_text").order_by(
        "-first", "-version"
    )


def open_to_all() -> QuerySet[CycleResult]:
    """What is published, the newest cycle and version first."""
    return CycleResult.objects.exclude(published_at=None).order_by("-first", "-version")


def read(row: CycleResult) -> Published:
    """A version as its readers see it."""
    return standing.read(
        results.document(row), schemes.read(row.scheme_text), version=row.version, sha256=row.sha256, why=row.note
    )


def before(row: CycleResult) -> Published | None:
    """The newest published version of the cycle that ends where this one begins."""
    found = open_to_all().filter(end=row.first).first()
    return read(found) if found else None


def corrected(row: CycleResult) -> Published | None:
    """The published version that this one stands in the place of."""
    found = open_to_all().filter(cycle=row.cycle, version__lt=row.version).first()
    return read(found) if found else None


def last(until: date, most: int) -> list[Published]:
    """The newest published version of each cycle that begins on or before a day, the newest cycle first."""
    newest: dict[str, CycleResult] = {}
    for row in open_to_all().filter(first__lte=until).defer("result"):
        newest.setdefault(row.cycle, row)
    return [read(row) for row in list(newest.values())[:most]]


def running(found: Sequence[Published]) -> list[Published]:
    """Of results, the newest first, those that follow each other without a gap."""
    out = list(found[:1])
    for one in found[1:]:
        if one.end != out[-1].first:
            break
        out.append(one)
    return out


def units(board: Board, actor: Actor) -> list[str]:
    """The units of a board whose letters and lists a post may read, by code: its own and those below it."""
    codes = [row.unit for row in board.rows]
    if actor.sight == Sight.ALL:
        return codes
    if actor.sight == Sight.NONE or not actor.unit_path:
        return []
    own = Q(path=actor.unit_path) if actor.sight == Sight.UNIT else Q(path__startswith=actor.unit_path)
    mine = set(Unit.objects.filter(own, code__in=codes).values_list("code", flat=True))
    return [code for code in codes if code in mine]
