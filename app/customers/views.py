"""Screens of customers, their products and the service vouchers (CU-1, SO-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import func, select

from app.core import clock, permissions
from app.core.actors import current
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Page, Verb, fields, lookup
from app.core.views.display import chip, listed, plain
from app.core.views.ids import by_id
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers import commands, page, queries
from app.customers.importing.views import ImportView as ImportView  # registered by app/menu.py
from app.customers.models import (
    Address,
    Contact,
    Customer,
    ProductModel,
    SerialChange,
    Telephone,
    Voucher,
    VoucherCustody,
)
from app.customers.rules import (
    CATEGORY_LABELS,
    CUSTOMER_KIND_LABELS,
    SERIAL_KIND_LABELS,
    TELEPHONE_KIND_LABELS,
    in_warranty,
    pieces,
)
from app.organisation.models import District, Staff

# A telephone number finds its customer in every select.
lookup(
    Customer,
    search=("name", "telephones.number"),
    eager=("telephones",),
    detail=lambda customer: listed(row.number for row in customer.telephones[:2]),
)
lookup(
    Voucher,
    search=("number", "serial_no", "customer.name"),
    label=lambda voucher: f"{voucher.number} {voucher.product_model} {voucher.serial_no or ''}".strip(),
    detail=lambda voucher: voucher.customer.name,
    eager=("product_model", "customer"),
)
lookup(Address, search=("line", "district.name"), eager=("district",))
lookup(ProductModel, search=("code", "name"))


def labels(table: dict[str, str]) -> dict[str, Any]:
    """Labels of a vocabulary, to be said in the reader's language."""
    return {value: _l(label) for value, label in table.items()}


class TelephoneView(BaseView):
    """Numbers of a customer; digits only, however typed (CU-1)."""

    datamodel = OfficeInterface(Telephone)
    record_name = _l("Telephone number")
    list_columns = ["number", "kind"]
    show_columns = ["customer", "number", "kind"]
    add_columns = ["customer", "number"]
    edit_columns = ["number", "kind"]
    search_columns = ["number", "kind", "customer"]
    label_columns = {"customer": _l("Customer"), "number": _l("Telephone number"), "kind": _l("Kind")}
    choices = {"kind": labels(TELEPHONE_KIND_LABELS)}
    add_command = by_id(commands.add_telephone, "customer")
    edit_command = commands.change_telephone
    deletable = True

    def after_add(self, item: Telephone) -> Any:
        """Point out who else has the number, then back to the customer (CU-1)."""
        point_out([item.number], item.customer_id)
        return super().after_add(item)


class AddressView(BaseView):
    """Addresses of a customer; the district decides the arrival target (SO-15)."""

    datamodel = OfficeInterface(Address)
    record_name = _l("Address")
    list_columns = ["district", "line", "zone"]
    show_columns = ["customer", "district", "line", "zone"]
    add_columns = ["customer", "district", "line"]
    edit_columns = ["district", "line"]
    search_columns = ["line", "district", "customer"]
    label_columns = {
        "customer": _l("Customer"),
        "district": _l("District"),
        "line": _l("Street and number"),
        "zone": _l("Zone"),
    }
    choices = {"zone": {"urban": _l("Urban"), "suburban": _l("Suburban")}}
    tones = {"zone": {"urban": "info"}}
    eager = ["district"]
    add_command = by_id(commands.add_address, "customer", "district")


class ContactView(BaseView):
    """Whom to speak to at the customer's."""

    datamodel = OfficeInterface(Contact)
    record_name = _l("Contact")
    list_columns = ["name", "duty", "phone"]
    show_columns = ["customer", "name", "duty", "phone"]
    add_columns = show_columns
    edit_columns = list_columns
    search_columns = ["name", "phone", "customer"]
    label_columns = {
        "customer": _l("Customer"),
        "name": _l("Contact"),
        "duty": _l("Duty"),
        "phone": _l("Telephone number"),
    }
    deletable = True


class VoucherCustodyView(BaseView):
    """When the voucher was out, and with whom (SO-3)."""

    datamodel = OfficeInterface(VoucherCustody)
    record_name = _l("Voucher taken out")
    list_columns = ["out_at", "staff", "reason", "back_at"]
    show_columns = ["voucher", *list_columns]
    search_columns = ["out_at", "staff"]
    label_columns = {
        "voucher": _l("Service voucher"),
        "out_at": _l("Taken out at"),
        "staff": _l("Held by"),
        "reason": _l("Purpose"),
        "back_at": _l("Back in the file at"),
    }
    base_order = ("out_at", "desc")


