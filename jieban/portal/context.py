"""What every page knows: the city, the person at the desk, the post they act from, and the places that post may go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor, Role
from jieban.analytics.exports import rules as exports
from jieban.analytics.periodic import schedule
from jieban.core.errors import JiebanError
from jieban.portal import access
from jieban.portal.cockpit.forecasts import asked as forecasts
from jieban.portal.desk import boards
from jieban.portal.words import Word

SIZES = ("100", "125", "150")
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Place:
    """One item of the rail: its route, icon, word, and the roles that go there."""

    route: str
    icon: str
    word: Word
    roles: frozenset[Role]
    section: str = ""

    @property
    def key(self) -> str:
        """What `here` is on the pages of this place."""
        return self.section or self.route

    @property
    def url(self) -> str:
        """The address of the page."""
        return reverse(self.route, args=[self.section] if self.section else None)


_READERS = frozenset(Role) - {Role.ADMIN, Role.KNOWLEDGE, Role.CITIZEN, Role.CHANNEL, Role.RULE}
_LEADING = frozenset({Role.LEADER, Role.SUPERVISOR, Role.DISTRICT, Role.CHIEF, Role.AUDITOR})
_STAFF = frozenset(Role) - {Role.CITIZEN, Role.CHANNEL, Role.RULE}

# Sections of boards, in the order of the rail.
SECTIONS: tuple[tuple[str, str, Word], ...] = (
    ("review", "gavel", lazy("审核")),
    ("joint", "users-group", lazy("协同")),
    ("watch", "eye", lazy("督察")),
    ("rules", "book-2", lazy("规则")),
)

# The first place that a role may go is its home.
PLACES = (
    Place("seat", "headset", lazy("坐席"), frozenset({Role.AGENT, Role.SUPERVISOR})),
    Place("dispatch", "route", lazy("派单"), frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.DISTRICT})),
    Place("desk", "inbox", lazy("承办"), frozenset({Role.CLERK, Role.CHIEF, Role.DISTRICT})),
    Place("today", "user-circle", lazy("我主办"), frozenset({Role.CLERK, Role.CHIEF, Role.DISTRICT})),
    Place("overview", "home", lazy("总览"), _LEADING),
    Place("callback", "phone-check", lazy("回访"), frozenset({Role.CALLBACK, Role.SUPERVISOR, Role.LEADER})),
    Place("orders", "list-details", lazy("工单"), _READERS),
    Place("people", "users", lazy("人员"), frozenset({Role.ADMIN})),
    Place("knowledge", "book", lazy("知识"), frozenset({Role.KNOWLEDGE})),
    *(Place("boards", icon, word, boards.roles(name), name) for name, icon, word in SECTIONS),
    Place("forecasts", "chart-bar", lazy("预测"), frozenset(forecasts.READERS)),
    Place("appraisal", "scale", lazy("考评"), _READERS - {Role.AGENT}),
    Place("reports", "report", lazy("报告"), schedule.READERS),
    Place("exports", "download", lazy("导出"), exports.MAKERS | exports.WATCHERS),
    Place("knowledge", "book", lazy("知识"), _STAFF - {Role.KNOWLEDGE}),
)


def frame(request: HttpRequest) -> dict[str, object]:
    """Values for the frame around every page; the actor is looked up once a request."""
    actor = _actor(request)
    return {
        "actor": actor,
        "places": places_of(actor) if actor else [],
        "here": _here(request),
        "theme": _one_of(request.COOKIES.get("jb_theme"), THEMES),
        "size": _one_of(request.COOKIES.get("jb_size"), SIZES),
        "session_minutes": settings.SESSION_COOKIE_AGE // 60,
    }


def _here(request: HttpRequest) -> str:
    """The section of boards this page is of, else its route."""
    match = request.resolver_match
    return str(match.kwargs.get("section") or match.url_name or "") if match else ""


def places_of(actor: Actor) -> list[Place]:
    """Where the actor's role may go, in order."""
    return [place for place in PLACES if actor.role in place.roles and exists(place.route, place.section)]


@lru_cache(maxsize=64)
def exists(route: str, section: str = "") -> bool:
    """Whether the house has that route."""
    try:
        reverse(route, args=[section] if section else None)
    except NoReverseMatch:
        return False
    return True


def _actor(request: HttpRequest) -> Actor | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    try:
        return access.actor_of(request)
    except JiebanError:
        return None


def _one_of(value: str | None, allowed: tuple[str, ...]) -> str:
    return value if value in allowed else allowed[0]
