"""`jieban dry-run`: a changed folder is asked about past orders, in words and as JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.portal.cli import dry_run
from tests import verbs
from tests.city import toy as toys

pytestmark = pytest.mark.django_db
TODAY = clock.now().date()


def run(folder: Path, *arguments: str, begin: str = "", end: str = ""):
    app = typer.Typer()
    dry_run.register(app)
    span = ["--from", begin or str(TODAY - timedelta(days=3)), "--to", end or str(TODAY + timedelta(days=1))]
    return CliRunner().invoke(app, ["--city", str(folder), *span, *arguments])


@pytest.fixture
def changed(tmp_path) -> Path:
    """The toy pack, leaks given to the street."""
    return toys.write(toys.changed("duties.csv", "direct,water,,,2h", "direct,street,,,2h"), tmp_path)


def test_it_says_which_orders_would_have_gone_elsewhere(toy, changed):
    order = verbs.dispatched(toy, category="0102", at=clock.now() - timedelta(hours=2))
    result = run(changed)
    assert result.output.splitlines() == [
        "1 orders asked: 1 would have gone elsewhere, 0 had another limit, 0 would have been late, 0 no longer late.",
        "Sent to who led in the end: 1 before, 0 after.",
        f"  {order.number}  water -> mill  D3 -> D3",
    ]


def test_it_prints_one_json_object(toy, changed):
    order = verbs.dispatched(toy, category="0102", at=clock.now() - timedelta(hours=2))
    said = json.loads(run(changed, "--json").output)
    assert (said["read"], said["moved"], said["into"], said["out_of"]) == (1, 1, {"mill": 1}, {"water": 1})
    assert said["lines"] == [{"before": "D3", "after": "D3", "orders": 1}]
    assert said["moves"] == [
        {"number": order.number, "before": ["water"], "after": ["mill"], "led": "water", "line_before": "D3",
         "line_after": "D3"}
    ]  # fmt: skip


def test_a_period_without_orders_is_asked_in_vain(toy, changed):
    verbs.dispatched(toy, category="0102", at=clock.now() - timedelta(hours=2))
    assert run(changed, begin="2020-01-01", end="2020-02-01").output.startswith("0 orders asked: 0 would have gone")


def test_a_day_that_is_none_is_refused(toy, changed):
    result = run(changed, begin="March")
    assert isinstance(result.exception, BadInput)
    assert str(result.exception) == "“March” is not a day: write it as 2026-03-01."
