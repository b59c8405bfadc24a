"""What people make of signs: a search is kept, each sign is looked at and looked at again by another person.

Nothing follows by itself: no score is touched, nobody is told. A sign that a later search finds again keeps its looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final, TypeAlias

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jieban.accounts.actor import Actor, Role, Sight
from jieban.analytics.engines import Source
from jieban.appraisal import integrity
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.integrity import Found
from jieban.appraisal.integrity_models import SignLook, SignSearch, UnitSign
from jieban.appraisal.integrity_rules import Bounds, Trial
from jieban.city.pack import Pack
from jieban.city.schemes import Scheme
from jieban.core.errors import BadInput, NotAllowed

LOOKERS: Final = frozenset({Role.SUPERVISOR, Role.AUDITOR})
READERS: Final = LOOKERS | {Role.LEADER}
FINDINGS: Final = {"explained": "有正当原因", "unexplained": "说不清原因", "investigate": "需要调查"}
_LEAST_WORDS: Final = 4

Key: TypeAlias = tuple[str, str, str]


def bounds_of(pack: Pack) -> Bounds:
    """The bounds by which signs of a city are found: chance and excess of the house, the rest as its callbacks say."""
    own = Bounds()
    return replace(own, minutes=_minutes(pack.callbacks.contact_before, own.minutes))


def _minutes(limit: str, default: int) -> int:
    """A limit written in whole minutes or hours; another unit is no measure of minutes after a call."""
    for unit, size in (("min", 1), ("h", 60)):
        number = limit.removesuffix(unit)
        if limit.endswith(unit) and number.isdigit():
            return int(number) * size
    return default


def search(
    source: Source, cycle: Cycle, known: Iterable[Scheme], pack: Pack, *, by: Actor, at: datetime, lake_at: datetime
) -> SignSearch:
    """Look through the whole lake for the signs of a cycle and keep what was found.

    NotAllowed for a post that may not look, or that does not see the whole city: a part of a group is no group.
    """
    if by.role not in LOOKERS or by.sight != Sight.ALL:
        raise NotAllowed("查找迹象要看得到全市的数据，由市级的班长或纪检监察来做。")
    bounds = bounds_of(pack)
    found = integrity.find(source, cycle, list(known), bounds)
    return keep(found, bounds, pack, by=by, at=at, lake_at=lake_at)


def keep(found: Found, bounds: Bounds, pack: Pack, *, by: Actor, at: datetime, lake_at: datetime) -> SignSearch:
    """The rows of what was found."""
    cycle = found.cycle
    boards = {board.code: board.name for board in cycle.scheme.model.boards}
    with transaction.atomic():
        made = SignSearch.objects.create(
            cycle=cycle.code, first=cycle.first, end=cycle.end, at=at, lake_at=lake_at, by_id=by.person_id,
            answers=found.answers, tests=found.tests, bounds=asdict(bounds),
        )  # fmt: skip
        UnitSign.objects.bulk_create(
            UnitSign(
                search=made, board=one.board, board_name=boards[one.board], unit=one.unit,
                unit_name=found.units[one.unit]["name"], unit_path=_path(one.unit, pack), sign=one.sign, of=one.of,
                got=one.got, expected=one.expected, chance=one.chance, signs=integrity.every_sign(found, one),
                past=integrity.past(found, one),
            )
            for one in found.alarms
        )  # fmt: skip
    return made


def _path(unit: str, pack: Pack) -> str:
    """Codes from the root of the unit tree down to the unit, each followed by /."""
    codes: list[str] = []
    at = unit
    while at in pack.units and at not in codes:
        codes.append(at)
        at = pack.units[at].parent
    return "".join(f"{code}/" for code in reversed(codes))


def latest(cycle: str) -> SignSearch | None:
    """The newest search of a cycle."""
    return SignSearch.objects.filter(cycle=cycle).order_by("-pk").first()


def seen(by: Actor) -> QuerySet[UnitSign]:
    """The signs that a post may see: all, or those of its own units. NotAllowed for posts that signs are not for."""
    if by.role not in READERS:
        raise NotAllowed("这一页给班长、纪检监察和领导看。")
    signs: QuerySet[UnitSign] = UnitSign.objects.select_related("search").order_by("chance", "pk")
    if by.sight == Sight.ALL:
        return signs
    return signs.filter(unit_path__startswith=by.unit_path) if by.unit_path else signs.none()


def looks(cycle: str) -> Mapping[Key, list[SignLook]]:
    """What was said of the signs of a cycle, by board, unit and sign, the first look first. One query."""
    out: dict[Key, list[SignLook]] = defaultdict(list)
    for one in SignLook.objects.filter(cycle=cycle).select_related("person").order_by("no"):
        out[one.board, one.unit, one.sign].append(one)
    return out


def look(sign: UnitSign, *, finding: str, words: str, by: Actor, at: datetime) -> SignLook:
    """Somebody looked at a sign and says what it is. BadInput without words, NotAllowed for a second look of one's own.

    Nothing else changes.
    """
    if by.role not in LOOKERS or by.person_id is None:
        raise NotAllowed("看过迹象以后的结论由班长或纪检监察记。")
    if finding not in FINDINGS:
        raise BadInput(f"看过以后请选一项：{'、'.join(FINDINGS.values())}。")
    if len(words.strip()) < _LEAST_WORDS:
        raise BadInput("请写一句您看了什么、是什么情况，至少四个字，例如“听了五段录音，都是本人答的”。")
    earlier = looks(sign.search.cycle).get((sign.board, sign.unit, sign.sign), [])
    if earlier and earlier[-1].person_id == by.person_id:
        raise NotAllowed("上一次是您看的。复看要由另一个人来做。")
    row = SignLook(
        shown=sign, no=len(earlier) + 1, at=at, person_id=by.person_id, role=by.role, finding=finding,
        words=words.strip(), cycle=sign.search.cycle, board=sign.board, unit=sign.unit, sign=sign.sign,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise BadInput("刚才有别人也记了一条。请先看看那一条，再决定要不要补充。") from None
    return row


def trial(sign: UnitSign) -> Trial:
    """A kept sign as the statistics know it."""
    return Trial(sign.board, sign.unit, sign.sign, sign.of, sign.got, sign.expected, sign.chance)
