"""Leaving out of scoring: a unit asks, somebody else decides, a second on appeal; the timeline proves each step."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from jieban.accounts.actor import Role
from jieban.appraisal import exclusion_queries, exclusions, queries
from jieban.appraisal.models import Exclusion, ExclusionStep
from jieban.appraisal.queries import Period
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.orders import chain, lifecycle
from jieban.orders.models import Assignment, Attachment, Entry, Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.appraisal import record
from tests.factories import AT

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
CALL, ASKED, DECIDED, LATER = AT + 4 * HOUR, AT + 30 * HOUR, AT + 40 * HOUR, AT + 50 * HOUR
MONTH = Period(AT, AT + timedelta(days=30))
WORDS = "暴雨冲毁路面，应急部门已经发布灾情公告。"
WHY = "公告和现场照片对得上，同意按灾害剔除。"


@pytest.fixture
def auditor(toy):
    return factories.an_actor(Role.AUDITOR, verbs.unit("hall"))


@pytest.fixture
def second(toy):
    return factories.an_actor(Role.AUDITOR, verbs.unit("hall"))


@pytest.fixture
def boss(toy):
    return factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))


@pytest.fixture
def clerk(toy):
    return verbs.clerk("mill")


def scored(toy, *codes: str, at=AT) -> list[Assignment]:
    """An order with these units in the lead, answered at callback."""
    order = verbs.asked(toy, *(verbs.lead(code) for code in codes or ("mill",)), at=at)
    verbs.say(toy, order, at=at + 4 * HOUR)
    return verbs.parts(order)


def proof() -> Attachment:
    return Attachment(name="公告.pdf", mime="application/pdf", size=9, sha256="c" * 64, stage="proof")


def asked(toy, parts, by, **more) -> list[Exclusion]:
    said = {"ground": "storm", "statement": WORDS, "until": None, "files": [proof()], "at": ASKED, **more}
    return exclusions.ask(parts, by=by, loaded=toy, **said)


def decided(toy, cases, by, *, grant=True, at=DECIDED) -> None:
    exclusions.decide(cases, grant=grant, words=WHY, by=by, at=at, loaded=toy)


def now(part: Assignment) -> Assignment:
    return Assignment.objects.select_related("order").get(pk=part.pk)


def steps(case: Exclusion) -> list[str]:
    return list(ExclusionStep.objects.filter(exclusion=case).order_by("at", "pk").values_list("what", flat=True))


def counted() -> dict[str, dict[str, int]]:
    """Every number of the three rates, by unit."""
    return record.rates(MONTH)


def test_a_unit_asks_an_auditor_grants_and_it_no_longer_counts(toy, clerk, auditor, boss):
    [part, other] = scored(toy, "mill", "hill")
    [case] = asked(toy, [part], clerk)
    assert (case.stage, now(part).ground, set(counted())) == ("asked", "", {"mill", "hill"})
    assert Attachment.objects.get(order=part.order).sha256 == "c" * 64
    decided(toy, [case], auditor)
    assert (case.stage, case.granted, case.decided_by_id) == ("granted", True, auditor.person_id)
    assert (now(part).ground, now(other).ground, set(counted())) == ("storm", "", {"hill"})
    told = Entry.objects.filter(order=part.order, assignment_no=part.no).order_by("seq")
    entry = told.get(move="leave_out")
    assert (entry.records["ground"], entry.records["evidence"], entry.records["decision"]) == ("storm", ["c" * 64], WHY)
    assert entry.records["asked"]["request"] == case.pk
    assert [one.move for one in told][-2:] == ["ask_exclusion", "leave_out"]
    assert steps(case) == ["ask", "grant"]
    assert Message.objects.filter(topic="exclusion", unit=part.unit_id).count() == 1
    assert verify().broken == []


def test_a_refusal_leaves_everything_as_it_was(toy, clerk, auditor, boss):
    [part] = scored(toy)
    before = counted()
    [case] = asked(toy, [part], clerk)
    decided(toy, [case], auditor, grant=False)
    assert (case.stage, case.granted, now(part).ground, counted()) == ("refused", False, "", before)
    assert (steps(case), verify().broken) == (["ask", "refuse"], [])


def test_the_unit_appeals_a_refusal_to_a_second_person(toy, clerk, auditor, second):
    [part] = scored(toy)
    [case] = asked(toy, [part], clerk)
    decided(toy, [case], auditor, grant=False)
    exclusions.appeal([case], words="公告当时没有附全，现在补上请再看。", until=None, by=clerk, at=LATER)
    with pytest.raises(NotAllowed, match="另一个人"):
        exclusions.decide_appeal([case], grant=True, words=WHY, by=auditor, at=LATER, loaded=toy)
    exclusions.decide_appeal([case], grant=True, words=WHY, by=second, at=LATER + HOUR, loaded=toy)
    assert (case.stage, case.granted, case.second_by_id, now(part).ground) == (
        "granted", True, second.person_id, "storm",
    )  # fmt: skip
    with pytest.raises(BadInput, match="只有一次"):
        exclusions.appeal([case], words=WORDS, until=None, by=factories.an_actor(Role.SUPERVISOR), at=LATER + 2 * HOUR)
    assert (steps(case), verify().broken) == (["ask", "refuse", "appeal", "uphold"], [])


def test_the_supervisor_appeals_a_grant_and_it_counts_again(toy, clerk, auditor, second, boss):
    [part] = scored(toy)
    before = counted()
    [case] = asked(toy, [part], clerk)
    decided(toy, [case], auditor)
    with pytest.raises(NotAllowed, match="市级班长"):
        exclusions.appeal([case], words=WORDS, until=None, by=clerk, at=LATER)
    exclusions.appeal([case], words="公告的日期不是这一天，请再看一遍。", until=None, by=boss, at=LATER)
    exclusions.decide_appeal([case], grant=False, words=WHY, by=second, at=LATER + HOUR, loaded=toy)
    assert (case.stage, case.granted, now(part).ground, counted()) == ("refused", False, "", before)
    assert Entry.objects.get(move="take_in").records["reason"] == WHY
    assert (steps(case), verify().broken) == (["ask", "grant", "appeal", "uphold"], [])


def test_a_rejected_appeal_against_a_grant_changes_nothing_of_the_record(toy, clerk, auditor, second, boss):
    [part] = scored(toy)
    [case] = asked(toy, [part], clerk)
    decided(toy, [case], auditor)
    exclusions.appeal([case], words="公告的日期不是这一天，请再看一遍。", until=None, by=boss, at=LATER)
    entries = Entry.objects.count()
    exclusions.decide_appeal([case], grant=True, words=WHY, by=second, at=LATER + HOUR, loaded=toy)
    assert (case.stage, now(part).ground, Entry.objects.count()) == ("granted", "storm", entries)
    assert steps(case)[-1] == "reject"


def test_a_request_and_an_appeal_can_be_taken_back(toy, clerk, auditor):
    [part] = scored(toy)
    [case] = asked(toy, [part], clerk)
    with pytest.raises(NotAllowed):
        exclusions.withdraw([case], words="不申请了", by=verbs.clerk("hill"), at=ASKED + HOUR)
    exclusions.withdraw([case], words="不申请了", by=clerk, at=ASKED + HOUR)
    assert (case.stage, steps(case)) == ("withdrawn", ["ask", "withdraw"])
    [again] = asked(toy, [part], clerk, at=ASKED + 2 * HOUR)
    decided(toy, [again], auditor, grant=False)
    exclusions.appeal([again], words="公告当时没有附全，现在补上请再看。", until=None, by=clerk, at=LATER)
    exclusions.withdraw([again], words="不复核了", by=clerk, at=LATER + HOUR)
    assert (again.stage, again.granted) == ("refused", False)
    with pytest.raises(BadInput, match="只有一次"):
        exclusions.appeal([again], words=WORDS, until=None, by=clerk, at=LATER + 2 * HOUR)
    with pytest.raises(Conflict):
        exclusions.withdraw([again], words="再撤一次", by=clerk, at=LATER + 2 * HOUR)


def test_bad_requests_are_refused_and_write_nothing(toy, clerk, auditor):
    [part] = scored(toy)
    for said, why in (
        ({"ground": "court"}, "请从列出的理由里选"),
        ({"ground": "nothing"}, "请从列出的理由里选"),
        ({"files": []}, "要有材料"),
        ({"statement": "天气不好"}, "至少 10 个字"),
        ({"until": ASKED - HOUR}, "已经过了"),
    ):
        with pytest.raises(BadInput, match=why):
            asked(toy, [part], clerk, **said)
    for by in (verbs.clerk("hill"), auditor, factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))):
        with pytest.raises(NotAllowed):
            asked(toy, [part], by)
    assert (Exclusion.objects.count(), ExclusionStep.objects.count(), Attachment.objects.count()) == (0, 0, 0)
    assert not Entry.objects.filter(move="ask_exclusion").exists()


def test_the_district_asks_for_its_street_and_no_evidence_is_asked_where_the_ground_asks_for_none(toy):
    [part] = scored(toy)
    district = factories.an_actor(Role.DISTRICT, verbs.unit("north"))
    [case] = asked(toy, [part], district, ground="flood", files=[], until=ASKED)
    assert (case.unit.code, case.evidence, case.until) == ("mill", [], ASKED)


def test_one_open_request_an_assignment(toy, clerk, auditor):
    [part] = scored(toy)
    [case] = asked(toy, [part], clerk)
    with pytest.raises(Conflict, match="已经有一件"):
        asked(toy, [part], clerk, ground="flood")
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.create(
            order=part.order, assignment=part, unit=part.unit, stage="asked", ground="storm", statement=WORDS,
            asked_at=ASKED, asked_by_id=clerk.person_id,
        )  # fmt: skip
    decided(toy, [case], auditor, grant=False)
    with pytest.raises(BadInput, match="按这条理由申请过"):
        asked(toy, [part], clerk)
    [other] = asked(toy, [part], clerk, ground="flood")
    decided(toy, [other], auditor)
    with pytest.raises(BadInput, match="已经剔除了"):
        asked(toy, [part], clerk, ground="flood")


def test_what_was_filed_is_apart_and_what_is_archived_stays_so(toy, clerk, boss, auditor):
    filed = verbs.answered(toy, verbs.lead("mill"))
    factories.walk(Order.objects.get(pk=filed.pk), "terminate", by=boss, at=ASKED)
    with pytest.raises(BadInput, match="另行公布"):
        asked(toy, verbs.parts(filed), clerk)
    [part] = scored(toy)
    [case] = asked(toy, [part], clerk)
    closed = Order.objects.get(pk=part.order_id)
    factories.walk(closed, "archive", at=DECIDED)
    with pytest.raises(Conflict, match="已经归档"):
        decided(toy, [case], auditor, at=LATER)
    assert (Exclusion.objects.get(pk=case.pk).stage, now(part).ground) == ("asked", "")


def test_who_asked_or_handled_the_order_never_decides(toy, clerk, auditor, boss):
    [part] = scored(toy)
    [case] = asked(toy, [part], clerk)
    with pytest.raises(NotAllowed, match="可以定的岗位：auditor"):
        decided(toy, [case], boss)  # the toy city leaves it to the auditor alone
    own = factories.a_post(Role.AUDITOR, verbs.unit("hall"), person=factories.a_person("两边任职"))
    factories.a_post(Role.CLERK, verbs.unit("mill"), person=own.person)
    with pytest.raises(NotAllowed, match="任职"):
        decided(toy, [case], exclusions.accounts.at_post(own))
    handler = factories.a_post(Role.AUDITOR, verbs.unit("hall"))
    as_agent = factories.a_post(Role.AGENT, verbs.unit("hall"), person=handler.person)
    factories.walk(now(part).order, "relate", by=exclusions.accounts.at_post(as_agent), at=ASKED + HOUR)
    with pytest.raises(NotAllowed, match="您办过"):
        decided(toy, [case], exclusions.accounts.at_post(handler))
    decided(toy, [case], auditor)


def test_a_city_may_let_its_supervisors_decide(clerk, toy, boss):
    from dataclasses import replace

    [part] = scored(toy)
    [case] = asked(toy, [part], clerk)
    roles = {**toy.pack.roles, "supervisor": replace(toy.pack.roles["supervisor"], decides=("exclusion",))}
    decided(replace(toy, pack=replace(toy.pack, roles=roles)), [case], boss)
    assert now(part).ground == "storm"


def test_a_batch_is_decided_whole_or_not_at_all(toy, clerk, auditor):
    parts = [scored(toy, at=AT + n * HOUR)[0] for n in range(3)]
    cases = asked(toy, parts, clerk)
    decided(toy, cases[:1], auditor)
    with pytest.raises(Conflict):
        decided(toy, cases, auditor)
    assert [now(part).ground for part in parts] == ["storm", "", ""]
    decided(toy, cases[1:], auditor)
    assert [now(part).ground for part in parts] == ["storm"] * 3
    assert [case.stage for case in cases[1:]] == ["granted"] * 2


def tally(captured) -> dict[str, int]:
    """Statements by their kind; one that is executed for many rows at once is one."""
    first = (query["sql"].split()[0] for query in captured.captured_queries)
    return dict(Counter("MANY" if word.isdigit() else word for word in first))


def test_a_batch_takes_as_many_statements_as_one(toy, clerk, auditor, second, boss):
    said = []
    for n, size in enumerate((2, 9)):
        at = AT + timedelta(days=n)
        parts = [scored(toy, at=at + n * HOUR)[0] for n in range(size)]
        with CaptureQueriesContext(connection) as ask:
            cases = asked(toy, parts, clerk, at=at + 30 * HOUR)
        with CaptureQueriesContext(connection) as decide:
            decided(toy, cases, auditor, at=at + 31 * HOUR)
        with CaptureQueriesContext(connection) as appeal:
            exclusions.appeal(cases, words=WORDS, until=None, by=boss, at=at + 32 * HOUR)
        with CaptureQueriesContext(connection) as again:
            exclusions.decide_appeal(cases, grant=False, words=WHY, by=second, at=at + 33 * HOUR, loaded=toy)
        said.append([tally(captured) for captured in (ask, decide, appeal, again)])
    for few, many in zip(*said, strict=True):
        assert verbs.does_not_grow(few, many), said


def test_the_centre_offers_what_counts_and_was_not_asked(toy, clerk, auditor, boss):
    [first] = scored(toy)
    [second, _] = scored(toy, "mill", "hill", at=AT + HOUR)
    asked(toy, [first], clerk)
    cases = exclusions.offer(
        [first, second], ground="storm", statement="认定为反复投诉，材料在认定里。", by=boss, at=LATER, loaded=toy
    )
    assert [case.assignment_id for case in cases] == [second.pk]
    with pytest.raises(NotAllowed):
        exclusions.offer([second], ground="storm", statement=WORDS, by=clerk, at=LATER, loaded=toy)
    decided(toy, cases, auditor, at=LATER + HOUR)
    assert now(second).ground == "storm"


def test_the_rate_is_published_by_unit_and_by_ground_and_every_number_is_a_list(toy, clerk, auditor, boss):
    parts = [scored(toy, "mill", "hill", at=AT + n * HOUR) for n in range(4)]
    mine = [part for part, _ in parts]
    storm = asked(toy, mine[:2], clerk)
    [flood] = asked(toy, mine[2:3], clerk, ground="flood", files=[])
    [gone] = asked(toy, mine[3:], clerk, ground="flood", files=[])
    exclusions.withdraw([gone], words="不申请了", by=clerk, at=ASKED + HOUR)
    decided(toy, storm, auditor)
    decided(toy, [flood], auditor, grant=False)
    exclusions.appeal([flood], words=WORDS, until=None, by=clerk, at=LATER)
    filed = verbs.answered(toy, verbs.lead("hill"), at=AT + 5 * HOUR)
    factories.walk(Order.objects.get(pk=filed.pk), "terminate", by=boss, at=ASKED)
    [mill, hill] = exclusion_queries.by_unit(MONTH)
    keys = ("key", *exclusion_queries.COUNTS, "share")
    assert [{key: getattr(one, key) for key in keys} for one in (mill, hill)] == [
        {"key": "mill", "asked": 4, "waiting": 0, "granted": 2, "refused": 1, "withdrawn": 1, "appealed": 1,
         "results": 4, "left_out": 2, "filed": 0, "share": 0.5},
        {"key": "hill", "asked": 0, "waiting": 0, "granted": 0, "refused": 0, "withdrawn": 0, "appealed": 0,
         "results": 4, "left_out": 0, "filed": 1, "share": 0.0},
    ]  # fmt: skip
    by_ground = {
        one.key: (one.asked, one.granted, one.left_out, one.results) for one in exclusion_queries.by_ground(MONTH)
    }
    assert by_ground == {"storm": (2, 2, 2, 8), "flood": (2, 0, 0, 8)}
    city = exclusion_queries.whole(MONTH)
    assert (city.asked, city.left_out, city.results, city.filed) == (4, 2, 8, 1)
    for one in (mill, hill):
        for which in exclusion_queries.REQUESTS:
            behind = exclusion_queries.requests_behind(MONTH, which, unit=one.key)
            assert len(behind) == getattr(one, which), which
        for which in ("results", "left_out", "filed"):
            behind = exclusion_queries.parts_behind(MONTH, which, unit=one.key)
            assert len(behind) == getattr(one, which), which
    assert exclusion_queries.parts_behind(MONTH, "left_out", ground="storm").count() == 2
    assert exclusion_queries.by_unit(Period(AT - HOUR, AT)) == []
    for read in (exclusion_queries.requests_behind, exclusion_queries.parts_behind):
        with pytest.raises(BadInput):
            read(MONTH, "everything")


def test_figures_take_as_many_queries_however_much_there_is(toy, clerk, django_assert_num_queries):
    for n in range(2):
        asked(toy, [scored(toy, at=AT + k * HOUR + timedelta(days=n))[0] for k in range(1 + 3 * n)], clerk,
              at=ASKED + timedelta(days=n))  # fmt: skip
        for read in (exclusion_queries.by_unit, exclusion_queries.by_ground, exclusion_queries.whole):
            with django_assert_num_queries(3):
                read(MONTH)


def test_requests_are_seen_by_their_unit_and_by_the_centre_and_wait_for_whoever_may_decide(toy, clerk, auditor, boss):
    [part] = scored(toy)
    [case] = asked(toy, [part], clerk)
    seen = {
        name: exclusion_queries.visible_to(by).count()
        for name, by in (
            ("mill", clerk), ("hill", verbs.clerk("hill")), ("boss", boss), ("auditor", auditor),
            ("north", factories.an_actor(Role.DISTRICT, verbs.unit("north"))),
            ("admin", factories.an_actor(Role.ADMIN, verbs.unit("hall"))),
        )
    }  # fmt: skip
    assert seen == {"mill": 1, "hill": 0, "boss": 1, "auditor": 1, "north": 1, "admin": 0}
    assert (exclusion_queries.waiting(auditor).count(), exclusion_queries.waiting(clerk).count()) == (1, 0)
    decided(toy, [case], auditor, grant=False)
    exclusions.appeal([case], words=WORDS, until=None, by=clerk, at=LATER)
    assert exclusion_queries.waiting(auditor).count() == 0
    assert exclusion_queries.waiting(boss).count() == 1


FLIPS = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=12)


def test_leaving_out_and_taking_in_again_is_as_if_nothing_had_been(toy, boss):
    parts = [part for n in range(2) for part in scored(toy, "mill", "hill", at=AT + n * HOUR)]
    before = counted(), list(queries.scored(MONTH).order_by("pk").values_list("pk", flat=True))

    @settings(max_examples=12)
    @given(FLIPS)
    def run(flips):
        with transaction.atomic():
            out: set[int] = set()
            for which, ground in flips:
                name = "take_in" if which in out else "leave_out"
                changes = {"ground": "" if which in out else ("storm" if ground else "flood")}
                factories.walk(now(parts[which]), name, changes=changes)
                out ^= {which}
            for which in sorted(out):
                factories.walk(now(parts[which]), "take_in", changes={"ground": ""})
            kept = list(queries.scored(MONTH).order_by("pk").values_list("pk", flat=True))
            assert (counted(), kept) == before
            assert verify().broken == []
            transaction.set_rollback(True)

    run()


def test_what_was_left_out_as_an_order_stays_so_with_entries_that_prove_it(toy, boss):
    """What 0020 does with a record of before: the order's `exclude` becomes a ground of each assignment."""
    kept, out = scored(toy, "mill", "hill"), scored(toy, "mill", "hill", at=AT + HOUR)
    order = Order.objects.get(pk=out[0].order_id)
    records = {"ground": "storm", "evidence": "公告", "decision": "同意"}
    old = Entry(
        order=order, seq=order.entries_count + 1, at=ASKED, move="exclude", role="supervisor", actor="旧",
        source="closed", target="closed", changes={"order": {"excluded": True}}, records=records, pack_id=order.pack_id,
        previous=order.head, person_id=boss.person_id, unit_id=boss.unit_id,
    )  # fmt: skip
    old.hash = chain.hash_of(old, number=order.number)
    old.save()
    Order.objects.filter(pk=order.pk).update(entries_count=old.seq, head=old.hash, moved_at=ASKED)
    assert (order.state, verify().broken) == ("closed", [])
    import_module("jieban.migrations.0020_exclusions").leave_out(apps, [order.pk], at=DECIDED)
    assert [now(part).ground for part in (*kept, *out)] == ["", "", "storm", "storm"]
    added = Entry.objects.filter(order=order, move="leave_out").order_by("seq")
    assert [(e.assignment_no, e.records["evidence"], e.records["decision"]) for e in added] == [
        (1, "公告", "同意"), (2, "公告", "同意"),
    ]  # fmt: skip
    assert verify().broken == []
    with pytest.raises(KeyError):
        lifecycle.find("exclude")
