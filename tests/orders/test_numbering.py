"""Order numbers: readable, checked by their last digit, and unique under many writers at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from jieban.core import numbers
from jieban.orders import numbering
from tests import factories

DAY = date(2026, 3, 2)


@pytest.mark.django_db
def test_each_day_given_gets_one_number():
    taken = numbering.take([DAY, date(2026, 3, 3), DAY], prefix="JB")
    assert [number[:11] for number in taken] == ["JB-20260302", "JB-20260303", "JB-20260302"]
    assert len(set(taken)) == 3
    assert [numbers.read(number) for number in taken] == taken


@pytest.mark.django_db
def test_no_day_gives_no_number():
    assert numbering.take([]) == []


@pytest.mark.django_db
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_numbers_taken_in_any_portions_never_repeat(portions):
    taken = [number for portion in portions for number in numbering.take([DAY] * portion)]
    assert len(set(taken)) == sum(portions)


@pytest.mark.django_db
def test_the_running_number_begins_again_after_a_million():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT setval('{numbering.SEQUENCE}', 999998)")
        else:
            cursor.execute("INSERT INTO jieban_counter (name, last) VALUES ('order', 999998)")
    running = [int(number[12:18]) for number in numbering.take([DAY] * 3)]
    assert running[0] == 999999
    assert max(running[1:]) <= 2


def file_orders(count: int, seen: list[str], failed: list[BaseException]) -> None:
    """What one of several writers does: take a number, file an order, commit, again."""
    try:
        for _ in range(count):
            with transaction.atomic():
                order = factories.an_order()
            seen.append(order.number)
    except BaseException as error:
        failed.append(error)
    finally:
        connections.close_all()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_never_share_a_number():
    factories.a_pack()
    seen: list[str] = []
    failed: list[BaseException] = []
    writers = [threading.Thread(target=file_orders, args=(15, seen, failed)) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    assert len(set(seen)) == len(seen) == 120


WRITER = """
import django; django.setup()
from tests import factories
from django.db import transaction
for n in range(15):
    with transaction.atomic():
        print(factories.an_order(contact=factories.a_contact(source="{name}", source_id=str(n))).number)
"""


def run_python(code: str, home: Path) -> subprocess.Popen[str]:
    """Another process on the SQLite file in `home`."""
    env = {**os.environ, "JIEBAN_HOME": str(home), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings"}
    root = Path(__file__).parent.parent.parent
    return subprocess.Popen([sys.executable, "-c", code], env=env, cwd=root, stdout=subprocess.PIPE, text=True)


def test_eight_processes_on_one_sqlite_file_never_share_a_number(home):
    prepare = "import django; django.setup()\nfrom django.core.management import call_command\n"
    prepare += "call_command('migrate', verbosity=0)\nfrom tests import factories; factories.a_pack()"
    assert run_python(prepare, home).wait() == 0
    writers = [run_python(WRITER.replace("{name}", f"writer{n}"), home) for n in range(8)]
    seen = [number for writer in writers for number in writer.communicate()[0].split()]
    assert [writer.returncode for writer in writers] == [0] * 8
    assert len(set(seen)) == len(seen) == 120
