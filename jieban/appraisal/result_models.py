"""Results of cycles as they were frozen. A row never changes, but is published once; a correction is a new row."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models

from jieban.core.errors import NotAllowed

PUBLISHED: Final = ("published_at", "published_by", "published_post")


class ResultSet(models.QuerySet["CycleResult"]):
    """Reads; whatever would change or remove many rows at once is refused."""

    def update(self, **fields: Any) -> int:
        """Refused."""
        raise NotAllowed(_FIRM)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise NotAllowed(_FIRM)


class CycleResult(models.Model):
    """One version of the result of a cycle: its code, the month in which it ends (2026-10), its first day and its end.

    `result` is the canonical JSON of `Result.printed()`, `sha256` its hash. The facts it was counted from, with units,
    marks and scheme, lie in files (`appraisal.store`); `facts_sha256` is the hash of their manifest. `note` says why
    there is this version, and is empty for the first. `replaces` is the version before.
    """

    cycle = models.CharField(max_length=7)
    first = models.DateField()
    end = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    note = models.TextField(default="", blank=True)
    scheme_code = models.CharField(max_length=40)
    scheme_text = models.TextField()
    scheme_sha256 = models.CharField(max_length=64)
    result = models.TextField()
    sha256 = models.CharField(max_length=64)
    facts_sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    frozen_post = models.ForeignKey("jieban.Post", models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    published_post = models.ForeignKey("jieban.Post", models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects = ResultSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "version"], name="result_version"),
            models.CheckConstraint(
                name="result_noted",
                condition=models.Q(version=1, note="", replaces=None)
                | models.Q(version__gt=1, replaces__isnull=False) & ~models.Q(note=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-first", "-version"], name="result_newest")]

    def __str__(self) -> str:
        return f"{self.cycle} v{self.version}"

    def save(self, **options: Any) -> None:
        """Write a new row, or that it is published, once. NotAllowed for anything else."""
        if self.pk is not None:
            fresh = CycleResult.objects.filter(pk=self.pk, published_at=None).exists()
            if tuple(options.get("update_fields") or ()) != PUBLISHED or not fresh:
                raise NotAllowed(_FIRM)
        super().save(**options)

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise NotAllowed(_FIRM)


_FIRM: Final = "冻结的考评结果不能改、不能删。要更正，请出一个新版本并写明原因。"


class CycleStep(models.Model):
    """One step of a cycle's result: who, from which post, when, what, in which words. Never changed, never deleted.

    Steps of all cycles stand in one chain: `no` counts from 1, `previous` is the hash of the step before, `hash` that
    of everything else here (`result_steps.hash_of`). `said` has the hashes of what was frozen or published. Without a
    person the timetable did it.
    """

    no = models.PositiveIntegerField(unique=True)
    cycle = models.CharField(max_length=7)
    version = models.PositiveSmallIntegerField(default=0)
    what = models.CharField(max_length=12)
    at = models.DateTimeField()
    person = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=64)
    role = models.CharField(max_length=16)
    unit = models.CharField(max_length=64, default="", blank=True)
    words = models.TextField(default="", blank=True)
    said = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "what"], condition=models.Q(person=None), name="cycle_told_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["cycle", "no"], name="cycle_steps")]

    def __str__(self) -> str:
        return f"{self.no} {self.cycle} {self.what}"


class Dispute(models.Model):
    """A unit says that a published result is wrong, for itself or a unit below; the city decides with words.

    `board` and `unit` name the row; `assignments` are those it is about, by id, as in the cases of the version; none
    where the row as a whole is meant. `stage` is of `disputes.STAGES`. `led_to` is the version that came of it.
    """

    result = models.ForeignKey(CycleResult, models.PROTECT, related_name="disputes")
    board = models.CharField(max_length=24)
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    assignments = models.JSONField(default=list)
    statement = models.TextField()
    stage = models.CharField(max_length=12)
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    filed_unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField(default="", blank=True)
    led_to = models.ForeignKey(CycleResult, models.PROTECT, null=True, blank=True, related_name="settles")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["result", "board", "unit"], condition=models.Q(stage="filed"), name="dispute_open_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["stage", "filed_at"], name="dispute_waiting")]

    def __str__(self) -> str:
        return f"dispute {self.pk}"
