"""Who took part in a street's orders is told how the shared ones ended."""

from __future__ import annotations

from jieban.appraisal.publication import sharing
from jieban.appraisal.publication.sharing import Shared
from tests.appraisal import small
from tests.appraisal.publication import made

CASES = small.cases(
    "u1 yes yes order=1 section=c1", "dep yes yes order=1 role=assist", "u1 no no order=2", "dep no no order=2",
    "u1 - - order=3 reached=0", "dep - - order=3 reached=0", "u2 yes no order=4 section=c1",
    "u1 no no order=5 ground=ex_facts", "firm no no order=5 ground=ex_facts", "u1 yes yes order=6",
)  # fmt: skip


def test_departments_and_sections_share_orders_with_streets():
    with made.engine(CASES) as (source, table):
        found = sharing.pairs(source, table, ["u1", "u2"])
    assert found == [
        Shared("u1", "c1", 1, 1, 1, 1), Shared("u2", "c1", 1, 1, 1, 0), Shared("u1", "dep", 3, 2, 1, 1),
    ]  # fmt: skip


def test_one_partner_alone():
    with made.engine(CASES) as (source, table):
        assert [one.street for one in sharing.pairs(source, table, ["u1", "u2"], partner="c1")] == ["u1", "u2"]
