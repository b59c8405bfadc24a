"""The pages of the boards: a section opens its first board, a board shows itself under the tabs of its section."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jieban.city import queries as city
from jieban.core import clock
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import boards
from jieban.portal.desk.boards.board import Asked, Board


@staff()
def section(request: HttpRequest, section: str) -> HttpResponse:
    """The first board of the section that this post looks at."""
    found = boards.of(section, actor_of(request).role)
    if not found:
        raise Http404(section)
    return redirect(found[0].url)


@staff()
def board(request: HttpRequest, section: str, name: str) -> HttpResponse:
    """One board; 403 for a post that does not look at it."""
    actor = actor_of(request)
    one = next((b for b in boards.TABLE if (b.section, b.name) == (section, name)), None)
    if one is None:
        raise Http404(name)
    if actor.role not in one.roles:
        raise PermissionDenied(f"{actor.role} has no board {name}.")
    return shown(request, one)


def shown(request: HttpRequest, one: Board, *, status: int = 200, **more: Any) -> HttpResponse:
    """A board as a page; `more` is what a form of it brings back when it could not be taken."""
    actor, at = actor_of(request), clock.now()
    asked = Asked(actor, at, city.current(at=at), request.GET)
    tabs = [(b, b.count(asked) if b.count else None) for b in boards.of(one.section, actor.role)]
    values = {"board": one, "tabs": tabs, "now": at, "here": one.section, **one.values(asked), **more}
    return render(request, one.template, values, status=status)
