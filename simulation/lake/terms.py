"""What the pack says of places, proof and appraisal, as numbers beside those of `city`: what answers are drawn with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jieban.city.pack import Pack
from simulation.lake.city import ONLY, City, Ints


@dataclass(frozen=True, slots=True)
class Terms:
    """`owner`, `community` and `firm` are numbers by place of the city, -1 where there is none.

    `proof_two` and `proof_three` tell of each category of a level whether pictures are asked for, `dual` of each second
    level whether two units lead it together. `grounds` are why an answer may be left out of appraisal, the commonest
    first.
    """

    owners: list[str]
    owner: Ints
    sections: list[str]
    community: Ints
    firm: Ints
    proof_two: np.ndarray
    proof_three: np.ndarray
    dual: np.ndarray
    grounds: list[str]


def of(pack: Pack, city: City) -> Terms:
    """The terms of a pack for its city."""
    owners = list(pack.owners)
    owner = {place.code: owners.index(place.owner) for place in pack.places if place.owner}
    sections = sorted(u.code for u in pack.units.values() if u.kind in ("community", "property_firm"))
    numbers = {code: n for n, code in enumerate(sections)}
    firms = {u.parent: numbers[u.code] for u in pack.units.values() if u.kind == "property_firm"}
    at = [_community(code, pack) for code in city.places]
    return Terms(
        owners=owners,
        owner=np.array([owner.get(code, -1) for code in city.places]),
        sections=sections,
        community=np.array([numbers.get(code, -1) for code in at]),
        firm=np.array([firms.get(code, -1) for code in at]),
        proof_two=np.array([*(pack.replies.proof(code.removesuffix(ONLY)) is not None for code in city.two), False]),
        proof_three=np.array([*(pack.replies.proof(code) is not None for code in city.three), False]),
        dual=np.array([*(bool(d := city.duties[code]) and d[0].way == "dual" for code in city.two), False]),
        grounds=[ground.code for ground in pack.grounds.values() if ground.group == "exclusion"],
    )


def _community(place: str, pack: Pack) -> str:
    """The community a place lies in: the one whose code its own begins with; "" where there is none."""
    heads = (place[:end] for end in range(len(place), 0, -1))
    return next((h for h in heads if h in pack.units and pack.units[h].kind == "community"), "")
