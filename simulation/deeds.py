"""Doing what was planned: each deed is one call of a verb of the house, by the person who would do it, at its moment.

A deed whose moment has been overtaken (the order was reworked, closed or sent elsewhere meanwhile) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor, Role
from jieban.callback import actions as callback
from jieban.callback.rules import REWORK, Said
from jieban.city.queries import Loaded
from jieban.dispatch import actions as dispatch
from jieban.dispatch.rules import Target
from jieban.handling import actions as handling
from jieban.handling import rework
from jieban.intake import actions as intake
from jieban.intake.rules import Kept
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Assignment, Attachment, Order
from simulation import lives, words
from simulation.contacts import Story
from simulation.lives import Deed
from simulation.people import Staff

NOTICE = "notice"
# How often the citizens of a unit that coaches say at the callback what it told them to say.
COACHED = 0.75
_OPEN = (A.RESPONDED, A.HANDLING)


@dataclass(slots=True)
class Life:
    """An order on its way, with its assignments by number and the dice that decide its fate."""

    story: Story
    order: Order
    rng: Random
    parts: dict[int, Assignment] = field(default_factory=dict)
    good: bool = True


@dataclass(slots=True)
class World:
    """What every deed needs: the staff, the pack in force, the drawings by stage, and the seed of manners.

    `source` marks the contacts. `coach` is the row id of a unit that tells citizens what to answer (0: none does);
    `coached` takes the numbers of the orders about which somebody said so.
    """

    staff: Staff
    loaded: Loaded
    pictures: Mapping[str, Sequence[Kept]]
    seed: str
    source: str = "demo"
    coach: int = 0
    coached: list[str] = field(default_factory=list)

    def clerk(self, part: Assignment) -> Actor:
        """Who works on an assignment."""
        self.staff.ensure([part.unit_id])
        return self.staff.clerks[part.unit_id]

    def manner(self, part: Assignment) -> lives.Manner:
        """How the unit of an assignment works."""
        unit = self.staff.unit(part.unit_id)
        return lives.manner(unit.code, unit.kind, seed=self.seed)

    def attach(self, life: Life, stage: str) -> list[Attachment]:
        """One drawing, as a row for a verb that takes files."""
        kept = life.rng.choice(self.pictures[stage])
        return [Attachment(name=kept.name, mime=kept.mime, size=kept.size, sha256=kept.sha256, stage=stage)]


def begin(world: World, life: Life, made: Sequence[Assignment]) -> list[Deed]:
    """The order has been sent: take its assignments in, and plan what each unit does."""
    for part in made:
        part.unit = world.staff.unit(part.unit_id)
        life.parts[part.no] = part
    return _planned(world, life)


def wait(life: Life) -> list[Deed]:
    """The order was not sent by itself: a person looks at it, at calls soon, at letters in the course of the day."""
    name = "accept" if life.order.state == S.RECEIVED else "send"
    called = life.story.place or life.story.channel in ("phone", "enterprise")
    minutes = life.rng.lognormvariate(3.6, 0.8) if called else life.rng.uniform(240, 1000)
    return [Deed(life.order.received_at + timedelta(minutes=min(minutes, 1200)), name)]


def do(world: World, life: Life, deed: Deed) -> list[Deed]:
    """Do one deed; returns what follows from it."""
    if deed.no:
        part = life.parts[deed.no]
        return _OF_UNITS[deed.name](world, life, part, deed)
    return _OF_THE_CENTRE[deed.name](world, life, deed)


def opens(deed: Deed) -> bool:
    """Whether the deed makes assignments, so that it needs a transaction of its own before anything follows."""
    return deed.name in ("accept", "send")


def _planned(world: World, life: Life) -> list[Deed]:
    life.good = True
    parts = [part for part in life.parts.values() if part.role != NOTICE and part.state == A.SENT]
    return [deed for part in parts for deed in lives.work(_plan(part), world.manner(part), life.rng)]


def _plan(part: Assignment) -> lives.Part:
    return lives.Part(part.no, part.urgency, part.round, part.sent_at, part.sign_due, part.respond_due, part.handle_due)


def _sign(world: World, life: Life, part: Assignment, deed: Deed) -> list[Deed]:
    if part.state == A.SENT:
        handling.sign([part], by=world.clerk(part), at=deed.at)
    return []


def _missed(world: World, life: Life, part: Assignment, deed: Deed) -> list[Deed]:
    if part.state == A.SIGNED:
        outcome = life.rng.choice(("no_answer", "no_answer", "busy"))
        text = _phrase(life, "note", "missed")
        handling.respond([part], way="phone", outcome=outcome, note=text, by=world.clerk(part), at=deed.at)
    return []


def _respond(world: World, life: Life, part: Assignment, deed: Deed) -> list[Deed]:
    if part.state == A.SIGNED:
        text = _phrase(life, "note", "first")
        handling.respond([part], way=deed.data["way"], outcome="reached", note=text, by=world.clerk(part), at=deed.at)
    return []


def _start(world: World, life: Life, part: Assignment, deed: Deed) -> list[Deed]:
    if part.state == A.RESPONDED:
        handling.start([part], route=f"{part.unit.name}承办科室", by=world.clerk(part), at=deed.at)
    return []


def _down(world: World, life: Life, part: Assignment, deed: Deed) -> list[Deed]:
    if part.state not in _OPEN:
        return []
    sections = world.staff.sections(part.unit_id, _community(life.order, world.loaded))
    if not sections:
        return _start(world, life, part, deed)
    to = sections[0] if life.rng.random() < 0.6 else life.rng.choice(sections)
    handling.hand_down([part], to=to, instruction=_phrase(life, "note", "down"), by=world.clerk(part), at=deed.at)
    return []


def _note(world: World, life: Life, part: Assignment, deed: Deed) -> list[Deed]:
    if part.state in _OPEN:
        files = world.attach(life, "before") if life.rng.random() < 0.15 else []
        handling.note([part], text=_phrase(life, "note", "items"), files=files, by=world.clerk(part), at=deed.at)
    return []


def _complete(world: World, life: Life, part: Assignment, deed: Deed) -> list[Deed]:
    if part.state not in _OPEN:
        return []
    good = bool(deed.data["good"])
    life.good = life.good and good
    measures = _measures(life, good)
    if part.round > 1:
        rework.plan([part], differently=f"换人上门，{measures}", by=world.clerk(part), at=deed.at)
    handling.complete(
        [part], result=_result(life, good), measures=measures, reply=_reply(life, part, measures),
        files=_photos(world, life, bool(deed.data["pictures"])), by=world.clerk(part), at=deed.at,
    )  # fmt: skip
    if life.order.state != S.REPLIED:
        return []
    return lives.ask(deed.at, life.rng, callable_=bool(bytes(life.order.contact.phone)))


def _photos(world: World, life: Life, wanted: bool) -> list[Attachment]:
    """The drawings that go with a report: those the pack asks for in this category, else one now and then."""
    proof = world.loaded.pack.replies.proof(life.order.category)
    before = proof is not None and proof.before
    after = wanted or (proof is not None and proof.after)
    return [*(world.attach(life, "before") if before else []), *(world.attach(life, "after") if after else [])]


def _open(world: World, life: Life, deed: Deed) -> list[Deed]:
    if life.order.state == S.REPLIED:
        callback.open([life.order], by=actors.rule("办结后回访"), at=deed.at, loaded=world.loaded)
    return []


def _attempt(world: World, life: Life, deed: Deed) -> list[Deed]:
    if life.order.state == S.CALLBACK:
        by = world.staff.at(Role.CALLBACK, life.story.no)
        callback.attempt(
            [life.order], way="phone", outcome=deed.data["outcome"], by=by, at=deed.at, loaded=world.loaded
        )
    return []


def _answer(world: World, life: Life, deed: Deed) -> list[Deed]:
    """The citizen answers, on the phone or by the link; a no begins a new round of the same assignments."""
    if life.order.state != S.CALLBACK:
        return []
    spoken = _spoken(world, life)
    by = world.staff.at(Role.CALLBACK, life.story.no) if deed.data["way"] == "phone" else actors.citizen()
    then = callback.record(life.order, spoken, way=deed.data["way"], by=by, at=deed.at, loaded=world.loaded)
    return _planned(world, life) if then == REWORK else []


def _spoken(world: World, life: Life) -> Said:
    """What the citizen says of the work: their own mind, or what the unit told them to say."""
    leads = [part for part in life.parts.values() if part.role != NOTICE]
    if any(part.unit_id == world.coach for part in leads) and life.rng.random() < COACHED:
        world.coached.append(life.order.number)
        told = _phrase(life, "words", "coached")
        return Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words=told)
    said = lives.opinion(life.good, world.manner(leads[0]), life.rng, round_no=life.order.round)
    mood = {"yes": "good", "part": "part", "no": "bad", "explained": "part"}[said["solved"]]
    return Said(**said, words=_phrase(life, "words", mood) if life.rng.random() < 0.45 else "")


def _accept(world: World, life: Life, deed: Deed) -> list[Deed]:
    """An agent has read a letter that the rules would not decide, and takes it on."""
    if life.order.state != S.RECEIVED:
        return []
    by = world.staff.at(Role.AGENT, life.story.no)
    intake.accept([life.order], by=by, at=deed.at, loaded=world.loaded)
    return [Deed(deed.at + timedelta(minutes=life.rng.randint(4, 50)), "send")]


def _send(world: World, life: Life, deed: Deed) -> list[Deed]:
    """A dispatcher decides: what the catalogue proposes where it proposes anything, else the street of the place."""
    if life.order.state != S.PENDING:
        return []
    by = world.staff.at(Role.DISPATCHER, life.story.no)
    [proposal] = dispatch.propose([life.order], loaded=world.loaded, at=deed.at)
    if proposal.best is not None and proposal.best.duty and life.rng.random() < 0.85:
        return begin(world, life, dispatch.accept([life.order], by=by, at=deed.at, loaded=world.loaded))
    spot = life.story.spot
    choices = ((spot.district, "权属不清，由区里牵头"), *2 * ((spot.street, "先由属地街道到现场"),))
    near, reason = life.rng.choice(choices)
    made = dispatch.send([life.order], (Target(near),), reason, by=by, at=deed.at, loaded=world.loaded)
    return begin(world, life, made)


def _measures(life: Life, good: bool) -> str:
    if good:
        return words.result(life.story.what, life.story.slots, life.rng)
    return _phrase(life, "reply", "explained")


def _result(life: Life, good: bool) -> str:
    if good:
        return "done" if life.rng.random() < 0.9 else "partly"
    return life.rng.choices(("explained", "partly", "untrue", "beyond"), (60, 20, 12, 8))[0]


def _reply(life: Life, part: Assignment, measures: str) -> str:
    opening, closing = _phrase(life, "reply", "open"), _phrase(life, "reply", "close")
    text = f"{opening}{measures}{closing}" if opening[-1] in "，。" else f"{opening}，{measures}{closing}"
    return text.replace("{unit}", part.unit.name)


def _phrase(life: Life, table: str, key: str) -> str:
    return words.spaced(str(life.rng.choice(words.shared()[table][key])))


def _community(order: Order, loaded: Loaded) -> str:
    """The code of the community that an estate of the pack belongs to: the longest community code it begins with."""
    units = loaded.pack.units
    codes = (order.place[:end] for end in range(len(order.place), 0, -1))
    return next((code for code in codes if code in units and units[code].kind == "community"), "")


_OF_UNITS: dict[str, Callable[[World, Life, Assignment, Deed], list[Deed]]] = {
    "sign": _sign, "missed": _missed, "respond": _respond, "start": _start, "down": _down, "note": _note,
    "complete": _complete,
}  # fmt: skip
_OF_THE_CENTRE: dict[str, Callable[[World, Life, Deed], list[Deed]]] = {
    "open": _open, "attempt": _attempt, "answer": _answer, "accept": _accept, "send": _send,
}  # fmt: skip
