"""A scheme in words: every weight and rule as a row of a table, never as TOML. Two schemes differ where rows differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.city.pack import Pack
from jieban.city.schemes import Line, Model, Rule
from jieban.portal import words
from jieban.portal.words import Word

RATES: dict[str, Word] = {
    "response": lazy("响应率"), "resolution": lazy("解决率"), "satisfaction": lazy("满意率"),
}  # fmt: skip
PARTS: dict[str, Word] = {
    "first_duty": lazy("首接负责"), "proactive": lazy("主动治理"), "joint": lazy("双考核（吹哨方评）"),
}  # fmt: skip
ROLES: dict[str, Word] = {
    "lead": lazy("主办"), "assist": lazy("协办"), "dual": lazy("双派（与别家一起主办）"),
}  # fmt: skip
KINDS: dict[str, Word] = {
    "district": lazy("区"), "street": lazy("街道（乡镇）"), "city_department": lazy("市级部门"),
    "district_department": lazy("区级部门"), "state_enterprise": lazy("市属国企"), "platform_firm": lazy("平台企业"),
    "development_zone": lazy("开发区"), "community": lazy("社区（村）"), "property_firm": lazy("物业服务企业"),
    "city_centre": lazy("市中心"), "city_bureau": lazy("市局"), "grid": lazy("网格"), "office": lazy("科室"),
    "party_discipline": lazy("纪检监察"), "sub_centre": lazy("分中心"),
}  # fmt: skip
BY: dict[str, Word] = {
    "unit": lazy("承办单位"), "section": lazy("单位里的科室、社区、企业"), "district": lazy("所在的区"),
    "trade": lazy("主管行业的部门"),
}  # fmt: skip
SIZES: dict[str, Word] = {"residents": lazy("常住人口"), "base": lazy("服务基数"), "appeals": lazy("诉求量")}
TIES: dict[str, Word] = {**RATES, "per_10k": lazy("万人诉求比（少的在前）")}
FIELDS: dict[str, Word] = {
    "code": lazy("代码"), "name": lazy("名称"), "note": lazy("标注"), "source": lazy("数字从哪来"),
    "from": lazy("第一天"), "cycle_start_day": lazy("每期从几日开始"), "late_days": lazy("期后补访几天"),
    "exclusion_days": lazy("再留几天申请剔除"), "ties": lazy("同分先比什么"), "grounds": lazy("剔除理由"),
    "enough": lazy("至少几件有效回访"), "each": lazy("每件"), "most": lazy("最多"), "weight": lazy("权重"),
    "rates": lazy("三率权重"), "parts": lazy("其他部分权重"), "solved": lazy("“是否解决”怎么算"),
    "satisfied": lazy("“是否满意”怎么算"), "roles": lazy("承办角色"), "difficulty": lazy("难度"),
    "filters": lazy("只考哪些"), "weights": lazy("加权"), "rules": lazy("特别规则"), "boards": lazy("榜"),
    "trades": lazy("行业"), "points": lazy("加分扣分"), "consulted": lazy("征求意见"),
    "kinds": lazy("哪类单位"), "categories": lazy("分类"), "owners": lazy("产权"), "unit": lazy("单位"),
    "to": lazy("到"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a scheme says. Rows of two schemes with the same `key` are about the same thing."""

    key: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Rows about one subject under their headings; `note` says how they work."""

    key: str
    title: Word
    head: tuple[Word, ...]
    rows: tuple[Row, ...]
    note: Word = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one row says in two schemes; empty where one has no such row."""

    section: Word
    before: str
    after: str


def sections(m: Model, pack: Pack) -> list[Section]:
    """Everything that a scheme says."""
    return [_basic(m, pack), _weights(m), *_answers(m), _roles(m), _difficulty(m, pack), *_lines(m, pack),
            _boards(m), _trades(m, pack), _points(m), _consulted(m)]  # fmt: skip


def differences(before: Sequence[Section], after: Sequence[Section]) -> list[Difference]:
    """The rows in which two schemes differ, by section."""
    there = {section.key: section for section in before}
    out = []
    for section in after:
        old, new = (_texts(one) for one in (there[section.key], section))
        out += [
            Difference(section.title, old.get(key, ""), new.get(key, ""))
            for key in dict.fromkeys((*old, *new))
            if old.get(key) != new.get(key)
        ]
    return out


