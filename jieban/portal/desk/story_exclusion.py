"""The timeline's words for leaving out of scoring (剔除): on which ground, asked in which words, decided how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from jieban.city.pack import Pack
from jieban.orders.models import Entry

Records = Mapping[str, Any]


def _line(title: str | Promise, key: str) -> Callable[[Entry, Records, Pack], tuple[str, str]]:
    """The words of one move: its title with the ground, and below it what was said under `key`."""

    def said(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
        code = str(records.get("ground", ""))
        ground = pack.grounds.get(code)
        return f"{title}：{ground.name if ground else code}", str(records.get(key, ""))

    return said


WORDS = {
    "ask_exclusion": _line(lazy("申请剔除"), "statement"),
    "leave_out": _line(lazy("剔除，不计入考评"), "decision"),
    "refuse_exclusion": _line(lazy("不剔除，照常计入考评"), "decision"),
    "take_in": _line(lazy("撤销剔除，重新计入考评"), "reason"),
}
