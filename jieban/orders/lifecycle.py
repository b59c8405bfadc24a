"""The whole life of an order on one screen: states, and the moves between them.

`docs/states.md` is generated from these tables; `orders.actions.move` allows nothing else. `to=None` keeps the state.
Sources: domain.md §2.2 (T-numbers in `why`), the Regulations on Swift Response (条例) of 2021.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from jieban.accounts.actor import Role as R  # noqa: N817


class S(StrEnum):
    """States of an order."""

    NONE = ""
    RECEIVED = "received"
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    GUIDED = "guided"
    PENDING = "pending_dispatch"
    CONSULTING = "consulting"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    REPLIED = "replied"
    CALLBACK = "callback_pending"
    ASKED = "callback_done"
    REWORK = "rework"
    CLOSED = "closed"
    TERMINATED = "terminated"
    ARCHIVED = "archived"


class A(StrEnum):
    """States of an assignment."""

    NONE = ""
    SENT = "sent"
    SIGNED = "signed"
    RESPONDED = "responded"
    HANDLING = "handling"
    OBJECTION = "objection_pending"
    EXTENSION = "extension_pending"
    SUSPENDED = "suspended"
    HUNG = "hung"
    COMPLETED = "completed"
    REDIRECTED = "redirected"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed change: from which states, to which, by whom, what must be recorded with it, and why it exists."""

    name: str
    from_: frozenset[str]
    to: str | None
    by: frozenset[R]
    records: tuple[str, ...]
    why: str


def _table(*rows: tuple[str, Set[str], str | None, Set[R], tuple[str, ...], str]) -> dict[str, Move]:
    return {row[0]: Move(row[0], frozenset(row[1]), row[2], frozenset(row[3]), row[4], row[5]) for row in rows}


FRONT = {R.AGENT, R.SUPERVISOR}
INTAKE = FRONT | {R.CITIZEN, R.CHANNEL}
SENDERS = FRONT | {R.DISPATCHER, R.DISTRICT, R.CHANNEL, R.RULE}
UNIT = {R.CLERK, R.CHIEF, R.DISTRICT}
CENTRE = {R.SUPERVISOR, R.DISPATCHER, R.DISTRICT}
LIVE = {S.PENDING, S.CONSULTING, S.DISPATCHED, S.HANDLING, S.REPLIED, S.CALLBACK, S.ASKED, S.REWORK}
OPEN = {A.SENT, A.SIGNED, A.RESPONDED, A.HANDLING}
HELD = OPEN | {A.OBJECTION, A.EXTENSION, A.SUSPENDED, A.HUNG}

ORDER_MOVES = _table(
    ("register", {S.NONE}, S.RECEIVED, INTAKE, ("channel", "words"), "T1: every appeal is recorded"),
    ("answer", {S.RECEIVED}, S.ANSWERED, INTAKE | {R.RULE}, ("article", "text", "accepted"), "T2: consultation answered at once"),
    ("transfer", {S.RECEIVED}, S.TRANSFERRED, INTAKE, ("line", "three_way"), "T3: an emergency line acts first"),
    ("guide", {S.RECEIVED}, S.GUIDED, INTAKE | {R.RULE}, ("ground", "told"), "T4: telling the right way is the handling"),
    ("accept", {S.RECEIVED}, S.PENDING, INTAKE | SENDERS, ("urgency", "profile"), "T5: the matter needs a unit"),
    ("sort", {S.RECEIVED, S.PENDING, S.CONSULTING}, None, INTAKE | SENDERS, ("suggested", "chosen"), "kind, category, place or urgency is settled"),
    ("consult", {S.PENDING}, S.CONSULTING, {R.DISPATCHER, R.DISTRICT}, ("participants", "question"), "T6: studied before dispatch"),
    ("dispatch", {S.PENDING, S.CONSULTING}, S.DISPATCHED, SENDERS, ("units", "reason", "duty", "limits"), "T7: a unit and its time are known"),
    ("recall", {S.DISPATCHED, S.HANDLING}, S.PENDING, CENTRE | {R.RULE}, ("reason",), "T10: no unit holds it any more"),
    ("begin", {S.DISPATCHED, S.REWORK}, S.HANDLING, UNIT | {R.RULE}, (), "T12: the first unit is at work"),
    ("conclude", {S.DISPATCHED, S.HANDLING, S.REWORK}, S.REPLIED, UNIT | {R.RULE}, ("units",), "T18: every unit has reported 单位已办结"),
    ("await_callback", {S.REPLIED}, S.CALLBACK, {R.RULE}, ("rule",), "T19: the citizen is asked, by rule"),
    ("attempt", {S.CALLBACK}, None, {R.CALLBACK, R.SUPERVISOR, R.LEADER, R.RULE}, ("no", "outcome"), "T20: a try that reached nobody"),
    ("ask", {S.CALLBACK}, S.ASKED, {R.CALLBACK, R.SUPERVISOR, R.LEADER, R.CITIZEN}, ("way", "answers"), "T20: the citizen has said"),
    ("give_up", {S.CALLBACK}, S.ASKED, {R.CALLBACK, R.SUPERVISOR, R.RULE}, ("attempts",), "T20: unreachable after n tries"),
    ("rework", {S.ASKED}, S.REWORK, {R.CALLBACK, R.SUPERVISOR, R.DISTRICT, R.CITIZEN, R.RULE}, ("cause", "limits"), "T21: the citizen said no"),
    ("close", {S.ANSWERED, S.TRANSFERRED, S.GUIDED, S.ASKED}, S.CLOSED, FRONT | {R.CALLBACK, R.CITIZEN, R.CHANNEL, R.RULE}, ("result",), "the life of the matter ends"),
    ("archive", {S.CLOSED, S.TERMINATED}, S.ARCHIVED, {R.RULE}, ("head", "retention"), "T25: kept, no longer worked on"),
    ("reopen", {S.CLOSED, S.GUIDED, S.ANSWERED}, S.PENDING, FRONT | {R.DISPATCHER, R.CALLBACK}, ("reason",), "T26: it was not over"),
    ("merge", {S.RECEIVED} | LIVE, None, FRONT | {R.DISPATCHER}, ("into", "reason"), "T26: one matter, several orders"),
    ("split", {S.RECEIVED} | LIVE, None, FRONT | {R.DISPATCHER}, ("parts", "reason"), "T26: several matters, one order"),
    ("supervise", LIVE, None, {R.SUPERVISOR, R.LEADER, R.RULE}, ("trigger", "letter", "limit"), "T22: an order to act by a date"),
    ("exclude", LIVE | {S.CLOSED}, None, {R.SUPERVISOR}, ("ground", "evidence", "decision"), "T23: left out of scoring, original kept"),
    ("escalate", LIVE, None, UNIT | {R.SUPERVISOR, R.RULE}, ("level", "reason", "leader"), "T17: raised to a higher level"),
    ("terminate", LIVE, S.TERMINATED, {R.SUPERVISOR}, ("basis", "notice"), "T24: filed as impossible by law"),
    ("remark", {S.RECEIVED} | LIVE, None, UNIT | FRONT | {R.DISPATCHER, R.CALLBACK, R.LEADER, R.CITIZEN}, ("note",), "something worth knowing, nothing changes"),
)  # fmt: skip

