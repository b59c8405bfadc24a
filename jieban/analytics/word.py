"""A report as a Word file, set as Chinese offices set theirs (after GB/T 9704: A4, 仿宋 body, 黑体 and 楷体 headings).

Fonts are named, not embedded: the reader's office has them. Charts are pictures with a text beside them for who cannot
see; where this machine has no Chinese font they are left out and the document says so once. Tables are always there.
"""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

from jieban.analytics import figures, plots
from jieban.analytics.document import Chart, Document, Heading, Paragraph, Part, Table

BODY, HEI, KAI, SONG, LATIN = "仿宋", "黑体", "楷体", "宋体", "Times New Roman"
NO_FONT: Final = "制作本文件的机器没有中文字体，图未绘出；图中数据均见表格。"
_HEADINGS: Final = ((HEI, False), (KAI, False), (BODY, True))
_NUMBERS: Final = ("count", "wan", "percent", "points", "minutes", "number", "score")


def render(document: Document) -> bytes:
    """The whole document as .docx."""
    import docx

    word = docx.Document()
    _page(word, str(document.about.get("note", "")))
    _styles(word)
    _top(word, document)
    own = {id(part) for part in document.parts if isinstance(part, Table)}
    for part in document.parts:
        _part(word, part, own)
    _foot(word, document)
    _about(word, document)
    held = BytesIO()
    word.save(held)
    return held.getvalue()


def _page(word: Any, note: str) -> None:
    """The sheet, its page number below, and what must be said on every page above."""
    from docx.shared import Mm

    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    if note:
        _run(section.header.paragraphs[0], note, HEI, 10.5)
        section.header.paragraphs[0].alignment = 2
    centred = section.footer.paragraphs[0]
    centred.alignment = 1
    _run(centred, "— ", SONG, 14)
    _field(_run(centred, "", SONG, 14), "PAGE")
    _run(centred, " —", SONG, 14)


def _styles(word: Any) -> None:
    from docx.shared import Pt

    body = word.styles["Normal"]
    _font(body, BODY, 16)
    body.paragraph_format.line_spacing = Pt(28)
    body.paragraph_format.space_after = Pt(0)
    for level, (face, bold) in enumerate(_HEADINGS, 1):
        style = word.styles[f"Heading {level}"]
        _font(style, face, 16)
        style.font.bold = bold
        style.paragraph_format.first_line_indent = Pt(32)
        style.paragraph_format.space_before = Pt(8 if level == 1 else 0)
    _font(word.styles["Caption"], HEI, 12)
    word.styles["Caption"].font.bold = False


def _top(word: Any, document: Document) -> None:
    from docx.shared import Pt

    title = word.add_paragraph()
    title.alignment = 1
    title.paragraph_format.line_spacing = Pt(34)
    title.paragraph_format.space_after = Pt(14)
    _run(title, document.title, "方正小标宋简体", 22)
    if said := days(document):
        line = word.add_paragraph()
        line.alignment = 1
        line.paragraph_format.space_after = Pt(14)
        _run(line, f"（{said}）", KAI, 16)
    if plots.face() is None and any(isinstance(part, Chart) for part in document.parts):
        _paragraph(word, Paragraph(NO_FONT, note=True))


def _part(word: Any, part: Part, own: set[int]) -> None:
    if isinstance(part, Heading):
        word.add_heading(part.text, part.level)
    elif isinstance(part, Paragraph):
        _paragraph(word, part)
    elif isinstance(part, Table):
        _table(word, part)
    else:
        _chart(word, part, alone=id(part.table) not in own)


def _paragraph(word: Any, part: Paragraph) -> None:
    from docx.shared import Pt

    paragraph = word.add_paragraph()
    paragraph.alignment = 3
    if part.note:
        paragraph.paragraph_format.line_spacing = Pt(18)
        paragraph.paragraph_format.space_after = Pt(8)
        _run(paragraph, part.text, KAI, 10.5)
        return
    paragraph.paragraph_format.first_line_indent = Pt(32)
    _run(paragraph, part.text, BODY, 16)


