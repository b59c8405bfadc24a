"""The demo city, built small: every state in it, the record whole, the accounts open, and nothing of anybody real."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone
from typer.testing import CliRunner

from jieban.accounts.models import Person
from jieban.core import crypto
from jieban.core.errors import BadInput
from jieban.orders import lifecycle, verify
from jieban.orders.models import Answer, Assignment, Attachment, Contact, Entry, Order, Seal
from jieban.portal.cli.main import build as command_line
from simulation import build, callers, commands, showing
from simulation.people import ACCOUNTS, PASSWORD
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=timezone.get_default_timezone())
ORDERS = 300
# States that an order or assignment only passes through within one transaction.
PASSING = {"", "received", "answered", "transferred", "guided", "replied", "callback_done"}


def picture() -> list[tuple[object, ...]]:
    """What the city says, without keys and seals that differ by chance."""
    columns = ("number", "title", "content", "state", "round", "category", "received_at", "closed_at", "solved")
    return list(Order.objects.order_by("number").values_list(*columns))


@pytest.fixture(scope="module")
def _city(django_db_setup, django_db_blocker, tmp_path_factory):
    """A city of ORDERS contacts, built once for this file and thrown away after it."""
    from django.conf import settings
    from django.db import transaction

    home = tmp_path_factory.mktemp("home")
    (home / "sms").mkdir()
    before = settings.JIEBAN_HOME, settings.JIEBAN_SMS_FILE
    with django_db_blocker.unblock(), transaction.atomic():
        settings.JIEBAN_HOME, settings.JIEBAN_SMS_FILE = home, home / "sms"
        build.build(orders=ORDERS, now=NOW, root=ROOT)
        yield home
        transaction.set_rollback(True)
        settings.JIEBAN_HOME, settings.JIEBAN_SMS_FILE = before


@pytest.fixture
def built(_city, django_db_blocker, settings):
    """The city of this file, with its own home folder and the password hasher it was built with."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.JIEBAN_HOME, settings.JIEBAN_SMS_FILE = _city, _city / "sms"
    with django_db_blocker.unblock():
        yield


def test_every_contact_became_an_order(built):
    assert Order.objects.count() == ORDERS
    assert set(Contact.objects.values_list("source", flat=True)) == {commands.SOURCE}


def test_every_state_that_waits_for_somebody_has_an_order(built):
    states = Counter(Order.objects.values_list("state", flat=True))
    wanted = {str(state) for state in lifecycle.S} - PASSING
    assert wanted - set(states) == set()


def test_assignments_wait_at_every_step(built):
    states = set(Assignment.objects.values_list("state", flat=True))
    assert {"sent", "responded", "handling", "completed"} - states == set()


def test_record_verifies_clean(built):
    report = verify.verify()
    assert report.broken == []
    assert (report.orders, report.entries) == (ORDERS, Entry.objects.count())


def test_entries_of_an_order_follow_each_other_in_time_and_end_by_now(built):
    last: dict[int, datetime] = {}
    for order, at in Entry.objects.order_by("order_id", "seq").values_list("order_id", "at"):
        assert last.get(order, at) <= at <= NOW
        last[order] = at


def test_past_days_are_sealed(built):
    assert Seal.objects.order_by("-day").first().day == NOW.date().replace(day=NOW.day - 1)


def test_most_questions_are_answered_at_the_seat(built):
    asked = Order.objects.filter(kind="consultation")
    assert asked.filter(dispatched_at=None).count() / asked.count() > 0.8


def test_citizens_mostly_say_yes(built):
    said = Counter(Answer.objects.filter(reached=True).values_list("solved", flat=True))
    assert said["yes"] / sum(said.values()) > 0.85


def test_files_came_and_were_stored(built):
    found = Attachment.objects.first()
    assert found is not None
    from jieban.intake import files

    assert files.path(found.sha256).stat().st_size == found.size


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.username)
def test_account_can_log_in(built, account):
    person = authenticate(RequestFactory().post("/login"), username=account.username, password=PASSWORD)
    assert person is not None
    assert person.posts.get().role == account.role


def test_nobody_else_can_log_in(built):
    names = [account.username for account in ACCOUNTS]
    assert not [person for person in Person.objects.exclude(username__in=names) if person.has_usable_password()]


def test_numbers_in_the_record_are_of_nobody(built):
    phones = {crypto.unseal(blob)[:7] for blob in Contact.objects.values_list("phone", flat=True) if blob}
    assert phones <= set(callers.BLOCKS)


def test_desks_that_are_shown_have_work(built):
    waiting = {row.account.username: row.waiting for row in showing.tries(at=NOW)}
    assert [name for name in ("dispatcher", "chongwai", "qianmen", "community", "reli") if not waiting[name]] == []


def test_a_citizen_can_track(built):
    assert {"handling", "closed"} <= {track.state for track in showing.tracks()}


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_and_moment_build_the_same_city():
    build.build(orders=60, now=NOW, root=ROOT)
    first = picture()
    call_command("flush", verbosity=0, interactive=False)
    build.build(orders=60, now=NOW, root=ROOT)
    again = picture()
    assert len(again) == 60
    assert [row[1:] for row in again] == [row[1:] for row in first]


@pytest.mark.django_db
def test_demo_is_refused_over_real_orders():
    factories.an_order()
    with pytest.raises(BadInput, match="not of a demo"):
        commands.demo(orders=50, fresh=True, serve=False)
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_demo_builds_once_prints_and_then_says_it_is_there(home):
    runner = CliRunner()
    first = runner.invoke(command_line(), ["demo", "--orders", "50", "--no-serve"])
    assert first.exit_code == 0, first.output
    assert json.loads((home / "demo.json").read_text())["orders"] == 50
    numbers = list(Order.objects.order_by("pk").values_list("number", flat=True))
    second = runner.invoke(command_line(), ["demo", "--no-serve"])
    assert second.exit_code == 0
    assert "already" in second.output
    assert list(Order.objects.order_by("pk").values_list("number", flat=True)) == numbers
