"""What callback keeps beside the record: attempts, links, calls in hand, SMS, draws by lot, second answers, signs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from jieban.orders.links import OneTimeLink


class Attempt(models.Model):
    """One try to reach the citizen, with its outcome."""

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="callback_attempts")
    round = models.PositiveSmallIntegerField()
    no = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True)
    way = models.CharField(max_length=8)
    outcome = models.CharField(max_length=16)
    again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "round", "no"], name="attempt_no")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.no} {self.outcome}"


class Invite(OneTimeLink):
    """A one-time link for answering in the browser; only the fingerprint of its token is kept."""

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="invites")
    round = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.order_id} r{self.round}"


class Claim(models.Model):
    """Who has a call in hand, and until when nobody else gets it."""

    order = models.OneToOneField("jieban.Order", models.PROTECT, related_name="+")
    person = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.order_id} {self.person_id}"


class Reply(models.Model):
    """An SMS that a citizen sent back, as the gateway handed it over. `outcome` is of `inbox.OUTCOMES`."""

    source = models.CharField(max_length=32)
    source_id = models.CharField(max_length=64)
    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    outcome = models.CharField(max_length=12)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "source_id"], name="reply_once")]
        indexes: ClassVar = [models.Index(fields=["outcome", "done_at"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.outcome}"


class Draw(models.Model):
    """A drawing by lot: the seed, how many lay in the pot, and its fingerprint, so that it can be drawn again.

    `kind` is "second" (asked again, one a day) or "leader" (one a leader and day). `wanted` is the share or the number.
    """

    kind = models.CharField(max_length=8)
    day = models.DateField()
    post = models.ForeignKey("jieban.Post", models.PROTECT, null=True, blank=True, related_name="+")
    seed = models.CharField(max_length=64)
    wanted = models.FloatField()
    pot = models.PositiveIntegerField()
    pot_mark = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "day"], condition=models.Q(post=None), name="draw_of_the_day"),
            models.UniqueConstraint(fields=["kind", "day", "post"], name="draw_of_the_post"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class Lot(models.Model):
    """One order that was drawn, with the round it was drawn in. Kept apart from the order: its page never shows it."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="lots")
    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    no = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draw", "order"], name="lot_once")]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="lot_open", condition=models.Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.order_id}"


class SecondAnswer(models.Model):
    """What the citizen said when asked again. Never changes the first answer; seen by centre and auditors only."""

    lot = models.OneToOneField(Lot, models.PROTECT, related_name="answer")
    at = models.DateTimeField()
    by = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    way = models.CharField(max_length=8)
    reached = models.BooleanField()
    contacted = models.BooleanField(null=True, blank=True)
    solved = models.CharField(max_length=12, default="", blank=True)
    satisfied = models.CharField(max_length=8, default="", blank=True)
    attitude = models.CharField(max_length=8, default="", blank=True)
    words = models.TextField(default="", blank=True)
    contradicts = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.lot_id} {self.solved}"


class Sign(models.Model):
    """Signs of coaching in one round's answer, for a human to look at. `finding` is of `watching.FINDINGS`."""

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    reasons = models.JSONField(default=list)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    finding = models.CharField(max_length=12, default="", blank=True)
    words = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "round"], name="sign_once")]
        indexes: ClassVar = [models.Index(fields=["looked_at", "-at"])]

    def __str__(self) -> str:
        return f"{self.order_id} r{self.round}"
