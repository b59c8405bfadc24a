"""Once a day, for the days that are over: draw who is asked a second time, and look for signs of coaching."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from jieban.callback import second, watching
from jieban.callback.models import Draw
from jieban.city.queries import Loaded
from jieban.orders.models import Order

# A worker that was away for longer leaves the older days alone: nobody remembers what was asked weeks ago.
BACK = 7


def close_days(*, at: datetime, loaded: Loaded) -> int:
    """Draw and look for each of the last days that is over and not yet done; returns how many days.

    Days before the first order came in have nothing to draw from, and get no draw.
    """
    today = timezone.localdate(at)
    days = [today - timedelta(days=n) for n in range(BACK, 0, -1)]
    done = set(Draw.objects.filter(kind=second.KIND, day__gte=days[0]).values_list("day", flat=True))
    open_days = [day for day in days if day not in done]
    begun = Order.objects.aggregate(first=Min("received_at"))["first"] if open_days else None
    if begun is None:
        return 0
    return sum(close_day(day, at=at, loaded=loaded) for day in open_days if day >= timezone.localdate(begun))


def close_day(day: date, *, at: datetime, loaded: Loaded) -> bool:
    """Draw from one day's answers and look at them; False where that was done before."""
    watching.look(day, second.answered_on(day), at=at, loaded=loaded)
    return second.draw(day, at=at, loaded=loaded) is not None
