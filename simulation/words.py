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

from simulation import speech, style

FOLDER = Path(__file__).with_name("sentences")
SHARED = ("phrases.toml", "elsewhere.toml", "events.toml")
# Tellings without a long story: what has just begun for everybody there, and one event that many saw.
SUDDEN, EVENT = "sudden", "event"
_SLOT = re.compile(r"\{(\w+)\}")
_STOP = re.compile(r"(?<=[。！？；])")
_MARK = re.compile(r"^〔(.+?)〕")
_NUMBERS = re.compile(r"(?<=[0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[0-9])")
_GAPS = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
# A topic that asks may also be told by a unit, where nobody at the seat knows the answer.
CONSULTATION = "consultation"
# Who asks, praises or suggests does not tell since when it goes on and whom they asked in vain.
_CALM = (CONSULTATION, "praise", "suggestion")
# What they tell beside their matter, by kind: rules of the grammar with their weights.
ASKING: Mapping[str, Mapping[str, float]] = {
    "praise": {"praise_any": 1.0},
    "suggestion": {"suggest_any": 1.5, "course": 0.2, "detail_street": 0.4},
}
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
    speech: str = "street"

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
        """`text` told, with every slot filled. KeyError for a slot that phrases.toml does not know."""
        return _SLOT.sub(lambda found: self._word(found[1]), speech.expand(text, self._rng))

    def _word(self, name: str) -> str:
        if name not in self._words:
            self._words[name] = self.fill(self._draw(name))
        return self._words[name]

    def _draw(self, name: str) -> str:
        if name == "line":
            return str(self._rng.randint(1, 990))
        if name == "shop":
            return "{shop_name}{shop_kind}"
        return str(self._rng.choice(shared()["slots"][name]))


@lru_cache(maxsize=1)
def shared() -> dict[str, Any]:
    """The pieces of speech that every matter shares."""
    return _read(FOLDER / "phrases.toml")


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """Every kind of matter that a unit may have to act on or that is a question, in the order of the files."""
    files = sorted(path for path in FOLDER.glob("*.toml") if path.name not in SHARED)
    return tuple(
        _topic({"category": raw.get("category"), "speech": raw.get("speech"), **row})
        for raw in map(_read, files)
        for row in raw["topic"]
    )


@lru_cache(maxsize=1)
def elsewhere() -> tuple[Topic, ...]:
    """Matters that are told the right way (`ground`) or put through to an emergency line (`line`)."""
    raw = _read(FOLDER / "elsewhere.toml")
    return tuple(_topic(row) for row in (*raw["guide"], *raw["transfer"]))


@lru_cache(maxsize=1)
def events() -> tuple[Topic, ...]:
    """Events whose sentences all tell the same, to be told by many."""
    return tuple(_topic(row) for row in _read(FOLDER / "events.toml")["topic"])


def tell(topic: Topic, what: What, slots: Slots, rng: Random, *, voice: str, where: str, scene: str = "") -> Said:
    """The matter in words.

    `voice`: phone, network or firm; `where`: how the place is told (full, vague or ""); `scene`: "", or SUDDEN or
    EVENT, where nobody tells a long story.
    """
    how = style.draw(rng, voice=voice)
    told = [slots.fill(speech.vary(text, rng)) for text in _parts(topic, what, rng, how, scene)]
    place = slots.fill(speech.piece(f"where_{where}", rng)) if where else ""
    told[1:1] = [place] if place else []
    opening = slots.fill(speech.piece(f"open_{voice}", rng))
    closing = slots.fill(speech.piece("close_any" if topic.calm else f"close_{voice}", rng))
    content = how.write([opening + told[0], *told[1:], closing], rng)
    return Said(_title(topic, what, slots, rng), spaced(content))


def again(said: Said, rng: Random) -> Said:
    """The same letter sent once more: a sentence left out or a word before it, otherwise as it was."""
    kept = _STOP.split(said.content)
    if len(kept) > 3:
        del kept[rng.randrange(1, len(kept))]
    before = speech.piece("again", rng)
    return Said(spaced(f"{before}{said.title}"[:60]), spaced(before + "".join(kept)))


def result(what: What, slots: Slots, rng: Random) -> str:
    """What a unit that did the work says it did."""
    return spaced(slots.fill(rng.choice(what.done)))


def spaced(text: str) -> str:
    """Chinese and figures parted by a space, dates and percentages kept together."""
    return _NUMBERS.sub(" ", _GAPS.sub("", text))


def _parts(topic: Topic, what: What, rng: Random, how: style.Style, scene: str) -> list[str]:
    """The matter first, then as much around it as the teller is given to, then the wish; slots still open."""
    own = rng.sample(what.more, min(len(what.more), rng.choice((0, 1, 1, 2))))
    around = how.around(_sections(topic, scene), own, rng)
    wish = [rng.choice(what.wish)] if what.wish and rng.random() < how.wishes else []
    if not (topic.calm or wish):
        wish = [speech.piece("wish_any", rng)]
    return [what.text, *around, *wish]


def _sections(topic: Topic, scene: str) -> Mapping[str, float]:
    """The rules of the grammar that fit such a topic, by weight."""
    if topic.line:
        return {"urgent_any": 1.0}
    if topic.kind in ASKING:
        return ASKING[topic.kind]
    if topic.ground or topic.kind == CONSULTATION:
        return {"why_any": 1.2, "aside_asking": 0.4, "more_any": 1.2}
    if scene == EVENT:
        return {"bystander": 1.0, f"effect_{topic.speech}": 2.0, "argue": 0.6, "mood": 1.0, "wish_any": 0.8}
    if scene == SUDDEN:
        return {"sudden": 3.0, f"effect_{topic.speech}": 2.0, "mood_plain": 0.5}
    people = topic.speech in ("firm", "village")
    return {
        "course": 1.6, f"detail_{topic.speech}": 2.4, f"asked_{'people' if people else topic.speech}": 2.2,
        "before": 0.4, "aside": 1.5, "bystander": 0.5, f"effect_{topic.speech}": 2.0, "argue": 0.8, "mood": 0.9,
        "wish_any": 1.0,
    }  # fmt: skip


def _title(topic: Topic, what: What, slots: Slots, rng: Random) -> str:
    """A title: one that suits the sentence, or its beginning, by itself or within words that people put around it."""
    if what.titles and rng.random() < 0.5:
        bare = slots.fill(speech.vary(rng.choice(what.titles), rng))
    else:
        clauses = slots.fill(speech.vary(what.text, rng)).split("，")
        bare = clauses[0] if len(clauses[0]) > 8 or len(clauses) == 1 else "，".join(clauses[:2])
    around = speech.piece("title_asking" if topic.calm else "title", rng)
    told_already = any(
        word in bare for word in (slots.fill(found[0]) for found in _SLOT.finditer(around.replace("{t}", "")))
    )
    whole = bare if told_already else slots.fill(around.replace("{t}", bare))
    return spaced(whole if len(whole) <= 60 else bare[:60])


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _topic(row: Mapping[str, Any]) -> Topic:
    return Topic(
        row.get("category", ""), row["kind"], row.get("weight", 1.0), tuple(_what(text, row) for text in row["what"]),
        row.get("firm", False), row.get("rural", False), row.get("appellant", "person"), row.get("ground", ""),
        row.get("line", ""), row.get("speech", "street"),
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
