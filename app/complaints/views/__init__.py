"""Screens of complaint handling (CP)."""

from app.complaints.views import charts as charts  # joins the start page
from app.complaints.views import customer as customer  # joins the customer's page
from app.complaints.views import joins as joins  # ways in from calls, jobs and products; the start page
from app.complaints.views.complaints import ComplaintView
from app.complaints.views.pieces import ComplaintStepView
from app.complaints.views.records import (
    ApprovalDeputyView,
    ApprovalView,
    ComplaintEscalationLevelView,
    ComplaintFileView,
    ComplaintLatenessView,
    ComplaintNoticeView,
    ComplaintReadingView,
    CorrectiveActionView,
    CrisisEntryView,
    RefusalReasonView,
)

__all__ = [
    "ApprovalDeputyView",
    "ApprovalView",
    "ComplaintEscalationLevelView",
    "ComplaintFileView",
    "ComplaintLatenessView",
    "ComplaintNoticeView",
    "ComplaintReadingView",
    "ComplaintStepView",
    "ComplaintView",
    "CorrectiveActionView",
    "CrisisEntryView",
    "RefusalReasonView",
]
