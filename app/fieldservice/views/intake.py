"""``/intake/``: the clerk on the telephone – who calls, about which product, what is wrong: a call in one page (SO-4)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actors import current
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.home import card
from app.core.uow import unit_of_work
from app.core.views import OfficeForm, Page, fields
from app.core.views.interface import find as row_of
from app.core.views.refusals import FORESEEN, explain
from app.customers import commands as customers
from app.customers import queries as customer_queries
from app.customers.models import Customer, ProductModel, Voucher
from app.customers.rules import CUSTOMER_KIND_LABELS, telephone_digits, telephones
from app.fieldservice import commands, queries
from app.fieldservice.models import WorkOrder
from app.fieldservice.views import words
from app.organisation.models import District

KINDS = {key: _l(label) for key, label in CUSTOMER_KIND_LABELS.items()}


class CallForm(OfficeForm):
    """What is taken down of a call."""

    caller_name = fields.text(_l("Caller"), 64, required=False)
    caller_phone = fields.text(_l("Telephone"), 32, required=False)
    symptom_code_id = fields.choice(_l("Symptom code"), words.fault_codes, required=False)
    symptom = fields.notes(_l("Symptom"), 500)
    priority = fields.choice(_l("Priority"), words.PRIORITIES, default="normal")
    channel = fields.choice(_l("Came in by"), words.CHANNELS, default="telephone")
    reported_at = fields.moment(_l("Reported at"))
    address_id = fields.choice(_l("Address"), dict, required=False)
    confirm_duplicate = fields.yes(_l("Enter another call for the same product"))


class ProductForm(OfficeForm):
    """A product the office does not know yet."""

    order: tuple[str, ...] = ("product_model_id", "serial_no", "sold_on")

    product_model_id = fields.remote(ProductModel, _l("Product model"))
    serial_no = fields.text(_l("Serial number"), 64, required=False, none=True)
    sold_on = fields.day(_l("Sold on"), required=False)


class NewcomerForm(ProductForm):
    """A caller the office does not know yet, with the product."""

    name = fields.text(_l("Customer"), 100)
    kind = fields.choice(_l("Kind"), KINDS, default="person")
    phones = fields.text(_l("Telephone"), 120)
    district_id = fields.remote(District, _l("District"))
    line = fields.text(_l("Street and number"), 200)
    confirm_telephone = fields.yes(_l("Another customer with the same telephone number"))

    order = ("name", "kind", "phones", "district_id", "line", "product_model_id", "serial_no", "sold_on")


class IntakeView(Page):
    """Find the customer, choose the product, write down what is wrong."""

    route_base = "/intake"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The search, what it found, and the form for the product chosen."""
        text = request.args.get("q", "").strip()[:80]
        voucher = row_of(Voucher, request.args["voucher"]) if "voucher" in request.args else None
        form = self._call_form(voucher, text) if voucher is not None else None
        return self._page(text, voucher, form)

    @expose("/call/<int:voucher_id>", methods=["POST"])
    @has_access
    def call(self, voucher_id: int) -> Any:
        """Enter the call; back to an empty search for the next caller."""
        voucher = fetch(Voucher, voucher_id)
        text = request.args.get("q", "")[:80]
        form = self._call_form(voucher, text)
        if form.validate():
            given = form.values
            for name in ("symptom_code_id", "address_id"):
                given[name] = int(given[name]) if given[name] else None
            try:
                call = commands.enter_call(current(), voucher.id, **given)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                by = f"{clock.local(call.arrive_by):%Y-%m-%d %H:%M}" if call.arrive_by else "—"
                message = _(
                    "Call %(number)s is entered. A technician must be there by %(by)s.", number=call.number, by=by
                )
                if call.branch_id != current().branch_id:
                    message += " " + _("It is in the register of %(branch)s.", branch=str(call.branch))
                flash(message, "success")
                return redirect(url_for("IntakeView.index", entered=call.id))
        return self._page(text, fetch(Voucher, voucher_id), form), 422

    @expose("/newcomer", methods=["GET", "POST"])
    @has_access
    def newcomer(self) -> Any:
        """A new customer with the first product; then the call."""
        text = request.args.get("q", "")[:80]
        digits = telephone_digits(text)
        start = {"phones": text} if len(digits) >= 7 else {"name": text}
        form = NewcomerForm(data={"kind": "person", **start} if request.method == "GET" else None)
        if request.method == "POST" and form.validate():
            try:
                voucher = self._create(form)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                return redirect(url_for("IntakeView.index", q=form.phones.data, voucher=voucher.id))
        return self._form_page("fieldservice/newcomer.html", form, _("New customer"), text=text)

    def _create(self, form: NewcomerForm) -> Voucher:
        same = customer_queries.same_telephone(telephones(form.phones.data))
        if same and not form.confirm_telephone.data:
            raise Refused(
                N_("%(name)s already has this telephone number: look there first, or tick to go on."),
                field="confirm_telephone",
                name="、".join(customer.name for customer in same[:3]),
            )
        actor = current()
        with unit_of_work(actor, "customer.create"):
            customer = customers.create_customer(
                actor,
                name=form.name.data,
                kind=form.kind.data,
                phones=form.phones.data,
                district_id=form.district_id.data,
                line=form.line.data,
            )
            return self._add_product(customer, form)

    def _add_product(self, customer: Customer, form: ProductForm) -> Voucher:
        address_id = customer.addresses[0].id if customer.addresses else None
        return customers.create_voucher(
            current(),
            customer_id=customer.id,
            product_model_id=form.product_model_id.data,
            address_id=address_id,
            serial_no=form.serial_no.data,
            sold_on=form.sold_on.data,
        )

    @expose("/product/<int:customer_id>", methods=["GET", "POST"])
    @has_access
    def product(self, customer_id: int) -> Any:
        """A product of a known customer that has no voucher yet; then the call."""
        customer = fetch(Customer, customer_id)
        form = ProductForm()
        if request.method == "POST" and form.validate():
            try:
                voucher = self._add_product(customer, form)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                return redirect(url_for("IntakeView.index", q=voucher.number, voucher=voucher.id))
        title = _("New product of %(name)s", name=customer.name)
        return self._form_page("fieldservice/newcomer.html", form, title, text=customer.name)

    # -- pages -----------------------------------------------------------------------------------------------------

    def _form_page(self, template: str, form: ProductForm, title: str, text: str) -> Any:
        page = self.render_template(
            template,
            title=title,
            form=form,
            names=form.order,
            back=url_for("IntakeView.index", q=text),
        )
        return page, 422 if request.method == "POST" else 200

    def _call_form(self, voucher: Voucher, text: str) -> CallForm:
        form = CallForm(data=self._start(voucher, text) if request.method == "GET" else None)
        category = voucher.product_model.category
        form.symptom_code_id.choices = [("", "—"), *words.fault_codes(category).items()]
        addresses = [(str(address.id), str(address)) for address in voucher.customer.addresses]
        form.address_id.choices = addresses
        return form

    def _start(self, voucher: Voucher, text: str) -> dict[str, Any]:
        digits = telephone_digits(text)
        known = [telephone.number for telephone in voucher.customer.telephones]
        full = next((number for number in known if digits and number.endswith(digits)), known[0] if known else "")
        return {
            "caller_name": voucher.customer.name if voucher.customer.kind == "person" else "",
            "caller_phone": full,
            "priority": "normal",
            "channel": "telephone",
            "reported_at": clock.now(),
            "address_id": str(voucher.address_id),
        }

    def _page(self, text: str, voucher: Voucher | None, form: CallForm | None) -> str:
        found = customer_queries.find(text) if text else customer_queries.Found([], [])
        vouchers = list(found.vouchers)
        if voucher is not None and voucher.id not in {each.id for each in vouchers}:
            vouchers.insert(0, voucher)
        states = queries.product_states(vouchers)
        people = {customer.id: customer for customer in found.customers}
        for each in vouchers:
            people.setdefault(each.customer_id, each.customer)
        page: str = self.render_template(
            "fieldservice/intake.html",
            title=_("New repair call"),
            text=text,
            customers=list(people.values()),
            products={key: [s for s in states if s.voucher.customer_id == key] for key in people},
            chosen=next((s for s in states if voucher is not None and s.voucher.id == voucher.id), None),
            form=form,
            duplicate=form is not None and bool(form.confirm_duplicate.errors),
            entered=request.args.get("entered", type=int),
            classes=words.CLASSES,
            class_tones=words.CLASS_TONES,
            call_states=words.CALL_STATES,
            call_tones=words.CALL_TONES,
        )
        return page


def _to_close() -> int:
    return queries.count_of(WorkOrder, WorkOrder.status == "finished")


card("clerk", title=_l("New repair call"), url="IntakeView.index", icon="fa-phone", tone="info", order=10)
card(
    "clerk",
    title=_l("Jobs to close"),
    url="WorkOrderView.list",
    arguments={"_flt_1_status": "finished"},
    count=_to_close,
    icon="fa-check",
    tone="warning",
    order=20,
)
