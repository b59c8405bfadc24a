"""Draws the months in worker processes and puts them all into the lake in one change."""

from __future__ import annotations

import json
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np

from jieban.analytics import names, schema
from jieban.analytics.lake import Change, Lake
from jieban.city.pack import Pack
from simulation.lake import asking, contacts, drawer, rows, signs, truths, work
from simulation.lake.plan import MonthPlan, Plan

Truth = dict[str, Any]


def run(
    plan: Plan, pack: Pack, folder: Path, *, seed: str, workers: int, tell: Callable[[int, int], None] = lambda *_: None
) -> dict[str, int]:
    """Write the city to the lake in `folder`, in place of all that it holds; how many rows each table has.

    Nothing counts before everything is written: whoever stops it leaves the lake as it was, or none.
    """
    lake = Lake(folder)
    with lake.change(anew=True) as change:
        change.state.files.clear()
        change.state.marks.clear()
        change.state.about = about(plan, seed)
        planted = _months(plan, change, workers, tell)
        for table, whole in names.tables(pack).items():
            change.write(table, None, whole)
        _tell_truths(folder, planted, seed)
        return {table.name: change.state.rows(table.name) for table in schema.FACTS}


def about(plan: Plan, seed: str) -> dict[str, Any]:
    """What the lake says of itself: that nothing in it happened."""
    return {
        "made_by": "simulation",
        "invented": True,
        "seed": seed,
        "contacts": sum(month.contacts for month in plan.months),
        "scale": plan.scale,
        "from": plan.start.isoformat(),
        "to": plan.end.isoformat(),
    }


def _months(plan: Plan, change: Change, workers: int, tell: Callable[[int, int], None]) -> list[Truth]:
    whole, done, planted = sum(m.contacts for m in plan.months), 0, {}
    tell(0, whole)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=drawer.begin, initargs=(pickle.dumps(plan),)) as pool:
        waiting = {}
        # The longest first, so that no worker ends alone with one.
        for place, month in sorted(enumerate(plan.months), key=lambda m: -m[1].contacts):
            paths = {table.name: change.place(table.name, month.month) for table in schema.FACTS}
            waiting[pool.submit(drawer.write, place, paths)] = (month, paths)
        for future in as_completed(waiting):
            month, paths = waiting[future]
            planted[month.month] = future.result()
            for table, path in paths.items():
                change.replace(table, month.month, [path])
            done += month.contacts
            tell(done, whole)
    return [truth for month in sorted(planted) for truth in planted[month]]


def draw(plan: Plan, month: MonthPlan) -> tuple[dict[str, Any], list[Truth]]:
    """The four tables of a month, and the truths planted in it; the same for the same plan, wherever it is drawn."""
    rng = np.random.default_rng([plan.seed, month.month])
    drawn = contacts.draw(plan, month, rng)
    truths.plant(plan, drawn, rng)
    did, received = work.draw(plan, drawn, rng)
    fate, said = asking.draw(plan, drawn, did, received, rng)
    signed = signs.draw(plan, drawn, did, fate, said)
    truths.coach(plan, drawn, did, said, signed, rng)
    return {
        "contacts": rows.contact_rows(plan, drawn),
        "orders": rows.order_rows(plan, drawn, did, fate, received),
        "assignments": rows.assignment_rows(plan, drawn, did, fate),
        "answers": rows.answer_rows(plan, drawn, did, said, signed),
    }, drawn.truths


def _tell_truths(folder: Path, planted: list[Truth], seed: str) -> None:
    said = {"made_by": "simulation", "seed": seed, "truths": planted}
    (folder / "ground_truth.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")
