"""The seat: an agent has the caller on the line and decides; the number is told and goes out by SMS."""

from jieban.intake.channels.face import Face

FACE = Face(source="seat", attended=True, confirms=True, replies=("phone", "sms", "page"))
