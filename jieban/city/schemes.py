"""A scheme of appraisal (考评方案): how answers score, what weighs how much, who is compared with whom. Plain data.

A scheme is one TOML text. Nothing is left to the code: every weight, score and bound stands in the text, and what is
missing is a mistake. Numbers have at most two decimals, so that sums of them are whole numbers.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from jieban.core.errors import BadInput

FOLDER: Final = "schemes/"
# No weights of any city were found in public text (domain.md 6.2), so no scheme may call itself official.
UNOFFICIAL: Final = "非官方"
# A case's weight times its points, over every case of a year, must stay a whole number of 64 bits.
HEAVIEST: Final = 100
TIES: Final = ("response", "resolution", "satisfaction", "per_10k")


def _two(number: Decimal) -> Decimal:
    if number != round(number, 2):
        raise ValueError("at most two decimals, please")
    return number


Weight = Annotated[Decimal, Field(ge=0, le=10), AfterValidator(_two)]
Share = Annotated[Decimal, Field(ge=0, le=1), AfterValidator(_two)]
Points = Annotated[Decimal, Field(ge=-20, le=20), AfterValidator(_two)]
Codes = Annotated[list[str], Field(min_length=1)]


class Strict(BaseModel):
    """A table of a file of which every key must be known and there."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Rates(Strict):
    """Weights of the three rates in the composite."""

    response: Share
    resolution: Share
    satisfaction: Share


class Solved(Strict):
    """What each answer to 是否解决 is worth."""

    yes: Share
    part: Share
    no: Share
    explained: Share


class Satisfied(Strict):
    """What each answer to 是否满意 is worth."""

    yes: Share
    mostly: Share
    no: Share


class Roles(Strict):
    """Weights of leading alone, assisting, and leading together with others (双派)."""

    lead: Weight
    assist: Weight
    dual: Weight


class Line(Strict):
    """What a line is about: a part of the boards, categories, owners and roles (all where not said), and a time.

    `from` and `to` are held against the first day of the cycle; `to` is the first day on which it no longer holds.
    """

    name: str
    first: Annotated[date | None, Field(alias="from")] = None
    end: Annotated[date | None, Field(alias="to")] = None
    boards: Codes | None = None
    categories: Codes | None = None
    owners: Codes | None = None
    roles: list[Literal["lead", "assist"]] | None = None


class Weighing(Line):
    """A weight for what the line is about."""

    weight: Weight


class Rule(Weighing):
    """A special rule: a weight, and answers that are worth something else here."""

    solved: dict[Literal["yes", "part", "no", "explained"], Share] = Field(default_factory=dict)
    satisfied: dict[Literal["yes", "mostly", "no"], Share] = Field(default_factory=dict)


class Board(Strict):
    """Units that are compared with each other: which kinds, of which size, and the answers below which none is ranked.

    A case counts for its `unit`, the `section` inside it, its `district`, or the department that leads its `trade`.
    `marks` tells whether parts and points count here.
    """

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,24}$")]
    name: str
    by: Literal["unit", "section", "district", "trade"]
    kinds: Codes
    enough: Annotated[int, Field(ge=1, le=100_000)]
    marks: bool
    size: Literal["residents", "base", "appeals"] | None = None
    size_from: Annotated[int, Field(ge=0)] = 0
    size_to: Annotated[int, Field(ge=1)] = 10**12


class Trade(Strict):
    """A whole trade (行业): these categories, wherever they are handled, are scored to the department that leads it."""

    unit: str
    categories: Codes


class Point(Strict):
    """Bonus (`each` above 0) or penalty (below): so much for each, at most `most` either way."""

    name: str
    each: Points
    most: Annotated[Decimal, Field(gt=0, le=20), AfterValidator(_two)]


class Consulted(Strict):
    """Who was asked about the scheme before it was published, when, and what became of it."""

    who: str
    on: date
    said: str


