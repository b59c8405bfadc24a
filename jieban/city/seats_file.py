"""Reads `seats.toml`, an optional file of a city pack: what is aimed at on the phone (`jieban.city.seating`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from jieban.city.seating import Seating
from jieban.city.sheets import Report, table

FILE = "seats.toml"
_BOUNDS = {"minutes": (0.5, 120.0), "answer": (1.0, 600.0), "level": (0.5, 0.99), "away": (0.0, 0.8)}


def read(files: Mapping[str, str], report: Report) -> Seating:
    """What the file says; the defaults where the pack has none or leaves a number out."""
    if FILE not in files:
        return Seating()
    cells, usual = table(files, FILE, report).cells("seats"), Seating()
    known = {field.name for field in fields(Seating)}
    for name in sorted(set(cells.values) - known - {"source"}):
        cells.wrong(name, f"There is no setting “{name}”.", f"Settings are: {', '.join(sorted(known))}, source.")
    cells.need("source")
    said = {name: cells.number(name, *_BOUNDS[name]) for name in known if cells.text(name)}
    return Seating(**{name: said.get(name, getattr(usual, name)) for name in known})
