"""Loading a city pack: files become an immutable, dated version, and the unit rows follow the newest one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from jieban.city import reading, schemes
from jieban.city.models import PackFile, PackVersion, Unit
from jieban.city.pack import Pack, UnitSpec
from jieban.core.errors import BadInput, Conflict

_BATCH = 500
_FOLLOWING = ["name", "short", "kind", "path", "aliases", "predecessors", "sample", "valid_from", "valid_to"]


def load(folder: Path, *, at: datetime) -> PackVersion:
    """Load the pack in `folder` and return its version; the newest version itself where nothing has changed.

    A changed pack becomes a new version and ends the one before it on its own first day. Units that are no longer in
    the pack are dated, never deleted. Raises PackError with all mistakes, BadInput where the pack does not follow the
    loaded one, Conflict where somebody else loaded one at the same moment; nothing is written then.
    """
    return load_texts(gather(folder), at=at)


def load_texts(files: Mapping[str, str], *, at: datetime) -> PackVersion:
    """Load the pack that these texts (name → text) are, with the same promises as `load`."""
    pack = reading.read(files)
    try:
        return _load(pack, files, at=at)
    except IntegrityError as error:
        raise Conflict("Another process loaded a pack at the same moment. Run jieban init again.") from error


@transaction.atomic
def _load(pack: Pack, files: Mapping[str, str], *, at: datetime) -> PackVersion:
    digest = _digest(files)
    newest = PackVersion.objects.select_for_update().order_by("-number").first()
    if newest is not None and newest.city == pack.city.code and newest.sha256 == digest:
        return newest
    _must_follow(newest, pack, digest)
    version = _write_version(pack, files, digest, newest, at=at)
    _write_units(pack)
    return version


def gather(folder: Path) -> dict[str, str]:
    """The texts of the pack files in `folder`, by name. Missing ones are left out; reading reports them."""
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}. Give the folder of a city pack, for example cities/beijing.")
    found = {}
    many = (f"{schemes.FOLDER}{path.name}" for path in sorted((folder / schemes.FOLDER).glob("*.toml")))
    for name in (*reading.FILES, *reading.OPTIONAL, *many):
        path = folder / name
        if path.is_file():
            found[name] = _text(path)
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8 text (byte {error.start}). Save it again as UTF-8.") from error


def _digest(files: Mapping[str, str]) -> str:
    """One hash over the names and texts of all files."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name} {_hash(files[name])}\n".encode())
    return whole.hexdigest()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _must_follow(newest: PackVersion | None, pack: Pack, digest: str) -> None:
    if newest is None:
        return
    if newest.city != pack.city.code:
        raise BadInput(
            f"This database serves {newest.name} ({newest.city}); the pack is for {pack.city.name} ({pack.city.code}). "
            "Use another DATABASE_URL or JIEBAN_HOME for a second city."
        )
    if pack.valid_from < newest.valid_from:
        raise BadInput(
            f"The pack begins on {pack.valid_from}, before the loaded version {newest.number} ({newest.valid_from}). "
            "Set valid_from in pack.toml to that day or later."
        )
    if PackVersion.objects.filter(city=pack.city.code, sha256=digest).exists():
        raise BadInput("These files were loaded before, as an older version. Give them a new valid_from in pack.toml.")


def _write_version(
    pack: Pack, files: Mapping[str, str], digest: str, newest: PackVersion | None, *, at: datetime
) -> PackVersion:
    PackVersion.objects.filter(valid_to__isnull=True).update(valid_to=pack.valid_from)
    version = PackVersion.objects.create(
        city=pack.city.code,
        name=pack.city.name,
        number=newest.number + 1 if newest else 1,
        sha256=digest,
        valid_from=pack.valid_from,
        loaded_at=at,
    )
    PackFile.objects.bulk_create(
        PackFile(version=version, name=name, sha256=_hash(body), body=body) for name, body in files.items()
    )
    return version


def _write_units(pack: Pack) -> None:
    """Insert or update every unit, then set parents and districts, then date the units that are gone."""
    rows = {code: _row(spec, pack.valid_from) for code, spec in pack.units.items()}
    _upsert(rows.values(), _FOLLOWING)
    ids = dict(Unit.objects.values_list("code", "pk"))
    for code, spec in pack.units.items():
        rows[code].parent_id = ids.get(spec.parent)
        rows[code].district_id = ids.get(spec.district)
    _upsert(rows.values(), ["parent", "district"])
    gone = [pk for code, pk in ids.items() if code not in pack.units]
    Unit.objects.filter(pk__in=gone, valid_to__isnull=True).update(valid_to=pack.valid_from)


def _upsert(rows: Iterable[Unit], fields: list[str]) -> None:
    Unit.objects.bulk_create(
        rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["code"], update_fields=fields
    )


def _row(spec: UnitSpec, since: date) -> Unit:
    return Unit(
        code=spec.code,
        name=spec.name,
        short=spec.short,
        kind=spec.kind,
        path=spec.path,
        aliases=list(spec.aliases),
        predecessors=list(spec.predecessors),
        sample=spec.sample,
        valid_from=spec.valid_from or since,
        valid_to=spec.valid_to,
    )
