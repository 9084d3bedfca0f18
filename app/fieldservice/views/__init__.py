"""Screens of field service.

``orders``: calls and work orders; ``records``: what was recorded on them. ``intake``: the clerk on the telephone.
``dispatching``: the supervisor's board. ``my``: the technician's own pages, for a telephone.
"""

from app.fieldservice.views import charts as charts  # joins the start page
from app.fieldservice.views import customer as customer  # joins the customer's page
from app.fieldservice.views import fitted as fitted  # lists and links under other pages
from app.fieldservice.views.deadlines import (
    AppointmentChangeView,
    ArrivalTargetView,
    DeadlineView,
    EscalationLevelView,
    EscalationNoticeView,
    WaitingChangeView,
)
from app.fieldservice.views.dispatching import DispatchView
from app.fieldservice.views.feed import CalendarFeedView, MyCalendarView
from app.fieldservice.views.intake import IntakeView
from app.fieldservice.views.my import MyDayView
from app.fieldservice.views.my_van import MyVanView
from app.fieldservice.views.orders import RepairCallView, WorkOrderView
from app.fieldservice.views.overnight import DayCloseView, PlannedVisitView
from app.fieldservice.views.phone import PhoneView
from app.fieldservice.views.phone_entries import PhoneEntryView
from app.fieldservice.views.planning import (
    AbsenceView,
    ContractorRequestView,
    ContractorView,
    CrewMemberView,
    ServiceAreaView,
)
from app.fieldservice.views.pricing import PriceItemView, QuoteView, WarrantyCoverView
from app.fieldservice.views.records import (
    ChargeView,
    FaultCodeView,
    PartFittedView,
    SignatureView,
    TimeEntryView,
    WorkOrderEventView,
)

__all__ = [
    "AbsenceView",
    "AppointmentChangeView",
    "ArrivalTargetView",
    "CalendarFeedView",
    "ChargeView",
    "ContractorRequestView",
    "ContractorView",
    "CrewMemberView",
    "DayCloseView",
    "DeadlineView",
    "DispatchView",
    "EscalationLevelView",
    "EscalationNoticeView",
    "FaultCodeView",
    "IntakeView",
    "MyCalendarView",
    "MyDayView",
    "MyVanView",
    "PartFittedView",
    "PhoneEntryView",
    "PhoneView",
    "PlannedVisitView",
    "PriceItemView",
    "QuoteView",
    "RepairCallView",
    "ServiceAreaView",
    "SignatureView",
    "TimeEntryView",
    "WaitingChangeView",
    "WarrantyCoverView",
    "WorkOrderEventView",
    "WorkOrderView",
]
