"""The first page of the public: file, track, what happens next, and whom to call when there is danger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.core import clock
from jieban.orders.models import Order
from jieban.portal.access import public
from jieban.portal.citizen import proof


@dataclass(frozen=True, slots=True)
class Promise:
    """How long one kind of matter may take: its name in the reader's language, and the limit string."""

    name: str
    limit: str


@require_GET
@public
def index(request: HttpRequest) -> HttpResponse:
    """The citizens' front door; staff go on to their desk."""
    if request.user.is_authenticated:
        return redirect("home")
    pack = city.current(at=clock.now()).pack
    values = frame(pack) | {"mine": opened(request), "clocks": promises(pack)}
    return render(request, "citizen/home.html", values)


def frame(pack: Pack) -> dict[str, object]:
    """What every citizens' page shows of the city: its name in the reader's language and its hotline."""
    name = pack.city.name_en + " " if english() else pack.city.name.removesuffix("市")
    return {"city_name": name, "hotline": pack.city.hotline}


def english() -> bool:
    """Whether the page is read in English."""
    return (get_language() or "zh").startswith("en")


def promises(pack: Pack) -> list[Promise]:
    """The handling limits of the city, the shortest first as the pack has them."""
    return [Promise(c.name_en if english() else c.name, c.handle.limit) for c in pack.clocks.values()]


def opened(request: HttpRequest) -> list[Order]:
    """The orders this browser has proved, the latest first."""
    numbers = proof.opened(request)
    found = {order.number: order for order in Order.objects.filter(number__in=numbers)} if numbers else {}
    return [found[number] for number in numbers if number in found]


def local(at: datetime) -> datetime:
    """A moment in the city's time zone."""
    return at.astimezone(clock.zone())


def track_url() -> str:
    """The address of the page where an order is looked up."""
    return reverse("citizen:track")
