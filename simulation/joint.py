"""What units do together and ask of each other, a little before now: every board of the demo has somebody waiting.

Each scene takes orders of its own, those of the streets that are shown first; a scene for which none is left does not
happen. Everything goes through the verbs of the house, by the people who would do it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.accounts.models import Person
from jieban.dispatch.court import actions as court
from jieban.handling import actions as handling
from jieban.handling import asking, effort, forces, hanging, mediation, outside, raising, whistle
from jieban.handling import time as clocks
from jieban.handling.forces import Todo
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Attachment
from simulation.deeds import NOTICE, Life, World

Test = Callable[[Assignment], bool]
_BUSY = (A.RESPONDED, A.HANDLING)
_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Scene:
    """What the scenes share: the world, now, the dice, and the assignments that no scene has taken yet."""

    world: World
    now: datetime
    rng: Random
    pool: list[Assignment]

    def soon(self) -> datetime:
        """A moment within the last hour."""
        return self.now - timedelta(seconds=self.rng.randrange(60, 3300))

    def take(self, count: int, test: Test = lambda part: True) -> list[Assignment]:
        """Up to `count` assignments at work that fit, each for this scene alone."""
        fit = [part for part in self.pool if part.state in _BUSY and not part.requested and test(part)][:count]
        self.pool = [part for part in self.pool if part not in fit]
        return fit

    def proof(self, name: str) -> list[Attachment]:
        """A drawing that stands for a paper."""
        kept = self.rng.choice(self.world.pictures["before"])
        return [Attachment(name=name, mime=kept.mime, size=kept.size, sha256=kept.sha256, stage="work")]

    def day(self, days: int) -> date:
        """A day so many days from today."""
        return timezone.localdate(self.now) + timedelta(days=days)


def scene(world: World, lives: Sequence[Life], *, now: datetime, rng: Random) -> Scene:
    """A scene with every assignment at work in it, in a drawn order, those of the shown units first."""
    parts = [part for life in lives for part in life.parts.values() if part.role != NOTICE]
    rng.shuffle(parts)
    shown = {actor.unit_id for actor in world.staff.accounts.values()}
    parts.sort(key=lambda part: part.unit_id not in shown)
    return Scene(world, now, rng, parts)


def happen(scene: Scene) -> None:
    """Let every scene happen once or a few times."""
    for one in (
        _objections,
        _whistles,
        _raised,
        _force,
        _more_time,
        _resting,
        _ledger,
        _asked_and_tried,
        _mediated,
        _entrusted,
    ):
        one(scene)


def _leads(part: Assignment) -> bool:
    return part.role == "lead"


def _in_time(scene: Scene) -> Test:
    return lambda part: part.handle_due > scene.now + _HOUR


def _objections(scene: Scene) -> None:
    """Up to three units say of a fresh order that it is not theirs; the chief of one has not looked at it yet."""
    staff, loaded = scene.world.staff, scene.world.loaded
    fresh = [part for part in scene.pool if _may_object(part, scene.now)][:3]
    scene.pool = [part for part in scene.pool if part not in fresh]
    for nth, part in enumerate(fresh):
        district = staff.unit(part.unit_id).district_id or part.order.district_id or 0
        to = next((unit for unit in staff.departments(district) if unit.pk != part.unit_id), None)
        if to is None:
            continue
        facts = "现场看过，这段路的管护协议写明由它负责，附协议和照片。"
        by, papers = scene.world.clerk(part), scene.proof("管护协议.png")
        cases = court.draft(
            [part],
            ground="not_duty",
            facts=facts,
            proposed=to.code,
            by=by,
            at=scene.soon(),
            loaded=loaded,
            files=papers,
        )
        if nth:
            court.approve(cases, by=staff.chief(part.unit_id), at=scene.now, loaded=loaded)


def _may_object(part: Assignment, now: datetime) -> bool:
    """Whether the unit is still within its time to object, by a margin."""
    slow = part.urgency in ("7d", "15d")
    return slow and part.state in (A.SENT, A.SIGNED) and part.round == 1 and now - part.sent_at < 3 * _HOUR


def _whistles(scene: Scene) -> None:
    """Two streets call two departments of their district; the first of them is there already."""
    staff, loaded = scene.world.staff, scene.world.loaded
    for part in scene.take(2, lambda part: _leads(part) and staff.unit(part.unit_id).kind == "street"):
        at, district = scene.now - 3 * _HOUR, staff.unit(part.unit_id).district_id
        there = set(Assignment.objects.filter(order=part.order_id).values_list("unit_id", flat=True))
        to = [unit for unit in staff.departments(district or 0) if unit.pk not in there][:2]
        call = whistle.Call(to, "管线、道路、执法各归一家，要到现场一起定", "路口东侧", None)
        called = whistle.whistle([part], call, by=scene.world.clerk(part), at=at, loaded=loaded)
        for one in called[:1]:
            theirs = scene.world.clerk(one)
            handling.sign([one], by=theirs, at=at + _HOUR / 4)
            whistle.report_in([one], who="分管科长", result="现场看过，今天下午派人处理", by=theirs, at=at + _HOUR)


def _raised(scene: Scene) -> None:
    """One case goes up to the district and waits there; another is owned by the district's leader."""
    world = scene.world
    inside = world.staff.accounts["dongcheng"].unit_path
    near = scene.take(2, lambda part: _leads(part) and world.staff.unit(part.unit_id).path.startswith(inside))
    for part in near[:1]:
        reason = "涉及两家产权单位，街道协调三次没有结果"
        by, at = world.clerk(part), scene.soon()
        raising.escalate([part.order], reason=reason, level="district", by=by, at=at, loaded=world.loaded)
    for part in near[1:]:
        by = world.staff.accounts["dongcheng-leader"]
        promise, until = "本周到现场，月底前有结果", scene.day(9)
        raising.own([part.order], leader=_person(by), promise=promise, until=until, by=by, at=scene.soon())


