"""The command line of the invented city: exactly one way out, and what cannot be is told before anything is done."""

from __future__ import annotations

from datetime import date

import pytest
from typer.testing import CliRunner

from jieban.orders.models import Order
from jieban.portal.cli.main import build as command_line
from simulation import through

PERIOD = ("--from", "2026-11-14", "--to", "2026-11-20")


def heard(*arguments: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(command_line(), ["simulate", *arguments])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--contacts", "500", *PERIOD), "give one of --lake and --through"),
        (("--lake", "lake", "--through", *PERIOD), "give one of --lake and --through"),
        (("--through", "--from", "2026-11-20", "--to", "2026-11-14"), "lies after"),
        (("--through", "--contacts", "200001", *PERIOD), "at most 200000"),
        (("--lake", "lake", "--contacts", "500", *PERIOD), "begins at 20000"),
    ],
)
def test_what_cannot_be_is_told(arguments, told):
    code, output = heard(*arguments)
    assert code == 2
    assert told in output


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_week_is_lived_from_the_command_line(home):
    code, output = heard("--through", "--contacts", "200", "--seed", "c", *PERIOD)
    assert code == 0, output
    assert Order.objects.count() == 200
    days = {order.received_at.date() for order in Order.objects.all()}
    assert date(2026, 11, 13) <= min(days) <= max(days) <= date(2026, 11, 20)
    assert through.path().exists()
