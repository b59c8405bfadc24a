"""Until when a request to be left out is in time: the end of the window of the cycle in which the answer counts."""

from __future__ import annotations

from datetime import date, timedelta

from jieban.appraisal import cycles, exclusion_times
from tests.appraisal import small

KNOWN = [small.scheme()]
CYCLE = cycles.containing(date(2026, 11, 10), KNOWN)
DAY = timedelta(days=1)


def test_it_ends_with_the_window_of_the_cycle_of_the_answer():
    assert exclusion_times.window_end(CYCLE.last, CYCLE.first, KNOWN) == CYCLE.window_end > CYCLE.end
    assert exclusion_times.window_end(CYCLE.last, None, KNOWN) == CYCLE.window_end


def test_an_answer_that_came_late_about_work_of_the_cycle_before_counts_there():
    following = cycles.containing(CYCLE.end, KNOWN)
    assert CYCLE.end < following.taken_end
    assert exclusion_times.window_end(CYCLE.end, CYCLE.last, KNOWN) == CYCLE.window_end
    assert exclusion_times.window_end(CYCLE.end, CYCLE.end, KNOWN) == following.window_end
    assert exclusion_times.window_end(following.taken_end, CYCLE.last, KNOWN) == following.window_end


def test_without_a_scheme_in_force_there_is_no_limit():
    assert exclusion_times.window_end(CYCLE.last, CYCLE.first, []) is None
