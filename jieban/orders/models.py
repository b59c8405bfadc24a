"""The shared record: contact → order → assignment, the timeline, answers, files and the outbox.

Rows change only through `orders.actions`; every change is in an entry of the timeline, which can rebuild the row.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Contact(models.Model):
    """One call or message. Names and numbers are sealed; `phone_index` finds the same caller without reading it.

    Where a firm asks (`appellant` "firm"), `firm` is its name and `name` the person who speaks for it.
    """

    source = models.CharField(max_length=32)
    source_id = models.CharField(max_length=64)
    channel = models.CharField(max_length=32)
    at = models.DateTimeField()
    appellant = models.CharField(max_length=8, default="person")
    name = models.BinaryField(default=b"")
    phone = models.BinaryField(default=b"")
    phone_index = models.CharField(max_length=64, default="", blank=True)
    credit_code = models.BinaryField(default=b"")
    firm = models.BinaryField(default=b"")
    anonymous = models.BooleanField(default=False)
    hide_name = models.BooleanField(default=True)
    sms = models.BooleanField(default=True)
    call_window = models.CharField(max_length=16, default="", blank=True)
    words = models.TextField()
    recording = models.CharField(max_length=64, default="", blank=True)
    agent = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "source_id"], name="contact_once")]
        indexes: ClassVar = [models.Index(fields=["phone_index", "-at"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.source_id}"


class Order(models.Model):
    """One matter. `due_at` is the citizen's clock; `solved` and `satisfied` are only ever what the citizen said."""

    number = models.CharField(max_length=24, unique=True)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="orders")
    state = models.CharField(max_length=20, default="")
    round = models.PositiveSmallIntegerField(default=1)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    content = models.TextField()
    kind = models.CharField(max_length=16, default="", blank=True)
    category = models.CharField(max_length=16, default="", blank=True)
    urgency = models.CharField(max_length=8, default="", blank=True)
    address = models.CharField(max_length=200, default="", blank=True)
    place = models.CharField(max_length=32, default="", blank=True)
    owner = models.CharField(max_length=16, default="", blank=True)
    street = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    district = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    suggested = models.JSONField(default=dict, blank=True)
    dispatch = models.JSONField(default=dict, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    callback_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    reached = models.BooleanField(null=True, blank=True)
    contacted = models.BooleanField(null=True, blank=True)
    solved = models.CharField(max_length=12, default="", blank=True)
    satisfied = models.CharField(max_length=8, default="", blank=True)
    confidential = models.BooleanField(default=False)
    supervised = models.BooleanField(default=False)
    escalated = models.BooleanField(default=False)
    whistled = models.BooleanField(default=False)
    case_leader = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    raised_to = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    repeat_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    cluster_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    pack = models.ForeignKey("jieban.PackVersion", models.PROTECT)
    entries_count = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="", blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["street", "state"]),
            models.Index(fields=["district", "state"]),
            models.Index(fields=["received_at"]),
            models.Index(fields=["category", "received_at"]),
            models.Index(fields=["place", "category", "received_at"], name="order_point"),
            models.Index(fields=["cluster_of"], name="order_event", condition=models.Q(cluster_of__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class Assignment(models.Model):
    """What one unit must do about one order, with its three clocks. `no` counts from 1 within the order.

    `clock` holds what the limits were counted from (see `city.limits`), so that they can be counted again; `inner_due`
    is the unit's own, shorter limit. `warned` names the last limit it was warned of, `warn_at` is when the worker looks
    at its clocks next (it follows from `clock`, so no entry tells of it). `rest_until` is until when it is suspended,
    or when a hung one is looked at next. `requested` is what the unit asks the centre for, `draft` a reply on its way
    through the checks. `came_by` says how the unit came to it, `called_by` is the number of the assignment that
    whistled for it, or that it takes over from (`came_by` "handover"). Who was whistled for must be on the spot by
    `arrive_by` and was there at `arrived_at`. `differently` is what the unit will do otherwise in a round after the
    first. `ground` is why it is left out of appraisal (剔除), empty where it counts.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="assignments")
    no = models.PositiveSmallIntegerField()
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=8)
    round = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=20, default="")
    urgency = models.CharField(max_length=8)
    duty = models.CharField(max_length=32, default="", blank=True)
    sent_at = models.DateTimeField()
    sign_due = models.DateTimeField()
    respond_due = models.DateTimeField()
    handle_due = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    handler = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    section = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    clock = models.JSONField(default=dict, blank=True)
    inner_due = models.DateTimeField(null=True, blank=True)
    warned = models.CharField(max_length=24, default="", blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    rest_until = models.DateTimeField(null=True, blank=True)
    requested = models.JSONField(default=dict, blank=True)
    draft = models.JSONField(default=dict, blank=True)
    came_by = models.CharField(max_length=12, default="", blank=True)
    called_by = models.PositiveSmallIntegerField(null=True, blank=True)
    differently = models.TextField(default="", blank=True)
    arrive_by = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=16, default="", blank=True)
    reply = models.TextField(default="", blank=True)
    ground = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "no"], name="assignment_no")]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state", "handle_due"]),
            models.Index(fields=["section", "state"]),
            models.Index(fields=["state", "sign_due"]),
            models.Index(fields=["warn_at"], name="assignment_warn", condition=models.Q(warn_at__isnull=False)),
            models.Index(fields=["arrive_by"], name="assignment_called", condition=models.Q(came_by="whistle")),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.no}"


class Entry(models.Model):
    """One line of an order's timeline. Append-only; `hash` is over all columns above it and the hash before."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    move = models.CharField(max_length=24)
    role = models.CharField(max_length=16)
    person = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.CharField(max_length=64)
    client = models.CharField(max_length=16, default="", blank=True)
    assignment_no = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    changes = models.JSONField(default=dict)
    records = models.JSONField(default=dict)
    pack = models.ForeignKey("jieban.PackVersion", models.PROTECT)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "seq"], name="entry_seq")]
        indexes: ClassVar = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"#{self.seq} {self.move}"


class Seal(models.Model):
    """The Merkle root over the hashes of all entries written up to the end of one day and after the seal before.

    `last` is the id of the last entry it covers; the one after it begins the next seal.
    """

    day = models.DateField(unique=True)
    last = models.BigIntegerField()
    entries = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}"


class Answer(models.Model):
    """What the citizen said about one assignment in one round: the only source of 解决 and 满意."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="answers")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="answers")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    way = models.CharField(max_length=8)
    reached = models.BooleanField()
    contacted = models.BooleanField(null=True, blank=True)
    solved = models.CharField(max_length=12, default="", blank=True)
    satisfied = models.CharField(max_length=8, default="", blank=True)
    attitude = models.CharField(max_length=8, default="", blank=True)
    words = models.TextField(default="", blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["assignment", "round"], name="answer_once")]
        indexes: ClassVar = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.assignment_id} r{self.round}"


class Attachment(models.Model):
    """A file of an order: the bytes lie under JIEBAN_HOME/files by their hash, which the timeline also records."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="attachments")
    seq = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stage = models.CharField(max_length=8, default="", blank=True)

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """The outbox: what must be told to whom. Written with the change that causes it, delivered later by a worker."""

    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="messages")
    topic = models.CharField(max_length=24)
    way = models.CharField(max_length=8)
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    recipient = models.BinaryField(default=b"")
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["after"], name="message_waiting", condition=models.Q(sent_at=None)),
            models.Index(fields=["unit", "-made_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.way}"


class Counter(models.Model):
    """The last running number given, where the database has no sequences (SQLite)."""

    name = models.CharField(max_length=32, unique=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
