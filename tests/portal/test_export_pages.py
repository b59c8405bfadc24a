"""The pages of saved exports: the list, the form, one export with its history, and taking the file."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from jieban.accounts.actor import Role
from jieban.accounts.models import Reading
from jieban.analytics.exports.models import ExportRun, SavedExport
from jieban.core import clock
from jieban.orders.models import Order
from tests import verbs
from tests.portal.pages import browser, statements, text

FORM = {"name": "坑洼月报", "categories": ["01", "0101"], "areas": "Mill Parish", "units": "", "rule": "since",
        "first": "2020-01-01", "last": "", "columns": ["number", "state"], "format": "csv"}  # fmt: skip


@pytest.fixture
def chief(toy) -> Client:
    return browser("chief", "mill")


@pytest.fixture
def order(toy) -> Order:
    return verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", at=clock.now())


def save(client: Client, **more: object) -> SavedExport:
    """An export made through the form."""
    answer = client.post("/exports/new", {**FORM, **more})
    assert answer.status_code == 302, text(answer)
    return SavedExport.objects.latest("pk")


def body(answer) -> str:
    """The file that was handed over."""
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_an_empty_list_says_what_an_export_is_and_leads_to_the_form(chief):
    page = text(chief.get("/exports"))
    assert "本单位还没有存下的导出" in page
    assert 'href="/exports/new"' in page


def test_what_was_chosen_is_kept_in_codes_and_comes_back_in_words(chief):
    row = save(chief)
    assert (row.unit.code, row.categories, row.areas, row.columns) == ("mill", ["01"], ["mill"], ["number", "state"])
    page = text(chief.get(f"/exports/{row.pk}/edit"))
    assert 'value="Mill Parish"' in page
    assert re.search(r'name="columns" value="state" checked', page)
    assert re.search(r'name="categories" value="01" checked', page)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "请填写这一项"),
        ({"columns": []}, "请填写这一项"),
        ({"areas": "Nowhere"}, "没有叫“Nowhere”的单位"),
        ({"areas": "Littleton Water"}, "Littleton Water 不是区，也不是街道乡镇"),
        ({"rule": "dates", "last": ""}, "请写从哪天到哪天"),
        ({"rule": "dates", "first": "2026-03-02", "last": "2026-03-01"}, "请对调"),
        ({"rule": "since", "first": ""}, "第一次从哪天取起"),
        ({"format": "doc"}, "请从列出的里面选一个"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_its_reason(chief, changed, said):
    answer = chief.post("/exports/new", {**FORM, **changed})
    assert answer.status_code == 422
    assert said in unescape(text(answer))
    assert not SavedExport.objects.exists()


def test_a_name_that_is_taken_comes_back_with_everything_typed(chief):
    save(chief)
    answer = chief.post("/exports/new", FORM)
    assert answer.status_code == 422
    assert "已经有一个叫“坑洼月报”的导出" in unescape(text(answer))
    assert 'value="坑洼月报"' in text(answer)


def test_the_file_is_streamed_and_the_run_stands_in_the_history(chief, order):
    row = save(chief)
    answer = chief.post(f"/exports/{row.pk}/take")
    assert (answer.status_code, answer.streaming) == (200, True)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert body(answer) == f"工单编号,现在的状态\r\n{order.number},已派单\r\n"
    run = ExportRun.objects.get()
    page = text(chief.get(f"/exports/{row.pk}"))
    assert run.sha256[:8] in page
    assert "没有个人信息" in page
    assert "周静" in text(chief.get("/exports"))
    again = body(chief.post(f"/exports/{row.pk}/take"))
    assert again == "工单编号,现在的状态\r\n"  # a series goes on where it was left


@pytest.mark.parametrize(("kind", "begins"), [("xlsx", b"PK"), ("parquet", b"PAR1")])
def test_other_formats_come_whole(chief, order, kind, begins):
    answer = chief.post(f"/exports/{save(chief, format=kind).pk}/take")
    assert b"".join(answer.streaming_content).startswith(begins)
    assert f".{kind}" in answer.headers["Content-Disposition"]


def test_personal_data_asks_why_and_nothing_goes_out_without(chief, order):
    row = save(chief, columns=["number", "phone"])
    page = chief.get(f"/exports/{row.pk}")
    assert "•••" in text(page)
    assert "13800001234" not in text(page)
    refused = chief.post(f"/exports/{row.pk}/take", {"purpose": "看看"})
    assert (refused.status_code, ExportRun.objects.count(), Reading.objects.count()) == (422, 0, 0)
    given = body(chief.post(f"/exports/{row.pk}/take", {"purpose": "逐户通知停水"}))
    assert given == f"工单编号,电话\r\n{order.number},13800001234\r\n"
    assert sorted(Reading.objects.values_list("subject", flat=True)) == sorted(
        [f"导出 {row.pk}/{ExportRun.objects.get().pk}", order.number]
    )
    assert "电话：逐户通知停水" in text(chief.get(f"/exports/{row.pk}"))


def test_a_clerk_sees_but_cannot_take_or_change_an_export_with_personal_data(chief, order):
    row, clerk = save(chief, columns=["number", "phone"]), browser("clerk", "mill")
    page = text(clerk.get(f"/exports/{row.pk}"))
    assert f'action="/exports/{row.pk}/take"' not in page
    assert "由本单位负责人来取" in page
    assert clerk.post(f"/exports/{row.pk}/take", {"purpose": "逐户通知停水"}).status_code == 422
    assert clerk.post(f"/exports/{row.pk}/edit", FORM).status_code == 403
    assert clerk.post("/exports/new", {**FORM, "name": "b", "columns": ["phone"]}).status_code == 422
    assert ExportRun.objects.count() == 0


def test_another_units_export_is_not_there(chief):
    row, hill = save(chief), browser("chief", "hill")
    assert "坑洼月报" not in text(hill.get("/exports"))
    for path in (f"/exports/{row.pk}", f"/exports/{row.pk}/edit"):
        assert hill.get(path).status_code == 404
    assert hill.post(f"/exports/{row.pk}/take").status_code == 404


def test_the_auditor_reads_who_took_what_and_takes_nothing(chief, order):
    row, auditor = save(chief), browser("auditor")
    body(chief.post(f"/exports/{row.pk}/take"))
    page = text(auditor.get(f"/exports/{row.pk}"))
    assert "周静" in page
    assert f"/exports/{row.pk}/take" not in page
    assert "Mill Parish" in text(auditor.get("/exports"))
    assert auditor.post(f"/exports/{row.pk}/take").status_code == 403
    assert auditor.get("/exports/new").status_code == 403


@pytest.mark.parametrize("role", [Role.AGENT, Role.ADMIN, Role.KNOWLEDGE, Role.CALLBACK])
def test_other_posts_have_no_exports(toy, role):
    assert browser(role).get("/exports").status_code == 403


def test_an_hour_has_its_limit(chief, order, settings):
    settings.JIEBAN_EXPORT_RATE = 1
    row = save(chief)
    assert chief.post(f"/exports/{row.pk}/take").status_code == 200
    answer = chief.post(f"/exports/{row.pk}/take")
    assert answer.status_code == 429
    assert "一小时最多导出 1 次" in text(answer)


def test_a_retired_export_leaves_the_list_and_keeps_its_runs(chief, order):
    row = save(chief)
    body(chief.post(f"/exports/{row.pk}/take"))
    chief.post(f"/exports/{row.pk}/retire")
    assert chief.get(f"/exports/{row.pk}").status_code == 404
    assert ExportRun.objects.count() == 1


def test_the_list_and_an_export_take_the_same_statements_whatever_they_hold(chief, toy, order):
    row = save(chief)
    body(chief.post(f"/exports/{row.pk}/take"))
    few = statements(chief, "/exports"), statements(chief, f"/exports/{row.pk}")
    for number in range(3):
        more = save(chief, name=f"第 {number} 个")
        verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", at=clock.now())
        body(chief.post(f"/exports/{more.pk}/take"))
        body(chief.post(f"/exports/{row.pk}/take"))
    assert (statements(chief, "/exports"), statements(chief, f"/exports/{row.pk}")) == few


def test_the_pages_are_all_there_in_english(chief, order):
    row = save(chief, columns=["number", "phone"])
    chief.get(f"/exports/{row.pk}")  # what was said of the saving is read
    chief.post("/language", {"language": "en"})
    for path in ("/exports", "/exports/new", f"/exports/{row.pk}"):
        words = re.sub(r'<[^>]*>|"[^"]*"', " ", text(chief.get(path)))
        told = set(re.findall(r"[\u4e00-\u9fff]+", words)) - {"中文", "坑洼月报", "周静", "周"}
        assert told == set(), path
