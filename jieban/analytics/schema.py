"""What the lake holds: four tables of facts and the tables that explain their codes. `docs/lake.md` is made from here.

Every fact is filed under the month in which its order was received, so that all facts of one order lie in the same
month. `day` and `hour` are the city's own time. There is no name, number, address or text of anybody in the lake;
`caller` is a keyed fingerprint that only tells that two contacts came from the same number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

# Raised when a column changes its meaning or goes, or when one comes that must not be taken for empty. A reader refuses
# a lake of another version; a sync builds one of an earlier version anew.
VERSION: Final = 2

_CODE = pa.dictionary(pa.int32(), pa.string())
_DAY, _BIG, _INT, _SMALL, _FLAG = pa.date32(), pa.int64(), pa.int32(), pa.int8(), pa.bool_()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, Arrow type, what it means, and whether it may be empty."""

    name: str
    type: pa.DataType
    says: str
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the lake; `facts` are cut by month, the others are whole."""

    name: str
    says: str
    columns: tuple[Column, ...]
    facts: bool = True

    @property
    def arrow(self) -> pa.Schema:
        """Its Arrow schema."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.empty) for c in self.columns])


_WHEN = (
    Column("day", _DAY, "the city's day of the fact: received, sent or asked"),
    Column("month", _INT, "year and month of `day` as yyyymm, for example 202111"),
)
_MATTER = (
    Column("category1", _CODE, "first level of the category; empty where none was given", empty=True),
    Column("category2", _CODE, "second level", empty=True),
    Column("category", _CODE, "the deepest level that was given", empty=True),
    Column("district", _CODE, "unit code of the district where the matter lies", empty=True),
    Column("street", _CODE, "unit code of the street or town where the matter lies", empty=True),
)
_CALLER = (
    Column("channel", _CODE, "channel code of the city's pack"),
    Column("kind", _CODE, "consultation, help, complaint, report, suggestion, praise; empty if undecided", empty=True),
    Column("firm", _FLAG, "true where a firm asks"),
    Column("caller", _BIG, "pseudonymous key of the number; empty without one", empty=True),
)

