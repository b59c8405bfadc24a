"""Template tags of every face: icons, chips, the two marks, clocks as bars, times and phones in words.

Everything drawn carries its meaning as real text; shapes and bars are hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from jieban.accounts.actor import Role
from jieban.core import clock as city_clock
from jieban.orders.lifecycle import A
from jieban.portal import vendor, words
from jieban.portal.clocks import Bar

register = template.Library()

# Small shapes of the state chips, 10 by 10.
_SHAPES = {
    "ring": '<circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "half": '<circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="M5 1.4a3.6 3.6 0 0 1 0 7.2z" fill="currentColor"/>',
    "square": '<rect x="1.2" y="1.2" width="7.6" height="7.6" rx="1.2" fill="currentColor"/>',
    "disc": '<circle cx="5" cy="5" r="4.4" fill="currentColor"/>',
    "bars": '<path d="M2.8 1.5v7M7.2 1.5v7" stroke="currentColor" stroke-width="2"/>',
    "loop": '<path d="M8.4 5a3.4 3.4 0 1 1-1-2.4M8.6.8v2.4H6.2" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "cross": '<path d="M2 2l6 6M8 2l-6 6" stroke="currentColor" stroke-width="1.8"/>',
    "dash": '<path d="M1.5 5h7" stroke="currentColor" stroke-width="2"/>',
    "lines": '<path d="M1.5 3.2h7M1.5 6.8h4.6" stroke="currentColor" stroke-width="1.8"/>',
}
# Faces of the two marks, 16 by 16: the unit's square and the citizen's circle.
_TICK_SQUARE = "M4.6 8.2l2.4 2.4 4.5-4.9"
_TICK_CIRCLE = "M4.8 8.2l2.3 2.3 4.2-4.6"
_DASH = "M5 8h6"
# Something was said about it, and it is not solved: two lines of writing.
_LINES = "M5 6.4h6M5 9.6h3.8"
_CROSS = "M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"


@register.simple_tag
def icon(name: str, large: bool = False) -> SafeString:
    """One icon of the sprite; a name that is not in the list of icons is a mistake of the page."""
    if name not in vendor.ICONS:
        raise template.TemplateSyntaxError(f"The icon {name} is not in jieban.portal.vendor.ICONS.")
    size = "jb-i jb-i-lg" if large else "jb-i"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', size, _sprite(), name)


@register.simple_tag
def urgency(code: str, short: bool = False) -> SafeString:
    """The chip of an urgency: icon, colour and word; `short` leaves the time to the title."""
    level = words.URGENCY.get(code)
    if level is None:
        return mark_safe("") if not code else format_html('<span class="jb-tg">{}</span>', words.limit_words(code))
    text = level.name if short else f"{level.name}·{level.span}"
    title = _("%(name)s，限 %(span)s") % {"name": level.name, "span": level.span}
    return format_html(
        '<span class="jb-lv jb-lv-{}" title="{}">{}{}</span>', level.style, title, icon(level.icon), text
    )


@register.simple_tag
def shape(name: str) -> SafeString:
    """A small shape alone, for the timeline."""
    drawn = mark_safe(_SHAPES[name])  # noqa: S308  our own constant
    return format_html('<svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">{}</svg>', drawn)


@register.simple_tag
def late(text: str) -> SafeString:
    """The solid red chip of lateness: the only solid red there is."""
    return format_html('<span class="jb-lv jb-lv-late">{}{}</span>', icon("alert-triangle"), text)


@register.simple_tag
def state(order: Any, citizen: bool = False) -> SafeString:
    """The state of an order: shape and word, for the staff or for the citizen."""
    return _chip(words.state_face(order.state, order.solved, order.reached), citizen)


@register.simple_tag
def state_of(code: str, citizen: bool = False) -> SafeString:
    """The chip of an order's state by its code alone."""
    return _chip(words.STATES.get(code, words.UNKNOWN), citizen)


@register.simple_tag
def part_state(assignment: Any, citizen: bool = False) -> SafeString:
    """The state of an assignment; one sent again after the citizen said no reads 重办中 until it is signed."""
    if assignment.round > 1 and assignment.state == A.SENT:
        return _chip(words.STATES["rework"], citizen)
    return _chip(words.PART_STATES.get(assignment.state, words.UNKNOWN), citizen)


@register.simple_tag
def unit_mark(done: int, total: int) -> SafeString:
    """The unit's square: 单位未办结, 单位已办结 1/2, 单位已办结."""
    if total and done >= total:
        return _square("yes", _TICK_SQUARE, _("单位已办结"))
    if done:
        return _square("part", _DASH, _("单位已办结 %(done)d/%(total)d") % {"done": done, "total": total})
    return _square("no", "", _("单位未办结"))


@register.simple_tag
def citizen_mark(solved: str = "", reached: bool | None = None, you: bool = False) -> SafeString:
    """The citizen's circle with its six faces; empty until something was said. `you`: in words to the citizen."""
    if solved == "yes":
        return _circle("yes", _TICK_CIRCLE, _("您确认已解决") if you else _("市民确认解决"))
    if solved == "part":
        return _circle("part", _DASH, _("您说部分解决") if you else _("市民：部分解决"))
    if solved == "no":
        return _circle("no", _CROSS, _("您说没解决") if you else _("市民：没解决"))
    if solved == "explained":
        return _circle("part", _LINES, _("您说没解决，但说明了原因") if you else _("市民：没解决，但解释清楚了"))
    waits, lost = (_("等您确认"), _("没联系上您")) if you else (_("等市民确认"), _("联系不上"))
    return _circle("wait", "", lost if reached is False else waits)


