"""Filing through all stages in one transaction, in the toy city."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts import actor as actors
from jieban.accounts.actor import Role
from jieban.dispatch.rules import Target
from jieban.intake.rules import Filing
from jieban.knowledge import actions as knowledge
from jieban.knowledge.models import Article
from jieban.orders.models import Assignment, Contact, Entry, Message, Order
from jieban.orders.verify import verify
from jieban.portal import filing
from jieban.portal.filing import Choice
from tests.factories import AT, an_actor

CITIZEN = actors.citizen()
POTHOLE = Filing(
    channel="web", source="test", source_id="1", title="Pothole in Long Lane",
    content="There is a pothole at Weaver Court in Mill Parish.", address="Weaver Court", phone="07700900123",
)  # fmt: skip


def numbered(count: int, **changed: object) -> list[Filing]:
    return [replace(POTHOLE, source_id=f"n{n}", **changed) for n in range(count)]  # type: ignore[arg-type]


def test_clear_matter_goes_from_words_to_units_at_once(toy) -> None:
    (done,) = filing.file([POTHOLE], by=CITIZEN, at=AT)
    order = Order.objects.get()
    assert (order.state, order.category, order.place) == ("dispatched", "0101", "e1")
    assert [unit["code"] for unit in done.units] == ["mill", "north-roads"]
    assert [e.move for e in Entry.objects.order_by("seq")] == ["register", "accept", "dispatch"]
    assert order.suggested["place"]["value"] == "e1"
    assert verify().broken == []


def statements(filings: list[Filing], by: actors.Actor = CITIZEN) -> tuple[int, int]:
    """Statements but for transaction control, and transactions begun."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        filing.file(filings, by=by, at=AT)
    texts = [q["sql"].upper() for q in seen.captured_queries]
    begun = sum(text.startswith(("BEGIN", "SAVEPOINT")) for text in texts)
    control = sum(text.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for text in texts)
    return len(texts) - control, begun


@pytest.mark.django_db(transaction=True)
def test_one_filing_takes_at_most_twelve_statements_and_one_commit(toy) -> None:
    filing.file(numbered(1, source="warm-up"), by=CITIZEN, at=AT)
    with CaptureQueriesContext(connection) as seen:
        filing.file([POTHOLE], by=CITIZEN, at=AT)
    texts = [q["sql"].upper() for q in seen.captured_queries]
    assert sum(text.startswith("COMMIT") for text in texts) == 1
    assert len([t for t in texts if not t.startswith(("BEGIN", "COMMIT"))]) <= 12


def test_batch_takes_one_statement_more_than_one_filing(toy) -> None:
    """A batch is looked up first; of a single filing the database says when it is written that it was known."""
    filing.file(numbered(1, source="warm-up"), by=CITIZEN, at=AT)
    one, _ = statements(numbered(1, source="one"))
    some, begun = statements(numbered(4, source="some"))
    many, _ = statements(numbered(16, source="many"))
    assert (some, begun) == (one + 1, 1)
    assert one <= 12
    assert many <= one + 2


def test_filed_again_it_is_a_duplicate_and_nothing_is_written(toy) -> None:
    first = filing.file([POTHOLE], by=CITIZEN, at=AT)[0]
    again = filing.file([POTHOLE, replace(POTHOLE, source_id="2")], by=CITIZEN, at=AT)
    assert [o.duplicate for o in again] == [True, False]
    assert again[0].taken.pk == first.taken.pk
    assert Order.objects.count() == 2
    assert Entry.objects.filter(order=first.taken).count() == 3


def test_twice_in_one_batch_the_second_is_a_duplicate_of_the_first(toy) -> None:
    one, two = filing.file([POTHOLE, POTHOLE], by=CITIZEN, at=AT)
    assert (one.duplicate, two.duplicate) == (False, True)
    assert one.taken is two.taken
    assert Order.objects.count() == 1


def test_what_cannot_be_taken_is_told_and_the_others_are_taken(toy) -> None:
    bad, good = filing.file([replace(POTHOLE, content=""), replace(POTHOLE, source_id="2")], by=CITIZEN, at=AT)
    assert [p.field for p in bad.problems] == ["content"]
    assert bad.order is None
    assert good.taken.state == "dispatched"
    assert Contact.objects.count() == 1


def test_unclear_matter_waits_for_a_dispatcher(toy) -> None:
    (done,) = filing.file([replace(POTHOLE, title="Help", content="Something odd.", address="")], by=CITIZEN, at=AT)
    assert (done.taken.state, done.units) == ("pending_dispatch", [])


def test_same_number_same_matter_within_sixty_days_is_marked_as_a_repeat(toy) -> None:
    first = filing.file([POTHOLE], by=CITIZEN, at=AT)[0].taken
    other = replace(POTHOLE, source_id="2", phone="07700900999")
    again, stranger = filing.file([replace(POTHOLE, source_id="3"), other], by=CITIZEN, at=AT)
    assert (again.taken.repeat_of_id, stranger.taken.repeat_of_id) == (first.pk, None)
    assert verify().broken == []


def test_emergency_of_a_letter_is_told_at_once_and_still_sent_as_most_urgent(toy) -> None:
    fire = replace(POTHOLE, content="There is a pothole at Weaver Court in Mill Parish. 旁边的电动车着火了！")
    (done,) = filing.file([fire], by=CITIZEN, at=AT)
    assert "119" in done.told
    assert (done.taken.state, done.taken.urgency) == ("dispatched", "2h")
    assert Order.objects.get().suggested["route"]["line"] == "119"


