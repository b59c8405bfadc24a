"""A web process reads the pack before it answers, and starts without one too."""

from __future__ import annotations

import pytest
from django.test.utils import CaptureQueriesContext

from jieban.city import queries as city
from jieban.core import clock
from jieban.portal import warm


@pytest.mark.django_db(transaction=True)
def test_pack_is_read_before_the_first_question(toy) -> None:
    city._cache.clear()
    warm.up()
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        assert city.current(at=clock.now()).version_id == toy.version_id
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_start_without_a_pack_says_so_and_goes_on(caplog) -> None:
    city._cache.clear()
    warm.up()
    assert "The city pack could not be read at the start" in caplog.text
