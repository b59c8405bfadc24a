"""From a verdict to the catalogue's list of changes: what it found right becomes the proposal of a line."""

from __future__ import annotations

from collections.abc import Sequence

from jieban.city import editing
from jieban.city.models import Unit
from jieban.city.pack import ANY
from jieban.core.errors import BadInput
from jieban.dispatch import changing
from jieban.dispatch.changing import Draft
from jieban.dispatch.court import rules
from jieban.dispatch.court.models import Objection
from jieban.dispatch.court.passing import Verdict


def propose(cases: Sequence[Objection], verdict: Verdict) -> int:
    """Propose a line for each decided case that says how the catalogue should be; returns how many were taken.

    The narrowest line that the verdict proves: this category, at this street, the unit that was found right. What no
    catalogue can say (no unit yet, no category) stays in the case, where `queries.changes_wanted` finds it.
    """
    drafts = [_draft(case, right, verdict) for case in cases if case.change and (right := right_unit(case)) is not None]
    taken = 0
    for draft in filter(None, drafts):
        try:
            taken += len(changing.propose([draft], by=verdict.by, at=verdict.at))
        except BadInput:
            # The verdict stands all the same; its wish is read from the case.
            continue
    return taken


def right_unit(case: Objection) -> Unit | None:
    """The unit that a decided case found right: the one that keeps the order, or the one that got it."""
    return case.unit if case.stage == rules.KEPT else case.to


def _draft(case: Objection, right: Unit, verdict: Verdict) -> Draft | None:
    order, codes = case.order, verdict.loaded.unit_codes
    if order.category not in verdict.loaded.pack.categories:
        return None
    where = codes.get(order.street_id or order.district_id or 0, ANY)
    cells = {
        "category": order.category, "owner": order.owner or ANY, "territory": where, "way": "direct",
        "lead": right.code, "urgency": case.assignment.urgency, "basis": verdict.basis,
    }  # fmt: skip
    return Draft(
        kind=editing.ADD, code=f"{order.category}-v{case.pk}", cells=cells, reason=case.change,
        evidence=verdict.reason[:500], orders=(order.number,), origin=changing.COURT,
    )  # fmt: skip