def _texts(section: Section) -> dict[str, str]:
    return {row.key: "　".join(cell for cell in row.cells if cell) for row in section.rows}


def number(value: Decimal | float) -> str:
    """A weight as people write it: 1, 0.5, 1.2."""
    return f"{Decimal(str(value)).normalize():f}"


def percent(value: Decimal) -> str:
    """A share of the composite."""
    return f"{number(value * 100)}%"


def _basic(m: Model, pack: Pack) -> Section:
    grounds = "、".join(pack.grounds[code].name if code in pack.grounds else code for code in m.grounds)
    rows = [
        ("code", m.code), ("name", m.name), ("note", m.note), ("source", m.source), ("from", m.first.isoformat()),
        ("cycle_start_day", str(m.cycle_start_day)), ("late_days", str(m.late_days)),
        ("exclusion_days", str(m.exclusion_days)), ("ties", " → ".join(str(TIES[tie]) for tie in m.ties)),
        ("grounds", grounds or _("没有")),
    ]  # fmt: skip
    return Section("basic", lazy("基本"), (lazy("项"), lazy("内容")), tuple(_row(key, value) for key, value in rows))


def _row(key: str, *cells: str) -> Row:
    return Row(key, (str(FIELDS.get(key, key)), *cells))


def _weights(m: Model) -> Section:
    weights = {**dict(m.rates), **m.parts}
    names = {**RATES, **PARTS}
    rows = tuple(Row(key, (str(names.get(key, key)), percent(value))) for key, value in weights.items())
    note = lazy("综合得分 = 各率 × 权重之和 × 100，再加减分。这一期没有的部分不占权重，其余按比例补足。")
    return Section("rates", lazy("占综合得分多少"), (lazy("部分"), lazy("权重")), rows, note)


def _answers(m: Model) -> Iterator[Section]:
    note = lazy("一件算几件；没有回答的不算进这一率。")
    for key, said, names in (("solved", m.solved, words.SOLVED), ("satisfied", m.satisfied, words.SATISFIED)):
        rows = tuple(Row(answer, (str(names[answer]), number(value))) for answer, value in said)
        yield Section(key, FIELDS[key], (lazy("市民怎么说"), lazy("算几件")), rows, note)


def _roles(m: Model) -> Section:
    rows = tuple(Row(key, (str(ROLES[key]), number(value))) for key, value in m.roles)
    return Section("roles", lazy("承办角色的权重"), (lazy("角色"), lazy("权重")), rows)


def _difficulty(m: Model, pack: Pack) -> Section:
    rows = tuple(Row(key, (_class(key, pack), number(value))) for key, value in m.difficulty.items())
    return Section("difficulty", lazy("难度的权重"), (lazy("时限类别"), lazy("权重")), rows)


def _class(key: str, pack: Pack) -> str:
    if key == "other":
        return _("其他")
    return f"{pack.clocks[key].name}（{key}）" if key in pack.clocks else key


def _lines(m: Model, pack: Pack) -> Iterator[Section]:
    about = lazy("管哪些工单")
    filters = tuple(Row(line.name, (line.name, _about(line, m, pack))) for line in m.filters)
    note = lazy("没有写就是都考；写了几条，要每一条都符合才考。")
    yield Section("filters", FIELDS["filters"], (lazy("名称"), about), filters, note)
    weights = tuple(Row(w.name, (w.name, _about(w, m, pack), number(w.weight))) for w in m.weights)
    note = lazy("符合几条时按最后一条。")
    yield Section("weights", lazy("分类加权"), (lazy("名称"), about, lazy("权重")), weights, note)
    rules = tuple(Row(r.name, (r.name, _about(r, m, pack), number(r.weight), _worth(r))) for r in m.rules)
    yield Section("rules", FIELDS["rules"], (lazy("名称"), about, lazy("权重"), lazy("回答另算")), rules, note)


