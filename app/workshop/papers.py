"""What stands on the papers of this area (SO-7, SO-8, SO-20): plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class Item:
    """The customer's product as every sheet of the workshop names it; ``tag_url`` is what its QR code opens."""

    customer: str
    phone: str
    address: str
    product: str
    model: str
    serial_no: str
    voucher_number: str
    order_number: str
    service_class: str
    symptom: str
    condition: str
    accessories: str
    tag_url: str


@dataclass(frozen=True, kw_only=True)
class GoodsReceiptPaper(Paper):
    """Form 003: for a product taken back; against it the product is given out again (SO-7, SO-20).

    ``charge`` in CNY, None while no charge is agreed. ``void_note`` says what became of the customer's copy;
    ``status_url`` is where the customer sees how the repair stands.
    """

    item: Item
    taken_at: datetime
    taken_by: str
    promised_at: datetime
    charge: Decimal | None
    loan: str
    photos: int
    signer: str
    signature: bytes | None
    unsigned_reason: str
    returned_at: datetime | None
    returned_to: str
    returned_by: str
    voided_by: str
    void_note: str
    returned_signature: bytes | None = None
    status_url: str = ""
    no_photo_reason: str = ""

    @property
    def void(self) -> bool:
        """Whether the product was given back, so that this receipt is good for nothing any more (SO-8)."""
        return self.returned_at is not None


@dataclass(frozen=True, kw_only=True)
class GoodsLine:
    """One item in the book, in and (when it has left) out; ``late`` when it is, or left, after the promised time."""

    row: int
    receipt_number: str
    in_at: datetime
    received_by: str
    customer: str
    phone: str
    model: str
    serial_no: str
    condition: str
    accessories: str
    promised_at: datetime
    late: bool
    where: str
    out_at: datetime | None
    returned_by: str
    returned_to: str
    void_note: str


@dataclass(frozen=True, kw_only=True)
class GoodsRegister(Paper):
    """Form 004 for one branch and day: what was in the house when the day began, then what came in; each with its way
    out (SO-7, SO-8). ``came_in``, ``went_out`` and ``in_house`` count the day's movements and what is there at its end.
    """

    carried: tuple[GoodsLine, ...]
    lines: tuple[GoodsLine, ...]
    came_in: int
    went_out: int
    in_house: int
    late: int

    @property
    def all_lines(self) -> tuple[GoodsLine, ...]:
        """Every line in the order of the book."""
        return self.carried + self.lines


@dataclass(frozen=True, kw_only=True)
class MinutesLine:
    """Minutes one person spent on the repair on one day."""

    on: date
    technician: str
    started_at: datetime
    minutes: int
    work: str


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """A part fitted; ``amount`` in CNY is the list price of that moment times the quantity."""

    part: str
    code: str
    quantity: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class InspectionLine:
    """One inspection by the supervisor: passed, or back to the repair with the reason (SO-8)."""

    at: datetime
    by: str
    passed: bool
    reason: str
    checklist: str


@dataclass(frozen=True, kw_only=True)
class SerialLine:
    """A number swapped in the repair: serial number, SIM card or the like (SO-17)."""

    at: datetime
    kind: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class RepairCardPaper(Paper):
    """Form 005: hangs on the product in the workshop (SO-8)."""

    item: Item
    state: str
    technician: str
    taken_at: datetime
    promised_at: datetime
    fault: str
    result: str
    minutes: tuple[MinutesLine, ...]
    parts: tuple[PartLine, ...]
    inspections: tuple[InspectionLine, ...]
    serials: tuple[SerialLine, ...]

    @property
    def minutes_spent(self) -> int:
        """Minutes of all lines."""
        return sum(line.minutes for line in self.minutes)


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """What happened to the item: ``what`` and ``note`` in words, ``by`` whom."""

    at: datetime
    what: str
    by: str
    note: str


@dataclass(frozen=True, kw_only=True)
class HolderLine:
    """Who had the item, from when until when; ``until`` None: has it now."""

    since: datetime
    until: datetime | None
    holder: str
    by: str
    note: str


@dataclass(frozen=True, kw_only=True)
class PromiseLine:
    """The promise as it was given and as it was changed: ``told`` whom, None for the first (SO-10)."""

    at: datetime
    promised_at: datetime
    told: str
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ItemTrail(RepairCardPaper):
    """Everything about one item in the house on one sheet: who had it when, and what was done (SO-7, SO-8)."""

    returned_at: datetime | None
    returned_to: str
    void_note: str
    holders: tuple[HolderLine, ...]
    steps: tuple[StepLine, ...]
    promises: tuple[PromiseLine, ...]
    photos: tuple[bytes, ...]
    unreadable: int = 0
    loan: str
    charge: Decimal | None
