"""Tables of joint work: ratings between units, cases raised by level, and task forces with what they decide and do.

Every line here stands beside an entry of an order's timeline, but for what a task force does within itself.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Rating(models.Model):
    """What one side of a whistle thinks of the other: `of` says who is rated, the called unit or the caller.

    Neither side reads the other's before `opens_at`, or before both have given theirs.
    """

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="ratings")
    assignment = models.ForeignKey("jieban.Assignment", models.PROTECT, related_name="ratings")
    of = models.CharField(max_length=8)
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="ratings")
    by_unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    person = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    score = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField()
    opens_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["assignment", "of"], name="rating_once")]
        indexes: ClassVar = [models.Index(fields=["unit", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.of} {self.score}"


class Escalation(models.Model):
    """One step up: an order laid before a unit of a level, by when it must be taken up, and who took it up."""

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="escalations")
    round = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField()
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    leader = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500)
    by_rule = models.BooleanField(default=False)
    raised_at = models.DateTimeField()
    due = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    plan = models.CharField(max_length=500, default="", blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["unit", "-raised_at"]),
            models.Index(fields=["due"], name="escalation_waiting", condition=Q(taken_at=None, passed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.level}"


class Force(models.Model):
    """A standing task force (专班): its purpose, the unit and the person who lead it, and how it ended."""

    name = models.CharField(max_length=64)
    purpose = models.CharField(max_length=500)
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    leader = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=500, default="", blank=True)
    orders: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        "jieban.Order", through="jieban.ForceOrder", related_name="forces"
    )

    def __str__(self) -> str:
        return self.name


class ForceMember(models.Model):
    """A unit of a task force, or a person of it by name, and what it is there for."""

    force = models.ForeignKey(Force, models.PROTECT, related_name="members")
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    person = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    duty = models.CharField(max_length=100)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.force_id} {self.unit_id}"


class ForceMeeting(models.Model):
    """One meeting: when, who was there, what was decided."""

    force = models.ForeignKey(Force, models.PROTECT, related_name="meetings")
    at = models.DateTimeField()
    present = models.CharField(max_length=300)
    decided = models.TextField()
    written_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.force_id} {self.at:%Y-%m-%d}"


class ForceTask(models.Model):
    """What a member must do by a day; `result` is what it said when it was done."""

    force = models.ForeignKey(Force, models.PROTECT, related_name="tasks")
    member = models.ForeignKey(ForceMember, models.PROTECT, related_name="tasks")
    meeting = models.ForeignKey(ForceMeeting, models.PROTECT, null=True, blank=True, related_name="tasks")
    what = models.CharField(max_length=300)
    due = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    result = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due"], name="force_task_open", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return self.what


class ForceOrder(models.Model):
    """An order that a task force works on."""

    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["force", "order"], name="force_order_once")]

    def __str__(self) -> str:
        return f"{self.force_id} {self.order_id}"
