"""The datasets: what each tells, its fields in two languages, and its rows after the rules of release.

A number that is withheld is empty. Everything below `accepted` of one month is one table with its sums, so that what is
withheld in one file cannot be read off another.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from jieban.analytics import measures, names
from jieban.analytics.opendata import hiding
from jieban.analytics.opendata.counting import TIMELY, Counted
from jieban.analytics.opendata.hiding import ALL
from jieban.analytics.opendata.rules import share

Word = str | Promise
Value = str | int | float | None
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name, its type by the Table Schema standard, its title and what it means."""

    name: str
    type: str
    title: Word
    says: Word = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A file: `keys` are the fields that tell its rows apart."""

    name: str
    title: Word
    says: Word
    keys: tuple[str, ...]
    fields: tuple[Field, ...]
    rows: Callable[[Counted], Iterator[tuple[Value, ...]]]


KINDS: Mapping[str, Word] = {
    "consultation": lazy("咨询"), "help": lazy("求助"), "complaint": lazy("投诉"), "report": lazy("举报"),
    "suggestion": lazy("建议"), "praise": lazy("表扬"),
}  # fmt: skip
GROUPS: Mapping[str, Word] = {
    names.DEPARTMENTS: lazy("区和区级部门"), names.STREETS: lazy("街道乡镇"), names.MUNICIPAL: lazy("市级部门"),
    names.SOE: lazy("国有企业"), names.PLATFORM: lazy("平台企业和其他"),
}  # fmt: skip
SPANS: Final[tuple[Word, ...]] = (
    lazy("2 小时以内"), lazy("2 小时到 1 天"), lazy("1 到 3 天"), lazy("3 到 7 天"), lazy("7 到 15 天"),
    lazy("15 到 30 天"), lazy("30 天以上"),
)  # fmt: skip
_UNKNOWN = lazy("没有写明")

_MONTH = Field("month", "yearmonth", lazy("月份"), lazy("受理、派出或回访的那个月"))
_ACCEPTED = Field("accepted", "integer", lazy("受理件数"), lazy("这个月受理的诉求，一件事算一件"))
_CATEGORY = (
    Field("category", "string", lazy("分类代码"), lazy("一级分类，没有写明的是 unknown")),
    Field("category_name", "string", lazy("分类")),
)
_DISTRICT = (
    Field("district", "string", lazy("区代码"), lazy("事情发生在哪个区，没有写明的是 unknown")),
    Field("district_name", "string", lazy("区")),
)


def _month(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"


def _code(code: str) -> str:
    """A code as it is told; what is not known has one too, so that rows can be told apart."""
    return code or "unknown"


def _name(table: Mapping[str, str], code: str) -> str:
    return table.get(code, code) if code else str(_UNKNOWN)


def _by_month(counted: Counted) -> Iterator[tuple[Value, ...]]:
    for month in counted.months:
        total = counted.matters[month].get((ALL, ALL), 0)
        yield _month(month), None if hiding.small(total, counted.rules.cell) else total


def _cells(counted: Counted, *, rows: bool, columns: bool) -> Iterator[tuple[int, str, str, int | None]]:
    """Cells of the table by category and district: those inside, or one of its margins; None where withheld."""
    for month in counted.months:
        hidden = counted.withheld[month]
        for (row, column), value in sorted(counted.matters[month].items()):
            if (row != ALL) == rows and (column != ALL) == columns:
                yield month, row, column, None if (row, column) in hidden else value


def _by_category(counted: Counted) -> Iterator[tuple[Value, ...]]:
    for month, category, _all, value in _cells(counted, rows=True, columns=False):
        yield _month(month), _code(category), _name(counted.names.categories, category), value


def _by_district(counted: Counted) -> Iterator[tuple[Value, ...]]:
    for month, _all, district, value in _cells(counted, rows=False, columns=True):
        residents = counted.names.residents.get(district)
        per = round(value * 10_000 / residents, 2) if residents and value is not None else None
        yield _month(month), _code(district), _name(counted.names.units, district), value, residents, per


def _by_both(counted: Counted) -> Iterator[tuple[Value, ...]]:
    known = counted.names
    for month, category, district, value in _cells(counted, rows=True, columns=True):
        yield (
            _month(month), _code(category), _name(known.categories, category), _code(district),
            _name(known.units, district), value,
        )  # fmt: skip


def _by_street(counted: Counted) -> Iterator[tuple[Value, ...]]:
    """Streets of a district under the district's own count; all of them withheld where that is."""
    units = counted.names.units
    for month in counted.months:
        for district in sorted({district for district, _street in counted.streets[month]}):
            inside = {street: n for (above, street), n in counted.streets[month].items() if above == district}
            shut = (ALL, district) in counted.withheld[month]
            hidden = set(inside) if shut else hiding.line(inside, counted.rules.cell)
            for street, n in inside.items():
                told = None if street in hidden else n
                area = _code(district), _name(units, district)
                yield _month(month), *area, _code(street), _name(units, street), told


