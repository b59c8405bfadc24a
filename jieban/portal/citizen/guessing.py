"""What a text being typed looks like: the category to confirm, and whether an emergency line comes first.

The same rules and classifiers as when it is filed; nothing is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jieban.city.queries import Loaded
from jieban.intake import routing
from jieban.intake import rules as intake
from jieban.portal import sorting
from jieban.portal.citizen.forms import CHANNEL, SOURCE

# Fewer characters than this say too little to guess from.
_ENOUGH = 6
# A guess asks a person, who says yes or no; so it may be less sure than what acts by itself.
_WORTH_ASKING = 0.35


@dataclass(frozen=True, slots=True)
class Guess:
    """A category with its name and the names above it (empty: no guess), and the route if it is an emergency."""

    code: str = ""
    name: str = ""
    path: str = ""
    alarm: routing.Route | None = None

    def values(self, answer: object = "") -> dict[str, Any]:
        """What the fragment shows; `answer` is what the citizen has said to the guess so far."""
        shown = {"code": self.code, "name": self.name, "path": self.path, "answer": answer} if self.code else None
        return {"guessed": shown, "alarm": self.alarm}


NOTHING = Guess()


def guess(text: str, address: str, loaded: Loaded) -> Guess:
    """What the text looks like; nothing where it is short or the model can hardly tell."""
    content = intake.clean_text(text)
    if len(content) < _ENOUGH:
        return NOTHING
    route = routing.route(content, pack=loaded.pack)
    alarm = route if route.kind == "emergency" and route.certain else None
    filing = intake.cleaned(intake.Filing(channel=CHANNEL, source=SOURCE, content=content, address=address))
    found = sorting.suggest([filing], loaded)[0].get("category") or {}
    code = str(found.get("value") or "")
    if code not in loaded.pack.categories or found.get("probability", 0) < _WORTH_ASKING:
        return Guess(alarm=alarm)
    *above, own = loaded.pack.category_path(code)
    return Guess(code, own.name, " › ".join(node.name for node in above), alarm)
