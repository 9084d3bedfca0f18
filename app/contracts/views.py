"""Screens of maintenance contracts (CO-1, SO-16)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, redirect, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager
from werkzeug.wrappers import Response

from app.contracts import commands, queries
from app.contracts.models import Contract, ContractItem, ContractNotice
from app.contracts.rules import CONTRACT, following_term
from app.core import clock, dates, permissions
from app.core.actors import Principal, current
from app.core.db import db
from app.core.scope import ALL, widest
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Page, Verb, fields, lookup
from app.core.views.ids import by_id
from app.core.views.inputs import RowsSelect
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers import page
from app.customers.models import Customer, Voucher
from app.customers.views import VoucherView, print_links
from app.organisation.models import Staff

lookup(
    Contract,
    search=("number", "customer.name"),
    label=lambda contract: f"{contract.number} {contract.customer}",
    eager=("customer",),
)

CONTRACT_LABELS = {
    "customer": _l("Customer"),
    "starts_on": _l("First day"),
    "ends_on": _l("Last day"),
    "price": _l("Price (CNY)"),
    "visits": _l("Maintenance visits"),
    "labour_free": _l("Labour is free"),
    "parts_free": _l("Parts are free"),
    "callout_free": _l("Call-outs are free"),
    "predecessor": _l("Renewal of"),
    "renewal": _l("Renewed by"),
    "visitor": _l("Visits for renewal"),
    "all_products": _l("Cover all products of the customer"),
    "reason": _l("Reason of cancelling"),
}


class _ProductTicks(RowsSelect):
    """The products of the contract's customer, to be ticked."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        chosen = {row.id for row in field.data or []}
        rows = [
            Markup('<label class="tick-row"><input type="checkbox" name="{}" value="{}"{}> {} {} {}</label>').format(
                field.name,
                voucher.id,
                Markup(" checked") if voucher.id in chosen else Markup(""),
                voucher.product_model,
                voucher.serial_no or "",
                voucher.number,
            )
            for voucher in queries.products_to_choose(g.record.customer_id)
        ]
        return Markup('<div class="tick-rows" id="{}">{}</div>').format(field.id, Markup("").join(rows))


class ProductsField(fields.RowsField):
    """Products ticked among those of the contract's customer."""

    widget = _ProductTicks()


class ProductsForm(OfficeForm):
    """Which products the contract covers (CO-1)."""

    products = ProductsField(_l("Products covered"), model=Voucher)

    @property
    def values(self) -> dict[str, Any]:
        """The command takes ids."""
        return {"voucher_ids": [row.id for row in self.products.data or []]}

    def refuse(self, field: str | None, message: str) -> None:
        """What is wrong with the ids is shown at the ticks."""
        super().refuse("products" if field == "voucher_ids" else field, message)


class RenewForm(OfficeForm):
    """Term and price of the successor (CO-1)."""

    starts_on = fields.day(_l("First day"))
    ends_on = fields.day(_l("Last day"))
    price = fields.money(_l("Price (CNY)"))
    visits = fields.number(_l("Maintenance visits"))


class NotifyForm(OfficeForm):
    """Who visits for the renewal (SO-16)."""

    visitor_id = fields.remote(
        Staff, _l("Visits for renewal"), required=False, help=_l("Empty: whoever at the branch has fewest visits.")
    )


class VisitorForm(OfficeForm):
    """Who visits for the renewal instead."""

    visitor_id = fields.remote(Staff, _l("Visits for renewal"))


class ReasonForm(OfficeForm):
    """Why."""

    reason = fields.text(_l("Reason of cancelling"), 200)


class ContractItemView(BaseView):
    """Products a contract covers."""

    datamodel = OfficeInterface(ContractItem)
    record_name = _l("Product covered")
    list_columns = ["voucher", "voucher.product_model", "voucher.serial_no"]
    show_columns = ["contract", *list_columns]
    search_columns = ["contract", "voucher"]
    label_columns = {
        "contract": _l("Contract"),
        "voucher": _l("Service voucher"),
        "voucher.product_model": _l("Product model"),
        "voucher.serial_no": _l("Serial number"),
    }
    eager = ["voucher.product_model"]


