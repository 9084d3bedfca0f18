"""Return visits: vocabulary and pure rules (RV)."""

from app.core.errors import N_

CAUSES = ("complaint", "repair", "contract", "other")
CAUSE_LABELS = {
    "complaint": N_("Complaint"),
    "repair": N_("Repair"),
    "contract": N_("Maintenance contract"),
    "other": N_("Other service"),
}
STATES = ("planned", "done", "cancelled")
STATE_LABELS = {
    "planned": N_("Planned"),
    "done": N_("Done"),
    "cancelled": N_("Cancelled"),
}
MANNERS = ("telephone", "in_person")
MANNER_LABELS = {"telephone": N_("By telephone"), "in_person": N_("In person")}
SATISFACTIONS = ("very_satisfied", "satisfied", "neutral", "dissatisfied")
SATISFACTION_LABELS = {
    "very_satisfied": N_("Very satisfied"),
    "satisfied": N_("Satisfied"),
    "neutral": N_("Neutral"),
    "dissatisfied": N_("Dissatisfied"),
}
