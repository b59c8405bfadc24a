"""The public form: nobody is on the line; the number appears on the page and goes out by SMS."""

from jieban.intake.channels.face import Face

FACE = Face(source="web", attended=False, confirms=True, replies=("page", "sms", "phone"))
