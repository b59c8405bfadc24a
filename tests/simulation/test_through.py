"""A period lived through the verbs: the record whole, every truth in it, and nobody's database touched."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from rich.console import Console

from jieban.callback import signs, watching
from jieban.callback.models import Sign
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.orders import verify
from jieban.orders.models import Answer, Contact, Order, Seal
from simulation import through, variety
from tests import factories

START, END = date(2026, 8, 24), date(2026, 11, 20)
CONTACTS = 260


def live(**changes: object) -> str:
    heard = io.StringIO()
    asked = {"contacts": CONTACTS, "start": START, "end": END, "seed": "t", **changes}
    through.run(**asked, console=Console(file=heard, width=200))  # type: ignore[arg-type]
    return heard.getvalue()


def truths(kind: str) -> list[dict[str, object]]:
    return [row for row in json.loads(through.path().read_text(encoding="utf-8"))["truths"] if row["kind"] == kind]


def orders(row: dict[str, object]) -> list[Order]:
    return list(Order.objects.filter(number__in=row["ids"]).select_related("contact").order_by("received_at"))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_period_is_lived_and_every_truth_is_in_the_record(home):
    heard = live()
    assert f"{CONTACTS} contacts" in heard
    assert Order.objects.count() == CONTACTS
    assert set(Contact.objects.values_list("source", flat=True)) == {through.SOURCE}
    report = verify.verify()
    assert (report.broken, report.orders) == ([], CONTACTS)
    days = {order.received_at.astimezone(factories.AT.tzinfo).date() for order in Order.objects.all()}
    assert START <= min(days) <= max(days) <= END
    assert Seal.objects.order_by("-day").first().day == END - timedelta(days=1)
    assert Answer.objects.filter(reached=True).count() > 50
    _bursts_are_at_their_place()
    _paraphrases_are_different_texts()
    _coached_citizens_are_found()
    with pytest.raises(BadInput, match="simulated city already"):
        live()
    assert Order.objects.count() == CONTACTS


def _bursts_are_at_their_place() -> None:
    content = json.loads(through.path().read_text(encoding="utf-8"))
    assert (content["version"], content["contacts"], content["left_out"]) == (1, CONTACTS, {})
    assert (content["from"], content["to"], content["seed"]) == (START.isoformat(), END.isoformat(), "t")
    for row in content["truths"]:
        found = orders(row)
        assert len(found) == len(row["ids"]) > 0
        if row["kind"] != "coaching_unit":
            assert found[0].received_at.isoformat() <= row["when"]["to"]
    [burst] = truths("burst")
    assert {order.place for order in orders(burst) if order.place} == {burst["where"]["place"]}


def _paraphrases_are_different_texts() -> None:
    rows = truths("paraphrases")
    assert len(rows) == 3
    for row in rows:
        texts = [order.content for order in orders(row)]
        likest = variety.nearest([variety.squeezed(text) for text in texts])
        assert len(texts) >= 5
        assert likest.max() < 0.6


def _coached_citizens_are_found() -> None:
    """The signs that the house looks for day by day find the answers that were told beforehand."""
    from jieban.city import queries as city

    [row] = truths("coaching_unit")
    at = clock.now()
    watching.look(END, Order.objects.filter(number__in=row["ids"]), at=at, loaded=city.current(at=at))
    said = Sign.objects.filter(order__number__in=row["ids"])
    assert {sign.order.number for sign in said if any(r.startswith(signs.BAD_WORDS) for r in sign.reasons)} == set(
        row["ids"]
    )


@pytest.mark.django_db
def test_other_orders_are_left_alone(home):
    factories.an_order()
    with pytest.raises(BadInput, match="not simulated"):
        live()
    assert Order.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"end": clock.now().date() + timedelta(days=2)}, "still to come"),
        ({"start": END}, "three days"),
        ({"contacts": 100}, "At least 200"),
    ],
)
def test_what_cannot_be_lived_is_refused(home, changes, told):
    with pytest.raises(BadInput, match=told):
        live(**changes)
    assert not Order.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_interrupted_run_is_begun_again(home):
    live(contacts=200, start=date(2026, 11, 14))
    before = set(Order.objects.values_list("number", flat=True))
    # The file is written last: without it the run did not come to its end.
    through.path().unlink()
    heard = live(contacts=200, start=date(2026, 11, 14))
    assert "interrupted" in heard
    assert Order.objects.count() == len(before) == 200
    assert through.path().exists()
