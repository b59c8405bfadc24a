"""What a filing is and when it can be taken: pure values, cleaning, checking, masking, and a title where there is none.

Nothing is refused for what it asks. A filing is sent back only where it cannot be kept as said: no words at all, words
too long for one letter, a phone number that nobody can dial, a moment that has not come.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from stdnum.cn import uscc

from jieban.city.pack import APPEAL_KINDS, Pack

TITLE_MAX, TITLE_MADE, CONTENT_MAX, ADDRESS_MAX, NAME_MAX, SOURCE_MAX, SOURCE_ID_MAX = 200, 40, 8000, 200, 64, 32, 64
CONTENT_MIN = 2
REPEAT_DAYS = 60
# A sender's clock may run ahead of ours by this much.
_AHEAD = timedelta(minutes=10)
_EARLIEST_YEAR = 1983
_PHONE = re.compile(r"^\+?\d{5,15}(?:(?:转|-)\d{1,6})?$")
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LIKE_MOBILE = re.compile(r"^1\d{10}$|^1[3-9]\d{7,}$")
_WINDOW = re.compile(r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029|\x85")
_BLANK_LINES = re.compile(r"\n{3,}")
_SENTENCE = re.compile(r"[。！？!?；;\n]")
_PART = re.compile(r"[，,、：:\s]")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_GREETING = re.compile(r"^(?:您好|你好|尊敬的[^，,。！!：:]{1,12}|领导好?)[，,。！!：:\s]+")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is already stored under its hash: the name people gave it, its kind by content, bytes and SHA-256."""

    name: str
    mime: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One matter as somebody brought it, in clear, not yet in the record.

    `source` and `source_id` together name it for ever: filed again it is a duplicate. `at` is when it was said (None:
    now). `kind`, `category`, `urgency`, `place` are set only where a person already chose them. `facts` is what the
    source knows beside the letter (who answered, what was replied); it is kept in the timeline and decides nothing.
    """

    channel: str
    source: str
    content: str
    source_id: str = ""
    at: datetime | None = None
    title: str = ""
    name: str = ""
    phone: str = ""
    appellant: str = "person"
    credit_code: str = ""
    firm: str = ""
    anonymous: bool = False
    hide_name: bool = True
    sms: bool = True
    call_window: str = ""
    address: str = ""
    place: str = ""
    kind: str = ""
    category: str = ""
    urgency: str = ""
    recording: str = ""
    confidential: bool = False
    files: tuple[Kept, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same filing when it comes again."""
        return self.source, self.source_id


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a filing cannot be kept as it stands: the field, and a whole sentence for the person who filled it in."""

    field: str
    what: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer given from the knowledge base: code, version and title of its article, and the text as it was told."""

    code: str
    version: int
    title: str
    text: str

    def article(self) -> dict[str, Any]:
        """The article as the timeline keeps it."""
        return {"code": self.code, "version": self.version, "title": self.title}


def clean_line(text: str) -> str:
    """One line of text: composed (NFC), without control, bidirectional and zero-width characters, spaces trimmed."""
    return " ".join(_visible(" ".join(text.split())).split()) if text else ""


def clean_text(text: str) -> str:
    """Text of several lines, cleaned likewise; at most one blank line in a row."""
    lines = _LINE_ENDS.sub("\n", text).split("\n")
    return _BLANK_LINES.sub("\n\n", "\n".join(_visible(line).strip() for line in lines)).strip()


