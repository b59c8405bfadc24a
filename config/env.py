"""Typed reading of the environment: a wrong value stops the start with one clear sentence."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, default: bool) -> bool:
    """A yes or no: 1/0, true/false, yes/no, on/off."""
    value = os.environ.get(name, "").lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value}: write 1 or 0.")


def number(name: str, default: int) -> int:
    """A whole number, zero or more."""
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name}={value}: write a whole number.")
    return int(value)


def words(name: str, default: list[str]) -> list[str]:
    """A list parted by commas."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()] or default


def choice(name: str, default: str, allowed: Sequence[str]) -> str:
    """One of the allowed words."""
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value}: choose one of {', '.join(allowed)}.")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder that exists after this call."""
    path = Path(os.environ.get(name) or default).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: the folder {path} cannot be made ({error.strerror}).") from error
    return path


def address(name: str) -> str:
    """A web address whose requests are private: https, or http to this very machine; empty where none is given."""
    value = os.environ.get(name, "")
    parts = urlsplit(value)
    near = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if value and parts.scheme != "https" and not near:
        raise ImproperlyConfigured(f"{name}={value}: begin with https:// (http:// only for this very machine).")
    return value


def existing(*paths: Path) -> list[Path]:
    """Those of the folders that are there."""
    return [path for path in paths if path.is_dir()]


def secret(name: str, file: Path) -> bytes:
    """Key material of at least 32 bytes: base64 in the environment, else kept in a file only the owner may read."""
    given = os.environ.get(name, "")
    if not given:
        given = _kept(file)
    try:
        key = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raise ImproperlyConfigured(f"{name} is not base64: make one with `openssl rand -base64 32`.") from None
    if len(key) < 32:
        raise ImproperlyConfigured(
            f"{name} has {len(key)} bytes and needs 32: make one with `openssl rand -base64 32`."
        )
    return key


def _kept(file: Path) -> str:
    if not file.exists():
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _kept(file)
        with os.fdopen(handle, "w") as out:
            out.write(base64.b64encode(os.urandom(32)).decode())
    return file.read_text().strip()
