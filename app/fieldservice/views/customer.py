"""Field service on the customer's page: calls, what happened, quotes; and the way to a new call (CU-1, SO-4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, selectinload

from app.core import permissions
from app.core.actors import current
from app.core.db import db
from app.core.views import Link
from app.core.views.display import chip
from app.core.views.model import MORE_LINKS
from app.customers import page
from app.customers.models import Customer, Voucher
from app.customers.views import CustomerView, VoucherView
from app.fieldservice import queries
from app.fieldservice.models import RepairCall, WorkOrder
from app.fieldservice.queries import UNFINISHED
from app.fieldservice.views import chips, words

OPEN = RepairCall.status.in_(UNFINISHED)


def _numbers(*conditions: Any) -> Callable[[int], Select[Any]]:
    return lambda key: (
        select(func.count(RepairCall.id)).join(RepairCall.voucher).where(Voucher.customer_id == key, *conditions)
    )


def _open_calls(_customer: Customer, counts: page.Counts) -> page.Fact:
    waiting, count = counts["calls_waiting"], counts["calls_open"]
    note = _("%(count)s not dispatched", count=waiting) if waiting else ""
    return page.Fact(_l("Open calls"), count, note, "danger" if waiting else "info" if count else "neutral")


def _of_products(lines: Mapping[int, page.ProductLine], counts: page.Counts) -> None:
    """When the products were repaired last, and their open calls with how the deadline stands."""
    if not counts.get("calls"):
        return
    repaired = (
        select(RepairCall.voucher_id, func.max(WorkOrder.finished_at))
        .join(WorkOrder.repair_call)
        .where(RepairCall.voucher_id.in_(lines), WorkOrder.finished_at.is_not(None))
        .group_by(RepairCall.voucher_id)
    )
    for voucher_id, at in db.session.execute(repaired):
        lines[voucher_id].last_repair = at
    if not counts.get("calls_open"):
        return
    calls = (
        select(RepairCall)
        .where(RepairCall.voucher_id.in_(lines), OPEN)
        .options(selectinload(RepairCall.waiting_changes), selectinload(RepairCall.work_orders))
        .order_by(RepairCall.reported_at)
    )
    for call in db.session.scalars(calls):
        state = chip(words.CALL_STATES[call.status], words.CALL_TONES.get(call.status, "neutral"))
        link = Markup('<a href="{}">{}</a>').format(url_for("RepairCallView.show", pk=call.id), call.number)
        due = chips.arrival_chip(call) if call.status == "open" else Markup("")
        lines[call.voucher_id].notes.append(Markup("{} {} {}").format(link, state, due))


def _history(customer: Customer, limit: int) -> list[page.Told]:
    statement = (
        select(RepairCall)
        .join(RepairCall.voucher)
        .where(Voucher.customer_id == customer.id)
        .options(
            contains_eager(RepairCall.voucher).joinedload(Voucher.product_model), selectinload(RepairCall.work_orders)
        )
        .order_by(RepairCall.reported_at.desc())
        .limit(limit)
    )
    found = []
    for call in db.session.scalars(statement).unique():
        order = queries.live_of(call)
        done = f" → {order.result}" if order is not None and order.result else ""
        found.append(
            page.Told(
                call.reported_at,
                _("Repair call"),
                "fa-phone",
                call.number,
                url_for("RepairCallView.show", pk=call.id),
                f"{call.voucher.product_model}：{call.symptom}{done}",
                chip(words.CALL_STATES[call.status], words.CALL_TONES.get(call.status, "neutral")),
            )
        )
    return found


def _quotes(customer: Customer, limit: int) -> list[page.Paper]:
    if not permissions.may(current(), "print.quotation"):
        return []
    statement = (
        select(WorkOrder)
        .join(WorkOrder.repair_call)
        .join(RepairCall.voucher)
        .where(Voucher.customer_id == customer.id, WorkOrder.charges_agreed_at.is_not(None))
        .order_by(WorkOrder.charges_agreed_at.desc())
        .limit(limit)
    )
    return [
        page.Paper(
            each.charges_agreed_at,
            _("Quotation"),
            each.number,
            url_for("PrintView.now", name="quotation", record_id=each.id),
        )
        for each in db.session.scalars(statement)
        if each.charges_agreed_at is not None
    ]


def _new_call(customer: Customer) -> list[Link]:
    """To the intake, where the customer's products stand already (SO-4)."""
    if not permissions.may(current(), "repair_call.enter"):
        return []
    said = customer.telephones[0].number if customer.telephones else customer.name
    return [Link(_l("New repair call"), url_for("IntakeView.index", q=said, customer=customer.id), "fa-phone")]


def _call_for(voucher: Voucher) -> list[Link]:
    """To the intake, with this product chosen (SO-4)."""
    if not permissions.may(current(), "repair_call.enter"):
        return []
    # A voucher that is out waits for its way back into the file.
    tone = "primary" if voucher.whereabouts is None else "default"
    address = url_for("IntakeView.index", voucher=voucher.id, q=voucher.number)
    return [Link(_l("New repair call"), address, "fa-phone", tone=tone)]


MORE_LINKS.setdefault(CustomerView, []).append(_new_call)
MORE_LINKS.setdefault(VoucherView, []).append(_call_for)
page.PRODUCT_NOTES["calls"] = _of_products
page.register(
    page.Part(
        tab="calls",
        label=_l("Repair calls"),
        order=20,
        screen="RepairCallView",
        lists=lambda customer: [
            page.rows(
                "RepairCallView",
                customer,
                RepairCall.voucher.has(Voucher.customer_id == customer.id),
                hide=("voucher.customer", "voucher.customer.name"),
            )
        ],
        counts={
            "calls": _numbers(),
            "calls_open": _numbers(OPEN),
            "calls_waiting": _numbers(RepairCall.status == "open"),
        },
        fact=_open_calls,
        history=_history,
        papers=_quotes,
    )
)
