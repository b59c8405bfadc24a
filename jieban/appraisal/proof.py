"""The proof of frozen results: rows, files and steps are held against each other; what does not fit is named.

Memory does not grow with the number of versions: one is read at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from jieban.appraisal import result_steps, results, store
from jieban.appraisal.result_models import CycleResult, CycleStep

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OSError)


def flaws() -> list[str]:
    """Everything that does not fit in the frozen results of all cycles, one sentence each."""
    found = list(_chain())
    frozen = {(one.cycle, one.version): one for one in _steps("freeze", "correct")}
    published = {(one.cycle, one.version): one for one in _steps("publish")}
    for result in CycleResult.objects.order_by("first", "version").iterator(chunk_size=1):
        key = (result.cycle, result.version)
        found += [f"Result {result}: {what}" for what in _row(result, frozen.pop(key, None), published.pop(key, None))]
        found += [f"Result {result}: {what}" for what in _files(result)]
    return found + [f"Result {cycle} v{version}: its row is gone." for cycle, version in sorted(frozen)]


def counted() -> int:
    """How many versions there are to prove."""
    return CycleResult.objects.count()


def _steps(*what: str) -> Iterator[CycleStep]:
    return CycleStep.objects.filter(what__in=what).order_by("no").iterator()


def _chain() -> Iterator[str]:
    previous, place = result_steps.FIRST, 0
    for place, step in enumerate(CycleStep.objects.order_by("no").iterator(), start=1):
        if step.no != place or step.previous != previous:
            yield f"Step {step.no} of results does not follow the one before: one was changed or taken out."
            return
        if step.hash != result_steps.hash_of(step):
            yield f"Step {step.no} of results: its hash is not that of what it says: a column was changed."
            return
        previous = step.hash


def _row(result: CycleResult, frozen: CycleStep | None, published: CycleStep | None) -> Iterator[str]:
    if sha256(result.result.encode()).hexdigest() != result.sha256:
        yield "its text is not that of its hash: the result was changed."
    if sha256(result.scheme_text.encode()).hexdigest() != result.scheme_sha256:
        yield "the text of its scheme is not that of its hash."
    if _head(result) != [result.cycle, str(result.first), str(result.end), result.scheme_sha256]:
        yield "the cycle, days or scheme of its row are not those of its text."
    if frozen is None or frozen.said != (frozen.said | result_steps.hashes(result)):
        yield "its hashes are not those that were written down when it was frozen."
    elif (frozen.at, frozen.person_id, frozen.words) != (result.frozen_at, result.frozen_by_id, result.note):
        yield "who froze it, when or why is not what was written down."
    told = (published.at, published.person_id) if published else (None, None)
    if told != (result.published_at, result.published_by_id):
        yield "when or by whom it was published is not what was written down."


def _head(result: CycleResult) -> list[str]:
    try:
        said = results.document(result)
        return [said["cycle"], said["first"], said["end"], said["scheme"]["sha256"]]
    except _UNREADABLE:
        return []


def _files(result: CycleResult) -> Iterator[str]:
    at = store.folder(result.cycle, result.version)
    try:
        if store.digest(at / store.MANIFEST) != result.facts_sha256:
            yield f"{store.MANIFEST} of its files was changed."
            return
        for name, said in sorted(store.manifest(at)["files"].items()):
            yield from _file(at, name, said["sha256"])
        if (at / store.RESULT).read_bytes() != result.result.encode():
            yield f"{store.RESULT} is not the result in its row."
    except _UNREADABLE as error:
        yield f"its files cannot be read ({error})."


def _file(at: Path, name: str, said: str) -> Iterator[str]:
    if not (at / name).is_file():
        yield f"{name} of its files is gone."
    elif store.digest(at / name) != said:
        yield f"{name} of its files was changed."
