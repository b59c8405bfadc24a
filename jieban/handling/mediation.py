"""Mediation (调解) as a way of handling: parties, mediator, sessions, agreement or failure, and what a court confirmed.

Names and the agreement are sealed; pages show masked names, and whoever prints the agreement says what for. Two
districts built the confirmation of consumer disputes by a court (reform report of 2021). That it is asked for within 30
days of the agreement (民事诉讼法, 2023, art. 205) stands on the page and is no limit of ours.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from jieban.accounts.actor import Actor
from jieban.core import crypto
from jieban.core.errors import BadInput, Conflict
from jieban.handling.files import copies
from jieban.handling.models import Mediation
from jieban.orders import actions, holding
from jieban.orders.actions import Step
from jieban.orders.models import Assignment, Attachment

KINDS = {"people": "人民调解", "administrative": "行政调解", "trade": "行业性专业性调解", "judicial": "司法调解"}
AGREED, FAILED = "agreed", "failed"
OUTCOMES = {AGREED: "达成协议", FAILED: "没有谈成"}
AGREEMENT_MIN = 20


@dataclass(frozen=True, slots=True)
class Party:
    """One side: its name, and what it is in this matter (业主, 物业公司)."""

    name: str
    part: str


def read_parties(text: str) -> tuple[Party, ...]:
    """Lines such as `王芳 业主` as parties. BadInput: fewer than two, or a line without the part."""
    out = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, part = line.partition(" ")
        if not part.strip():
            raise BadInput(f"“{name[:1]}…”这一行没有写是哪一方。一行一方，写成“王芳 业主”。")
        out.append(Party(name, part.strip()))
    if len(out) < 2:
        raise BadInput("调解至少有两方。一行一方，写成“王芳 业主”。")
    return tuple(out)


def parties_of(row: Mediation) -> list[Party]:
    """The parties in clear; for the eyes of those who handle it."""
    return [Party(**one) for one in json.loads(crypto.unseal(row.parties) or "[]")]


def agreement_of(row: Mediation) -> str:
    """The agreement in clear."""
    return crypto.unseal(row.agreement)


def begin(
    part: Assignment, *, kind: str, mediator: str, body: str, parties: Sequence[Party], by: Actor, at: datetime
) -> Mediation:
    """Parties and mediator are named. Conflict: a mediation of this assignment is under way already."""
    holding.must_hold([part], by)
    if kind not in KINDS:
        raise BadInput(f"请选是哪一种调解：{'、'.join(KINDS.values())}。")
    if not mediator.strip() or not body.strip():
        raise BadInput("请写明调解员和他所在的调解组织。")
    if Mediation.objects.filter(assignment=part, outcome="").exists():
        raise Conflict("这件已经有一场调解在进行。先记下它的结果，再开新的。")
    told = {"step": "begin", "parties": [one.part for one in parties], "mediator": mediator.strip(), "outcome": "",
            "kind": kind}  # fmt: skip
    sealed = crypto.seal(json.dumps([asdict(one) for one in parties], ensure_ascii=False))
    with actions.together():
        actions.move([Step(part.order, part, records=told)], "mediate", by=by, at=at)
        return Mediation.objects.create(
            assignment=part, kind=kind, mediator=mediator.strip(), body=body.strip(), parties=sealed, opened_at=at
        )


def sit(row: Mediation, *, day: date, place: str, text: str, by: Actor, at: datetime) -> None:
    """A session was held: where, and how far it came, without the parties' names."""
    part = _open(row, by)
    if not place.strip() or not text.strip():
        raise BadInput("请写明在哪里谈的、谈到哪一步。")
    names = [one.name for one in parties_of(row)]
    if any(name in text for name in names):
        raise BadInput("会谈记录会进全程记录，请不要写当事人的姓名，写“业主”“物业公司”这样就行。")
    session = {"day": day.isoformat(), "place": place.strip(), "text": text.strip()}
    told = {"step": "session", "parties": [], "mediator": row.mediator, "outcome": "", **session}
    with actions.together():
        actions.move([Step(part.order, part, records=told)], "mediate", by=by, at=at)
        row.sessions = [*row.sessions, session]
        row.save(update_fields=["sessions"])


def conclude(
    row: Mediation,
    *,
    outcome: str,
    text: str,
    signed: bool,
    by: Actor,
    at: datetime,
    files: Sequence[Attachment] = (),
) -> None:
    """It ended: with an agreement (its text, and whether all have signed), or without one (why, and what next)."""
    part = _open(row, by)
    if outcome not in OUTCOMES:
        raise BadInput(f"请选结果：{'、'.join(OUTCOMES.values())}。")
    if outcome == AGREED and len(text.strip()) < AGREEMENT_MIN:
        raise BadInput(f"请写下协议，至少 {AGREEMENT_MIN} 个字：谁在什么时候做什么。")
    if not text.strip():
        raise BadInput("没谈成也请写明为什么、告诉了双方什么别的办法。")
    agreed = outcome == AGREED
    told = {"step": "end", "parties": [one.part for one in parties_of(row)], "mediator": row.mediator,
            "outcome": outcome, "signed": agreed and signed}  # fmt: skip
    with actions.together():
        taken = Mediation.objects.filter(pk=row.pk, outcome="").update(
            outcome=outcome, agreement=crypto.seal(text.strip()), signed=agreed and signed, closed_at=at
        )
        if not taken:
            raise Conflict("这场调解已经记过结果了。请刷新页面。")
        step = Step(part.order, part, records=told, attachments=copies(files))
        actions.move([step], "mediate", by=by, at=at)


def confirm(row: Mediation, *, court: str, number: str, day: date, by: Actor, at: datetime) -> None:
    """A court has confirmed the signed agreement (司法确认): which court, the number of its ruling, its day."""
    part = row.assignment
    holding.must_hold([part], by)
    if row.outcome != AGREED or not row.signed:
        raise Conflict("只有各方都签了字的协议可以司法确认。")
    if not court.strip() or not number.strip():
        raise BadInput("请写明是哪个法院、裁定书的文号。")
    told = {"step": "confirm", "parties": [], "mediator": row.mediator, "outcome": AGREED, "court": court.strip(),
            "number": number.strip(), "day": day.isoformat()}  # fmt: skip
    with actions.together():
        taken = Mediation.objects.filter(pk=row.pk, confirmed_on=None)
        if not taken.update(court=court.strip(), number=number.strip(), confirmed_on=day):
            raise Conflict("这份协议已经记过司法确认了。")
        actions.move([Step(part.order, part, records=told)], "mediate", by=by, at=at)


def _open(row: Mediation, by: Actor) -> Assignment:
    holding.must_hold([row.assignment], by)
    if row.outcome:
        raise Conflict("这场调解已经有结果了，不能再改。要接着调，请另开一场。")
    return row.assignment
