"""A telephone system for tests of dial by click: keeps what it was asked, and answers as told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

SECRET = "a-secret-of-the-centre"


class Exchange(HTTPServer):
    """Keeps each body with its mark; answers with `status`."""

    status = 202
    asked: list[tuple[bytes, str]]


class _Taken(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Exchange = self.server  # type: ignore[assignment]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.asked.append((body, self.headers["X-Jieban-Signature"]))
        self.send_response(server.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running(settings: Any) -> Iterator[Exchange]:
    """A telephone system on this machine, named in the settings while it runs."""
    server = Exchange(("127.0.0.1", 0), _Taken)
    server.asked = []
    settings.JIEBAN_DIAL_URL = f"http://127.0.0.1:{server.server_port}/call"
    settings.JIEBAN_DIAL_SECRET = SECRET
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
