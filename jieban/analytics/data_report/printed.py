"""Figures that a city has printed, beside those that a lake gives: which agree, and which do not and why.

Printed figures and the reasons of known disagreements are data of the city (`published.json` of its folder). A printed
figure is rounded, so it agrees within half of its last digit, or within one percent. A made-up city is drawn by chance
and cannot agree more closely than chance allows: within three standard errors counts as agreeing there, and is named
as such; for a lake of records this class does not exist.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal

from jieban.analytics import figures
from jieban.analytics.data_report import matters, places, units
from jieban.analytics.data_report.counts import Counts, Names
from jieban.analytics.data_report.trends import Trends
from jieban.core.errors import BadInput

Verdict = Literal["rounding", "percent", "sample", "same", "exception", "differs"]
_ONE_PERCENT, _ERRORS = 0.01, 3
# Keys that name a thing and are no figures.
_NAMES: Final = ("code", "name", "street", "district", "year")
_EXACT: Final = ("low_month", "high_month", "volume_rank_city", "streets_under_4000_items_count")
# Not multiplied by the scale: shares, rates and means.
_PLAIN: Final = re.compile(r"_pct$|\.value$|_same_period$|assignments_per_order$|^rates\.|^handling_share|\.text$")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed figure and the computed one in the same unit, for a whole city."""

    path: str
    printed: Any
    computed: Any
    verdict: Verdict
    reason: str = ""

    @property
    def difference(self) -> float | None:
        """Computed less printed; None of words and bounds."""
        known = isinstance(self.printed, int | float) and isinstance(self.computed, int | float)
        return self.computed - self.printed if known else None


@dataclass(frozen=True, slots=True)
class Chance:
    """What chance may do to a figure of a city that was `drawn`, holds `scale` of a whole one and `base` to share."""

    scale: float
    base: float
    drawn: bool

    def off(self, path: str, said: float) -> float:
        """Three standard errors of a figure; 0 for a lake of records."""
        return _ERRORS * self._error(path, said) if self.drawn else 0.0

    def _error(self, path: str, said: float) -> float:
        if not _PLAIN.search(path):
            unit = 1 if path.endswith("_items") else figures.WAN
            return math.sqrt(max(said, 1 / unit) * unit / self.scale) / unit
        count = self.base * figures.WAN * self.scale
        if count < 1:
            return 0.0
        if path.endswith(("growth_pct", ".value")):
            return 100 * (1 + said / 100) * math.sqrt(2 / count)
        share = min(max(said / 100, 0.01), 0.99)
        return (100 if said > 1.5 else 1) * math.sqrt(share * (1 - share) / count)


def load(path: Path) -> dict[str, Any]:
    """The printed figures of a city. BadInput where there are none or they cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadInput(f"There are no printed figures at {path}. Name the file: --published FILE.") from None
    except ValueError as error:
        raise BadInput(f"{path} cannot be read: {error}.") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path} holds no figures: it must be one JSON object (docs/report.md).")
    return found


def compare(
    printed: Mapping[str, Any], keyed: Mapping[str, Any], counts: Counts, scale: float, *, drawn: bool = False
) -> list[Line]:
    """Every printed figure beside the computed one, in the order of the file. `drawn` for a city drawn by chance."""
    computed = dict(keyed) | _wide(keyed, counts)
    reasons = printed.get("_exceptions", [])
    wanted = {key: value for key, value in printed.items() if not key.startswith("_")}
    return [
        _judged(path, said, found, Chance(scale, _base(path, printed), drawn), reasons)
        for path, said, found in _pairs(wanted, computed, "")
    ]


def _wide(keyed: Mapping[str, Any], counts: Counts) -> dict[str, Any]:
    """Where the report shows the first few of a ranking, all of it: which of two near equals is fifth says little."""
    name = counts.names.category
    moved = {row["code"]: places.moving(counts, district=row["code"]) for row in units.district_rows(counts)}
    return {
        "districts": [
            row
            | {"top5": {name(r["category1"]): r["handled"] / figures.WAN
                        for r in places.district_top(counts, row["code"])}}
            | _moved(moved[row["code"]], counts.names)
            for row in keyed["districts"]
        ],
        "functional_zones": {
            zone: row | {"top10": {name(r["category1"]): r["handled"] / figures.WAN
                                   for r in places.zone_top(counts, zone)}}
            for zone, row in keyed["functional_zones"].items()
        },
        "trend": _moved(matters.moving(counts), counts.names),
        "consultation_heavy": _half_of(counts, 1),
        "request_heavy": _half_of(counts, -1),
    }  # fmt: skip


def _half_of(counts: Counts, way: int) -> list[str]:
    """The ten of the twenty largest categories with the larger (the smaller) share of consultations."""
    return [counts.names.category(code) for code in matters.by_consultations(counts)[::way][: matters.TEN]]


def _moved(found: Trends, names: Names) -> dict[str, list[str]]:
    return {
        "falling_share": [names.category(code) for code in found.falling],
        "rising_share": [names.category(code) for code in found.rising],
    }


def _pairs(said: Any, found: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Every leaf of what is printed with what stands at the same place in what was computed."""
    if isinstance(said, dict):
        for key, value in said.items():
            if key not in _NAMES:
                yield from _pairs(value, _below(found, key), f"{path}.{key}".strip("."))
    elif isinstance(said, list) and said and isinstance(said[0], dict) and not _listing(path):
        held = {_who(one): one for one in found or []}
        for one in said:
            yield from _pairs(one, held.get(_who(one)), f"{path}.{_who(one)}")
    else:
        yield path, said, found


