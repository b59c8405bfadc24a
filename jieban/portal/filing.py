"""Filing, whatever the face: register, sort, route, accept and dispatch in one transaction.

The public form, the seat, the REST interface and the import all come through `file`. For one filing it takes at most
twelve statements and one commit, and a batch takes no more statements than one. What a person chose is never overruled;
what nobody chose is suggested, and acted on where the city pack's thresholds allow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import crypto
from jieban.core.errors import BadInput
from jieban.dispatch import actions as dispatch
from jieban.dispatch.rules import Target
from jieban.intake import actions as intake
from jieban.intake import caller_queries as callers
from jieban.intake import channels, routing
from jieban.intake import queries as known_matters
from jieban.intake import rules as intake_rules
from jieban.intake.routing import Route
from jieban.intake.rules import Filing, Problem, Reply
from jieban.knowledge import actions as knowledge
from jieban.knowledge import queries as articles
from jieban.orders.actions import together
from jieban.orders.models import Assignment, Order
from jieban.portal import sorting


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person decided about one filing; empty fields leave the decision to the rules.

    `article` is the code of the knowledge article that was read out, `line` the emergency line that was called in,
    `ground` the reason for guiding elsewhere, `units` the units a person sends it to (with `reason`), `sub_centre` the
    line of a sub-centre that it is put through to. `again`: the answer given before is given again, which only a
    measure in force allows (`intake.abuse_rules`).
    """

    article: str = ""
    accepted: bool = True
    line: str = ""
    three_way: bool = False
    ground: str = ""
    told: str = ""
    units: tuple[Target, ...] = ()
    reason: str = ""
    sub_centre: str = ""
    again: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of one filing. `order` is None where `problems` say why it could not be taken.

    `told` is what the person must hear at once (an emergency line, the right way, the answer). `held`: a person of the
    centre decides before it goes to a unit. `assignments` are those made now, `units` their units {code, name, role}.
    """

    filing: Filing
    choice: Choice = field(default_factory=Choice)
    order: Order | None = None
    duplicate: bool = False
    problems: tuple[Problem, ...] = ()
    route: Route = routing.ORDER
    told: str = ""
    held: bool = False
    suggested: dict[str, Any] = field(default_factory=dict)
    assignments: list[Assignment] = field(default_factory=list)
    units: list[dict[str, str]] = field(default_factory=list)

    @property
    def taken(self) -> Order:
        """The order of a filing that was taken."""
        if self.order is None:
            raise BadInput("；".join(problem.what for problem in self.problems))
        return self.order


def file(
    filings: Sequence[Filing], *, by: Actor, at: datetime, choices: Sequence[Choice] | None = None,
    look_first: bool = False,
) -> list[Outcome]:  # fmt: skip
    """File all of them, one outcome each in their sequence; those with problems are left out, the others are taken.

    `choices`, where given, has one a filing. Filed again under the same source and source id, a matter comes back as a
    duplicate and nothing is written, also when both arrive in the same instant. `look_first`: for callers that write
    more in the same transaction and could not go back.
    """
    loaded = city.current(at=at)
    given = choices or [Choice()] * len(filings)
    cleaned = [intake_rules.cleaned(filing) for filing in filings]
    try:
        return _once(cleaned, given, by, at, loaded, look=look_first or len(cleaned) > 1)
    except IntegrityError:
        return _once(cleaned, given, by, at, loaded, look=True)


def _once(
    filings: Sequence[Filing], choices: Sequence[Choice], by: Actor, at: datetime, loaded: Loaded, *, look: bool
) -> list[Outcome]:
    """File them in one transaction. `look`: see first which ones are known.

    A single one is hardly ever known, and where it is, the database says so when it is written.
    """
    outcomes = [Outcome(f, choice) for f, choice in zip(filings, choices, strict=True)]
    for outcome in outcomes:
        outcome.problems = tuple(intake_rules.check(outcome.filing, pack=loaded.pack, at=at))
    good = [outcome for outcome in outcomes if not outcome.problems]
    before = known_matters.known(outcome.filing.key for outcome in good) if look else {}
    fresh = _mark_known(good, before)
    _think(fresh, by, loaded)
    columns = _repeats(fresh, [_columns(outcome, by, loaded) for outcome in fresh], at)
    with together():
        _register(fresh, columns, by, at, loaded)
        _settle(fresh, by, at, loaded)
    orders = before | {o.filing.key: o.taken for o in fresh if o.filing.source_id}
    for outcome in good:
        outcome.order = outcome.order or orders[outcome.filing.key]
    return outcomes


def _mark_known(good: Iterable[Outcome], before: dict[known_matters.Key, Order]) -> list[Outcome]:
    """The outcomes that are new; the others, known or twice in this batch, are marked as duplicates."""
    seen, fresh = set(before), []
    for outcome in good:
        outcome.duplicate = outcome.filing.key in seen
        if not outcome.duplicate:
            fresh.append(outcome)
        if outcome.filing.source_id:
            seen.add(outcome.filing.key)
    return fresh


def _think(fresh: Sequence[Outcome], by: Actor, loaded: Loaded) -> None:
    """Suggestions and routes: no statement, no change."""
    for outcome in fresh:
        filing = outcome.filing
        outcome.route = routing.route(f"{filing.title}。{filing.content}", pack=loaded.pack)
        if outcome.route.kind == "secret" and outcome.route.probability >= routing.HOLD:
            outcome.filing = replace(filing, confidential=True)
    for outcome, suggested in zip(fresh, sorting.suggest([o.filing for o in fresh], loaded), strict=True):
        outcome.suggested = (
            suggested if outcome.route == routing.ORDER else suggested | {"route": outcome.route.plain()}
        )


def _register(
    fresh: Sequence[Outcome], columns: Sequence[dict[str, Any]], by: Actor, at: datetime, loaded: Loaded
) -> None:
    orders = intake.register(
        [o.filing for o in fresh], by=by, at=at, loaded=loaded, columns=columns, known={},
        confirm=channels.of(by).confirms,
    )  # fmt: skip
    for outcome, order in zip(fresh, orders, strict=True):
        outcome.order = order


def _columns(outcome: Outcome, by: Actor, loaded: Loaded) -> dict[str, Any]:
    columns = sorting.columns(outcome.filing, outcome.suggested, loaded)
    if outcome.route.kind == "emergency" and outcome.route.certain and not outcome.filing.urgency:
        columns["urgency"] = next(iter(loaded.pack.clocks))
    return columns


def _repeats(fresh: Sequence[Outcome], columns: list[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Mark those that the same number said before about the same category at the same place, within sixty days."""
    indexes = [crypto.index(outcome.filing.phone) for outcome in fresh]
    before = known_matters.earlier(indexes, at=at)
    for index, values in zip(indexes, columns, strict=True) if before else ():
        first = before.get((index, values.get("category", ""), values.get("place", "")))
        if first is not None:
            values["repeat_of_id"] = first
    return columns


