"""Screens of parts and stock (SO-22)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_appbuilder.models.filters import BaseFilter
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from app.core import permissions
from app.core.actors import current
from app.core.errors import N_, Refused
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Verb, fields, lookup
from app.parts import commands, queries
from app.parts.models import (
    Part,
    PartLevel,
    PartReservation,
    PartUnit,
    StockBalance,
    StockMove,
    StockPlace,
    VanSlip,
)
from app.parts.rules import MOVE_KIND_LABELS, OUTSIDE, PLACE_KIND_LABELS, RELEASE_LABELS, UNIT_STATE_LABELS, ends


def _in_use(statement: Select[Any]) -> Select[Any]:
    return statement.where(Part.active.is_(True))


lookup(Part, search=("code", "name", "mnemonic"), only=_in_use)
lookup(StockPlace, search=("name", "branch.name"), eager=("branch",), detail=lambda place: str(place.branch))


def labels(table: dict[str, str]) -> dict[str, Any]:
    """Labels of a vocabulary, to be said in the reader's language."""
    return {value: _l(label) for value, label in table.items()}


def may_print(name: str) -> bool:
    """Whether the acting person may print the document."""
    return permissions.may(current(), f"print.{name}")


def print_link(name: str, label: Any, **params: Any) -> list[Link]:
    """A link to a PDF made at once, for whoever may print it."""
    if not may_print(name):
        return []
    return [Link(label, url_for("PrintView.now", name=name, **params), "fa-print", new_tab=True)]


def _serials() -> Any:
    return fields.notes(
        _l("Serial numbers"), 4000, required=False, help=_l("Only for parts that have them: one a line.")
    )


class ReceiveForm(OfficeForm):
    """What the supplier brought."""

    part_id = fields.remote(Part, _l("Part"))
    quantity = fields.number(_l("Quantity"), 1)
    serials = _serials()
    reference = fields.text(_l("Delivery note"), 64, required=False)


class MoveForm(OfficeForm):
    """What goes to another place."""

    part_id = fields.remote(Part, _l("Part"))
    quantity = fields.number(_l("Quantity"), 1)
    to_place_id = fields.remote(StockPlace, _l("To place"))
    serials = _serials()
    reference = fields.text(_l("Reference"), 64, required=False)


class CountForm(OfficeForm):
    """What was counted."""

    counted = fields.number(_l("Counted"))
    reason = fields.text(_l("Reason"), 64)


class ScrapForm(OfficeForm):
    """What is thrown away."""

    quantity = fields.number(_l("Quantity"), 1)
    serials = _serials()
    reason = fields.text(_l("Reason"), 64)


class SendBackForm(OfficeForm):
    """What goes back to the supplier."""

    quantity = fields.number(_l("Quantity"), 1)
    serials = _serials()
    reference = fields.text(_l("Reference (return slip, claim)"), 64)


class StockBalanceView(BaseView):
    """What lies where; changed by moves only (SO-22)."""

    datamodel = OfficeInterface(StockBalance)
    record_name = _l("Stock")
    list_columns = ["part", "place", "quantity", "reserved", "part.unit"]
    show_columns = ["part", "place", "quantity", "reserved", "part.unit", "part.price"]
    search_columns = ["part", "place", "quantity", "reserved"]
    quick_columns = ["part.code", "part.name", "part.mnemonic", "place.name"]
    label_columns = {
        "part": _l("Part"),
        "place": _l("Stock place"),
        "quantity": _l("Quantity"),
        "reserved": _l("Reserved"),
        "part.unit": _l("Unit"),
        "part.price": _l("Price (CNY)"),
    }
    base_order = ("id", "asc")
    verbs = [
        Verb(
            commands.correct,
            form=CountForm,
            label=_l("Enter a stock count"),
            icon="fa-list-ol",
            fill=lambda balance: {"counted": balance.quantity},
            when=lambda balance: not balance.part.serial_tracked,
        ),
        Verb(
            commands.scrap,
            form=ScrapForm,
            label=_l("Scrap"),
            icon="fa-trash-o",
            when=lambda balance: balance.quantity > 0,
        ),
        Verb(
            commands.send_back,
            form=SendBackForm,
            label=_l("Send back to supplier"),
            icon="fa-truck",
            when=lambda balance: balance.quantity > 0 and balance.place.kind in ("warehouse", "used"),
        ),
    ]

    def links(self, item: StockBalance) -> list[Link]:
        """The stock list of the branch."""
        return print_link("stock_list", _l("Stock list"), branch=item.place.branch.code)


