"""Signs of gaming that were found, and what people made of them. Rows are only added, never changed or taken away."""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypeVar

from django.db import models

from jieban.core.errors import NotAllowed

_FIRM: Final = "迹象和看过的记录只加不改。要更正，请再记一条。"

Row = TypeVar("Row", bound=models.Model)


class KeptSet(models.QuerySet[Row]):
    """Reads; whatever would change or remove many rows at once is refused."""

    def update(self, **fields: Any) -> int:
        """Refused."""
        raise NotAllowed(_FIRM)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise NotAllowed(_FIRM)


class Kept(models.Model):
    """A row that is written once."""

    objects: ClassVar[models.Manager[Any]] = KeptSet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it the first time. NotAllowed for a row that is there already."""
        if self.pk is not None:
            raise NotAllowed(_FIRM)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise NotAllowed(_FIRM)


class SignSearch(Kept):
    """One look through the lake for the signs of a cycle (2026-10): as of when, over how many answers and tests.

    `first` and `end` are the days of the cycle (the end not included), `bounds` what was held to be worth telling.
    """

    cycle = models.CharField(max_length=7)
    first = models.DateField()
    end = models.DateField()
    at = models.DateTimeField()
    lake_at = models.DateTimeField()
    by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answers = models.PositiveIntegerField()
    tests = models.PositiveIntegerField()
    bounds = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["cycle", "-id"])]

    def __str__(self) -> str:
        return f"{self.cycle} {self.at}"


class UnitSign(Kept):
    """One sign of one unit as a search found it: `got` of `of` answers, `expected` from its group, and the chance.

    `signs` holds for every sign of the unit `[got, of, expected]`, `past` the same of this sign by earlier cycle.
    """

    search = models.ForeignKey(SignSearch, models.PROTECT, related_name="signs")
    board = models.CharField(max_length=24)
    board_name = models.CharField(max_length=60)
    unit = models.CharField(max_length=40)
    unit_name = models.CharField(max_length=120)
    unit_path = models.CharField(max_length=400)
    sign = models.CharField(max_length=12)
    of = models.PositiveIntegerField()
    got = models.PositiveIntegerField()
    expected = models.FloatField()
    chance = models.FloatField()
    signs = models.JSONField()
    past = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["search", "board", "unit", "sign"], name="unit_sign_once")
        ]
        indexes: ClassVar = [models.Index(fields=["board", "unit", "sign"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.sign}"


class SignLook(Kept):
    """What a person made of a sign, in their words, at which post. The next look at it is another person's."""

    shown = models.ForeignKey(UnitSign, models.PROTECT, related_name="looks")
    no = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    person = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    finding = models.CharField(max_length=16)
    words = models.TextField()
    cycle = models.CharField(max_length=7)
    board = models.CharField(max_length=24)
    unit = models.CharField(max_length=40)
    sign = models.CharField(max_length=12)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "board", "unit", "sign", "no"], name="sign_look_turn")
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.unit} {self.sign} {self.no}"