def _settle(fresh: Sequence[Outcome], by: Actor, at: datetime, loaded: Loaded) -> None:
    """Each matter goes one of five ways: answered, transferred, guided, held for a person, or to a unit."""
    attended = channels.of(by).attended
    ways: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in fresh:
        ways[_way(outcome, attended)].append(outcome)
    _answer(ways["answer"], by, at)
    _answer_again(ways["again"], by, at)
    _transfer(ways["transfer"], by, at)
    _guide(ways["guide"], by, at, loaded)
    for outcome in ways["hold"]:
        outcome.held = True
    _dispatch(ways["unit"], by, at, loaded)


def _way(outcome: Outcome, attended: bool) -> str:
    choice, route = outcome.choice, outcome.route
    if choice.again:
        return "again"
    if choice.article:
        return "answer"
    if choice.line:
        return "transfer"
    if choice.ground:
        return "guide"
    if attended or choice.units or choice.sub_centre:
        return "unit"
    if route.certain and route.kind != "emergency":
        return "guide"
    return "hold" if route.held else "unit"


def _answer(outcomes: Sequence[Outcome], by: Actor, at: datetime) -> None:
    if not outcomes:
        return
    given = articles.given({outcome.choice.article for outcome in outcomes})
    replies = []
    for outcome in outcomes:
        text = given[outcome.choice.article]
        replies.append(Reply(text.code, text.version, text.title, outcome.choice.told or text.body))
        outcome.told = replies[-1].text
    orders = [outcome.taken for outcome in outcomes]
    for accepted in sorted({outcome.choice.accepted for outcome in outcomes}):
        pairs = [(o.taken, r) for o, r in zip(outcomes, replies, strict=True) if o.choice.accepted is accepted]
        intake.answer([o for o, _ in pairs], [r for _, r in pairs], accepted=accepted, by=by, at=at)
    intake.close(orders, result="answered", by=by, at=at)
    knowledge.count_uses([outcome.choice.article for outcome in outcomes])


