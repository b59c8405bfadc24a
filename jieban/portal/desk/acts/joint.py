"""Acts of joint work: whistle, report in, let go, rate; raise, take up; own a case; and the panel that shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.accounts.models import Person
from jieban.city.joint import TAKERS
from jieban.city.models import Unit
from jieban.handling import actions as handling
from jieban.handling import joint_rules, raising, whistle
from jieban.handling.joint_models import Escalation, Force, Rating
from jieban.orders.lifecycle import HELD_ASSIGNMENT, LIVE_ORDER, A, S
from jieban.orders.models import Assignment, Entry, Order
from jieban.portal import clocks
from jieban.portal.desk import finding, joint_forms, staffing
from jieban.portal.desk.acts.act import Act, Data, Panel, Subject, simple
from jieban.portal.desk.unit import UNITS

_UNITS = frozenset(UNITS)
_BUSY = frozenset({A.RESPONDED, A.HANDLING})
_TAKERS = frozenset({Role.LEADER, Role.DISTRICT, Role.SUPERVISOR, Role.CHIEF})


def fetched(orders: QuerySet[Order]) -> QuerySet[Order]:
    """The orders with the steps up and the ratings that acts and panel look at, in two further queries."""
    ups = Escalation.objects.select_related("unit", "leader", "taken_by").order_by("pk")
    return orders.prefetch_related(
        Prefetch("escalations", ups), Prefetch("ratings", Rating.objects.select_related("unit", "by_unit"))
    )


def _parts(subject: Subject) -> Sequence[Assignment]:
    return subject.parts or list(subject.order.assignments.select_related("unit").order_by("no"))


def _called(subject: Subject, *, states: frozenset[Any]) -> list[Assignment]:
    """Who was called from this assignment and is in one of the states."""
    called = (part for part in _parts(subject) if part.came_by == whistle.WHISTLE and part.state in states)
    return [part for part in called if part.called_by == subject.held.no]


def _may_whistle(subject: Subject) -> bool:
    return subject.held.role == "lead" or subject.held.unit.kind == "street"


def _whistle_form(subject: Subject, data: Data, files: Data, prefix: str) -> joint_forms.WhistleForm:
    return joint_forms.WhistleForm(data, near=_near(subject), prefix=prefix)


def _near(subject: Subject) -> list[tuple[str, str]]:
    """The departments of the caller's own district: those that are called most."""
    units = subject.loaded.pack.units
    own = units.get(subject.held.unit.code)
    home = own.district if own else ""
    found = [u for u in units.values() if u.kind == "district_department" and u.district == home and home]
    busy = {p.unit_id for p in subject.parts if p.state in HELD_ASSIGNMENT}
    ids = subject.loaded.unit_ids
    return [(u.code, u.short or u.name) for u in found if u.code in ids and ids[u.code] not in busy]


