"""What the seat's form amounts to while the agent is still typing."""

from __future__ import annotations

from django.http import QueryDict

from jieban.portal.desk import draft as drafts
from tests.factories import AT

FIRST = {"content": "A pothole at Weaver Court.", "title": "", "touched": ""}


def form(**given: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({**FIRST, **given})
    return data


def test_made_title_follows_the_words(toy) -> None:
    before = drafts.context(form(), AT)
    after = drafts.context(form(title=before["title"], content="A burst pipe in Mill Parish."), AT)
    assert (before["title"], after["title"]) == ("A pothole at Weaver Court.", "A burst pipe in Mill Parish.")
    assert (before["category"], after["category"]) == ("0101", "0102")


def test_written_title_stays(toy) -> None:
    shown = drafts.context(form(title="Hole", touched="title", content="A burst pipe in Mill Parish."), AT)
    assert shown["title"] == "Hole"


def test_nothing_below_the_confidence_of_the_city_is_filled_in(toy) -> None:
    shown = drafts.context(form(content="There may be a leak."), AT)
    said = shown["said"]["category"]
    assert (shown["category"], shown["unsure"] >= {"category"}, said["value"]) == ("", True, "0102")
    assert said["probability"] < toy.pack.settings.confidence_category
    assert [other["words"] for other in shown["alternatives"]] == ["Streets › Leaks"]


def test_feared_danger_does_not_preset_the_urgency(toy) -> None:
    feared = drafts.context(form(content="A pothole at Weaver Court. 担心有人触电。"), AT)
    burning = drafts.context(form(content="A pothole at Weaver Court. 有人触电。"), AT)
    assert (feared["urgency"], burning["urgency"]) == ("7d", "2h")
