"""Who should go, and whether he can: capacity, conflicts and the ranked suggestion with its reasons (SO-18, SO-19).

Times are aware datetimes; a span is ``(from, to)``, half-open. Open spans are those of the branch's calendar, in
order and not overlapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

Span = tuple[datetime, datetime]
LONGEST_JOB = 1440
QUARTER = timedelta(minutes=15)

ABSENCE_KINDS = ("leave", "sick", "training", "other")
ABSENCE_KIND_LABELS = {
    "leave": N_("Leave"),
    "sick": N_("Sick"),
    "training": N_("Training"),
    "other": N_("Other"),
}

# -- minutes of a day -------------------------------------------------------------------------------------------


def shared_minutes(spans: Iterable[Span], others: Iterable[Span]) -> int:
    """Minutes of ``spans`` that ``others`` (which may overlap each other) cover."""
    return sum(_minutes(span) for span in spans) - sum(_minutes(span) for span in without(spans, others))


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What is left of ``spans`` once ``others`` are taken out."""
    left = list(spans)
    for begin, end in others:
        rest: list[Span] = []
        for first, last in left:
            if end <= first or last <= begin:
                rest.append((first, last))
                continue
            if first < begin:
                rest.append((first, begin))
            if end < last:
                rest.append((end, last))
        left = rest
    return left


