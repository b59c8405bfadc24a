"""What the catalogue's signs are called: units that depend on the place, ways of dispatch; and the same read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.city.pack import ANY, FUNCTION_PREFIX, Clock, Duty
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.dispatch.duties import Found, Line
from jieban.dispatch.rules import Target
from jieban.portal import words
from jieban.portal.desk import finding, rows
from jieban.portal.words import Word

RELATIVE: dict[str, Word] = {
    "street": lazy("属地街道"), "district": lazy("所在区"), "community": lazy("所在社区"), "firm": lazy("被诉平台企业"),
}  # fmt: skip
WAYS: dict[str, Word] = {
    "direct": lazy("直派"), "dual": lazy("双派"), "multi": lazy("一单多派"), "notice": lazy("派单并知会"),
}  # fmt: skip
CELLS: dict[str, Word] = {
    "category": lazy("分类"), "owner": lazy("产权"), "territory": lazy("属地"), "way": lazy("派法"),
    "lead": lazy("主办"), "assistants": lazy("协办"), "notice": lazy("知会"), "urgency": lazy("紧急程度"),
    "basis": lazy("依据"), "valid_from": lazy("生效"), "valid_to": lazy("停用"),
}  # fmt: skip
KINDS: dict[str, Word] = {"add": lazy("新增"), "change": lazy("修改"), "end": lazy("停用")}
_OF_DISTRICT = lazy("所在区的")


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the catalogue in words: who, with whom, who is told, where and for which owner, how fast, why."""

    duty: Duty
    path: str
    lead: str
    assistants: str
    notice: str
    condition: str
    way: Word
    clock: Clock | None
    sample: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the duty search in words."""

    found: Found
    line: Told
    others: tuple[Told, ...]


def answer(found: Found, loaded: Loaded) -> Answer:
    """What was found, in words."""
    line = told(found.line, loaded, found.category)
    return Answer(found, line, tuple(told(one, loaded) for one in found.others))


def told(line: Line, loaded: Loaded, category: str = "") -> Told:
    """A line in words: real names where a place was chosen, else what the units are called everywhere."""
    duty, pack = line.duty, loaded.pack
    conditions = [unit_words(duty.territory, loaded)] if duty.territory != ANY else []
    if duty.owner != ANY:
        conditions.append(pack.owners[duty.owner].name)
    if line.targets:
        parts = {role: _named(line.targets, role, loaded) for role in ("lead", "assist", "notice")}
    else:
        parts = {"lead": _said((duty.lead,), loaded), "assist": _said(duty.assistants, loaded),
                 "notice": _said(duty.notice, loaded)}  # fmt: skip
        if duty.way == "dual":
            parts = {"lead": _said((duty.lead, *duty.assistants), loaded), "assist": "", "notice": parts["notice"]}
    return Told(
        duty, rows.category(category or duty.category, pack), parts["lead"], parts["assist"], parts["notice"],
        " · ".join(conditions), WAYS[duty.way], pack.clocks.get(duty.urgency),
        duty.basis.startswith(("示例", "sample")),
    )  # fmt: skip


def _named(targets: tuple[Target, ...], role: str, loaded: Loaded) -> str:
    return "、".join(loaded.pack.units[target.unit].name for target in targets if target.role == role)


def _said(expressions: tuple[str, ...], loaded: Loaded) -> str:
    return "、".join(unit_words(expression, loaded) for expression in expressions)


def unit_words(expression: str, loaded: Loaded) -> str:
    """A unit expression in words: 属地街道, 所在区的城市管理委, or the unit's own name."""
    if expression in RELATIVE:
        return str(RELATIVE[expression])
    if expression.startswith(FUNCTION_PREFIX):
        return f"{_OF_DISTRICT}{expression.removeprefix(FUNCTION_PREFIX)}"
    unit = loaded.pack.units.get(expression)
    return finding.label(unit, loaded) if unit else expression


def unit_expression(text: str, loaded: Loaded) -> str:
    """The expression that was typed in words. BadInput where nobody, or several, go by that name."""
    typed = text.strip()
    by_word = {str(word): code for code, word in RELATIVE.items()}
    prefix = str(_OF_DISTRICT)
    if typed in by_word:
        return by_word[typed]
    function = typed.removeprefix(prefix).removeprefix(FUNCTION_PREFIX)
    if function != typed:
        if all(known != function for _district, known in loaded.pack.functions):
            raise BadInput(_("各区没有管“%s”的部门。请从列出的里面选。") % function)
        return FUNCTION_PREFIX + function
    return finding.unit_code(typed, loaded)


def suggestions(query: str, loaded: Loaded, at: datetime) -> list[str]:
    """What may be typed for a unit of a line: words that depend on the place first, then functions, then names."""
    wanted = query.replace("，", "、").rpartition("、")[2].strip()
    if not wanted:
        return []
    functions = sorted({function for _district, function in loaded.pack.functions if wanted in function})
    relative = [str(word) for word in RELATIVE.values() if wanted in str(word)]
    names = [label for _code, label in finding.units(wanted, loaded, at=at)]
    return [*relative, *(f"{_OF_DISTRICT}{function}" for function in functions), *names][:12]


def cell(name: str, value: str, loaded: Loaded) -> str:
    """A cell of duties.csv in words."""
    if not value:
        return "–"
    if name in ("lead", "assistants", "notice"):
        return "、".join(unit_words(one, loaded) for one in value.split("|"))
    plain: Mapping[str, str] = {
        "category": rows.category(value, loaded.pack),
        "owner": _("任何产权") if value == ANY else getattr(loaded.pack.owners.get(value), "name", value),
        "territory": _("全市") if value == ANY else unit_words(value, loaded),
        "way": str(WAYS.get(value, value)),
        "urgency": _level(value),
    }
    return plain.get(name, value)


def _level(urgency: str) -> str:
    level = words.URGENCY.get(urgency)
    return f"{level.name} {level.span}" if level else urgency