class SerialChangeView(BaseView):
    """Numbers swapped in repairs: the old and the new one (SO-17)."""

    datamodel = OfficeInterface(SerialChange)
    record_name = _l("Number swapped")
    list_columns = ["at", "kind", "old_no", "new_no", "by", "reference"]
    show_columns = ["voucher", *list_columns]
    search_columns = ["old_no", "new_no", "at", "kind"]
    label_columns = {
        "voucher": _l("Service voucher"),
        "at": _l("Swapped at"),
        "kind": _l("What was swapped"),
        "old_no": _l("Old number"),
        "new_no": _l("New number"),
        "by": _l("By"),
        "reference": _l("Work order no."),
    }
    choices = {"kind": labels(SERIAL_KIND_LABELS)}
    base_order = ("at", "desc")


class CheckOutForm(OfficeForm):
    """Who takes the voucher along, and why."""

    staff_id = fields.remote(Staff, _l("Given to"))
    reason = fields.text(_l("Purpose"), 100, required=False, help=_l("For example the number of the work order."))


def where_now(found: tuple[Staff, Any] | None) -> Markup:
    """In the customer's file, or out with whom since when (SO-3)."""
    if found is None:
        return chip(_("In the file"), "success")
    staff, since = found
    out = _("Out with %(name)s since %(since)s", name=staff.name, since=plain(since))
    return chip(out, "warning")


class VoucherView(QuickFilters, BaseView):
    """001 服务凭证: one for each product sold; where it is now stands on its page (SO-3)."""

    datamodel = OfficeInterface(Voucher)
    record_name = _l("Service voucher")
    list_columns = ["number", "customer", "product_model", "serial_no", "sold_on", "warranty_until", "whereabouts"]
    role_columns = {"technician": ["number", "customer", "product_model", "serial_no", "warranty_until"]}
    show_fieldsets = [
        (
            _l("Product"),
            {"fields": ["product_model", "serial_no", "sold_on", "warranty_until", "customer", "address"]},
        ),
        (_l("Service voucher"), {"fields": ["whereabouts", "branch", "note"]}),
    ]
    add_columns = ["customer", "address", "product_model", "serial_no", "sold_on", "warranty_until", "note"]
    edit_columns = ["product_model", "serial_no", "address", "sold_on", "warranty_until", "note"]
    search_columns = ["number", "serial_no", "customer", "product_model", "sold_on", "warranty_until", "branch"]
    quick_columns = ["number", "serial_no", "customer.name"]
    label_columns = {
        "customer": _l("Customer"),
        "address": _l("Stands at"),
        "product_model": _l("Product model"),
        "serial_no": _l("Serial number"),
        "sold_on": _l("Sold on"),
        "warranty_until": _l("Warranty until"),
        "whereabouts": _l("Voucher is now"),
    }
    description_columns = {
        "address": _l("May stay empty when the customer has one address only."),
        "warranty_until": _l("Empty: the months of the product model, from the day of sale."),
    }
    formatters_columns = {"whereabouts": where_now}
    narrow = {"address": {"customer_id": "customer"}}
    add_form_extra_fields = {
        "address": fields.remote(
            Address,
            _l("Stands at"),
            required=False,
            as_object=True,
            narrow={"customer_id": "customer"},
            help=_l("May stay empty when the customer has one address only."),
        )
    }
    eager = ["custodies.staff", "address.district"]
    base_order = ("id", "desc")
    related_views = [VoucherCustodyView, SerialChangeView]
    quick_filters = [
        QuickFilter("out", _l("Out of the file"), lambda: Voucher.custodies.any(VoucherCustody.back_at.is_(None)))
    ]
    add_command = by_id(commands.create_voucher, "customer", "address", "product_model")
    edit_command = by_id(commands.update_voucher, "address", "product_model")
    verbs = [
        Verb(
            commands.check_out_voucher,
            form=CheckOutForm,
            label=_l("Take out of the file"),
            icon="fa-share",
            when=lambda voucher: voucher.whereabouts is None,
        ),
        Verb(
            commands.return_voucher,
            label=_l("Back into the file"),
            icon="fa-reply",
            tone="primary",
            when=lambda voucher: voucher.whereabouts is not None,
        ),
        Verb(
            commands.transfer_voucher,
            form=CheckOutForm,
            label=_l("Handed on to"),
            icon="fa-exchange",
            when=lambda voucher: voucher.whereabouts is not None,
        ),
    ]

    def badges(self, item: Voucher) -> list[Any]:
        """Where the paper is, and whether the warranty still holds."""
        return [where_now(item.whereabouts), *warranty_chip(item)]

    def links(self, item: Voucher) -> list[Link]:
        """Print form 001."""
        return print_links("voucher", item.id, _l("Print 001"))