def _person(by: Actor) -> Person:
    return Person.objects.get(pk=by.person_id or 0)


def _force(scene: Scene) -> None:
    """A standing task force of the district with two streets, a meeting and three tasks."""
    by = scene.world.staff.accounts["dongcheng"]
    leader, at = _person(by), scene.now - timedelta(days=6)
    force = forces.open_force(
        name="背街小巷停车专班", purpose="把反复来的停车诉求一次理清", leader=leader, by=by, at=at
    )
    streets = [
        scene.world.staff.unit(scene.world.staff.accounts[name].unit_id or 0) for name in ("chongwai", "qianmen")
    ]
    members = [forces.add_member(force, unit=unit, duty="摸清车位和缺口", by=by, at=at) for unit in streets]
    days = (scene.day(-1), scene.day(4), scene.day(12))
    tasks = [Todo(what, member, day) for what, member, day in zip(_TASKS, (*members, members[0]), days, strict=True)]
    forces.meet(force, held=at, present="区指挥中心、两个街道", decided="先摸底，再划线", tasks=tasks, by=by, at=at)
    first = force.tasks.order_by("due")[0]
    forces.finish(first, result="摸清 412 个车位", by=scene.world.staff.accounts["chongwai"], at=scene.soon())
    ids = {unit.pk for unit in streets}
    orders = [part.order for part in scene.take(2, lambda part: _leads(part) and part.unit_id in ids)]
    if orders:
        forces.muster(force, orders, by=by, at=scene.soon())


_TASKS = ("摸清崇外背街小巷车位", "摸清前门背街小巷车位", "划线方案报区里")


def _more_time(scene: Scene) -> None:
    """Three units ask for more time; one has it already."""
    supervisor, loaded = scene.world.staff.at(Role.SUPERVISOR, 0), scene.world.loaded
    in_time = _in_time(scene)
    for nth, part in enumerate(scene.take(3, lambda part: part.urgency in ("7d", "15d") and in_time(part))):
        asked, until = scene.now - 5 * _HOUR, part.handle_due + timedelta(days=3)
        clocks.ask_extension(
            [part],
            until=until,
            reason="配件要从外地调运，大后天到",
            by=scene.world.clerk(part),
            at=asked,
            loaded=loaded,
        )
        if nth == 0:
            clocks.extend([part], until=until, reason="配件有订单，同意", by=supervisor, at=scene.soon(), loaded=loaded)


