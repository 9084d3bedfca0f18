"""What the price list says for a job, and what is free on it and why (SO-6, CO-1, KP-2)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

from sqlalchemy import case, func, or_, select

from app.core.db import db
from app.core.errors import N_
from app.core.i18n import say
from app.customers.models import ProductModel, Voucher
from app.fieldservice import rules
from app.fieldservice.models import FaultCode, PartFitted, PriceItem, RepairCall, WarrantyCover, WorkOrder
from app.organisation.rules import ZONE_LABELS


def prices_for(order: WorkOrder, on: date, fault_code_id: int | None = None) -> rules.Prices:
    """The prices of the day for this job; ``fault_code_id`` looks for a flat price of that fault.

    The names go onto paper with the price: they are in the language that speaks now.
    """
    call = order.repair_call
    zone, category = call.address.district.zone, call.voucher.product_model.category
    wanted = rules.Wanted(on, order.branch_id, zone, category, fault_code_id)
    rows = db.session.scalars(
        select(PriceItem).where(
            PriceItem.valid_from <= on, or_(PriceItem.branch_id.is_(None), PriceItem.branch_id == order.branch_id)
        )
    ).all()
    found = {kind: rules.find_price(rows, kind, wanted) for kind in rules.PRICE_KINDS}
    callout, labour, flat, inspection = (found[kind] for kind in ("callout", "labour", "labour_flat", "inspection"))
    unit = (labour.unit_minutes if labour is not None else None) or 30
    fault = db.session.get(FaultCode, fault_code_id) if fault_code_id is not None else None
    return rules.Prices(
        callout=callout.price if callout is not None else None,
        labour=labour.price if labour is not None else None,
        unit_minutes=unit,
        flat=flat.price if flat is not None else None,
        flat_name=str(fault) if fault is not None else say(N_("flat")),
        inspection=inspection.price if inspection is not None else None,
        callout_name=say(ZONE_LABELS[zone]),
        labour_name=say(N_("each %(minutes)s minutes begun"), minutes=unit) if unit > 1 else say(N_("by the minute")),
        inspection_name=say(N_("Inspection in the workshop")),
    )


def flat_faults(order: WorkOrder, on: date) -> list[tuple[FaultCode, Decimal]]:
    """The faults of the product's category that the price list has a flat price for, with the price (SO-6)."""
    call = order.repair_call
    zone, category = call.address.district.zone, call.voucher.product_model.category
    rows = db.session.scalars(select(PriceItem).where(PriceItem.kind == "labour_flat")).all()
    if not rows:
        return []
    faults = db.session.scalars(
        select(FaultCode)
        .where(or_(FaultCode.category == category, FaultCode.category == rules.ANY))
        .order_by(FaultCode.category == rules.ANY, FaultCode.code)
    )
    wanted = {fault: rules.Wanted(on, order.branch_id, zone, category, fault.id) for fault in faults}
    priced = {fault: rules.find_price(rows, "labour_flat", each) for fault, each in wanted.items()}
    return [(fault, row.price) for fault, row in priced.items() if row is not None]


LATEST_FITTED = 20_000
"""How far back it is looked what was fitted: enough to know a product, few enough to be read while a page is made."""


def parts_used_on(model: ProductModel) -> dict[int, int]:
    """Parts fitted to products of this category lately, by id: 2 for this very model, 1 for another of the category.

    Of parts and models only, so not narrowed by row scope: a technician's own jobs are too few to know a product.
    """
    newest = select(func.max(PartFitted.id)).execution_options(unscoped=True)
    last = db.session.execute(newest).scalar() or 0
    this_model = func.max(case((Voucher.product_model_id == model.id, 2), else_=1))
    statement = (
        select(PartFitted.part_id, this_model)
        .join(WorkOrder, WorkOrder.id == PartFitted.work_order_id)
        .join(RepairCall, RepairCall.id == WorkOrder.repair_call_id)
        .join(Voucher, Voucher.id == RepairCall.voucher_id)
        .join(ProductModel, ProductModel.id == Voucher.product_model_id)
        .where(PartFitted.id > last - LATEST_FITTED, ProductModel.category == model.category)
        .group_by(PartFitted.part_id)
    )
    found = db.session.execute(statement.execution_options(unscoped=True))
    return {int(part): int(nearness) for part, nearness in found}


def free_on(order: WorkOrder) -> rules.Free:
    """What is free for the customer on this job (SO-1, SO-6): by contract, by warranty, or as a repeat repair (KP-2)."""
    contract, call = order.contract, order.repair_call
    if order.service_class == "B" and contract is not None:
        return rules.free_of("B", labour=contract.labour_free, callout=contract.callout_free, parts=contract.parts_free)
    if order.service_class != "C" or _is_free_repeat(order):
        return rules.free_of(order.service_class)
    covers = db.session.scalars(select(WarrantyCover)).all()
    return rules.warranty_free(covers, call.voucher.product_model.category, bool(order.misuse_reason))


def _is_free_repeat(order: WorkOrder) -> bool:
    return rules.is_free(order.repair_call.repeat_of_id is not None, order.repair_call.repeat_cause or "")


def free_because(order: WorkOrder) -> str:
    """Why something is free on this job, in the language that speaks now; empty for a paid one."""
    if order.service_class == "B":
        return say(N_("Contract %(number)s"), number=str(order.contract)) if order.contract else ""
    if order.service_class != "C":
        return ""
    return say(N_("Repeat repair")) if _is_free_repeat(order) else say(N_("Within warranty"))


def to_agree(order: WorkOrder) -> bool:
    """Whether the customer pays for work, call-out or anything quoted, so that it is agreed before it (SO-6)."""
    free = free_on(order)
    return not (free.labour and free.callout) or any(charge.unit_price > 0 for charge in order.charges)


def parts_unlike(order: WorkOrder) -> dict[int, tuple[int, int]]:
    """Parts the customer pays whose number agreed to is not the number fitted, as (agreed, fitted), by id (SO-6)."""
    if free_on(order).parts:
        return {}
    agreed = Counter({charge.part_id: charge.quantity for charge in order.charges if charge.part_id is not None})
    fitted: Counter[int] = Counter()
    for row in order.parts_fitted:
        if row.unit_price > 0:
            fitted[row.part_id] += row.quantity
    return {part: (agreed[part], fitted[part]) for part in agreed | fitted if agreed[part] != fitted[part]}
