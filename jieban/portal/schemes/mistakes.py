"""Mistakes of a scheme's text in the reader's words: which item, on which line, what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.city.pack import Pack
from jieban.portal.schemes import words
from jieban.portal.words import Word

# What the reader of schemes says, and how it is told here; a group of the pattern goes where %s stands.
_TOLD: Final[Sequence[tuple[str, Word]]] = (
    (r"Field required", lazy("没有写。")),
    (r"Extra inputs are not permitted", lazy("没有这一项，请检查拼写或删掉。")),
    (r"Input should be greater than or equal to (\S+)", lazy("不能小于 %s。")),
    (r"Input should be greater than (\S+)", lazy("要大于 %s。")),
    (r"Input should be less than or equal to (\S+)", lazy("不能大于 %s。")),
    (r"Input should be a valid (?:decimal|number|integer).*", lazy("要写成数。")),
    (r"Input should be a valid date.*", lazy("要写成日期，例如 2027-01-19。")),
    (r"Input should be a valid string.*", lazy("要写成文字，加引号。")),
    (r"Input should be a valid (?:list|tuple).*", lazy("要写成列表。")),
    (r"Input should be (.+)", lazy("只能是 %s 里的一个。")),
    (r"String should match pattern (.+)", lazy("只能用小写字母、数字和连字符（规则 %s）。")),
    (r"List should have at least (\d+) item.*", lazy("至少要有 %s 项。")),
    (r".*at most two decimals.*", lazy("最多两位小数。")),
    (r"The TOML cannot be read \((.+)\)\.", lazy("TOML 读不出来：%s。")),
    (r"there is no (?:\S+|kind of unit) “(.+)”", lazy("本市规则包里没有“%s”。")),
)
# What several values come to together, each told by a sentence of its own.
_TOGETHER: Final[Sequence[tuple[str, Word]]] = (
    (r"note must say (.+?): no official weights are public", lazy("标注里必须写“%s”：没有公开的官方权重。")),
    (r"rates and parts together must weigh 1", lazy("三率和其他部分的权重加起来必须是 1。")),
    (r"difficulty must name other.*", lazy("难度要写 other，管没有列出的时限类别。")),
    (r"a part and points have the same code", lazy("其他部分和加分扣分用了同一个代码。")),
    (r"two boards have the same code", lazy("两个榜用了同一个代码。")),
    (r"the heaviest case would weigh (\S+), more than \d+", lazy("最重的一件会算成 %s 件，超过上限。")),
    (r"a worse answer must not be worth more than a better", lazy("更差的回答不能比更好的回答值得多。")),
    (r"a line names a board that there is not", lazy("有一条规则写了不存在的榜。")),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where (in words, empty for the whole), on which line (0: unknown), and what is wrong."""

    where: str
    line: int
    what: str


def told(problems: Sequence[tuple[str, str]], text: str, pack: Pack) -> list[Mistake]:
    """Each mistake in words."""
    known = values(text)
    return [
        Mistake(words.field(where, pack, known) if where else "", _line(text, where, what), said)
        for where, what in problems
        for said in _said(what)
    ]


def values(text: str) -> Mapping[str, Any]:
    """What a text says; nothing where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _said(what: str) -> list[str]:
    """One sentence, or several where several values do not go together; what is not known stays as it is."""
    pieces = what.removeprefix("Value error, ").split("; ")
    return [_one(piece, (*_TOGETHER, *_TOLD)) for piece in pieces]


def _one(piece: str, table: Sequence[tuple[str, Word]]) -> str:
    for pattern, word in table:
        found = re.fullmatch(pattern, piece, re.DOTALL)
        if found:
            return str(word) % found[1] if found.groups() else str(word)
    return piece


def _line(text: str, where: str, what: str) -> int:
    """The line of a place, or of the nearest thing around it that stands in the text."""
    said = re.search(r"line (\d+)", what)
    if said and not where:
        return int(said[1])
    steps, lines = where.split("."), _places(text)
    nearest = (".".join(steps[:n]) for n in range(len(steps), 0, -1))
    return next((lines[place] for place in nearest if place in lines), 0)


def _places(text: str) -> dict[str, int]:
    """The line of each table and key that begins a line, by its path."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        head = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line)
        if head:
            table = _bare(head[2])
            if head[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}.{counts[table]}"
            found.setdefault(table, number)
        elif key := re.match(r"\s*([\w-]+|\"[^\"]+\")\s*=", line):
            found.setdefault(f"{table}.{_bare(key[1])}".lstrip("."), number)
    return found


def _bare(name: str) -> str:
    return name.replace('"', "").replace(" ", "")


def whole(mistakes: Sequence[Mistake]) -> str:
    """All of them as one text, a line each."""
    return "\n".join(
        (_("第 %s 行　") % one.line if one.line else "") + (f"{one.where}：" if one.where else "") + one.what
        for one in mistakes
    )
