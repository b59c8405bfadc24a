"""The pages of reports: who opens which, having one made, the kept document as page and as Word file."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

import docx
import pytest
from django.test import Client

from jieban.analytics import engines, sync
from jieban.analytics import lake as lakes
from jieban.analytics.periodic import actions, scopes, spans
from jieban.analytics.periodic.models import Report
from jieban.core import clock
from tests import verbs
from tests.portal.pages import browser, statements, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(toy) -> datetime:
    """A lake that holds one order of yesterday."""
    now = clock.now()
    verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", at=now - timedelta(days=1))
    sync.sync(lakes.home(), at=now, loaded=toy)
    return now


def kept(about: str = "", kind: str = "daily", rhythm: str = spans.DAY) -> Report:
    """A report of the schedule."""
    at = clock.now()
    with engines.duckdb(lakes.home()) as source:
        scope = scopes.of_unit(source, about) if about else scopes.WHOLE
        period = spans.ending(rhythm, at.date() - timedelta(days=1))
        row = actions.make_scheduled(kind, source, scope, period, at=at, issuer="市热线中心", lake=at)
    assert row is not None
    return row


def wish(client: Client, **more: str):
    yesterday = str(clock.now().date() - timedelta(days=1))
    return client.post("/reports/make", {"kind": "daily", "about": "city:", "by": "day", "on": yesterday, **more})


def test_an_empty_list_tells_when_reports_come(toy):
    page = text(browser("supervisor").get("/reports"))
    assert "到时间会自动生成：日通报每天早上" in page
    assert "分析库还没有数据，要等第一次同步完" in page


def test_a_report_is_made_kept_and_shown(now):
    leader = browser("supervisor")
    answer = wish(leader)
    row = Report.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/reports/{row.pk}")
    page = text(leader.get(f"/reports/{row.pk}"))
    assert '<h2 id="part-0">一、总体情况</h2>' in page.replace("'", '"')
    assert "生成好了。" in page
    assert page.count('<script id="report-charts" type="application/json">') == 1
    assert page.count("data-report-chart=") > 0
    assert (row.kind, row.scope, row.made_by_id is not None) == ("daily", "city", True)


def test_the_word_file_holds_the_same_words(now):
    row = kept()
    answer = browser("supervisor").get(f"/reports/{row.pk}.docx")
    found = docx.Document(BytesIO(answer.content))
    assert found.core_properties.title == "接诉即办日通报"
    assert answer["Cache-Control"] == "private, no-store"
    assert "一、总体情况" in [paragraph.text for paragraph in found.paragraphs]


def test_a_report_made_anew_leads_from_the_old_to_the_new(now):
    old, leader = kept(), browser("supervisor")
    wish(leader, replaces=str(old.pk))
    new = Report.objects.latest("pk")
    assert new.replaces == old
    assert f'<a href="/reports/{new.pk}">有更新的一份</a>' in text(leader.get(f"/reports/{old.pk}"))
    assert f'<a href="/reports/{old.pk}">看它接替的那一份</a>' in text(leader.get(f"/reports/{new.pk}"))


@pytest.mark.parametrize(
    ("role", "unit", "opens"),
    [
        ("supervisor", "hall", {"city", "north", "mill"}),
        ("auditor", "hall", {"city", "north", "mill"}),
        ("district", "north", {"north", "mill"}),
        ("chief", "mill", {"mill"}),
        ("clerk", "mill", {"mill"}),
        ("chief", "hill", set()),
    ],
)
def test_posts_open_the_reports_of_their_reach(now, role, unit, opens):
    rows = {"city": kept(), "north": kept("north"), "mill": kept("mill", "street", spans.MONTH)}
    client = browser(role, unit)
    for path in ("/reports/{}", "/reports/{}.docx"):
        status = {name: client.get(path.format(row.pk)).status_code for name, row in rows.items()}
        assert status == {name: 200 if name in opens else 404 for name in rows}
    page = text(client.get("/reports"))
    assert {name for name, row in rows.items() if f'href="/reports/{row.pk}"' in page} == opens


def test_agents_have_no_reports(now):
    assert browser("agent").get("/reports").status_code == 403
    assert browser("clerk", "mill").post("/reports/make", {}).status_code == 403


def test_a_post_is_offered_and_given_only_what_lies_in_its_reach(now):
    district = browser("district", "north")
    page = text(district.get("/reports?kind=daily"))
    assert 'value="district:north"' in page
    assert 'value="city:"' not in page
    assert wish(district)["Location"] == "/reports?kind=daily"
    assert "您的岗位不能生成这个范围的报告" in text(district.get("/reports?kind=daily"))
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"kind": "hourly"}, "没有看懂要哪份报告"),
        ({"on": "yesterday"}, "没有看懂要哪份报告"),
        ({"by": "month"}, "没有看懂要哪份报告"),
        ({"about": "district:nowhere"}, "没有这个范围"),
    ],
)
def test_a_wish_that_cannot_be_met_says_why(now, more, why):
    leader = browser("supervisor")
    wish(leader, **more)
    assert why in text(leader.get("/reports"))
    assert Report.objects.count() == 0


def test_a_list_takes_the_same_number_of_statements_however_long(now):
    leader = browser("supervisor")
    kept()
    one = statements_of(leader)
    kept("north")
    kept("mill")
    assert statements_of(leader) == one


def statements_of(client: Client) -> int:
    return statements(client, "/reports")


def test_the_period_is_told_in_words(now):
    row = kept()
    Report.objects.filter(pk=row.pk).update(since=date(2021, 11, 30), until=date(2021, 11, 30))
    assert "2021年11月30日" in text(browser("supervisor").get("/reports"))
