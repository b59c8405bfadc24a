"""Every route of the house. Citizens' pages lie at the root, the staff's beside them, machines under api/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from jieban.portal.api.site import api
from jieban.portal.desk import correct, dispatch, entry, orders, overview, people, reading, record, seat, standing, unit
from jieban.portal.desk.boards import views as boards

urlpatterns: list[URLPattern | URLResolver] = [
    path("home", entry.home, name="home"),
    path("login", entry.login, name="login"),
    path("logout", entry.logout, name="logout"),
    path("language", entry.language, name="language"),
    path("look", entry.look, name="look"),
    path("me", entry.me, name="me"),
    path("me/post", entry.choose_post, name="choose_post"),
    path("me/stay", entry.stay, name="stay"),
    path("desk", unit.desk, name="desk"),
    path("desk/sign", unit.sign, name="desk_sign"),
    path("desk/hand", unit.hand_down, name="desk_hand"),
    path("seat", seat.seat, name="seat"),
    path("seat/take", seat.take, name="seat_take"),
    path("seat/suggest", seat.suggest, name="seat_suggest"),
    path("seat/caller", seat.caller, name="seat_caller"),
    path("seat/places", seat.places, name="seat_places"),
    path("dispatch", dispatch.dispatch, name="dispatch"),
    path("dispatch/-/categories", correct.categories, name="dispatch_categories"),
    path("dispatch/-/places", correct.spots, name="dispatch_spots"),
    path("dispatch/<str:number>", dispatch.one, name="dispatch_one"),
    path("dispatch/<str:number>/correct", correct.correct, name="dispatch_correct"),
    path("units", dispatch.units, name="units"),
    path("orders", orders.orders, name="orders"),
    path("orders/<str:number>", record.record, name="record"),
    path("orders/<str:number>/parts/<int:no>/<str:verb>", record.work, name="work"),
    path("orders/<str:number>/acts/<str:verb>", record.act, name="act"),
    path("orders/<str:number>/phone", record.reveal, name="reveal"),
    path("boards/<str:section>", boards.section, name="boards"),
    path("boards/<str:section>/<str:name>", boards.board, name="board"),
    path("overview", overview.overview, name="overview"),
    path("appraisal", standing.appraisal, name="appraisal"),
    path("knowledge", reading.knowledge, name="knowledge"),
    path("knowledge/<str:code>", reading.article, name="article"),
    path("people", people.people, name="people"),
    path("people/<int:pk>/end", people.end, name="people_end"),
    path("attachments/<int:pk>", record.attachment, name="attachment"),
    path("api/v1/", api.urls),
    path("", include("jieban.portal.callback_desk.urls")),
    path("", include("jieban.portal.citizen.urls")),
]
