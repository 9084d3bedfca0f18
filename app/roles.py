"""THE TABLE: which role may do which verb, sees which rows, opens which screen.

The framework's permissions are generated from it at initialisation (``app.core.security``); row scope and verbs are
read from it at start. Verbs that move a record along its lifecycle stand in the lifecycle's own table.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.errors import N_, Misconfigured
from app.core.lifecycle import Lifecycle

CLERK, TECHNICIAN, SUPERVISOR, MANAGER = "clerk", "technician", "supervisor", "branch_manager"
SERVICE, ACCOUNTANT, MANAGEMENT, ADMINISTRATOR = "service_department", "accountant", "management", "administrator"

ROLES = {
    CLERK: N_("Clerk"),
    TECHNICIAN: N_("Technician"),
    SUPERVISOR: N_("Service supervisor"),
    MANAGER: N_("Branch manager"),
    SERVICE: N_("Service department"),
    ACCOUNTANT: N_("Accountant"),
    MANAGEMENT: N_("Management"),
    ADMINISTRATOR: N_("Administrator"),
}

DESK = (CLERK, SUPERVISOR)
BRANCH = (CLERK, SUPERVISOR, MANAGER)
OFFICE = (CLERK, SUPERVISOR, MANAGER, SERVICE)
READERS = (CLERK, SUPERVISOR, MANAGER, SERVICE, ACCOUNTANT, MANAGEMENT)
FIELD = (*READERS, TECHNICIAN)
LEADERS = (SUPERVISOR, MANAGER, SERVICE, MANAGEMENT)
EVERYONE = tuple(ROLES)
NOBODY: tuple[str, ...] = ()

# -- lifecycles -------------------------------------------------------------------------------------------------

AREAS = (
    "organisation",
    "calendars",
    "customers",
    "contracts",
    "parts",
    "fieldservice",
    "workshop",
    "billing",
    "complaints",
    "feedback",
    "reporting",
)


def lifecycles() -> Iterator[Lifecycle]:
    """Every lifecycle, as the areas' ``rules.LIFECYCLES`` declare them."""
    for area in AREAS:
        try:
            rules = importlib.import_module(f"app.{area}.rules")
        except ModuleNotFoundError as problem:
            if problem.name != f"app.{area}.rules":
                raise
            continue
        yield from getattr(rules, "LIFECYCLES", ())


# -- verbs outside lifecycles -----------------------------------------------------------------------------------

