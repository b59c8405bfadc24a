"""The life of a scheme: drafted, edited, talked about, published by somebody else, withdrawn before it holds."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from jieban.accounts.actor import Actor, Role
from jieban.appraisal import drafting, schemes
from jieban.appraisal.drafting import Asked
from jieban.appraisal.scheme_models import SchemeStep, SchemeText
from jieban.city.schemes import SchemeError
from jieban.core.errors import BadInput, Conflict, NotAllowed
from tests import factories, verbs
from tests.appraisal import small
from tests.factories import AT

COMING = date(AT.year + 1, 1, 1)
ASKED = Asked(who="十六个区", on=AT.date(), said="希望部分解决算一半", outcome="已采纳，写进方案")


@pytest.fixture
def writer(toy) -> Actor:
    return factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))


@pytest.fixture
def second(toy) -> Actor:
    return factories.an_actor(Role.ADMIN, verbs.unit("hall"))


def a_draft(toy, writer: Actor, text: str = "") -> SchemeText:
    """A draft without mistakes."""
    return drafting.make(
        code="new", name="新方案", first=COMING, text=text or _text(toy), words="下一年的方案", by=writer, at=AT
    )


def _text(toy) -> str:
    """The small scheme in codes of the toy city."""
    text = small.SCHEME.replace("cycle_start_day = 19", "cycle_start_day = 1")
    text = text.replace('unit = "dep"', f'unit = "{next(iter(toy.pack.units))}"')
    first = sorted(toy.pack.categories)[0]
    text = text.replace('categories = ["01"]', f'categories = ["{first}"]')
    text = text.replace('categories = ["02"]', f'categories = ["{first}"]')
    text = text.replace('owners = ["unmanaged"]', f'owners = ["{next(iter(toy.pack.owners))}"]')
    return text.replace('grounds = ["ex_facts"]', "grounds = []").replace('"15d"', f'"{next(iter(toy.pack.clocks))}"')


def published(toy, writer: Actor, second: Actor) -> SchemeText:
    draft = a_draft(toy, writer)
    drafting.consult(draft, ASKED, by=writer, at=AT)
    return drafting.publish(draft, words="主任会同意", pack=toy.pack, by=second, at=AT)


def steps(row: SchemeText) -> list[tuple[str, str]]:
    return list(SchemeStep.objects.filter(scheme=row).order_by("pk").values_list("what", "words"))


def test_a_scheme_from_the_first_draft_to_the_list_that_counts(toy, writer, second):
    draft = a_draft(toy, writer)
    changed = draft.text.replace("part = 0.50", "part = 0.60")
    drafting.edit(draft, text=changed, base=draft.sha256, words="部分解决提到六成", by=writer, at=AT)
    drafting.consult(draft, ASKED, by=writer, at=AT)
    assert [one.model.code for one in schemes.known(toy.pack)] == [s.model.code for s in toy.pack.schemes]
    done = drafting.publish(draft, words="主任会同意", pack=toy.pack, by=second, at=AT)
    found = schemes.in_force(COMING, toy.pack)
    assert (found.model.code, found.sha256) == ("new", done.sha256)
    [asked] = found.model.consulted
    assert (asked.who, asked.said) == ("十六个区", "希望部分解决算一半　已采纳，写进方案")
    assert steps(done) == [
        ("made", "下一年的方案"), ("edited", "部分解决提到六成"), ("consulted", "十六个区：希望部分解决算一半"),
        ("published", "主任会同意"),
    ]  # fmt: skip


def test_who_wrote_at_it_does_not_publish_it(toy, writer, second):
    draft = a_draft(toy, writer)
    drafting.consult(draft, ASKED, by=second, at=AT)
    with pytest.raises(NotAllowed, match="另一个人"):
        drafting.publish(draft, words="主任会同意", pack=toy.pack, by=writer, at=AT)
    drafting.edit(draft, text=draft.text + "\n", base=draft.sha256, words="加一个空行", by=second, at=AT)
    with pytest.raises(NotAllowed, match="另一个人"):
        drafting.publish(draft, words="主任会同意", pack=toy.pack, by=second, at=AT)


def test_nothing_is_published_about_which_nobody_was_asked(toy, writer, second):
    with pytest.raises(BadInput, match="征求意见"):
        drafting.publish(a_draft(toy, writer), words="主任会同意", pack=toy.pack, by=second, at=AT)
    assert SchemeText.objects.get().state == "draft"


def test_a_draft_keeps_mistakes_and_names_each_and_is_not_published_with_one(toy, writer, second):
    draft = a_draft(toy, writer)
    wrong = draft.text.replace("response = 0.10", "response = 0.123").replace('"street"', '"strret"')
    drafting.edit(draft, text=wrong, base=draft.sha256, words="试着改一下", by=writer, at=AT)
    drafting.consult(draft, ASKED, by=writer, at=AT)
    assert [where for where, _what in drafting.mistakes(wrong, toy.pack)] == ["rates.response"]
    with pytest.raises(SchemeError):
        drafting.publish(SchemeText.objects.get(), words="主任会同意", pack=toy.pack, by=second, at=AT)
    no_toml = "rates = {"
    held = SchemeText.objects.get()
    drafting.edit(held, text=no_toml, base=held.sha256, words="还没写完", by=writer, at=AT)
    assert (SchemeText.objects.get().code, SchemeText.objects.get().text) == ("new", no_toml)


def test_codes_that_the_city_does_not_have_are_mistakes(toy):
    assert ("grounds", "there is no ground “ex_facts”") in drafting.mistakes(small.SCHEME, toy.pack)


def test_two_who_edit_at_once_lose_nothing(toy, writer, second):
    draft = a_draft(toy, writer)
    base = draft.sha256
    drafting.edit(draft, text=draft.text + "# 甲\n", base=base, words="甲加一句", by=writer, at=AT)
    with pytest.raises(Conflict):
        drafting.edit(draft, text=draft.text + "# 乙\n", base=base, words="乙加一句", by=second, at=AT)
    assert SchemeText.objects.get().text.endswith("# 甲\n")


def test_a_published_text_never_changes(toy, writer, second):
    done = published(toy, writer, second)
    for deed in (
        lambda: drafting.edit(done, text="x", base=done.sha256, words="改一下", by=writer, at=AT),
        lambda: drafting.consult(done, ASKED, by=writer, at=AT),
        lambda: drafting.publish(done, words="再发一次", pack=toy.pack, by=second, at=AT),
    ):
        with pytest.raises((Conflict, BadInput)):
            deed()
    assert SchemeText.objects.get().sha256 == done.sha256


def test_withdrawing_before_the_first_day_only(toy, writer, second):
    done = published(toy, writer, second)
    late = datetime.combine(COMING, AT.timetz()) + timedelta(days=1)
    with pytest.raises(BadInput, match="已经生效"):
        drafting.withdraw(done, words="不要了吧", by=writer, at=late)
    drafting.withdraw(done, words="不要了吧", by=writer, at=AT)
    assert "new" not in [one.model.code for one in schemes.known(toy.pack)]
    again = a_draft(toy, writer)
    assert again.state == "draft"


def test_one_code_belongs_to_one_scheme(toy, writer):
    a_draft(toy, writer)
    with pytest.raises(BadInput, match="代码“new”"):
        a_draft(toy, writer)


def test_words_are_needed_for_every_step(toy, writer):
    with pytest.raises(BadInput, match="为什么起草"):
        drafting.make(code="n", name="新", first=COMING, text=_text(toy), words=" ", by=writer, at=AT)
    draft = a_draft(toy, writer)
    tomorrow = Asked(who="区", on=AT.date() + timedelta(days=1), said="同意这样", outcome="已经采纳")
    with pytest.raises(BadInput, match="不能晚于今天"):
        drafting.consult(draft, tomorrow, by=writer, at=AT)
    with pytest.raises(BadInput, match="怎么处理的"):
        drafting.consult(draft, Asked(who="区", on=AT.date(), said="同意这样", outcome=""), by=writer, at=AT)


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.CLERK, Role.DISPATCHER])
def test_other_posts_do_not_write_schemes(toy, role):
    other = factories.an_actor(role, verbs.unit("hall"))
    with pytest.raises(NotAllowed):
        a_draft(toy, other)
