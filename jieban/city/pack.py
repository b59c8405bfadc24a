"""The values of a city pack: everything a city decides for itself, as plain frozen data.

A pack is read from files by `jieban.city.reading.read`, checked as a whole, and never changes afterwards. Nothing here
knows a city, a database or a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from jieban.city import joint as joint_rules
from jieban.city.fields import Fields
from jieban.city.oversight import Oversight
from jieban.city.replies import Replies
from jieban.city.rewards import Rewards
from jieban.city.schemes import Scheme
from jieban.city.seating import Seating
from jieban.city.settings import Settings
from jieban.city.terms import Callbacks
from jieban.city.ways import Ways
from jieban.core.deadlines import Calendar
from jieban.core.errors import BadInput

UNIT_KINDS = (
    "city_centre",
    "city_bureau",
    "district",
    "street",
    "city_department",
    "district_department",
    "state_enterprise",
    "platform_firm",
    "development_zone",
    "community",
    "grid",
    "property_firm",
    "office",
    "party_discipline",
    "sub_centre",
)
PLACE_KINDS = ("community", "estate", "road", "landmark")
WAYS = ("direct", "dual", "multi", "notice", "firm_first", "subcentre")
ROLE_CODES = (
    "agent", "dispatcher", "clerk", "chief", "district", "callback", "supervisor", "leader", "auditor", "knowledge",
    "admin",
)  # fmt: skip
APPEAL_KINDS = ("consultation", "help", "complaint", "report", "suggestion", "praise")
CHANNEL_KINDS = ("phone", "network", "line", "district")
CHANNEL_MODES = ("own", "merged", "double", "subcentre")
GROUND_GROUPS = ("guiding", "objection", "exclusion", "hanging", "abuse")
# What a city may let a supervisor decide besides: requests to be left out of scoring, which the auditor always decides.
DECIDES = ("exclusion",)
CALLBACK_STARTS = ("completion", "limit")
RELATIVE_UNITS = ("street", "district", "community", "firm")
FUNCTION_PREFIX = "district:"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a pack: where it is, what is wrong, what to do. `line` counts from 1; 0 means the whole file."""

    file: str
    line: int
    what: str
    do: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.what} {self.do}"


class PackError(BadInput):
    """The pack cannot be used. `problems` names every mistake found, in the order of files and lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class City:
    """Whose pack this is. `time_zone` is an IANA name, `hotline` the number people dial."""

    code: str
    name: str
    name_en: str
    hotline: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class UnitSpec:
    """A body that can receive an order or seat a person.

    `form` keeps the suffix of a street's own kind (街道, 镇, 乡, 地区); `function` names what a district department
    does, so that a duty can say "the district's department for it"; `path` is the codes from the root down, each
    followed by "/"; `district` is the code of its district, empty for a district itself and for city-wide bodies.
    """

    code: str
    name: str
    short: str
    kind: str
    form: str = ""
    parent: str = ""
    district: str = ""
    function: str = ""
    aliases: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    sample: bool = False
    source: str = ""
    path: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name this unit goes by, the full one first."""
        return tuple(dict.fromkeys((self.name, self.short, *self.aliases)))

    def valid(self, day: date) -> bool:
        """Whether the unit exists on `day` (from its first day up to, not including, `valid_to`)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class PlaceSpec:
    """A place people name. `street` is empty for a place known only to its district, such as a long road."""

    code: str
    name: str
    kind: str
    street: str
    district: str
    aliases: tuple[str, ...] = ()
    owner: str = ""
    lon: float | None = None
    lat: float | None = None
    sample: bool = True


@dataclass(frozen=True, slots=True)
class Owner:
    """A kind of asset ownership that changes who must act (ordinary estate, central-owned, unmanaged …)."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Category:
    """One node of the three-level classification; `keywords` are words people use, for matching text."""

    code: str
    name: str
    level: int
    parent: str
    keywords: tuple[str, ...] = ()
    kind_hint: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the duty catalogue: for this category, owner and territory these units must act, this fast.

    `owner` and `territory` may be "*". `lead`, `assistants` and `notice` are unit expressions, see `Pack.resolve`.
    Where `way` is firm_first, the assistants are those that take over when the firm does not settle it.
    """

    code: str
    category: str
    owner: str
    territory: str
    way: str
    lead: str
    assistants: tuple[str, ...]
    notice: tuple[str, ...]
    urgency: str
    basis: str
    valid_from: date
    valid_to: date | None = None

    def valid(self, day: date) -> bool:
        """Whether this line applies on `day` (`valid_to` is the first day it no longer does)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Span:
    """A limit (`2h`, `7d`, `5wd`, `4wh`, `30min`), where it comes from, and whether that is an official rule."""

    limit: str
    source: str
    official: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """The limits of one urgency: time to dispatch, sign, respond and handle, and how long before the end to warn."""

    urgency: str
    name: str
    name_en: str
    dispatch: Span
    sign: Span
    respond: Span
    handle: Span
    warn: Span


