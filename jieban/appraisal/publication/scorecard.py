"""月度通报: the scorecard of a frozen cycle, as a document that somebody signs.

Whole sentences first, then the tables that they are made from. Everything comes from the frozen result and the one of
the cycle before; units with too few answers are named apart and ranked nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jieban.analytics.document import Document, Heading, Paragraph, Part
from jieban.analytics.periodic import layout
from jieban.analytics.periodic.words import cases, listed, sentence
from jieban.analytics.word import day
from jieban.appraisal.publication import correcting, leaving, tables, wording
from jieban.appraisal.publication.standing import WORDS, Board, Published, Row
from jieban.appraisal.publication.wording import number

# How many of both ends of a board are named; boards of other kinds as many as districts.
TEN: Final = 10
ENDS: Final = {"street": TEN, "community": TEN, "property_firm": TEN}
FEW_ENDS: Final = 3
_MOVED: Final = 5
_NAMED: Final = 20
_BODIES: Final = ("street", "district", "community", "property_firm")


def document(
    now: Published, before: Published | None, old: Published | None, *, issuer: str, full: bool = False
) -> Document:  # fmt: skip
    """The scorecard of a cycle. `before` is the result of the cycle before, `old` the version that this corrects.

    With `full` its annex has every board, else streets, districts and property firms.
    """
    parts = layout.sections(
        ("更正说明", correcting.said(now, old) if old else []),
        ("全市情况", _whole(now, before)),
        ("街道乡镇", _boards(now, before, "street")),
        ("各区", _boards(now, before, "district")),
        ("部门、企业和行业", _others(now, before)),
        ("社区（村）", _boards(now, before, "community")),
        ("物业服务企业红黑榜", _boards(now, before, "property_firm")),
        ("进步和退步", _moves(now, before)),
        ("样本不足", _few(now)),
        ("不计入考评的", leaving.said(now)),
    )
    about = {"note": now.note, "cycle": now.cycle, "version": now.version, "sha256": now.sha256}
    title = f"接诉即办考评通报（{now.label}）"
    whole = (*_opening(now), *parts, *_basis(now), *_full(now, before, full))
    return Document(title, whole, issuer, now.first, now.last, about)


def basis(now: Published) -> str:
    """What the result was counted by, in one sentence."""
    model = now.scheme.model
    return f"本期按考评方案“{model.name}”（{model.code}，{now.note}）计算，方案校验值 {now.scheme.sha256}。"


def _opening(now: Published) -> Iterator[Part]:
    yield Paragraph(
        f"{now.note}。{now.label}从{day(now.first)}到{day(now.last)}，按考评方案“{now.scheme.model.name}”计算，"
        f"这是第 {now.version} 版。区间是 95% 的误差范围；两家区间重叠的，名次先后不说明问题。",
        note=True,
    )


def _whole(now: Published, before: Published | None) -> list[Part]:
    """All units that were sent orders together, each once."""
    rows, then = everyone(now), everyone(before) if before else ()
    n, unreached = (sum(getattr(row, key) for row in rows) for key in ("n", "unreached"))
    if not rows:
        return [Paragraph("本期没有回访结果，不排名。")]
    said = [f"本期计入考评的回访 {cases(n + unreached)}，其中没联系上市民 {wording.share(unreached, n + unreached)}。"]
    for rate, word in WORDS.items():
        found = wording.mean(rows, rate)
        was = wording.mean(then, rate) if then else None
        said.append(sentence(f"{word} {wording.percent(found.share)}", wording.moved(found, was)))
    said.append("以上各率按各单位的答复件数平均。")
    return [Paragraph("".join(said))]


def everyone(now: Published) -> tuple[Row, ...]:
    """The rows of the units that orders are sent to, each once."""
    return tuple({row.unit: row for board in now.boards if board.by == "unit" for row in board.rows}.values())


def of_kind(now: Published, kind: str) -> list[Board]:
    """The boards of a kind of unit."""
    return [board for board in now.boards if kind in board.kinds and board.by != "trade"]


def _boards(now: Published, before: Published | None, kind: str) -> list[Part]:
    found = [board for board in of_kind(now, kind) if board.ranked]
    return [part for board in found for part in _board(board, before, headed=len(found) > 1)]


def _others(now: Published, before: Published | None) -> list[Part]:
    found = [b for b in now.boards if b.ranked and (b.by == "trade" or not set(_BODIES) & set(b.kinds))]
    return [part for board in found for part in _board(board, before, headed=True)]


def _board(board: Board, before: Published | None, *, headed: bool) -> list[Part]:
    then, found = before.board(board.code) if before else None, ends(board)
    head: list[Part] = [Heading(board.name, 2)] if headed else []
    many = f"参加排名的 {len(board.ranked)} 个，平均 {wording.average(board):.2f} 分。"
    said = Paragraph(many + found.said())
    shown = [
        tables.ranks(f"{board.code}_{key}", f"{board.name}{word}", rows, then)
        for key, word, rows in (("top", found.first, found.top), ("bottom", found.last, found.bottom))
        if rows
    ]
    return [*head, said, *shown]


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and the last units of a board, none in both, and their titles; of a short board all are first."""

    top: Sequence[Row]
    bottom: Sequence[Row]
    first: str
    last: str

    def said(self) -> str:
        """Who they are and how far the order among them is certain, in sentences."""
        said = [
            f"{self.first}是{wording.scored(self.top)}。",
            wording.noise(self.top, self.first if self.bottom else ""),
        ]
        if self.bottom:
            said += [f"{self.last}是{wording.scored(self.bottom)}。", wording.noise(self.bottom, self.last)]
        return "".join(said)


