"""The pages of cycles: who sees what, freezing by two from the record itself, disputes, what changed, the bundle."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jieban.accounts.actor import Role
from jieban.appraisal import disputes, exclusions, proof, result_steps, results
from jieban.appraisal.result_models import CycleResult, Dispute
from jieban.core import clock
from jieban.orders.models import Attachment, Message, Order
from tests import factories, verbs
from tests.appraisal import small
from tests.appraisal.test_schemes import a_text
from tests.portal import pages

# Cycle 2026-03 goes from 02-19 to 03-18, its window to 03-26.
CAME = factories.AT
CALLED = CAME + timedelta(hours=4)
AFTER = datetime(2026, 3, 28, 9, tzinfo=factories.ZONE)
WHY = "第 2 件不是我们管的，已经改派。"
ANSWER = "核对过了，确实改派给别人了。"
LIST, ONE = reverse("cycles"), reverse("cycle", args=["2026-03"])


def said(toy, unit: str, **answers: str) -> Order:
    order = verbs.asked(toy, verbs.lead(unit), at=CAME)
    verbs.say(toy, order, at=CALLED, **answers)
    return order


@pytest.fixture
def desk(toy, monkeypatch):
    """The toy city, the day after the window, with four answers and the small scheme published."""
    a_text(small.scheme())
    for unit, solved in (("mill", "yes"), ("mill", "no"), ("hill", "yes"), ("hill", "yes")):
        said(toy, unit, solved=solved)
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    return toy


@pytest.fixture
def auditor(desk) -> Client:
    return pages.browser(Role.AUDITOR)


@pytest.fixture
def supervisor(desk) -> Client:
    return pages.browser(Role.SUPERVISOR)


@pytest.fixture
def district(desk) -> Client:
    return pages.browser(Role.DISTRICT, "north")


def at(name: str, *arguments: object) -> str:
    return reverse(name, args=["2026-03", *arguments])


def freeze(auditor: Client) -> CycleResult:
    assert auditor.post(at("cycle_freeze")).status_code == 302
    kept = results.latest("2026-03")
    assert kept is not None
    return kept


def publish(supervisor: Client, version: int = 1) -> None:
    assert supervisor.post(at("cycle_publish", version)).status_code == 302


def test_one_freezes_from_the_record_and_another_publishes(auditor, supervisor, district):
    assert "冻结</button>" in pages.text(auditor.get(LIST))
    assert "冻结</button>" not in pages.text(district.get(LIST))
    kept = freeze(auditor)
    assert [(row["unit"], row["rank"], row["n"]) for row in results.rows(kept, "streets")] == [
        ("hill", 1, 2), ("mill", 2, 2),
    ]  # fmt: skip
    assert "公布第 1 版" not in pages.text(auditor.get(ONE))
    assert "公布第 1 版" in pages.text(supervisor.get(ONE))
    assert "第 1 版" not in pages.text(district.get(ONE))
    assert district.get(at("cycle_bundle", 1)).status_code == 404
    publish(supervisor)
    page = pages.text(district.get(ONE))
    assert kept.sha256 in page
    assert "已公布" in page
    assert "您冻结的结果，请另一位来公布" in pages.text(auditor.post(at("cycle_publish", 1), follow=True))
    told = Message.objects.filter(topic="cycle_published").values_list("unit__code", flat=True)
    assert set(told) == {"north", "mill", "hill"}
    assert proof.flaws() == []


def test_before_the_window_has_ended_nothing_is_frozen(auditor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AFTER - timedelta(days=2))
    page = pages.text(auditor.post(at("cycle_freeze"), follow=True))
    assert "2026-03-26 才结束" in page
    assert "冻结</button>" not in page
    assert results.latest("2026-03") is None


def test_the_bundle_is_a_zip_and_taking_it_is_written_down(auditor, supervisor, district):
    freeze(auditor)
    publish(supervisor)
    answer = district.get(at("cycle_bundle", 1))
    body = b"".join(answer.streaming_content)
    assert "recompute.py" in zipfile.ZipFile(io.BytesIO(body)).namelist()
    assert 'filename="jieban-audit-2026-03-v1.zip"' in answer.headers["Content-Disposition"]
    last = result_steps.of("2026-03")[-1]
    assert (last.what, last.role) == ("bundle", Role.DISTRICT)


def test_a_district_disputes_and_the_city_corrects(auditor, supervisor, district, desk):
    freeze(auditor)
    publish(supervisor)
    assert 'value="streets:mill"' in pages.text(district.get(ONE))
    number = Order.objects.order_by("pk")[1].number
    filled = {"row": "streets:mill", "orders": number, "statement": WHY}
    refused = district.post(at("cycle_dispute", 1), filled | {"orders": f"{number}\nRV-1"})
    assert refused.status_code == 422
    assert "没有这些工单：RV-1" in pages.text(refused)
    assert WHY in pages.text(refused)
    assert district.post(at("cycle_dispute", 1), filled | {"row": "streets:water"}).status_code == 422
    assert district.post(at("cycle_dispute", 1), filled).status_code == 302
    [filed] = Dispute.objects.all()
    assert filed.assignments == [Order.objects.get(number=number).assignments.get().pk]
    assert "1 个异议等答复" in pages.text(supervisor.get(LIST))
    decided = reverse("dispute_decide", args=[filed.pk])
    assert "您冻结的" in pages.text(auditor.post(decided, {"yes": "yes", "words": ANSWER}))
    assert supervisor.post(decided, {"yes": "yes", "words": "好"}).status_code == 422
    assert supervisor.post(decided, {"yes": "yes", "words": ANSWER}).status_code == 302
    assert ANSWER in pages.text(district.get(ONE))


def test_a_correction_shows_what_changed(auditor, supervisor, district, desk):
    freeze(auditor)
    publish(supervisor)
    note = "漏录了一件回访，补录以后更正。"
    assert auditor.post(at("cycle_correct"), {"note": "改了"}).status_code == 422
    same = pages.text(auditor.post(at("cycle_correct"), {"note": note}))
    assert "没有什么可更正的" in same
    assert note in same
    said(desk, "mill", solved="yes")
    done = auditor.post(at("cycle_correct"), {"note": note})
    assert done.headers["Location"] == at("cycle_changes", 2)
    changed = pages.text(auditor.get(done.headers["Location"]))
    assert note in changed
    assert '<span class="jb-mut">50.00</span>&nbsp;→&nbsp;<b>66.67</b>' in changed
    assert "新算进来" in changed
    assert district.get(done.headers["Location"]).status_code == 404
    publish(supervisor, 2)
    seen = pages.text(district.get(done.headers["Location"]))
    assert "66.67" in seen
    assert "新算进来" not in seen
    assert [one.version for one in results.versions("2026-03")] == [1, 2]


def test_a_dispute_is_withdrawn_by_its_side(auditor, supervisor, district):
    freeze(auditor)
    publish(supervisor)
    filled = {"row": "districts:north", "orders": "", "statement": "全区的分母不对，请再核一核。"}
    district.post(at("cycle_dispute", 1), filled)
    [filed] = Dispute.objects.all()
    back = reverse("dispute_withdraw", args=[filed.pk])
    assert supervisor.post(back).status_code == 403
    assert district.post(back).status_code == 302
    filed.refresh_from_db()
    assert filed.stage == disputes.WITHDRAWN


def test_late_callbacks_are_listed(supervisor, district, desk):
    order = verbs.asked(desk, verbs.lead("mill"), at=CAME)
    assert "1 件没有回访" in pages.text(supervisor.get(LIST))
    assert order.title in pages.text(supervisor.get(at("cycle_late")))
    assert district.get(at("cycle_late")).status_code == 403


def test_an_undecided_request_is_listed_and_holds_freezing_up(auditor, supervisor, desk, monkeypatch):
    number = Order.objects.order_by("pk")[1].number
    parts = verbs.parts(Order.objects.get(number=number))
    paper = Attachment(name="公告.pdf", mime="application/pdf", size=9, sha256="c" * 64, stage="proof")
    [case] = exclusions.ask(
        parts, ground="storm", statement="暴雨冲毁路面，应急部门已经发布灾情公告。", until=None, files=[paper],
        by=verbs.clerk("mill"), at=CALLED + timedelta(days=1), loaded=desk,
    )  # fmt: skip
    assert "1 件剔除申请没有定" in pages.text(supervisor.get(LIST))
    assert f"{number.split('-')[2]}/1" in pages.text(supervisor.get(at("cycle_late")))
    refused = pages.text(auditor.post(at("cycle_freeze"), follow=True))
    assert f"还有剔除申请或复核没有定：{number}/1，共 1 件" in refused
    assert results.latest("2026-03") is None
    by = factories.an_actor(Role.AUDITOR, verbs.unit("hall"))
    exclusions.decide([case], grant=True, words="公告和照片对得上，同意按灾害剔除。", by=by, at=AFTER, loaded=desk)
    monkeypatch.setattr(clock, "now", lambda: AFTER + timedelta(hours=1))
    kept = freeze(auditor)
    row = results.row(kept, "streets", "mill")
    assert row is not None
    assert (row["n"], row["excluded"]) == (1, 1)


def test_the_list_takes_a_fixed_number_of_statements(auditor, supervisor):
    before = pages.statements(auditor, LIST)
    freeze(auditor)
    publish(supervisor)
    assert pages.statements(auditor, LIST) <= before + 2


@pytest.mark.parametrize("code", ["2026", "2026-13"])
def test_a_cycle_that_is_not_there_is_not_found(auditor, code):
    assert auditor.get(reverse("cycle", args=[code])).status_code == 404
    assert auditor.get(at("cycle_changes", 7)).status_code == 404
