"""004 客户商品进出登记本 on screen, and what is lent meanwhile (SO-7, SO-8)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import and_, or_, select

from app.core import clock, dates, permissions
from app.core.actors import current
from app.core.db import db
from app.core.views import BaseView, Link, OfficeInterface, Verb, lookup
from app.core.views.display import chip
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.views import print_links
from app.organisation.models import Branch
from app.workshop import commands, queries
from app.workshop.documents import void_text
from app.workshop.models import GoodsReceipt, Loan, LoanUnit
from app.workshop.views import forms, words
from app.workshop.views.cards import card_of
from app.workshop.views.frame import Framed

lookup(LoanUnit, search=("serial_no", "product_model.code", "product_model.name"), eager=("product_model",))


def _today(column: Any) -> Any:
    begin, end = clock.day_bounds(clock.today())
    return and_(column >= begin, column < end)


class GoodsReceiptView(Framed, QuickFilters, BaseView):
    """Every item that came in, and how it went out again: the book 004 (SO-7, SO-8)."""

    datamodel = OfficeInterface(GoodsReceipt)
    record_name = _l("Goods receipt")
    list_name = _l("Goods in/out register")
    list_columns = [
        "number",
        "in_at",
        "received_by",
        "voucher.customer",
        "voucher.product_model",
        "accessories",
        "out_at",
        "returned_to",
        "void_kind",
    ]
    show_fieldsets = [
        (_l("Goods in"), {"fields": ["number", "in_at", "received_by", "promised_at", "work_order", "voucher"]}),
        (_l("Product"), {"fields": ["condition", "accessories", "no_photo_reason", "unsigned_reason"]}),
        (_l("Goods out"), {"fields": ["out_at", "returned_by", "returned_to"]}),
        (_l("Goods receipt 003"), {"fields": ["void_kind", "voided_at", "voided_by", "void_note"]}),
    ]
    search_columns = ["number", "in_at", "out_at", "branch", "received_by", "void_kind"]
    quick_columns = ["number", "voucher.customer.name", "voucher.serial_no", "work_order.number"]
    small_references = ["branch"]
    base_order = ("in_at", "desc")
    eager = ["card"]
    choices = {"void_kind": words.VOID_KINDS}
    tones = {"void_kind": {"": "info", "taken_back": "neutral", "lost": "warning"}}
    label_columns = {
        "number": _l("Receipt no."),
        "in_at": _l("In since"),
        "received_by": _l("Brought in by"),
        "voucher": _l("Service voucher"),
        "voucher.customer": _l("Customer"),
        "voucher.product_model": _l("Product"),
        "work_order": _l("Work order"),
        "branch": _l("Branch"),
        "condition": _l("Condition"),
        "accessories": _l("Accessories"),
        "promised_at": _l("Promised on the receipt"),
        "no_photo_reason": _l("No photograph, because"),
        "unsigned_reason": _l("Why there is no signature"),
        "out_at": _l("Given back at"),
        "returned_by": _l("Given back by"),
        "returned_to": _l("Received by"),
        "void_kind": _l("Customer's copy"),
        "voided_at": _l("Voided at"),
        "voided_by": _l("Receipt voided by"),
        "void_note": _l("Remark"),
    }
    quick_filters = [
        QuickFilter(
            "today", _l("In or out today"), lambda: or_(_today(GoodsReceipt.in_at), _today(GoodsReceipt.out_at))
        ),
        QuickFilter("house", _l("In the house"), lambda: GoodsReceipt.out_at.is_(None)),
        QuickFilter("out", _l("Given back"), lambda: GoodsReceipt.out_at.is_not(None)),
        QuickFilter("lost", _l("Receipt lost"), lambda: GoodsReceipt.void_kind == "lost"),
    ]
    verbs = [
        Verb(
            commands.lend,
            form=forms.LendForm,
            label=_l("Lend a unit"),
            icon="fa-gift",
            when=lambda receipt: receipt.out_at is None,
            after=lambda loan: card_of(loan.goods_receipt),
        ),
    ]
    list_template = "workshop/register.html"
    verb_template = "workshop/verb.html"

    def cell(self, item: GoodsReceipt, column: str) -> Any:
        """The customer's copy as a chip, also while the customer has it."""
        if column == "void_kind":
            return chip(words.VOID_KINDS[item.void_kind or ""], self.tones["void_kind"][item.void_kind or ""])
        return super().cell(item, column)

    def value(self, item: GoodsReceipt, column: str) -> Any:
        """The same on the record's page."""
        return void_text(item) or self.cell(item, column) if column == "void_kind" else super().value(item, column)

    def links(self, item: GoodsReceipt) -> list[Link]:
        """The item's own page, and the paper."""
        return [
            Link(_("The item"), card_of(item), "fa-archive"),
            *print_links("goods_receipt", item.id, _("Goods receipt 003")),
        ]

    def _page(self, template: str, **context: Any) -> str:
        """With the way to today's paper."""
        return super()._page(template, book=self._book(), **context)

    def _book(self) -> str:
        """Address of today's 004 as PDF, for who belongs to a branch."""
        actor = current()
        if actor.branch_id is None or not permissions.may(actor, "print.goods_register"):
            return ""
        code = db.session.scalar(select(Branch.code).where(Branch.id == actor.branch_id))
        return url_for("PrintView.now", name="goods_register", branch=code, date=clock.today().isoformat())


