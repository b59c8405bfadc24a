"""What is proposed, and to whom."""

from __future__ import annotations

import pytest

from jieban.analytics.periodic import proposals
from jieban.analytics.periodic.compare import Unusual

HEAT = Unusual("集中供热", 36, 12.0, 10, 14, 8)


@pytest.mark.parametrize(
    ("handler", "everything", "said"),
    [
        (("市热力集团", 20, 20), True, "请承办最多的市热力集团查明原因，把答复口径及时给到坐席。"),
        (("市热力集团", 7, 20), True, "请承办最多的市热力集团（20 件承办中占 7 件）查明原因，把答复口径及时给到坐席。"),
        (("市热力集团", 6, 20), True, "请行业主管部门牵头查明原因，统一答复口径，及时给到坐席。"),
        (None, True, "请行业主管部门看看是不是政策说得不够清楚，把答复口径补进知识库。"),
        (None, False, "请会同主管部门查明原因，该说明的向居民说明。"),
    ],
)
def test_who_is_asked_why_depends_on_who_holds_the_work(handler, everything, said):
    text = proposals._rise(HEAT, handler, everything)
    head, _, rest = text.partition("：")
    assert head.split("，")[:2] == ["集中供热 36 件", "平常 12 件左右"]
    assert rest == said
