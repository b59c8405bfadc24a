"""Routes of the citizens' pages."""

from django.urls import path

from jieban.portal.citizen import file, home, opendata, outside, scores, survey, track

app_name = "citizen"
urlpatterns = [
    path("", home.index, name="home"),
    path("file", file.file, name="file"),
    path("file/guess", file.guess, name="guess"),
    path("file/places", file.places, name="places"),
    path("file/uploads", file.take_uploads, name="uploads"),
    path("file/uploads/<str:token>", file.upload, name="upload"),
    path("receipt/<str:number>", file.receipt, name="receipt"),
    path("track", track.track, name="track"),
    path("track/forget", track.forget, name="forget"),
    path("track/<str:number>", track.order, name="order"),
    path("track/<str:number>/remark", track.remark, name="remark"),
    path("track/<str:number>/supplement", track.supplement, name="supplement"),
    path("track/<str:number>/rate", track.rate, name="rate"),
    path("track/<str:number>/files/<int:pk>", track.attachment, name="attachment"),
    path("open", opendata.catalogue, name="open"),
    path("open/files/<str:name>", opendata.file, name="open_file"),
    path("open/<slug:name>", opendata.dataset, name="open_dataset"),
    path("scores", scores.scores, name="scores"),
    path("scores/<str:cycle>.docx", scores.docx, name="scores_docx"),
    path("scores/<str:cycle>.json", scores.json, name="scores_json"),
    path("outside/<str:token>", outside.outside, name="outside"),
    path("survey/<str:token>", survey.survey, name="survey"),
]
