"""Results made by hand: a board is a few lines, the rest is usual.

now = made.published("2026-11", streets=["甲街道 1 98.10 97.50 98.70", "乙街道 2 97.80 97.20 98.40 n=200"])

A line is name, rank (- for too few answers), score, low, high, and what is not usual: n, unreached, excluded, filed,
answers, response, resolution, satisfaction, raw.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import ibis

from jieban.analytics.document import Document, Heading, Paragraph, Table
from jieban.analytics.engines import Source
from jieban.appraisal import cases as facts
from jieban.appraisal.publication import standing
from jieban.appraisal.publication.standing import Published
from jieban.city import schemes
from tests.appraisal import small

SCHEME = small.SCHEME.replace(
    '[[boards]]\ncode = "districts"',
    '[[boards]]\ncode = "property"\nname = "物业服务企业"\nby = "section"\nkinds = ["property_firm"]\nenough = 2\n'
    'marks = false\n[[boards]]\ncode = "departments"\nname = "市级部门"\nby = "unit"\nkinds = ["city_department"]\n'
    'enough = 30\nmarks = true\n[[boards]]\ncode = "districts"',
)
CYCLES = {
    "2026-09": (date(2026, 8, 19), date(2026, 9, 19)),
    "2026-10": (date(2026, 9, 19), date(2026, 10, 19)),
    "2026-11": (date(2026, 10, 19), date(2026, 11, 19)),
}
SHA = "ab" * 32


def result(cycle: str, **boards: list[str]) -> dict[str, Any]:
    """What `Result.printed` gives: every board of the scheme, empty where no line is given."""
    scheme = schemes.read(SCHEME)
    first, end = CYCLES[cycle]
    rows = {code: [_row(line) for line in lines] for code, lines in boards.items()}
    return {
        "cycle": cycle, "first": str(first), "end": str(end),
        "scheme": {"code": scheme.model.code, "sha256": scheme.sha256}, "note": scheme.model.note,
        "boards": [{"code": board.code, "rows": rows.get(board.code, [])} for board in scheme.model.boards],
        "names": {row["unit"]: row["unit"] for those in rows.values() for row in those},
    }  # fmt: skip


def published(cycle: str = "2026-11", *, version: int = 1, why: str = "", **boards: list[str]) -> Published:
    """The same, read."""
    return standing.read(result(cycle, **boards), schemes.read(SCHEME), version=version, sha256=SHA, why=why)


def _row(line: str) -> dict[str, Any]:
    name, rank, score, low, high, *named = line.split()
    said = {"n": "100", "unreached": "10", "excluded": "0", "filed": "0", "response": "0.99", "resolution": "0.95",
            "satisfaction": "0.96"} | dict(pair.split("=") for pair in named)  # fmt: skip
    said = {"answers": said["n"], "raw": said["resolution"]} | said
    rates = {key: _rate(said[key], said["answers"]) for key in ("response", "resolution", "satisfaction")}
    counts = {key: int(said[key]) for key in ("n", "unreached", "excluded", "filed")}
    raw = rates | {"resolution": _rate(said["raw"], said["answers"])}
    whole = {"score": _six(score), "low": _six(low), "high": _six(high)}
    return {
        "unit": name, "rank": None if rank == "-" else int(rank), "enough": rank != "-", **counts,
        "composite": whole, "adjusted": rates, "raw": raw, "parts": {}, "points": {},
        "per": {"residents": None, "base": None},
    }  # fmt: skip


def _rate(share: str, n: str) -> dict[str, Any]:
    return {"n": int(n), "share": _six(share), "low": _six(share), "high": _six(share)}


def _six(number: str) -> str | None:
    return None if number == "-" else f"{float(number):.6f}"


def counted(cases: list[dict[str, str]], cycle: str = "2026-11") -> Published:
    """The result of cases of the small city (`small.cases`)."""
    scheme = small.scheme()
    boards = [{"code": code, "rows": rows} for code, rows in small.recompute(cases).items()]
    names = {code: unit["name"] for code, unit in small.UNITS.items()}
    first, end = CYCLES[cycle]
    said = {"cycle": cycle, "first": str(first), "end": str(end), "note": scheme.model.note, "boards": boards,
            "names": names}  # fmt: skip
    return standing.read(said, scheme, version=1, sha256=SHA)


@contextmanager
def engine(cases: list[dict[str, str]]) -> Iterator[tuple[Source, Any]]:
    """Cases in an engine of their own, as `facts.of` opens those of a frozen version."""
    connection = ibis.duckdb.connect()
    columns = ibis.schema(dict.fromkeys(facts.COLUMNS, "string"))
    table = connection.create_table("cases", ibis.memtable([tuple(one.values()) for one in cases], schema=columns))
    yield Source("duckdb", connection, {}), table
    connection.disconnect()


def texts(document: Document) -> list[str]:
    """Headings and paragraphs of a document, one after another."""
    return [part.text for part in document.parts if isinstance(part, Heading | Paragraph)]


def table(document: Document, key: str) -> Table:
    """The table of a document with this key."""
    [found] = [part for part in document.parts if isinstance(part, Table) and part.key == key]
    return found
