"""How the columns of somebody else's file become filings: a mapping file, read and applied as pure functions.

A mapping is TOML (docs/import.md): the name of the source, which column is which field, what its words mean, how its
dates are written. A row that cannot be understood gives the reason in words; nothing is guessed and nothing is dropped.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from jieban.city.pack import Pack
from jieban.core import canon
from jieban.core.errors import BadInput
from jieban.intake.rules import Filing
from jieban.intake.tables import Row

KINDS = {
    "咨询": "consultation", "求助": "help", "需求": "help", "投诉": "complaint", "举报": "report", "建议": "suggestion",
    "表扬": "praise", "感谢": "praise",
}  # fmt: skip
_YES, _NO = {"1", "true", "yes", "y", "是", "匿名"}, {"0", "false", "no", "n", "否", "实名", ""}
_FLAGS = {"anonymous", "hide_name", "sms"}
_FIELDS = {f.name for f in fields(Filing)} - {"source", "files", "facts", "confidential"}
_KEYS = {"source", "channel", "encoding", "delimiter", "columns", "values", "blank", "dates", "facts", "defaults"}
_DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file. `columns` gives the columns of each field (several are joined), `facts` what is only kept."""

    source: str
    columns: Dict[str, tuple[str, ...]]
    channel: str = ""
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    values: Dict[str, Dict[str, str]] = field(default_factory=dict)
    blank: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    formats: tuple[str, ...] = _DATES
    zone: str = ""
    facts: Dict[str, str] = field(default_factory=dict)
    defaults: Dict[str, Any] = field(default_factory=dict)
    sha256: str = ""

    def wanted(self) -> set[str]:
        """Every column the mapping speaks of."""
        return {name for names in self.columns.values() for name in names} | set(self.facts.values())


def read(text: str, *, name: str) -> Mapping:
    """Read a mapping file (its text; `name` is for messages). BadInput says what is wrong and what is allowed."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name} is not TOML: {error}.") from error
    _refuse(name, "key", set(raw) - _KEYS, _KEYS)
    for table in ("columns", "defaults", "values"):
        _refuse(name, f"field in [{table}]", set(raw.get(table, {})) - _FIELDS, _FIELDS)
    if not raw.get("source") or not ({"content", "title"} & set(raw.get("columns", {}))):
        raise BadInput(f"{name} needs `source` (a short name) and, under [columns], `content` or `title`.")
    dates = raw.get("dates", {})
    return Mapping(
        source=str(raw["source"]), columns={k: _names(v) for k, v in raw["columns"].items()},
        channel=str(raw.get("channel", "")), encoding=str(raw.get("encoding", "utf-8-sig")),
        delimiter=str(raw.get("delimiter", ",")), values=raw.get("values", {}),
        blank={k: _names(v) for k, v in raw.get("blank", {}).items()},
        formats=tuple(dates.get("formats", _DATES)), zone=str(dates.get("time_zone", "")),
        facts=raw.get("facts", {}), defaults=raw.get("defaults", {}), sha256=sha256(text.encode()).hexdigest(),
    )  # fmt: skip


def _refuse(name: str, what: str, unknown: set[str], allowed: set[str]) -> None:
    if unknown:
        raise BadInput(
            f"{name} has an unknown {what}: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(allowed))}."
        )


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value)


def check_columns(mapping: Mapping, found: Sequence[str], *, name: str) -> None:
    """BadInput where the file lacks a column that the mapping speaks of."""
    missing = sorted(mapping.wanted() - set(found))
    if missing:
        raise BadInput(f"{name} has no column {', '.join(missing)}. Its columns: {', '.join(found)}.")


def filing(row: Row, mapping: Mapping, *, pack: Pack, channel: str = "") -> Filing:
    """The filing of a row. BadInput gives the reason in words. `channel`, where given, stands for every row."""
    if row.problem:
        raise BadInput(row.problem)
    values = {name: _value(name, row, mapping) for name in mapping.columns}
    given: dict[str, Any] = {**mapping.defaults, **{k: v for k, v in values.items() if v != ""}}
    given["content"] = given.get("content") or given.get("title", "")
    given["channel"] = _channel(channel or given.get("channel") or mapping.channel, pack)
    given["source_id"] = _source_id(row, values, mapping)
    if "kind" in given:
        given["kind"] = KINDS.get(given["kind"], given["kind"])
    if "at" in given:
        given["at"] = _moment(given["at"], mapping, pack)
    for name in _FLAGS & set(given):
        given[name] = _flag(name, given[name])
    facts = {name: text for name, column in mapping.facts.items() if (text := row.values.get(column, ""))}
    return Filing(source=mapping.source, facts=facts, **given)


def _value(name: str, row: Row, mapping: Mapping) -> str:
    """What the row says for a field: its columns joined, blanks left out, words put into ours."""
    blank = mapping.blank.get(name, ())
    said = " ".join(v for c in mapping.columns[name] if (v := row.values.get(c, "")) and v not in blank)
    return mapping.values.get(name, {}).get(said, said)


def _source_id(row: Row, values: Dict[str, str], mapping: Mapping) -> str:
    if "source_id" not in mapping.columns:
        return canon.digest(dict(row.values))
    if not values["source_id"]:
        raise BadInput(f"没有编号（{'、'.join(mapping.columns['source_id'])} 是空的），再导一次就会重复。")
    return values["source_id"]


def _channel(said: str, pack: Pack) -> str:
    """The code of a channel from its code, name or an alias."""
    if said in pack.channels:
        return said
    found = [c.code for c in pack.channels.values() if said in (c.name, c.name_en, *c.aliases)]
    if not said:
        raise BadInput("没有写渠道。请在对照文件里写 channel，或用 --channel 指定。")
    if len(found) != 1:
        raise BadInput(f"城市数据里没有叫“{said}”的渠道。请在对照文件的 [values.channel] 里写明它是哪个。")
    return found[0]


def _moment(said: str, mapping: Mapping, pack: Pack) -> datetime:
    zone = ZoneInfo(mapping.zone or pack.city.time_zone)
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        found = _by_format(said, mapping.formats)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _by_format(said: str, formats: Sequence[str]) -> datetime:
    for form in formats:
        try:
            return datetime.strptime(said, form)  # noqa: DTZ007 the zone is added by the caller
        except ValueError:
            continue
    raise BadInput(f"日期“{said}”读不懂。请在对照文件的 [dates] formats 里写明写法，例如 %Y年%m月%d日。")


def _flag(name: str, said: Any) -> bool:
    if isinstance(said, bool):
        return said
    word = str(said).strip().lower()
    if word not in _YES | _NO:
        raise BadInput(f"{name} 写的是“{said}”，只认是或否（1 或 0）。")
    return word in _YES
