"""The page of one task force: what for, who is in it, what they must do, when they met, which orders they work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Actor, Role
from jieban.accounts.models import Person
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.handling import forces
from jieban.handling.joint_models import Force, ForceMember, ForceTask
from jieban.orders import queries as orders
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import finding, joint_forms, staffing

MEMBERS = (Role.CLERK, Role.CHIEF, Role.DISTRICT, Role.LEADER, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class _Ask:
    """One thing done to a task force: by whom, when, by which rules."""

    force: Force
    by: Actor
    at: datetime
    loaded: Loaded


@require_POST
@staff(*forces.LEADERS)
def found(request: HttpRequest) -> HttpResponse:
    """Set up a task force."""
    actor, at = actor_of(request), clock.now()
    people = staffing.people(actor, at=at, roles=staffing.WORKERS)
    form = joint_forms.ForceForm(request.POST, people=people)
    if not form.is_valid():
        raise BadInput(_("请写专班的名称、要办成什么（至少四个字），选牵头人。"))
    data = form.cleaned_data
    leader = Person.objects.get(pk=data["leader"])
    made = forces.open_force(name=data["name"], purpose=data["purpose"], leader=leader, by=actor, at=at)
    messages.success(request, _("专班成立了。请加成员，把工单交给它。"))
    return redirect("force", pk=made.pk)


@staff(*MEMBERS)
def force(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; 404 for who is neither of it nor above it."""
    return _page(request, _force(request, pk), {})


