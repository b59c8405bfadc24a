"""A lake for reports: a town whose days are written in a few words, so that every sentence can be worked out."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from jieban.analytics.document import Chart, Document, Paragraph, Table
from jieban.analytics.lake import Lake
from tests.analytics import ten

MATTERS = {"heat": "1401", "trade": "0201", "rooms": "0302"}
STREETS = {"chaowai": ("110105", "110105002"), "changyang": ("110111", "110111103")}

Row = dict[str, Any]


class Town:
    """What came in, what units did about it and what citizens said, added day by day."""

    def __init__(self) -> None:
        self.facts: dict[str, list[Row]] = defaultdict(list)
        self.next = 0

    def asked(
        self, day: str, n: int, matter: str, *, street: str = "chaowai", place: str | None = None, callers: int = 0,
        sent: bool = True, firm: bool = False, urgency: str = "7d", back: bool | None = None, right: bool | None = None,
    ) -> Town:  # fmt: skip
        """So many contacts of a day about a matter, from `callers` numbers (one each without)."""
        for turn in range(n):
            self.next += 1
            caller = 9_000_000 + turn % callers if callers else self.next
            common = self._common(day, matter, street) | {
                "id": self.next, "hour": 9, "channel": "phone", "kind": "help", "firm": firm, "caller": caller,
            }  # fmt: skip
            self.facts["contacts"].append(common | {"outcome": "dispatched" if sent else "answered"})
            if sent:
                self.facts["orders"].append(
                    common | {
                        "place": place, "urgency": urgency, "state": "handling", "rounds": 1, "sendings": 1,
                        "right_first": right, "came_back": back, "excluded": False,
                    }
                )  # fmt: skip
        return self

    def worked(self, day: str, n: int, matter: str, unit: str, *, late: int = 0) -> Town:
        """So many assignments of a unit, of which the first `late` are open past their due."""
        for turn in range(n):
            self.next += 1
            over = turn < late
            self.facts["assignments"].append(
                self._common(day, matter, "chaowai") | {
                    "id": self.next, "order": self.next, "unit": unit, "section": None, "role": "lead", "round": 1,
                    "urgency": "7d", "result": "open" if over else "completed", "sign_on_time": True,
                    "respond_on_time": True, "complete_on_time": not over,
                }
            )  # fmt: skip
        return self

    def said(self, day: str, n: int, matter: str, unit: str, *, solved: int) -> Town:
        """So many answers about a unit, of which the first `solved` say 解决; all are reached, half of them pleased."""
        for turn in range(n):
            self.next += 1
            self.facts["answers"].append(
                self._common(day, matter, "chaowai") | {
                    "id": self.next, "order": self.next, "assignment": self.next, "unit": unit, "role": "lead",
                    "round": 1, "last": True, "way": "phone", "reached": True, "contacted": True, "in_time": True,
                    "solved": "yes" if turn < solved else "no", "satisfied": "yes" if turn * 2 < n else "no",
                    "dual": False, "regraded": False, "excluded": False,
                }
            )  # fmt: skip
        return self

    def lay(self, folder: Path) -> Lake:
        """The lake of it, with the names of the ten-row lake."""
        lake = Lake(folder)
        with lake.change() as change:
            for name, rows in self.facts.items():
                months: dict[int, list[Row]] = defaultdict(list)
                for row in rows:
                    months[row["month"]].append(row)
                for month, filed in months.items():
                    change.write(name, month, ten.arrow(name, filed))
            for name in ("categories", "units", "channels", "places"):
                change.write(name, None, ten.arrow(name, ten.tables()[name]))
        return lake

    def _common(self, day: str, matter: str, street: str) -> Row:
        on, code = date.fromisoformat(day), MATTERS[matter]
        district, here = STREETS[street]
        return {
            "day": on, "month": on.year * 100 + on.month, "category1": code[:2], "category2": code, "category": code,
            "district": district, "street": here,
        }  # fmt: skip


def texts(document: Document) -> list[str]:
    """The running text of a report, in its order."""
    return [part.text for part in document.parts if isinstance(part, Paragraph)]


def headings(document: Document) -> list[str]:
    """Its headings."""
    return [part.text for part in document.parts if not isinstance(part, Paragraph | Table | Chart)]


def table(document: Document, key: str) -> list[Row]:
    """The rows of one of its tables."""
    tables = [
        part.table if isinstance(part, Chart) else part
        for part in document.parts
        if hasattr(part, "key") or isinstance(part, Chart)
    ]
    return list(next(one for one in tables if isinstance(one, Table) and one.key == key).rows)
