"""Errors a person can act on: what happened, why, and what to do."""


class JiebanError(Exception):
    """Base of every error that is shown to a person. `str(error)` is a whole sentence."""


class NotAllowed(JiebanError):
    """The actor's post does not carry this deed, or the record is out of the actor's sight."""


class Conflict(JiebanError):
    """Somebody else was first: the row is no longer in a state from which this move leads on."""


class BadInput(JiebanError):
    """Something a person typed or a file said cannot be taken; nothing was written."""
