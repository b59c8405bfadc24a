"""What intake keeps beside the record: files waiting for their form, and imports that may be resumed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Upload(models.Model):
    """A file a citizen has handed over while the form is not yet accepted: it survives a validation error."""

    token = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    claimed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """How far the import of one file under one mapping has come. Rows counted here are committed with their orders."""

    source = models.CharField(max_length=32)
    file_sha256 = models.CharField(max_length=64)
    mapping_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    finished = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "file_sha256", "mapping_sha256"], name="import_run_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.rows}"
