"""Who must act: matching an order against the duty catalogue. Pure functions on values.

Catalogue lines are ranked by how exactly they name the matter: category level first, then territory (street, district,
anywhere), then asset owner. The confidence of a match is the weakest of what it rests on: how sure the category is, how
sure the place is (only where a unit depends on it), and whether the line is the only one of its rank (1, else 0.5). A
learned guess at the unit is evidence: it lifts a match it agrees with and lowers one it contradicts, but never replaces
the catalogue. Without a line the pack's fallback unit gets the order (兜底派单); without a category or a place a person
decides. Where the way is firm_first the firm leads alone, and the match names who takes over (`fallback`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice

from jieban.city.pack import ANY, FUNCTION_PREFIX, RELATIVE_UNITS, Duty, Pack
from jieban.city.ways import FIRM_FIRST, SUB_CENTRE
from jieban.core.errors import BadInput

LEAD, ASSIST, NOTICE = "lead", "assist", "notice"
ROLE_NAMES = {LEAD: "主办", ASSIST: "协办", NOTICE: "知会"}
FALLBACK = "fallback"
WAY_NAMES = {
    "direct": "直派", "dual": "双派", "multi": "一单多派", "notice": "派单并知会", FIRM_FIRST: "绿色通道，企业先行",
    SUB_CENTRE: "转分中心", FALLBACK: "兜底派单",
}  # fmt: skip
ALTERNATIVES = 3
TIED = 0.5
_NOBODY = {"firm": "平台企业", "street": "街道", "community": "社区", "district": "区"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the choice of a unit rests on. Codes, empty where unknown; `…_sure` are probabilities 0 to 1.

    `elsewhere` are other streets that the place may lie in, each with its probability.
    """

    category: str = ""
    category_sure: float = 0.0
    street: str = ""
    district: str = ""
    place_sure: float = 0.0
    community: str = ""
    owner: str = ""
    firm: str = ""
    urgency: str = ""
    guess: str = ""
    guess_sure: float = 0.0
    guess_words: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """One unit (by code) that is to get the order, and as what: lead, assist or notice."""

    unit: str
    role: str = LEAD


@dataclass(frozen=True, slots=True)
class Match:
    """One possible dispatch with its reason in words. `duty` is the code of the line behind it, if there is one.

    `fallback` is the unit that takes over where the way is firm_first and the firm does not settle it.
    """

    targets: tuple[Target, ...]
    way: str
    urgency: str
    duty: str
    reason: str
    score: float
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best match (None: a person must find the unit), up to three others, and how far the best can be trusted."""

    best: Match | None
    alternatives: tuple[Match, ...]
    confidence: float
    doubt: str = ""


class Catalogue:
    """The duty lines of a pack by category, and the names that platform firms go by in a text."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._lines: dict[str, list[Duty]] = {}
        for duty in pack.duties:
            self._lines.setdefault(duty.category, []).append(duty)
        self._branches: dict[str, list[Duty]] = {}
        for duty in pack.duties:
            path = pack.category_path(duty.category) if duty.category in pack.categories else ()
            self._branches.setdefault(path[0].code if path else "", []).append(duty)
        firms = (unit for unit in pack.units.values() if unit.kind == "platform_firm")
        self._firms = [(name, unit.code) for unit in firms for name in unit.names]

    def lines(self, category: str, day: date) -> list[Duty]:
        """The lines in force on `day` for the category or one above it, the most exact category first."""
        if category not in self.pack.categories:
            return []
        path = reversed(self.pack.category_path(category))
        return [duty for node in path for duty in self._lines.get(node.code, ()) if duty.valid(day)]

    def branch(self, category: str, day: date) -> Iterator[Duty]:
        """The lines in force on `day` of the categories beside this one, in the order of the files."""
        if category in self.pack.categories:
            top = self.pack.category_path(category)[0].code
            yield from (d for d in self._branches.get(top, ()) if d.category != category and d.valid(day))

    def firm_in(self, text: str) -> str:
        """The platform firm named in `text` (the longest name wins), or an empty string."""
        found = [(len(name), code) for name, code in self._firms if name in text]
        return max(found)[1] if found else ""


