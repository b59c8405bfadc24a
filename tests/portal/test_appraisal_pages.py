"""The pages of appraisal: boards by sight, lists behind every number, the sheet of a case, one's own cases.

One Littleton with a lake is built for all of them: in March 2026 ten results of Mill Parish (one of nobody reached, one
left out, one filed away), five of Hill Parish, one of the waterworks; in February five of each parish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import translation

from jieban.accounts.models import Person
from jieban.analytics import engines, sync
from jieban.analytics import lake as lakes
from jieban.appraisal import cycles, freezing
from jieban.appraisal.result_models import CycleResult
from jieban.callback import actions as callback
from jieban.dispatch.rules import LEAD, Target
from jieban.handling import actions as handling
from jieban.orders.models import Assignment, Order
from tests import factories, verbs
from tests.factories import AT
from tests.portal.pages import browser, statements, text

MARCH, FEBRUARY = "2026-03", "2026-02"
SAID = [("yes", "yes"), ("yes", "mostly"), ("part", "yes"), ("no", "no"), ("explained", "yes"), ("yes", "none"),
        ("yes", "yes")]  # fmt: skip
OWN = {"n": 7, "unreached": 1, "excluded": 1, "filed": 1, "appeals": 16}
COUNTED = {
    "adjusted_resolution_of": 7, "adjusted_resolution_full": 4, "adjusted_resolution_part": 1,
    "adjusted_resolution_missed": 2, "adjusted_resolution_explained": 1, "raw_resolution_of": 8,
    "adjusted_satisfaction_full": 4, "adjusted_satisfaction_part": 1, "adjusted_satisfaction_missed": 1,
    "adjusted_response_full": 8,
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def kept() -> Iterator[None]:
    """What one test has counted serves the next: they all look at the same lake."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    translation.activate("zh-hans")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The city and its lake, thrown away after this file."""
    from django.conf import settings

    home = tmp_path_factory.mktemp("appraised")
    (home / "sms").mkdir()
    before = settings.JIEBAN_HOME, settings.JIEBAN_SMS_FILE
    with django_db_blocker.unblock(), transaction.atomic():
        settings.JIEBAN_HOME, settings.JIEBAN_SMS_FILE = home, home / "sms"
        loaded = factories.a_loaded_city("toy")
        live(loaded)
        sync.sync(lakes.home(), at=AT + timedelta(days=20), loaded=loaded)
        yield home, loaded
        transaction.set_rollback(True)
        settings.JIEBAN_HOME, settings.JIEBAN_SMS_FILE = before


@pytest.fixture
def toy(built, db, settings):
    """Littleton with its lake."""
    settings.JIEBAN_HOME, settings.JIEBAN_SMS_FILE = built[0], built[0] / "sms"
    return built[1]


def live(loaded) -> None:
    """Two months of Littleton."""
    for at in (AT - timedelta(days=20), AT):
        for n in range(5):
            said(loaded, "yes", "yes", unit="hill", at=at + timedelta(days=n))
    for n in range(5):
        said(loaded, "no", "no", at=AT - timedelta(days=20 - n))
    for n, (solved, satisfied) in enumerate(SAID):
        said(loaded, solved, satisfied, at=AT + timedelta(days=n), handler=n < 3)
    lost = verbs.asked(loaded, Target("mill", LEAD), at=AT + timedelta(days=8))
    callback.give_up([lost], by=verbs.RULE, at=AT + timedelta(days=8, hours=5))
    out = said(loaded, "no", "no", at=AT + timedelta(days=9))
    leave_out(out)
    filed = said(loaded, "no", "no", at=AT + timedelta(days=10))
    factories.walk(Order.objects.get(pk=filed.pk), "terminate", at=AT + timedelta(days=11))
    said(loaded, "yes", "yes", unit="water", at=AT)


def leave_out(order: Order) -> None:
    [part] = verbs.parts(order)
    asked = {"ground": "storm", "statement": "A storm it was."}
    factories.walk(part, "ask_exclusion", by=verbs.clerk("mill"), at=AT + timedelta(days=10), records=asked)
    decided = {"ground": "storm", "decision": "So it was, by the papers."}
    by = factories.an_actor("auditor", verbs.unit("hall"))
    factories.walk(part, "leave_out", by=by, at=AT + timedelta(days=11), changes={"ground": "storm"}, records=decided)


def said(loaded, solved: str, satisfied: str, *, at: datetime, unit: str = "mill", handler: bool = False) -> Order:
    order = verbs.answered(loaded, Target(unit, LEAD), at=at)
    if handler:
        handling.hand_down(verbs.parts(order), to=verbs.unit(unit), instruction="你来办", handler=own(),
                           by=verbs.clerk(unit), at=at + timedelta(hours=1, minutes=5))  # fmt: skip
    verbs.finish(verbs.parts(order), at=at + timedelta(hours=2))
    callback.open([Order.objects.get(pk=order.pk)], by=verbs.RULE, at=at + timedelta(hours=3), loaded=loaded)
    verbs.say(loaded, Order.objects.get(pk=order.pk), solved=solved, satisfied=satisfied, at=at + timedelta(hours=4))
    return order


