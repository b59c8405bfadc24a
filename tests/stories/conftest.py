"""Stories play in Beijing, by its pack as it is shipped."""

from __future__ import annotations

import pytest

from tests import factories


@pytest.fixture
def beijing(db):
    """The Beijing pack, loaded."""
    return factories.a_loaded_city("beijing")
