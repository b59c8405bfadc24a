"""Photos that the city asks for: nothing is reported done without them, and what is missing is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.core.errors import BadInput
from jieban.handling import actions, rules
from jieban.orders.models import Attachment
from tests import verbs
from tests.factories import AT
from tests.verbs import clerk, lead, parts

HOUR = timedelta(hours=1)
STAGES = ("before", "after")


def photo(stage: str, mime: str = "image/jpeg") -> Attachment:
    """A photo of that stage, stored already."""
    return Attachment(name=f"{stage}.jpg", mime=mime, size=7, sha256=stage[0] * 64, stage=stage)


def done(order, *, result="done", files=()):
    """The parish reports."""
    by = clerk("mill")
    actions.complete(
        parts(order), result=result, measures="填坑", reply=verbs.REPLY, by=by, at=AT + 3 * HOUR, files=files
    )


@pytest.fixture
def order(toy):
    """A pothole on a school way, for which the toy city asks for photos of before and after."""
    return verbs.answered(toy, lead("mill"), category="010101")


@pytest.mark.parametrize(
    ("files", "words"),
    [((), "办理前和办理后"), (("after",), "办理前"), (("before",), "办理后")],
)
def test_what_is_missing_is_named_with_its_basis(order, files, words):
    with pytest.raises(BadInput) as caught:
        done(order, files=[photo(stage) for stage in files])
    assert str(caught.value).startswith(f"{order.number} 还缺{words}的照片或视频（invented）。")
    assert parts(order)[0].state == "responded"


def test_photo_of_before_may_have_come_with_a_note(order):
    actions.note(parts(order), text="看过现场", files=[photo("before")], by=clerk("mill"), at=AT + 2 * HOUR)
    done(order, files=[photo("after", "video/mp4")])
    assert parts(order)[0].state == "completed"


def test_paper_is_no_photo(order):
    with pytest.raises(BadInput):
        done(order, files=[photo("before"), photo("after", "application/pdf")])


@pytest.mark.parametrize("result", ["explained", "untrue", "beyond"])
def test_where_nothing_was_done_no_photo_is_asked_for(order, result):
    done(order, result=result)
    assert parts(order)[0].state == "completed"


def test_other_categories_need_none(toy):
    order = verbs.answered(toy, lead("mill"), category="0101")
    done(order)
    assert parts(order)[0].state == "completed"


@given(st.booleans(), st.booleans(), st.sets(st.sampled_from(STAGES)))
def test_nothing_lacks_exactly_when_all_that_is_asked_for_is_there(before, after, seen):
    asked = {stage for stage, wanted in zip(STAGES, (before, after), strict=True) if wanted}
    assert (rules.lacking(before, after, seen) == "") == (asked <= seen)
