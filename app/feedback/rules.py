"""Return visits: vocabulary, the lifecycle and pure rules (RV)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from app.core.errors import N_, Misconfigured, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

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

# -- the lifecycle (RV-4) ---------------------------------------------------------------------------------------

_DESK = roles("clerk", "supervisor", "branch_manager", "service_department")
_LEAD = roles("supervisor", "branch_manager", "service_department")

LIFECYCLE = Lifecycle(
    name="return_visit",
    initial="planned",
    state_labels=STATE_LABELS,
    transitions=(
        Transition("planned", "record", "done", _DESK, required=("satisfaction", "manner", "spoke_to")),
        Transition("planned", "attempt", "planned", _DESK, required=("said",)),
        Transition("planned", "reassign", "planned", _LEAD, required=("visitor_id",)),
        Transition("planned", "cancel", "cancelled", _LEAD, required=("reason",)),
    ),
    verb_labels={
        "record": N_("Record the visit"),
        "attempt": N_("Customer not reached"),
        "reassign": N_("Reassign the visit"),
        "cancel": N_("Cancel the visit"),
    },
)
LIFECYCLES = (LIFECYCLE,)

# What an unsatisfactory visit is: it opens a new call or a complaint (RV-4).
UNSATISFACTORY = ("dissatisfied",)


def is_unsatisfactory(satisfaction: str | None) -> bool:
    """Whether the customer was not content with the service (RV-4, RV-5)."""
    return satisfaction in UNSATISFACTORY


# -- when (RV-1, RV-3) ------------------------------------------------------------------------------------------


def due_on(happened_on: date, days: int) -> date:
    """The day a return visit is due: so many calendar days after what it is about (RV-1)."""
    return happened_on + timedelta(days=days)


def mid_term(starts_on: date, ends_on: date) -> date:
    """The middle day of a contract's term, the earlier of two (RV-1)."""
    return starts_on + (ends_on - starts_on) // 2


class Urgency(NamedTuple):
    """How a visit to be made stands on a day: group overdue / today / coming; ``escalated`` to the supervisor."""

    group: str
    days_late: int
    escalated: bool


GROUPS = {"overdue": N_("Overdue"), "today": N_("Due today"), "coming": N_("Coming")}


def urgency(due: date, on: date, overdue_days: int) -> Urgency:
    """Where a planned visit stands in the plan of a day; later than ``overdue_days`` is the supervisor's (RV-3)."""
    late = (on - due).days
    if late > 0:
        return Urgency("overdue", late, late > overdue_days)
    return Urgency("today" if late == 0 else "coming", 0, False)


# -- who (RV-2) -------------------------------------------------------------------------------------------------


def parse_jobs(text: str, known: Collection[str]) -> tuple[str, ...]:
    """``service+supervisor`` → the job of the visitor and of who goes along (RV-2), at most one of those.

    Raises ``Misconfigured`` for a job that does not exist.
    """
    jobs = tuple(part.strip() for part in text.split("+"))
    if not 1 <= len(jobs) <= 2 or set(jobs) - set(known):
        raise Misconfigured(f"return visits: {text!r} names no one or two of the jobs {', '.join(sorted(known))}")
    return jobs


class Candidate(NamedTuple):
    """Somebody who could make the visit; ``load`` is how many planned visits they have already."""

    staff_id: int
    load: int


def pick(candidates: Iterable[Candidate], barred: Collection[int | None] = ()) -> int | None:
    """Who has the fewest visits to make, never one of ``barred`` (CP-4); None when nobody is left."""
    fit = [candidate for candidate in candidates if candidate.staff_id not in barred]
    return min(fit, key=lambda candidate: (candidate.load, candidate.staff_id)).staff_id if fit else None


def check_visitor(staff_id: int, barred: Collection[int | None]) -> None:
    """Whom the visit is about does not make it (CP-4). Raises ``Refused``."""
    if staff_id in barred:
        raise Refused(N_("The visit is about this person's work: somebody else makes it."), field="visitor_id")