class ContractNoticeView(BaseView):
    """Expiry notices given, and who visits for the renewal (SO-16)."""

    datamodel = OfficeInterface(ContractNotice)
    record_name = _l("Expiry notice")
    list_columns = ["contract", "contract.customer", "for_date", "given_at", "visitor"]
    show_columns = list_columns
    search_columns = ["for_date", "given_at", "visitor", "contract"]
    label_columns = {
        "contract": _l("Contract"),
        "contract.customer": _l("Customer"),
        "for_date": _l("Contract ends on"),
        "given_at": _l("Given at"),
        "visitor": _l("Visits for renewal"),
    }
    eager = ["contract.customer"]
    base_order = ("given_at", "desc")
    verbs = [Verb(commands.assign_visitor, form=VisitorForm, label=_l("Let somebody else visit"), icon="fa-user")]

    def links(self, item: ContractNotice) -> list[Link]:
        """Print the letter."""
        return print_links("contract_expiry_notice", item.contract_id, _l("Print the expiry notice"))


def draft(actor: Principal, *, all_products: bool, **values: Any) -> Contract:
    """Draft a contract from the form; with the tick it covers every product of the customer."""
    products = queries.products_to_choose(values["customer_id"]) if all_products else []
    return commands.create_contract(actor, voucher_ids=[voucher.id for voucher in products], **values)


def _following(contract: Contract) -> dict[str, Any]:
    first, last = following_term(contract.starts_on, contract.ends_on)
    return {"starts_on": first, "ends_on": last, "price": contract.price, "visits": contract.visits}


class ContractView(QuickFilters, BaseView):
    """Maintenance contracts: what is covered, until when, and who renews it (CO-1, SO-16)."""

    datamodel = OfficeInterface(Contract)
    record_name = _l("Maintenance contract")
    list_columns = ["number", "customer", "starts_on", "ends_on", "price", "status", "visitor", "renewal"]
    show_fieldsets = [
        (_l("Contract"), {"fields": ["number", "customer", "branch", "starts_on", "ends_on", "price", "visits"]}),
        (_l("What is free"), {"fields": ["labour_free", "parts_free", "callout_free"]}),
        (_l("Renewal"), {"fields": ["predecessor", "renewal", "visitor", "reason", "note"]}),
    ]
    add_fieldsets = [
        (_l("Contract"), {"fields": ["customer", "all_products", "starts_on", "ends_on", "price", "visits"]}),
        (_l("What is free"), {"fields": ["labour_free", "parts_free", "callout_free", "note"]}),
    ]
    edit_columns = ["starts_on", "ends_on", "price", "visits", "labour_free", "parts_free", "callout_free", "note"]
    search_columns = ["number", "customer", "status", "starts_on", "ends_on", "branch"]
    quick_columns = ["number", "customer.name"]
    label_columns = CONTRACT_LABELS
    description_columns = {"ends_on": _l("When the last day changes, the expiry notice is given anew.")}
    tones = {"status": {"draft": "neutral", "in_force": "success", "ended": "info", "cancelled": "danger"}}
    eager = ["notices.visitor", "successors"]
    base_order = ("id", "desc")
    add_form_extra_fields = {
        "all_products": fields.yes(
            _l("Cover all products of the customer"),
            default=True,
            help=_l("Which products are covered can be changed afterwards."),
        )
    }
    related_views = [ContractItemView, ContractNoticeView]
    quick_filters = [
        QuickFilter("ending", _l("Ending soon"), lambda: queries.ending(clock.today())),
        QuickFilter("in_force", _l("In force"), lambda: Contract.status == "in_force"),
        QuickFilter("draft", _l("Draft"), lambda: Contract.status == "draft"),
    ]
    lifecycle = CONTRACT
    add_command = by_id(draft, "customer")
    edit_command = commands.update_contract
    verbs = [
        Verb(
            commands.choose_products,
            form=ProductsForm,
            label=_l("Choose products"),
            icon="fa-check-square-o",
            when=lambda contract: contract.status in ("draft", "in_force"),
            fill=lambda contract: {"products": [item.voucher for item in contract.items]},
        ),
        Verb(commands.put_in_force, tone="primary", icon="fa-check"),
        Verb(
            commands.renew,
            form=RenewForm,
            label=_l("Renew"),
            icon="fa-repeat",
            tone="primary",
            when=lambda contract: contract.status in ("in_force", "ended") and contract.renewal is None,
            fill=_following,
            after=lambda contract: url_for("ContractView.show", pk=contract.id),
        ),
        Verb(
            commands.notify,
            form=NotifyForm,
            label=_l("Give expiry notice now"),
            icon="fa-envelope-o",
            when=lambda contract: contract.status == "in_force" and contract.notice is None,
        ),
        Verb(commands.end, confirm=_l("The contract covers nothing any more. Really end it?")),
        Verb(commands.cancel, form=ReasonForm, tone="danger"),
    ]

    def editable(self, item: Contract) -> bool:
        """What is over stays as it was."""
        return item.status in ("draft", "in_force")

    def links(self, item: Contract) -> list[Link]:
        """Print the expiry notice."""
        if item.status != "in_force":
            return []
        return print_links("contract_expiry_notice", item.id, _l("Print the expiry notice"))


