"""The telephone without a network: which states lie ahead, when something happened, what is handed over (CAL-4)."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refused
from app.fieldservice import rules
from app.fieldservice.queries import phone
from app.fieldservice.rules import WORK_ORDER

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LONGEST = timedelta(hours=72)
BACK = st.integers(min_value=-5, max_value=72 * 60)


@pytest.mark.parametrize(
    ("status", "ahead"),
    [
        ("dispatched", ("accepted", "arrived", "finished")),
        ("accepted", ("arrived", "finished")),
        ("arrived", ("finished",)),
        ("finished", ()),
        ("in_workshop", ()),
        ("cancelled", ()),
    ],
)
def test_what_lies_ahead(status: str, ahead: tuple[str, ...]) -> None:
    assert rules.ahead(status) == ahead


def test_a_technician_alone_can_take_every_step_of_the_way() -> None:
    way = ("dispatched", *rules.ahead("dispatched"))
    for state, following in itertools.pairwise(way):
        assert following in {each.target for each in WORK_ORDER.allowed(state, ["technician"])}


@given(BACK, st.integers(min_value=0, max_value=72 * 60))
def test_cal4_never_before_what_it_follows_and_never_later_than_now(back: int, follows: int) -> None:
    earliest = NOW - timedelta(minutes=follows)
    found = rules.entered(NOW, NOW - timedelta(minutes=back), earliest, LONGEST)
    assert earliest <= found <= NOW
    if earliest <= NOW - timedelta(minutes=back) <= NOW:
        assert found == NOW - timedelta(minutes=back)


@pytest.mark.parametrize(
    ("events", "minutes_ago"),
    [
        ([], 90),
        ([("accepted", 60)], 60),
        ([("accepted", 60), ("urged", 5)], 60),
        ([("crew", 50), ("class", 40), ("reserved", 30), ("moved", 20), ("repeat_cause", 10), ("note", 5)], 90),
        ([("on_the_way", 40), ("paused", 30), ("urged", 20)], 30),
        ([("paused", 30), ("resumed", 10), ("moved", 5)], 10),
        ([("reassigned", 15), ("accepted", 60)], 15),
    ],
)
def test_cal4_what_the_office_writes_meanwhile_makes_no_step_later(
    events: list[tuple[str, int]], minutes_ago: int
) -> None:
    at = [(kind, NOW - timedelta(minutes=ago)) for kind, ago in events]
    assert rules.follows(NOW - timedelta(minutes=90), at) == NOW - timedelta(minutes=minutes_ago)


def test_cal4_what_is_too_old_goes_to_the_supervisor() -> None:
    assert rules.entered(NOW, NOW - LONGEST, NOW - 2 * LONGEST, LONGEST) == NOW - LONGEST
    with pytest.raises(Refused) as told:
        rules.entered(NOW, NOW - LONGEST - timedelta(seconds=1), NOW - 2 * LONGEST, LONGEST)
    assert told.value.params == {"hours": 72}


@pytest.mark.parametrize("text", ["{", "5", "[1]", '[["a"]]', '[["a", "b", "c"]]', '{"a": 1}'])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        rules.kept_lines(text)


def test_what_was_typed_is_kept_within_bounds() -> None:
    assert rules.kept_lines("") == []
    assert rules.kept_lines(json.dumps([["分钟", 30], ["备注", "a\x00b"]])) == [["分钟", "30"], ["备注", "ab"]]
    long = rules.kept_lines(json.dumps([["x" * 100, "y" * 5000]] * 100))
    assert (len(long), len(long[0][0]), len(long[0][1])) == (60, 60, 1000)


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("https://uri.amap.com/search?keyword={address}", True),
        ("geo:0,0?q={address}", True),
        ("baidumap://map/geocoder?address={address}", True),
        ("http://maps.example.com/{address}", False),
        ("javascript:alert('{address}')", False),
        ("https://uri.amap.com/", False),
    ],
)
def test_where_navigate_may_lead(value: str, good: bool) -> None:
    if good:
        phone.check_map_address(value)
    else:
        with pytest.raises(Refused):
            phone.check_map_address(value)