_VERBS: dict[str, tuple[str, ...]] = {
    # organisation and core
    "setting.change": (ADMINISTRATOR,),
    "outbox.retry": (ADMINISTRATOR,),
    "outbox.drop": (ADMINISTRATOR,),
    "account.change": (ADMINISTRATOR,),
    "note": EVERYONE,
    "inbox.read": EVERYONE,
    "inbox.read_all": EVERYONE,
    "saved_filter.save": EVERYONE,
    "saved_filter.remove": EVERYONE,
    "column_choice.choose": EVERYONE,
    "list_export.ask": (*READERS, ADMINISTRATOR),
    "list_export.take": (*READERS, ADMINISTRATOR),
    # calendars
    "calendar.change": (ADMINISTRATOR,),
    # customers
    "customer.create": OFFICE,
    "customer.update": OFFICE,
    "customer.import": (CLERK, SUPERVISOR, SERVICE, ADMINISTRATOR),
    "voucher.create": OFFICE,
    "voucher.check_out": (CLERK, SUPERVISOR),
    "voucher.give_back": (CLERK, SUPERVISOR),
    "voucher.transfer": (CLERK, SUPERVISOR),
    # contracts
    "contract.create": OFFICE,
    "contract.update": OFFICE,
    "contract.choose_products": OFFICE,
    "contract.renew": OFFICE,
    "contract.notify": (SERVICE, SUPERVISOR),
    "contract.assign_visitor": (SERVICE, SUPERVISOR, MANAGER),
    # parts
    "stock.receive": (CLERK, SUPERVISOR),
    "stock.issue": (CLERK, SUPERVISOR),
    "stock.return": (CLERK, SUPERVISOR),
    "stock.correct": (SUPERVISOR,),
    "stock.scrap": (SUPERVISOR,),
    "stock.send_back": (SUPERVISOR,),
    "part_reservation.release": (CLERK, SUPERVISOR),
    "van.exchange": (CLERK, SUPERVISOR),
    "stock_count.start": (CLERK, SUPERVISOR),
    "purchase_request.draft": (CLERK, SUPERVISOR),
    # field service
    "repair_call.enter": OFFICE,
    "repair_call.correct": OFFICE,
    "day_close.close": DESK,
    "day_close.explain": DESK,
    "planned_visit.make_call": DESK,
    "calendar_feed.renew": (TECHNICIAN,),
    "calendar_feed.revoke": (TECHNICIAN, ADMINISTRATOR),
    "time_entry.record": (TECHNICIAN, SUPERVISOR),
    "time_entry.remove": (TECHNICIAN, SUPERVISOR),
    "absence.enter": (CLERK, SUPERVISOR, MANAGER),
    "absence.remove": (CLERK, SUPERVISOR, MANAGER),
    "contractor_request.ask": (SUPERVISOR,),
    # workshop
    "goods_receipt.add_photo": (TECHNICIAN, CLERK, SUPERVISOR),
    "loan.lend": (TECHNICIAN, CLERK, SUPERVISOR),
    "loan.take_back": (TECHNICIAN, CLERK, SUPERVISOR),
    "loan.extend": (CLERK, SUPERVISOR),
    # money
    "payment.collect": (TECHNICIAN, CLERK, SUPERVISOR, ACCOUNTANT),
    "payment.receive": (CLERK, ACCOUNTANT),
    "payment.void": (SUPERVISOR, ACCOUNTANT),
    "payment.refund": (SUPERVISOR, MANAGER, MANAGEMENT),
    "collection_permit.permit": (SUPERVISOR, MANAGER),
    "waiver.waive": (SUPERVISOR, MANAGER, MANAGEMENT),
    "cash_handover.hand_in": (TECHNICIAN, CLERK, SUPERVISOR),
    "cash_handover.settle": (SUPERVISOR, MANAGER),
    "invoice.issue": (SUPERVISOR, ACCOUNTANT),
    "invoice.issue_for_contract": (ACCOUNTANT,),
    "invoice.enter_fapiao": (ACCOUNTANT,),
    "invoice.post": (CLERK, ACCOUNTANT),
    "invoice.credit": (ACCOUNTANT,),
    # complaints and return visits
    "complaint.enter": OFFICE,
    "complaint.correct": OFFICE,
    "complaint.assign": (SUPERVISOR, MANAGER, SERVICE),
    "complaint.judge": (MANAGER, SERVICE, MANAGEMENT),
    "complaint.read": (*OFFICE, MANAGEMENT),
    "complaint.add_subject": (SUPERVISOR, MANAGER, SERVICE),
    "complaint.attach": OFFICE,
    "complaint.timetable": OFFICE,
    "complaint.answer": OFFICE,
    "complaint.report_back": OFFICE,
    "complaint.mark_police": (SUPERVISOR, MANAGER, SERVICE, MANAGEMENT),
    "complaint.agree": OFFICE,
    "complaint.sign": OFFICE,
    "complaint.put_before_management": (SUPERVISOR, MANAGER, SERVICE),
    "complaint.add_member": (MANAGER, SERVICE, MANAGEMENT),
    "complaint.minute": (*OFFICE, MANAGEMENT),
    "complaint.take_action": OFFICE,
    "return_visit.plan": OFFICE,
    "return_visit.plan_due": (SERVICE,),
    "return_visit.open_complaint": OFFICE,
    "return_visit.open_call": OFFICE,
    # reporting
    "technician_report.draft": (TECHNICIAN, SUPERVISOR),
    "supervisor_report.draft": (SUPERVISOR,),
    "document.make": FIELD,
    "delivery.send_again": (CLERK, SUPERVISOR, MANAGER, SERVICE, ADMINISTRATOR),
    # what may be printed, by document
    "print.voucher": FIELD,
    "print.stock_list": READERS,
    "print.stock_count_sheet": READERS,
    "print.purchase_request": READERS,
    "print.van_slip": FIELD,
    "print.repair_call_register": READERS,
    "print.next_day_dispatch": READERS,
    "print.deadline_explanation": FIELD,
    "print.arrival_breaches": READERS,
    "print.quotation": FIELD,
    "print.payment_receipt": FIELD,
    "print.invoice_slip": READERS,
    "print.cash_handover": FIELD,
    "print.cash_not_handed_in": READERS,
    "print.outstanding": READERS,
    "print.paid_services": READERS,
    "print.goods_receipt": FIELD,
    "print.goods_register": READERS,
    "print.repair_card": FIELD,
    "print.item_trail": FIELD,
    "print.technician_daily": FIELD,
    "print.supervisor_daily": LEADERS,
    "print.contract_expiry_notice": OFFICE,
    "print.complaint_acknowledgement": (*OFFICE, MANAGEMENT),
    "print.complaint_timetable": (*OFFICE, MANAGEMENT),
    "print.complaint_answer": (*OFFICE, MANAGEMENT),
    "print.complaint_agreement": (*OFFICE, MANAGEMENT),
    "print.complaint_association": (*OFFICE, MANAGEMENT),
    "print.major_application": (*OFFICE, MANAGEMENT),
    "print.major_report": (*OFFICE, MANAGEMENT),
    "print.complaint_register": (SUPERVISOR, MANAGER, SERVICE, MANAGEMENT),
    "print.complaint_analysis": LEADERS,
    "print.return_visit_plan": (*OFFICE, MANAGEMENT),
    "print.return_visit_record": (*OFFICE, MANAGEMENT),
    "print.return_visit_analysis": (*OFFICE, MANAGEMENT),
}


