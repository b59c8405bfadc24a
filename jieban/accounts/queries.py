"""Reads of people and posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from jieban.accounts.actor import Actor, Role, Sight
from jieban.accounts.models import Post
from jieban.core.errors import NotAllowed

# How far a role sees from its unit. Leaders read everything below them; the centre's own roles see the city.
SIGHT: dict[Role, Sight] = {
    Role.AGENT: Sight.ALL,
    Role.DISPATCHER: Sight.ALL,
    Role.SUPERVISOR: Sight.ALL,
    Role.CALLBACK: Sight.ALL,
    Role.AUDITOR: Sight.ALL,
    Role.ADMIN: Sight.NONE,
    Role.KNOWLEDGE: Sight.NONE,
    Role.LEADER: Sight.TREE,
    Role.DISTRICT: Sight.TREE,
    Role.CHIEF: Sight.TREE,
    Role.CLERK: Sight.TREE,
}


def posts(person_id: int, *, at: datetime) -> QuerySet[Post]:
    """The posts a person holds at that moment, with their units."""
    day = at.date()
    held = Q(since__lte=day) & (Q(until=None) | Q(until__gt=day))
    return (
        Post.objects.filter(held, person=person_id, person__is_active=True)
        .select_related("unit", "person")
        .order_by("pk")
    )


def actor(person_id: int, *, post: int | None, at: datetime, client: str = "web") -> Actor:
    """The person as an actor from that post, or from the first one held. NotAllowed without any post."""
    held = list(posts(person_id, at=at))
    chosen = next((p for p in held if p.pk == post), held[0] if held else None)
    if chosen is None:
        raise NotAllowed("您的账号现在没有岗位，看不到工单。请找本单位的管理员加上岗位。")
    return at_post(chosen, client=client)


# A leader at one of these sees the city: no unit lies under them in the tree, and all are led from there.
_CITY_WIDE = ("city_centre", "city_bureau")


def sight(role: Role, unit_kind: str) -> Sight:
    """How far a role sees from a unit of that kind."""
    return Sight.ALL if role == Role.LEADER and unit_kind in _CITY_WIDE else SIGHT[role]


def at_post(post: Post, *, client: str = "web") -> Actor:
    """The actor of a post."""
    role = Role(post.role)
    return Actor(
        role, post.person.name, person_id=post.person_id, post_id=post.pk, unit_id=post.unit_id,
        unit_code=post.unit.code, unit_name=post.unit.name, unit_path=post.unit.path,
        sight=sight(role, post.unit.kind), client=client,
    )  # fmt: skip


def sits(person_id: int, path: str, *, at: datetime, roles: Sequence[str] = ()) -> bool:
    """Whether the person holds a post that day (in one of the roles, where some are named) at that unit or below it."""
    day = timezone.localdate(at)
    held = Post.objects.filter(person=person_id, unit__path__startswith=path, since__lte=day)
    if roles:
        held = held.filter(role__in=roles)
    return held.exclude(until__lte=day).exists()
