"""Sentences that several sections share. Every number and name in them comes from the counts."""

from __future__ import annotations

from collections.abc import Sequence

from jieban.analytics import figures
from jieban.analytics.data_report.counts import Names
from jieban.analytics.data_report.trends import Trends


def listed(names: Sequence[str]) -> str:
    """Names with 、 between them."""
    return "、".join(names)


def told(pairs: Sequence[tuple[str, int]]) -> str:
    """住房（9 万件）、市场管理（6 万件）."""
    return listed([f"{name}（{figures.items(value)}）" for name, value in pairs])


def percent(value: float | None) -> str:
    """A share in running text."""
    return "—" if value is None else figures.percent(value)


def change(value: float | None) -> str:
    """增长 91.8% or 下降 3.0%."""
    if value is None:
        return "上期无数据"
    return "持平" if round(value, 3) == 0 else f"{'增长' if value > 0 else '下降'}{figures.percent(abs(value))}"


def shifting(who: str, found: Trends, names: Names, top: int) -> str:
    """Which matters of a place fell and rose in share; empty where nothing can be said."""
    said = [
        f"{listed([names.category(code) for code in codes[:top]])}等问题的承办量占比呈{word}趋势"
        for codes, word in ((found.falling, "下降"), (found.rising, "上升"))
        if codes
    ]
    return f"从承办量变化情况看，{who}{'；'.join(said)}。" if said else ""
