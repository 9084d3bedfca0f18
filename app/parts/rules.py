"""Parts and stock: vocabulary and pure rules (SO-22, SO-17)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

# ``used`` is the shelf of old parts taken out of customers' products (旧件).
PLACE_KINDS = ("warehouse", "van", "used")
PLACE_KIND_LABELS = {
    "warehouse": N_("Warehouse"),
    "van": N_("Technician's van"),
    "used": N_("Used-parts shelf"),
}
MOVE_KIND_LABELS = {
    "receipt": N_("Receipt from supplier"),
    "issue": N_("Issue to van"),
    "return": N_("Return to warehouse"),
    "fitted": N_("Fitted"),
    "unfitted": N_("Taken out again"),
    "scrap": N_("Scrapped"),
    "correction": N_("Stock-taking difference"),
    "used": N_("Old part handed in"),
    "sent_back": N_("Sent back to supplier"),
}
MOVE_KINDS = tuple(MOVE_KIND_LABELS)

# Where a move of each kind comes from and where it goes; None is outside the company's stock.
_FROM_TO: dict[str, tuple[frozenset[str | None], frozenset[str | None]]] = {
    "receipt": (frozenset({None}), frozenset({"warehouse"})),
    "issue": (frozenset({"warehouse"}), frozenset({"van", "warehouse"})),
    "return": (frozenset({"van"}), frozenset({"warehouse"})),
    "fitted": (frozenset({"van", "warehouse"}), frozenset({None})),
    "unfitted": (frozenset({None}), frozenset({"van", "warehouse"})),
    "scrap": (frozenset({"van", "warehouse", "used"}), frozenset({None})),
    "correction": (frozenset({None, *PLACE_KINDS}), frozenset({None, *PLACE_KINDS})),
    "used": (frozenset({None}), frozenset({"used"})),
    "sent_back": (frozenset({"warehouse", "used"}), frozenset({None})),
}
# What the end outside our stock is: with it every move names both its ends.
OUTSIDE = {
    "receipt": N_("Supplier"),
    "fitted": N_("Customer"),
    "unfitted": N_("Customer"),
    "scrap": N_("Scrap"),
    "correction": N_("Stock-taking"),
    "used": N_("Customer"),
    "sent_back": N_("Supplier"),
}


def check_move(kind: str, quantity: int, source: str | None, target: str | None) -> None:
    """Raise ``Refused`` unless so many parts may go from a place of kind ``source`` to one of kind ``target`` (SO-22).

    None stands for outside: the supplier, the customer's product, the scrap bin.
    """
    if quantity <= 0:
        raise Refused(N_("At least one."), field="quantity")
    sources, targets = _FROM_TO[kind]
    if source not in sources:
        raise Refused(N_("Parts cannot be taken from this place for this purpose."), field="from_place_id")
    outside_both = source is None and target is None
    inside_both = kind == "correction" and source is not None and target is not None
    if target not in targets or outside_both or inside_both:
        raise Refused(N_("Parts cannot be put into this place for this purpose."), field="to_place_id")


# Where the characters of each initial begin in GB 2312, level one: the 3,755 in common use stand there by their reading.
_INITIALS = (
    (0xB0A1, "A"), (0xB0C5, "B"), (0xB2C1, "C"), (0xB4EE, "D"), (0xB6EA, "E"), (0xB7A2, "F"), (0xB8C1, "G"), (0xB9FE, "H"),
    (0xBBF7, "J"), (0xBFA6, "K"), (0xC0AC, "L"), (0xC2E8, "M"), (0xC4C3, "N"), (0xC5B6, "O"), (0xC5BE, "P"), (0xC6DA, "Q"),
    (0xC8BB, "R"), (0xC8F6, "S"), (0xCBFA, "T"), (0xCDDA, "W"), (0xCEF4, "X"), (0xD1B9, "Y"), (0xD4D1, "Z"), (0xD7FA, ""),
)  # fmt: skip
_STARTS = [start for start, _letter in _INITIALS]


def initials(name: str) -> str:
    """The first letters of how a name is read (助记码): 压缩机 → YSJ. Letters and digits stay, in capitals.

    A rare character has none and is left out; of several readings the usual one is taken.
    """
    found = []
    for each in name:
        if each.isascii():
            found.append(each.upper() if each.isalnum() else "")
            continue
        code = int.from_bytes(each.encode("gb2312", "ignore"), "big")
        found.append(_INITIALS[bisect_right(_STARTS, code) - 1][1] if code >= _STARTS[0] else "")
    return "".join(found)


def missing_to_reorder_point(quantity: int, reorder_point: int) -> int:
    """How many pieces are missing to the reorder point; 0 when there is enough (SO-22)."""
    return max(0, reorder_point - quantity)


def to_order(held: int, reserved: int, on_order: int, reorder_point: int, order_up_to: int) -> int:
    """How many pieces to ask for: 0 unless what is free and what is on its way lie below the reorder point (SO-22).

    Fills up to ``order_up_to``, at least to the reorder point. What is reserved is spoken for and does not count.
    """
    expected = held - reserved + on_order
    if expected >= reorder_point:
        return 0
    return max(order_up_to, reorder_point) - expected


class JobParts(NamedTuple):
    """What became of a part on one job, in pieces: ``taken`` from our stock, ``returned`` to it, ``fitted``."""

    part_id: int
    name: str
    taken: int
    returned: int
    fitted: int

    @property
    def balanced(self) -> bool:
        """What was taken is either fitted or back (SO-22)."""
        return self.taken == self.fitted + self.returned


# -- serial numbers (SO-17) -------------------------------------------------------------------------------------

UNIT_STATE_LABELS = {
    "in_stock": N_("In stock"),
    "fitted": N_("Fitted"),
    "removed": N_("Taken out as old part"),
    "scrapped": N_("Scrapped"),
    "sent_back": N_("Sent back"),
    "missing": N_("Missing at the count"),
}
UNIT_STATES = tuple(UNIT_STATE_LABELS)
# The state of a unit that left our places by a move of this kind.
STATE_AFTER = {"fitted": "fitted", "scrap": "scrapped", "sent_back": "sent_back", "correction": "missing"}
LONGEST_SERIAL = 64
LONGEST_MNEMONIC = 32


def serials_of(typed: str | None) -> list[str]:
    """The serial numbers in what was typed or scanned: one a line, or with commas or spaces between."""
    return [serial for serial in re.split(r"[\s,;、，；]+", typed or "") if serial]


def check_serials(tracked: bool, quantity: int, serials: Sequence[str], part: str) -> list[str]:
    """The serial numbers of so many pieces of a part. Raises ``Refused`` (SO-17).

    A part that has serial numbers moves with all of them, each once; any other part moves without.
    """
    found = [serial.strip() for serial in serials if serial.strip()]
    if not tracked:
        if found:
            raise Refused(N_("%(part)s has no serial numbers."), field="serials", part=part)
        return []
    if len(set(found)) != len(found):
        raise Refused(N_("A serial number stands there twice."), field="serials")
    if any(len(serial) > LONGEST_SERIAL for serial in found):
        raise Refused(N_("This serial number is too long."), field="serials")
    if len(found) != quantity:
        raise Refused(
            N_("%(part)s: give %(count)s serial numbers, one for each piece (%(given)s given)."),
            field="serials",
            part=part,
            count=quantity,
            given=len(found),
        )
    return found


# -- reservations -----------------------------------------------------------------------------------------------

RELEASE_LABELS = {
    "kept": N_("Reserved"),
    "fitted": N_("Fitted"),
    "finished": N_("Not needed"),
    "cancelled": N_("Job cancelled"),
    "released": N_("Released"),
    "moved": N_("Moved to another place"),
}
RELEASES = tuple(RELEASE_LABELS)

# -- purchase requests (请购单) ---------------------------------------------------------------------------------

REQUEST_STATE_LABELS = {
    "draft": N_("Draft"),
    "sent": N_("Sent"),
    "partly": N_("Partly received"),
    "received": N_("Received"),
    "closed": N_("Closed short"),
    "cancelled": N_("Cancelled"),
}
REQUEST_STATES = tuple(REQUEST_STATE_LABELS)
# Of these something may still come; a part on them is not asked for twice.
ON_ORDER = ("draft", "sent", "partly")
_SUPERVISOR, _STORE = roles("supervisor"), roles("clerk", "supervisor")

PURCHASE_REQUEST = Lifecycle(
    name="purchase_request",
    initial="draft",
    state_labels=REQUEST_STATE_LABELS,
    verb_labels={
        "change": N_("Change the lines"),
        "send": N_("Send the purchase request"),
        "receive": N_("Receive parts"),
        "complete": N_("Everything received"),
        "close": N_("Close: the rest does not come"),
        "cancel": N_("Cancel the request"),
    },
    transitions=(
        Transition("draft", "change", "draft", _STORE),
        Transition("draft", "send", "sent", _SUPERVISOR),
        Transition("draft", "cancel", "cancelled", _SUPERVISOR, required=("reason",)),
        Transition("sent", "cancel", "cancelled", _SUPERVISOR, required=("reason",)),
        *(Transition(state, "receive", "partly", _STORE) for state in ("sent", "partly")),
        # Follows by itself from a receipt that leaves nothing open.
        *(Transition(state, "complete", "received", _STORE) for state in ("sent", "partly")),
        Transition("partly", "close", "closed", _SUPERVISOR, required=("reason",)),
    ),
)

# -- stock-taking (盘点) ----------------------------------------------------------------------------------------

COUNT_STATE_LABELS = {
    "counting": N_("Being counted"),
    "submitted": N_("Waiting to be booked"),
    "booked": N_("Booked"),
    "cancelled": N_("Cancelled"),
}
COUNT_STATES = tuple(COUNT_STATE_LABELS)
LIVE_COUNTS = ("counting", "submitted")

STOCK_COUNT = Lifecycle(
    name="stock_count",
    initial="counting",
    state_labels=COUNT_STATE_LABELS,
    verb_labels={
        "enter": N_("Enter what was counted"),
        "explain": N_("Explain the differences"),
        "submit": N_("Counted: submit"),
        "recount": N_("Count again"),
        "book": N_("Book the differences"),
        "cancel": N_("Give up the count"),
    },
    transitions=(
        Transition("counting", "enter", "counting", _STORE),
        Transition("counting", "submit", "submitted", _STORE),
        *(Transition(state, "explain", state, _STORE) for state in LIVE_COUNTS),
        Transition("submitted", "recount", "counting", _STORE),
        Transition("submitted", "book", "booked", _SUPERVISOR),
        *(Transition(state, "cancel", "cancelled", _STORE, required=("reason",)) for state in LIVE_COUNTS),
    ),
)


class Change(NamedTuple):
    """One move as a place sees it: when it happened, and by how many pieces the place has more (less: negative)."""

    at: datetime
    pieces: int


def expected_at(book_now: int, changes: Iterable[Change], counted_at: datetime) -> int:
    """What should have lain in the place when it was counted: the books now, without what moved since (SO-22).

    So a move between the count and its booking is no difference, whenever it was entered.
    """
    return book_now - sum(change.pieces for change in changes if change.at > counted_at)


def difference(counted: int | None, expected: int) -> int:
    """Pieces too many (positive) or missing (negative); 0 while nothing is counted."""
    return 0 if counted is None else counted - expected


def check_explained(lines: Iterable[tuple[str, int | None, int, str]]) -> None:
    """Every line (part, counted, difference, reason) is counted, and every difference explained. Raises ``Refused``."""
    for part, counted, pieces, reason in lines:
        if counted is None:
            raise Refused(N_("%(part)s is not counted yet."), part=part)
        if pieces and not reason.strip():
            raise Refused(N_("%(part)s: explain the difference."), part=part)


# -- the van, morning and evening ---------------------------------------------------------------------------------


class Line(NamedTuple):
    """So many pieces of a part with their serial numbers; ``reference``: the job an old part comes from."""

    part_id: int
    quantity: int
    serials: tuple[str, ...] = ()
    reference: str = ""


def check_lines(*groups: Sequence[Line]) -> None:
    """At least one line altogether, each with a quantity. Raises ``Refused``."""
    lines = [line for group in groups for line in group]
    if not lines:
        raise Refused(N_("Enter at least one quantity."))
    if any(line.quantity < 1 for line in lines):
        raise Refused(N_("At least one."), field="quantity")


def ends(kind: str, source: Any, target: Any) -> tuple[Any, Any]:
    """Both ends of a move: the places it names, and for the side outside our stock the name of what is there.

    A place that whoever looks may not see is another place.
    """
    outside = OUTSIDE.get(kind, N_("Another place"))
    return (source or outside, target or outside)


LIFECYCLES = (PURCHASE_REQUEST, STOCK_COUNT)
