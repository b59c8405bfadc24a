"""More time and rest over HTTP: asked for on the order, decided from the list, the citizen told, shown as counted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jieban.core import clock
from jieban.dispatch.rules import LEAD, Target
from jieban.handling import tasks
from jieban.orders import outbox
from jieban.orders.models import Assignment, Message, Order
from tests import factories, verbs
from tests.portal import citizens
from tests.portal.pages import browser, statements, text
from tests.portal.test_unit_pages import PNG

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MILL = Target("mill", LEAD)
WHY = "配件要从外地调来，后天到货"


@pytest.fixture
def clerk(toy) -> Client:
    return browser("clerk", "mill")


@pytest.fixture
def centre(toy) -> Client:
    return browser("supervisor")


def held(toy, **columns: object) -> Assignment:
    """A general order of Mill Parish, contacted an hour ago."""
    order = verbs.answered(toy, MILL, at=clock.now() - 2 * HOUR, urgency="7d", **columns)
    return Assignment.objects.select_related("order").get(order=order)


def now(part: Assignment) -> Assignment:
    return Assignment.objects.select_related("order").get(pk=part.pk)


def local(at: datetime) -> str:
    """A moment as the field for one takes it."""
    return f"{at.astimezone(clock.zone()):%Y-%m-%dT%H:%M}"


def post(browser_: Client, part: Assignment, verb: str, **said: object):
    url = f"/orders/{part.order.number}/parts/{part.no}/{verb}"
    return browser_.post(url, {f"{verb}-{name}": value for name, value in said.items()})


def assert_told(client: Client, words: str, notice: Message) -> None:
    """The notice stands on the unit's board, at night only from the morning on."""
    assert notice.after == outbox.leaves(notice.made_at, urgent=False)
    assert (words in text(client.get("/boards/joint/notices"))) == (notice.after <= clock.now())


