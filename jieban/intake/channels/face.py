"""What a way in promises the person on the other side; one value a way, one file each beside this one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Face:
    """A way in.

    `source` names filings that bring no source of their own. `attended`: a person of the centre is on the line and
    decides, so that no rule acts alone. `confirms`: an SMS with the number of the order goes out at once. `replies` are
    the ways in which the result can be told: page, phone, sms, api, file.
    """

    source: str
    attended: bool
    confirms: bool
    replies: tuple[str, ...]
