"""What a visitor of the demo may try: for each account an order that waits for it, for a citizen numbers to track."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from jieban.accounts import queries as accounts
from jieban.accounts.actor import Actor, Role
from jieban.callback import queries as callback
from jieban.core import crypto
from jieban.handling import queries as desks
from jieban.orders import queries as orders
from jieban.orders.lifecycle import S
from jieban.orders.models import Order
from simulation.people import ACCOUNTS, Account, hired

_PAGES = {Role.DISPATCHER: "/dispatch/{}", Role.CALLBACK: "/callback/{}"}


WARNING = "[bold]Accounts with a password that everybody knows are made now: for demonstration only.[/bold]"


@contextmanager
def progress(console: Console, what: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar of the days; gives what has to be called with (days done, days in all, what is being done)."""
    said, share = TextColumn("{task.description}"), TextColumn("{task.percentage:>3.0f}%")
    with Progress(said, BarColumn(), share, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, whole: int, now: str) -> None:
            bar.update(task, completed=done, total=whole, description=f"{what} · {now}")

        yield tell


@dataclass(frozen=True, slots=True)
class Try:
    """An account with its unit, and the page of an order that waits for it ("" where none does)."""

    account: Account
    unit: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Track:
    """What a citizen types to see an order: its number and the last four digits of the phone."""

    number: str
    digits: str
    state: str


def tries(*, at: datetime) -> Iterator[Try]:
    """One row an account, in the order of the table."""
    people = hired()
    for account in ACCOUNTS:
        person = people.get(account.username)
        if person is not None:
            actor = accounts.actor(person.pk, post=None, at=at)
            waits = _waiting(actor, at).first()
            where = _PAGES.get(actor.role, "/orders/{}").format(waits.number) if waits is not None else ""
            yield Try(account, actor.unit_name, where)


def tracks() -> list[Track]:
    """An order that is being worked on, one that waits for the citizen's word, and one that is closed."""
    found = []
    for state in (S.HANDLING, S.CALLBACK, S.CLOSED):
        wanted = Order.objects.filter(state=state, contact__source="demo").exclude(contact__phone=b"")
        order = wanted.exclude(dispatched_at=None).select_related("contact").order_by("-received_at").first()
        if order is not None:
            found.append(Track(order.number, crypto.unseal(order.contact.phone)[-4:], state))
    return found


def _waiting(actor: Actor, at: datetime) -> QuerySet[Order]:
    """Orders that wait for this post, the most pressing first."""
    if actor.role == Role.AGENT:
        return orders.visible_to(actor).filter(state=S.RECEIVED).order_by("received_at")
    if actor.role == Role.DISPATCHER:
        return orders.visible_to(actor).filter(state=S.PENDING).order_by("received_at")
    if actor.role == Role.CALLBACK:
        return callback.queue(actor, at=at)
    if actor.role in (Role.CLERK, Role.CHIEF, Role.DISTRICT):
        held = desks.waiting(actor).order_by("signed_at", "handle_due").values("order_id", "state")
        first = [row["order_id"] for row in held.filter(state="sent")[:1]] or [row["order_id"] for row in held[:1]]
        return Order.objects.filter(pk__in=first)
    return orders.visible_to(actor).filter(state=S.HANDLING, due_at__lt=at).order_by("due_at")
