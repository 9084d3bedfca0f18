"""Reports: vocabulary and pure rules (SO-11 … SO-13)."""

from app.core.errors import N_

TECHNICIAN_REPORT_STATES = ("draft", "confirmed")
TECHNICIAN_REPORT_STATE_LABELS = {"draft": N_("Draft"), "confirmed": N_("Confirmed")}
SUPERVISOR_REPORT_STATES = ("draft", "submitted", "signed")
SUPERVISOR_REPORT_STATE_LABELS = {
    "draft": N_("Draft"),
    "submitted": N_("Submitted"),
    "signed": N_("Signed by the branch manager"),
}
SCHEDULE_DAYS = ("working_days", "every_day")
SCHEDULE_DAYS_LABELS = {
    "working_days": N_("Working days"),
    "every_day": N_("Every day"),
}
DELIVERY_STATES = ("waiting", "sending", "sent", "failed", "uncertain")
DELIVERY_STATE_LABELS = {
    "waiting": N_("Waiting"),
    "sending": N_("Being sent"),
    "sent": N_("Sent"),
    "failed": N_("Failed"),
    "uncertain": N_("Uncertain whether sent"),
}
