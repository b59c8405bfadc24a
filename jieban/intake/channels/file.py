"""A file of letters that came earlier or elsewhere: nobody waits for an answer on the spot, so nobody gets an SMS."""

from jieban.intake.channels.face import Face

FACE = Face(source="file", attended=False, confirms=False, replies=("file",))
