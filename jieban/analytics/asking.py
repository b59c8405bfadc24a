"""How an answer came about, as the timeline has it: when the unit replied, was in touch, what it showed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from jieban.analytics.gather import Said, Told, Work
from jieban.orders.lifecycle import A

TERMINATED = "terminated"
_REGRADING = ("sort", "reclassify")
_LET_GO = (A.REDIRECTED, A.TERMINATED)


class Before(NamedTuple):
    """What lay before an answer: the unit's reply and its last contact (None: unknown), pictures or films of the work.

    `shown`: the unit handed some in; `shown_by_any`: some unit of the order did, both in the round that is asked about.
    """

    done: datetime | None
    contact: datetime | None
    shown: bool
    shown_by_any: bool
    regraded: bool


def before(said: Said, work: Work, told: Sequence[Told]) -> Before:
    """What the entries of the order, in their sequence, tell of the time before an answer about `work`."""
    done = contact = None
    signed = shown = shown_by_any = regraded = False
    for entry in _until(said, work, told):
        own = entry.part == work.no
        if own and entry.move == "redo":
            shown = shown_by_any = False
        signed |= own and entry.move == "sign"
        done = entry.at if own and entry.move == "complete" else done
        contact = entry.at if own and entry.touched else contact
        shown |= own and entry.shown
        shown_by_any |= entry.part is not None and entry.shown
        regraded |= signed and entry.regraded and entry.move in _REGRADING
    return Before(done, contact, shown, shown_by_any, regraded)


def _until(said: Said, work: Work, told: Sequence[Told]) -> Iterator[Told]:
    """The entries up to the answer; what begins the next round may bear the same moment, and comes after it."""
    begun = [entry.part == work.no and entry.move == "redo" for entry in told]
    round_no = work.round - sum(begun)
    for entry, new in zip(told, begun, strict=True):
        round_no += new
        if round_no > said.round or entry.at > said.at:
            return
        yield entry


def proof(found: Before, *, needed: bool) -> bool | None:
    """Whether the reply was shown to be true; None where that was neither asked for nor done."""
    if found.shown or (needed and found.shown_by_any):
        return True
    return False if needed else None


def ground(work: Work, told: Sequence[Told]) -> str | None:
    """Why what one unit had to do is left out of appraisal; None where it counts. What was filed is that first."""
    return TERMINATED if _filed(told) or work.state == A.TERMINATED else work.ground or None


def all_out(work: Sequence[Work], told: Sequence[Told]) -> bool:
    """Whether nothing of an order counts: ended by filing, or all that still stands of it is left out."""
    standing = [one for one in work if one.state not in _LET_GO] or work
    return _filed(told) or all(one.ground for one in standing)


def _filed(told: Sequence[Told]) -> bool:
    return any(entry.move == "terminate" for entry in told)


def led_by_several(work: Sequence[Work]) -> bool:
    """Whether two or more units lead an order; those that gave it back or were let go do not count."""
    return len({one.unit for one in work if one.role == "lead" and one.state not in _LET_GO}) > 1
