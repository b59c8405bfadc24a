"""What the seat's form amounts to while it is being typed: fields chosen or suggested, the units, the filing.

What the agent has touched is the agent's: `touched` names those fields, and only they count as chosen. Everything else
is suggested anew from the words each time, and stored as a suggestion.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jieban.city import limits
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.dispatch import actions as dispatch
from jieban.dispatch.rules import Proposal, Target
from jieban.intake import routing
from jieban.intake import rules as intake_rules
from jieban.intake.rules import Filing
from jieban.knowledge import queries as knowledge
from jieban.knowledge.rules import FIRM
from jieban.orders.models import Order
from jieban.portal import filing, sorting, words
from jieban.portal.desk import choosing, rows
from jieban.portal.desk import dispatch as dispatch_desk

_FIELDS = ("kind", "category", "place", "urgency")
_GUESSED = ("kind", "category", "place")


@dataclass(slots=True)
class Draft:
    """The form as it stands: what was typed, what is suggested, and what follows from both."""

    data: QueryDict
    touched: frozenset[str]
    suggested: dict[str, Any]
    loaded: Loaded
    values: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title the agent wrote, else one made of what the text says by now."""
        written = self.data.get("title", "").strip() if "title" in self.touched else ""
        return written or intake_rules.title_from(self.data.get("content", "").strip())

    def chosen(self, name: str) -> str:
        """What the agent decided for a field, empty where it was left to the suggestion."""
        if name == "category":
            return _deepest(self.data, self.loaded) if any(t.startswith("cat") for t in self.touched) else ""
        return self.data.get(name, "").strip() if name in self.touched else ""

    def shown(self, name: str) -> str:
        """What the field shows: chosen, else suggested where it is likely enough."""
        if name == "urgency":
            return self.chosen(name) or sorting.urgent(self.suggested)
        said = self.suggested.get(name) or {}
        likely = float(said.get("probability") or 0) >= self.least(name)
        return self.chosen(name) or (str(said.get("value") or "") if likely else "")

    def least(self, name: str) -> float:
        """From which probability on a suggestion is filled in."""
        settings = self.loaded.pack.settings
        known = {"kind": settings.confidence_kind, "category": settings.confidence_category,
                 "place": settings.confidence_place}  # fmt: skip
        return known[name]


def context(data: QueryDict, at: datetime) -> dict[str, Any]:
    """Everything the console draws from the form as it stands."""
    loaded = city.current(at=at)
    draft = read(data, loaded)
    order = _imagined(draft, at)
    text = data.get("content", "").strip()
    proposal = dispatch.propose([order], loaded=loaded, at=at)[0] if text else Proposal(None, (), 0.0)
    route = routing.route(text, pack=loaded.pack) if text else routing.ORDER
    category = draft.shown("category")
    return {
        "data": draft.data, "draft": draft, "touched": " ".join(sorted(draft.touched)), "kinds": words.KINDS,
        "levels": words.URGENCY, "kind": draft.shown("kind"), "urgency": _urgency(draft, proposal),
        "cats": _levels(category, loaded), "category": category, "place": draft.shown("place"),
        "place_words": loaded.gazetteer.label(draft.shown("place")) if draft.shown("place") else "",
        "said": draft.suggested, "seen": _seen(draft), "unsure": _unsure(draft),
        "alternatives": _alternatives(draft, loaded),
        "proposal": proposal, "ways": dispatch_desk.ways(proposal, loaded), "route": route, "text": text,
        "title": draft.title,
        "due": _due(proposal, draft, loaded, at),
        "hits": knowledge.search(text, limit=3, audience=_audience(data)) if text else [],
        "grounds": [g for g in loaded.pack.grounds.values() if g.group == "guiding"], "now": at,
        "sub_lines": choosing.sub_centres(loaded),
    }  # fmt: skip


def _audience(data: QueryDict) -> str:
    """Whom answers are looked for: firms, where a firm's name has been typed."""
    return FIRM if data.get("firm", "").strip() else ""


def read(data: QueryDict, loaded: Loaded) -> Draft:
    """The form with what its words suggest."""
    data = _picked(data, loaded)
    touched = frozenset(data.get("touched", "").split())
    draft = Draft(data, touched, {}, loaded)
    content = data.get("content", "").strip()
    if content or data.get("address"):
        said = Filing(channel="phone", source="seat", content=content, title=draft.title,
                      address=data.get("address", ""))  # fmt: skip
        draft.suggested = sorting.suggest([said], loaded)[0]
    return draft


def filing_of(draft: Draft, at: datetime) -> Filing:
    """The filing to be registered."""
    data = draft.data
    said = Filing(
        channel="phone", source="seat", source_id=data.get("key", ""), at=at, content=data.get("content", ""),
        title=data.get("title", "") if "title" in draft.touched else "", name=data.get("name", ""),
        firm=data.get("firm", ""), credit_code=data.get("credit_code", ""), phone=data.get("phone", ""),
        anonymous=bool(data.get("anonymous")), hide_name=bool(data.get("hide_name")),
        sms=bool(data.get("sms")), call_window="09:00-20:00" if data.get("window") else "",
        address=data.get("address", ""),
    )  # fmt: skip
    return _with_choices(said, draft)


def _with_choices(said: Filing, draft: Draft) -> Filing:
    kind, category, place, urgency = (draft.chosen(name) for name in _FIELDS)
    return replace(said, kind=kind, category=category, place=place, urgency=urgency)


