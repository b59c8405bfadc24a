"""What a person reads where Spark cannot count."""

from __future__ import annotations

import sys
import time

import pytest

from jieban.analytics import clusters, engines
from jieban.core.errors import BadInput
from tests.analytics import cluster

pytestmark = pytest.mark.spark


def test_without_a_master_the_error_says_where_to_name_one(ten, monkeypatch):
    monkeypatch.delenv("JIEBAN_SPARK_MASTER", raising=False)
    with (
        pytest.raises(BadInput, match=r"No Spark master is named\. Set JIEBAN_SPARK_MASTER, for example"),
        engines.open("spark", ten),
    ):
        pass


def test_a_master_that_does_not_answer_is_told_at_once(ten, monkeypatch):
    address = f"spark://127.0.0.1:{cluster.free()}"
    monkeypatch.setenv("JIEBAN_SPARK_MASTER", address)
    started = time.monotonic()
    with pytest.raises(BadInput, match=f"The Spark master {address} does not answer."), engines.open("spark", ten):
        pass
    assert time.monotonic() - started < 10


def test_an_address_without_a_port_does_not_answer():
    with pytest.raises(BadInput, match="does not answer"), clusters.session("spark://127.0.0.1"):
        pass


def test_without_pyspark_the_error_says_what_to_install(ten, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(BadInput, match=r"pip install 'jieban\[spark\]'"), engines.spark(ten, master="local[1]"):
        pass


def test_a_master_without_workers_is_not_waited_for_for_ever(tmp_path):
    with (
        cluster.running(tmp_path, workers=0) as found,
        pytest.raises(BadInput, match="has no free worker"),
        clusters.session(found.master, wait=2),
    ):
        pass
