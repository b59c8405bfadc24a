"""A minute with the demo, as a citizen and a street have it: `make demo` answers, a citizen files, the street replies.

    python tools/smoke.py [--orders N]

Starts `make demo` in a fresh home folder on a free port and stops it again. Exit 1 with one line on the first thing
that is not as promised.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180.0
WORDS = "北京规划展览馆门口的共享单车停放很乱，便道都堵了，推婴儿车过不去，希望尽快清走。"
REPLY = "您好，便道上的共享单车已经全部清走，企业今后每天早晚各巡一次，再有乱停请随时告诉我们。"


class Broken(Exception):
    """Something is not as promised."""


class Visitor:
    """A browser without a screen: cookies, CSRF, forms."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, follow_redirects=True, timeout=30)

    def get(self, path: str) -> str:
        """The page at `path`; Broken unless it is there."""
        return self._text(self.http.get(path))

    def post(self, path: str, page: str, **fields: str) -> httpx.Response:
        """Send a form found on `page`."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        _must(token is not None, f"the page before {path} has no CSRF token")
        data = {"csrfmiddlewaretoken": token[1] if token else "", **fields}
        answer = self.http.post(path, data=data, headers={"Referer": str(self.http.base_url)})
        self._text(answer)
        return answer

    def _text(self, answer: httpx.Response) -> str:
        _must(
            answer.status_code == 200, f"{answer.request.method} {answer.request.url.path} answers {answer.status_code}"
        )
        return answer.text


def walk(address: str) -> str:
    """A citizen files, the street signs, makes contact and replies, the citizen sees it. Returns the order's number."""
    citizen, clerk = Visitor(address), Visitor(address)
    form = citizen.get("/file")
    once = re.search(r'name="once" value="([^"]+)"', form)
    fields = {"once": once[1] if once else "", "content": WORDS, "phone": "13800001234", "name": "刘女士", "sms": "on"}
    receipt = citizen.post("/file", form, **fields)
    found = re.search(r"JB-\d{8}-\d{6}-\d", receipt.text)
    _must(found is not None, "the receipt shows no order number")
    number = found[0] if found else ""
    clerk.post("/login", clerk.get("/login"), username="qianmen", password="jieban-demo")  # noqa: S106
    _reply(clerk, number)
    shown = citizen.post("/track", citizen.get("/track"), number=number, digits="1234").text
    _must("单位已办结" in shown and REPLY in shown, f"the citizen does not see the street's reply to {number}")
    return number


def _reply(clerk: Visitor, number: str) -> None:
    page = clerk.get(f"/orders/{number}")
    part = re.search(rf"/orders/{number}/parts/(\d+)/sign", page)
    _must(part is not None, f"the street 前门街道 cannot sign {number}")
    way = f"/orders/{number}/parts/{part[1] if part else 1}"
    page = clerk.post(f"{way}/sign", page).text
    contact = {"respond-way": "phone", "respond-outcome": "reached", "respond-note": "已与市民约好现场见"}
    page = clerk.post(f"{way}/respond", page, **contact).text
    done = {"complete-result": "done", "complete-measures": "清走共享单车四十辆", "complete-reply": REPLY}
    clerk.post(f"{way}/complete", page, **done)


def main(orders: str) -> int:
    """Start, wait, walk, stop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "JIEBAN_HOME": home, "DATABASE_URL": ""}
        command = ["make", "demo", f"ORDERS={orders}", f"PORT={port}"]
        demo = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
        try:
            started = time.monotonic()
            _wait(demo, f"http://127.0.0.1:{port}/")
            print(f"demo answers after {time.monotonic() - started:.0f} s", flush=True)
            print(f"a citizen filed {walk(f'http://127.0.0.1:{port}')}, the street replied, the citizen sees it")
            return 0
        except Broken as error:
            sys.stderr.write(f"smoke: {error}\n")
            return 1
        finally:
            if demo.poll() is None:
                os.killpg(demo.pid, signal.SIGTERM)
            demo.wait(30)


def _wait(demo: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        _must(demo.poll() is None, f"make demo ended with exit {demo.returncode}")
        try:
            if httpx.get(address, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(1)
    raise Broken(f"make demo did not answer within {PATIENCE:.0f} s")


def _must(holds: bool, complaint: str) -> None:
    if not holds:
        raise Broken(complaint)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[2] if sys.argv[1:2] == ["--orders"] else "300"))