def _listing(path: str) -> bool:
    return path.endswith("streets_over_50000_items")


def _who(one: Mapping[str, Any]) -> str:
    return str(one.get("code") or one.get("year"))


def _judged(path: str, said: Any, found: Any, chance: Chance, reasons: list[dict[str, str]]) -> Line:
    value = _whole(path, found, chance.scale)
    verdict = _verdict(path, said, value, chance)
    shown = [one["name"] for one in said] if _listing(path) else said
    if verdict == "differs":
        for row in reasons:
            if fnmatchcase(path, row["path"]):
                return Line(path, shown, value, "exception", row["reason"])
    return Line(path, shown, value, verdict)


def _whole(path: str, found: Any, scale: float) -> Any:
    """What a whole city would have, where a fraction of it was counted."""
    if not isinstance(found, int | float) or _key(path) in _EXACT or _PLAIN.search(path):
        return found
    return found / scale


def _key(path: str) -> str:
    return path.rpartition(".")[2]


def _verdict(path: str, said: Any, value: Any, chance: Chance) -> Verdict:
    if value is None:
        return "differs"
    if isinstance(said, list):
        return "same" if _same(path, said, value) else "differs"
    if isinstance(said, str):
        return _bounded(path, said, value, chance)
    if _key(path) in _EXACT:
        return "same" if said == value else "differs"
    off = abs(value - said)
    if off <= _half(said) + 1e-9:
        return "rounding"
    if off <= abs(said) * _ONE_PERCENT:
        return "percent"
    return "sample" if off <= chance.off(path, said) + _half(said) else "differs"


def _same(path: str, said: list[Any], value: Any) -> bool:
    """Of lists that name what rose, fell or stands out: all that is printed must be among what was computed."""
    names = {one["name"] if isinstance(one, dict) else one for one in said}
    return names == set(value) if _listing(path) else names <= set(value)


def _bounded(path: str, said: str, value: Any, chance: Chance) -> Verdict:
    """<2%, >10%, <1000, 70余万: a bound that the value keeps."""
    number = float(re.findall(r"[\d.]+", said)[0])
    found = float(str(value).rstrip("%"))
    low, high = {"<": (-math.inf, number), ">": (number, math.inf)}.get(said[0], (number, number + 10))
    if low <= found <= high:
        return "same"
    off = chance.off(path, number)
    return "sample" if low - off <= found <= high + off else "differs"


def _half(said: float) -> float:
    """Half of the last printed digit. Counted items are printed in full."""
    digits = len(str(said).partition(".")[2]) if isinstance(said, float) else 0
    return 0.5 * 10.0**-digits


# Path of a share → where the printed volume stands that it is a share of; the first that fits. {} is the second word.
_BASES: Final = (
    ("annual_growth*", "annual_accepted.0.accepted"),
    ("handling_share*", "checks_derived.implied_total_assignments"),
    ("*share_of_districts_pct", "checks_derived.sum_districts"),
    ("districts.*", "districts.{}.handled"),
    ("functional_zones.*", "checks_derived.sum_districts"),
    ("caller_numbers.*", "caller_numbers.2019"),
    ("channels.*", "totals.network"),
    ("rates.*", "monthly_low_high.0.low"),
    ("*", "totals.accepted"),
)
# Of a month's accepted items about a tenth ends in an answer of a citizen.
_ANSWERED: Final = 0.1


def _base(path: str, printed: Mapping[str, Any]) -> float:
    """The volume that a share was taken of; 0 where the city has not printed it."""
    where = next(base for pattern, base in _BASES if fnmatchcase(path, pattern))
    found: Any = printed
    for word in where.format(path.split(".")[1] if "{}" in where else "").split("."):
        found = _below(found, word)
    return float(found or 0) * (_ANSWERED if path.startswith("rates.") else 1)


def _below(found: Any, word: str) -> Any:
    if isinstance(found, list):
        return next((one for n, one in enumerate(found) if word in (str(n), _who(one))), None)
    return found.get(word) if isinstance(found, dict) else None
