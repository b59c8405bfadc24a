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
