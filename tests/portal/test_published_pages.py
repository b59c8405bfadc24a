"""Pages of published results: the scorecard, letters, copies, trends and lists for the staff; plain words for all."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import docx
import pytest
from django.test import Client

from jieban.appraisal.result_models import CycleResult
from jieban.city import queries as city
from jieban.city.rewards import Rewards, Rule
from jieban.core import clock
from tests import factories
from tests.appraisal.publication import kept
from tests.portal.pages import browser, statements, text

NOTE = "补录了三件漏掉的回访，u2 的得分因此有变化"
SEPTEMBER = ["u1 yes yes"] * 6 + ["u2 no no"] * 6 + ["u3 yes no"] * 6
OCTOBER = ["u1 no no"] * 6 + ["u2 yes yes"] * 6 + ["u3 yes yes"]
CORRECTED = [
    *["u1 no no order=1 section=c1", "dep no no order=1 role=assist"], *["u1 no no"] * 5, *["u2 yes yes"] * 6,
    "u2 yes mostly", "u3 yes yes", "u1 no no ground=ex_facts",
]  # fmt: skip
RULES = Rewards(
    "示例，非官方",
    (
        Rule("top", "reward", "first", "第一名", "The first", ("streets",), "test", count=1),
        Rule("fell", "interview", "fell", "退了一名以上", "Fell", ("streets",), "test", places=1),
        Rule("low", "interview", "below", "解决率低于六成", "Low", ("streets",), "test", rate="resolution", below=60),
    ),
)


@pytest.fixture
def results(toy) -> list[CycleResult]:
    """September, October and October corrected, all published; and a later cycle that is frozen only."""
    kept.units()
    first = kept.put("2026-09", *SEPTEMBER)
    second = kept.put("2026-10", *OCTOBER)
    third = kept.put("2026-10", *CORRECTED, replaces=second, note=NOTE)
    return [first, second, third, kept.put("2026-11", *SEPTEMBER, published_at=None)]


@pytest.fixture
def leader(results) -> Client:
    return browser("leader")


def at(role: str, unit: str) -> Client:
    """The browser of a post at a unit of the small city."""
    return browser(role, unit)


def test_before_anything_is_published_every_page_says_so(toy):
    mine = browser("leader")
    for page in ("/appraisal/published", "/appraisal/rewards"):
        assert "还没有公布过考评结果" in text(mine.get(page))
    assert "还没有可以画的考核期" in text(mine.get("/appraisal/trend"))
    assert "还没有公布过" in text(Client().get("/scores"))


def test_versions_stand_side_by_side_and_the_correction_says_why(leader, results):
    page = text(leader.get("/appraisal/published"))
    assert page.index("第 2 版") < page.index("第 1 版")
    assert f"<b>更正原因：</b>{NOTE}" in page
    assert "2026-11" not in page, "what is only frozen is not for everybody"
    assert "2026-11 考核期" in text(browser("auditor").get("/appraisal/published"))


def test_the_scorecard_as_page_word_and_json(leader, results):
    corrected = results[2]
    page = text(leader.get(f"/appraisal/published/{corrected.pk}"))
    assert [word for word in ("示例，非官方", NOTE, "更正说明", "样本不足", corrected.sha256) if word not in page] == []
    word = leader.get(f"/appraisal/published/{corrected.pk}.docx")
    made = docx.Document(io.BytesIO(word.content))
    assert made.sections[0].header.paragraphs[0].text == "示例，非官方"
    said = json.loads(leader.get(f"/appraisal/published/{corrected.pk}.json").content)
    assert (said["title"], said["about"]["version"]) == ("接诉即办考评通报（2026年10月考核期）", 2)
    assert leader.get(f"/appraisal/published/{results[3].pk}").status_code == 404
    assert "还没有公布，只有能公布的岗位看得到" in text(browser("auditor").get(f"/appraisal/published/{results[3].pk}"))


def test_a_letter_is_for_the_unit_those_above_it_and_the_city(leader, results):
    path = f"/appraisal/published/{results[2].pk}/letters"
    assert "你单位得 11.11 分" in text(at("chief", "u1").get(f"{path}/streets/u1"))
    for client, status in ((at("chief", "u2"), 404), (at("district", "d2"), 404), (at("district", "d1"), 200),
                           (leader, 200)):  # fmt: skip
        assert client.get(f"{path}/streets/u1").status_code == status
    assert leader.get(f"{path}/trades/dep").status_code == 404
    word = docx.Document(io.BytesIO(at("chief", "u1").get(f"{path}/streets/u1.docx").content))
    assert word.paragraphs[0].text == "关于2026年10月考核期考评结果的函"
    mine = text(at("district", "d1").get(f"{path}?board=streets"))
    assert ["u1（示例）" in mine, "u2（示例）" in mine, "u3（示例）" in mine] == [True, True, False]
    assert "这一期没有写给你们单位的函" in text(browser("chief", "water").get(path))


def test_who_took_part_sees_how_the_shared_orders_ended(results):
    page = text(at("chief", "dep").get(f"/appraisal/published/{results[2].pk}/shared"))
    assert "u1（示例）" in page
    assert "u2（示例）" not in page
    section = text(at("chief", "c1").get(f"/appraisal/published/{results[2].pk}/shared"))
    assert "u1（示例）" in section
    nothing = text(at("chief", "u3").get(f"/appraisal/published/{results[2].pk}/shared"))
    assert "本期没有和街道乡镇一起办的工单" in nothing


def test_the_trend_has_a_chart_and_a_table_of_the_newest_versions(leader, results):
    page = leader.get("/appraisal/trend?board=streets&unit=u2")
    data = page.context["charts"]["score"]
    assert (data["names"], data["frozen"]) == (["2026-09", "2026-10"], [True, True])
    assert data["lines"][0]["values"] == [11.11, 98.73]
    assert '<td class="jb-r jb-nw">1 / 2</td>' in text(page)
    assert page.context["charts"]["rank"]["lines"][0]["values"] == [3, 1]


def test_lists_give_the_reason_in_words_and_leave_out_whom_nobody_answered(leader, results, monkeypatch):
    page = text(_with_rules(monkeypatch, leader).get("/appraisal/rewards"))
    assert "2 个单位里排第 1 名，在前 1 名之内。" in page
    assert "从第 1 名退到第 2 名，退了 1 名。" in page
    assert "解决率 0.0%，低于 60%。" in page
    answer = leader.get("/appraisal/rewards.csv?cycle=2026-10")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:4] for row in rows[1:]] == [
        ["奖励名单", "第一名", "街道", "u2（示例）"],
        ["约谈名单", "退了一名以上", "街道", "u1（示例）"],
        ["约谈名单", "解决率低于六成", "街道", "u1（示例）"],
    ]
    district = _with_rules(monkeypatch, at("district", "d2"))
    assert "示例）" not in text(district.get("/appraisal/rewards")), "nobody of another district"
    assert at("chief", "u1").get("/appraisal/rewards").status_code == 403


def _with_rules(monkeypatch: pytest.MonkeyPatch, client: Client) -> Client:
    """The toy city with rules of reward and interview in its pack."""
    loaded = city.current(at=clock.now())
    object.__setattr__(loaded.pack, "rewards", RULES)
    monkeypatch.setattr(city, "current", lambda *, at: loaded)
    return client


def test_everybody_reads_results_in_plain_words_without_what_is_inner(results):
    client = Client()
    page = text(client.get("/scores?board=streets"))
    said = ("示例，非官方", "更正过：这是第 2 版", NOTE, "分是怎么算的", "怎么核对")
    assert [word for word in said if word not in page] == []
    inner = ("u3（示例）", "剔除", "三率", "承办", "诉求人", "挂账", "双否", "ex_facts", "/appraisal", "/orders")
    assert [word for word in inner if word in page.split("<main")[1].split("</main>")[0]] == []
    people = {person.name for person in factories.Person.objects.all()}
    assert [name for name in people if name in page] == []
    assert "2026-11" not in page
    assert client.get("/scores/2026-11.json").status_code == 404


def test_the_public_files_hold_ranked_units_only(results):
    client = Client()
    said = json.loads(client.get("/scores/2026-10.json").content)
    [streets] = [board for board in said["boards"] if board["code"] == "streets"]
    assert ([row["unit"] for row in streets["rows"]], streets["unranked"]) == (["u2", "u1"], 1)
    assert [one["unit"] for one in said["changes"] if one["board"] == "街道"] == ["u2（示例）"]
    assert set(streets["rows"][0]) == {
        "unit", "name", "rank", "ranks", "score", "interval", "response", "resolution", "satisfaction",
    }  # fmt: skip
    word = docx.Document(io.BytesIO(client.get("/scores/2026-10.docx").content))
    written = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert word.sections[0].header.paragraphs[0].text == "示例，非官方"
    assert ["u3" in written, "剔除" in written, NOTE in written] == [False, False, True]


def test_pages_take_few_statements(leader, results):
    counted = {page: statements(leader, page) for page in (
        "/appraisal/published", f"/appraisal/published/{results[2].pk}", "/appraisal/rewards",
    )}  # fmt: skip
    assert max(counted.values()) <= 16, counted


def test_the_public_page_reads_in_english(results):
    client = Client(headers={"accept-language": "en"})
    page = text(client.get("/scores?board=streets"))
    assert "How they did" in page


def test_cycle_days_are_told(leader, results):
    assert results[0].published_at is not None
    assert isinstance(results[0].published_at, datetime)
    assert "2026-08-19 – 2026-09-18" in text(leader.get("/appraisal/published"))
