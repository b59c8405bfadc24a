"""The one door: whatever moves are made, the entries tell the rows; what is forbidden changes nothing at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from jieban.accounts.actor import Actor, Role
from jieban.core.errors import Conflict, JiebanError, NotAllowed
from jieban.orders import actions, lifecycle, verify
from jieban.orders.models import Answer, Assignment, Attachment, Contact, Entry, Message, Order, Seal
from tests import factories

pytestmark = pytest.mark.django_db
TABLES: tuple[type[models.Model], ...] = (Contact, Order, Assignment, Entry, Answer, Attachment, Message, Seal)

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
numbers = st.floats(-(2.0**52), 2.0**52, allow_nan=False) | st.integers(-(2**52), 2**52)
json = st.dictionaries(
    words, st.recursive(st.none() | st.booleans() | numbers | words, st.lists, max_leaves=4), max_size=3
)
moments = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC) | st.just(factories.ZONE))  # noqa: DTZ001


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the record."""
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in TABLES}


def values_of(field: models.Field) -> st.SearchStrategy[Any]:
    """Values that the column can hold."""
    kinds: list[tuple[Any, Any]] = [
        (models.ForeignKey, lambda: st.sampled_from(list(field.related_model.objects.values_list("pk", flat=True)))),
        (models.DateTimeField, lambda: moments),
        (models.BooleanField, st.booleans),
        (models.JSONField, lambda: json),
        (models.FloatField, lambda: st.floats(-180, 180)),
        (models.IntegerField, lambda: st.integers(0, 9)),
    ]
    text = words.map(lambda text: text[: getattr(field, "max_length", None)])
    found = next((make() for kind, make in kinds if isinstance(field, kind)), text)
    return found | st.none() if field.null else found


def changes_of(table: type[models.Model], draw: Any) -> dict[str, Any]:
    """Some columns with new values, as a step takes them."""
    free = actions.fields(table) - set(lifecycle.SAID_BY_CITIZENS)
    fields = [field for field in table._meta.concrete_fields if field.attname in free]
    chosen = draw(st.lists(st.sampled_from(fields), max_size=4, unique_by=lambda field: field.attname))
    return {field.attname: draw(values_of(field)) for field in chosen}


