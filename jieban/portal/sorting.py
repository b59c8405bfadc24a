"""From a filing to the order's columns: what triage suggests, what a person chose, and where the place lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jieban.city.queries import Loaded
from jieban.intake.rules import Filing
from jieban.triage import actions as triage
from jieban.triage import placing, urgency
from jieban.triage.texts import Text

Suggested = dict[str, Any]
# From which probability on words make a matter urgent by themselves.
URGENT = 0.5


def suggest(filings: Sequence[Filing], loaded: Loaded) -> list[Suggested]:
    """Suggestions for each filing: field → {value, probability, words, model, alternatives}. Asks no database."""
    texts = [Text(filing.title, filing.content) for filing in filings]
    return triage.suggest(texts, typed=[filing.address for filing in filings], loaded=loaded)


def columns(filing: Filing, suggested: Suggested, loaded: Loaded) -> dict[str, Any]:
    """The order's columns: what a person chose, else what is suggested. Nothing suggested is kept of what is sealed."""
    chosen = {field: value for field in triage.FIELDS if (value := getattr(filing, field))}
    return {
        "suggested": {} if filing.confidential else triage.settled(suggested, chosen),
        "kind": filing.kind or _value(suggested, "kind"),
        "category": filing.category or _value(suggested, "category"),
        "urgency": filing.urgency or urgent(suggested),
        **placing.where(filing.place or _value(suggested, "place"), loaded),
    }


def urgent(suggested: Mapping[str, Any]) -> str:
    """The urgency that the words themselves ask for, if they do.

    What the catalogue usually gives a category is left out: dispatch finds the exact line, also after a correction.
    """
    said = suggested.get("urgency") or {}
    sure = said.get("model") == urgency.MODEL and said.get("probability", 0) >= URGENT
    return str(said["value"]) if sure else ""


def _value(suggested: Mapping[str, Any], name: str) -> str:
    return str((suggested.get(name) or {}).get("value") or "")
