"""A report as a web page: one file that needs nothing else (`render`), or the parts for a page of the site (`parts`).

Both give the same HTML. Charts are drawn by jieban/report.js from one block of JSON; beside every chart stands its
table, so the page says everything without a script, on paper and to who cannot see.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.utils.html import escape, format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe

from jieban.analytics import figures, plots
from jieban.analytics.document import Chart, Document, Heading, Paragraph, Part, Table
from jieban.analytics.word import alternative, days

# The id of the JSON block that report.js reads.
BLOCK: Final = "report-charts"
_LEVELS: Final = ("", "h2", "h3", "h4")
_NO_SCRIPT: Final = "图未绘出：前端文件未安装（npm ci）。图中数据均见表格。"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a template needs: the table of contents, the body, and the charts for `json_script` under the id `BLOCK`."""

    title: str
    line: str
    contents: SafeString
    body: SafeString
    charts: list[dict[str, Any]]


def parts(document: Document) -> Parts:
    """The document in pieces of safe HTML; the page also loads echarts.min.js, jieban/report.js and report.css."""
    charts: list[dict[str, Any]] = []
    own = {id(part) for part in document.parts if isinstance(part, Table)}
    body = format_html_join("\n", "{}", ((piece,) for piece in _pieces(document.parts, own, charts)))
    heads = [(n, part) for n, part in enumerate(document.parts) if isinstance(part, Heading) and part.level < 3]
    items = ((part.level, n, part.text) for n, part in heads)
    contents = format_html_join("\n", '<li class="jr-l{}"><a href="#part-{}">{}</a></li>', items)
    return Parts(document.title, _line(document), format_html("<ol>{}</ol>", contents), body, charts)


def render(document: Document) -> str:
    """One self-contained HTML file, with its styles, its script and its data inside."""
    made = parts(document)
    library, drawing = _asset("vendor/echarts.min.js"), _asset("jieban/report.js")
    script, note = SafeString(""), SafeString("")
    if made.charts and library and drawing:
        script = format_html("{}\n{}\n{}", json_script(made.charts, BLOCK), _inline(library), _inline(drawing))
    elif made.charts:
        note = format_html('<p class="jr-note">{}</p>', _NO_SCRIPT)
    return _FRAME.format(
        title=escape(made.title), line=escape(made.line), style=_asset("jieban/report.css"), contents=made.contents,
        note=note, body=made.body, foot=escape(document.issuer), script=script,
    )  # fmt: skip


_FRAME: Final = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body class="jr-page">
<header class="jr-head"><h1>{title}</h1><p>{line}</p></header>
<div class="jr-frame">
<nav class="jr-contents" aria-label="目录"><details open><summary>目录</summary>{contents}</details></nav>
<main class="jr-report">
{note}{body}
<p class="jr-sign">{foot}</p>
</main>
</div>
{script}
</body>
</html>
"""


def _pieces(shown: tuple[Part, ...], own: set[int], charts: list[dict[str, Any]]) -> Iterator[SafeString]:
    for n, part in enumerate(shown):
        if isinstance(part, Heading):
            tag = mark_safe(_LEVELS[part.level])  # noqa: S308 - one of three tags
            yield format_html('<{0} id="part-{1}">{2}</{0}>', tag, n, part.text)
        elif isinstance(part, Paragraph):
            yield format_html('<p class="{}">{}</p>', "jr-note" if part.note else "jr-text", part.text)
        elif isinstance(part, Table):
            yield format_html('<div class="jr-wide" tabindex="0">{}</div>', _table(part))
        else:
            yield _chart(part, charts, alone=id(part.table) not in own)


def _chart(chart: Chart, charts: list[dict[str, Any]], *, alone: bool) -> SafeString:
    table = format_html('<div class="jr-wide" tabindex="0">{}</div>', _table(chart.table)) if alone else ""
    if not chart.table.rows:
        return SafeString(table)
    charts.append(_drawn(chart))
    return format_html(
        '<figure class="jr-figure"><div class="jr-chart" role="img" aria-label="{}" data-report-chart="{}" '
        'data-rows="{}"></div>{}</figure>',
        alternative(chart), len(charts) - 1, _rows(chart), table,
    )  # fmt: skip


def _drawn(chart: Chart) -> dict[str, Any]:
    drawn = plots.read(chart)
    series = [{"title": t, "values": [None if math.isnan(v) else round(v, 6) for v in vs]} for t, vs in drawn.series]
    return {
        "shape": chart.shape, "lies": plots.lies(chart.shape, drawn), "names": drawn.names, "unit": drawn.unit,
        "series": series, "title": chart.table.title,
    }  # fmt: skip


def _rows(chart: Chart) -> int:
    """How many rows of bars lie in the chart, in steps that the style sheet knows; 0 for one of the usual height."""
    drawn = plots.read(chart)
    if not plots.lies(chart.shape, drawn):
        return 0
    rows = len(drawn.names) * (len(drawn.series) if chart.shape == "bars" else 1)
    return next((step for step in (10, 20, 40) if rows <= step), 60)


def _table(table: Table) -> SafeString:
    if not table.rows:
        return format_html('<p class="jr-note">{}：本期无数据。</p>', table.title)
    head = format_html_join("", '<th scope="col" class="{}">{}</th>', ((_side(c.form), c.title) for c in table.columns))
    rows = (
        (format_html_join("", '<td class="{}">{}</td>',
                          ((_side(c.form), figures.write(row.get(c.key), c.form)) for c in table.columns)),)
        for row in table.rows
    )  # fmt: skip
    body = format_html_join("\n", "<tr>{}</tr>", rows)
    return format_html(
        '<table class="jr-table"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
        table.title, head, body,
    )  # fmt: skip


def _side(form: str) -> str:
    return "" if form == "text" else "jr-n"


def _line(document: Document) -> str:
    return f"{document.issuer}　{days(document)}".strip()


def _asset(name: str) -> str:
    """The text of a static file; nothing where it is not installed."""
    found = finders.find(name)
    return Path(found).read_text("utf-8") if isinstance(found, str) else ""


def _inline(script: str) -> SafeString:
    """A script of ours or of ECharts inside the exported file; the site itself never does this."""
    safe = script.replace("</script", "<\\/script")
    return mark_safe(f"<script>{safe}</script>")  # noqa: S308 - our own files