def propose(facts: Facts, catalogue: Catalogue, day: date) -> Proposal:
    """The catalogue's answer for one order on `day`, with alternatives and a confidence."""
    matches = _weighed(facts, _ranked(facts, catalogue, day))
    best = matches[0] if matches else fallback(facts, catalogue.pack)
    others: Iterable[Match] = chain(
        matches[1:], _taking_over(best, facts), _guessed(facts, catalogue.pack), _by_place(facts, catalogue.pack),
        _near(facts, catalogue, day),
    )  # fmt: skip
    alternatives = tuple(islice(_distinct(others, but=best), ALTERNATIVES))
    if best is None:
        return Proposal(None, alternatives, 0.0, "目录没有对应条目，也不知道在哪个区。")
    return Proposal(best, alternatives, best.score, _doubt(facts, best, catalogue.pack))


def check(targets: Sequence[Target], pack: Pack, day: date) -> None:
    """Refuse a choice of units that cannot be: BadInput says which and why."""
    if not any(target.role == LEAD for target in targets):
        raise BadInput("请至少选一个主办单位。")
    codes = [target.unit for target in targets]
    if len(set(codes)) < len(codes):
        raise BadInput("同一个单位选了两次，请去掉一个。")
    for target in targets:
        unit = pack.units.get(target.unit)
        if unit is None or not unit.valid(day):
            raise BadInput(f"单位 {target.unit} 不在现行单位表里，请重新选择。")
        if target.role not in ROLE_NAMES:
            raise BadInput(f"“{target.role}”不是承办角色，请用 lead、assist 或 notice。")


def check_way(way: str, targets: Sequence[Target], fallback: str, pack: Pack) -> None:
    """Refuse a way of dispatch that does not fit its units: BadInput says what it needs."""
    kinds = [pack.units[target.unit].kind for target in targets if target.role == LEAD]
    if way == FIRM_FIRST and kinds != ["platform_firm"]:
        raise BadInput("绿色通道要由一家平台企业主办。请只留这一家主办，或换一种派法。")
    if way == FIRM_FIRST and (fallback not in pack.units or fallback in [target.unit for target in targets]):
        raise BadInput("绿色通道要写明谈不成由谁接手，而且不能是同一家。")
    if way == SUB_CENTRE and kinds != ["sub_centre"]:
        raise BadInput("转分中心要由一个分中心主办。请从分中心里选。")


def way_of(targets: Sequence[Target]) -> str:
    """The way of dispatch that a choice of units amounts to: dual (several lead), multi, notice or direct."""
    roles = [target.role for target in targets]
    if roles.count(LEAD) > 1:
        return "dual"
    if ASSIST in roles:
        return "multi"
    return "notice" if NOTICE in roles else "direct"


def told(targets: Iterable[Target], pack: Pack) -> str:
    """The units in words: 热力集团主办，崇文门外街道协办."""
    return "，".join(f"{pack.units[t.unit].short}{ROLE_NAMES[t.role]}" for t in targets)


def _ranked(facts: Facts, catalogue: Catalogue, day: date) -> list[Match]:
    """Lines that fit, the most exact first, as matches; without those whose units are nobody at this place."""
    fitting = [d for d in catalogue.lines(facts.category, day) if fits(d, facts, catalogue.pack)]
    ranks = {d.code: rank(d, facts, catalogue.pack) for d in fitting}
    fitting.sort(key=lambda d: (ranks[d.code], d.code), reverse=True)
    out = []
    for duty in fitting:
        targets = targets_of(duty, facts, catalogue.pack)
        if targets:
            alone = sum(ranks[other.code] == ranks[duty.code] for other in fitting) == 1
            out.append(_match(duty, targets, facts, catalogue.pack, alone))
    return out


def fits(duty: Duty, facts: Facts, pack: Pack) -> bool:
    """Whether the line speaks of this owner and this territory."""
    if duty.owner not in (ANY, facts.owner):
        return False
    spot = facts.street or facts.district
    return duty.territory == ANY or (spot != "" and pack.within(spot, duty.territory))


