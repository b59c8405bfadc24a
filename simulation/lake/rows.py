"""The arrays of a month as tables of the lake."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from simulation.lake import asking, contacts
from simulation.lake import work as working
from simulation.lake.asking import Fate, Said
from simulation.lake.city import ONLY, Ints
from simulation.lake.contacts import Month
from simulation.lake.plan import Plan
from simulation.lake.signs import Signs
from simulation.lake.work import ASSIST, COMPLETED, DAY, OPEN, REDIRECTED, TERMINATED, Work


def coded(places: Ints, codes: Sequence[str | None]) -> pa.Array:
    """Places as codes; -1 and codes that are None become empty."""
    known = np.array([code is not None for code in codes] or [False])
    keep = np.concatenate([np.cumsum(known) - 1, [-1]])
    places = np.where((places >= 0) & (places < len(codes)), places, len(codes))
    mask = (places == len(codes)) | ~np.append(known, False)[places]
    indices = pa.array(np.where(mask, 0, keep[places]).astype(np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(indices, pa.array([c for c in codes if c is not None], pa.string()))


def some(values: Ints, kind: pa.DataType) -> pa.Array:
    """Numbers (or flags) of which -1 is empty."""
    return pa.array(np.maximum(values, 0), mask=values < 0).cast(kind)


def _days(month: Month, days: Ints) -> dict[str, pa.Array]:
    day = np.datetime64(month.plan.first) + days.astype("timedelta64[D]")
    return {
        "day": pa.array(day.astype("datetime64[D]").astype(np.int32)).cast(pa.date32()),
        "month": pa.array(month.of(days)).cast(pa.int32()),
    }


def _matter(plan: Plan, month: Month, rows: Ints) -> dict[str, pa.Array]:
    city = plan.city
    two, three = month.two[rows], month.three[rows]
    ones: list[str | None] = [*city.one, None]
    twos: list[str | None] = [None if c.endswith(ONLY) else c for c in city.two]
    deepest: list[str | None] = [*city.three, *(c.removesuffix(ONLY) for c in city.two), None]
    return {
        "category1": coded(city.two_of[two], ones),
        "category2": coded(two, [*twos, None]),
        "category": coded(np.where(three >= 0, three, len(city.three) + two), deepest),
        "district": coded(month.district[rows], city.districts),
        "street": coded(month.street[rows], city.streets),
    }


def _caller(plan: Plan, month: Month, rows: Ints) -> dict[str, pa.Array]:
    codes = contacts.channel_codes(plan)
    channel = month.channel[rows]
    return {
        "channel": coded(channel, codes),
        "kind": coded(month.kind[rows], contacts.KINDS),
        "firm": pa.array(channel == codes.index("enterprise")),
        "caller": pa.array(month.caller[rows]),
    }


def contact_rows(plan: Plan, month: Month) -> pa.Table:
    """Table contacts."""
    rows = np.arange(len(month.two))
    return pa.table({
        "id": pa.array(rows + month.plan.first_id), **_days(month, month.day),
        "hour": pa.array(month.hour.astype(np.int8)), **_caller(plan, month, rows), **_matter(plan, month, rows),
        "outcome": coded(month.outcome, contacts.OUTCOMES),
    })  # fmt: skip


def order_rows(plan: Plan, month: Month, work: Work, fate: Fate, received: Ints) -> pa.Table:
    """Table orders."""
    rows = month.orders
    first_sent = np.full(len(rows), np.iinfo(np.int64).max)
    np.minimum.at(first_sent, work.order, work.sent)
    closed = np.where(fate.state >= 2, fate.asked, -1)
    return pa.table({
        "id": pa.array(rows + month.plan.first_id), **_days(month, month.day[rows]),
        "hour": pa.array(month.hour[rows].astype(np.int8)), **_caller(plan, month, rows), **_matter(plan, month, rows),
        "place": coded(month.place[rows], plan.city.places),
        "urgency": coded(plan.choice.urgency[month.two[rows]], plan.city.urgencies),
        "state": coded(fate.state, asking.STATES), "rounds": pa.array(fate.rounds.astype(np.int8)),
        "sendings": pa.array(np.bincount(work.order, minlength=len(rows)).astype(np.int8)),
        "right_first": some(fate.right_first, pa.bool_()),
        "dispatch_minutes": pa.array((first_sent - received).astype(np.int32)),
        "close_minutes": some(np.where(closed >= 0, closed - received, -1), pa.int32()),
        "closed_day": _day_or_none(month, closed), "came_back": some(fate.came_back, pa.bool_()),
        "excluded": pa.array(fate.excluded),
    })  # fmt: skip


def _day_or_none(month: Month, minutes: Ints) -> pa.Array:
    first = np.datetime64(month.plan.first).astype("datetime64[D]").astype(np.int64)
    days = (first + np.maximum(minutes, 0) // DAY).astype(np.int32)
    return pa.array(days, mask=minutes < 0).cast(pa.date32())


def assignment_rows(plan: Plan, month: Month, work: Work, fate: Fate) -> pa.Table:
    """Table assignments."""
    rows = month.orders[work.order]
    kept = work.result != REDIRECTED
    result = np.where((fate.state[work.order] == 4) & (work.result == COMPLETED), TERMINATED, work.result)
    left = working.minutes_left(plan, month) - work.sent
    judged = [
        _on_time(v, limit, left, kept)
        for v, limit in zip((work.sign, work.respond, work.complete), work.limits, strict=True)
    ]
    return pa.table({
        "id": pa.array(np.arange(len(rows)) + month.plan.first_assignment),
        "order": pa.array(rows + month.plan.first_id), **_days(month, work.sent // DAY), **_matter(plan, month, rows),
        "unit": coded(work.unit, plan.city.units), "section": coded(work.section, plan.terms.sections),
        "role": coded(work.role, ["lead", "assist"]),
        "round": pa.array(np.where(kept, fate.rounds[work.order], 1).astype(np.int8)),
        "urgency": coded(plan.choice.urgency[month.two[rows]], plan.city.urgencies),
        "result": coded(result, working.RESULTS), "sign_minutes": some(work.sign, pa.int32()),
        "respond_minutes": some(work.respond, pa.int32()), "complete_minutes": some(work.complete, pa.int32()),
        "sign_on_time": some(judged[0], pa.bool_()), "respond_on_time": some(judged[1], pa.bool_()),
        "complete_on_time": some(judged[2], pa.bool_()),
    })  # fmt: skip


def _on_time(minutes: Ints, limit: Ints, left: Ints, kept: np.ndarray) -> Ints:
    """1 in time, 0 late or overdue, -1 not yet due or given back."""
    return np.where(minutes >= 0, minutes <= limit, np.where(kept & (left > limit), 0, -1)).astype(np.int64)


def answer_rows(plan: Plan, month: Month, work: Work, said: Said, signs: Signs) -> pa.Table:
    """Table answers."""
    order = work.order[said.assignment]
    rows = month.orders[order]
    assignment = said.assignment + month.plan.first_assignment
    return pa.table({
        "id": pa.array(assignment * 4 + said.round), "order": pa.array(rows + month.plan.first_id),
        "assignment": pa.array(assignment), **_days(month, said.asked // DAY), **_matter(plan, month, rows),
        "unit": coded(work.unit[said.assignment], plan.city.units),
        "role": coded(np.where(work.role[said.assignment] == ASSIST, 1, 0), ["lead", "assist"]),
        "round": pa.array(said.round.astype(np.int8)), "last": pa.array(said.last), "way": coded(said.way, asking.WAYS),
        "reached": pa.array(said.reached), "contacted": some(said.contacted, pa.bool_()),
        "in_time": pa.array(said.in_time), "solved": coded(said.solved, asking.SOLVED),
        "satisfied": coded(said.satisfied, asking.SATISFIED), **_sign_rows(plan, month, work, rows, said, signs),
    })  # fmt: skip


def _sign_rows(plan: Plan, month: Month, work: Work, rows: Ints, said: Said, signs: Signs) -> dict[str, pa.Array]:
    place, terms = month.place[rows], plan.terms
    return {
        "urgency": coded(plan.choice.urgency[month.two[rows]], plan.city.urgencies),
        "section": coded(work.section[said.assignment], terms.sections),
        "owner": coded(np.where(place >= 0, terms.owner[place], -1), terms.owners),
        "dual": pa.array(signs.dual), "done_day": _day_or_none(month, signs.done),
        "caller": pa.array(month.caller[rows]), "asked_after": some(signs.after, pa.int32()),
        "proof": some(signs.proof, pa.bool_()), "regraded": pa.array(signs.regraded),
        "ground": coded(signs.ground, [*terms.grounds, "terminated"]), "excluded": pa.array(signs.ground >= 0),
    }  # fmt: skip


__all__ = ["OPEN", "answer_rows", "assignment_rows", "coded", "contact_rows", "order_rows", "some"]
