"""What a typed number means (the search box of every page)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.search import Asked, asked

WHOLE = ("JX-NJ-20261121-0003",)
CASES = [
    ("JX-NJ-20261121-0003", Asked(whole=WHOLE, prefix="JX")),
    (" jx-nj-20261121-0003 ", Asked(whole=WHOLE, prefix="JX")),
    ("jx nj 20261121 0003", Asked(whole=WHOLE, prefix="JX")),
    ("JX–NJ–20261121–0003", Asked(whole=WHOLE, prefix="JX")),
    ("JXNJ202611210003", Asked(whole=WHOLE, prefix="JX")),
    ("JX-NJ-20261121-10003", Asked(whole=("JX-NJ-20261121-10003",), prefix="JX")),
    ("JX-NJ-20261121", Asked(begin="JX-NJ-20261121-0000", end="JX-NJ-20261121-9999", prefix="JX")),
    ("JX-NJ-202611", Asked(begin="JX-NJ-20261100-0000", end="JX-NJ-20261199-9999", prefix="JX")),
    ("JX-NJ-20261121-00", Asked(begin="JX-NJ-20261121-0000", end="JX-NJ-20261121-0099", prefix="JX")),
    ("JX-NJ-", Asked(begin="JX-NJ-00000000-0000", end="JX-NJ-99999999-9999", prefix="JX")),
    (
        "1121-0003",
        Asked(whole=("JX-NJ-20261121-0003", "JX-SZ-20261121-0003", "PG-NJ-20261121-0003", "PG-SZ-20261121-0003")),
    ),
    (
        "20251121-3",
        Asked(whole=("JX-NJ-20251121-0003", "JX-SZ-20251121-0003", "PG-NJ-20251121-0003", "PG-SZ-20251121-0003")),
    ),
    (
        "202511210003",
        Asked(whole=("JX-NJ-20251121-0003", "JX-SZ-20251121-0003", "PG-NJ-20251121-0003", "PG-SZ-20251121-0003")),
    ),
    ("1399-0003", Asked()),
    ("025-84710001", Asked()),
    ("13800000001", Asked()),
    ("138 0000 0001", Asked()),
    ("张伟", Asked()),
    ("KFR-35GW", Asked()),
    ("JX", Asked()),
    ("", Asked()),
    ("-", Asked()),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text or "nothing" for text, _ in CASES])
def test_a_typed_number(text: str, expected: Asked) -> None:
    assert asked(text, year=2026, prefixes=("JX", "PG"), branches=("NJ", "SZ")) == expected


@given(st.text(max_size=40))
def test_nothing_typed_breaks_it(text: str) -> None:
    found = asked(text, year=2026, prefixes=("JX",), branches=("NJ",))
    assert bool(found) == bool(found.whole or found.begin)
    assert found.begin <= found.end


@given(
    st.sampled_from(["JX", "PG", "FW"]),
    st.sampled_from(["NJ", "HQ", "SZ2"]),
    st.dates(),
    st.integers(min_value=1, max_value=9999),
    st.integers(min_value=3, max_value=18),
)
def test_a_number_stands_in_the_range_of_its_beginning(
    prefix: str, branch: str, day: object, number: int, cut: int
) -> None:
    whole = f"{prefix}-{branch}-{str(day).replace('-', '')}-{number:04d}"
    found = asked(whole[:cut], year=2026)
    if found.begin:
        assert found.begin <= whole <= found.end