def warranty_chip(voucher: Voucher) -> list[Markup]:
    """Until when the warranty holds or held; nothing where that is not known."""
    day = voucher.warranty_until
    if day is None:
        return []
    if in_warranty(day, clock.today()):
        return [chip(_("Warranty until %(day)s", day=plain(day)), "success")]
    return [chip(_("Warranty ended %(day)s", day=plain(day)))]


def print_links(name: str, record_id: int, label: Any) -> list[Link]:
    """The link that prints a document of one record, for those who may print it."""
    if not permissions.may(current(), f"print.{name}"):
        return []
    return [Link(label, url_for("PrintView.now", name=name, record_id=record_id), "fa-print", new_tab=True)]


class ProductModelView(BaseView):
    """What the company sells, and for how long it is under warranty."""

    datamodel = OfficeInterface(ProductModel)
    record_name = _l("Product model")
    list_columns = ["code", "name", "category", "warranty_months"]
    show_columns = list_columns
    add_columns = list_columns
    edit_columns = list_columns
    search_columns = ["code", "name", "category"]
    label_columns = {
        "code": _l("Model"),
        "name": _l("Product"),
        "category": _l("Category"),
        "warranty_months": _l("Warranty (months)"),
    }
    choices = {"category": labels(CATEGORY_LABELS)}
    base_order = ("code", "asc")


HISTORY, PAPERS, CHANGES = "history", "papers", "changes"


class CustomerView(BaseView):
    """The customer's file: everything about a customer on one page (CU-1)."""

    datamodel = OfficeInterface(Customer)
    record_name = _l("Customer")
    list_columns = ["name", "kind", "telephones", "addresses", "branch"]
    show_columns = ["name", "kind", "telephones", "email", "branch", "created_at", "note"]
    add_fieldsets = [
        (_l("Customer"), {"fields": ["phones", "name", "kind", "email"]}),
        (_l("Address"), {"fields": ["district_id", "line"]}),
        (_l("Remarks"), {"fields": ["note"]}),
    ]
    edit_columns = ["name", "kind", "email", "note"]
    search_columns = ["name", "kind", "email", "branch", "created_at"]
    quick_columns = ["name", "telephones.number", "vouchers.serial_no", "vouchers.number"]
    label_columns = {
        "name": _l("Customer"),
        "kind": _l("Kind"),
        "telephones": _l("Telephone"),
        "addresses": _l("Address"),
        "email": _l("E-mail"),
        "phones": _l("Telephone"),
        "district_id": _l("District"),
        "line": _l("Street and number"),
    }
    choices = {"kind": labels(CUSTOMER_KIND_LABELS)}
    tones = {"kind": {"organisation": "info"}}
    eager = ["telephones", "addresses.district"]
    base_order = ("id", "desc")
    add_form_extra_fields = {
        "phones": fields.text(
            _l("Telephone"),
            120,
            required=False,
            help=_l("Any format; several separated by commas."),
        ),
        "district_id": fields.remote(District, _l("District"), required=False),
        "line": fields.text(_l("Street and number"), 200, required=False),
    }
    add_template = "customers/new.html"
    show_template = "customers/show.html"
    add_command = commands.create_customer
    edit_command = commands.update_customer

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """Everything about a customer on one page; of the tabs only the one that is open is read (CU-1).

        A script that changes the tab asks for the tab alone.
        """
        item = self._record(pk)
        self.update_redirect()
        shown = page.parts()
        wanted = request.args.get("tab", "")
        tab = wanted if wanted in {HISTORY, CHANGES, PAPERS, *(part.tab for part in shown)} else HISTORY
        counts = page.counted(shown, item.id)
        if request.headers.get("X-Part") == "tab":
            return self._page("customers/tab.html", item=item, **self._tab(item, tab, shown, counts))
        found = {**self._whole(item, shown, counts), **self._tab(item, tab, shown, counts)}
        return self._page(self.show_template, item=item, **found)

    def _tab(self, item: Customer, tab: str, shown: list[page.Part], counts: page.Counts) -> dict[str, Any]:
        part = next((part for part in shown if part.tab == tab), None)
        return {
            "tab": tab,
            "told": page.history(shown, item, counts) if tab == HISTORY else [],
            "papers": page.papers(shown, item, counts) if tab == PAPERS else [],
            "happened": self.happened(item) if tab == CHANGES else [],
            "related": [each for each in part.lists(item) if each is not None] if part is not None else [],
        }

    def _whole(self, item: Customer, shown: list[page.Part], counts: page.Counts) -> dict[str, Any]:
        today = clock.today()
        vouchers = queries.vouchers_of(item.id, page.PRODUCTS_SHOWN)
        return {
            "title": self.show_title,
            "facts": page.facts(shown, item, counts),
            "tabs": [
                page.Tab(HISTORY, _("History")),
                *(page.Tab(part.tab, part.label, counts.get(part.tab)) for part in shown),
                page.Tab(PAPERS, _("Papers")),
                page.Tab(CHANGES, _("File changes")),
            ],
            "products": page.product_lines(vouchers, lambda each: in_warranty(each.warranty_until, today), counts),
            "all_products": counts.get("products", len(vouchers)),
            "contacts": queries.contacts_of(item.id),
            "others": queries.same_telephone((row.number for row in item.telephones), item.id),
            "may_call": permissions.may(current(), "repair_call.enter"),
            "can_edit": self.permitted("can_edit"),
        }

    def after_add(self, item: Customer) -> Any:
        """Point out who else has one of the numbers (CU-1)."""
        point_out([row.number for row in item.telephones], item.id)
        return super().after_add(item)

    @expose("/same_number")
    @has_access
    def same_number(self) -> Any:
        """Who has one of the numbers typed so far, for the form: pointed out, not refused (CU-1)."""
        typed = request.args.get("phones", "")[:200].replace("\x00", "")
        others = queries.same_telephone(pieces(typed))
        return {"customers": [{"name": row.name, "url": _customer_url(row)} for row in others]}


