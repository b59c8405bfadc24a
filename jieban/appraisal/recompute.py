"""Recompute a cycle of appraisal from its audit bundle: `python3 recompute.py FOLDER`. Python 3.11 is all it needs.

Weights are whole hundredths, sums whole numbers and scores exact fractions, so that no order of adding and no machine
changes a digit. Jieban itself weighs, judges, scores and ranks with the functions of this file (docs/appraisal.md).
"""

import csv
import json
import sys
import tomllib
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

Table: TypeAlias = dict[str, Any]
Case: TypeAlias = dict[str, str]
RATES, SCOPES, Z = ("response", "resolution", "satisfaction"), ("adjusted", "raw"), Decimal("1.959963984540054")
MATCH = {"categories": ("category", "category2", "category1"), "owners": ("owner",), "roles": ("role",)}
LISTS, ANSWERS = ("filters", "weights", "rules"), ("solved", "satisfied")


def plan(scheme: Table, board: str, first: str) -> Table:
    """The scheme with only those lines of its lists that hold for a board in the cycle that begins on `first`."""
    lines = {k: [x for x in scheme[k] if board in x.get("boards", [board])] for k in LISTS}
    return scheme | {k: [x for x in lines[k] if str(x.get("from", "")) <= first < str(x.get("to", "9"))] for k in LISTS}


def meets(line: Table, case: Case) -> bool:
    """Whether a case is what a line of the scheme is about."""
    return all(any(case[c] in line[key] for c in columns) for key, columns in MATCH.items() if key in line)


def factors(held: Table, case: Case) -> tuple[Table, Table, Decimal, Decimal]:
    """What a case is weighed by: the line of its weight, its special rule (last lines win), its difficulty and role."""
    line, rule = ([{"weight": 1}, *(x for x in held[k] if meets(x, case))][-1] for k in ("weights", "rules"))
    role = held["roles"]["dual" if case["dual"] == "1" and case["role"] == "lead" else case["role"]]
    return line, rule, held["difficulty"].get(case["urgency"], held["difficulty"]["other"]), role


def weigh(held: Table, case: Case) -> tuple[int, Table]:
    """The weight of a case in 1e-8 (0: not scored) and what each answer is worth, in hundredths."""
    line, rule, hard, role = factors(held, case)
    worth = {k: {a: int(n * 100) for a, n in (held[k] | rule.get(k, {})).items()} for k in ANSWERS}
    weight = int(line["weight"] * 100) * int(hard * 100) * int(role * 100) * int(rule["weight"] * 100)
    return weight * all(meets(x, case) for x in held["filters"]), worth


def judge(case: Case, worth: Table) -> dict[str, int | None]:
    """What a case adds to each rate in hundredths; None where the citizen gave no valid answer to it."""
    contact = 100 if case["in_time"] == "1" and case["contacted"] != "0" else 0
    said = [worth[k].get(case[k]) if case["reached"] == "1" else None for k in ANSWERS]
    return dict(zip(RATES, [contact, *said], strict=True))


def belongs(board: Table, unit: Case) -> bool:
    """Whether a unit is one of a board: by its kind, and by its size where the board has bounds."""
    size = int(unit[board["size"]] or 0) if "size" in board else 0
    return unit["kind"] in board["kinds"] and board.get("size_from", 0) <= size < board.get("size_to", 10**12)


def trade(held: Table, case: Case) -> str:
    """The department that leads the trade of a case, by the deepest level of its category that the scheme names."""
    return next((t["unit"] for c in MATCH["categories"] for t in held["trades"] if case[c] in t["categories"]), "")


def subject(held: Table, board: Table, units: dict[str, Case], case: Case) -> str:
    """The unit of a board that a case counts for, empty where it counts for none."""
    unit = units.get(trade(held, case) if board["by"] == "trade" else case[board["by"]])
    return unit["code"] if unit and belongs(board, unit) else ""


def add(sums: Counter[str], held: Table, case: Case) -> None:
    """Count a case for a unit: left out (剔除) it stays in the raw rates, filed away (终结办理) it is in none."""
    weight, worth = weigh(held, case)
    if weight:
        filed, out = case["ground"] == "terminated", case["ground"] != ""
        sums["filed" if filed else "excluded" if out else "n" if case["reached"] == "1" else "unreached"] += 1
        for rate, value in judge(case, worth).items():
            for name in [f"{s}_{rate}" for s in SCOPES if value is not None and not filed and not (out and s != "raw")]:
                sums.update({f"{name}_n": 1, f"{name}_of": weight, f"{name}_got": weight * (value or 0)})


