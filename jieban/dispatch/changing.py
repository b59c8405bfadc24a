"""Verbs for changes of the duty catalogue: propose, approve, refuse, withdraw, publish as a new version of the pack.

A change is checked as a whole pack would be, before anybody reads it and again when it is published; a mistake comes
back with file, line and remedy, and nothing is changed. Who proposes never decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.city import actions as city_actions
from jieban.city import editing, reading
from jieban.city import queries as city
from jieban.city.editing import Edit
from jieban.city.models import PackVersion
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.dispatch.models import DutyChange

PROPOSED, APPROVED, REFUSED, WITHDRAWN, PUBLISHED = "proposed", "approved", "refused", "withdrawn", "published"
CLERK, COURT, CONSULTATION = "clerk", "court", "consultation"
PROPOSERS = frozenset(Role) - {Role.CITIZEN, Role.CHANNEL, Role.AUDITOR}
DECIDERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
_REASON = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants of one line. `cells` as `editing.Edit` has them, `orders` the numbers that gave rise."""

    kind: str
    code: str
    reason: str
    cells: Mapping[str, str] = field(default_factory=dict)
    evidence: str = ""
    orders: tuple[str, ...] = ()
    origin: str = CLERK


def propose(drafts: Sequence[Draft], *, by: Actor, at: datetime) -> list[DutyChange]:
    """Take the drafts as proposals against the newest version. Returns them in their sequence.

    BadInput (PackError where the catalogue as a whole would not hold) for a draft that could never be published.
    """
    _must(by, PROPOSERS, "提目录修改")
    base = city.newest()
    texts = city.texts(base.pk)
    known = editing.lines(texts[editing.DUTIES])
    for draft in drafts:
        _check(draft, known, texts, _first_day(base, at))
    return DutyChange.objects.bulk_create(
        DutyChange(
            kind=draft.kind, code=draft.code, cells=_new_cells(draft, known), reason=draft.reason.strip(),
            evidence=draft.evidence.strip(), orders=list(draft.orders), origin=draft.origin, base=base,
            proposer_id=by.person_id, proposer_name=by.name, unit_id=by.unit_id, proposed_at=at,
        )
        for draft in drafts
    )  # fmt: skip


def approve(changes: Sequence[DutyChange], *, reason: str = "", by: Actor, at: datetime) -> list[DutyChange]:
    """Say yes to proposals of others; they wait for the next version."""
    return _decide(changes, APPROVED, reason, by, at)


def refuse(changes: Sequence[DutyChange], *, reason: str, by: Actor, at: datetime) -> list[DutyChange]:
    """Say no to proposals of others, with the reason that their proposer will read."""
    if len(reason.strip()) < _REASON:
        raise BadInput("请写明为什么不改，提的人会看到。")
    return _decide(changes, REFUSED, reason, by, at)


def withdraw(changes: Sequence[DutyChange], *, by: Actor, at: datetime) -> list[DutyChange]:
    """Take one's own proposals back before they are decided."""
    with transaction.atomic():
        rows = _locked(changes, PROPOSED)
        if any(row.proposer_id is None or row.proposer_id != by.person_id for row in rows):
            raise NotAllowed("只有提的人能撤回自己的目录修改。")
        return _mark(rows, state=WITHDRAWN, decided_at=at)


def publish(changes: Sequence[DutyChange], *, day: date, by: Actor, at: datetime) -> PackVersion:
    """Make approved changes, in the sequence of their proposal, a new version that holds from `day` on.

    BadInput for a day before today or before the newest version began; PackError with every mistake where the whole
    would not hold. Nothing is changed then.
    """
    _must(by, DECIDERS, "发布新版目录")
    if not changes:
        raise BadInput("还没有选要发布的修改。请先同意，再勾选。")
    if day < timezone.localdate(at):
        raise BadInput("生效日不能早于今天：已经派出的工单按当时的目录办。请选今天或以后。")
    with transaction.atomic():
        rows = _locked(changes, APPROVED)
        base = PackVersion.objects.select_for_update().get(pk=city.newest().pk)
        files = editing.changed_files(city.texts(base.pk), [edit_of(row) for row in rows], day)
        version = city_actions.load_texts(files, at=at)
        if version.pk == base.pk:
            raise BadInput("这些修改和现行目录一样，没有可发布的。")
        _mark(rows, state=PUBLISHED, version=version, published_at=at, publisher_id=by.person_id)
    return version


def trial(changes: Sequence[DutyChange], *, at: datetime) -> city.Loaded:
    """The newest version with these changes, read and checked but stored nowhere: what a dry-run goes by."""
    base = city.newest()
    edits = [edit_of(row) for row in sorted(changes, key=lambda row: row.pk)]
    return city.trial(editing.changed_files(city.texts(base.pk), edits, _first_day(base, at)))


def edit_of(change: DutyChange) -> Edit:
    """The change as an edit of duties.csv."""
    return Edit(change.kind, change.code, change.cells)


def _new_cells(draft: Draft, known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The cells that the draft really changes: a later version keeps what others change on the same line."""
    before = known.get(draft.code, {})
    return {
        name: value for name, value in draft.cells.items() if draft.kind == editing.ADD or before.get(name) != value
    }


def _check(draft: Draft, known: Mapping[str, Mapping[str, str]], texts: Mapping[str, str], day: date) -> None:
    if draft.kind not in (editing.ADD, editing.CHANGE, editing.END):
        raise BadInput("请选是新增、修改还是停用。")
    if len(draft.reason.strip()) < _REASON:
        raise BadInput("请写明为什么要改，审的人要靠它判断。")
    if draft.kind == editing.CHANGE and draft.code in known and not _new_cells(draft, known):
        raise BadInput("改后和改前一样。请先改一项，再提交。")
    reading.read(editing.changed_files(texts, [Edit(draft.kind, draft.code, draft.cells)], day))


def _first_day(base: PackVersion, at: datetime) -> date:
    return max(base.valid_from, timezone.localdate(at))


def _decide(changes: Sequence[DutyChange], state: str, reason: str, by: Actor, at: datetime) -> list[DutyChange]:
    _must(by, DECIDERS, "审目录修改")
    with transaction.atomic():
        rows = _locked(changes, PROPOSED)
        if any(row.proposer_id is not None and row.proposer_id == by.person_id for row in rows):
            raise NotAllowed("自己提的目录修改要由另一个人来审。请交给别的班长或派单员。")
        return _mark(rows, state=state, decider_id=by.person_id, decided_at=at, decision=reason.strip())


def _must(by: Actor, roles: frozenset[Role], what: str) -> None:
    if by.role not in roles:
        raise NotAllowed(f"{by.name}（{by.role}）不能{what}。可以做的岗位：{', '.join(sorted(roles))}。")


def _locked(changes: Sequence[DutyChange], state: str) -> list[DutyChange]:
    """The rows as they stand, locked, by their sequence. Conflict where one is no longer in `state`."""
    rows = list(DutyChange.objects.select_for_update().filter(pk__in=[c.pk for c in changes]).order_by("pk"))
    gone = [row for row in rows if row.state != state]
    if gone or len(rows) < len({c.pk for c in changes}):
        raise Conflict("这条目录修改刚刚有人处理过了。请刷新页面看看。")
    return rows


def _mark(rows: list[DutyChange], **values: Any) -> list[DutyChange]:
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
    names = {name.removesuffix("_id") for name in values}
    DutyChange.objects.bulk_update(rows, sorted(names))
    return rows
