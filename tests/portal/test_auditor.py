"""纪检监察 sees everything and changes nothing but what is left out of scoring; each reading is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.converters import IntConverter

from jieban.accounts.actor import Role
from jieban.accounts.models import Reading
from jieban.core import clock
from jieban.orders.lifecycle import ASSIGNMENT_MOVES, ORDER_MOVES
from jieban.portal.desk import acts, boards
from tests import verbs
from tests.portal.pages import browser, text

# Their own session and look, and pages for citizens, who need no account.
OWN = {"login", "logout", "language", "look", "choose_post", "stay"}
# A log of reads and who is logged in are no part of the record.
BESIDE = {"Reading", "Person"}


@pytest.fixture
def auditor(toy) -> Client:
    return browser("auditor")


def record() -> dict[str, list[Any]]:
    """Everything in the database but the log of reads."""
    tables = [table for table in apps.get_app_config("jieban").get_models() if table.__name__ not in BESIDE]
    return {table.__name__: list(table._default_manager.order_by("pk").values_list()) for table in tables}


def staff_routes(resolver: Any = None, space: str = "") -> list[tuple[str, URLPattern]]:
    """Routes that are for staff, by name."""
    out: list[tuple[str, URLPattern]] = []
    for one in (resolver or get_resolver()).url_patterns:
        if not isinstance(one, URLPattern):
            out += staff_routes(one, f"{one.namespace}:" if one.namespace else "")
        elif getattr(one.callback, "jieban_guard", ("public",)) != ("public",):
            out.append((f"{space}{one.name}", one))
    return out


def addresses(name: str, one: URLPattern, number: str) -> list[str]:
    """The addresses of a route, one for each act and step it may name."""
    words = {"number": number, "no": 1, "pk": 1, "section": "watch", "name": "letters", "code": "x"}
    names = [act.name for act in acts.TABLE] if name in ("work", "act") else ["hear", "decide", "confirm", "end", "x"]
    keys = one.pattern.converters
    each = names if "verb" in keys else [""]
    told = {k: 1 if isinstance(kind, IntConverter) else words.get(k, 1) for k, kind in keys.items()}
    return [reverse(name, kwargs={**told, **({"verb": verb} if verb else {})}) for verb in each]


def test_the_auditors_moves_are_those_about_leaving_out_and_no_act_is_theirs():
    moves = [move.name for move in (*ORDER_MOVES.values(), *ASSIGNMENT_MOVES.values()) if Role.AUDITOR in move.by]
    assert (moves, [act.name for act in acts.TABLE if Role.AUDITOR in act.roles]) == (
        ["leave_out", "refuse_exclusion", "take_in"], [],
    )  # fmt: skip


def test_no_route_takes_a_change_from_an_auditor(toy, auditor):
    order = verbs.dispatched(toy, verbs.lead("mill"), at=clock.now() - timedelta(hours=1))
    before, tried = record(), 0
    for name, one in staff_routes():
        for path in addresses(name, one, order.number) if name not in OWN else []:
            status = auditor.post(
                path, {"text": "改一改", "note": "改一改", "purpose": "看一看", "to": "mill"}
            ).status_code
            assert status in (200, 302, 400, 403, 404, 405, 422), path
            tried += 1
    assert tried > len(acts.TABLE)
    assert record() == before


def test_every_board_and_order_opens_to_the_auditor(toy, auditor):
    order = verbs.dispatched(toy, verbs.lead("mill"), at=clock.now() - timedelta(hours=1))
    assert auditor.get(f"/orders/{order.number}").status_code == 200
    seen = [board for board in boards.TABLE if Role.AUDITOR in board.roles]
    assert {board.name for board in seen} >= {"letters", "repeats", "callers", "returned", "signals", "abuse"}
    assert {board.name: auditor.get(board.url).status_code for board in seen} == {board.name: 200 for board in seen}


def test_each_reading_of_an_order_is_kept_with_its_purpose(toy, auditor):
    order = verbs.dispatched(toy, verbs.lead("mill"), at=clock.now() - timedelta(hours=1))
    auditor.get(f"/orders/{order.number}")
    browser("supervisor").get(f"/orders/{order.number}")
    [read] = Reading.objects.all()
    assert (read.subject, read.what, read.purpose) == (order.number, "record", "监督检查")


def test_the_auditor_is_not_offered_a_number(toy, auditor):
    order = verbs.dispatched(toy, verbs.lead("mill"), at=clock.now() - timedelta(hours=1))
    page = text(auditor.get(f"/orders/{order.number}"))
    assert ("13800001234" in page, "看完整号码" in page, "还可以做的" in page) == (False, False, False)
    assert auditor.post(f"/orders/{order.number}/phone", {"purpose": "监督检查"}).status_code == 403
