"""Lakes to count in."""

from __future__ import annotations

from pathlib import Path

import pytest

from jieban.analytics.lake import Lake
from tests.analytics import ten as rows


@pytest.fixture
def ten(tmp_path: Path) -> Lake:
    """The ten-row lake of tests/analytics/ten.py."""
    return rows.lay(tmp_path / "ten")
