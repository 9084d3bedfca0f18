"""What must be ordered, and the purchase requests that ask for it (SO-22)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound as PageNotFound

from app.core import permissions
from app.core.actors import current
from app.core.db import db
from app.core.errors import Refused
from app.core.fetch import fetch
from app.core.home import LISTED, card
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Page, Verb, fields
from app.core.views.refusals import FORESEEN, explain
from app.organisation.models import Branch
from app.parts import commands, queries
from app.parts.models import Part, PurchaseLine, PurchaseRequest
from app.parts.rules import PURCHASE_REQUEST
from app.parts.views.counting import ReasonForm
from app.parts.views.records import print_link
from app.parts.views.typed import figure, lines, parts_in, typed_values


class ReorderView(Page):
    """What must be ordered: parts below their reorder point (SO-22)."""

    route_base = "/parts/reorder"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The list, by branch, with what is on order already."""
        rows = queries.reorder_list()
        return self.render_template(
            "parts/reorder.html",
            title=_("Parts to order"),
            rows=rows,
            waiting={row.branch_id: row.branch for row in rows if row.to_order},
            may_draft=permissions.may(current(), "purchase_request.draft"),
        )

    @expose("/draft/<int:branch_id>", methods=["POST"])
    @has_access
    def draft(self, branch_id: int) -> Any:
        """Draft a purchase request for a branch now, without waiting for the morning."""
        try:
            fetch(Branch, branch_id)
            request_made = commands.draft_request(current(), branch_id)
        except FORESEEN as error:
            flash(explain(error, self)[1], "danger")
            return redirect(url_for("ReorderView.index"))
        if request_made is None:
            flash(_("Nothing to order: what is short is on order already."), "info")
            return redirect(url_for("ReorderView.index"))
        return redirect(url_for("PurchaseView.change", request_id=request_made.id))


class PurchaseLineView(BaseView):
    """The lines of purchase requests."""

    datamodel = OfficeInterface(PurchaseLine)
    record_name = _l("Line of a purchase request")
    list_columns = ["part", "quantity", "received", "unit_price", "note"]
    show_columns = ["request", *list_columns]
    search_columns = ["part", "request"]
    label_columns = {
        "request": _l("Purchase request"),
        "part": _l("Part"),
        "quantity": _l("Asked for"),
        "received": _l("Arrived so far"),
        "unit_price": _l("Price (CNY)"),
        "note": _l("Remark"),
    }
    base_order = ("id", "asc")


class PurchaseRequestView(BaseView):
    """请购单: drafted below the reorder point, sent by the supervisor, received against (SO-22)."""

    datamodel = OfficeInterface(PurchaseRequest)
    record_name = _l("Purchase request")
    list_columns = ["number", "branch", "status", "supplier", "created_at", "sent_at", "needed_by"]
    show_columns = [*list_columns, "amount", "drafted_by", "sent_by", "note", "ended_at", "reason"]
    search_columns = ["number", "branch", "status", "supplier", "created_at", "sent_at"]
    label_columns = {
        "number": _l("Number"),
        "supplier": _l("Supplier"),
        "created_at": _l("Drafted at"),
        "sent_at": _l("Sent at"),
        "needed_by": _l("Needed by"),
        "amount": _l("Amount (CNY)"),
        "drafted_by": _l("Drafted by"),
        "sent_by": _l("Sent by"),
        "note": _l("Remark"),
        "ended_at": _l("Ended at"),
        "reason": _l("Reason"),
    }
    tones = {"status": {"draft": "warning", "sent": "info", "partly": "info", "received": "success"}}
    eager = ["lines"]
    base_order = ("id", "desc")
    related_views = [PurchaseLineView]
    lifecycle = PURCHASE_REQUEST
    verbs = [
        Verb(
            commands.send_request,
            icon="fa-paper-plane",
            tone="primary",
            confirm=_l("Send this request? It is made as PDF and mailed to the purchasing list."),
        ),
        Verb(commands.close_request, form=ReasonForm),
        Verb(commands.cancel_request, form=ReasonForm, tone="danger"),
    ]

    def links(self, item: PurchaseRequest) -> list[Link]:
        """Lines, receipt, print."""
        offered = {each.verb for each in PURCHASE_REQUEST.allowed(item.status, current().roles)}
        found = []
        if "change" in offered:
            found.append(Link(_l("Change the lines"), url_for("PurchaseView.change", request_id=item.id), "fa-pencil"))
        if "receive" in offered:
            found.append(Link(_l("Receive parts"), url_for("PurchaseView.receive", request_id=item.id), "fa-sign-in"))
        return [*found, *print_link("purchase_request", _l("Print"), record_id=item.id)]


