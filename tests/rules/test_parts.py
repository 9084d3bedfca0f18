"""Pure rules of parts and stock (SO-22)."""

from __future__ import annotations

import pytest

from app.core.errors import Refused
from app.parts.rules import MOVE_KINDS, check_move, missing_to_reorder_point

STORE, VAN, OUTSIDE = "warehouse", "van", None

ALLOWED = [
    ("receipt", OUTSIDE, STORE),
    ("issue", STORE, VAN),
    ("issue", STORE, STORE),
    ("return", VAN, STORE),
    ("fitted", VAN, OUTSIDE),
    ("fitted", STORE, OUTSIDE),
    ("unfitted", OUTSIDE, VAN),
    ("unfitted", OUTSIDE, STORE),
    ("scrap", VAN, OUTSIDE),
    ("scrap", STORE, OUTSIDE),
    ("correction", OUTSIDE, STORE),
    ("correction", OUTSIDE, VAN),
    ("correction", STORE, OUTSIDE),
    ("correction", VAN, OUTSIDE),
]
PLACES = (STORE, VAN, OUTSIDE)


@pytest.mark.parametrize(("kind", "source", "target"), [(k, s, t) for k in MOVE_KINDS for s in PLACES for t in PLACES])
def test_so22_parts_move_only_where_their_kind_of_move_leads(kind: str, source: str | None, target: str | None) -> None:
    if (kind, source, target) in ALLOWED:
        check_move(kind, 1, source, target)
    else:
        with pytest.raises(Refused):
            check_move(kind, 1, source, target)


@pytest.mark.parametrize("quantity", [0, -1])
def test_so22_at_least_one_part_moves(quantity: int) -> None:
    with pytest.raises(Refused):
        check_move("receipt", quantity, None, "warehouse")


@pytest.mark.parametrize(("held", "point", "missing"), [(0, 2, 2), (2, 2, 0), (5, 2, 0), (0, 0, 0)])
def test_so22_what_is_missing_to_the_reorder_point(held: int, point: int, missing: int) -> None:
    assert missing_to_reorder_point(held, point) == missing
