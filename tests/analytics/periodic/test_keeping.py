"""What is kept is what was read."""

from __future__ import annotations

from datetime import date

from jieban.analytics.document import Chart, Column, Document, Heading, Paragraph, Table
from jieban.analytics.periodic import keeping

COLUMNS = (Column("name", "类别"), Column("n", "件数", "count"))
TABLE = Table("matters", "问题", COLUMNS, [{"name": "供暖", "n": 3}, {"name": "物业", "n": None}])
CHART = Chart(TABLE, "bar", "name", ("n",))
PARTS = (Heading("一、总体情况", 2), Paragraph("受理 3 件。"), Paragraph("注", note=True), TABLE, CHART)
DAY = date(2021, 11, 30)
WHOLE = Document("日通报", PARTS, "市热线中心", DAY, DAY, {"kind": "daily"})


def test_a_document_comes_back_as_it_went():
    assert keeping.load(keeping.dump(WHOLE)) == WHOLE


def test_the_same_document_has_the_same_hash():
    again = keeping.dump(keeping.load(keeping.dump(WHOLE)))
    assert keeping.sha256(again) == keeping.sha256(keeping.dump(WHOLE))
    other = keeping.dump(Document("周汇总", WHOLE.parts))
    assert keeping.sha256(other) != keeping.sha256(again)
    assert keeping.load(other).until is None
