"""The ways in, by the client an actor comes through. A new way is one more file and one more row here."""

from __future__ import annotations

from jieban.accounts.actor import Actor, Role
from jieban.intake.channels import api, file, seat, web
from jieban.intake.channels.face import Face

BY_CLIENT: dict[str, Face] = {"web": web.FACE, "api": api.FACE, "cli": file.FACE}
__all__ = ["BY_CLIENT", "Face", "of"]


def of(by: Actor) -> Face:
    """The way in that this actor stands for: agents and supervisors sit at a seat, others are told by `client`."""
    if by.role in (Role.AGENT, Role.SUPERVISOR):
        return seat.FACE
    return BY_CLIENT.get(by.client, web.FACE)