def _whistle(subject: Subject, data: dict[str, Any]) -> str:
    codes = [*data["near"], *finding.unit_codes(data["others"], subject.loaded)]
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    call = whistle.Call([found[code] for code in codes], data["reason"], data["place"], data["meet"])
    made = whistle.whistle([subject.held], call, by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("吹哨了，叫了 %d 家，他们现在就能看到。谁到了看“吹哨报到”。") % len(made)


def _report_in(subject: Subject, data: dict[str, Any]) -> str:
    part = subject.held
    with transaction.atomic():
        if part.state == A.SENT:
            handling.sign([part], by=subject.by, at=subject.at)
        whistle.report_in([part], by=subject.by, at=subject.at, **data)
    return _("报到了。办完再报单位已办结。")


def _release_form(subject: Subject, data: Data, files: Data, prefix: str) -> joint_forms.ReleaseForm:
    waiting = _called(subject, states=HELD_ASSIGNMENT)
    return joint_forms.ReleaseForm(data, called=_choices(waiting), prefix=prefix)


def _choices(parts: Sequence[Assignment]) -> list[tuple[str, str]]:
    return [(str(part.no), part.unit.name) for part in parts]


def _pick(subject: Subject, no: str) -> Assignment:
    part = next(part for part in _parts(subject) if str(part.no) == no)
    part.order = subject.order
    return part


def _release(subject: Subject, data: dict[str, Any]) -> str:
    part = _pick(subject, data["called"])
    whistle.release([part], reason=data["reason"], by=subject.by, at=subject.at)
    return _("%s不用来了，原因记下了。") % part.unit.name


def _unrated(subject: Subject) -> list[Assignment]:
    rated = {row.assignment_id for row in subject.order.ratings.all() if row.of == joint_rules.CALLED}
    return [part for part in _called(subject, states=frozenset({A.COMPLETED})) if part.pk not in rated]


def _rate_form(subject: Subject, data: Data, files: Data, prefix: str) -> joint_forms.RateForm:
    return joint_forms.RateForm(data, called=_choices(_unrated(subject)), prefix=prefix)


def _rate_called(subject: Subject, data: dict[str, Any]) -> str:
    return _rated(subject, _pick(subject, data["called"]), joint_rules.CALLED, data)


def _rate_back_form(subject: Subject, data: Data, files: Data, prefix: str) -> joint_forms.RateForm:
    return joint_forms.RateForm(data, prefix=prefix)


def _may_rate_back(subject: Subject) -> bool:
    rated = {row.assignment_id for row in subject.order.ratings.all() if row.of == joint_rules.CALLER}
    return subject.held.came_by == whistle.WHISTLE and subject.held.pk not in rated


def _rate_caller(subject: Subject, data: dict[str, Any]) -> str:
    return _rated(subject, subject.held, joint_rules.CALLER, data)


def _rated(subject: Subject, part: Assignment, of: str, data: dict[str, Any]) -> str:
    said = {"score": int(data["score"]), "words": data["words"]}
    whistle.rate(part, of=of, by=subject.by, at=subject.at, loaded=subject.loaded, **said)
    return _("打分记下了。对方也打了，或互评时间过了，双方才看得到。")


def _raise_form(subject: Subject, data: Data, files: Data, prefix: str) -> joint_forms.RaiseForm:
    ranks = [row.rank for row in subject.order.escalations.all()]
    above = subject.loaded.pack.joint.above(ranks[-1] if ranks else 0)
    return joint_forms.RaiseForm(data, levels=[(level.code, level.name) for level in above], prefix=prefix)


def _raise(subject: Subject, data: dict[str, Any]) -> str:
    leader = staffing.named(data["leader"], roles=TAKERS, at=subject.at) if data["leader"].strip() else None
    [row] = raising.escalate(
        [subject.order], level=data["level"], leader=leader, reason=data["reason"], by=subject.by, at=subject.at,
        loaded=subject.loaded,
    )  # fmt: skip
    return _("提级了，%s会看到。还是本单位主办。") % Unit.objects.get(pk=row.unit_id).name


def _waits_for(subject: Subject) -> bool:
    rows = list(subject.order.escalations.all()) if subject.order.escalated else []
    return bool(rows) and rows[-1].taken_at is None and rows[-1].unit_id == subject.by.unit_id


def _take_up(subject: Subject, data: dict[str, Any]) -> str:
    raising.take_up([subject.order], plan=data["plan"], by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("接办了，主办单位会看到您的打算。")


def _may_own(subject: Subject) -> bool:
    return subject.order.case_leader_id in (None, subject.by.person_id)


def _own_form(subject: Subject, data: Data, files: Data, prefix: str) -> joint_forms.OwnForm:
    people = staffing.people(subject.by, at=subject.at, roles=TAKERS)
    return joint_forms.OwnForm(data, people=people, prefix=prefix)


def _own(subject: Subject, data: dict[str, Any]) -> str:
    leader = Person.objects.get(pk=data["leader"])
    raising.own(
        [subject.order], leader=leader, promise=data["promise"], until=data["until"], by=subject.by, at=subject.at
    )
    return _("%s包案，到市民确认解决为止。") % leader.name


def _take_mine(subject: Subject, data: dict[str, Any]) -> str:
    me = Person.objects.get(pk=subject.by.person_id or 0)
    unit = Unit.objects.get(pk=subject.by.unit_id or 0)
    to = unit if unit.path.startswith(subject.held.unit.path) else subject.held.unit
    handling.hand_down([subject.held], to=to, instruction=_("本人办理"), handler=me, by=subject.by, at=subject.at)
    return _("这件由您来办，列在“今日我主办”里。")


def _not_mine(subject: Subject) -> bool:
    return subject.by.person_id is not None and subject.held.handler_id != subject.by.person_id


def _bare(subject: Subject, data: Data, files: Data, prefix: str) -> joint_forms.Nothing:
    return joint_forms.Nothing(data, prefix=prefix)


def _values(subject: Subject) -> Mapping[str, Any] | None:
    order = subject.order
    forces = list(Force.objects.filter(orders=order).select_related("unit", "leader").order_by("pk"))
    if not (order.whistled or order.escalated or order.case_leader_id or forces):
        return None
    said = order.entries.filter(move__in=("whistle", "report_in", "release", "own")).order_by("seq")
    entries = list(said)
    return {
        "owner": _last(entries, "own") if order.case_leader_id else None, "ups": _ups(subject), "forces": forces,
        "calls": [_call(entry, subject, entries) for entry in entries if entry.move == "whistle"],
    }  # fmt: skip


def _last(entries: Sequence[Entry], move: str) -> Entry | None:
    return next((entry for entry in reversed(entries) if entry.move == move), None)


def _ups(subject: Subject) -> list[dict[str, Any]]:
    joint = subject.loaded.pack.joint
    out = []
    for row in subject.order.escalations.all():
        level = joint.level(row.level)
        done = row.taken_at or row.passed_at
        bar = _bar(_("接办"), row.raised_at, row.due, done, subject.at) if row.due else None
        out.append({"row": row, "level": level.name if level else row.level, "bar": bar})
    return out


def _bar(name: str, start: datetime, due: datetime, done: datetime | None, now: datetime) -> clocks.Bar:
    return clocks.bar(name, start=start, due=due, now=now, done=done)


def _call(entry: Entry, subject: Subject, entries: Sequence[Entry]) -> dict[str, Any]:
    """One whistle with everybody it called: whether there, in time, with what result and what rating."""
    names = {str(one.get("name")): bool(one.get("across")) for one in entry.records.get("to", [])}
    opened = {int(no) for no in entry.changes.get("assignments", {}) if int(no) != entry.assignment_no}
    rows = [_row(part, names, subject, entries) for part in subject.parts if part.no in opened]
    caller = next((part.unit.name for part in subject.parts if part.no == entry.assignment_no), "")
    return {"entry": entry, "caller": caller, "rows": rows}


def _row(part: Assignment, names: Mapping[str, bool], subject: Subject, entries: Sequence[Entry]) -> dict[str, Any]:
    told = [e.records for e in entries if e.move == "report_in" and e.assignment_no == part.no]
    done = part.arrived_at or part.ended_at
    ratings = [row for row in subject.order.ratings.all() if row.assignment_id == part.pk]
    opened = len(ratings) == 2 or any(row.opens_at <= subject.at for row in ratings)
    return {
        "part": part, "across": names.get(part.unit.name, False), "told": told[-1] if told else None,
        "bar": _bar(_("到场"), part.sent_at, part.arrive_by, done, subject.at) if part.arrive_by else None,
        "ratings": ratings if opened else [], "rated": bool(ratings),
    }  # fmt: skip


PANELS = (Panel("desk/joint_panel.html", _values),)
ACTS = (
    Act(
        "take_mine", "part", lazy("我来办"), lazy("把您定为承办人，单位仍然负责，时限不变。"), "user-circle", _UNITS,
        frozenset({A.SIGNED}) | _BUSY, _bare, _take_mine, _not_mine,
    ),
    Act(
        "report_in", "part", lazy("报到"), lazy("到了现场就报。还没签收的一并签收。"), "map-pin", _UNITS,
        frozenset({A.SENT, A.SIGNED}) | _BUSY, simple(joint_forms.ReportInForm), _report_in,
        lambda subject: subject.held.came_by == whistle.WHISTLE,
    ),
    Act(
        "whistle", "part", lazy("吹哨"), lazy("叫有关单位到现场。他们都有结果了，本单位才能报办结。"), "speakerphone",
        _UNITS, _BUSY, _whistle_form, _whistle, _may_whistle,
    ),
    Act(
        "release", "part", lazy("让叫来的单位回去"), lazy("查明与它无关时用。原因写进记录。"), "arrow-back-up", _UNITS,
        frozenset(HELD_ASSIGNMENT), _release_form, _release, lambda s: bool(_called(s, states=HELD_ASSIGNMENT)),
    ),
    Act(
        "rate_called", "part", lazy("给报到单位打分"), lazy("双方都打了分，或互评时间过了，才互相看得到。打了不能改。"),
        "star", _UNITS, frozenset(HELD_ASSIGNMENT) | {A.COMPLETED}, _rate_form, _rate_called,
        lambda s: bool(_unrated(s)),
    ),
    Act(
        "rate_caller", "part", lazy("给吹哨单位打分"), lazy("双方都打了分，或互评时间过了，才互相看得到。打了不能改。"),
        "star", _UNITS, frozenset({A.COMPLETED}), _rate_back_form, _rate_caller, _may_rate_back,
    ),
    Act(
        "take_up", "order", lazy("接办"), lazy("提级给您的。写打算怎么办、谁去办。"), "stairs-up", _TAKERS,
        frozenset(LIVE_ORDER), simple(joint_forms.TakeUpForm), _take_up, _waits_for,
    ),
    Act(
        "escalate", "order", lazy("提级"), lazy("本单位协调不动时往上提。提了还是本单位主办。"), "stairs-up",
        _UNITS | {Role.SUPERVISOR}, frozenset(LIVE_ORDER - {S.PENDING, S.CONSULTING}), _raise_form, _raise,
        lambda subject: bool(subject.loaded.pack.joint.levels),
    ),
    Act(
        "own", "order", lazy("包案"), lazy("包到市民确认解决为止，中间只能由包案人交给别人。"), "user-star", _TAKERS,
        frozenset(LIVE_ORDER), _own_form, _own, _may_own,
    ),
)  # fmt: skip
