"""The REST interface, version 1: systems file matters and follow them. Its description is at /api/v1/openapi.json.

Every operation but the description asks for a key. A key sees the orders it filed and no others.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import get_schema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.responses import Response

from jieban.accounts import actor as actors
from jieban.accounts.models import ApiKey
from jieban.callback import inbox
from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import JiebanError
from jieban.intake import queries as intake
from jieban.intake import rules
from jieban.intake.rules import Filing
from jieban.orders.lifecycle import ORDER_LABELS, S
from jieban.orders.models import Order
from jieban.orders.progress import progress
from jieban.portal import filing
from jieban.portal.api import keys
from jieban.portal.api.schemas import FiledOut, FilingIn, OrderOut, RefusedOut, SmsIn, SmsOut, refusal

ADDRESS = "/api/v1/"


class _Read(Parser):
    """JSON bodies by orjson."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as plain values; ninja answers 400 where it is not JSON."""
        return orjson.loads(request.body)


class _Written(BaseRenderer):
    """JSON answers by orjson."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The answer as UTF-8 JSON."""
        return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)


api = NinjaAPI(
    title="Jieban 接办", version="1", auth=keys.Bearer(), openapi_url=None, docs_url=None, parser=_Read(),
    renderer=_Written(), urls_namespace="api",
    description="File matters with the city's hotline and follow them. Ask the hotline centre for a key.",
)  # fmt: skip


@api.post(
    "orders", response={201: FiledOut, 200: FiledOut, 409: RefusedOut, 422: RefusedOut, 429: RefusedOut},
    summary="File a matter",
)  # fmt: skip
def file(request: HttpRequest, body: FilingIn) -> Status[Any]:
    """Register, sort and dispatch one matter. 201: filed. 200: the same was filed before, nothing is written.

    409: this source_id was used for other words. 422: it cannot be taken as it is, and why. 429: too many in a minute.
    """
    key = _key(request)
    keys.spend(key)
    brought = Filing(source=_source(key), channel=key.channel, **body.dict())
    outcome = filing.file([brought], by=actors.channel(key.name, client="api"), at=clock.now())[0]
    if outcome.problems:
        return Status(422, {"problems": [{"field": p.field, "what": p.what} for p in outcome.problems]})
    if outcome.duplicate and _other_words(outcome.taken, outcome.filing):
        what = f"编号“{body.source_id}”已经用在另一件事上（工单 {outcome.taken.number}）。"
        return Status(409, refusal(what, "source_id"))
    return Status(200 if outcome.duplicate else 201, _filed(outcome))


@api.get("orders/{number}", response={200: OrderOut, 404: RefusedOut}, summary="Follow an order")
def follow(request: HttpRequest, number: str) -> Status[Any]:
    """How far an order is that this key filed."""
    mine = Order.objects.filter(contact__source=_source(_key(request)), number=number.strip().upper())
    order = mine.prefetch_related("assignments__unit", "assignments__section").first()
    if order is None:
        return Status(404, refusal(f"没有找到编号 {number} 的工单，或者它不是用这把钥匙提交的。"))
    seen = progress(order, list(order.assignments.all()), list(order.entries.order_by("seq")))
    told = {
        "number": order.number, **_state(order), "headline": seen.headline, "holder": seen.holder,
        "until": seen.until, "round": seen.round, "over": seen.over, "received_at": order.received_at,
        "steps": [asdict(step) for step in seen.steps],
    }  # fmt: skip
    return Status(200, told)


@api.post(
    "sms", response={200: SmsOut, 403: RefusedOut, 429: RefusedOut}, summary="Bring in what a citizen answers by SMS"
)
def sms(request: HttpRequest, body: SmsIn) -> Status[Any]:
    """Take one SMS: an answer like any other where it can be read in one way, else a person reads it.

    403: only the key named by the setting JIEBAN_SMS_KEY may do this.
    """
    key, at = _key(request), clock.now()
    if not settings.JIEBAN_SMS_KEY or key.name != settings.JIEBAN_SMS_KEY:
        return Status(403, refusal("这把钥匙不能代市民回复短信。请用短信网关的钥匙（设置 JIEBAN_SMS_KEY）。"))
    keys.spend(key)
    taken = inbox.take(body.phone, body.text, source=_source(key), source_id=body.id, at=at, loaded=city.current(at=at))
    return Status(200, asdict(taken))


@api.get("openapi.json", auth=None, include_in_schema=False)
def description(request: HttpRequest) -> dict[str, Any]:
    """The OpenAPI description of this interface; it holds nothing of the city and is open to everybody."""
    return cast("dict[str, Any]", get_schema(api, path_prefix=ADDRESS))


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = [{"field": str(e["loc"][-1]), "what": _sentence(e)} for e in error.errors]
    return Response({"problems": problems}, status=422)


@api.exception_handler(AuthenticationError)
def _unknown_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    what = "请在 Authorization 里写 Bearer 加钥匙。钥匙向热线中心申请；过期的要换新的。"
    return Response(refusal(what), status=401, headers={"WWW-Authenticate": "Bearer"})


@api.exception_handler(HttpError)
def _not_json(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja raises this for a body that is not JSON, and only for that."""
    return Response(refusal("请求的正文不是 JSON，什么也没有写下。"), status=error.status_code)


@api.exception_handler(keys.TooManyError)
def _too_many(request: HttpRequest, error: keys.TooManyError) -> HttpResponse:
    return Response(refusal(str(error)), status=429, headers={"Retry-After": str(error.wait)})


@api.exception_handler(JiebanError)
def _refused(request: HttpRequest, error: JiebanError) -> HttpResponse:
    return Response(refusal(str(error)), status=400)


def _key(request: HttpRequest) -> ApiKey:
    return cast("ApiKey", request.auth)  # type: ignore[attr-defined]


def _source(key: ApiKey) -> str:
    return f"api:{key.pk}"


def _other_words(order: Order, brought: Filing) -> bool:
    said = intake.words_of(order.contact)
    return rules.clean_text(said) not in (brought.content, f"{brought.title}\n{brought.content}")


def _filed(outcome: filing.Outcome) -> dict[str, Any]:
    order = outcome.taken
    return {
        "number": order.number, **_state(order), "duplicate": outcome.duplicate, "held": outcome.held,
        "told": outcome.told, "units": outcome.units, "due_at": order.due_at,
    }  # fmt: skip


def _state(order: Order) -> dict[str, str]:
    return {"state": order.state, "state_label": ORDER_LABELS[S(order.state)]}


def _sentence(error: dict[str, Any]) -> str:
    """One of pydantic's findings as a sentence."""
    kind, limits = str(error.get("type", "")), error.get("ctx", {})
    if kind == "missing":
        return "缺少这一项。"
    if kind == "string_too_short":
        return "这一项不能空。"
    if kind == "string_too_long":
        return f"这一项最多 {limits.get('max_length')} 个字符。"
    if kind.startswith("datetime"):
        return "时间读不懂，请写成 2026-11-21T09:14:00+08:00 这样。"
    words = {"string_type": "文字", "bool_parsing": "true 或 false", "bool_type": "true 或 false"}
    return f"这一项要写{words[kind]}。" if kind in words else f"这一项不对：{error.get('msg', kind)}。"
