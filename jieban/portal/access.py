"""From a request to an actor: who is at the desk, from which post, and what that post may open.

Every route is guarded by exactly one of the decorators here; tests/architecture walks all routes to see it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from jieban.accounts import queries as accounts
from jieban.accounts.actor import Actor, Role
from jieban.core import clock

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a logged-in request, from the post chosen in the session (else the person's first post)."""
    cached: Actor | None = getattr(request, "jieban_actor", None)
    if cached is None:
        chosen = request.session.get("post")
        cached = accounts.actor(request.user.pk, post=chosen, at=clock.now())  # type: ignore[arg-type]
        request.jieban_actor = cached  # type: ignore[attr-defined]
    return cached


def staff(*roles: Role) -> Callable[[View], View]:
    """Guard a view: logged in, and at a post with one of the roles (any post when none is named)."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if roles and actor.role not in roles:
                raise PermissionDenied(f"这一页给{'、'.join(sorted(roles))}岗位用，您现在的岗位是{actor.role}。")
            return view(request, *args, **kwargs)

        outer = login_required(guarded)
        outer.jieban_guard = roles or ("staff",)  # type: ignore[attr-defined]
        return outer  # type: ignore[return-value]

    return guard


def public(view: View) -> View:
    """Mark a view as open to everybody: it shows nothing personal without a proof (number and digits, or token)."""
    view.jieban_guard = ("public",)  # type: ignore[attr-defined]
    return view
