"""Compile the translations (jieban/locale/*/LC_MESSAGES/django.po → .mo) with Babel: no system gettext is needed."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "jieban" / "locale"


def compile_all() -> int:
    """Write each .mo that is older than its .po; return how many were written."""
    written = 0
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text, target.open("wb") as out:
            write_mo(out, read_po(text, locale=source.parts[-3]))
        written += 1
    return written


if __name__ == "__main__":
    compile_all()
