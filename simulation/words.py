"""What citizens say: matters from `sentences/*.toml`, told in ever different words. Pure: the same rng tells the same.

A topic is one kind of matter under one category. Its `what` sentences may begin with 〔a finer category〕. Titles and
results are tied to a sentence by the characters they share, so that a broken lift is never answered with a new lamp.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).with_name("sentences")
SHARED = ("phrases.toml", "elsewhere.toml")
_SLOT = re.compile(r"\{(\w+)\}")
_MARK = re.compile(r"^〔(.+?)〕")
_NUMBERS = re.compile(r"(?<=[0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[0-9])")
_GAPS = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
# A topic that asks may also be told by a unit, where nobody at the seat knows the answer.
CONSULTATION = "consultation"
# Who asks, praises or suggests does not tell since when it goes on and whom they asked in vain.
_CALM = (CONSULTATION, "praise", "suggestion")
HOMES = ("供暖", "住房", "物业管理", "市容环卫", "环境保护", "公共安全", "垃圾分类", "市政")


@dataclass(frozen=True, slots=True)
class What:
    """One way to say a matter: the sentence, the name of its category, and all that suits this very sentence."""

    text: str
    category: str
    titles: tuple[str, ...]
    done: tuple[str, ...]
    more: tuple[str, ...] = ()
    wish: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of matter. `first` is the first-level category; `ground` or `line` where it is told or put through."""

    first: str
    kind: str
    weight: float
    whats: tuple[What, ...]
    firm: bool = False
    rural: bool = False
    appellant: str = "person"
    ground: str = ""
    line: str = ""

    @property
    def calm(self) -> bool:
        """Whether the teller has nothing to complain of, or no time to."""
        return bool(self.kind in _CALM or self.ground or self.line)

    @property
    def home(self) -> bool:
        """Whether the matter is about where people live, so that a property firm may have been asked."""
        return self.first in HOMES


@dataclass(frozen=True, slots=True)
class Said:
    """A matter as it was said."""

    title: str
    content: str


class Slots:
    """The words in braces of one matter: drawn once, and the same from the first sentence to the last reply."""

    def __init__(self, rng: Random, fixed: Mapping[str, str]) -> None:
        self._rng = rng
        self._words = dict(fixed)

    def fill(self, text: str) -> str:
        """`text` with every slot filled. KeyError for a slot that phrases.toml does not know."""
        return _SLOT.sub(lambda found: self._word(found[1]), text)

    def _word(self, name: str) -> str:
        if name not in self._words:
            self._words[name] = self.fill(self._draw(name))
        return self._words[name]

    def _draw(self, name: str) -> str:
        phrases = shared()
        lists = {
            "since": ("since", "spans"),
            "excuse": ("tried", "excuses"),
            "again": ("tried", "agains"),
            "wait_for": ("tried", "waits"),
        }
        if name == "line":
            return str(self._rng.randint(1, 990))
        if name == "shop":
            return "{shop_name}{shop_kind}"
        table, key = lists.get(name, ("slots", name))
        return str(self._rng.choice(phrases[table][key]))


@lru_cache(maxsize=1)
def shared() -> dict[str, Any]:
    """The pieces of speech that every matter shares."""
    return _read(FOLDER / "phrases.toml")


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """Every kind of matter that a unit may have to act on or that is a question, in the order of the files."""
    files = sorted(path for path in FOLDER.glob("*.toml") if path.name not in SHARED)
    return tuple(_topic(raw["category"], row) for raw in map(_read, files) for row in raw["topic"])


@lru_cache(maxsize=1)
def elsewhere() -> tuple[Topic, ...]:
    """Matters that are told the right way (`ground`) or put through to an emergency line (`line`)."""
    raw = _read(FOLDER / "elsewhere.toml")
    return tuple(_topic("", row) for row in (*raw["guide"], *raw["transfer"]))


