"""What is typed about a cycle: why it is corrected, what is disputed, and the city's answer."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, Final

from django import forms as fields
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor
from jieban.appraisal import disputes, freezing, results
from jieban.appraisal.result_models import CycleResult
from jieban.city import schemes
from jieban.city.models import Unit
from jieban.core.errors import BadInput
from jieban.orders import queries as orders
from jieban.orders.models import Assignment
from jieban.portal.desk import forms

# Sections inside a unit speak through it.
_INSIDE: Final = frozenset({"community", "property_firm"})


class Note(forms.Plain):
    """Why a frozen result is corrected."""

    note = fields.CharField(
        label=lazy("更正说明：谁发现的、改了什么"), min_length=freezing.SHORTEST, max_length=2000,
        widget=fields.Textarea({"rows": 3}),
    )  # fmt: skip


class Complaint(forms.Plain):
    """Which row is wrong, which orders are meant, and why."""

    row = fields.ChoiceField(label=lazy("哪个榜、哪个单位"))
    orders = fields.CharField(
        label=lazy("涉及的工单编号（一行一个，不填就是整行）"), required=False, widget=fields.Textarea({"rows": 3})
    )
    statement = fields.CharField(
        label=lazy("哪里不对，凭什么"), min_length=disputes.SHORTEST, max_length=disputes.LONGEST,
        widget=fields.Textarea({"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["row"].choices = choices  # type: ignore[attr-defined]


class Verdict(forms.Plain):
    """Upheld or not, and why."""

    yes = fields.ChoiceField(
        label=lazy("结论"), choices=[("yes", lazy("成立")), ("no", lazy("不成立"))], widget=fields.RadioSelect
    )
    words = fields.CharField(
        label=lazy("答复：核对了什么，为什么"), min_length=disputes.SHORTEST, max_length=disputes.LONGEST,
        widget=fields.Textarea({"rows": 3}),
    )  # fmt: skip


def rows_of(result: CycleResult, actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """The rows of a version that the post may dispute, by board, as choices (`board:unit`)."""
    if actor.role not in disputes.FILERS or not actor.unit_path:
        return []
    mine = Unit.objects.filter(path__startswith=actor.unit_path)
    if not mine.filter(code=actor.unit_code, kind__in=_INSIDE).exists():
        mine = mine.exclude(kind__in=_INSIDE)
    names = dict(mine.values_list("code", "name"))
    titles = {one.code: one.name for one in schemes.read(result.scheme_text).model.boards}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for board in results.document(result)["boards"]:
        for row in board["rows"]:
            if row["unit"] in names:
                found[titles[board["code"]]].append((f"{board['code']}:{row['unit']}", names[row["unit"]]))
    return list(found.items())


def meant(text: str, result: CycleResult, actor: Actor) -> list[int]:
    """The assignments of the orders with these numbers that the version counts. BadInput for an order without one."""
    numbers = list(dict.fromkeys(filter(None, re.split(r"[\s,，、;；]+", text))))
    if not numbers:
        return []
    mine = orders.visible_to(actor).filter(number__in=numbers)
    parts: dict[str, set[int]] = defaultdict(set)
    for number, part in Assignment.objects.filter(order__in=mine).values_list("order__number", "pk"):
        parts[number].add(part)
    cases = results.assignments_among(result, {part for some in parts.values() for part in some})
    lacking = [number for number in numbers if not parts[number] & cases]
    if lacking:
        raise BadInput(_("这一期的结果里没有这些工单：%s") % "、".join(lacking[:10]))
    return sorted(cases)