def _customer_url(customer: Customer) -> str:
    return url_for("CustomerView.show", pk=customer.id)


def point_out(numbers: list[str], customer_id: int) -> None:
    """Tell the person that another customer has one of these numbers (CU-1)."""
    others = queries.same_telephone(numbers, customer_id)
    if others:
        names = listed(other.name for other in others)
        flash(_("The same telephone number is in the file of: %(names)s", names=names), "warning")


def _out(lines: Mapping[int, page.ProductLine], _counts: page.Counts) -> None:
    for line in lines.values():
        if line.voucher.whereabouts is not None:
            line.notes.append(where_now(line.voucher.whereabouts))


def _product_papers(customer: Customer, limit: int) -> list[page.Paper]:
    if not permissions.may(current(), "print.voucher"):
        return []
    return [
        page.Paper(
            each.created_at,
            _("Service voucher 001"),
            each.number,
            url_for("PrintView.now", name="voucher", record_id=each.id),
        )
        for each in queries.vouchers_of(customer.id, limit)
    ]


page.PRODUCT_NOTES["voucher"] = _out
page.register(
    page.Part(
        tab="products",
        label=_l("Products"),
        order=10,
        screen="VoucherView",
        lists=lambda customer: [page.rows("VoucherView", customer)],
        counts={"products": lambda key: select(func.count(Voucher.id)).where(Voucher.customer_id == key)},
        papers=_product_papers,
    )
)
page.register(
    page.Part(
        tab="contacts",
        label=_l("Contact data"),
        order=90,
        screen="TelephoneView",
        lists=lambda customer: [page.rows(name, customer) for name in ("TelephoneView", "AddressView", "ContactView")],
    )
)


class FindView(Page):
    """One box for whatever a caller says: telephone, name, serial number, voucher number (CU-1, SO-4)."""

    route_base = "/customers/find"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """Customers and products found."""
        text = request.args.get("q", "").strip()[:100]
        found = queries.find(text)
        return self.render_template(
            "customers/find.html",
            title=_("Find a customer"),
            text=text,
            found=found,
            where_now=where_now,
            may_add=permissions.may(current(), "customer.create"),
        )
