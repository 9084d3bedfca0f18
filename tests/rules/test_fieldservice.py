"""Pure rules of field service: classes, charges, minutes, the transition tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from app.core.errors import NotPermitted, Refused
from app.fieldservice import rules

NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
PRICES = rules.Prices(Decimal("30.00"), Decimal("50.00"))
PUMP = rules.QuotedPart(7, "水泵", 2, Decimal("65.50"))


@pytest.mark.parametrize(
    ("contract", "warranty", "expected"),
    [(True, True, "B"), (True, False, "B"), (False, True, "C"), (False, False, "A")],
)
def test_so1_contract_before_warranty_before_paid(contract: bool, warranty: bool, expected: str) -> None:
    assert rules.derive_class(covered_by_contract=contract, in_warranty=warranty) == expected


def test_so6_paid_service_is_charged_by_call_out_half_hours_and_parts() -> None:
    lines = rules.quote_lines(rules.free_of("A"), PRICES, 31, [PUMP])
    assert [(line.kind, line.quantity) for line in lines] == [("callout", 1), ("labour", 2), ("part", 2)]
    assert rules.total(lines) == Decimal("261.00")


def test_so6_warranty_costs_nothing_whatever_the_flags() -> None:
    free = rules.free_of("C", labour=False, callout=False, parts=False)
    assert free.everything
    lines = rules.quote_lines(free, PRICES, 90, [PUMP], why="保修期内")
    assert rules.total(lines) == 0
    assert [(line.list_price, line.free_reason) for line in lines] == [
        (Decimal("30.00"), "保修期内"),
        (Decimal("50.00"), "保修期内"),
        (Decimal("65.50"), "保修期内"),
    ]


def test_co1_contract_pays_what_its_flags_say() -> None:
    free = rules.free_of("B", labour=True, callout=True, parts=False)
    lines = rules.quote_lines(free, PRICES, 90, [PUMP])
    assert [line.kind for line in lines if not line.free_reason] == ["part"]
    assert lines[-1].part_id == PUMP.part_id
    assert rules.total(lines) == Decimal("131.00")


@pytest.mark.parametrize(("minutes", "expected"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3)])
def test_so6_a_half_hour_begun_counts(minutes: int, expected: int) -> None:
    assert rules.units(minutes) == expected


@pytest.mark.parametrize(
    ("offset", "minutes", "expected"),
    [(0, 30, True), (-30, 30, False), (60, 10, False), (59, 1, True), (-5, 120, True)],
)
def test_so11_minutes_may_touch_but_not_overlap(offset: int, minutes: int, expected: bool) -> None:
    assert rules.overlap(NINE + timedelta(minutes=offset), minutes, NINE, 60) is expected


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_so11_minutes_of_one_day(minutes: int) -> None:
    with pytest.raises(Refused):
        rules.check_minutes(NINE, minutes, NINE + timedelta(days=2))


def test_so11_work_is_recorded_after_it_was_done() -> None:
    rules.check_minutes(NINE, 60, NINE + timedelta(minutes=60))
    with pytest.raises(Refused):
        rules.check_minutes(NINE, 90, NINE + timedelta(minutes=60))


def test_so11_draft_is_time_on_site() -> None:
    assert rules.drafted_minutes(NINE, NINE + timedelta(minutes=47, seconds=59)) == 47
    assert rules.drafted_minutes(NINE, NINE) == 1


def test_so15_late_when_arrival_missed_or_still_missing() -> None:
    later = NINE + timedelta(minutes=1)
    assert not rules.missed(NINE, NINE, later)
    assert rules.missed(NINE, later, later)
    assert rules.missed(NINE, None, later)
    assert not rules.missed(None, None, later)


def test_cal4_a_call_came_in_before_it_is_entered() -> None:
    rules.check_reported(NINE, NINE)
    with pytest.raises(Refused) as refusal:
        rules.check_reported(NINE + timedelta(minutes=1), NINE)
    assert refusal.value.field == "reported_at"


def order(status: str, **more: object) -> SimpleNamespace:
    return SimpleNamespace(status=status, **{"id": 7, "unsigned_reason": "", **more})


def test_so5_no_closing_without_signature_or_reason() -> None:
    with pytest.raises(Refused) as refusal:
        rules.WORK_ORDER.apply(order("finished"), "close", {"clerk"}, signed=False)
    assert [(way.url, way.verb) for way in refusal.value.ways] == [
        ("/workorderview/do/leave_unsigned/7", "work_order.leave_unsigned")
    ]
    for job, signed in ((order("finished"), True), (order("finished", unsigned_reason="客户外出"), False)):
        rules.WORK_ORDER.apply(job, "close", {"clerk"}, signed=signed)
        assert job.status == "closed"


def test_so4_only_a_supervisor_dispatches() -> None:
    call = SimpleNamespace(status="open")
    for role in ("clerk", "technician", "branch_manager", "accountant"):
        with pytest.raises(NotPermitted):
            rules.REPAIR_CALL.apply(call, "dispatch", {role}, technician_id=1)
    rules.REPAIR_CALL.apply(call, "dispatch", {"supervisor"}, technician_id=1)
    assert call.status == "dispatched"


def test_a_job_is_not_arrived_at_before_it_is_accepted() -> None:
    with pytest.raises(Refused):
        rules.WORK_ORDER.apply(order("dispatched"), "arrive", {"technician"})


@pytest.mark.parametrize("lifecycle", rules.LIFECYCLES, ids=lambda found: found.name)
def test_every_state_and_verb_has_words(lifecycle: rules.Lifecycle) -> None:
    states = {
        "repair_call": rules.CALL_STATES,
        "work_order": rules.ORDER_STATES,
        "contractor_request": tuple(rules.CONTRACTOR_REQUEST_LABELS),
        "phone_entry": tuple(rules.PHONE_ENTRY_LABELS),
    }[lifecycle.name]
    assert set(lifecycle.states()) == set(states)
    assert {t.verb for t in lifecycle.transitions} == set(lifecycle.verb_labels)
