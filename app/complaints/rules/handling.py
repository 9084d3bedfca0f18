"""Complaints: vocabulary, the lifecycle and pure rules (CP)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

CHANNELS = (
    "telephone",
    "email",
    "letter",
    "online",
    "counter",
    "head_office",
    "association",
)
CHANNEL_LABELS = {
    "telephone": N_("Telephone"),
    "email": N_("E-mail"),
    "letter": N_("Letter"),
    "online": N_("Online complaint form"),
    "counter": N_("At the counter"),
    "head_office": N_("Head office"),
    "association": N_("Consumer association"),
}
# From what a complaint was entered; ``source_ref`` is that record's number.
SOURCES = ("", "call", "voucher", "work_order", "customer", "return_visit", "survey", "public")
SOURCE_LABELS = {
    "call": N_("Repair call"),
    "voucher": N_("Service voucher"),
    "work_order": N_("Work order"),
    "customer": N_("Customer"),
    "return_visit": N_("Return visit"),
    "survey": N_("Customer opinion survey"),
    "public": N_("Online complaint form"),
}
CATEGORIES = (
    "product_quality",
    "sales_contract",
    "repair_quality",
    "attitude",
    "delay",
    "after_sales",
    "communication",
    "suggestion",
    "other",
)
CATEGORY_LABELS = {
    "product_quality": N_("Product quality"),
    "sales_contract": N_("Sales contract"),
    "repair_quality": N_("Repair quality"),
    "attitude": N_("Service attitude"),
    "delay": N_("Delivery delay"),
    "after_sales": N_("After-sales service"),
    "communication": N_("Communication"),
    "suggestion": N_("Suggestion"),
    "other": N_("Other"),
}
SEVERITIES = ("ordinary", "major")
SEVERITY_LABELS = {"ordinary": N_("Ordinary"), "major": N_("Major")}
STATES = (
    "received",
    "acknowledged",
    "verified",
    "proposed",
    "approved",
    "told",
    "settled",
    "rated",
    "closed",
    "withdrawn",
    "mediation",
)
STATE_LABELS = {
    "received": N_("Received"),
    "acknowledged": N_("Acknowledged"),
    "verified": N_("Verified"),
    "proposed": N_("Solution proposed"),
    "approved": N_("Approved"),
    "told": N_("Told to the customer"),
    "settled": N_("Settled"),
    "rated": N_("Satisfaction asked"),
    "closed": N_("Closed"),
    "withdrawn": N_("Withdrawn"),
    "mediation": N_("In mediation"),
}
FINDINGS = ("justified", "not_justified")
FINDING_LABELS = {"justified": N_("Justified"), "not_justified": N_("Not justified")}
# Why a complaint is major (CP-5); "again" is found by the portal itself.
GROUNDS = ("again", "maker", "blocking", "disturbance", "return", "press", "injury", "judged")
GROUND_LABELS = {
    "again": N_("Same matter complained of again"),
    "maker": N_("Complaint to the maker"),
    "blocking": N_("Blocking the door"),
    "disturbance": N_("Disturbance"),
    "return": N_("Demands return or exchange"),
    "press": N_("Press coverage"),
    "injury": N_("Injury or damage"),
    "judged": N_("Judged so by a manager"),
}
# What the customer asks for, as far as it decides something (CP-5, CP-9); the words stand beside it.
WANTS = ("", "repair", "explanation", "exchange", "refund", "compensation")
WANTS_LABELS = {
    "repair": N_("Repair done again"),
    "explanation": N_("Explanation or apology"),
    "exchange": N_("Exchange"),
    "refund": N_("Refund"),
    "compensation": N_("Compensation"),
}
# Too general to be "the same matter" when no product is named (CP-5).
VAGUE_CATEGORIES = ("other", "suggestion", "communication")
SATISFACTIONS = ("very_satisfied", "satisfied", "neutral", "dissatisfied", "not_reached")
SATISFACTION_LABELS = {
    "very_satisfied": N_("Very satisfied"),
    "satisfied": N_("Satisfied"),
    "neutral": N_("Neutral"),
    "dissatisfied": N_("Dissatisfied"),
    "not_reached": N_("Customer not reached"),
}

# -- the lifecycle (CP-8) ---------------------------------------------------------------------------------------

_DESK = roles("clerk", "supervisor", "branch_manager", "service_department")
_LEAD = roles("supervisor", "branch_manager", "service_department")
_APPROVE = roles("supervisor", "branch_manager", "service_department", "management")

_UNDER_WAY = ("received", "acknowledged", "verified", "proposed", "approved", "told")
_ENDED = ("settled", "rated", "closed")
SAID = ("said",)

LIFECYCLE = Lifecycle(
    name="complaint",
    initial="received",
    state_labels=STATE_LABELS,
    transitions=(
        Transition("received", "acknowledge", "acknowledged", _DESK, required=SAID),
        Transition("acknowledged", "verify", "verified", _DESK, required=("finding", "said")),
        Transition("verified", "propose", "proposed", _DESK, required=("solution", "said")),
        # The customer did not accept, or mediation found another way.
        Transition("told", "propose", "proposed", _DESK, required=("solution", "said")),
        Transition("mediation", "propose", "proposed", _DESK, required=("solution", "said")),
        Transition("proposed", "approve", "approved", _APPROVE, required=SAID),
        Transition("proposed", "send_back", "verified", _APPROVE, required=("reason_id", "said")),
        Transition("approved", "tell", "told", _DESK, required=SAID),
        Transition("told", "settle", "settled", _DESK, required=SAID),
        Transition("mediation", "settle", "settled", _LEAD, required=SAID),
        Transition("settled", "rate", "rated", _DESK, required=("satisfaction", "said")),
        Transition("rated", "close", "closed", _LEAD, required=SAID),
        *(Transition(state, "mediate", "mediation", _LEAD, required=SAID) for state in _UNDER_WAY[2:]),
        *(Transition(state, "withdraw", "withdrawn", _LEAD, required=SAID) for state in (*_UNDER_WAY, "mediation")),
        *(Transition(state, "reopen", "acknowledged", _LEAD, required=SAID) for state in (*_ENDED, "withdrawn")),
    ),
    verb_labels={
        "acknowledge": N_("Acknowledge to the customer"),
        "verify": N_("Facts verified"),
        "propose": N_("Propose a solution"),
        "approve": N_("Approve the solution"),
        "send_back": N_("Refuse the solution"),
        "tell": N_("Told to the customer"),
        "settle": N_("Settle"),
        "rate": N_("Ask for satisfaction"),
        "close": N_("Close the complaint"),
        "mediate": N_("Pass to mediation"),
        "withdraw": N_("Customer withdraws"),
        "reopen": N_("Reopen the complaint"),
    },
)
# What is written down beside the road: it leaves the complaint in its stage.
NOTE_LABELS = {
    "enter": N_("Complaint entered"),
    "assign": N_("Handler assigned"),
    "judge": N_("Severity judged"),
    "add_subject": N_("Another person complained about"),
    "attach": N_("File added"),
    "erase": N_("Recording deleted"),
    "timetable": N_("Timetable told to the customer"),
    "answer": N_("Answered in writing"),
    "agree": N_("Settlement agreement made"),
    "sign": N_("Customer signed the agreement"),
    "report_back": N_("Reported back to the consumer association"),
    "mark_police": N_("Marked for the police"),
    "open_crisis": N_("Crisis group called together"),
    "alert": N_("Put before the management"),
    "add_member": N_("Taken into the crisis group"),
    "minute": N_("Written down by the crisis group"),
    "decided": N_("Decision of the crisis group carried out"),
    "follow_up": N_("Corrective action reopened"),
}
VERBS = (*LIFECYCLE.verb_labels, *NOTE_LABELS)
VERB_LABELS = {**LIFECYCLE.verb_labels, **NOTE_LABELS}
# By these the customer hears from somebody in person or by telephone (CP-7).
CONTACT_VERBS = ("acknowledge", "tell", "settle", "timetable")
LEADING_JOBS = ("supervisor", "branch_manager", "service", "management")


def is_open(status: str) -> bool:
    """Whether the complaint still waits for its settlement."""
    return status in _UNDER_WAY or status == "mediation"


def moves(verb: str) -> bool:
    """Whether this verb took the complaint to a stage; the others only write something down beside the road."""
    return verb in LIFECYCLE.verb_labels or verb in ("enter", "")


# -- who (CP-4, CP-7) -------------------------------------------------------------------------------------------


def check_not_subject(staff_id: int | None, subjects: Collection[int], field: str | None = None) -> None:
    """A person complained about takes no part in handling it (CP-4). Raises ``Refused``."""
    if staff_id is not None and staff_id in subjects:
        raise Refused(N_("The person complained about takes no part in handling the complaint."), field=field)


JOBS_OF_BRANCH = ("supervisor", "branch_manager")
JOB_RANK = {"supervisor": 1, "branch_manager": 2, "service": 3, "management": 3}


def stands_over(job: str, handler_job: str | None, subject_jobs: Iterable[str] = ()) -> bool:
    """Whether somebody with this job in the branch is the superior of who handles it (CP-13).

    Until a handler is named (None) everybody in charge is. Never somebody who stands below, or beside, a person
    complained about: it is put before those above them (CP-4).
    """
    rank = JOB_RANK.get(job, 0)
    if not rank or any(JOB_RANK.get(each, 0) >= rank for each in subject_jobs):
        return False
    return handler_job is None or JOB_RANK.get(handler_job, 0) < rank


class Contact(NamedTuple):
    """Somebody of ours who spoke with the customer: verb of the step, person, job."""

    verb: str
    staff_id: int | None
    job: str


def is_called_on(contacts: Iterable[Contact], handler_id: int | None) -> bool:
    """Whether the supervisor, somebody above, or whom the supervisor named spoke with the customer (CP-7)."""
    return any(
        each.verb in CONTACT_VERBS
        and (each.job in LEADING_JOBS or (each.staff_id is not None and each.staff_id == handler_id))
        for each in contacts
    )


# -- severity (CP-5) --------------------------------------------------------------------------------------------


def severity_at_entry(earlier: str | None, ground: str | None, wants: str = "") -> tuple[str, str | None]:
    """``(severity, ground)`` of a new complaint (CP-5).

    ``earlier`` is the number of another complaint about the same matter, if there is one; ``wants`` what the customer
    asks for. What somebody ticked comes first, then what the portal finds by itself.
    """
    if ground:
        return "major", ground
    if wants in ("exchange", "refund"):
        return "major", "return"
    return ("major", "again") if earlier else ("ordinary", None)


# -- deadlines (CP-3) -------------------------------------------------------------------------------------------

# The stages that have a deadline, and the column that holds it.
STAGE_DUE = {
    "acknowledged": "acknowledge_by",
    "verified": "verify_by",
    "proposed": "propose_by",
    "settled": "settle_by",
}
# What is still to come in each state: its deadlines can be missed.
PENDING = {
    "received": ("acknowledge_by", "verify_by", "settle_by"),
    "acknowledged": ("verify_by", "settle_by"),
    "verified": ("propose_by", "settle_by"),
    "proposed": ("settle_by",),
    "approved": ("settle_by",),
    "told": ("settle_by",),
    "mediation": ("settle_by",),
}
# Beside the four: a major complaint is put before the management (CP-6).
MANAGEMENT = "management"
MANAGEMENT_LABEL = N_("Put before the management")
MET, LATE, OVERDUE, OPEN, NONE = "met", "late", "overdue", "open", "none"
STANDING_LABELS = {
    MET: N_("In time"),
    LATE: N_("Late"),
    OVERDUE: N_("Past the deadline"),
    OPEN: N_("Running"),
    NONE: N_("Does not apply"),
}
NOT_BEGUN = N_("Not begun yet")


class StepTaken(NamedTuple):
    """A step of the history, as far as the deadlines need it."""

    stage: str
    at: datetime


class StageStanding(NamedTuple):
    """A stage against its deadline; ``state`` is met, late, overdue, open or none (does not apply)."""

    stage: str
    due_at: datetime | None
    done_at: datetime | None
    state: str


def acknowledge_by(received_at: datetime, hours: int) -> datetime:
    """Until when the customer hears from us: clock hours, day and night (CP-3, CAL-3)."""
    return received_at + timedelta(hours=hours)


def this_round(steps: Sequence[StepTaken]) -> Sequence[StepTaken]:
    """The steps since the complaint was last reopened, that step first; all of them when it never was."""
    start = 0
    for index in range(1, len(steps)):
        over = steps[index - 1].stage in (*_ENDED, "withdrawn")
        if over and steps[index].stage == "acknowledged":
            start = index
    return steps[start:]


def clock_start(received_at: datetime, steps: Sequence[StepTaken]) -> datetime:
    """From when verification and settlement count: the receipt, or the last reopening (CP-3, CP-8)."""
    current = this_round(steps)
    return current[0].at if len(current) != len(steps) else received_at


def reached(stage: str, steps: Iterable[StepTaken]) -> datetime | None:
    """When a stage was first reached in these steps; None when it was not."""
    return next((step.at for step in steps if step.stage == stage), None)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def standings(
    due: Mapping[str, datetime | None], steps: Sequence[StepTaken], status: str, now: datetime
) -> list[StageStanding]:
    """How each stage of CP-3 stands, derived from the steps (in order) of the round under way.

    ``due`` holds the deadlines by column (``verify_by`` …). Done within the minute it was due is in time. A stage
    that was jumped over, that does not wait in this status (``PENDING``: in mediation nothing is to be proposed), or
    that a withdrawal made needless, does not apply.
    """
    current = this_round(steps)
    done = {stage: reached(stage, steps if stage == "acknowledged" else current) for stage in STAGE_DUE}
    found: list[StageStanding] = []
    later_done = False
    for stage, column in reversed(STAGE_DUE.items()):
        due_at, done_at = due.get(column), done[stage]
        if done_at is not None:
            state = LATE if due_at is not None and _minute(done_at) > _minute(due_at) else MET
        elif later_done or due_at is None or column not in PENDING.get(status, ()):
            state = NONE
        else:
            state = OVERDUE if _minute(now) > _minute(due_at) else OPEN
        later_done = later_done or done_at is not None
        found.append(StageStanding(stage, due_at, done_at, state))
    return found[::-1]


def management_standing(due_at: datetime | None, told_at: datetime | None, status: str, now: datetime) -> StageStanding:
    """How the 24 hours stand within which a major complaint is put before the management (CP-6).

    It is still to be put before them when it is settled; what was withdrawn before needs it no more.
    """
    if due_at is None or (status == "withdrawn" and told_at is None):
        state = NONE
    elif told_at is not None:
        state = LATE if _minute(told_at) > _minute(due_at) else MET
    else:
        state = OVERDUE if _minute(now) > _minute(due_at) else OPEN
    return StageStanding(MANAGEMENT, due_at, told_at, state)


def next_standing(found: Iterable[StageStanding]) -> StageStanding | None:
    """The stage with the nearest deadline still to be kept, missed or not; None when there is none."""
    waiting = [each for each in found if each.state in (OPEN, OVERDUE)]
    # What is running or past has a deadline; the type allows none.
    return min(waiting, key=lambda each: each.due_at or datetime.max.replace(tzinfo=UTC), default=None)


def check_step_time(at: datetime, now: datetime, received_at: datetime, last: datetime | None) -> None:
    """A step happens after the complaint came and after the step before it, and not in the future (CAL-4).

    Compared to the minute, which is what people type. Raises ``Refused``.
    """
    if _minute(at) > _minute(now):
        raise Refused(N_("This lies in the future."), field="at")
    if _minute(at) < _minute(max(received_at, last or received_at)):
        raise Refused(N_("This lies before the step that came before it."), field="at")


def check_after(before: datetime, at: datetime) -> None:
    """What comes after another thing is not dated before it, to the minute (CAL-4). Raises ``Refused``."""
    if _minute(at) < _minute(before):
        raise Refused(N_("This lies before the step that came before it."), field="at")


# -- confidentiality (CP-13) ------------------------------------------------------------------------------------


READINGS = ("page", "number", "file", "paper")
READING_LABELS = {
    "page": N_("Opened the complaint"),
    "number": N_("Asked for the telephone number"),
    "file": N_("Opened a file"),
    "paper": N_("Printed a paper"),
}


def mask_phone(number: str) -> str:
    """A telephone number as it may stand in a list: ``138****5678``, ``010****78`` (CP-13)."""
    if len(number) <= 4:
        return "*" * len(number)
    tail = 4 if len(number) >= 9 else 2
    head = min(3, len(number) - tail - 1)
    return f"{number[:head]}****{number[-tail:]}"
