"""The whole life of an order on one screen: states, and the moves between them.

`docs/states.md` is generated from these tables; `orders.actions.move` allows nothing else. `to=None` keeps the state.
Sources: domain.md §2.2 (T-numbers in `why`), the Regulations on Swift Response (条例) of 2021.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from jieban.accounts.actor import Role as R  # noqa: N817
from jieban.orders.states import ASSIGNMENT_LABELS as ASSIGNMENT_LABELS
from jieban.orders.states import ORDER_LABELS as ORDER_LABELS
from jieban.orders.states import ROLES as ROLES
from jieban.orders.states import SAID_BY_CITIZENS as SAID_BY_CITIZENS
from jieban.orders.states import A as A
from jieban.orders.states import S as S


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
HELD = OPEN | {A.OBJECTION, A.HANDOVER, A.EXTENSION, A.SUSPENDED, A.HUNG}
AT_WORK = {S.DISPATCHED, S.HANDLING, S.REWORK}
BUSY = {A.RESPONDED, A.HANDLING}
EVER = HELD | {A.COMPLETED, A.REDIRECTED, A.TERMINATED}
JUDGES = {R.AUDITOR, R.SUPERVISOR}

ORDER_MOVES = _table(
    ("register", {S.NONE}, S.RECEIVED, INTAKE, ("channel", "words"), "T1: every appeal is recorded"),
    ("answer", {S.RECEIVED}, S.ANSWERED, INTAKE | {R.RULE}, ("article", "text", "accepted"), "T2: consultation answered at once"),
    ("transfer", {S.RECEIVED}, S.TRANSFERRED, INTAKE, ("line", "three_way"), "T3: an emergency line acts first"),
    ("guide", {S.RECEIVED}, S.GUIDED, INTAKE | {R.RULE}, ("ground", "told"), "T4: telling the right way is the handling"),
    ("accept", {S.RECEIVED}, S.PENDING, INTAKE | SENDERS, ("urgency", "profile"), "T5: the matter needs a unit"),
    ("sort", {S.RECEIVED, S.PENDING, S.CONSULTING}, None, INTAKE | SENDERS, ("suggested", "chosen"), "kind, category, place or urgency is settled"),
    ("consult", {S.PENDING, S.CONSULTING}, S.CONSULTING, {R.DISPATCHER, R.SUPERVISOR, R.DISTRICT, R.RULE}, ("way", "participants", "question", "until"), "T6: studied before dispatch, at a table or on the spot"),
    ("view", {S.CONSULTING}, None, UNIT | CENTRE, ("unit", "view"), "T6: what a unit says in a consultation"),
    ("dispatch", {S.PENDING, S.CONSULTING}, S.DISPATCHED, SENDERS, ("units", "reason", "duty", "limits"), "T7: a unit and its time are known"),
    ("join", AT_WORK, None, SENDERS, ("units", "reason", "duty", "limits"), "T7: another unit is brought in beside those that hold it"),
    ("reclassify", AT_WORK, None, CENTRE | {R.RULE}, ("chosen", "cause"), "T5: category or urgency was wrong, found out during the work"),
    ("recall", AT_WORK, S.PENDING, CENTRE | {R.RULE}, ("reason",), "T10: no unit holds it any more"),
    ("begin", {S.DISPATCHED, S.REWORK}, S.HANDLING, UNIT | {R.RULE}, (), "T12: the first unit is at work"),
    ("conclude", AT_WORK, S.REPLIED, UNIT | {R.RULE}, ("units",), "T18: every unit has reported 单位已办结"),
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
    ("supervise", LIVE, None, {R.SUPERVISOR, R.DISTRICT, R.LEADER, R.RULE}, ("trigger", "letter", "limit"), "T22: an order to act by a date"),
    ("report_supervised", LIVE | {S.CLOSED, S.TERMINATED}, None, UNIT, ("letter", "reply"), "T22: what the unit answers to the letter"),
    ("lift_supervision", LIVE | {S.CLOSED, S.TERMINATED}, None, {R.SUPERVISOR, R.DISTRICT, R.LEADER, R.RULE}, ("letter", "effect"), "T22: the letter has done its work"),
    ("escalate", LIVE, None, UNIT | {R.SUPERVISOR, R.RULE}, ("level", "reason", "leader"), "T17: raised to a higher level"),
    ("take_up", LIVE, None, {R.LEADER, R.DISTRICT, R.SUPERVISOR, R.CHIEF}, ("level", "leader", "plan"), "T17: the receiving leader has it"),
    ("own", LIVE, None, {R.LEADER, R.DISTRICT, R.SUPERVISOR, R.CHIEF}, ("leader", "promise"), "包案: a leader owns the case to its end"),
    ("supplement", {S.RECEIVED} | LIVE, None, {R.CITIZEN, R.AGENT, R.CALLBACK}, ("words",), "the citizen adds or answers what was asked"),
    ("relate", {S.RECEIVED, S.CLOSED} | LIVE, None, FRONT | UNIT | {R.DISPATCHER, R.CALLBACK, R.RULE}, ("to", "why"), "the same caller, matter or event as another order"),
    ("terminate", LIVE, S.TERMINATED, {R.SUPERVISOR}, ("basis", "notice"), "T24: filed as impossible by law"),
    ("remark", {S.RECEIVED} | LIVE, None, UNIT | FRONT | {R.DISPATCHER, R.CALLBACK, R.LEADER, R.CITIZEN}, ("note",), "something worth knowing, nothing changes"),
)  # fmt: skip

ASSIGNMENT_MOVES = _table(
    ("sign", {A.SENT}, A.SIGNED, UNIT, (), "T8: the unit has it"),
    ("object", {A.SENT, A.SIGNED}, A.OBJECTION, UNIT, ("ground", "evidence", "proposed", "approval"), "T9: it belongs elsewhere"),
    ("uphold", {A.OBJECTION}, A.HANDOVER, CENTRE, ("decision", "basis", "to"), "T10: the objection holds; responsible until the next unit has signed"),
    ("redirect", {A.OBJECTION, A.HANDOVER}, A.REDIRECTED, CENTRE | {R.RULE}, ("decision", "basis"), "T10: handed over"),
    ("take_back", {A.HANDOVER}, A.SIGNED, CENTRE, ("reason",), "T10: the hand-over fell through"),
    ("keep", {A.OBJECTION}, A.SIGNED, CENTRE, ("decision", "basis"), "T10: the objection does not hold"),
    ("respond", {A.SIGNED}, A.RESPONDED, UNIT, ("way", "outcome"), "T11: first contact with the citizen"),
    ("start", {A.RESPONDED}, A.HANDLING, UNIT, ("route",), "T12: somebody inside is at work"),
    ("hand_down", OPEN - {A.SENT}, None, UNIT, ("to", "instruction"), "T12: a section or community does the work"),
    ("entrust", OPEN - {A.SENT}, None, UNIT, ("to", "instruction", "until"), "an outside party helps, by a one-time link"),
    ("outside_report", HELD, None, {R.CHANNEL}, ("by", "report"), "what the outside party did"),
    ("question", OPEN - {A.SENT}, None, UNIT, ("question", "until"), "the citizen is asked for what is missing"),
    ("muster", HELD, None, UNIT | CENTRE | {R.LEADER}, ("force", "members"), "专班: a task force works on it"),
    ("reclock", HELD, None, SENDERS | UNIT | {R.CALLBACK}, ("cause", "clock"), "T5, T14, T15: its clocks are counted anew"),
    ("warn", HELD, None, {R.RULE}, ("clock", "due"), "a limit is near or has passed"),
    ("note", HELD | {A.COMPLETED}, None, UNIT, ("note",), "work is recorded as it goes"),
    ("whistle", BUSY, None, UNIT, ("to", "reason", "by"), "T13: the street calls others together"),
    ("report_in", {A.SIGNED} | BUSY, A.HANDLING, UNIT, ("arrived", "result"), "T13: 报到, the called unit has come and is at work"),
    ("release", HELD, A.TERMINATED, UNIT, ("reason",), "T13: the caller lets a unit go that it had called"),
    ("rate", HELD | {A.COMPLETED}, None, UNIT | CENTRE, ("by", "score"), "T13: 双考核, caller and called rate each other"),
    ("request", {A.SIGNED} | BUSY, None, UNIT, ("what", "reason"), "T15, T16: the unit asks the centre to stop its clock or to hang it"),
    ("decline", HELD, None, CENTRE, ("what", "reason"), "T15, T16: the centre does not grant it"),
    ("ask_extension", BUSY, A.EXTENSION, UNIT, ("reason", "until"), "T14: asked before the limit"),
    ("extend", {A.EXTENSION}, A.HANDLING, CENTRE, ("reason", "until", "told"), "T14: more time, the citizen knows"),
    ("refuse_extension", {A.EXTENSION}, A.HANDLING, CENTRE, ("reason",), "T14: the limit stands"),
    ("suspend", BUSY, A.SUSPENDED, CENTRE, ("cause", "until", "proof"), "T15: the clock stops"),
    ("resume", {A.SUSPENDED}, A.HANDLING, CENTRE | {R.RULE}, ("cause",), "T15: the clock runs again"),
    ("hang", {A.HANDLING}, A.HUNG, {R.DISTRICT, R.SUPERVISOR}, ("plan", "leader", "review", "told"), "T16: parked with a plan, seen by the citizen"),
    ("review", {A.HUNG}, None, UNIT | {R.SUPERVISOR, R.LEADER}, ("progress", "next"), "T16: looked at once a month at least"),
    ("take_down", {A.HUNG}, A.HANDLING, {R.DISTRICT, R.SUPERVISOR}, ("reason",), "T16: it can be done now"),
    ("mediate", BUSY | {A.COMPLETED}, None, UNIT, ("parties", "mediator", "outcome"), "mediation: parties, agreement, confirmation"),
    ("submit", BUSY, None, UNIT, ("level", "reply"), "T18: a reply goes up the chain of checks"),
    ("check", BUSY, None, UNIT, ("level", "verdict"), "T18: somebody else has read it"),
    ("effort", HELD | {A.COMPLETED}, None, UNIT, ("facts",), "容错: what was tried is on record"),
    ("judge_effort", HELD | {A.COMPLETED}, None, {R.SUPERVISOR, R.DISTRICT, R.LEADER}, ("decision", "reason"), "容错: whether it was a proper try"),
    ("complete", BUSY, A.COMPLETED, UNIT, ("result", "measures", "reply"), "T18: 单位已办结"),
    ("redo", {A.COMPLETED}, A.SENT, {R.CALLBACK, R.SUPERVISOR, R.DISTRICT, R.CITIZEN, R.RULE}, ("cause", "differently"), "T21: a new round of the same assignment"),
    ("withdraw", HELD, A.TERMINATED, CENTRE | {R.RULE}, ("reason",), "the unit need not act any more"),
    ("ask_exclusion", EVER, None, UNIT | {R.SUPERVISOR, R.LEADER}, ("ground", "statement"), "T23: asked that it be left out of scoring"),
    ("leave_out", EVER, None, JUDGES, ("ground", "evidence", "asked", "decision"), "T23: left out of scoring, original kept"),
    ("refuse_exclusion", EVER, None, JUDGES, ("ground", "decision"), "T23: it counts"),
    ("take_in", EVER, None, JUDGES, ("reason",), "T23: it counts again"),
)  # fmt: skip

# Moves of earlier versions: they stand in timelines, so the record must still know them, and nobody can make them.
RETIRED = _table(("exclude", LIVE | {S.CLOSED}, None, {R.SUPERVISOR}, ("ground", "evidence", "decision"), "until 0020: the order left out"))  # fmt: skip

OPEN_ASSIGNMENT, HELD_ASSIGNMENT, LIVE_ORDER = frozenset(OPEN), frozenset(HELD), frozenset(LIVE)


def find(name: str) -> Move:
    """The move of that name; KeyError when the tables do not know it."""
    return ORDER_MOVES.get(name) or ASSIGNMENT_MOVES[name]
