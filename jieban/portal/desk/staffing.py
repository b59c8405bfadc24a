"""People as choices: who sits under a unit, in which posts, and who is meant by a name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from jieban.accounts.actor import Actor, Role, Sight
from jieban.accounts.models import Person, Post
from jieban.core.errors import BadInput
from jieban.portal import words

WORKERS = (Role.CLERK, Role.CHIEF, Role.DISTRICT, Role.LEADER)
_MOST = 300


def _held(at: datetime, roles: Iterable[str]) -> QuerySet[Post]:
    day = timezone.localdate(at)
    held = Post.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day, role__in=list(roles))
    return held.filter(person__is_active=True).select_related("person", "unit")


def people(by: Actor, *, at: datetime, roles: Iterable[str]) -> list[tuple[str, str]]:
    """Who holds one of the posts at the actor's unit or below it (everywhere for who sees everything), one query."""
    held = _held(at, roles)
    if by.sight != Sight.ALL:
        held = held.filter(unit__path__startswith=by.unit_path)
    out: dict[str, str] = {}
    for post in held.order_by("unit__path", "role", "pk")[:_MOST]:
        title = words.ROLES.get(post.role, post.role)
        out.setdefault(str(post.person_id), f"{post.person.name} · {post.unit.short} {title}")
    return list(out.items())


def posts(by: Actor, *, at: datetime) -> list[tuple[str, str]]:
    """Who may be made the handler of an order of the actor's unit: `person@unit code` and a name."""
    if by.unit_id is None:
        return []
    found = _held(at, WORKERS).filter(unit__path__startswith=by.unit_path).order_by("unit__path", "pk")[:_MOST]
    return [(f"{post.person_id}@{post.unit.code}", f"{post.person.name} · {post.unit.short}") for post in found]


def named(name: str, *, roles: Iterable[str], at: datetime, within: str = "") -> Person:
    """The one person of that name who holds such a post (under the path). BadInput where there is none, or several."""
    held = _held(at, roles).filter(person__name=name.strip(), unit__path__startswith=within)
    found = {post.person_id: post.person for post in held[:9]}
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise BadInput(_("没有找到%s，或者他没有合适的岗位。请看看姓名写对没有。") % name.strip())
    raise BadInput(_("有几位都叫%s。请不指名，或请本单位的管理员帮忙。") % name.strip())
