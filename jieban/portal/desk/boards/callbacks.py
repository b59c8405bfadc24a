"""What is watched about callbacks: who was reached, second answers, signs of coaching, leaders' calls, SMS left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.callback import inbox, leaders, reach, rules, second, signs, watching
from jieban.callback.models import Lot, Sign
from jieban.core import shares
from jieban.portal.desk.boards.board import Asked, Board
from jieban.portal.desk.rows import caller
from jieban.portal.words import Word

_SHOWN, _LOOKED = 100, 20
_DAYS = timedelta(days=30)
_REASONS: dict[str, Word] = {
    signs.JUST_BEFORE: lazy("回答前不久，单位刚联系过市民"),
    signs.NO_PROOF: lazy("说解决了，但要留的现场照片没有"),
    signs.SECOND_DIFFERS: lazy("复核时市民说的和第一次不一样"),
    signs.SAME_NUMBER: lazy("同一个号码替很多件作了回答"),
    signs.AGAINST_ITSELF: lazy("几项回答互相矛盾"),
    signs.BAD_WORDS: lazy("说满意，原话却在抱怨"),
}
_FINDINGS: dict[str, Word] = {
    "natural": lazy("正常，没有问题"),
    "unclear": lazy("说不清，先记着"),
    "coached": lazy("有人教市民怎么答"),
}
_BOTH = frozenset({Role.SUPERVISOR, Role.AUDITOR})


def _reached(asked: Asked) -> Mapping[str, Any]:
    since = asked.at - _DAYS
    rows = [(one, shares.exact(one.unreached, one.results)) for one in reach.by_unit(asked.by, since=since)[:_SHOWN]]
    tries = [(_(rules.OUTCOMES.get(code, code)), n) for code, n in reach.attempts(asked.by, since=since).items()]
    return {"rows": rows, "tries": tries}


def _kept(asked: Asked) -> Mapping[str, Any]:
    found = second.kept(asked.by, since=asked.at - 3 * _DAYS)[:_SHOWN]
    return {
        "rows": [(one, shares.exact(one.contradicted, one.asked)) for one in found],
        "draws": second.draws(asked.by)[:_LOOKED],
        "share": asked.loaded.pack.callbacks.sample_share,
        "may_call": asked.by.role in second.CALLERS,
    }


def _waiting(asked: Asked) -> int:
    return second.waiting(asked.by, at=asked.at).count() if asked.by.role in second.CALLERS else 0


def _signs(asked: Asked) -> Mapping[str, Any]:
    return {
        "rows": [(one, told(one)) for one in watching.open_ones(asked.by)[:_SHOWN]],
        "looked": [(one, told(one), _FINDINGS[one.finding]) for one in watching.looked_at(asked.by)[:_LOOKED]],
        "findings": list(_FINDINGS.items()),
    }


def told(sign: Sign) -> list[str]:
    """The reasons of a sign in words."""
    parts = (reason.partition(":") for reason in sign.reasons)
    return [f"{_REASONS[code]}{f'（{rest}）' if rest else ''}" for code, _mark, rest in parts]


def _leaders(asked: Asked) -> Mapping[str, Any]:
    found = list(leaders.results(asked.by)[:_LOOKED])
    lots: dict[int, list[Lot]] = {one.pk: [] for one in found}
    for lot in Lot.objects.filter(draw__in=found).select_related("order").order_by("no"):
        lots[lot.draw_id].append(lot)
    return {
        "rows": [(one, lots[one.pk]) for one in found],
        "today": leaders.is_day(asked.by, at=asked.at, loaded=asked.loaded),
        "leader": asked.by.role == Role.LEADER,
        "day": asked.loaded.pack.callbacks.leaders.day,
    }


def _texts(asked: Asked) -> Mapping[str, Any]:
    return {"rows": [(one, caller(one.order.contact)) for one in inbox.left(asked.by)[:_SHOWN]]}


BOARDS = (
    Board(
        "texts", "review", lazy("短信回复"), frozenset({Role.SUPERVISOR, Role.CALLBACK}), "desk/boards/texts.html",
        _texts, lambda asked: inbox.left(asked.by).count(),
    ),
    Board(
        "reached", "watch", lazy("回访情况"), _BOTH | {Role.LEADER, Role.DISTRICT, Role.CHIEF},
        "desk/boards/reached.html", _reached,
    ),
    Board("second", "watch", lazy("抽样复核"), second.READERS, "desk/boards/second.html", _kept, _waiting),
    Board(
        "signs", "watch", lazy("诱导迹象"), watching.READERS, "desk/boards/signs.html", _signs,
        lambda asked: watching.open_ones(asked.by).count(),
    ),
    Board(
        "leaders", "watch", lazy("领导回访日"), _BOTH | {Role.LEADER, Role.DISTRICT},
        "desk/boards/leaders.html", _leaders,
    ),
)  # fmt: skip
