"""Vocabulary of the organisation, and how a setting's value is read."""

from __future__ import annotations

import re

from app.core.errors import N_, Refused

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
# Who stands above whom. Service department, management and administration answer to no branch.
JOB_RANK = {
    "clerk": 0,
    "technician": 0,
    "supervisor": 1,
    "accountant": 1,
    "branch_manager": 2,
    "service": 3,
    "management": 3,
    "administrator": 3,
}
AUTHORITY_KINDS = ("exchange", "refund", "compensation", "waiver")

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
    "waiver": N_("Waiver of charges"),
}
# Who may be given a limit in the authority matrix, from the bottom up (CP-9).
APPROVER_LABELS = {
    "supervisor": N_("Service supervisor"),
    "branch_manager": N_("Branch manager"),
    "service_department": N_("Service department"),
    "management": N_("Management"),
}


def stands_above(job: str, other: str) -> bool:
    """Whether somebody with this job is the superior of somebody with the other; beside is not above."""
    return JOB_RANK[job] > JOB_RANK[other]


def setting_value(default: str, typed: str) -> str:
    """The value to store for a setting whose default is ``default``: the same kind of thing.

    Where the default is a whole number or an amount the value must be one (not negative). Raises ``Refused``.
    """
    value = typed.strip()
    if re.fullmatch(r"\d+", default):
        if not re.fullmatch(r"\d{1,9}", value, re.ASCII):
            raise Refused(N_("A whole number is needed here."), field="value")
        return str(int(value))
    if re.fullmatch(r"\d+\.\d\d", default):
        if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", value, re.ASCII):
            raise Refused(N_("An amount such as 500.00 is needed here."), field="value")
        whole, _dot, fraction = value.partition(".")
        return f"{int(whole)}.{fraction:0<2}"
    if default and not value:
        raise Refused(N_("This is required."), field="value")
    return value