class Model(Strict):
    """A whole scheme as its text must be."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    name: str
    note: str
    source: str
    first: Annotated[date, Field(alias="from")]
    cycle_start_day: Annotated[int, Field(ge=1, le=28)]
    late_days: Annotated[int, Field(ge=0, le=15)]
    exclusion_days: Annotated[int, Field(ge=0, le=15)]
    rates: Rates
    parts: dict[str, Share]
    solved: Solved
    satisfied: Satisfied
    roles: Roles
    difficulty: dict[str, Weight]
    filters: list[Line]
    weights: list[Weighing]
    rules: list[Rule]
    grounds: list[str]
    boards: Annotated[list[Board], Field(min_length=1)]
    ties: list[Literal["response", "resolution", "satisfaction", "per_10k"]]
    trades: list[Trade]
    points: dict[str, Point]
    consulted: list[Consulted]

    @model_validator(mode="after")
    def _whole(self) -> Model:
        """What several values must come to together."""
        wrong = list(_wrong(self))
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def _wrong(m: Model) -> Iterable[str]:
    known, lines = {board.code for board in m.boards}, (*m.filters, *m.weights, *m.rules)
    heaviest = _heaviest(m)
    said = (
        (UNOFFICIAL not in m.note, f"note must say {UNOFFICIAL}: no official weights are public"),
        (sum((*dict(m.rates).values(), *m.parts.values()), Decimal(0)) != 1, "rates and parts together must weigh 1"),
        ("other" not in m.difficulty, "difficulty must name other, for classes that it does not list"),
        (bool(set(m.parts) & set(m.points)), "a part and points have the same code"),
        (len(known) < len(m.boards), "two boards have the same code"),
        (heaviest > HEAVIEST, f"the heaviest case would weigh {heaviest}, more than {HEAVIEST}"),
        (
            not all(_falling(m, rule) for rule in (None, *m.rules)),
            "a worse answer must not be worth more than a better",
        ),
        (any(not set(line.boards or ()) <= known for line in lines), "a line names a board that there is not"),
    )
    return (what for wrong, what in said if wrong)


def _falling(m: Model, rule: Rule | None) -> bool:
    """Whether answers are worth less the worse they are, so that no unit gains from a worse one."""
    solved = dict(m.solved) | (dict(rule.solved) if rule else {})
    satisfied = dict(m.satisfied) | (dict(rule.satisfied) if rule else {})
    middle = all(solved["yes"] >= solved[answer] >= solved["no"] for answer in ("part", "explained"))
    return middle and satisfied["yes"] >= satisfied["mostly"] >= satisfied["no"]


def _heaviest(m: Model) -> Decimal:
    """The most that one case can weigh."""
    heaviest: Decimal = max(m.roles.lead, m.roles.assist, m.roles.dual) * max(m.difficulty.values(), default=Decimal(1))
    for lines in (m.weights, m.rules):
        heaviest *= max([Decimal(1), *(line.weight for line in lines)])  # a case that no line is about weighs 1
    return heaviest


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme that has been read: its text, what it says (numbers as Decimal), and the same as a checked model."""

    text: str
    values: dict[str, Any]
    model: Model

    @property
    def sha256(self) -> str:
        """The hash of the text: what a result names as the rule that it was counted by."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class SchemeError(BadInput):
    """The scheme cannot be used; `problems` says where and why, one line each."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{where}: {what}" if where else what for where, what in problems))


@dataclass(frozen=True, slots=True)
class Known:
    """Codes that a scheme may use."""

    units: Iterable[str]
    kinds: Iterable[str]
    categories: Iterable[str]
    owners: Iterable[str]
    grounds: Iterable[str]
    urgencies: Iterable[str]


def read(text: str, known: Known | None = None) -> Scheme:
    """The scheme in a TOML text. SchemeError names every mistake, also codes that `known` does not have."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
        model = Model.model_validate(values)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError([("", f"The TOML cannot be read ({error}).")]) from error
    except ValidationError as error:
        raise SchemeError([(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]) from error
    strange = list(_strange(model, known)) if known else []
    if strange:
        raise SchemeError(strange)
    return Scheme(text, values, model)


def _strange(m: Model, known: Known) -> Iterable[tuple[str, str]]:
    """Codes that the city does not have, each with where it stands."""
    lists: dict[str, list[Any]] = {"filters": [*m.filters], "weights": [*m.weights], "rules": [*m.rules]}
    lines = [(f"{name}.{n}", line) for name, those in lists.items() for n, line in enumerate(those)]
    said: list[tuple[str, str, Iterable[str], Iterable[str]]] = [
        ("grounds", "ground", m.grounds, known.grounds),
        ("difficulty", "urgency", set(m.difficulty) - {"other"}, known.urgencies),
        *((f"{at}.categories", "category", line.categories or (), known.categories) for at, line in lines),
        *((f"{at}.owners", "owner", line.owners or (), known.owners) for at, line in lines),
        *((f"boards.{n}.kinds", "kind of unit", board.kinds, known.kinds) for n, board in enumerate(m.boards)),
        *((f"trades.{n}.unit", "unit", (trade.unit,), known.units) for n, trade in enumerate(m.trades)),
        *((f"trades.{n}.categories", "category", t.categories, known.categories) for n, t in enumerate(m.trades)),
    ]
    for where, what, codes, there in said:
        for code in sorted(set(codes) - set(there)):
            yield where, f"there is no {what} “{code}”"


def at(schemes: Iterable[Scheme], day: date) -> Scheme | None:
    """The scheme in force for a cycle that begins on this day: the one with the latest first day that has come."""
    come = [scheme for scheme in schemes if scheme.model.first <= day]
    return max(come, key=lambda scheme: scheme.model.first, default=None)


def of_pack(files: Mapping[str, str]) -> dict[str, str]:
    """The texts of the schemes among the files of a pack, by file name."""
    return {name: text for name, text in sorted(files.items()) if name.startswith(FOLDER)}
