"""``/intake/``: the clerk on the telephone – who calls, about which product, what is wrong: a call in one page (SO-4).

Works without a script: a search, a choice, a form. ``intake.js`` asks for the same pieces (``found``, ``form``,
``check``) while the clerk types.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.calendars.queries import explanation
from app.core import clock, dates, settings
from app.core.actors import current
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.home import LISTED, card, latest
from app.core.i18n import say
from app.core.uow import unit_of_work
from app.core.views import Page
from app.core.views.columns import parse_moment
from app.core.views.interface import find as row_of
from app.core.views.refusals import FORESEEN, explain
from app.customers import commands as customers
from app.customers import queries as customer_queries
from app.customers.models import Address, Customer, ProductModel, Voucher
from app.customers.rules import search_word, telephone_digits, telephones
from app.fieldservice import commands, queries, rules
from app.fieldservice.models import FaultCode, RepairCall
from app.fieldservice.views import words
from app.fieldservice.views.intake_forms import CallForm, NewcomerForm, ProductForm


class IntakeView(Page):
    """Find the customer, choose the product, write down what is wrong."""

    route_base = "/intake"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The search, what it found, and the form for the product chosen."""
        text = _asked()
        voucher = row_of(Voucher, request.args["voucher"]) if "voucher" in request.args else None
        known = _products_of_customer() if voucher is None else None
        if known is not None and len(known.vouchers) == 1:
            voucher = known.vouchers[0]
        form = self._call_form(voucher, text) if voucher is not None else None
        return self._page(text, voucher, form, known)

    @expose("/found")
    @has_access
    def found(self) -> Any:
        """What the search finds for the text typed so far, as a piece of the page."""
        return self.render_template("fieldservice/intake_found.html", **self._found(_asked(), None))

    @expose("/form/<int:voucher_id>")
    @has_access
    def form(self, voucher_id: int) -> Any:
        """The form for a product, as a piece of the page."""
        voucher = _product(voucher_id)
        text = _asked()
        return self.render_template(
            "fieldservice/intake_form.html", **self._form(text, voucher, self._call_form(voucher, text))
        )

    @expose("/check/<int:voucher_id>")
    @has_access
    def check(self, voucher_id: int) -> Any:
        """Arrival and repeat repair for what stands on the form now, as a piece of the page (SO-15, KP-2)."""
        voucher = _product(voucher_id)
        given = request.args
        address = row_of(Address, given.get("address_id", "")) or voucher.address
        try:
            reported_at = parse_moment(given.get("reported_at", ""))
        except (ValueError, OverflowError):
            reported_at = clock.now()
        code = row_of(FaultCode, given.get("symptom_code_id", ""))
        return self.render_template(
            "fieldservice/intake_check.html",
            check=_check(voucher, address, reported_at, given.get("priority", ""), given.get("symptom", ""), code),
        )

    @expose("/call/<int:voucher_id>", methods=["POST"])
    @has_access
    def call(self, voucher_id: int) -> Any:
        """Enter the call; back to an empty search for the next caller."""
        voucher = fetch(Voucher, voucher_id)
        text = _asked()
        form = self._call_form(voucher, text)
        if form.validate() and _says_what_is_wrong(form):
            given = form.values
            for name in ("symptom_code_id", "address_id"):
                given[name] = int(given[name]) if given[name] else None
            try:
                call = commands.enter_call(current(), voucher.id, **given)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                return _entered(call)
        return self._page(text, fetch(Voucher, voucher_id), form), 422

    @expose("/newcomer", methods=["GET", "POST"])
    @has_access
    def newcomer(self) -> Any:
        """A new customer with the first product and, when the symptom is given, the call: all of it or nothing."""
        text = _asked()
        start = {"phones": text} if len(telephone_digits(text)) >= 7 else {"name": text}
        form = NewcomerForm(data={"kind": "person", **start} if request.method == "GET" else None)
        if request.method == "POST" and form.validate():
            try:
                with unit_of_work(current(), "customer.create"):
                    voucher, call = self._create(form)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                if call is not None:
                    return _entered(call)
                return redirect(url_for("IntakeView.index", q=form.phones.data, voucher=voucher.id))
        # Read after the posted code was checked against all of them: from here on the chips of this product.
        model = row_of(ProductModel, form.product_model_id.data or "")
        form.symptom_code_id.choices = _symptoms(model.category if model is not None else "any")
        return self._form_page("fieldservice/newcomer.html", form, _("New customer"), text=text)

    @expose("/symptoms/<int:model_id>")
    @has_access
    def symptoms(self, model_id: int) -> Any:
        """The chips of the symptoms for a product model, as a piece of the newcomer's page."""
        model = row_of(ProductModel, model_id)
        if model is None:
            abort(404)
        form = NewcomerForm(formdata=None)
        form.symptom_code_id.choices = _symptoms(model.category)
        return self.render_template("fieldservice/intake_symptoms.html", form=form)

    def _create(self, form: NewcomerForm) -> tuple[Voucher, RepairCall | None]:
        same = customer_queries.same_telephone(telephones(form.phones.data))
        if same and not form.confirm_telephone.data:
            raise Refused(
                N_("%(name)s already has this telephone number: look there first, or tick to go on."),
                field="confirm_telephone",
                name="、".join(customer.name for customer in same[:3]),
            )
        actor = current()
        customer = customers.create_customer(
            actor,
            name=form.name.data,
            kind=form.kind.data,
            phones=form.phones.data,
            district_id=form.district_id.data,
            line=form.line.data,
        )
        voucher = self._add_product(customer, form)
        if not (form.symptom.data or "").strip() and not form.symptom_code_id.data:
            return voucher, None
        call = commands.enter_call(
            actor,
            voucher.id,
            symptom=form.symptom.data or "",
            symptom_code_id=int(form.symptom_code_id.data) if form.symptom_code_id.data else None,
            promised_at=form.promised_at.data,
            priority=form.priority.data,
            channel=form.channel.data,
            caller_name=form.name.data if form.kind.data == "person" else "",
            caller_phone=telephones(form.phones.data)[0],
        )
        return voucher, call

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
        back = url_for("IntakeView.index", q=text)
        page = self.render_template(template, title=title, form=form, back=back)
        return page, 422 if request.method == "POST" else 200

    def _call_form(self, voucher: Voucher, text: str) -> CallForm:
        form = CallForm(data=self._start(voucher, text) if request.method == "GET" else None)
        form.symptom_code_id.choices = _symptoms(voucher.product_model.category)
        form.address_id.choices = [(str(address.id), str(address)) for address in voucher.customer.addresses]
        return form

    def _start(self, voucher: Voucher, text: str) -> dict[str, Any]:
        digits = telephone_digits(text)
        known = [telephone.number for telephone in voucher.customer.telephones]
        full = next((number for number in known if digits and digits in number), known[0] if known else "")
        return {
            "caller_name": voucher.customer.name if voucher.customer.kind == "person" else "",
            "caller_phone": full,
            "priority": "normal",
            "channel": "telephone",
            "reported_at": clock.now(),
            "address_id": str(voucher.address_id),
            "symptom_code_id": "",
        }

    def _page(
        self, text: str, voucher: Voucher | None, form: CallForm | None, known: customer_queries.Found | None = None
    ) -> str:
        more = self._form(text, voucher, form) if voucher is not None and form is not None else {"form": None}
        page: str = self.render_template(
            "fieldservice/intake.html",
            title=_("New repair call"),
            entered=request.args.get("entered", type=int),
            **{**self._found(text, voucher, known), **more},
        )
        return page

    def _found(self, text: str, voucher: Voucher | None, known: customer_queries.Found | None = None) -> dict[str, Any]:
        """What stands in the list: the customers found with their products, the product chosen among them."""
        found = known or (customer_queries.find(text) if text else customer_queries.Found([], []))
        vouchers = list(found.vouchers)
        if voucher is not None and voucher.id not in {each.id for each in vouchers}:
            vouchers.insert(0, voucher)
        states = queries.product_states(vouchers)
        people = {customer.id: customer for customer in found.customers}
        for each in vouchers:
            people.setdefault(each.customer_id, each.customer)
        word = search_word(text)
        return {
            "text": text,
            "customers": list(people.values()),
            "products": {key: [s for s in states if s.voucher.customer_id == key] for key in people},
            "chosen": next((s for s in states if voucher is not None and s.voucher.id == voucher.id), None),
            "exact": {
                v.id for v in vouchers if word in (search_word(v.number), search_word(v.serial_no or "")) and word
            },
            "recent": clock.now() - timedelta(days=settings.number("repeat_days")),
            **_words(),
        }

    def _form(self, text: str, voucher: Voucher, form: CallForm) -> dict[str, Any]:
        """What the form for the product shows."""
        given = form.data
        address = next((a for a in voucher.customer.addresses if str(a.id) == given["address_id"]), voucher.address)
        code = row_of(FaultCode, given["symptom_code_id"] or "")
        return {
            "text": text,
            "chosen": queries.product_states([voucher])[0],
            "form": form,
            "duplicate": bool(form.confirm_duplicate.errors),
            "check": _check(
                voucher,
                address,
                given["reported_at"] or clock.now(),
                given["priority"] or "",
                given["symptom"] or "",
                code,
            ),
            **_words(),
        }


