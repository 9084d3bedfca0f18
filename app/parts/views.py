"""Screens of parts and stock (SO-22)."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from app.core.errors import N_, Refused
from app.core.views import BaseView, OfficeForm, OfficeInterface, Page, Verb, fields, lookup
from app.parts import commands, queries
from app.parts.models import Part, StockBalance, StockMove, StockPlace
from app.parts.rules import MOVE_KIND_LABELS, PLACE_KIND_LABELS


def _in_use(statement: Select[Any]) -> Select[Any]:
    return statement.where(Part.active.is_(True))


lookup(Part, search=("code", "name"), only=_in_use)
lookup(StockPlace, search=("name", "branch.name"), eager=("branch",), detail=lambda place: str(place.branch))


def labels(table: dict[str, str]) -> dict[str, Any]:
    """Labels of a vocabulary, to be said in the reader's language."""
    return {value: _l(label) for value, label in table.items()}


class ReceiveForm(OfficeForm):
    """What the supplier brought."""

    part_id = fields.remote(Part, _l("Part"))
    quantity = fields.number(_l("Quantity"), 1)
    reference = fields.text(_l("Delivery note"), 64, required=False)


class MoveForm(OfficeForm):
    """What goes to another place."""

    part_id = fields.remote(Part, _l("Part"))
    quantity = fields.number(_l("Quantity"), 1)
    to_place_id = fields.remote(StockPlace, _l("To place"))
    reference = fields.text(_l("Reference"), 64, required=False)


class CountForm(OfficeForm):
    """What was counted."""

    counted = fields.number(_l("Counted"))
    reason = fields.text(_l("Reason"), 64)


class ScrapForm(OfficeForm):
    """What is thrown away."""

    quantity = fields.number(_l("Quantity"), 1)
    reason = fields.text(_l("Reason"), 64)


class StockBalanceView(BaseView):
    """What lies where; changed by moves only (SO-22)."""

    datamodel = OfficeInterface(StockBalance)
    record_name = _l("Stock")
    list_columns = ["part", "place", "quantity", "part.unit", "part.reorder_point"]
    show_columns = ["part", "place", "quantity", "part.unit", "part.reorder_point", "part.price"]
    search_columns = ["part", "place", "quantity"]
    quick_columns = ["part.code", "part.name", "place.name"]
    label_columns = {
        "part": _l("Part"),
        "place": _l("Stock place"),
        "quantity": _l("Quantity"),
        "part.unit": _l("Unit"),
        "part.reorder_point": _l("Reorder point"),
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
        ),
        Verb(
            commands.scrap,
            form=ScrapForm,
            label=_l("Scrap"),
            icon="fa-trash-o",
            when=lambda balance: balance.quantity > 0,
        ),
    ]


class StockMoveView(BaseView):
    """Every move of parts (SO-22)."""

    datamodel = OfficeInterface(StockMove)
    record_name = _l("Stock move")
    list_columns = ["at", "kind", "part", "quantity", "from_place", "to_place", "by", "reference"]
    show_columns = list_columns
    search_columns = ["at", "kind", "part", "from_place", "to_place", "by", "reference"]
    quick_columns = ["part.code", "part.name", "reference"]
    label_columns = {
        "at": _l("Time"),
        "kind": _l("Kind of move"),
        "part": _l("Part"),
        "quantity": _l("Quantity"),
        "from_place": _l("From place"),
        "to_place": _l("To place"),
        "by": _l("Done by"),
        "reference": _l("Reference"),
    }
    choices = {"kind": labels(MOVE_KIND_LABELS)}
    tones = {"kind": {"receipt": "success", "fitted": "info", "scrap": "danger", "correction": "warning"}}
    base_order = ("at", "desc")


class PartView(BaseView):
    """Spare parts, their prices and reorder points."""

    datamodel = OfficeInterface(Part)
    record_name = _l("Part")
    list_columns = ["code", "name", "unit", "price", "reorder_point", "active"]
    show_columns = list_columns
    add_columns = ["code", "name", "unit", "price", "reorder_point"]
    edit_columns = list_columns
    search_columns = ["code", "name", "active"]
    label_columns = {
        "code": _l("Part number"),
        "name": _l("Part"),
        "unit": _l("Unit"),
        "price": _l("Price (CNY)"),
        "reorder_point": _l("Reorder point"),
    }
    base_order = ("code", "asc")
    related_views = [StockBalanceView, StockMoveView]


class StockPlaceView(BaseView):
    """Store rooms and vans; parts are received, issued and brought back here (SO-22)."""

    datamodel = OfficeInterface(StockPlace)
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
    related_views = [StockBalanceView]
    verbs = [
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

    def pre_add(self, item: StockPlace) -> None:
        """A van belongs to a technician, a warehouse to nobody."""
        if (item.kind == "van") != (item.staff is not None):
            raise Refused(N_("A van needs its technician; a warehouse has none."), field="staff")

    pre_update = pre_add


class ReorderView(Page):
    """What must be ordered: parts below their reorder point (SO-22)."""

    route_base = "/parts/reorder"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The list, by branch."""
        rows = queries.below_reorder_point()
        return self.render_template("parts/reorder.html", title=_("Parts to order"), rows=rows)
