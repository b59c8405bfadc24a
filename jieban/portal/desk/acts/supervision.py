"""Acts of supervision: a letter by hand or on a leader's note, the unit's answer, what it effected; and its panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as fields
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.city.oversight import HAND, NOTE
from jieban.core import deadlines
from jieban.core.errors import BadInput
from jieban.handling import supervision, supervision_queries
from jieban.handling import supervision_rules as rules
from jieban.handling.letters import Addressee, Letter
from jieban.handling.supervision import Demand
from jieban.orders.lifecycle import LIVE_ORDER, S
from jieban.portal import words
from jieban.portal.desk import forms
from jieban.portal.desk.acts.act import Act, Data, Panel, Subject, simple
from jieban.portal.desk.acts.files import stored
from jieban.portal.desk.unit import UNITS

_ISSUERS = frozenset({Role.SUPERVISOR, Role.DISTRICT, Role.LEADER})
_AFTER = LIVE_ORDER | {S.CLOSED, S.TERMINATED}
LIMITS = ("2h", "4h", "24h", "3d", "7d")


class _LetterForm(forms.Plain):
    """What is asked for, until when, and how high it stands."""

    text = fields.CharField(label=lazy("督办要求"), max_length=1000, widget=fields.Textarea({"rows": 4}))
    limit = fields.ChoiceField(label=lazy("多久内回复"))
    level = fields.ChoiceField(label=lazy("哪一级督办"))

    def __init__(self, *args: Any, subject: Subject, text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = subject.loaded.pack.oversight.levels
        usual = deadlines.limit(known[1].limit)
        choices = dict.fromkeys((str(usual), *LIMITS))
        self.fields["limit"].choices = [(one, words.limit_words(one)) for one in choices]  # type: ignore[attr-defined]
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (str(level.no), f"{level.name}（{'、'.join(level.issuers)}）" if level.no > 1 else level.name)
            for level in known.values()
        ]
        self.fields["text"].initial = text


class _NoteForm(_LetterForm):
    """A leader's note: whose, and its words."""

    leader = fields.CharField(label=lazy("哪位领导"), max_length=40)
    field_order = ("leader", "text", "limit", "level")


class _AnswerForm(forms.Plain):
    """What the unit answers to the letter."""

    text = fields.CharField(
        label=lazy("回复"), min_length=rules.REPLY_MIN, max_length=2000, widget=fields.Textarea({"rows": 4}),
        help_text=lazy("至少 10 个字：做了什么，到哪一步，什么时候答复市民"),
    )  # fmt: skip
    attached = forms.FilesField(label=lazy("照片或材料"), required=False)


class _JudgeForm(forms.Plain):
    """Which letter, what it effected, and why one thinks so."""

    letter = fields.ChoiceField(label=lazy("哪一份"))
    effect = fields.ChoiceField(label=lazy("效果"), choices=list(rules.EFFECTS.items()), widget=fields.RadioSelect)
    opinion = fields.CharField(label=lazy("为什么"), max_length=500, widget=fields.Textarea({"rows": 2}))

    def __init__(self, *args: Any, letters: list[Letter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(str(one.pk), f"{one.number.rsplit('-', 1)[1]} · {one.text[:24]}") for one in letters]
        self.fields["letter"].choices = told  # type: ignore[attr-defined]


def _hand_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    return _LetterForm(data, prefix=prefix, subject=subject, text=_("请尽快办理，在时限内回复办理情况。"))


def _note_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    return _NoteForm(data, prefix=prefix, subject=subject, text="")


def _judge_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    letters = list(Letter.objects.filter(order=subject.order, lifted_at=None).order_by("pk"))
    return _JudgeForm(data, prefix=prefix, letters=letters)


def _supervise(subject: Subject, data: dict[str, Any]) -> str:
    demand = Demand(subject.order, HAND, text=data["text"], limit=data["limit"], level=int(data["level"]))
    return _issue(subject, demand)


def _note(subject: Subject, data: dict[str, Any]) -> str:
    basis = {"leader": data["leader"].strip()}
    text = _("%(leader)s批示：%(text)s") % {"leader": basis["leader"], "text": data["text"]}
    demand = Demand(subject.order, NOTE, text=text, limit=data["limit"], level=int(data["level"]), basis=basis)
    return _issue(subject, demand)


def _issue(subject: Subject, demand: Demand) -> str:
    [letter] = supervision.issue([demand], by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("督办单 %(number)s 发出去了，%(due)s 前回复。") % {
        "number": letter.number,
        "due": words.moment(letter.due_at, subject.at),
    }


def _answer(subject: Subject, data: dict[str, Any]) -> str:
    mine = list(supervision_queries.to_answer(subject.by).filter(letter__order=subject.order))
    if not mine:
        raise BadInput(_("这件工单没有等您单位回复的督办单。"))
    files = stored(data["attached"], "letter")
    supervision.report(mine, text=data["text"], files=files, by=subject.by, at=subject.at)
    return _("督办回复交上去了。有没有效果，由发督办单的单位认定。")


def _judge(subject: Subject, data: dict[str, Any]) -> str:
    letter = Letter.objects.get(pk=data["letter"], order=subject.order)
    after = supervision.judge(
        [letter], effect=data["effect"], opinion=data["opinion"], by=subject.by, at=subject.at, loaded=subject.loaded
    )
    if after:
        return _("销了 %(old)s，升一级发了 %(new)s。") % {"old": letter.number, "new": after[0].number}
    return _("督办单 %s 销号了。") % letter.number


def _panel(subject: Subject) -> Mapping[str, Any] | None:
    """The letters of the order, newest first, with what each unit answered."""
    found = Addressee.objects.filter(letter__order=subject.order).select_related("letter", "unit")
    letters: dict[int, tuple[Letter, list[Addressee]]] = {}
    for row in found.order_by("-letter", "pk"):
        letters.setdefault(row.letter_id, (row.letter, []))[1].append(row)
    if not letters:
        return None
    find = subject.loaded.pack.oversight.find
    return {
        "letters": [(letter, rows, find(letter.trigger)) for letter, rows in letters.values()],
        "effects": rules.EFFECTS, "now": subject.at,
    }  # fmt: skip


PANELS = (Panel("desk/letters_panel.html", _panel),)
ACTS = (
    Act(
        "supervise", "order", lazy("督办"), lazy("发一份督办单给在办的单位，写清要求和回复时限。"), "bell", _ISSUERS,
        LIVE_ORDER, _hand_form, _supervise,
    ),
    Act(
        "leader_note", "order", lazy("记领导批示"), lazy("按批示发督办单，批示原话写进单子。"), "edit", _ISSUERS,
        LIVE_ORDER, _note_form, _note,
    ),
    Act(
        "answer_letter", "order", lazy("回复督办"), lazy("发给本单位的督办单，一次回复。"), "message-2",
        frozenset(UNITS), _AFTER, simple(_AnswerForm), _answer, lambda subject: subject.order.supervised,
    ),
    Act(
        "judge_letter", "order", lazy("认定督办效果"), lazy("有效果就销号；没有效果，升一级再发一份。"), "scale",
        _ISSUERS, _AFTER, _judge_form, _judge, lambda subject: subject.order.supervised,
    ),
)  # fmt: skip
