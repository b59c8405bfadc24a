"""The worker's rounds: everything due is done, one failing job stops no other, and a kill loses nothing."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

from jieban.accounts.actor import Role
from jieban.handling import time
from jieban.orders.models import Attachment, Order, Seal
from jieban.portal import worker
from tests import factories, verbs
from tests.factories import AT

HOUR = timedelta(hours=1)
CALL = AT + 4 * HOUR


def test_one_round_opens_delivers_and_beats(toy):
    order = verbs.replied(toy)
    done = worker.once(at=CALL)
    assert {name: n for name, n in done.items() if n} == {"opened": 1, "delivered": 5, "cycles_told": 3}
    assert Order.objects.get(pk=order.pk).state == "callback_pending"
    beat = json.loads(worker.heartbeat().read_text())
    assert (beat["opened"], beat["at"]) == (1, CALL.isoformat())


def test_past_days_are_sealed_ten_minutes_after_midnight(toy):
    verbs.dispatched(toy)
    midnight = (AT + timedelta(days=1)).replace(hour=0)
    assert worker.once(at=midnight + timedelta(minutes=9))["sealed"] == 0
    assert worker.once(at=midnight + timedelta(minutes=10))["sealed"] == 1
    assert list(Seal.objects.values_list("day", flat=True)) == [AT.date()]
    assert worker.once(at=midnight + HOUR)["sealed"] == 0


def test_failing_job_is_told_and_stops_no_other(db, caplog):
    """Without a city pack nothing can be opened, given up or counted anew; delivery and sealing go on."""
    told: dict[str, str] = {}
    for _ in range(2):
        done = worker.once(at=AT, told=told)
        assert (done["opened"], done["given_up"], done["delivered"], done["sealed"]) == (-1, -1, 0, 0)
    why = "No city pack is in force on 2026-03-02. Load one with: jieban init --city FOLDER"
    assert [record.getMessage() for record in caplog.records] == [
        f"The job {name} failed and is tried again every round: {why}" for name, n in done.items() if n == -1
    ]


def test_drain_goes_on_until_nothing_is_left(toy):
    for _ in range(3):
        verbs.replied(toy)
    assert worker.drain(at=CALL)["opened"] == 3
    assert set(worker.drain(at=CALL).values()) == {0}


def test_worker_stops_when_told(toy):
    stop = threading.Event()
    stop.set()
    worker.run(stop, pause=0.01)
    assert not worker.heartbeat().exists()


def test_one_round_lets_clocks_go_on_and_warns(toy):
    part = verbs.parts(verbs.answered(toy, verbs.lead("mill"), urgency="24h"))[0]
    proof = Attachment(name="停工通知.pdf", mime="application/pdf", size=3, sha256="a" * 64)
    centre = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
    rest = {"cause": "等待专项检测结果", "until": AT + 5 * HOUR, "files": [proof]}
    time.suspend([part], by=centre, at=AT + 2 * HOUR, loaded=toy, **rest)
    assert worker.once(at=AT + 5 * HOUR, sealing_too=False)["went_on"] == 1
    assert worker.once(at=AT + 26 * HOUR, sealing_too=False)["warned"] == 1
    assert worker.once(at=AT + 26 * HOUR, sealing_too=False)["warned"] == 0
