"""Bring the message catalogues up to date: every string of the templates and the code in, dropped ones out.

    python tools/messages.py           add new strings (untranslated) and drop those no longer used
    python tools/messages.py --check   change nothing; exit 1 and name what has no translation

Django's own `makemessages` needs the system's gettext; this needs only Babel.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from django.template import engines
from django.template.base import Node, Origin, Template, Token
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "jieban" / "locale"
TEMPLATES = ROOT / "jieban" / "portal" / "templates"
KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "gettext_lazy": None, "lazy": None, "ngettext": (1, 2)}
KEYWORDS |= {"pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2)}
Message = str | tuple[str, str]


def messages() -> Iterator[tuple[Message, str, str]]:
    """(message id, where, context) of every translatable string; singular and plural where it has both."""
    for package in ("jieban", "simulation"):
        found = extract_from_dir(str(ROOT / package), [("**.py", "python")], keywords=KEYWORDS)
        for name, line, message, _comments, context in found:
            yield message, f"{package}/{name}:{line}", context or ""
    for path in sorted([*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]):
        yield from ((message, str(path.relative_to(ROOT)), "") for message in _of_template(path))


def _of_template(path: Path) -> Iterator[Message]:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    for node in _nodes(Template(path.read_text(), Origin(str(path)), str(path), engine).nodelist):
        if isinstance(node, TranslateNode) and isinstance(node.filter_expression.var, str):
            yield node.filter_expression.var
        elif isinstance(node, TranslateNode) and getattr(node.filter_expression.var, "literal", None):
            yield node.filter_expression.var.literal.strip("\"'")  # type: ignore[union-attr]
        elif isinstance(node, BlockTranslateNode):
            yield _block(node)


def _nodes(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        for name in (*node.child_nodelists, "nodelist_loop", "nodelist_empty"):
            yield from _nodes(getattr(node, name, None) or [])
        for _condition, branch in getattr(node, "conditions_nodelists", []):
            yield from _nodes(branch)


def _block(node: BlockTranslateNode) -> Message:
    one = _text(node, node.singular)
    return (one, _text(node, node.plural)) if node.plural else one


def _text(node: BlockTranslateNode, tokens: list[Token]) -> str:
    text, _names = node.render_token_list(tokens)
    if not node.trimmed:
        return text
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


def update(language: str) -> Catalog:
    """The catalogue of `language` with exactly the strings now in use, old translations kept."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    old = read_po(path.open("rb"), locale=language) if path.exists() else Catalog(locale=language)
    new = Catalog(locale=language, project="jieban", version="", charset="utf-8", fuzzy=False)
    for message, place, context in sorted(set(messages()), key=str):
        one = message if isinstance(message, str) else message[0]
        if one.strip():
            where = [(place.partition(":")[0], None)]
            new.add(message, _known(old, message, one, context), locations=where, context=context or None)  # type: ignore[arg-type]
    return new


def _known(old: Catalog, message: Message, one: str, context: str) -> Message:
    """The old translation, if it has as many forms as the message."""
    found = old.get(one, context or None)
    fits = found is not None and isinstance(found.string, str) == isinstance(message, str)
    return found.string if found and fits else "" if isinstance(message, str) else ("", "")  # type: ignore[return-value]


def main(check: bool) -> int:
    """Update (or only check) the English catalogue."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    catalog = update("en")
    empty = [m for m in catalog if m.id and not (m.string if isinstance(m.string, str) else all(m.string))]
    if not check:
        path = LOCALE / "en" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            write_po(out, catalog, width=120, sort_output=True, omit_header=False)
        print(f"{len(catalog)} strings, {len(empty)} without English")
        return 0
    for message in empty:
        print(f"no English: {message.id!r} ({message.locations[0][0] if message.locations else '?'})")
    return 1 if empty else 0


if __name__ == "__main__":
    raise SystemExit(main("--check" in sys.argv))