class Lives(RuleBasedStateMachine):
    """Several orders at once, each moved along whatever the table allows, by whoever may."""

    def __init__(self) -> None:
        super().__init__()
        self.at = factories.AT
        self.kept: list[Order] = []
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.units = [factories.a_unit() for _ in range(3)]
        factories.a_person()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def move(self, steps: list[actions.Step], name: str, by: Actor | None = None) -> list[Entry]:
        self.at += timedelta(minutes=7)
        return actions.move(steps, name, by=by or factories.anyone(name), at=self.at)

    def an_order(self, data: Any) -> Order:
        """An order as the database has it, or the very instance that was registered, however old by now."""
        kept = data.draw(st.sampled_from(self.kept))
        return Order.objects.get(pk=kept.pk) if data.draw(st.booleans()) else kept

    def a_step(self, data: Any) -> tuple[actions.Step, str] | None:
        """A step that is allowed, with changes of all kinds, and the move it takes."""
        order = self.an_order(data)
        parts = list(Assignment.objects.filter(order=order.pk).order_by("no"))
        rows: list[Any] = [None, *parts]
        part = data.draw(st.sampled_from(rows))
        state = part.state if part else Order.objects.get(pk=order.pk).state
        table = lifecycle.ASSIGNMENT_MOVES if part else lifecycle.ORDER_MOVES
        names = [name for name, move in table.items() if state in move.from_]
        if not names:
            return None
        name = data.draw(st.sampled_from(names))
        return self.dressed(data, actions.Step(order, part, records=factories.records(name)), name, parts), name

    def dressed(self, data: Any, step: actions.Step, name: str, parts: list[Assignment]) -> actions.Step:
        """The step with columns to change, assignments to open, answers and files where they belong."""
        draw = data.draw
        step.records |= draw(json)
        step.changes = changes_of(Assignment if step.assignment else Order, draw)
        step.order_changes = changes_of(Order, draw) if step.assignment else {}
        if name in {"dispatch", "rework"}:
            step.opens = [
                factories.an_assignment(unit, at=self.at) for unit in draw(st.sets(st.sampled_from(self.units)))
            ]
        if name == "ask":
            step.changes |= draw(st.fixed_dictionaries({"solved": st.sampled_from(("yes", "part", "no"))}))
            free = [part for part in parts if not part.answers.filter(round=part.round).exists()]
            step.answers = [factories.an_answer(part, solved=draw(st.sampled_from(("yes", "no")))) for part in free]
        if name in {"note", "complete", "remark"}:
            step.attachments = [
                Attachment(name=draw(words), mime="image/png", size=draw(st.integers(0, 9)), sha256="0" * 64)
                for _ in range(draw(st.integers(0, 2)))
            ]
        step.messages = [Message(topic="t", way="sms", made_at=self.at, after=self.at)] if draw(st.booleans()) else []
        return step

    @rule(count=st.integers(1, 3))
    def register(self, count: int) -> None:
        orders = [factories.a_new_order(at=self.at) for _ in range(count)]
        self.move([actions.Step(order, records=factories.records("register")) for order in orders], "register")
        self.kept += orders

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def go_on(self, data: Any) -> None:
        if found := self.a_step(data):
            self.move([found[0]], found[1])

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), count=st.integers(2, 4), fail=st.booleans())
    def several_together(self, data: Any, count: int, fail: bool) -> None:
        before = snapshot()
        try:
            with actions.together():
                order = factories.a_new_order(at=self.at)
                self.move([actions.Step(order, records=factories.records("register"))], "register")
                self.move([actions.Step(order, records=factories.records("accept"))], "accept")
                opened = [factories.an_assignment(unit, at=self.at) for unit in self.units]
                self.move([actions.Step(order, opens=opened, records=factories.records("dispatch"))], "dispatch")
                self.move([actions.Step(order, part, records={}) for part in opened], "sign")
                if found := self.a_step(data):
                    self.move([found[0]], found[1])
                if fail:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            assert snapshot() == before
        else:
            self.kept.append(order)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def forbidden_moves_change_nothing(self, data: Any) -> None:
        order = self.an_order(data)
        state = Order.objects.get(pk=order.pk).state
        name = data.draw(st.sampled_from(sorted(lifecycle.ORDER_MOVES)))
        move = lifecycle.find(name)
        good = actions.Step(order, records=factories.records(name), changes={"title": "不该写下"})
        fresh = actions.Step(factories.a_new_order(at=self.at), records=factories.records("register"))
        before = snapshot()
        if state not in move.from_:
            with pytest.raises(Conflict):
                self.move([good], name)
            with pytest.raises(Conflict):
                self.after_another(fresh, good, name)
        else:
            others = [role for role in Role if role not in move.by]
            with pytest.raises(NotAllowed):
                self.move([good], name, Actor(data.draw(st.sampled_from(others)), "不该"))
            for bad in self.bad_steps(order, name):
                with pytest.raises(JiebanError):
                    self.move([bad], name)
        assert snapshot() == before

    def after_another(self, fresh: actions.Step, good: actions.Step, name: str) -> None:
        with actions.together():
            self.move([fresh], "register")
            self.move([good], name)

    def bad_steps(self, order: Order, name: str) -> list[actions.Step]:
        """Steps on an allowed move that leave out a record, write a column nobody may, or name a foreign assignment."""
        said = factories.records(name)
        first = next(iter(said), None)
        stranger = Assignment.objects.exclude(order=order).first()
        steps = [
            actions.Step(order, records=said, changes={column: 1}) for column in ("state", "head", "number", "nonsense")
        ]
        steps += [actions.Step(order, records={k: v for k, v in said.items() if k != first})] if first else []
        steps += [actions.Step(order, stranger, records=said)] if stranger else []
        steps += [actions.Step(order, records=said, changes={"satisfied": "yes"})] if name != "ask" else []
        return steps

    @invariant()
    def the_entries_tell_the_rows(self) -> None:
        assert verify.verify().broken == []


def test_any_sequence_of_allowed_moves_replays_to_the_same_rows(city):
    run_state_machine_as_test(
        Lives, settings=settings(max_examples=10, stateful_step_count=20, phases=[Phase.generate])
    )


def lives_of(numbers: list[str]) -> list[Any]:
    """What the record says of these orders, without the keys of the database."""
    orders = list(Order.objects.filter(number__in=numbers).order_by("number"))
    hashes = [list(order.entries.order_by("seq").values_list("hash", flat=True)) for order in orders]
    parts = [
        list(order.assignments.order_by("no").values("no", "unit", "state", "sent_at", "reply")) for order in orders
    ]
    return [[order.head, order.state, order.title, order.moved_at] for order in orders] + hashes + parts


def handled(batches: list[list[int]]) -> list[Any]:
    """Orders 0 to 5 registered, accepted, sent out, signed for and answered, in batches of the given orders."""
    contacts = [factories.a_contact(source_id=f"same{n}", name="", phone="") for n in range(6)]
    names = [factories.numbering.numbers.number(factories.AT.date(), n) for n in range(6)]
    orders = [factories.a_new_order(contact=contacts[n], number=names[n]) for n in range(6)]
    street = factories.a_city().street
    parts = {n: [factories.an_assignment(street), factories.an_assignment(street, role="assist")] for n in range(6)}
    for name in ("register", "accept", "dispatch"):
        for batch in batches:
            steps = [actions.Step(orders[n], records=factories.records(name), changes={"title": name}) for n in batch]
            for step, n in zip(steps, batch, strict=True):
                step.opens = parts[n] if name == "dispatch" else ()
            actions.move(steps, name, by=factories.anyone(name), at=factories.AT)
    for name in ("sign", "respond"):
        for batch in batches:
            said = factories.records(name)
            steps = [actions.Step(orders[n], part, {"reply": name}, records=said) for n in batch for part in parts[n]]
            actions.move(steps, name, by=factories.anyone(name), at=factories.AT)
    return lives_of(names)