@require_POST
@staff(*MEMBERS)
def work(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one thing to it; what was typed comes back with the reason when it cannot be taken."""
    one = _force(request, pk)
    if verb not in _DOES:
        raise Http404(verb)
    asked = _Ask(one, actor_of(request), clock.now(), city.current(at=clock.now()))
    form = _forms(one, request)[verb]
    if not form.is_valid():
        return _page(request, one, {verb: form}, status=422)
    try:
        said = _DOES[verb](asked, form.cleaned_data, request)
    except BadInput as error:
        form.add_error(None, str(error))
        return _page(request, one, {verb: form}, status=422)
    messages.success(request, said)
    return redirect("force", pk=one.pk)


def _force(request: HttpRequest, pk: int) -> Force:
    return get_object_or_404(forces.visible_to(actor_of(request)).select_related("unit", "leader"), pk=pk)


def _forms(one: Force, request: HttpRequest | None = None) -> dict[str, Any]:
    data = request.POST if request is not None else None
    members = [(str(m.pk), _name(m)) for m in _members(one)]
    return {
        "member": joint_forms.MemberForm(data, prefix="member"),
        "task": joint_forms.TaskForm(data, prefix="task", members=members),
        "meeting": joint_forms.MeetingForm(data, prefix="meeting"),
        "finish": joint_forms.FinishForm(data, prefix="finish"),
        "link": joint_forms.LinkForm(data, prefix="link"),
        "close": joint_forms.CloseForm(data, prefix="close"),
    }


def _members(one: Force) -> list[ForceMember]:
    return list(one.members.filter(until=None).select_related("unit", "person").order_by("pk"))


def _name(member: ForceMember) -> str:
    return f"{member.unit.short} {member.person.name}" if member.person else member.unit.name


def _page(request: HttpRequest, one: Force, given: dict[str, Any], status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    linked = list(one.orders.order_by("-received_at")[:200])
    seen = set(orders.visible_to(actor).filter(pk__in=[o.pk for o in linked]).values_list("pk", flat=True))
    tasks = list(one.tasks.select_related("member__unit", "member__person", "done_by", "meeting").order_by("due", "pk"))
    values = {
        "force": one, "members": _members(one), "tasks": [_task(task, one, actor, at) for task in tasks], "now": at,
        "meetings": list(one.meetings.order_by("-at")), "forms": {**_forms(one), **given},
        "orders": [order for order in linked if order.pk in seen], "hidden": len(linked) - len(seen),
        "leads": forces.leads(one, actor) and one.closed_at is None, "failed": next(iter(given), ""),
        "failed_task": request.POST.get("task", "") if given else "",
    }  # fmt: skip
    return render(request, "desk/force.html", values, status=status)


def _task(task: ForceTask, one: Force, actor: Actor, at: datetime) -> dict[str, Any]:
    member = task.member
    own = member.person_id == actor.person_id if member.person_id else member.unit_id == actor.unit_id
    late = task.done_at is None and task.due < timezone.localdate(at)
    return {
        "row": task, "who": _name(member), "late": late,
        "may": one.closed_at is None and task.done_at is None and (own or forces.leads(one, actor)),
    }  # fmt: skip


def _add_member(ask: _Ask, data: dict[str, Any], request: HttpRequest) -> str:
    unit = Unit.objects.get(code=finding.unit_code(data["unit"], ask.loaded))
    name = data["person"].strip()
    person = staffing.named(name, roles=staffing.WORKERS, at=ask.at, within=unit.path) if name else None
    forces.add_member(ask.force, unit=unit, person=person, duty=data["duty"], by=ask.by, at=ask.at)
    return _("%s进了专班，他们能看到。") % (name or unit.name)


def _add_task(ask: _Ask, data: dict[str, Any], request: HttpRequest) -> str:
    member = ForceMember.objects.get(pk=data["member"])
    forces.give(ask.force, [forces.Todo(data["what"], member, data["due"])], by=ask.by, at=ask.at)
    return _("任务交给%s了。") % _name(member)


def _meet(ask: _Ask, data: dict[str, Any], request: HttpRequest) -> str:
    todos = _decided(ask, request)
    said = {name: data[name] for name in ("held", "present", "decided")}
    forces.meet(ask.force, tasks=todos, by=ask.by, at=ask.at, **said)
    return _("会议记下了，派了 %d 项任务。") % len(todos)


def _decided(ask: _Ask, request: HttpRequest) -> list[forces.Todo]:
    """The tasks typed below a meeting; rows without words are left out."""
    members = {str(member.pk): member for member in _members(ask.force)}
    out = []
    rows = (request.POST.getlist(name) for name in ("todo_what", "todo_member", "todo_due"))
    for what, member, due in zip(*rows, strict=False):
        if what.strip():
            day = joint_forms.day(due)
            if member not in members or day is None:
                raise BadInput(_("“%s”这项任务请选谁做、哪天以前。") % what.strip())
            out.append(forces.Todo(what, members[member], day))
    return out


def _finish(ask: _Ask, data: dict[str, Any], request: HttpRequest) -> str:
    task = get_object_or_404(ask.force.tasks.select_related("member", "force"), pk=request.POST.get("task") or 0)
    forces.finish(task, result=data["result"], by=ask.by, at=ask.at)
    return _("任务销了。")


def _link(ask: _Ask, data: dict[str, Any], request: HttpRequest) -> str:
    numbers = data["numbers"].replace("、", " ").replace("，", " ").split()
    chosen = list(orders.visible_to(ask.by).filter(number__in=numbers))
    missing = sorted(set(numbers) - {order.number for order in chosen})
    if missing:
        raise BadInput(_("没有找到%s。请写全编号，中间空一格。") % "、".join(missing))
    forces.muster(ask.force, chosen, by=ask.by, at=ask.at)
    return _("%d 件交给专班了。") % len(chosen)


def _close(ask: _Ask, data: dict[str, Any], request: HttpRequest) -> str:
    forces.close_force(ask.force, result=data["result"], by=ask.by, at=ask.at)
    return _("专班收了。")


_DOES: dict[str, Callable[[_Ask, dict[str, Any], HttpRequest], str]] = {
    "member": _add_member, "task": _add_task, "meeting": _meet, "finish": _finish, "link": _link, "close": _close,
}  # fmt: skip
