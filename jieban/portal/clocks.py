"""A running or stopped clock as a bar: how much of the limit is used, whether it is late, and the sentence above it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from jieban.core import clock as city_clock
from jieban.handling import rules
from jieban.portal import words

_SOON = timedelta(hours=4)
_SOON_SHORT = timedelta(hours=1)
_SHORT = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Bar:
    """What the template draws. `used` and `limit` are per cent of the drawn width; past the limit, `limit` < 100.

    `state`: run, soon, late (running past its limit), ok (stopped in time), over (stopped after its limit), paused.
    """

    name: str
    state: str
    words: str
    foot: str
    used: float
    limit: float

    @property
    def late(self) -> bool:
        """Whether the limit was passed, running or not."""
        return self.state in ("late", "over")

    @property
    def rest(self) -> float:
        """Per cent of the width that lies past the limit."""
        return round(100 - self.limit, 1)


def of(clock: rules.Clock, now: datetime) -> Bar:
    """A clock of an assignment, drawn as it stands at `now`."""
    names = {"签收": _("签收"), "响应": _("联系市民"), "办理": _("办理并反馈")}
    return bar(
        names.get(clock.name, clock.name), start=clock.start, due=clock.due, now=now, done=clock.done,
        paused=clock.paused, rest=clock.rest,
    )  # fmt: skip


def bar(
    name: str,
    *,
    start: datetime,
    due: datetime,
    now: datetime,
    done: datetime | None = None,
    paused: bool = False,
    rest: datetime | None = None,
) -> Bar:
    """The clock `name` that began at `start` and runs out at `due`; stopped at `done` where the deed is done.

    While it is `paused`, until `rest` where that is known, it says so instead of what is left.
    """
    whole = max(due - start, timedelta(minutes=1))
    end = done or now
    if end > due:
        limit = round(whole / (end - start) * 100, 1)
        state = "over" if done else "late"
        return Bar(name, state, _late_words(end - due, done), _foot(due, now, done), limit, limit)
    used = round(max(end - start, timedelta(0)) / whole * 100, 1)
    state = "ok" if done else "paused" if paused else _nearness(whole, due - now)
    said = _rest_words(rest, now) if state == "paused" and rest else _words(state, due - now, end - start)
    return Bar(name, state, said, _foot(due, now, done), used, 100)


def _rest_words(rest: datetime, now: datetime) -> str:
    zone = city_clock.zone()
    return _("暂停到 %s") % words.moment(rest.astimezone(zone), now.astimezone(zone))


def _nearness(whole: timedelta, left: timedelta) -> str:
    return "soon" if left <= (_SOON_SHORT if whole <= _SHORT else _SOON) else "run"


def _words(state: str, left: timedelta, taken: timedelta) -> str:
    if state == "ok":
        return _("用时 %s") % words.span(taken)
    if state == "paused":
        return _("暂停，余 %s") % words.span(left)
    return _("还剩 %s") % words.span(left)


def _late_words(past: timedelta, done: datetime | None) -> str:
    return (_("迟了 %s") if done else _("超期 %s")) % words.span(past)


def _foot(due: datetime, now: datetime, done: datetime | None) -> str:
    zone = city_clock.zone()
    moment = words.moment(due.astimezone(zone), now.astimezone(zone))
    if done is None:
        return (_("%s 前") if due >= now else _("%s 到期")) % moment
    return _("限 %s，按时") % moment if done <= due else _("限 %s") % moment
