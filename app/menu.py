"""THE MAP: every screen, in menu order, registered here and nowhere else.

A screen is named ``area:ViewClass`` (in ``app/<area>/views.py``). Who sees it stands in ``app/roles/``.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app import roles
from app.core.views import BaseView


@dataclass(frozen=True)
class Item:
    """A screen in the menu; without a label it is reachable from other screens only."""

    screen: str
    label: Any = None
    icon: str = ""
    href: str = ""

    @property
    def view_name(self) -> str:
        """The class name, which is also the name of its permissions and of its menu entry."""
        return self.screen.partition(":")[2]


@dataclass(frozen=True)
class Section:
    """A heading of the menu: a kind of work, not a table."""

    name: str
    label: Any
    icon: str
    items: tuple[Item, ...]


MENU: tuple[Section, ...] = (
    Section(
        "service",
        _l("Repair service"),
        "fa-wrench",
        (
            Item("fieldservice:IntakeView", _l("New repair call"), "fa-phone"),
            Item("fieldservice:MyDayView", _l("My jobs"), "fa-mobile"),
            Item("fieldservice:DispatchView", _l("Dispatch"), "fa-share"),
            Item("fieldservice:RepairCallView", _l("Repair calls"), "fa-list"),
            Item("fieldservice:DayCloseView", _l("Closing the day"), "fa-moon-o"),
            Item("fieldservice:WorkOrderView", _l("Work orders"), "fa-clipboard"),
            Item("fieldservice:DeadlineView", _l("Deadlines"), "fa-hourglass-half"),
            Item("fieldservice:TimeEntryView", _l("Time entries"), "fa-clock-o"),
            Item("fieldservice:AbsenceView", _l("Absences"), "fa-calendar-times-o"),
            Item("fieldservice:ContractorRequestView", _l("Contractor requests"), "fa-handshake-o"),
            Item("fieldservice:ContractorView", _l("Outside contractors"), "fa-truck"),
            Item("fieldservice:ServiceAreaView", _l("Own areas"), "fa-map-o"),
            Item("fieldservice:MyCalendarView", _l("Calendar on the telephone"), "fa-calendar"),
            Item("fieldservice:WorkOrderEventView"),
            Item("fieldservice:PartFittedView"),
            Item("fieldservice:ChargeView"),
            Item("fieldservice:SignatureView"),
            Item("fieldservice:WaitingChangeView"),
            Item("fieldservice:AppointmentChangeView"),
            Item("fieldservice:EscalationNoticeView"),
            Item("organisation:InboxView"),
            Item("organisation:SearchView"),
            Item("organisation:ListToolsView"),
            Item("fieldservice:CrewMemberView"),
            Item("fieldservice:PhoneView"),
            Item("fieldservice:PhoneEntryView"),
            Item("fieldservice:QuoteView"),
            Item("fieldservice:MyVanView"),
        ),
    ),
    Section(
        "workshop",
        _l("Workshop"),
        "fa-archive",
        (
            Item("workshop:RepairCardView", _l("Items in the house"), "fa-archive", "/repaircardview/list/?show=house"),
            Item("workshop:ScanView", _l("Scan an item"), "fa-qrcode"),
            Item("workshop:MyItemsView", _l("My items"), "fa-briefcase"),
            Item("workshop:AgeingView", _l("Ageing of items"), "fa-hourglass-half"),
            Item("workshop:GoodsReceiptView", _l("Goods in/out register"), "fa-exchange"),
            Item("workshop:LoanView", _l("Loans"), "fa-gift", "/loanview/list/?show=out"),
            Item("workshop:LoanUnitView", _l("Loan units"), "fa-cube"),
        ),
    ),
    Section(
        "money",
        _l("Money"),
        "fa-money",
        (
            Item("billing:CashView", _l("Cash not handed in"), "fa-briefcase"),
            Item("billing:ToInvoiceView", _l("To be invoiced"), "fa-pencil-square-o"),
            Item("billing:InvoiceView", _l("Invoices"), "fa-file-text-o"),
            Item("billing:PaymentView", _l("Payments"), "fa-money"),
            Item("billing:OutstandingView", _l("Outstanding money"), "fa-hourglass-half"),
            Item("billing:CashHandoverView", _l("Cash handed in"), "fa-exchange"),
            Item("billing:WaiverView", _l("Waivers"), "fa-gift"),
            Item("billing:CollectionPermitView", _l("Permits to collect"), "fa-unlock-alt"),
            Item("fieldservice:PriceItemView", _l("Price list"), "fa-tags"),
            Item("fieldservice:WarrantyCoverView", _l("What the warranty covers"), "fa-shield"),
            Item("billing:MyMoneyView"),
            Item("billing:InvoiceLineView"),
            Item("billing:InstalmentView"),
            Item("billing:CreditNoteView"),
        ),
    ),
    Section(
        "customers",
        _l("Customers"),
        "fa-users",
        (
            Item("customers:FindView", _l("Find a customer"), "fa-search"),
            Item("customers:CustomerView", _l("Customers"), "fa-user"),
            Item("customers:VoucherView", _l("Service vouchers"), "fa-ticket"),
            Item("customers:ImportView", _l("Import customers"), "fa-upload"),
            Item("customers:TelephoneView"),
            Item("customers:AddressView"),
            Item("customers:ContactView"),
            Item("customers:VoucherCustodyView"),
            Item("customers:SerialChangeView"),
        ),
    ),
    Section(
        "contracts",
        _l("Contracts"),
        "fa-handshake-o",
        (
            Item("contracts:ContractView", _l("Maintenance contracts"), "fa-file-text"),
            Item("contracts:ContractsEndingView", _l("Contracts ending"), "fa-hourglass-end"),
            Item(
                "fieldservice:PlannedVisitView",
                _l("Planned visits"),
                "fa-calendar-check-o",
                "/plannedvisitview/list/?show=coming",
            ),
            Item("contracts:ContractNoticeView", _l("Expiry notices"), "fa-envelope-o"),
            Item("contracts:ContractItemView"),
        ),
    ),
    Section(
        "parts",
        _l("Parts"),
        "fa-cogs",
        (
            Item("parts:PartView", _l("Parts"), "fa-cog"),
            Item("parts:VanView", _l("Vans"), "fa-truck"),
            Item("parts:StockBalanceView", _l("Stock"), "fa-cubes"),
            Item("parts:PartReservationView", _l("Reservations"), "fa-lock"),
            Item("parts:PartUnitView", _l("Serial numbers of parts"), "fa-barcode"),
            Item("parts:ReorderView", _l("Parts to order"), "fa-shopping-cart"),
            Item("parts:PurchaseRequestView", _l("Purchase requests"), "fa-file-text-o"),
            Item("parts:PartLevelView", _l("Reorder levels"), "fa-level-down"),
            Item("parts:StockCountView", _l("Stock counts"), "fa-list-ol"),
            Item("parts:UsedView", _l("Parts used"), "fa-bar-chart"),
            Item("parts:StockMoveView", _l("Stock moves"), "fa-exchange"),
            Item("parts:VanSlipView", _l("Parts slips"), "fa-files-o"),
            Item("parts:StockPlaceView", _l("Stock places"), "fa-archive"),
            Item("parts:PurchaseLineView"),
            Item("parts:PurchaseView"),
            Item("parts:StockCountLineView"),
            Item("parts:CountView"),
        ),
    ),
    Section(
        "complaints",
        _l("Complaints and return visits"),
        "fa-comments",
        (
            Item("complaints:ComplaintView", _l("Complaints"), "fa-exclamation-circle"),
            Item("complaints:ApprovalView", _l("Approvals"), "fa-gavel", "/approvalview/list/?show=mine"),
            Item("complaints:CorrectiveActionView", _l("Corrective actions"), "fa-wrench"),
            Item("complaints:ComplaintStepView"),
            Item(
                "complaints:CrisisEntryView",
                _l("Decisions of the crisis groups"),
                "fa-users",
                "/crisisentryview/list/?show=open",
            ),
            Item("complaints:ComplaintFileView"),
            Item("complaints:ComplaintNoticeView", _l("Reminders of complaints"), "fa-bell"),
            Item("complaints:ComplaintLatenessView", _l("Missed deadlines of complaints"), "fa-hourglass-end"),
            Item("complaints:ComplaintReadingView", _l("Who read complaints"), "fa-eye"),
            Item("feedback:WorklistView", _l("Return-visit worklist"), "fa-phone-square"),
            Item("feedback:ReturnVisitView", _l("Return visits"), "fa-reply"),
            Item("feedback:VisitAttemptView"),
            Item("feedback:VisitAnswerView"),
            Item("reporting:ComplaintFiguresView", _l("Complaint figures"), "fa-bar-chart"),
            Item("reporting:VisitFiguresView", _l("Return-visit figures"), "fa-pie-chart"),
        ),
    ),
    Section(
        "reports",
        _l("Reports"),
        "fa-bar-chart",
        (
            Item("reporting:MyReportView", _l("Daily report"), "fa-calendar-check-o"),
            Item("reporting:BranchDayView", _l("Supervisor report of the day"), "fa-calendar"),
            Item("reporting:TechnicianReportView", _l("Technician reports"), "fa-calendar-check-o"),
            Item("reporting:SupervisorReportView", _l("Supervisor reports"), "fa-calendar"),
            Item("reporting:PrintView", _l("Print a document"), "fa-print"),
            Item("reporting:MadeDocumentView", _l("Documents made"), "fa-file-pdf-o"),
            Item("reporting:DeliveryView", _l("Delivery log"), "fa-envelope"),
            Item("reporting:MailboxView", _l("Mail outbox"), "fa-inbox"),
        ),
    ),
    Section(
        "reference",
        _l("Reference data"),
        "fa-book",
        (
            Item("customers:ProductModelView", _l("Product models"), "fa-tags"),
            Item("fieldservice:FaultCodeView", _l("Fault codes"), "fa-bug"),
            Item("organisation:BranchView", _l("Branches"), "fa-building"),
            Item("organisation:DistrictView", _l("Districts"), "fa-map-marker"),
            Item("organisation:StaffView", _l("Staff"), "fa-id-badge"),
            Item("organisation:SkillView", _l("Skills"), "fa-graduation-cap"),
            Item("organisation:StaffSkillView"),
            Item("organisation:AuthorityLimitView", _l("Authority limits"), "fa-gavel"),
            Item("fieldservice:ArrivalTargetView", _l("Arrival targets"), "fa-bullseye"),
            Item("fieldservice:EscalationLevelView", _l("Escalation levels"), "fa-bell"),
            Item("feedback:VisitRuleView", _l("Return-visit rules"), "fa-calendar-plus-o"),
            Item("feedback:VisitQuestionView", _l("Questions of return visits"), "fa-question-circle"),
            Item("complaints:ComplaintEscalationLevelView", _l("Escalation of complaints"), "fa-bell-o"),
            Item("complaints:ApprovalDeputyView", _l("Deputies for approvals"), "fa-exchange"),
            Item("complaints:RefusalReasonView", _l("Reasons for refusing"), "fa-ban"),
            Item("calendars:OpeningHoursView", _l("Opening hours"), "fa-clock-o"),
            Item("calendars:CalendarExceptionView", _l("Calendar exceptions"), "fa-calendar-times-o"),
        ),
    ),
    Section(
        "settings",
        _l("Administration"),
        "fa-sliders",
        (
            Item("organisation:SettingView", _l("Settings"), "fa-sliders"),
            Item("reporting:SystemView", _l("System health"), "fa-heartbeat"),
            Item("reporting:ScheduleEntryView", _l("Schedule"), "fa-clock-o"),
            Item("reporting:DistributionListView", _l("Distribution lists"), "fa-at"),
            Item("reporting:DistributionMemberView"),
            Item("fieldservice:CalendarFeedView", _l("Calendar addresses"), "fa-calendar"),
            Item("organisation:AuditEntryView", _l("Audit trail"), "fa-history"),
            Item("organisation:OutboxEntryView", _l("Background jobs"), "fa-tasks"),
        ),
    ),
)

# Where the records of a list come from, or what is looked at next: an empty list whose records nobody enters there
# leads to the first of these that the person may open.
NEXT: dict[str, tuple[str, ...]] = {
    "RepairCallView": ("IntakeView", "FindView"),
    "WorkOrderView": ("DispatchView", "RepairCallView"),
    "TimeEntryView": ("MyDayView", "WorkOrderView"),
    "AbsenceView": ("DispatchView", "StaffView"),
    "ContractorRequestView": ("DispatchView", "RepairCallView"),
    "ContractorView": ("ContractorRequestView",),
    "PhoneEntryView": ("DispatchView", "WorkOrderView"),
    "ServiceAreaView": ("StaffView",),
    "RepairCardView": ("WorkOrderView",),
    "GoodsReceiptView": ("RepairCardView", "WorkOrderView"),
    "LoanView": ("LoanUnitView", "RepairCardView"),
    "InvoiceView": ("ToInvoiceView", "WorkOrderView"),
    "PaymentView": ("OutstandingView", "InvoiceView"),
    "CashHandoverView": ("CashView", "PaymentView"),
    "WaiverView": ("ToInvoiceView", "WorkOrderView"),
    "CollectionPermitView": ("WorkOrderView",),
    "PlannedVisitView": ("ContractView",),
    "ContractView": ("CustomerView",),
    "ContractNoticeView": ("ContractsEndingView", "ContractView"),
    "CustomerView": ("FindView",),
    "VoucherView": ("CustomerView",),
    "StockBalanceView": ("VanView", "PartView"),
    "PartReservationView": ("WorkOrderView",),
    "PartUnitView": ("PartView",),
    "PurchaseRequestView": ("ReorderView",),
    "PartLevelView": ("PartView",),
    "StockCountView": ("StockPlaceView", "VanView"),
    "StockMoveView": ("VanView", "StockPlaceView"),
    "VanSlipView": ("VanView",),
    "ApprovalView": ("ComplaintView",),
    "CorrectiveActionView": ("ComplaintView",),
    "CrisisEntryView": ("ComplaintView",),
    "ComplaintLatenessView": ("ComplaintView",),
    "ComplaintNoticeView": ("ComplaintLatenessView", "ComplaintView"),
    "ComplaintReadingView": ("ComplaintView",),
    "ReturnVisitView": ("WorklistView",),
    "TechnicianReportView": ("MyReportView", "BranchDayView", "TimeEntryView"),
    "SupervisorReportView": ("BranchDayView", "TechnicianReportView"),
    "MadeDocumentView": ("PrintView",),
    "DeliveryView": ("MadeDocumentView", "PrintView"),
    "ArrivalTargetView": ("SettingView", "EscalationLevelView"),
    "ScheduleEntryView": ("SystemView",),
    "CalendarFeedView": ("MyCalendarView", "StaffView"),
    "OutboxEntryView": ("SystemView",),
}


def register(appbuilder: Any) -> None:
    """Register every screen with the framework, in this order."""
    for area in roles.AREAS:
        # All of them before the first is registered: an area may hang its lists under the records of one above it.
        for name in (f"app.{area}.views", f"app.{area}.charts"):
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name)
    hidden: list[Any] = []
    for section in MENU:
        for item in section.items:
            area, _, name = item.screen.partition(":")
            view = getattr(importlib.import_module(f"app.{area}.views"), name)
            view.next_screens = NEXT.get(name, ())
            # A screen is called the same in the menu and above its list.
            if item.label is not None and "list_title" not in vars(view):
                view.list_title = item.label
            if item.label is None:
                hidden.append(view)
                continue
            appbuilder.add_view(
                view,
                name,
                label=item.label,
                icon=item.icon,
                href=item.href,
                category=section.name,
                category_label=section.label,
                category_icon=section.icon,
            )
    appbuilder.add_view(
        appbuilder.sm.user_view, "AccountView", label=_l("Accounts"), icon="fa-key", category=MENU[-1].name
    )
    for view in hidden:
        appbuilder.add_view_no_menu(view)
    for view in appbuilder.baseviews:
        if isinstance(view, BaseView):
            view.all_registered()


def readers() -> dict[str, set[str]]:
    """Who sees which menu entry: the readers of the screen; a heading is seen by whoever sees an entry under it."""
    found: dict[str, set[str]] = {}
    for section in MENU:
        for item in section.items:
            if item.label is not None:
                found[item.view_name] = set(roles.SCREENS[item.view_name].read)
                found.setdefault(section.name, set()).update(found[item.view_name])
    found["AccountView"] = {roles.ADMINISTRATOR}
    found[MENU[-1].name] = found.get(MENU[-1].name, set()) | {roles.ADMINISTRATOR}
    return found
