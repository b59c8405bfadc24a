"""Publishing tells the units of their letters, and those who took part how the shared orders ended; once."""

from __future__ import annotations

import shutil

import pytest

from jieban.appraisal import freezing, store
from jieban.core.errors import BadInput, Conflict
from jieban.orders.models import Message
from tests import factories
from tests.appraisal.publication import kept

LINES = ["u1 yes yes order=1", "dep yes yes order=1 role=assist", "u1 no no order=2", "u2 yes yes order=3"]


def told(topic: str) -> list[str]:
    """The units that a notice went to."""
    rows = Message.objects.filter(topic=topic, way="desk").order_by("unit__code")
    return [row.unit.code for row in rows if row.unit]


def test_units_hear_of_letters_and_partners_of_shared_orders(city):
    kept.units()
    result = kept.put("2026-10", *LINES, published_at=None)
    supervisor = factories.an_actor("supervisor")
    freezing.publish(result, by=supervisor, at=kept.AT)
    assert told("cycle_published") == ["d1", "dep", "u1", "u2"]
    assert told("cycle_copied") == ["dep"]
    body = {"cycle": "2026-10", "version": 1, "result": result.pk}
    assert Message.objects.get(topic="cycle_copied").body == body
    with pytest.raises(Conflict):
        freezing.publish(result, by=supervisor, at=kept.AT)
    assert told("cycle_copied") == ["dep"]


def test_a_result_whose_facts_are_gone_is_not_published(city):
    kept.units()
    result = kept.put("2026-10", *LINES, published_at=None)
    shutil.rmtree(store.folder("2026-10", 1))
    with pytest.raises(BadInput, match="事实文件不在了"):
        freezing.publish(result, by=factories.an_actor("supervisor"), at=kept.AT)
    result.refresh_from_db()
    assert (result.published_at, told("cycle_published")) == (None, [])
