"""Texts with placeholders in braces, {单位}: which there are, and filling them in from what is known.

Pure. An unknown placeholder, a brace alone or a value that is missing is never passed over: the text is refused, so
that no citizen ever reads “{地点}”.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from jieban.core.errors import BadInput

# Each placeholder and what it stands for, in the order in which they are offered.
NAMES = {
    "市民称呼": "市民的姓加星号；不公开姓名的写“市民朋友”",
    "编号": "工单编号",
    "事项": "工单标题",
    "地点": "市民写的地点，没写的用标准地点",
    "单位": "本单位全称",
    "科室": "交给了哪个科室、社区、网格或物业",
    "承办人": "办这件的人",
    "受理日期": "市民反映的日期",
    "时限": "什么时候以前答复",
    "措施": "您在“做了什么”里写的内容",
    "今天": "今天的日期",
}
_PLACE = re.compile(r"\{([^{}]*)\}")


def named(body: str) -> tuple[str, ...]:
    """The placeholders of a text, each once, in their order."""
    return tuple(dict.fromkeys(_PLACE.findall(body)))


def check(body: str) -> None:
    """Refuse a text with a placeholder nobody knows or a brace that belongs to none."""
    if any(mark in _PLACE.sub("", body) for mark in "{}"):
        raise BadInput("有一个大括号没有成对。占位写成 {单位} 这样，正文里请不要另用大括号。")
    unknown = [name for name in named(body) if name not in NAMES]
    if unknown:
        raise BadInput(f"没有“{{{unknown[0]}}}”这个占位。可以用：{'、'.join(f'{{{name}}}' for name in NAMES)}。")


def fill(body: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder replaced. BadInput names those that are unknown or have nothing to stand for."""
    check(body)
    empty = [name for name in named(body) if not values.get(name, "").strip()]
    if empty:
        raise BadInput(f"这件工单里还没有：{'、'.join(empty)}。请先补上，或换一个模板。")
    return _PLACE.sub(lambda found: values[found[1]].strip(), body)
