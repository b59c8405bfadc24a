"""Verbs of a cycle's result: freeze, publish, correct. What is frozen stays; a correction stands beside it.

One person freezes, another publishes. A result is counted from the very files that are kept, so that whoever counts
them again, here or with `recompute.py` of the bundle, gets the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
from django.db import IntegrityError, transaction

from jieban.accounts.actor import Actor, Role
from jieban.analytics.engines import Source
from jieban.appraisal import cases, marks, readiness, recorded, result_notices, result_steps, results, scoring, store
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case
from jieban.appraisal.result_models import PUBLISHED, CycleResult, Dispute
from jieban.appraisal.scoring import Result
from jieban.city import schemes
from jieban.core import canon
from jieban.core.errors import BadInput, Conflict, NotAllowed

FREEZERS: Final = frozenset({Role.AUDITOR, Role.SUPERVISOR})
SHORTEST: Final = 10


@dataclass(frozen=True, slots=True)
class Lake:
    """The lake that a cycle is counted from: open in an engine, and the moment as of which it tells the record."""

    source: Source
    until: datetime


def freeze(lake: Lake, cycle: Cycle, *, given: Sequence[Case] = (), by: Actor, at: datetime) -> CycleResult:
    """Keep the result of a cycle for good, with everything it was counted from. `given` are marks of the record.

    NotAllowed: not the city's auditor or supervisor. Conflict: frozen already. BadInput names all that is in the way.
    """
    may_freeze(by)
    if results.latest(cycle.code) is not None:
        raise Conflict(f"{cycle.code} 期已经冻结过了。要改，请出更正版本。")
    _ready(lake, cycle, at)
    return _keep(lake, cycle, None, "", given, (), by, at)


def correct(
    lake: Lake,
    cycle: Cycle,
    *,
    note: str,
    disputes: Collection[Dispute] = (),
    given: Sequence[Case] = (),
    by: Actor,
    at: datetime,
) -> CycleResult:
    """A new version of a frozen cycle from the record as it is now, by the scheme it was frozen with; both are kept.

    `disputes` are those upheld that it settles. NotAllowed as `freeze`. BadInput: not frozen yet, no proper note,
    nothing that would change, or what is in the way.
    """
    may_freeze(by)
    before = results.latest(cycle.code)
    if before is None:
        raise BadInput(f"{cycle.code} 期还没有冻结，没有什么可更正的。")
    if len(note.strip()) < SHORTEST:
        raise BadInput(f"请写明为什么更正，至少 {SHORTEST} 个字：谁发现的、改了什么。")
    _ready(lake, cycle, at)
    same = replace(cycle, scheme=schemes.read(before.scheme_text))
    return _keep(lake, same, before, note.strip(), given, disputes, by, at)


def publish(result: CycleResult, *, by: Actor, at: datetime) -> None:
    """Let everybody read a version; the units on its boards are told.

    NotAllowed: not the city's auditor or supervisor, or the one who froze it. Conflict: published already, or there is
    a newer version.
    """
    may_freeze(by)
    if by.person_id == result.frozen_by_id:
        raise NotAllowed("冻结和公布要两个人：您冻结的结果，请另一位来公布。")
    with transaction.atomic():
        held = CycleResult.objects.select_for_update().get(pk=result.pk)
        if held.published_at is not None:
            raise Conflict(f"{held} 已经公布了。")
        newest = results.latest(held.cycle)
        if newest != held:
            raise Conflict(f"{held.cycle} 期已有更新的版本（{newest}），请公布新的那一版。")
        held.published_at, held.published_by_id, held.published_post_id = at, by.person_id, by.post_id
        held.save(update_fields=PUBLISHED)
        said = result_steps.hashes(held)
        result_steps.add("publish", held.cycle, version=held.version, by=by, at=at, **said)
        result_notices.published(held, at=at)
    result.published_at, result.published_by_id, result.published_post_id = at, by.person_id, by.post_id


def again(source: Source, at: Path, cycle: Cycle) -> Result:
    """The result of the facts in a folder, counted anew."""
    units = {unit["code"]: unit for unit in store.rows(at, store.UNITS)}
    return scoring.boards(source, facts_of(source, at), cycle, units, store.rows(at, store.MARKS))


def facts_of(source: Source, at: Path) -> ir.Table:
    """The frozen cases in a folder as a table of the engine."""
    table: ir.Table = source.connection.read_parquet(str(at / store.CASES), table_name=ibis.util.gen_name("cases"))
    return table


def body(result: Result) -> bytes:
    """A result as it is kept and hashed."""
    return canon.dumps(result.printed())


def cycle_of(result: CycleResult) -> Cycle:
    """The cycle of a frozen result, by the scheme it was frozen with."""
    scheme = schemes.read(result.scheme_text)
    late = result.end + timedelta(days=scheme.model.late_days)
    over = late + timedelta(days=scheme.model.exclusion_days)
    return Cycle(result.first, result.end, result.first, late, over, scheme)


def may_freeze(by: Actor) -> None:
    """NotAllowed for anybody but the city's auditors and supervisors."""
    if by.role not in FREEZERS or by.person_id is None:
        raise NotAllowed(f"{by.name}（{by.role}）不能冻结或公布考评结果，要由市级班长或纪检监察来做。")


