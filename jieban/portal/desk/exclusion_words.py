"""Words for where a request to be left out of scoring stands, and for its steps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from jieban.appraisal import exclusion_rules as rules
from jieban.portal.words import Word

STAGES: dict[str, Word] = {
    rules.ASKED: lazy("等审核"),
    rules.GRANTED: lazy("已剔除"),
    rules.REFUSED: lazy("不剔除"),
    rules.APPEALED: lazy("等第二人复核"),
    rules.WITHDRAWN: lazy("已撤回"),
}
STEPS: dict[str, Word] = {
    "ask": lazy("申请剔除"),
    "grant": lazy("同意剔除"),
    "refuse": lazy("不同意剔除"),
    "appeal": lazy("提出复核"),
    "uphold": lazy("复核：改过来"),
    "reject": lazy("复核：维持"),
    "withdraw": lazy("撤回"),
}
