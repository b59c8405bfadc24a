"""What every page knows: the city, the person at the desk and the post they act from."""

from __future__ import annotations

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Values for the frame around every page."""
    return {}
