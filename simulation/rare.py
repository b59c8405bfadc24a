"""What happens seldom: studied before dispatch, supervised, ended by law, archived.

What units do together is in `joint`. All goes through the one door, last and a little before now, so that every state
of `orders/lifecycle.py` that waits for somebody has an order in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from jieban.accounts import actor as actors
from jieban.accounts.actor import Role
from jieban.callback import actions as callback
from jieban.callback.rules import Said
from jieban.city import limits
from jieban.city.oversight import HAND
from jieban.dispatch import consulting
from jieban.handling import actions as handling
from jieban.handling import supervision
from jieban.handling.letters import Addressee
from jieban.handling.supervision import Demand
from jieban.intake import abuse
from jieban.orders import actions
from jieban.orders.actions import Step
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Order
from simulation import joint, leaving
from simulation.deeds import Life, World


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the rare moves share."""

    world: World
    now: datetime
    rng: Random

    def soon(self) -> datetime:
        """A moment within the last hour."""
        return self.now - timedelta(seconds=self.rng.randrange(60, 3300))


def happen(world: World, lives: Sequence[Life], *, now: datetime, rng: Random) -> None:
    """Let each of the rare things happen to a few of the orders."""
    scene = _Scene(world, now, rng)
    waiting = _in_state(lives, S.PENDING)
    _consult(scene, waiting[: min(2, len(waiting) // 4)])
    # The worker gives orders up by itself, so only the database knows which citizens are still to be asked.
    waiting_now = Order.objects.filter(state=S.CALLBACK).exclude(contact__phone=b"")
    still = set(waiting_now.values_list("pk", flat=True))
    asked = [life for life in lives if life.order.pk in still]
    _unsolved(scene, sorted(asked, key=lambda life: not _of_a_shown_unit(world, life))[:2])
    _to_the_community(scene, lives)
    joint.happen(joint.scene(world, lives, now=now, rng=rng))
    _watched(scene, lives)
    _abuse(scene, lives)
    leaving.happen(world, lives, now=now, rng=rng)
    _archive(scene, world, now)


def _in_state(lives: Iterable[Life], state: str) -> list[Order]:
    return [life.order for life in lives if life.order.state == state]


def _to_the_community(scene: _Scene, lives: Sequence[Life]) -> None:
    """The street that is shown hands some of its open work down to the community that has an account."""
    staff = scene.world.staff
    to = staff.unit(staff.accounts["community"].unit_id or 0)
    parts = [part for life in lives for part in life.parts.values() if part.unit_id == to.parent_id]
    wanted = [part for part in parts if part.state in (A.SIGNED, A.RESPONDED, A.HANDLING)][:4]
    for part in wanted:
        by, text = scene.world.clerk(part), "请到现场看一看，今天下班前报结果。"
        handling.hand_down([part], to=to, instruction=text, by=by, at=scene.soon())


def _unsolved(scene: _Scene, lives: Sequence[Life]) -> None:
    """Two citizens have just said no: a new round begins."""
    by, at = scene.world.staff.at(Role.CALLBACK, 0), scene.soon()
    said = Said(contacted=True, solved="no", satisfied="no", attitude="fair", words="来看了一眼就走了，什么也没做。")
    callback.record_all([(life.order, said) for life in lives], way="phone", by=by, at=at, loaded=scene.world.loaded)


def _of_a_shown_unit(world: World, life: Life) -> bool:
    shown = {world.staff.accounts[name].unit_id for name in ("chongwai", "qianmen")}
    return any(part.unit_id in shown for part in life.parts.values())


def _consult(scene: _Scene, orders: Sequence[Order]) -> None:
    """Orders of which nobody knows whose they are: the street and a department are asked what they think."""
    world = scene.world
    for order in orders:
        units = _near(order, world) or [world.loaded.pack.named(name)[0] for name in ("市城市管理委", "市交通委")]
        call = consulting.Call(
            way="meeting", ground="ownership", units=units,
            question="权属不清，先说说各自管到哪里", until=scene.now + timedelta(hours=5),
        )  # fmt: skip
        by = world.staff.at(Role.DISPATCHER, 0)
        consulting.consult([order], call, by=by, at=scene.soon(), loaded=world.loaded)


def _near(order: Order, world: World) -> list[str]:
    """The street of the place and the district's department for the city's upkeep; nobody where it is not known."""
    if order.district is None:
        return []
    street = [world.loaded.unit_codes[order.street_id]] if order.street_id else []
    return [*street, f"{order.district.code}-cgw"]


def _watched(scene: _Scene, lives: Sequence[Life]) -> None:
    """Overdue orders are supervised, one ended by law."""
    supervisor, at = scene.world.staff.at(Role.SUPERVISOR, 0), scene.soon()
    held = (S.DISPATCHED, S.HANDLING, S.REWORK)
    late = [life.order for life in lives if life.order.state in held and _late(life.order, scene.now)]
    text = "工单 {number} 超过时限，请在 {due} 前办结并书面说明原因。"
    demands = [Demand(order, HAND, text=text, limit="3d", level=1) for order in late[1:6]]
    letters = supervision.issue(demands, by=supervisor, at=scene.now - timedelta(hours=2), loaded=scene.world.loaded)
    for addressee in Addressee.objects.filter(letter__in=letters[:1]).select_related("unit", "letter"):
        scene.world.staff.ensure([addressee.unit_id])
        by = scene.world.staff.clerks[addressee.unit_id]
        supervision.report([addressee], text="已安排专人今天上门，明天下班前办完并答复市民。", by=by, at=at)
    ended = {"basis": "已由法院作出生效判决", "notice": "已书面告知市民"}
    actions.move([Step(o, records=ended) for o in late[:1]], "terminate", by=supervisor, at=at)


def _abuse(scene: _Scene, lives: Sequence[Life]) -> None:
    """Somebody who comes again and again over what was answered: an agent puts it to two others to decide."""
    pack, callers = scene.world.loaded.pack, defaultdict[str, list[Order]](list)
    for life in lives:
        callers[life.order.contact.phone_index].append(life.order)
    callers.pop("", None)
    often = [mine for mine in callers.values() if len(mine) >= pack.oversight.abuse.evidence]
    most = next((mine for mine in sorted(often, key=len, reverse=True) if abuse.answered(mine)), None)
    ground = next(one.code for one in pack.grounds.values() if one.group == "abuse")
    if most is None:
        return
    abuse.propose(
        most, ground=ground, statement="同一件事已经答复过，市民一再来电，每次都要求重新派单。",
        reason="同一个号码，登记的是同一个人",
        by=scene.world.staff.at(Role.AGENT, 0), at=scene.soon(), loaded=scene.world.loaded,
    )  # fmt: skip


def _late(order: Order, now: datetime) -> bool:
    return order.due_at is not None and order.due_at < now


def _archive(scene: _Scene, world: World, now: datetime) -> None:
    """What was closed longer ago than the pack's `archive_after` is archived."""
    pack = world.loaded.pack
    ago = limits.run_out(pack, pack.settings.archive_after, at=now) - now
    old = list(Order.objects.filter(state=S.CLOSED, closed_at__lt=now - ago).order_by("pk"))
    by = actors.rule("结案期满归档")
    steps = [Step(order, records={"head": order.head, "retention": "10 年"}) for order in old]
    actions.move(steps, "archive", by=by, at=scene.soon())
