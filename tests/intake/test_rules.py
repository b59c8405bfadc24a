"""What can be taken, cleaned and masked. The pack is the toy city's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.city import actions, reading
from jieban.intake import rules
from jieban.intake.rules import Filing
from tests.factories import AT

PACK = reading.read(actions.gather(Path(__file__).parent.parent / "packs" / "toy"))
PLAIN = Filing(channel="web", source="test", source_id="1", content="路口的井盖松了，车一过就响。")


def problems(**changed: object) -> dict[str, str]:
    filing = rules.cleaned(replace(PLAIN, **changed))  # type: ignore[arg-type]
    return {p.field: p.what for p in rules.check(filing, pack=PACK, at=AT)}


def test_plain_filing_has_no_problem() -> None:
    assert problems() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", " \n\t"), ("content", "字" * 8001), ("title", "题" * 201), ("address", "路" * 201),
        ("name", "名" * 65), ("phone", "1234"), ("phone", "12812345678"), ("appellant", "robot"),
        ("credit_code", "91110000100000000X"), ("call_window", "上午"), ("at", AT + timedelta(hours=1)),
        ("at", AT.replace(year=1970)), ("at", AT.replace(tzinfo=None)), ("kind", "wish"), ("category", "9999"),
        ("urgency", "3h"), ("channel", "pigeon"), ("source", ""), ("source", "s" * 33), ("source_id", "9" * 65),
    ],
)  # fmt: skip
def test_one_wrong_field_is_named_and_only_that_one(field: str, value: object) -> None:
    found = problems(**{field: value})
    assert list(found) == [field]
    assert found[field].endswith("。")


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("138 0000 1234", "13800001234"), ("+86 138-0000-1234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("010-12345678", "01012345678"), ("(010) 1234 5678", "01012345678"), ("0591-12345678", "059112345678"),
        ("12345", "12345"), ("400-812-3456", "400-812-3456"), ("+44 20 7946 0000", "+442079460000"), ("", ""),
    ],
)  # fmt: skip
def test_phone_is_cleaned_to_what_is_dialled(typed: str, dialled: str) -> None:
    assert rules.clean_phone(typed) == dialled


def test_extension_is_dialable_and_a_word_is_not() -> None:
    assert rules.dialable("01012345678-801")
    assert rules.dialable("01012345678转2")
    assert not rules.dialable("明天打")


def test_text_loses_what_cannot_be_seen_and_keeps_its_lines() -> None:
    assert rules.clean_text("第一行\x00\u200b \r\n\r\n\r\n\r\n第二行\u202e\t末 ") == "第一行\n\n第二行 末"
    assert rules.clean_line(" 三号\n楼\ud800 ") == "三号 楼"


@given(st.text())
def test_cleaned_text_can_be_kept_and_cleaning_twice_changes_nothing(text: str) -> None:
    clean = rules.clean_text(text)
    assert "\x00" not in clean
    clean.encode()
    assert rules.clean_text(clean) == clean


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("您好，楼道灯坏了三天。晚上看不见。", "楼道灯坏了三天"),
        ("尊敬的领导：\n门口的路又塌了一块！", "门口的路又塌了一块"),
        ("灯坏了", "灯坏了"),
        ("！！！", "！！！"),
    ],
)
def test_title_is_the_first_sentence_without_its_greeting(content: str, title: str) -> None:
    assert rules.title_from(content) == title


@given(st.text(min_size=1, max_size=300))
def test_title_is_never_longer_than_forty(content: str) -> None:
    assert len(rules.title_from(content)) <= 40


def test_long_sentence_is_cut_at_a_comma() -> None:
    content = "小区东门外面的人行道上从上个月开始就堆满了装修垃圾，行人只能走到机动车道上去，早晚高峰特别危险"
    assert rules.title_from(content) == "小区东门外面的人行道上从上个月开始就堆满了装修垃圾，行人只能走到机动车道上去…"


def test_anonymous_filing_keeps_the_phone_and_drops_the_name() -> None:
    clean = rules.cleaned(replace(PLAIN, anonymous=True, name="林晓", phone="13800001234"))
    assert (clean.name, clean.phone) == ("", "13800001234")


def test_files_beyond_the_pack_limit_are_refused() -> None:
    kept = rules.Kept("a.png", "image/png", 10, "0" * 64)
    assert problems(files=(kept,) * PACK.settings.files_per_order) == {}
    assert list(problems(files=(kept,) * (PACK.settings.files_per_order + 1))) == ["files"]


def test_masks_show_only_what_is_needed() -> None:
    assert rules.mask_phone("13800001234") == "138****1234"
    assert rules.mask_phone("12345") == "***45"
    assert rules.mask_phone("") == ""
    assert rules.mask_name("林晓") == "林*"
    assert rules.mask_name("欧阳小雨") == "欧阳**"
    assert rules.mask_id("110101199001011234") == "**************1234"
