"""Whether invented texts are as varied as real ones: distinct n-grams, near duplicates, lengths, side by side.

    python -m bench.variety --data DIR [--characters 80000] [--texts 1200]

DIR (or JIEBAN_DATA) holds beijing_letters, fuzhou_12345 and tipdm2020_c (docs/data.md). Titles and contents are read as
one text; every set is measured at the same number of characters and the same number of texts. One JSON line.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

# One set a row: folder and file, columns of title and content.
REAL = {
    "beijing_letters": ("beijing_letters/train.csv", "title", "content"),
    "fuzhou_12345": ("fuzhou_12345/train.csv", "title", "content"),
    "tipdm2020_c": ("tipdm2020_c/a3_half.csv", "留言主题", "留言详情"),
}
CHARACTERS = 80_000
# Near duplicates are sought among as many texts as the smallest set has.
COMPARED = 700
BEIJING = Path(__file__).resolve().parent.parent / "cities" / "beijing"
_NOW = datetime(2026, 11, 20, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def main() -> int:
    """Measure and print; 2 where a set is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("JIEBAN_DATA", "")), help="folder of the sets")
    parser.add_argument("--characters", type=int, default=CHARACTERS, help="characters measured of each set")
    parser.add_argument("--texts", type=int, default=1200, help="texts to invent")
    asked = parser.parse_args()
    lost = [file for file, *_ in REAL.values() if not (asked.data / file).is_file()]
    if lost:
        print(
            f"Not found in “{asked.data}”: {', '.join(lost)}. Name the folder: --data or JIEBAN_DATA.", file=sys.stderr
        )
        return 2
    print(json.dumps(_measure(asked.data, asked.characters, asked.texts), ensure_ascii=False))
    return 0


def real(data: Path, name: str) -> list[str]:
    """The texts of one real set, title and content as one, none twice in full."""
    file, title, content = REAL[name]
    with (data / file).open(encoding="utf-8", newline="") as lines:
        return list(dict.fromkeys(f"{row[title]}。{row[content]}" for row in csv.DictReader(lines)))


def invented(count: int, *, seed: str = "variety") -> Iterator[str]:
    """As many texts of the synthetic city, as they would be filed."""
    from jieban.city import reading
    from simulation.city import City
    from simulation.contacts import Focus, Stream

    pack = reading.read({name: (BEIJING / name).read_text(encoding="utf-8") for name in reading.FILES})
    stream = Stream(City(pack), seed=seed, firm="顺手购", focus=Focus(()))
    for story in stream.draw(count, now=_NOW):
        yield f"{story.said.title}。{story.said.content}"


def _measure(data: Path, characters: int, count: int) -> dict[str, object]:
    from simulation import variety

    sets = {"invented": list(invented(count))} | {name: real(data, name) for name in REAL}
    out = {name: variety.measure(texts, characters=characters, compared=COMPARED) for name, texts in sets.items()}
    mean = {n: statistics.mean(out[name].distinct[n] for name in REAL) for n in variety.GRAMS}
    return {
        "bench": "variety", "characters": characters, "compared": COMPARED,
        **{name: measured.rounded() for name, measured in out.items()},
        "ratio_to_real": {str(n): round(out["invented"].distinct[n] / mean[n], 3) for n in variety.GRAMS},
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
