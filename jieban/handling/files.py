"""Files that come with a verb: unsaved rows whose bytes are stored already."""

from __future__ import annotations

from collections.abc import Sequence

from jieban.orders.models import Attachment


def copies(files: Sequence[Attachment]) -> list[Attachment]:
    """The files once more as unsaved rows, for each of several steps."""
    return [Attachment(name=f.name, mime=f.mime, size=f.size, sha256=f.sha256, stage=f.stage) for f in files]
