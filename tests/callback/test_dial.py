"""Dial by click against a telephone system of our own: signed, the number sealed, and a failure says so."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from jieban.callback import dial
from jieban.core.errors import JiebanError
from tests.exchange import SECRET, Exchange, running
from tests.factories import AT


@pytest.fixture
def exchange(settings) -> Iterator[Exchange]:
    with running(settings) as server:
        yield server


def call() -> None:
    dial.call(number="13800001234", order="JB-1", agent="7", at=AT)


def test_request_is_signed_and_only_the_exchange_can_read_the_number(exchange):
    call()
    [(body, mark)] = exchange.asked
    said = orjson.loads(body)
    assert mark == dial.signature(body)
    assert (said["order"], said["agent"], body.count(b"13800001234")) == ("JB-1", "7", 0)
    assert dial.opened(said["sealed"]) == "13800001234"


def test_refusal_says_that_nothing_was_rung(exchange):
    exchange.status = 503
    with pytest.raises(JiebanError, match="没有接受（503），没有拨出"):
        call()


def test_silence_says_so_too(settings):
    settings.JIEBAN_DIAL_URL, settings.JIEBAN_DIAL_SECRET = "http://127.0.0.1:9/call", SECRET
    with pytest.raises(JiebanError, match="没有回应，没有拨出"):
        call()


def test_installation_without_one_says_to_use_the_telephone(settings):
    settings.JIEBAN_DIAL_URL = ""
    assert not dial.ready()
    with pytest.raises(JiebanError, match="用自己的话机"):
        call()
