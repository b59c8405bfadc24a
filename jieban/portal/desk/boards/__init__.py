"""Boards: lists of what waits, gathered from one file a subject into the sections of the rail."""

from __future__ import annotations

from jieban.accounts.actor import Role
from jieban.portal.desk.boards import (
    abuse,
    accuracy,
    callbacks,
    catalogue,
    court,
    dryrun,
    enterprise,
    exclusions,
    joint,
    ledger,
    letters,
    notices,
    repeats,
    replies,
    sending,
    time,
)
from jieban.portal.desk.boards.board import Board

# Every board, in the order of its section's tabs.
TABLE: tuple[Board, ...] = (
    *court.BOARDS,
    *joint.BOARDS,
    *replies.BOARDS,
    *catalogue.BOARDS,
    *dryrun.BOARDS,
    *accuracy.BOARDS,
    *enterprise.BOARDS,
    *ledger.BOARDS,
    *letters.BOARDS,
    *callbacks.BOARDS,
    *sending.BOARDS,
    *repeats.BOARDS,
    *exclusions.BOARDS,
    *abuse.BOARDS,
    *time.BOARDS,
    *notices.BOARDS,
)


def of(section: str, role: Role) -> list[Board]:
    """The boards of a section that the role looks at."""
    return [board for board in TABLE if board.section == section and role in board.roles]


def roles(section: str) -> frozenset[Role]:
    """Who has at least one board in the section."""
    return frozenset(role for board in TABLE if board.section == section for role in board.roles)
