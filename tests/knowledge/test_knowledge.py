"""Publishing, finding and counting answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from jieban.accounts import actor as actors
from jieban.city import actions as city
from jieban.city import reading
from jieban.core.errors import BadInput
from jieban.knowledge import actions, queries, rules
from jieban.knowledge.actions import Draft
from jieban.knowledge.models import Article, ArticleText
from jieban.knowledge.rules import Index, Text
from tests.factories import AT

BY = actors.rule("test")
BEIJING = Path(__file__).parents[2] / "cities" / "beijing"
HEAT = Draft(
    code="heat", title="家里暖气不热怎么办", body="请供热单位上门测温。低于约定温度可以退费。", owner="hall",
    review_by=date(2026, 11, 1), keywords="供暖 室温", category="0101",
)  # fmt: skip
BUS = Draft(code="bus", title="末班车几点", body="站牌上写着首末班时间。", owner="water", review_by=date(2027, 1, 1))


def test_published_article_can_be_found_and_given(toy) -> None:
    actions.publish([HEAT, BUS], by=BY, at=AT)
    (hit, *_) = queries.search("我家暖气一直不热，怎么办？")
    assert (hit.text.code, hit.text.owner) == ("heat", "Littleton Call Centre")
    assert queries.given(["bus"])["bus"].body == "站牌上写着首末班时间。"


def test_changed_text_is_a_new_version_and_the_old_one_stays(toy) -> None:
    actions.publish([HEAT], by=BY, at=AT)
    actions.publish([replace(HEAT, body="先看阀门开没开。")], by=BY, at=AT)
    assert Article.objects.get().version == 2
    assert list(ArticleText.objects.order_by("version").values_list("version", "body")) == [
        (1, "请供热单位上门测温。低于约定温度可以退费。"), (2, "先看阀门开没开。"),
    ]  # fmt: skip
    assert queries.search("阀门开没开")[0].text.version == 2


def test_same_text_again_is_not_a_new_version(toy) -> None:
    assert len(actions.publish([HEAT], by=BY, at=AT)) == 1
    assert actions.publish([HEAT], by=BY, at=AT) == []
    assert ArticleText.objects.count() == 1


def test_article_without_a_known_owner_is_refused_and_nothing_written(toy) -> None:
    with pytest.raises(BadInput, match="nobody"):
        actions.publish([BUS, replace(HEAT, owner="nobody")], by=BY, at=AT)
    assert Article.objects.count() == 0


def test_missing_article_is_named(toy) -> None:
    with pytest.raises(BadInput, match="gone"):
        queries.given(["gone"])


def test_uses_are_counted_as_often_as_read_out(toy) -> None:
    actions.publish([HEAT, BUS], by=BY, at=AT)
    actions.count_uses(["heat", "bus", "heat"])
    assert dict(Article.objects.values_list("code", "used")) == {"heat": 2, "bus": 1}


def test_due_lists_what_must_be_looked_at_again(toy) -> None:
    actions.publish([HEAT, BUS], by=BY, at=AT)
    assert [article.code for article in queries.due(date(2026, 12, 1))] == ["heat"]


def test_search_asks_one_query_while_nothing_is_published(toy, django_assert_num_queries) -> None:
    actions.publish([HEAT], by=BY, at=AT)
    queries.search("暖气")
    with django_assert_num_queries(1):
        queries.search("暖气不热")


@pytest.mark.parametrize("question", ["", "？！", "请问您好", "完全无关的一句话"])
def test_question_without_matter_finds_nothing(question: str) -> None:
    index = Index([Text("heat", 1, HEAT.title, HEAT.body)])
    assert index.search(question) == []


def test_title_outweighs_body_and_score_never_exceeds_one() -> None:
    index = Index([Text("a", 1, "别的事", "暖气不热"), Text("b", 1, "暖气不热", "别的事")])
    hits = index.search("暖气不热")
    assert [hit.text.code for hit in hits] == ["b", "a"]
    assert all(0 < hit.score <= 1 for hit in hits)


def test_pairs_are_neighbours_within_a_run_and_words_of_letters() -> None:
    assert rules.pairs("APP上的3号楼，漏水") == {"app", "上的", "3", "号楼", "漏水"}


def test_snippet_is_the_sentence_that_fits() -> None:
    (hit,) = Index([Text("heat", 1, HEAT.title, HEAT.body)]).search("退费")
    assert hit.snippet == "低于约定温度可以退费。"


def test_beijing_articles_name_units_and_categories_of_their_pack() -> None:
    pack = reading.read(city.gather(BEIJING))
    drafts = [draft for path in (BEIJING / "knowledge").glob("*.toml") for draft in actions.read(path)]
    assert len(drafts) >= 25
    assert len({draft.code for draft in drafts}) == len(drafts)
    assert {draft.owner for draft in drafts} <= set(pack.units)
    assert {draft.category for draft in drafts} <= set(pack.categories)
    assert {draft.source for draft in drafts} == {"示例文稿，非官方"}


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("家里暖气不热怎么办", "heat-cold-room"), ("单位三个月没发工资了", "wages-owed"),
        ("楼上装修把我家房顶弄漏水了", "leak-upstairs"), ("电动车怎么上牌照", "bike-plate"),
        ("夜里两点工地还在施工，几点以后不许施工", "construction-noise"), ("医保定点医院怎么换", "medicare-hospital"),
        ("外地的社保怎么转到北京来", "social-transfer"), ("物业费又要涨价，业主没同意", "property-fee"),
    ],
)  # fmt: skip
def test_beijing_questions_find_their_article_first(question: str, code: str) -> None:
    drafts = actions.read(BEIJING / "knowledge" / "articles.toml")
    index = Index([Text(d.code, 1, d.title, d.body, d.keywords) for d in drafts])
    assert index.search(question)[0].text.code == code


def test_file_with_a_mistake_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "articles.toml"
    path.write_text('[[article]]\ncode = "a"\n', encoding="utf-8")
    with pytest.raises(BadInput, match=r"articles\.toml"):
        actions.read(path)


def test_an_answer_for_an_audience_nobody_knows_is_refused(toy) -> None:
    with pytest.raises(BadInput) as caught:
        actions.publish([replace(HEAT, audience="dogs")], by=BY, at=AT)
    assert str(caught.value) == "知识的对象“dogs”不认识。给企业看的写 firm，给所有人看的不写。"
    assert not Article.objects.exists()


def test_answers_for_firms_come_first_for_firms_and_last_for_others() -> None:
    index = Index(
        [
            Text("all", 1, "停车收费标准", "停车怎么收费看牌子。"),
            Text("firm", 1, "停车收费备案", "停车怎么收费要备案。", audience="firm"),
        ]
    )
    assert [hit.text.code for hit in index.search("停车收费标准")] == ["all", "firm"]
    assert [hit.text.code for hit in index.search("停车收费标准", audience="firm")] == ["firm", "all"]
