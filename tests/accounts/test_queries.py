"""Posts decide who acts as what, and for how long."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jieban.accounts import queries
from jieban.accounts.actor import Role, Sight
from jieban.core.errors import NotAllowed
from tests import factories

pytestmark = pytest.mark.django_db
AT = factories.AT


def test_a_person_acts_from_the_first_post_or_the_one_chosen(city):
    first = factories.a_post(Role.CLERK, city.street)
    second = factories.a_post(Role.CHIEF, city.department, person=first.person)
    actor = queries.actor(first.person_id, post=None, at=AT)
    assert (actor.role, actor.unit_code, actor.post_id) == (Role.CLERK, "RS1", first.pk)
    assert queries.actor(first.person_id, post=second.pk, at=AT).role == Role.CHIEF


def test_a_post_of_somebody_else_cannot_be_chosen(city):
    mine, other = factories.a_post(Role.CLERK, city.street), factories.a_post(Role.LEADER, city.centre)
    assert queries.actor(mine.person_id, post=other.pk, at=AT).post_id == mine.pk


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        (date(2026, 3, 2), None, True),
        (date(2026, 3, 3), None, False),
        (date(2020, 1, 1), date(2026, 3, 2), False),
        (date(2020, 1, 1), date(2026, 3, 3), True),
    ],
)
def test_a_post_is_held_from_its_first_day_up_to_the_last(city, since, until, held):
    post = factories.a_post(Role.CLERK, city.street)
    type(post).objects.filter(pk=post.pk).update(since=since, until=until)
    assert queries.posts(post.person_id, at=AT).exists() == held


def test_without_a_post_nobody_acts(city):
    person = factories.a_person()
    with pytest.raises(NotAllowed, match="没有岗位"):
        queries.actor(person.pk, post=None, at=AT)


def test_somebody_who_left_holds_no_post(city):
    post = factories.a_post(Role.CLERK, city.street)
    type(post.person).objects.filter(pk=post.person_id).update(is_active=False)
    with pytest.raises(NotAllowed):
        queries.actor(post.person_id, post=post.pk, at=AT + timedelta(days=1))


def test_every_role_of_a_post_has_its_sight():
    posts = set(Role) - {Role.CITIZEN, Role.CHANNEL, Role.RULE}
    assert set(queries.SIGHT) == posts
    assert {role for role, sight in queries.SIGHT.items() if sight == Sight.NONE} == {Role.ADMIN, Role.KNOWLEDGE}
