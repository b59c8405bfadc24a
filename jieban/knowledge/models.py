"""Answers that may be given on the telephone, each with its owner and its versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Article(models.Model):
    """One question with its current answer; `version` counts its published texts.

    `audience` is "firm" for an answer meant for firms, empty for one that serves everybody.
    """

    code = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=120)
    category = models.CharField(max_length=16, default="", blank=True)
    owner = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="articles")
    keywords = models.CharField(max_length=200, default="", blank=True)
    body = models.TextField()
    source = models.CharField(max_length=200, default="", blank=True)
    audience = models.CharField(max_length=8, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    review_by = models.DateField()
    used = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.title


class ArticleText(models.Model):
    """A published text of an article, kept for ever so that every answer given can be shown again."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="texts")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "version"], name="article_text_version")]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.version}"
