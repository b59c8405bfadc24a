"""Every read of personal data leaves a line with its purpose."""

from __future__ import annotations

import pytest

from jieban.accounts import actions
from jieban.accounts.actor import Role
from jieban.accounts.models import Reading
from jieban.core.errors import BadInput
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_reading_is_written_down_with_its_purpose(city):
    clerk = factories.an_actor(Role.CLERK, city.street)
    actions.log_reading(by=clerk, subject="JB-1", what="phone", purpose=" 约上门时间 ", at=factories.AT)
    [line] = Reading.objects.values("person", "post", "at", "subject", "what", "purpose")
    assert line == {
        "person": clerk.person_id, "post": clerk.post_id, "at": factories.AT,
        "subject": "JB-1", "what": "phone", "purpose": "约上门时间",
    }  # fmt: skip


@pytest.mark.parametrize("purpose", ["", "   ", "看看"])
def test_without_a_purpose_nothing_is_read(city, purpose):
    clerk = factories.an_actor(Role.CLERK, city.street)
    with pytest.raises(BadInput, match="至少四个字"):
        actions.log_reading(by=clerk, subject="JB-1", what="phone", purpose=purpose, at=factories.AT)
    assert Reading.objects.count() == 0


def test_a_rule_reads_no_personal_data(city):
    with pytest.raises(BadInput):
        actions.log_reading(
            by=factories.an_actor(Role.RULE), subject="JB-1", what="phone", purpose="约上门时间", at=factories.AT
        )