def verbs() -> dict[str, frozenset[str]]:
    """The whole verb table, lifecycles included. Raises ``Misconfigured`` for an unknown role."""
    table = {verb: frozenset(names) for verb, names in _VERBS.items()}
    for lifecycle in lifecycles():
        for verb, names in lifecycle.verbs().items():
            table[verb] = table.get(verb, frozenset()) | names
    for screen in SCREENS.values():
        for action, roles in (("create", screen.add), ("update", screen.edit), ("delete", screen.delete)):
            if screen.table:
                verb = f"{screen.table}.{action}"
                table[verb] = table.get(verb, frozenset()) | frozenset(roles)
    for verb, names in table.items():
        if unknown := names - set(ROLES):
            raise Misconfigured(f"verb {verb}: unknown roles {sorted(unknown)}")
    return table


# -- rows -------------------------------------------------------------------------------------------------------


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
    supervisor="branch",
    branch_manager="branch",
    service_department="not_against_me",
    management="not_against_me",
)
_VISIT_ROWS = _rows(
    clerk="branch", supervisor="branch", branch_manager="branch", service_department="all", management="all"
)
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
    "complaint": _COMPLAINT_ROWS,
    "complaint_step": _COMPLAINT_ROWS,
    "complaint_subject": _COMPLAINT_ROWS,
    "complaint_file": _COMPLAINT_ROWS,
    "approval": _COMPLAINT_ROWS,
    "crisis_member": _COMPLAINT_ROWS,
    "crisis_entry": _COMPLAINT_ROWS,
    "management_alert": _COMPLAINT_ROWS,
    "complaint_lateness": _COMPLAINT_ROWS,
    "complaint_notice": _COMPLAINT_ROWS,
    "settlement_agreement": _COMPLAINT_ROWS,
    "complaint_letter": _COMPLAINT_ROWS,
    "corrective_action": _COMPLAINT_ROWS,
    "complaint_reading": _rows(service_department="not_against_me", management="not_against_me"),
    "return_visit": _VISIT_ROWS,
    "visit_attempt": _VISIT_ROWS,
    "visit_answer": _VISIT_ROWS,
    "technician_report": _SERVICE_ROWS,
    "supervisor_report": _rows(
        supervisor="branch", branch_manager="branch", service_department="all", management="all", clerk="branch"
    ),
    "document": _DOCUMENT_ROWS,
    "delivery": _DOCUMENT_ROWS,
    # It repeats what the rows said: no customers' data for the administrator, no complaint for whom it is about.
    "audit_entry": _rows(administrator="house", management="business"),
}

