"""What comes again: the same caller, the same matter, points over months, and solved matters that came back per unit.

A matter is a category at a place. Every list takes a constant number of queries and goes by an index: contacts by
number, orders by (place, category, received_at).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Count, DateTimeField, Exists, ExpressionWrapper, Max, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from jieban.accounts.actor import Actor, Sight
from jieban.orders import queries
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Order

SPANS = (30, 90, 365)
SHOWN = 5
_MOST = 500


@dataclass(frozen=True, slots=True)
class Again:
    """How often something came in the last 30, 90 and 365 days, from how many numbers, and the newest of it."""

    days30: int
    days90: int
    days365: int
    callers: int
    solved: int
    unsolved: int
    newest: tuple[Order, ...]

    def __bool__(self) -> bool:
        return self.days365 > 0


@dataclass(frozen=True, slots=True)
class Point:
    """A repeated problem: category and place, how many orders and callers, how many each month (oldest first)."""

    category: str
    place: str
    orders: int
    callers: int
    last: datetime
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """Of what citizens called solved with this unit in the lead, how much came back."""

    unit: int
    came: int
    out_of: int

    @property
    def rate(self) -> float | None:
        """The share that came back; None where nothing was solved."""
        return self.came / self.out_of if self.out_of else None


def by_caller(order: Order, numbers: Collection[str], actor: Actor, *, at: datetime) -> Again:
    """Other orders of the last year from these numbers (all of one person) that the actor may see; one query."""
    known = [number for number in numbers if number]
    if not known:
        return _again((), at)
    found = queries.visible_to(actor).filter(contact__phone_index__in=known)
    return _again(_year(found.exclude(pk=order.pk), at), at)


def by_matter(order: Order, actor: Actor, *, at: datetime) -> Again:
    """Other orders of the last year about the same category at the same place that the actor may see; one query."""
    if not (order.category and order.place):
        return _again((), at)
    found = queries.visible_to(actor).filter(place=order.place, category=order.category)
    return _again(_year(found.exclude(pk=order.pk), at), at)


def of_numbers(numbers: Collection[str], *, at: datetime) -> Again:
    """All orders of the last year from these numbers, for the centre's own desks; one query."""
    known = [number for number in numbers if number]
    return _again(_year(Order.objects.filter(contact__phone_index__in=known), at) if known else (), at)


def _year(found: QuerySet[Order], at: datetime) -> Iterable[Order]:
    since = at - timedelta(days=SPANS[-1])
    recent = found.filter(received_at__gte=since, received_at__lte=at).select_related("contact")
    return recent.order_by("-received_at", "-pk")[:_MOST]


def _again(found: Iterable[Order], at: datetime) -> Again:
    orders = tuple(found)
    a, b, c = (sum(order.received_at >= at - timedelta(days=days) for order in orders) for days in SPANS)
    numbers = {order.contact.phone_index for order in orders} - {""}
    solved, unsolved = (sum(order.solved == said for order in orders) for said in ("yes", "no"))
    return Again(a, b, c, len(numbers), solved, unsolved, orders[:SHOWN])


def points(actor: Actor, *, at: datetime, zone: ZoneInfo, months: int, least: int, limit: int = 50) -> list[Point]:
    """Problems with at least `least` orders in this month and the `months - 1` before it, most first; two queries."""
    starts = _months(at, zone, months)
    window = (
        queries.visible_to(actor)
        .filter(received_at__gte=starts[0], received_at__lte=at)
        .exclude(place="")
        .exclude(category="")
    )
    groups = list(
        window.values("category", "place")
        .annotate(n=Count("pk"), callers=_callers(), last=Max("received_at"))
        .filter(n__gte=least)
        .order_by("-n", "place", "category")[:limit]
    )
    if not groups:
        return []
    places = {group["place"] for group in groups}
    rows = (
        window.filter(place__in=places)
        .annotate(month=TruncMonth("received_at", tzinfo=zone))
        .values("category", "place", "month")
        .annotate(n=Count("pk"))
        .values_list("category", "place", "month", "n")
    )
    counted = {(c, p, month.astimezone(zone).strftime("%Y-%m")): n for c, p, month, n in rows}
    return [_point(group, starts, counted) for group in groups]


