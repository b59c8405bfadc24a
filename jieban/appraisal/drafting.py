"""Verbs of schemes: draft, edit, record whom one asked, publish, withdraw. Every one leaves a step with its words.

A draft may hold mistakes (nobody loses what was typed); `mistakes` names them, and nothing with one is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.appraisal import scheme_edits
from jieban.appraisal import scheme_rules as rules
from jieban.appraisal import schemes as all_schemes
from jieban.appraisal.result_models import CycleResult
from jieban.appraisal.scheme_models import DRAFT, PUBLISHED, WITHDRAWN, SchemeConsultation, SchemeStep, SchemeText
from jieban.appraisal.scheme_rules import EDITORS, ENOUGH, Past
from jieban.city import reading, schemes
from jieban.city.pack import Pack
from jieban.city.schemes import Scheme, SchemeError
from jieban.core.errors import BadInput, Conflict, NotAllowed

# The text of a scheme is a few thousand characters; whoever sends more has sent something else.
MOST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom somebody asked, on which day, what was said, and what came of it."""

    who: str
    on: date
    said: str
    outcome: str


def make(*, code: str, name: str, first: date, text: str, words: str, by: Actor, at: datetime) -> SchemeText:
    """A draft with this code, name and first day from the text of another scheme, or from nothing (empty text).

    Comments stay; whoever was asked about the other scheme was not asked about this one. BadInput for a code that a
    scheme has already.
    """
    _must(by, EDITORS, "起草考评方案")
    body = scheme_edits.renamed(text or scheme_edits.EMPTY, code=code.strip(), name=name.strip(), first=first)
    row = SchemeText(text=body, sha256=_sha256(body), made_at=at, made_by_id=by.person_id, code=code.strip())
    _tell(row)
    with transaction.atomic():
        _save(row)
        _step(row, rules.MADE, _worded(words, "为什么起草"), by, at)
    return row


def edit(row: SchemeText, *, text: str, base: str, words: str, by: Actor, at: datetime) -> SchemeText:
    """Give a draft this text. `base` is the hash of the text that was edited.

    Conflict where somebody else saved meanwhile, BadInput for words too short or a text that is none.
    """
    _must(by, EDITORS, "修改考评方案")
    _check_size(text)
    with transaction.atomic():
        held = _locked(row, DRAFT)
        if held.sha256 != base:
            raise Conflict("别人刚刚保存过这份草稿。下面留着您写的，请打开最新的草稿对照以后再保存。")
        if held.text == text:
            raise BadInput("和现在的草稿一样，没有可保存的。")
        held.text, held.sha256 = text, _sha256(text)
        _tell(held)
        _save(held)
        _step(held, rules.EDITED, _worded(words, "改了什么、为什么"), by, at)
    return held


def consult(row: SchemeText, asked: Asked, *, by: Actor, at: datetime) -> SchemeConsultation:
    """Record whom somebody asked about a draft. BadInput for a day to come or words that are missing."""
    _must(by, EDITORS, "登记征求意见")
    if asked.on > timezone.localdate(at):
        raise BadInput("征求意见的日期不能晚于今天。")
    who = asked.who.strip()
    if not who:
        raise BadInput("请写征求了谁的意见。")
    said, outcome = _worded(asked.said, "对方说了什么"), _worded(asked.outcome, "怎么处理的")
    with transaction.atomic():
        held = _locked(row, DRAFT)
        entry = SchemeConsultation.objects.create(
            scheme=held, who=who, on=asked.on, said=said, outcome=outcome, entered_at=at, entered_by_id=by.person_id
        )
        _step(held, rules.CONSULTED, f"{who}：{said}", by, at)
    return entry


def publish(row: SchemeText, *, words: str, pack: Pack, by: Actor, at: datetime) -> SchemeText:
    """Put a draft in force from its first day on; who was asked is written into the text.

    NotAllowed for whoever wrote at it; SchemeError with every mistake of the text, BadInput with every other hindrance.
    """
    _must(by, EDITORS, "发布考评方案")
    with transaction.atomic():
        held = _locked(row, DRAFT)
        if by.person_id is None or by.person_id in writers(held):
            raise NotAllowed("自己起草或改过的方案要由另一个人来发布。请交给另一位班长或系统管理员。")
        found = checked(held, pack)
        others = all_schemes.known(pack)
        if hindrances := rules.hindrances(found, _others(found, others, pack), past(at), held.consultations.count()):
            raise BadInput("\n".join(hindrances))
        held.text, held.sha256 = found.text, found.sha256
        _tell(held)
        _set(held, state=PUBLISHED, published_at=at, published_by_id=by.person_id)
        _save(held)
        _step(held, rules.PUBLISHED, _worded(words, "为什么发布"), by, at)
    return held


