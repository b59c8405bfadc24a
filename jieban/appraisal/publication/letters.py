"""致区、街道的函: a unit's own result on a page: rank, strong and weak matters, what cost most, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from jieban.analytics.document import Column, Document, Paragraph, Part, Table
from jieban.analytics.periodic import layout
from jieban.analytics.periodic.words import FEW, listed, sentence
from jieban.analytics.word import day
from jieban.appraisal.publication import scorecard, wording
from jieban.appraisal.publication.detail import Cost, Detail, Matter
from jieban.appraisal.publication.standing import WORDS, Board, Published, Rate, Row
from jieban.core.errors import BadInput

SOLVED: Final[Mapping[str, str]] = {
    "yes": "解决了", "part": "部分解决", "no": "没解决", "explained": "没解决，但解释清楚了", "": "没说",
}  # fmt: skip
SATISFIED: Final[Mapping[str, str]] = {"yes": "满意", "mostly": "基本满意", "no": "不满意", "": "没说"}
PARTS: Final[Mapping[str, str]] = {"first_duty": "首接负责", "proactive": "主动治理", "joint": "双考核"}
_COSTS: Final = (
    Column("number", "工单"), Column("category", "类别"), Column("solved", "是否解决"), Column("satisfied", "是否满意"),
    Column("responded", "按时联系"), Column("points", "失分", "score"),
)  # fmt: skip


def boards(now: Published) -> list[Board]:
    """The boards whose units get a letter: all but whole trades, which are no unit's own work."""
    return [board for board in now.boards if board.by != "trade"]


def document(
    now: Published, before: Published | None, board: Board, unit: str, detail: Detail, *,
    issuer: str, numbers: Mapping[int, str], categories: Mapping[str, str],
) -> Document:  # fmt: skip
    """The letter to a unit of a board; `numbers` are those of orders by id. BadInput where it is not on the board."""
    row = board.row(unit)
    if row is None:
        raise BadInput(f"{now.label}的“{board.name}”里没有这个单位。请从名单里选。")
    was = before.row(board.code, unit) if before else None
    sections = layout.sections(
        ("得分和名次", [Paragraph("".join(_standing(now, board, row, was)))]),
        ("办得较好的和较差的", _matters(detail)),
        ("失分最多的工单", _costs(detail, numbers, categories)),
        ("请做好以下工作", [Paragraph(text) for text in _todo(board, row, detail)]),
    )
    opening = Paragraph(f"{row.name}：")
    told = Paragraph(f"{now.label}（{day(now.first)}至{day(now.last)}）的考评结果已经公布。现将你单位的情况函告如下。")
    about = {"note": now.note, "cycle": now.cycle, "version": now.version, "sha256": now.sha256}
    parts = (opening, told, *sections, Paragraph(f"{scorecard.basis(now)}结果校验值 {now.sha256}。", note=True))
    return Document(f"关于{now.label}考评结果的函", parts, issuer, now.first, now.last, about)


def _standing(now: Published, board: Board, row: Row, was: Row | None) -> Iterator[str]:
    yield _place(now, board, row)
    yield _change(row, was)
    for rate, word in WORDS.items():
        found, group = row.rates[rate], wording.mean(board.rows, rate)
        then = was.rates[rate] if was else None
        said = sentence(f"{word} {wording.percent(found.share)}（{found.n:,} 件）", wording.moved(found, then))
        mean = f"；{board.name}平均 {wording.percent(group.share)}。"
        yield said.removesuffix("。") + mean if found.n >= FEW else f"{word}只有 {found.n} 件，不算率。"
    yield f"没联系上市民 {wording.share(row.unreached, row.n + row.unreached)}。"
    if row.excluded or row.filed:
        raw = wording.percent(row.raw["resolution"].share)
        yield f"剔除 {row.excluded:,} 件，终结办理 {row.filed:,} 件，不计入得分；不剔除时解决率是 {raw}。"
    else:
        yield "没有剔除和终结办理的件。"
    yield _extra(now, row)


def _extra(now: Published, row: Row) -> str:
    """The parts besides the rates, and bonus and penalty; "" without any."""
    model = now.scheme.model
    parts = [f"{PARTS.get(key, key)} {wording.percent(part.share)}（{part.n:,} 件）" for key, part in row.parts.items()]
    points = [f"{model.points[key].name} {got:+.2f} 分" for key, got in row.points.items() if key in model.points]
    return sentence(*(f"{word}：{listed(found)}" for word, found in (("其他计分", parts), ("加减分", points)) if found))