def _point(
    group: Mapping[str, object], starts: Sequence[datetime], counted: Mapping[tuple[str, str, str], int]
) -> Point:
    key = (str(group["category"]), str(group["place"]))
    each = tuple(counted.get((*key, start.strftime("%Y-%m")), 0) for start in starts)
    return Point(*key, group["n"], group["callers"], group["last"], each)  # type: ignore[arg-type]


def _months(at: datetime, zone: ZoneInfo, count: int) -> list[datetime]:
    """The first moments of the last `count` months, this one last, in the city's own time."""
    local = at.astimezone(zone)
    first = local.year * 12 + local.month - count
    return [datetime((first + i) // 12, (first + i) % 12 + 1, 1, tzinfo=zone) for i in range(count)]


def callers(actor: Actor, *, at: datetime, days: int, least: int, limit: int = 50) -> list[tuple[Order, int, int]]:
    """Numbers with at least `least` orders in the last `days`: newest order, orders, different matters; two queries."""
    window = queries.visible_to(actor).filter(received_at__gte=at - timedelta(days=days), received_at__lte=at)
    groups = list(
        window.exclude(contact__phone_index="")
        .values("contact__phone_index")
        .annotate(n=Count("pk"), matters=Count("category", distinct=True), newest=Max("pk"))
        .filter(n__gte=least)
        .order_by("-n", "-newest")[:limit]
    )
    orders = Order.objects.select_related("contact").in_bulk([group["newest"] for group in groups])
    return [(orders[g["newest"]], g["n"], g["matters"]) for g in groups]


def returned(actor: Actor, *, since: datetime, until: datetime, within: timedelta) -> list[Returned]:
    """For each lead unit, of the matters closed as solved in the period how many came back; one query.

    Came back: within `within` of the close another order on the same category at the same place, or from the same
    number on the same category. Units without a solved matter are left out.
    """
    rows = (
        _solved(actor, since, until, within)
        .values("unit")
        .annotate(out_of=Count("pk"), came=Count("pk", filter=Q(back=True)))
        .order_by("unit")
    )
    return [Returned(row["unit"], row["came"], row["out_of"]) for row in rows]


def returned_orders(
    actor: Actor, *, unit: int, since: datetime, until: datetime, within: timedelta
) -> QuerySet[Assignment]:
    """The solved matters of a unit that came back, newest first: what stands behind its number."""
    found = _solved(actor, since, until, within).filter(unit=unit).filter(back=True)  # type: ignore[misc]
    return found.select_related("order__contact", "order__street", "order__district").order_by("-order__closed_at")


def _solved(actor: Actor, since: datetime, until: datetime, within: timedelta) -> QuerySet[Assignment]:
    leads = Assignment.objects.filter(
        role="lead", state=A.COMPLETED, order__solved="yes", order__closed_at__gte=since, order__closed_at__lt=until
    )
    if actor.sight != Sight.ALL:
        leads = leads.filter(order__in=queries.visible_to(actor).values("pk"))
    found = leads.exclude(order__category="")
    return found.annotate(back=ExpressionWrapper(came_back(within, "order__"), output_field=BooleanField()))


def came_back(within: timedelta, order: str = "") -> Q:
    """Whether within `within` of its close the matter of an order came again: the same category and place, or caller.

    `order` is the way from the row to the order, ending in "__".
    """
    number = OuterRef(f"{order}contact__phone_index")
    later = _later(within, order)
    by_number = Q(Exists(later.filter(contact__phone_index=number).exclude(contact__phone_index="")))
    return at_point(within, order) | by_number


def at_point(within: timedelta, order: str = "") -> Q:
    """Whether the matter of an order came again at its place."""
    return Q(Exists(_later(within, order).filter(place=OuterRef(f"{order}place")).exclude(place="")))


def _later(within: timedelta, order: str) -> QuerySet[Order]:
    closed = OuterRef(f"{order}closed_at")
    ends = ExpressionWrapper(closed + within, output_field=DateTimeField())
    return Order.objects.filter(category=OuterRef(f"{order}category"), received_at__gt=closed, received_at__lte=ends)


def _callers() -> Count:
    return Count("contact__phone_index", distinct=True, filter=~Q(contact__phone_index=""))