def own() -> Person:
    """The person at mill who handles three of its cases by name."""
    found = Person.objects.filter(username="zhou-mill").first()
    if found is None:
        found = factories.a_person("周办", username="zhou-mill")
        factories.a_post("clerk", verbs.unit("mill"), person=found)
    return found


def logged_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def board(client: Client, **query: str) -> str:
    return unescape(text(client.get("/appraisal", {"cycle": MARCH, **query})))


def named(page: str) -> list[str]:
    """The units of the table, in its order."""
    return re.findall(r'<td><a data-open href="[^"]+"[^>]*>([^<]+)</a>', page)


def listed(client: Client, which: str, unit: str = "mill", **query: str) -> tuple[int, int, str]:
    """How many the list says, how many it shows, and the page."""
    page = text(
        client.get("/appraisal/cases", {"cycle": MARCH, "board": "streets", "unit": unit, "which": which, **query})
    )
    said = re.search(r'<span class="jb-note">(\d+) 件', page)
    assert said is not None
    return int(said[1]), page.count("<tr data-row>"), page


def test_a_board_ranks_scores_and_says_whose_scheme_it_is(toy):
    page = board(browser("leader"))
    assert named(page) == ["Hill Parish", "Mill Parish"]
    assert re.findall(r'<span class="jb-rk">(\d)</span> <span class="jb-xs jb-mut">(\d–\d)', page) == [
        ("1", "1–2"),
        ("2", "1–2"),
    ]
    assert ("示例，非官方" in page, "Littleton scheme" in page, "等冻结" in page) == (True, True, True)
    # 20 + 40 · 4.5/7 + 40 · 4.8/6, and Hill 100; in February Mill had 20 and was second, too.
    assert re.findall(r'<td class="jb-r"><b>([\d.]+)</b><div', page) == ["100.00", "77.71"]
    assert re.findall(r'<div class="jb-xs jb-mut jb-nw">([+−\d.]+)</div>', page) == ["0.00", "+57.71"]
    assert page.count("不变") == 2
    [link] = re.findall(r'<a href="([^"]+)">Littleton scheme</a>', page)
    assert "Littleton scheme" in text(browser("leader").get(link))


def test_raw_rates_stand_beside_the_adjusted(toy):
    page = board(browser("leader"), unit="mill")
    row = page[page.index('<tr data-row class="jb-sel"') :].split("</tr>")[0]
    assert re.findall(r'jb-r">([\d.]+)<div class="jb-xs jb-mut jb-nw">前 ([\d.]+)</div>', row) == [
        ("100.0", "100.0"), ("64.3", "56.2"), ("80.0", "68.6"),
    ]  # fmt: skip


@pytest.mark.parametrize("which", [*OWN, *COUNTED])
def test_every_number_opens_as_many_cases(toy, which):
    number, shown, _page = listed(browser("leader"), which)
    assert number == shown == {**OWN, **COUNTED}[which]


def test_every_number_on_the_page_opens_a_list_of_its_length(toy):
    """Whatever the page links to: the number in the link is how many there are."""
    client = browser("leader")
    found = {}
    for view in ("", "more"):
        for unit in ("mill", "hill"):
            page = board(client, unit=unit, view=view)
            found |= dict(re.findall(r'<a href="(/appraisal/cases\?[^"]+)">[^<\d]*([\d.]+)', page))
    assert len(found) > 20
    for link, number in found.items():
        if "which=unreached" not in link:
            assert f'<span class="jb-note">{number} 件' in text(client.get(link)), link


def test_what_is_left_out_opens_by_its_ground(toy):
    client = browser("leader")
    page = board(client, unit="mill")
    assert re.findall(r"<dt>([^<]+)</dt><dd><a href=\"[^\"]+\">(\d) 件", page)[:2] == [
        ("Storm", "1"),
        ("终结办理，单独列", "1"),
    ]
    assert listed(client, "excluded", ground="storm")[:2] == (1, 1)
    assert listed(client, "excluded", ground="flood")[:2] == (0, 0)


def test_observations_say_that_they_do_not_count(toy):
    page = board(browser("leader"), unit="mill", view="more")
    assert ("观察指标，不计分" in page, "万人诉求比" in page, "基数诉求比" in page, "应达解决" in page) == (True,) * 4
    # In the city 0101 is resolved in 10.5 of 13: that would be 5.65 of Mill's 7, 4.5 were, and 4.04 of Hill's 5.
    found = re.findall(r'<td class="jb-r">([\d.]+)</td><td class="jb-r">([+−][\d.]+)</td>', page)
    assert found == [("80.8", "+19.2"), ("80.8", "−16.5")]