def withdraw(row: SchemeText, *, words: str, by: Actor, at: datetime) -> SchemeText:
    """Take back a draft, or a published scheme whose first day is still to come."""
    _must(by, EDITORS, "撤回考评方案")
    with transaction.atomic():
        held = _locked(row, DRAFT, PUBLISHED)
        if not rules.may_withdraw(held.state, held.valid_from, timezone.localdate(at)):
            raise BadInput("这份方案已经生效，不能撤回。要换，请起草并发布一份从下个考核期开始的新方案。")
        _set(held, state=WITHDRAWN)
        held.save()
        _step(held, rules.WITHDRAWN, _worded(words, "为什么撤回"), by, at)
    return held


def mistakes(text: str, pack: Pack) -> list[tuple[str, str]]:
    """What is wrong with a text: where (a path like `rates.response`, empty for the whole) and what."""
    try:
        schemes.read(text, reading.known(pack))
    except SchemeError as error:
        return error.problems
    return []


def checked(row: SchemeText, pack: Pack) -> Scheme:
    """The scheme as it would be published, with those who were asked. SchemeError names every mistake."""
    schemes.read(row.text, reading.known(pack))
    entries = row.consultations.order_by("on", "pk")
    asked = [(one.who, one.on, f"{one.said}　{one.outcome}") for one in entries]
    return schemes.read(scheme_edits.consulted(row.text, asked), reading.known(pack))


def hindrances(row: SchemeText, pack: Pack, at: datetime) -> list[str]:
    """Why a draft without mistakes cannot be published now. SchemeError where it has mistakes."""
    found = checked(row, pack)
    others = _others(found, all_schemes.known(pack), pack)
    return rules.hindrances(found, others, past(at), row.consultations.count())


def past(at: datetime) -> Past:
    """Up to which day results are frozen."""
    return Past(CycleResult.objects.aggregate(end=Max("end"))["end"], timezone.localdate(at))


def writers(row: SchemeText) -> set[int]:
    """Who wrote at the text."""
    return rules.writers(list(row.steps.values_list("what", "person_id")))


def _others(found: Scheme, known: Collection[Scheme], pack: Pack) -> list[Scheme]:
    """The schemes that hold beside it: a scheme of the pack that begins on its day gives way to it."""
    of_pack = {scheme.sha256 for scheme in pack.schemes}
    return [one for one in known if one.model.first != found.model.first or one.sha256 not in of_pack]


def _tell(row: SchemeText) -> None:
    """Let the row say what its text says; a text that cannot be read leaves what was said last."""
    try:
        values = schemes.read(row.text).model
        said = {"code": values.code, "name": values.name, "valid_from": values.first}
    except SchemeError:
        known = {field.name: field.value for field in _fields(row.text)}
        said = {"code": known.get("code", row.code)[:40], "name": known.get("name", row.name)[:120]}
    _set(row, **{key: value for key, value in said.items() if value})


def _fields(text: str) -> list[scheme_edits.Field]:
    try:
        return scheme_edits.fields(text)
    except BadInput:
        return []


def _set(row: SchemeText, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _save(row: SchemeText) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise BadInput(f"代码“{row.code}”或这个生效日已经有一份方案。请换一个，或先撤回那一份。") from error


def _locked(row: SchemeText, *states: str) -> SchemeText:
    found = SchemeText.objects.select_for_update().filter(pk=row.pk, state__in=states).first()
    if found is None:
        raise Conflict("这份方案已经不是草稿了，不能再改。请刷新页面看看。")
    return found


def _step(row: SchemeText, what: str, words: str, by: Actor, at: datetime) -> None:
    SchemeStep.objects.create(
        scheme=row, at=at, person_id=by.person_id, person_name=by.name, role=by.role, what=what, words=words,
        sha256=row.sha256, text=row.text,
    )  # fmt: skip


def _must(by: Actor, roles: frozenset[Role], what: str) -> None:
    if by.role not in roles:
        raise NotAllowed(f"{by.name}（{by.role}）不能{what}。可以做的岗位：{', '.join(sorted(roles))}。")


def _worded(words: str, about: str) -> str:
    said = words.strip()
    if len(said) < ENOUGH:
        raise BadInput(f"请写明{about}，至少 {ENOUGH} 个字；以后查起来要看。")
    return said


def _check_size(text: str) -> None:
    if len(text) > MOST or "\x00" in text:
        raise BadInput("这不像一份方案：太长，或者含有不能保存的字符。")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
