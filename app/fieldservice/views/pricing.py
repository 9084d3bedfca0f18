"""The price list, what the warranty gives, and the office's quote for a job (SO-6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actors import current
from app.core.fetch import fetch
from app.core.views import BaseView, OfficeForm, OfficeInterface, Page, fields
from app.core.views.refusals import FORESEEN, explain
from app.customers.rules import CATEGORY_LABELS
from app.customers.views import labels, print_links
from app.fieldservice import commands, rules
from app.fieldservice.models import FaultCode, PriceItem, WarrantyCover, WorkOrder
from app.fieldservice.queries import free_because, free_on
from app.fieldservice.views import quoting, words
from app.organisation.rules import ZONE_LABELS
from app.parts.models import Part

CATEGORIES = {rules.ANY: _l("Any"), **labels(CATEGORY_LABELS)}
CONSENTS = labels(rules.CONSENT_LABELS)
# How a customer who is not there to sign can agree.
SPOKEN = {key: label for key, label in CONSENTS.items() if key != "signature"}
PART_ROWS = 4
MOST_ROWS = 200  # a request may not ask for a form without end


class PriceItemView(BaseView):
    """The price list (SO-6): a price holds until a nearer or a later one takes its place."""

    datamodel = OfficeInterface(PriceItem)
    record_name = _l("Price")
    list_name = _l("Price list")
    list_help = _l(
        "Prices include tax. A branch's own price comes before the general one, one for a fault, category or zone before "
        "one for all; of equals the latest. What was quoted keeps its price. Prices of parts stand with the parts."
    )
    list_columns = [
        "kind",
        "price",
        "unit_minutes",
        "branch",
        "zone",
        "category",
        "fault_code",
        "valid_from",
        "valid_until",
    ]
    show_columns = [*list_columns, "note"]
    add_columns = edit_columns = [
        "kind", "price", "unit_minutes", "zone", "category", "fault_code", "branch", "valid_from", "valid_until", "note",
    ]  # fmt: skip
    search_columns = ["kind", "branch", "category", "valid_from"]
    base_order = ("kind", "asc")
    small_references = ["branch", "fault_code"]
    choices = {
        "kind": labels(rules.PRICE_KIND_LABELS),
        "zone": {rules.ANY: _l("Any"), **labels(ZONE_LABELS)},
        "category": CATEGORIES,
    }
    label_columns = {
        "kind": _l("Kind"),
        "price": _l("Price (CNY)"),
        "unit_minutes": _l("For so many minutes"),
        "branch": _l("Branch"),
        "zone": _l("Zone"),
        "category": _l("Category"),
        "fault_code": _l("Fault"),
        "valid_from": _l("Valid from"),
        "valid_until": _l("Valid until"),
    }
    description_columns = {
        "unit_minutes": _l("Labour by time only: 1 for each minute, 30 for each half hour begun."),
        "branch": _l("Empty: every branch."),
        "fault_code": _l("Flat labour only: the price for this fault."),
    }

    def pre_add(self, item: PriceItem) -> None:
        """The row makes sense."""
        rules.check_price(
            item.kind,
            unit_minutes=item.unit_minutes,
            fault_code_id=item.fault_code.id if item.fault_code is not None else None,
            zone=item.zone,
            first=item.valid_from,
            last=item.valid_until,
        )

    pre_update = pre_add


class WarrantyCoverView(BaseView):
    """What is free within warranty, in ordinary use and after misuse (SO-1, SO-6)."""

    datamodel = OfficeInterface(WarrantyCover)
    record_name = _l("Warranty cover")
    list_name = _l("What the warranty covers")
    list_columns = ["category", "misuse", "labour_free", "callout_free", "parts_free"]
    show_columns = add_columns = edit_columns = list_columns
    search_columns = ["category", "misuse"]
    base_order = ("category", "asc")
    deletable = True
    choices = {"category": CATEGORIES}
    label_columns = {
        "category": _l("Category"),
        "misuse": _l("Damaged by misuse"),
        "labour_free": _l("Labour free"),
        "callout_free": _l("Call-out free"),
        "parts_free": _l("Parts free"),
    }


class OfficeQuoteForm(OfficeForm):
    """What the job will need."""

    minutes = fields.number(_l("Expected minutes"), 0, rules.LONGEST_ENTRY, default=60)
    fault_code_id = fields.row(
        FaultCode, _l("Flat price for the fault"), required=False, help=_l("Empty: labour by time.")
    )
    inspection = fields.yes(_l("Inspection in the workshop"))
    part_1 = fields.remote(Part, _l("Part"), required=False)
    quantity_1 = fields.number(_l("Quantity"), 1, 999, default=1, required=False)
    part_2 = fields.remote(Part, _l("Part"), required=False)
    quantity_2 = fields.number(_l("Quantity"), 1, 999, default=1, required=False)
    part_3 = fields.remote(Part, _l("Part"), required=False)
    quantity_3 = fields.number(_l("Quantity"), 1, 999, default=1, required=False)
    part_4 = fields.remote(Part, _l("Part"), required=False)
    quantity_4 = fields.number(_l("Quantity"), 1, 999, default=1, required=False)

    @property
    def part_rows(self) -> list[int]:
        """The numbers of the rows for parts."""
        return _rows_in(self._fields)

    @property
    def values(self) -> dict[str, Any]:
        """Parts as the command takes them."""
        given = super().values
        needed = [(given.pop(f"part_{row}"), given.pop(f"quantity_{row}") or 1) for row in self.part_rows]
        return {**given, "minutes": given["minutes"] or 0, "needed": [each for each in needed if each[0] is not None]}


def _rows_in(names: Iterable[str]) -> list[int]:
    """The numbers of the rows whose part is among the names of these fields."""
    found = (name.removeprefix("part_") for name in names if name.startswith("part_"))
    return sorted(int(row) for row in found if row.isdecimal())


def _quote_form(rows: int) -> type[OfficeQuoteForm]:
    """The form with so many rows for parts: a quote that names more than usual keeps them all."""
    more: dict[str, Any] = {}
    for row in range(PART_ROWS + 1, rows + 1):
        more[f"part_{row}"] = fields.remote(Part, _l("Part"), required=False)
        more[f"quantity_{row}"] = fields.number(_l("Quantity"), 1, 999, default=1, required=False)
    return type("LongQuoteForm", (OfficeQuoteForm,), more) if more else OfficeQuoteForm


class OfficeConsentForm(OfficeForm):
    """Who agreed, how and when."""

    name = fields.text(_l("Name of the customer who agrees"), 64)
    how = fields.choice(_l("How"), SPOKEN, default="telephone")
    agreed_at = fields.moment(_l("When"))


class QuoteView(Page):
    """``/quote/<work order>``: the office works out the charges and records that the customer agrees (SO-6)."""

    route_base = "/quote"
    default_view = "show"

    @expose("/<int:order_id>")
    @has_access
    def show(self, order_id: int) -> Any:
        """What was quoted, and the forms for it."""
        return self._page(fetch(WorkOrder, order_id))

    @expose("/<int:order_id>/work_out", methods=["POST"])
    @has_access
    def work_out(self, order_id: int) -> Any:
        """Work the charges out."""
        form = _quote_form(min(MOST_ROWS, max(_rows_in(request.form), default=0)))()
        return self._do(order_id, form, lambda: commands.quote(current(), order_id, **form.values), quote=form)

    @expose("/<int:order_id>/agree", methods=["POST"])
    @has_access
    def agree(self, order_id: int) -> Any:
        """Record the customer's consent."""
        form = OfficeConsentForm()
        return self._do(
            order_id, form, lambda: commands.agree_charges(current(), order_id, **form.values), consent=form
        )

    def _do(self, order_id: int, form: Any, action: Any, **failed: Any) -> Any:
        order = fetch(WorkOrder, order_id)
        if form.validate():
            try:
                action()
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                flash(_("Saved."), "success")
                return redirect(url_for("QuoteView.show", order_id=order_id))
        return self._page(order, **failed), 422

    def _page(self, order: WorkOrder, quote: Any = None, consent: Any = None) -> str:
        offered = {each.verb for each in rules.WORK_ORDER.allowed(order.status, current().roles)}
        customer = order.repair_call.caller_name or order.repair_call.voucher.customer.name
        if quote is None and "quote" in offered:
            before = self._before(order)
            quote = _quote_form(len(_rows_in(before)) + 1)(formdata=None, data=before)
        if consent is None and "agree_charges" in offered and order.charges:
            consent = OfficeConsentForm(
                formdata=None, data={"name": customer, "agreed_at": clock.now(), "how": "telephone"}
            )
        page: str = self.render_template(
            "fieldservice/quote.html",
            title=_("Quote for %(number)s", number=order.number),
            order=order,
            call=order.repair_call,
            total=commands.charged(order),
            free=free_on(order),
            why=free_because(order),
            quote=quote,
            consent=consent,
            charge_kinds=words.CHARGE_KINDS,
            consents=CONSENTS,
            classes=words.CLASSES,
            class_tones=words.CLASS_TONES,
            printing=print_links("quotation", order.id, _("Print the quote")) if order.charges else [],
        )
        return page

    @staticmethod
    def _before(order: WorkOrder) -> dict[str, Any]:
        """What the quote as it stands asked for, so that it need not be typed again."""
        start: dict[str, Any] = {"minutes": order.expected_minutes or 60, **quoting.asked_before(order)}
        parts = [charge for charge in order.charges if charge.part_id is not None]
        for row, charge in enumerate(parts, start=1):
            start |= {f"part_{row}": charge.part_id, f"quantity_{row}": charge.quantity}
        return start
