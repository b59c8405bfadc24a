"""Lists of rewards and interviews after a cycle: who is on which by which rule, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from jieban.accounts.actor import Actor, Role, Sight
from jieban.appraisal.publication import facts, queries, rules, wording
from jieban.appraisal.publication.rules import Found
from jieban.appraisal.publication.standing import Published
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.city.rewards import BELOW, FELL, FIRST, FULL, INTERVIEW, LAST, QUIET, REWARD, Rewards, Rule
from jieban.core import clock
from jieban.portal.access import actor_of, staff
from jieban.portal.citizen.home import english
from jieban.portal.desk import downloads
from jieban.portal.words import Word

READERS = (Role.LEADER, Role.SUPERVISOR, Role.AUDITOR, Role.DISTRICT)
LISTS: dict[str, Word] = {REWARD: lazy("奖励名单"), INTERVIEW: lazy("约谈名单")}
RATES: dict[str, Word] = {
    "response": lazy("响应率"),
    "resolution": lazy("解决率"),
    "satisfaction": lazy("满意率"),
    "composite": lazy("得分"),
}
# So many cycles are read: as many as any rule may ask for.
_CYCLES = 24
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for lists: the results read, the newest first; the rules of the pack; what they found for the post."""

    results: list[Published]
    rewards: Rewards
    found: list[Found]


@staff(*READERS)
def rewards(request: HttpRequest) -> HttpResponse:
    """Both lists of a cycle, rule by rule."""
    said = _asked(request)
    now = said.results[0] if said.results else None
    lists = [
        {"code": code, "word": word, "rules": [_rule(rule, said.found) for rule in _on(said, code)]}
        for code, word in LISTS.items()
    ]
    cycles = [one.cycle for one in queries.last(date.max, _CYCLES)]
    values = {"here": "appraisal", "now": now, "note": said.rewards.note, "lists": lists, "cycles": cycles}
    return render(request, "desk/rewards.html", values)


@staff(*READERS)
def download(request: HttpRequest) -> HttpResponse:
    """All lists of a cycle as CSV."""
    said = _asked(request)
    head = [_("名单"), _("规则"), _("组"), _("单位"), _("理由"), _("说明")]
    rows = (
        (LISTS[one.rule.list], name(one.rule), one.board.name, one.name, why(one), said.rewards.note)
        for one in said.found
    )
    cycle = said.results[0].cycle if said.results else ""
    return downloads.table(_("奖励和约谈名单 %s") % cycle, head, rows)


def name(rule: Rule) -> str:
    """What a rule is called in the reader's language."""
    return rule.name_en if english() else rule.name


def why(found: Found) -> str:
    """Why a unit is on a list, in one sentence."""
    said = _WHY[found.rule.what](found)
    return f"{said} {_('两期的得分区间重叠，可能只是波动。')}" if found.by_chance else said


def _first(found: Found) -> str:
    rank, of = found.ranks[0]
    return _("%(of)d 个单位里排第 %(rank)d 名，在前 %(count)d 名之内。") % {
        "of": of, "rank": rank, "count": found.rule.count,
    }  # fmt: skip


def _full(found: Found) -> str:
    return _("得 %(score).2f 分，满分。") % {"score": found.value}


def _quiet(_found: Found) -> str:
    return _("本期没有一件工单派给它或交给它。")


def _last(found: Found) -> str:
    ranks = _("、").join(_("%(rank)d / %(of)d") % {"rank": rank, "of": of} for rank, of in found.ranks)
    said = ngettext(
        "%(n)d 期排在后 %(count)d 名：%(ranks)s。", "连续 %(n)d 期排在后 %(count)d 名，从本期往前：%(ranks)s。",
        found.rule.cycles,
    )  # fmt: skip
    return said % {"n": found.rule.cycles, "count": found.rule.count, "ranks": ranks}


def _below(found: Found) -> str:
    told = {"rate": RATES[found.rule.rate], "value": found.value, "below": found.rule.below}
    if found.rule.rate == "composite":
        return _("%(rate)s %(value).2f，低于 %(below)g 分。") % told
    return _("%(rate)s %(value).1f%%，低于 %(below)g%%。") % told


def _fell(found: Found) -> str:
    before, row = found.before, found.row
    return _("从第 %(before)s 名退到第 %(rank)s 名，退了 %(places)d 名。") % {
        "before": before.rank if before else "–", "rank": row.rank if row else "–", "places": found.places,
    }  # fmt: skip


_WHY = {FIRST: _first, FULL: _full, QUIET: _quiet, LAST: _last, BELOW: _below, FELL: _fell}


def _asked(request: HttpRequest) -> Asked:
    pack = city.current(at=clock.now()).pack
    found = queries.last(date.max, _CYCLES)
    start = next((n for n, one in enumerate(found) if one.cycle == request.GET.get("cycle")), 0)
    results = queries.running(found[start:])
    if not results:
        return Asked([], pack.rewards, [])
    quiet = facts.quiet(results[0].cycle, results[0].version)
    listed = rules.lists(pack.rewards.on(results[0].first), results, quiet)
    return Asked(results, pack.rewards, _seen(listed, actor_of(request)))


def _seen(found: list[Found], actor: Actor) -> list[Found]:
    """Those of the post's own tree."""
    if actor.sight == Sight.ALL:
        return found
    mine = Unit.objects.filter(code__in={one.unit for one in found}, path__startswith=actor.unit_path or "-")
    codes = set(mine.values_list("code", flat=True))
    return [one for one in found if one.unit in codes]


def _on(said: Asked, code: str) -> list[Rule]:
    rules_on = said.rewards.on(said.results[0].first) if said.results else ()
    return [rule for rule in rules_on if rule.list == code]


def _rule(rule: Rule, found: list[Found]) -> dict[str, object]:
    mine = [one for one in found if one.rule == rule]
    lines = [{"found": one, "why": why(one), "ranks": wording.ranks(one.row) if one.row else ""} for one in mine]
    return {"rule": rule, "name": name(rule), "lines": lines[:_SHOWN], "n": len(mine),
            "more": max(len(mine) - _SHOWN, 0)}  # fmt: skip
