"""The lake is kept beside the worker: at once, then again and again, and a failure is told once."""

from __future__ import annotations

import threading
import time

import pytest

from jieban.analytics import lake, sync
from jieban.portal import syncing
from tests import factories, verbs


def test_it_is_left_alone_where_that_is_asked_for():
    assert syncing.start(threading.Event()) is None
    assert not lake.home().exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_synced_at_once_and_again(settings):
    toy = factories.a_loaded_city("toy")
    verbs.asked(toy)
    settings.JIEBAN_LAKE_EVERY = 0.05
    stop = threading.Event()
    thread = syncing.start(stop)
    assert thread is not None
    first = _until_after(None)
    assert lake.home().state().rows("orders") == 1
    _until_after(first)
    stop.set()
    # It ends after the report or the forecast under way; loading the models alone takes seconds.
    thread.join(120)
    assert not thread.is_alive()


def _until_after(moment: object) -> object:
    # A step between two syncs makes up to twenty reports.
    end = time.monotonic() + 180
    while (now := sync.until(lake.home())) in (None, moment) and time.monotonic() < end:
        time.sleep(0.02)
    assert now not in (None, moment)
    return now


def test_why_it_failed_is_told_once(db, caplog):
    stop = threading.Event()
    told = syncing._safely("", stop)
    assert syncing._safely(told, stop) == told
    [record] = caplog.records
    assert record.getMessage().startswith("The lake could not be synced and is tried again: No city pack is in force")