def _minutes(span: Span) -> int:
    return int((span[1] - span[0]).total_seconds() // 60)


class DayLoad(NamedTuple):
    """One technician on one day, in working minutes: what the branch is open less absences, and what is booked."""

    capacity: int
    booked: int
    away: int = 0

    @property
    def free(self) -> int:
        """Minutes still free; negative when more is booked than there is time."""
        return self.capacity - self.booked

    @property
    def state(self) -> str:
        """``closed``, ``away``, ``over``, ``full`` (less than an hour free) or ``free``."""
        if self.capacity == 0:
            return "over" if self.booked else "away" if self.away else "closed"
        if self.free < 0:
            return "over"
        return "full" if self.free < 60 else "free"

    @property
    def percent(self) -> int:
        """Share of the capacity that is booked, 0 … 100."""
        return min(100, self.booked * 100 // self.capacity) if self.capacity else 100 if self.booked else 0


def day_load(open_spans: Sequence[Span], absences: Sequence[Span], booked: int) -> DayLoad:
    """Capacity and load of a day; ``booked`` are the expected minutes of its jobs (SO-19)."""
    away = shared_minutes(open_spans, absences)
    return DayLoad(sum(_minutes(span) for span in open_spans) - away, booked, away)


def end_of(start: datetime, minutes: int, open_spans: Sequence[Span]) -> datetime:
    """When a job of so many minutes ends: closed hours in between are a break, after the last one work goes on."""
    left = timedelta(minutes=minutes)
    at = start
    for begin, end in open_spans:
        if end <= at:
            continue
        if begin > at and at == start and not any(b <= start < e for b, e in open_spans):
            break  # begun outside the opening hours: the job is done in one go
        at = max(at, begin)
        if end - at >= left:
            return at + left
        left -= end - at
        at = end
    return at + left


def first_free(open_spans: Sequence[Span], busy: Sequence[Span], not_before: datetime, minutes: int) -> datetime | None:
    """The first moment, on the quarter of an hour, at which a job of so many minutes fits into one of the days.

    ``open_spans`` of one or more days; the job may last over lunch, not over night. None: there is no such moment.
    """
    days: dict[Any, list[Span]] = {}
    for span in open_spans:
        days.setdefault(span[0].date(), []).append(span)
    for spans in days.values():
        if spans[-1][1] <= not_before:
            continue
        candidates = [not_before, *(begin for begin, _ in spans), *(end for _, end in busy)]
        for start in sorted({_quarter(each) for each in candidates if each >= not_before}):
            if not any(begin <= start < end for begin, end in spans):
                continue
            end = end_of(start, minutes, spans)
            if end <= spans[-1][1] and not _busy(start, end, busy):
                return start
    return None


def _quarter(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at - over + QUARTER


def _busy(start: datetime, end: datetime, busy: Iterable[Span]) -> bool:
    return any(start < last and first < end for first, last in busy)


# -- may he be sent? --------------------------------------------------------------------------------------------


class Away(NamedTuple):
    """Somebody is not there."""

    begin: datetime
    end: datetime
    kind: str
    reason: str = ""


class Booking(NamedTuple):
    """A job with an appointment: ``number`` is its work order."""

    begin: datetime
    end: datetime
    number: str


def check_minutes_expected(minutes: int) -> None:
    """Raises ``Refused`` for a job of no or more than a day's length."""
    if not 1 <= minutes <= LONGEST_JOB:
        raise Refused(N_("Between 1 and 1440 minutes."), field="expected_minutes")


def check_free(
    name: str,
    start: datetime,
    minutes: int,
    *,
    open_spans: Sequence[Span],
    absences: Iterable[Away],
    bookings: Iterable[Booking],
    override_reason: str = "",
    field: str = "technician_id",
) -> None:
    """Whether the person can be there for a job that begins at ``start`` (SO-18, SO-19).

    Who is absent is not sent, whatever the reason. An appointment that runs into another one, or lies outside the
    opening hours, needs a reason. ``open_spans``: of the day of ``start``. Raises ``Refused``.
    """
    end = end_of(start, minutes, open_spans)
    for away in absences:
        if start < away.end and away.begin < end:
            raise Refused(
                N_("%(name)s is away from %(begin)s to %(end)s: choose somebody else or another time."),
                field=field,
                name=name,
                begin=_said(away.begin, start),
                end=_said(away.end, start),
            )
    if override_reason.strip():
        return
    for booking in bookings:
        if start < booking.end and booking.begin < end:
            raise Refused(
                N_("%(name)s has job %(number)s from %(begin)s to %(end)s already. Give the reason to book both."),
                field="override_reason",
                name=name,
                number=booking.number,
                begin=_said(booking.begin, start),
                end=_said(booking.end, start),
            )
    if not any(begin <= start < last for begin, last in open_spans):
        raise Refused(
            N_("The appointment lies outside the opening hours. Give the reason, for instance the customer's wish."),
            field="override_reason",
        )


def _said(at: datetime, near: datetime) -> str:
    local = at.astimezone(near.tzinfo)
    return f"{local:%H:%M}" if local.date() == near.date() else f"{local:%m-%d %H:%M}"


def check_absence(begin: datetime, end: datetime, others: Iterable[Span]) -> None:
    """An absence has an end after its beginning and does not overlap another of the same person. Raises ``Refused``."""
    if end <= begin:
        raise Refused(N_("The end lies before the beginning."), field="ends_at")
    if _busy(begin, end, others):
        raise Refused(N_("This absence overlaps with another one of the same person."), field="starts_at")


def check_urge(last_urged: datetime | None, now: datetime, pause_minutes: int) -> None:
    """A technician is reminded of a job once in so many minutes. Raises ``Refused``."""
    if last_urged is not None and now - last_urged < timedelta(minutes=pause_minutes):
        raise Refused(
            N_("Reminded %(minutes)s minutes ago already: once in %(pause)s minutes is enough."),
            minutes=int((now - last_urged).total_seconds() // 60),
            pause=pause_minutes,
        )


# -- the suggestion ---------------------------------------------------------------------------------------------

SAME_DISTRICT, SAME_CITY, ELSEWHERE = "district", "city", "elsewhere"


@dataclass(frozen=True)
class Weights:
    """What a difference is worth, in minutes of arriving later (data: settings)."""

    city: int = 30
    elsewhere: int = 60
    skill_step: int = 20
    no_part: int = 30


@dataclass(frozen=True)
class Candidate:
    """A technician for one call, as far as the day of the first free moment is concerned."""

    staff_id: int
    name: str
    skill: int = 0  # 0 none, 1 learning … 3 expert, for the product's category
    own_area: bool = False
    near: str = ELSEWHERE
    load: DayLoad = DayLoad(0, 0)
    wait: int | None = None  # working minutes until the first free moment; None: none within the days planned
    free_at: datetime | None = None
    part: bool | None = None  # has the probable part in the van; None: not known which
    away: Away | None = None


class Reason(NamedTuple):
    """Why somebody stands where he stands, as a message id with its values; ``good``: True, False or None (neutral)."""

    good: bool | None
    message: str
    params: dict[str, Any]


class Suggestion(NamedTuple):
    """A candidate with his place in the list (1 = the best) and the reasons for it."""

    place: int
    candidate: Candidate
    reasons: tuple[Reason, ...]
    recommended: bool


def cost(candidate: Candidate, weights: Weights) -> int:
    """How late he would be there, in minutes, with what speaks against him added (SO-19)."""
    travel = {SAME_DISTRICT: 0, SAME_CITY: weights.city}.get(candidate.near, weights.elsewhere)
    if candidate.own_area:
        travel = 0
    part = weights.no_part if candidate.part is False else 0
    return (candidate.wait or 0) + travel + weights.skill_step * (3 - candidate.skill) + part


def rank(
    candidates: Iterable[Candidate], weights: Weights, *, district: str, category: str, due: datetime | None
) -> list[Suggestion]:
    """The technicians, the best first: first who has the skill and time, of these who is there soonest (SO-19).

    ``district`` and ``category``: names for the reasons. The first is recommended unless skill or time is lacking.
    """
    ordered = sorted(
        candidates,
        key=lambda each: (
            each.wait is None,
            each.skill == 0,
            cost(each, weights),
            each.load.booked,
            each.staff_id,
        ),
    )
    return [
        Suggestion(
            place,
            each,
            tuple(reasons(each, district=district, category=category, due=due)),
            place == 1 and each.wait is not None and each.skill > 0,
        )
        for place, each in enumerate(ordered, 1)
    ]


_SKILL = {
    3: (True, N_("Expert in %(category)s")),
    2: (True, N_("Masters %(category)s")),
    1: (None, N_("Still learning %(category)s")),
    0: (False, N_("No skill for %(category)s")),
}


def reasons(candidate: Candidate, *, district: str, category: str, due: datetime | None) -> list[Reason]:
    """What speaks for and against a technician, in words."""
    good, message = _SKILL[candidate.skill]
    found = [Reason(good, message, {"category": category})]
    if candidate.away is not None:
        until = f"{candidate.away.end:%m-%d %H:%M}"
        found.append(Reason(False, N_("Away until %(until)s"), {"until": until}))
    if candidate.wait is None or candidate.free_at is None:
        found.append(Reason(False, N_("No time free on the days shown"), {}))
    else:
        when = {"when": f"{candidate.free_at:%m-%d %H:%M}"}
        if due is not None and candidate.free_at > due:
            found.append(Reason(False, N_("Free at %(when)s, too late"), when))
        else:
            found.append(Reason(True, N_("Free at %(when)s, in time"), when))
    if candidate.own_area:
        found.append(Reason(True, N_("%(district)s is the own area"), {"district": district}))
    if candidate.near == SAME_DISTRICT:
        found.append(Reason(True, N_("Has a job in %(district)s that day"), {"district": district}))
    elif not candidate.own_area:
        if candidate.near == SAME_CITY:
            found.append(Reason(None, N_("In the same city that day"), {}))
        else:
            found.append(Reason(False, N_("Far away that day"), {}))
    load = candidate.load
    found.append(
        Reason(
            load.free >= 60 if load.capacity else False,
            N_("Booked %(booked)s of %(capacity)s min"),
            {"booked": load.booked, "capacity": load.capacity},
        )
    )
    if candidate.part is not None:
        found.append(
            Reason(True, N_("Probable part in the van"), {})
            if candidate.part
            else Reason(None, N_("Probable part not in the van"), {})
        )
    return found


# -- outside contractors (SO-19) --------------------------------------------------------------------------------

CONTRACTOR_REQUEST_STATES = ("requested", "approved", "refused", "withdrawn", "dispatched")
CONTRACTOR_REQUEST_LABELS = {
    "requested": N_("Waiting for approval"),
    "approved": N_("Approved"),
    "refused": N_("Refused"),
    "withdrawn": N_("Request withdrawn"),
    "dispatched": N_("Dispatched"),
}
# A service centre has no branch manager (SO-13): there the service department decides.
_APPROVERS = roles("branch_manager", "service_department")

CONTRACTOR_REQUEST = Lifecycle(
    name="contractor_request",
    initial="requested",
    state_labels=CONTRACTOR_REQUEST_LABELS,
    verb_labels={
        "approve": N_("Approve"),
        "refuse": N_("Refuse"),
        "withdraw": N_("Withdraw"),
        "send": N_("Dispatch the contractor"),
    },
    transitions=(
        Transition("requested", "approve", "approved", _APPROVERS),
        Transition("requested", "refuse", "refused", _APPROVERS, required=("note",)),
        Transition("requested", "withdraw", "withdrawn", roles("supervisor")),
        Transition("approved", "withdraw", "withdrawn", roles("supervisor")),
        Transition("approved", "send", "dispatched", roles("supervisor")),
    ),
)
