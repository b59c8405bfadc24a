"""Requests to be left out of scoring (剔除): one in each state, by whoever would take each step.

Units that can be logged in to come first, so that a visitor finds requests of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from jieban.accounts.actor import Actor, Role
from jieban.appraisal import exclusions
from jieban.appraisal.models import Exclusion
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Assignment
from simulation.deeds import Life, World


@dataclass(frozen=True, slots=True)
class Wish:
    """A request and what becomes of it: the steps after it, each a letter of `_STEPS`."""

    steps: str
    ground: str
    statement: str


# g granted, r refused, a the unit appeals, s the supervisor appeals, u the second person changes it, w taken back.
WISHES = (
    Wish("", "ex_facts", "两次上门核实，反映的楼层没有这户，物业和楼长都签了字。"),
    Wish("ra", "ex_misdispatch", "点位在路东，归相邻街道管，当时的异议没来得及提。"),
    Wish("g", "ex_policy", "要求按拆迁标准补偿，超出现行政策，当面解释过并送了文件。"),
    Wish("r", "ex_noplace", "按地址去找过，没有找到反映的路口，附上沿路照片。"),
    Wish("rau", "ex_ledger", "已经挂账，上月按计划完成了管线改造的勘察，附计划和进度。"),
    Wish("w", "ex_repeat", "同一人同一事上月已经答复过，市民当时确认过。"),
    Wish("gsu", "ex_disaster", "当天大风预警，树倒是天气原因，附预警截图和抢险记录。"),
    Wish("g", "ex_procedure", "市民已经起诉，法院立案通知书附后，诉讼期间不宜再处理。"),
    Wish("", "ex_project", "属于地铁施工围挡，重点工程明年六月才能恢复，附施工批复。"),
)
_AGREED = "材料和办理记录对得上，同意剔除。"
_REFUSED = "材料看不出和这件事的关系，照常计入。"
_APPEAL = "补充了签字的核实记录，请换一位同志再看。"
_CHANGED = "看了补充的材料和第一次的理由，改过来。"
_AGO = 26


def happen(world: World, lives: Sequence[Life], *, now: datetime, rng: Random) -> None:
    """Let units ask for as many closed orders as there are wishes and orders, and the requests take their way."""
    for wish, (life, part) in zip(WISHES, _chosen(world, lives, now), strict=False):
        begun = now - timedelta(hours=rng.randrange(20, 25), minutes=rng.randrange(60))
        [case] = exclusions.ask(
            [part], ground=wish.ground, statement=wish.statement, until=None, files=world.attach(life, "after"),
            by=world.clerk(part), at=begun, loaded=world.loaded,
        )  # fmt: skip
        for n, letter in enumerate(wish.steps, start=1):
            _step(world, case, letter, begun + timedelta(hours=5 * n, minutes=rng.randrange(60)))


def _chosen(world: World, lives: Sequence[Life], now: datetime) -> list[tuple[Life, Assignment]]:
    """A finished assignment of each order closed more than a day ago, those of units with an account first."""
    shown = {actor.unit_id for actor in world.staff.accounts.values()}
    over = [life for life in lives if life.order.state == S.CLOSED and _before(life, now)]
    done = [
        (life, part) for life in over for part in life.parts.values()
        if part.state == A.COMPLETED and part.role != "notice"
    ]  # fmt: skip
    first = {life.order.pk: (life, part) for life, part in reversed(done)}
    return sorted(first.values(), key=lambda one: (one[1].unit_id not in shown, -one[0].order.pk))


def _before(life: Life, now: datetime) -> bool:
    return life.order.moved_at < now - timedelta(hours=_AGO)


def _step(world: World, case: Exclusion, letter: str, at: datetime) -> None:
    staff, loaded = world.staff, world.loaded
    auditor, chief, other = staff.at(Role.AUDITOR, 0), staff.at(Role.SUPERVISOR, 0), staff.at(Role.SUPERVISOR, 1)
    if letter in "gr":
        words = _AGREED if letter == "g" else _REFUSED
        exclusions.decide([case], grant=letter == "g", words=words, by=auditor, at=at, loaded=loaded)
    elif letter in "as":
        by: Actor = other if letter == "s" else staff.clerks[case.unit_id]
        exclusions.appeal([case], words=_APPEAL, until=None, by=by, at=at)
    elif letter == "u":
        exclusions.decide_appeal([case], grant=not case.granted, words=_CHANGED, by=chief, at=at, loaded=loaded)
    else:
        exclusions.withdraw([case], words="不申请了，照常计入。", by=staff.clerks[case.unit_id], at=at)
