"""The ledger (挂账): what cannot be done now is parked with a plan, a leader and a review at least once a month.

The unit asks, the district or the centre decides, the citizen is told and sees the plan and every review. The
clock rests meanwhile; the ledger is counted by unit, with age and reason. Source: domain.md §2.5 [default].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor
from jieban.city import limits
from jieban.city.pack import Ground
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling.files import copies
from jieban.handling.models import Hanging
from jieban.handling.reckoning import Promises, count_anew
from jieban.orders import actions, holding, outbox
from jieban.orders import queries as orders
from jieban.orders.actions import Step
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Attachment, Message

WHAT = "hang"
PLAN_MIN = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What a unit asks to be hung with: `milestones` are (day, what) in order, `told` how the citizen was told."""

    ground: str
    plan: str
    milestones: tuple[tuple[str, str], ...]
    leader: str
    title: str
    told: str


def grounds(loaded: Loaded) -> list[Ground]:
    """For what a matter may go on the ledger in this city."""
    return [ground for ground in loaded.pack.grounds.values() if ground.group == "hanging"]


def read_milestones(text: str) -> tuple[tuple[str, str], ...]:
    """Lines such as `2026-05-01 管线迁改` as (day, what). BadInput names the line that is none."""
    out = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, _, what = line.partition(" ")
        try:
            date.fromisoformat(day)
        except ValueError:
            raise BadInput(f"“{line[:20]}”不是节点。一行一个，写成“2026-05-01 管线迁改”。") from None
        if not what.strip():
            raise BadInput(f"{day} 这个节点没有写要做到什么。")
        out.append((day, what.strip()))
    return tuple(out)


def request(
    part: Assignment, plan: Plan, *, by: Actor, at: datetime, loaded: Loaded, files: Sequence[Attachment] = ()
) -> None:
    """The unit asks to hang it, with proof. BadInput: the plan is not one. Conflict: it asks for something already."""
    holding.must_hold([part], by)
    _check(plan, files, at, loaded)
    if part.requested:
        raise Conflict("这件已经有一个申请在等答复，等有了答复再提。")
    told = {"what": WHAT, "reason": plan.plan, **asdict(plan)}
    asked = {"what": WHAT, "at": at.isoformat(), "by": by.person_id, "name": by.name, **asdict(plan)}
    step = Step(part.order, part, changes={"requested": asked}, records=told, attachments=copies(files))
    with actions.together():
        actions.move([step], "request", by=by, at=at)
        if part.state == A.RESPONDED:  # only what is in hand can be parked
            actions.move([Step(part.order, part, records={"route": part.unit.name})], "start", by=by, at=at)


def _check(plan: Plan, files: Sequence[Attachment], at: datetime, loaded: Loaded) -> None:
    if plan.ground not in {ground.code for ground in grounds(loaded)}:
        raise BadInput(f"只有这些情况可以挂账：{'；'.join(g.name for g in grounds(loaded)) or '本市没有开挂账'}。")
    if len(plan.plan.strip()) < PLAN_MIN:
        raise BadInput(f"计划至少 {PLAN_MIN} 个字：为什么现在办不了，谁在什么时候做什么，办成什么样。")
    today = timezone.localdate(at)
    days = [date.fromisoformat(day) for day, _ in plan.milestones]
    if not days or days != sorted(days) or days[0] <= today:
        raise BadInput("请至少写一个今天以后的节点，按日期先后排。")
    if not plan.leader.strip() or not plan.title.strip():
        raise BadInput("请写明哪位领导负责，职务是什么。")
    if not plan.told.strip():
        raise BadInput("请写明怎么向市民说的：什么时候、用什么方式、市民怎么说。")
    if not files:
        raise BadInput("挂账要有凭据，请交上文件、纪要或照片。")


def requests_of(actor: Actor) -> QuerySet[Assignment]:
    """The assignments in the actor's sight whose unit asks to hang them, the least time left first."""
    found = orders.assignments_of(actor).filter(state__in=(A.SIGNED, A.RESPONDED, A.HANDLING), requested__what=WHAT)
    return found.select_related("order__contact", "unit", "section").order_by("handle_due", "pk")


