"""七有五性: the fields in which a district's life is measured, half by what citizens say and half by indicators.

Plain data, read by `fields_file` from the optional `fields.toml` (fields with their categories, indicators with their
bounds) and `indicators.csv` (one value a period, district and indicator). The 13 fields, 16 indicators and the half
that 社会评价 takes are public (2021 reform report); which indicators, with which bounds, is not, so the file must say
非官方.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from jieban.city.schemes import UNOFFICIAL, Codes, Share, Strict, Weight


class LifeField(Strict):
    """A field (领域) and the categories of appeals that tell of it; 社会评价 is made from all of them and has none."""

    code: Annotated[str, Field(pattern=r"^[a-z_]{1,24}$")]
    name: str
    name_en: str
    categories: Codes


class Indicator(Strict):
    """A monitored number of a field: its unit, the value that scores 0, the value that scores 100, and its weight."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]
    field: str
    name: str
    unit: str
    worst: Decimal
    best: Decimal
    weight: Weight


class Model(Strict):
    """`fields.toml` as it must be. `social` is the share of what citizens say in the whole."""

    note: str
    source: str
    social: Share
    fields: Annotated[list[LifeField], Field(min_length=1)]
    indicators: Annotated[list[Indicator], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Model:
        known, codes = [one.code for one in self.fields], [c for one in self.fields for c in one.categories]
        said = (
            (UNOFFICIAL not in self.note, f"note must say {UNOFFICIAL}: the list of indicators is not public"),
            (len(set(known)) < len(known), "two fields have the same code"),
            (len(set(codes)) < len(codes), "a category stands in two fields"),
            (any(one.field not in known for one in self.indicators), "an indicator names a field that there is not"),
            (any(one.worst == one.best for one in self.indicators), "worst and best of an indicator are the same"),
            (not any(one.weight for one in self.indicators), "no indicator has a weight"),
        )
        wrong = [what for is_wrong, what in said if is_wrong]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


@dataclass(frozen=True, slots=True)
class Fields:
    """What the city measures by, and the values it has: (period as 2026-10, district, indicator) → value."""

    model: Model
    values: Mapping[tuple[str, str, str], Decimal] = field(default_factory=dict)

    def value(self, period: str, district: str, indicator: str) -> Decimal | None:
        """The newest value known by a period; None where none was given so far."""
        known = [p for p, d, i in self.values if (d, i) == (district, indicator) and p <= period]
        return self.values[max(known), district, indicator] if known else None
