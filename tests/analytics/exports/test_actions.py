"""Who may set up and take what, and what is written down of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.accounts.models import Reading
from jieban.analytics.exports import actions, queries
from jieban.analytics.exports.models import ExportRun, SavedExport
from jieban.core.errors import BadInput, NotAllowed
from tests import factories, verbs
from tests.analytics.exports.units import PERIOD, saved
from tests.factories import AT


@pytest.fixture
def chief(toy):
    return factories.an_actor(Role.CHIEF, verbs.unit("mill"))


@pytest.fixture
def clerk(toy):
    return factories.an_actor(Role.CLERK, verbs.unit("mill"))


def begin(export, by, **more):
    return actions.begin(export, by=by, at=AT, period=PERIOD, **more)


def test_a_run_without_personal_data_asks_for_no_purpose_and_logs_no_reading(clerk):
    run = begin(saved(clerk), clerk)
    assert (run.personal, run.purpose, Reading.objects.count()) == ([], "", 0)


def test_personal_data_needs_a_purpose_and_is_logged_before_it_is_read(chief):
    export = saved(chief, "number", "phone")
    with pytest.raises(BadInput, match="为什么"):
        begin(export, chief, purpose="看看")
    assert ExportRun.objects.count() == 0
    run = begin(export, chief, purpose="逐户通知停水", address="10.0.0.7")
    read = Reading.objects.get()
    assert (run.personal, run.purpose) == (["phone"], "逐户通知停水")
    assert (read.subject, read.what, read.purpose) == (f"导出 {export.pk}/{run.pk}", "export", "逐户通知停水")
    assert (read.person_id, read.address) == (chief.person_id, "10.0.0.7")


def test_every_order_whose_data_goes_out_is_in_the_log_of_reads(toy, chief):
    orders = [verbs.dispatched(toy, verbs.lead("mill"), urgency="7d") for _n in range(2)]
    run = begin(saved(chief, "phone"), chief, purpose="逐户通知停水")
    actions.note(run, orders, at=AT)
    found = Reading.objects.exclude(subject__startswith="导出").order_by("subject")
    assert [one.subject for one in found] == sorted(order.number for order in orders)
    assert {one.purpose for one in found} == {f"导出 {run.export_id}/{run.pk}：逐户通知停水"}


def test_a_clerk_can_neither_choose_nor_take_nor_change_personal_data(chief, clerk):
    with pytest.raises(NotAllowed):
        saved(clerk, "phone")
    export = saved(chief, "phone")
    with pytest.raises(NotAllowed):
        begin(export, clerk, purpose="逐户通知停水")
    with pytest.raises(NotAllowed):
        actions.retire(export, by=clerk, at=AT)
    assert ExportRun.objects.count() == 0


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.AGENT, Role.ADMIN, Role.KNOWLEDGE, Role.CALLBACK])
def test_other_posts_make_and_take_none(chief, role):
    other, export = factories.an_actor(role), saved(chief)
    with pytest.raises(NotAllowed):
        saved(other, name="x")
    with pytest.raises(NotAllowed):
        begin(export, other)


def test_another_units_export_cannot_be_changed(chief):
    hill = factories.an_actor(Role.CHIEF, verbs.unit("hill"))
    export = saved(chief)
    with pytest.raises(NotAllowed):
        actions.retire(export, by=hill, at=AT)


def test_a_name_is_there_once_in_a_unit_until_it_is_retired(chief):
    export = saved(chief)
    with pytest.raises(BadInput, match="已经有一个叫"):
        saved(chief)
    actions.retire(export, by=chief, at=AT)
    saved(chief)
    assert SavedExport.objects.count() == 2
    assert queries.of(chief).count() == 1


def test_an_export_without_a_column_is_refused(chief):
    with pytest.raises(BadInput, match="一列都没有选"):
        actions.save(actions.Wish(name="空", columns=()), by=chief, at=AT)


def test_a_series_goes_on_from_the_run_that_was_handed_over_whole(chief):
    export = saved(chief, rule="since")
    first = actions.period(export, at=AT, cycle_day=1)
    run = actions.begin(export, by=chief, at=AT, period=first)
    actions.fail(run, rows=3, why="GeneratorExit")
    assert actions.period(export, at=AT, cycle_day=1) == first
    run = actions.begin(export, by=chief, at=AT, period=first)
    actions.finish(run, rows=5, size=100, sha256="0" * 64, at=AT)
    later = AT + timedelta(days=1)
    assert actions.period(export, at=later, cycle_day=1) == (AT, later)
    assert queries.latest([export]) == {export.pk: run}
