"""Finding by a few letters: units to send to, places, and the words behind an order's number or a caller's."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jieban.city.pack import UnitSpec
from jieban.city.queries import Loaded
from jieban.core import crypto, numbers
from jieban.core.errors import BadInput
from jieban.intake.rules import clean_phone
from jieban.orders.models import Order

# Work is handed down inside a unit, never dispatched straight to a section or community.
_NEVER_SENT_TO = ("office", "community", "city_centre", "city_bureau", "party_discipline")
# The last figures of a number are looked up among this many of the newest orders: they are sealed one by one.
_TAILS = 3000
# What stands between the parts of a category's path, and between a place and where it lies.
PATH, SPOT = " › ", " · "
_NAMESAKES = 60


def units(query: str, loaded: Loaded, *, at: datetime, limit: int = 12, every: bool = False) -> list[tuple[str, str]]:
    """Units an order may go to (or `every` unit) whose name holds the query, as (code, label), the best first."""
    wanted = query.strip()
    if not wanted:
        return []
    found = [
        (not any(name.startswith(wanted) for name in unit.names), len(unit.name), unit)
        for unit in loaded.pack.units.values()
        if (every or unit.kind not in _NEVER_SENT_TO)
        and unit.valid(at.date())
        and any(wanted in name for name in unit.names)
    ]
    best = sorted(found, key=lambda item: (item[0], item[1], item[2].code))[:limit]
    return [(unit.code, label(unit, loaded)) for _rank, _length, unit in best]


def label(unit: UnitSpec, loaded: Loaded) -> str:
    """The unit's name, with its district where several units go by it."""
    if len(loaded.pack.named(unit.name)) < 2 or unit.district not in loaded.pack.units:
        return unit.name
    return f"{unit.name}（{loaded.pack.units[unit.district].short}）"


def unit_code(text: str, loaded: Loaded) -> str:
    """The code of the unit that was typed or picked. BadInput where nobody, or several, go by that name."""
    typed = text.strip()
    if typed in loaded.pack.units:
        return typed
    name, _open, district = typed.removesuffix("）").partition("（")
    named = [loaded.pack.units[code] for code in loaded.pack.named(name)]
    fitting = [u for u in named if not district or loaded.pack.units[u.district].short == district]
    if not fitting:
        raise BadInput(_("没有叫“%s”的单位。请打几个字，从列出的里面选。") % typed)
    if len(fitting) > 1:
        raise BadInput(
            _("有 %(count)d 个单位叫“%(name)s”，请从列出的里面选带区名的。") % {"count": len(fitting), "name": name}
        )
    return fitting[0].code


def unit_codes(text: str, loaded: Loaded) -> list[str]:
    """The codes of several units, their names apart by 、 or a comma, each as in `unit_code`."""
    names = text.replace("，", "、").replace(",", "、").split("、")
    return [unit_code(name, loaded) for name in names if name.strip()]


def categories(query: str, loaded: Loaded, limit: int = 12) -> list[str]:
    """Categories whose name or words hold the query, each as its path in words, those named so first."""
    wanted = query.strip().rpartition(PATH)[2].strip()
    if not wanted:
        return []
    nodes = [n for n in loaded.pack.categories.values() if wanted in n.name or any(wanted in w for w in n.keywords)]
    nodes.sort(key=lambda n: (wanted not in n.name, not n.name.startswith(wanted), n.code))
    return [path(node.code, loaded) for node in nodes[:limit]]


def path(code: str, loaded: Loaded) -> str:
    """A category as its path in words, empty where there is none."""
    known = loaded.pack.category_path(code) if code in loaded.pack.categories else ()
    return PATH.join(node.name for node in known)


def category_code(text: str, loaded: Loaded) -> str:
    """The code of the category that was typed or picked, empty for no text. BadInput where none or several fit."""
    typed = text.strip()
    if not typed or typed in loaded.pack.categories:
        return typed
    fitting = [code for code, node in loaded.pack.categories.items() if typed in (path(code, loaded), node.name)]
    if len(fitting) != 1:
        raise BadInput(_("分类里没有“%s”，或者不止一个。请打几个字，从列出的里面选。") % typed)
    return fitting[0]


def place_code(text: str, loaded: Loaded) -> str:
    """The code of the place that was typed or picked, empty for no text. BadInput where none or several fit."""
    typed = text.strip()
    if not typed or typed in loaded.places or typed in loaded.pack.units:
        return typed
    picks = loaded.gazetteer.search(typed.rpartition(SPOT)[2], _NAMESAKES)
    fitting = {pick.code for pick in picks if typed in (pick.label, pick.name)}
    if len(fitting) != 1:
        raise BadInput(_("地点里没有“%s”，或者不止一个。请打几个字，从列出的里面选。") % typed)
    return fitting.pop()


def orders(seen: QuerySet[Order], query: str) -> QuerySet[Order]:
    """Those of the orders that are meant: a number or its end, a whole phone number or its last four, or words."""
    typed = query.strip()
    digits = "".join(c for c in typed if c.isdigit())
    if not typed:
        return seen
    if (exact := _number(typed)) is not None:
        return seen.filter(number=exact)
    if digits == typed.replace("-", "").replace(" ", "") and len(digits) >= 7:
        phone = crypto.index(clean_phone(typed))
        return seen.filter(Q(contact__phone_index=phone) | Q(number__contains=typed))
    if digits == typed and len(digits) == 4:
        return seen.filter(Q(pk__in=_by_tail(seen, digits)) | Q(number__contains=f"{digits}-"))
    return seen.filter(Q(number__contains=typed) | Q(title__icontains=typed) | Q(address__icontains=typed))


def _number(typed: str) -> str | None:
    try:
        return numbers.read(typed)
    except BadInput:
        return None


def _by_tail(seen: QuerySet[Order], digits: str) -> list[int]:
    newest = seen.exclude(contact__phone=b"").order_by("-received_at").values_list("pk", "contact__phone")[:_TAILS]
    return [pk for pk, phone in newest if crypto.unseal(phone).endswith(digits)]
