"""Ready replies: the city's and a unit's own, offered where they fit, written by its chief."""

from __future__ import annotations

import pytest

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import texts
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, lead, parts


@pytest.fixture
def chief(toy):
    return factories.an_actor(Role.CHIEF, verbs.unit("mill"))


def write(toy, by, **given):
    """The parish writes a text."""
    values = {
        "title": "坑填了",
        "category": "01",
        "result": "done",
        "body": "{单位}填好了坑。",
        "at": AT,
        "loaded": toy,
    }
    return texts.write(verbs.unit("mill"), **{**values, **given}, by=by)


def titles(order, toy) -> list[tuple[str, bool]]:
    """What is offered for it."""
    [part] = verbs.parts(order)
    return [(one.title, one.own) for one in texts.offered(part, toy)]


def test_own_texts_come_first_and_only_where_they_fit(toy, chief):
    order = verbs.answered(toy, lead("mill"))
    write(toy, chief)
    write(toy, chief, title="别的类", category="0102")
    assert titles(order, toy) == [("坑填了", True), ("Mended", False)]


def test_community_may_use_what_its_parish_wrote_and_the_neighbour_may_not(toy, chief):
    row = write(toy, chief)
    assert list(texts.of_unit(verbs.unit("c1").path)) == [row]
    assert list(texts.of_unit(verbs.unit("hill").path)) == []


def test_retired_text_is_offered_no_longer(toy, chief):
    order = verbs.answered(toy, lead("mill"))
    row = write(toy, chief)
    texts.retire(row, by=chief, at=AT)
    assert titles(order, toy) == [("Mended", False)]
    with pytest.raises(Conflict):
        texts.retire(row, by=chief, at=AT)


@pytest.mark.parametrize(
    "given",
    [{"title": " "}, {"body": "{谁}"}, {"body": "{单位"}, {"category": "99"}, {"result": "won"}],
)
def test_text_that_could_not_be_filled_is_refused(toy, chief, given):
    with pytest.raises(BadInput):
        write(toy, chief, **given)


def test_only_the_own_chief_writes(toy, chief):
    with pytest.raises(NotAllowed):
        write(toy, clerk("mill"))
    with pytest.raises(NotAllowed):
        write(toy, factories.an_actor(Role.CHIEF, verbs.unit("hill")))


def test_placeholders_stand_for_what_the_record_says(toy):
    order = verbs.answered(toy, lead("mill"), title="路上有坑")
    [part] = parts(order)
    by = clerk("mill")
    texts_of = texts.values(part, caller="", place="桥东路", measures="填坑", by=by, at=AT)
    assert texts_of == {
        "市民称呼": "市民朋友", "编号": order.number, "事项": "路上有坑", "地点": "桥东路",
        "单位": "Mill Parish", "科室": "",
        "承办人": by.name, "受理日期": "3月2日", "时限": "3月3日 09:00", "措施": "填坑", "今天": "3月2日",
    }  # fmt: skip
