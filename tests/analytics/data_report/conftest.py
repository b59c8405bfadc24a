"""The data report of the ten-row lake, made once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from jieban.analytics import data_report, engines
from jieban.analytics.data_report import Counts
from jieban.analytics.document import Document
from jieban.analytics.engines import Source
from tests.analytics import ten as rows

MADE = datetime(2021, 12, 5, 10, tzinfo=UTC)


@pytest.fixture(scope="package")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    """The ten-row lake, open."""
    with engines.duckdb(rows.lay(tmp_path_factory.mktemp("ten"))) as opened:
        yield opened


@pytest.fixture(scope="package")
def counts(source: Source) -> Counts:
    """Its counts."""
    return data_report.count(source)


@pytest.fixture(scope="package")
def made(counts: Counts) -> Document:
    """Its report."""
    return data_report.document(counts, about={}, made_at=MADE)
