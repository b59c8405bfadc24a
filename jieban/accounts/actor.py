"""Who acts: a person at a post, a citizen, a channel or a rule. Every change of the record names one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a post may be (the city pack names them) and the three actors without a post."""

    AGENT = "agent"
    DISPATCHER = "dispatcher"
    CLERK = "clerk"
    CHIEF = "chief"
    DISTRICT = "district"
    CALLBACK = "callback"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    AUDITOR = "auditor"
    KNOWLEDGE = "knowledge"
    ADMIN = "admin"
    CITIZEN = "citizen"
    CHANNEL = "channel"
    RULE = "rule"


class Sight(StrEnum):
    """How far a post sees: everything, its unit's subtree and area, its own unit only, or nothing."""

    ALL = "all"
    TREE = "tree"
    UNIT = "unit"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts. `client` is the face it came through: web, api, cli, sms, worker."""

    role: Role
    name: str
    person_id: int | None = None
    post_id: int | None = None
    unit_id: int | None = None
    unit_code: str = ""
    unit_name: str = ""
    unit_path: str = ""
    sight: Sight = Sight.NONE
    client: str = "web"


def rule(name: str, *, client: str = "worker") -> Actor:
    """A rule of the house acting by itself, by its name."""
    return Actor(Role.RULE, name, client=client)


def citizen(*, client: str = "web") -> Actor:
    """The citizen whose matter it is; nothing personal is kept in the actor."""
    return Actor(Role.CITIZEN, "市民", client=client)


def channel(name: str, *, client: str = "api") -> Actor:
    """A system that hands contacts over."""
    return Actor(Role.CHANNEL, name, client=client)
