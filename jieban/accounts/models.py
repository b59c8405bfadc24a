"""People who log in, the posts they hold, the machines that call the API, and the log of reads of personal data."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class PersonManager(BaseUserManager["Person"]):
    """Makes people; Django's authentication asks for it by this name."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Person:
        """A person who may log in (with `password`) or not (without)."""
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who logs in. What they may do hangs on their posts, never on the person."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    badge = models.CharField(max_length=16, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A person in a role at a unit, from a day to a day (`until` is the first day it no longer holds)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "unit", "role", "since"], name="post_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.role}"


class ApiKey(models.Model):
    """A system that files through the REST interface; only the fingerprint of its secret is kept."""

    name = models.CharField(max_length=64, unique=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=32)
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True)
    per_minute = models.PositiveIntegerField(default=600)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """One read of personal data: who, when, what of which order, and for what purpose. Never changed, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="readings")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True)
    at = models.DateTimeField()
    subject = models.CharField(max_length=32)
    what = models.CharField(max_length=32)
    purpose = models.CharField(max_length=200)
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "at"]), models.Index(fields=["person", "at"])]

    def __str__(self) -> str:
        return f"{self.subject} {self.what} {self.at:%Y-%m-%d %H:%M}"