@register.inclusion_tag("parts/clock.html")
def clock(bar: Bar) -> dict[str, object]:
    """A clock in full: name and sentence above, bar, moment below."""
    return {"bar": bar}


@register.inclusion_tag("parts/clock_cell.html")
def clock_cell(bar: Bar) -> dict[str, object]:
    """A clock in a table cell: sentence and bar."""
    return {"bar": bar}


@register.inclusion_tag("parts/clock_bar.html")
def clock_bar(bar: Bar) -> dict[str, object]:
    """The bar alone."""
    return {"bar": bar}


@register.inclusion_tag("parts/probability.html")
def probability(share: float | str | None) -> dict[str, object]:
    """A short bar and a percentage (0 to 1); nothing where there is none (an unknown variable is an empty string)."""
    value = None if share in (None, "") else max(0.0, min(1.0, float(share or 0)))
    return {"percent": None if value is None else round(value * 100), "width": None if value is None else value * 36}


@register.simple_tag
def when(at: datetime | None, empty: str = "") -> str:
    """A moment in words: 今天 13:54, 昨天 20:10, 11月28日 09:14."""
    return words.moment(_local(at), _local(city_clock.now())) if at else empty


@register.simple_tag
def day(at: datetime | None) -> str:
    """A day in words: 今天, 11月28日."""
    return words.day_words(_local(at).date(), _local(city_clock.now()).date()) if at else ""


@register.filter
def span(length: timedelta) -> str:
    """A length of time in words."""
    return words.span(length)


@register.filter
def limit(text: str) -> str:
    """A limit string (30min, 2h, 7d) in words."""
    return words.limit_words(text)


@register.filter
def kind(code: str) -> object:
    """The word of a kind of appeal."""
    return words.KINDS.get(code, code)


@register.filter
def part(code: str) -> object:
    """The word of a unit's part: 主办, 协办, 知会."""
    return words.PARTS.get(code, code)


@register.filter
def role(code: str | Role) -> object:
    """The word of a role."""
    return words.ROLES.get(str(code), code)


@register.filter
def masked(phone: str) -> str:
    """A telephone number with its middle hidden."""
    return words.masked(phone)


@register.filter
def tail(number: str) -> str:
    """The last six figures of an order's running number: …018342."""
    parts = number.split("-")
    return f"…{parts[2]}" if len(parts) == 4 else number


@register.filter
def short_hash(value: str) -> str:
    """A hash as four figures, an ellipsis and four figures."""
    return f"{value[:4]}…{value[-4:]}" if len(value) > 8 else value


@register.filter
def split(text: str) -> list[str]:
    """The words of a line."""
    return text.split()


@register.filter
def get(values: Mapping[str, Any], key: str) -> Any:
    """The value under a key that is known only in the template."""
    return values.get(key, "")


@register.filter
def percent(share: float | Fraction | None) -> str:
    """A share as a percentage with one decimal: 96.1."""
    return "–" if share is None else f"{float(share) * 100:.1f}"


@register.filter
def decimals(value: float | Fraction | None, places: int = 1) -> str:
    """A number, also an exact one, with so many decimals; a dash where there is none."""
    return "–" if value is None else f"{float(value):.{places}f}"


@register.filter
def signed(number: float | None, places: int = 1) -> str:
    """A difference with its sign: +0.8, −1.2; a real minus, and no sign before nothing."""
    if number is None:
        return "–"
    text = f"{abs(number):.{places}f}"
    return text if not float(text) else f"{'+' if number > 0 else '−'}{text}"


@register.filter
def number_of(rate: str, scope: str) -> str:
    """The name of a rate's numbers in the appraisal: adjusted_resolution."""
    return f"{scope}_{rate}"


def _chip(face: words.Face, citizen: bool) -> SafeString:
    text = face.citizen if citizen else face.staff
    return format_html('<span class="jb-st jb-st-{}">{}{}</span>', face.tone, shape(face.shape), text)


def _square(tone: str, path: str, text: str) -> SafeString:
    return _mark("u", tone, '<rect x="1.5" y="1.5" width="13" height="13" rx="2.5"/>', path, text)


def _circle(tone: str, path: str, text: str) -> SafeString:
    return _mark("c", tone, '<circle cx="8" cy="8" r="6.75"/>', path, text)


def _mark(whose: str, tone: str, ground: str, path: str, text: str) -> SafeString:
    face = format_html('<path d="{}"/>', path) if path else ""
    return format_html(
        '<span class="jb-mk jb-mk-{} jb-mk-{}">'
        '<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{}{}</svg>{}</span>',
        whose, tone, mark_safe(ground), face, text,  # noqa: S308  our own constant
    )  # fmt: skip


def _local(at: datetime) -> datetime:
    return timezone.localtime(at, city_clock.zone())


def _sprite() -> str:
    return static("vendor/icons.svg")
