"""How fast texts are sorted by words alone: kind, category, place and urgency, on one core, without trained models.

    python -m bench.suggest [--texts 500] [--rounds 9]

The letters are invented by the synthetic city, about 120 characters each. Prints one JSON line, all in processor time:
texts a second in a batch (best and median round), and milliseconds for one text alone (median, 95th percentile).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

SEED = 12345
# Characters from which a letter is long enough; the title comes on top.
ENOUGH = 90
BEIJING = Path(__file__).resolve().parent.parent / "cities" / "beijing"
_AT = {
    "estate": "望京西园", "street": "望京街道", "road": "阜通东大街", "district": "朝阳区", "community": "望京社区",
    "building": "3 号楼", "gate": "2 单元", "firm": "顺手购", "village": "上庄村", "town": "上庄镇",
}  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=500, help="letters in the batch")
    parser.add_argument("--rounds", type=int, default=9, help="how often the batch is sorted")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"JIEBAN_HOME": home, "DJANGO_SETTINGS_MODULE": "config.settings"}
        print(json.dumps(_measure(asked.texts, asked.rounds), ensure_ascii=False))


def _measure(count: int, rounds: int) -> dict[str, object]:
    import django

    django.setup()
    from jieban.city import reading
    from jieban.city.queries import Loaded
    from jieban.triage import actions
    from jieban.triage.texts import Text

    pack = reading.read({name: (BEIJING / name).read_text(encoding="utf-8") for name in reading.FILES})
    loaded = Loaded(1, 1, pack.valid_from, pack, {})
    texts = [Text(title, body) for title, body in _letters(count)]
    actions.suggest(texts, loaded=loaded)
    sort = partial(actions.suggest, loaded=loaded)
    batch = _timed(rounds, partial(sort, texts))
    single = sorted(_timed(1, partial(sort, [text]))[0] for text in texts)
    return {
        "bench": "suggest", "texts": count, "characters": round(statistics.mean(len(t.whole) for t in texts), 1),
        "texts_per_second": {"best": round(count / min(batch)), "median": round(count / statistics.median(batch))},
        "single_ms": {"p50": round(single[count // 2] * 1e3, 3), "p95": round(single[count * 95 // 100] * 1e3, 3)},
    }  # fmt: skip


def _timed(rounds: int, run: Callable[[], object]) -> list[float]:
    out = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        out.append(time.process_time() - start)
    return out


def _letters(count: int) -> list[tuple[str, str]]:
    from simulation import words

    rng = Random(SEED)
    out: list[tuple[str, str]] = []
    while len(out) < count:
        topic = rng.choice(words.topics())
        slots = words.Slots(rng, _AT)
        told = words.tell(topic, rng.choice(topic.whats), slots, rng, voice="phone", where="full")
        content = told.content
        while len(content) < ENOUGH:
            content += slots.fill(rng.choice(topic.whats).text) + "。"
        out.append((told.title, content))
    return out


if __name__ == "__main__":
    main()
