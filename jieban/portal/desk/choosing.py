"""What a dispatcher chose on the page of a waiting order: one of the ways shown, units by name, or a way of its own.

`pick` is the number of a way shown, other (units by name), green (firm first), sub (a sub-centre) or talk (units that
were consulted, each with its role and what it takes on).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jieban.city.queries import Loaded
from jieban.city.ways import FIRM_FIRST
from jieban.core.errors import BadInput
from jieban.dispatch.actions import Terms
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Match, Proposal, Target
from jieban.dispatch.talks import Consultation
from jieban.portal.desk import finding

GREEN, SUB, TALK, OTHER = "green", "sub", "talk", "other"
_NAMED = ("lead_name", "assist_name", "notice_name")


@dataclass(frozen=True, slots=True)
class Choice:
    """Units and terms; `line` is that of a sub-centre, which is put through instead of sent to."""

    targets: tuple[Target, ...]
    terms: Terms
    line: str = ""
    three_way: bool = False


def read(data: QueryDict, proposal: Proposal, talk: Consultation | None, loaded: Loaded) -> Choice:
    """What was chosen. BadInput says what is missing, doubled or unknown."""
    pick = data.get("pick", "")
    known = [m for m in (proposal.best, *proposal.alternatives) if m is not None]
    if pick.isdigit() and any(data.get(name, "").strip() for name in _NAMED):
        raise BadInput(_("您选了目录的派法，又写了别的单位。请留一样：清掉单位名，或改选“别的单位”。"))
    if pick.isdigit() and 1 <= int(pick) <= len(known):
        return _shown(known[int(pick) - 1])
    if pick == GREEN:
        return _green(data, loaded)
    if pick == SUB:
        return Choice((), Terms(), data.get("line", ""), bool(data.get("three_way")))
    if pick == TALK and talk is not None:
        return _talked(data, talk)
    return _by_name(data, loaded)


def sub_centres(loaded: Loaded) -> list[tuple[str, str]]:
    """The lines that can be put through, each with its words."""
    lines = loaded.pack.ways.sub_centres
    return [(code, f"{loaded.pack.channels[code].name} {loaded.pack.channels[code].number}") for code in lines]


def _shown(match: Match) -> Choice:
    way = match.way if match.fallback else ""
    return Choice(match.targets, Terms(way=way, fallback=match.fallback))


def _green(data: QueryDict, loaded: Loaded) -> Choice:
    firm, behind = data.get("firm_name", "").strip(), data.get("fallback_name", "").strip()
    if not firm or not behind:
        raise BadInput(_("绿色通道要写两家：先办的平台企业，和谈不成接手的部门。"))
    terms = Terms(way=FIRM_FIRST, fallback=finding.unit_code(behind, loaded))
    return Choice((Target(finding.unit_code(firm, loaded), LEAD),), terms)


def _talked(data: QueryDict, talk: Consultation) -> Choice:
    codes = [view.unit.code for view in talk.views.all()]
    roles = {code: data.get(f"role-{code}", "") for code in codes}
    chosen = [Target(code, role) for code, role in roles.items() if role in (LEAD, ASSIST, NOTICE)]
    if not chosen:
        raise BadInput(_("请给会商的单位定角色：谁主办，谁协办。"))
    parts = {t.unit: data.get(f"part-{t.unit}", "").strip()[:200] for t in chosen}
    return Choice(tuple(_lead_first(chosen)), Terms(parts={code: said for code, said in parts.items() if said}))


def _by_name(data: QueryDict, loaded: Loaded) -> Choice:
    if not data.get("lead_name", "").strip():
        raise BadInput(_("请选一种派法，或写出主办单位。"))
    roles = dict(zip(_NAMED, (LEAD, ASSIST, NOTICE), strict=True))
    chosen = [
        Target(finding.unit_code(name, loaded), role)
        for field, role in roles.items()
        for name in names(data.get(field, ""))
    ]
    return Choice(tuple(chosen), Terms())


def names(text: str) -> list[str]:
    """The names in a field that takes several, parted by 、 or a comma."""
    return [name.strip() for name in text.replace("，", "、").replace(",", "、").split("、") if name.strip()]


def _lead_first(targets: Sequence[Target]) -> list[Target]:
    return sorted(targets, key=lambda target: target.role != LEAD)


def invited(talk: Consultation | None, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The units of a consultation as rows to be given a role, as they were posted or as they offered."""
    if talk is None:
        return []
    out = []
    for view in talk.views.all():
        code = view.unit.code
        given = {"role": data.get(f"role-{code}", ""), "part": data.get(f"part-{code}", view.part)}
        out.append({"view": view, "code": code, "name": view.unit.name, **given})
    return out
