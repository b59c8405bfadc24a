"""Lakes to count in, and a cluster to count on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jieban.analytics.lake import Lake
from tests.analytics import cluster
from tests.analytics import ten as rows


@pytest.fixture
def ten(tmp_path: Path) -> Lake:
    """The ten-row lake of tests/analytics/ten.py."""
    return rows.lay(tmp_path / "ten")


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cluster.Cluster]:
    """A standalone master with two workers, once for all tests marked spark."""
    with cluster.running(tmp_path_factory.mktemp("cluster")) as found:
        yield found
