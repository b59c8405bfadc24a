"""Finds the places of a city pack in text, guesses the one that is meant, and answers the pick list of a place field.

One automaton over all names finds every place in one pass. A name that several streets share (八里庄街道 lies in two
districts) counts for each of them; a district or another name nearby decides. What `best` returns as probability is a
weight of evidence between 0 and 1, not a calibrated frequency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick_rs

from jieban.city.pack import Pack, PlaceSpec, UnitSpec

# How much one mention says about the street: its full name nearly all, its bare name (望京) half, a road little.
_WEIGHTS = {
    "street": 1.0,
    "community": 0.95,
    "estate": 0.9,
    "landmark": 0.85,
    "bare": 0.55,
    "district": 0.3,
    "road": 0.2,
}
# What a candidate keeps when the text names another district than its own.
_ELSEWHERE = 0.12
# Evidence from which a district counts as named: its name does, one mention of a road through it does not.
_NAMED = 0.25
# How much more the typed place says than the letter around it.
_TYPED = 2.0
# The part of the evidence that is never certain: people also name places that are not the scene.
_DOUBT = 0.06
# Even the weakest kind of mention leaves this part of the certainty.
_FLOOR = 0.35
_RANKS = {"street": 0, "district": 1, "landmark": 2, "community": 3, "estate": 4, "road": 5}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name can mean: a place or unit code, its kind, and where it lies ("" where unknown)."""

    code: str
    name: str
    kind: str
    street: str
    district: str
    owner: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found in text at [start, end): the word as written, the codes it can mean, and the kind of the first."""

    start: int
    end: int
    name: str
    codes: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class PlaceGuess:
    """The place a text most likely means; codes are "" where unknown. `words` are the names that made the guess."""

    place_code: str
    street: str
    district: str
    owner: str
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """One line of a pick list."""

    code: str
    name: str
    kind: str
    street: str
    district: str
    label: str


NOWHERE = PlaceGuess("", "", "", "", 0.0, ())


class Gazetteer:
    """The place names of one pack. Building takes some tens of milliseconds; finding is one pass over the text."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._meanings = _meanings(pack)
        self._names = list(self._meanings)
        self._automaton = ahocorasick_rs.AhoCorasick(self._names, ahocorasick_rs.MatchKind.LeftmostLongest)
        self._searchable = [(name, entry) for name, entries in self._meanings.items() for entry in entries]
        self._by_code = {entry.code: entry for _, entry in self._searchable}

    def find(self, text: str) -> list[Hit]:
        """Every place name in `text`, from left to right, the longest name at each spot, none overlapping."""
        return [
            Hit(start, end, name, tuple(entry.code for entry in entries), entries[0].kind)
            for start, end, name, entries in self._spots(text)
        ]

    def best(self, text: str, typed: str | None = None) -> PlaceGuess:
        """The place that `text` and the place field `typed` mean together; `NOWHERE` if they name none."""
        return next(iter(self.ranked(text, typed, 1)), NOWHERE)

    def ranked(self, text: str, typed: str | None = None, top: int = 4) -> list[PlaceGuess]:
        """The places that `text` and `typed` may mean, the likeliest first, at most `top`, one a street."""
        mentions = _Mentions()
        for part, weight in ((typed or "", _TYPED), (text, 1.0)):
            for _, _, name, entries in self._spots(part):
                mentions.take(name, entries, weight)
        return mentions.verdicts(top)

    def search(self, query: str, limit: int = 10) -> list[Pick]:
        """Places whose name holds `query`: first those that begin with it, streets before places, short before long."""
        wanted = query.strip()
        if not wanted:
            return []
        found: dict[str, tuple[tuple[bool, int, int, str], Entry]] = {}
        for name, entry in self._searchable:
            if wanted in name:
                rank = (not name.startswith(wanted), _RANKS.get(entry.kind, 9), len(name), entry.code)
                if entry.code not in found or rank < found[entry.code][0]:
                    found[entry.code] = (rank, entry)
        return [self._pick(entry) for _, entry in sorted(found.values(), key=lambda item: item[0])[:limit]]

    def label(self, code: str) -> str:
        """The place or unit `code` in words, from the district down (东城区 前门街道 · 某小区)."""
        units = self._pack.units
        entry = self._by_code.get(code)
        if entry is None:
            return units[code].name if code in units else code
        above = [units[above].name for above in (entry.district, entry.street) if above and above != entry.code]
        return " · ".join(part for part in (" ".join(above), entry.name) if part)

    def _pick(self, entry: Entry) -> Pick:
        return Pick(entry.code, entry.name, entry.kind, entry.street, entry.district, self.label(entry.code))

    def _spots(self, text: str) -> Iterator[tuple[int, int, str, tuple[Entry, ...]]]:
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            name = self._names[index]
            yield start, end, name, self._meanings[name]