CONTACTS: Final = Table(
    "contacts",
    "One row an accepted item (受理件): what a citizen or firm asked, over any channel.",
    (
        Column("id", _BIG, "the item; the same as `orders.id` where it was sent to a unit"),
        *_WHEN,
        Column("hour", _SMALL, "hour of the day, 0 to 23"),
        *_CALLER,
        *_MATTER,
        Column("outcome", _CODE, "dispatched, answered, transferred, guided or open (not yet decided)"),
    ),
)
ORDERS: Final = Table(
    "orders",
    "One row an item that was sent to a unit (派单).",
    (
        Column("id", _BIG, "the order"),
        *_WHEN,
        Column("hour", _SMALL, "hour in which it was received"),
        *_CALLER,
        *_MATTER,
        Column("place", _CODE, "place code of the gazetteer: an estate, community or point", empty=True),
        Column("urgency", _CODE, "2h, 24h, 3d, 7d, 15d of the city's clocks", empty=True),
        Column("state", _CODE, "state of the order as in docs/states.md"),
        Column("rounds", _SMALL, "rounds of work: 1, and one more each time it was worked on again"),
        Column("sendings", _SMALL, "how many assignments it has, notices left out"),
        Column("right_first", _FLAG, "the first unit it was sent to kept it; empty while it may not", empty=True),
        Column("dispatch_minutes", _INT, "from received to sent", empty=True),
        Column("close_minutes", _INT, "from received to closed; empty while open", empty=True),
        Column("closed_day", _DAY, "the city's day on which it was closed", empty=True),
        Column(
            "came_back",
            _FLAG,
            "the same matter came again within 90 days; empty where not solved",
            empty=True,
        ),
        Column("excluded", _FLAG, "all of it is left out of appraisal (剔除), or it was ended by filing (终结办理)"),
    ),
)
ASSIGNMENTS: Final = Table(
    "assignments",
    "One row what one unit had to do about one order (承办), notices left out.",
    (
        Column("id", _BIG, "the assignment"),
        Column("order", _BIG, "`orders.id`"),
        *_WHEN,
        *_MATTER,
        Column("unit", _CODE, "unit code"),
        Column("section", _CODE, "unit code of the section or community inside that it was handed down to", empty=True),
        Column("role", _CODE, "lead or assist"),
        Column("round", _SMALL, "the round of its last work"),
        Column("urgency", _CODE, "as of the order when it was sent", empty=True),
        Column("result", _CODE, "completed, redirected, terminated or open"),
        Column("sign_minutes", _INT, "from sent to signed", empty=True),
        Column("respond_minutes", _INT, "from sent to first contact with the citizen", empty=True),
        Column("complete_minutes", _INT, "from sent to the unit's reply that stood", empty=True),
        Column("sign_on_time", _FLAG, "signed by its due; empty while open and not due", empty=True),
        Column("respond_on_time", _FLAG, "first contact by its due", empty=True),
        Column("complete_on_time", _FLAG, "reply by its due", empty=True),
    ),
)
ANSWERS: Final = Table(
    "answers",
    "One row what came of asking the citizen about one assignment in one round (回访).",
    (
        Column("id", _BIG, "the answer"),
        Column("order", _BIG, "`orders.id`"),
        Column("assignment", _BIG, "`assignments.id`"),
        *_WHEN,
        *_MATTER,
        Column("unit", _CODE, "unit that was asked about"),
        Column("role", _CODE, "its role: lead or assist"),
        Column("round", _SMALL, "round that was asked about"),
        Column("last", _FLAG, "no later round of the same assignment was asked about"),
        Column("way", _CODE, "how it was asked: phone, sms, web ..."),
        Column("reached", _FLAG, "the citizen was reached"),
        Column("contacted", _FLAG, "the citizen says that the unit made contact; empty if not asked", empty=True),
        Column("in_time", _FLAG, "by the record the unit made first contact by its due"),
        Column("solved", _CODE, "yes, part, no, explained; empty if not answered", empty=True),
        Column("satisfied", _CODE, "yes, mostly, no; empty if not answered", empty=True),
        Column("urgency", _CODE, "as of the order when it was sent, as `assignments.urgency`", empty=True),
        Column("section", _CODE, "unit inside that the work was handed down to, as `assignments.section`", empty=True),
        Column(
            "owner",
            _CODE,
            "ownership of the place as the order has it (owners.csv of the pack): unmanaged 失管弃管, central 央产; "
            "empty where place or owner is unknown",
            empty=True,
        ),
        Column(
            "dual",
            _FLAG,
            "the order is led by two or more units (双派); those that gave it back or were let go do not count",
        ),
        Column("done_day", _DAY, "the city's day of the unit's reply that is asked about", empty=True),
        Column("caller", _BIG, "pseudonymous key of the number that was asked, as `contacts.caller`", empty=True),
        Column(
            "asked_after",
            _INT,
            "whole minutes from the unit's last noted contact with the citizen to the answer: a first contact, a noted "
            "try or the report of an outside party; empty without one",
            empty=True,
        ),
        Column(
            "proof",
            _FLAG,
            "true: the unit handed in a picture or film of the work in that round (where the category asks for them, "
            "any unit of the order); false: asked for and not there; empty: neither asked for nor there",
            empty=True,
        ),
        Column(
            "regraded",
            _FLAG,
            "category or urgency of the order was changed after the unit had signed for it and before the answer",
        ),
        Column(
            "ground",
            _CODE,
            "why it is left out of appraisal: a ground of the pack (剔除), `untold` where none was recorded, or "
            "`terminated` (终结办理, or no longer the unit's); empty where it counts",
            empty=True,
        ),
        Column("excluded", _FLAG, "left out of appraisal: `ground` is not empty"),
    ),
)
FACTS: Final = (CONTACTS, ORDERS, ASSIGNMENTS, ANSWERS)

_NAMED = (Column("code", pa.string(), "code used by the facts"), Column("name", pa.string(), "Chinese name"))
CATEGORIES: Final = Table(
    "categories",
    "The categories of the city's pack.",
    (
        *_NAMED,
        Column("level", _SMALL, "1, 2 or 3"),
        Column("parent", pa.string(), "code of the level above", empty=True),
    ),
    facts=False,
)
UNITS: Final = Table(
    "units",
    "The units of the city's pack.",
    (
        *_NAMED,
        Column("kind", pa.string(), "kind of unit in the pack: street, district_department ..."),
        Column("path", pa.string(), "codes from the root of the unit tree down to it, each followed by /"),
        Column(
            "group",
            pa.string(),
            "district_departments, streets, municipal, soe, platform",
            empty=True,
        ),
        Column("district", pa.string(), "code of the district it is under or is", empty=True),
        Column("zone", pa.string(), "functional zone of its district", empty=True),
        Column("residents", _BIG, "residents of its area (census)", empty=True),
        Column("base", _BIG, "users it serves: meters, passengers, pupils ...; no figure is made up", empty=True),
        Column("turn", _INT, "its place in the order in which the city lists its areas, from 1", empty=True),
    ),
    facts=False,
)
CHANNELS: Final = Table(
    "channels",
    "The channels of the city's pack.",
    (*_NAMED, Column("kind", pa.string(), "phone or network")),
    facts=False,
)
PLACES: Final = Table(
    "places",
    "The gazetteer of the city's pack: estates, communities, villages, roads, points.",
    (
        *_NAMED,
        Column("kind", pa.string(), "kind of place in the pack: estate, community, road ..."),
        Column("street", pa.string(), "code of the street or town it lies in", empty=True),
        Column("district", pa.string(), "code of its district", empty=True),
    ),
    facts=False,
)
NAMES: Final = (CATEGORIES, UNITS, CHANNELS, PLACES)
TABLES: Final = {table.name: table for table in (*FACTS, *NAMES)}
