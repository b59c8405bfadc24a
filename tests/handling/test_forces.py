"""专班: who sets it up, who writes in it, whose task it is, and that it ends only when everything is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts import queries as accounts
from jieban.accounts.actor import Role
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import forces, joint_queries
from jieban.handling.forces import Todo
from jieban.handling.joint_models import Force, ForceMember
from jieban.orders.models import Message
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, lead

DAY = timedelta(days=1)


@pytest.fixture
def chief(toy):
    return accounts.at_post(factories.a_post(Role.CHIEF, verbs.unit("mill"), person=factories.a_person("秦书记")))


@pytest.fixture
def force(chief) -> Force:
    leader = factories.Person.objects.get(pk=chief.person_id)
    return forces.open_force(name="东门治理专班", purpose="东门不再乱停乱放", leader=leader, by=chief, at=AT)


@pytest.fixture
def water(force, chief) -> ForceMember:
    return forces.add_member(force, unit=verbs.unit("water"), duty="管线", by=chief, at=AT)


def todo(member: ForceMember, *, what: str = "划停车线", days: int = 3) -> Todo:
    return Todo(what, member, AT.date() + timedelta(days=days))


def test_whoever_answers_for_a_unit_sets_one_up(toy, force, chief) -> None:
    assert [(m.unit.code, m.person_id, m.duty) for m in force.members.all()] == [("mill", chief.person_id, "牵头")]
    leader = factories.Person.objects.get(pk=chief.person_id)
    with pytest.raises(NotAllowed):
        forces.open_force(name="专班", purpose="清理僵尸车", leader=leader, by=clerk("mill"), at=AT)
    other = factories.an_actor(Role.CHIEF, verbs.unit("hill"))
    with pytest.raises(BadInput):
        forces.open_force(name="专班", purpose="清理僵尸车", leader=leader, by=other, at=AT)


def test_members_are_told_and_see_it_and_nobody_else_does(force, water) -> None:
    assert Message.objects.get(topic="force_joined").unit.code == "water"
    assert list(forces.visible_to(clerk("water"))) == [force]
    assert list(forces.visible_to(clerk("hill"))) == []
    assert list(forces.visible_to(factories.an_actor(Role.DISTRICT, verbs.unit("north")))) == [force]


def test_a_member_is_brought_in_once(force, water, chief) -> None:
    with pytest.raises(Conflict):
        forces.add_member(force, unit=water.unit, duty="管线", by=chief, at=AT)
    with pytest.raises(NotAllowed):
        forces.add_member(force, unit=verbs.unit("hill"), duty="隔壁", by=clerk("water"), at=AT)


def test_a_meeting_decides_and_gives_tasks(force, water, chief) -> None:
    meeting = forces.meet(
        force, held=AT, present="街道、自来水", decided="划线、装围栏", tasks=[todo(water)], by=chief, at=AT + DAY
    )
    [task] = joint_queries.my_tasks(clerk("water"))
    assert (task.what, task.meeting, task.member) == ("划停车线", meeting, water)
    assert list(joint_queries.my_tasks(clerk("hill"))) == []
    with pytest.raises(BadInput):
        forces.meet(force, held=AT + 2 * DAY, present="街道", decided="还没开", tasks=[], by=chief, at=AT + DAY)


def test_late_tasks_are_counted(force, water, chief) -> None:
    forces.give(force, [todo(water), todo(water, days=9)], by=chief, at=AT)
    [row] = joint_queries.counted(forces.visible_to(chief), at=AT + 4 * DAY)
    assert (row.open_tasks, row.late_tasks, row.order_count) == (2, 1, 0)


def test_who_has_the_task_says_when_it_is_done_and_once(force, water, chief) -> None:
    forces.give(force, [todo(water)], by=chief, at=AT)
    task = force.tasks.get()
    with pytest.raises(NotAllowed):
        forces.finish(task, result="好了", by=clerk("hill"), at=AT + DAY)
    forces.finish(task, result="划好 40 米", by=clerk("water"), at=AT + DAY)
    with pytest.raises(Conflict):
        forces.finish(task, result="又好了", by=chief, at=AT + DAY)


def test_tasks_go_to_members_with_a_day_ahead(force, water, chief) -> None:
    for wrong in (todo(water, what=" "), todo(water, days=-1)):
        with pytest.raises(BadInput):
            forces.give(force, [wrong], by=chief, at=AT)
    assert force.tasks.count() == 0


def test_it_ends_when_every_task_is_done_and_then_stays_as_it_is(force, water, chief) -> None:
    forces.give(force, [todo(water)], by=chief, at=AT)
    with pytest.raises(BadInput):
        forces.close_force(force, result="东门清爽了", by=chief, at=AT + DAY)
    forces.finish(force.tasks.get(), result="划好 40 米", by=chief, at=AT + DAY)
    forces.close_force(force, result="东门清爽了", by=chief, at=AT + DAY)
    force.refresh_from_db()
    with pytest.raises(Conflict):
        forces.give(force, [todo(water)], by=chief, at=AT + DAY)


def test_orders_put_before_it_say_so(toy, force, water, chief) -> None:
    order = verbs.parts(verbs.answered(toy, lead("mill")))[0].order
    forces.muster(force, [order], by=chief, at=AT + DAY)
    entry = order.entries.order_by("-seq")[0]
    assert (entry.move, entry.records) == (
        "muster", {"force": "东门治理专班", "members": ["Mill Parish", "Littleton Water"]},
    )  # fmt: skip
    with pytest.raises(Conflict):
        forces.muster(force, [order], by=chief, at=AT + DAY)
    hidden = verbs.parts(verbs.answered(toy, lead("water"), street_id=None, district_id=None))[0].order
    with pytest.raises(NotAllowed):
        forces.muster(force, [hidden], by=chief, at=AT + DAY)
    assert verify().broken == []
