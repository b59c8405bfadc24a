"""Lakes to count in, and a cluster to count on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jieban.analytics import clusters
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


@pytest.fixture(scope="session")
def spark_session(spark_cluster: cluster.Cluster) -> Iterator[Any]:
    """A session on that cluster; what a test opens branches off from it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JIEBAN_SPARK_PARTITIONS", "2")
        with clusters.session(spark_cluster.master) as session:
            yield session
