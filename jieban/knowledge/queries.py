"""Reads of the knowledge base: search, the texts in force, and what is due for review."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet

from jieban.core.errors import BadInput
from jieban.knowledge.models import Article, ArticleText
from jieban.knowledge.rules import Hit, Index, Text

_lock = threading.Lock()
_kept: tuple[tuple[Any, ...] | None, Index] | None = None


def search(question: str, *, limit: int = 5, audience: str = "") -> list[Hit]:
    """The articles that answer `question` best, those for the audience that asks first.

    One query while nothing new is published, two after that.
    """
    return _index().search(question, limit, audience)


def given(codes: Collection[str]) -> dict[str, Text]:
    """The texts in force of these articles by code. BadInput names the first code that is not in the base."""
    found = {article.code: _text(article) for article in _articles().filter(code__in=codes)}
    missing = sorted(set(codes) - set(found))
    if missing:
        raise BadInput(f"知识库里没有“{missing[0]}”这一条，可能刚刚改了编号。请重新查一遍再答复。")
    return found


def due(on: date) -> QuerySet[Article]:
    """Articles whose owner must look at them again by that day, the oldest first."""
    return Article.objects.filter(review_by__lte=on).select_related("owner").order_by("review_by", "code")


def _articles() -> QuerySet[Article]:
    return Article.objects.select_related("owner").order_by("code")


def _index() -> Index:
    """The index over the texts in force, built again as soon as a newer text is published by any process."""
    global _kept
    newest = ArticleText.objects.order_by("-pk").values_list("pk", "at", "title", "body").first()
    kept = _kept
    if kept is not None and kept[0] == newest:
        return kept[1]
    index = Index([_text(article) for article in _articles()])
    with _lock:
        _kept = (newest, index)
    return index


def _text(article: Article) -> Text:
    return Text(
        article.code, article.version, article.title, article.body, article.keywords, article.category,
        article.owner.name, article.source, article.audience,
    )  # fmt: skip
