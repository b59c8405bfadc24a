"""Routes of the forecasts."""

from django.urls import path

from jieban.portal.cockpit.forecasts import calendar, series, shifts

urlpatterns = [
    path("forecasts", series.forecasts, name="forecasts"),
    path("forecasts/seats", shifts.seats, name="forecast_seats"),
    path("forecasts/seats.csv", shifts.download, name="forecast_seats_csv"),
    path("forecasts/calendar", calendar.calendar, name="forecast_calendar"),
]
