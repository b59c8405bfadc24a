"""Dial by click: the centre's telephone system is asked to ring the agent and put the citizen through.

One signed POST to the address of the setting JIEBAN_DIAL_URL. The number goes sealed to that system alone, never to the
page. The body is JSON: `id`, `at`, `order`, `agent`, and `sealed`, the citizen's number under AES-256-GCM (a nonce of
twelve bytes, then the ciphertext, Base64) with the key SHA-256(secret). `X-Jieban-Signature` is the body's HMAC-SHA256.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import urllib.error
import urllib.request
from datetime import datetime

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from jieban.core.errors import JiebanError

SECONDS = 4.0


def ready() -> bool:
    """Whether this installation has a telephone system to ask."""
    return bool(settings.JIEBAN_DIAL_URL)


def call(*, number: str, order: str, agent: str, at: datetime) -> None:
    """Ask for the call. JiebanError says in words why it did not come about; nothing is rung then."""
    if not ready():
        raise JiebanError("这里没有接电话系统，请用自己的话机拨打。")
    body = orjson.dumps({"id": os.urandom(8).hex(), "at": at, "order": order, "agent": agent, "sealed": sealed(number)})
    request = urllib.request.Request(settings.JIEBAN_DIAL_URL, data=body, headers=_headers(body), method="POST")  # noqa: S310 checked by settings
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 an http address, see config.env.address
            return
    except urllib.error.HTTPError as error:
        raise JiebanError(f"电话系统没有接受（{error.code}），没有拨出。请再点一次，或用话机拨打。") from error
    except OSError as error:
        raise JiebanError("电话系统没有回应，没有拨出。请再点一次，或用话机拨打。") from error


def sealed(number: str) -> str:
    """The number as only the telephone system can read it."""
    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, number.encode(), None)).decode()


def opened(text: str) -> str:
    """The number in a sealed text: what the telephone system does with it."""
    whole = base64.b64decode(text)
    return AESGCM(_key()).decrypt(whole[:12], whole[12:], None).decode()


def signature(body: bytes) -> str:
    """The mark by which the telephone system knows that the request is ours."""
    return hmac.new(settings.JIEBAN_DIAL_SECRET.encode(), body, hashlib.sha256).hexdigest()


def _headers(body: bytes) -> dict[str, str]:
    return {"Content-Type": "application/json", "X-Jieban-Signature": signature(body)}


def _key() -> bytes:
    return hashlib.sha256(settings.JIEBAN_DIAL_SECRET.encode()).digest()
