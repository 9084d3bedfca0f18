"""Screens of field service.

``records``: the generated ones. ``intake``: the clerk on the telephone. ``dispatching``: the supervisor's board.
``my``: the technician's own pages, for a telephone.
"""

from app.fieldservice.views.dispatching import DispatchView
from app.fieldservice.views.intake import IntakeView
from app.fieldservice.views.my import MyDayView
from app.fieldservice.views.records import (
    ChargeView,
    FaultCodeView,
    PartFittedView,
    RepairCallView,
    SignatureView,
    TimeEntryView,
    WorkOrderEventView,
    WorkOrderView,
)

__all__ = [
    "ChargeView",
    "DispatchView",
    "FaultCodeView",
    "IntakeView",
    "MyDayView",
    "PartFittedView",
    "RepairCallView",
    "SignatureView",
    "TimeEntryView",
    "WorkOrderEventView",
    "WorkOrderView",
]
