"""Proofs, texts, levels and grids of a pack: read where they are there, and each mistake named with line and remedy."""

from __future__ import annotations

import pytest

from jieban.city import reading
from jieban.city.replies import Proof, Replies
from tests.city import toy

OPTIONAL = ("grids.csv", "handling.toml", "proof.csv", "templates.csv")


def test_pack_without_the_files_goes_by_the_defaults():
    texts = {name: text for name, text in toy.files().items() if name not in OPTIONAL}
    assert reading.read(texts).replies == Replies()


def test_pack_with_them_says_what_it_asks_for():
    pack = reading.read(toy.files())
    assert pack.replies.levels == {"street": ("section", "parish")}
    assert pack.replies.outside_reports == 3
    assert (pack.units["c1-g1"].parent, pack.units["c1-g1"].path, pack.units["c1-p1"].kind) == (
        "c1", "north/mill/c1/c1-g1/", "property_firm",
    )  # fmt: skip


def test_longest_category_decides_which_photos_are_asked_for():
    replies = Replies(proofs=(Proof("01", False, True, "a", False), Proof("0101", True, True, "b", False)))
    assert [getattr(replies.proof(code), "basis", None) for code in ("010101", "0102", "02")] == ["b", "a", None]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("proof.csv", "010101,", "999,", "proof.csv, line 2: “999” is no category. Use a code of categories.csv."),
        (
            "handling.toml", "street =", "castle =",
            "handling.toml, line 9: There is no kind of unit “castle”. Use some of: city_centre",
        ),
        (
            "templates.csv", "{措施}", "{谁}",
            "templates.csv, line 2: 没有“{谁}”这个占位",
        ),
        (
            "templates.csv", "T2,", "T1,",
            "templates.csv, line 3: The code T1 stands twice. Give one of them another one.",
        ),
        ("grids.csv", ",c1,", ",c9,", "grids.csv, line 2: “c9” is no community or street. Use the code of one."),
        ("grids.csv", "c1-p1,", "mill,", "grids.csv, line 3: There is a unit mill already. Give it another code."),
    ],
)  # fmt: skip
def test_mistake_is_named_with_its_line_and_remedy(file, old, new, said):
    assert [text for text in toy.mistakes(toy.changed(file, old, new)) if text.startswith(said)] != []
