"""The REST interface: filing, following, refusing; in the toy city."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from jieban.accounts.models import ApiKey
from jieban.core import crypto
from jieban.orders.models import Contact, Order
from tests import verbs
from tests.factories import SINCE

SECRET = "an-invented-secret"
BODY = {
    "source_id": "A-1", "content": "There is a pothole at Weaver Court in Mill Parish.", "title": "Pothole",
    "name": "Alice Weaver", "phone": "07700900123",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def a_key(name: str = "an app", secret: str = SECRET, **changed: Any) -> ApiKey:
    values = {"channel": "web", "since": SINCE, "fingerprint": crypto.fingerprint(secret)} | changed
    return ApiKey.objects.create(name=name, **values)


def post(body: Any, secret: str = SECRET) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return Client(headers={"Authorization": f"Bearer {secret}"}).post("/api/v1/orders", text, "application/json")


def test_filed_matter_comes_back_with_number_units_and_nothing_personal(toy) -> None:
    a_key()
    answer = post(BODY)
    order = Order.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "number": order.number, "state": "dispatched", "state_label": "已派单", "duplicate": False, "held": False,
        "told": "", "due_at": answer.json()["due_at"],
        "units": [
            {"code": "mill", "name": "Mill Parish", "role": "lead"},
            {"code": "north-roads", "name": "North Ward Roads Office", "role": "lead"},
        ],
    }  # fmt: skip
    assert "Alice" not in answer.content.decode()
    assert "07700900123" not in answer.content.decode()


def test_channel_and_source_are_those_of_the_key(toy) -> None:
    key = a_key(channel="phone")
    post(BODY | {"channel": "web", "source": "other"})
    contact = Contact.objects.get()
    assert (contact.channel, contact.source) == ("phone", f"api:{key.pk}")


def test_same_again_is_200_and_other_words_under_the_same_id_are_409(toy) -> None:
    a_key()
    first = post(BODY).json()
    again = post(BODY)
    assert (again.status_code, again.json()["duplicate"], again.json()["number"]) == (200, True, first["number"])
    other = post(BODY | {"content": "A lamp is out."})
    assert other.status_code == 409
    assert first["number"] in other.json()["problems"][0]["what"]
    assert Order.objects.count() == 1


def test_two_keys_may_use_the_same_id(toy) -> None:
    a_key()
    a_key("another app", "another-secret")
    assert [post(BODY).status_code, post(BODY, "another-secret").status_code] == [201, 201]


def fields(answer: Any) -> list[str]:
    assert answer.status_code == 422
    assert all(problem["what"].endswith("。") for problem in answer.json()["problems"])
    return [problem["field"] for problem in answer.json()["problems"]]


def test_wrong_fields_are_named_in_words(toy) -> None:
    a_key()
    assert fields(post({"content": 5})) == ["source_id", "content"]
    assert fields(post(BODY | {"source_id": "9" * 65})) == ["source_id"]
    assert fields(post(BODY | {"at": "yesterday"})) == ["at"]
    assert fields(post(BODY | {"content": " ", "phone": "12"})) == ["content", "phone"]
    assert post("{").status_code == 400
    assert Order.objects.count() == 0


def test_key_is_asked_for_and_must_be_valid_today(toy) -> None:
    a_key(until=SINCE)
    for secret in (SECRET, "wrong"):
        answer = post(BODY, secret)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert Client().get("/api/v1/orders/L-20260302-000001-5").status_code == 401


def test_more_than_the_key_may_in_a_minute_is_429_with_the_wait(toy) -> None:
    a_key(per_minute=2)
    answers = [post(BODY | {"source_id": str(n)}) for n in range(3)]
    assert [a.status_code for a in answers] == [201, 201, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert Order.objects.count() == 2


def test_key_follows_its_own_orders_only(toy) -> None:
    a_key()
    a_key("another app", "another-secret")
    number = post(BODY).json()["number"]
    path = f"/api/v1/orders/{number}"
    seen = Client(headers={"Authorization": f"Bearer {SECRET}"}).get(path)
    assert (seen.status_code, seen.json()["number"], seen.json()["holder"]) == (200, number, "Mill Parish")
    assert [step["key"] for step in seen.json()["steps"]][:3] == ["submitted", "received", "dispatched"]
    assert "pothole" not in seen.content.decode()
    assert Client(headers={"Authorization": "Bearer another-secret"}).get(path).status_code == 404


def test_description_lists_the_operations_and_needs_no_key(client: Client, db) -> None:
    found = client.get("/api/v1/openapi.json").json()
    assert sorted(found["paths"]) == ["/api/v1/orders", "/api/v1/orders/{number}", "/api/v1/sms"]
    assert found["components"]["securitySchemes"] == {"Bearer": {"scheme": "bearer", "type": "http"}}


def test_filing_takes_at_most_twelve_statements_with_its_key(toy, django_assert_max_num_queries) -> None:
    a_key()
    post(BODY | {"source_id": "warm-up"})
    with django_assert_max_num_queries(14):
        assert post(BODY).status_code == 201


SMS = {"id": "m-1", "phone": "13800001234", "text": "1 1 1"}


def test_gateway_brings_in_answers_and_no_other_key_may(toy, settings) -> None:
    order = verbs.asked(toy)
    a_key("gateway", "gateway-secret")
    a_key()

    def bring(secret: str) -> Any:
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        return client.post("/api/v1/sms", json.dumps(SMS), "application/json")

    assert [bring(secret).status_code for secret in ("gateway-secret", SECRET)] == [403, 403]
    settings.JIEBAN_SMS_KEY = "gateway"
    assert bring(SECRET).status_code == 403
    said = bring("gateway-secret")
    assert (said.status_code, said.json()) == (
        200, {"outcome": "recorded", "reply": f"您的回答记下了（{order.number}）。", "number": order.number}
    )  # fmt: skip
    assert Order.objects.get(pk=order.pk).solved == "yes"