def _about(line: Line, m: Model, pack: Pack) -> str:
    """What a line is about, in words: every condition must hold."""
    boards = {board.code: board.name for board in m.boards}
    named: tuple[tuple[Any, Mapping[str, Any]], ...] = (
        (line.boards, boards), (line.categories, {c: one.name for c, one in pack.categories.items()}),
        (line.owners, {c: one.name for c, one in pack.owners.items()}), (line.roles, ROLES),
    )  # fmt: skip
    said = ["、".join(str(names.get(code, code)) for code in codes) for codes, names in named if codes]
    if line.first:
        said.append(_("%s 起") % line.first)
    if line.end:
        said.append(_("%s 前") % line.end)
    return " · ".join(said) or _("全部")


def _worth(rule: Rule) -> str:
    said = [f"{words.SOLVED[k]} {number(v)}" for k, v in rule.solved.items()]
    return "、".join([*said, *(f"{words.SATISFIED[k]} {number(v)}" for k, v in rule.satisfied.items())])


def _boards(m: Model) -> Section:
    head = (
        lazy("榜"),
        lazy("哪类单位"),
        lazy("工单算给谁"),
        lazy("规模"),
        lazy("至少几件有效回访"),
        lazy("其他部分和加减分"),
    )
    rows = tuple(
        Row(
            b.code,
            (b.name, "、".join(str(KINDS.get(kind, kind)) for kind in b.kinds), str(BY[b.by]), _size(b), str(b.enough),
             _("算") if b.marks else _("不算")),
        )
        for b in m.boards
    )  # fmt: skip
    return Section("boards", lazy("谁和谁比"), head, rows, lazy("有效回访不够的只列件数，不排名。"))


def _size(board: Any) -> str:
    if board.size is None:
        return _("不分")
    low, high = board.size_from, board.size_to
    upper = _("，不到 %s") % f"{high:,}" if high < 10**12 else ""
    return f"{SIZES[board.size]} {low:,}+{upper}"


def _trades(m: Model, pack: Pack) -> Section:
    rows = []
    for trade in m.trades:
        unit = pack.units[trade.unit].name if trade.unit in pack.units else trade.unit
        known = [pack.categories[c].name if c in pack.categories else c for c in trade.categories]
        rows.append(Row(trade.unit, (unit, "、".join(known))))
    note = lazy("这些分类的工单，不论谁办，也算给主管部门。")
    return Section("trades", lazy("主管行业"), (lazy("部门"), lazy("分类")), tuple(rows), note)


def _points(m: Model) -> Section:
    rows = tuple(Row(code, (p.name, f"{p.each:+f}", _("最多 ±%s") % number(p.most))) for code, p in m.points.items())
    return Section("points", FIELDS["points"], (lazy("事项"), lazy("每件几分"), lazy("上限")), rows)


def _consulted(m: Model) -> Section:
    rows = tuple(Row(f"{c.who} {c.on}", (c.who, c.on.isoformat(), c.said)) for c in m.consulted)
    return Section("consulted", FIELDS["consulted"], (lazy("谁"), lazy("哪天"), lazy("说了什么，怎么处理")), rows)


def field(name: str, pack: Pack, values: Mapping[str, Any]) -> str:
    """What a place in a text is called: `rates.response` → 三率权重 · 响应率; list rows by their number from 1."""
    inner = {"solved": words.SOLVED, "satisfied": words.SATISFIED, "roles": ROLES}.get(
        name.split(".")[-2] if "." in name else "", {**RATES, **PARTS}
    )
    steps, out = name.split("."), list[str]()
    for n, step in enumerate(steps):
        if step.isdigit() and n:
            out.append(_named(values, steps[: n + 1]) or _("第 %s 条") % (int(step) + 1))
        elif n and steps[0] == "difficulty":
            out.append(_class(step, pack))
        elif n and steps[0] == "points" and n == 1:
            out.append(str(_of(values, "points", step, "name") or step))
        else:
            out.append(str(FIELDS.get(step) or inner.get(step) or step))
    return " · ".join(out)


def _named(values: Mapping[str, Any], path: Sequence[str]) -> str:
    """The name of a row of a list, where it has one."""
    return str(_of(values, path[0], int(path[-1]), "name") or "") if len(path) == 2 else ""


def _of(values: Any, *path: str | int) -> Any:
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values
