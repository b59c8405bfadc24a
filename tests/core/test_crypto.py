"""Personal data at rest: read back only with the key, changed by nobody unseen, found without being read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.core import crypto
from jieban.core.errors import JiebanError

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@pytest.fixture(params=["aes", "sm4"])
def cipher(request, settings) -> str:
    """Each cipher in turn."""
    settings.JIEBAN_CIPHER = request.param
    return request.param


@given(texts)
def test_what_is_sealed_is_read_back(cipher, text):
    assert crypto.unseal(crypto.seal(text)) == text


@given(texts)
def test_a_sealed_value_shows_nothing_and_never_looks_the_same(cipher, text):
    one, other = crypto.seal(text), crypto.seal(text)
    assert one != other
    assert text.encode() not in one or len(text.encode()) < 3
    assert len(one) == 1 + 12 + len(text.encode()) + 16


@given(texts, st.data())
def test_any_byte_changed_is_found(cipher, text, data):
    sealed = bytearray(crypto.seal(text))
    place = data.draw(st.integers(1, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(JiebanError, match="cannot be read"):
        crypto.unseal(bytes(sealed))


@given(texts, st.integers(0, 255))
def test_another_version_byte_is_found(cipher, text, version):
    sealed = crypto.seal(text)
    if version != sealed[0]:
        with pytest.raises(JiebanError, match="cannot be read"):
            crypto.unseal(bytes([version]) + sealed[1:])


@given(texts, st.integers(1, 200))
def test_a_value_cut_short_is_found(cipher, text, kept):
    sealed = crypto.seal(text)
    if kept < len(sealed):
        with pytest.raises(JiebanError, match="cannot be read"):
            crypto.unseal(sealed[:kept])


def test_another_key_cannot_read_it(cipher, settings):
    sealed = crypto.seal("13800001234")
    settings.JIEBAN_KEY = b"k" * 32
    with pytest.raises(JiebanError, match="JIEBAN_KEY is not the key"):
        crypto.unseal(sealed)


def test_what_one_cipher_wrote_is_read_when_the_other_writes(settings):
    settings.JIEBAN_CIPHER = "sm4"
    old = crypto.seal("林晓")
    settings.JIEBAN_CIPHER = "aes"
    assert (crypto.unseal(old), old[0], crypto.seal("林晓")[0]) == ("林晓", crypto.SM4, crypto.AES)


def test_nothing_stays_nothing():
    assert (crypto.seal(""), crypto.unseal(b""), crypto.index("")) == (b"", "", "")


digits = st.text("0123456789", min_size=5, max_size=12)


@given(digits, digits)
def test_the_index_is_equal_exactly_for_equal_numbers(one, other):
    assert (crypto.index(one) == crypto.index(other)) == (one == other)


@given(texts.filter(str.isalpha))
def test_the_index_of_other_values_does_not_mind_spaces_around(text):
    assert crypto.index(f" {text} ") == crypto.index(text)


@pytest.mark.parametrize(
    "written", ["13800001234", "+8613800001234", "+86 138 0000 1234", "138 0000 1234", "138-0000-1234"]
)
def test_a_phone_number_is_found_however_it_is_written(written):
    assert crypto.index(written) == crypto.index("13800001234")


def test_the_index_depends_on_the_key(settings):
    before = crypto.index("13800001234")
    settings.JIEBAN_KEY = b"k" * 32
    assert crypto.index("13800001234") != before


def test_tokens_never_repeat_and_are_kept_as_fingerprints():
    tokens = {crypto.token() for _ in range(200)}
    assert len(tokens) == 200
    assert {len(token) for token in tokens} == {43}
    assert {len(crypto.fingerprint(token)) for token in tokens} == {64}


def test_secrets_are_compared_whole():
    assert crypto.same("1234", "1234")
    assert not crypto.same("1234", "1235")
    assert not crypto.same("1234", "12345")
