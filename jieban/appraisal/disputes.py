"""Verbs of disputes: a unit says that its published result is wrong, the city decides with words.

One that is upheld leads to a correction (`freezing.correct`), which names it; the version disputed stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jieban.accounts.actor import Actor, Role, Sight
from jieban.appraisal import freezing, result_notices, result_steps, results
from jieban.appraisal.result_models import CycleResult, Dispute
from jieban.city.models import Unit
from jieban.core.errors import BadInput, Conflict, NotAllowed

FILED, UPHELD, REJECTED, WITHDRAWN = "filed", "upheld", "rejected", "withdrawn"
STAGES: Final = {FILED: "等市级答复", UPHELD: "成立", REJECTED: "不成立", WITHDRAWN: "已撤回"}
FILERS: Final = frozenset({Role.CHIEF, Role.DISTRICT, Role.LEADER})
SHORTEST, LONGEST, MOST_CASES = 10, 2000, 500


def file(
    result: CycleResult, *, board: str, unit: Unit, statement: str, assignments: Collection[int] = (), by: Actor,
    at: datetime,
) -> Dispute:  # fmt: skip
    """Dispute the row of a unit on a board of a published version; `assignments` are those meant, none for the whole.

    NotAllowed: not a chief, a district's centre or a leader, or not the post's own unit. BadInput: not published, no
    such row, an assignment that the version does not count, too few words. Conflict: an open dispute about that row.
    """
    _may_file(by, unit)
    if result.published_at is None:
        raise BadInput("只能对已公布的结果提出异议。")
    if results.row(result, board, unit.code) is None:
        raise BadInput(f"{result} 的这个榜上没有{unit.name}。")
    said = _words(statement)
    meant = _cases(result, assignments)
    try:
        with transaction.atomic():
            fresh = Dispute.objects.create(
                result=result, board=board, unit=unit, assignments=meant, statement=said, stage=FILED, filed_at=at,
                filed_by_id=by.person_id or 0, filed_unit_id=by.unit_id or 0,
            )  # fmt: skip
            _step("dispute", fresh, said, by, at, assignments=meant)
            result_notices.disputed(fresh, at=at)
    except IntegrityError:
        raise Conflict(f"{unit.name}对这一行已经提过异议，还在等答复。") from None
    return fresh


def withdraw(dispute: Dispute, *, by: Actor, at: datetime) -> None:
    """Take back a dispute that is not decided. NotAllowed: somebody else's. Conflict: decided meanwhile."""
    _may_file(by, dispute.filed_unit)
    with transaction.atomic():
        held = _held(dispute)
        _write(held, stage=WITHDRAWN)
        _step("withdraw", held, "", by, at)
    dispute.refresh_from_db()


def decide(dispute: Dispute, *, upheld: bool, words: str, by: Actor, at: datetime) -> None:
    """The city's answer. NotAllowed: not its auditor or supervisor, or who froze the version. Conflict: decided."""
    freezing.may_freeze(by)
    if by.person_id in (dispute.result.frozen_by_id, dispute.filed_by_id):
        raise NotAllowed("这个结果是您冻结的（或异议是您提的），请另一位来答复。")
    said = _words(words)
    stage = UPHELD if upheld else REJECTED
    with transaction.atomic():
        held = _held(dispute)
        _write(held, stage=stage, decided_at=at, decided_by_id=by.person_id, words=said)
        _step("uphold" if upheld else "reject", held, said, by, at)
        result_notices.decided(held, at=at)
    dispute.refresh_from_db()


def visible_to(actor: Actor) -> QuerySet[Dispute]:
    """Those that the post may read: all, or those about its unit and the units below it, the newest first."""
    found = Dispute.objects.select_related("result", "unit", "filed_by", "filed_unit", "decided_by", "led_to")
    found = found.order_by("-filed_at", "-pk")
    if actor.sight == Sight.ALL:
        return found
    if actor.sight == Sight.NONE or not actor.unit_path:
        return found.none()
    return found.filter(unit__path__startswith=actor.unit_path)


def unsettled(cycle: str) -> list[Dispute]:
    """Those of a cycle that were upheld and have not led to a correction yet."""
    return list(Dispute.objects.filter(result__cycle=cycle, stage=UPHELD, led_to=None).order_by("pk"))


def may_file(by: Actor, path: str) -> bool:
    """Whether the post may dispute the row of the unit of this path."""
    return by.role in FILERS and by.person_id is not None and bool(by.unit_path) and path.startswith(by.unit_path)


def _may_file(by: Actor, unit: Unit) -> None:
    if not may_file(by, unit.path):
        raise NotAllowed(f"对{unit.name}的结果提异议，要由本单位负责人或所在区来提。")


def _words(text: str) -> str:
    said = text.strip()
    if not SHORTEST <= len(said) <= LONGEST:
        raise BadInput(f"请把理由写清楚，{SHORTEST} 到 {LONGEST} 个字；现在是 {len(said)} 个字。")
    return said


def _cases(result: CycleResult, assignments: Collection[int]) -> list[int]:
    """The assignments meant, sorted; BadInput where the version has no such case."""
    wanted = set(assignments)
    if len(wanted) > MOST_CASES:
        raise BadInput(f"一次最多列 {MOST_CASES} 件。")
    strange = wanted - results.assignments_among(result, wanted)
    if strange:
        raise BadInput(f"{result} 里没有这些承办件：{'、'.join(map(str, sorted(strange)[:10]))}。")
    return sorted(wanted)


def _held(dispute: Dispute) -> Dispute:
    held = Dispute.objects.select_for_update(of=("self",)).select_related("result", "unit").get(pk=dispute.pk)
    if held.stage != FILED:
        raise Conflict(f"这个异议已经有结论了：{STAGES[held.stage]}。")
    return held


def _write(held: Dispute, **said: Any) -> None:
    for name, value in said.items():
        setattr(held, name, value)
    held.save(update_fields=[name.removesuffix("_id") for name in said])


def _step(what: str, dispute: Dispute, words: str, by: Actor, at: datetime, **more: Any) -> None:
    said = {"dispute": dispute.pk, "board": dispute.board, "unit": dispute.unit.code, **more}
    result = dispute.result
    result_steps.add(what, result.cycle, version=result.version, by=by, at=at, words=words, **said)
