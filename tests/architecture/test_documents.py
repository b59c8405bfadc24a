"""The documents say what the code does: states, commands, settings, words, decisions."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from jieban.orders import lifecycle

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    """tools/pages.py, which makes pages from the code."""
    spec = importlib.util.spec_from_file_location("pages", ROOT / "tools" / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["states.md", "commands.md", "lake.md"])
def test_pages_made_from_the_code_are_up_to_date(pages, name):
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == pages.PAGES[name](), "Run: python tools/pages.py"


def test_every_state_and_move_is_documented():
    text = (DOCS / "states.md").read_text(encoding="utf-8")
    words = {
        *lifecycle.ORDER_LABELS,
        *lifecycle.ASSIGNMENT_LABELS,
        *lifecycle.ORDER_MOVES,
        *lifecycle.ASSIGNMENT_MOVES,
    } - {""}
    assert {word for word in words if f"`{word}`" not in text} == set()


READ = re.compile(r"(?:\benv\.\w+\(|environ(?:\.get\(|\[)|getenv\()\s*\"([A-Z][A-Z_]+)\"")
# Set by Python, Django or the machine itself, not by whoever runs Jieban.
NOT_OURS = {"CI", "DJANGO_ALLOW_ASYNC_UNSAFE", "DJANGO_SETTINGS_MODULE", "HOME", "PATH", "PYTEST_XDIST_WORKER"}


def settings_read() -> set[str]:
    """Every environment variable that the code asks for."""
    folders = ("config", "jieban", "simulation", "tools", "tests", "bench")
    files = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return {name for file in files for name in READ.findall(file.read_text(encoding="utf-8"))} - NOT_OURS


def test_every_setting_is_documented_and_nothing_else():
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.M)) == settings_read()


def glossary() -> list[tuple[str, str]]:
    """The rows of the glossary: Chinese terms and identifier."""
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    return re.findall(r"^\| ([^|`]+?) \| `([a-z0-9_]+)` \|", text, re.M)


def test_the_glossary_ties_each_term_to_one_name():
    rows = glossary()
    terms = [term.strip() for chinese, _ in rows for term in chinese.split("/")]
    identifiers = [identifier for _, identifier in rows]
    assert len(rows) > 80
    assert sorted(terms) == sorted(set(terms))
    assert sorted(identifiers) == sorted(set(identifiers))


def test_decisions_are_numbered_and_say_what_they_cost():
    files = sorted((DOCS / "adr").glob("*.md"))
    numbers = [int(file.name[:4]) for file in files]
    assert numbers[:7] == [1, 2, 3, 4, 5, 6, 7]
    assert sorted(set(numbers)) == numbers
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert [line for line in text.splitlines() if line.startswith("## ")] == [
            "## Context",
            "## Decision",
            "## Cost",
        ], file.name
        assert len(text.split()) < 700, f"{file.name}: one page"


LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "cities").rglob("*.md")])


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file):
    links = LINK.findall(file.read_text(encoding="utf-8"))
    assert [link for link in links if not (file.parent / link).exists()] == []
