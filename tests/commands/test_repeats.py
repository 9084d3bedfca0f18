"""Repeat repairs and calls entered late, on both databases (KP-2, CAL-4, SO-4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.billing import commands as billing
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import NotPermitted, Refused
from app.core.fetch import fetch
from app.core.uow import unit_of_work
from app.fieldservice import commands, queries
from app.fieldservice.models import FaultCode, RepairCall, WorkOrder
from tests.cast import Cast

FRIDAY = clock.at_local(date(2026, 11, 20), time(9))


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def call_for(office: Cast, **more: Any) -> RepairCall:
    given = {"symptom_code_id": office.faults["F01"], "symptom": "不制冷", **more}
    return commands.enter_call(office["clerk"], office.vouchers["out_of_warranty"], **given)


def repaired(office: Cast, day: int, **more: Any) -> int:
    """A call of that day of November, repaired within two hours; paid, as the warranty is over."""
    begun = clock.at_local(date(2026, 11, day), time(9))

    def then(minutes: int) -> datetime:
        return begun + timedelta(minutes=minutes)

    with clock.frozen(begun):
        call = call_for(office, **more)
        order = commands.dispatch(office["supervisor"], call.id, technician_id=office.staff("technician"))
        assert order.service_class == "A"
    me = office["technician"]
    for minutes, verb, given in (
        (10, commands.accept, {}),
        (20, commands.arrive, {}),
        (21, commands.quote, {"minutes": 30}),
        (22, commands.agree_charges, {"name": "刘芳"}),
        (60, commands.finish, {"fault_code_id": office.faults["F01"], "result": "加制冷剂"}),
        (61, commands.leave_unsigned, {"reason": "客户外出"}),
    ):
        with clock.frozen(then(minutes)):
            verb(me, order.id, **given)  # type: ignore[operator]  # commands of several shapes
    with clock.frozen(then(120)):
        billing.collect(me, order.id, amount=Decimal("80.00"))
        commands.close(office["clerk"], order.id)
    return call.id


def dispatched(office: Cast, call: RepairCall) -> WorkOrder:
    return commands.dispatch(office["supervisor"], call.id, technician_id=office.staff("technician"))


def test_kp2_the_same_fault_within_thirty_days_is_linked_and_free(office: Cast) -> None:
    first = repaired(office, 2)
    call = call_for(office)
    assert call.repeat_of_id == first
    order = dispatched(office, call)
    assert (order.derived_class, order.service_class) == ("C", "C")
    assert order.class_reason == "返修"
    assert order.contract_id is None


def test_kp2_found_by_the_words_where_a_code_is_missing(office: Cast) -> None:
    first = repaired(office, 2, symptom_code_id=None, symptom="冷藏室不制冷，结冰")
    # What the technician found has a code, the new call has none: the words decide.
    assert call_for(office, symptom_code_id=None, symptom="又不制冷").repeat_of_id is None
    confirm = {"confirm_duplicate": True}
    assert call_for(office, symptom_code_id=None, symptom="冷藏室不制冷", **confirm).repeat_of_id == first
    # Told with the code that was found.
    assert call_for(office, **confirm).repeat_of_id == first


def test_kp2_another_fault_a_vague_code_and_an_old_repair_are_none(office: Cast) -> None:
    repaired(office, 2)
    with unit_of_work(SYSTEM, "test"):
        fetch(FaultCode, office.faults["G99"]).vague = True
    other = call_for(office, symptom_code_id=office.faults["G99"], symptom="门关不严")
    assert other.repeat_of_id is None
    with clock.frozen(FRIDAY + timedelta(days=13)):
        assert call_for(office, confirm_duplicate=True).repeat_of_id is None


def test_kp2_corrected_words_are_compared_again(office: Cast) -> None:
    first = repaired(office, 2)
    call = call_for(office, symptom_code_id=None, symptom="门关不严")
    assert call.repeat_of_id is None
    given = {"symptom": "不制冷", "symptom_code_id": office.faults["F01"]}
    assert commands.correct_call(office["clerk"], call.id, **given).repeat_of_id == first


def test_kp2_misuse_is_payable_again_and_its_charges_must_be_agreed(office: Cast) -> None:
    repaired(office, 2)
    call = call_for(office)
    order = dispatched(office, call)
    commands.attribute_repeat(office["supervisor"], call.id, cause="misuse", note="进水")
    with acting_as(SYSTEM):
        order = fetch(WorkOrder, order.id)
        assert (order.derived_class, order.service_class, order.class_reason) == ("A", "A", "")
    me = office["technician"]
    commands.accept(me, order.id)
    commands.arrive(me, order.id)
    with pytest.raises(Refused, match="agreed before work starts"):
        commands.record_time(me, order.id, started_at=FRIDAY, minutes=1, at=FRIDAY + timedelta(hours=1))
    commands.attribute_repeat(office["supervisor"], call.id, cause="part")
    with acting_as(SYSTEM):
        order = fetch(WorkOrder, order.id)
        assert (order.derived_class, order.service_class, order.class_reason) == ("C", "C", "返修")


def test_kp2_what_was_done_free_stays_free_when_it_is_put_down_later(office: Cast) -> None:
    repaired(office, 2)
    call = call_for(office)
    order_id = dispatched(office, call).id
    me = office["technician"]
    commands.accept(me, order_id)
    commands.arrive(me, order_id)
    later = FRIDAY + timedelta(hours=1)
    commands.finish(me, order_id, fault_code_id=office.faults["F01"], result="换温控器", at=later)
    commands.attribute_repeat(office["supervisor"], call.id, cause="misuse")
    with acting_as(SYSTEM):
        assert fetch(WorkOrder, order_id).service_class == "C"
        assert fetch(RepairCall, call.id).repeat_cause == "misuse"


def test_kp2_only_the_supervisor_and_only_a_repeat(office: Cast) -> None:
    repaired(office, 2)
    call = call_for(office)
    with pytest.raises(NotPermitted):
        commands.attribute_repeat(office["clerk"], call.id, cause="part")
    with pytest.raises(Refused):
        commands.attribute_repeat(office["supervisor"], call.id, cause="weather")
    other = call_for(office, symptom_code_id=None, symptom="门关不严", confirm_duplicate=True)
    with pytest.raises(Refused, match="no repeat"):
        commands.attribute_repeat(office["supervisor"], other.id, cause="part")


def test_kp2_the_database_knows_no_cause_without_a_repeat(office: Cast) -> None:
    call = call_for(office)
    with pytest.raises(IntegrityError), unit_of_work(SYSTEM, "test"):
        fetch(RepairCall, call.id).repeat_cause = "part"
    with pytest.raises(IntegrityError), unit_of_work(SYSTEM, "test"):
        fetch(RepairCall, call.id).repeat_of_id = call.id


def test_cal4_a_letter_entered_days_later_needs_its_reason_and_is_audited(office: Cast) -> None:
    came_in = FRIDAY - timedelta(days=3)
    with pytest.raises(Refused) as refusal:
        call_for(office, reported_at=came_in, channel="letter")
    assert refusal.value.field == "late_reason"
    call = call_for(office, reported_at=came_in, channel="letter", late_reason="来信")
    assert (call.late_reason, call.reported_at) == ("来信", came_in)
    assert call.created_at == FRIDAY
    with acting_as(SYSTEM):
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.record == "repair_call", AuditEntry.record_id == call.id)
        ).first()
    assert entry is not None
    assert entry.after["late_reason"] == "来信"
    in_time = call_for(office, reported_at=FRIDAY - timedelta(hours=24), late_reason="x", confirm_duplicate=True)
    assert in_time.late_reason == ""


def test_cal4_a_time_corrected_into_the_past_needs_its_reason_too(office: Cast) -> None:
    call = call_for(office)
    given = {"symptom": "不制冷", "reported_at": FRIDAY - timedelta(days=2)}
    with pytest.raises(Refused) as refusal:
        commands.correct_call(office["clerk"], call.id, **given)
    assert refusal.value.field == "late_reason"
    corrected = commands.correct_call(office["clerk"], call.id, **given, late_reason="来信")
    assert corrected.late_reason == "来信"
    # Asked once; whoever corrects a word later is not asked again.
    assert commands.correct_call(office["clerk"], call.id, symptom="漏水").late_reason == "来信"


def test_so4_a_symptom_code_alone_says_what_is_wrong(office: Cast) -> None:
    assert call_for(office, symptom="").symptom == "不制冷"
    with pytest.raises(Refused) as refusal:
        call_for(office, symptom=" ", symptom_code_id=None, confirm_duplicate=True)
    assert refusal.value.field == "symptom"


def test_so15_what_is_shown_before_saving_is_what_is_saved(office: Cast) -> None:
    with acting_as(office["clerk"]):
        voucher = fetch(RepairCall.voucher.property.mapper.class_, office.vouchers["out_of_warranty"])
        shown = queries.arrival_to_be(voucher, voucher.address, FRIDAY, "normal").due
    assert call_for(office).arrive_by == shown
