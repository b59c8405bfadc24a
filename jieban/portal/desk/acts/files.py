"""Files that come with an act: checked by content and kept, as rows for the verb that takes them."""

from __future__ import annotations

from typing import Any

from jieban.intake import actions as intake
from jieban.intake import files as stores
from jieban.orders.models import Attachment


def stored(uploads: list[Any], stage: str) -> list[Attachment]:
    """Uploaded files, checked and kept, as attachments not yet saved; `stage` says when in the work they were made."""
    kept = [stores.store(stores.Raw(upload.name or "", upload.read())) for upload in uploads]
    return intake.attachments(kept, stage=stage)
