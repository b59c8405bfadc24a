"""吹哨报到, 提级, 包案, 专班 and 今日我主办 over HTTP: each from the button that starts it to its list."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from jieban.accounts.actor import Role
from jieban.core import clock
from jieban.handling import raising, whistle
from jieban.handling.joint_models import Escalation, Force, ForceTask, Rating
from jieban.handling.whistle import Call
from jieban.orders.models import Assignment, Order
from tests import factories, verbs
from tests.portal.pages import browser, statements, text


@pytest.fixture
def clerk(toy) -> Client:
    return browser("clerk", "mill")


def led(toy, **columns: object) -> Assignment:
    """The parish leads an order whose citizen it has reached."""
    at = clock.now() - timedelta(hours=3)
    return verbs.parts(verbs.answered(toy, verbs.lead("mill"), at=at, **columns))[0]


def blown(toy, *codes: str, **columns: object) -> list[Assignment]:
    """A whistle of an hour ago."""
    part = led(toy, **columns)
    call = Call([verbs.unit(code) for code in codes], "管子是自来水公司的", "巷口")
    at = clock.now() - timedelta(hours=1)
    return whistle.whistle([part], call, by=verbs.clerk("mill"), at=at, loaded=toy)


def do(client: Client, part: Assignment, verb: str, **data: object):
    return client.post(f"/orders/{part.order.number}/parts/{part.no}/{verb}", data)


def act(client: Client, order: Order, verb: str, **data: object):
    return client.post(f"/orders/{order.number}/acts/{verb}", data)


def test_whistle_is_blown_from_the_page_and_seen_on_both_boards(toy, clerk) -> None:
    part = led(toy, title="Wet floor")
    data = {
        "near": ["north-roads"],
        "others": "Littleton Water、Hill Parish",
        "reason": "查明是水管漏",
        "place": "巷口",
    }
    names = {f"whistle-{k}": v for k, v in data.items()}
    assert do(clerk, part, "whistle", **names).status_code == 302
    called = Assignment.objects.filter(came_by="whistle").order_by("no")
    assert [a.unit.code for a in called] == ["north-roads", "water", "hill"]
    mine = text(clerk.get("/boards/joint/whistles"))
    assert re.findall(r"<td>(North Ward Roads Office|Littleton Water|Hill Parish)</td>", mine) == [
        "North Ward Roads Office",
        "Littleton Water",
        "Hill Parish",
    ]
    theirs = text(browser("clerk", "water").get("/boards/joint/whistles"))
    assert ("Wet floor" in theirs, "去报到" in theirs) == (True, True)


def test_unknown_unit_comes_back_with_what_was_typed(toy, clerk) -> None:
    part = led(toy)
    names = {"whistle-others": "没有这家", "whistle-reason": "查明是水管漏", "whistle-place": "巷口"}
    answer = do(clerk, part, "whistle", **names)
    assert answer.status_code == 422
    assert "没有叫“没有这家”的单位" in text(answer)
    assert "查明是水管漏" in text(answer)


def test_called_unit_signs_and_reports_in_with_one_press(toy) -> None:
    [water] = blown(toy, "water")
    client = browser("clerk", "water")
    answer = do(client, water, "report_in", **{"report_in-who": "两名维修工", "report_in-result": "主管道裂了"})
    assert answer.status_code == 302
    water.refresh_from_db()
    assert (water.state, water.signed_at is not None, water.arrived_at is not None) == ("handling", True, True)
    page = text(client.get(f"/orders/{water.order.number}"))
    assert "两名维修工：主管道裂了" in page


def test_caller_lets_go_and_rates_from_its_page(toy, clerk) -> None:
    water, roads = blown(toy, "water", "north-roads")
    caller = Assignment.objects.get(order=water.order_id, no=water.called_by)
    answer = do(clerk, caller, "release", **{"release-called": roads.no, "release-reason": "与道路无关"})
    assert answer.status_code == 302
    by = verbs.clerk("water")
    whistle_at = clock.now() - timedelta(minutes=30)
    verbs.handling.sign([water], by=by, at=whistle_at)
    whistle.report_in([water], who="维修工", result="修好了", by=by, at=whistle_at)
    verbs.finish([water], at=whistle_at)
    said = {"rate_called-called": water.no, "rate_called-score": "4"}
    assert do(clerk, caller, "rate_called", **said).status_code == 302
    page = text(clerk.get(f"/orders/{water.order.number}"))
    assert ("有一方打了分" in page, "打 4 分" in page) == (True, False)
    back = do(browser("clerk", "water"), water, "rate_caller", **{"rate_caller-score": "5"})
    assert back.status_code == 302
    page = text(clerk.get(f"/orders/{water.order.number}"))
    assert ("打 4 分" in page, "打 5 分" in page) == (True, True)
    board = text(browser("supervisor").get("/boards/watch/ratings"))
    assert re.findall(r"data-open>(.*?)</a></td><td>(.*?)</td>", board)[0][0] in {"Littleton Water", "Mill Parish"}
    chosen = Rating.objects.get(of="called").unit_id
    assert "别人怎么评Littleton Water" in text(browser("supervisor").get(f"/boards/watch/ratings?unit={chosen}"))


def test_case_goes_up_and_is_taken_up(toy, clerk) -> None:
    part = led(toy, title="Hard case")
    leader = browser("leader", "mill")
    answer = act(clerk, part.order, "escalate", **{"escalate-level": "leader", "escalate-reason": "两家都不肯出钱"})
    assert answer.status_code == 302
    board = text(leader.get("/boards/joint/raised"))
    assert ("Hard case" in board, "去接办" in board) == (True, True)
    assert act(leader, part.order, "take_up", **{"take_up-plan": "周五开会，街道先垫付"}).status_code == 302
    assert "街道先垫付" in text(leader.get("/boards/joint/raised"))
    again = act(browser("leader", "mill"), part.order, "take_up", **{"take_up-plan": "我也来办一次"})
    assert again.status_code == 409


def test_leader_owns_a_case_and_everybody_sees_it(toy, clerk) -> None:
    part = led(toy, title="Night noise")
    post = factories.a_post(Role.LEADER, verbs.unit("mill"), person=factories.a_person("秦副书记"))
    leader = Client()
    leader.force_login(post.person, backend="django.contrib.auth.backends.ModelBackend")
    until = (clock.now() + timedelta(days=30)).date().isoformat()
    said = {"own-leader": post.person_id, "own-promise": "让老人夜里不再敲墙", "own-until": until}
    assert act(leader, part.order, "own", **said).status_code == 302
    assert "秦副书记包案" in text(clerk.get(f"/orders/{part.order.number}"))
    board = text(leader.get("/boards/joint/owned"))
    assert ("Night noise" in board, "让老人夜里不再敲墙" in board) == (True, True)
    other = browser("leader", "mill")
    assert "own-leader" not in text(other.get(f"/orders/{part.order.number}"))


def test_task_force_lives_on_its_page(toy) -> None:
    part = led(toy, title="Gate of the park")
    post = factories.a_post(Role.CHIEF, verbs.unit("mill"), person=factories.a_person("秦书记"))
    factories.a_post(Role.CLERK, verbs.unit("water"), person=factories.a_person("陆工"))
    chief = Client()
    chief.force_login(post.person, backend="django.contrib.auth.backends.ModelBackend")
    told = {"name": "东门治理专班", "purpose": "东门不再乱停乱放", "leader": post.person_id}
    assert chief.post("/forces", told).status_code == 302
    force = Force.objects.get()
    page = f"/forces/{force.pk}"
    member = {"member-unit": "Littleton Water", "member-person": "陆工", "member-duty": "管线"}
    assert chief.post(f"{page}/member", member).status_code == 302
    water = force.members.get(unit__code="water")
    day = (clock.now() + timedelta(days=5)).date().isoformat()
    held = (clock.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    meeting = {
        "meeting-held": held, "meeting-present": "街道、自来水", "meeting-decided": "划线、装围栏",
        "todo_what": ["划停车线", ""], "todo_member": [water.pk, water.pk], "todo_due": [day, ""],
    }  # fmt: skip
    assert chief.post(f"{page}/meeting", meeting).status_code == 302
    assert chief.post(f"{page}/link", {"link-numbers": part.order.number}).status_code == 302
    shown = text(chief.get(page))
    assert all(word in shown for word in ("划停车线", "划线、装围栏", "Gate of the park", "陆工"))
    task = ForceTask.objects.get()
    assert chief.post(f"{page}/close", {"close-result": "东门清爽了"}).status_code == 422
    assert chief.post(f"{page}/finish", {"task": task.pk, "finish-result": "划好 40 米"}).status_code == 302
    assert chief.post(f"{page}/close", {"close-result": "东门清爽了"}).status_code == 302
    assert "东门清爽了" in text(chief.get("/boards/joint/forces"))
    assert "东门治理专班" in text(chief.get(f"/orders/{part.order.number}"))
    assert browser("clerk", "hill").get(page).status_code == 404


def test_today_shows_my_cases_with_the_one_next_thing(toy) -> None:
    post = factories.a_post(Role.CLERK, verbs.unit("mill"), person=factories.a_person("高原"))
    client = Client()
    client.force_login(post.person, backend="django.contrib.auth.backends.ModelBackend")
    part = led(toy, title="Mine to do")
    assert "现在没有您承办的工单" in text(client.get("/today"))
    assert do(client, part, "take_mine").status_code == 302
    page = text(client.get("/today"))
    assert re.findall(r"data-open>(.*?)</a>", page) == ["Mine to do"]
    assert "去报办结" in page
    assert re.findall(r'\?span=today&amp;deed=hand_down#opened"><b>1</b>', page) != []
    assert "Mine to do" in text(client.get("/today?span=month&deed=hand_down")).split('id="opened"')[1]


def test_chief_names_a_person_for_what_nobody_has(toy) -> None:
    person = factories.a_post(Role.CLERK, verbs.unit("mill"), person=factories.a_person("高原")).person
    order = verbs.dispatched(toy, verbs.lead("mill"), at=clock.now(), title="Nobody's")
    chief = browser("chief", "mill")
    assert "没有承办人的 1 件" in text(chief.get("/today"))
    [part] = verbs.parts(order)
    data = {"part": [part.pk], "who": f"{person.pk}@mill", "from": "today"}
    assert chief.post("/desk/give", data).headers["Location"] == "/today"
    part.refresh_from_db()
    assert (part.state, part.handler_id) == ("signed", person.pk)
    assert "没有承办人的" not in text(chief.get("/today"))
    assert "没有承办人的" not in text(browser("clerk", "mill").get("/today"))


def test_first_receiver_sees_who_is_still_at_work(toy, clerk) -> None:
    blown(toy, "water")
    assert "等 Littleton Water" in text(clerk.get("/desk"))


@pytest.mark.parametrize("path", ["/boards/joint/whistles", "/today", "/boards/watch/ratings", "/desk"])
def test_lists_take_the_same_statements_for_two_and_for_ten(toy, path: str) -> None:
    client = browser("chief", "mill")
    blown(toy, "water", "hill")
    few = statements(client, path)
    for _ in range(4):
        blown(toy, "water", "hill")
    assert statements(client, path) == few


@pytest.mark.parametrize("path", ["/boards/joint/raised", "/boards/joint/owned"])
def test_leaders_lists_take_the_same_statements_for_one_and_for_five(toy, path: str) -> None:
    client, at = browser("leader", "mill"), clock.now()
    by = factories.an_actor(Role.LEADER, verbs.unit("mill"))

    def more(n: int) -> None:
        orders = [led(toy).order for _ in range(n)]
        person = factories.Person.objects.get(pk=by.person_id)
        raising.own(orders, leader=person, promise="月底前办好", until=at.date(), by=by, at=at)
        raising.escalate(orders, reason="协调不动了", by=verbs.clerk("mill"), at=at, loaded=toy)

    more(1)
    few = statements(client, path)
    more(4)
    assert statements(client, path) == few
    assert Escalation.objects.count() == 5


def test_order_page_takes_the_same_statements_for_one_called_unit_and_four(toy, clerk) -> None:
    [one] = blown(toy, "water")
    few = statements(clerk, f"/orders/{one.order.number}")
    many = blown(toy, "water", "hill", "north-roads", "hall")[0]
    assert statements(clerk, f"/orders/{many.order.number}") == few


def test_clerk_gives_ticked_orders_to_a_person_from_the_desk(toy, clerk) -> None:
    person = factories.a_post(Role.CLERK, verbs.unit("mill"), person=factories.a_person("高原")).person
    parts = [verbs.parts(verbs.dispatched(toy, verbs.lead("mill"), at=clock.now()))[0], led(toy)]
    assert f'value="{person.pk}@mill"' in text(clerk.get("/desk"))
    answer = clerk.post("/desk/give", {"part": [p.pk for p in parts], "who": f"{person.pk}@mill", "query": "only=mine"})
    assert answer.headers["Location"] == "/desk?only=mine"
    assert [Assignment.objects.get(pk=p.pk).handler_id for p in parts] == [person.pk] * 2
    assert clerk.post("/desk/give", {"part": [parts[0].pk], "who": "1@hill"}).status_code == 400


def test_next_step_of_a_called_unit_is_to_come(toy) -> None:
    [water] = blown(toy, "water")
    client, page = browser("clerk", "water"), f"/orders/{water.order.number}"
    shown = text(client.get(page))
    assert ("已经到现场了，签收连报到" in shown, "听清楚要什么" in shown) == (True, False)
    verbs.handling.sign([water], by=verbs.clerk("water"), at=clock.now())
    shown = text(client.get(page))
    assert re.findall(r'id="step-(\w+)">', shown) == ["report_in"]
    assert "市民由吹哨的单位答复" in shown
