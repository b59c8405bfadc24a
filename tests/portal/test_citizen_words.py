"""The words that tell a citizen what is missing: each of intake's has its translation."""

from __future__ import annotations

from dataclasses import replace

from jieban.core import clock
from jieban.intake import rules
from jieban.portal.citizen import forms


def test_words_of_intake_are_the_ones_translated(toy) -> None:
    filing = rules.Filing(
        channel="web", source="s", content="x" * 8001, address="x" * 201, name="x" * 65, phone="1391234567"
    )
    said = [problem.what for problem in rules.check(filing, pack=toy.pack, at=clock.now())]
    others = (
        replace(filing, content=""),
        replace(filing, firm="x" * 65, anonymous=True, credit_code="9"),
    )
    more = [problem.what for other in others for problem in rules.check(other, pack=toy.pack, at=clock.now())]
    assert sorted({*said, *more}) == sorted(str(words) for words in forms.OF_INTAKE)
