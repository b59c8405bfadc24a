"""What every page of forecasts starts from: what was made, and the place and category that are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest

from jieban.accounts.actor import Actor, Role
from jieban.analytics.forecasts import seeing, store
from jieban.analytics.forecasts.store import Made
from jieban.city import queries as city
from jieban.city.pack import Pack, UnitSpec
from jieban.core import clock
from jieban.portal.access import actor_of

# Whose work it is to prepare for what comes.
READERS = (Role.LEADER, Role.SUPERVISOR, Role.DISTRICT, Role.CHIEF, Role.CLERK, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for forecasts: who asks, the pack, what was made, the places in sight, the one chosen ("" = city)."""

    actor: Actor
    pack: Pack
    made: Made
    places: tuple[UnitSpec, ...]
    place: str

    @property
    def district(self) -> str:
        """The district of the place, itself where it is one; "" for the city."""
        if not self.place:
            return ""
        unit = self.pack.units[self.place]
        return unit.code if unit.kind == seeing.DISTRICT else unit.district

    @property
    def street(self) -> str:
        """The place where it is a street, else ""."""
        return self.place if self.place != self.district else ""

    @property
    def named(self) -> str:
        """The name of the place; the city's where none is chosen."""
        return self.pack.units[self.place].name if self.place else self.pack.city.name

    @property
    def last(self) -> date | None:
        """The last month that the forecasts rest on."""
        return month(self.made.months[-1]) if self.made.months else None

    @property
    def first(self) -> date | None:
        """The first month ahead."""
        return month(self.made.ahead[0]) if self.made.ahead else None

    def rows(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """Rows of what was made."""
        return store.rows(store.home(), self.made, table, **equal)

    def choices(self) -> list[UnitSpec]:
        """The places to choose from: districts in sight, and the streets of the chosen one; all streets without any."""
        districts = [unit for unit in self.places if unit.kind == seeing.DISTRICT]
        streets = [unit for unit in self.places if unit.kind == seeing.STREET]
        inside = [unit for unit in streets if not districts or unit.district == self.district]
        return [*districts, *inside]


def of(request: HttpRequest) -> Asked:
    """What the request asks for; a place out of sight falls back to the first in sight."""
    actor = actor_of(request)
    pack = city.current(at=clock.now()).pack
    places = tuple(seeing.places(actor, pack))
    wanted = request.GET.get("place", "")
    if wanted not in {unit.code for unit in places}:
        wanted = "" if seeing.whole(actor) or not places else places[0].code
    return Asked(actor, pack, store.made(store.home()), places, wanted)


def category(request: HttpRequest, pack: Pack) -> str:
    """The first-level category that is asked for; "" for all."""
    wanted = request.GET.get("category", "")
    return wanted if wanted in {one.code for one in pack.children("")} else ""


def month(code: int) -> date:
    """A month (yyyymm) as its first day."""
    return date(code // 100, code % 100, 1)


def made_at(made: Made) -> datetime | None:
    """When the forecasts were made, on the city's clock."""
    return datetime.fromisoformat(made.at).astimezone(clock.zone()) if made.at else None
