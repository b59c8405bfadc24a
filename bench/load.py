"""A small load generator: callers that each send one request after the other over a kept connection."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Seen:
    """What the callers of one run saw: seconds a request, and how many were not answered as wished."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    failed: int = 0

    def add(self, other: Seen) -> None:
        """Take in what another run saw."""
        self.seconds += other.seconds
        self.times += other.times
        self.failed += other.failed

    def figures(self) -> dict[str, float]:
        """Requests a second and percentiles in milliseconds."""
        times = sorted(self.times)
        out = {"per_second": round(len(times) / self.seconds, 1)}
        for percent in (50, 95, 99):
            place = min(len(times) - 1, int(len(times) * percent / 100)) if times else 0
            out[f"p{percent}_ms"] = round(times[place] * 1000, 2) if times else 0.0
        return out | {"failed": self.failed}


def run(
    host: str, port: int, path: str, body: Callable[[int], bytes], *, callers: int, seconds: float, key: str
) -> Seen:
    """Let `callers` call for that many seconds. `body` gives the n-th request's body."""
    return asyncio.run(_run(host, port, path, body, callers, seconds, key))


async def _run(
    host: str, port: int, path: str, body: Callable[[int], bytes], callers: int, seconds: float, key: str
) -> Seen:
    seen, numbers = Seen(), itertools.count()
    begin = time.perf_counter()
    until = begin + seconds
    await asyncio.gather(*(_caller(host, port, path, body, until, key, seen, numbers) for _ in range(callers)))
    seen.seconds = time.perf_counter() - begin
    return seen


async def _caller(
    host: str, port: int, path: str, body: Callable[[int], bytes], until: float, key: str, seen: Seen,
    numbers: itertools.count[int],
) -> None:  # fmt: skip
    reader, writer = await asyncio.open_connection(host, port)
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    while (begin := time.perf_counter()) < until:
        text = body(next(numbers))
        writer.write(f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        status = await _answer(reader)
        seen.times.append(time.perf_counter() - begin)
        seen.failed += status != 201
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one answer whole; its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head[1:] if b": " in line)
    await reader.readexactly(int(fields.get(b"content-length", b"0")))
    return int(head[0].split(b" ")[1])
