"""The dispatcher's desk: its clock, many at once, every way of sending, calling units together and deciding."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from jieban.core import clock
from jieban.dispatch import actions, consulting, green, tasks
from jieban.dispatch.consulting import Call
from jieban.dispatch.talks import Consultation, View
from jieban.orders.models import Order
from tests import factories, verbs
from tests.dispatch import market_town
from tests.portal.pages import browser, statements, text


@pytest.fixture
def town(db, tmp_path: Path):
    folder = tmp_path / "town"
    folder.mkdir()
    return market_town.load(folder)


@pytest.fixture
def dispatcher(town) -> Client:
    return browser("dispatcher")


def ago(**length):
    return clock.now() - timedelta(**length)


def waiting(town, **columns) -> Order:
    return market_town.a_pending(town, **{"at": ago(minutes=5), **columns})


def units(order: Order) -> list[tuple[str, str]]:
    return list(order.assignments.order_by("no").values_list("unit__code", "role"))


def called(town, order: Order, **given) -> Consultation:
    values = {
        "way": "meeting", "ground": "border", "units": ["mill", "water"], "question": "Who mends this pipe?",
        "until": clock.now() + timedelta(hours=2),
    }  # fmt: skip
    by = factories.an_actor("dispatcher", verbs.unit("hall"))
    [talk] = consulting.consult([order], Call(**{**values, **given}), by=by, at=clock.now(), loaded=town)
    return talk


def test_orders_wait_by_their_dispatch_clock_and_the_late_ones_are_marked(dispatcher, town) -> None:
    late = waiting(town, urgency="2h", at=ago(hours=2))
    week = waiting(town, urgency="7d", at=ago(hours=3))
    soon = waiting(town, urgency="24h", at=ago(hours=1))
    page = text(dispatcher.get("/dispatch"))
    shown = re.findall(r'href="/dispatch/(JB-[\d-]+)" data-open', page)
    assert shown == [late.number, soon.number, week.number]
    assert ("1 件过了派单时限" in page, "超期 1 小时" in page) == (True, True)
    assert "超期 1 小时" in text(dispatcher.get(f"/dispatch/{late.number}"))


def test_order_that_came_back_has_a_fresh_dispatch_clock(dispatcher, town) -> None:
    order = verbs.dispatched(town, urgency="2h", at=ago(hours=5))
    factories.walk(verbs.parts(order)[0], "withdraw", at=ago(minutes=10))
    factories.walk(order, "recall", at=ago(minutes=10))
    page = text(dispatcher.get("/dispatch"))
    assert (order.number in page, "超期" in page) == (True, False)


def test_ticked_orders_are_sent_where_the_catalogue_would(dispatcher, town) -> None:
    one, two, left = waiting(town), waiting(town, category="0101"), waiting(town)
    page = text(dispatcher.post("/dispatch/-/accept", {"order": [one.number, two.number]}, follow=True))
    assert "2 件已按目录派出" in page
    assert (units(one), units(two), units(left)) == (
        [("water", "lead")], [("mill", "lead"), ("north-roads", "lead")], [],
    )  # fmt: skip
    one.refresh_from_db()
    assert one.dispatch["by"] == "person"


def test_all_or_none_where_somebody_was_first(dispatcher, town) -> None:
    one, two = waiting(town), waiting(town)
    actions.accept([two], by=factories.an_actor("dispatcher", verbs.unit("hall")), at=clock.now(), loaded=town)
    response = dispatcher.post("/dispatch/-/accept", {"order": [one.number, two.number]})
    assert (response.status_code, units(one)) == (409, [])
    assert dispatcher.post("/dispatch/-/accept").status_code == 400


def test_several_leads_assistants_and_told_units_are_named(dispatcher, town) -> None:
    order = waiting(town)
    given = {"pick": "other", "lead_name": "Mill Parish、Littleton Water", "assist_name": "Hill Parish",
             "notice_name": "Crown Estates", "reason": "the pipe crosses the border"}  # fmt: skip
    dispatcher.post(f"/dispatch/{order.number}", given)
    order.refresh_from_db()
    assert units(order) == [("mill", "lead"), ("water", "lead"), ("hill", "assist"), ("crown", "notice")]
    assert order.dispatch["way"] == "dual"


def test_unit_names_are_completed_behind_those_already_typed(dispatcher) -> None:
    assert text(dispatcher.get("/units", {"assist_name": "Hill Parish、Litt"})).strip() == (
        '<option value="Hill Parish、Littleton Water"></option>'
    )


def test_firm_goes_first_by_hand(dispatcher, town) -> None:
    order = waiting(town)
    path, given = f"/dispatch/{order.number}", {"pick": "green", "firm_name": "Bazaar", "reason": "talk first"}
    refused = dispatcher.post(path, given)
    assert (refused.status_code, "要写两家" in text(refused), "Bazaar" in text(refused)) == (422, True, True)
    dispatcher.post(path, {**given, "fallback_name": "North Ward Market Office"})
    order.refresh_from_db()
    assert (units(order), order.dispatch["fallback"]) == ([("bazaar", "lead")], "market")


def test_order_is_put_through_to_a_sub_centre(dispatcher, town) -> None:
    order = waiting(town)
    path = f"/dispatch/{order.number}"
    assert dispatcher.post(path, {"pick": "sub", "line": ""}).status_code == 422
    dispatcher.post(path, {"pick": "sub", "line": "line_tax", "three_way": "1"})
    order.refresh_from_db()
    assert (units(order), order.dispatch["transfer"]["three_way"]) == ([("taxline", "lead")], True)
    page = text(browser("clerk", "taxline").get(f"/orders/{order.number}"))
    assert ("转接" in page, "Tax line 999" in page, "签收" in page) == (True, True, True)


CALL = {"call-way": "meeting", "call-ground": "border", "call-units": "Mill Parish、Littleton Water",
        "call-question": "Who mends this pipe?", "call-brief": "A pipe leaks at the border."}  # fmt: skip


def test_units_are_called_give_their_views_and_the_order_is_sent_by_them(dispatcher, town) -> None:
    order = waiting(town)
    until = clock.now() + timedelta(hours=3)
    response = dispatcher.post(f"/dispatch/{order.number}/consult", {**CALL, "call-until": f"{until:%Y-%m-%dT%H:%M}"})
    assert response.status_code == 302
    water = browser("clerk", "water")
    board = text(water.get("/boards/joint/consultations"))
    assert ("Who mends this pipe?" in board, "等您单位说" in board) == (True, True)
    [path] = re.findall(r'href="(/consultations/\d+)"', board)
    page = text(water.get(path))
    assert ("A pipe leaks at the border." in page, order.title in page, order.number in page) == (True, False, False)
    assert water.get(f"/orders/{order.number}").status_code == 404
    assert "意见交上去了" in text(
        water.post(path, {"view": "Before the valve it is ours", "part": "the pipe"}, follow=True)
    )
    desk = text(dispatcher.get("/dispatch"))
    assert "2 家里 1 家给了意见" in desk
    page = text(dispatcher.get(f"/dispatch/{order.number}"))
    assert ("Before the valve it is ours" in page, "还没有说" in page, 'value="the pipe"' in page) == (True, True, True)
    given = {"pick": "talk", "role-water": "lead", "part-water": "the pipe", "role-mill": "assist", "reason": ""}
    assert "请写明依据" in text(dispatcher.post(f"/dispatch/{order.number}", given))
    dispatcher.post(f"/dispatch/{order.number}", {**given, "reason": "as the waterworks say"})
    order.refresh_from_db()
    assert (units(order), order.dispatch["parts"]) == ([("water", "lead"), ("mill", "assist")], {"water": "the pipe"})
    told = text(dispatcher.get(f"/orders/{order.number}"))
    for said in (
        "请Mill Parish、Littleton Water会商",
        "区域交叉",
        "Littleton Water的会商意见",
        "Littleton Water主办（the pipe）",
    ):
        assert said in told
    assert "Mill Parish：没有给意见" in told
    assert "已经定了由谁办" in text(water.get(path))
    assert water.post(path, {"view": "One more thing"}).status_code == 422


def test_call_that_cannot_be_keeps_what_was_typed(dispatcher, town) -> None:
    order = waiting(town)
    gone = {**CALL, "call-until": f"{ago(hours=1):%Y-%m-%dT%H:%M}"}
    response = dispatcher.post(f"/dispatch/{order.number}/consult", gone)
    page = text(response)
    assert (response.status_code, "这个时间已经过了" in page, "A pipe leaks at the border." in page) == (
        422,
        True,
        True,
    )
    unknown = dispatcher.post(f"/dispatch/{order.number}/consult", {**gone, "call-units": "Nobody"})
    assert (unknown.status_code, Consultation.objects.count()) == (422, 0)


def test_on_the_spot_a_unit_says_when_it_came(town) -> None:
    order = waiting(town)
    talk = called(town, order, way="on_site", spot="Long Lane 3")
    view = View.objects.get(consultation=talk, unit__code="mill")
    mill, path = browser("clerk", "mill"), f"/consultations/{view.pk}"
    assert "Long Lane 3" in text(mill.get(path))
    refused = mill.post(path, {"view": "It is the waterworks' pipe"})
    assert (refused.status_code, "请写几点到的现场" in text(refused)) == (422, True)
    mill.post(path, {"view": "It is the waterworks' pipe", "arrived_at": f"{clock.now():%Y-%m-%dT%H:%M}:59"})
    view.refresh_from_db()
    assert (view.view, view.given_at) == ("", None)
    later = clock.now().replace(microsecond=0)
    Consultation.objects.filter(pk=talk.pk).update(called_at=later - timedelta(hours=1))
    mill.post(path, {"view": "It is the waterworks' pipe", "found": "a wet wall",
                     "arrived_at": f"{later - timedelta(minutes=5):%Y-%m-%dT%H:%M}"})  # fmt: skip
    view.refresh_from_db()
    assert (view.found, view.arrived_at is not None) == ("a wet wall", True)


def test_unit_that_was_not_asked_finds_nothing(town) -> None:
    talk = called(town, waiting(town))
    pk = View.objects.filter(consultation=talk).first().pk
    hill = browser("clerk", "hill")
    assert hill.get(f"/consultations/{pk}").status_code == 404
    assert "现在没有要您单位商量的" in text(hill.get("/boards/joint/consultations"))


def test_desk_and_boards_take_the_same_statements_for_two_and_for_twenty(dispatcher, town) -> None:
    paths = ("/dispatch", "/boards/joint/consultations", "/boards/rules/green?firm=all")
    counts = []
    for size in (2, 18):
        for _ in range(size):
            called(town, waiting(town))
            market_town.a_dispute(town, at=ago(hours=1))
        counts.append([statements(dispatcher, path) for path in paths])
    assert counts[0] == counts[1]


def measured(town):
    by = factories.an_actor("supervisor", verbs.unit("hall"))
    return green.measure(by, town, at=clock.now())


def finished(town, *, hours: float, **columns) -> Order:
    order = market_town.a_dispute(town, at=ago(days=3), **columns)
    verbs.contact(verbs.parts(order), at=ago(days=3) + timedelta(minutes=30))
    verbs.finish(verbs.parts(order), at=ago(days=3) + timedelta(hours=hours))
    return order


def test_hours_saved_are_measured_with_those_that_fell_back(town) -> None:
    quick, slow = finished(town, hours=2), finished(town, hours=10)
    direct = finished(town, hours=30, title="No refund", content="A shop online keeps my money.")
    lying = market_town.a_dispute(town, at=ago(days=1))
    tasks.take_over(at=clock.now(), loaded=town)
    found = measured(town)
    assert (found.whole.count, found.whole.settled, found.whole.back, found.whole.open) == (3, 2, 1, 0)
    assert [round(time.total_seconds() / 3600) for time in sorted(found.whole.times)] == [2, 10]
    assert round(found.saved(1).total_seconds() / 3600) == 24
    assert found.saved(2) is None
    by = factories.an_actor("supervisor", verbs.unit("hall"))
    behind = {only: {o.pk for o in green.behind(by, town, unit=None, only=only, at=clock.now())} for only in green.ONLY}
    assert behind == {
        "all": {quick.pk, slow.pk, lying.pk}, "settled": {quick.pk, slow.pk}, "back": {lying.pk}, "open": set(),
    }  # fmt: skip
    assert [o.pk for o in green.behind(by, town, unit=0, only="all", at=clock.now())] == [direct.pk]


def test_board_of_the_green_channel_opens_every_number(town) -> None:
    order = finished(town, hours=2)
    page = text(browser("supervisor").get("/boards/rules/green"))
    assert ("Shoply" in page, "样本不足" in page, "还不比较快慢" in page) == (True, True, True)
    links = re.findall(r'href="(\?firm=shoply[^"]+)"', page)
    assert len(links) == 2
    opened = text(browser("supervisor").get("/boards/rules/green" + links[0].replace("&amp;", "&")))
    assert order.number in opened
