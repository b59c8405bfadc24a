"""Drawing by lot: the same seed draws the same, and nobody is likelier than another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jieban.callback import lots

NUMBERS = [f"JB-20260302-{n:06d}-0" for n in range(2000)]
lists = st.lists(st.sampled_from(NUMBERS), unique=True, max_size=40)


@given(numbers=lists, seed=st.text(max_size=8), wanted=st.integers(0, 50))
def test_few_are_drawn_whatever_the_order_of_the_list(numbers, seed, wanted):
    drawn = lots.few(seed, numbers, wanted)
    assert drawn == lots.few(seed, numbers[::-1], wanted)
    assert (len(drawn), len(set(drawn)), set(drawn) <= set(numbers)) == (min(wanted, len(numbers)),) * 2 + (True,)


@given(numbers=lists, seed=st.text(max_size=8), part=st.floats(0, 1))
def test_chance_of_one_does_not_hang_on_the_others(numbers, seed, part):
    drawn = lots.share(seed, numbers, part)
    assert drawn == [number for number in numbers if lots.share(seed, [number], part)]


def test_share_is_about_the_share():
    found = [len(lots.share(f"seed{n}", NUMBERS, 0.05)) for n in range(20)]
    assert 80 <= sum(found) / len(found) <= 120
    assert (lots.share("a", NUMBERS, 0.0), len(lots.share("a", NUMBERS, 1.0))) == ([], 2000)


def test_mark_tells_lists_apart_whatever_their_order():
    assert lots.mark(NUMBERS[:3]) == lots.mark(NUMBERS[2::-1])
    assert lots.mark(NUMBERS[:3]) != lots.mark(NUMBERS[:4])
