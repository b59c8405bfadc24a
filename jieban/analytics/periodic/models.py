"""Reports as they were made: a kept document, from which the web page and the Word file come alike."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Report(models.Model):
    """A report that was made; it never changes. A new one in its place names it in `replaces`.

    `scope`, `code`, `name` and `path` say what it is about (`path` of a unit, empty for the city, a trade, firms).
    `body` is the document as canonical JSON and `sha256` its hash; `lake` is the moment up to which the lake told the
    record. Without a person the schedule made it, once for each period.
    """

    kind = models.CharField(max_length=16)
    scope = models.CharField(max_length=16)
    code = models.CharField(max_length=64, default="", blank=True)
    name = models.CharField(max_length=64)
    path = models.CharField(max_length=255, default="", blank=True)
    rhythm = models.CharField(max_length=8)
    since = models.DateField()
    until = models.DateField()
    title = models.CharField(max_length=128)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    lake = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    post = models.ForeignKey("jieban.Post", models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "rhythm", "scope", "code", "until"],
                name="report_scheduled_once",
                condition=Q(made_by=None),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "-until"]), models.Index(fields=["path", "-until"])]

    def __str__(self) -> str:
        return self.title
