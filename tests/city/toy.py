"""The files of the toy pack, with one line changed at a time."""

from __future__ import annotations

from pathlib import Path

from jieban.city import actions, reading
from jieban.city.pack import PackError

PACKS = Path(__file__).parent.parent / "packs"


def files(name: str = "toy") -> dict[str, str]:
    """The texts of a pack under tests/packs, by file name."""
    return texts(PACKS / name)


def texts(folder: Path) -> dict[str, str]:
    """The texts of the pack in a folder, those it may do without where they are there."""
    return actions.gather(folder)


def write(texts: dict[str, str], folder: Path) -> Path:
    """Write the texts of a pack into a folder."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """The toy pack with `old` replaced once by `new` in one file."""
    texts = files()
    assert texts[file].count(old) >= 1, f"{old!r} is not in {file}"
    texts[file] = texts[file].replace(old, new, 1)
    return texts


def mistakes(texts: dict[str, str]) -> list[str]:
    """What reading says is wrong: one sentence a problem."""
    try:
        reading.read(texts)
    except PackError as error:
        return [str(problem) for problem in error.problems]
    return []
