"""Measures are about what was answered before, and about nothing else: whatever is new goes the ordinary way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.core.errors import BadInput, NotAllowed
from jieban.intake import abuse_rules as rules
from jieban.intake.abuse_rules import Matter, Measure
from tests.factories import AT

DAY = timedelta(days=1)
HEATING = Matter("0901", "e1")
categories = st.sampled_from(["0901", "0902", "09", ""])
places = st.sampled_from(["e1", "e2", ""])
matters = st.builds(Matter, categories, places)
measures = st.builds(
    lambda since, days, answers: Measure(1, AT + since * DAY, AT + (since + days) * DAY, 5, tuple(answers)),
    st.integers(-200, 50), st.integers(1, 180), st.lists(st.tuples(matters, st.integers(1, 99)), max_size=6),
)  # fmt: skip


@given(st.lists(measures, max_size=4), matters, st.integers(-400, 400))
def test_a_matter_that_was_not_answered_before_is_never_touched(known, matter, days):
    at = AT + days * DAY
    named = {m for measure in known if measure.since <= at < measure.until for m, _ in measure.answers}
    found = rules.answer_to(known, matter, at=at)
    if matter not in named or not matter.known:
        assert found is None
    else:
        assert found in {pk for measure in known for m, pk in measure.answers if m == matter}


@given(measures, st.integers(0, 400))
def test_a_measure_ends_by_itself(measure, days):
    assert all(measure.answer_to(m, at=measure.until + days * DAY) is None for m, _ in measure.answers)


@given(st.lists(st.tuples(matters, st.integers(1, 50), st.sampled_from(["", "  ", "修好了，请您看看。"])), max_size=12))
def test_only_answered_matters_can_be_named_each_with_its_last_answer(rows):
    found = dict(rules.answered(rows))
    for matter, order in found.items():
        said = [pk for m, pk, reply in rows if m == matter and reply.strip()]
        assert matter.known
        assert order == said[-1]
    assert {m for m, _, reply in rows if m.known and reply.strip()} == set(found)


def test_a_neighbouring_category_or_place_is_another_matter():
    measure = Measure(1, AT, AT + DAY, 0, ((HEATING, 7),))
    asked = (HEATING, Matter("090101", "e1"), Matter("0901", "e2"), Matter("0901", ""), Matter("", "e1"))
    assert [measure.answer_to(m, at=AT) for m in asked] == [7, None, None, None, None]
    assert measure.answer_to(HEATING, at=AT - timedelta(seconds=1)) is None


def test_evidence_days_and_hearing_are_asked_for():
    rules.check_evidence(3, 3, [HEATING])
    rules.check_heard(True, AT + DAY, at=AT)
    rules.check_heard(False, AT, at=AT)
    assert [rules.check_days(days, 180) for days in (1, 180)] == [1, 180]
    for call in (
        lambda: rules.check_evidence(2, 3, [HEATING]),
        lambda: rules.check_evidence(3, 3, []),
        lambda: rules.check_heard(False, AT + DAY, at=AT),
        lambda: rules.check_days(0, 180),
        lambda: rules.check_days(181, 180),
        lambda: rules.check_words("  三个字 "),
        lambda: rules.check_state(rules.DROPPED, {rules.PROPOSED}),
    ):
        with pytest.raises(BadInput):
            call()


@given(st.integers(1, 4), st.lists(st.one_of(st.none(), st.integers(1, 4)), max_size=4))
def test_nobody_takes_two_steps(person, others):
    if person in others:
        with pytest.raises(NotAllowed):
            rules.check_other(person, others, "复核")
    else:
        rules.check_other(person, others, "复核")
    with pytest.raises(NotAllowed):
        rules.check_other(None, others, "复核")
