"""The figures of complaints and return visits, computed once: screens, PDF and spreadsheets all show these (CP-14, RV-5).

Plain Python over plain facts; ``queries`` fetches the facts with the eyes of whoever asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

# -- complaints ---------------------------------------------------------------------------------------------------

MET, LATE, OVERDUE, RUNNING = STANDINGS = ("met", "late", "overdue", "open")
# Those that were met or ran out: what lateness is measured by.
ENDED = (MET, LATE, OVERDUE)


class StageFact(NamedTuple):
    """A stage of CP-3 against its deadline; ``against`` is who answers for it, or answered when it was missed (CP-16)."""

    stage: str
    state: str
    against: str = ""
    due_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def missed(self) -> bool:
        """Met too late, or passed without."""
        return self.state in (LATE, OVERDUE)


@dataclass(frozen=True)
class ComplaintFact:
    """A complaint as it stood at the end of the period (or stands now).

    ``received`` in the period, else it was ``carried`` into it; ``outcome`` is open, settled or withdrawn; ``handler``
    is who answers for it: until a handler is named, the supervisor (CP-7); ``stages`` are those of CP-3 that apply.
    """

    id: int
    number: str
    branch: str
    category: str
    severity: str
    status: str
    outcome: str
    received: bool
    handler: str
    cause: str
    stages: tuple[StageFact, ...]

    @property
    def carried(self) -> bool:
        """Open from before the period."""
        return not self.received

    @property
    def open(self) -> bool:
        """Still open at the end."""
        return self.outcome == "open"

    @property
    def settled(self) -> bool:
        """Settled at the end."""
        return self.outcome == "settled"

    @property
    def withdrawn(self) -> bool:
        """Withdrawn by the customer."""
        return self.outcome == "withdrawn"

    @property
    def missed(self) -> bool:
        """Whether a deadline was missed or passed."""
        return any(each.missed for each in self.stages)

    @property
    def major(self) -> bool:
        """A major complaint (CP-5)."""
        return self.severity == "major"


@dataclass(frozen=True)
class ComplaintTally:
    """How many of a kind: what came in and was carried over is open, settled or withdrawn at the end."""

    received: int = 0
    carried: int = 0
    settled: int = 0
    withdrawn: int = 0
    open: int = 0
    missed: int = 0
    major: int = 0


@dataclass(frozen=True)
class VisitFact:
    """A return visit that was due in the period, or made in it.

    ``outcome`` is made, open or given_up; ``in_time``: made by the day it was due.
    """

    id: int
    number: str
    branch: str
    cause: str
    visitor: str
    due_on: date
    done_on: date | None
    due: bool
    done: bool
    outcome: str
    satisfaction: str

    @property
    def made(self) -> bool:
        """Due in the period, and made."""
        return self.due and self.outcome == "made"

    @property
    def in_time(self) -> bool:
        """Due in the period and made by that day (RV-1)."""
        return self.made and self.done_on is not None and self.done_on <= self.due_on

    @property
    def late(self) -> bool:
        """Due in the period and made later."""
        return self.made and not self.in_time

    @property
    def open(self) -> bool:
        """Due in the period and still to be made."""
        return self.due and self.outcome == "open"

    @property
    def given_up(self) -> bool:
        """Due in the period; the customer was never reached."""
        return self.due and self.outcome == "given_up"

    @property
    def unsatisfactory(self) -> bool:
        """Made in the period, and the customer was not content (RV-5)."""
        return self.done and self.satisfaction == "dissatisfied"


@dataclass(frozen=True)
class VisitTally:
    """Of the visits due: made (in time or late), open, given up. Of those made in the period: unsatisfactory ones."""

    due: int = 0
    made: int = 0
    in_time: int = 0
    late: int = 0
    open: int = 0
    given_up: int = 0
    done: int = 0
    unsatisfactory: int = 0


T = TypeVar("T", ComplaintTally, VisitTally)


def tally(kind: type[T], facts: Iterable[Any]) -> T:
    """Count the facts under every column of the tally."""
    found = list(facts)
    return kind(**{column.name: sum(bool(getattr(fact, column.name)) for fact in found) for column in fields(kind)})


def by(kind: type[T], facts: Iterable[Any], key: Callable[[Any], str], order: Sequence[str] = ()) -> dict[str, T]:
    """The same for each value of ``key`` that occurs, in the given ``order``, values that it lacks behind."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for fact in facts:
        groups[key(fact)].append(fact)
    places = {value: place for place, value in enumerate(order)}
    ordered = sorted(groups, key=lambda value: (places.get(value, len(places)), value))
    return {value: tally(kind, groups[value]) for value in ordered}


