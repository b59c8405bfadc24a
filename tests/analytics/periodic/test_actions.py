"""Reports are kept as they were made: never changed, once for the schedule, opened within the reach of a post."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jieban.accounts.actor import Actor, Role, Sight
from jieban.analytics import engines
from jieban.analytics.periodic import actions, keeping, queries, scopes, spans
from jieban.analytics.periodic.models import Report
from jieban.analytics.periodic.spans import DAY, MONTH
from jieban.core.errors import NotAllowed
from tests import factories
from tests.analytics.periodic.town import Town
from tests.factories import AT

pytestmark = pytest.mark.django_db
DAYS = spans.ending(DAY, date(2021, 11, 30))
BOSS = Actor(Role.LEADER, "周静", sight=Sight.ALL)


@pytest.fixture
def source(tmp_path: Path):
    with engines.duckdb(Town().asked("2021-11-30", 3, "heat").lay(tmp_path / "lake")) as found:
        yield found


def by(role: Role, path: str, sees: Sight = Sight.TREE) -> Actor:
    return Actor(role, "周静", unit_path=path, sight=sees)


def scheduled(source, scope=scopes.WHOLE, period=DAYS, kind="daily") -> Report | None:
    return actions.make_scheduled(kind, source, scope, period, at=AT, issuer="市热线中心", lake=AT)


def test_what_is_kept_is_the_document_with_its_hash_and_the_state_of_the_lake(source):
    row = scheduled(source)
    found = Report.objects.get(pk=row.pk)
    assert (found.title, found.kind, found.scope, found.until, found.lake) == (
        "接诉即办日通报", "daily", "city", date(2021, 11, 30), AT
    )  # fmt: skip
    assert found.sha256 == keeping.sha256(found.body)
    assert keeping.load(found.body).issuer == "市热线中心"


def test_the_schedule_makes_each_once(source):
    assert scheduled(source) is not None
    assert scheduled(source) is None
    assert Report.objects.count() == 1
    assert queries.scheduled("daily", DAY, "city") == {("", "2021-11-30")}


def test_a_report_made_anew_is_a_new_one_that_names_the_old(source):
    person = factories.a_person()
    boss = Actor(Role.LEADER, "周静", person_id=person.pk, sight=Sight.ALL)
    old = scheduled(source)
    new = actions.make("daily", source, scopes.WHOLE, DAYS, by=boss, at=AT, issuer="市热线中心", replaces=old)
    assert (new.replaces, new.made_by, new.sha256) == (old, person, old.sha256)
    assert list(old.replaced_by.all()) == [new]


def test_posts_open_what_lies_in_their_reach(source):
    street = scopes.of_unit(source, "110105002")
    rows = {
        "city": scheduled(source),
        "district": scheduled(source, scopes.of_unit(source, "110105")),
        "street": scheduled(source, street, spans.ending(MONTH, date(2021, 11, 30)), "street"),
    }

    def opens(actor: Actor) -> set[str]:
        seen = set(queries.visible_to(actor).values_list("pk", flat=True))
        return {name for name, row in rows.items() if row is not None and row.pk in seen}

    assert opens(BOSS) == {"city", "district", "street"}
    assert opens(by(Role.DISTRICT, "110105/")) == {"district", "street"}
    assert opens(by(Role.CLERK, street.path)) == {"street"}
    assert opens(by(Role.CHIEF, "110111/")) == set()
    assert opens(by(Role.CHIEF, "")) == set()
    assert opens(by(Role.AGENT, "hall/", Sight.ALL)) == set()


def test_nobody_has_a_report_made_beyond_its_reach(source):
    with pytest.raises(NotAllowed, match="不能生成这个范围的报告"):
        actions.make("daily", source, scopes.WHOLE, DAYS, by=by(Role.DISTRICT, "110105/"), at=AT, issuer="")
    assert Report.objects.count() == 0
