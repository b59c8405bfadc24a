"""What systems send and get. Nothing personal is ever sent back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Field, Schema


class FilingIn(Schema):
    """One matter. `source_id` is the sender's own number for it: sent again, it is a duplicate, nothing is written."""

    source_id: str = Field(min_length=1, max_length=64, examples=["A-2026-000123"])
    content: str = Field(examples=["三号楼二单元的楼道灯坏了三天，晚上看不见路。"])
    title: str = ""
    at: datetime | None = Field(None, description="When it was said, with a time zone. Default: now.")
    name: str = ""
    phone: str = ""
    appellant: str = Field("person", description="person or firm")
    credit_code: str = ""
    firm: str = Field("", description="The firm's name, where a firm asks; `name` is then its contact person.")
    anonymous: bool = False
    hide_name: bool = Field(True, description="The handling unit may phone, but the name stays hidden elsewhere.")
    sms: bool = True
    call_window: str = Field("", examples=["09:00-12:00"])
    address: str = Field("", description="The place in words.")
    place: str = Field("", description="A place or unit code of the city pack, where a person picked one.")
    kind: str = Field("", description="consultation, help, complaint, report, suggestion or praise.")
    category: str = Field("", description="A category code of the city pack, where a person chose one.")
    urgency: str = Field("", description="An urgency of the city pack, where a person chose one.")


class SmsIn(Schema):
    """One SMS that a citizen sent back. `id` is the gateway's own number for it: brought again, it is taken once."""

    id: str = Field(min_length=1, max_length=64)
    phone: str = Field(min_length=3, max_length=32)
    text: str = Field(max_length=2000, examples=["1 1 1"])


class SmsOut(Schema):
    """What became of it: recorded, unclear (a person reads it), late or unknown; `reply` may be sent to the citizen."""

    outcome: str
    reply: str
    number: str


class UnitOut(Schema):
    """A unit that must act, and as what: lead, assist or notice."""

    code: str
    name: str
    role: str


class FiledOut(Schema):
    """What became of a filing. `told` is to be shown to the person at once, where it is not empty."""

    number: str
    state: str
    state_label: str
    duplicate: bool
    held: bool = Field(description="A person of the centre looks at it before it goes to a unit.")
    told: str
    units: list[UnitOut]
    due_at: datetime | None


class StepOut(Schema):
    """One step of the progress."""

    key: str
    words: str
    state: str
    at: datetime | None
    detail: str


class OrderOut(Schema):
    """How far an order is, as the citizen may know it."""

    number: str
    state: str
    state_label: str
    headline: str
    holder: str
    until: datetime | None
    round: int
    over: bool
    received_at: datetime
    steps: list[StepOut]


class ProblemOut(Schema):
    """Why something could not be taken: the field (empty: the whole), and a sentence for a person."""

    field: str
    what: str


class RefusedOut(Schema):
    """A refusal in words. Nothing was written."""

    problems: list[ProblemOut]


def refusal(what: str, field: str = "") -> dict[str, Any]:
    """The body of a refusal with one problem."""
    return {"problems": [{"field": field, "what": what}]}
