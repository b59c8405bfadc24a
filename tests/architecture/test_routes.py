"""Every route is guarded: a view for staff names its roles, an open one says so, an API operation asks for a key."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, get_resolver
from ninja import NinjaAPI

from jieban.accounts.actor import Role
from jieban.portal.api.site import api

# API operations that need no key: the description of the API tells nothing about anybody.
OPEN_OPERATIONS = {"GET openapi.json"}
# The pages that django-ninja itself serves: the description of the API and its reader.
NINJA_PAGES = {"openapi-json", "openapi-view", "api-root"}


def patterns(resolver=None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route with its whole path."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield prefix + str(one.pattern), one
        else:
            yield from patterns(one, prefix + str(one.pattern))


def test_every_view_carries_a_guard():
    bare = [
        path
        for path, one in patterns()
        if not path.startswith("api/") and not getattr(one.callback, "jieban_guard", None)
    ]
    assert bare == []


def test_every_guard_names_roles_that_exist():
    known = {*Role, "staff", "public"}
    strange = {
        path: one.callback.jieban_guard
        for path, one in patterns()
        if hasattr(one.callback, "jieban_guard") and not set(one.callback.jieban_guard) <= known
    }
    assert strange == {}


def operations(site: NinjaAPI) -> Iterator[tuple[str, object]]:
    """Every operation of the API: its path and method, and what checks who calls."""
    for prefix, router in site._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield f"{method} {prefix}{path}", operation.auth_callbacks


def test_every_api_operation_asks_for_a_key():
    found = dict(operations(api))
    assert found != {}
    assert {name for name, checks in found.items() if not checks} == OPEN_OPERATIONS


def test_the_api_has_no_other_routes():
    outside = [
        (path, one.name) for path, one in patterns()
        if path.startswith("api/") and one.name not in NINJA_PAGES and not hasattr(one.callback, "csrf_exempt")
    ]  # fmt: skip
    assert outside == []


def names(resolver=None, space: str = "") -> Iterator[str]:
    """Every route's name with its namespace."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield f"{space}{one.name}"
        else:
            yield from names(one, f"{space}{one.namespace}:" if one.namespace else space)


def test_route_names_are_unique():
    found = sorted(names())
    assert found == sorted(set(found))
