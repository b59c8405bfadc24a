"""The duty search beside other pages, and changing a line of the catalogue: proposing, deciding, publishing."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jieban.city import editing
from jieban.city import queries as city
from jieban.city.pack import ANY, Duty
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.dispatch import changing
from jieban.dispatch.changing import Draft
from jieban.dispatch.models import DutyChange
from jieban.orders import queries as orders
from jieban.portal import words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import downloads, duty_words, finding, forms
from jieban.portal.desk.boards import catalogue, dryrun
from jieban.portal.desk.boards.board import Asked

_PROPOSERS = tuple(sorted(changing.PROPOSERS & catalogue.STAFF))
_DECIDERS = tuple(sorted(changing.DECIDERS))
_UNITS = ("lead", "assistants", "notice")
_UNIT_HINT = lazy("单位名，或属地街道、所在区、被诉平台企业、所在区的某个部门")
_SEVERAL = lazy("几个单位用顿号隔开，没有就空着")


class ChangeForm(forms.Plain):
    """What is to become of a line, in words."""

    kind = django_forms.ChoiceField(
        label=lazy("怎么改"), choices=list(duty_words.KINDS.items()), widget=django_forms.RadioSelect
    )
    code = django_forms.RegexField(
        r"^[A-Za-z0-9_-]{1,32}$", label=lazy("条目编号"),
        error_messages={"invalid": lazy("编号用字母、数字、- 和 _，最多 32 个。")},
    )  # fmt: skip
    category = django_forms.CharField(label=lazy("分类"), required=False, max_length=120)
    owner = django_forms.ChoiceField(label=lazy("产权"), required=False)
    territory = django_forms.CharField(
        label=lazy("只限哪里"), required=False, max_length=64, help_text=lazy("区或街道；全市都适用就空着")
    )
    way = django_forms.ChoiceField(label=lazy("派法"), required=False, choices=list(duty_words.WAYS.items()))
    lead = django_forms.CharField(label=lazy("主办单位"), required=False, max_length=64, help_text=_UNIT_HINT)
    assistants = django_forms.CharField(label=lazy("协办单位"), required=False, max_length=300, help_text=_SEVERAL)
    notice = django_forms.CharField(label=lazy("知会单位"), required=False, max_length=300, help_text=_SEVERAL)
    urgency = django_forms.ChoiceField(label=lazy("紧急程度"), required=False)
    basis = django_forms.CharField(label=lazy("依据"), required=False, max_length=200)
    reason = django_forms.CharField(label=lazy("为什么要改"), max_length=500, widget=django_forms.Textarea({"rows": 3}))
    evidence = django_forms.CharField(
        label=lazy("凭什么"), required=False, max_length=500, widget=django_forms.Textarea({"rows": 2})
    )
    orders = django_forms.CharField(label=lazy("哪些工单引起的"), required=False, max_length=400)

    def __init__(self, *args: Any, loaded: Loaded, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loaded = loaded
        owners = [(ANY, _("任何产权")), *((one.code, one.name) for one in loaded.pack.owners.values())]
        levels = [(code, duty_words.cell("urgency", code, loaded)) for code in loaded.pack.clocks]
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        self.fields["urgency"].choices = levels  # type: ignore[attr-defined]

    @property
    def unit_fields(self) -> list[django_forms.BoundField]:
        """The fields that take units or a territory, for one list of options."""
        return [self[name] for name in (*_UNITS, "territory")]

    def cells(self) -> dict[str, str]:
        """The cells as duties.csv has them. BadInput names what nothing fits."""
        said, loaded = self.cleaned_data, self.loaded
        units = {name: "|".join(self._units(name)) for name in _UNITS}
        territory = said["territory"].strip()
        everywhere = territory in ("", ANY, _("全市"))
        return {
            "category": finding.category_code(said["category"], loaded), "owner": said["owner"] or ANY,
            "territory": ANY if everywhere else finding.unit_code(territory, loaded), "way": said["way"],
            **units, "urgency": said["urgency"], "basis": said["basis"].strip(),
        }  # fmt: skip

    def _units(self, name: str) -> list[str]:
        typed = self.cleaned_data[name].replace("，", "、").split("、")
        return [duty_words.unit_expression(one, self.loaded) for one in typed if one.strip()]


@staff()
def duties(request: HttpRequest) -> HttpResponse:
    """The way in by a plain address."""
    query = request.GET.urlencode()
    return redirect(f"{reverse('board', args=['rules', 'duties'])}{'?' if query else ''}{query}")


@staff()
def found(request: HttpRequest) -> HttpResponse:
    """The answers alone, while somebody types."""
    at = clock.now()
    asked = Asked(actor_of(request), at, city.current(at=at), request.GET)
    return render(request, "desk/duties_found.html", {**catalogue.search(asked), "beside": "beside" in request.GET})


@staff()
def places(request: HttpRequest) -> HttpResponse:
    """Options for the field that says where."""
    picks = city.current(at=clock.now()).gazetteer.search(request.GET.get("at", ""), 12)
    return render(request, "desk/options.html", {"options": [pick.label for pick in picks]})


@staff()
def units(request: HttpRequest) -> HttpResponse:
    """Options for a field that takes units of a line, also those that depend on the place."""
    at = clock.now()
    query = next((request.GET[key] for key in (*_UNITS, "territory") if key in request.GET), "")
    return render(request, "desk/options.html", {"options": duty_words.suggestions(query, city.current(at=at), at)})


@staff()
def categories(request: HttpRequest) -> HttpResponse:
    """Options for a field that takes a category."""
    known = finding.categories(request.GET.get("category", ""), city.current(at=clock.now()))
    return render(request, "desk/options.html", {"options": known})


@staff(*_PROPOSERS)
def change(request: HttpRequest) -> HttpResponse:
    """Propose a change of one line; what was typed comes back with the reason when it cannot be taken."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    line = next((duty for duty in loaded.pack.duties if duty.code == request.GET.get("code", "")), None)
    form = ChangeForm(request.POST or None, loaded=loaded, initial=_initial(request, line, loaded))
    if request.method == "POST" and form.is_valid():
        try:
            made = changing.propose([_draft(form, request)], by=actor, at=at)
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("提上去了。另一位班长或派单员同意后，随新版目录生效。"))
            return redirect("board", "rules", "catalogue") if made else redirect("duties")
    values = {"form": form, "line": line, "levels": words.URGENCY}
    return render(request, "desk/duty_change.html", values, status=422 if form.errors else 200)


