"""Every route of the house."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from jieban.portal.desk import entry

urlpatterns: list[URLPattern | URLResolver] = [
    path("", entry.index, name="index"),
    path("home", entry.home, name="home"),
    path("login", entry.login, name="login"),
    path("logout", entry.logout, name="logout"),
    path("language", entry.language, name="language"),
    path("look", entry.look, name="look"),
    path("me", entry.me, name="me"),
    path("me/post", entry.choose_post, name="choose_post"),
    path("me/stay", entry.stay, name="stay"),
]
