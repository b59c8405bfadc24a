"""Work on its way down the tree and back up: street → office, community, grid, property firm, and the trail it leaves.

The unit stays responsible all the way; `section` of an assignment is where the work lies now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jieban.accounts.actor import Actor
from jieban.city.models import Unit
from jieban.core.errors import BadInput
from jieban.handling import rules
from jieban.handling.files import copies
from jieban.orders import actions, holding, outbox
from jieban.orders.actions import Step
from jieban.orders.models import Assignment, Attachment, Entry, Message


@dataclass(frozen=True, slots=True)
class Node:
    """One step of the trail: who gave it to whom, when and with which words; `back` says how it came up again."""

    at: datetime
    who: str
    to: str
    words: str
    depth: int
    back: str = ""


def hand_up(
    assignments: Sequence[Assignment],
    *,
    outcome: str,
    text: str,
    by: Actor,
    at: datetime,
    files: Sequence[Attachment] = (),
) -> None:
    """Give the work back to the level above, done or not (`rules.UP`), with words and photos.

    The unit itself takes it back from wherever it lies. BadInput: it was not handed down, or nothing is said.
    """
    if outcome not in rules.UP:
        raise BadInput(f"请选怎么交回：{'、'.join(rules.UP.values())}。")
    if not text.strip():
        raise BadInput("请写明做了什么，或为什么办不了，上一级要靠它接着办。")
    holding.must_hold(assignments, by)
    above = Unit.objects.select_related("parent").filter(pk=by.unit_id or 0).first()
    steps = [_up(part, above, outcome, text.strip(), files, at) for part in assignments]
    actions.move(steps, "note", by=by, at=at)


def _up(part: Assignment, me: Unit | None, outcome: str, text: str, files: Sequence[Attachment], at: datetime) -> Step:
    if part.section is None:
        raise BadInput(f"{part.order.number} 没有交给下面办，不用交回。")
    to = me.parent if me is not None and me.path.startswith(part.unit.path) and me.pk != part.unit_id else None
    to = None if to is None or to.pk == part.unit_id else to
    told = {"note": text, "up": outcome, "from": part.section.name, "to": (to or part.unit).name}
    return Step(
        part.order,
        part,
        changes={"section_id": to.pk if to else None, "handler_id": None},
        records=told,
        attachments=copies(files),
        messages=[_told(part, to or part.unit, outcome, at)],
    )


def _told(part: Assignment, to: Unit, outcome: str, at: datetime) -> Message:
    return outbox.to_unit(to.pk, "handed_up", at=at, number=part.order.number, no=part.no, outcome=outcome)


def trail(entries: Iterable[Entry]) -> dict[int, list[Node]]:
    """The way of the work of each assignment, by its number, from the entries of an order, oldest first."""
    out: dict[int, list[Node]] = {}
    depth: dict[int, int] = {}
    for entry in entries:
        no, said = entry.assignment_no or 0, entry.records
        if entry.move == "hand_down":
            depth[no] = depth.get(no, 0) + 1
            to = f"{said.get('to', '')} {said.get('handler', '')}".strip()
            out.setdefault(no, []).append(Node(entry.at, entry.actor, to, str(said.get("instruction", "")), depth[no]))
        elif entry.move == "note" and said.get("up"):
            depth[no] = max(depth.get(no, 0) - 1, 0)
            words, to = str(said.get("note", "")), str(said.get("to", ""))
            out.setdefault(no, []).append(Node(entry.at, entry.actor, to, words, depth[no], str(said["up"])))
    return out