def _initial(request: HttpRequest, line: Duty | None, loaded: Loaded) -> dict[str, str]:
    numbers = request.GET.get("order", "")
    if line is None:
        return {"kind": editing.ADD, "owner": ANY, "way": "direct", "orders": numbers}
    cells = {
        "category": finding.path(line.category, loaded), "owner": line.owner, "way": line.way, "basis": line.basis,
        "territory": "" if line.territory == ANY else duty_words.unit_words(line.territory, loaded),
        "lead": duty_words.unit_words(line.lead, loaded), "urgency": line.urgency,
        "assistants": "、".join(duty_words.unit_words(one, loaded) for one in line.assistants),
        "notice": "、".join(duty_words.unit_words(one, loaded) for one in line.notice),
    }  # fmt: skip
    return {"kind": editing.CHANGE, "code": line.code, "orders": numbers, **cells}


def _draft(form: ChangeForm, request: HttpRequest) -> Draft:
    said = form.cleaned_data
    cells = {} if said["kind"] == editing.END else form.cells()
    numbers = [
        one for one in said["orders"].upper().replace("、", " ").replace("，", " ").replace(",", " ").split() if one
    ]
    known = set(orders.visible_to(actor_of(request)).filter(number__in=numbers).values_list("number", flat=True))
    strange = [number for number in numbers if number not in known]
    if strange:
        raise BadInput(_("没有编号是 %s 的工单，或者不在您的岗位能看的范围里。请核对编号。") % strange[0])
    return Draft(
        kind=said["kind"], code=said["code"], cells=cells, reason=said["reason"], evidence=said["evidence"],
        orders=tuple(numbers),
    )  # fmt: skip


@require_POST
@staff(*_PROPOSERS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a proposal of somebody else, or take one's own back."""
    actor, at = actor_of(request), clock.now()
    row = get_object_or_404(DutyChange, pk=pk)
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")[:500]
    if verdict == "withdraw":
        changing.withdraw([row], by=actor, at=at)
        messages.success(request, _("撤回了。"))
    elif verdict == "refuse":
        changing.refuse([row], reason=reason, by=actor, at=at)
        messages.success(request, _("没有同意，理由提的人看得到。"))
    else:
        changing.approve([row], reason=reason, by=actor, at=at)
        messages.success(request, _("同意了。勾选后发布新版目录才生效。"))
    return redirect("board", "rules", "catalogue")


@require_POST
@staff(*_DECIDERS)
def publish(request: HttpRequest) -> HttpResponseBase:
    """Make what was ticked a new version of the catalogue."""
    actor, at = actor_of(request), clock.now()
    day = parse_date(request.POST.get("day", "") or "-")
    if day is None:
        raise BadInput(_("请选新版目录从哪天起生效。"))
    picked = [int(value) for value in request.POST.getlist("change") if value.isdigit()]
    rows = list(DutyChange.objects.filter(pk__in=picked))
    version = changing.publish(rows, day=day, by=actor, at=at)
    said = ngettext("第 %(version)d 版目录发布了，改了 %(count)d 条，%(day)s 起生效。",
                    "第 %(version)d 版目录发布了，改了 %(count)d 条，%(day)s 起生效。", len(rows))  # fmt: skip
    messages.success(request, said % {"version": version.number, "count": len(rows), "day": day})
    return redirect("board", "rules", "catalogue")


@staff(*sorted(dryrun.ROLES))
def dryrun_csv(request: HttpRequest) -> HttpResponse:
    """What a dry-run found, as a table."""
    at = clock.now()
    asked = Asked(actor_of(request), at, city.current(at=at), request.GET)
    chosen = dryrun.trial(asked)
    if chosen is None:
        raise BadInput(_("请先选一条目录修改，或写一档新时限。"))
    report = dryrun.result(asked, chosen)
    moves = (dryrun.move_words(one, asked.loaded) for one in report.moves)
    times = (dryrun.time_words(one, asked.loaded) for one in report.times)
    head = (_("编号"), _("诉求"), _("哪个时限"), _("单位"), _("原来"), _("改后"), _("最后主办"), _("实际"), _("结果"))
    table = [
        (m["case"].number, m["case"].title, "", "", f"{m['before']} {m['line_before']}",
         f"{m['after']} {m['line_after']}", m["led"], "", _("会派去别处"))
        for m in moves
    ] + [
        (t["case"].number, t["case"].title, t["clock"], t["unit"], _moment(t["before"]), _moment(t["after"]), "",
         _moment(t["done"]), t["turn_word"])
        for t in times
    ]  # fmt: skip
    return downloads.table(_("试算清单"), head, table)


def _moment(at: Any) -> str:
    return at.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M") if at else ""
