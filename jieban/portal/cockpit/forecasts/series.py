"""One category in one place: its months so far, what is expected with intervals, and last year's month beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from jieban.analytics.forecasts import months, seeing
from jieban.portal.access import staff
from jieban.portal.cockpit.forecasts import asked
from jieban.portal.cockpit.forecasts.asked import READERS, Asked

Row = dict[str, Any]


@staff(*READERS)
def forecasts(request: HttpRequest) -> HttpResponse:
    """The forecast of a category in a place, and of all categories of the place in one list."""
    said, chosen = asked.of(request), ""
    chosen = asked.category(request, said.pack)
    values: dict[str, Any] = {
        "here": "forecasts",
        "said": said, "category": chosen, "categories": said.pack.children(""), "made_at": asked.made_at(said.made),
        "all": seeing.whole(said.actor), "least": months.least(len(said.made.ahead) or months.STEPS),
        "enough": months.ENOUGH, "known": len(said.made.months),
    }  # fmt: skip
    if said.places and said.made.months:
        values |= _found(said, chosen)
    return render(request, "forecasts/series.html", values)


def _found(said: Asked, chosen: str) -> dict[str, Any]:
    here = said.rows("series", district=said.district, street=said.street)
    row = next((one for one in here if one["category"] == chosen), None)
    values: dict[str, Any] = {"row": row, "list": [_line(said, one) for one in here if one["category"]]}
    if row and row["status"] == months.OK:
        values |= {"lines": _lines(said, row), "chart": _chart(said, row), "parts": _parts(said, row)}
    return values


def _lines(said: Asked, row: Row) -> list[Row]:
    """The months ahead as lines of a table."""
    return [
        {"month": asked.month(code), "last": _last_year(said, row, code), "used": row[row["better"]][step],
         **{key: row[key][step] for key in row if isinstance(row[key], list) and len(row[key]) == len(said.made.ahead)
            and key != "history"}}
        for step, code in enumerate(said.made.ahead)
    ]  # fmt: skip


def _last_year(said: Asked, row: Row, code: int) -> float | None:
    known = dict(zip(said.made.months, row["history"], strict=True))
    return known.get(code - 100)


def _line(said: Asked, row: Row) -> Row:
    """One category of the place in the list: the last month, the next one, and which forecast was better."""
    ok = row["status"] == months.OK
    side = row["better"]
    return {
        "code": row["category"], "name": _name(said, row["category"]), "status": row["status"], "better": side,
        "before": row["history"][-1], "next": row[side][0] if ok else None,
        "low": row[f"{side}_low80"][0] if ok else None, "high": row[f"{side}_high80"][0] if ok else None,
        "mase": row[f"{side}_mase"] if ok else None,
    }  # fmt: skip


def _name(said: Asked, code: str) -> str:
    found = said.pack.categories.get(code)
    return found.name if found else code


def _parts(said: Asked, row: Row) -> Row | None:
    """How far the sum of the parts (districts, or streets of a district) is from the whole, next month."""
    if said.street:
        return None
    everywhere = said.rows("series", category=row["category"])
    inside = [one for one in everywhere if _is_part(one, said.district)]
    if not inside:
        return None
    total = sum(one[one["better"]][0] for one in inside if one["status"] == months.OK)
    whole = row[row["better"]][0]
    left = sum(one["status"] != months.OK for one in inside)
    return {"count": len(inside) - left, "left": left, "sum": total, "off": total / whole - 1 if whole else None}


def _is_part(row: Row, district: str) -> bool:
    if district:
        return bool(row["district"] == district and row["street"])
    return bool(row["district"] and not row["street"])


def _chart(said: Asked, row: Row) -> Row:
    """What forecast.js draws: labels, counts so far, and the two forecasts behind them."""
    names = [date_format(asked.month(code), "Y-m") for code in (*said.made.months, *said.made.ahead)]
    return {
        "names": names, "history": row["history"], "better": row["better"],
        "words": {"history": _("已来"), "model": _("模型预测"), "naive": _("去年同月"), "b80": _("80% 区间"),
                  "b95": _("95% 区间"), "unit": _("件")},
        **{key: row[key] for key in ("model", "naive", "model_low80", "model_high80", "model_low95", "model_high95",
                                     "naive_low80", "naive_high80", "naive_low95", "naive_high95")},
    }  # fmt: skip
