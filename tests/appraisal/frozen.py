"""Frozen results of the small city, written as they are kept.

first = frozen.result(small.cases("u1 yes yes", "u2 no no"))
second = frozen.result(small.cases("u1 yes yes"), replaces=first, note="u2 was not asked")
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from jieban.accounts.models import Person
from jieban.appraisal import recompute
from jieban.appraisal.result_models import CycleResult
from jieban.core import canon
from tests.appraisal import small
from tests.factories import AT


def result(
    cases: Sequence[recompute.Case],
    *,
    marks: Sequence[recompute.Case] = (),
    at: datetime = AT,
    by: Person | None = None,
    replaces: CycleResult | None = None,
    note: str = "",
    published_at: datetime | None = None,
) -> CycleResult:
    """A result of the cycle 2026-11 with these cases."""
    scheme, by = small.scheme(), by or Person.objects.get_or_create(username="zhao-city", name="赵考评")[0]
    boards = recompute.recompute(scheme.values, str(small.FIRST), small.UNITS, list(cases), list(marks))
    scored = {row["unit"] for board in boards for row in board["rows"]}
    body = canon.dumps({
        "cycle": "2026-11", "first": small.FIRST, "end": small.END, "note": scheme.model.note, "boards": boards,
        "scheme": {"code": scheme.model.code, "sha256": scheme.sha256},
        "names": {code: small.UNITS[code]["name"] for code in scored},
    })  # fmt: skip
    return CycleResult.objects.create(
        cycle="2026-11", first=small.FIRST, end=small.END, version=replaces.version + 1 if replaces else 1, note=note,
        scheme_code=scheme.model.code, scheme_text=scheme.text, scheme_sha256=scheme.sha256, result=body.decode(),
        sha256=sha256(body).hexdigest(), facts_sha256=canon.digest(list(cases)), frozen_at=at, frozen_by=by,
        replaces=replaces, published_at=published_at, published_by=by if published_at else None,
    )  # fmt: skip
