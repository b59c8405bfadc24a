"""A what-if as plain values, for a program or a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from jieban.appraisal.sensitivity import Board as Noise
from jieban.appraisal.whatif import Board, Move, WhatIf
from jieban.city.schemes import Scheme


def document(found: WhatIf, past: Sequence[WhatIf] = ()) -> dict[str, Any]:
    """Everything, with the earlier cycles by board."""
    return {
        "note": found.tried.model.note, "cycle": found.cycle.code, "first": str(found.cycle.first),
        "end": str(found.cycle.end), "cases": found.cases, "in_force": _named(found.cycle.scheme),
        "tried": _named(found.tried), "unshown": list(found.unshown),
        "boards": [_board(one, found.noise.get(one.code)) for one in found.boards],
        "past": [{"cycle": one.cycle.code, "in_force": one.cycle.scheme.model.code, "cases": one.cases,
                  "boards": [sums(board) for board in one.boards]} for one in past],
    }  # fmt: skip


def sums(board: Board) -> dict[str, Any]:
    """How much a board moves."""
    return {
        "code": board.code, "name": board.name, "only": board.only, "ranked": len(board.ranked),
        "up": len(board.winners), "down": len(board.losers), "largest": board.largest, "mean": round(board.mean, 2),
        "gained": board.gained, "lost": board.lost, "into_top": board.into_top(), "into_bottom": board.into_bottom(),
    }  # fmt: skip


def _named(scheme: Scheme) -> dict[str, str]:
    return {"code": scheme.model.code, "name": scheme.model.name, "sha256": scheme.sha256}


def _board(board: Board, noise: Noise | None) -> dict[str, Any]:
    sure = {unit.unit: asdict(unit) for unit in noise.units} if noise else {}
    told = {"unsure": noise.unsure, "tilts": [asdict(tilt) for tilt in noise.tilts]} if noise else {}
    return {**sums(board), **told, "moves": [_move(move, sure.get(move.unit, {})) for move in board.moves]}


def _move(move: Move, sure: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in sure.items() if name not in ("unit", "rank")}
    return {**asdict(move), "places": move.places, "points": move.points, **kept}