def deadlines(facts: Iterable[ComplaintFact], stages: Sequence[str]) -> dict[str, dict[str, int]]:
    """Per stage of CP-3 how many deadlines were met, late, are past or running."""
    found = {stage: dict.fromkeys(STANDINGS, 0) for stage in stages}
    for fact in facts:
        for each in fact.stages:
            found[each.stage][each.state] += 1
    return found


def deadline_rows(
    facts: Iterable[ComplaintFact], states: Collection[str], *, stage: str | None = None, against: str | None = None
) -> list[tuple[ComplaintFact, StageFact]]:
    """The deadlines behind a number of ``deadlines`` or ``lateness``, each with its complaint."""
    return [
        (fact, each)
        for fact in facts
        for each in fact.stages
        if each.state in states and stage in (None, each.stage) and against in (None, each.against)
    ]


@dataclass(frozen=True)
class Lateness:
    """A person's deadlines in the period (CP-16): ``missed`` of ``deadlines``, in ``cases`` complaints."""

    handler: str
    cases: int
    deadlines: int
    late: int
    overdue: int

    @property
    def missed(self) -> int:
        """Deadlines met too late or past."""
        return self.late + self.overdue


def lateness(facts: Iterable[ComplaintFact]) -> list[Lateness]:
    """Per person answerable, whoever missed most first (CP-16).

    Every deadline counts once, under who answered for it when it was missed; a complaint that went from hand to hand is
    a case of each of them. Where nobody can answer the name is empty.
    """
    cases: dict[str, set[int]] = defaultdict(set)
    states: dict[str, list[str]] = defaultdict(list)
    for place, fact in enumerate(facts):
        for each in fact.stages:
            cases[each.against].add(place)
            states[each.against].append(each.state)
    rows = [
        Lateness(
            handler=name,
            cases=len(cases[name]),
            deadlines=sum(state in ENDED for state in found),
            late=found.count(LATE),
            overdue=found.count(OVERDUE),
        )
        for name, found in states.items()
    ]
    return sorted(rows, key=lambda row: (-row.missed, -row.cases, row.handler))


@dataclass(frozen=True)
class ParetoBar:
    """A cause, how often, and the share of all causes up to and with it, in thousandths."""

    key: str
    count: int
    share: int
    cumulative: int


def _thousandths(part: int, whole: int) -> int:
    """Rounded half up, as people do."""
    return (2000 * part + whole) // (2 * whole)


def shares(counts: Sequence[int]) -> list[int]:
    """The share of each in thousandths; together they make up the whole, as each is what it adds to those before."""
    whole, running, before, found = sum(counts), 0, 0, []
    for count in counts:
        running += count
        reached = _thousandths(running, whole) if whole else 0
        found.append(reached - before)
        before = reached
    return found


def pareto(counts: dict[str, int]) -> list[ParetoBar]:
    """The causes by frequency, with the running share of the whole; nothing for what did not occur (CP-14)."""
    ordered = sorted(((key, count) for key, count in counts.items() if count > 0), key=lambda item: (-item[1], item[0]))
    running = 0
    bars: list[ParetoBar] = []
    for (key, count), share in zip(ordered, shares([count for _key, count in ordered]), strict=True):
        running += share
        bars.append(ParetoBar(key, count, share, running))
    return bars


# -- what comes again (CP-14, RV-5) ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Occurrence:
    """One complaint or repair: ``subject`` is what it is about (a customer's product), ``marks`` what makes two the same.

    ``follows`` is the id of an earlier one it was linked to.
    """

    id: int
    at: datetime
    subject: tuple[Any, ...]
    marks: frozenset[Any] = frozenset()
    follows: int | None = None


def again(found: Iterable[Occurrence], times: int, since: datetime, *, any_mark: bool = False) -> list[list[int]]:
    """Groups of at least ``times`` occurrences of the same matter, the last of them at ``since`` or later.

    Two are the same matter when they are about the same subject and share a mark, or one follows the other;
    ``any_mark``: the subject alone is enough. Ids in the order of time; the longest and newest group first.
    """
    rows = sorted(found, key=lambda row: (row.at, row.id))
    leader = {row.id: row.id for row in rows}

    def root(key: int) -> int:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    seen: dict[Any, int] = {}
    for row in rows:
        if row.follows in leader:
            leader[root(row.id)] = root(row.follows)
        for mark in [None] if any_mark else sorted(row.marks, key=str):
            first = seen.setdefault((row.subject, mark), row.id)
            leader[root(row.id)] = root(first)
    groups: dict[int, list[Occurrence]] = defaultdict(list)
    for row in rows:
        groups[root(row.id)].append(row)
    kept = [group for group in groups.values() if len(group) >= times and group[-1].at >= since]
    kept.sort(key=lambda group: group[-1].at, reverse=True)
    kept.sort(key=len, reverse=True)
    return [[row.id for row in group] for group in kept]
