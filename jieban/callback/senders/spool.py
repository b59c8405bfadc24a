"""SMS by a folder that the city's gateway empties: one file of JSON lines a day, `{"id", "to", "text", "at"}` each.

The folder is the setting JIEBAN_SMS. Files are readable by their owner only; lines are on disk before a row counts as
sent.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import orjson
from django.conf import settings
from django.utils import timezone

if TYPE_CHECKING:
    from jieban.callback.senders import Letter


def send(letters: Sequence[Letter], at: datetime) -> None:
    """Append the letters to the day's file. OSError where the folder cannot be written; then nothing counts as sent."""
    settings.JIEBAN_SMS_FILE.mkdir(parents=True, exist_ok=True)
    path = settings.JIEBAN_SMS_FILE / f"{timezone.localdate(at):%Y-%m-%d}.jsonl"
    lines = b"".join(
        orjson.dumps(
            {"id": letter.id, "to": letter.to, "text": letter.text, "at": at}, option=orjson.OPT_APPEND_NEWLINE
        )
        for letter in letters
    )
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, lines)
        os.fsync(handle)
    finally:
        os.close(handle)


def _line(value: dict[str, object]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
