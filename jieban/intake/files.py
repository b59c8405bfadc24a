"""Files that come with a matter: checked by content, stored once under their hash, and kept while a form is corrected.

The original is evidence and never changes; its SHA-256 stands in the timeline. What a person is shown of a photo is a
copy without its metadata, so that no picture tells where somebody lives.
"""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from jieban.core.errors import BadInput
from jieban.intake import kinds
from jieban.intake.models import Upload
from jieban.intake.rules import Kept

# A photo larger than this opens into more memory than a desk computer has to spare.
PIXELS_MAX = 80_000_000
SHOWN_EDGE = 2560
UNCLAIMED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Raw:
    """A file as it arrived: the name somebody gave it and its bytes."""

    name: str
    data: bytes


def store(raw: Raw, *, limit: int | None = None) -> Kept:
    """Check and store one file. BadInput says why not; `limit` is bytes (else the setting JIEBAN_FILE_MAX)."""
    most = min(limit or settings.JIEBAN_FILE_MAX, settings.JIEBAN_FILE_MAX)
    if len(raw.data) > most:
        raise BadInput(f"“{raw.name}”超过 {most // 1024 // 1024} MB。请压缩、剪短，或分成几个交。")
    mime = kinds.kind(raw.data)
    if mime is None:
        raise BadInput(f"“{raw.name}”打不开或者不是能收的文件。能收的有：{kinds.WORDS}。")
    if mime in kinds.IMAGES:
        _open(raw)
    digest = sha256(raw.data).hexdigest()
    _write(path(digest), raw.data)
    return Kept(kinds.safe_name(raw.name, mime), mime, len(raw.data), digest)


def path(digest: str) -> Path:
    """Where the bytes with this SHA-256 lie: two levels of folders under JIEBAN_HOME/files."""
    return Path(settings.JIEBAN_HOME) / "files" / digest[:2] / digest[2:4] / digest


def shown(digest: str, mime: str) -> Path:
    """What may be shown: of a photo a copy without metadata and of moderate size, made once; else the file itself."""
    original = path(digest)
    if mime not in kinds.IMAGES:
        return original
    copy = original.with_name(f"{digest}.shown")
    if not copy.exists():
        with Image.open(original) as image:
            plain = ImageOps.exif_transpose(image)
            plain.thumbnail((SHOWN_EDGE, SHOWN_EDGE))
            _save(plain, copy, mime)
    return copy


def keep(files: Sequence[Raw], *, at: datetime, limit: int | None = None) -> list[Upload]:
    """Store files whose form is not accepted yet; each row's token brings its file back. BadInput names a bad one."""
    stored = [store(raw, limit=limit) for raw in files]
    return Upload.objects.bulk_create(
        Upload(token=secrets.token_urlsafe(32), name=f.name, mime=f.mime, size=f.size, sha256=f.sha256, at=at)
        for f in stored
    )


def kept(tokens: Iterable[str]) -> list[Kept]:
    """The files behind these tokens that no order has claimed, in their sequence; unknown tokens are left out."""
    wanted = list(tokens)
    rows = {upload.token: upload for upload in Upload.objects.filter(token__in=wanted, claimed=False)} if wanted else {}
    return [Kept(u.name, u.mime, u.size, u.sha256) for token in wanted if (u := rows.get(token)) is not None]


def claim(tokens: Iterable[str]) -> None:
    """The files behind these tokens now belong to an order."""
    Upload.objects.filter(token__in=list(tokens)).update(claimed=True)


def sweep(*, at: datetime) -> int:
    """Forget uploads that no order has claimed within a day; returns how many. Bytes that an order uses stay."""
    old = Upload.objects.filter(claimed=False, at__lt=at - UNCLAIMED)
    return old.delete()[0]


def _open(raw: Raw) -> None:
    """Refuse a picture that cannot be opened or would fill the memory."""
    try:
        with Image.open(io.BytesIO(raw.data)) as image:
            if image.width * image.height > PIXELS_MAX:
                raise BadInput(f"“{raw.name}”有 {image.width}×{image.height} 像素，太大了。请缩小后再交。")
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadInput(f"“{raw.name}”打不开，文件可能坏了。请重新拍一张或换一个文件。") from error


def _save(image: Image.Image, target: Path, mime: str) -> None:
    form = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}[mime]
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as out:
        # A fresh picture of the same pixels carries none of the old one's metadata.
        bare = Image.new(image.mode, image.size)
        bare.paste(image)
        if image.mode == "P" and (palette := image.getpalette()):
            bare.putpalette(palette)
        bare.save(out, form)
    Path(name).replace(target)


def _write(target: Path, data: bytes) -> None:
    """Put the bytes there whole or not at all; the same bytes are stored once."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    Path(name).replace(target)
