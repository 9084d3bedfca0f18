"""Who opens a screen, and who adds, edits and deletes through it."""

from __future__ import annotations

from dataclasses import dataclass

from app.roles.people import (
    ADMINISTRATOR,
    BRANCH,
    CLERK,
    DESK,
    EVERYONE,
    FIELD,
    LEADERS,
    MANAGEMENT,
    MANAGER,
    NOBODY,
    OFFICE,
    READERS,
    SERVICE,
    SUPERVISOR,
    TECHNICIAN,
)


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
    "MyVanView": Screen(read=(TECHNICIAN,)),
    "PhoneView": Screen(read=(TECHNICIAN,)),
    "PhoneEntryView": Screen(read=READERS),
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
    "ComplaintView": Screen(read=READERS, add=READERS, edit=(SUPERVISOR, MANAGER, SERVICE), table="complaint"),
    "ComplaintStepView": Screen(read=READERS),
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
    "SystemView": Screen(read=(ADMINISTRATOR,)),
    "DistributionListView": _reference("distribution_list", read=(SERVICE, MANAGEMENT, ADMINISTRATOR)),
    "DistributionMemberView": _reference("distribution_member", read=(SERVICE, MANAGEMENT, ADMINISTRATOR)),
    "ScheduleEntryView": Screen(
        read=(SERVICE, MANAGEMENT, ADMINISTRATOR), edit=(ADMINISTRATOR,), table="schedule_entry"
    ),
}
