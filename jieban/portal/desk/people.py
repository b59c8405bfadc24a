"""Who holds which post: the administrator reads, adds a post, and ends one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts import actions as accounts
from jieban.accounts.actor import Role
from jieban.accounts.models import Post
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.portal import words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import finding, forms

_POSTS = [role for role in Role if role not in (Role.CITIZEN, Role.CHANNEL, Role.RULE)]
_PAGE = 200


@staff(Role.ADMIN)
def people(request: HttpRequest) -> HttpResponse:
    """Posts that are held now, found by name or unit, and the form for a new one."""
    at, query = clock.now(), request.GET.get("q", "").strip()[:60]
    form = forms.PostForm(request.POST or None, roles=[(role.value, words.ROLES[role]) for role in _POSTS])
    if request.method == "POST" and form.is_valid():
        try:
            said = _appoint(form.cleaned_data, request)
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect("people")
    held = Post.objects.filter(Q(until=None) | Q(until__gt=at.date())).select_related("person", "unit")
    if query:
        held = held.filter(
            Q(person__name__icontains=query) | Q(unit__name__icontains=query) | Q(person__username=query)
        )
    found = list(held.order_by("unit__path", "role", "pk")[: _PAGE + 1])
    values = {"posts": found[:_PAGE], "cut": len(found) > _PAGE, "form": form, "query": query}
    return render(request, "desk/people.html", values, status=422 if form.errors else 200)


@require_POST
@staff(Role.ADMIN)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post today; its holder keeps the others."""
    post = get_object_or_404(Post.objects.select_related("person", "unit"), pk=pk)
    if post.pk == actor_of(request).post_id:
        raise BadInput(_("不能停掉您自己正在用的岗位。请让另一位管理员来停。"))
    accounts.end_post(post, at=clock.now())
    messages.success(request, _("%(name)s 在%(unit)s的岗位停了。") % {"name": post.person.name, "unit": post.unit.name})
    return redirect("people")


def _appoint(data: dict[str, Any], request: HttpRequest) -> str:
    at = clock.now()
    loaded = city.current(at=at)
    unit = Unit.objects.get(code=_seat(data["unit"], loaded))
    _check_kind(data["role"], unit, loaded)
    if data["password"]:
        _check_password(data["password"])
    post = accounts.appoint(
        username=data["username"],
        name=data["name"],
        password=data["password"],
        unit_id=unit.pk,
        role=data["role"],
        at=at,
    )
    told = {"name": post.person.name, "unit": unit.name, "role": words.ROLES[data["role"]]}
    return _("%(name)s 现在是%(unit)s的%(role)s。") % told


def _seat(text: str, loaded: Loaded) -> str:
    return finding.unit_code(text, loaded)


def _check_kind(role: str, unit: Unit, loaded: Loaded) -> None:
    allowed = loaded.pack.roles[role].unit_kinds if role in loaded.pack.roles else ()
    if allowed and unit.kind not in allowed:
        raise BadInput(_("%(unit)s不设“%(role)s”这个岗位。") % {"unit": unit.name, "role": words.ROLES[role]})


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from error