def _ready(lake: Lake, cycle: Cycle, at: datetime) -> None:
    found = readiness.obstacles(cycle, until=lake.until, at=at)
    if found:
        raise BadInput("\n".join([f"{cycle.code} 期还不能冻结：", *found]))


def _keep(
    lake: Lake, cycle: Cycle, before: CycleResult | None, note: str, given: Sequence[Case],
    disputes: Collection[Dispute], by: Actor, at: datetime,
) -> CycleResult:  # fmt: skip
    """Write the files and, with them in place, the row, its step and the messages; all or nothing."""
    source = lake.source
    with store.draft(cycle.code) as folder:
        facts_now = source.run(cases.of(source, cycle))
        if not facts_now.num_rows:
            raise BadInput(f"{cycle.code} 期没有一件回访结果，没有什么可冻结的。")
        found = [*marks.counted(source, cycle), *recorded.marks(cycle, at=at), *given]
        units = scoring.units_of(source, cycle)
        store.write_facts(folder, facts_now, units, found, cycle.scheme.text)
        made = body(again(source, folder, cycle))
        facts = store.seal(folder, made, _about(cycle.code, cycle.first, cycle.end))
        row = _row(cycle, before, note, made, facts, by, at)
        if before is not None and (row.sha256, row.facts_sha256) == (before.sha256, before.facts_sha256):
            raise BadInput(f"现在的记录和 {before} 一样，没有什么可更正的。要改的先在记录里改好，同步以后再来。")
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                _told(row, disputes, by, at)
                store.place(folder, cycle.code, row.version)
        except IntegrityError:
            raise Conflict(f"{cycle.code} 期刚刚被别人冻结了。请刷新看看。") from None
    return row


def _about(code: str, first: date, end: date) -> dict[str, str]:
    return {"cycle": code, "first": str(first), "end": str(end)}


def _row(
    cycle: Cycle, before: CycleResult | None, note: str, made: bytes, facts: str, by: Actor, at: datetime
) -> CycleResult:
    scheme = cycle.scheme
    return CycleResult(
        cycle=cycle.code, first=cycle.first, end=cycle.end, version=before.version + 1 if before else 1, note=note,
        scheme_code=scheme.model.code, scheme_text=scheme.text, scheme_sha256=scheme.sha256, result=made.decode(),
        sha256=sha256(made).hexdigest(), facts_sha256=facts, frozen_at=at, frozen_by_id=by.person_id or 0,
        frozen_post_id=by.post_id, replaces=before,
    )  # fmt: skip


def _told(row: CycleResult, disputes: Collection[Dispute], by: Actor, at: datetime) -> None:
    """What follows from a version: its step, the disputes it settles, and the notice to those who publish."""
    settled = Dispute.objects.filter(pk__in=[one.pk for one in disputes], stage="upheld", led_to=None)
    numbers = sorted(settled.values_list("pk", flat=True))
    settled.update(led_to=row)
    what = "correct" if row.replaces_id else "freeze"
    said = result_steps.hashes(row) | ({"disputes": numbers} if numbers else {})
    result_steps.add(what, row.cycle, version=row.version, by=by, at=at, words=row.note, **said)
    result_notices.frozen(row, at=at)
