"""From the text of an SMS to the answers, where it can be read in one way only. Pure; the unclear is left to a person.

1 1 1        figures in the order of the questions: 联系过, 解决, 满意 (and 态度); half or full width, any marks between
已解决，满意   the words of the choices
"""

from __future__ import annotations

import re
import unicodedata

from jieban.callback.rules import ATTITUDE, SATISFIED, SOLVED, Said

# What the message that asks says; the order and the figures are those of the questions on the page.
HOW = (
    "也可直接回复三个数字：联系过 1 没有 2，解决 1 部分 2 没解决 3 没解决但解释清楚了 4，"
    "满意 1 基本满意 2 不满意 3。例如 1 1 1"
)
_CONTACTED = (True, False)
_FIGURES = (_CONTACTED, tuple(SOLVED), tuple(SATISFIED), tuple(ATTITUDE))
_MARKS = r"[\s,，.。、;；/·-]*"
_SEPARATED = re.compile(rf"^{_MARKS}([1-4])(?:{_MARKS}([1-4]))?(?:{_MARKS}([1-4]))?(?:{_MARKS}([1-4]))?{_MARKS}$")
# Longer words first: 没解决 holds 解决. What was read is taken out before the next is looked for.
_SOLVED_WORDS = (
    ("explained", ("没解决但解释清楚了", "没有解决但解释清楚了", "解释清楚")),
    ("part", ("部分解决", "解决了一部分", "解决一部分")),
    ("no", ("没有解决", "没解决", "未解决", "不解决", "没有办好", "没办好", "没修好")),
    ("yes", ("已经解决", "已解决", "解决了", "都解决", "解决")),
)
_SATISFIED_WORDS = (
    ("no", ("不太满意", "很不满意", "不满意")),
    ("mostly", ("基本满意", "比较满意")),
    ("none", ("不评价",)),
    ("yes", ("非常满意", "很满意", "满意")),
)
_CONTACTED_WORDS = ((False, ("没联系过", "没有联系过", "没联系", "没有联系", "没人联系")), (True, ("联系过", "联系了")))
# Words that turn a meaning round: with one of them left over, a person reads.
_TURNS = ("不", "没", "未", "但", "吗", "？", "?", "如果", "要是", "除非", "才")


def read(text: str) -> Said | None:
    """The answers, or None where the text can be read in no way or in several. Solved is always in them."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return _figures(plain) if re.fullmatch(r"[\s\d,.。、;/·\-]+", plain) else _words(plain, text.strip())


def _figures(plain: str) -> Said | None:
    """Three or four figures, each one a choice of its question."""
    found = _SEPARATED.match(plain)
    figures = [int(one) for one in (found.groups() if found else ()) if one]
    if len(figures) not in (3, 4) or any(n > len(codes) for n, codes in zip(figures, _FIGURES, strict=False)):
        return None
    contacted, solved, satisfied, *manner = [codes[n - 1] for n, codes in zip(figures, _FIGURES, strict=False)]
    return Said(bool(contacted), str(solved), str(satisfied), str(manner[0]) if manner else "")


def _words(plain: str, text: str) -> Said | None:
    rest = re.sub(r"[\s,，。、;；!！.]+", "", plain)
    contacted, rest = _taken(rest, _CONTACTED_WORDS)
    satisfied, rest = _taken(rest, _SATISFIED_WORDS)
    solved, rest = _taken(rest, _SOLVED_WORDS)
    once_more = [_taken(rest, table)[0] for table in (_SOLVED_WORDS, _SATISFIED_WORDS, _CONTACTED_WORDS)]
    unclear = any(one is not None for one in once_more) or any(turn in rest for turn in _TURNS)
    if solved is None or unclear or re.search(r"\d", rest):
        return None
    said = satisfied if isinstance(satisfied, str) else ""
    return Said(contacted if isinstance(contacted, bool) else None, str(solved), said, "", text if rest else "")


def _taken(text: str, table: tuple[tuple[str | bool, tuple[str, ...]], ...]) -> tuple[str | bool | None, str]:
    """The first code of the table whose words are in the text, and the text without them."""
    for code, words in table:
        for word in words:
            if word in text:
                return code, text.replace(word, "", 1)
    return None, text
