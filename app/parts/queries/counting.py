"""What a count found (SO-22)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from app.core import clock
from app.core.db import db
from app.parts import rules
from app.parts.models import PartUnit, StockBalance, StockCount, StockCountLine, StockMove
from app.parts.rules import LIVE_COUNTS, Change


@dataclass(frozen=True)
class Finding:
    """One line of a count against the books of the moment it was counted.

    ``moved``: pieces that came (less: went) since the count began and before this line was counted.
    """

    line: StockCountLine
    expected: int
    moved: int
    lost: tuple[str, ...] = ()
    found: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """Pieces too many, or missing (negative)."""
        return rules.difference(self.line.counted, self.expected)

    @property
    def missing(self) -> int:
        """Pieces that the books have and the place has not."""
        return len(self.lost) if self.line.part.serial_tracked else max(0, -self.difference)

    @property
    def surplus(self) -> int:
        """Pieces that the place has and the books have not."""
        return len(self.found) if self.line.part.serial_tracked else max(0, self.difference)

    @property
    def pieces(self) -> int:
        """Pieces to be explained, both ways: one unit lying there instead of another is a difference too."""
        return self.missing + self.surplus


def findings(count: StockCount) -> list[Finding]:
    """Every line of a count with what should have lain there. A booked count says what was booked."""
    lines = sorted(count.lines, key=lambda line: (line.part.name, line.part.code, line.id))
    if count.status == "booked":
        return [Finding(line, (line.counted or 0) - (line.difference or 0), 0) for line in lines]
    books = _books(count.place_id)
    moves = _moves_since(count, lines)
    units = _units(count.place_id)
    now = clock.now()
    found = []
    for line in lines:
        when = line.counted_at or now
        mine = moves[line.part_id]
        changes = [Change(move.at, _pieces(move, count.place_id)) for move in mine]
        expected = rules.expected_at(books.get(line.part_id, 0), changes, when)
        lost, surplus = _serials(line, mine, count.place_id, units[line.part_id], when)
        found.append(Finding(line, expected, expected - line.book, lost, surplus))
    return found


def _books(place_id: int) -> dict[int, int]:
    statement = select(StockBalance.part_id, StockBalance.quantity).where(StockBalance.place_id == place_id)
    return {part: int(quantity) for part, quantity in db.session.execute(statement)}


def _units(place_id: int) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    statement = select(PartUnit.part_id, PartUnit.serial_no).where(PartUnit.place_id == place_id)
    for part, serial in db.session.execute(statement):
        found[part].add(serial)
    return found


def _moves_since(count: StockCount, lines: list[StockCountLine]) -> dict[int, list[StockMove]]:
    """Moves of the place since the first line was counted, by part."""
    first = min((line.counted_at for line in lines if line.counted_at), default=None)
    found: dict[int, list[StockMove]] = defaultdict(list)
    if first is None:
        return found
    here = or_(StockMove.from_place_id == count.place_id, StockMove.to_place_id == count.place_id)
    statement = select(StockMove).where(here, StockMove.at > first).options(selectinload(StockMove.units))
    for move in db.session.scalars(statement.order_by(StockMove.id)):
        found[move.part_id].append(move)
    return found


def _pieces(move: StockMove, place_id: int) -> int:
    return move.quantity if move.to_place_id == place_id else -move.quantity


def _serials(
    line: StockCountLine, moves: list[StockMove], place_id: int, now_there: set[str], when: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not line.part.serial_tracked or line.counted is None:
        return (), ()
    expected = set(now_there)
    for move in reversed(moves):  # back to the moment it was counted, the latest move first
        if move.at > when:
            serials = {unit.serial_no for unit in move.units}
            expected = expected - serials if move.to_place_id == place_id else expected | serials
    counted = set(rules.serials_of(line.serials))
    # A unit that left since cannot be missing, one that came back since cannot be too many: the books have them right.
    return tuple(sorted((expected - counted) & now_there)), tuple(sorted((counted - expected) - now_there))


def counts_open() -> int:
    """Counts that wait for the supervisor to book them."""
    statement = select(func.count(StockCount.id)).where(StockCount.status == LIVE_COUNTS[1])
    return int(db.session.execute(statement).scalar_one())
