"""领导回访日: on the day of the pack a leader draws calls by lot from the area, makes them, and the results count.

Nobody picks: one draw a leader and day, with its seed and the fingerprint of what lay in the pot on record.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from jieban.accounts.actor import Actor, Role, Sight
from jieban.callback import actions, lots, rules, second
from jieban.callback.models import Draw, Lot
from jieban.city.queries import Loaded
from jieban.core import crypto
from jieban.core.errors import BadInput, NotAllowed
from jieban.orders import queries as orders
from jieban.orders.lifecycle import S
from jieban.orders.models import Order

KIND = "leader"


def is_day(by: Actor, *, at: datetime, loaded: Loaded) -> bool:
    """Whether today is the day on which this leader calls."""
    terms = loaded.pack.callbacks.leaders
    if by.role != Role.LEADER or terms.day == 0 or timezone.localtime(at).day != terms.day:
        return False
    inside = set(by.unit_path.split("/")) & set(terms.districts)
    return not terms.districts or bool(inside) or by.sight == Sight.ALL


def draw(*, by: Actor, at: datetime, loaded: Loaded) -> Draw:
    """The leader's list of today, drawn now or drawn before. BadInput on any other day, NotAllowed to anybody else."""
    if by.role != Role.LEADER or by.post_id is None:
        raise NotAllowed("领导回访日的名单由领导本人来抽。")
    if not is_day(by, at=at, loaded=loaded):
        raise BadInput(f"今天不是领导回访日。本市定在每月 {loaded.pack.callbacks.leaders.day} 日。")
    day = timezone.localdate(at)
    with transaction.atomic():
        before = Draw.objects.filter(kind=KIND, day=day, post=by.post_id).first()
        return before or _draw(by, at, loaded)


def mine(by: Actor, *, at: datetime) -> QuerySet[Lot]:
    """The leader's calls of today that are still to be made, in the order drawn."""
    today = Lot.objects.filter(draw__kind=KIND, draw__day=timezone.localdate(at), draw__post=by.post_id)
    return today.filter(done_at=None, order__state=S.CALLBACK).order_by("no")


def record(order: Order, said: rules.Said, *, by: Actor, at: datetime, loaded: Loaded) -> str:
    """What the citizen told the leader; it counts like any other answer. NotAllowed for an order not drawn today."""
    with transaction.atomic():
        lot = _own(order, by, at)
        followed = actions.record(order, said, way="phone", by=by, at=at, loaded=loaded)
        Lot.objects.filter(pk=lot.pk).update(done_at=at)
    return followed


def check(order: Order, *, by: Actor, at: datetime) -> None:
    """Refuse (NotAllowed) an order that this leader did not draw today."""
    _own(order, by, at)


def results(by: Actor) -> QuerySet[Draw]:
    """The leaders' draws that this post may see, the latest first, with their posts."""
    found = second.draws(by, kind=KIND).select_related("post__person", "post__unit")
    if by.sight == Sight.ALL:
        return found
    return found.filter(post__unit__path__startswith=by.unit_path)


def _draw(by: Actor, at: datetime, loaded: Loaded) -> Draw:
    pool = orders.visible_to(by).filter(state=S.CALLBACK).exclude(contact__phone=b"")
    found = {order.number: order for order in pool}
    wanted, seed = loaded.pack.callbacks.leaders.orders, crypto.token()
    made = Draw.objects.create(
        kind=KIND, day=timezone.localdate(at), post_id=by.post_id, seed=seed, wanted=wanted, pot=len(found),
        pot_mark=lots.mark(found), at=at,
    )  # fmt: skip
    chosen = [found[number] for number in lots.few(seed, found, wanted)]
    Lot.objects.bulk_create(second.lots_of(made, chosen, at))
    return made


def _own(order: Order, by: Actor, at: datetime) -> Lot:
    lot = mine(by, at=at).filter(order=order).first()
    if lot is None:
        raise NotAllowed("这一件不在您今天抽到的名单里。名单由系统随机抽，不能挑。")
    return lot