def _chart(word: Any, chart: Chart, *, alone: bool) -> None:
    picture = plots.png(chart)
    if picture is not None:
        from docx.shared import Mm

        _caption(word, chart.table.title)
        held = word.add_paragraph()
        held.alignment = 1
        held.paragraph_format.line_spacing = 1.0
        held.paragraph_format.keep_with_next = alone
        shape = held.add_run().add_picture(BytesIO(picture), width=Mm(152))
        shape._inline.docPr.set("descr", alternative(chart))
        shape._inline.docPr.set("title", chart.table.title)
    if alone:
        _table(word, chart.table, named=picture is None)


def alternative(chart: Chart) -> str:
    """What a chart shows, in words, for who cannot see it."""
    titles = {column.key: column.title for column in chart.table.columns}
    lines = "、".join(titles[key] for key in chart.series)
    return f"{chart.table.title}：按{titles[chart.along]}列出{lines}，共 {len(chart.table.rows)} 项，数据见同名表格。"


def _table(word: Any, table: Table, *, named: bool = True) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT

    if named:
        _caption(word, table.title)
    if not table.rows:
        _paragraph(word, Paragraph("本期无数据。", note=True))
        return
    grid = word.add_table(rows=1 + len(table.rows), cols=len(table.columns), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    rows = list(grid._tbl.tr_lst)
    _row(rows[0], [column.title for column in table.columns], [1] * len(table.columns), HEI)
    _mark(rows[0], "w:tblHeader")
    sides = [2 if column.form in _NUMBERS else 0 for column in table.columns]
    for tr, row in zip(rows[1:], table.rows, strict=True):
        _row(tr, [figures.write(row.get(column.key), column.form) for column in table.columns], sides, SONG)
        _mark(tr, "w:cantSplit")
    _paragraph(word, Paragraph("", note=True))


def _row(tr: Any, texts: list[str], sides: list[int], face: str) -> None:
    """Fill a row: python-docx finds cells of a table slowly, so the row's own elements are used."""
    from docx.shared import Pt
    from docx.text.paragraph import Paragraph as Written

    for tc, text, side in zip(tr.tc_lst, texts, sides, strict=True):
        paragraph: Any = Written(tc.p_lst[0], tc)
        paragraph.alignment = side
        paragraph.paragraph_format.line_spacing = Pt(16)
        _run(paragraph, text, face, 10.5)


def _caption(word: Any, text: str) -> None:
    from docx.shared import Pt

    paragraph = word.add_paragraph(style="Caption")
    paragraph.alignment = 1
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(8)
    _run(paragraph, text, HEI, 12)


def _foot(word: Any, document: Document) -> None:
    """Who signs, and the day on which it was made, at the lower right."""
    made = _made(document)
    for text in (document.issuer, day(made) if made else ""):
        if text:
            paragraph = word.add_paragraph()
            paragraph.alignment = 2
            _run(paragraph, text, BODY, 16)


def _about(word: Any, document: Document) -> None:
    known = word.core_properties
    known.title, known.author, known.language = document.title, document.issuer, "zh-CN"
    known.comments = ""


def _made(document: Document) -> date | None:
    said = document.about.get("made_at")
    return datetime.fromisoformat(said).date() if isinstance(said, str) else document.until


def days(document: Document) -> str:
    """The days that a report counts, as 2021年11月1日至2021年11月30日; a single one once; empty where none is told."""
    if not (document.since and document.until):
        return ""
    first, last = day(document.since), day(document.until)
    return first if first == last else f"{first}至{last}"


def day(value: date) -> str:
    """2021-11-30 as 2021年11月30日."""
    return f"{value.year}年{value.month}月{value.day}日"


def _font(style: Any, face: str, size: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.color.rgb = LATIN, Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    fonts.set(qn("w:eastAsia"), face)


def _run(paragraph: Any, text: str, face: str, size: float) -> Any:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.name, run.font.size = LATIN, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    return run


def _field(run: Any, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run._element.addprevious(field)
    field.append(run._element)


def _mark(tr: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    tr.get_or_add_trPr().append(OxmlElement(name))