def rank(duty: Duty, facts: Facts, pack: Pack) -> tuple[int, int, int]:
    """How exactly the line names the matter: level of its category, then territory, then owner."""
    territory = 2 if duty.territory == facts.street else int(duty.territory != ANY)
    return (pack.categories[duty.category].level, territory, int(duty.owner != ANY))


def targets_of(duty: Duty, facts: Facts, pack: Pack) -> tuple[Target, ...]:
    """The units of a line at this place, each once; empty where none of those that must act can be found.

    Where the lead means nobody (a firm that the text does not name, a street not known), the first assistant leads.
    Where the firm goes first, its assistants take over later: they are no targets while there is a firm.
    """
    if duty.way == FIRM_FIRST:
        duty = _firm_alone(duty, facts, pack)
    acting = [code for code in (_resolve(e, facts, pack) for e in (duty.lead, *duty.assistants)) if code]
    told = [code for code in (_resolve(e, facts, pack) for e in duty.notice) if code]
    if not acting:
        return ()
    helping = LEAD if duty.way == "dual" else ASSIST
    roles = dict.fromkeys(told, NOTICE) | dict.fromkeys(acting, helping) | {acting[0]: LEAD}
    return tuple(Target(code, roles[code]) for code in dict.fromkeys([*acting, *told]))


def _firm_alone(duty: Duty, facts: Facts, pack: Pack) -> Duty:
    """The line as it stands where the firm is known: the firm alone; else those behind it, the first one alone."""
    if facts.firm:
        return replace(duty, assistants=())
    return replace(duty, lead=_behind(duty, facts, pack) or duty.lead, assistants=())


def _behind(duty: Duty, facts: Facts, pack: Pack) -> str:
    """The first unit behind the firm that can be found at this place."""
    return next((code for code in (_resolve(e, facts, pack) for e in duty.assistants) if code), "")


def _resolve(expression: str, facts: Facts, pack: Pack) -> str | None:
    return pack.resolve(
        expression, street=facts.street, district=facts.district, firm=facts.firm, community=facts.community
    )


def _match(duty: Duty, targets: tuple[Target, ...], facts: Facts, pack: Pack, alone: bool) -> Match:
    sure = [facts.category_sure, 1.0 if alone else TIED]
    if _needs_place(duty, facts):
        sure.append(facts.place_sure)
    way = _way(duty, targets, pack)
    reason = _reason(duty, targets, way, facts, pack)
    behind = _behind(duty, facts, pack) if way == FIRM_FIRST else ""
    if behind:
        reason = f"{reason}，谈不成转{pack.units[behind].short}"
    return Match(targets, way, facts.urgency or duty.urgency, duty.code, reason, round(min(sure), 4), behind)


def _way(duty: Duty, targets: tuple[Target, ...], pack: Pack) -> str:
    """The way of the line, or the plain one where only one unit of several was found."""
    if duty.way == FIRM_FIRST:
        return FIRM_FIRST if pack.units[targets[0].unit].kind == "platform_firm" else "direct"
    return duty.way if len(targets) > 1 or duty.way == SUB_CENTRE else "direct"


def _needs_place(duty: Duty, facts: Facts) -> bool:
    if duty.way == FIRM_FIRST and facts.firm:
        return duty.territory != ANY
    units = (duty.lead, *duty.assistants)
    relative = any(e.startswith(FUNCTION_PREFIX) or (e in RELATIVE_UNITS and e != "firm") for e in units)
    return relative or duty.territory != ANY


def _reason(duty: Duty, targets: tuple[Target, ...], way: str, facts: Facts, pack: Pack) -> str:
    path = " › ".join(node.name for node in pack.category_path(facts.category))
    parts = [f"目录第 {duty.code} 条：{path}"]
    if where := _where(facts, pack):
        parts.append(f"属地{where}")
    if duty.owner != ANY:
        parts.append(f"产权{pack.owners[duty.owner].name}")
    if facts.firm and "firm" in (duty.lead, *duty.assistants):
        parts.append(f"提到{pack.units[facts.firm].short}")
    if targets[0].unit != _resolve(duty.lead, facts, pack):
        parts.append(f"{_NOBODY.get(duty.lead, '条目里的主办单位')}不明，由下一家主办")
    return f"{'，'.join(parts)} → {told(targets, pack)}（{WAY_NAMES[way]}）"


