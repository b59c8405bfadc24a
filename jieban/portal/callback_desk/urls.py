"""Routes of the callback console."""

from django.urls import path

from jieban.portal.callback_desk import views, watching

urlpatterns = [
    path("callback", views.queue, name="callback"),
    path("callback/next", views.next_call, name="callback_next"),
    path("callback/leaders", watching.leaders_draw, name="leaders_draw"),
    path("callback/second", watching.second_call, name="second_call"),
    path("callback/second/<int:pk>/record", watching.second_record, name="second_record"),
    path("callback/second/<int:pk>/missed", watching.second_missed, name="second_missed"),
    path("callback/second/<int:pk>/phone", watching.second_phone, name="second_phone"),
    path("callback/signs/<int:pk>", watching.sign_found, name="sign_found"),
    path("callback/texts/<int:pk>", watching.text_settled, name="text_settled"),
    path("callback/<str:number>", views.call, name="callback_call"),
    path("callback/<str:number>/record", views.record, name="callback_record"),
    path("callback/<str:number>/attempt", views.attempt, name="callback_attempt"),
    path("callback/<str:number>/ring", views.ring, name="callback_ring"),
    path("callback/<str:number>/phone", views.phone, name="callback_phone"),
]
