"""What the search box of every page finds (``app.core.search``): numbered records here, customers and products below.

A new table with a running number gets a line in ``NUMBERED``: table, the letters its numbers begin with, the second line
shown with it, and the references that line touches.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, g, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import search
from app.core.db import db
from app.core.views.display import listed
from app.customers import queries as customers
from app.customers.models import Customer
from app.organisation.models import Branch


def _customer_of_call(call: Any) -> str:
    return f"{call.voucher.customer.name} · {call.symptom}"


def _customer_of_order(order: Any) -> str:
    return f"{order.repair_call.voucher.customer.name} · {order.repair_call.symptom}"


def _customer(row: Any) -> str:
    return str(row.customer)


def _product(voucher: Any) -> str:
    return f"{voucher.customer.name} · {voucher.product_model} {voucher.serial_no or ''}".strip()


NUMBERED: tuple[tuple[str, str, str, Any, tuple[str, ...]], ...] = (
    ("repair_call", "JX", "fa-phone", _customer_of_call, ("voucher.customer",)),
    ("work_order", "PG", "fa-clipboard", _customer_of_order, ("repair_call.voucher.customer",)),
    ("voucher", "FW", "fa-ticket", _product, ("customer", "product_model")),
    ("contract", "HT", "fa-file-text", _customer, ("customer",)),
    ("goods_receipt", "SJ", "fa-archive", None, ()),
    ("complaint", "TS", "fa-exclamation-circle", None, ()),
    ("return_visit", "HF", "fa-reply", None, ()),
    ("invoice", "FP", "fa-file-text-o", _customer, ("customer",)),
    ("payment", "SK", "fa-money", None, ()),
    ("cash_handover", "JK", "fa-money", None, ()),
    ("credit_note", "HZ", "fa-file-text-o", None, ()),
    ("purchase_request", "QG", "fa-shopping-cart", None, ()),
    ("stock_count", "PD", "fa-cubes", None, ()),
    ("van_slip", "LL", "fa-truck", None, ()),
)


def _shows(view_name: str) -> bool:
    for view in current_app.extensions["appbuilder"].baseviews:
        if type(view).__name__ == view_name:
            return bool(view.permitted("can_show"))
    return False


def _found(text: str) -> customers.Found:
    # Customers and products come from one search, made once a request.
    if g.get("found_for") != text:
        g.found_for, g.found = text, customers.find(text, search.HITS)
    found: customers.Found = g.found
    return found


def _customers(text: str) -> Sequence[search.Hit]:
    if not _shows("CustomerView"):
        return []
    found = _found(text)
    return [search.Hit(each.name, _reached(each), _url("CustomerView", each.id)) for each in found.customers]


def _reached(customer: Customer) -> str:
    # The address tells apart whom the name does not.
    told = [listed(phone.number for phone in customer.telephones[:2]), *(str(each) for each in customer.addresses[:1])]
    return " · ".join(part for part in told if part)


def _products(text: str) -> Sequence[search.Hit]:
    # Only what carries the text itself: the products of a customer found by name stand on the customer's page.
    if not _shows("VoucherView") or not any(sign.isdigit() for sign in text):
        return []
    wanted = "".join(text.upper().split())
    return [
        search.Hit(
            f"{each.product_model} {each.serial_no or ''}".strip(), each.customer.name, _url("VoucherView", each.id)
        )
        for each in _found(text).vouchers
        if wanted in "".join((each.serial_no or "").upper().split()) or wanted in each.number
    ]


def _url(view: str, key: int) -> str:
    return url_for(f"{view}.show", pk=key)


def _branch_codes() -> list[str]:
    return list(db.session.scalars(select(Branch.code).order_by(Branch.id)))


for _table, _prefix, _icon, _detail, _references in NUMBERED:
    search.numbered(_table, _prefix, detail=_detail, icon=_icon, eager=_references)
search.finder("customers", _l("Customers"), _customers, icon="fa-user")
search.finder("products", _l("Products"), _products, icon="fa-cube")
search.branches_from(_branch_codes)
