"""What every test stands on: a home folder of its own, a small city, and quick passwords.

Nothing here touches the database unless a test asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
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

if connection.vendor == "postgresql":
    # Nobody needs these databases after a power cut: no commit waits for the disk.
    connection.settings_dict.setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"


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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """On PostgreSQL a test that commits is wiped row by row: TRUNCATE would make some hundred files anew each time."""
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = _wiping(connection.ops.sql_flush)


def _wiping(truncate: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Row by row, unless keys must begin at 1 again; foreign keys are checked at the end, so any order does."""

    def statements(style: object, tables: list[str], *, reset_sequences: bool, allow_cascade: bool) -> list[str]:
        if reset_sequences:
            return truncate(style, tables, reset_sequences=True, allow_cascade=allow_cascade)
        return [f"DELETE FROM {connection.ops.quote_name(table)};" for table in tables]  # noqa: S608 Django's own names

    return statements


@pytest.fixture
def city(db) -> factories.City:
    """The small city of `factories.a_city` in the database, without a pack behind it."""
    return factories.a_city()


@pytest.fixture
def toy(db):
    """The toy pack of tests/packs/toy, loaded: `jieban.city.queries.Loaded`, valid at `factories.AT`."""
    return factories.a_loaded_city("toy")


# What a test asks for that uses the database: the connection under test, from the fixtures of pytest-django.
DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses the database; leave out what this one cannot show: several connections at once need PostgreSQL."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
    if connection.vendor == "postgresql":
        return
    apart = [item for item in items if item.get_closest_marker("postgres")]
    if apart:
        config.hook.pytest_deselected(items=apart)
        items[:] = [item for item in items if not item.get_closest_marker("postgres")]
