"""The knowledge base as the staff read it: search, one article with its versions, and what is due for review."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from jieban.accounts.actor import Role
from jieban.core import clock
from jieban.knowledge import queries
from jieban.knowledge.models import Article
from jieban.knowledge.rules import FIRM
from jieban.portal.access import actor_of, staff

_MOST = 50


@staff()
def knowledge(request: HttpRequest) -> HttpResponse:
    """Articles that answer the question; without one, those used most and, for the keepers, those due for review."""
    firms = FIRM if request.GET.get("for") == FIRM else ""
    at, question = clock.now(), request.GET.get("q", "").strip()[:200]
    values = {
        "question": question, "today": at.date(), "firms": firms,
        "hits": queries.search(question, limit=20, audience=firms) if question else [],
        "most": [] if question else _articles(firms).order_by("-used", "code")[:_MOST],
        "due": queries.due(at.date())[:_MOST] if actor_of(request).role == Role.KNOWLEDGE else [],
    }  # fmt: skip
    return render(request, "desk/knowledge.html", values)


def _articles(audience: str) -> QuerySet[Article]:
    found = Article.objects.select_related("owner")
    return found.filter(audience=audience) if audience else found


@staff()
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One article with its text in force and the versions before."""
    found = get_object_or_404(Article.objects.select_related("owner"), code=code)
    values = {
        "article": found,
        "texts": found.texts.select_related("by").order_by("-version"),
        "today": clock.now().date(),
    }
    return render(request, "desk/article.html", values)
