"""Before a web process answers: read the city pack, so that nobody waits for it on a telephone."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection

from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import JiebanError

_log = logging.getLogger(__name__)


def up() -> None:
    """Read the pack in force and build the finder of its places; without a pack or a database, say so and go on."""
    try:
        _ = city.current(at=clock.now()).gazetteer
    except (JiebanError, DatabaseError) as error:
        _log.warning("The city pack could not be read at the start: %s", error)
    finally:
        connection.close()
