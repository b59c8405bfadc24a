"""Why an assignment counted as it did, in words. Pure: a case, a scheme and names in, sentences out.

No rule stands here: what a line is about, what a case weighs and what an answer adds is asked of `recompute`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.appraisal import recompute
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case, Table

Word = str | Promise
_EXACT = Decimal(10) ** -8
WAYS: Mapping[str, Word] = {"phone": lazy("电话"), "sms": lazy("短信"), "web": lazy("网页")}
ROLES: Mapping[str, Word] = {"lead": lazy("主办"), "assist": lazy("协办"), "dual": lazy("与别的单位一起主办（双派）")}
RATES: Mapping[str, Word] = {"response": lazy("响应"), "resolution": lazy("解决"), "satisfaction": lazy("满意")}
SAID: Mapping[str, Mapping[str, Word]] = {
    "solved": {
        "yes": lazy("已解决"), "part": lazy("部分解决"), "no": lazy("没解决"),
        "explained": lazy("没解决，但解释清楚了"),
    },
    "satisfied": {"yes": lazy("满意"), "mostly": lazy("基本满意"), "no": lazy("不满意"), "none": lazy("不评价")},
}  # fmt: skip
_UNSAID: Mapping[str, Word] = {"solved": lazy("没有回答是否解决"), "satisfied": lazy("没有回答是否满意")}


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called: categories, classes of urgency, and grounds of leaving out; and the units of the city."""

    categories: Mapping[str, str] = field(default_factory=dict)
    urgencies: Mapping[str, str] = field(default_factory=dict)
    grounds: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Case] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """How it counts on one board: for which unit, why, what it weighs (None: not scored) and what that adds."""

    board: str
    unit: str
    because: tuple[str, ...]
    weight: str | None
    adds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything about one case: the answer, the cycle, whether it is left out, and each board that it is on."""

    answer: tuple[str, ...]
    cycle: str
    left_out: str
    boards: tuple[Counted, ...]


def tell(case: Case, cycle: Cycle, names: Names) -> Sheet:
    """The sheet of a case of a cycle; values of the case are text as in `cases.csv` of a bundle."""
    return Sheet(
        (_asked(case), _contact(case)), _belongs(case, cycle), _left_out(case, names),
        tuple(_boards(case, cycle, names)),
    )  # fmt: skip


def _asked(case: Case) -> str:
    values = {"day": _day(case["day"]), "way": WAYS.get(case["way"], case["way"]), "round": case["round"]}
    if case["reached"] != "1":
        return _("%(day)s用%(way)s回访第 %(round)s 轮，没有联系上市民。") % values
    said = "，".join(str(SAID[k].get(case[k], _UNSAID[k])) for k in recompute.ANSWERS)
    return _("%(day)s用%(way)s回访第 %(round)s 轮，市民说：%(said)s。") % {**values, "said": said}


def _contact(case: Case) -> str:
    if case["contacted"] == "0":
        return _("市民说单位没有联系过他，所以响应不算，记录上写了联系也一样。")
    if case["in_time"] != "1":
        return _("记录上，单位没有在时限内联系市民，所以响应不算。")
    if case["contacted"] == "1":
        return _("记录上，单位在时限内联系了市民，市民也说联系过，所以响应算上。")
    return _("记录上，单位在时限内联系了市民，市民没有说没联系过，所以响应算上。")


def _belongs(case: Case, cycle: Cycle) -> str:
    day = date.fromisoformat(str(case["day"]))
    values = {"code": cycle.code, "first": _day(cycle.first), "last": _day(cycle.last), "day": _day(day)}
    if day < cycle.end:
        return _("回访在 %(code)s 考核期内（%(first)s至%(last)s），计入这一期。") % values
    late = {"done": _day(case["done_day"]), "until": _day(cycle.late_end - timedelta(days=1))}
    return _(
        "%(code)s 考核期到%(last)s结束，回访在%(day)s。单位%(done)s报的办结在期内，"
        "而期内办结的迟到回访到%(until)s都算这一期，所以仍计入这一期。"
    ) % {**values, **late}


def _left_out(case: Case, names: Names) -> str:
    if case["ground"] == "":
        return ""
    if case["ground"] == "terminated":
        return _("这件是终结办理，剔除前、剔除后的三率都不计它，单独列数。")
    ground = names.grounds.get(case["ground"], _("没有写明") if case["ground"] == "untold" else case["ground"])
    return _("这件已剔除，理由：%(ground)s。剔除后的三率不计它，剔除前的三率照计。") % {"ground": ground}


def _boards(case: Case, cycle: Cycle, names: Names) -> Iterator[Counted]:
    scheme, units = cycle.scheme.values, dict(names.units)
    for board in scheme["boards"]:
        held = recompute.plan(scheme, board["code"], str(cycle.first))
        code = recompute.subject(held, board, units, case)
        if code:
            yield _counted(held, board, case, units[code]["name"], names)


def _counted(held: Table, board: Table, case: Case, unit: str, names: Names) -> Counted:
    weight, worth = recompute.weigh(held, case)
    because = [_subject(board, case, unit, names), *_filters(held, case)]
    if not all(recompute.meets(line, case) for line in held["filters"]):
        return Counted(board["name"], unit, tuple(because), None, ())
    because += _factors(held, case, names)
    adds = [_("终结办理，不计。")] if case["ground"] == "terminated" else [*_adds(case, weight, worth)]
    if not weight:
        adds = [_("权重是 0，这件不计。")]
    return Counted(board["name"], unit, tuple(because), _product(held, case, weight), tuple(adds))


def _subject(board: Table, case: Case, unit: str, names: Names) -> str:
    category = names.categories.get(case["category"], case["category"])
    said = {
        "unit": _("承办单位是%(unit)s，计给它。"), "section": _("具体由%(unit)s办，计给它。"),
        "district": _("承办单位属于%(unit)s，计给它。"),
        "trade": _("“%(category)s”由%(unit)s主管，不论谁承办都计给它。"),
    }  # fmt: skip
    return said[board["by"]] % {"unit": unit, "category": category}


def _filters(held: Table, case: Case) -> Iterator[str]:
    for line in held["filters"]:
        fits = recompute.meets(line, case)
        said = _("这一期“%(name)s”：这件属于。") if fits else _("这一期“%(name)s”：这件不属于，所以不计。")
        yield said % {"name": line["name"]}


def _factors(held: Table, case: Case, names: Names) -> Iterator[str]:
    line, rule, hard, role = recompute.factors(held, case)
    if "name" in line:
        yield _("分类权重：“%(name)s”，%(weight)s。") % {"name": line["name"], "weight": _two(line["weight"])}
    else:
        yield _("分类权重：方案没有给这一类加权，1.00。")
    urgency = names.urgencies.get(case["urgency"], case["urgency"] or _("没有定紧急程度"))
    yield _("难度权重：%(urgency)s，%(weight)s。") % {"urgency": urgency, "weight": _two(hard)}
    dual = case["dual"] == "1" and case["role"] == "lead"
    word = ROLES["dual" if dual else case["role"]]
    yield _("角色权重：%(role)s，%(weight)s。") % {"role": word, "weight": _two(role)}
    if "name" not in rule:
        yield _("特殊规定：没有适用的，1.00。")
        return
    yield _("特殊规定：“%(name)s”，%(weight)s。") % {"name": rule["name"], "weight": _two(rule["weight"])}
    for kind in recompute.ANSWERS:
        for answer, worth in rule.get(kind, {}).items():
            values = {"answer": SAID[kind][answer], "worth": _two(worth)}
            yield _("按这条规定，回答“%(answer)s”算 %(worth)s。") % values


def _product(held: Table, case: Case, weight: int) -> str:
    line, rule, hard, role = recompute.factors(held, case)
    parts = " × ".join(_two(one) for one in (line["weight"], hard, role, rule["weight"]))
    return f"{parts} = {_plain(weight * _EXACT)}"


def _adds(case: Case, weight: int, worth: Table) -> Iterator[str]:
    judged, heavy = recompute.judge(case, worth), weight * _EXACT
    answers = dict(zip(recompute.RATES[1:], recompute.ANSWERS, strict=True))
    for rate, points in judged.items():
        if points is None:
            yield _("%(rate)s：没有有效回答，这一项不计。") % {"rate": RATES[rate]}
            continue
        kind, value = answers.get(rate), Decimal(points) / 100
        values = {
            "rate": RATES[rate], "weight": _plain(heavy), "worth": _two(value), "got": _plain(heavy * value),
            "answer": SAID[kind][case[kind]] if kind else _("算上") if points else _("不算"),
        }  # fmt: skip
        yield _("%(rate)s：“%(answer)s”算 %(worth)s；%(weight)s 里得 %(got)s。") % values


def _two(number: Decimal | int) -> str:
    return f"{Decimal(number):.2f}"


def _plain(number: Decimal) -> str:
    """Exact, with two decimals at least."""
    exact = number.normalize()
    return _two(exact) if exact == exact.quantize(Decimal("0.01")) else f"{exact:f}"


def _day(day: date | str) -> str:
    found = date.fromisoformat(str(day))
    return _("%(month)d月%(day)d日") % {"month": found.month, "day": found.day}
