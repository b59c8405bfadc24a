"""Another system files for its own users (an app, a merged line) and tells them the number itself."""

from jieban.intake.channels.face import Face

FACE = Face(source="api", attended=False, confirms=False, replies=("api", "sms", "page"))
