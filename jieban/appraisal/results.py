"""Reads of frozen results: pages, publication and letters take them from here only, never by counting again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
import pyarrow.parquet as pq

from jieban.appraisal import store
from jieban.appraisal.recompute import Table
from jieban.appraisal.result_models import CycleResult
from jieban.core.errors import BadInput


def latest(cycle: str) -> CycleResult | None:
    """The newest version of a cycle (by its code), published or not; None where it is not frozen yet."""
    return CycleResult.objects.filter(cycle=cycle).order_by("-version").first()


def published(cycle: str) -> CycleResult | None:
    """The newest version of a cycle that is published; None where none is."""
    return CycleResult.objects.filter(cycle=cycle).exclude(published_at=None).order_by("-version").first()


def versions(cycle: str) -> list[CycleResult]:
    """Every version of a cycle, the first first."""
    return list(CycleResult.objects.filter(cycle=cycle).order_by("version"))


def published_cycles() -> list[str]:
    """The codes of the cycles that have a published version, newest first."""
    found = CycleResult.objects.exclude(published_at=None).order_by("-first").values_list("cycle", flat=True)
    return list(dict.fromkeys(found))


def document(result: CycleResult) -> Table:
    """The whole result as `Result.printed()` gave it; exact numbers are text with six decimals."""
    found: Table = orjson.loads(result.result)
    return found


def rows(result: CycleResult, board: str) -> list[Table]:
    """The rows of a board (by its code), best first; none where the scheme of the cycle has no such board."""
    return next((one["rows"] for one in document(result)["boards"] if one["code"] == board), [])


def row(result: CycleResult, board: str, unit: str) -> dict[str, Any] | None:
    """The row of one unit on a board; None where it has no case."""
    return next((one for one in rows(result, board) if one["unit"] == unit), None)


def assignments_among(result: CycleResult, wanted: Collection[int]) -> set[int]:
    """Those of the assignments (ids) that are cases of the result. BadInput where its files are gone."""
    if not wanted:
        return set()
    kept = store.folder(result.cycle, result.version) / store.CASES
    if not kept.is_file():
        raise BadInput(f"{result} 的事实文件不在了，请先用 jieban verify 检查。")
    found = pq.read_table(kept, columns=["assignment"], filters=[("assignment", "in", set(wanted))])
    return set(found["assignment"].to_pylist())
