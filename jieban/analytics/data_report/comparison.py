"""The page that holds every printed figure against the computed one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from jieban.analytics.data_report.counts import Counts
from jieban.analytics.data_report.printed import Line, Verdict
from jieban.analytics.document import Column, Document, Heading, Paragraph, Part, Table

WORDS: Final[Mapping[Verdict, str]] = {
    "rounding": "一致（印数四舍五入之内）",
    "percent": "一致（1% 之内）",
    "sample": "一致（抽样误差之内）",
    "same": "一致",
    "exception": "不一致，有说明",
    "differs": "不一致",
}
_TITLES: Final[Mapping[str, str]] = {
    "totals": "受理总体情况",
    "annual_accepted": "各年受理量",
    "monthly_low_high": "各年最低、最高月份",
    "channels": "受理渠道",
    "caller_numbers": "来电号码",
    "rates": "解决率、满意率",
    "praise_calls": "表扬",
    "categories_top10_accepted": "前十类问题",
    "consultation_heavy": "咨询占比较高的类别",
    "request_heavy": "诉求占比较高的类别",
    "trend": "占比升降",
    "handling_share_by_unit_type_pct": "各类单位承办占比",
    "districts": "各区承办",
    "checks_derived": "合计",
    "functional_zones": "功能区",
    "extremes": "最多与最少",
    "governance_streets": "治理类街乡镇",
}
_COLUMNS: Final = (
    Column("path", "指标"),
    Column("printed", "报告印数"),
    Column("computed", "本次计算"),
    Column("difference", "差"),
    Column("verdict", "结论"),
    Column("reason", "说明"),
)


def green(lines: Sequence[Line]) -> bool:
    """Nothing disagrees without a reason."""
    return all(line.verdict != "differs" for line in lines)


def page(lines: Sequence[Line], counts: Counts, scale: float, made_at: datetime) -> Document:
    """The comparison as a document."""
    tally = Counter(line.verdict for line in lines)
    said = "，".join(f"{word} {tally[verdict]} 项" for verdict, word in WORDS.items() if tally[verdict])
    parts: list[Part] = [Paragraph(f"共比对 {len(lines)} 项印出的数字：{said}。")]
    if scale != 1:
        parts.append(Paragraph(f"记录是全市的 {scale:.4g}，数量已折算为全市。", note=True))
    sections: dict[str, list[Line]] = {}
    for line in lines:
        sections.setdefault(line.path.partition(".")[0], []).append(line)
    for key, some in sections.items():
        title = _TITLES.get(key, key)
        parts += [Heading(title), Table(key, title, _COLUMNS, [_row(line, counts) for line in some])]
    return Document("印出的数字与计算的数字", tuple(parts), since=counts.period.since, until=counts.period.until,
                    about={"made_at": made_at.isoformat(timespec="seconds")})  # fmt: skip


def plain(lines: Sequence[Line], meta: Mapping[str, Any]) -> dict[str, Any]:
    """The comparison as JSON."""
    tally = Counter(line.verdict for line in lines)
    rows = [
        {"path": line.path, "printed": line.printed, "computed": line.computed, "difference": line.difference,
         "verdict": line.verdict, "reason": line.reason}
        for line in lines
    ]  # fmt: skip
    summary: dict[str, Any] = {"figures": len(lines), **{verdict: tally[verdict] for verdict in WORDS}}
    summary["green"] = green(lines)
    return {"_meta": dict(meta), "summary": summary, "figures": rows}


def _row(line: Line, counts: Counts) -> dict[str, Any]:
    words = [counts.names.units.get(word, {}).get("name", word) for word in line.path.split(".")]
    return {
        "path": " ".join(words[1:]) or words[0], "printed": _told(line.printed), "computed": _told(line.computed),
        "difference": "" if line.difference is None else f"{line.difference:+.3g}",
        "verdict": WORDS[line.verdict], "reason": line.reason,
    }  # fmt: skip


def _told(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return "—" if value is None else str(value)
