"""The verbs of return visits: planned once for each cause (RV-1), given to somebody (RV-2), made (RV-4), told (RV-3)."""

from app.feedback.commands.outcomes import (
    attempt,
    cancel,
    open_call_from_visit,
    open_complaint_from_visit,
    reassign,
    record,
    try_again,
)
from app.feedback.commands.overdue import escalate_overdue
from app.feedback.commands.planning import plan_due_visits, plan_other
from app.feedback.commands.reading import note_reading

__all__ = [
    "attempt",
    "cancel",
    "escalate_overdue",
    "note_reading",
    "open_call_from_visit",
    "open_complaint_from_visit",
    "plan_due_visits",
    "plan_other",
    "reassign",
    "record",
    "try_again",
]