def _asked() -> str:
    return request.args.get("q", "").replace("\x00", "").strip()[:80]


def _products_of_customer() -> customer_queries.Found | None:
    """The customer the address names, with the products: whoever comes from a customer's page need not search."""
    customer: Customer | None = row_of(Customer, request.args.get("customer", ""))
    if customer is None:
        return None
    return customer_queries.Found([customer], customer_queries.vouchers_of(customer.id, customer_queries.LIMIT))


def _product(voucher_id: int) -> Voucher:
    found: Voucher | None = row_of(Voucher, voucher_id)
    if found is None:
        abort(404)
    return found


def _symptoms(category: str) -> list[tuple[str, str]]:
    """What the symptom of such a product may be; the first choice is none of them."""
    return [("", _("In words only")), *words.fault_codes(category).items()]


def _words() -> dict[str, Any]:
    return {
        "classes": words.CLASSES,
        "class_tones": words.CLASS_TONES,
        "call_states": words.CALL_STATES,
        "call_tones": words.CALL_TONES,
    }


def _says_what_is_wrong(form: CallForm) -> bool:
    if form.symptom.data or form.symptom_code_id.data:
        return True
    form.refuse("symptom", _("This field is required."))
    return False


def _check(
    voucher: Voucher, address: Address, reported_at: datetime, priority: str, symptom: str, code: FaultCode | None
) -> dict[str, Any]:
    """Until when somebody must be there and why, whether the call comes late into the book, and which it repeats."""
    now = clock.now()
    arrival = queries.arrival_to_be(
        voucher, address, min(reported_at, now), priority if priority in rules.PRIORITIES else "normal"
    )
    symptom = symptom or (code.name if code is not None else "")
    return {
        "arrival": arrival,
        "explanation": explanation(arrival),
        "zone": address.district,
        "missed": arrival.due is not None and arrival.due < now,
        "late": rules.is_late_entry(reported_at, now, settings.number("late_entry_hours")),
        "repeat": queries.repeated_call(voucher.id, min(reported_at, now), symptom, code),
    }


def _entered(call: RepairCall) -> Any:
    by = dates.moment(call.arrive_by) if call.arrive_by else "—"
    message = _("Call %(number)s is entered. A technician must be there by %(by)s.", number=call.number, by=by)
    if call.branch_id != current().branch_id:
        message += " " + _("It is in the register of %(branch)s.", branch=str(call.branch))
    if call.repeat_of_id is not None:
        message += " " + say(N_("It is a repeat repair and free for the customer."))
    flash(message, "success")
    return redirect(url_for("IntakeView.index", entered=call.id))


latest("clerk", title=_l("Latest calls"), screen="RepairCallView")
card("clerk", title=_l("New repair call"), url="IntakeView.index", icon="fa-phone", tone="info", order=10)
card(
    "clerk",
    title=_l("Jobs to close"),
    url="WorkOrderView.list",
    arguments={"show": "finished"},
    count=LISTED,
    icon="fa-check",
    tone="warning",
    order=20,
)