def _visible(text: str) -> str:
    """Without characters that show nothing or that the database cannot keep (NUL, lone surrogates); tabs are blanks."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\t", " ")))


def clean_phone(text: str) -> str:
    """A number as it is dialled: full-width digits plain, blanks and brackets gone, +86 before a mobile gone."""
    if not text:
        return ""
    digits = re.sub(r"[\s()（）·.]", "", unicodedata.normalize("NFKC", text)).replace("—", "-").replace("–", "-")
    bare = digits.replace("-", "")
    for prefix in ("+86", "0086", "86"):
        if bare.startswith(prefix) and _MOBILE.match(bare.removeprefix(prefix)):
            return bare.removeprefix(prefix)
    if _MOBILE.match(bare):
        return bare
    return re.sub(r"^(0\d{2,3})-(?=\d{7,8})", r"\1", digits)


def cleaned(filing: Filing) -> Filing:
    """The filing with every text cleaned, a title made where none was given, and nobody named where it is anonymous."""
    content = clean_text(filing.content)
    return replace(
        filing,
        content=content,
        title=clean_line(filing.title) or title_from(content),
        name="" if filing.anonymous else clean_line(filing.name),
        phone=clean_phone(filing.phone),
        firm=clean_line(filing.firm),
        appellant="firm" if filing.firm.strip() else filing.appellant,
        credit_code=clean_line(filing.credit_code).replace(" ", "").upper(),
        address=clean_line(filing.address),
        call_window=clean_line(filing.call_window),
        source_id=clean_line(filing.source_id),
    )


def title_from(content: str) -> str:
    """A title of at most 40 characters from the first sentence that says something, a greeting left out."""
    text = _GREETING.sub("", content.strip())
    first = next((part.strip() for part in _SENTENCE.split(text) if len(part.strip()) > 1), text.strip())
    if len(first) <= TITLE_MADE:
        return first
    head = first[: TITLE_MADE - 1]
    cut = max((found.start() for found in _PART.finditer(head)), default=0)
    return (head[:cut] if cut >= TITLE_MADE // 2 else head) + "…"


def check(filing: Filing, *, pack: Pack, at: datetime) -> list[Problem]:
    """Everything that keeps a (cleaned) filing from being taken, by field; empty when it can be. `at` is now, aware."""
    return [*_words(filing), *_person(filing), *_moment(filing, at), *_chosen(filing, pack), *_source(filing, pack)]


def _words(filing: Filing) -> Iterator[Problem]:
    said = "".join(filing.content.split())
    if len(said) < CONTENT_MIN:
        yield Problem("content", "请写明您要反映的事，几个字也可以，现在这里是空的。")
    if len(filing.content) > CONTENT_MAX:
        yield Problem("content", f"内容超过 {CONTENT_MAX} 字，放不进一张工单。请缩短，或把材料作为附件交上来。")
    if len(filing.title) > TITLE_MAX:
        yield Problem("title", f"标题超过 {TITLE_MAX} 字。请写短一些，细节写在内容里。")
    if len(filing.address) > ADDRESS_MAX:
        yield Problem("address", f"地址超过 {ADDRESS_MAX} 字。请只写地点，其余写在内容里。")


def _person(filing: Filing) -> Iterator[Problem]:
    if len(filing.name) > NAME_MAX:
        yield Problem("name", f"姓名超过 {NAME_MAX} 字。")
    if filing.phone and not dialable(filing.phone):
        yield Problem("phone", "这个号码打不通：手机号是 11 位、以 1 开头，座机请带区号，例如 01012345678。")
    if len(filing.firm) > NAME_MAX:
        yield Problem("firm", f"企业名称超过 {NAME_MAX} 字。请写营业执照上的名称，不要带地址。")
    if filing.firm and filing.anonymous:
        yield Problem("firm", "匿名就不能以企业名义提。请去掉匿名，或把企业名称清空。")
    if filing.appellant not in ("person", "firm"):
        yield Problem("appellant", "请选个人或企业。")
    if filing.credit_code and not uscc.is_valid(filing.credit_code):
        yield Problem("credit_code", "统一社会信用代码是 18 位，最后一位是校验码，请对照营业执照再核对一遍。")
    if filing.call_window and not _WINDOW.match(filing.call_window):
        yield Problem("call_window", "方便接电话的时间请写成 09:00-12:00 这样。")


def _moment(filing: Filing, at: datetime) -> Iterator[Problem]:
    if filing.at is None:
        return
    if filing.at.tzinfo is None:
        yield Problem("at", "时间没有写时区，例如 2026-11-21T09:14:00+08:00。")
    elif filing.at > at + _AHEAD:
        yield Problem("at", f"时间 {filing.at:%Y-%m-%d %H:%M} 还没有到，请核对日期。")
    elif filing.at.year < _EARLIEST_YEAR:
        yield Problem("at", f"时间 {filing.at:%Y-%m-%d} 太早，请核对年份。")


def _chosen(filing: Filing, pack: Pack) -> Iterator[Problem]:
    if filing.kind and filing.kind not in APPEAL_KINDS:
        yield Problem("kind", f"没有“{filing.kind}”这种诉求类型。可以写：{'、'.join(APPEAL_KINDS)}。")
    if filing.category and filing.category not in pack.categories:
        yield Problem("category", f"分类表里没有“{filing.category}”，请重新选分类，或留空由系统建议。")
    if filing.urgency and filing.urgency not in pack.clocks:
        yield Problem("urgency", f"没有“{filing.urgency}”这一级时限。可以写：{'、'.join(pack.clocks)}。")
    if len(filing.files) > pack.settings.files_per_order:
        yield Problem("files", f"一次最多交 {pack.settings.files_per_order} 个文件，现在有 {len(filing.files)} 个。")


def _source(filing: Filing, pack: Pack) -> Iterator[Problem]:
    if filing.channel not in pack.channels:
        yield Problem("channel", f"城市数据里没有“{filing.channel}”这个渠道。可以写：{'、'.join(pack.channels)}。")
    if not filing.source or len(filing.source) > SOURCE_MAX:
        yield Problem("source", f"来源名称不能空，也不能超过 {SOURCE_MAX} 个字符。")
    if len(filing.source_id) > SOURCE_ID_MAX:
        yield Problem("source_id", f"来源编号超过 {SOURCE_ID_MAX} 个字符。")


def dialable(phone: str) -> bool:
    """Whether a cleaned number can be dialled: a mobile of 11 digits, or 5 to 15 digits with an extension at most.

    9 digits or more that begin like a mobile are one with a digit too few or too many.
    """
    if not _PHONE.match(phone):
        return False
    return bool(_MOBILE.match(phone)) if _LIKE_MOBILE.match(phone) else True


def mask_phone(phone: str) -> str:
    """138****5678; of short numbers only the last two digits are shown; empty stays empty."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"{'*' * max(len(phone) - 2, 0)}{phone[-2:]}" if phone else ""


# Surnames of two characters; any other name keeps its first character only.
_DOUBLE_SURNAMES = re.compile("^(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木|长孙|宇文)")


def mask_name(name: str) -> str:
    """王**: the surname stays, also one of two characters (欧阳*)."""
    keep = 2 if len(name) > 2 and _DOUBLE_SURNAMES.match(name) else 1
    return name[:keep] + "*" * (len(name) - keep) if name else ""


def mask_id(text: str) -> str:
    """An identity number or credit code with only its last four characters shown."""
    return "*" * max(len(text) - 4, 0) + text[-4:]
