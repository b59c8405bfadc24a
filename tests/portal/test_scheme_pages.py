"""Pages of schemes: reading for everybody, writing for two, trying out; nothing typed is lost."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from jieban.accounts.actor import Role
from jieban.appraisal import drafting
from jieban.appraisal.drafting import Asked
from jieban.appraisal.scheme_models import SchemeText
from jieban.city import schemes as texts
from jieban.portal.schemes import mistakes, words
from tests import factories, verbs
from tests.appraisal import small
from tests.portal.pages import browser, statements, text

LIST, NEW = reverse("schemes"), reverse("scheme_new")
COMING = date(2100, 1, 1)


def fitting(toy, source: str = small.SCHEME) -> str:
    """The small scheme in codes of the toy city."""
    first = sorted(toy.pack.categories)[0]
    for old, new in (
        ('unit = "dep"', 'unit = "water"'), ('categories = ["01"]', f'categories = ["{first}"]'),
        ('categories = ["02"]', f'categories = ["{first}"]'), ('grounds = ["ex_facts"]', 'grounds = ["storm"]'),
        ('owners = ["unmanaged"]', 'owners = ["private"]'), ('"15d"', '"7d"'),
        ("cycle_start_day = 19", "cycle_start_day = 1"),
    ):  # fmt: skip
        source = source.replace(old, new)
    return source


def a_draft(toy, source: str = "") -> SchemeText:
    by = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
    return drafting.make(
        code="next",
        name="下一份方案",
        first=COMING,
        text=source or fitting(toy),
        words="换一换权重",
        by=by,
        at=factories.AT,
    )


def consulted(draft: SchemeText) -> SchemeText:
    by = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
    asked = Asked(who="十六个区", on=factories.AT.date(), said="同意这样改", outcome="照办，写进方案")
    drafting.consult(draft, asked, by=by, at=factories.AT)
    return draft


def published(toy) -> SchemeText:
    by = factories.an_actor(Role.ADMIN, verbs.unit("hall"))
    return drafting.publish(consulted(a_draft(toy)), words="主任会同意", pack=toy.pack, by=by, at=factories.AT)


@pytest.mark.parametrize("role", ["agent", "clerk", "leader", "auditor", "admin"])
def test_everybody_reads_published_schemes_in_words(toy, role):
    published(toy)
    client = browser(role)
    assert "下一份方案" in text(client.get(LIST))
    page = text(client.get(reverse("scheme", args=["next"])))
    for said in (
        "示例，非官方",
        "解决率",
        "40%",
        "没解决，但解释清楚了",
        "少的在前",
        "十六个区",
        "同意这样改　照办，写进方案",
    ):
        assert said in page


@pytest.mark.parametrize(("role", "sees"), [("supervisor", True), ("admin", True), ("leader", True), ("auditor", True),
                                            ("clerk", False), ("agent", False)])  # fmt: skip
def test_drafts_are_for_those_who_watch(toy, role, sees):
    draft = a_draft(toy)
    client = browser(role)
    assert ("下一份方案" in text(client.get(LIST))) is sees
    assert client.get(reverse("scheme", args=[str(draft.pk)])).status_code == (200 if sees else 404)
    edits = role in ("supervisor", "admin")
    assert client.get(reverse("scheme_edit", args=[draft.pk])).status_code == (200 if edits else 403)


def test_a_draft_from_a_form_to_its_publication(toy):
    published(toy)
    writer, second = browser("supervisor"), browser("admin")
    sent = {"base": "next", "code": "after", "name": "再下一份", "first": "2101-01-01", "words": "每年一份"}
    answer = writer.post(NEW, sent)
    draft = SchemeText.objects.get(code="after")
    assert answer.headers["Location"] == reverse("scheme_edit", args=[draft.pk])
    numbers = {"base": draft.sha256, "words": "部分解决提到六成", "v.solved.part": "0.6", "v.late_days": "4"}
    writer.post(reverse("scheme_edit", args=[draft.pk]), numbers)
    draft.refresh_from_db()
    assert ("part = 0.6," in draft.text, "late_days = 4" in draft.text) == (True, True)
    told = {
        "consult-who": "街道",
        "consult-on": "2026-01-05",
        "consult-said": "没有意见",
        "consult-outcome": "不用改动",
    }
    writer.post(reverse("scheme_verb", args=[draft.pk, "consult"]), told)
    refused = writer.post(reverse("scheme_verb", args=[draft.pk, "publish"]), {"publish-words": "主任会同意"})
    assert (refused.status_code, "另一个人来发布" in text(refused)) == (400, True)
    second.post(reverse("scheme_verb", args=[draft.pk, "publish"]), {"publish-words": "主任会同意"})
    draft.refresh_from_db()
    assert draft.state == "published"
    assert "街道" in text(browser("clerk", "mill").get(reverse("scheme", args=["after"])))
    gone = second.post(reverse("scheme_verb", args=[draft.pk, "withdraw"]), {"withdraw-words": "先不用了"})
    draft.refresh_from_db()
    assert (gone.status_code, draft.state) == (302, "withdrawn")


def test_mistakes_are_named_at_their_place_and_the_draft_kept(toy):
    draft = a_draft(toy)
    wrong = draft.text.replace("response = 0.10", "response = 7").replace('"storm"', '"flood"')
    client = browser("supervisor")
    client.post(reverse("scheme_edit", args=[draft.pk]), {"base": draft.sha256, "words": "试着改改", "text": wrong})
    draft.refresh_from_db()
    assert draft.text == wrong
    page = text(client.get(reverse("scheme_edit", args=[draft.pk])))
    line = next(n for n, one in enumerate(wrong.splitlines(), start=1) if "response = 7" in one)
    assert (f"第 {line} 行" in page, "三率权重 · 响应率" in page, "不能大于 1。" in page) == (True, True, True)


@pytest.mark.parametrize(
    ("sent", "said", "kept"),
    [
        ({"v.rates.response": "一成", "words": "改响应率"}, "rates.response：“一成”不是数", 'value="一成"'),
        ({"text": "rates = 写到一半", "words": ""}, "请写明改了什么、为什么", "rates = 写到一半"),
        ({"text": "rates = 写到一半", "words": "试试看看", "base": "0"}, "别人刚刚保存过", "rates = 写到一半"),
    ],
)
def test_what_cannot_be_saved_comes_back_as_it_was_typed(toy, sent, said, kept):
    draft = a_draft(toy)
    answer = browser("supervisor").post(reverse("scheme_edit", args=[draft.pk]), {"base": draft.sha256, **sent})
    page = text(answer)
    assert (answer.status_code, said in page, kept in page) == (400, True, True)
    draft.refresh_from_db()
    assert "写到一半" not in draft.text


def test_two_schemes_beside_each_other_show_what_differs_and_no_more(toy):
    published(toy)
    a_draft_text = fitting(toy).replace("part = 0.50", "part = 0.70").replace('code = "small"', 'code = "x"')
    by = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
    other = drafting.make(
        code="other", name="另一份", first=COMING, text=a_draft_text, words="试另一种", by=by, at=factories.AT
    )
    page = text(browser("auditor").get(reverse("scheme_compare"), {"a": "next", "b": str(other.pk)}))
    assert ("部分解决　0.5" in page, "部分解决　0.7" in page, "基本满意" in page) == (True, True, False)


def test_differences_are_by_row():
    pairs = (("part = 0.50", "part = 0.60"), ("enough = 2\nmarks = true", "enough = 9\nmarks = true"))
    old, new = small.scheme().model, small.scheme(swaps=pairs).model
    pack = type("P", (), {"grounds": {}, "categories": {}, "owners": {}, "units": {}, "clocks": {}})()
    found = words.differences(words.sections(old, pack), words.sections(new, pack))
    assert [one.after for one in found] == [
        "部分解决　0.6", "街道　街道（乡镇）　承办单位　不分　9　算",
    ]  # fmt: skip
    assert [str(one.section) for one in found] == ["“是否解决”怎么算", "谁和谁比"]


def test_every_mistake_of_the_reader_has_words_of_its_own(toy):
    wrong = small.SCHEME.replace("示例，非官方", "official").replace("late_days = 3", 'late_days = "x"')
    for source in (wrong, small.SCHEME.replace("yes = 1.00, part", "yes = 0.10, part"), "x = [", "code = 3"):
        with pytest.raises(texts.SchemeError) as error:
            texts.read(source)
        for one in mistakes.told(error.value.problems, source, toy.pack):
            assert not one.what.isascii(), one


def test_places_of_a_text_have_names(toy):
    names = {name: words.field(name, toy.pack, {"boards": [{"name": "街道"}]}) for name in (
        "rates.response", "solved.no", "satisfied.no", "roles.dual", "rules.0.solved.explained", "boards.0.enough",
        "difficulty.other", "weights.1.categories",
    )}  # fmt: skip
    assert list(names.values()) == [
        "三率权重 · 响应率", "“是否解决”怎么算 · 没解决", "“是否满意”怎么算 · 不满意",
        "承办角色 · 双派（与别家一起主办）",
        "特别规则 · 第 1 条 · “是否解决”怎么算 · 没解决，但解释清楚了", "榜 · 街道 · 至少几件有效回访", "难度 · 其他",
        "加权 · 第 2 条 · 分类",
    ]  # fmt: skip


def test_what_if_without_a_lake_says_so(toy, settings, tmp_path):
    published(toy)
    settings.HOME = tmp_path
    page = text(browser("supervisor").get(reverse("what_if")))
    assert "什么也不保存" in page


@pytest.mark.parametrize(("role", "status"), [("leader", 200), ("auditor", 200), ("admin", 403), ("clerk", 403)])
def test_what_if_is_for_those_who_see_the_whole_city(toy, role, status):
    published(toy)
    assert browser(role).get(reverse("what_if")).status_code == status


def test_the_list_takes_the_same_statements_however_many(toy):
    client: Client = browser("supervisor")
    published(toy)
    few = statements(client, LIST)
    by = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
    for n in range(4):
        drafting.make(
            code=f"d{n}", name="草稿", first=COMING, text=fitting(toy), words="又一份草稿", by=by, at=factories.AT
        )
    assert statements(client, LIST) <= few + 2