def hang(part: Assignment, *, by: Actor, at: datetime, loaded: Loaded) -> Hanging:
    """Grant it: the clock rests, the citizen is told. Conflict: nothing is asked. NotAllowed: one's own request."""
    holding.must_hold([part], by)
    with actions.together() as book:
        book.lock([part.order], [part])
        asked = _asked(part, by)
        plan = Plan(**{key: asked[key] for key in Plan.__dataclass_fields__})
        review = limits.run_out(loaded.pack, loaded.pack.replies.review, at=at)
        told = {**asdict(plan), "review": review.isoformat(), "reason": loaded.pack.grounds[plan.ground].name}
        moved = count_anew(
            part,
            loaded,
            WHAT,
            partial(limits.paused, at=timezone.localtime(at), until=timezone.localtime(review), cause="hung"),
        )
        due = Promises([part]).due(part, moved)
        changes = {**moved.columns, "requested": {}, "rest_until": review, "warn_at": None}
        step = Step(
            part.order, part, changes=changes, order_changes={"due_at": due}, records=told | {"clock": moved.told},
            messages=_hung(part, plan, at),
        )  # fmt: skip
        actions.move([step], "hang", by=by, at=at)
        return Hanging.objects.create(
            assignment=part, unit_id=part.unit_id, ground=plan.ground, plan=plan.plan, leader=plan.leader,
            milestones=[list(one) for one in plan.milestones], title=plan.title, told=plan.told, hung_at=at,
            review_by=review,
        )  # fmt: skip


def decline(part: Assignment, *, reason: str, by: Actor, at: datetime) -> None:
    """Do not grant it, and say why; the unit goes on."""
    holding.must_hold([part], by)
    if not reason.strip():
        raise BadInput("请写明为什么不同意，单位才知道怎么接着办。")
    with actions.together() as book:
        book.lock([part.order], [part])
        _asked(part, by)
        told = {"what": WHAT, "reason": reason.strip()}
        notice = outbox.to_unit(part.unit_id, "hang_declined", at=at, number=part.order.number, no=part.no)
        step = Step(part.order, part, changes={"requested": {}}, records=told, messages=[notice])
        actions.move([step], "decline", by=by, at=at)


def _asked(part: Assignment, by: Actor) -> dict[str, Any]:
    asked = dict(part.requested)
    if asked.get("what") != WHAT:
        raise Conflict(f"{part.order.number} 现在没有在等的挂账申请，可能别人先答复了。请刷新页面。")
    if by.person_id is not None and by.person_id == asked["by"]:
        raise NotAllowed("自己提的挂账申请不能自己批，请换一位。")
    return asked


def open_ones(actor: Actor) -> QuerySet[Hanging]:
    """What is on the ledger in the actor's sight, the longest first."""
    held = orders.assignments_of(actor).filter(state=A.HUNG)
    found = Hanging.objects.filter(down_at=None, assignment__in=held)
    return found.select_related("assignment__order", "unit").order_by("hung_at", "pk")


def review(part: Assignment, *, progress: str, next_step: str, by: Actor, at: datetime, loaded: Loaded) -> None:
    """Look at it again, a month at most after the last time; the citizen sees what is said."""
    holding.must_hold([part], by)
    if not progress.strip() or not next_step.strip():
        raise BadInput("复查请写两句：这一个月有什么进展，下一步做什么。")
    until = limits.run_out(loaded.pack, loaded.pack.replies.review, at=at)
    with actions.together() as book:
        book.lock([part.order], [part])
        row = _open(part)
        late = at > row.review_by
        told = {"progress": progress.strip(), "next": next_step.strip(), "until": until.isoformat(), "late": late}
        messages = _to_citizen(part, "reviewed", "又看了一次进展", at)
        moved = count_anew(part, loaded, WHAT, partial(limits.planned, until=timezone.localtime(until)))
        changes = {**moved.columns, "rest_until": until, "warn_at": None}
        due = Promises([part]).due(part, moved)
        step = Step(part.order, part, changes=changes, order_changes={"due_at": due}, records=told, messages=messages)
        actions.move([step], "review", by=by, at=at)
        row.review_by, row.reviews, row.late_reviews = until, row.reviews + 1, row.late_reviews + late
        row.save(update_fields=["review_by", "reviews", "late_reviews"])


