"""Parts and stock: vocabulary and pure rules (SO-22)."""

from __future__ import annotations

from app.core.errors import N_, Refused

PLACE_KINDS = ("warehouse", "van")
PLACE_KIND_LABELS = {"warehouse": N_("Warehouse"), "van": N_("Technician's van")}
MOVE_KINDS = ("receipt", "issue", "return", "fitted", "unfitted", "scrap", "correction")
MOVE_KIND_LABELS = {
    "receipt": N_("Receipt from supplier"),
    "issue": N_("Issue to van"),
    "return": N_("Return to warehouse"),
    "fitted": N_("Fitted"),
    "unfitted": N_("Taken out again"),
    "scrap": N_("Scrapped"),
    "correction": N_("Stock-taking difference"),
}

# Where a move of each kind comes from and where it goes; None is outside the company's stock.
_FROM_TO: dict[str, tuple[frozenset[str | None], frozenset[str | None]]] = {
    "receipt": (frozenset({None}), frozenset({"warehouse"})),
    "issue": (frozenset({"warehouse"}), frozenset({"van", "warehouse"})),
    "return": (frozenset({"van"}), frozenset({"warehouse"})),
    "fitted": (frozenset({"van", "warehouse"}), frozenset({None})),
    "unfitted": (frozenset({None}), frozenset({"van", "warehouse"})),
    "scrap": (frozenset({"van", "warehouse"}), frozenset({None})),
    "correction": (frozenset({None, "van", "warehouse"}), frozenset({None, "van", "warehouse"})),
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


def missing_to_reorder_point(quantity: int, reorder_point: int) -> int:
    """How many pieces are missing to the reorder point; 0 when there is enough (SO-22)."""
    return max(0, reorder_point - quantity)
