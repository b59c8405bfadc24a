"""Mediation: parties sealed, sessions without names, an agreement or none, and what a court confirmed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import mediation
from jieban.handling.models import Mediation
from jieban.orders.verify import verify
from tests import verbs
from tests.factories import AT
from tests.verbs import clerk, lead, parts

HOUR = timedelta(hours=1)
PARTIES = (mediation.Party("王芳", "业主"), mediation.Party("李强", "楼上住户"))
TERMS = "楼上住户三十天内修好卫生间防水，业主不再要求赔偿天花板。"


@pytest.fixture
def order(toy):
    return verbs.answered(toy, lead("mill"))


def begin(order, **given):
    """Mediation begins."""
    values = {
        "kind": "people", "mediator": "赵调解", "body": "桥东人民调解委员会", "parties": PARTIES, "by": clerk("mill"),
        "at": AT + 2 * HOUR,
    }  # fmt: skip
    return mediation.begin(parts(order)[0], **{**values, **given})


def row() -> Mediation:
    """The mediation as kept."""
    return Mediation.objects.select_related("assignment__order").get()


def agree(signed: bool = True) -> None:
    """They agree."""
    mediation.conclude(row(), outcome="agreed", text=TERMS, signed=signed, by=clerk("mill"), at=AT + 4 * HOUR)


def test_names_and_terms_are_sealed_and_never_in_the_timeline(order):
    begin(order)
    mediation.sit(row(), day=date(2026, 3, 3), place="社区", text="业主要求修防水", by=clerk("mill"), at=AT + 3 * HOUR)
    agree()
    kept, said = row(), str([entry.records for entry in order.entries.all()])
    assert mediation.parties_of(kept) == list(PARTIES)
    assert mediation.agreement_of(kept) == TERMS
    assert [word in said for word in ("王芳", "李强", TERMS)] == [False, False, False]
    assert "王芳".encode() not in bytes(kept.parties)
    assert (kept.outcome, kept.signed, len(kept.sessions)) == ("agreed", True, 1)
    assert [e.records["step"] for e in order.entries.filter(move="mediate").order_by("seq")] == [
        "begin",
        "session",
        "end",
    ]
    assert verify().broken == []


def test_confirmation_by_a_court_may_come_after_the_unit_has_reported(order):
    begin(order)
    agree()
    verbs.finish(parts(order), at=AT + 5 * HOUR)
    said = {"court": "柳湾区人民法院", "number": "（2026）民特1号", "day": date(2026, 3, 20)}
    mediation.confirm(row(), **said, by=clerk("mill"), at=AT + 400 * HOUR)
    kept = row()
    assert (kept.court, kept.number, kept.confirmed_on) == tuple(said.values())
    with pytest.raises(Conflict):
        mediation.confirm(kept, **said, by=clerk("mill"), at=AT + 401 * HOUR)
    assert verify().broken == []


def test_only_a_signed_agreement_is_confirmed(order):
    begin(order)
    agree(signed=False)
    with pytest.raises(Conflict) as caught:
        mediation.confirm(row(), court="法院", number="1", day=date(2026, 3, 20), by=clerk("mill"), at=AT + 5 * HOUR)
    assert str(caught.value) == "只有各方都签了字的协议可以司法确认。"


def test_failed_mediation_lets_another_begin(order):
    begin(order)
    with pytest.raises(Conflict):
        begin(order)
    mediation.conclude(
        row(), outcome="failed", text="价钱谈不拢，告诉双方可以起诉", signed=False, by=clerk("mill"), at=AT + 4 * HOUR
    )
    begin(order, at=AT + 5 * HOUR)
    assert Mediation.objects.count() == 2


def test_what_has_ended_is_not_changed(order):
    begin(order)
    agree()
    with pytest.raises(Conflict):
        agree()


def test_session_that_names_a_party_is_refused(order):
    begin(order)
    with pytest.raises(BadInput) as caught:
        mediation.sit(row(), day=date(2026, 3, 3), place="社区", text="王芳不同意", by=clerk("mill"), at=AT + 3 * HOUR)
    assert str(caught.value).startswith("会谈记录会进全程记录，请不要写当事人的姓名")


@pytest.mark.parametrize("given", [{"kind": "friendly"}, {"mediator": " "}, {"body": ""}])
def test_mediation_without_mediator_or_kind_is_refused(order, given):
    with pytest.raises(BadInput):
        begin(order, **given)


@pytest.mark.parametrize("text", ["王芳 业主", "王芳 业主\n李强", ""])
def test_fewer_than_two_parties_with_their_part_are_none(text):
    with pytest.raises(BadInput):
        mediation.read_parties(text)


def test_parties_are_read_line_by_line():
    assert mediation.read_parties("王芳 业主\n李强 楼上住户\n") == PARTIES


def test_other_unit_cannot_mediate(order):
    with pytest.raises(NotAllowed):
        begin(order, by=clerk("hill"))