class LoanView(QuickFilters, BaseView):
    """What is lent to customers, and what should have come back."""

    datamodel = OfficeInterface(Loan)
    record_name = _l("Loan")
    list_name = _l("Loans")
    list_columns = ["loan_unit", "customer", "goods_receipt", "out_at", "due_on", "back_at"]
    show_columns = [*list_columns, "out_by", "condition", "back_by", "back_condition", "kept_reason"]
    search_columns = ["loan_unit", "customer", "due_on", "back_at"]
    quick_columns = ["loan_unit.serial_no", "customer.name", "goods_receipt.number"]
    base_order = ("due_on", "asc")
    quick_default = "out"
    eager = ["loan_unit.product_model", "goods_receipt.card", "customer.telephones"]
    label_columns = {
        "loan_unit": _l("Loan unit"),
        "customer": _l("Customer"),
        "goods_receipt": _l("For receipt"),
        "out_at": _l("Lent at"),
        "out_by": _l("Lent by"),
        "due_on": _l("Back by"),
        "condition": _l("Condition"),
        "back_at": _l("Came back at"),
        "back_by": _l("Taken back by"),
        "back_condition": _l("Condition when it came back"),
        "kept_reason": _l("Why it stays longer"),
    }
    quick_filters = [
        QuickFilter("out", _l("Out"), lambda: Loan.back_at.is_(None)),
        QuickFilter("overdue", _l("Not back in time"), lambda: Loan.id.in_(overdue_ids())),
    ]
    verbs = [
        Verb(
            commands.take_loan_back,
            form=forms.BackForm,
            label=_l("It is back"),
            icon="fa-reply",
            tone="primary",
            when=lambda loan: loan.back_at is None,
        ),
        Verb(
            commands.extend_loan,
            form=forms.ExtendForm,
            label=_l("Lend it longer"),
            icon="fa-calendar-plus-o",
            when=lambda loan: loan.back_at is None,
        ),
    ]

    def cell(self, item: Loan, column: str) -> Any:
        """Overdue ones stand out, with whom to ring and where the customer's own product is meanwhile."""
        if column == "due_on" and queries.is_overdue(item):
            days = (clock.today() - item.due_on).days
            said = _("%(days)s days overdue", days=days) if days > 0 else _("own product is back")
            return chip(f"{dates.day(item.due_on)} · {said}", "danger")
        if column == "customer" and item.back_at is None and item.customer.telephones:
            number = item.customer.telephones[0].number
            return Markup('{} <a href="tel:{}">{}</a>').format(item.customer.name, number, number)
        if column == "goods_receipt" and item.back_at is None:
            return Markup("{} {}").format(item.goods_receipt.number, words.state_chip(item.goods_receipt.card))
        if column == "back_at" and item.back_at is None:
            return chip(_("out"), "info")
        return super().cell(item, column)

    def links(self, item: Loan) -> list[Link]:
        """The item it was lent for."""
        return [Link(_("The item"), card_of(item.goods_receipt), "fa-archive")]


class LoanUnitView(BaseView):
    """Products of ours that may be lent."""

    datamodel = OfficeInterface(LoanUnit)
    record_name = _l("Loan unit")
    list_name = _l("Loan units")
    list_columns = ["product_model", "serial_no", "branch", "active", "loans"]
    show_columns = ["product_model", "serial_no", "branch", "active", "note"]
    add_columns = edit_columns = ["branch", "product_model", "serial_no", "active", "note"]
    search_columns = ["product_model", "serial_no", "branch", "active"]
    small_references = ["branch"]
    base_order = ("id", "asc")
    eager = ["loans.customer"]
    order_columns = ["serial_no"]
    related_views = [LoanView]
    tones = {"active": {True: "success", False: "neutral"}}
    label_columns = {
        "product_model": _l("Product model"),
        "serial_no": _l("Serial number"),
        "branch": _l("Branch"),
        "active": _l("In use"),
        "note": _l("Remark"),
        "loans": _l("Now with"),
    }

    def cell(self, item: LoanUnit, column: str) -> Any:
        """Where it is."""
        if column == "loans":
            return str(item.out.customer) if item.out is not None else _("in the house")
        return super().cell(item, column)


def overdue_ids() -> list[int]:
    """Loans that should have come back."""
    return [loan.id for loan in queries.loans_out() if queries.is_overdue(loan)]
