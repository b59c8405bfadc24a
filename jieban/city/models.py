"""The loaded city pack: its immutable versions with their source text, and the units that records point to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PackVersion(models.Model):
    """One state of the city's rules. Immutable but for `valid_to`, which is set when the next version takes over."""

    city = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "sha256"], name="pack_version_hash"),
            models.UniqueConstraint(fields=["city", "number"], name="pack_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.city} v{self.number}"


class PackFile(models.Model):
    """The text of one file of a version, as it was loaded."""

    version = models.ForeignKey(PackVersion, models.CASCADE, related_name="files")
    name = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    body = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "name"], name="pack_file_name")]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """An organisation that records point to, kept in step with the newest pack; never deleted, only dated.

    `path` is the codes from the root down, each followed by "/": a unit's subtree is `path__startswith=unit.path`.
    """

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    short = models.CharField(max_length=32)
    kind = models.CharField(max_length=24)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    district = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    path = models.CharField(max_length=200, db_index=True)
    aliases = models.JSONField(default=list, blank=True)
    predecessors = models.JSONField(default=list, blank=True)
    sample = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "name"])]

    def __str__(self) -> str:
        return self.name
