"""Appraisal before there is anything to appraise: each page says what is missing and what to do."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from jieban.analytics import lake as lakes
from jieban.analytics import sync
from jieban.city import actions as city_actions
from jieban.city import queries as city
from tests import verbs
from tests.city.toy import PACKS
from tests.factories import AT
from tests.portal.pages import browser, text

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    """What the board and one's own page say."""
    leader = browser("leader")
    return [text(leader.get(path)) for path in ("/appraisal", "/appraisal/mine")]


def test_without_a_lake(toy) -> None:
    board, mine = told()
    assert ("统计数还没有整理好" in board, "系统整理完工单后就有" in mine) == (True, True)


def test_before_anybody_was_asked(toy) -> None:
    verbs.dispatched(toy)
    sync.sync(lakes.home(), at=AT + timedelta(days=1), loaded=toy)
    board, mine = told()
    assert ("单位自己说的办结不算" in board, "还没有回访过市民" in mine) == (True, True)


def test_without_a_scheme(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(PACKS / "toy", folder, ignore=shutil.ignore_patterns("schemes"))
    city_actions.load(folder, at=AT)
    loaded = city.current(at=AT)
    verbs.say(loaded, verbs.asked(loaded), at=AT + timedelta(hours=4))
    sync.sync(lakes.home(), at=AT + timedelta(days=1), loaded=loaded)
    board, mine = told()
    assert ("还没有生效的考评方案" in board, "还没有生效的考评方案" in mine) == (True, True)


def test_a_case_before_the_lake_has_it(toy) -> None:
    order = verbs.asked(toy)
    verbs.say(toy, order, at=AT + timedelta(hours=4))
    [part, *_others] = verbs.parts(order)
    page = text(browser("leader").get(f"/appraisal/case/{part.pk}"))
    assert "刚问过的，几分钟后系统整理完就有" in page
