"""The site is the portal."""

from django.urls import include, path

urlpatterns = [path("", include("jieban.portal.urls"))]
