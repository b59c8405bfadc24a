"""Signs of gaming in words: what was counted, what is usual, and how likely it is by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.appraisal import integrity_rules as rules
from jieban.appraisal.integrity_models import SignLook, UnitSign
from jieban.portal.words import Word

NAMES: dict[str, Word] = {
    rules.SOON: lazy("单位联系后马上作答"),
    rules.NUMBER: lazy("同一号码替多件作答"),
    rules.UNSHOWN: lazy("说好但没有照片"),
    rules.LEFT_OUT: lazy("剔除和终结办理偏多"),
    rules.UNREACHED: lazy("联系不上偏多"),
    rules.REGRADED: lazy("回访前改过分类或时限"),
}
_SAID: dict[str, Word] = {
    rules.SOON: lazy("本期有 %(got)d 件在单位联系市民后 %(minutes)d 分钟内作答"),
    rules.NUMBER: lazy("本期有 %(got)d 件满意的回答来自少数号码，每个号码就 %(matters)d 类以上的事都答了满意"),
    rules.UNSHOWN: lazy("本期有 %(got)d 件说解决了或满意，但要留的现场照片没有"),
    rules.LEFT_OUT: lazy("本期有 %(got)d 件被剔除或终结办理，不计分"),
    rules.UNREACHED: lazy("本期有 %(got)d 件回访没联系上市民"),
    rules.REGRADED: lazy("本期有 %(got)d 件在单位签收以后、回访以前改了分类或时限"),
}
FINDINGS: dict[str, Word] = {
    "explained": lazy("有正当原因"),
    "unexplained": lazy("说不清原因"),
    "investigate": lazy("需要调查"),
}
# Further out the tail is only what the model says; nobody has seen so many months.
_RAREST = 1_000_000


@dataclass(frozen=True, slots=True)
class Told:
    """A sign as a page shows it, with what people said of it so far."""

    sign: UnitSign
    name: Word
    sentence: str
    looks: Sequence[SignLook]

    @property
    def finding(self) -> Word:
        """What the last look said; empty before the first."""
        return FINDINGS[self.looks[-1].finding] if self.looks else ""

    @property
    def seconded(self) -> bool:
        """Whether a second person has looked."""
        return len(self.looks) > 1


def told(sign: UnitSign, looks: Sequence[SignLook]) -> Told:
    """A sign and its looks in words."""
    return Told(sign, NAMES[sign.sign], sentence(sign), looks)


def sentence(sign: UnitSign) -> str:
    """What was found, in one sentence."""
    counted = str(_SAID[sign.sign]) % {"got": sign.got, **sign.search.bounds}
    usual = _("同组同样的 %(of)d 件里通常 %(expected)s 件") % {"of": sign.of, "expected": amount(sign.expected)}
    return f"{counted}{_('，')}{usual}{_('，')}{by_chance(sign.chance)}{_('。')}"


def amount(number: float) -> str:
    """An expected count as people say it."""
    if number < 0.1:
        return _("不到 0.1")
    return f"{number:.1f}" if number < 10 else f"{number:.0f}"


def by_chance(chance: float) -> str:
    """How likely it is by chance alone, to one digit; no finer than anybody could know."""
    once = 1 / chance if chance > 0 else _RAREST
    if once >= _RAREST:
        return _("纯属巧合的可能不到百万分之一")
    size: int = 10 ** (len(str(int(once))) - 1)
    return _("纯属巧合的可能约 1/%d") % (int(once / size) * size)