@dataclass(frozen=True, slots=True)
class Profile:
    """One row. `unit` is `*`, a unit with all under it, or a kind of unit; `category` `*` or the head of a code.

    A limit left empty is the city's. `steps` are milestones counted from the start, `name` what people call it.
    """

    code: str
    kind: str
    unit: str
    category: str
    urgency: str
    sign: str
    respond: str
    handle: str
    steps: tuple[str, ...]
    name: str
    basis: str
    official: bool
    source: str
    valid_from: date
    valid_to: date | None = None

    def valid(self, day: date) -> bool:
        """Whether this row applies on `day` (`valid_to` is the first day it no longer does)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in: the phone, a network channel, a merged line (`mode` says how it was merged), a district's own input."""

    code: str
    name: str
    name_en: str
    kind: str
    mode: str
    number: str
    aliases: tuple[str, ...]
    sample: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason with a code: why a person was guided elsewhere, a unit objected, or an order left the scoring."""

    code: str
    group: str
    name: str
    name_en: str
    tell: str
    evidence: bool
    official: bool
    source: str


@dataclass(frozen=True, slots=True)
class Role:
    """What a post may be, and at which kinds of unit it sits. How far it sees is `accounts.queries.SIGHT`.

    `decides` names what the city lets the role decide besides what it always does, of `DECIDES`.
    """

    code: str
    name: str
    name_en: str
    unit_kinds: tuple[str, ...]
    decides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """What is known of a unit's area or service: `residents` in persons, `base` in units named by `base_of`."""

    unit: str
    zone: str = ""
    residents: int | None = None
    base: int | None = None
    base_of: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A whole city pack. Dicts are keyed by code and must not be written to."""

    city: City
    valid_from: date
    units: Mapping[str, UnitSpec]
    places: tuple[PlaceSpec, ...]
    owners: Mapping[str, Owner]
    categories: Mapping[str, Category]
    duties: tuple[Duty, ...]
    clocks: Mapping[str, Clock]
    calendar: Calendar
    channels: Mapping[str, Channel]
    grounds: Mapping[str, Ground]
    roles: Mapping[str, Role]
    settings: Settings
    functions: Mapping[tuple[str, str], str]
    names: Mapping[str, tuple[str, ...]]
    profiles: tuple[Profile, ...] = ()
    replies: Replies = field(default_factory=Replies)
    ways: Ways = field(default_factory=Ways)
    callbacks: Callbacks = field(default_factory=Callbacks)
    joint: joint_rules.Joint = joint_rules.NONE
    oversight: Oversight = field(default_factory=Oversight)
    areas: Mapping[str, Area] = field(default_factory=dict)
    seating: Seating = field(default_factory=Seating)
    schemes: tuple[Scheme, ...] = ()
    fields: Fields | None = None
    rewards: Rewards = field(default_factory=Rewards)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The codes above `code`, nearest first, without `code` itself."""
        return tuple(reversed(self.units[code].path.split("/")[:-2]))

    def within(self, code: str, territory: str) -> bool:
        """Whether the unit `code` lies in `territory`: "*", itself, its district, or any unit above it."""
        unit = self.units[code]
        return territory in (ANY, code, unit.district) or f"/{territory}/" in f"/{unit.path}"

    def named(self, name: str) -> tuple[str, ...]:
        """Codes of the units that go by `name` (full name, short name or alias); several for names used twice."""
        return self.names.get(name.strip(), ())

    def resolve(
        self, expression: str, *, street: str = "", district: str = "", firm: str = "", community: str = ""
    ) -> str | None:
        """The unit code that a unit expression of a duty means at this place, or None where it means nobody.

        An expression is a unit code; `street`, `district`, `community` (of the place); `firm` (the platform firm named
        in the text); or `district:<function>`, the department of the place's district with that function.
        """
        if expression.startswith(FUNCTION_PREFIX):
            return self.functions.get((district, expression.removeprefix(FUNCTION_PREFIX)))
        relative = {"street": street, "district": district, "firm": firm, "community": community}
        if expression in relative:
            return relative[expression] or None
        return expression if expression in self.units else None

    def children(self, code: str) -> tuple[Category, ...]:
        """The categories right under `code` ("" for the first level), in the order of their codes."""
        return tuple(sorted((c for c in self.categories.values() if c.parent == code), key=lambda c: c.code))

    def category_path(self, code: str) -> tuple[Category, ...]:
        """The category and those above it, first level first."""
        node = self.categories[code]
        return (*(self.category_path(node.parent) if node.parent else ()), node)