def test_a_district_sees_its_tree_and_a_street_itself_and_its_group_without_names(toy):
    assert named(board(browser("district", "north"))) == ["Hill Parish", "Mill Parish"]
    page = board(browser("clerk", "mill"))
    assert named(page) == ["Mill Parish"]
    assert "Hill Parish" not in page
    assert ("第 2 名，共排 2 名" in page, "最低 77.7" in page, "不列名" in page) == (True, True, True)
    assert named(board(browser("clerk", "water"))) == []


def test_a_board_of_others_has_no_lists_for_a_street(toy):
    clerk = browser("clerk", "mill")
    query = {"cycle": MARCH, "board": "streets", "which": "n"}
    assert clerk.get("/appraisal/cases", {**query, "unit": "hill"}).status_code == 404
    assert clerk.get("/appraisal/cases", {**query, "unit": "nobody"}).status_code == 404
    assert listed(clerk, "n")[:2] == (7, 7)


def test_trade_counts_what_others_handled_and_lists_what_is_in_sight(toy):
    page = board(browser("clerk", "water"), board="trades")
    assert named(page) == []
    assert "这个榜这一期还没有回访结果" in page


def test_few_answers_have_no_rate_no_rank_and_no_red_or_black(toy):
    page = board(browser("leader"), board="enterprises")
    assert ("样本不足" in page, "不排名" in page, "1/1" in page, "红榜" in page) == (True, True, True, False)


@pytest.fixture
def february(toy) -> CycleResult:
    """The cycle of February, frozen."""
    cycle = cycles.named(FEBRUARY, toy.pack.schemes)
    by = factories.an_actor("supervisor", verbs.unit("hall"))
    with engines.duckdb(lakes.home()) as source:
        lake = freezing.Lake(source, AT + timedelta(days=20))
        return freezing.freeze(lake, cycle, by=by, at=AT + timedelta(days=20))


def test_a_frozen_cycle_is_read_from_its_result_and_opens_its_frozen_cases(toy, february):
    leader = browser("leader")
    page = board(leader, cycle=FEBRUARY, unit="mill")
    assert (named(page), "已冻结" in page) == (["Hill Parish", "Mill Parish"], True)
    assert re.findall(r'<td class="jb-r"><b>([\d.]+)</b><div', page) == ["100.00", "20.00"]
    assert listed(leader, "adjusted_resolution_missed", cycle=FEBRUARY)[:2] == (5, 5)
    [part] = Assignment.objects.filter(unit__code="mill", order__received_at__lt=AT)[:1]
    assert "考核期" in text(leader.get(f"/appraisal/case/{part.pk}"))


def test_what_is_published_is_for_all_the_staff_and_its_cases_for_who_may_see_them(toy, february):
    clerk = browser("clerk", "water")
    assert named(board(clerk, cycle=FEBRUARY)) == []
    freezing.publish(february, by=factories.an_actor("auditor", verbs.unit("hall")), at=AT + timedelta(days=21))
    page = board(clerk, cycle=FEBRUARY)
    assert (named(page), "已公布" in page) == (["Hill Parish", "Mill Parish"], True)
    number, shown, page = listed(clerk, "n", unit="hill", cycle=FEBRUARY)
    assert (number, shown, "另有 5 件不在您的岗位能看的范围里" in page) == (0, 0, True)


def test_unknown_words_are_refused_in_words(toy):
    leader = browser("leader")
    assert leader.get("/appraisal?cycle=soon").status_code == 400
    assert leader.get(f"/appraisal?cycle={MARCH}&board=planets").status_code == 400
    assert leader.get(f"/appraisal/cases?cycle={MARCH}&board=streets&unit=mill&which=best").status_code == 400


def test_agents_have_no_appraisal(toy):
    agent = browser("agent")
    assert {agent.get(path).status_code for path in ("/appraisal", "/appraisal/cases", "/appraisal/mine")} == {403}


def test_the_sheet_says_why_and_on_which_records(toy):
    part = Assignment.objects.get(unit__code="mill", order__solved="part")
    page = unescape(text(browser("leader").get(f"/appraisal/case/{part.pk}")))
    for line in (
        "3月4日用电话回访第 1 轮，市民说：部分解决，满意。",
        "记录上，单位在时限内联系了市民，市民也说联系过，所以响应算上。",
        "回访在 2026-03 考核期内（3月1日至3月31日），计入这一期。",
        "承办单位是Mill Parish，计给它。",
        "权重 1.00 × 1.00 × 1.00 × 1.00 = 1.00",
        "解决：“部分解决”算 0.50；1.00 里得 0.50。",
        "派给单位 2026-03-04 09:00，联系市民的时限到",
    ):
        assert line in page, line
    order = part.order
    hashes = order.entries.filter(move__in=("dispatch", "respond", "complete", "ask")).values_list("hash", flat=True)
    assert len(hashes) == 4
    assert [one for one in (*hashes, order.head, order.pack.sha256) if one not in page] == []