def take_down(part: Assignment, *, reason: str, by: Actor, at: datetime, loaded: Loaded) -> None:
    """It can be done now: the clock goes on with the time that was left, the unit and the citizen are told."""
    holding.must_hold([part], by)
    if not reason.strip():
        raise BadInput("请写明为什么现在能办了。")
    with actions.together() as book:
        book.lock([part.order], [part])
        row = _open(part)
        promises = Promises([part])
        moved = count_anew(part, loaded, "take_down", partial(limits.resumed, at=timezone.localtime(at)))
        due, changes = promises.due(part, moved), {"rest_until": None, **moved.columns}
        notice = outbox.to_unit(part.unit_id, "taken_down", at=at, number=part.order.number, no=part.no)
        messages = [notice, *_to_citizen(part, "taken_down", "可以办了，接着办", at)]
        told = {"reason": reason.strip(), "clock": moved.told}
        step = Step(part.order, part, changes=changes, order_changes={"due_at": due}, records=told, messages=messages)
        actions.move([step], "take_down", by=by, at=at)
        Hanging.objects.filter(pk=row.pk).update(down_at=at)


def _open(part: Assignment) -> Hanging:
    row = Hanging.objects.filter(assignment=part, down_at=None).first()
    if row is None:
        raise Conflict(f"{part.order.number} 不在账上，可能别人先摘下来了。请刷新页面。")
    return row


def warn_late(*, at: datetime, limit: int = 200) -> int:
    """Tell unit and district of reviews that are overdue, once for each; returns how many. Run by the worker."""
    overdue = Hanging.objects.filter(down_at=None, review_by__lt=at)
    found = overdue.filter(Q(warned_for=None) | Q(warned_for__lt=F("review_by")))
    rows = list(found.select_related("assignment__order", "unit")[:limit])
    if not rows:
        return 0
    by = actors.rule("挂账复查")
    with actions.together():
        steps = [_warned(row, at) for row in rows if row.assignment.state == A.HUNG]
        actions.move(steps, "warn", by=by, at=at)
        for row in rows:
            row.warned_for = row.review_by
        Hanging.objects.bulk_update(rows, ["warned_for"])
    return len(rows)


def _warned(row: Hanging, at: datetime) -> Step:
    part = row.assignment
    told = {"clock": "review", "due": row.review_by.isoformat()}
    units = [pk for pk in (row.unit_id, row.unit.district_id) if pk is not None]
    notices = [outbox.to_unit(pk, "review_late", at=at, number=part.order.number, no=part.no) for pk in units]
    return Step(part.order, part, changes={"warned": "review"}, records=told, messages=notices)


def _hung(part: Assignment, plan: Plan, at: datetime) -> list[Message]:
    return _to_citizen(part, "hung", "现在办不了，订了计划，每月复查一次", at)


def _to_citizen(part: Assignment, topic: str, what: str, at: datetime) -> list[Message]:
    text = f"您反映的事（{part.order.number}），{part.unit.name}{what}。打开 {{link}} 能看到，或拨 12345 报编号。"
    link = f"{settings.JIEBAN_PUBLIC_URL.rstrip('/')}/track?number={part.order.number}"
    return outbox.to_citizen(part.order, topic, text, at=at, link=link)


def counts(actor: Actor) -> QuerySet[Any, Any]:
    """How many each unit in sight has on the ledger, and since when the oldest, most first."""
    rows = open_ones(actor).order_by().values("unit__name", "unit__code")
    return rows.annotate(n=Count("pk"), oldest=Min("hung_at")).order_by("-n", "unit__code")
