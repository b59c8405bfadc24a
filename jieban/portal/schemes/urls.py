"""Routes of schemes and of what-if."""

from django.urls import path

from jieban.portal.schemes import editing, trying, views

urlpatterns = [
    path("appraisal/schemes", views.schemes, name="schemes"),
    path("appraisal/schemes/-/compare", views.compare, name="scheme_compare"),
    path("appraisal/schemes/-/new", editing.new, name="scheme_new"),
    path("appraisal/schemes/<slug:key>", views.scheme, name="scheme"),
    path("appraisal/schemes/<int:pk>/edit", editing.edit, name="scheme_edit"),
    path("appraisal/schemes/<int:pk>/<str:name>", editing.verb, name="scheme_verb"),
    path("appraisal/what-if", trying.what_if, name="what_if"),
]
