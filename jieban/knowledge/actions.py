"""Verbs of the knowledge base: publish texts, and count what was read out. Every published text is kept for ever."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from jieban.accounts.actor import Actor
from jieban.city.models import Unit
from jieban.core.errors import BadInput
from jieban.knowledge.models import Article, ArticleText
from jieban.knowledge.rules import FIRM

FOLDER = "knowledge"
_COLUMNS = ["title", "category", "owner", "keywords", "body", "source", "audience", "version", "review_by"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text to be published under `code`; `owner` is the code of the unit that must keep it right."""

    code: str
    title: str
    body: str
    owner: str
    review_by: date
    category: str = ""
    keywords: str = ""
    source: str = ""
    audience: str = ""


def publish(drafts: Sequence[Draft], *, by: Actor, at: datetime) -> list[Article]:
    """Publish the drafts: new articles begin at version 1, changed ones get the next version, equal ones stay.

    Returns those that were written. BadInput for a unit or an audience nobody knows; then nothing is written.
    """
    strange = sorted({draft.audience for draft in drafts} - {"", FIRM})
    if strange:
        raise BadInput(f"知识的对象“{strange[0]}”不认识。给企业看的写 firm，给所有人看的不写。")
    owners = _owners(drafts)
    with transaction.atomic():
        rows = Article.objects.select_for_update().filter(code__in=[draft.code for draft in drafts])
        known = {article.code: article for article in rows}
        written = [a for draft in drafts if (a := _next(draft, known.get(draft.code), owners[draft.owner])) is not None]
        Article.objects.bulk_create(
            written, update_conflicts=True, unique_fields=["code"], update_fields=_COLUMNS, batch_size=500
        )
        ids = dict(Article.objects.filter(code__in=[a.code for a in written]).values_list("code", "pk"))
        ArticleText.objects.bulk_create(
            ArticleText(
                article_id=ids[a.code], version=a.version, title=a.title, body=a.body, at=at, by_id=by.person_id
            )
            for a in written
        )
    return written


def _next(draft: Draft, known: Article | None, owner: int) -> Article | None:
    """The row as it must be after publishing; None where nothing would change."""
    values: dict[str, Any] = {
        "title": draft.title.strip(), "body": draft.body.strip(), "category": draft.category, "owner_id": owner,
        "keywords": draft.keywords, "source": draft.source, "audience": draft.audience,
        "review_by": draft.review_by,
    }  # fmt: skip
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return None
    return Article(code=draft.code, version=known.version + 1 if known else 1, **values)


def _owners(drafts: Iterable[Draft]) -> dict[str, int]:
    wanted = {draft.owner for draft in drafts}
    found = dict(Unit.objects.filter(code__in=wanted).values_list("code", "pk"))
    missing = sorted(wanted - set(found))
    if missing:
        raise BadInput(f"没有代码是“{missing[0]}”的单位。每条知识都要有一个负责更新的单位，请先在城市数据里加上它。")
    return found


def count_uses(codes: Iterable[str]) -> None:
    """Count that these articles were read out (a code that stands twice counts twice); one statement a count."""
    by_count: dict[int, list[str]] = {}
    for code, times in Counter(codes).items():
        by_count.setdefault(times, []).append(code)
    for times, some in by_count.items():
        Article.objects.filter(code__in=some).update(used=F("used") + times)


def load(folder: Path, *, by: Actor, at: datetime) -> list[Article]:
    """Publish the articles of a city folder (`knowledge/*.toml`); a folder without them publishes nothing."""
    files = sorted((folder / FOLDER).glob("*.toml"))
    return publish([draft for path in files for draft in read(path)], by=by, at=at)


def read(path: Path) -> list[Draft]:
    """The drafts of one file: `[[article]]` tables. BadInput names the file and what is wrong in it."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("article", [])
        return [Draft(**row) for row in rows]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise BadInput(
            f"{path.name} cannot be read as articles ({error}). Each [[article]] needs code, title, body, owner and "
            "review_by (a date), and may have category, keywords, source and audience."
        ) from error
