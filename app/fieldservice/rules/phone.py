"""The technician's telephone without a network: when something happened, which states lie ahead, what is handed over."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

WAY = ("dispatched", "accepted", "arrived", "finished")
MOST_LINES, LONGEST_NAME, LONGEST_TEXT = 60, 60, 1000

PHONE_ENTRY_LABELS = {"open": N_("Handed over"), "settled": N_("Settled")}
PHONE_ENTRY_STATES = tuple(PHONE_ENTRY_LABELS)
PHONE_ENTRY = Lifecycle(
    name="phone_entry",
    initial="open",
    state_labels=PHONE_ENTRY_LABELS,
    verb_labels={"settle": N_("Settle")},
    transitions=(Transition("open", "settle", "settled", roles("supervisor"), required=("note",)),),
)


BESIDE = frozenset({"urged", "crew", "class", "reserved", "moved", "repeat_cause", "note"})
"""What is written beside the way of a job, by the office too: no step follows it."""


def ahead(status: str) -> tuple[str, ...]:
    """The states a technician may still take a job through by himself on site, in their order."""
    return WAY[WAY.index(status) + 1 :] if status in WAY else ()


def follows(dispatched_at: datetime, events: Iterable[tuple[str, datetime]]) -> datetime:
    """The moment before which nothing more happened on a job: its last event (kind, time) that is a step (CAL-4)."""
    return max([dispatched_at, *(at for kind, at in events if kind not in BESIDE)])


def entered(now: datetime, happened: datetime, earliest: datetime, longest: timedelta) -> datetime:
    """When a verb happened that a telephone kept for want of a network (CAL-4): never before what it follows.

    Raises ``Refused`` when it is longer ago than ``longest``: days like that are settled, the supervisor decides.
    """
    if now - happened > longest:
        raise Refused(
            N_("This was entered more than %(hours)s hours ago: hand it to the supervisor."),
            hours=int(longest.total_seconds() // 3600),
        )
    return min(max(happened, earliest), now)


def kept_lines(text: str) -> list[list[str]]:
    """What was typed, as the telephone sends it: ``[[field, text], …]``. Raises ``Refused`` for anything else."""
    try:
        found = json.loads(text or "[]")
        lines = [[str(name)[:LONGEST_NAME], str(value)[:LONGEST_TEXT]] for name, value in found][:MOST_LINES]
    except (ValueError, TypeError) as problem:
        raise Refused(N_("What the telephone sent cannot be read.")) from problem
    return [[part.replace("\x00", "") for part in line] for line in lines]
