"""What stands on the papers of this area (SO-22): plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class StockLine:
    """A part in the stock list: pieces in each column of the list, in the list's order. ``price`` in CNY a piece."""

    row: int
    code: str
    name: str
    unit: str
    price: Decimal
    store: int
    reserved: int
    vans: int
    used: int
    reorder_point: int
    low: bool

    @property
    def amount(self) -> Decimal:
        """What the pieces in store and vans are worth at list price (CNY); old parts are worth nothing."""
        return self.price * (self.store + self.vans)


@dataclass(frozen=True, kw_only=True)
class StockList(Paper):
    """库存清单: what a branch has in its store rooms, vans and on the used-parts shelf."""

    lines: tuple[StockLine, ...]

    @property
    def amount(self) -> Decimal:
        """CNY at list prices."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, kw_only=True)
class CountSheetLine:
    """A part to be counted; ``counted`` None while nothing is entered, ``difference`` None while nothing is booked."""

    row: int
    code: str
    name: str
    unit: str
    serials: tuple[str, ...]
    tracked: bool
    counted: int | None
    book: int
    difference: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class CountSheet(Paper):
    """盘点表: to be taken to the shelf (the books are not on it), or the result once it is booked."""

    place: str
    started_at: datetime
    started_by: str
    booked_at: datetime | None
    booked_by: str
    lines: tuple[CountSheetLine, ...]


@dataclass(frozen=True, kw_only=True)
class RequestLine:
    """A part asked for; ``stock`` and ``point``: pieces free in the store, and the reorder point."""

    row: int
    code: str
    name: str
    unit: str
    stock: int
    point: int
    quantity: int
    received: int
    price: Decimal
    note: str

    @property
    def amount(self) -> Decimal:
        """CNY."""
        return self.price * self.quantity


@dataclass(frozen=True, kw_only=True)
class PurchasePaper(Paper):
    """请购单: what a branch asks to be bought."""

    state: str
    draft: bool
    supplier: str
    needed_by: date | None
    note: str
    drafted_by: str
    sent_by: str
    sent_at: datetime | None
    lines: tuple[RequestLine, ...]

    @property
    def amount(self) -> Decimal:
        """CNY at list prices."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, kw_only=True)
class SlipLine:
    """A line of a slip; ``kind`` in words."""

    row: int
    kind: str
    code: str
    name: str
    unit: str
    quantity: int
    serials: str
    job: str


@dataclass(frozen=True, kw_only=True)
class SlipPaper(Paper):
    """领退料单: what a technician took, brought back and handed in at one time."""

    technician: str
    van: str
    store: str
    at: datetime
    by: str
    lines: tuple[SlipLine, ...]
