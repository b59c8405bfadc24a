"""Files of a filing that is still being written: taken at once, shown back, kept through errors, dropped on wish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jieban.city.settings import Settings
from jieban.core.errors import BadInput
from jieban.intake import files, kinds
from jieban.intake.models import Upload
from jieban.intake.rules import Kept


@dataclass(slots=True)
class Shelf:
    """The files handed over so far, and in sentences what could not be taken. `room` is how many more may come."""

    uploads: list[Upload] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    room: int = 0

    @property
    def tokens(self) -> list[str]:
        """What brings the files back with the next request."""
        return [upload.token for upload in self.uploads]

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The files as a filing carries them."""
        return tuple(Kept(u.name, u.mime, u.size, u.sha256) for u in self.uploads)

    def values(self) -> dict[str, object]:
        """What the fragment with the files shows."""
        shown = [Shown(upload.token, upload.name, upload.mime in kinds.IMAGES) for upload in self.uploads]
        return {"uploads": shown, "problems": self.problems, "room": self.room}


@dataclass(frozen=True, slots=True)
class Shown:
    """One file as the form shows it; `picture` where the browser can show it small."""

    token: str
    name: str
    picture: bool


def empty(pack: Settings) -> Shelf:
    """A shelf with nothing on it."""
    return Shelf(room=pack.files_per_order)


def take(request: HttpRequest, pack: Settings, *, at: datetime) -> Shelf:
    """The files that this request names by token and those it brings, without the ones it drops."""
    dropped = set(request.POST.getlist("drop"))
    wanted = [token for token in request.POST.getlist("upload") if token not in dropped]
    shelf = Shelf(_rows(wanted))
    _add(shelf, request.FILES.getlist("files"), pack, at)
    shelf.room = max(pack.files_per_order - len(shelf.uploads), 0)
    return shelf


def _rows(tokens: Sequence[str]) -> list[Upload]:
    """The waiting files of these tokens, in their sequence, each once."""
    found = {u.token: u for u in Upload.objects.filter(token__in=tokens, claimed=False)} if tokens else {}
    return [found[token] for token in dict.fromkeys(tokens) if token in found]


def _add(shelf: Shelf, incoming: Iterable[UploadedFile[bytes]], pack: Settings, at: datetime) -> None:
    limit = min(settings.JIEBAN_FILE_MAX, pack.file_megabytes * 1024 * 1024)
    for sent in incoming:
        if len(shelf.uploads) >= pack.files_per_order:
            told = {"most": pack.files_per_order, "name": sent.name}
            shelf.problems.append(_("一次最多交 %(most)d 个文件，“%(name)s”没有收。要换的先去掉一个。") % told)
        elif (sent.size or 0) > limit:
            told = {"name": sent.name, "most": limit // 1024 // 1024}
            shelf.problems.append(_("“%(name)s”超过 %(most)d MB，没有收。请压缩、剪短，或分成几个交。") % told)
        else:
            _keep(shelf, sent, limit, at)


def _keep(shelf: Shelf, sent: UploadedFile[bytes], limit: int, at: datetime) -> None:
    try:
        shelf.uploads += files.keep([files.Raw(sent.name or "", sent.read())], at=at, limit=limit)
    except BadInput as error:
        shelf.problems.append(str(error))
