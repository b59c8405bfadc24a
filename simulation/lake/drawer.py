"""A worker process of the simulation. It imports nothing of the house before Django is set up in it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.lake.plan import Plan

_plans: list[Plan] = []


def begin(plan: bytes) -> None:
    """Take over the plan of the city."""
    import django

    django.setup()
    _plans[:] = [pickle.loads(plan)]  # noqa: S301 - from our own parent process


def write(place: int, paths: dict[str, Path]) -> list[dict[str, Any]]:
    """Draw the month at this place of the plan, write its files, and return the truths that were planted in it."""
    from jieban.analytics import lake, schema
    from simulation.lake import writing

    tables, truths = writing.draw(_plans[0], _plans[0].months[place])
    for name, path in paths.items():
        lake.write(tables[name], schema.TABLES[name], path)
    return truths
