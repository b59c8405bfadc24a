"""Whose forecasts a post may see: those of the areas in its sight, as `analytics.sight` gives it their contacts."""

from __future__ import annotations

from jieban.accounts.actor import Actor, Sight
from jieban.city.pack import Pack, UnitSpec

DISTRICT, STREET = "district", "street"


def places(actor: Actor, pack: Pack) -> list[UnitSpec]:
    """The districts and streets in sight, in the order of the pack; none for a post that has no area."""
    found = [unit for unit in pack.units.values() if unit.kind in (DISTRICT, STREET)]
    if actor.sight == Sight.ALL:
        return found
    if actor.sight != Sight.TREE or not actor.unit_path:
        return []
    return [unit for unit in found if unit.path.startswith(actor.unit_path)]


def whole(actor: Actor) -> bool:
    """Whether the post sees the sums of the city and the calls of its hotline."""
    return actor.sight == Sight.ALL
