"""Verbs of exports: save, retire, begin a run, write down whose data goes out, end a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction

from jieban.accounts import actions as accounts
from jieban.accounts.actor import Actor
from jieban.accounts.models import Reading
from jieban.analytics.exports import queries, rules
from jieban.analytics.exports.models import ExportRun, SavedExport
from jieban.core.errors import BadInput, NotAllowed
from jieban.orders.models import Order

# In the log of reads; the run itself tells which columns.
WHAT = "export"


@dataclass(frozen=True, slots=True)
class Wish:
    """An export as it is to be: name, trade (codes of categories, units, areas), period, columns, format."""

    name: str
    columns: Sequence[str]
    format: str = rules.CSV
    rule: str = rules.MONTH
    first: date | None = None
    last: date | None = None
    categories: Sequence[str] = field(default_factory=tuple)
    units: Sequence[str] = field(default_factory=tuple)
    areas: Sequence[str] = field(default_factory=tuple)


def save(wish: Wish, *, by: Actor, at: datetime, export: SavedExport | None = None) -> SavedExport:
    """Keep an export for the post's unit, or change one of it.

    BadInput: a name twice, no column, a wrong period. NotAllowed: another unit's, or one with personal data for a post
    that may not take it.
    """
    unit, person = _seat(by)
    if export is not None:
        _may_change(export, by)
    if rules.personal(wish.columns) and by.role not in rules.OPENERS:
        raise NotAllowed("您的岗位不能选个人信息。请负责人来做，或去掉这些列。")
    if not wish.columns:
        raise BadInput("一列都没有选。请至少选一列。")
    rules.period(wish.rule, at=at, first=wish.first, last=wish.last)
    row = export or SavedExport(unit_id=unit, made_by_id=person, made_at=at)
    row.name, row.rule, row.first, row.last = wish.name.strip(), wish.rule, wish.first, wish.last
    row.columns, row.format, row.changed_at = list(wish.columns), wish.format, at
    row.categories, row.units, row.areas = list(wish.categories), list(wish.units), list(wish.areas)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise BadInput(f"本单位已经有一个叫“{row.name}”的导出。请换个名字，或去改那一个。") from None
    return row


def retire(export: SavedExport, *, by: Actor, at: datetime) -> None:
    """Take it off the list; its runs stay on record."""
    _may_change(export, by)
    export.retired_at = at
    export.save(update_fields=["retired_at"])


def begin(
    export: SavedExport,
    *,
    by: Actor,
    at: datetime,
    period: tuple[datetime, datetime],
    purpose: str = "",
    address: str | None = None,
) -> ExportRun:
    """Write down that somebody takes it now. With personal data: only some posts, with a purpose, in the log of reads.

    NotAllowed for a post that may not; BadInput for a purpose under four characters.
    """
    _unit, person = _seat(by)
    personal = rules.personal(export.columns)
    if personal and by.role not in rules.OPENERS:
        raise NotAllowed("这个导出里有个人信息，您的岗位不能取。请负责人来取，或去掉标着“个人信息”的列。")
    begun, until = period
    with transaction.atomic():
        run = ExportRun.objects.create(
            export=export, person_id=person, post_id=by.post_id, at=at, begin=begun, until=until,
            columns=export.columns, personal=personal, format=export.format,
            purpose=purpose.strip() if personal else "", address=address,
        )  # fmt: skip
        if personal:
            accounts.log_reading(by=by, subject=_subject(run), what=WHAT, purpose=purpose, at=at, address=address)
    return run


def note(run: ExportRun, orders: Sequence[Order], *, at: datetime) -> None:
    """Write down each order whose personal data goes out with this run, before it goes."""
    purpose = f"{_subject(run)}：{run.purpose}"[:200]
    Reading.objects.bulk_create(
        Reading(
            person_id=run.person_id, post_id=run.post_id, at=at, subject=order.number, what=WHAT, purpose=purpose,
            address=run.address,
        )
        for order in orders
    )  # fmt: skip


def finish(run: ExportRun, *, rows: int, size: int, sha256: str, at: datetime) -> None:
    """The file was handed over whole."""
    run.rows, run.size, run.sha256, run.finished_at = rows, size, sha256, at
    run.save(update_fields=["rows", "size", "sha256", "finished_at"])


def fail(run: ExportRun, *, rows: int, why: str) -> None:
    """It broke off after so many rows."""
    run.rows, run.failed = rows, why[:200]
    run.save(update_fields=["rows", "failed"])


def period(export: SavedExport, *, at: datetime, cycle_day: int) -> tuple[datetime, datetime]:
    """The period of a run at `at`."""
    return rules.period(
        export.rule, at=at, cycle_day=cycle_day, first=export.first, last=export.last, done=queries.done(export)
    )


def _seat(by: Actor) -> tuple[int, int]:
    """The unit and the person of a post that makes exports. NotAllowed for any other."""
    if by.role not in rules.MAKERS or by.unit_id is None or by.person_id is None:
        raise NotAllowed("您的岗位不能做导出。请找本单位的承办员或负责人。")
    return by.unit_id, by.person_id


def _may_change(export: SavedExport, by: Actor) -> None:
    unit, _person = _seat(by)
    if export.unit_id != unit:
        raise NotAllowed("这是别的单位的导出，您只能用本单位的。")
    if rules.personal(export.columns) and by.role not in rules.OPENERS:
        raise NotAllowed("这个导出里有个人信息，由本单位负责人来改。")


def _subject(run: ExportRun) -> str:
    return f"导出 {run.export_id}/{run.pk}"