class _Mentions:
    """Weighs the names found in a text until one street stands out."""

    def __init__(self) -> None:
        self.districts: dict[str, float] = defaultdict(float)
        self.streets: dict[str, float] = defaultdict(float)
        self.strongest: dict[str, float] = defaultdict(float)
        self.places: dict[str, float] = defaultdict(float)
        self.entries: dict[str, Entry] = {}
        self.words: dict[str, list[str]] = defaultdict(list)

    def take(self, name: str, entries: tuple[Entry, ...], weight: float) -> None:
        """Add one found name with all it can mean."""
        share = weight / len(entries)
        for entry in entries:
            strength = share * _WEIGHTS[entry.kind]
            self.entries[entry.code] = entry
            self._count(entry, strength)
            self.strongest[entry.street] = max(self.strongest[entry.street], _WEIGHTS[entry.kind])
            for key in {entry.code, entry.street, entry.district} - {""}:
                if name not in self.words[key]:
                    self.words[key].append(name)

    def _count(self, entry: Entry, strength: float) -> None:
        if entry.street:
            self.streets[entry.street] += strength
        else:
            self.districts[entry.district] += strength
        if entry.kind not in ("street", "bare", "district"):
            self.places[entry.code] += strength

    def verdicts(self, top: int) -> list[PlaceGuess]:
        """The strongest streets with their places; without a street, the strongest districts; else nothing."""
        scores = {street: score * self._fit(street) for street, score in self.streets.items()}
        found, verdict = (scores, self._street) if scores else (self.districts, self._district)
        order = sorted(found, key=lambda code: (found[code], code), reverse=True)[:top] if len(found) > 1 else found
        whole = sum(found.values())
        return [verdict(code, found[code] / whole) for code in order]

    def _street(self, street: str, share: float) -> PlaceGuess:
        probability = share * (1 - _DOUBT) * (_FLOOR + (1 - _FLOOR) * self.strongest[street])
        place = self._place_in(street)
        district = self._district_of(street)
        words = [*self.words[street], *(w for w in self.words[district] if w not in self.words[street])]
        code, owner = (place.code, place.owner) if place else ("", "")
        return PlaceGuess(code, street, district, owner, round(probability, 4), tuple(words[:6]))

    def _fit(self, street: str) -> float:
        """1 where the named districts hold the street or none is named, a fraction where only others are."""
        district = self._district_of(street)
        named = {code for code, score in self.districts.items() if score >= _NAMED}
        return 1.0 if not named or district in named else _ELSEWHERE

    def _district_of(self, street: str) -> str:
        return next(entry.district for entry in self.entries.values() if entry.street == street)

    def _place_in(self, street: str) -> Entry | None:
        inside = [code for code in self.places if self.entries[code].street == street]
        return self.entries[max(inside, key=lambda code: (self.places[code], code))] if inside else None

    def _district(self, district: str, share: float) -> PlaceGuess:
        roads = [code for code in self.places if self.entries[code].district == district]
        place = roads[0] if len(roads) == 1 else ""
        probability = round(share * (1 - _DOUBT) * 0.5, 4)
        return PlaceGuess(place, "", district, "", probability, tuple(self.words[district][:6]))


def _meanings(pack: Pack) -> dict[str, tuple[Entry, ...]]:
    """Every name with all it can mean, one entry a code; full names keep bare ones out."""
    found: dict[str, dict[str, Entry]] = defaultdict(dict)
    for name, entry in (*_unit_names(pack), *_place_names(pack)):
        found[name].setdefault(entry.code, entry)
    full = {name: tuple(entries.values()) for name, entries in found.items()}
    bare: dict[str, dict[str, Entry]] = defaultdict(dict)
    for name, entry in _bare_names(pack):
        if name not in full:
            bare[name].setdefault(entry.code, entry)
    return full | {name: tuple(entries.values()) for name, entries in bare.items()}


def _unit_names(pack: Pack) -> Iterator[tuple[str, Entry]]:
    for unit in pack.units.values():
        if unit.kind in ("street", "district"):
            entry = _unit_entry(unit, unit.kind)
            names: Iterable[str] = unit.names if unit.kind == "district" else (unit.name, *unit.aliases)
            yield from ((name, entry) for name in names if len(name) > 1)


def _place_names(pack: Pack) -> Iterator[tuple[str, Entry]]:
    for place in pack.places:
        entry = _place_entry(place)
        yield from ((name, entry) for name in (place.name, *place.aliases) if len(name) > 1)


def _bare_names(pack: Pack) -> Iterator[tuple[str, Entry]]:
    """Streets by their name without its form (望京), but for those that are ordinary words in the city's language."""
    ordinary = set(pack.settings.ordinary_words)
    for unit in pack.units.values():
        if unit.kind == "street" and unit.form:
            name = unit.name.removesuffix(unit.form).strip()
            if len(name) > 1 and name not in ordinary:
                yield name, _unit_entry(unit, "bare")


def _unit_entry(unit: UnitSpec, kind: str) -> Entry:
    is_street = unit.kind == "street"
    district = unit.district if is_street else unit.code
    return Entry(unit.code, unit.name, kind, unit.code if is_street else "", district, sample=unit.sample)


def _place_entry(place: PlaceSpec) -> Entry:
    return Entry(place.code, place.name, place.kind, place.street, place.district, place.owner, place.sample)
