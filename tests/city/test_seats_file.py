"""What a pack aims at on the phone."""

from __future__ import annotations

import pytest

from jieban.city import reading
from jieban.city.seating import Seating
from tests.city import toy


def test_pack_without_the_file_goes_by_the_defaults() -> None:
    assert reading.read(toy.files()).seating == Seating(6.0, 15.0, 0.8, 0.3)


def test_numbers_that_are_given_count_and_the_others_stay() -> None:
    files = toy.files() | {"seats.toml": '[seats]\nminutes = 4.5\naway = 0\nsource = "counted"\n'}
    assert reading.read(files).seating == Seating(4.5, 15.0, 0.8, 0.0)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[seats]\nminutes = 0\nsource = "x"\n', 2, "minutes “0” is not a number from 0.5 to 120."),
        ('[seats]\nlevel = 1\nsource = "x"\n', 2, "level “1” is not a number from 0.5 to 0.99."),
        ('[seats]\nspeed = 1\nsource = "x"\n', 2, "There is no setting “speed”."),
        ("[seats]\nminutes = 5\n", 1, "source is empty."),
    ],
)
def test_mistake_names_its_line(text: str, line: int, what: str) -> None:
    [said] = toy.mistakes(toy.files() | {"seats.toml": text})
    assert said.startswith(f"seats.toml, line {line}: {what}")


def test_beijing_answers_within_the_seconds_of_the_standard() -> None:
    files = toy.texts(toy.PACKS.parent.parent / "cities" / "beijing")
    assert reading.read(files).seating.answer == 15