@given(cut=st.lists(st.integers(1, 5), unique=True).map(sorted), order=st.permutations(range(6)))
@settings(max_examples=8)
def test_a_batch_is_the_same_as_its_steps_one_by_one(city, cut, order):
    factories.a_pack()
    edges = [0, *cut, 6]
    batches = [list(order[a:b]) for a, b in pairwise(edges)]
    told = []
    for way in ([[n] for n in range(6)], batches):
        with transaction.atomic():
            told.append(handled(way))
            transaction.set_rollback(True)
    assert told[0] == told[1]


def kinds(caught: CaptureQueriesContext) -> list[str]:
    """The first word of each statement; one prepared once and run for many rows is one ("50 times: UPDATE …")."""
    return [query["sql"].split(" times: ")[-1].split()[0] for query in caught.captured_queries]


def statements(count: int, name: str, by_part: bool = False) -> list[str]:
    """The SQL that one move of so many orders takes."""
    before = {"accept": "received", "dispatch": "pending_dispatch", "sign": "dispatched"}[name]
    orders = [factories.an_order(state=before) for _ in range(count)]
    street = factories.a_city().street
    steps = [actions.Step(order, records=factories.records(name), changes={}) for order in orders]
    for step in steps:
        step.opens = [factories.an_assignment(street)] if name == "dispatch" else ()
        step.assignment = factories.parts(step.order)[0] if by_part else None
        step.messages = [Message(topic="t", way="sms", made_at=factories.AT, after=factories.AT)]
    with CaptureQueriesContext(connection) as caught:
        actions.move(steps, name, by=factories.anyone(name), at=factories.AT)
    return kinds(caught)


@pytest.mark.parametrize("name", ["accept", "dispatch", "sign"])
def test_many_steps_take_as_many_statements_as_few(city, name):
    # On SQLite Django binds at most 999 values in a statement: 45 assignments of 22 columns. On PostgreSQL a batch is
    # copied, which takes two statements more: the lock and the keys.
    few, many = (60, 90) if connection.vendor == "postgresql" else (2, 30)
    taken = statements(many, name, name == "sign")
    assert taken == statements(few, name, name == "sign")
    assert len(taken) <= len(statements(1, name, name == "sign")) + 2


def test_many_filings_take_as_many_statements_as_few(city):
    taken = []
    for count in (60, 90) if connection.vendor == "postgresql" else (1, 20):
        orders = [factories.a_new_order() for n in range(count)]
        with CaptureQueriesContext(connection) as caught:  # noqa: SIM117
            with actions.together():
                for name in ("register", "accept"):
                    steps = [actions.Step(order, records=factories.records(name)) for order in orders]
                    actions.move(steps, name, by=factories.anyone(name), at=factories.AT)
        taken.append(kinds(caught))
    assert taken[0] == taken[1]


def test_a_failed_move_spoils_the_transaction_even_when_it_is_passed_over(city):
    order, before = factories.an_order(), snapshot()

    def pass_over() -> None:
        with actions.together():
            factories.walk(order, "accept")
            with pytest.raises(Conflict):
                factories.walk(order, "close")

    with pytest.raises(JiebanError, match="nothing is written"):
        pass_over()
    assert snapshot() == before


def test_an_entry_never_lies_before_the_one_it_follows(city):
    order = factories.an_order(at=factories.AT)
    entry = factories.walk(order, "accept", at=factories.AT - timedelta(hours=1))
    assert entry.at == factories.AT


def test_two_instances_of_one_order_are_one_order(city):
    order = factories.an_order(state="pending_dispatch")
    other = Order.objects.get(pk=order.pk)
    factories.walk(order, "remark")
    factories.walk(other, "remark")
    assert verify.verify().broken == []
    assert other.entries_count == 4


def test_a_forbidden_role_is_told_who_may(city):
    with pytest.raises(NotAllowed, match="dispatcher"):
        factories.walk(factories.an_order(state="pending_dispatch"), "consult", by=Actor(Role.CITIZEN, "市民"))


def test_a_conflict_names_the_order_and_its_state(city):
    order = factories.an_order(state="guided")
    with pytest.raises(Conflict, match=f"{order.number} 现在是“已引导”"):
        factories.walk(order, "accept")


def test_an_order_that_was_never_saved_to_this_database_is_refused(city):
    order = factories.an_order()
    order.pk = 10**9
    with pytest.raises(JiebanError, match="not in the record"):
        factories.walk(order, "accept")


def test_a_naive_moment_is_refused(city):
    with pytest.raises(JiebanError, match="no time zone"):
        factories.walk(factories.an_order(), "remark", records={"note": datetime(2026, 3, 2)})  # noqa: DTZ001


@pytest.mark.parametrize("columns", [{"title": "长" * 201}, {"urgency": "123456789"}])
def test_a_text_longer_than_its_column_is_refused_on_both_databases(city, columns):
    order, before = factories.an_order(), snapshot()
    with pytest.raises(JiebanError, match="characters and holds"):
        factories.walk(order, "accept", changes=columns)
    with pytest.raises(JiebanError, match="characters and holds"):
        factories.an_order(**columns)
    assert snapshot() == before