class ChangeForm(OfficeForm):
    """What a request says besides its lines, and one more part."""

    supplier = fields.text(_l("Supplier"), 100, required=False)
    needed_by = fields.day(_l("Needed by"), required=False)
    note = fields.notes(_l("Remark"), 500, required=False)
    part_id = fields.remote(Part, _l("One more part"), required=False)
    quantity = fields.number(_l("Quantity"), 1, required=False)


class ReceiptForm(OfficeForm):
    """What comes with the parts."""

    delivery_note = fields.text(_l("Delivery note"), 40, required=False)


class PurchaseView(Page):
    """The lines of a request: asked for, and received."""

    route_base = "/parts/requests"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The list of requests."""
        return redirect(url_for("PurchaseRequestView.list"))

    @expose("/<int:request_id>/change", methods=["GET", "POST"])
    @has_access
    def change(self, request_id: int) -> Any:
        """Quantities, remarks, one more part; 0 takes a line out."""
        asked = self._request(request_id)
        start = {"supplier": asked.supplier, "needed_by": asked.needed_by, "note": asked.note}
        form = ChangeForm(data=start if request.method == "GET" else None)
        return self._form_page(asked, form, "change", self._change)

    @expose("/<int:request_id>/receive", methods=["GET", "POST"])
    @has_access
    def receive(self, request_id: int) -> Any:
        """What arrived."""
        return self._form_page(self._request(request_id), ReceiptForm(), "receive", self._receive)

    def _request(self, request_id: int) -> PurchaseRequest:
        try:
            return fetch(PurchaseRequest, request_id)
        except Refused as error:
            raise PageNotFound() from error

    def _form_page(self, asked: PurchaseRequest, form: Any, verb: str, save: Any) -> Any:
        key = asked.id
        offered = {each.verb for each in PURCHASE_REQUEST.allowed(asked.status, current().roles)}
        show = url_for("PurchaseRequestView.show", pk=key)
        if request.method == "GET" and verb not in offered:
            return redirect(show)
        if request.method == "POST" and form.validate():
            try:
                save(key, form)
            except FORESEEN as error:
                db.session.rollback()
                where, message = explain(error, self)
                form.refuse(where, message)
            else:
                more = verb == "change" and form.part_id.data
                return redirect(url_for("PurchaseView.change", request_id=key) if more else show)
        asked_branch = self._request(key).branch_id
        page = self.render_template(
            "parts/request.html",
            title=_("Purchase request %(number)s", number=self._request(key).number),
            asked=self._request(key),
            form=form,
            verb=verb,
            typed=typed_values(),
            back=show,
            stock=queries.free_in_stores(asked_branch),
            points={row.part_id: row.reorder_point for row in queries.reorder_list(asked_branch)},
        )
        return page, 422 if request.method == "POST" else 200

    def _change(self, key: int, form: ChangeForm) -> None:
        given = [
            (part_id, figure(f"quantity-{part_id}") or 0, request.form.get(f"note-{part_id}", ""))
            for part_id, _rest in parts_in("quantity")
        ]
        if form.part_id.data:
            given.append((int(form.part_id.data), form.quantity.data or 1, ""))
        commands.change_request(
            current(),
            key,
            lines=given,
            supplier=form.supplier.data or "",
            needed_by=form.needed_by.data,
            note=form.note.data or "",
        )

    def _receive(self, key: int, form: ReceiptForm) -> None:
        commands.receive_request(current(), key, lines=lines("arrived"), delivery_note=form.delivery_note.data or "")
        flash(_("The parts are in the store."), "success")


card(
    "supervisor",
    title=_l("Purchase requests to send"),
    url="PurchaseRequestView.list",
    arguments={"_flt_1_status": "draft"},
    count=queries.drafts_waiting,
    icon="fa-shopping-cart",
    tone="warning",
    order=45,
)
card(
    "clerk",
    title=_l("Purchases on their way"),
    url="PurchaseRequestView.list",
    arguments={"_flt_1_status": "sent"},
    count=LISTED,
    icon="fa-truck",
    order=47,
)