def _where(facts: Facts, pack: Pack) -> str:
    return "".join(pack.units[code].name for code in (facts.district, facts.street) if code in pack.units)


def _weighed(facts: Facts, matches: list[Match]) -> list[Match]:
    """The matches with the learned guess taken into their scores: both right by chance is rarer than either alone."""
    if not facts.guess or not matches:
        return matches
    best, p = matches[0], facts.guess_sure
    agrees = any(target.unit == facts.guess for target in best.targets)
    score = 1 - (1 - best.score) * (1 - p) if agrees else best.score * (1 - p / 2)
    return [replace(best, score=round(score, 4)), *matches[1:]]


def _guessed(facts: Facts, pack: Pack) -> list[Match]:
    if facts.guess not in pack.units:
        return []
    words = f"，依据“{'”“'.join(facts.guess_words)}”" if facts.guess_words else ""
    reason = f"以往相似来信由{pack.units[facts.guess].short}答复，把握 {facts.guess_sure:.0%}{words}"
    return [Match((Target(facts.guess),), "direct", facts.urgency, "", reason, round(facts.guess_sure, 4))]


def fallback(facts: Facts, pack: Pack, why: str = "目录没有对应条目") -> Match | None:
    """兜底派单: to the pack's fallback unit, and why; None where nobody knows which that would be."""
    code = _resolve(pack.settings.fallback, facts, pack)
    if code is None:
        return None
    reason = f"{why}，兜底派给{pack.units[code].name}"
    return Match((Target(code),), FALLBACK, facts.urgency, "", reason, min(facts.category_sure, facts.place_sure))


def _taking_over(best: Match | None, facts: Facts) -> list[Match]:
    """Where the firm goes first: the unit behind it at once."""
    if best is None or not best.fallback:
        return []
    words = "不经平台，直接派给接手的部门"
    return [Match((Target(best.fallback),), "direct", best.urgency, best.duty, words, facts.place_sure)]


def _near(facts: Facts, catalogue: Catalogue, day: date) -> Iterator[Match]:
    """Who acts by the neighbouring lines of the same branch: looked at only where too few choices are left."""
    for duty in catalogue.branch(facts.category, day):
        targets = targets_of(duty, facts, catalogue.pack) if fits(duty, facts, catalogue.pack) else ()
        if targets:
            way = _way(duty, targets, catalogue.pack)
            behind = _behind(duty, facts, catalogue.pack) if way == FIRM_FIRST else ""
            words = f"相近的目录条目 {duty.code}（{catalogue.pack.categories[duty.category].name}）"
            yield Match(targets, way, facts.urgency, "", words, 0.0, behind)


def _by_place(facts: Facts, pack: Pack) -> list[Match]:
    """Other streets the place may lie in, then the street and the district: choices that always remain."""
    spots = [(code, "地点也可能在", sure) for code, sure in facts.elsewhere]
    spots += [(facts.street, "属地街道", facts.place_sure), (facts.district, "所在区", facts.place_sure)]
    return [
        Match((Target(code),), "direct", facts.urgency, "", f"{what}：{pack.units[code].name}", sure)
        for code, what, sure in spots
        if code in pack.units
    ]


def _distinct(matches: Iterable[Match], *, but: Match | None) -> Iterator[Match]:
    seen = {but.targets} if but is not None else set()
    for match in matches:
        if match.targets not in seen:
            seen.add(match.targets)
            yield match


def _doubt(facts: Facts, best: Match, pack: Pack) -> str:
    """Why a person should look, in words; empty where the best is sure enough for the pack."""
    if best.score >= pack.settings.confidence_unit:
        return ""
    weak = {"类别拿不准": facts.category_sure, "地点拿不准": facts.place_sure}
    what, sure = min(weak.items(), key=lambda item: item[1])
    return what if sure < pack.settings.confidence_unit else "目录里有几条同样合适，或与以往答复不一致"
