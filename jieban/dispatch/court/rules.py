"""The rules of the objection court, on values: how long a unit may object, who decides, what a refusal brings.

An order is passed on once by a verdict. The pack says at which refusal the units must sit together, and at which the
fallback gets the order and the passing on ends (domain.md §2.4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from jieban.city import limits
from jieban.city.pack import Ground, Pack, UnitSpec
from jieban.city.settings import Settings
from jieban.core import deadlines
from jieban.core.errors import BadInput, Conflict

DRAFT, RETURNED, REVIEW, KEPT, UPHELD, VOID = "draft", "returned", "review", "kept", "upheld", "void"
STAGES = {
    DRAFT: "等负责人批", RETURNED: "负责人没批", REVIEW: "等审核", KEPT: "异议不成立", UPHELD: "异议成立",
    VOID: "不用再定",
}  # fmt: skip
DECIDED = (KEPT, UPHELD)
PUT = (REVIEW, KEPT, UPHELD)
# What an upheld objection led to.
PASSED, TABLE, FALLBACK, RELEASED, BACK = "passed", "table", "fallback", "released", "back"
OUTCOMES = {
    PASSED: "交给下一家", TABLE: "转会商", FALLBACK: "兜底派单", RELEASED: "不再由它办", BACK: "交接没成，退回原单位",
}  # fmt: skip
SHORTEST = 10
_HOURS = ("min", "h")


def grounds(pack: Pack) -> list[Ground]:
    """What a unit may object on."""
    return [ground for ground in pack.grounds.values() if ground.group == "objection"]


def urgent(pack: Pack, urgency: str) -> bool:
    """Whether an urgency is one whose handling limit runs in hours: its objections have the short limits."""
    return deadlines.limit(limits.clock(pack, urgency).handle.limit).unit in _HOURS


def until(pack: Pack, urgency: str, *, sent_at: datetime, signed_at: datetime | None) -> datetime:
    """The last moment for an objection, its chief's approval included: counted from signing, before it from sending."""
    settings = pack.settings
    limit = settings.objection_urgent if urgent(pack, urgency) else settings.objection_general
    return limits.run_out(pack, limit, at=signed_at or sent_at)


def review_due(pack: Pack, urgency: str, *, at: datetime) -> datetime:
    """Until when an objection that was put at `at` must be decided."""
    settings = pack.settings
    return limits.run_out(pack, settings.review_urgent if urgent(pack, urgency) else settings.review_general, at=at)


def check_time(number: str, due: datetime, at: datetime) -> None:
    """Refuse an objection that comes too late; the unit then acts and says in the record what is beyond it."""
    if at > due:
        raise Conflict(
            f"{number} 提异议的时间到 {due:%m月%d日 %H:%M} 为止，已经过了。"
            "请先办理，办不了的写进办理记录，再找热线中心。"
        )


def check_words(ground: str, facts: str, pack: Pack, *, evidence: int) -> None:
    """Refuse an objection without a known ground, without facts, or without the proof that its ground asks for."""
    known = {one.code: one for one in grounds(pack)}
    if ground not in known:
        raise BadInput(f"异议理由请从{'、'.join(one.name for one in known.values())}里选。")
    if len(facts.strip()) < SHORTEST:
        raise BadInput(f"请写清事实，至少 {SHORTEST} 个字：现场在哪、归谁管、依据是什么。")
    if known[ground].evidence and not evidence:
        raise BadInput(f"“{known[ground].name}”要有材料，例如界线图、权属证明、现场照片。请附上再提。")


def check_proposed(unit: str, path: str, name: str) -> None:
    """Refuse a proposal (its path and name) that leaves the order with the unit or with one below it."""
    if f"/{unit}/" in f"/{path}":
        raise BadInput(f"{name}就是本单位或本单位的科室、社区。请写该由哪个单位办。")


class Earlier(Protocol):
    """What counts of an earlier objection on the same order."""

    assignment_id: int
    round: int
    stage: str
    outcome: str


def check_before(number: str, part: int, round_: int, others: Iterable[Earlier], settings: Settings) -> None:
    """Refuse one objection too many in the same round of an assignment, and any after the fallback got the order."""
    others = list(others)
    same = [one for one in others if (one.assignment_id, one.round) == (part, round_)]
    if any(one.stage == DRAFT for one in same):
        raise Conflict(f"{number} 已经起草过一份异议，在等负责人批。")
    if sum(one.stage in PUT for one in same) >= settings.objections_per_unit:
        raise Conflict(f"{number} 这一轮已经提过 {settings.objections_per_unit} 次异议，不能再提。请接着办。")
    if any(one.outcome == FALLBACK for one in others):
        raise Conflict(f"{number} 已经退过 {settings.refusals_to_fallback} 次，由兜底单位办，不能再提异议。")


def court(unit: UnitSpec, proposed: UnitSpec, pack: Pack) -> str:
    """The code of the district that decides: where both lie in it and neither is the district itself; else empty.

    Nobody is a judge in his own case, so a district's own objection, and one that names it, goes to the city's centre.
    """
    same = unit.district and unit.district == proposed.district
    seated = pack.units.get(unit.district) if same else None
    return seated.code if seated is not None and seated.kind == "district" else ""


def outcome(settings: Settings, *, leads: bool, refusals: int, named: bool, at_table: bool, fallback: bool) -> str:
    """What upholding an objection brings to the order.

    `refusals` counts those of leads that were upheld, this one included; `named` says whether the verdict names a next
    unit, `at_table` whether the order is being consulted about already, `fallback` whether there is a unit for that.
    """
    if not leads:
        return PASSED if named else RELEASED
    if at_table:
        return TABLE
    if refusals >= settings.refusals_to_fallback and fallback:
        return FALLBACK
    return TABLE if refusals >= settings.refusals_to_consult else PASSED


@dataclass(frozen=True, slots=True)
class Likeness:
    """What of an objection is compared with earlier ones."""

    ground: str
    category: str
    unit_kind: str
    proposed_kind: str
    text: str


def nearest(case: Likeness, others: Sequence[tuple[int, Likeness]], *, most: int) -> list[int]:
    """The ids of the earlier cases most like `case`, the likest first; of equals the one listed first."""
    mine = _pairs(case.text)
    scored = sorted(((_score(case, other, mine), -n) for n, (_, other) in enumerate(others)), reverse=True)
    return [others[-n][0] for _, n in scored[:most]]


def _score(case: Likeness, other: Likeness, mine: Counter[str]) -> float:
    """Same ground and same category count most, then the same kinds of unit, then how near the words are (0 to 1)."""
    same = (
        (2.0, case.ground == other.ground), (1.5, case.category == other.category),
        (1.0, case.unit_kind == other.unit_kind), (1.0, case.proposed_kind == other.proposed_kind),
    )  # fmt: skip
    return sum(weight for weight, holds in same if holds) + 2 * _near(mine, _pairs(other.text))


def _pairs(text: str) -> Counter[str]:
    """The pairs of neighbouring characters of a text, which for Chinese are close to its words."""
    letters = [c for c in text if c.isalnum()]
    return Counter(a + b for a, b in pairwise(letters))


def _near(a: Counter[str], b: Counter[str]) -> float:
    """Dice's coefficient of two bags of pairs: 0 for nothing in common, 1 for the same."""
    whole = a.total() + b.total()
    return 2 * (a & b).total() / whole if whole else 0.0
