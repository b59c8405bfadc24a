"""Charts as pictures for documents on paper: PNG, drawn without a screen, in a Chinese font of this machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any, Final

from jieban.analytics import figures
from jieban.analytics.document import Chart, Shape

COLOURS: Final = ("#1a5a7e", "#a5720f", "#1c7350", "#505b78", "#6fa3bf", "#a8430d", "#7f8992")
DASHES: Final = ("-", "--", "-.", ":")
_INK, _LINE = "#45525f", "#e4e2db"
# Simplified Chinese faces of Linux, Windows and macOS, the plainer first.
FACES: Final = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC", "SimHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Serif CJK SC", "SimSun", "FangSong", "Noto Sans CJK JP",
    "Droid Sans Fallback",
)  # fmt: skip
_WIDTH, _HEIGHT, _DPI = 6.1, 2.9, 160
_ROW = 0.2
# So many signs have room side by side under the axis.
_SIGNS: Final = 56
# More columns than this lie on their side, so that their names can be read.
_UPRIGHT: Final = 6
# A slice of fewer percent has no room for its figure.
_TOLD: Final = 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a chart draws: names along it, and each series with its title and values in the unit of the axis."""

    names: list[str]
    series: list[tuple[str, list[float]]]
    unit: str


@cache
def face() -> str | None:
    """The name of a font of this machine that has Chinese signs; None where there is none."""
    from matplotlib import font_manager

    known = {entry.name for entry in font_manager.fontManager.ttflist}
    for name in FACES:
        if name in known:
            return name
    return _added()


def png(chart: Chart) -> bytes | None:
    """The picture of a chart; None where this machine has no Chinese font or the chart has no rows."""
    name = face()
    if name is None or not chart.table.rows:
        return None
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = read(chart)
    with mpl.rc_context({"font.family": [name], "axes.unicode_minus": False, "font.size": 8}):
        figure = Figure(figsize=(_WIDTH, _tall(chart.shape, drawn)), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _SHAPES[chart.shape](axes, drawn, chart.shape)
        _finish(axes, drawn, chart.shape)
        held = BytesIO()
        figure.savefig(held, dpi=_DPI, format="png", metadata={"Software": None})
    return held.getvalue()


def read(chart: Chart) -> Drawn:
    """The names and values of a chart from its table."""
    columns = {column.key: column for column in chart.table.columns}
    values = {key: [row.get(key) for row in chart.table.rows] for key in chart.series}
    form = columns[chart.series[0]].form
    factor, unit = figures.axis((value for each in values.values() for value in each), form)
    names = [figures.write(row.get(chart.along), columns[chart.along].form) for row in chart.table.rows]
    series = [(columns[key].title, [_scaled(value, factor) for value in values[key]]) for key in chart.series]
    return Drawn(names, series, unit)


def _scaled(value: Any, factor: float) -> float:
    return math.nan if value is None else float(value) * factor


def lies(shape: Shape, drawn: Drawn) -> bool:
    """Whether the bars of this shape lie on their side."""
    return shape == "bar" or (shape in ("bars", "stack") and len(drawn.names) > _UPRIGHT)


def _tall(shape: Shape, drawn: Drawn) -> float:
    if not lies(shape, drawn):
        return _HEIGHT
    each = len(drawn.series) if shape == "bars" else 1
    return 0.7 + len(drawn.names) * (_ROW * (1 + 0.5 * (each - 1)))


def _bar(axes: Any, drawn: Drawn, shape: Shape) -> None:
    stacked = shape == "stack"
    count = len(drawn.series)
    wide = 0.7 if stacked else 0.7 / count
    base = [0.0] * len(drawn.names)
    for n, (title, values) in enumerate(drawn.series):
        shift = 0 if stacked else (n - (count - 1) / 2) * wide
        at = [place + shift for place in range(len(values))]
        held = [0 if math.isnan(value) else value for value in values]
        style = {"color": COLOURS[n % len(COLOURS)], "label": title}
        if lies(shape, drawn):
            axes.barh(at, held, wide, left=base if stacked else None, **style)
        else:
            axes.bar(at, held, wide, bottom=base if stacked else None, **style)
        base = [low + more for low, more in zip(base, held, strict=True)]


def _line(axes: Any, drawn: Drawn, _: Shape) -> None:
    for n, (title, values) in enumerate(drawn.series):
        axes.plot(
            range(len(values)), values, DASHES[n % len(DASHES)], color=COLOURS[n % len(COLOURS)], label=title,
            linewidth=1.6, marker="." if len(values) < 3 else None,
        )  # fmt: skip


def _pie(axes: Any, drawn: Drawn, _: Shape) -> None:
    held = [0 if math.isnan(value) else value for value in drawn.series[0][1]]
    colours = [COLOURS[n % len(COLOURS)] for n in range(len(held))]
    if sum(held) > 0:
        wedges, _, said = axes.pie(
            held, colors=colours, autopct=lambda share: f"{share:.1f}%" if share >= _TOLD else "", startangle=90,
            counterclock=False, pctdistance=0.77, wedgeprops={"width": 0.46, "edgecolor": "white"},
        )  # fmt: skip
        for text in said:
            text.set_color("white")
        axes.legend(wedges, drawn.names, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))


_SHAPES: Final[Mapping[Shape, Callable[[Any, Drawn, Shape], None]]] = {
    "bar": _bar,
    "bars": _bar,
    "stack": _bar,
    "line": _line,
    "pie": _pie,
}


def _finish(axes: Any, drawn: Drawn, shape: Shape) -> None:
    """Names, unit, grid and legend."""
    if shape == "pie":
        return
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(colors=_INK, length=0)
    (_lying if lies(shape, drawn) else _upright)(axes, drawn)
    if len(drawn.series) > 1:
        axes.legend(frameon=False, ncols=min(len(drawn.series), 4), loc="lower left", bbox_to_anchor=(0.03, 1))


def _lying(axes: Any, drawn: Drawn) -> None:
    axes.set_yticks(range(len(drawn.names)), drawn.names)
    axes.set_ylim(len(drawn.names) - 0.5, -0.5)
    axes.set_xlabel(drawn.unit, color=_INK, loc="right")
    axes.grid(axis="x", color=_LINE)
    axes.set_axisbelow(True)


def _upright(axes: Any, drawn: Drawn) -> None:
    # Long names under the axis need more room each.
    room = _SIGNS // max((len(name) for name in drawn.names), default=1)
    step = max(1, math.ceil(len(drawn.names) / min(12, max(room, 1))))
    axes.set_xticks(range(0, len(drawn.names), step), drawn.names[::step])
    axes.text(0, 1.02, drawn.unit, color=_INK, ha="right", va="bottom", transform=axes.transAxes)
    axes.set_ylim(bottom=0 if _positive(drawn) else None)
    axes.grid(axis="y", color=_LINE)
    axes.set_axisbelow(True)


def _positive(drawn: Drawn) -> bool:
    return all(math.isnan(value) or value >= 0 for _, values in drawn.series for value in values)


def _added() -> str | None:
    """A font with Chinese signs that matplotlib's own list does not know yet."""
    from matplotlib import font_manager

    for path in sorted(font_manager.findSystemFonts()):
        try:
            if font_manager.get_font(path).get_char_index(ord("办")):
                font_manager.fontManager.addfont(path)
                return str(font_manager.FontProperties(fname=path).get_name())
        except (OSError, RuntimeError):
            continue
    return None
