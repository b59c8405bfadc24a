"""Filing in public: the form with its suggestions and files, and the receipt. It all works without a script."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jieban.accounts import actor as actors
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock, crypto
from jieban.core.errors import JiebanError
from jieban.intake import files, kinds
from jieban.intake.models import Upload
from jieban.portal import errors, filing, rates
from jieban.portal.access import public
from jieban.portal.citizen import guessing, home, proof, qr, receipts, uploads
from jieban.portal.citizen.forms import FilingForm

_PICKS = 7
# Guesses and picks a minute: a person types slower than this.
_LOOKS = 120


@require_http_methods(["GET", "POST"])
@public
def file(request: HttpRequest) -> HttpResponse:
    """The form; a filing that can be taken leads to its receipt."""
    loaded = city.current(at=clock.now())
    if request.method == "POST":
        return _filed(request, loaded)
    form = FilingForm(initial={"once": crypto.token(), "sms": True}, pack=loaded.pack, at=clock.now())
    return _form(request, loaded, form, uploads.empty(loaded.pack.settings))


def _filed(request: HttpRequest, loaded: Loaded) -> HttpResponse:
    at = clock.now()
    shelf = uploads.take(request, loaded.pack.settings, at=at)
    form = FilingForm(request.POST, pack=loaded.pack, at=at, files=shelf.kept)
    if not form.is_valid() or shelf.problems or form.filing is None:
        return _form(request, loaded, form, shelf, status=422)
    if not rates.allows("file", rates.address(request), limit=settings.JIEBAN_FILE_RATE, at=at):
        form.add_error(None, _("这个网络一分钟内提交得太多了。请等一分钟再点提交，您写的都在；着急请拨 12345。"))
        return _form(request, loaded, form, shelf, status=429)
    try:
        number = filing.file([form.filing], by=actors.citizen(), at=at)[0].taken.number
    except JiebanError as error:
        form.add_error(None, str(error))
        return _form(request, loaded, form, shelf, status=409)
    files.claim(shelf.tokens)
    proof.remember(request, number)
    return redirect("citizen:receipt", number)


def _form(
    request: HttpRequest, loaded: Loaded, form: FilingForm, shelf: uploads.Shelf, *, status: int = 200
) -> HttpResponse:
    text, address = str(form["content"].value() or ""), str(form["address"].value() or "")
    guess = guessing.guess(text, address, loaded) if form.is_bound else guessing.NOTHING
    values: dict[str, Any] = home.frame(loaded.pack) | shelf.values() | guess.values(form["guess"].value())
    usual = loaded.pack.clocks.get("7d")
    values |= {"form": form, "usual": usual.handle.limit if usual else "", "first": _first_error(form)}
    return render(request, "citizen/file.html", values, status=status)


def _first_error(form: FilingForm) -> str:
    """The first field, in the order of the page, that has an error."""
    return next(
        (name for name in ("content", "address", "phone", "name", "firm", "credit_code") if form[name].errors), ""
    )


@require_POST
@public
def guess(request: HttpRequest) -> HttpResponse:
    """What the words look like so far: the category to confirm, and whether to call an emergency line first."""
    at = clock.now()
    if not rates.allows("guess", rates.address(request), limit=_LOOKS, at=at):
        return HttpResponse(status=204)
    loaded = city.current(at=at)
    found = guessing.guess(request.POST.get("content", "")[:8000], request.POST.get("address", "")[:200], loaded)
    return render(request, "citizen/guess.html", found.values(request.POST.get("guess", "")))


@require_GET
@public
def places(request: HttpRequest) -> HttpResponse:
    """Places whose name holds what was typed."""
    at = clock.now()
    if not rates.allows("places", rates.address(request), limit=_LOOKS, at=at):
        return HttpResponse(status=204)
    typed = request.GET.get("address", "")[:40]
    picks = city.current(at=at).gazetteer.search(typed, _PICKS)
    return render(request, "citizen/places.html", {"picks": picks, "typed": typed.strip()})


@require_POST
@public
def take_uploads(request: HttpRequest) -> HttpResponse:
    """Take chosen files at once, so that no later error can lose them."""
    at = clock.now()
    if not rates.allows("upload", rates.address(request), limit=settings.JIEBAN_FILE_RATE * 3, at=at):
        return errors.too_many(request, _("一分钟内交的文件太多了。请等一分钟再加，前面的都在。"))
    shelf = uploads.take(request, city.current(at=at).pack.settings, at=at)
    return render(request, "citizen/kept.html", shelf.values())


@require_GET
@public
def upload(request: HttpRequest, token: str) -> HttpResponseBase:
    """A waiting picture, small, for whoever holds its token."""
    row = get_object_or_404(Upload, token=token, claimed=False, mime__in=kinds.IMAGES)
    return FileResponse(files.shown(row.sha256, row.mime).open("rb"), content_type=row.mime, headers=receipts.PRIVATE)


@require_GET
@public
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt, for the browser that filed or proved the order."""
    order = proof.order_of(request, number)
    if order is None:
        return redirect(f"{home.track_url()}?number={number}")
    loaded = city.of(order.pack_id)
    address = f"{settings.JIEBAN_PUBLIC_URL.rstrip('/')}{home.track_url()}?number={order.number}"
    values = home.frame(loaded.pack) | {"order": order, "qr": qr.draw(address)}
    values["receipt"] = receipts.of(order, now=clock.now())
    return render(request, "citizen/receipt.html", values)
