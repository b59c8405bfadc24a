"""What is frozen stays as it is; reads find the newest and the published version."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from jieban.appraisal import results
from jieban.appraisal.result_models import PUBLISHED, CycleResult
from jieban.core.errors import NotAllowed
from tests.appraisal import frozen, small
from tests.factories import AT

CASES = small.cases("u1 yes yes", "u1 no no", "u2 yes mostly", "u2 yes yes", "u3 no no")

pytestmark = pytest.mark.django_db


def test_a_result_is_read_by_version_board_and_unit():
    first = frozen.result(CASES, published_at=AT)
    second = frozen.result(CASES[:-1], replaces=first, note="u3 的答案属于上一期")
    assert results.versions("2026-11") == [first, second]
    assert (results.latest("2026-11"), results.published("2026-11")) == (second, first)
    assert (results.latest("2026-10"), results.published("2026-10"), results.versions("2026-10")) == (None, None, [])
    assert results.published_cycles() == ["2026-11"]
    assert [one["unit"] for one in results.rows(first, "streets")] == ["u2", "u1", "u3"]
    assert [one["unit"] for one in results.rows(second, "streets")] == ["u2", "u1"]
    assert results.rows(first, "platforms") == []
    found = results.row(first, "streets", "u2")
    assert found is not None
    assert (found["rank"], found["composite"]["score"]) == (1, "95.555556")
    assert results.row(second, "streets", "u3") is None


def test_nothing_of_a_frozen_result_can_be_changed_or_removed():
    kept = frozen.result(CASES)
    kept.note = "changed"
    for change in (
        kept.save,
        kept.delete,
        lambda: kept.save(update_fields=["note"]),
        lambda: CycleResult.objects.update(note="changed"),
        lambda: CycleResult.objects.all().delete(),
        lambda: CycleResult.objects.filter(cycle="2026-11").update(result="{}"),
    ):
        with pytest.raises(NotAllowed, match="不能改、不能删"):
            change()
    assert CycleResult.objects.get().note == ""


def test_a_result_is_published_once():
    kept = frozen.result(CASES)
    kept.published_at, kept.published_by = AT, kept.frozen_by
    kept.save(update_fields=PUBLISHED)
    assert results.published("2026-11") == kept
    with pytest.raises(NotAllowed):
        kept.save(update_fields=PUBLISHED)


def test_a_version_is_unique_and_a_later_one_says_why():
    first = frozen.result(CASES)
    for wrong in ({"replaces": first, "note": ""}, {"note": "again"}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            frozen.result(CASES, **wrong)
    assert CycleResult.objects.count() == 1
