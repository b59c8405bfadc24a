"""Reads of the city pack: which rules are in force at a moment, and the unit tree.

`current` asks the database one question, "which version is valid", each time it is called; the parsed pack behind the
answer is kept per process. So no process can go on with old rules after another has loaded new ones.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from jieban.city import reading, reply_sheets
from jieban.city.gazetteer import Gazetteer
from jieban.city.models import PackFile, PackVersion, Unit
from jieban.city.pack import Pack, PlaceSpec
from jieban.city.replies import Proof
from jieban.core.errors import BadInput

_KEPT = 8


@dataclass(frozen=True)
class Loaded:
    """A pack version as the process holds it: its row id and number, the parsed pack, and the row ids of its units."""

    version_id: int
    number: int
    valid_from: date
    pack: Pack
    unit_ids: dict[str, int]

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The finder of place names, built when first asked for."""
        return Gazetteer(self.pack)

    @cached_property
    def places(self) -> dict[str, PlaceSpec]:
        """The places of the pack by code."""
        return {place.code: place for place in self.pack.places}

    @cached_property
    def unit_codes(self) -> dict[int, str]:
        """The code of each unit by row id: `unit_ids` the other way round."""
        return {pk: code for code, pk in self.unit_ids.items()}


@dataclass(frozen=True, slots=True)
class _Key:
    version_id: int
    number: int
    valid_from: date
    sha256: str
    newest_unit: int | None


_cache: OrderedDict[_Key, Loaded] = OrderedDict()
_lock = threading.Lock()


def current(*, at: datetime) -> Loaded:
    """The pack in force at `at`: the newest version whose dates hold that day. BadInput where there is none."""
    day = timezone.localdate(at)
    found = _keys("valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)", [day, day])
    if found is None:
        raise BadInput(f"No city pack is in force on {day}. Load one with: jieban init --city FOLDER")
    return _loaded(found)


def of(version_id: int) -> Loaded:
    """The pack of one version, whatever its dates. BadInput where the version is unknown."""
    found = _keys("id = %s", [version_id])
    if found is None:
        raise BadInput(f"There is no city pack version with id {version_id}.")
    return _loaded(found)


def newest() -> PackVersion:
    """The version loaded last, also where its first day is still to come. BadInput where there is none."""
    found = PackVersion.objects.order_by("-number").first()
    if found is None:
        raise BadInput("No city pack is loaded. Load one with: jieban init --city FOLDER")
    return found


def texts(version_id: int) -> dict[str, str]:
    """The files of a version as they were loaded: name → text."""
    return dict(PackFile.objects.filter(version_id=version_id).values_list("name", "body"))


def duty_texts(versions: Collection[int]) -> dict[int, str]:
    """The duty catalogue of several versions as it was loaded: version id → text; one query."""
    found = PackFile.objects.filter(version_id__in=versions, name="duties.csv")
    return dict(found.values_list("version_id", "body"))


def proofs(version_id: int) -> tuple[Proof, ...]:
    """What proof of the work a version asks for, read without the rest of the pack; one query."""
    found = PackFile.objects.filter(version_id=version_id, name=reply_sheets.PROOF).values_list("body", flat=True)
    return tuple(line for text in found for line in reply_sheets.proofs(text))


def trial(files: Mapping[str, str]) -> Loaded:
    """A pack that is only tried out: read and checked, never stored (its version has the id 0). PackError as `load`."""
    pack = reading.read(files)
    return Loaded(0, 0, pack.valid_from, pack, _unit_ids(pack))


def numbered(number: int) -> Loaded:
    """The pack of one version by its number. BadInput where there is none of that number."""
    found = _keys("number = %s", [number])
    if found is None:
        raise BadInput(f"There is no city pack version {number}.")
    return _loaded(found)


def unit_tree(unit: Unit) -> QuerySet[Unit]:
    """The unit and everything under it, in tree order."""
    return Unit.objects.filter(path__startswith=unit.path).order_by("path")


def ancestors(unit: Unit) -> QuerySet[Unit]:
    """The units above `unit`, root first."""
    return Unit.objects.filter(code__in=unit.path.split("/")[:-2]).order_by("path")


def _keys(which: str, values: Sequence[date | int]) -> _Key | None:
    """What decides the cache: the newest version of those meant and the newest unit row, in one query.

    Written out, for it is asked in every request and building it anew would cost more than its answer.
    """
    newest = f'SELECT max(id) FROM "{Unit._meta.db_table}"'  # noqa: S608 own names
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, number, valid_from, sha256, ({newest}) "  # noqa: S608 own names
            f'FROM "{PackVersion._meta.db_table}" WHERE {which} ORDER BY number DESC LIMIT 1',
            list(values),
        )
        row = cursor.fetchone()
    # SQLite hands a date over as text.
    return None if row is None else _Key(row[0], row[1], date.fromisoformat(str(row[2])), row[3], row[4])


def _loaded(key: _Key) -> Loaded:
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    fresh = _read(key)
    with _lock:
        _cache[key] = fresh
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return fresh


def _read(key: _Key) -> Loaded:
    pack = reading.read(texts(key.version_id))
    return Loaded(key.version_id, key.number, key.valid_from, pack, _unit_ids(pack))


def _unit_ids(pack: Pack) -> dict[str, int]:
    ids = dict(Unit.objects.values_list("code", "pk"))
    return {code: ids[code] for code in pack.units if code in ids}
