"""The technician's telephone: taking a product along, the items one has, the queue of the bench (SO-7, SO-8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import segno
from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as PageNotFound

from app.core import clock, settings
from app.core.actors import current
from app.core.fetch import fetch
from app.core.views import Link, OfficeForm, Page
from app.core.views.refusals import FORESEEN, explain
from app.fieldservice import rules as field_rules
from app.fieldservice.commands import record_time
from app.fieldservice.models import WorkOrder
from app.fieldservice.views.my import JOB_LINKS
from app.fieldservice.views.phone import entered_at, order_of
from app.workshop import commands, queries
from app.workshop.documents import holder_name, status_url
from app.workshop.models import GoodsReceipt, RepairCard
from app.workshop.views import forms, words
from app.workshop.views.cards import card_of


def held_count() -> int | None:
    """Items the acting person has, as the page of one's items lists them."""
    me = current().staff_id
    return len(queries.held_by(me)) if me is not None else None


class MyItemsView(Page):
    """``/my/items``: what I hold, what I repair, what waits for somebody to take it up."""

    route_base = "/my/items"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The items with me, and the queue of the bench, the earliest promise first."""
        me = self._me()
        held = queries.held_by(me)
        bench = [item for item in queries.bench_of(me) if item not in held]
        own = [item for item in bench if item.card.technician_id == me]
        free = [item for item in bench if item.card.technician_id is None]
        groups = [
            (_("With me"), held, _("Nothing is with you."), "held"),
            (_("My repairs on the shelf"), own, "", "own"),
            (_("Waiting for somebody to begin"), free, "", "free"),
        ]
        return self._page("items.html", title=_("Items"), groups=groups)

    @expose("/take-back/<int:order_id>", methods=["GET"])
    @has_access
    def ask(self, order_id: int) -> Any:
        """The form at the customer's door."""
        order = self._order(order_id)
        customer = order.repair_call.caller_name or order.repair_call.voucher.customer.name
        start = {"promised_at": queries.proposed_promise(order.branch_id), "signer": customer}
        return self._form_page(order, forms.TakeBackForm(formdata=None, data=start))

    @expose("/take-back/<int:order_id>", methods=["POST"])
    @has_access
    def take_back(self, order_id: int) -> Any:
        """Take it along: 003 for the customer, 004 and 005 for the house, all at once (SO-7)."""
        order = self._order(order_id)
        form = forms.TakeBackForm()
        if form.validate():
            try:
                receipt = commands.take_back(current(), order_id, at=entered_at(order), **form.values)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                return redirect(url_for("MyItemsView.receipt", receipt_id=receipt.id))
        return self._form_page(order, form), 422

    @expose("/minutes/<int:card_id>", methods=["POST"])
    @has_access
    def minutes(self, card_id: int) -> Any:
        """Keep minutes at the bench, from the item's page (SO-8)."""
        card, form = fetch(RepairCard, card_id), forms.BenchMinutesForm()
        back = url_for("RepairCardView.show", pk=card.id, _anchor="bench")
        if not form.validate():
            errors = [f"{item.label.text}: {item.errors[0]}" for item in form if item.errors]
            flash(" ".join(errors), "danger")
            return redirect(back)
        try:
            record_time(current(), card.goods_receipt.work_order_id, **form.values)
        except FORESEEN as error:
            flash(explain(error, self)[1], "danger")
        else:
            flash(_("%(minutes)s min", minutes=form.minutes.data) + " · " + _("Saved."), "success")
        return redirect(back)

    @expose("/receipt/<int:receipt_id>")
    @has_access
    def receipt(self, receipt_id: int) -> Any:
        """What the customer is shown or handed: number, promise, QR code, the paper."""
        found = fetch(GoodsReceipt, receipt_id)
        code = segno.make(status_url(found.card), error="m", micro=False).svg_data_uri(border=2, scale=6, light="white")
        return self._page("receipt.html", title=_("Goods receipt"), receipt=found, code=code)

    # -- how they are made -------------------------------------------------------------------------------------------

    def _me(self) -> int:
        staff_id = current().staff_id
        if staff_id is None:
            raise PageNotFound()
        return staff_id

    def _order(self, order_id: int) -> WorkOrder:
        order = order_of(order_id)
        if order.technician_id != self._me():
            raise PageNotFound()
        return order

    def _form_page(self, order: WorkOrder, form: OfficeForm) -> str:
        offered = {each.verb for each in field_rules.WORK_ORDER.allowed(order.status, current().roles)}
        return self._page(
            "take_back.html",
            title=_("Take it back to the workshop"),
            order=order,
            call=order.repair_call,
            form=form,
            # A telephone keeps the form for when the job is further on.
            possible="take_back" in offered or ("keep" in request.args and bool(field_rules.ahead(order.status))),
            accessories=words.ACCESSORIES,
            photos_wanted=settings.number("take_back_photos"),
        )

    def _page(self, template: str, **given: Any) -> str:
        page: str = self.render_template(
            f"workshop/my/{template}",
            tab="items",
            me=current(),
            local=clock.local,
            holder_name=holder_name,
            **words.WORDS,
            **given,
        )
        return page


def ways_on(order: WorkOrder, offered: set[str]) -> Iterator[Link]:
    """From the job's page: take the product along, or the item that is here already."""
    if "take_back" in offered and order.technician_id == current().staff_id:
        yield Link(_("Cannot be fixed here: take it back"), url_for("MyItemsView.ask", order_id=order.id), "fa-archive")
    if order.status in ("in_workshop", "finished", "closed"):
        receipt = queries.receipt_of(order.id)
        if receipt is not None:
            yield Link(_("The item"), card_of(receipt), "fa-archive")


if ways_on not in JOB_LINKS:
    JOB_LINKS.append(ways_on)