def _place(now: Published, board: Board, row: Row) -> str:
    if row.rank is None or row.score is None:
        return f"你单位有效答复 {row.answers} 件，不足 {board.enough} 件，样本不足，本期不排名，也不说明办得好坏。"
    certain = "" if row.certain else f"，误差范围内是第 {row.best} 到第 {row.worst} 名"
    return (
        f"你单位得 {row.score:.2f} 分（95% 区间 {wording.interval(row)}），"
        f"在{board.name}参加排名的 {len(board.ranked)} 个单位里排第 {row.rank} 名{certain}。"
    )


def _change(row: Row, was: Row | None) -> str:
    if row.rank is None:
        return ""
    if was is None or was.rank is None or was.score is None:
        return "上期没有排名。"
    moved = wording.step(row, was)
    known = "名次不变" if moved == "不变" else moved
    near = "两期的得分区间重叠，升降可能只是波动" if row.overlaps(was) else ""
    return sentence(f"上期得 {was.score:.2f} 分、第 {was.rank} 名，本期{known}", near)


def _matters(detail: Detail) -> list[Part]:
    said = [
        f"{word}{'；'.join(map(_matter, found))}。"
        for word, found in (("解决得比同组多的是", detail.strong), ("解决得比同组少的是", detail.weak))
        if found
    ]
    return [Paragraph(text) for text in said] or [Paragraph("各类诉求的答复都太少，不和同组比较。")]


def _matter(one: Matter) -> str:
    noise = "，差别属正常波动" if one.by_chance else ""
    solved = f"{one.n:,} 件里市民说解决了 {one.solved:,} 件，{wording.percent(one.share)}"
    return f"{one.name}（{solved}；同组 {wording.percent(one.group.share)}{noise}）"


def _costs(detail: Detail, numbers: Mapping[int, str], categories: Mapping[str, str]) -> list[Part]:
    if not detail.costs:
        return [Paragraph("没有失分的工单。")]
    lost = {rate: points for rate, points in detail.lost.items() if round(points, 2)}
    said = listed(f"{WORDS[rate]}失 {points:.2f} 分" for rate, points in lost.items())
    text = f"三率合计失 {sum(detail.lost.values()):.2f} 分：{said}。" if said else ""
    rows = [_cost(one, numbers, categories) for one in detail.costs]
    return [Paragraph(f"{text}失分最多的 {len(rows)} 件见下表。"), Table("costs", "失分最多的工单", _COSTS, rows)]


def _cost(one: Cost, numbers: Mapping[int, str], categories: Mapping[str, str]) -> dict[str, str | float]:
    return {
        "number": numbers.get(one.order, str(one.order)), "category": categories.get(one.category, one.category or "—"),
        "solved": SOLVED.get(one.solved, one.solved), "satisfied": SATISFIED.get(one.satisfied, one.satisfied),
        "responded": "是" if one.responded else "否", "points": one.points,
    }  # fmt: skip


def _todo(board: Board, row: Row, detail: Detail) -> list[str]:
    """What to do, each with its ground: only where the unit is below its group by more than chance."""
    said = [
        f"{one.name}：还有 {one.n - one.solved} 件市民没说解决，比同组少解决约 {-one.more:.0f} 件。"
        "请逐件弄清卡在哪里，能办的定时间办，办不了的向市民讲明。"
        for one in detail.weak
        if not one.by_chance
    ]
    if _below(_unreached(board.rows), _unreached([row])):
        mine, group = (wording.percent(_unreached(rows).share) for rows in ([row], board.rows))
        said.append(f"没联系上市民的占 {mine}，同组是 {group}。请核对联系记录和号码。")
    response, peers = row.rates["response"], wording.mean(board.rows, "response")
    if _below(response, peers):
        missed = round(response.n * (1 - (response.share or 0.0)))
        said.append(f"约 {missed} 件没有按时联系市民。请查签收到第一次联系之间停在哪一步。")
    if _below(_excluded(board.rows), _excluded([row])):
        mine, group = (wording.percent(_excluded(rows).share) for rows in ([row], board.rows))
        said.append(f"剔除率 {mine}，高于同组（{group}）。请自查每一件的理由和证据。")
    return [f"{n}. {text}" for n, text in enumerate(said, 1)] or ["没有明显低于同组的方面。请继续这样办。"]


def _unreached(rows: Sequence[Row]) -> Rate:
    n, out = sum(row.n + row.unreached for row in rows), sum(row.unreached for row in rows)
    return Rate(n, out / n if n else None, None, None)


def _excluded(rows: Sequence[Row]) -> Rate:
    n = sum(row.cases - row.filed for row in rows)
    return Rate(n, sum(row.excluded for row in rows) / n if n else None, None, None)


def _below(low: Rate, high: Rate) -> bool:
    known = low.share is not None and high.share is not None and min(low.n, high.n) >= FEW
    return known and (low.share or 0.0) < (high.share or 0.0) and not wording.by_chance(low, high)
