"""Looking up an own order: number and digits, the page with its progress, a remark, the four answers, the files."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jieban.accounts import actor as actors
from jieban.callback import actions as callback
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import JiebanError
from jieban.handling import asking
from jieban.intake import actions as intake
from jieban.intake import files
from jieban.orders.models import Order
from jieban.portal import rates
from jieban.portal.access import public
from jieban.portal.citizen import answers, home, proof, receipts, uploads, view
from jieban.portal.citizen.forms import AnswerForm, RemarkForm, SupplementForm, TrackForm

# Wrong digits for one number within an hour: four digits are not to be guessed, and a person errs less often.
_WRONG_MAX = 10


@require_http_methods(["GET", "POST"])
@public
def track(request: HttpRequest) -> HttpResponse:
    """Number and digits; right ones are kept for the session and open the order."""
    begins = _pack(None).pack.settings.order_prefix
    posted = request.POST if request.method == "POST" else None
    form = TrackForm(posted, initial=request.GET.dict(), begins=begins)
    if not form.is_bound:
        return _asking(request, form)
    if not form.is_valid():
        return _asking(request, form, status=422)
    at, number, who = clock.now(), form.cleaned_data["number"], rates.address(request)
    often = not rates.allows("track", who, limit=settings.JIEBAN_TRACK_RATE, at=at)
    if often or rates.counted("wrong", number, at=at, window=rates.HOUR) >= _WRONG_MAX:
        return _asking(request, form, refused=_("查得太勤了，请过一会儿再试。编号和您写的都在。"), status=429)
    order = proof.find(number, form.cleaned_data["digits"])
    if order is None:
        rates.count("wrong", number, at=at, window=rates.HOUR)
        return _asking(request, form, refused=_("编号和后面的数字对不上。"), status=422)
    proof.remember(request, order.number)
    return redirect("citizen:order", order.number)


@require_POST
@public
def forget(request: HttpRequest) -> HttpResponse:
    """Close every order that this browser has opened."""
    proof.forget(request)
    messages.success(request, _("这台设备不再记着您打开过的工单。"), extra_tags="good")
    return redirect("citizen:track")


def _asking(request: HttpRequest, form: TrackForm, *, refused: str = "", status: int = 200) -> HttpResponse:
    values = home.frame(_pack(None).pack) | {"form": form, "refused": refused, "mine": home.opened(request)}
    return render(request, "citizen/track.html", values, status=status)


def _pack(order: Order | None) -> Loaded:
    return city.of(order.pack_id) if order else city.current(at=clock.now())


def _proved(inner: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view the order of `number` if this browser has proved it, else ask for the proof."""

    @wraps(inner)
    def outer(request: HttpRequest, number: str, **kwargs: int) -> HttpResponseBase:
        order = proof.order_of(request, number)
        if order is None:
            return redirect(f"{home.track_url()}?number={number}")
        return inner(request, order, **kwargs)

    return outer


@require_GET
@public
@_proved
def order(request: HttpRequest, found: Order) -> HttpResponse:
    """How far the order is."""
    return _page(request, found)


@require_POST
@public
@_proved
def remark(request: HttpRequest, found: Order) -> HttpResponse:
    """Add a word, and files, to an open order."""
    at, form = clock.now(), RemarkForm(request.POST)
    shelf = uploads.take(request, _pack(found).pack.settings, at=at)
    if not form.is_valid() or shelf.problems:
        return _page(request, found, remark=form, shelf=shelf, status=422)
    if not rates.allows("remark", found.number, limit=settings.JIEBAN_FILE_RATE, at=at):
        form.add_error(None, _("一分钟内补充得太多了，请等一分钟。您写的都在。"))
        return _page(request, found, remark=form, shelf=shelf, status=429)
    try:
        intake.remark([found], note=form.cleaned_data["note"], files=shelf.kept, by=actors.citizen(), at=at)
    except JiebanError as error:
        form.add_error(None, str(error))
        return _page(request, found, remark=form, shelf=shelf, status=409)
    files.claim(shelf.tokens)
    messages.success(request, _("补充的已经记下，办的单位能看到。"), extra_tags="good")
    return redirect("citizen:order", found.number)


@require_POST
@public
@_proved
def supplement(request: HttpRequest, found: Order) -> HttpResponse:
    """Answer what a unit asks, in words and files."""
    at, form = clock.now(), SupplementForm(request.POST)
    shelf = uploads.take(request, _pack(found).pack.settings, at=at)
    if not form.is_valid() or shelf.problems:
        return _page(request, found, supplement=form, shelf=shelf, status=422)
    if not rates.allows("remark", found.number, limit=settings.JIEBAN_FILE_RATE, at=at):
        form.add_error(None, _("一分钟内补充得太多了，请等一分钟。您写的都在。"))
        return _page(request, found, supplement=form, shelf=shelf, status=429)
    try:
        kept = intake.attachments(shelf.kept, stage="remark")
        asking.answer([found], words=form.cleaned_data["words"], files=kept, by=actors.citizen(), at=at)
    except JiebanError as error:
        form.add_error(None, str(error))
        return _page(request, found, supplement=form, shelf=shelf, status=409)
    files.claim(shelf.tokens)
    messages.success(request, _("您补充的已经送到单位，他们接着办。"), extra_tags="good")
    return redirect("citizen:order", found.number)


@require_POST
@public
@_proved
def rate(request: HttpRequest, found: Order) -> HttpResponse:
    """The four answers, while the hotline is asking."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, rating=form, status=422)
    try:
        followed = callback.record(found, answers.said(form), way="web", by=actors.citizen(), at=clock.now())
    except JiebanError as error:
        form.add_error(None, str(error))
        return _page(request, found, rating=form, status=409)
    messages.success(request, answers.thanks(followed), extra_tags="good")
    return redirect("citizen:order", found.number)


@require_GET
@public
@_proved
def attachment(request: HttpRequest, found: Order, pk: int) -> HttpResponseBase:
    """A file that goes with what the citizen or a unit said to the other."""
    row = view.file_of(found, pk)
    if row is None or not files.path(row.sha256).exists():
        raise Http404
    shown, download = files.shown(row.sha256, row.mime), not row.mime.startswith("image/")
    return FileResponse(
        shown.open("rb"), as_attachment=download, filename=row.name, content_type=row.mime, headers=receipts.PRIVATE
    )


def _page(
    request: HttpRequest,
    found: Order,
    *,
    remark: RemarkForm | None = None,
    supplement: SupplementForm | None = None,
    rating: AnswerForm | None = None,
    shelf: uploads.Shelf | None = None,
    status: int = 200,
) -> HttpResponse:
    loaded = _pack(found)
    shelf = shelf or uploads.empty(loaded.pack.settings)
    values = home.frame(loaded.pack) | shelf.values() | {
        "view": view.of(found, now=clock.now()),
        "order": found,
        "remark": remark or RemarkForm(),
        "supplement": supplement or SupplementForm(),
        "form": rating or AnswerForm(),
        "rework": answers.rework_pairs(found, city.current(at=clock.now()).pack.callbacks),
    }  # fmt: skip
    return render(request, "citizen/order.html", values, status=status)
