"""The site's own routes, and beside them a bare view with one INSERT."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

TABLE = "CREATE TABLE IF NOT EXISTS bench_bare (id bigserial PRIMARY KEY, body text NOT NULL, at timestamptz)"


@csrf_exempt
def bare(request: HttpRequest) -> JsonResponse:
    """The least a view can do that keeps something: one INSERT of the body, nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (body, at) VALUES (%s, now()) RETURNING id", [request.body.decode()])
        (number,) = cursor.fetchone()
    return JsonResponse({"number": number}, status=201)


urlpatterns = [path("bare", bare), path("", include("jieban.portal.urls"))]
