"""The pages' own surroundings: nothing counted yet, Chinese to begin with, and a citizen's browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Nobody has done anything yet in this minute, and no page before has left its language behind."""
    cache.clear()
    yield
    translation.activate("zh-hans")


@pytest.fixture
def web(toy, client: Client) -> Client:
    """A citizen's browser in the toy city."""
    return client