def _resting(scene: Scene) -> None:
    """Two units ask for their clock to rest; one of them rests."""
    supervisor, loaded = scene.world.staff.at(Role.SUPERVISOR, 0), scene.world.loaded
    for nth, part in enumerate(scene.take(2, _in_time(scene))):
        cause, until = "等房屋安全鉴定结果", scene.now + timedelta(days=9)
        clocks.ask_suspension(
            [part], cause=cause, until=until, by=scene.world.clerk(part), at=scene.now - 4 * _HOUR, loaded=loaded,
            files=scene.proof("委托鉴定书.png"),
        )  # fmt: skip
        if nth == 0:
            clocks.suspend([part], cause=cause, until=until, by=supervisor, at=scene.soon(), loaded=loaded)


def _ledger(scene: Scene) -> None:
    """Three hard cases are to be hung with a plan; two are."""
    supervisor, loaded = scene.world.staff.at(Role.SUPERVISOR, 0), scene.world.loaded
    for nth, part in enumerate(scene.take(3, lambda part: _leads(part) and part.urgency in ("7d", "15d"))):
        plan = hanging.Plan(
            ground="hang_money", leader="分管负责人",
            plan="列入明年老旧小区改造，三月进场，六月完工，其间先用临时措施顶上。",
            title="街道副主任", told="当面向市民说了计划和时间，市民同意等",
            milestones=((scene.day(40).isoformat(), "资金到位"), (scene.day(120).isoformat(), "完工")),
        )  # fmt: skip
        by, papers = scene.world.clerk(part), scene.proof("改造计划.png")
        hanging.request(part, plan, by=by, at=scene.now - 6 * _HOUR, loaded=loaded, files=papers)
        if nth < 2:
            hanging.hang(part, by=supervisor, at=scene.soon(), loaded=loaded)


def _asked_and_tried(scene: Scene) -> None:
    """One unit asks its citizen for a picture, one has its efforts on record."""
    for part in scene.take(1, _in_time(scene)):
        text = "请拍一张漏水位置的照片，标出是哪个房间。"
        by, loaded = scene.world.clerk(part), scene.world.loaded
        asking.ask([part], text=text, days=1, by=by, at=scene.soon(), loaded=loaded)
    for part in scene.take(1):
        facts = "上门三次，联系产权单位两次，都约不到人，附通话记录和现场照片。"
        papers = scene.proof("通话记录.png")
        effort.record(part, facts=facts, by=scene.world.clerk(part), at=scene.soon(), files=papers)


def _mediated(scene: Scene) -> None:
    """Neighbours sit down with a mediator."""
    for part in scene.take(1, _leads):
        parties = [mediation.Party("白云起", "楼上住户"), mediation.Party("许知远", "楼下住户")]
        by, at = scene.world.clerk(part), scene.now - 2 * _HOUR
        body = "街道人民调解委员会"
        row = mediation.begin(part, kind="people", mediator="何静", body=body, parties=parties, by=by, at=at)
        text = "双方同意先请人看漏点，修好再谈补偿。"
        mediation.sit(row, day=scene.day(0), place="社区议事厅", text=text, by=by, at=scene.soon())


def _entrusted(scene: Scene) -> None:
    """A repair shop without an account is asked to look at it."""
    for part in scene.take(1, _leads):
        outside.entrust(
            part, to="永固维修队", purpose="上门查漏", phone="13800007788", instruction="到单元门口看立管，拍照回报。",
            until=scene.now + timedelta(days=2), show_address=False, by=scene.world.clerk(part), at=scene.soon(),
            loaded=scene.world.loaded,
        )  # fmt: skip
