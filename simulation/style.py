"""How people tell things: how much around the matter, how warmly, and how carefully they write. Pure.

A style is drawn for each telling: plain, blunt, formal, in the way of the old, or curt. Over the telephone an agent
writes it down, so slips of the pen are of those who write themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from simulation import speech

# Style → (weight, share of tellings that end in a wish of the matter's own, mood).
STYLES: dict[str, tuple[float, float, str]] = {
    "plain": (46, 0.75, "mood_plain"), "blunt": (17, 0.6, "mood_blunt"), "formal": (12, 0.85, "mood_formal"),
    "old": (13, 0.7, "mood_old"), "curt": (12, 0.35, "mood_plain"),
}  # fmt: skip
# How many pieces stand around the matter, by voice: most say little, a few write a page.
PIECES: dict[str, Sequence[int]] = {
    "phone": (8, 12, 15, 16, 14, 11, 8, 6, 4, 2, 2, 1, 1),
    "network": (5, 8, 11, 13, 13, 12, 10, 8, 6, 5, 4, 3, 2),
    "firm": (15, 24, 24, 18, 11, 5, 3),
}
# Share of written tellings with a slip, and of all with words of home.
SLIPS, BROAD = 0.12, 0.08
_STOPS: dict[str, tuple[Sequence[str], Sequence[int]]] = {
    "plain": (("。", "，", "；", "。"), (60, 28, 3, 9)),
    "blunt": (("！", "。", "，", "！！", "？"), (28, 38, 28, 4, 2)),
    "formal": (("。", "；", "，"), (74, 12, 14)),
    "old": (("，", "。", "，"), (40, 50, 10)),
    "curt": (("，", "。"), (55, 45)),
}
_ENDS = "。！？，；："


@dataclass(frozen=True, slots=True)
class Style:
    """One way of telling. `written`: by the citizen's own hand."""

    name: str
    voice: str

    @property
    def wishes(self) -> float:
        """How likely such a telling ends in a wish of the matter's own."""
        return STYLES[self.name][1]

    @property
    def written(self) -> bool:
        """Whether the citizen wrote it, not an agent."""
        return self.voice == "network"

    def around(self, sections: Mapping[str, float], own: Sequence[str], rng: Random) -> list[str]:
        """What stands around the matter: pieces of `sections` (rule → weight) and of the topic's `own`, told apart."""
        wanted = 0 if self.name == "curt" else rng.choices(range(len(PIECES[self.voice])), PIECES[self.voice])[0]
        drawn = rng.choices(list(sections), list(sections.values()), k=max(0, wanted - len(own)))
        rules = sorted(drawn, key=list(sections).index) if rng.random() < 0.7 else drawn
        told = [speech.expand(text, rng) for text in speech.several(map(self._rule, rules), rng)]
        for piece in own[:wanted]:
            told.insert(rng.randint(0, min(2, len(told))), piece)
        return list(dict.fromkeys(piece for piece in told if piece))

    def write(self, parts: Sequence[str], rng: Random) -> str:
        """The parts as one text, with the stops, slips and words of home of this style."""
        text = "".join(self._stopped(part, rng) for part in parts if part)
        text = text[:-1] + "。" if text[-1] in "，；：" else text
        if rng.random() < BROAD or (self.name == "old" and rng.random() < 0.4):
            text = speech.slip(text, "dialect", rng, count=2)
        if self.written and rng.random() < SLIPS:
            text = speech.slip(text, "typos", rng, count=2)
        return text

    def _rule(self, rule: str) -> str:
        return STYLES[self.name][2] if rule == "mood" else rule

    def _stopped(self, part: str, rng: Random) -> str:
        if part[-1] in _ENDS:
            return part
        stops, weights = _STOPS[self.name]
        return part + rng.choices(stops, weights)[0]


def draw(rng: Random, *, voice: str) -> Style:
    """A style; a firm is never old and seldom blunt."""
    names = list(STYLES) if voice != "firm" else ["plain", "formal", "curt"]
    return Style(rng.choices(names, [STYLES[name][0] for name in names])[0], voice)
