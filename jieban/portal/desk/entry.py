"""Coming in and going out: login, the post one acts from, and how the pages look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from jieban.accounts import queries as accounts
from jieban.core import clock
from jieban.core.errors import BadInput, NotAllowed
from jieban.portal import context
from jieban.portal.access import actor_of, public, staff

_YEAR = 365 * 24 * 3600


class LoginForm(AuthenticationForm):
    """Name and password, with an answer that does not tell which of the two was wrong."""

    error_messages = {
        "invalid_login": lazy("用户名或密码不对。连错 5 次，这个用户名在这台电脑上要等 15 分钟再试。"),
        "inactive": lazy("这个账号已停用。请找本单位的管理员。"),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "form-control", "aria-describedby": f"{name}-hint"}


class LookForm(forms.Form):
    """How pages look: size of type and theme."""

    size = forms.ChoiceField(choices=[(size, size) for size in context.SIZES])
    theme = forms.ChoiceField(choices=[(theme, theme) for theme in context.THEMES])


login = public(
    auth.LoginView.as_view(
        template_name="desk/login.html", authentication_form=LoginForm, redirect_authenticated_user=True
    )
)
logout = public(auth.LogoutView.as_view())
language = public(set_language)


@staff()
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the post one acts from."""
    places = context.places_of(actor_of(request))
    if not places:
        raise NotAllowed(_("您的岗位还没有页面。请找管理员核对岗位。"))
    return redirect(places[0].url)


@staff()
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here: my posts to choose from, language, size, theme, and the way out."""
    actor = actor_of(request)
    posts = accounts.posts(actor.person_id or 0, at=clock.now())
    return render(request, "desk/me.html", {"posts": posts, "sizes": context.SIZES})


@require_POST
@staff()
def choose_post(request: HttpRequest) -> HttpResponse:
    """Act from another of my posts from now on."""
    wanted = request.POST.get("post", "")
    held = {str(post.pk): post for post in accounts.posts(actor_of(request).person_id or 0, at=clock.now())}
    if wanted not in held:
        raise BadInput(_("这个岗位现在不是您的。请刷新页面再选。"))
    request.session["post"] = held[wanted].pk
    messages.success(request, _("已换到 %s 的岗位。") % held[wanted].unit.name)
    return redirect("home")


@require_POST
@public
def look(request: HttpRequest) -> HttpResponse:
    """Keep the size of type and the theme in cookies, and go back to the page."""
    answer = redirect(_way_back(request))
    form = LookForm({"size": request.COOKIES.get("jb_size", "100"), "theme": request.COOKIES.get("jb_theme", "light")}
                    | request.POST.dict())  # fmt: skip
    if form.is_valid():
        for name, value in form.cleaned_data.items():
            answer.set_cookie(f"jb_{name}", value, max_age=_YEAR, samesite="Lax", httponly=True)
    return answer


@require_POST
@staff()
def stay(request: HttpRequest) -> HttpResponse:
    """Keep the session alive: the person is still there."""
    request.session.modified = True
    return HttpResponse(status=204)


def _way_back(request: HttpRequest) -> str:
    way = request.POST.get("next", "")
    return way if url_has_allowed_host_and_scheme(way, {request.get_host()}) else "/"
