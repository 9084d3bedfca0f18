"""Generated screens: what was recorded on jobs, and the fault codes."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.core import dates
from app.core.views import BaseView, OfficeInterface
from app.core.views.display import NOTHING
from app.customers.rules import CATEGORY_LABELS
from app.customers.views import labels
from app.fieldservice.models import Charge, FaultCode, PartFitted, Signature, TimeEntry, WorkOrderEvent
from app.fieldservice.views import words


def file_link(row: Any) -> Any:
    """A signature as a small picture that opens itself."""
    if row is None:
        return "—"
    url = url_for("files.give", file_id=row.id)
    return Markup('<a href="{0}"><img class="signature-thumb" src="{0}" alt="{1}" height="48"></a>').format(
        url, row.filename
    )


class FaultCodeView(BaseView):
    """The short list of symptoms and findings."""

    datamodel = OfficeInterface(FaultCode)
    record_name = _l("Fault code")
    list_columns = ["code", "category", "name", "name_en"]
    search_columns = ["code", "name", "category"]
    add_columns = edit_columns = show_columns = ["code", "category", "name", "name_en", "expected_minutes", "vague"]
    base_order = ("code", "asc")
    deletable = True
    choices = {"category": {**labels(CATEGORY_LABELS), "any": _l("Any")}}
    label_columns = {
        "code": _l("Code"),
        "category": _l("Category"),
        "name_en": _l("Name in English"),
        "expected_minutes": _l("Expected minutes"),
        "vague": _l("Says nothing of the fault"),
    }


class WorkOrderEventView(BaseView):
    """What happened on a job, in order."""

    datamodel = OfficeInterface(WorkOrderEvent)
    record_name = _l("Course of the job")
    list_columns = ["at", "kind", "staff", "note", "device_at"]
    show_columns = ["work_order", "at", "kind", "staff", "note", "device_at"]
    search_columns = ["kind", "at", "staff"]
    base_order = ("id", "asc")
    choices = {"kind": words.EVENT_KINDS}
    formatters_columns = {"note": lambda note: dates.within(note) if note else NOTHING}
    label_columns = {
        "work_order": _l("Work order"),
        "at": _l("Time"),
        "kind": _l("What"),
        "staff": _l("Who"),
        "device_at": _l("Device's clock"),
    }


class TimeEntryView(BaseView):
    """Minutes of technicians and supervisors (SO-11)."""

    datamodel = OfficeInterface(TimeEntry)
    record_name = _l("Time entry")
    list_name = _l("Time entries")
    list_columns = ["day", "staff", "started_at", "minutes", "service_class", "work_order", "note"]
    show_columns = ["day", "staff", "started_at", "minutes", "service_class", "work_order", "note"]
    search_columns = ["day", "staff", "service_class", "work_order"]
    base_order = ("started_at", "desc")
    choices = {"service_class": words.CLASSES}
    tones = {"service_class": words.CLASS_TONES}
    label_columns = {
        "day": _l("Day"),
        "staff": _l("Who"),
        "started_at": _l("Began at"),
        "minutes": _l("Minutes"),
        "service_class": _l("Class"),
        "work_order": _l("Work order"),
    }


class PartFittedView(BaseView):
    """Parts fitted on a job (SO-22)."""

    datamodel = OfficeInterface(PartFitted)
    record_name = _l("Part fitted")
    list_name = _l("Parts fitted")
    list_columns = ["part", "quantity", "serials", "old_serials", "unit_price", "stock_move.at", "work_order"]
    show_columns = [*list_columns, "stock_move"]
    search_columns = ["part", "work_order"]
    base_order = ("id", "desc")
    eager = ["stock_move.units"]
    label_columns = {
        "stock_move.at": _l("Fitted at"),
        "work_order": _l("Work order"),
        "part": _l("Part"),
        "quantity": _l("Quantity"),
        "unit_price": _l("Unit price"),
        "stock_move": _l("Stock move"),
        "serials": _l("Serial numbers"),
        "old_serials": _l("Old serial numbers"),
    }


class ChargeView(BaseView):
    """What the customer pays for a job (SO-6)."""

    datamodel = OfficeInterface(Charge)
    record_name = _l("Charge")
    list_columns = ["kind", "description", "quantity", "unit_price", "amount", "free_reason"]
    show_columns = [
        "work_order",
        "kind",
        "description",
        "quantity",
        "unit_price",
        "amount",
        "list_price",
        "free_reason",
    ]
    search_columns = ["kind", "work_order"]
    order_columns = ["kind", "unit_price"]
    numeric_columns = ["amount"]
    choices = {"kind": words.CHARGE_KINDS}
    label_columns = {
        "work_order": _l("Work order"),
        "kind": _l("Kind"),
        "description": _l("Description"),
        "quantity": _l("Quantity"),
        "unit_price": _l("Unit price"),
        "amount": _l("Amount"),
        "list_price": _l("List price"),
        "free_reason": _l("Free because"),
    }


class SignatureView(BaseView):
    """Customers' signatures (SO-5)."""

    datamodel = OfficeInterface(Signature)
    record_name = _l("Signature")
    list_columns = ["signed_at", "signer", "stored_file"]
    show_columns = ["work_order", "signed_at", "signer", "stored_file"]
    search_columns = ["signer", "signed_at", "work_order"]
    label_columns = {
        "work_order": _l("Work order"),
        "signed_at": _l("Time"),
        "signer": _l("Name of who signs"),
        "stored_file": _l("Signature"),
    }
    formatters_columns = {"stored_file": file_link}
