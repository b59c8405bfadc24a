"""What a city aims at on the phone: how long a call takes, how soon it is answered, how much of paid time is away.

Plain frozen data, read from the optional `seats.toml`; the defaults are those below. Only the fifteen seconds are from
a standard (GB/T 33358-2016, 政府热线服务规范: answered within 15 s); every other number is Jieban's own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seating:
    """`minutes` a call takes with what is written after it, share `level` answered within `answer` seconds.

    `away` is the share of paid time not at the phone.
    """

    minutes: float = 6.0
    answer: float = 15.0
    level: float = 0.8
    away: float = 0.3