def test_the_sheet_of_what_is_left_out_names_ground_who_asked_and_who_decided(toy):
    part = Assignment.objects.get(unit__code="mill", ground="storm")
    page = unescape(text(browser("leader").get(f"/appraisal/case/{part.pk}")))
    assert "这件已剔除，理由：Storm。剔除后的三率不计它，剔除前的三率照计。" in page
    told = page[page.index("是不是剔除") : page.index("在每个榜上怎么算")]
    asked, decided = re.findall(r"<li>(\S+ \S+)　([^<]+)</li>", told)
    assert (asked[0], "（Mill Parish）　申请剔除：Storm：A storm it was." in asked[1]) == ("2026-03-12 09:00", True)
    assert decided[0] == "2026-03-13 09:00"
    assert "（Littleton Call Centre）　剔除，不计入考评：Storm：So it was, by the papers." in decided[1]


def test_a_sheet_is_for_those_who_may_see_the_order(toy):
    part = Assignment.objects.filter(unit__code="hill").first()
    assert part is not None
    posts = (("clerk", "water"), ("chief", "hill"), ("district", "north"), ("auditor", "hall"))
    statuses = {who: browser(who, unit).get(f"/appraisal/case/{part.pk}").status_code for who, unit in posts}
    assert statuses == {"clerk": 404, "chief": 200, "district": 200, "auditor": 200}


def test_a_sheet_of_another_cycle_says_that_it_does_not_count_there(toy):
    part = Assignment.objects.get(unit__code="mill", order__solved="part")
    page = text(browser("leader").get(f"/appraisal/case/{part.pk}?cycle={FEBRUARY}"))
    assert "这一期里没有这件的回访结果" in page


def test_a_sheet_before_anybody_was_asked_says_so(toy):
    order = verbs.dispatched(toy, Target("mill", LEAD))
    [part] = verbs.parts(order)
    assert "还没有市民回访结果" in text(browser("leader").get(f"/appraisal/case/{part.pk}"))


def test_ones_own_cases_are_for_ones_own_eyes(toy):
    page = text(logged_in(own()).get("/appraisal/mine", {"cycle": MARCH}))
    assert page.count("<tr data-row>") == 3
    assert "不排名，也不跟别人比" in page
    assert re.findall(r"<b>([\d.]+)</b>", page) == ["100.0", "83.3", "93.3"]


@pytest.mark.parametrize(
    ("role", "unit"),
    [("clerk", "mill"), ("chief", "mill"), ("district", "north"), ("leader", "hall"), ("auditor", "hall"),
     ("supervisor", "hall"), ("dispatcher", "hall"), ("callback", "hall")],
)  # fmt: skip
def test_nobody_sees_anothers_own_cases(toy, role, unit):
    """Whatever the address says, the page is about who is logged in."""
    person, client = own(), browser(role, unit)
    for query in ({}, {"person": person.pk}, {"handler": person.pk}, {"user": person.username}, {"unit": "mill"}):
        page = text(client.get("/appraisal/mine", {"cycle": MARCH, **query}))
        assert (page.count("<tr data-row>"), "没有您承办、又问过市民的件" in page) == (0, True)


def test_where_no_handler_is_named_the_case_is_of_who_reported_it(toy):
    part = Assignment.objects.filter(unit__code="hill", handler=None, order__received_at__gte=AT).first()
    assert part is not None
    who = part.order.entries.get(move="complete").person
    assert who is not None
    page = text(logged_in(who).get("/appraisal/mine", {"cycle": MARCH}))
    assert (page.count("<tr data-row>"), part.order.number.split("-")[2] in page) == (1, True)


def test_own_numbers_open_their_cases(toy):
    client = logged_in(own())
    for which, number in (("adjusted_resolution_full", 2), ("adjusted_resolution_part", 1), ("unreached", 0)):
        page = text(client.get("/appraisal/mine", {"cycle": MARCH, "which": which}))
        assert page.count("<tr data-row>") == number


def test_pages_take_the_same_statements_whatever_their_length(toy):
    leader, mine = browser("leader"), logged_in(own())
    few, many = (
        statements(leader, f"/appraisal/cases?cycle={MARCH}&board=streets&unit=mill&which={which}")
        for which in ("unreached", "n")
    )
    assert few == many
    assert statements(leader, f"/appraisal?cycle={MARCH}") <= 12
    assert statements(mine, f"/appraisal/mine?cycle={MARCH}") <= 14
