"""The record of what was done with results: steps in one chain, so that none can be changed or taken out unseen."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from jieban.accounts.actor import Actor
from jieban.appraisal.result_models import CycleResult, CycleStep
from jieban.core import canon
from jieban.orders import sealing

FIRST: Final = "0" * 64
_COLUMNS: Final = (
    "no", "cycle", "version", "what", "at", "person_id", "name", "role", "unit", "words", "said", "previous",
)  # fmt: skip


def add(
    what: str, cycle: str, *, by: Actor, at: datetime, version: int = 0, words: str = "", **said: Any
) -> CycleStep:  # fmt: skip
    """Write a step down, in the transaction of what it tells. Two at once: one waits for the other."""
    sealing.lock(CycleStep, "SHARE ROW EXCLUSIVE")
    before = newest()
    step = CycleStep(
        no=before.no + 1 if before else 1, cycle=cycle, version=version, what=what, at=at, person_id=by.person_id,
        name=by.name, role=by.role, unit=by.unit_name, words=words, said=canon.plain(said),
        previous=before.hash if before else FIRST,
    )  # fmt: skip
    step.hash = hash_of(step)
    step.save(force_insert=True)
    return step


def newest() -> CycleStep | None:
    """The last step of all."""
    return CycleStep.objects.order_by("-no").first()


def of(cycle: str) -> list[CycleStep]:
    """The steps of a cycle, the first first."""
    return list(CycleStep.objects.filter(cycle=cycle).order_by("no"))


def hash_of(step: CycleStep) -> str:
    """SHA-256 over what a step says and the hash of the step before."""
    return canon.digest({name: getattr(step, name) for name in _COLUMNS})


def hashes(result: CycleResult) -> dict[str, str]:
    """What a step says of a version, so that the version cannot be changed unseen."""
    return {"sha256": result.sha256, "facts": result.facts_sha256, "scheme": result.scheme_sha256}
