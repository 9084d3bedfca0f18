"""Which rows each role sees, by table; what the words mean for a table stands in ``app/rows``."""

from __future__ import annotations

from app.roles.people import ROLES, TECHNICIAN


def _rows(**by_role: str) -> dict[str, str]:
    return by_role


_SERVICE_ROWS = _rows(
    clerk="branch",
    technician="own",
    supervisor="branch",
    branch_manager="branch",
    service_department="all",
    accountant="branch",
    management="all",
)
_STOCK_ROWS = _SERVICE_ROWS
_MONEY_ROWS = _SERVICE_ROWS
_OFFICE_ROWS = {role: scope for role, scope in _SERVICE_ROWS.items() if role != "technician"}
_COMPLAINT_ROWS = _rows(
    clerk="involved",
    accountant="involved",
    supervisor="in_charge",
    branch_manager="in_charge",
    service_department="not_against_me",
    management="not_against_me",
)
_VISIT_ROWS = _rows(
    clerk="branch", supervisor="branch", branch_manager="branch", service_department="all", management="all"
)
# The person complained about does not read what was said at the visit afterwards (CP-4).
_RETURN_VISIT_ROWS = {**_VISIT_ROWS, "service_department": "not_against_me", "management": "not_against_me"}
_DOCUMENT_ROWS = _rows(
    clerk="branch",
    supervisor="branch",
    branch_manager="branch",
    service_department="permitted",
    accountant="branch",
    management="permitted",
)

ROW_SCOPE: dict[str, dict[str, str]] = {
    "customer": _SERVICE_ROWS,
    "contact": _SERVICE_ROWS,
    "telephone": _SERVICE_ROWS,
    "address": _SERVICE_ROWS,
    "voucher": _SERVICE_ROWS,
    "voucher_custody": _SERVICE_ROWS,
    "contract": _SERVICE_ROWS,
    "contract_item": _SERVICE_ROWS,
    "contract_notice": _SERVICE_ROWS,
    "planned_visit": _SERVICE_ROWS,
    "stock_place": _STOCK_ROWS,
    "stock_balance": _STOCK_ROWS,
    "stock_move": _STOCK_ROWS,
    "part_unit": _STOCK_ROWS,
    "part_unit_move": _STOCK_ROWS,
    "part_reservation": _STOCK_ROWS,
    "part_level": _OFFICE_ROWS,
    "purchase_request": _OFFICE_ROWS,
    "purchase_line": _OFFICE_ROWS,
    "stock_count": _OFFICE_ROWS,
    "stock_count_line": _OFFICE_ROWS,
    "van_slip": _STOCK_ROWS,
    "van_slip_line": _STOCK_ROWS,
    "repair_call": _SERVICE_ROWS,
    "work_order": _SERVICE_ROWS,
    "work_order_event": _SERVICE_ROWS,
    "waiting_change": _SERVICE_ROWS,
    "appointment_change": _SERVICE_ROWS,
    "escalation_notice": _OFFICE_ROWS,
    "inbox_message": dict.fromkeys(ROLES, "own"),
    "received_request": dict.fromkeys(ROLES, "own"),
    "saved_filter": dict.fromkeys(ROLES, "own"),
    "column_choice": dict.fromkeys(ROLES, "own"),
    "list_export": dict.fromkeys(ROLES, "own"),
    "time_entry": _SERVICE_ROWS,
    "part_fitted": _SERVICE_ROWS,
    "charge": _SERVICE_ROWS,
    "signature": _SERVICE_ROWS,
    "serial_change": _SERVICE_ROWS,
    "goods_receipt": _SERVICE_ROWS,
    "repair_card": _SERVICE_ROWS,
    "repair_card_event": _SERVICE_ROWS,
    "item_movement": _SERVICE_ROWS,
    "inspection": _SERVICE_ROWS,
    "parts_wait": _SERVICE_ROWS,
    "promise_change": _SERVICE_ROWS,
    "promise_notice": _OFFICE_ROWS,
    "goods_photo": _SERVICE_ROWS,
    "loan_unit": {**_SERVICE_ROWS, TECHNICIAN: "branch"},
    "loan": _SERVICE_ROWS,
    "payment": _MONEY_ROWS,
    "cash_handover": _MONEY_ROWS,
    "invoice": _MONEY_ROWS,
    "invoice_line": _MONEY_ROWS,
    "invoiced_job": _MONEY_ROWS,
    "instalment": _MONEY_ROWS,
    "credit_note": _MONEY_ROWS,
    "waiver": _MONEY_ROWS,
    "collection_permit": _MONEY_ROWS,
    "day_close": _VISIT_ROWS,
    "carry_over": _VISIT_ROWS,
    "day_close_finding": _VISIT_ROWS,
    "crew_member": _SERVICE_ROWS,
    "absence": _SERVICE_ROWS,
    "contractor": _OFFICE_ROWS,
    "contractor_request": _OFFICE_ROWS,
    "phone_entry": _SERVICE_ROWS,
    "complaint": _COMPLAINT_ROWS,
    "complaint_step": _COMPLAINT_ROWS,
    "complaint_subject": _COMPLAINT_ROWS,
    "complaint_file": _COMPLAINT_ROWS,
    "approval": _COMPLAINT_ROWS,
    "crisis_member": _COMPLAINT_ROWS,
    "crisis_entry": _COMPLAINT_ROWS,
    "management_alert": _COMPLAINT_ROWS,
    "past_major": _COMPLAINT_ROWS,
    "complaint_lateness": _COMPLAINT_ROWS,
    "complaint_notice": _COMPLAINT_ROWS,
    "settlement_agreement": _COMPLAINT_ROWS,
    "complaint_letter": _COMPLAINT_ROWS,
    "corrective_action": _COMPLAINT_ROWS,
    "complaint_reading": _rows(service_department="not_against_me", management="not_against_me"),
    "return_visit": _RETURN_VISIT_ROWS,
    "visit_attempt": _RETURN_VISIT_ROWS,
    "visit_answer": _RETURN_VISIT_ROWS,
    "technician_report": _SERVICE_ROWS,
    "supervisor_report": _rows(
        supervisor="branch", branch_manager="branch", service_department="all", management="all", clerk="branch"
    ),
    "document": _DOCUMENT_ROWS,
    "delivery": _DOCUMENT_ROWS,
    # It repeats what the rows said: no customers' data for the administrator, no complaint for whom it is about.
    "audit_entry": _rows(administrator="house", management="business"),
}
