"""Files: told by content, stored once, shown without what a camera knows."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest
from PIL import Image

from jieban.core.errors import BadInput
from jieban.intake import files, kinds
from jieban.intake.files import Raw
from jieban.intake.models import Upload
from tests.factories import AT

OFFICE = "application/vnd.openxmlformats-officedocument"


def a_photo(form: str = "JPEG", *, gps: bool = False) -> bytes:
    image = Image.new("RGB", (60, 40), (200, 30, 30))
    exif = Image.Exif()
    if gps:
        exif[0x010F] = "a maker"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (39.0, 54.0, 15.0)
    out = io.BytesIO()
    image.save(out, form, exif=exif) if gps else image.save(out, form)
    return out.getvalue()


def an_office_file(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr(part, "<xml/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (a_photo("JPEG"), "image/jpeg"), (a_photo("PNG"), "image/png"), (a_photo("WEBP"), "image/webp"),
        (b"%PDF-1.7 ...", "application/pdf"), (b"....ftypisom....", "video/mp4"),
        (b"....ftypqt  ....", "video/quicktime"),
        (b"....ftypheic....", "image/heic"), (b"....ftypM4A ....", "audio/mp4"), (b"#!AMR\n...", "audio/amr"),
        (b"RIFF....WAVEfmt ", "audio/wav"), (b"ID3\x03...", "audio/mpeg"),
        (an_office_file("word/document.xml"), f"{OFFICE}.wordprocessingml.document"),
        (an_office_file("xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
    ],
)  # fmt: skip
def test_kind_is_told_by_the_first_bytes(data: bytes, mime: str) -> None:
    assert kinds.kind(data) == mime


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ\x90\x00", b"<html><script>", b"GIF89a", b"PK\x03\x04 broken", an_office_file("word/vbaProject.bin")],
)
def test_other_content_is_nothing_whatever_its_name(data: bytes) -> None:
    assert kinds.kind(data) is None
    with pytest.raises(BadInput):
        files.store(Raw("照片.jpg", data))


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("漏水.JPG", "漏水.jpg"), ("C:\\照片\\漏水.jpeg", "漏水.jpg"), ("../../etc/passwd", "passwd.jpg"),
        ("", "附件.jpg"),
        ("a.exe", "a.jpg"), ("名" * 200 + ".jpg", "名" * 116 + ".jpg"), ("x\x00y\u202e.jpg", "xy.jpg"),
    ],
)  # fmt: skip
def test_name_is_safe_and_ends_as_the_content_demands(name: str, stored: str) -> None:
    assert kinds.safe_name(name, "image/jpeg") == stored


def test_file_lies_under_its_hash_and_the_same_bytes_once(home) -> None:
    data = a_photo()
    one, two = files.store(Raw("a.jpg", data)), files.store(Raw("b.jpg", data))
    digest = sha256(data).hexdigest()
    assert (one.sha256, one.size, one.name, two.name) == (digest, len(data), "a.jpg", "b.jpg")
    assert files.path(digest) == home / "files" / digest[:2] / digest[2:4] / digest
    assert files.path(digest).read_bytes() == data
    assert len([p for p in (home / "files").rglob("*") if p.is_file()]) == 1


def test_shown_photo_tells_nothing_of_the_place_and_the_original_stays(home) -> None:
    data = a_photo(gps=True)
    kept = files.store(Raw("a.jpg", data))
    shown = files.shown(kept.sha256, kept.mime)
    assert dict(Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)) != {}
    assert dict(Image.open(shown).getexif()) == {}
    assert Image.open(shown).size == (60, 40)
    assert files.path(kept.sha256).read_bytes() == data


def test_large_photo_is_shown_smaller(home) -> None:
    out = io.BytesIO()
    Image.new("L", (4000, 1000)).save(out, "PNG")
    kept = files.store(Raw("big.png", out.getvalue()))
    assert Image.open(files.shown(kept.sha256, kept.mime)).size == (2560, 640)


def test_broken_or_oversized_file_is_refused_in_words(home, settings) -> None:
    with pytest.raises(BadInput, match="打不开"):
        files.store(Raw("半张.jpg", a_photo()[:200]))
    settings.JIEBAN_FILE_MAX = 100
    with pytest.raises(BadInput, match="超过"):
        files.store(Raw("a.png", a_photo("PNG")))


def test_upload_survives_until_it_is_claimed(db, home) -> None:
    first, second = files.keep([Raw("a.jpg", a_photo()), Raw("b.png", a_photo("PNG"))], at=AT)
    assert [k.name for k in files.kept([second.token, "unknown", first.token])] == ["b.png", "a.jpg"]
    files.claim([first.token])
    assert [k.name for k in files.kept([first.token, second.token])] == ["b.png"]


def test_unclaimed_uploads_are_swept_after_a_day(db, home) -> None:
    files.keep([Raw("a.jpg", a_photo())], at=AT - timedelta(days=2))
    files.keep([Raw("b.png", a_photo("PNG"))], at=AT)
    assert files.sweep(at=AT) == 1
    assert [u.name for u in Upload.objects.all()] == ["b.png"]
