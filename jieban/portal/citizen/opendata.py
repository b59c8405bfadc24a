"""Open data for everybody: what there is, what each file tells, the rules of release, and the files themselves."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jieban.analytics.opendata.release import PACKAGE
from jieban.city import queries as city
from jieban.core import clock
from jieban.portal import errors, rates, releasing
from jieban.portal.access import public
from jieban.portal.citizen import home

_SHOWN = 12
_KEPT = "public, max-age=3600"
_KINDS = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset or field in the reader's language."""

    name: str
    title: str
    says: str
    type: str = ""
    file: str = ""
    rows: int = 0
    size: int = 0


@require_GET
@public
def catalogue(request: HttpRequest) -> HttpResponse:
    """The list of datasets and the rules of release; says when there is none yet."""
    package = _package()
    datasets = [_shown(one) for one in package["resources"]] if package else []
    values = _frame() | {"package": package, "datasets": datasets, "rules": releasing.rules(), **_about(package)}
    return render(request, "citizen/open.html", values)


@require_GET
@public
def dataset(request: HttpRequest, name: str) -> HttpResponse:
    """One dataset: its fields, its last rows, its file."""
    package = _package() or {"resources": []}
    found = next((one for one in package["resources"] if one["name"] == name), None)
    if found is None:
        raise Http404(name)
    fields = [_shown(field) for field in found["schema"]["fields"]]
    rows = _first_rows(releasing.home() / found["path"])
    values = _frame() | {"dataset": _shown(found), "fields": fields, "rows": rows, **_about(package)}
    return render(request, "citizen/open_dataset.html", values)


@require_GET
@public
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of the release, which may be kept for an hour; 304 where the reader has it already."""
    who, limit = rates.address(request), settings.JIEBAN_OPEN_RATE
    if not rates.allows("open", who, limit=limit, at=clock.now()):
        return errors.too_many(request, _("一分钟内下载得太多了，请等一分钟再来。"))
    package = _package()
    known = {one["path"]: one["hash"] for one in package["resources"]} if package else {}
    if package:
        known[PACKAGE] = f"{package['created']}/{package['version']}"
    path = releasing.home() / name
    if name not in known or not path.is_file():
        raise Http404(name)
    tag, changed = quote_etag(known[name]), int(path.stat().st_mtime)
    answer: HttpResponseBase | None = get_conditional_response(request, etag=tag, last_modified=changed)
    if answer is None:
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=_KINDS[path.suffix])
    for header, value in (("ETag", tag), ("Last-Modified", http_date(changed)), ("Cache-Control", _KEPT)):
        answer.headers[header] = value
    return answer


def _package() -> dict[str, Any] | None:
    """The description of the release, None where there is none."""
    try:
        said: dict[str, Any] = json.loads((releasing.home() / PACKAGE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return said


def _frame() -> dict[str, Any]:
    return home.frame(city.current(at=clock.now()).pack)


def _about(package: dict[str, Any] | None) -> dict[str, Any]:
    if not package or not package.get("created"):
        return {}
    months = package["months"]
    return {
        "updated": datetime.fromisoformat(package["created"]), "first": months[0], "last": months[-1],
        "licence": package["licenses"][0], "file_of_all": PACKAGE,
    }  # fmt: skip


def _shown(said: dict[str, Any]) -> Shown:
    """As the release tells it in the reader's language."""
    tail = "En" if home.english() else ""
    return Shown(
        said["name"], said.get(f"title{tail}", said["name"]), said.get(f"description{tail}", ""),
        said.get("type", ""), said.get("path", ""), said.get("rows", 0), said.get("bytes", 0),
    )  # fmt: skip


def _first_rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(islice(csv.reader(file), _SHOWN + 1))[1:]
    except OSError:
        return []
