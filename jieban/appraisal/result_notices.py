"""Whom the desk tells of a cycle: the centre of each stage, the units of what is published, both of disputes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from jieban.appraisal import results
from jieban.appraisal.publication import facts, sharing
from jieban.appraisal.result_models import CycleResult, Dispute
from jieban.city.models import Unit
from jieban.orders import outbox
from jieban.orders.models import Message

# Sections inside a unit have no desk of their own that results are for.
_WITHOUT: Final = frozenset({"community", "property_firm"})
_CENTRES: Final = ("city_centre", "party_discipline")


def frozen(result: CycleResult, *, at: datetime) -> None:
    """Those who may publish hear that there is something to publish."""
    _tell(_centres(), "cycle_frozen", at, cycle=result.cycle, version=result.version)


def published(result: CycleResult, *, at: datetime) -> None:
    """Every unit on a board hears that its result can be read, and who took part in a street's orders how they ended.

    BadInput where the files of the result are gone.
    """
    boards = results.document(result)["boards"]
    codes = {row["unit"] for board in boards for row in board["rows"]}
    said = {"cycle": result.cycle, "version": result.version, "result": result.pk}
    units = Unit.objects.filter(code__in=codes, valid_to=None).exclude(kind__in=_WITHOUT)
    _tell(units.values_list("pk", flat=True), "cycle_published", at, **said)
    partners = Unit.objects.filter(code__in=_partners(result, codes), valid_to=None)
    _tell(partners.values_list("pk", flat=True), "cycle_copied", at, **said)


def _partners(result: CycleResult, scored: set[str]) -> set[str]:
    """Who took part in orders of the streets that were scored."""
    streets = Unit.objects.filter(code__in=scored, kind="street").values_list("code", flat=True)
    with facts.of(result.cycle, result.version) as (source, table):
        return sharing.partners(source, table, set(streets))


def stage(cycle: str, stage: str, *, at: datetime) -> None:
    """The centre hears that a cycle has come to another stage."""
    _tell(_centres(), "cycle_stage", at, cycle=cycle, stage=stage)


def disputed(dispute: Dispute, *, at: datetime) -> None:
    """The city hears of a dispute."""
    _tell(_centres(), "dispute_filed", at, cycle=dispute.result.cycle, dispute=dispute.pk)


def decided(dispute: Dispute, *, at: datetime) -> None:
    """Who filed a dispute hears what became of it, and so does the unit it is about."""
    units = {dispute.filed_unit_id, dispute.unit_id}
    _tell(units, "dispute_decided", at, cycle=dispute.result.cycle, dispute=dispute.pk, stage=dispute.stage)


def _centres() -> Iterable[int]:
    return Unit.objects.filter(kind__in=_CENTRES, valid_to=None).values_list("pk", flat=True)


def _tell(units: Iterable[int], topic: str, at: datetime, **body: Any) -> None:
    notices = [outbox.to_unit(unit, topic, at=at, **body) for unit in sorted(units)]
    outbox.settle(notices)
    Message.objects.bulk_create(notices)
