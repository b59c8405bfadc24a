"""Small drawings that stand for photographs: a street before and after somebody has worked on it.

Drawn, not photographed, so that nobody's car or door can be on them. The same rng draws the same picture.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

SIZE = (480, 320)
_GROUND = 220
_SKY, _PAVING, _KERB = (222, 230, 236), (188, 186, 180), (140, 138, 132)
_WALLS = ((205, 190, 170), (190, 196, 200), (214, 202, 186), (178, 186, 178))
_Brush = Callable[[ImageDraw.ImageDraw, Random], None]


def draw(rng: Random, *, mended: bool) -> bytes:
    """A PNG of a street with something in the way, or (`mended`) the same sort of street in order."""
    image = Image.new("RGB", SIZE, _SKY)
    brush = ImageDraw.Draw(image)
    _street(brush, rng)
    if mended:
        _cleared(brush, rng)
    else:
        rng.choice((_bags, _bicycles, _puddle))(brush, rng)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _street(brush: ImageDraw.ImageDraw, rng: Random) -> None:
    """Houses with windows, a kerb and a pavement."""
    x = -rng.randint(0, 40)
    while x < SIZE[0]:
        width, top = rng.randint(90, 150), rng.randint(40, 110)
        brush.rectangle((x, top, x + width, _GROUND), fill=rng.choice(_WALLS))
        for left in range(x + 14, x + width - 20, 30):
            for up in range(top + 16, _GROUND - 40, 38):
                brush.rectangle((left, up, left + 16, up + 22), fill=(120, 140, 152))
        x += width + 4
    brush.rectangle((0, _GROUND, SIZE[0], _GROUND + 8), fill=_KERB)
    brush.rectangle((0, _GROUND + 8, SIZE[0], SIZE[1]), fill=_PAVING)
    for left in range(0, SIZE[0], 40):
        brush.line((left, _GROUND + 8, left - 30, SIZE[1]), fill=(170, 168, 162))


def _bags(brush: ImageDraw.ImageDraw, rng: Random) -> None:
    for _ in range(rng.randint(7, 14)):
        x, y, r = rng.randint(120, 340), rng.randint(228, 280), rng.randint(14, 28)
        brush.ellipse((x - r, y - r, x + r, y + r), fill=rng.choice(((60, 62, 66), (92, 88, 80), (70, 90, 74))))


def _bicycles(brush: ImageDraw.ImageDraw, rng: Random) -> None:
    colour = rng.choice(((230, 190, 40), (70, 150, 200), (90, 170, 90)))
    for _ in range(rng.randint(8, 15)):
        x, y = rng.randint(40, 400), rng.randint(230, 285)
        brush.ellipse((x, y, x + 24, y + 24), outline=(50, 50, 50), width=2)
        brush.ellipse((x + 34, y, x + 58, y + 24), outline=(50, 50, 50), width=2)
        brush.line((x + 12, y + 12, x + 24, y - 10, x + 46, y + 12), fill=colour, width=3)


def _puddle(brush: ImageDraw.ImageDraw, rng: Random) -> None:
    x, y = rng.randint(90, 200), rng.randint(235, 255)
    for step in range(3):
        brush.ellipse(
            (x + 12 * step, y + 5 * step, x + 220 - 12 * step, y + 55 - 5 * step), fill=(118 + 14 * step,) * 3
        )


def _cleared(brush: ImageDraw.ImageDraw, rng: Random) -> None:
    """A row of bollards and a tree: nothing is in the way."""
    for x in range(rng.randint(40, 80), SIZE[0], 80):
        brush.rectangle((x, 232, x + 8, 262), fill=(96, 100, 104))
    x = rng.randint(360, 430)
    brush.rectangle((x, 150, x + 10, 236), fill=(110, 86, 60))
    brush.ellipse((x - 40, 84, x + 50, 172), fill=(96, 140, 92))
