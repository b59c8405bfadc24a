"""Who may take which step of a request to be left out of scoring (剔除), and what it must say. Pure: values in and out.

Grounds and that each needs evidence are data of the city's pack; that two people look, and that nobody decides on
work that is their own, is not (domain.md §6.4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jieban.accounts.actor import Role
from jieban.city.pack import Ground, Pack
from jieban.core.errors import BadInput, Conflict, NotAllowed

ASKED, GRANTED, REFUSED, APPEALED, WITHDRAWN = "asked", "granted", "refused", "appealed", "withdrawn"
STAGES: Final = {
    ASKED: "等审核",
    GRANTED: "已剔除",
    REFUSED: "不剔除",
    APPEALED: "等第二人复核",
    WITHDRAWN: "已撤回",
}
OPEN: Final = frozenset({ASKED, APPEALED})
DECIDED: Final = frozenset({GRANTED, REFUSED})
GROUP: Final = "exclusion"
ASKERS: Final = frozenset({Role.CLERK, Role.CHIEF, Role.DISTRICT})
SHORT, SHORTEST, LONGEST = 4, 10, 2000
# The moves that decide about leaving out; whoever made one of these has not handled the case by it.
JUDGING: Final = ("leave_out", "refuse_exclusion", "take_in")


@dataclass(frozen=True, slots=True)
class Seat:
    """A post that somebody holds now: the role and the path of its unit."""

    role: str
    path: str


def grounds(pack: Pack) -> list[Ground]:
    """The grounds a city's pack offers."""
    return [ground for ground in pack.grounds.values() if ground.group == GROUP]


def check_ground(code: str, pack: Pack, *, evidence: int) -> Ground:
    """The ground of that code; BadInput where there is none, or where it needs files and none came."""
    found = next((ground for ground in grounds(pack) if ground.code == code), None)
    if found is None:
        raise BadInput("请从列出的理由里选一个。")
    if found.evidence and not evidence:
        raise BadInput(f"“{found.name}”要有材料：判决书、文件、解释记录、现场照片或挂账计划，至少一份。")
    return found


def check_words(words: str, *, least: int = SHORTEST) -> str:
    """A statement or a reason, trimmed; BadInput where it says nothing or too much."""
    said = words.strip()
    if len(said) < least:
        raise BadInput(f"请写明理由，至少 {least} 个字。对方和以后查的人都要看。")
    if len(said) > LONGEST:
        raise BadInput(f"理由有 {len(said)} 个字，最多 {LONGEST} 个字。请写要点，细节放进材料。")
    return said


def check_time(number: str, until: datetime | None, *, at: datetime) -> None:
    """Refuse (BadInput) what comes after the time of the cycle. `until` is the last moment that is still in time."""
    if until is not None and at > until:
        local = until.astimezone(at.tzinfo)
        raise BadInput(f"{number} 这个考评周期申请剔除和复核的时间到 {local:%Y-%m-%d %H:%M} 为止，已经过了。")


def check_stage(number: str, stage: str, allowed: Collection[str]) -> None:
    """The request must be where the step leads on from; Conflict where somebody was first."""
    if stage not in allowed:
        raise Conflict(f"{number} 的申请现在是“{STAGES.get(stage, stage)}”，不能做这一步。请刷新页面看看谁先办了。")


def check_asked_before(number: str, ground: str, before: Iterable[tuple[str, str]]) -> None:
    """What was refused is not asked again on the same ground: that is what the appeal is for.

    `before` are the stage and ground of earlier requests about the same assignment. Conflict while one is open.
    """
    for stage, said in before:
        if stage in OPEN:
            raise Conflict(f"{number} 已经有一件剔除申请在审，一次只能有一件。")
        if stage in DECIDED and said == ground:
            raise BadInput(f"{number} 按这条理由申请过，已经定了。不服可以提出复核（一次）；另有理由的，选别的理由。")


def check_counts(number: str, *, role: str, ground: str, filed: bool) -> None:
    """Only what counts can be left out: not what a unit was only told of, is left out already, or was filed."""
    if role == "notice":
        raise BadInput(f"{number} 只是告知，本来就不计入考评。")
    if filed:
        raise BadInput(f"{number} 已经终结办理或不再由本单位办，不计入考评，另行公布，不用申请。")
    if ground:
        raise BadInput(f"{number} 已经剔除了，不用再申请。")


def may_ask(role: Role, unit_id: int | None, unit_path: str, part: tuple[int, str]) -> bool:
    """Whether a post may ask for an assignment of the unit (id, path): the unit itself, or its district."""
    if role == Role.DISTRICT:
        return bool(unit_path) and part[1].startswith(unit_path)
    return role in ASKERS and part[0] == unit_id


def deciders(pack: Pack) -> frozenset[Role]:
    """The roles that decide: the auditor, and those that the pack's `roles.toml` says `decides = ["exclusion"]` of."""
    return frozenset({Role.AUDITOR}) | {Role(code) for code, role in pack.roles.items() if GROUP in role.decides}


def check_decider(
    number: str, person: int | None, parties: Collection[int | None], *, handled: bool, own: bool
) -> None:
    """Nobody decides on their own work (NotAllowed).

    `parties` have asked, decided or appealed before; `handled` says that the person stands in the order's timeline,
    `own` that they hold a post of the unit whose assignment it is.
    """
    if person is None or person in parties:
        raise NotAllowed(f"{number} 的申请要由没有经手过它的另一个人来定。")
    if handled or own:
        why = "您办过这件工单" if handled else "您在承办单位任职"
        raise NotAllowed(f"{number}：{why}，不能定它的剔除申请，请交给别的审核人。")


def own(seats: Iterable[Seat], path: str) -> bool:
    """Whether one of the posts is at the unit with that path, below it, or above where it could ask for it."""
    return any(_own(seat, path) for seat in seats)


def _own(seat: Seat, path: str) -> bool:
    return seat.path.startswith(path) or (seat.role in ASKERS and path.startswith(seat.path))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision leads to: the stage, whether it is left out now, the step's name, and the move (or none)."""

    stage: str
    granted: bool
    step: str
    move: str


def decided(grant: bool) -> Outcome:
    """The first decision."""
    return Outcome(GRANTED, True, "grant", "leave_out") if grant else Outcome(
        REFUSED, False, "refuse", "refuse_exclusion"
    )  # fmt: skip


def decided_again(before: bool, grant: bool) -> Outcome:
    """The second decision, `before` being the first: what is upheld changes the record, what is rejected leaves it."""
    stage, step = (GRANTED if grant else REFUSED), ("reject" if grant == before else "uphold")
    moves: Mapping[tuple[bool, bool], str] = {
        (False, True): "leave_out", (True, False): "take_in", (False, False): "refuse_exclusion", (True, True): "",
    }  # fmt: skip
    return Outcome(stage, grant, step, moves[before, grant])


def check_once(number: str, appealed_at: datetime | None) -> None:
    """An appeal can be made once (BadInput)."""
    if appealed_at is not None:
        raise BadInput(f"{number} 已经复核过一次，复核只有一次，结果不再变。")


def may_appeal(role: Role, *, mine: bool, granted: bool | None) -> bool:
    """Whether a side may appeal, or take back what it asked: the unit unless it was granted, then the supervisor."""
    return role == Role.SUPERVISOR if granted else mine


def after_withdrawal(granted: bool | None) -> str:
    """Where a request stands once what was open of it is taken back."""
    return WITHDRAWN if granted is None else decided(granted).stage
