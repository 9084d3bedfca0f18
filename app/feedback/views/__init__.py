"""Screens of the return visits (RV)."""

from app.feedback.views import charts as charts  # joins the start page
from app.feedback.views import customer as customer  # joins the customer's page
from app.feedback.views.records import (
    ReturnVisitView,
    VisitAnswerView,
    VisitAttemptView,
    VisitQuestionView,
    VisitRuleView,
)
from app.feedback.views.worklist import WorklistView

__all__ = [
    "ReturnVisitView",
    "VisitAnswerView",
    "VisitAttemptView",
    "VisitQuestionView",
    "VisitRuleView",
    "WorklistView",
]
