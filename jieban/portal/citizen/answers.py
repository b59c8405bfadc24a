"""From the four questions on a citizen's page to what callback records, and what is said afterwards."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jieban.callback import rules
from jieban.city.terms import Callbacks
from jieban.orders.models import Order
from jieban.portal.citizen.forms import AnswerForm


def said(form: AnswerForm) -> rules.Said:
    """The answers of a valid form."""
    told = form.cleaned_data
    return rules.Said(
        told["contacted"] == "yes", told["solved"], told["satisfied"], told["attitude"], told["said"].strip()
    )


def thanks(followed: str) -> str:
    """What follows from the answers, in a sentence."""
    if followed == rules.REWORK:
        return _("记下了。您说没办好，已经让单位接着办，新的时限写在下面。")
    return _("记下了。这件事到此办完。")


def rework_pairs(order: Order, terms: Callbacks) -> str:
    """The pairs of answers (solved-satisfied) after which the units go on working, parted by blanks."""
    return " ".join("-".join(pair) for pair in rules.again_after(order.round, terms))