ASSIGNMENT_MOVES = _table(
    ("sign", {A.SENT}, A.SIGNED, UNIT, (), "T8: the unit has it"),
    ("object", {A.SENT, A.SIGNED}, A.OBJECTION, UNIT, ("ground", "evidence", "proposed", "approval"), "T9: it belongs elsewhere"),
    ("redirect", {A.OBJECTION}, A.REDIRECTED, CENTRE, ("decision", "basis"), "T10: the objection holds"),
    ("keep", {A.OBJECTION}, A.SIGNED, CENTRE, ("decision", "basis"), "T10: the objection does not hold"),
    ("respond", {A.SIGNED}, A.RESPONDED, UNIT, ("way", "outcome"), "T11: first contact with the citizen"),
    ("start", {A.RESPONDED}, A.HANDLING, UNIT, ("route",), "T12: somebody inside is at work"),
    ("hand_down", OPEN - {A.SENT}, None, UNIT, ("to", "instruction"), "T12: a section or community does the work"),
    ("note", HELD | {A.COMPLETED}, None, UNIT, ("note",), "work is recorded as it goes"),
    ("whistle", {A.RESPONDED, A.HANDLING}, None, UNIT, ("to", "reason", "by"), "T13: the street calls others together"),
    ("report_in", {A.RESPONDED, A.HANDLING}, None, UNIT, ("arrived", "result"), "T13: the called unit answers"),
    ("ask_extension", {A.RESPONDED, A.HANDLING}, A.EXTENSION, UNIT, ("reason", "until"), "T14: asked before the limit"),
    ("extend", {A.EXTENSION}, A.HANDLING, CENTRE, ("reason", "until", "told"), "T14: more time, the citizen knows"),
    ("refuse_extension", {A.EXTENSION}, A.HANDLING, CENTRE, ("reason",), "T14: the limit stands"),
    ("suspend", {A.RESPONDED, A.HANDLING}, A.SUSPENDED, CENTRE, ("cause", "until", "proof"), "T15: the clock stops"),
    ("resume", {A.SUSPENDED}, A.HANDLING, CENTRE | {R.RULE}, ("cause",), "T15: the clock runs again"),
    ("hang", {A.HANDLING}, A.HUNG, {R.DISTRICT, R.SUPERVISOR}, ("plan", "leader", "review", "told"), "T16: parked with a plan, seen by the citizen"),
    ("take_down", {A.HUNG}, A.HANDLING, {R.DISTRICT, R.SUPERVISOR}, ("reason",), "T16: it can be done now"),
    ("complete", {A.RESPONDED, A.HANDLING}, A.COMPLETED, UNIT, ("result", "measures", "reply"), "T18: 单位已办结"),
    ("redo", {A.COMPLETED}, A.SENT, {R.CALLBACK, R.SUPERVISOR, R.DISTRICT, R.CITIZEN, R.RULE}, ("cause", "differently"), "T21: a new round of the same assignment"),
    ("withdraw", HELD, A.TERMINATED, CENTRE | {R.RULE}, ("reason",), "the unit need not act any more"),
)  # fmt: skip

ORDER_LABELS = dict(zip(S, ("", "已受理", "当场答复", "已转接", "已引导", "待派单", "会商中", "已派单", "办理中", "单位已办结", "待回访", "已回访", "重办中", "已结案", "终结办理", "已归档"), strict=True))  # fmt: skip
ASSIGNMENT_LABELS = dict(zip(A, ("", "待签收", "已签收", "已响应", "办理中", "异议审核", "延期审核", "暂停", "挂账", "单位已办结", "已改派", "已终止"), strict=True))  # fmt: skip
ROLES = {"lead": "主办", "assist": "协办", "notice": "知会"}
SAID_BY_CITIZENS = ("solved", "satisfied")
OPEN_ASSIGNMENT, HELD_ASSIGNMENT, LIVE_ORDER = frozenset(OPEN), frozenset(HELD), frozenset(LIVE)


def find(name: str) -> Move:
    """The move of that name; KeyError when the tables do not know it."""
    return ORDER_MOVES.get(name) or ASSIGNMENT_MOVES[name]
