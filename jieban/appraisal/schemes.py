"""Which schemes of appraisal there are: those of the city pack, and those that were published here.

Whoever needs a scheme or the cycles of schemes asks `known`. A published text that begins on the same day as a scheme
of the pack stands in its place (`overruled` names those of the pack).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from jieban.appraisal.scheme_models import PUBLISHED, SchemeText
from jieban.city import schemes
from jieban.city.pack import Pack
from jieban.city.schemes import Scheme
from jieban.core.errors import BadInput


def known(pack: Pack) -> list[Scheme]:
    """All schemes that hold or will, by their first day. One query."""
    return together(pack.schemes, published())


def published() -> list[Scheme]:
    """The texts that were published here, by their first day."""
    texts = SchemeText.objects.filter(state=PUBLISHED).order_by("valid_from").values_list("text", flat=True)
    return [_read(text) for text in texts]


def in_force(day: date, pack: Pack) -> Scheme:
    """The scheme that a cycle beginning on this day is counted by. BadInput where there is none."""
    found = schemes.at(known(pack), day)
    if found is None:
        raise BadInput(f"{day} 没有生效的考评方案。请在城市规则包的 schemes/ 下放一份，或在页面上发布一份。")
    return found


def together(of_pack: Iterable[Scheme], of_house: Iterable[Scheme]) -> list[Scheme]:
    """Both by their first day; where two begin on one day, the one that was published here."""
    days = {scheme.model.first: scheme for scheme in (*of_pack, *of_house)}
    return [days[day] for day in sorted(days)]


def overruled(of_pack: Iterable[Scheme], of_house: Iterable[Scheme]) -> list[Scheme]:
    """Those of the pack in whose place a published one stands."""
    days = {scheme.model.first for scheme in of_house}
    return [scheme for scheme in of_pack if scheme.model.first in days]


@lru_cache(maxsize=64)
def _read(text: str) -> Scheme:
    """A published text. It was checked when it was published, against the city's codes of that day."""
    return schemes.read(text)
