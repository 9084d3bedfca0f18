"""Pure rules of maintenance contracts (CO-1, SO-1, SO-16)."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from app.contracts import rules
from app.core.errors import NotPermitted, Refused

START, END = date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("status", "on", "covered"),
    [
        ("in_force", START, True),
        ("in_force", END, True),
        ("in_force", date(2025, 12, 31), False),
        ("in_force", date(2027, 1, 1), False),
        ("draft", START, False),
        ("ended", START, False),
        ("cancelled", START, False),
    ],
)
def test_so1_a_contract_covers_from_its_first_to_its_last_day(status: str, on: date, covered: bool) -> None:
    assert rules.covers(status, START, END, on) is covered


@pytest.mark.parametrize(
    ("status", "today", "wanted"),
    [
        ("in_force", date(2026, 11, 30), False),
        ("in_force", date(2026, 12, 1), True),
        ("in_force", date(2026, 12, 31), True),
        ("in_force", date(2027, 1, 1), False),
        ("draft", date(2026, 12, 1), False),
        ("ended", date(2026, 12, 1), False),
    ],
)
def test_so16_notice_is_wanted_within_thirty_days_of_the_end(status: str, today: date, wanted: bool) -> None:
    assert rules.notice_wanted(status, END, today, 30) is wanted


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (START, END, date(2027, 1, 1), date(2027, 12, 31)),
        (date(2025, 3, 1), date(2026, 2, 28), date(2026, 3, 1), date(2027, 2, 28)),
        (date(2024, 2, 29), date(2028, 2, 28), date(2028, 2, 29), date(2032, 2, 29)),
        (date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 28)),
        (date(2023, 7, 1), date(2026, 6, 30), date(2026, 7, 1), date(2029, 6, 30)),
    ],
)
def test_co1_a_renewal_follows_on_for_as_long(start: date, end: date, first: date, last: date) -> None:
    assert rules.following_term(start, end) == (first, last)


def test_co1_a_term_does_not_end_before_it_begins() -> None:
    rules.check_term(START, START)
    with pytest.raises(Refused) as refused:
        rules.check_term(END, START)
    assert refused.value.field == "ends_on"


def test_co1_a_contract_in_force_covers_something() -> None:
    contract = SimpleNamespace(status="draft", items=[])
    with pytest.raises(Refused):
        rules.CONTRACT.apply(contract, "put_in_force", {"supervisor"})
    assert contract.status == "draft"
    contract.items = ["a product"]
    with pytest.raises(NotPermitted):
        rules.CONTRACT.apply(contract, "put_in_force", {"clerk"})
    rules.CONTRACT.apply(contract, "put_in_force", {"supervisor"})
    assert contract.status == "in_force"


def test_co1_cancelling_needs_a_reason() -> None:
    contract = SimpleNamespace(status="in_force", items=["a product"])
    with pytest.raises(Refused) as refused:
        rules.CONTRACT.apply(contract, "cancel", {"supervisor"}, reason="")
    assert refused.value.field == "reason"
