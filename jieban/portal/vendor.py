"""Copies the few front-end files the pages ask for out of node_modules, and builds one sprite from the icons they use.

`python -m jieban.portal.vendor` writes them to JIEBAN_HOME/vendor; the site serves them as `static/vendor/…`;
nothing is ever loaded from another host, and no copy of these libraries lies in the repository.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = ROOT / "node_modules"

# Served name → file of a package.
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "LICENSE-icons.txt": "@tabler/icons/LICENSE",
    "LICENSE-htmx.txt": "htmx.org/LICENSE",
    "LICENSE-echarts.txt": "echarts/LICENSE",
}

# Every icon a page may name; the tag `icon` refuses any other.
ICONS = frozenset({
    "adjustments", "alert-triangle", "arrow-back-up", "arrow-forward-up", "arrow-left", "arrow-right",
    "arrows-sort", "bell", "book", "building", "building-community", "calendar-month", "calendar-week", "camera",
    "chart-bar", "check", "chevron-down", "chevron-right", "circle-check", "circle-x", "clipboard-check", "clock",
    "clock-24", "copy", "dots", "download", "edit", "external-link", "eye", "eye-off", "file", "folder", "headset",
    "help", "home", "hourglass", "inbox", "info-circle", "keyboard", "language", "list-details", "lock", "login",
    "logout", "map-2", "map-pin", "menu-2", "message-2", "messages", "microphone", "moon", "notes", "paperclip",
    "phone", "phone-check", "phone-off", "phone-outgoing", "photo", "player-play", "plus", "printer", "qrcode",
    "refresh", "route", "scale", "search", "send", "shield-lock", "speakerphone", "stack-2", "star", "sun",
    "text-size", "trash", "urgent", "user-circle", "users", "x", "alert-circle", "arrows-split", "ban", "bell-ringing",
    "book-2", "briefcase", "building-bank", "building-factory", "building-store", "calendar-event", "clipboard-list",
    "clock-edit", "clock-exclamation", "clock-pause", "clock-plus", "dice", "file-check", "file-text", "flag", "gavel",
    "git-branch", "hand-stop", "heart-handshake", "history", "link", "message-question", "phone-call", "phone-plus",
    "player-pause", "report", "shield", "shield-check", "stairs-up", "template", "trophy", "user-star", "users-group",
    "writing",
})  # fmt: skip

_PATH = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", re.S)


def main() -> int:
    """Write all files; 1 with one clear line when the packages are not installed."""
    target = Path(os.environ.get("JIEBAN_HOME") or ROOT / "var") / "vendor"
    missing = [name for name in (*FILES.values(), *(_icon(i) for i in ICONS)) if not (MODULES / name).is_file()]
    if missing:
        sys.stderr.write(f"{len(missing)} front-end files are missing, {missing[0]} first. Run: npm ci\n")
        return 1
    target.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        shutil.copyfile(MODULES / source, target / name)
    (target / "icons.svg").write_text(sprite(ICONS), encoding="utf-8")
    return 0


def sprite(names: Iterable[str]) -> str:
    """One SVG with a symbol `i-<name>` for each icon, without colours and widths of its own."""
    symbols = "\n".join(f'<symbol id="i-{name}" viewBox="0 0 24 24">{_body(name)}</symbol>' for name in sorted(names))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _body(name: str) -> str:
    shapes = _PATH.findall((MODULES / _icon(name)).read_text(encoding="utf-8"))
    return "".join(" ".join(shape.split()) for shape in shapes if 'stroke="none"' not in shape)


def _icon(name: str) -> str:
    return f"@tabler/icons/icons/outline/{name}.svg"


if __name__ == "__main__":
    raise SystemExit(main())
