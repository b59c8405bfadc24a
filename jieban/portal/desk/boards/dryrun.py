"""Board of the dry-run: a change of the catalogue or of a clock, asked about past orders before it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.city import editing
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import deadlines
from jieban.core.errors import BadInput
from jieban.dispatch import changing, queries, trying
from jieban.dispatch.models import DutyChange
from jieban.dispatch.rules import Match
from jieban.dispatch.trying import Moved, Timed
from jieban.orders import queries as orders
from jieban.portal import words
from jieban.portal.desk import duty_words, periods, rows
from jieban.portal.desk.boards.board import Asked, Board
from jieban.portal.words import Word

ROLES = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.DISTRICT, Role.LEADER, Role.AUDITOR})
# A page asks at most so many of the newest orders; the command asks all.
MOST, PAGE = 20_000, 100
CLOCKS: dict[str, Word] = {
    "sign": lazy("签收"), "respond": lazy("响应"), "handle": lazy("办理"), "answer": lazy("答复市民"),
}  # fmt: skip
TURNS: dict[str, Word] = {"late": lazy("会变成超期"), "eased": lazy("不再超期"), "same": lazy("还是一样")}


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: a pack, and in words what is different about it."""

    tried: Loaded
    words: str


def trial(asked: Asked) -> Trial | None:
    """What the address asks to try; None where it names nothing. BadInput where it cannot be."""
    change, urgency = asked.query.get("change", ""), asked.query.get("urgency", "")
    if change.isdigit():
        row = DutyChange.objects.filter(pk=int(change)).first()
        if row is None or row.state not in (changing.PROPOSED, changing.APPROVED):
            raise BadInput(_("这条目录修改已经发布或不在了。请从列出的里面选。"))
        return Trial(changing.trial([row], at=asked.at), f"{duty_words.KINDS[row.kind]} {row.code}")
    limits = {name: value for name in trying.CLOCKS if (value := asked.query.get(name, "").strip())}
    if not (urgency and limits):
        return None
    for value in limits.values():
        _check_limit(value)
    texts = city.texts(asked.loaded.version_id)
    files = {**texts, editing.CLOCKS: editing.limited(texts[editing.CLOCKS], urgency, limits)}
    told = "，".join(f"{CLOCKS[name]} {words.limit_words(value)}" for name, value in limits.items())
    return Trial(city.trial(files), f"{duty_words.cell('urgency', urgency, asked.loaded)}：{told}")


def _check_limit(value: str) -> None:
    try:
        deadlines.limit(value)
    except BadInput:
        raise BadInput(_("“%s”不是时限。请写成 30min、2h、7d、5wd 或 4wh。") % value) from None


def result(asked: Asked, chosen: Trial) -> trying.Report:
    """The trial over the orders of the period that the post may see."""
    begin, end = periods.asked(asked.query, asked.at.date()).moments
    trying.check(asked.loaded, chosen.tried)
    seen = orders.visible_to(asked.by)
    return trying.run(seen, asked.loaded, chosen.tried, begin=begin, end=end, at=asked.at, most=MOST)


def _values(asked: Asked) -> Mapping[str, Any]:
    problem, chosen, report = "", None, None
    try:
        chosen = trial(asked)
        report = result(asked, chosen) if chosen else None
    except BadInput as error:
        problem = str(error)
    days = periods.asked(asked.query, asked.at.date())
    query = asked.query.copy()
    for name in ("unit", "side"):
        query.pop(name, None)
    return {
        "changes": list(queries.changes(changing.PROPOSED, changing.APPROVED)), "days": days, "problem": problem,
        "levels": {code: duty_words.cell("urgency", code, asked.loaded) for code in asked.loaded.pack.clocks},
        "given": asked.query, "chosen": chosen, "report": report, "query": query.urlencode(), "most": MOST,
        "clock_fields": [(name, CLOCKS[name], asked.query.get(name, "")) for name in trying.CLOCKS],
        **(_lists(asked, chosen.tried, report) if report is not None and chosen is not None else {}),
    }  # fmt: skip


def _lists(asked: Asked, tried: Loaded, report: trying.Report) -> dict[str, Any]:
    unit, side = asked.query.get("unit", ""), asked.query.get("side", "")
    moves = [m for m in report.moves if not unit or unit in _side(m, side)]
    names = {code: one.name for code, one in tried.pack.units.items()} | {
        code: one.name for code, one in asked.loaded.pack.units.items()
    }
    units = sorted(set(report.into) | set(report.out_of), key=lambda code: -(report.into[code] + report.out_of[code]))
    return {
        "units": [{"code": u, "name": names.get(u, u), "into": report.into[u], "out": report.out_of[u]} for u in units],
        "lines": [{"before": a or "–", "after": b or "–", "n": n} for (a, b), n in report.lines.most_common(20)],
        "moves": [move_words(m, asked.loaded) for m in moves[:PAGE]], "cut_moves": len(moves) > PAGE, "unit": unit,
        "unit_name": names.get(unit, ""), "times": [time_words(t, asked.loaded) for t in _turned(report)[:PAGE]],
        "cut_times": len(_turned(report)) > PAGE,
    }  # fmt: skip


def _turned(report: trying.Report) -> list[Timed]:
    """Those limits first that turn late or in time, the late ones before."""
    order = {"late": 0, "eased": 1, "same": 2}
    return sorted(report.times, key=lambda one: order[one.turn])


def _side(moved: Moved, side: str) -> set[str]:
    before, after = leads(moved.before), leads(moved.after)
    return (set(after) if side == "in" else set(before)) - (set(before) if side == "in" else set(after))


def leads(match: Match | None) -> list[str]:
    """The codes of the units that lead."""
    return [target.unit for target in match.targets if target.role == "lead"] if match else []


def move_words(moved: Moved, loaded: Loaded) -> dict[str, Any]:
    """A move in words: from, to, by which lines, and who led in the end."""
    before, after = leads(moved.before), leads(moved.after)
    return {
        "case": moved.case, "category": rows.category(moved.case.category, loaded.pack, deepest=2),
        "before": _units(moved.before, loaded), "after": _units(moved.after, loaded),
        "line_before": moved.before.duty if moved.before else "", "line_after": moved.after.duty if moved.after else "",
        "led": _name(moved.led, loaded) if moved.led else "", "agreed": moved.led in after and moved.led not in before,
        "contradicted": moved.led in before and moved.led not in after,
    }  # fmt: skip


def time_words(one: Timed, loaded: Loaded) -> dict[str, Any]:
    """A limit in words."""
    return {
        "case": one.case, "unit": _name(one.unit, loaded) if one.unit else "", "clock": CLOCKS[one.clock],
        "before": one.before, "after": one.after, "done": one.done, "turn": one.turn, "turn_word": TURNS[one.turn],
    }  # fmt: skip


def _units(match: Match | None, loaded: Loaded) -> str:
    if match is None:
        return str(_("没有对得上的"))
    return "、".join(
        _name(target.unit, loaded) + ("" if target.role == "lead" else f"（{words.PARTS[target.role]}）")
        for target in match.targets
    )


def _name(code: str, loaded: Loaded) -> str:
    unit = loaded.pack.units.get(code)
    return unit.name if unit else code


BOARDS = (Board("dryrun", "rules", lazy("试算"), ROLES, "desk/dryrun.html", _values),)
