"""Labels and colours of field service, once for all its screens."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from app.core.actors import current
from app.core.db import db
from app.customers.rules import SERIAL_KIND_LABELS
from app.fieldservice import rules
from app.fieldservice.models import FaultCode
from app.organisation.models import Staff

CHANNELS = {key: _l(label) for key, label in rules.CHANNEL_LABELS.items()}
CALLER_CHANNELS = {key: CHANNELS[key] for key in rules.CALLER_CHANNELS}
PRIORITIES = {key: _l(label) for key, label in rules.PRIORITY_LABELS.items()}
SERIAL_KINDS = {key: _l(label) for key, label in SERIAL_KIND_LABELS.items()}
CLASSES = {key: _l(label) for key, label in rules.SERVICE_CLASS_LABELS.items()}
CUSTOMER_CLASSES = {key: CLASSES[key] for key in rules.SERVICE_CLASSES[:3]}
CHARGE_KINDS = {key: _l(label) for key, label in rules.CHARGE_KIND_LABELS.items()}
CALL_STATES = {key: _l(label) for key, label in rules.CALL_STATE_LABELS.items()}
ORDER_STATES = {key: _l(label) for key, label in rules.ORDER_STATE_LABELS.items()}
EVENT_KINDS = {key: _l(label) for key, label in rules.EVENT_KIND_LABELS.items()}
SIGNED_FOR = {key: _l(label) for key, label in rules.SIGNED_FOR_LABELS.items()}

REPEAT_CAUSES = {key: _l(label) for key, label in rules.REPEAT_CAUSE_LABELS.items()}

# How arrivals stand: the keys of ``queries.figures``.
ARRIVALS = {
    "in_time": _l("Arrived in time"),
    "late": _l("Arrived late"),
    "overdue": _l("Overdue, nobody there"),
    "running": _l("Not due yet"),
    "without": _l("Cancelled, or without a deadline"),
}
CALL_TONES = {"open": "danger", "dispatched": "info", "finished": "warning", "closed": "success"}
ORDER_TONES = {
    "dispatched": "warning",
    "accepted": "info",
    "arrived": "info",
    "in_workshop": "warning",
    "finished": "warning",
    "closed": "success",
    "declined": "danger",
}
CLASS_TONES = {"A": "warning", "B": "info", "C": "success", "D": "neutral"}

CALL_LABELS: dict[str, Any] = {
    "number": _l("Call number"),
    "voucher": _l("Service voucher"),
    "voucher.customer": _l("Customer"),
    "voucher.customer.name": _l("Customer"),
    "voucher.product_model": _l("Product"),
    "voucher.serial_no": _l("Serial number"),
    "address": _l("Address"),
    "caller_name": _l("Caller"),
    "caller_phone": _l("Telephone"),
    "channel": _l("Came in by"),
    "reported_at": _l("Reported at"),
    "symptom_code": _l("Symptom code"),
    "symptom_code_id": _l("Symptom code"),
    "symptom": _l("Symptom"),
    "priority": _l("Priority"),
    "arrive_by": _l("To arrive by"),
    "promised_at": _l("Promised finish"),
    "waiting_for": _l("Waits for"),
    "carried_over": _l("Carried over"),
    "taken_by": _l("Entered by"),
    "closed_at": _l("Struck off at"),
    "cancel_reason": _l("Reason for cancelling"),
    "late_reason": _l("Why it is entered only now"),
    "repeat_of": _l("Repeat repair of"),
    "repeat_cause": _l("Cause of the repeat repair"),
    "repeat_note": _l("Note on the cause"),
}
ORDER_LABELS: dict[str, Any] = {
    "number": _l("Work order number"),
    "repair_call": _l("Repair call"),
    "repair_call.number": _l("Call number"),
    "repair_call.caller_phone": _l("Telephone"),
    "repair_call.symptom": _l("Symptom"),
    "repair_call.arrive_by": _l("To arrive by"),
    "repair_call.promised_at": _l("Promised finish"),
    "repair_call.address": _l("Address"),
    "repair_call.voucher": _l("Service voucher"),
    "repair_call.voucher.customer": _l("Customer"),
    "repair_call.voucher.customer.name": _l("Customer"),
    "repair_call.voucher.product_model": _l("Product"),
    "repair_call.voucher.serial_no": _l("Serial number"),
    "technician": _l("Technician"),
    "contractor": _l("Outside contractor"),
    "expected_minutes": _l("Expected minutes"),
    "dispatched_by": _l("Dispatched by"),
    "derived_class": _l("Derived class"),
    "service_class": _l("Class of service"),
    "class_reason": _l("Reason for the class"),
    "contract": _l("Maintenance contract"),
    "appointment_at": _l("Appointment"),
    "dispatched_at": _l("Dispatched at"),
    "arrived_at": _l("Arrived at"),
    "arrived_device_at": _l("Arrived by the device's clock"),
    "fault_code": _l("Fault"),
    "result": _l("Work done"),
    "charges_agreed_at": _l("Charges agreed at"),
    "consent_how": _l("How the customer agreed"),
    "consent_file": _l("Signature under the charges"),
    "misuse_reason": _l("Damaged by misuse"),
    "charges_agreed_by": _l("Charges agreed by"),
    "finished_at": _l("Finished at"),
    "unsigned_reason": _l("Reason for no signature"),
    "closed_at": _l("Struck off at"),
    "closed_by": _l("Struck off by"),
}


def fault_codes(category: str | None = None) -> dict[str, str]:
    """``{id: name}`` of the fault codes for a category of product, its own before the general ones."""
    statement = select(FaultCode).order_by(FaultCode.category == "any", FaultCode.code)
    if category is not None:
        statement = statement.where(or_(FaultCode.category == category, FaultCode.category == "any"))
    return {str(row.id): f"{row.code} {row}" for row in db.session.scalars(statement)}


def technicians_here() -> dict[str, str]:
    """``{id: name}`` of the active technicians of the branch of the record the form is about (``g.record``)."""
    statement = select(Staff).where(Staff.job == "technician", Staff.active.is_(True)).order_by(Staff.staff_no)
    record = g.get("record")
    if record is not None:
        statement = statement.where(Staff.branch_id == record.branch_id)
    return {str(row.id): row.name for row in db.session.scalars(statement)}


def addresses_of_customer() -> dict[str, str]:
    """``{id: address}`` of the customer whose call the form is about (``g.record``)."""
    record = g.get("record")
    return {} if record is None else {str(row.id): str(row) for row in record.voucher.customer.addresses}


def people_here() -> dict[str, str]:
    """``{id: name}`` of the active people of one's branch; of all branches for whom has none."""
    statement = select(Staff).where(Staff.active.is_(True)).order_by(Staff.job != "technician", Staff.staff_no)
    branch_id = current().branch_id
    if branch_id is not None:
        statement = statement.where(Staff.branch_id == branch_id)
    return {str(row.id): row.name for row in db.session.scalars(statement)}