def choice_of(data: QueryDict, draft: Draft, at: datetime) -> filing.Choice:
    """What the agent decided about it. BadInput says what is still missing."""
    do = data.get("do", "dispatch")
    if do == "answer":
        if not data.get("article"):
            raise BadInput(_("请先在右边选一条知识，再直接答复。"))
        return filing.Choice(article=data.get("article", ""), told=data.get("told", "").strip())
    if do == "guide":
        if not data.get("ground"):
            raise BadInput(_("请选引导的理由，这样市民知道该找谁。"))
        return filing.Choice(ground=data.get("ground", ""), told=data.get("guide_words", "").strip())
    if do == "subcentre":
        if not data.get("sub_line"):
            raise BadInput(_("请选转到哪个分中心。"))
        told, together = data.get("sub_note", "").strip(), bool(data.get("sub_three_way"))
        return filing.Choice(sub_centre=data.get("sub_line", ""), three_way=together, reason=told)
    if do == "transfer":
        return filing.Choice(line=data.get("line", ""), three_way=bool(data.get("three_way")))
    reason = data.get("reason", "").strip()
    return filing.Choice(units=_units(data, draft, at), reason=reason, again=do == "again")


def _units(data: QueryDict, draft: Draft, at: datetime) -> tuple[Target, ...]:
    """The units of the way that was picked, empty where the first one, the catalogue's own, is kept."""
    pick = data.get("pick", "1")
    if not pick.isdigit() or pick == "1":
        return ()
    proposal = dispatch.propose([_imagined(draft, at)], loaded=draft.loaded, at=at)[0]
    known = [match for match in (proposal.best, *proposal.alternatives) if match is not None]
    if not 1 <= int(pick) <= len(known):
        raise BadInput(_("改了内容以后，派单建议变了。请再选一次派给谁。"))
    return known[int(pick) - 1].targets


def _imagined(draft: Draft, at: datetime) -> Order:
    """The order as it would be, never saved: what the catalogue is asked about."""
    data = draft.data
    typed = Filing(channel="phone", source="seat", content=data.get("content", ""), title=draft.title)
    said = _with_choices(typed, draft)
    columns = sorting.columns(said, draft.suggested, draft.loaded)
    return Order(title=said.title, content=said.content, received_at=at, **columns)


def _deepest(data: QueryDict, loaded: Loaded) -> str:
    """The deepest category of the three fields that follows from the one above it."""
    code = ""
    for name in ("cat1", "cat2", "cat3"):
        node = loaded.pack.categories.get(data.get(name, ""))
        if node is None or node.parent != code:
            break
        code = node.code
    return code


def _levels(code: str, loaded: Loaded) -> list[dict[str, Any]]:
    path = [node.code for node in loaded.pack.category_path(code)] if code in loaded.pack.categories else []
    out = []
    for level in range(3):
        above = path[level - 1] if level and level <= len(path) else ""
        options = loaded.pack.children(above) if not level or above else ()
        out.append({"name": f"cat{level + 1}", "value": path[level] if level < len(path) else "", "options": options})
    return out


def _seen(draft: Draft) -> list[str]:
    """The words that made the suggestions, each once."""
    return list(dict.fromkeys(word for name in _FIELDS for word in (draft.suggested.get(name) or {}).get("words", ())))


def _picked(data: QueryDict, loaded: Loaded) -> QueryDict:
    """The form after a click on one of the other categories: it counts as chosen, level by level."""
    code = data.get("picked", "")
    if code not in loaded.pack.categories:
        return data
    changed = data.copy()
    path = [node.code for node in loaded.pack.category_path(code)]
    for name, value in zip(("cat1", "cat2", "cat3"), (*path, "", ""), strict=False):
        changed[name] = value
    changed["touched"] = f"{data.get('touched', '')} cat1 cat2 cat3".strip()
    return changed


def _unsure(draft: Draft) -> set[str]:
    """Fields that have a suggestion below the pack's confidence and no choice of the agent."""
    return {name for name in _GUESSED if (draft.suggested.get(name) or {}).get("value") and not draft.shown(name)}


def _alternatives(draft: Draft, loaded: Loaded) -> list[dict[str, Any]]:
    said = draft.suggested.get("category") or {}
    others = [said] if "category" in _unsure(draft) else []
    found = [*others, *(said.get("alternatives") or [])][:3]
    codes = [(str(o.get("value")), o.get("probability")) for o in found if o.get("value") in loaded.pack.categories]
    return [{"code": code, "words": rows.category(code, loaded.pack), "probability": p} for code, p in codes]


def _urgency(draft: Draft, proposal: Proposal) -> str:
    """What the agent or the words ask for, else the usual one of a category that is sure enough to be shown."""
    if draft.shown("urgency") or not draft.shown("category"):
        return draft.shown("urgency")
    usual = str((draft.suggested.get("urgency") or {}).get("value") or "")
    return proposal.best.urgency if proposal.best and proposal.best.duty else usual


def _due(proposal: Proposal, draft: Draft, loaded: Loaded, at: datetime) -> dict[str, Any]:
    urgency = _urgency(draft, proposal)
    if urgency not in loaded.pack.clocks:
        return {}
    own, first = loaded.pack.clocks[urgency], limits.first(loaded.pack, urgency, at=at)
    return {"handle": first.handle, "sign": own.sign.limit, "respond": own.respond.limit}
