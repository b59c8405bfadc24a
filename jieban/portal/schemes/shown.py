"""Which schemes a post may look at: published ones are for everybody, drafts and withdrawn ones for those who watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from django.http import Http404
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor
from jieban.appraisal import drafting, schemes
from jieban.appraisal.scheme_models import DRAFT, PUBLISHED, SchemeText
from jieban.appraisal.scheme_rules import WATCHERS
from jieban.city import reading
from jieban.city import schemes as texts
from jieban.city.pack import Pack
from jieban.city.schemes import Scheme, SchemeError
from jieban.portal.words import Word

STATES: Mapping[str, Word] = {
    "draft": lazy("草稿"), "withdrawn": lazy("已撤回"), "now": lazy("正在用"), "coming": lazy("还没到"),
    "past": lazy("用过"), "overruled": lazy("被替代"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A scheme as pages name it. `key` stands in addresses; `until` is the first day on which it no longer holds.

    `scheme` is None for a draft with mistakes, `row` for a scheme of the city pack.
    """

    key: str
    name: str
    code: str
    first: date | None
    until: date | None
    state: str
    sha256: str
    text: str
    scheme: Scheme | None
    row: SchemeText | None

    @property
    def word(self) -> Word:
        """Its state."""
        return STATES[self.state]

    @property
    def last(self) -> date | None:
        """The last day on which it holds."""
        return self.until - timedelta(days=1) if self.until else None

    @property
    def consulted(self) -> list[str]:
        """Who was asked."""
        if self.row is not None and self.row.state == DRAFT:
            return [one.who for one in self.row.consultations.all()]
        return [one.who for one in self.scheme.model.consulted] if self.scheme else []


def holding(pack: Pack, day: date) -> list[Shown]:
    """What holds, will or did, the newest first, and the pack's schemes that others stand in for. Two queries."""
    known = schemes.known(pack)
    rows = {row.sha256: row for row in SchemeText.objects.filter(state=PUBLISHED).select_related("published_by")}
    ends = [one.model.first for one in known[1:]]
    found = [_holding(one, rows.get(one.sha256), end, day) for one, end in zip_longest(known, ends)]
    held = {one.sha256 for one in known}
    gone = [_shown(one, None, None, "overruled") for one in pack.schemes if one.sha256 not in held]
    return [*reversed(found), *gone]


def drafts(actor: Actor, pack: Pack) -> list[Shown]:
    """Drafts and withdrawn ones, the newest first; none for a post that does not watch. Two queries."""
    if actor.role not in WATCHERS:
        return []
    rows = SchemeText.objects.exclude(state=PUBLISHED).select_related("made_by").prefetch_related("consultations")
    return [_of_row(row, pack) for row in rows.order_by("-state", "-made_at")]


def every(actor: Actor, pack: Pack, day: date) -> dict[str, Shown]:
    """All that the post may look at, by key."""
    return {one.key: one for one in (*holding(pack, day), *drafts(actor, pack))}


def one(key: str, actor: Actor, pack: Pack, day: date) -> Shown:
    """The scheme of a key. Http404 where there is none that the post may look at."""
    found = every(actor, pack, day).get(key)
    if found is None:
        raise Http404(key)
    return found


def _holding(scheme: Scheme, row: SchemeText | None, until: date | None, day: date) -> Shown:
    first = scheme.model.first
    state = "coming" if first > day else "past" if until is not None and until <= day else "now"
    return _shown(scheme, row, until, state)


def _shown(scheme: Scheme, row: SchemeText | None, until: date | None, state: str) -> Shown:
    m = scheme.model
    key = f"pack-{m.code}" if state == "overruled" else m.code
    return Shown(key, m.name, m.code, m.first, until, state, scheme.sha256, scheme.text, scheme, row)


def _of_row(row: SchemeText, pack: Pack) -> Shown:
    try:
        scheme = texts.read(row.text, reading.known(pack))
    except SchemeError:
        scheme = None
    return Shown(str(row.pk), row.name, row.code, row.valid_from, None, row.state, row.sha256, row.text, scheme, row)


def mistakes(shown: Shown, pack: Pack) -> list[tuple[str, str]]:
    """What is wrong with its text."""
    return [] if shown.scheme else drafting.mistakes(shown.text, pack)
