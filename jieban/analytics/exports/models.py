"""What units export: the export as it was set up, and every time somebody took it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class SavedExport(models.Model):
    """A table of orders that a unit takes again and again.

    `categories`, `units` and `areas` are codes of the pack; empty means all that the post may see. `rule` says which
    period a run is about, `first` and `last` are its days where it names days (or where a series begins).
    """

    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="exports")
    name = models.CharField(max_length=64)
    categories = models.JSONField(default=list, blank=True)
    units = models.JSONField(default=list, blank=True)
    areas = models.JSONField(default=list, blank=True)
    rule = models.CharField(max_length=8)
    first = models.DateField(null=True, blank=True)
    last = models.DateField(null=True, blank=True)
    columns = models.JSONField(default=list)
    format = models.CharField(max_length=8)
    made_by = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "name"], name="export_once", condition=Q(retired_at=None)),
        ]

    def __str__(self) -> str:
        return self.name


class ExportRun(models.Model):
    """One time that an export was taken: by whom, of which period, with which columns, why, and what came of it.

    `rows`, `size` (bytes) and `sha256` of the file are known once it was handed over whole (`finished_at`); a run that
    broke off says so in `failed`, with the rows that had gone out. `personal` are the columns of personal data in it.
    """

    export = models.ForeignKey(SavedExport, models.PROTECT, related_name="runs")
    person = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    post = models.ForeignKey("jieban.Post", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    begin = models.DateTimeField()
    until = models.DateTimeField()
    columns = models.JSONField(default=list)
    personal = models.JSONField(default=list, blank=True)
    format = models.CharField(max_length=8)
    purpose = models.CharField(max_length=200, default="", blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    rows = models.PositiveIntegerField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failed = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["export", "-at"])]

    def __str__(self) -> str:
        return f"{self.export_id} {self.at:%Y-%m-%d %H:%M}"
