"""`jieban verify` on the command line."""

from __future__ import annotations

import json

import typer
from typer.testing import CliRunner

from jieban.orders.models import Order
from jieban.portal.cli import verify
from tests import factories


def run(*arguments: str):
    app = typer.Typer()
    verify.register(app)
    return CliRunner().invoke(app, arguments)


def test_a_whole_record_ends_with_zero(city):
    factories.an_order(state="guided")
    result = run("--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"orders": 1, "entries": 2, "broken": []})
    assert run().stdout == "1 orders, 2 entries: every row is what its timeline tells, every seal holds.\n"


def test_an_empty_record_is_whole(db):
    assert json.loads(run("--json").stdout) == {"orders": 0, "entries": 0, "broken": []}


def test_a_broken_record_ends_with_one_and_names_the_row(city):
    order = factories.an_order(state="guided")
    Order.objects.filter(pk=order.pk).update(title="改过的标题")
    what = "order: column title has '改过的标题', the timeline says '楼道灯坏了'."
    result = run("--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["broken"] == [{"order": order.number, "seq": None, "what": what}]
    assert f"  {order.number}: {what}" in run().stdout