def whole(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def test_extension_is_asked_for_decided_from_the_list_and_seen(toy, clerk, centre) -> None:
    part = held(toy)
    until = whole(clock.now() + 10 * DAY)
    assert "申请延期" in text(clerk.get(f"/orders/{part.order.number}"))
    assert post(clerk, part, "ask_extension", until=local(until), reason=WHY).status_code == 302
    board = text(centre.get("/boards/review/time"))
    assert (part.order.title in board, WHY in board, 'value="' + local(until) in board) == (True, True, True)
    said = {"extend-until": local(until), "extend-reason": "情况属实，同意", "back": "/boards/review/time"}
    answer = centre.post(f"/orders/{part.order.number}/parts/{part.no}/extend", said)
    assert (answer.status_code, answer["Location"]) == (302, "/boards/review/time")
    assert (now(part).handle_due, now(part).order.due_at) == (until, until)
    page = text(clerk.get(f"/orders/{part.order.number}"))
    assert ("时限怎么算的" in page, "重算过 1 次" in page, "延期：情况属实，同意" in page) == (True, True, True)
    assert WHY not in text(centre.get("/boards/review/time"))


def test_what_is_wrong_comes_back_with_what_was_typed(toy, clerk) -> None:
    part = held(toy)
    answer = post(clerk, part, "ask_extension", until=local(clock.now() + DAY), reason=WHY)
    assert (answer.status_code, WHY in text(answer), "新的时间要比它晚" in text(answer)) == (422, True, True)
    assert now(part).state == "responded"


def test_a_refused_extension_is_read_by_the_unit(toy, clerk, centre) -> None:
    part = held(toy)
    post(clerk, part, "ask_extension", until=local(clock.now() + 10 * DAY), reason=WHY)
    assert post(centre, part, "refuse_extension", reason="材料不足，不同意").status_code == 302
    assert (now(part).state, now(part).requested) == ("handling", {})
    notice = Message.objects.filter(unit__code="mill").latest("pk")
    assert_told(clerk, "不同意延期", notice)


def test_rest_with_proof_stops_the_clock_and_says_until_when(toy, clerk, centre) -> None:
    part = held(toy)
    until = whole(clock.now() + 3 * DAY)
    proof = SimpleUploadedFile("stop.png", PNG, "image/png")
    said = {"cause": "道路中断，无法施工", "until": local(until)}
    assert post(clerk, part, "ask_suspension", **said, attached=proof).status_code == 302
    assert post(centre, part, "suspend", **said).status_code == 302
    page = text(clerk.get(f"/orders/{part.order.number}"))
    assert (now(part).state, "暂停到" in page, "道路中断，无法施工" in page) == ("suspended", True, True)
    assert part.order.title in text(centre.get("/boards/review/time"))
    assert post(centre, part, "resume", reason="道路恢复，可以施工").status_code == 302
    assert now(part).state == "handling"


def test_rest_without_proof_is_refused(toy, centre) -> None:
    part = held(toy)
    answer = post(centre, part, "suspend", cause="道路中断，无法施工", until=local(clock.now() + DAY))
    assert (answer.status_code, "暂停计时要有凭据" in text(answer)) == (422, True)


def test_a_unit_is_not_offered_what_the_centre_decides(toy, clerk, centre) -> None:
    part = held(toy)
    page = text(clerk.get(f"/orders/{part.order.number}"))
    assert ("改分类或紧急程度" in page, "同意延期" in page) == (False, False)
    assert post(clerk, part, "suspend", cause="道路中断，无法施工", until=local(clock.now() + DAY)).status_code == 403
    assert "改分类或紧急程度" in text(centre.get(f"/orders/{part.order.number}"))


def test_urgency_is_changed_in_the_middle(toy, centre) -> None:
    part = held(toy)
    url = f"/orders/{part.order.number}/acts/reclassify"
    answer = centre.post(url, {"reclassify-urgency": "24h", "reclassify-cause": "主管道爆裂，不能等"})
    assert (answer.status_code, now(part).handle_due - part.sent_at) == (302, DAY)
    wrong = centre.post(url, {"reclassify-category": "没有这个分类", "reclassify-cause": "登记的时候选错了"})
    assert (wrong.status_code, "分类里没有" in text(wrong)) == (422, True)


def test_options_for_the_category_come_while_it_is_typed(toy, centre) -> None:
    assert "Potholes" in text(centre.get("/dispatch/-/categories", {"reclassify-category": "Poth"}))


def test_a_district_sees_only_its_own_requests(toy, clerk) -> None:
    part = held(toy)
    post(clerk, part, "ask_extension", until=local(clock.now() + 10 * DAY), reason=WHY)
    factories.a_unit("south", kind="district", name="South Ward")
    assert WHY in text(browser("district", "north").get("/boards/review/time"))
    assert WHY not in text(browser("district", "south").get("/boards/review/time"))


def test_citizen_reads_of_rest_and_of_more_time_without_inside_words(toy, clerk, centre) -> None:
    part = held(toy)
    until = whole(clock.now() + 10 * DAY)
    post(clerk, part, "ask_extension", until=local(until), reason=WHY)
    post(centre, part, "extend", until=local(until), reason="情况属实，同意")
    page = citizens.text(citizens.opened(Client(), part.order).get(f"/track/{part.order.number}"))
    moment = until.astimezone(clock.zone())
    assert f"改到 {moment.month}月{moment.day}日 {moment:%H:%M} 前办" in page
    assert WHY not in page


def test_notices_of_the_night_stand_there_in_the_morning(toy, clerk) -> None:
    part = held(toy)
    night = clock.now() + HOUR
    row = Message.objects.filter(order=part.order, way="desk").first()
    assert row is not None
    Message.objects.filter(pk=row.pk).update(after=night)
    assert "新派来一件" not in text(clerk.get("/boards/joint/notices"))
    Message.objects.filter(pk=row.pk).update(after=clock.now() - HOUR)
    assert "新派来一件" in text(clerk.get("/boards/joint/notices"))


def test_overdue_is_told_to_unit_and_district(toy, clerk) -> None:
    order = verbs.answered(toy, MILL, at=clock.now() - 26 * HOUR, urgency="24h")
    tasks.warn(at=clock.now())
    for client, code in ((clerk, "mill"), (browser("district", "north"), "north")):
        assert_told(client, "办理超期", Message.objects.filter(unit__code=code).latest("pk"))
    assert "超期" in text(clerk.get(f"/orders/{order.number}"))


def test_night_notices_are_counted_by_unit(toy) -> None:
    evening = (clock.now() - DAY).astimezone(clock.zone()).replace(hour=22, minute=0)
    verbs.dispatched(toy, MILL, urgency="2h", at=evening)
    verbs.dispatched(toy, MILL, urgency="7d", at=evening)
    page = text(browser("supervisor").get("/boards/watch/burden"))
    row = page[page.index("Mill Parish") :].partition("</tr>")[0]
    assert [cell.partition("<")[0] for cell in row.split("<td>")[1:]] == ["2", "1", "1"]


def test_boards_and_record_take_the_same_statements_for_one_and_for_many(toy, clerk, centre) -> None:
    def ask(n: int) -> Order:
        for _ in range(n):
            part = held(toy)
            post(clerk, part, "ask_extension", until=local(clock.now() + 10 * DAY), reason=WHY)
        return part.order

    paths = ["/boards/review/time", "/boards/watch/burden"]
    order = ask(1)
    few = [statements(centre, path) for path in paths] + [statements(clerk, "/boards/joint/notices")]
    ask(12)
    many = [statements(centre, path) for path in paths] + [statements(clerk, "/boards/joint/notices")]
    assert many == few
    plain = statements(centre, f"/orders/{order.number}")
    for hours in (3, 4, 5):
        part = Assignment.objects.select_related("order").get(order=order)
        at = clock.now() + timedelta(minutes=hours)
        factories.walk(part, "reclock", at=at, records={"clock": {"cause": "resume", **dues(part)}})
    assert statements(centre, f"/orders/{order.number}") == plain


def dues(part: Assignment) -> dict[str, dict[str, str]]:
    return {"before": part.clock["due"], "after": part.clock["due"]}
