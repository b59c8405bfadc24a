"""Drawings that stand for photographs: pictures that open, the same for the same dice, and small."""

from __future__ import annotations

import io
from random import Random

import pytest
from PIL import Image

from simulation import pictures


@pytest.mark.parametrize("mended", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_drawing_opens_and_is_small(mended, seed):
    data = pictures.draw(Random(seed), mended=mended)
    assert Image.open(io.BytesIO(data)).size == pictures.SIZE
    assert len(data) < 20_000


def test_drawing_with_the_same_dice_is_the_same():
    assert pictures.draw(Random(1), mended=False) == pictures.draw(Random(1), mended=False)
    assert pictures.draw(Random(1), mended=False) != pictures.draw(Random(2), mended=False)
