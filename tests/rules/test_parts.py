"""Pure rules of parts and stock (SO-22)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refused
from app.parts.rules import (
    MOVE_KINDS,
    Change,
    JobParts,
    Line,
    check_explained,
    check_lines,
    check_move,
    check_serials,
    difference,
    ends,
    expected_at,
    initials,
    missing_to_reorder_point,
    serials_of,
    to_order,
)
from app.parts.rules import (
    OUTSIDE as ENDS,
)

STORE, VAN, SHELF, OUTSIDE = "warehouse", "van", "used", None

ALLOWED = [
    ("receipt", OUTSIDE, STORE),
    ("issue", STORE, VAN),
    ("issue", STORE, STORE),
    ("return", VAN, STORE),
    ("fitted", VAN, OUTSIDE),
    ("fitted", STORE, OUTSIDE),
    ("unfitted", OUTSIDE, VAN),
    ("unfitted", OUTSIDE, STORE),
    ("scrap", VAN, OUTSIDE),
    ("scrap", STORE, OUTSIDE),
    ("correction", OUTSIDE, STORE),
    ("correction", OUTSIDE, VAN),
    ("correction", STORE, OUTSIDE),
    ("correction", VAN, OUTSIDE),
    ("correction", OUTSIDE, SHELF),
    ("correction", SHELF, OUTSIDE),
    ("used", OUTSIDE, SHELF),
    ("scrap", SHELF, OUTSIDE),
    ("sent_back", SHELF, OUTSIDE),
    ("sent_back", STORE, OUTSIDE),
]
PLACES = (STORE, VAN, SHELF, OUTSIDE)


@pytest.mark.parametrize(("kind", "source", "target"), [(k, s, t) for k in MOVE_KINDS for s in PLACES for t in PLACES])
def test_so22_parts_move_only_where_their_kind_of_move_leads(kind: str, source: str | None, target: str | None) -> None:
    if (kind, source, target) in ALLOWED:
        check_move(kind, 1, source, target)
    else:
        with pytest.raises(Refused):
            check_move(kind, 1, source, target)


@pytest.mark.parametrize("quantity", [0, -1])
def test_so22_at_least_one_part_moves(quantity: int) -> None:
    with pytest.raises(Refused):
        check_move("receipt", quantity, None, "warehouse")


@pytest.mark.parametrize(("held", "point", "missing"), [(0, 2, 2), (2, 2, 0), (5, 2, 0), (0, 0, 0)])
def test_so22_what_is_missing_to_the_reorder_point(held: int, point: int, missing: int) -> None:
    assert missing_to_reorder_point(held, point) == missing


def test_so22_every_move_names_both_its_ends() -> None:
    for kind, source, target in ALLOWED:
        first, second = ends(kind, source, target)
        assert first and second, kind
        assert (source is None) == (first == ENDS.get(kind) and first != source)


@pytest.mark.parametrize(
    ("held", "reserved", "on_order", "point", "up_to", "ask"),
    [
        (5, 0, 0, 5, 20, 0),  # at the point nothing is missing
        (4, 0, 0, 5, 20, 16),
        (4, 0, 16, 5, 20, 0),  # it is on its way
        (4, 0, 1, 5, 20, 0),
        (4, 0, 0, 5, 0, 1),  # no level to fill up to: up to the point
        (9, 6, 0, 5, 10, 7),  # what is kept for jobs is spoken for
        (0, 0, 0, 0, 0, 0),
        (0, 0, 0, 0, 9, 0),
        (3, 3, 2, 3, 6, 4),
    ],
)
def test_so22_what_is_asked_for(held: int, reserved: int, on_order: int, point: int, up_to: int, ask: int) -> None:
    assert to_order(held, reserved, on_order, point, up_to) == ask


@given(
    held=st.integers(0, 99), on_order=st.integers(0, 99), point=st.integers(0, 50), more=st.integers(0, 50), n=st.data()
)
def test_so22_asking_once_is_enough(held: int, on_order: int, point: int, more: int, n: st.DataObject) -> None:
    reserved = n.draw(st.integers(0, held))
    ask = to_order(held, reserved, on_order, point, point + more)
    assert ask >= 0
    # What was asked for is on order: nothing is asked for a second time.
    assert to_order(held, reserved, on_order + ask, point, point + more) == 0
    assert not ask or held - reserved + on_order + ask == point + more


@pytest.mark.parametrize(
    ("typed", "serials"),
    [("", []), (None, []), ("A1", ["A1"]), (" A1,B2；C3\nD4 、E5 ", ["A1", "B2", "C3", "D4", "E5"])],
)
def test_so17_serial_numbers_as_they_are_typed_or_scanned(typed: str | None, serials: list[str]) -> None:
    assert serials_of(typed) == serials


@pytest.mark.parametrize(
    ("tracked", "quantity", "serials", "refusal"),
    [
        (True, 2, ["A", "B"], None),
        (True, 2, ["A"], "give 2 serial numbers"),
        (True, 1, [], "give 1 serial numbers"),
        (True, 2, ["A", "A"], "twice"),
        (True, 1, ["x" * 65], "too long"),
        (True, 1, ["x" * 64], None),
        (False, 2, [], None),
        (False, 1, ["A"], "has no serial numbers"),
    ],
)
def test_so17_a_part_with_serial_numbers_moves_with_all_of_them(
    tracked: bool, quantity: int, serials: list[str], refusal: str | None
) -> None:
    if refusal is None:
        assert check_serials(tracked, quantity, serials, "压缩机") == serials
    else:
        with pytest.raises(Refused, match=refusal):
            check_serials(tracked, quantity, serials, "压缩机")


NINE = datetime(2026, 11, 20, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "counted_at", "expected"),
    [
        ([], NINE, 10),
        ([(-1, -3)], NINE, 10),  # an hour before the count: it is in the figure already
        ([(1, -3)], NINE, 13),  # an hour after: they lay there when it was counted
        ([(1, 4)], NINE, 6),
        ([(1, -3), (2, 4)], NINE, 9),
        ([(1, -3), (2, 4)], NINE + HOUR, 6),
        ([(0, -3)], NINE, 10),  # at that very moment: before
    ],
)
def test_so22_what_moved_after_the_count_is_no_difference(
    changes: list[tuple[int, int]], counted_at: datetime, expected: int
) -> None:
    assert expected_at(10, [Change(NINE + hours * HOUR, pieces) for hours, pieces in changes], counted_at) == expected


@given(
    start=st.integers(0, 50),
    moves=st.lists(st.tuples(st.integers(0, 20), st.integers(-5, 5)), max_size=12),
    counted=st.integers(0, 20),
    error=st.integers(-5, 5),
)
def test_so22_a_booked_count_sets_the_books_right_whenever_it_is_booked(
    start: int, moves: list[tuple[int, int]], counted: int, error: int
) -> None:
    changes = [Change(NINE + hours * HOUR, pieces) for hours, pieces in moves]
    when = NINE + counted * HOUR
    really = start + error + sum(c.pieces for c in changes if c.at <= when)
    books_now = start + sum(c.pieces for c in changes)
    found = difference(really, expected_at(books_now, changes, when))
    # Whatever moved before, between and after: what is booked is the mistake that was in the books.
    assert found == error
    assert books_now + found == start + error + sum(c.pieces for c in changes)


def test_so22_every_line_is_counted_and_every_difference_explained() -> None:
    check_explained([("压缩机", 3, 0, ""), ("温控器", 2, -1, "受潮报废")])
    with pytest.raises(Refused, match="温控器 is not counted yet"):
        check_explained([("压缩机", 3, 0, ""), ("温控器", None, 0, "")])
    with pytest.raises(Refused, match="压缩机: explain"):
        check_explained([("压缩机", 3, 1, "  ")])
    assert difference(None, 7) == 0


def test_so22_a_slip_says_something() -> None:
    check_lines([Line(1, 2)], [])
    with pytest.raises(Refused):
        check_lines([], [], [])
    with pytest.raises(Refused):
        check_lines([Line(1, 0)])


@pytest.mark.parametrize(
    ("taken", "returned", "fitted", "balanced"), [(3, 1, 2, True), (3, 0, 2, False), (2, 1, 2, False), (0, 0, 0, True)]
)
def test_so22_what_was_taken_is_fitted_or_back(taken: int, returned: int, fitted: int, balanced: bool) -> None:
    assert JobParts(1, "压缩机", taken, returned, fitted).balanced is balanced


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("压缩机", "YSJ"),
        ("R32 制冷剂", "R32ZLJ"),
        ("门封条（冷藏）", "MFTLC"),
        ("sim卡-4G", "SIMK4G"),
        ("啊座", "AZ"),  # the first and one of the last characters of the table
        ("翡翠", "C"),  # a rare character has no initial
        ("繁體機", "F"),  # neither are traditional ones in it
        ("", ""),
    ],
)
def test_so22_a_part_is_found_by_its_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(max_size=40))
def test_so22_initials_are_capitals_and_digits(name: str) -> None:
    found = initials(name)
    assert len(found) <= len(name)
    assert all(each.isascii() and each.isalnum() and each == each.upper() for each in found)
    assert initials(found) == found
