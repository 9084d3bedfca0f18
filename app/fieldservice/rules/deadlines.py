"""What a call's deadlines are made of, who is told when one comes near, and whether an appointment was kept.

The arithmetic itself – working time, pauses, explanation – is ``app.calendars.rules`` (CAL-1 … CAL-6, SO-10, SO-15, SO-18).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from app.core.errors import N_

ARRIVAL, FINISH, WORKSHOP = "arrival", "finish", "workshop"
# The last one is a repair card's, not a call's: the workshop watches it with the same levels (SO-10).
DEADLINES = (ARRIVAL, FINISH, WORKSHOP)
DEADLINE_LABELS = {ARRIVAL: N_("Arrival"), FINISH: N_("Promised finish"), WORKSHOP: N_("Promised return")}
WAITING_FOR = ("customer", "parts")
WAITING_LABELS = {"customer": N_("waiting for the customer"), "parts": N_("waiting for parts")}
ESCALATION_ROLES = ("technician", "supervisor", "branch_manager", "service_department")
STATE_LABELS = {"met": N_("met"), "missed": N_("missed"), "running": N_("running"), "paused": N_("paused")}


# -- the target (SO-15) -----------------------------------------------------------------------------------------


class Target(NamedTuple):
    """Working minutes from call to arrival for a zone and priority, of one contract or (None) in general."""

    zone: str
    priority: str
    contract_id: int | None
    minutes: int


def target_for(
    targets: Iterable[Target], zone: str, priority: str, contract_id: int | None, otherwise: int
) -> tuple[int, Target | None]:
    """Working minutes to arrival, and the line they come from (None: ``otherwise``, the zone's setting) (SO-15).

    The contract's own line for this priority comes first, then the general one, then the same two for ordinary calls.
    """
    lines = {(line.zone, line.priority, line.contract_id): line for line in targets}
    for wanted in (priority, "normal"):
        for contract in (contract_id, None):
            line = lines.get((zone, wanted, contract))
            if line is not None:
                return line.minutes, line
    return otherwise, None


# -- escalation (SO-10, SO-15) ----------------------------------------------------------------------------------


class Level(NamedTuple):
    """Tell ``role`` when ``minutes`` working minutes are left; 0: when missed; negative: so many after that."""

    id: int
    deadline: str
    minutes: int
    role: str


def reached(levels: Iterable[Level], *, missed: bool, left: int, is_open: bool) -> list[Level]:
    """The levels a running or missed deadline has come to, the most pressing last.

    ``left``: working minutes to the deadline, negative after it. Nothing is reached while the branch is closed: what
    comes due at night waits for the next opening. A deadline that is missed by closed hours only (``left`` 0) is missed.
    """
    if not is_open:
        return []
    found = [level for level in levels if left <= level.minutes and (level.minutes > 0 or missed)]
    return sorted(found, key=lambda level: (-level.minutes, level.id))


def to_tell(found: Iterable[Level], told: Collection[int]) -> tuple[list[Level], list[Level]]:
    """``(to tell now, overtaken)`` of the levels reached, without those ``told`` already (ids).

    A role hears of the most pressing level only; an earlier one that nobody got round to (the scheduler stood still,
    the call was entered late) is overtaken and never told.
    """
    pressing: dict[str, Level] = {}
    new: list[Level] = []
    for level in found:
        pressing[level.role] = level
        if level.id not in told:
            new.append(level)
    tell = [level for level in new if pressing[level.role] == level]
    return tell, [level for level in new if level not in tell]


# -- appointments (SO-18) and the two clocks (SO-15) ---------------------------------------------------------------

KEPT, BROKEN, AHEAD = "kept", "broken", "ahead"


def appointment_standing(appointment_at: datetime, arrived_at: datetime | None, now: datetime, tolerance: int) -> str:
    """Whether the appointment was kept within ``tolerance`` minutes: kept, broken, or still ahead (SO-18).

    Being early breaks nothing: the customer opened the door.
    """
    late = (arrived_at or now) > appointment_at + timedelta(minutes=tolerance)
    if late:
        return BROKEN
    return KEPT if arrived_at is not None else AHEAD


def told_in_time(appointment_at: datetime, told_at: datetime, tolerance: int) -> bool:
    """Whether the customer was told of another time before the old appointment was broken (SO-18)."""
    return told_at <= appointment_at + timedelta(minutes=tolerance)


def clock_skew(server_at: datetime, device_at: datetime | None) -> int:
    """Minutes by which the device's clock goes ahead of ours (negative: behind); 0 without a device's time (SO-15)."""
    if device_at is None:
        return 0
    seconds = (device_at - server_at).total_seconds()
    return int(abs(seconds) // 60) * (1 if seconds > 0 else -1)


def is_skewed(server_at: datetime, device_at: datetime | None, tolerance: int) -> bool:
    """Whether the two clocks differ by more than ``tolerance`` minutes."""
    return device_at is not None and abs(device_at - server_at) > timedelta(minutes=tolerance)
