"""The figures of complaints and return visits: every table adds up to the whole (CP-14, CP-16, RV-5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reporting import figures
from app.reporting.chart import pareto
from app.reporting.figures import ComplaintFact, ComplaintTally, Occurrence, StageFact, VisitFact, VisitTally

STAGES = ("acknowledged", "verified", "proposed", "settled")
STATES = (figures.MET, figures.LATE, figures.OVERDUE, figures.RUNNING)
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)

complaints = st.lists(
    st.builds(
        ComplaintFact,
        id=st.integers(1, 9999),
        number=st.just("TS-1"),
        branch=st.sampled_from(("南京", "苏州", "无锡")),
        category=st.sampled_from(("attitude", "delay", "other")),
        severity=st.sampled_from(("ordinary", "major")),
        status=st.sampled_from(("received", "verified", "closed", "withdrawn")),
        outcome=st.sampled_from(("open", "settled", "withdrawn")),
        received=st.booleans(),
        handler=st.sampled_from(("", "陈国栋", "赵明华")),
        cause=st.sampled_from(("attitude", "delay", "other")),
        stages=st.lists(
            st.builds(
                StageFact, st.sampled_from(STAGES), st.sampled_from(STATES), st.sampled_from(("", "陈国栋", "赵明华"))
            ),
            max_size=4,
        ).map(tuple),
    ),
    max_size=40,
)
visits = st.lists(
    st.builds(
        VisitFact,
        id=st.integers(1, 9999),
        number=st.just("HF-1"),
        branch=st.sampled_from(("南京", "苏州")),
        cause=st.sampled_from(("repair", "complaint")),
        visitor=st.sampled_from(("", "周晓芸")),
        due_on=st.dates(DAY, DAY + timedelta(days=9)),
        done_on=st.dates(DAY, DAY + timedelta(days=9)),
        due=st.booleans(),
        done=st.booleans(),
        outcome=st.sampled_from(("made", "open", "given_up")),
        satisfaction=st.sampled_from(("satisfied", "dissatisfied", "")),
    ),
    max_size=40,
)


def added(rows: list, kind: type) -> object:  # type: ignore[type-arg]  # tallies of either kind
    return kind(**{column.name: sum(getattr(row, column.name) for row in rows) for column in fields(kind)})


@given(complaints)
def test_cp14_every_breakdown_adds_up_to_the_total(facts: list[ComplaintFact]) -> None:
    total = figures.tally(ComplaintTally, facts)
    for key in ("branch", "category", "severity", "status", "handler"):
        parts = figures.by(ComplaintTally, facts, lambda fact, key=key: getattr(fact, key))
        assert added(list(parts.values()), ComplaintTally) == total


@given(complaints)
def test_cp14_what_came_in_and_was_carried_over_ended_somehow(facts: list[ComplaintFact]) -> None:
    total = figures.tally(ComplaintTally, facts)
    assert total.received + total.carried == total.open + total.settled + total.withdrawn == len(facts)


@given(complaints)
def test_cp16_lateness_by_handler_counts_every_missed_deadline_once(facts: list[ComplaintFact]) -> None:
    rows = figures.lateness(facts)
    counts = figures.deadlines(facts, STAGES)
    assert sum(row.missed for row in rows) == sum(
        each[figures.LATE] + each[figures.OVERDUE] for each in counts.values()
    )
    assert sum(row.deadlines for row in rows) == sum(
        sum(each.values()) - each[figures.RUNNING] for each in counts.values()
    )
    # A complaint that went from hand to hand is a case of each.
    assert sum(row.cases for row in rows) == sum(len({each.against for each in fact.stages}) for fact in facts)
    assert [row.missed for row in rows] == sorted((row.missed for row in rows), reverse=True)


@given(complaints)
def test_cp16_behind_every_number_stands_its_list(facts: list[ComplaintFact]) -> None:
    for stage, counts in figures.deadlines(facts, STAGES).items():
        for state, count in counts.items():
            assert len(figures.deadline_rows(facts, (state,), stage=stage)) == count
    for row in figures.lateness(facts):
        ended = figures.deadline_rows(facts, figures.ENDED, against=row.handler)
        assert len(ended) == row.deadlines and sum(each.missed for _fact, each in ended) == row.missed


@pytest.mark.parametrize(
    ("counts", "expected"), [([], []), ([0, 0], [0, 0]), ([1, 1, 1], [333, 334, 333]), ([716, 773, 150, 75], [418, 451, 87, 44])]
)  # fmt: skip
def test_rv5_shares_make_up_the_whole(counts: list[int], expected: list[int]) -> None:
    found = figures.shares(counts)
    assert found == expected and sum(found) == (1000 if sum(counts) else 0)


@given(visits)
def test_rv5_what_was_due_was_made_or_not(facts: list[VisitFact]) -> None:
    total = figures.tally(VisitTally, facts)
    assert total.due == total.made + total.open + total.given_up
    assert total.made == total.in_time + total.late
    assert total.unsatisfactory <= total.done
    for key in ("branch", "cause", "visitor"):
        parts = figures.by(VisitTally, facts, lambda fact, key=key: getattr(fact, key))
        assert added(list(parts.values()), VisitTally) == total


@pytest.mark.parametrize(
    ("done_on", "due", "in_time", "late"),
    [(DAY, True, True, False), (DAY + timedelta(days=1), True, False, True), (DAY, False, False, False)],
)
def test_rv1_in_time_is_by_the_day_it_is_due(done_on: date, due: bool, in_time: bool, late: bool) -> None:
    fact = VisitFact(1, "HF-1", "南京", "repair", "", DAY, done_on, due, True, "made", "satisfied")
    assert (fact.in_time, fact.late) == (in_time, late)


def test_cp14_pareto_by_frequency_with_the_running_share() -> None:
    bars = figures.pareto({"delay": 1, "attitude": 6, "other": 0, "product": 3})
    assert [(bar.key, bar.count, bar.share, bar.cumulative) for bar in bars] == [
        ("attitude", 6, 600, 600),
        ("product", 3, 300, 900),
        ("delay", 1, 100, 1000),
    ]
    assert figures.pareto({}) == [] and figures.pareto({"delay": 0}) == []


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 500)))
def test_cp14_pareto_ends_at_the_whole(counts: dict[str, int]) -> None:
    bars = figures.pareto(counts)
    assert sum(bar.count for bar in bars) == sum(counts.values())
    assert [bar.count for bar in bars] == sorted((bar.count for bar in bars), reverse=True)
    assert not bars or bars[-1].cumulative == sum(bar.share for bar in bars) == 1000


def again(
    *rows: tuple[int, int, str, str, int | None], times: int = 2, since: int = 0, any_mark: bool = False
) -> object:
    """Rows of (id, day, subject, marks, follows)."""
    found = [
        Occurrence(key, NOW + timedelta(days=day), (subject,), frozenset(marks), follows)
        for key, day, subject, marks, follows in rows
    ]
    return figures.again(found, times, NOW + timedelta(days=since), any_mark=any_mark)


@pytest.mark.parametrize(
    ("rows", "times", "expected"),
    [
        # the same product, the same fault
        ([(1, 0, "v", "a", None), (2, 5, "v", "a", None)], 2, [[1, 2]]),
        # another fault, another product
        ([(1, 0, "v", "a", None), (2, 5, "v", "b", None)], 2, []),
        ([(1, 0, "v", "a", None), (2, 5, "w", "a", None)], 2, []),
        # linked as a repetition although the codes differ (KP-2)
        ([(1, 0, "v", "a", None), (2, 5, "v", "b", 1)], 2, [[1, 2]]),
        # a chain: 1–2 by code, 2–3 by link
        ([(1, 0, "v", "a", None), (2, 5, "v", "ab", None), (3, 9, "v", "", 2)], 3, [[1, 2, 3]]),
        ([(1, 0, "v", "a", None), (2, 5, "v", "a", None)], 3, []),
        # without a code nothing is the same
        ([(1, 0, "v", "", None), (2, 5, "v", "", None)], 2, []),
        # follows one that is not in the list
        ([(1, 0, "v", "", 99), (2, 5, "v", "", 99)], 2, []),
    ],
)
def test_rv5_the_same_repair(rows: list[tuple[int, int, str, str, int | None]], times: int, expected: object) -> None:
    assert again(*rows, times=times) == expected


def test_rv5_the_last_one_lies_in_the_period_and_the_longest_comes_first() -> None:
    rows = [
        (1, 0, "v", "", None),
        (2, 1, "v", "", None),
        (3, 2, "w", "", None),
        (4, 3, "w", "", None),
        (5, 9, "w", "", None),
    ]
    assert again(*rows, any_mark=True) == [[3, 4, 5], [1, 2]]
    assert again(*rows, any_mark=True, since=5) == [[3, 4, 5]]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from("vw"), st.sampled_from(("", "a", "b", "ab"))), max_size=20)
)
def test_rv5_groups_hold_each_record_at_most_once(found: list[tuple[int, str, str]]) -> None:
    groups = again(*((key, day, subject, marks, None) for key, (day, subject, marks) in enumerate(found, 1)))
    counted = Counter(key for group in groups for key in group)  # type: ignore[attr-defined]  # a list of lists
    assert all(times == 1 for times in counted.values())
    for group in groups:  # type: ignore[attr-defined]  # likewise
        assert len({found[key - 1][1] for key in group}) == 1


def test_the_chart_escapes_what_it_is_given_and_is_empty_for_nothing() -> None:
    drawn = pareto([("<b>&", 3, 600), ("Delivery delay of parts", 2, 1000)], title='"x"<y>')
    assert (
        "<b>" not in drawn and "&lt;b&gt;&amp;" in drawn and drawn.count("<rect") == 2 and drawn.count("<circle") == 2
    )
    assert pareto([], title="x") == ""
