"""The acts and panels of an order's page, gathered here from one file a subject."""

from __future__ import annotations

from jieban.portal.desk.acts import (
    below,
    checks,
    court,
    effort,
    exclusion,
    incidents,
    joint,
    ledger,
    mediation,
    repeats,
    rework,
    sending,
    supervision,
    time,
    work,
)
from jieban.portal.desk.acts.act import Act, Panel

# Everything a person may do to an order or an assignment from its page, in the order in which it is offered.
TABLE: tuple[Act, ...] = (
    *work.ACTS,
    *rework.ACTS,
    *court.ACTS,
    *checks.ACTS,
    *joint.ACTS,
    *below.ACTS,
    *mediation.ACTS,
    *time.ACTS,
    *ledger.ACTS,
    *effort.ACTS,
    *exclusion.ACTS,
    *sending.ACTS,
    *supervision.ACTS,
    *incidents.ACTS,
    *repeats.ACTS,
)

# Sections of the page beside those that every order has.
PANELS: tuple[Panel, ...] = (
    *joint.PANELS,
    *court.PANELS,
    *sending.PANELS,
    *rework.PANELS,
    *below.PANELS,
    *ledger.PANELS,
    *mediation.PANELS,
    *effort.PANELS,
    *exclusion.PANELS,
    *incidents.PANELS,
    *supervision.PANELS,
    *repeats.PANELS,
    *time.PANELS,
)

# The acts that have a place of their own in the panel of the next step; the others stand below it.
DAILY = frozenset((*(act.name for act in work.ACTS), "submit", "report_in"))
BY_NAME = {act.name: act for act in TABLE}
