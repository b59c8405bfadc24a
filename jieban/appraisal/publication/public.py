"""The public version of a published result: ranked units only, plain words, how a score is made and how to check it.

What a citizen reads here holds no person, no order and no unit with too few answers. Chinese, as every document is.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from jieban.analytics.document import Document, Heading, Paragraph, Part
from jieban.analytics.periodic.words import cases
from jieban.analytics.word import day
from jieban.appraisal.publication import correcting, scorecard, tables, wording
from jieban.appraisal.publication.correcting import Change
from jieban.appraisal.publication.standing import Board, Published, Row
from jieban.city.schemes import Model

CHECK: Final = (
    "这份结果每一位数字都可以重算。热线中心备有核对用的资料包：计分用的每一件（没有姓名、电话、地址和内容）、计分办法、"
    "结果，和一个不到 200 行的程序。用一台装了 Python 的电脑运行 python3 recompute.py，算出来的应当和这里一字不差；"
    "不一样，就是有人改过。"
)


def document(now: Published, old: Published | None, *, issuer: str) -> Document:
    """The public version of a cycle; `old` is the version that this one corrects."""
    about = {"note": now.note, "cycle": now.cycle, "version": now.version, "sha256": now.sha256}
    parts = (*_opening(now), *_corrected(now, old), *_boards(now), *_how(now), *_check(now))
    return Document(f"各地各部门办得怎么样（{now.label}）", parts, issuer, now.first, now.last, about)


def boards(now: Published) -> list[Board]:
    """The boards that have anybody ranked."""
    return [board for board in now.boards if board.ranked]


def changes(now: Published, old: Published) -> list[Change]:
    """What a correction changed of units that may be shown: none that has or had too few answers."""
    return [one for one in correcting.changes(now, old) if _open(one.was) and _open(one.now)]


def plain(now: Published, old: Published | None) -> dict[str, Any]:
    """The public version for programs: {cycle, first, last, version, note, scheme, sha256, why, changes, boards}."""
    changed = changes(now, old) if old else []
    return {
        "cycle": now.cycle, "first": str(now.first), "last": str(now.last), "version": now.version, "note": now.note,
        "scheme": {"code": now.scheme.model.code, "name": now.scheme.model.name, "sha256": now.scheme.sha256},
        "sha256": now.sha256, "why": now.why,
        "changes": [{"board": one.board, "unit": one.unit, "was": _brief(one.was), "now": _brief(one.now)}
                    for one in changed],
        "boards": [_board(board) for board in boards(now)],
    }  # fmt: skip


def percent(weight: Decimal) -> str:
    """A weight of the scheme in per cent: 0.45 as 45%."""
    return f"{(weight * 100).normalize():f}%"


def _board(board: Board) -> dict[str, Any]:
    return {
        "code": board.code, "name": board.name, "enough": board.enough, "unranked": len(board.few),
        "rows": [_row(row) for row in board.ranked],
    }  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    return {
        "unit": row.unit, "name": row.name, "rank": row.rank, "ranks": [row.best, row.worst], "score": row.score,
        "interval": [row.low, row.high],
        **{rate: {"n": one.n, "share": one.share} for rate, one in row.rates.items()},
    }  # fmt: skip


def _brief(row: Row | None) -> dict[str, Any] | None:
    return {"rank": row.rank, "score": row.score} if row else None


def _open(row: Row | None) -> bool:
    """Whether a row may be shown: one with too few answers may not."""
    return row is None or row.rank is not None


def _opening(now: Published) -> Iterator[Part]:
    rows = scorecard.everyone(now)
    said = [f"{now.note}。{day(now.first)}到{day(now.last)}，热线一件一件问过市民。"]
    reached = wording.mean(rows, "resolution")
    if reached.share is not None:
        satisfied = wording.mean(rows, "satisfaction")
        said.append(
            f"{cases(reached.n)}有了回答，说解决了的占 {wording.percent(reached.share)}，"
            f"说满意的占 {wording.percent(satisfied.share)}。"
        )
    yield Paragraph("".join(said))


def _corrected(now: Published, old: Published | None) -> list[Part]:
    """The notice of a correction, without units that are not ranked."""
    if old is None:
        return []
    return [Heading("更正", 1), *correcting.parts(now, old, changes(now, old))]


def _boards(now: Published) -> Iterator[Part]:
    for board in boards(now):
        yield Heading(board.name, 1)
        ends = scorecard.ends(board)
        yield Paragraph(ends.said())
        yield tables.public(board.code, f"{board.name}{ends.first}", ends.top)
        if ends.bottom:
            yield tables.public(f"{board.code}_bottom", f"{board.name}{ends.last}", ends.bottom)
        if board.few:
            yield Paragraph(f"另有 {len(board.few)} 个，回答的市民不足 {board.enough} 人次，不排名。", note=True)


def _how(now: Published) -> Iterator[Part]:
    model = now.scheme.model
    yield Heading("分是怎么算的", 1)
    yield Paragraph(f"每办完一件，热线问市民三件事：单位联系您了没有，解决了没有，您满意不满意。{weights(model)}。")
    yield Paragraph(
        f"部分解决算 {percent(model.solved.part)}，基本满意算 {percent(model.satisfied.mostly)}。"
        "单位自己说办完了不算。联系不上的不算进解决和满意。"
    )
    yield Paragraph(
        "问到的人有多有少，得分就有误差。两家的误差范围重叠，谁先谁后不说明问题；"
        "所以名次后面写着误差范围内可能是第几名。"
    )
    yield Paragraph(f"{now.note}：计分办法“{model.name}”里的数字是举例，没有哪座城市公布过正式的比重。", note=True)


def weights(model: Model) -> str:
    """What weighs how much, in words: 联系占 10%，解决占 45%，满意占 45%."""
    rates = {"联系": model.rates.response, "解决": model.rates.resolution, "满意": model.rates.satisfaction}
    other = sum(model.parts.values(), Decimal(0))
    said = [f"{word}占 {percent(weight)}" for word, weight in rates.items()]
    return "，".join([*said, *([f"其他占 {percent(other)}"] if other else [])])


def _check(now: Published) -> Iterator[Part]:
    yield Heading("怎样核对", 1)
    yield Paragraph(CHECK)
    yield Paragraph(f"结果校验值 {now.sha256}；计分办法校验值 {now.scheme.sha256}。", note=True)