def _answer_again(outcomes: Sequence[Outcome], by: Actor, at: datetime) -> None:
    """The matter was answered before and a measure in force says so: the same answer is given again, and recorded.

    BadInput, and nothing taken, where it is another matter: that one goes the ordinary way.
    """
    if not outcomes:
        return
    orders = [outcome.taken for outcome in outcomes]
    known = {order.number: order for order in orders}
    replies = callers.answers(orders, at=at)
    if len(replies) < len(known):
        raise BadInput(_("这次的分类、地点不是以前答复过的那件事。请照常登记派单。"))
    for outcome in outcomes:
        outcome.told = replies[outcome.taken.number].text
    intake.answer(orders, [replies[order.number] for order in orders], accepted=True, by=by, at=at)
    intake.close(orders, result="answered", by=by, at=at)


def _transfer(outcomes: Sequence[Outcome], by: Actor, at: datetime) -> None:
    lines: dict[tuple[str, bool], list[Order]] = defaultdict(list)
    for outcome in outcomes:
        lines[outcome.choice.line, outcome.choice.three_way].append(outcome.taken)
        outcome.told = outcome.choice.told or outcome.route.told
    for (line, three_way), orders in lines.items():
        intake.transfer(orders, line=line, three_way=three_way, by=by, at=at)
        intake.close(orders, result="transferred", by=by, at=at)


def _guide(outcomes: Sequence[Outcome], by: Actor, at: datetime, loaded: Loaded) -> None:
    grounds: dict[tuple[str, str, bool], list[Order]] = defaultdict(list)
    for outcome in outcomes:
        choice = outcome.choice
        chosen = routing.by_hand(choice.ground, pack=loaded.pack, told=choice.told) if choice.ground else outcome.route
        outcome.told = chosen.told
        grounds[chosen.ground, chosen.told, bool(choice.ground)].append(outcome.taken)
    for (ground, told, by_person), orders in grounds.items():
        who = by if by_person else actors.rule("引导规则", client=by.client)
        intake.guide(orders, ground=ground, told=told, by=who, at=at)
        intake.close(orders, result="guided", by=who, at=at)


def _dispatch(outcomes: Sequence[Outcome], by: Actor, at: datetime, loaded: Loaded) -> None:
    """Accept, then send: by the catalogue, or to the units a person chose."""
    if not outcomes:
        return
    who = by if channels.of(by).attended else actors.rule("受理规则", client=by.client)
    intake.accept([outcome.taken for outcome in outcomes], by=who, at=at, loaded=loaded)
    for outcome in outcomes:
        outcome.told = outcome.route.told if outcome.route.kind == "emergency" and outcome.route.certain else ""
    left = [o.taken for o in outcomes if not (o.choice.units or o.choice.sub_centre)]
    made = dispatch.assign(left, by=who, at=at, loaded=loaded)
    for outcome in outcomes:
        choice = outcome.choice
        if choice.sub_centre:
            made += dispatch.transfer(
                [outcome.taken], line=choice.sub_centre, three_way=choice.three_way, by=by, at=at, loaded=loaded,
                note=choice.reason,
            )  # fmt: skip
        elif choice.units:
            made += dispatch.send([outcome.taken], choice.units, choice.reason, by=by, at=at, loaded=loaded)
    by_order: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in made:
        by_order[id(assignment.order)].append(assignment)
    for outcome in outcomes:
        outcome.assignments = by_order[id(outcome.order)]
        outcome.units = [_unit(assignment, loaded) for assignment in outcome.assignments]


def _unit(assignment: Assignment, loaded: Loaded) -> dict[str, str]:
    code = loaded.unit_codes[assignment.unit_id]
    return {"code": code, "name": loaded.pack.units[code].name, "role": assignment.role}