def rated(n: int, of: int, got: int) -> Table:
    """A rate: on how many cases it rests, its share (`got` hundredths of `of`), and the 95 % Wilson interval."""
    share = Fraction(got, 100 * of) if of else None
    p = Decimal(got) / (100 * of) if of else Decimal(0)
    half = Z * (p * (1 - p) / n + Z * Z / (4 * n * n)).sqrt() if n else 0
    low, high = ((p + Z * Z / (2 * n) + x) / (1 + Z * Z / n) if n else None for x in (-half, half))
    return {"n": n, "share": share, "low": low, "high": high}


def score(held: Table, board: Table, unit: Case, sums: Counter[str], marks: list[Case]) -> Table:
    """All figures of a unit, exact. Parts and points come from the marks; a part without cases takes no weight."""
    scopes = {s: {r: rated(*(sums[f"{s}_{r}_{x}"] for x in ("n", "of", "got"))) for r in RATES} for s in SCOPES}
    mine = {
        m["name"]: (int(m["got"]), int(m["of"] or 0)) for m in marks if board["marks"] and m["unit"] == unit["code"]
    }
    parts = {k: rated(mine[k][1], mine[k][1], 100 * mine[k][0]) for k in held["parts"] if mine.get(k, (0, 0))[1]}
    rules = {k: (p["each"] * mine[k][0], p["most"]) for k, p in held["points"].items() if k in mine}
    points = {k: max(-most, min(most, x)) for k, (x, most) in rules.items()}
    pieces = [(Fraction((held["rates"] | held["parts"])[k]), x) for k, x in (scopes["adjusted"] | parts).items()]
    known, extra = all(x["n"] for _, x in pieces), Fraction(sum(points.values()))
    whole = [100 * sum(w * Fraction(x[k]) for w, x in pieces) / sum(w for w, _ in pieces) + extra if known else None
             for k in ("share", "low", "high")]  # fmt: skip
    enough = known and scopes["adjusted"]["resolution"]["n"] >= board["enough"]
    per = {k: Fraction(10_000 * int(unit["appeals"]), int(unit[k])) if unit[k] else None for k in ("residents", "base")}
    counts = {k: sums[k] for k in ("n", "unreached", "excluded", "filed")}
    figures = {"composite": dict(zip(("score", "low", "high"), whole, strict=True)), **scopes, "parts": parts}
    return {"unit": unit["code"], "rank": None, "enough": enough, **counts, **figures, "points": points, "per": per}


def rank(rows: list[Table], ties: list[str]) -> list[Table]:
    """Best first, ranked 1, 2, 2, 4 …; those with too few answers come last without a rank, by their code."""
    for row in rows:
        rates = {k: x["share"] or 0 for k, x in row["adjusted"].items()} | {"per_10k": -(row["per"]["residents"] or 0)}
        row["key"] = [-(row["composite"]["score"] or 0), *(-rates[tie] for tie in ties)] if row["enough"] else []
    held = sorted(rows, key=lambda row: (not row["enough"], row["key"], row["unit"]))
    first = {str(row["key"]): place for place, row in reversed(list(enumerate(held, start=1)))}
    return [row | {"rank": first[str(row["key"])] if row["enough"] else None} for row in held]


def printed(value: Any) -> Any:
    """A result with its exact numbers as text: six decimals, rounded half to even."""
    if isinstance(value, dict | list):
        return (
            {k: printed(x) for k, x in value.items() if k != "key"}
            if isinstance(value, dict)
            else list(map(printed, value))
        )
    exact = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
    return str(exact.quantize(Decimal("0.000001"))) if isinstance(exact, Decimal) else value


def recompute(scheme: Table, first: str, units: dict[str, Case], cases: list[Case], marks: list[Case]) -> list[Table]:
    """The boards of a cycle, each with its rows as `result.json` has them."""
    boards = []
    for board in scheme["boards"]:
        held, sums = plan(scheme, board["code"], first), {u["code"]: Counter[str]() for u in units.values()}
        for code, case in ((subject(held, board, units, case), case) for case in cases):
            if code:
                add(sums[code], held, case)
        rows = [score(held, board, units[code], found, marks) for code, found in sums.items() if found]
        boards.append({"code": board["code"], "rows": printed(rank(rows, scheme["ties"]))})
    return boards


def main(folder: Path) -> int:
    """Compute the bundle in a folder anew and say whether its result.json is right."""
    scheme = tomllib.loads((folder / "scheme.toml").read_text("utf-8"), parse_float=Decimal)
    said = json.loads((folder / "result.json").read_text("utf-8"))
    read = [list(csv.DictReader((folder / f"{k}.csv").open(encoding="utf-8"))) for k in ("units", "cases", "marks")]
    found = recompute(scheme, said["first"], {u["code"]: u for u in read[0]}, read[1], read[2])
    wrong = [(a, b) for a, b in zip(said["boards"], found, strict=True) if a != b]
    print(
        f"{len(read[1])} cases, {len(found)} boards:", f"first to differ: {wrong[0]}" if wrong else "every digit agrees"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
