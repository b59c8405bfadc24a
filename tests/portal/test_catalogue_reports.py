"""The dry-run and the report of right first time as pages: every number opens its orders, lists can be taken along."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from jieban.accounts.actor import Role
from jieban.core import clock
from jieban.dispatch import actions, changing
from jieban.dispatch.changing import Draft
from jieban.dispatch.models import DutyChange
from jieban.orders.models import Entry
from tests import factories, verbs
from tests.portal.pages import browser, statements, text

DRYRUN, ACCURACY = reverse("board", args=["rules", "dryrun"]), reverse("board", args=["rules", "accuracy"])


def leak(toy, title: str = "水管爆了", hours: int = 2):
    """A leak of today, sent to the waterworks."""
    return verbs.dispatched(toy, category="0102", at=clock.now() - timedelta(hours=hours), title=title)


@pytest.fixture
def wish(toy) -> DutyChange:
    """A clerk wants leaks to go to the street."""
    draft = Draft(kind="change", code="D3", cells={"lead": "street"}, reason="自来水公司从不上门")
    return changing.propose([draft], by=verbs.clerk("mill"), at=clock.now())[0]


def test_a_change_request_is_tried_on_past_orders(toy, wish):
    order = leak(toy)
    verbs.dispatched(toy, category="0101", at=clock.now() - timedelta(hours=1))
    page = text(browser("supervisor").get(DRYRUN, {"change": wish.pk}))
    assert '<b>1</b><span><span class="jb-n">会派去别处</span>' in page
    assert reverse("record", args=[order.number]) in page
    assert "Littleton Water" in page
    assert "派给最后主办的：原来 1 件，改后 0 件" in page
    assert "原来是对的" in page


def test_a_clock_is_tried_on_past_orders(toy):
    order = verbs.dispatched(toy, at=clock.now() - timedelta(days=5))
    page = text(browser("supervisor").get(DRYRUN, {"urgency": "7d", "handle": "2d"}))
    assert '<b>1</b><span><span class="jb-n">会变成超期</span>' in page
    assert reverse("record", args=[order.number]) in page


def test_a_limit_that_is_none_is_said_in_words_and_nothing_is_lost(toy):
    page = text(browser("supervisor").get(DRYRUN, {"urgency": "7d", "handle": "soon"}))
    assert "“soon”不是时限。请写成 30min、2h、7d、5wd 或 4wh。" in page
    assert 'value="soon"' in page


def test_the_list_is_narrowed_to_one_unit(toy, wish):
    leak(toy)
    client = browser("supervisor")
    gone = text(client.get(DRYRUN, {"change": wish.pk, "unit": "water", "side": "out"}))
    none = text(client.get(DRYRUN, {"change": wish.pk, "unit": "water", "side": "in"}))
    assert ("水管爆了" in gone, "水管爆了" in none) == (True, False)


def test_the_list_is_taken_along_as_a_table_without_formulas(toy, wish):
    order = leak(toy, "=HYPERLINK(1)")
    answer = browser("supervisor").get(reverse("dryrun_csv"), {"change": wish.pk})
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[1][:2] == [order.number, "'=HYPERLINK(1)"]
    assert table[1][4:7] == ["Littleton Water D3", "Mill Parish D3", "Littleton Water"]


def test_a_dry_run_writes_nothing(toy, wish):
    leak(toy)
    before = Entry.objects.count()
    browser("supervisor").get(DRYRUN, {"change": wish.pk})
    wish.refresh_from_db()
    assert (Entry.objects.count(), wish.state) == (before, "proposed")


def test_a_published_change_is_no_longer_tried(toy, wish):
    DutyChange.objects.update(state="published")
    assert "已经发布或不在了" in text(browser("supervisor").get(DRYRUN, {"change": wish.pk}))


@pytest.mark.parametrize("role", ["clerk", "agent"])
def test_the_reports_are_for_those_who_send_and_lead(toy, role):
    client = browser(role, "mill" if role == "clerk" else "hall")
    assert [client.get(path).status_code for path in (DRYRUN, ACCURACY, reverse("dryrun_csv"))] == [403, 403, 403]


def test_the_dry_run_takes_as_many_statements_for_ten_orders_as_for_one(toy, wish):
    client = browser("supervisor")
    leak(toy)
    one = statements(client, f"{DRYRUN}?change={wish.pk}")
    for _ in range(9):
        leak(toy)
    assert statements(client, f"{DRYRUN}?change={wish.pk}") == one


def test_right_first_time_is_told_and_every_number_opens_its_orders(toy):
    good, bad = leak(toy), leak(toy, "接头漏水")
    factories.walk(factories.parts(bad)[0], "object", "uphold")
    client = browser("supervisor")
    page = text(client.get(ACCURACY))
    assert '<b>50.0<small>%</small></b><span><span class="jb-n">一次派准</span><span class="jb-d">1 / 2</span>' in page
    links = [unescape(url) for url in re.findall(r'href="(/orders\?traced=[^"]+)"', page)]
    wrong = [url for url in links if "duty%3AD3&which=wrong" in url]
    assert len(wrong) == 1
    listed = text(client.get(wrong[0]))
    assert (bad.title in listed, good.title in listed) == (True, False)
    assert "异议成立 1" in page


def test_few_orders_are_counted_without_a_rate(toy):
    leak(toy)
    page = text(browser("supervisor").get(ACCURACY))
    assert '<span class="jb-mut">1/1</span>' in page


def test_a_dispatcher_sees_no_other_name(toy):
    other = factories.an_actor(Role.DISPATCHER, verbs.unit("hall"))
    order = factories.an_order(
        state="pending_dispatch", at=clock.now() - timedelta(hours=1), category="0102",
        street_id=toy.unit_ids["mill"], district_id=toy.unit_ids["north"],
    )  # fmt: skip
    actions.send([order], [verbs.lead("mill")], "街道先看", by=other, at=clock.now(), loaded=toy)
    named = [
        f'<div class="jb-t2">{other.name}</div>' in text(browser(r).get(ACCURACY)) for r in ("supervisor", "dispatcher")
    ]
    assert named == [True, False]


def test_the_report_takes_as_many_statements_for_ten_orders_as_for_one(toy):
    client = browser("supervisor")
    leak(toy)
    one = statements(client, ACCURACY)
    for _ in range(9):
        leak(toy)
    assert statements(client, ACCURACY) == one


def test_the_period_is_kept(toy):
    day = timezone.localdate() - timedelta(days=60)
    page = text(
        browser("supervisor").get(ACCURACY, {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat()})
    )
    assert f'value="{day.isoformat()}"' in page
