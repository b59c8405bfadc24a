"""Who works in the demo: the accounts that are printed at the end, and staff of every other unit who cannot log in.

The accounts exist for demonstration only: all have the same password, which stands in the documentation. Nothing but
`jieban demo` makes them, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from jieban.accounts import queries as accounts
from jieban.accounts.actor import Actor, Role
from jieban.accounts.models import Person, Post
from jieban.city.models import Unit
from jieban.city.pack import Pack
from jieban.core.errors import BadInput
from simulation import callers

# Known to everybody who reads the documentation; see the warning in `commands.py`.
PASSWORD = "jieban-demo"  # noqa: S105
_SERVED = timedelta(days=700)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can log in: user name, role, the unit by name ("" = the first community of `under`), what to try."""

    username: str
    role: Role
    unit: str
    page: str
    try_this: str


CENTRE = "北京市市民热线服务中心"
SHOWN = ("崇文门外街道", "前门街道")
COMMUNITY = "community:崇文门外街道"
FIRM = "顺手购"
ACCOUNTS: tuple[Account, ...] = (
    Account("agent", Role.AGENT, CENTRE, "/seat", "take a call: sort it and send it while the caller talks"),
    Account("dispatcher", Role.DISPATCHER, CENTRE, "/dispatch", "choose units for orders the catalogue is not sure of"),
    Account("chongwai", Role.CLERK, "崇文门外街道", "/desk", "sign, call, work, report 单位已办结"),
    Account("chongwai-chief", Role.CHIEF, "崇文门外街道", "/desk", "see what the street has open and what is late"),
    Account("qianmen", Role.CLERK, "前门街道", "/desk", "shared bicycles, street vendors"),
    Account("community", Role.CLERK, COMMUNITY, "/desk", "do what the street handed down"),
    Account("dongcheng", Role.DISTRICT, "东城区", "/desk", "see the whole district"),
    Account("dongcheng-cgw", Role.CLERK, "东城区城市管理委员会", "/desk", "assist as a district department"),
    Account("reli", Role.CLERK, "市热力集团", "/desk", "urgent orders of the heating season"),
    Account("gongjiao", Role.CLERK, "市公交集团", "/desk", "complaints and wishes about buses"),
    Account("platform", Role.CLERK, FIRM, "/desk", "settle with the customer first"),
    Account("callback", Role.CALLBACK, CENTRE, "/callback", "call citizens and ask the four questions"),
    Account("supervisor", Role.SUPERVISOR, CENTRE, "/orders", "see who is late"),
    Account("leader", Role.LEADER, CENTRE, "/overview", "see the city"),
    Account("dongcheng-leader", Role.LEADER, "东城区", "/overview", "see one district"),
    Account("auditor", Role.AUDITOR, "市纪委监委", "/orders", "read everything, decide what is left out of scoring"),
    Account("knowledge", Role.KNOWLEDGE, CENTRE, "/knowledge", "read and search the answers"),
    Account("admin", Role.ADMIN, CENTRE, "/people", "add people and posts"),
)
# Colleagues at the centre who cannot log in: so that the timeline names more than one person.
COLLEAGUES: dict[Role, int] = {Role.AGENT: 5, Role.DISPATCHER: 2, Role.CALLBACK: 3, Role.SUPERVISOR: 1}


class Staff:
    """Everybody at work, as actors. Units get their clerk when they first have something to do."""

    def __init__(self, pack: Pack, *, day: date) -> None:
        self._pack, self._since = pack, day - _SERVED
        self._units = {unit.pk: unit for unit in Unit.objects.all()}
        self._ids = {unit.code: pk for pk, unit in self._units.items()}
        self.accounts: dict[str, Actor] = {}
        self.clerks: dict[int, Actor] = {}
        self.chiefs: dict[int, Actor] = {}
        self._desks: dict[Role, list[Actor]] = {}

    def hire(self) -> None:
        """Make the accounts of the table and the colleagues at the centre."""
        shared = make_password(PASSWORD)
        made = self._make([(self._unit(a.unit), a.role, a.username, shared) for a in ACCOUNTS])
        self.accounts = {account.username: actor for account, actor in zip(ACCOUNTS, made, strict=True)}
        for account, actor in zip(ACCOUNTS, made, strict=True):
            if account.role == Role.CLERK and actor.unit_id is not None:
                self.clerks[actor.unit_id] = actor
        centre = self._unit(CENTRE)
        seats = [(centre, role, f"{role}-{n + 2}", "") for role, count in COLLEAGUES.items() for n in range(count)]
        for actor in (*made, *self._make(seats)):
            self._desks.setdefault(actor.role, []).append(actor)

    def at(self, role: Role, turn: int) -> Actor:
        """One of the people of the centre in that role, by turns."""
        desk = self._desks[role]
        return desk[turn % len(desk)]

    def ensure(self, units: Iterable[int]) -> None:
        """Give every unit (row ids) a clerk who cannot log in, where it has none."""
        missing = sorted({unit for unit in units if unit not in self.clerks})
        rows = [(self._units[pk], Role.CLERK, f"staff-{self._units[pk].code}", "") for pk in missing]
        if rows:
            self.clerks |= dict(zip(missing, self._make(rows), strict=True))

    def chief(self, unit: int) -> Actor:
        """The chief of a unit (row id), who cannot log in where the table of accounts names none."""
        for actor in self.accounts.values():
            if actor.role == Role.CHIEF and actor.unit_id == unit:
                return actor
        if unit not in self.chiefs:
            row = self._units[unit]
            [self.chiefs[unit]] = self._make([(row, Role.CHIEF, f"chief-{row.code}", "")])
        return self.chiefs[unit]

    def unit(self, pk: int) -> Unit:
        """The row of a unit."""
        return self._units[pk]

    def sections(self, pk: int, community: str) -> list[Unit]:
        """Where a unit may hand work down to: the community of the place first, then its own offices."""
        own = self._units[pk]
        near = [self._units[self._ids[community]]] if community in self._ids else []
        below = [u for u in self._units.values() if u.parent_id == pk and u.kind == "office"]
        return [unit for unit in (*near, *below) if unit.path.startswith(own.path)]

    def departments(self, district: int) -> list[Unit]:
        """The departments of a district, in the order of their codes."""
        found = (u for u in self._units.values() if u.parent_id == district and u.kind == "district_department")
        return sorted(found, key=lambda unit: unit.code)

    def _unit(self, name: str) -> Unit:
        if name == COMMUNITY:
            street = self._unit(SHOWN[0])
            below = [u for u in self._units.values() if u.parent_id == street.pk and u.kind == "community"]
            return min(below, key=lambda unit: unit.code)
        codes = self._pack.named(name)
        if not codes:
            raise BadInput(f"The city pack has no unit “{name}”, which the demo needs. Use cities/beijing as it comes.")
        return self._units[self._ids[codes[0]]]

    def _make(self, rows: Iterable[tuple[Unit, Role, str, str]]) -> list[Actor]:
        """People with one post each; without a password hash they cannot log in."""
        wanted = list(rows)
        people = Person.objects.bulk_create(
            Person(username=username, name=callers.staff_name(username), password=hashed or make_password(None))
            for _, _, username, hashed in wanted
        )
        posts = Post.objects.bulk_create(
            Post(person=person, unit=unit, role=role, since=self._since)
            for person, (unit, role, _, _) in zip(people, wanted, strict=True)
        )
        return [accounts.at_post(post) for post in posts]


def hired() -> Mapping[str, Person]:
    """The demo accounts that exist, by user name."""
    names = [account.username for account in ACCOUNTS]
    return {person.username: person for person in Person.objects.filter(username__in=names)}
