"""Signs of coaching as rows: found by the day, shown to a human, who writes what it was. Nothing follows by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.callback import signs
from jieban.callback.models import Sign
from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, NotAllowed
from jieban.orders.models import Answer, Attachment, Entry, Order

READERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
FINDINGS = {"natural": "正常，没有问题", "unclear": "说不清，先记着", "coached": "有人教市民怎么答"}
# Moves that may tell of a contact with the citizen: see `in_touch`.
CONTACTS = ("respond", "note", "outside_report")
_SLICE = 400


def look(day: date, orders: QuerySet[Order], *, at: datetime, loaded: Loaded) -> int:
    """Find the signs in the answers of these orders, given on that day; returns how many have some."""
    made = 0
    known = Sign.objects.filter(order=OuterRef("pk"), round=OuterRef("round"))
    ids = list(orders.filter(~Exists(known)).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _SLICE):
        some = list(Order.objects.filter(pk__in=ids[start : start + _SLICE]).select_related("contact"))
        made += len(Sign.objects.bulk_create(_signs(some, at, loaded)))
    return made


def add(order: Order, round_no: int, reason: str, *, at: datetime) -> Sign:
    """One more reason to look at this answer; one already looked at is to be looked at again."""
    sign, fresh = Sign.objects.get_or_create(order=order, round=round_no, defaults={"at": at, "reasons": [reason]})
    if not fresh and reason not in sign.reasons:
        sign.reasons, sign.looked_at = [*sign.reasons, reason], None
        sign.save(update_fields=["reasons", "looked_at"])
    return sign


def open_ones(by: Actor) -> QuerySet[Sign]:
    """What nobody has looked at yet, the most reasons first."""
    return _seen(by).filter(looked_at=None)


def looked_at(by: Actor) -> QuerySet[Sign]:
    """What somebody has looked at, the latest first."""
    return _seen(by).exclude(looked_at=None).order_by("-looked_at")


def find(sign: Sign, *, finding: str, words: str, by: Actor, at: datetime) -> None:
    """Somebody has looked: what it was, in their words. Nothing else changes."""
    _must(by)
    if finding not in FINDINGS:
        raise BadInput(f"看过以后请选一项：{'、'.join(FINDINGS.values())}。")
    if finding != "natural" and len(words.strip()) < 4:
        raise BadInput("请写一句您看到了什么，至少四个字，例如“录音里有人在旁边教”。")
    with transaction.atomic():
        row = Sign.objects.select_for_update().get(pk=sign.pk)
        row.looked_at, row.looked_by_id, row.finding, row.words = at, by.person_id, finding, words.strip()
        row.save(update_fields=["looked_at", "looked_by", "finding", "words"])


def _seen(by: Actor) -> QuerySet[Sign]:
    _must(by)
    return Sign.objects.select_related("order", "looked_by").order_by("-at", "-pk")


def _must(by: Actor) -> None:
    if by.role not in READERS:
        raise NotAllowed("这一页给班长和纪检监察看。")


def _signs(orders: Sequence[Order], at: datetime, loaded: Loaded) -> list[Sign]:
    terms = loaded.pack.callbacks
    local = timezone.localtime(at)
    bounds = signs.Bounds(
        limits.run_out(loaded.pack, terms.contact_before, at=local) - local, terms.same_number, terms.bad_words
    )
    facts = _facts(orders, at, loaded)
    found = [(order, signs.find(facts[order.pk], bounds)) for order in orders if order.pk in facts]
    return [
        Sign(order=order, round=order.round, at=facts[order.pk].at, reasons=reasons)
        for order, reasons in found
        if reasons
    ]


def _facts(orders: Sequence[Order], at: datetime, loaded: Loaded) -> dict[int, signs.Facts]:
    """What is known of each order's last answer; five queries however many."""
    terms = loaded.pack.callbacks
    said = {a.order_id: a for a in Answer.objects.filter(order__in=orders, reached=True).order_by("round", "pk")}
    met, proved = _contacts(orders), _proved(orders)
    same = _same_numbers(orders, at - _length(terms.same_within, at, loaded))
    return {
        order.pk: _fact(order, said[order.pk], met[order.pk], order.pk in proved, same, _needed(order, loaded))
        for order in orders
        if order.pk in said
    }


def _fact(
    order: Order,
    said: Answer,
    met: Sequence[tuple[str, datetime]],
    proof: bool,
    same: Mapping[str, int],
    needed: bool,
) -> signs.Facts:
    return signs.Facts(
        at=said.at, contacted=said.contacted, solved=order.solved, satisfied=order.satisfied, attitude=said.attitude,
        words=said.words, contacts=met, proof_needed=needed,
        proof=proof, same_number=same.get(order.contact.phone_index, 0),
    )  # fmt: skip


def _needed(order: Order, loaded: Loaded) -> bool:
    """Whether the city asks for a photo after the work in that category."""
    proof = loaded.pack.replies.proof(order.category)
    return proof is not None and proof.after


def _contacts(orders: Sequence[Order]) -> Mapping[int, list[tuple[str, datetime]]]:
    """When units were in touch with the citizens: first contacts, notes of a contact, reports from outside."""
    out: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    found = Entry.objects.filter(order__in=orders, move__in=CONTACTS).select_related("unit").order_by("seq")
    for entry in found:
        if in_touch(entry.move, way="way" in entry.records):
            out[entry.order_id].append((entry.unit.short if entry.unit else entry.actor, entry.at))
    return out


def in_touch(move: str, *, way: bool) -> bool:
    """Whether an entry tells that a unit was, or tried to be, in touch with the citizen; `way`: it names the way."""
    return move in CONTACTS and (move != "note" or way)


def _proved(orders: Sequence[Order]) -> set[int]:
    """Orders with a picture or film that a unit handed in."""
    shown = Attachment.objects.filter(order__in=orders).exclude(stage="intake")
    seen = [a for a in shown.only("order_id", "mime") if a.mime.startswith(("image/", "video/"))]
    return {a.order_id for a in seen}


def _same_numbers(orders: Sequence[Order], since: datetime) -> dict[str, int]:
    """How many orders each of these numbers has answered for since then."""
    marks = {order.contact.phone_index for order in orders} - {""}
    found = Order.objects.filter(contact__phone_index__in=marks, callback_at__gte=since, reached=True)
    return dict(found.values_list("contact__phone_index").annotate(n=Count("pk")).order_by())


def _length(limit: str, at: datetime, loaded: Loaded) -> timedelta:
    local = timezone.localtime(at)
    return limits.run_out(loaded.pack, limit, at=local) - local
