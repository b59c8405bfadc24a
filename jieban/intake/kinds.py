"""What a file is, told by its first bytes and never by its name. Pure; the list is the whole of what is taken."""

from __future__ import annotations

import io
import re
import zipfile

from jieban.intake.rules import clean_line

IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})
# MIME type → the ending a stored file of it carries.
ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/heic": ".heic", "application/pdf": ".pdf",
    "video/mp4": ".mp4", "video/quicktime": ".mov", "audio/mpeg": ".mp3", "audio/amr": ".amr", "audio/wav": ".wav",
    "audio/mp4": ".m4a",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip
WORDS = "照片（JPEG、PNG、WebP、HEIC）、PDF、视频（MP4、MOV）、录音（MP3、AMR、WAV、M4A）、Word 和 Excel（docx、xlsx）"
_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"),
    (b"#!AMR", "audio/amr"), (b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)  # fmt: skip
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"hevc": "image/heic", b"mif1": "image/heic", b"msf1": "image/heic",
    b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4",
    b"isom": "video/mp4", b"iso2": "video/mp4", b"iso4": "video/mp4", b"iso5": "video/mp4", b"iso6": "video/mp4",
    b"mp41": "video/mp4", b"mp42": "video/mp4", b"avc1": "video/mp4", b"M4V ": "video/mp4", b"3gp4": "video/mp4",
    b"3gp5": "video/mp4",
}  # fmt: skip
_OFFICE = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx"}
_NAME_MAX = 120
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')


def kind(data: bytes) -> str | None:
    """The MIME type of a file by its content, None where it is none of those taken."""
    for start, mime in _STARTS:
        if data.startswith(start):
            return mime
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12])
    return _office(data) if data[:4] == b"PK\x03\x04" else None


def _office(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = set(parts.namelist())
    except zipfile.BadZipFile:
        return None
    if any(name.endswith("vbaProject.bin") for name in names):
        return None
    ending = next((ending for part, ending in _OFFICE.items() if part in names), None)
    return next((mime for mime, known in ENDINGS.items() if known == ending), None)


def safe_name(name: str, mime: str) -> str:
    """The name people gave, without folders or signs no file system takes, ending as its content demands."""
    ending = ENDINGS[mime]
    last = _NOT_IN_NAMES.split(clean_line(name))[-1].strip(". ")
    stem = last[: -len(ending)] if last.lower().endswith(ending) else re.sub(r"\.[0-9A-Za-z]{1,5}$", "", last)
    return f"{stem[: _NAME_MAX - len(ending)] or '附件'}{ending}"
