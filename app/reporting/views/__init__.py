"""Screens of the daily reports, documents, deliveries and the schedule."""

from app.reporting.views.daily import BranchDayView, MyReportView
from app.reporting.views.figures import ComplaintFiguresView, VisitFiguresView
from app.reporting.views.printing import MailboxView, PrintView
from app.reporting.views.records import (
    DeliveryView,
    DistributionListView,
    DistributionMemberView,
    MadeDocumentView,
    ScheduleEntryView,
    SupervisorReportView,
    TechnicianReportView,
)
from app.reporting.views.system import SystemView

__all__ = [
    "BranchDayView",
    "ComplaintFiguresView",
    "DeliveryView",
    "DistributionListView",
    "DistributionMemberView",
    "MadeDocumentView",
    "MailboxView",
    "MyReportView",
    "PrintView",
    "ScheduleEntryView",
    "SupervisorReportView",
    "SystemView",
    "TechnicianReportView",
    "VisitFiguresView",
]
