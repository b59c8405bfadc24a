"""Chips, marks, clocks and words: what a code, a state or a length of time looks and reads like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from jieban.portal import clocks, words
from jieban.portal.templatetags import face
from tests.factories import AT, ZONE


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@dataclass
class Row:
    state: str
    solved: str = ""
    reached: bool | None = None
    round: int = 1


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 分"),
        (54, "54 分"),
        (60, "1 小时"),
        (192, "3 小时 12 分"),
        (1440, "1 天"),
        (8 * 1440 + 20 * 60, "8 天 20 小时"),
    ],
)
def test_span_is_said_in_the_two_largest_units(minutes: int, said: str) -> None:
    assert words.span(timedelta(minutes=minutes)) == said
    assert words.span(-timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 22, 13, 54, tzinfo=ZONE), "今天 13:54"),
        (datetime(2026, 11, 21, 20, 10, tzinfo=ZONE), "昨天 20:10"),
        (datetime(2026, 11, 23, 9, 0, tzinfo=ZONE), "明天 09:00"),
        (datetime(2026, 11, 28, 9, 14, tzinfo=ZONE), "11月28日 09:14"),
        (datetime(2025, 11, 20, 8, 0, tzinfo=ZONE), "2025年11月20日 08:00"),
    ],
)
def test_moment_is_said_by_its_nearness(at: datetime, said: str) -> None:
    assert words.moment(at, datetime(2026, 11, 22, 10, 0, tzinfo=ZONE)) == said


def test_moment_in_english_has_no_chinese_month() -> None:
    with translation.override("en"):
        at, now = datetime(2026, 11, 28, 9, 14, tzinfo=ZONE), datetime(2026, 11, 22, 10, 0, tzinfo=ZONE)
        assert words.moment(at, now) == "28 Nov 09:14"


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("30min", "30 分钟"),
        ("2h", "2 小时"),
        ("7d", "7 天"),
        ("5wd", "5 个工作日"),
        ("4wh", "4 个工作小时"),
        ("x", "x"),
    ],
)
def test_limit_is_said_in_its_own_unit(limit: str, said: str) -> None:
    assert words.limit_words(limit) == said


@pytest.mark.parametrize(("phone", "said"), [("13812345678", "138****5678"), ("12345", "12345"), ("", "")])
def test_phone_is_masked_in_the_middle(phone: str, said: str) -> None:
    assert words.masked(phone) == said


def test_every_state_has_a_shape_and_both_words() -> None:
    from jieban.orders.lifecycle import A, S

    for state in [s for s in S if s]:
        known = words.STATES[state]
        assert (known.shape in face._SHAPES, bool(known.staff), bool(known.citizen)) == (True, True, True)
    for part in [a for a in A if a]:
        known = words.PART_STATES[part]
        assert (known.shape in face._SHAPES, bool(known.staff), bool(known.citizen)) == (True, True, True)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row("closed", "yes", True), "市民确认解决"),
        (Row("closed", "no", True), "市民：没解决"),
        (Row("closed", "part", True), "市民：部分解决"),
        (Row("closed", "", False), "联系不上"),
        (Row("closed"), "已结案"),
        (Row("replied"), "单位已办结"),
    ],
)
def test_closed_order_wears_what_the_citizen_said(row: Row, said: str) -> None:
    assert said in face.state(row)


def test_unit_never_says_solved() -> None:
    for part in words.PART_STATES.values():
        assert "解决" not in str(part.staff)
    assert "解决" not in face.unit_mark(1, 1)


def test_assignment_sent_again_reads_rework() -> None:
    assert "重办中" in face.part_state(Row("sent", round=2))
    assert "待签收" in face.part_state(Row("sent", round=1))


@pytest.mark.parametrize(
    ("done", "total", "said"),
    [(0, 2, "单位未办结"), (1, 2, "单位已办结 1/2"), (2, 2, "单位已办结"), (0, 0, "单位未办结")],
)
def test_square_carries_the_fraction(done: int, total: int, said: str) -> None:
    mark = face.unit_mark(done, total)
    assert said in mark
    assert ("<rect" in mark, "<circle" in mark) == (True, False)


@pytest.mark.parametrize(
    ("solved", "reached", "said"),
    [
        ("yes", True, "市民确认解决"),
        ("part", True, "市民：部分解决"),
        ("no", True, "市民：没解决"),
        ("", False, "联系不上"),
        ("", None, "等市民确认"),
    ],
)
def test_circle_has_five_faces(solved: str, reached: bool | None, said: str) -> None:
    mark = face.citizen_mark(solved, reached)
    assert said in mark
    assert ("<circle" in mark, "<rect" in mark) == (True, False)


def test_urgency_shows_icon_word_and_time() -> None:
    chip = face.urgency("24h")
    assert "及时·24 小时" in chip
    assert "#i-clock-24" in chip
    assert "及时·" not in face.urgency("24h", short=True)


def test_urgency_of_another_city_reads_its_limit() -> None:
    assert "3 个工作日" in face.urgency("3wd")
    assert face.urgency("") == ""


def test_icon_that_is_not_listed_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no-such-icon"):
        face.icon("no-such-icon")


def bar(hours: float, *, limit: float = 24, done: float | None = None, paused: bool = False) -> clocks.Bar:
    """A clock that began at AT, looked at `hours` later."""
    stopped = None if done is None else AT + timedelta(hours=done)
    due = AT + timedelta(hours=limit)
    return clocks.bar("办理", start=AT, due=due, now=AT + timedelta(hours=hours), done=stopped, paused=paused)


@pytest.mark.parametrize(
    ("drawn", "state", "said"),
    [
        (bar(6), "run", "还剩 18 小时"),
        (bar(20.8), "soon", "还剩 3 小时 12 分"),
        (bar(0.5, limit=2), "run", "还剩 1 小时 30 分"),
        (bar(1.2, limit=2), "soon", "还剩 48 分"),
        (bar(30), "late", "超期 6 小时"),
        (bar(40, done=12), "ok", "用时 12 小时"),
        (bar(40, done=25), "over", "迟了 1 小时"),
        (bar(12, paused=True), "paused", "暂停，余 12 小时"),
    ],
)
def test_clock_says_how_it_stands(drawn: clocks.Bar, state: str, said: str) -> None:
    assert (drawn.state, drawn.words) == (state, said)


def test_late_clock_shows_the_share_past_its_limit() -> None:
    drawn = bar(30)
    assert (drawn.limit, drawn.used, drawn.rest, drawn.late) == (80.0, 80.0, 20.0, True)


def test_clock_of_an_order_that_came_before_its_start_uses_nothing() -> None:
    assert bar(-1).used == 0


def rendered(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def test_bar_is_drawn_without_style_attributes() -> None:
    drawn = rendered("{% clock bar %}{% clock_cell bar %}", bar=bar(30))
    assert "style=" not in drawn
    assert drawn.count('aria-hidden="true"') == 2
    assert 'width="80.0%"' in drawn


def test_probability_of_nothing_draws_nothing() -> None:
    assert rendered("{% probability nothing.at.all %}").strip() == ""
    assert "86%" in rendered("{% probability 0.86 %}")


def test_number_and_hash_are_shortened() -> None:
    assert face.tail("JB-20261121-018342-7") == "…018342"
    assert face.short_hash("9f3a" + "0" * 56 + "c1d7") == "9f3a…c1d7"