# -- screens ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Screen:
    """Who opens a screen and who writes through it; ``table`` gives the verbs create, update and delete their roles."""

    read: tuple[str, ...]
    add: tuple[str, ...] = NOBODY
    edit: tuple[str, ...] = NOBODY
    delete: tuple[str, ...] = NOBODY
    table: str = ""


def _reference(table: str, read: tuple[str, ...] = EVERYONE) -> Screen:
    return Screen(read=read, add=(ADMINISTRATOR,), edit=(ADMINISTRATOR,), delete=(ADMINISTRATOR,), table=table)


# By the class name of the view. Deleting is for reference data and for lines entered by mistake only: what happened
# stays, and is cancelled by a verb.
SCREENS: dict[str, Screen] = {
    # organisation and settings
    "BranchView": _reference("branch"),
    "DistrictView": _reference("district"),
    "StaffView": _reference("staff", read=(*OFFICE, MANAGEMENT, ADMINISTRATOR)),
    "SkillView": _reference("skill"),
    "StaffSkillView": Screen(
        read=(*OFFICE, MANAGEMENT, ADMINISTRATOR),
        add=(SUPERVISOR, ADMINISTRATOR),
        edit=(SUPERVISOR, ADMINISTRATOR),
        delete=(SUPERVISOR, ADMINISTRATOR),
        table="staff_skill",
    ),
    "AuthorityLimitView": _reference("authority_limit", read=(MANAGER, SERVICE, MANAGEMENT, ADMINISTRATOR)),
    "InboxView": Screen(read=EVERYONE),
    "SearchView": Screen(read=EVERYONE),
    "ListToolsView": Screen(read=EVERYONE),
    "SettingView": Screen(read=(ADMINISTRATOR,), edit=(ADMINISTRATOR,), table="setting"),
    "AuditEntryView": Screen(read=(ADMINISTRATOR, MANAGEMENT)),
    "OutboxEntryView": Screen(read=(ADMINISTRATOR,)),
    # calendars
    "OpeningHoursView": _reference("opening_hours"),
    "CalendarExceptionView": _reference("calendar_exception"),
    # customers
    "FindView": Screen(read=FIELD),
    "CustomerView": Screen(read=FIELD, add=OFFICE, edit=OFFICE, table="customer"),
    "ContactView": Screen(read=FIELD, add=OFFICE, edit=OFFICE, delete=OFFICE, table="contact"),
    "TelephoneView": Screen(read=FIELD, add=OFFICE, edit=OFFICE, delete=OFFICE, table="telephone"),
    "AddressView": Screen(read=FIELD, add=OFFICE, edit=OFFICE, table="address"),
    "ProductModelView": Screen(
        read=EVERYONE, add=(SERVICE, ADMINISTRATOR), edit=(SERVICE, ADMINISTRATOR), table="product_model"
    ),
    "VoucherView": Screen(read=FIELD, add=OFFICE, edit=OFFICE, table="voucher"),
    "VoucherCustodyView": Screen(read=FIELD),
    "SerialChangeView": Screen(read=FIELD),
    "ImportView": Screen(read=(CLERK, SUPERVISOR, SERVICE, ADMINISTRATOR)),
    # contracts
    "ContractView": Screen(read=FIELD, add=OFFICE, edit=OFFICE, table="contract"),
    "ContractItemView": Screen(read=FIELD, add=OFFICE, delete=OFFICE, table="contract_item"),
    "ContractNoticeView": Screen(read=READERS),
    "ContractsEndingView": Screen(read=READERS),
    # parts
    "PartView": Screen(
        read=(*FIELD, ADMINISTRATOR), add=(SERVICE, ADMINISTRATOR), edit=(SERVICE, ADMINISTRATOR), table="part"
    ),
    "StockPlaceView": Screen(read=FIELD, add=(SUPERVISOR,), edit=(SUPERVISOR,), table="stock_place"),
    "StockBalanceView": Screen(read=FIELD),
    "StockMoveView": Screen(read=READERS),
    "ReorderView": Screen(read=READERS),
    "VanView": Screen(read=READERS),
    "PartUnitView": Screen(read=FIELD),
    "PartReservationView": Screen(read=FIELD),
    "PartLevelView": Screen(
        read=READERS,
        add=(SUPERVISOR, SERVICE),
        edit=(SUPERVISOR, SERVICE),
        delete=(SUPERVISOR, SERVICE),
        table="part_level",
    ),
    "PurchaseRequestView": Screen(read=READERS),
    "PurchaseLineView": Screen(read=READERS),
    "PurchaseView": Screen(read=READERS),
    "StockCountView": Screen(read=READERS),
    "StockCountLineView": Screen(read=READERS),
    "CountView": Screen(read=READERS),
    "VanSlipView": Screen(read=FIELD),
    "UsedView": Screen(read=READERS),
    # field service
    "IntakeView": Screen(read=OFFICE),
    "DispatchView": Screen(read=(SUPERVISOR,)),
    "MyDayView": Screen(read=(TECHNICIAN,)),
    "DeadlineView": Screen(read=FIELD),
    "ArrivalTargetView": Screen(
        read=(*OFFICE, MANAGEMENT, ADMINISTRATOR),
        add=(SERVICE, ADMINISTRATOR),
        edit=(SERVICE, ADMINISTRATOR),
        delete=(SERVICE, ADMINISTRATOR),
        table="arrival_target",
    ),
    "EscalationLevelView": _reference("escalation_level", read=(*OFFICE, MANAGEMENT, ADMINISTRATOR)),
    "EscalationNoticeView": Screen(read=READERS),
    "WaitingChangeView": Screen(read=FIELD),
    "AppointmentChangeView": Screen(read=FIELD),
    "DayCloseView": Screen(read=(*OFFICE, MANAGEMENT)),
    "PlannedVisitView": Screen(read=READERS),
    "MyCalendarView": Screen(read=(TECHNICIAN,)),
    "CalendarFeedView": Screen(read=(ADMINISTRATOR,)),
    "FaultCodeView": _reference("fault_code"),
    "PriceItemView": Screen(
        read=(*FIELD, ADMINISTRATOR), add=(SERVICE, ADMINISTRATOR), edit=(SERVICE, ADMINISTRATOR), table="price_item"
    ),
    "WarrantyCoverView": Screen(
        read=(*FIELD, ADMINISTRATOR),
        add=(SERVICE, ADMINISTRATOR),
        edit=(SERVICE, ADMINISTRATOR),
        delete=(SERVICE, ADMINISTRATOR),
        table="warranty_cover",
    ),
    "QuoteView": Screen(read=DESK),
    # money
    "CashView": Screen(read=READERS),
    "MyMoneyView": Screen(read=(TECHNICIAN,)),
    "ToInvoiceView": Screen(read=READERS),
    "OutstandingView": Screen(read=READERS),
    "InvoiceView": Screen(read=READERS),
    "PaymentView": Screen(read=FIELD),
    "CashHandoverView": Screen(read=FIELD),
    "InvoiceLineView": Screen(read=READERS),
    "InstalmentView": Screen(read=READERS),
    "CreditNoteView": Screen(read=READERS),
    "WaiverView": Screen(read=READERS),
    "CollectionPermitView": Screen(read=READERS),
    "RepairCallView": Screen(read=READERS, edit=OFFICE, table="repair_call"),
    "WorkOrderView": Screen(read=FIELD, table="work_order"),
    "WorkOrderEventView": Screen(read=FIELD),
    "TimeEntryView": Screen(read=FIELD),
    "PartFittedView": Screen(read=FIELD),
    "ChargeView": Screen(read=FIELD),
    "SignatureView": Screen(read=FIELD),
    "CrewMemberView": Screen(read=FIELD),
    "AbsenceView": Screen(read=FIELD, add=BRANCH, table="absence"),
    "ServiceAreaView": Screen(
        read=(*OFFICE, MANAGEMENT, ADMINISTRATOR),
        add=(SUPERVISOR, ADMINISTRATOR),
        delete=(SUPERVISOR, ADMINISTRATOR),
        table="service_area",
    ),
    "ContractorView": Screen(read=READERS, add=(SUPERVISOR, MANAGER), edit=(SUPERVISOR, MANAGER), table="contractor"),
    "ContractorRequestView": Screen(read=READERS),
    # workshop
    "RepairCardView": Screen(read=FIELD),
    "GoodsReceiptView": Screen(read=FIELD),
    "LoanView": Screen(read=FIELD),
    "LoanUnitView": Screen(read=FIELD, add=(SUPERVISOR,), edit=(SUPERVISOR,), table="loan_unit"),
    "ScanView": Screen(read=FIELD),
    "AgeingView": Screen(read=READERS),
    "MyItemsView": Screen(read=(TECHNICIAN,)),
    # complaints and return visits
    "ComplaintView": Screen(
        read=(*OFFICE, MANAGEMENT), add=OFFICE, edit=(SUPERVISOR, MANAGER, SERVICE), table="complaint"
    ),
    "ComplaintStepView": Screen(read=(*OFFICE, MANAGEMENT)),
    "ApprovalView": Screen(read=(*OFFICE, MANAGEMENT)),
    "CorrectiveActionView": Screen(read=(*OFFICE, MANAGEMENT)),
    "CrisisEntryView": Screen(read=(*OFFICE, MANAGEMENT)),
    "ComplaintFileView": Screen(read=(*OFFICE, MANAGEMENT)),
    "ComplaintReadingView": Screen(read=(SERVICE, MANAGEMENT)),
    "ComplaintLatenessView": Screen(read=LEADERS),
    "ComplaintNoticeView": Screen(read=LEADERS),
    "ApprovalDeputyView": Screen(
        read=(*LEADERS, ADMINISTRATOR),
        add=(MANAGER, SERVICE, MANAGEMENT, ADMINISTRATOR),
        edit=(MANAGER, SERVICE, MANAGEMENT, ADMINISTRATOR),
        delete=(MANAGER, SERVICE, MANAGEMENT, ADMINISTRATOR),
        table="approval_deputy",
    ),
    "RefusalReasonView": _reference("refusal_reason", read=(*OFFICE, MANAGEMENT, ADMINISTRATOR)),
    "ComplaintEscalationLevelView": _reference("complaint_escalation_level", read=(*OFFICE, MANAGEMENT, ADMINISTRATOR)),
    "WorklistView": Screen(read=(*OFFICE, MANAGEMENT)),
    "ReturnVisitView": Screen(read=(*OFFICE, MANAGEMENT), add=OFFICE, table="return_visit"),
    "VisitAttemptView": Screen(read=(*OFFICE, MANAGEMENT)),
    "VisitAnswerView": Screen(read=(*OFFICE, MANAGEMENT)),
    "VisitRuleView": Screen(
        read=(*OFFICE, MANAGEMENT, ADMINISTRATOR),
        edit=(SERVICE, ADMINISTRATOR),
        table="visit_rule",
    ),
    "VisitQuestionView": Screen(
        read=(*OFFICE, MANAGEMENT, ADMINISTRATOR),
        add=(SERVICE, ADMINISTRATOR),
        edit=(SERVICE, ADMINISTRATOR),
        table="visit_question",
    ),
    "ComplaintFiguresView": Screen(read=LEADERS),
    "VisitFiguresView": Screen(read=(*OFFICE, MANAGEMENT)),
    # reporting
    "TechnicianReportView": Screen(read=(TECHNICIAN, *OFFICE, MANAGEMENT)),
    "SupervisorReportView": Screen(read=(SUPERVISOR, MANAGER, SERVICE, MANAGEMENT)),
    "MadeDocumentView": Screen(read=READERS),
    "DeliveryView": Screen(read=(*OFFICE, MANAGEMENT)),
    "MyReportView": Screen(read=(TECHNICIAN,)),
    "BranchDayView": Screen(read=(SUPERVISOR, MANAGER, SERVICE, MANAGEMENT)),
    "PrintView": Screen(read=FIELD),
    "MailboxView": Screen(read=(ADMINISTRATOR,)),
    "DistributionListView": _reference("distribution_list", read=(SERVICE, MANAGEMENT, ADMINISTRATOR)),
    "DistributionMemberView": _reference("distribution_member", read=(SERVICE, MANAGEMENT, ADMINISTRATOR)),
    "ScheduleEntryView": Screen(
        read=(SERVICE, MANAGEMENT, ADMINISTRATOR), edit=(ADMINISTRATOR,), table="schedule_entry"
    ),
}
