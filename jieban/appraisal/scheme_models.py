"""Schemes of appraisal written here: drafts, published and withdrawn texts, who was asked, and who did what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"


class SchemeText(models.Model):
    """A scheme as one TOML text. Once published the text never changes; withdrawn before its first day it never held.

    `code`, `name` and `valid_from` are what the text says; of a draft that cannot be read, what it said last.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    valid_from = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, default=DRAFT)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="scheme_code_once", condition=~Q(state=WITHDRAWN)),
            models.UniqueConstraint(fields=["valid_from"], name="scheme_first_day_once", condition=Q(state=PUBLISHED)),
            models.CheckConstraint(
                name="scheme_published_has_day", condition=~Q(state=PUBLISHED) | Q(valid_from__isnull=False)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "valid_from"])]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class SchemeStep(models.Model):
    """One step of a scheme: who, when, what, in which words, and the text as it was then. Never changed or deleted."""

    scheme = models.ForeignKey(SchemeText, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    person = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    person_name = models.CharField(max_length=64)
    role = models.CharField(max_length=16)
    what = models.CharField(max_length=16)
    words = models.TextField(default="", blank=True)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["scheme", "at"])]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.what}"


class SchemeConsultation(models.Model):
    """Whom somebody asked about a draft, on which day, what was said, and what came of it. Never changed or deleted."""

    scheme = models.ForeignKey(SchemeText, models.PROTECT, related_name="consultations")
    who = models.CharField(max_length=120)
    on = models.DateField()
    said = models.TextField()
    outcome = models.TextField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["scheme", "on"])]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.who}"
