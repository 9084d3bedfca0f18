"""What reports and their screens ask: the day's sheets, and the figures of complaints and return visits."""

from app.reporting.queries.complaints import (
    STAGES,
    ComplaintPeriod,
    complaints_of,
    open_actions,
    recorded_causes,
    same_matter,
    same_model,
    status_at,
    taken_until,
)
from app.reporting.queries.daily import branches_with_work, last_working_day, supervisor_sheet, technician_sheets
from app.reporting.queries.visits import VisitPeriod, same_repair, visits_of

__all__ = [
    "STAGES",
    "ComplaintPeriod",
    "VisitPeriod",
    "branches_with_work",
    "complaints_of",
    "last_working_day",
    "open_actions",
    "recorded_causes",
    "same_matter",
    "same_model",
    "same_repair",
    "status_at",
    "supervisor_sheet",
    "taken_until",
    "technician_sheets",
    "visits_of",
]