def test_letter_on_a_matter_before_a_court_is_guided_and_closed(toy) -> None:
    letter = replace(POTHOLE, content="这件事法院已经立案，下个月开庭。")
    (done,) = filing.file([letter], by=CITIZEN, at=AT)
    assert (done.taken.state, done.route.kind) == ("closed", "legal")
    guide = Entry.objects.get(move="guide")
    assert (guide.role, guide.records["told"]) == ("rule", done.told)


def test_doubtful_letter_stays_with_the_agents(toy) -> None:
    letter = replace(POTHOLE, content="买房的事法院已经立案。另外，楼门口的路坏了。")
    (done,) = filing.file([letter], by=CITIZEN, at=AT)
    assert (done.taken.state, done.held) == ("received", True)


def test_secret_of_a_letter_is_sealed_and_waits_for_a_person(toy) -> None:
    letter = replace(POTHOLE, title="", content="我捡到一份机密级文件，放在家里。")
    (done,) = filing.file([letter], by=CITIZEN, at=AT)
    order = Order.objects.get()
    assert (order.state, order.confidential, done.held, order.suggested) == ("received", True, True, {})
    assert (
        "机密级文件" not in f"{order.content}{order.title}{Contact.objects.get().words}{list(Entry.objects.values())}"
    )


def test_agent_decides_and_no_rule_acts_beside_the_agent(toy) -> None:
    agent = an_actor(Role.AGENT)
    letter = replace(POTHOLE, content="There is a pothole at Weaver Court. 这件事法院已经立案。")
    (done,) = filing.file([letter], by=agent, at=AT)
    assert done.taken.state == "dispatched"
    assert [e.role for e in Entry.objects.order_by("seq")] == ["agent", "agent", "agent"]


def test_agent_transfers_an_emergency(toy) -> None:
    (done,) = filing.file([POTHOLE], by=an_actor(Role.AGENT), at=AT, choices=[Choice(line="119", three_way=True)])
    assert done.taken.state == "closed"
    assert Entry.objects.get(move="transfer").records == {"line": "119", "three_way": True}


def test_agent_guides_by_a_ground_of_the_pack(toy) -> None:
    (done,) = filing.file([POTHOLE], by=an_actor(Role.AGENT), at=AT, choices=[Choice(ground="court")])
    assert (done.taken.state, done.told) == ("closed", "The court decides this matter.")


def test_agent_answers_from_the_knowledge_base(toy) -> None:
    draft = knowledge.Draft(
        code="hole", title="Who mends holes", body="The parish does.", owner="hall", review_by=AT.date()
    )
    knowledge.publish([draft], by=actors.rule("test"), at=AT)
    (done,) = filing.file([POTHOLE], by=an_actor(Role.AGENT), at=AT, choices=[Choice(article="hole")])
    assert (done.taken.state, done.told) == ("closed", "The parish does.")
    article = Entry.objects.get(move="answer").records["article"]
    assert article == {
        "code": "hole",
        "version": 1,
        "title": "Who mends holes",
    }
    assert Article.objects.get().used == 1
    assert verify().broken == []


def test_agent_sends_to_units_of_own_choice_with_a_reason(toy) -> None:
    choice = Choice(units=(Target("water"),), reason="the pipe below broke")
    (done,) = filing.file([POTHOLE], by=an_actor(Role.AGENT), at=AT, choices=[choice])
    assert [unit["code"] for unit in done.units] == ["water"]
    assert Order.objects.get().dispatch["by"] == "person"


def test_choices_of_a_person_stand_above_suggestions(toy) -> None:
    chosen = replace(POTHOLE, kind="praise", category="0102", urgency="24h", place="hill")
    (done,) = filing.file([chosen], by=an_actor(Role.AGENT), at=AT)
    order = done.taken
    assert (order.kind, order.category, order.urgency) == ("praise", "0102", "24h")
    assert order.suggested["category"]["value"] == "0101"
    assert toy.unit_codes[order.street_id] == "hill"


def test_only_the_public_form_and_the_seat_confirm_by_sms(toy) -> None:
    filing.file([POTHOLE], by=CITIZEN, at=AT)
    filing.file([replace(POTHOLE, source_id="2")], by=actors.channel("app", client="api"), at=AT)
    filing.file([replace(POTHOLE, source_id="3")], by=actors.channel("file", client="cli"), at=AT)
    assert Message.objects.filter(topic="received").count() == 1


def test_error_anywhere_leaves_nothing_written(toy) -> None:
    bad = Choice(units=(Target("nowhere"),), reason="because")
    with pytest.raises(Exception, match="nowhere"):
        filing.file(numbered(3), by=an_actor(Role.AGENT), at=AT, choices=[Choice(), bad, Choice()])
    assert (Contact.objects.count(), Order.objects.count(), Assignment.objects.count()) == (0, 0, 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_same_filing_from_eight_sides_at_once_is_one_order(toy) -> None:
    def one(_: int) -> bool:
        try:
            return filing.file([POTHOLE], by=CITIZEN, at=AT)[0].duplicate
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as sides:
        duplicates = list(sides.map(one, range(8)))
    assert sorted(duplicates) == [False] + [True] * 7
    assert (Order.objects.count(), Contact.objects.count(), Entry.objects.count()) == (1, 1, 3)
    assert verify().broken == []
