"""Vocabulary of the organisation."""

from app.core.errors import N_

BRANCH_KINDS = ("head_office", "service_centre", "branch_office")
ZONES = ("urban", "suburban")
JOBS = (
    "clerk",
    "technician",
    "supervisor",
    "branch_manager",
    "service",
    "accountant",
    "management",
    "administrator",
)
AUTHORITY_KINDS = ("exchange", "refund", "compensation")

BRANCH_KIND_LABELS = {
    "head_office": N_("Head office"),
    "service_centre": N_("Service centre"),
    "branch_office": N_("Branch office"),
}
ZONE_LABELS = {"urban": N_("Urban"), "suburban": N_("Suburban")}
JOB_LABELS = {
    "clerk": N_("Clerk"),
    "technician": N_("Technician"),
    "supervisor": N_("Service supervisor"),
    "branch_manager": N_("Branch manager"),
    "service": N_("Service department staff"),
    "accountant": N_("Accountant"),
    "management": N_("Management"),
    "administrator": N_("Administrator"),
}
AUTHORITY_KIND_LABELS = {
    "exchange": N_("Exchange"),
    "refund": N_("Refund"),
    "compensation": N_("Compensation"),
}
