"""Which schemes there are: those of the pack and those published here, one a first day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from jieban.appraisal import schemes
from jieban.appraisal.scheme_models import DRAFT, PUBLISHED, WITHDRAWN, SchemeText
from jieban.city.schemes import Scheme
from jieban.core.errors import BadInput
from tests.appraisal import small
from tests.factories import AT


def a_text(scheme: Scheme, state: str = PUBLISHED) -> SchemeText:
    return SchemeText.objects.create(
        code=scheme.model.code, name=scheme.model.name, text=scheme.text, sha256=scheme.sha256,
        valid_from=scheme.model.first, state=state, made_at=AT,
    )  # fmt: skip


def named(code: str, first: str = "2026-01-19") -> Scheme:
    return small.scheme(swaps=[('code = "small"', f'code = "{code}"'), ("from = 2026-01-19", f"from = {first}")])


def test_a_published_text_stands_in_the_place_of_the_packs_scheme_of_that_day():
    pack, own = [named("pack"), named("later", "2026-03-19")], [named("own"), named("first", "2025-12-19")]
    assert [one.model.code for one in schemes.together(pack, own)] == ["first", "own", "later"]
    assert [one.model.code for one in schemes.overruled(pack, own)] == ["pack"]


def test_only_published_texts_are_known(toy):
    for code, state in (("one", PUBLISHED), ("two", DRAFT), ("three", WITHDRAWN)):
        a_text(named(code), state)
    own = schemes.known(toy.pack)
    assert [one.model.code for one in own if one.model.code in ("one", "two", "three")] == ["one"]
    assert schemes.in_force(date(2026, 2, 1), toy.pack).model.code == "one"


def test_a_day_before_every_scheme_is_refused(toy):
    with pytest.raises(BadInput, match="1999-01-01 没有生效的考评方案"):
        schemes.in_force(date(1999, 1, 1), toy.pack)


def test_the_tables_hold_one_code_and_one_first_day(db):
    a_text(named("one"))
    for again in (named("one", "2026-05-19"), named("other")):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_text(again)
    a_text(named("one"), WITHDRAWN)


def test_reading_the_known_is_one_query_however_many(toy, django_assert_num_queries):
    for n in range(3):
        a_text(named(f"s{n}", f"2026-0{n + 2}-19"))
        with django_assert_num_queries(1):
            schemes.known(toy.pack)
