"""How numbers are written for readers: in tables, in running text and along the axis of a chart.

Numbers stay raw until here, so that every form of a report rounds once, and in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from jieban.analytics.document import Form

MISSING: Final = "—"
WAN: Final = 10_000
_HOUR, _DAY = 60, 1440


def write(value: Any, form: Form = "text") -> str:
    """A value of a table cell in the form of its column; a dash for None."""
    return MISSING if value is None else _FORMS[form](value)


def count(value: float) -> str:
    """12345 as 12,345."""
    return f"{value:,.0f}"


def wan(value: float) -> str:
    """31340000 as 3134 万, 79000 as 7.9 万, 952 as 952: never more digits than carry meaning."""
    size = abs(value)
    if size < WAN:
        return f"{value:.0f}"
    return f"{value / WAN:.0f} 万" if size >= 10 * WAN else f"{_plain(value / WAN, 1)} 万"


def items(value: float, what: str = "件") -> str:
    """A volume in running text: 3134万件, 7.9万件, 952件."""
    return wan(value).replace(" ", "") + what


def percent(value: float) -> str:
    """0.9249 as 92.5%."""
    return f"{value * 100:.1f}%"


def points(value: float) -> str:
    """0.012 as +1.2 个百分点; what rounds to nothing as 持平."""
    return "持平" if round(abs(value) * 100, 1) == 0 else f"{value * 100:+.1f} 个百分点"


def minutes(value: float) -> str:
    """75 as 1 小时 15 分, 1500 as 1 天 1 小时."""
    whole = round(value)
    if whole < _HOUR:
        return f"{whole} 分"
    if whole < _DAY:
        return _pair(whole, _HOUR, "小时", "分")
    return _pair(round(whole / _HOUR), 24, "天", "小时")


def number(value: float) -> str:
    """As it is, with at most two places."""
    return str(value) if isinstance(value, int) else _plain(value, 2)


def axis(values: Iterable[float | None], form: Form) -> tuple[float, str]:
    """What the values of a chart are multiplied by, and the unit to write at the axis."""
    top = max((abs(value) for value in values if value is not None), default=0)
    if form in ("wan", "count"):
        return (1 / WAN, "万件") if top >= 10 * WAN else (1, "件")
    if form == "minutes":
        return (1 / _DAY, "天") if top >= 2 * _DAY else (1 / _HOUR, "小时") if top >= 2 * _HOUR else (1, "分钟")
    return _AXES.get(form, (1, ""))


_AXES: Final[Mapping[str, tuple[float, str]]] = {"percent": (100, "%"), "points": (100, "百分点")}
_FORMS: Final[Mapping[Form, Callable[[Any], str]]] = {
    "text": str,
    "count": count,
    "wan": wan,
    "percent": percent,
    "points": points,
    "minutes": minutes,
    "number": number,
    "score": "{:.2f}".format,
}


def _plain(value: float, places: int) -> str:
    said = f"{value:.{places}f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


def _pair(whole: int, each: int, big: str, small: str) -> str:
    left = whole % each
    return f"{whole // each} {big} {left} {small}" if left else f"{whole // each} {big}"
