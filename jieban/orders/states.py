"""The states of orders and assignments and what they are called; how one leads to another is in `lifecycle`."""

from __future__ import annotations

from enum import StrEnum


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
    HANDOVER = "handover"
    EXTENSION = "extension_pending"
    SUSPENDED = "suspended"
    HUNG = "hung"
    COMPLETED = "completed"
    REDIRECTED = "redirected"
    TERMINATED = "terminated"


ORDER_LABELS = dict(zip(S, ("", "已受理", "当场答复", "已转接", "已引导", "待派单", "会商中", "已派单", "办理中", "单位已办结", "待回访", "已回访", "重办中", "已结案", "终结办理", "已归档"), strict=True))  # fmt: skip
ASSIGNMENT_LABELS = dict(zip(A, ("", "待签收", "已签收", "已响应", "办理中", "异议审核", "待交接", "延期审核", "暂停", "挂账", "单位已办结", "已改派", "已终止"), strict=True))  # fmt: skip
ROLES = {"lead": "主办", "assist": "协办", "notice": "知会"}
SAID_BY_CITIZENS = ("solved", "satisfied")
