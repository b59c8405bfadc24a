"""Routes of the callback console."""

from django.urls import path

from jieban.portal.callback_desk import views

urlpatterns = [
    path("callback", views.queue, name="callback"),
    path("callback/<str:number>", views.call, name="callback_call"),
    path("callback/<str:number>/record", views.record, name="callback_record"),
    path("callback/<str:number>/attempt", views.attempt, name="callback_attempt"),
    path("callback/<str:number>/phone", views.phone, name="callback_phone"),
]