def ends(board: Board) -> Ends:
    """Both ends of a board: ten streets, three districts, the red and the black list of property firms."""
    most = next((ENDS[kind] for kind in board.kinds if kind in ENDS), FEW_ENDS)
    rows = board.ranked
    if len(rows) <= most:
        return Ends(rows, (), "名次", "")
    bottom = rows[max(most, len(rows) - most) :]
    if "property_firm" in board.kinds:
        return Ends(rows[:most], bottom, "红榜", "黑榜")
    lagging = f"靠后的{number(len(bottom))}个" if "district" in board.kinds else f"后{number(len(bottom))}名"
    return Ends(rows[:most], bottom, f"前{number(most)}名", lagging)


def _moves(now: Published, before: Published | None) -> list[Part]:
    """Who rose and who fell by most ranks, on boards of streets and districts."""
    if before is None:
        return [Paragraph("上期没有冻结的结果，不比较。")]
    out: list[Part] = []
    for board in (one for kind in ("street", "district") for one in of_kind(now, kind)):
        out += _moved(board, before)
    return out


def moves(board: Board, before: Published) -> list[tuple[int, Row, Row]]:
    """Places gained (below 0: lost), the row and the one of the cycle before, of those ranked in both; most first."""
    then = before.board(board.code)
    found = [(row, then.row(row.unit)) for row in board.ranked] if then else []
    known = [(was.rank - row.rank, row, was) for row, was in found if was and was.rank and row.rank]
    return sorted(known, key=lambda one: (-one[0], one[1].rank or 0))


def _moved(board: Board, before: Published) -> list[Part]:
    found = moves(board, before)
    up = [one for one in found if one[0] > 0][:_MOVED]
    down = [one for one in reversed(found) if one[0] < 0][:_MOVED]
    if not (up or down):
        return []
    said = f"{board.name}里，进步最大的是{listed(map(_step, up))}。" if up else f"{board.name}没有名次上升的。"
    said += f"退步最大的是{listed(map(_step, down))}。" if down else "没有名次下降的。"
    near = [row.name for _, row, was in (*up, *down) if row.overlaps(was)]
    said += f"其中{listed(near)}两期的得分区间重叠，升降可能只是波动。" if near else ""
    return [Paragraph(said)]


def _step(one: tuple[int, Row, Row]) -> str:
    _, row, was = one
    return f"{row.name}（第 {was.rank} 名到第 {row.rank} 名，{was.score:.2f} 分到 {row.score:.2f} 分）"


def _few(now: Published) -> list[Part]:
    said: list[Part] = []
    for board in (one for one in now.boards if one.few):
        named = listed(f"{row.name}（{row.answers} 件）" for row in board.few[:_NAMED])
        more = f"等 {len(board.few)} 个" if len(board.few) > _NAMED else ""
        said.append(Paragraph(f"{board.name}有效答复不足 {board.enough} 件的：{named}{more}。不排名，不说明好坏。"))
    return said


def _basis(now: Published) -> Iterator[Part]:
    yield Heading("怎样核对", 1)
    yield Paragraph(
        f"{basis(now)}结果校验值 {now.sha256}。审计包里有全部计分事实、方案、结果和一个只用 Python 标准库的 "
        f"recompute.py；运行 python3 recompute.py，每一位数字都应相同。"
    )


def _full(now: Published, before: Published | None, full: bool) -> Iterator[Part]:
    """Every rank of the boards that are named in the scorecard's own sections; of all boards where `full`."""
    yield Heading("附件：全部名次", 1)
    for board in now.boards:
        if board.ranked and (full or {"street", "district", "property_firm"} & set(board.kinds)):
            yield tables.ranks(board.code, board.name, board.ranked, before.board(board.code) if before else None)
    if not full:
        yield Paragraph("其余各组的全部名次见同一页的 JSON 文件。", note=True)
