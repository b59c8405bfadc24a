"""What stands behind one button of an order's page: who sees it, when, what is asked for, and the one verb it calls.

An act is on a `part` (one assignment) or on the whole `order`. The files beside this one hold the acts of one subject
each; `jieban.portal.desk.acts` gathers them into the table that the page and its two routes go by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jieban.accounts.actor import Actor, Role
from jieban.city.queries import Loaded
from jieban.orders.models import Assignment, Order
from jieban.portal.desk import forms
from jieban.portal.words import Word


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act is done to, by whom, when and by which rules. `part` is None for an act on the order.

    On the page of an order `parts` are all its assignments, with what handling keeps beside them fetched along.
    """

    order: Order
    part: Assignment | None
    by: Actor
    at: datetime
    loaded: Loaded
    parts: Sequence[Assignment] = ()

    @property
    def held(self) -> Assignment:
        """The assignment of an act on a part."""
        assert self.part is not None  # noqa: S101 the table says so: only acts on parts ask for it
        return self.part


Data = Mapping[str, Any] | None
MakeForm = Callable[[Subject, Data, Data, str], forms.Plain]
Do = Callable[[Subject, dict[str, Any]], str]


def beside(part: Assignment, name: str) -> list[Any]:
    """What handling keeps beside an assignment, by its related name; no query where the page has fetched it along."""
    return list(getattr(part, name).all())


def always(subject: Subject) -> bool:
    """The act is there whenever role and state allow it."""
    return True


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `form` is called with (subject, data, files, prefix); `do` returns what to say when it is done.

    `states` are those of the assignment, or of the order where `on` is "order"; `when` narrows further and must not
    ask the database. `told`: it is for units that were only told (知会), who have no other. `do` may raise BadInput or
    Conflict: the form then comes back with the reason.
    """

    name: str
    on: str
    title: Word
    hint: Word
    icon: str
    roles: frozenset[Role]
    states: frozenset[str]
    form: MakeForm
    do: Do
    when: Callable[[Subject], bool] = always
    told: bool = False

    def open_to(self, subject: Subject) -> bool:
        """Whether this act can be done to that subject by its actor now."""
        row = subject.order if self.on == "order" else subject.held
        fits = self.on == "order" or self.told == (subject.held.role == "notice")
        return fits and subject.by.role in self.roles and row.state in self.states and self.when(subject)


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of an order's page: its template, and the values for it; None where there is nothing to show.

    A panel asks the database a constant number of questions (at most two), however long its list.
    """

    template: str
    values: Callable[[Subject], Mapping[str, Any] | None]


def simple(kind: type[forms.Plain]) -> MakeForm:
    """The maker of a form that needs to know nothing of its subject."""
    return lambda subject, data, files, prefix: kind(data, files, prefix=prefix)
