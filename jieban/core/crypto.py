"""Personal data at rest: authenticated encryption, and a keyed index for looking a value up without reading it.

A sealed value is `version byte + 12 byte nonce + ciphertext + 16 byte tag`. Version 1 is AES-256-GCM, version 2 SM4-GCM
(GB/T 32907); JIEBAN_CIPHER chooses which one writes, both are always read. The index is HMAC-SHA-256 under its own key.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import unicodedata
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from jieban.core.errors import JiebanError

AES, SM4 = 1, 2
_NONCE = 12
_TAG = 16
_PHONE = re.compile(r"^\+?[\d\s()\-–—]*\d[\d\s()\-–—]*$")


def seal(text: str) -> bytes:
    """Encrypt `text`; the empty string stays empty so that "no phone given" needs no key to be read."""
    if not text:
        return b""
    nonce, version = os.urandom(_NONCE), SM4 if settings.JIEBAN_CIPHER == "sm4" else AES
    body = _seal_sm4(nonce, text.encode()) if version == SM4 else _aes().encrypt(nonce, text.encode(), None)
    return bytes([version]) + nonce + body


def unseal(blob: bytes | memoryview) -> str:
    """Decrypt what `seal` made. JiebanError when the key is not the one it was sealed with or a byte was changed."""
    data = bytes(blob)
    if not data:
        return ""
    nonce, body = data[1 : 1 + _NONCE], data[1 + _NONCE :]
    try:
        if data[0] not in (AES, SM4) or len(body) < _TAG:
            raise InvalidTag
        return (_unseal_sm4(nonce, body) if data[0] == SM4 else _aes().decrypt(nonce, body, None)).decode()
    except InvalidTag:
        raise JiebanError(
            "A sealed value cannot be read: JIEBAN_KEY is not the key it was sealed with, or the value was changed."
        ) from None


def index(value: str) -> str:
    """A keyed fingerprint (hex, 64 characters) of a phone number or the like, for equality search only.

    A phone number gives the same one with or without spaces, dashes, full-width digits and the country code 86.
    """
    return hmac.new(_derived(b"index", 32), _plain(value).encode(), sha256).hexdigest() if value else ""


def pseudonym(index: str) -> int | None:
    """Of an `index`, a number of 63 bits under a key of its own: the same for the same value, leading back to neither.

    None where there is no index. Two values get the same number by chance about once in a billion pairs of billions.
    """
    if not index:
        return None
    return int.from_bytes(hmac.digest(_derived(b"lake", 32), index.encode(), "sha256")[:8], "big") >> 1


def same(left: str, right: str) -> bool:
    """Compare two short secrets without telling by time how far they agree."""
    return hmac.compare_digest(left.encode(), right.encode())


def token() -> str:
    """A fresh unguessable token (43 URL-safe characters, 256 bits)."""
    return secrets.token_urlsafe(32)


def fingerprint(value: str) -> str:
    """SHA-256 (hex) of a token: what is kept of it at rest."""
    return sha256(value.encode()).hexdigest()


def _plain(value: str) -> str:
    text = unicodedata.normalize("NFKC", value).strip()
    if not _PHONE.match(text):
        return text
    return re.sub(r"\D", "", re.sub(r"^(\+|00)\s*86", "", text))


@lru_cache(maxsize=8)
def _derive(master: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"jieban " + purpose).derive(master)


def _derived(purpose: bytes, length: int) -> bytes:
    return _derive(settings.JIEBAN_KEY, purpose, length)


def _aes() -> AESGCM:
    return AESGCM(_derived(b"aes", 32))


def _seal_sm4(nonce: bytes, text: bytes) -> bytes:
    writer = Cipher(algorithms.SM4(_derived(b"sm4", 16)), modes.GCM(nonce)).encryptor()
    return writer.update(text) + writer.finalize() + writer.tag


def _unseal_sm4(nonce: bytes, body: bytes) -> bytes:
    mode = modes.GCM(nonce, body[-_TAG:])
    reader = Cipher(algorithms.SM4(_derived(b"sm4", 16)), mode).decryptor()
    return reader.update(body[:-_TAG]) + reader.finalize()