def tell(topic: Topic, what: What, slots: Slots, rng: Random, *, voice: str, where: str) -> Said:
    """The matter in words. `voice`: phone, network or firm; `where`: how the place is told (full, vague or "")."""
    said = shared()
    body = slots.fill(what.text)
    opening = slots.fill(rng.choice(said["open"][voice]))
    parts = [opening + body, slots.fill(rng.choice(said["where"][where])) if where else ""]
    if rng.random() < 0.78:
        parts += _around(topic, what, slots, rng)
    if what.wish and rng.random() < 0.9:
        parts.append(slots.fill(rng.choice(what.wish)))
    parts.append(slots.fill(rng.choice(said["close_asking" if topic.calm else "close"]["items"])))
    return Said(_title(what, slots, rng), spaced("".join(map(_sentence, parts))))


def result(what: What, slots: Slots, rng: Random) -> str:
    """What a unit that did the work says it did."""
    return spaced(slots.fill(rng.choice(what.done)))


def spaced(text: str) -> str:
    """Chinese and figures parted by a space, dates and percentages kept together."""
    return _NUMBERS.sub(" ", _GAPS.sub("", text))


def _around(topic: Topic, what: What, slots: Slots, rng: Random) -> list[str]:
    """What people say beside the matter: since when, what makes it worse, what they tried, how they feel."""
    said, where = shared(), "home" if topic.home else "items"
    parts = [] if topic.calm else [rng.choice(said["since"]["items"])]
    for _ in range(rng.choice((0, 1, 1, 2)) if what.more else 0):
        parts.append(rng.choice(what.more))
    if not topic.calm:
        parts += [rng.choice(said["tried"][where]), rng.choice(said["mood"][where])]
    return [slots.fill(part) for part in dict.fromkeys(parts)]


def _title(what: What, slots: Slots, rng: Random) -> str:
    if what.titles and rng.random() < 0.7:
        return spaced(slots.fill(rng.choice(what.titles)))
    clauses = slots.fill(what.text).split("，")
    title = clauses[0] if len(clauses[0]) > 8 or len(clauses) == 1 else "，".join(clauses[:2])
    return spaced(title[:60])


def _sentence(part: str) -> str:
    return part if not part or part[-1] in "。！？，" else part + "。"


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _topic(first: str, row: Mapping[str, Any]) -> Topic:
    return Topic(
        first, row["kind"], row.get("weight", 1.0), tuple(_what(text, row) for text in row["what"]),
        row.get("firm", False), row.get("rural", False), row.get("appellant", "person"), row.get("ground", ""),
        row.get("line", ""),
    )  # fmt: skip


def _what(text: str, row: Mapping[str, Any]) -> What:
    """A sentence with what suits it. Of a `mixed` topic only what shares words with it, or suits anything."""
    mark, bare, mixed = _MARK.match(text), _MARK.sub("", text), bool(row.get("mixed"))
    spare = tuple(shared()["reply"]["generic"]) if mixed or not row.get("done") else tuple(row["done"])
    more, wish = tuple(row.get("more", ())), tuple(row.get("wish", ()))
    return What(
        bare,
        mark[1] if mark else row.get("of", ""),
        _suiting(row.get("title", ()), bare, 2),
        _suiting(row.get("done", ()), bare, 1) or spare,
        _suiting(more, bare, 1) if mixed else more,
        (_suiting(wish, bare, 1) or tuple(shared()["wish"]["items"])) if mixed else wish,
    )


def _suiting(choices: Sequence[str], text: str, pairs: int) -> tuple[str, ...]:
    return tuple(choice for choice in choices if _alike(choice, text, pairs))


def _alike(left: str, right: str, pairs: int) -> bool:
    """Whether two texts share so many pairs of neighbouring characters outside their slots."""
    return len(_pairs(left) & _pairs(right)) >= pairs


def _pairs(text: str) -> frozenset[str]:
    bare = re.sub(r"[，。、！？0-9 ]", "\n", _SLOT.sub("\n", text))
    return frozenset(a + b for a, b in itertools.pairwise(bare) if "\n" not in (a, b))