def _lined(
    found: Mapping[int, Mapping[tuple[str, ...], int]], counted: Counted, named: Callable[[str], Word]
) -> Iterator[tuple[Value, ...]]:
    """Rows of a count by one code."""
    for month in counted.months:
        told = _told({key[0]: n for key, n in found[month].items()}, counted)
        for code, n in told.items():
            yield _month(month), _code(code), str(named(code)), n


def _told(counts: Mapping[K, int], counted: Counted) -> dict[K, int | None]:
    hidden = hiding.line(counts, counted.rules.cell)
    return {key: None if key in hidden else n for key, n in sorted(counts.items(), key=lambda one: str(one[0]))}


def _by_channel(counted: Counted) -> Iterator[tuple[Value, ...]]:
    return _lined(counted.channels, counted, lambda code: _name(counted.names.channels, code))


def _by_kind(counted: Counted) -> Iterator[tuple[Value, ...]]:
    return _lined(counted.kinds, counted, lambda code: KINDS.get(code, _UNKNOWN))


def _durations(counted: Counted) -> Iterator[tuple[Value, ...]]:
    return _lined(counted.durations, counted, lambda code: SPANS[int(code)])


def _by_group(counted: Counted) -> Iterator[tuple[Value, ...]]:
    for month in counted.months:
        sums = {key[0]: found for key, found in counted.handled[month].items()}
        told = _told({code: found[measures.HANDLED.name] for code, found in sums.items()}, counted)
        for code, n in told.items():
            rates = (share(sums[code][r.top.name], sums[code][r.bottom.name], counted.rules) for r in TIMELY)
            shown = (None, None, None) if n is None else tuple(rates)
            yield _month(month), _code(code), str(GROUPS.get(code, _UNKNOWN)), n, *shown


def _rates(counted: Counted) -> Iterator[tuple[Value, ...]]:
    """No line for the city: with it a district that is withheld could be worked out."""
    for month in counted.months:
        sums = {key[0]: found for key, found in counted.answers[month].items()}
        told = _told({code: found[measures.SCORED.name] for code, found in sums.items()}, counted)
        for code, n in told.items():
            ratios = measures.THREE_RATES
            rates = (share(sums[code][r.top.name], sums[code][r.bottom.name], counted.rules) for r in ratios)
            shown = (None, None, None) if n is None else tuple(rates)
            yield _month(month), _code(code), _name(counted.names.units, code), n, *shown


def _rate(name: str, title: Word, says: Word) -> Field:
    return Field(name, "number", title, says)


