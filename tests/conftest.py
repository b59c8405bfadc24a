"""What every test stands on: a home folder of its own, a small city, and quick passwords.

Nothing here touches the database unless a test asks for it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import factories

hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("house")


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    """JIEBAN_HOME, empty, for this test alone."""
    folder = tmp_path / "home"
    folder.mkdir()
    settings.JIEBAN_HOME = folder
    settings.JIEBAN_SMS_FILE = folder / "sms"
    settings.JIEBAN_SMS_FILE.mkdir()
    settings.JIEBAN_LAKE_EVERY = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return folder


@pytest.fixture
def city(db) -> factories.City:
    """The small city of `factories.a_city` in the database, without a pack behind it."""
    return factories.a_city()


@pytest.fixture
def toy(db):
    """The toy pack of tests/packs/toy, loaded: `jieban.city.queries.Loaded`, valid at `factories.AT`."""
    return factories.a_loaded_city("toy")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this database cannot show: several connections at once need PostgreSQL (tests/run.py says so)."""
    if connection.vendor == "postgresql":
        return
    apart = [item for item in items if item.get_closest_marker("postgres")]
    if apart:
        config.hook.pytest_deselected(items=apart)
        items[:] = [item for item in items if not item.get_closest_marker("postgres")]