class ContractsEndingView(Page):
    """Contracts that end within the notice period and are not renewed: the list, narrowed (SO-16)."""

    route_base = "/contracts/ending"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Response:
        """Go to the list, those that end first on top."""
        return redirect(url_for("ContractView.list", show="ending", _oc_ContractView="ends_on", _od_ContractView="asc"))


def _in_force(customer: Customer, counts: page.Counts) -> page.Fact | None:
    """Whether the customer has a contract, and whether one ends soon (SO-16)."""
    if not counts["contracts"]:
        return None
    ending = counts["contracts_ending"]
    return page.Fact(
        _l("Contracts in force"),
        counts["contracts_in_force"],
        _("%(count)s end soon", count=ending) if ending else "",
        "warning" if ending else "neutral",
    )


def _covered(lines: Mapping[int, page.ProductLine], _counts: page.Counts) -> None:
    everywhere = widest("contract", current()) == ALL
    for voucher_id, contract in queries.covering_contracts(lines, clock.today()).items():
        # Another branch's contract covers the product just as well; its page is that branch's.
        seen = everywhere or contract.branch_id == current().branch_id
        line, url = lines[voucher_id], url_for("ContractView.show", pk=contract.id)
        line.contract, line.contract_until = Link(contract.number, url if seen else ""), contract.ends_on


def _contract_history(customer: Customer, limit: int) -> list[page.Told]:
    statement = select(Contract).where(Contract.customer_id == customer.id, Contract.status != "draft")
    return [
        page.Told(
            clock.at_local(each.starts_on),
            _("Maintenance contract"),
            "fa-file-text",
            each.number,
            url_for("ContractView.show", pk=each.id),
            _("%(first)s to %(last)s", first=dates.day(each.starts_on), last=dates.day(each.ends_on)),
            page.said("ContractView", "status", each.status),
            all_day=True,
        )
        for each in db.session.scalars(statement.order_by(Contract.starts_on.desc()).limit(limit))
    ]


def _notices(customer: Customer, limit: int) -> list[page.Paper]:
    if not permissions.may(current(), "print.contract_expiry_notice"):
        return []
    statement = (
        select(ContractNotice)
        .join(ContractNotice.contract)
        .where(Contract.customer_id == customer.id, Contract.status == "in_force")
        .options(contains_eager(ContractNotice.contract))
        .order_by(ContractNotice.given_at.desc())
        .limit(limit)
    )
    return [
        page.Paper(
            each.given_at,
            _("Expiry notice"),
            each.contract.number,
            url_for("PrintView.now", name="contract_expiry_notice", record_id=each.contract_id),
        )
        for each in db.session.scalars(statement)
    ]


def _numbers(*conditions: Any) -> Callable[[int], Select[Any]]:
    return lambda key: select(func.count(Contract.id)).where(Contract.customer_id == key, *conditions)


page.PRODUCT_NOTES["contract"] = _covered
page.register(
    page.Part(
        tab="contracts",
        label=_l("Contracts"),
        order=30,
        screen="ContractView",
        lists=lambda customer: [page.rows("ContractView", customer)],
        counts={
            "contracts": _numbers(),
            "contracts_in_force": _numbers(Contract.status == "in_force"),
            "contracts_ending": lambda key: _numbers(queries.ending(clock.today()))(key),
        },
        fact=_in_force,
        history=_contract_history,
        papers=_notices,
    )
)
VoucherView.related_views.append(ContractItemView)
