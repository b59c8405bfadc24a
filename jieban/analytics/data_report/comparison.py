"""The page that holds every printed figure against the computed one."""

from __future__ import annotations

import re
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
# What the last words of a path mean. Names of matters, years and units are told as they are.
_MEANT: Final[Mapping[str, str]] = {
    "accepted": "受理量", "phone": "电话", "network": "网络", "dispatched_orders": "派单",
    "answered_consultations": "解答咨询", "phone_pct": "电话占比 %", "network_pct": "网络占比 %",
    "dispatched_pct": "派单占比 %", "answered_pct": "解答咨询占比 %", "value": "增长 %", "low_month": "最低的月份",
    "low": "最低的月", "high_month": "最高的月份", "high": "最高的月", "network_share": "网络占比", "text": "",
    "growth_pct": "增长 %", "same_number_all_three_years": "三年都来电的号码", "resolution": "解决率 %",
    "satisfaction": "满意率 %", "three_years": "三年", "monthly_now_items": "目前月均（件）", "level2": "二级",
    "falling_share": "占比下降的", "rising_share": "占比上升的", "handled": "承办量", "top5": "前五类",
    "share_of_districts_pct": "占各区 %", "district_departments": "区级部门",
    "district_departments_pct": "区级部门占比 %", "streets_towns": "街乡镇", "streets_towns_pct": "街乡镇占比 %",
    "sum_districts": "各区合计", "sum_district_departments": "区级部门合计", "sum_streets": "街乡镇合计",
    "implied_total_assignments": "承办总量", "assignments_per_order": "每单承办数",
    "implied_municipal_agencies": "市属机构", "implied_soe": "国有企业", "implied_ecommerce_other": "电商企业及其他",
    "requests": "诉求量", "share_pct": "占比 %", "top10": "前十类", "district_max": "最多的区",
    "district_min": "最少的区", "streets_over_50000_items": "5 万件以上的街乡镇",
    "streets_under_4000_items_count": "不足 4000 件的街乡镇数", "street_min": "最少的街乡镇",
    "handled_items": "承办量（件）", "municipal_max": "最多的市属机构", "soe_max": "最多的国有企业", "rows": "",
    "volume_rank_city": "全市位次",
}  # fmt: skip
_PATTERNS: Final = (
    (re.compile(r"^volume_(\d{4})_(\d\d)_(\d\d)_items$"), r"\1年\2至\3月（件）"),
    (re.compile(r"^new_number_share_(\d{4})_pct$"), r"\1年新增号码占比 %"),
    (re.compile(r"^(\d{4}-\d\d)_items$"), r"\1（件）"),
    (re.compile(r"^(\d{4}-\d{4})_steady$"), r"\1 稳定在"),
    (re.compile(r"^annual_growth_(\d{4})_to_(\d{4})_pct$"), r"受理量 \1 至 \2 年增长"),
    (re.compile(r"^(\w+?)_accepted_to_(\d{4})_(\d\d)$"), r"\1 至 \2年\3月受理量"),
    (re.compile(r"^(\w+?)_share_of_network_same_period$"), r"\1 占同期网络受理量"),
)
_UNSEEN: Final = 0.001
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
        title = _TITLES.get(key) or _word(key, counts)
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
    words = [_word(word, counts) for word in line.path.split(".")[1:]]
    return {
        "path": " ".join(word for word in words if word) or "类别",
        "printed": _told(line.printed), "computed": _told(line.computed),
        "difference": _off(line.difference),
        "verdict": WORDS[line.verdict], "reason": line.reason,
    }  # fmt: skip


def _off(difference: float | None) -> str:
    """A difference with its sign; 0 where no printed figure could show it."""
    if difference is None:
        return ""
    return "0" if abs(difference) < _UNSEEN else f"{difference:+.3g}"


def _word(word: str, counts: Counts) -> str:
    """A word of a path as a reader knows it: a unit, a channel, what is counted, or as it stands."""
    if word in counts.names.units:
        return counts.names.unit(word)
    for pattern, said in _PATTERNS:
        found = pattern.match(word)
        if found:
            name = str(counts.names.channels.get(found[1], {}).get("name", found[1]))
            return found.expand(said).replace(str(found[1]), name, 1)
    return _MEANT.get(word, word)


def _told(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return "—" if value is None else str(value)
