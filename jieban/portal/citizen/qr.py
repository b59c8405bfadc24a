"""A QR code as one SVG path: nothing is fetched, nothing is scripted."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode


@dataclass(frozen=True, slots=True)
class Picture:
    """The dark modules as one path on a square of `side` units, the quiet zone of four units included."""

    path: str
    side: int


def draw(text: str) -> Picture:
    """The QR code of `text` (error correction M: readable with about 15 % of it hidden)."""
    code = qrcode.QRCode(border=4, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Picture(path, len(rows))
