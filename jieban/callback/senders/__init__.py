"""Ways out of the outbox: one file each, one row each in the table. A sender takes a batch whole or raises.

A message may reach its sender twice (a crash between sending and noting it): senders pass its `id` on so that the
gateway can drop the second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jieban.callback.senders import spool


@dataclass(frozen=True, slots=True)
class Letter:
    """One message ready to leave: the row's id, the number in clear, the text with its link put in."""

    id: int
    to: str
    text: str


Sender = Callable[[Sequence[Letter], datetime], None]

SENDERS: dict[str, Sender] = {
    "sms": spool.send,
}