class StockMoveView(BaseView):
    """Every move of parts (SO-22)."""

    datamodel = OfficeInterface(StockMove)
    record_name = _l("Stock move")
    list_columns = ["at", "kind", "part", "quantity", "from_place", "to_place", "by", "reference"]
    show_columns = [*list_columns, "serials"]
    search_columns = ["at", "kind", "part", "from_place", "to_place", "by", "reference"]
    quick_columns = ["part.code", "part.name", "part.mnemonic", "reference"]
    label_columns = {
        "at": _l("Time"),
        "kind": _l("Kind of move"),
        "part": _l("Part"),
        "quantity": _l("Quantity"),
        "from_place": _l("From place"),
        "to_place": _l("To place"),
        "by": _l("Done by"),
        "reference": _l("Reference"),
        "serials": _l("Serial numbers"),
    }
    choices = {"kind": labels(MOVE_KIND_LABELS)}
    tones = {"kind": {"receipt": "success", "fitted": "info", "scrap": "danger", "correction": "warning"}}
    base_order = ("at", "desc")

    def cell(self, item: StockMove, column: str) -> Any:
        """Both ends have a name: outside our stock it is the supplier, the customer, the scrap or the count."""
        if column in ("from_place", "to_place") and getattr(item, f"{column}_id") is None:
            return _(OUTSIDE[item.kind])
        return super().cell(item, column)

    def value(self, item: StockMove, column: str) -> Any:
        """Likewise on the record's page."""
        if column in ("from_place", "to_place") and getattr(item, f"{column}_id") is None:
            return _(OUTSIDE[item.kind])
        return super().value(item, column)


class PartUnitView(BaseView):
    """Pieces with serial numbers: where each is, and what it went through (SO-17)."""

    datamodel = OfficeInterface(PartUnit)
    record_name = _l("Part with serial number")
    list_columns = ["serial_no", "part", "state", "place", "branch", "reference"]
    show_columns = list_columns
    search_columns = ["serial_no", "part", "state", "place", "reference"]
    quick_columns = ["serial_no", "part.code", "part.name", "reference"]
    label_columns = {
        "serial_no": _l("Serial number"),
        "part": _l("Part"),
        "state": _l("State"),
        "place": _l("Stock place"),
        "reference": _l("Job no."),
    }
    choices = {"state": labels(UNIT_STATE_LABELS)}
    tones = {"state": {"in_stock": "success", "fitted": "info", "missing": "danger", "scrapped": "warning"}}
    show_template = "parts/unit.html"
    base_order = ("id", "desc")
    kinds = MOVE_KIND_LABELS

    def ends(self, move: StockMove) -> tuple[str, str]:
        """Where a move came from and where it went, also outside our stock."""
        first, second = ends(move.kind, move.from_place and move.from_place.name, move.to_place and move.to_place.name)
        return (_(first), _(second))


class PartReservationView(BaseView):
    """What is kept for planned jobs (SO-22)."""

    datamodel = OfficeInterface(PartReservation)
    record_name = _l("Reservation")
    list_columns = ["reference", "part", "quantity", "place", "staff", "release", "created_at"]
    show_columns = [*list_columns, "made_by", "released_at"]
    search_columns = ["reference", "part", "place", "staff", "release", "created_at"]
    quick_columns = ["reference", "part.code", "part.name", "part.mnemonic"]
    label_columns = {
        "reference": _l("Job no."),
        "part": _l("Part"),
        "quantity": _l("Quantity"),
        "place": _l("Stock place"),
        "staff": _l("Technician"),
        "release": _l("State"),
        "created_at": _l("Reserved at"),
        "made_by": _l("Reserved by"),
        "released_at": _l("Released at"),
    }
    choices = {"release": labels(RELEASE_LABELS)}
    tones = {"release": {"kept": "warning", "fitted": "success"}}
    base_order = ("id", "desc")
    verbs = [
        Verb(
            commands.release_reservation,
            label=_l("Release"),
            icon="fa-unlock",
            confirm=_l("Others may have these parts then. Release?"),
            when=lambda row: row.release == "kept",
            bulk=True,
        )
    ]


class PartLevelView(BaseView):
    """Reorder point and filling level of a part in a branch (SO-22)."""

    datamodel = OfficeInterface(PartLevel)
    record_name = _l("Reorder level")
    list_columns = ["branch", "part", "reorder_point", "order_up_to", "van_minimum"]
    show_columns = list_columns
    add_columns = list_columns
    edit_columns = ["reorder_point", "order_up_to", "van_minimum"]
    search_columns = ["branch", "part"]
    quick_columns = ["part.code", "part.name", "part.mnemonic"]
    small_references = ["branch"]
    label_columns = {
        "part": _l("Part"),
        "reorder_point": _l("Reorder point"),
        "order_up_to": _l("Order up to"),
        "van_minimum": _l("A van carries"),
    }
    description_columns = {"van_minimum": _l("Pieces a technician's van should have free; 0: no matter.")}
    base_order = ("id", "desc")
    deletable = True

    def pre_add(self, item: PartLevel) -> None:
        """Filling up ends above where it begins, or it would never be enough."""
        if item.order_up_to < item.reorder_point:
            raise Refused(N_("Order up to at least the reorder point."), field="order_up_to")

    pre_update = pre_add


