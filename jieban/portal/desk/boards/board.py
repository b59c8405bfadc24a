"""What stands behind one tab of a section of the rail: a list of what waits for the posts that look at it.

The files beside this one hold the boards of one subject each; `jieban.portal.desk.boards` gathers them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from jieban.accounts.actor import Actor, Role
from jieban.city.queries import Loaded
from jieban.portal.words import Word


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks at a board, when, by which rules, and what the address asks for (filters, how many rows)."""

    by: Actor
    at: datetime
    loaded: Loaded
    query: QueryDict


@dataclass(frozen=True, slots=True)
class Board:
    """One list. `section` is a section of the rail; `template` extends `desk/board.html`.

    `values` makes what the template shows, with a constant number of queries; `count` is how many wait for this post
    (one query), None where a number would say nothing.
    """

    name: str
    section: str
    title: Word
    roles: frozenset[Role]
    template: str
    values: Callable[[Asked], Mapping[str, Any]]
    count: Callable[[Asked], int] | None = None

    @property
    def url(self) -> str:
        """The address of the board."""
        return reverse("board", args=[self.section, self.name])
