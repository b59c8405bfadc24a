"""What units and citizens do: in order, in time mostly, with rates near the published ones."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from simulation import lives

SENT = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOURS = {"2h": 2, "24h": 24, "7d": 168, "15d": 360}


def part(urgency: str = "7d", sent: datetime = SENT, round_no: int = 1) -> lives.Part:
    whole = timedelta(hours=HOURS[urgency])
    quick = min(whole / 4, timedelta(hours=2))
    return lives.Part(1, urgency, round_no, sent, sent + quick, sent + min(whole, timedelta(hours=24)), sent + whole)


def works(urgency: str, count: int = 400) -> list[dict[str, datetime]]:
    out = []
    for n in range(count):
        how = lives.manner(f"unit{n % 20}", "street", seed="t")
        deeds = lives.work(part(urgency), how, Random(f"{urgency}/{n}"))
        out.append({deed.name: deed.at for deed in deeds})
    return out


@pytest.mark.parametrize("urgency", HOURS)
def test_work_goes_in_order(urgency):
    for done in works(urgency):
        assert SENT < done["sign"] < done["respond"] < done["complete"]
        between = [at for name, at in done.items() if name in ("note", "down", "start")]
        assert all(done["respond"] < at < done["complete"] for at in between)


@pytest.mark.parametrize("urgency", HOURS)
def test_work_is_mostly_in_time(urgency):
    limit = SENT + timedelta(hours=HOURS[urgency])
    late = sum(done["complete"] > limit for done in works(urgency)) / 400
    assert 0.02 < late < 0.16


def test_work_that_is_not_urgent_rests_at_night():
    for done in works("7d"):
        assert time(8, 30) <= done["complete"].time() <= time(18, 0)


def test_work_with_the_same_dice_is_the_same():
    how = lives.manner("u", "street", seed="t")
    assert lives.work(part(), how, Random(4)) == lives.work(part(), how, Random(4))


def test_manner_of_a_unit_stays_and_differs_from_another():
    assert lives.manner("u", "street", seed="t") == lives.manner("u", "street", seed="t")
    assert lives.manner("u", "street", seed="t") != lives.manner("v", "street", seed="t")


def test_answers_are_near_the_published_rates():
    said = []
    for n in range(4000):
        rng = Random(f"said/{n}")
        how = lives.manner(f"unit{n % 40}", "street", seed="t")
        said.append(lives.opinion(rng.random() < how.solves, how, rng, round_no=1))
    solved = Counter(one["solved"] for one in said)["yes"] / 4000
    satisfied = sum(one["satisfied"] in ("yes", "mostly") for one in said) / 4000
    assert 0.93 < solved < 0.97
    assert 0.92 < satisfied < 0.98


def test_callback_begins_at_once_and_ends_with_an_answer_or_three_tries():
    for n in range(300):
        deeds = lives.ask(SENT, Random(n))
        assert deeds[0].name == "open"
        assert deeds[0].at < SENT + timedelta(minutes=1)
        names = [deed.name for deed in deeds[1:]]
        assert names in (["attempt"] * tries + ["answer"] for tries in range(3)) or names == ["attempt"] * 3
        assert [deed.at for deed in deeds] == sorted(deed.at for deed in deeds)


def test_callback_by_phone_keeps_to_the_hours_of_calling():
    calls = [d for n in range(300) for d in lives.ask(SENT, Random(n)) if d.data.get("way") == "phone"]
    hours = {deed.at.hour for deed in calls}
    assert hours <= {9, 10, 11, 14, 15, 16, 17, 18, 19}


def test_callback_of_a_citizen_without_a_number_is_only_by_the_link():
    names = {d.name for n in range(200) for d in lives.ask(SENT, Random(n), callable_=False)}
    assert names == {"open", "answer"}
