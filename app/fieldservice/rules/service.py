"""What is derived for a job: its class, whether it was on time, its minutes (SO-1, SO-11, SO-15)."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.errors import N_, Refused

# -- what is derived --------------------------------------------------------------------------------------------


def derive_class(*, covered_by_contract: bool, in_warranty: bool) -> str:
    """Class of a customer job: contract in force → B, else warranty → C, else A (SO-1)."""
    if covered_by_contract:
        return "B"
    return "C" if in_warranty else "A"


def missed(arrive_by: datetime | None, arrived_at: datetime | None, now: datetime) -> bool:
    """Whether arrival was, or by ``now`` is, later than it had to be (SO-15)."""
    return arrive_by is not None and (arrived_at or now) > arrive_by


def check_reported(reported_at: datetime, now: datetime) -> None:
    """A call may be entered later than it came in, never before (CAL-4). Raises ``Refused``."""
    if reported_at > now:
        raise Refused(N_("The call cannot have come in later than now."), field="reported_at")


# -- the technician's minutes (SO-11) ---------------------------------------------------------------------------

LONGEST_ENTRY = 1440


def overlap(start: datetime, minutes: int, other_start: datetime, other_minutes: int) -> bool:
    """Whether two spans of work share a minute; one may begin when the other ends."""
    return start < other_start + timedelta(minutes=other_minutes) and other_start < start + timedelta(minutes=minutes)


def check_minutes(start: datetime, minutes: int, now: datetime) -> None:
    """Work is recorded after it was done and for one day at most (SO-11). Raises ``Refused``."""
    if not 1 <= minutes <= LONGEST_ENTRY:
        raise Refused(N_("Between 1 and 1440 minutes."), field="minutes")
    if start + timedelta(minutes=minutes) > now + timedelta(minutes=1):
        raise Refused(N_("These minutes are not over yet."), field="minutes")


def drafted_minutes(arrived_at: datetime, finished_at: datetime) -> int:
    """Minutes on site for the draft of the day's sheet; at least one, cut to whole minutes (SO-11)."""
    return max(1, int((finished_at - arrived_at).total_seconds() // 60))
