"""Published results of the small city, with their facts in files, as `freezing` leaves them.

kept.units()
first = kept.put("2026-10", "u1 yes yes", …)
second = kept.put("2026-10", "u1 no no", …, replaces=first, note="…")
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import pyarrow as pa

from jieban.appraisal import store
from jieban.appraisal.result_models import CycleResult
from jieban.city.models import Unit
from jieban.core import canon
from tests import factories
from tests.appraisal import small
from tests.appraisal.publication import made

AT = factories.AT


def units() -> dict[str, Unit]:
    """Districts d1 and d2 with the streets u1, u2 (d1), u3 (d2), and a department."""
    found = {code: factories.a_unit(code, kind="district", name=f"{code}区") for code in ("d1", "d2")}
    for code, parent in (("u1", "d1"), ("u2", "d1"), ("u3", "d2")):
        found[code] = factories.a_unit(code, kind="street", name=f"{code}（示例）", parent=found[parent])
    found["dep"] = factories.a_unit("dep", kind="city_department", name="dep（示例）")
    return found


def put(
    cycle: str,
    *lines: str,
    replaces: CycleResult | None = None,
    note: str = "",
    published_at: datetime | None = AT,
) -> CycleResult:
    """A version of a cycle with these cases (`small.cases`), its facts beside it."""
    scheme, cases, (first, end) = small.scheme(), small.cases(*lines), made.CYCLES[cycle]
    boards = [{"code": code, "rows": rows} for code, rows in small.recompute(cases).items()]
    scored = {row["unit"] for board in boards for row in board["rows"]}
    said = {
        "cycle": cycle, "first": str(first), "end": str(end), "note": scheme.model.note, "boards": boards,
        "scheme": {"code": scheme.model.code, "sha256": scheme.sha256},
        "names": {code: small.UNITS[code]["name"] for code in scored},
    }  # fmt: skip
    body, version = canon.dumps(said), replaces.version + 1 if replaces else 1
    _files(cycle, version, cases)
    by = factories.an_actor("auditor").person_id
    return CycleResult.objects.create(
        cycle=cycle, first=first, end=end, version=version, note=note, scheme_code=scheme.model.code,
        scheme_text=scheme.text, scheme_sha256=scheme.sha256, result=body.decode(), sha256=sha256(body).hexdigest(),
        facts_sha256=canon.digest(cases), frozen_at=AT, frozen_by_id=by, replaces=replaces, published_at=published_at,
        published_by_id=by if published_at else None,
    )  # fmt: skip


def _files(cycle: str, version: int, cases: list[dict[str, str]]) -> None:
    rows = [case | {"assignment": int(case["assignment"]), "order": int(case["order"])} for case in cases]
    folder = store.folder(cycle, version)
    folder.mkdir(parents=True, exist_ok=True)
    store.write_facts(folder, pa.Table.from_pylist(rows), small.UNITS, [], small.SCHEME)
