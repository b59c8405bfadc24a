"""The site is the portal."""

from django.urls import include, path

urlpatterns = [path("", include("jieban.portal.urls"))]

handler400 = "jieban.portal.errors.bad_request"
handler403 = "jieban.portal.errors.forbidden"
handler404 = "jieban.portal.errors.not_found"
handler500 = "jieban.portal.errors.failed"
