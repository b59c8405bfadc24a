"""The data report of a hotline: every table and chart of the one that Beijing printed in December 2021, from any lake.

Names come from the lake, sentences from the numbers, the period from whoever asks. A section is a function of the
counts; the table below is the order in which they are read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from jieban.analytics import schema
from jieban.analytics.data_report import keys, matters, overall, places, units, voices
from jieban.analytics.data_report.counts import Counts, count
from jieban.analytics.document import Chart, Document, Paragraph, Part, Table
from jieban.analytics.engines import Source

__all__ = ["SECTIONS", "Counts", "count", "document", "plain", "scale"]

SECTIONS: Final[tuple[Callable[[Counts], list[Part]], ...]] = (
    overall.totals,
    overall.yearly,
    overall.channels,
    voices.voices,
    matters.shifting,
    matters.ten,
    units.kinds,
    units.districts,
    units.streets,
    units.municipal,
    units.enterprises,
    places.districts,
    places.functional,
)


def document(counts: Counts, *, about: dict[str, Any], made_at: datetime) -> Document:
    """The report. `about` is what the lake says of itself; a made-up city is named as such on the first page."""
    note = "本报告由合成数据生成，不是任何城市的真实情况。" if about.get("invented") else ""
    first: list[Part] = [Paragraph(note, note=True)] if note else []
    return Document(
        title="12345 热线数据报告",
        parts=(*first, *(part for section in SECTIONS for part in section(counts))),
        since=counts.period.since,
        until=counts.period.until,
        about={"made_at": made_at.isoformat(timespec="seconds")},
    )


def scale(source: Source) -> float:
    """The fraction of a whole city that a made-up lake holds; 1 for a lake of records."""
    return float(source.about.get("scale") or 1.0)


def plain(source: Source, counts: Counts, made: Document) -> dict[str, Any]:
    """The report as JSON: `_meta`, every figure by its key path, all tables. docs/report.schema.json describes it."""
    about = {"title": made.title} | meta(source, counts, datetime.fromisoformat(made.about["made_at"]))
    return {"_meta": about, **keys.keyed(counts, scale(source)), "tables": {t.key: _table(t) for t in tables(made)}}


def meta(source: Source, counts: Counts, made_at: datetime) -> dict[str, Any]:
    """Which days of which lake were counted, when and by whom."""
    return {
        "made_at": made_at.isoformat(timespec="seconds"),
        "from": counts.period.since.isoformat(),
        "to": counts.period.until.isoformat(),
        "scale": scale(source),
        "engine": source.engine,
        "lake": {"version": schema.VERSION, "about": dict(source.about)},
        "units": "万 (10,000) unless a key ends in _items or _pct",
    }


def tables(made: Document) -> list[Table]:
    """Every table of the report, also those under charts, in the order of the report."""
    shown = (part.table if isinstance(part, Chart) else part for part in made.parts)
    return [part for part in shown if isinstance(part, Table)]


def _table(table: Table) -> dict[str, Any]:
    columns = [{"key": c.key, "title": c.title, "form": c.form} for c in table.columns]
    return {"title": table.title, "columns": columns, "rows": list(table.rows)}
