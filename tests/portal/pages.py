"""What the tests of pages share: a browser of somebody at a post in the toy city, and a page as text."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories, verbs


def browser(role: str, unit: str = "hall") -> Client:
    """The browser of somebody who holds this post and nothing else."""
    person = factories.a_post(role, verbs.unit(unit)).person
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


def statements(client: Client, path: str) -> int:
    """How many statements the page takes, asked for a second time so that nothing is loaded for the first time."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)
