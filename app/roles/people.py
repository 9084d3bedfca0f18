"""The roles, and the groups of them the tables speak of."""

from __future__ import annotations

from app.core.errors import N_

CLERK, TECHNICIAN, SUPERVISOR, MANAGER = "clerk", "technician", "supervisor", "branch_manager"
SERVICE, ACCOUNTANT, MANAGEMENT, ADMINISTRATOR = "service_department", "accountant", "management", "administrator"

ROLES = {
    CLERK: N_("Clerk"),
    TECHNICIAN: N_("Technician"),
    SUPERVISOR: N_("Service supervisor"),
    MANAGER: N_("Branch manager"),
    SERVICE: N_("Service department"),
    ACCOUNTANT: N_("Accountant"),
    MANAGEMENT: N_("Management"),
    ADMINISTRATOR: N_("Administrator"),
}

DESK = (CLERK, SUPERVISOR)
BRANCH = (CLERK, SUPERVISOR, MANAGER)
OFFICE = (CLERK, SUPERVISOR, MANAGER, SERVICE)
READERS = (CLERK, SUPERVISOR, MANAGER, SERVICE, ACCOUNTANT, MANAGEMENT)
FIELD = (*READERS, TECHNICIAN)
LEADERS = (SUPERVISOR, MANAGER, SERVICE, MANAGEMENT)
EVERYONE = tuple(ROLES)
NOBODY: tuple[str, ...] = ()
