"""Verbs of triage: what a text suggests, and what a person makes of it.

A suggestion is {value, probability, words, model, alternatives: [{value, probability, words} … at most three]}, plain
enough to lie beside the order as it was made. What a person chose lies in the same place: {chosen, accepted}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jieban.accounts.actor import Actor
from jieban.city.gazetteer import PlaceGuess
from jieban.city.pack import APPEAL_KINDS, Pack
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.orders import actions as orders_door
from jieban.orders.actions import Step
from jieban.orders.models import Order
from jieban.triage import kinds, placing, shelf, urgency
from jieban.triage.classifiers.lexicon import Lexicon
from jieban.triage.texts import Guess, Text

Suggested = dict[str, Any]
FIELDS = ("kind", "category", "place", "urgency")
ALTERNATIVES = 3
_TOP = 1 + ALTERNATIVES
# Twice as many are asked of a trained model: labels that this pack does not know are passed over.
_ASKED = 2 * _TOP
_KEPT = 4
# Labels a trained model may use for the kinds: our codes, or the words of the field.
_WORDS = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
_KINDS = dict(zip((*_WORDS, *APPEAL_KINDS), (*APPEAL_KINDS, *APPEAL_KINDS), strict=True))


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """What a pack says beforehand, made ready once: its words, its usual urgencies, its names."""

    pack: Pack
    lexicon: Lexicon
    urgencies: Mapping[str, str]
    categories: Mapping[str, str]


_known: dict[int, _Knowledge] = {}


def suggest(texts: Sequence[Text], *, loaded: Loaded, typed: Sequence[str] = ()) -> list[Suggested]:
    """For each text what its words say: field → suggestion, without the fields that nothing speaks for.

    `typed` are the place fields, one a text where given. Asks no database and writes nothing.
    """
    known = _knowledge(loaded)
    categories, category_model = _categories(texts, known)
    kind, kind_model = _kinds(texts, categories, known)
    urgencies = urgency.suggest(texts, known.pack)
    units, unit_model = _trained("unit", texts)
    out = []
    for n, text in enumerate(texts):
        said: Suggested = {}
        _keep(said, "kind", kind[n], kind_model)
        _keep(said, "category", categories[n], category_model)
        _keep(said, "place", _places(text, typed[n] if typed else "", loaded), f"gazetteer@{loaded.number}")
        _keep(said, "urgency", urgencies[n], urgency.MODEL)
        if urgency.unsure(urgencies[n]):
            _keep(said, "urgency", _usual(categories[n], known), f"{urgency.CATALOGUE}@{loaded.number}")
        _keep(said, "unit", units[n] if units else [], unit_model)
        out.append(said)
    return out


def _keep(said: Suggested, field: str, guesses: Sequence[Guess], model: str) -> None:
    if guesses:
        best, *others = (_plain(guess) for guess in guesses[:_TOP])
        said[field] = best | {"model": model, "alternatives": others}


def _plain(guess: Guess) -> dict[str, Any]:
    return {"value": guess.value, "probability": round(guess.probability, 4), "words": list(guess.words)}


def _categories(texts: Sequence[Text], known: _Knowledge) -> tuple[list[list[Guess]], str]:
    found, model = _trained("category", texts)
    if any(mine := [_only(guesses, known.categories) for guesses in found]):
        return mine, model
    return known.lexicon.suggest(texts, _TOP), known.lexicon.model


def _kinds(
    texts: Sequence[Text], categories: Sequence[Sequence[Guess]], known: _Knowledge
) -> tuple[list[list[Guess]], str]:
    found, model = _trained("kind", texts)
    if any(mine := [_only(guesses, _KINDS) for guesses in found]):
        return mine, model
    hints = [_hint(guesses, known.pack) for guesses in categories]
    return kinds.suggest(texts, hints, _TOP), kinds.MODEL


def _hint(categories: Sequence[Guess], pack: Pack) -> tuple[str, float]:
    if not categories:
        return "", 0.0
    best = categories[0]
    return pack.categories[best.value].kind_hint, best.probability


def _usual(categories: Sequence[Guess], known: _Knowledge) -> list[Guess]:
    return urgency.usual(categories[0].value, categories[0].probability, known.urgencies) if categories else []


def _places(text: Text, typed: str, loaded: Loaded) -> list[Guess]:
    found = loaded.gazetteer.ranked(text.whole, typed or None, _TOP)
    return [Guess(_spot(place), place.probability, place.words) for place in found]


def _spot(place: PlaceGuess) -> str:
    return place.place_code or place.street or place.district


def _trained(field: str, texts: Sequence[Text]) -> tuple[list[list[Guess]], str]:
    """What the trained model of a field says; nothing where there is none."""
    model = shelf.model(field)
    return (model.suggest(texts, _ASKED), model.model) if model is not None else ([], "")


def _only(guesses: Iterable[Guess], codes: Mapping[str, str]) -> list[Guess]:
    """The guesses whose label the pack knows, by code or by name, with its code as value."""
    return [Guess(codes[g.value], g.probability, g.words) for g in guesses if g.value in codes]


def _knowledge(loaded: Loaded) -> _Knowledge:
    """What is made ready from a pack, kept while the same pack is in use."""
    key = id(loaded.pack)
    if key not in _known or _known[key].pack is not loaded.pack:
        while len(_known) >= _KEPT:
            _known.pop(next(iter(_known)), None)
        _known[key] = _ready(loaded)
    return _known[key]


def _ready(loaded: Loaded) -> _Knowledge:
    pack = loaded.pack
    names: dict[str, list[str]] = {}
    for code, node in pack.categories.items():
        names.setdefault(node.name, []).append(code)
    codes = {name: found[0] for name, found in names.items() if len(found) == 1} | {
        code: code for code in pack.categories
    }
    return _Knowledge(pack, Lexicon(pack, loaded.number), urgency.catalogue(pack), codes)


def accept(
    orders: Sequence[Order], choices: Sequence[Mapping[str, str]], *, by: Actor, at: datetime, loaded: Loaded
) -> None:
    """Settle fields of orders as a person decides; what was suggested stays beside what was chosen, and by whom.

    `choices` has one mapping an order, field (of FIELDS) → code; fields left out stay as they are, and an order without
    any is passed over. BadInput for a field or code that this pack does not have; then nothing is written.
    """
    given = [check(choice, loaded) for choice in choices]
    steps = [_step(order, choice, loaded) for order, choice in zip(orders, given, strict=True) if choice]
    if steps:
        orders_door.move(steps, "sort", by=by, at=at)


def settled(suggested: Mapping[str, Any], choice: Mapping[str, str]) -> Suggested:
    """Suggestions with what a person chose beside them. Who that was stands in the timeline entry that carries them."""
    made = {f: {**(suggested.get(f) or {}), "chosen": value, "accepted": True} for f, value in choice.items()}
    return {**suggested, **made}


def check(choice: Mapping[str, str], loaded: Loaded) -> dict[str, str]:
    """The fields that say something; BadInput names the first one that this pack does not know."""
    said = {field: value for field, value in choice.items() if value}
    for field, value in said.items():
        if not _valid(field, value, loaded):
            raise BadInput(f"“{value}”不在现行的{_NAMES.get(field, field)}表里。请刷新页面，从列出的里面再选一次。")
    return said


_NAMES = {"kind": "类型", "category": "分类", "place": "地点", "urgency": "紧急程度"}


def _valid(field: str, value: str, loaded: Loaded) -> bool:
    pack = loaded.pack
    tables = {
        "kind": APPEAL_KINDS, "category": pack.categories, "place": pack.units, "urgency": pack.clocks,
    }  # fmt: skip
    return value in tables.get(field, ()) or (field == "place" and value in loaded.places)


def _step(order: Order, choice: Mapping[str, str], loaded: Loaded) -> Step:
    before = {field: order.suggested.get(field, {}) for field in choice}
    changes: dict[str, Any] = {field: value for field, value in choice.items() if field != "place"}
    if "place" in choice:
        changes |= {"place": "", "owner": "", "longitude": None, "latitude": None}
        changes |= placing.where(choice["place"], loaded)
    changes["suggested"] = settled(order.suggested, choice)
    return Step(order, changes=changes, records={"suggested": before, "chosen": dict(choice)})
