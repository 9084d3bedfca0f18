"""Return visits: vocabulary, the lifecycle and pure rules (RV)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

CAUSES = ("complaint", "repair", "contract", "other")
CAUSE_LABELS = {
    "complaint": N_("Complaint"),
    "repair": N_("Repair"),
    "contract": N_("Maintenance contract"),
    "other": N_("Other service"),
}
# What a visit rule answers to (RV-1, RV-2): the cause, where a major complaint has a rule of its own.
TRIGGERS = ("complaint_major", "complaint", "repair", "contract", "other")
TRIGGER_LABELS = {
    "complaint_major": N_("Major complaint settled"),
    "complaint": N_("Ordinary complaint settled"),
    "repair": N_("Repair finished"),
    "contract": N_("Middle of a contract's term"),
    "other": N_("Other service"),
}
STATES = ("planned", "given_up", "done", "cancelled")
STATE_LABELS = {
    "planned": N_("Planned"),
    "given_up": N_("Customer never reached"),
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

# Why nobody was spoken to (RV-4).
OUTCOMES = ("no_answer", "busy", "call_later", "wrong_number", "refused", "absent")
OUTCOME_LABELS = {
    "no_answer": N_("No answer"),
    "busy": N_("Busy or switched off"),
    "call_later": N_("Asks to be called later"),
    "wrong_number": N_("Wrong number"),
    "refused": N_("Does not want to talk"),
    "absent": N_("Nobody at home"),
}
ANSWER_KINDS = ("yes_no", "text")
YES_NO = ("yes", "no")
ANSWER_KIND_LABELS = {"yes_no": N_("Yes or no"), "text": N_("In words")}

# -- the lifecycle (RV-4) ---------------------------------------------------------------------------------------

_DESK = roles("clerk", "supervisor", "branch_manager", "service_department")
_LEAD = roles("supervisor", "branch_manager", "service_department")

LIFECYCLE = Lifecycle(
    name="return_visit",
    initial="planned",
    state_labels=STATE_LABELS,
    transitions=(
        Transition("planned", "record", "done", _DESK, required=("satisfaction", "manner", "spoke_to")),
        Transition("planned", "attempt", "planned", _DESK, required=("outcome",)),
        # The last of so many tries: the supervisor decides what becomes of it.
        Transition("planned", "give_up", "given_up", _DESK),
        Transition("given_up", "record", "done", _LEAD, required=("satisfaction", "manner", "spoke_to")),
        Transition("given_up", "try_again", "planned", _LEAD, required=("reason",)),
        *(
            Transition(state, "reassign", "planned", _LEAD, required=("visitor_id",))
            for state in ("planned", "given_up")
        ),
        *(Transition(state, "cancel", "cancelled", _LEAD, required=("reason",)) for state in ("planned", "given_up")),
    ),
    verb_labels={
        "record": N_("Record the visit"),
        "attempt": N_("Customer not reached"),
        "give_up": N_("Give up"),
        "try_again": N_("Have it tried again"),
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


class Candidate(NamedTuple):
    """Somebody who could make the visit; ``load`` is how many planned visits they have already."""

    staff_id: int
    load: int


# Who takes the place of a job of which nobody may go: the head above, then the service department.
_ABOVE = {"clerk": "service", "technician": "supervisor", "supervisor": "branch_manager", "branch_manager": "service"}


def upwards(job: str) -> list[str]:
    """The job, and those above it in turn."""
    found = [job]
    while found[-1] in _ABOVE:
        found.append(_ABOVE[found[-1]])
    return found


def pick(candidates: Iterable[Candidate], barred: Collection[int | None] = ()) -> int | None:
    """Who has the fewest visits to make, never one of ``barred`` (CP-4); None when nobody is left."""
    fit = [candidate for candidate in candidates if candidate.staff_id not in barred]
    return min(fit, key=lambda candidate: (candidate.load, candidate.staff_id)).staff_id if fit else None


def check_visitor(staff_id: int, barred: Collection[int | None]) -> None:
    """Whom the visit is about does not make it (CP-4). Raises ``Refused``."""
    if staff_id in barred:
        raise Refused(N_("The visit is about this person's work: somebody else makes it."), field="visitor_id")


# -- again and again (RV-4) ---------------------------------------------------------------------------------------


def parse_pauses(text: str) -> tuple[int, ...]:
    """``2, 24`` → the pauses in hours after the first, second … try in vain. Raises ``Refused`` for anything else."""
    try:
        pauses = tuple(int(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        pauses = ()
    if not pauses or not all(0 < hours <= 24 * 60 for hours in pauses):
        raise Refused(N_("Write the pauses in whole hours, separated by commas: 2, 24."), field="value")
    return pauses


class NextTry(NamedTuple):
    """What follows a try in vain: ``at`` is when to try again, None when it is given up."""

    at: datetime | None
    given_up: bool


def after_attempt(tries: int, at: datetime, pauses: tuple[int, ...], most: int, wished: datetime | None) -> NextTry:
    """What follows the try number ``tries`` (from 1) in vain at ``at`` (RV-4).

    Tried again after the pause of that number (the last one repeats) or when the customer wished, at most ``most``
    times altogether; then it is given up to the supervisor. A time the customer named is kept even so: that is not
    being out of reach. Raises ``Refused`` for a wish in the past.
    """
    if wished is not None:
        if wished <= at:
            raise Refused(N_("This has passed already."), field="again_at")
        return NextTry(wished, False)
    if tries >= most:
        return NextTry(None, True)
    return NextTry(at + timedelta(hours=pauses[min(tries, len(pauses)) - 1]), False)


class Asked(NamedTuple):
    """A question of the script, as far as its answer is checked."""

    id: int
    answer_kind: str
    required: bool


def answer_to(question: Asked, answers: Mapping[int, str]) -> str:
    """What the customer said, empty when nothing was; to a question of yes or no nothing else is an answer."""
    said = (answers.get(question.id) or "").strip()
    return said if question.answer_kind != "yes_no" or said in YES_NO else ""


def missing_answers(script: Iterable[Asked], answers: Mapping[int, str]) -> list[int]:
    """Ids of the required questions that were not answered, in the order they are asked (RV-4)."""
    return [question.id for question in script if question.required and not answer_to(question, answers)]


def check_answers(script: Iterable[Asked], answers: Mapping[int, str]) -> None:
    """A customer who was reached is asked every required question. Raises ``Refused`` at the first left out (RV-4)."""
    if missing := missing_answers(script, answers):
        raise Refused(ASK_THIS, field=f"{ANSWER_FIELD}{missing[0]}")


# The field of a question's answer is this and the question's id.
ANSWER_FIELD = "answer-"
ASK_THIS = N_("Ask the customer this question.")

FOLLOW_UPS = ("", "call", "complaint")
FOLLOW_UP_LABELS = {"": N_("Nothing"), "call": N_("Open a repair call"), "complaint": N_("Open a complaint")}


def check_outcome(satisfaction: str, shortcomings: str, follow_up: str, reason: str) -> None:
    """An unsatisfactory visit says what is wrong and opens a call or a complaint, or says why not (RV-4).

    Raises ``Refused`` at the field that is missing.
    """
    if (is_unsatisfactory(satisfaction) or follow_up) and not shortcomings:
        raise Refused(N_("Write down what the customer is not satisfied with."), field="shortcomings")
    if is_unsatisfactory(satisfaction) and not follow_up and not reason:
        raise Refused(
            N_("The customer is dissatisfied: open a call or a complaint, or write why neither is needed."),
            field="follow_up",
        )