class VanSlipView(BaseView):
    """What technicians took, brought back and handed in (SO-22)."""

    datamodel = OfficeInterface(VanSlip)
    record_name = _l("Parts slip")
    list_columns = ["number", "at", "van", "store", "by"]
    show_columns = list_columns
    search_columns = ["number", "at", "van", "by"]
    label_columns = {
        "number": _l("Number"),
        "at": _l("Time"),
        "van": _l("Technician's van"),
        "store": _l("Store"),
        "by": _l("Done by"),
    }
    show_template = "parts/slip.html"
    kinds = MOVE_KIND_LABELS
    base_order = ("id", "desc")

    def links(self, item: VanSlip) -> list[Link]:
        """To print it, and on to the van."""
        return [
            *print_link("van_slip", _l("Print the slip"), record_id=item.id),
            Link(_l("The van's page"), url_for("VanView.van", van_id=item.van_id), "fa-truck"),
        ]


class PartView(BaseView):
    """Spare parts, their prices and reorder points."""

    datamodel = OfficeInterface(Part)
    record_name = _l("Part")
    list_columns = ["code", "name", "unit", "price", "reorder_point", "serial_tracked", "return_used", "active"]
    show_columns = ["code", "name", "mnemonic", *list_columns[2:]]
    add_columns = ["code", "name", "mnemonic", "unit", "price", "reorder_point", "serial_tracked", "return_used"]
    edit_columns = show_columns
    search_columns = ["code", "name", "mnemonic", "active"]
    label_columns = {
        "code": _l("Part number"),
        "name": _l("Part"),
        "mnemonic": _l("Short code"),
        "unit": _l("Unit"),
        "price": _l("Price (CNY)"),
        "reorder_point": _l("Reorder point"),
        "serial_tracked": _l("Has serial numbers"),
        "return_used": _l("Old part is handed in"),
    }
    description_columns = {
        "mnemonic": _l("What to type to find it; empty: the initials of its name."),
        "reorder_point": _l("For branches without a reorder level of their own."),
        "serial_tracked": _l("Every piece is moved by its serial number."),
        "return_used": _l("When a new one was fitted, the old one is expected back."),
    }
    base_order = ("code", "asc")
    related_views = [StockBalanceView, PartReservationView, PartLevelView, StockMoveView, PartUnitView]

    def pre_update(self, item: Part) -> None:
        """Serial numbers are tracked from the beginning or not at all: what lies there has none."""
        if item.serial_tracked and queries.without_serials(item.id):
            raise Refused(N_("Some of this part lie in stock without serial numbers."), field="serial_tracked")


class _WhereOneLooks(BaseFilter):
    """A technician reads the name of the store a part came from; the page of what lies there is that of the own van only."""

    def apply(self, query: Any, value: Any) -> Any:
        actor = current()
        return query.filter(StockPlace.staff_id == actor.staff_id) if actor.roles == {"technician"} else query


class StockPlaceView(BaseView):
    """Store rooms and vans; parts are received, issued and brought back here (SO-22)."""

    datamodel = OfficeInterface(StockPlace)
    base_filters = [["staff", _WhereOneLooks, None]]
    record_name = _l("Stock place")
    list_columns = ["name", "kind", "branch", "staff"]
    show_columns = list_columns
    add_columns = ["branch", "kind", "name", "staff"]
    edit_columns = ["name", "staff"]
    search_columns = ["name", "kind", "branch", "staff"]
    small_references = ["branch"]
    label_columns = {"name": _l("Stock place"), "kind": _l("Kind"), "staff": _l("Technician")}
    description_columns = {"staff": _l("Whose van it is; empty for a warehouse.")}
    choices = {"kind": labels(PLACE_KIND_LABELS)}
    tones = {"kind": {"van": "info"}}
    related_views = [StockBalanceView, PartReservationView]
    verbs = [
        Verb(
            commands.start_count,
            label=_l("Count this place"),
            icon="fa-list-ol",
            confirm=_l("Open a count sheet for this place?"),
            after=lambda count: url_for("CountView.sheet", count_id=count.id),
        ),
        Verb(
            commands.receive,
            form=ReceiveForm,
            label=_l("Receive parts"),
            icon="fa-sign-in",
            tone="primary",
            when=lambda place: place.kind == "warehouse",
        ),
        Verb(
            commands.issue,
            form=MoveForm,
            label=_l("Issue parts"),
            icon="fa-sign-out",
            when=lambda place: place.kind == "warehouse",
        ),
        Verb(
            commands.give_back,
            form=MoveForm,
            label=_l("Bring parts back"),
            icon="fa-reply",
            when=lambda place: place.kind == "van",
        ),
    ]

    def links(self, item: StockPlace) -> list[Link]:
        """A van's page for morning and evening; the branch's stock list."""
        van = [Link(_l("Morning and evening"), url_for("VanView.van", van_id=item.id), "fa-truck")]
        shown = van if item.kind == "van" and permissions.may(current(), "van.exchange") else []
        return [*shown, *print_link("stock_list", _l("Stock list"), branch=item.branch.code)]

    def pre_add(self, item: StockPlace) -> None:
        """A van belongs to a technician, a warehouse to nobody."""
        if (item.kind == "van") != (item.staff is not None):
            raise Refused(N_("A van needs its technician; a warehouse has none."), field="staff")

    pre_update = pre_add
