"""Templates: nothing inline that the Content-Security-Policy forbids, and every Chinese word through gettext."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted((ROOT / "jieban").rglob("*.html"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\son[a-z]+\s*=|\sstyle\s*=|javascript:", re.IGNORECASE
)
# A language is named in itself, whatever the page is in.
ITSELF = re.compile(r"lang=\"zh-CN\">中文<")

pytestmark = pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))


def outside_of_translations(source: str) -> str:
    """The text of a template that is sent as it stands: no comments, no tags, nothing inside blocktranslate."""
    kept, inside, comment = [], False, False
    for token in Lexer(source).tokenize():
        words = token.contents.split()
        if token.token_type == TokenType.BLOCK and words:
            inside = words[0] in {"blocktranslate", "blocktrans"} or (
                inside and not words[0].startswith("endblocktrans")
            )
            comment = words[0] == "comment" or (comment and words[0] != "endcomment")
        elif token.token_type == TokenType.TEXT and not inside and not comment:
            kept.append(token.contents)
    return ITSELF.sub("", re.sub(r"<!--.*?-->", "", "".join(kept), flags=re.S))


def test_nothing_inline(file):
    assert INLINE.findall(file.read_text(encoding="utf-8")) == []


def test_chinese_goes_through_gettext(file):
    text = outside_of_translations(file.read_text(encoding="utf-8"))
    assert [line.strip() for line in text.splitlines() if CHINESE.search(line)] == []


def test_chinese_in_tags_is_translated(file):
    bare = [
        token.contents
        for token in Lexer(file.read_text(encoding="utf-8")).tokenize()
        if token.token_type in {TokenType.VAR, TokenType.BLOCK} and CHINESE.search(token.contents)
        if token.contents.split()[0] not in {"trans", "translate", "blocktranslate", "blocktrans", "plural"}
        if '_("' not in token.contents and "_('" not in token.contents
    ]
    assert bare == []


def test_the_template_compiles(file):
    engine = engines["django"].engine
    assert engine.from_string(file.read_text(encoding="utf-8")).nodelist is not None
