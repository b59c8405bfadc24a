"""A city with every way of dispatch."""

from __future__ import annotations

from pathlib import Path

import pytest

from jieban.city.queries import Loaded
from tests.dispatch import market_town


@pytest.fixture
def town(db, tmp_path: Path) -> Loaded:
    """The market town, loaded."""
    folder = tmp_path / "town"
    folder.mkdir()
    return market_town.load(folder)
