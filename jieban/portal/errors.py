"""Errors as pages: what happened, that nothing was lost, one way on, and a short code that also stands in the log."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils.translation import gettext as _

from jieban.core.errors import Conflict, JiebanError, NotAllowed
from jieban.portal.access import public

log = logging.getLogger("jieban.portal")


class Sentences:
    """Middleware: an error that a person can act on becomes a page (or a fragment) instead of a server error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == 405 and not answer.content:
            text = _("这个地址只收提交的表单，直接打开没有内容。您写的草稿保存在这台电脑上。")
            return page(request, 405, _("这一页不能直接打开"), text, allow=answer.headers.get("Allow", ""))
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer JiebanError with its own sentence; leave everything else to Django."""
        if not isinstance(error, JiebanError):
            return None
        status = 409 if isinstance(error, Conflict) else 403 if isinstance(error, NotAllowed) else 400
        headings = {
            409: _("有人先办了，您这一步没有改动任何内容"),
            403: _("这件事您的岗位不能做"),
            400: _("这一步没有做成"),
        }
        return page(request, status, headings[status], str(error))


def page(request: HttpRequest, status: int, heading: str, text: str, *, allow: str = "") -> HttpResponse:
    """The error page (a notice alone for a request of htmx) with a code that is logged."""
    code = secrets.token_hex(2).upper()
    log.warning("%s %s %s: %s", code, status, request.path, text)
    way = request.headers.get("Referer", "")
    own = way.startswith(request.build_absolute_uri("/"))
    values = {
        "heading": heading,
        "text": text,
        "code": code,
        "back": "/",
        "way": way if own else request.path,
        "way_text": _("回到刚才那一页") if own else _("再试一次"),
        "only_home": status in (404, 405) and not own,
    }
    name = "errors/part.html" if request.headers.get("HX-Request") else "errors/page.html"
    answer = render(request, name, values, status=status)
    if allow:
        answer.headers["Allow"] = allow
    return answer


@public
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the browser sent something that cannot be read."""
    return page(request, 400, _("浏览器发来的内容看不懂"), _("什么都没有改动。请回到刚才那一页，刷新后再试。"))


@public
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the page is for other posts."""
    text = str(exception) if isinstance(exception, PermissionDenied) and str(exception) else _("换一个岗位也许就能看。")
    return page(request, 403, _("这一页您的岗位打不开"), text)


@public
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing there, or nothing there for this post; the page does not tell which."""
    text = _("地址可能抄错了，或者这件工单不在您的岗位能看的范围里。可以从首页按编号再找一次。")
    return page(request, 404, _("没有找到这一页"), text)


@public
def failed(request: HttpRequest) -> HttpResponse:
    """500: our mistake. Nothing here may fail again, so the page knows nothing."""
    return SimpleTemplateResponse("500.html", status=500).render()


@public
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is too old (logged out meanwhile, or cookies switched off)."""
    text = _("这一页开得太久，或者您在别处退出过。写的内容保存在这台电脑上，重新打开这一页会带回来。")
    return page(request, 403, _("没有提交上"), text)


def too_many(request: HttpRequest, text: str) -> HttpResponse:
    """429: too many tries in a short time."""
    answer = page(request, 429, _("试得太勤了"), text)
    answer["Retry-After"] = "60"
    return answer
