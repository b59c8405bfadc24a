"""What still waits to be sorted."""

from __future__ import annotations

from jieban.accounts.actor import Role
from jieban.triage import queries
from tests import factories


def test_orders_lacking_kind_category_or_place_wait(toy) -> None:
    full = {"kind": "help", "category": "0101", "street_id": toy.unit_ids["mill"], "district_id": toy.unit_ids["north"]}
    lacking = [
        factories.an_order(state="pending_dispatch", **{**full, "kind": ""}),
        factories.an_order(state="received", **{**full, "category": ""}),
        factories.an_order(state="pending_dispatch", **{**full, "street_id": None, "district_id": None}),
    ]
    factories.an_order(state="pending_dispatch", **full)
    factories.an_order(state="pending_dispatch", **{**full, "street_id": None})
    factories.an_order(state="closed", **{**full, "category": ""})
    assert set(queries.waiting()) == set(lacking)


def test_most_pressing_comes_first(toy) -> None:
    late, soon = (
        factories.an_order(state="pending_dispatch", category="", due_at=factories.AT.replace(hour=hour))
        for hour in (18, 11)
    )
    assert list(queries.waiting()) == [soon, late]


def test_actor_finds_only_what_the_post_may_see(toy) -> None:
    factories.an_order(state="pending_dispatch", category="")
    assert queries.waiting(factories.an_actor(Role.DISPATCHER)).count() == 1
    clerk = factories.an_actor(Role.CLERK, factories.a_city().street)
    assert queries.waiting(clerk).count() == 0