DATASETS: Final[tuple[Dataset, ...]] = (
    Dataset(
        "accepted_by_month", lazy("每月受理量"), lazy("每个月受理了多少件诉求。"), ("month",),
        (_MONTH, _ACCEPTED), _by_month,
    ),
    Dataset(
        "accepted_by_category", lazy("每月各类受理量"), lazy("按一级分类，例如供暖、住房。"), ("month", "category"),
        (_MONTH, *_CATEGORY, _ACCEPTED), _by_category,
    ),
    Dataset(
        "accepted_by_district", lazy("每月各区受理量和万人诉求量"),
        lazy("按事情发生的区，连同每一万常住人口有多少件。"), ("month", "district"),
        (_MONTH, *_DISTRICT, _ACCEPTED, Field("residents", "integer", lazy("常住人口"), lazy("最近一次人口普查")),
         Field("per_10000", "number", lazy("万人诉求量"), lazy("每一万常住人口的受理件数"))), _by_district,
    ),
    Dataset(
        "accepted_by_category_and_district", lazy("每月各区各类受理量"), lazy("一级分类和区合在一起。"),
        ("month", "category", "district"), (_MONTH, *_CATEGORY, *_DISTRICT, _ACCEPTED), _by_both,
    ),
    Dataset(
        "accepted_by_street", lazy("每月各街道乡镇受理量"), lazy("最细到街道乡镇，没有社区、小区。"),
        ("month", "district", "street"),
        (_MONTH, *_DISTRICT, Field("street", "string", lazy("街道代码"), lazy("没有写明的是 unknown")),
         Field("street_name", "string", lazy("街道乡镇")), _ACCEPTED), _by_street,
    ),
    Dataset(
        "accepted_by_channel", lazy("每月各渠道受理量"), lazy("电话、网站、微信等各有多少。"), ("month", "channel"),
        (_MONTH, Field("channel", "string", lazy("渠道代码")), Field("channel_name", "string", lazy("渠道")),
         _ACCEPTED),
        _by_channel,
    ),
    Dataset(
        "accepted_by_kind", lazy("每月各种诉求受理量"), lazy("咨询、求助、投诉、举报、建议、表扬各有多少。"),
        ("month", "kind"),
        (_MONTH, Field("kind", "string", lazy("诉求类型代码"), lazy("没有写明的是 unknown")),
         Field("kind_name", "string", lazy("诉求类型")), _ACCEPTED), _by_kind,
    ),
    Dataset(
        "handled_by_unit_kind", lazy("每月各类单位承办量和及时率"),
        lazy("区、街道、市级部门、企业各办了多少，按时签收、按时联系、按时办结的占多少。"), ("month", "unit_kind"),
        (_MONTH, Field("unit_kind", "string", lazy("单位种类代码"), lazy("没有写明的是 unknown")),
         Field("unit_kind_name", "string", lazy("单位种类")),
         Field("handled", "integer", lazy("承办件数"), lazy("一件诉求派给几个单位就算几件")),
         _rate("signed_in_time", lazy("按时签收率"), lazy("0 到 1，到期或已签收的里面")),
         _rate("responded_in_time", lazy("按时联系率"), lazy("0 到 1，按时第一次联系市民的")),
         _rate("completed_in_time", lazy("按时办结率"), lazy("0 到 1，单位在时限内报办结的，不等于市民认为解决"))),
        _by_group,
    ),
    Dataset(
        "rates_by_district", lazy("每月各区三率"), lazy("响应率、解决率、满意率，都以市民在回访里说的为准。"),
        ("month", "district"),
        (_MONTH, *_DISTRICT, Field("asked", "integer", lazy("回访结果数"), lazy("计入考评的回访结果")),
         _rate("response", lazy("响应率"), lazy("0 到 1，按时联系过市民的")),
         _rate("resolution", lazy("解决率"), lazy("0 到 1，市民说解决了的")),
         _rate("satisfaction", lazy("满意率"), lazy("0 到 1，市民说满意的"))), _rates,
    ),
    Dataset(
        "time_to_close", lazy("从受理到结案用了多久"), lazy("这个月受理、已经结案的诉求，按用时分段。"),
        ("month", "class"),
        (_MONTH, Field("class", "string", lazy("分段代码"), lazy("0 到 6，从短到长")),
         Field("class_name", "string", lazy("用时")),
         Field("closed", "integer", lazy("结案件数"))), _durations,
    ),
)  # fmt: skip
