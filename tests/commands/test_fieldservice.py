"""From a repair call to the voucher back in the file, on both databases (SO-1 … SO-6, SO-11, SO-15, SO-22)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.billing import commands as billing
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import Conflict, NotFound, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.uow import unit_of_work
from app.customers.models import ProductModel
from app.customers.queries import custody_now
from app.fieldservice import commands, queries
from app.fieldservice.models import PartFitted, PriceItem, RepairCall, TimeEntry, WorkOrder
from app.fieldservice.views import quoting
from app.organisation.models import District
from app.parts.queries import quantity_in
from tests.cast import Cast
from tests.conftest import Backend

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001"
    "e221bc330000000049454e44ae426082"
)
# A working Friday; the weekday's hours are 08:30–12:00 and 13:30–17:30.
FRIDAY = clock.at_local(date(2026, 11, 20), time(9))


def office_time(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return clock.at_local(date(2026, 11, day), time(hour, minute))


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


@contextmanager
def at(hour: int, minute: int = 0, day: int = 20) -> Iterator[None]:
    with clock.frozen(office_time(hour, minute, day)):
        yield


def call_for(office: Cast, product: str = "out_of_warranty", **more: Any) -> RepairCall:
    given = {"symptom": "不制冷", "caller_phone": "13800000002", **more}
    return commands.enter_call(office["clerk"], office.vouchers[product], **given)


def dispatched(office: Cast, product: str = "out_of_warranty", **more: Any) -> WorkOrder:
    call = call_for(office, product)
    return commands.dispatch(office["supervisor"], call.id, technician_id=office.staff("technician"), **more)


def on_site(office: Cast, product: str = "out_of_warranty") -> int:
    order_id = dispatched(office, product).id
    commands.accept(office["technician"], order_id)
    commands.on_the_way(office["technician"], order_id)
    commands.arrive(office["technician"], order_id)
    return order_id


def status(order_id: int) -> tuple[str, str]:
    # A row keeps the scope of whoever loaded it first.
    db.session.expunge_all()
    with acting_as(SYSTEM):
        order = fetch(WorkOrder, order_id)
        return order.status, order.repair_call.status


# -- the call ---------------------------------------------------------------------------------------------------


def test_so4_call_is_entered_in_the_book_of_the_branch_that_serves_the_address(office: Cast) -> None:
    call = call_for(office)
    assert call.number == "JX-NJ-20261120-0001"
    assert call.branch_id == office.branches["NJ"]
    assert (call.status, call.channel, call.taken_by_id) == ("open", "telephone", office.staff("clerk"))
    assert call.caller_name == "刘芳"


def test_so15_urban_six_suburban_seven_working_hours(office: Cast) -> None:
    assert call_for(office, "in_warranty").arrive_by == office_time(16, 30)
    # 江宁区 is suburban: Friday 09:00 + 7 h = Friday 17:30.
    assert call_for(office, "out_of_warranty").arrive_by == office_time(17, 30)


def test_so15_the_clock_runs_from_when_the_customer_called(office: Cast) -> None:
    call = call_for(office, "in_warranty", reported_at=office_time(17, 0, day=19))
    # Thursday 17:00–17:30, then five and a half hours of Friday.
    assert call.arrive_by == office_time(15, 30)
    corrected = commands.correct_call(
        office["clerk"], call.id, symptom="不制冷", reported_at=office_time(9, 0), version=call.version
    )
    assert corrected.arrive_by == office_time(16, 30)


def test_cal4_a_call_from_the_future_is_refused(office: Cast) -> None:
    with pytest.raises(Refused):
        call_for(office, reported_at=office_time(9, 1))


def test_so4_open_call_for_the_same_product_is_pointed_out(office: Cast) -> None:
    first = call_for(office)
    with pytest.raises(Refused) as refusal:
        call_for(office)
    assert refusal.value.field == "confirm_duplicate"
    assert refusal.value.params["number"] == first.number
    assert call_for(office, confirm_duplicate=True).number.endswith("-0002")


def test_a_stale_correction_is_a_conflict(office: Cast) -> None:
    call = call_for(office)
    commands.correct_call(office["clerk"], call.id, symptom="漏水", version=1)
    with pytest.raises(Conflict):
        commands.correct_call(office["clerk"], call.id, symptom="异响", version=1)


def test_cancelled_with_its_order_and_the_voucher_back(office: Cast) -> None:
    order = dispatched(office)
    with pytest.raises(Refused):
        commands.cancel_call(office["clerk"], order.repair_call_id, reason=" ")
    commands.cancel_call(office["clerk"], order.repair_call_id, reason="客户自行修好")
    assert status(order.id) == ("cancelled", "cancelled")
    assert custody_now(office.vouchers["out_of_warranty"]) is None


def test_a_call_is_not_cancelled_under_the_technicians_hands(office: Cast) -> None:
    order_id = on_site(office)
    with acting_as(SYSTEM):
        call_id = fetch(WorkOrder, order_id).repair_call_id
    with pytest.raises(Refused):
        commands.cancel_call(office["clerk"], call_id, reason="不修了")
    assert status(order_id) == ("arrived", "dispatched")


# -- dispatch ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "expected"), [("out_of_warranty", "A"), ("under_contract", "B"), ("in_warranty", "C")]
)
def test_so1_class_is_derived(office: Cast, product: str, expected: str) -> None:
    order = dispatched(office, product)
    assert (order.derived_class, order.service_class, order.class_reason) == (expected, expected, "")
    assert order.contract_id == (office.contract if expected == "B" else None)
    assert order.number == "PG-NJ-20261120-0001"


def test_so1_another_class_needs_a_reason(office: Cast) -> None:
    call = call_for(office)
    send = {"technician_id": office.staff("technician"), "service_class": "C"}
    with pytest.raises(Refused) as refusal:
        commands.dispatch(office["supervisor"], call.id, **send)
    assert refusal.value.field == "class_reason"
    order = commands.dispatch(office["supervisor"], call.id, **send, class_reason="上次维修返工")
    assert (order.derived_class, order.service_class) == ("A", "C")


def test_so3_the_voucher_goes_out_with_the_technician(office: Cast) -> None:
    order = dispatched(office)
    custody = custody_now(office.vouchers["out_of_warranty"])
    assert custody is not None
    assert custody.staff_id == order.technician_id


def test_of_two_supervisors_the_second_is_told_who_was_first(office: Cast) -> None:
    order = dispatched(office)
    with pytest.raises(Conflict) as conflict:
        commands.dispatch(office["supervisor"], order.repair_call_id, technician_id=office.staff("technician2"))
    assert conflict.value.params["who"] == "陈国栋"
    assert conflict.value.params["technician"] == "李建国"


def test_of_two_supervisors_at_the_same_moment_one_succeeds(backend: Backend, office: Cast) -> None:
    call_id = call_for(office).id
    db.session.rollback()
    ready, answers = Barrier(2), []

    def send(who: str) -> None:
        with clock.frozen(FRIDAY), backend.app.app_context():
            ready.wait(10)
            try:
                commands.dispatch(office["supervisor"], call_id, technician_id=office.staff(who))
            except Conflict as conflict:
                answers.append(conflict.params["technician"])
            else:
                answers.append("sent")
            finally:
                db.session.remove()

    people = [Thread(target=send, args=(who,)) for who in ("technician", "technician2")]
    for each in people:
        each.start()
    for each in people:
        each.join(30)
    assert "sent" in answers
    assert set(answers) - {"sent"} <= {"李建国", "王志强"}
    assert len(answers) == len(set(answers)) == 2


def test_a_technician_of_another_branch_is_not_sent(office: Cast) -> None:
    call = call_for(office)
    for who in ("technician_sz", "clerk"):
        with pytest.raises(Refused):
            commands.dispatch(office["supervisor"], call.id, technician_id=office.staff(who))
    with pytest.raises(NotFound):
        commands.dispatch(office["supervisor_sz"], call.id, technician_id=office.staff("technician_sz"))
    with pytest.raises(NotPermitted):
        commands.dispatch(office["clerk"], call.id, technician_id=office.staff("technician"))


def test_declined_goes_back_to_the_supervisor(office: Cast) -> None:
    order = dispatched(office)
    order_id, call_id = order.id, order.repair_call_id
    commands.decline(office["technician"], order_id, reason="车辆故障")
    assert status(order_id) == ("declined", "open")
    assert custody_now(office.vouchers["out_of_warranty"]) is None
    again = commands.dispatch(office["supervisor"], call_id, technician_id=office.staff("technician2"))
    assert again.number == "PG-NJ-20261120-0002"
    with pytest.raises(NotFound):
        commands.accept(office["technician"], order_id)


def test_reassigned_with_the_reason(office: Cast) -> None:
    order = dispatched(office)
    commands.accept(office["technician"], order.id)
    new = commands.reassign(
        office["supervisor"], order.id, technician_id=office.staff("technician2"), reason="前一单拖延"
    )
    assert new.technician_id == office.staff("technician2")
    assert status(order.id) == ("cancelled", "dispatched")
    custody = custody_now(office.vouchers["out_of_warranty"])
    assert custody is not None
    assert custody.staff_id == office.staff("technician2")


def test_withdrawn_leaves_the_call_open(office: Cast) -> None:
    order = dispatched(office)
    commands.cancel_order(office["supervisor"], order.id, reason="客户改期")
    assert status(order.id) == ("cancelled", "open")


def test_a_technician_touches_own_jobs_only(office: Cast) -> None:
    order_id = dispatched(office).id
    for who in ("technician2", "technician_sz"):
        with pytest.raises(NotFound):
            commands.accept(office[who], order_id)
    with pytest.raises(NotPermitted):
        commands.accept(office["clerk"], order_id)


def test_own_jobs_only_through_relationships_too(office: Cast) -> None:
    first = dispatched(office)
    call_id, first_id = first.repair_call_id, first.id
    commands.decline(office["technician"], first_id, reason="车辆故障")
    second_id = commands.dispatch(office["supervisor"], call_id, technician_id=office.staff("technician2")).id
    for load in (lazyload, selectinload, joinedload):
        statement = select(RepairCall).where(RepairCall.id == call_id).options(load(RepairCall.work_orders))
        for who, seen in (("technician2", [second_id]), ("supervisor", [first_id, second_id]), ("technician", None)):
            with acting_as(office[who]):
                db.session.expunge_all()
                call = db.session.execute(statement).unique().scalar_one_or_none()
                assert (None if call is None else [order.id for order in call.work_orders]) == seen, (load, who)


# -- on site ----------------------------------------------------------------------------------------------------


def test_the_whole_way_of_a_paid_job(office: Cast) -> None:
    tech, van, part = office["technician"], office.places["李建国车"], office.parts["P-THERM"]
    order_id = on_site(office)
    commands.quote(tech, order_id, minutes=40, needed=[(part, 1)])
    commands.agree_charges(tech, order_id, name="刘芳")
    commands.fit_part(tech, order_id, part_id=part)
    with at(9, 50):
        commands.record_time(tech, order_id, started_at=office_time(9, 0), minutes=45)
        commands.finish(tech, order_id, fault_code_id=office.faults["F01"], result="更换温控器,试机正常")
        commands.sign(tech, order_id, signer="刘芳", drawing=PNG)
    assert status(order_id) == ("finished", "finished")
    assert quantity_in(part, van) == 2
    with at(17, 0):
        with pytest.raises(Refused) as refusal:
            commands.close(office["clerk"], order_id)
        assert "195.50" in str(refusal.value)  # SO-6: undecided money keeps it open
        billing.collect(tech, order_id, amount=Decimal("195.50"))
        commands.close(office["clerk"], order_id)
    assert status(order_id) == ("closed", "closed")
    assert custody_now(office.vouchers["out_of_warranty"]) is None
    with acting_as(SYSTEM):
        order = fetch(WorkOrder, order_id)
        # 30 call-out + 2 half hours of 50 + 65.50
        assert sum(charge.amount for charge in order.charges) == Decimal("195.50")
        assert order.signatures[0].stored_file.record == "work_order"
        kinds = [event.kind for event in order.events]
    assert [kind for kind in kinds if kind != "note"] == [
        "dispatched", "accepted", "on_the_way", "arrived", "quoted", "charges_agreed", "finished", "signed", "closed",
    ]  # fmt: skip


def test_so6_the_quote_offers_what_the_product_needs(office: Cast) -> None:
    """Flat prices of the category's faults only; parts fitted to the model before the category's, whoever asks."""
    tech, part = office["technician"], office.parts["P-THERM"]
    order_id = on_site(office)
    with acting_as(tech):
        assert queries.flat_faults(fetch(WorkOrder, order_id), FRIDAY.date()) == []
        assert queries.parts_used_on(fetch(WorkOrder, order_id).repair_call.voucher.product_model) == {}
    flat = {"kind": "labour_flat", "price": Decimal(120), "valid_from": date(2026, 11, 1)}
    with unit_of_work(SYSTEM, "test.prices"):
        db.session.add(PriceItem(fault_code_id=office.faults["F01"], **flat))
        other = ProductModel(code="BCD-9", name="冰箱", category="refrigerator", warranty_months=12)
        stove = ProductModel(code="JZT-9", name="灶", category="kitchen", warranty_months=12)
        db.session.add_all([other, stove])
    commands.quote(tech, order_id, needed=[(part, 1)])
    commands.agree_charges(tech, order_id, name="刘芳")
    commands.fit_part(tech, order_id, part_id=part)
    with acting_as(office["technician2"]):
        model = fetch(ProductModel, model_of(order_id))
        known = [queries.parts_used_on(each) for each in (model, other, stove)]
    assert known == [{part: 2}, {part: 1}, {}]
    with acting_as(tech):
        found = queries.flat_faults(fetch(WorkOrder, order_id), FRIDAY.date())
        assert [(fault.id, price) for fault, price in found] == [(office.faults["F01"], Decimal(120))]


def model_of(order_id: int) -> int:
    with acting_as(SYSTEM):
        return fetch(WorkOrder, order_id).repair_call.voucher.product_model_id


def test_so6_nothing_is_done_before_the_customer_agrees(office: Cast) -> None:
    tech, part = office["technician"], office.parts["P-THERM"]
    order_id = on_site(office)
    with at(9, 30):
        with pytest.raises(Refused):
            commands.record_time(tech, order_id, started_at=office_time(9, 0), minutes=10)
        with pytest.raises(Refused):
            commands.fit_part(tech, order_id, part_id=part)
        with pytest.raises(Refused):
            commands.finish(tech, order_id, fault_code_id=office.faults["F01"], result="好了")
        with pytest.raises(Refused):
            commands.agree_charges(tech, order_id, name="刘芳")
    assert quantity_in(part, office.places["李建国车"]) == 3


def test_so6_a_new_quote_must_be_agreed_again(office: Cast) -> None:
    tech, part = office["technician"], office.parts["P-THERM"]
    order_id = on_site(office)
    commands.quote(tech, order_id, minutes=30)
    commands.agree_charges(tech, order_id, name="刘芳")
    with pytest.raises(Refused):
        commands.fit_part(tech, order_id, part_id=part)
    commands.quote(tech, order_id, minutes=30, needed=[(part, 1)])
    with pytest.raises(Refused):
        commands.fit_part(tech, order_id, part_id=part)
    commands.agree_charges(tech, order_id, name="刘芳")
    commands.fit_part(tech, order_id, part_id=part)


def test_so6_agreed_parts_are_the_fitted_parts(office: Cast) -> None:
    tech, part = office["technician"], office.parts["P-THERM"]
    order_id = on_site(office)
    commands.quote(tech, order_id, minutes=30, needed=[(part, 2)])
    commands.agree_charges(tech, order_id, name="刘芳")
    commands.fit_part(tech, order_id, part_id=part)
    with at(9, 30), pytest.raises(Refused):
        commands.finish(tech, order_id, fault_code_id=office.faults["F01"], result="好了")


def test_so1_warranty_work_needs_no_agreement(office: Cast) -> None:
    tech, part = office["technician"], office.parts["P-THERM"]
    order_id = on_site(office, "in_warranty")
    row = commands.fit_part(tech, order_id, part_id=part)
    assert row.unit_price == Decimal("65.50")
    with at(9, 30):
        commands.finish(tech, order_id, fault_code_id=office.faults["F01"], result="好了")
    with acting_as(SYSTEM):
        assert fetch(WorkOrder, order_id).charges == []


def test_co1_contract_with_free_labour_charges_parts_only(office: Cast) -> None:
    tech, part = office["technician"], office.parts["P-THERM"]
    order_id = on_site(office, "under_contract")
    with pytest.raises(Refused):
        commands.fit_part(tech, order_id, part_id=part)
    commands.quote(tech, order_id, minutes=60, needed=[(part, 1)])
    with acting_as(SYSTEM):
        told = fetch(WorkOrder, order_id).charges
        assert [(charge.kind, bool(charge.free_reason)) for charge in told] == [
            ("callout", True),
            ("labour", True),
            ("part", False),
        ]
        assert sum(charge.amount for charge in told) == Decimal("65.50")
        assert "HT-NJ-20260101-0001" in told[0].free_reason


def test_so6_quoting_again_begins_with_the_minutes_of_before_also_where_labour_is_free(office: Cast) -> None:
    """Free labour without a price has no line; what was asked for is kept all the same, to the minute."""
    with unit_of_work(SYSTEM, "test.no_price") as session:
        for price in session.scalars(select(PriceItem).where(PriceItem.kind.in_(("labour", "labour_flat")))):
            session.delete(price)
    order_id = on_site(office, "under_contract")

    def asked() -> dict[str, Any]:
        with acting_as(SYSTEM):
            return quoting.asked_before(fetch(WorkOrder, order_id))

    assert asked() == {}
    commands.quote(office["technician"], order_id, minutes=47, needed=[(office.parts["P-THERM"], 1)])
    with acting_as(SYSTEM):
        assert "labour" not in {charge.kind for charge in fetch(WorkOrder, order_id).charges}
    assert asked()["minutes"] == 47
    commands.quote(office["clerk"], order_id, minutes=0)
    assert asked()["minutes"] == 0


def test_so6_parts_alone_are_agreed_again_after_a_new_quote(office: Cast) -> None:
    """Labour and call-out are free by contract, the parts are not: what was agreed to before no longer counts."""
    tech, part = office["technician"], office.parts["P-THERM"]
    order_id = on_site(office, "under_contract")
    commands.quote(tech, order_id, minutes=30, needed=[(part, 1)])
    commands.agree_charges(tech, order_id, name="王女士")
    commands.fit_part(tech, order_id, part_id=part)
    commands.quote(tech, order_id, minutes=60, needed=[(part, 1)])
    with at(9, 30), pytest.raises(Refused, match="agreed before work starts"):
        commands.finish(tech, order_id, fault_code_id=office.faults["F01"], result="好了")
    commands.agree_charges(tech, order_id, name="王女士")
    with at(9, 30):
        commands.finish(tech, order_id, fault_code_id=office.faults["F01"], result="好了")
    assert status(order_id)[0] == "finished"


def test_so22_only_what_is_in_the_own_van(office: Cast) -> None:
    tech, van, part = office["technician"], office.places["李建国车"], office.parts["P-THERM"]
    order_id = on_site(office, "in_warranty")
    with pytest.raises(Refused):
        commands.fit_part(tech, order_id, part_id=part, quantity=4)
    with pytest.raises(Refused):
        commands.fit_part(tech, order_id, part_id=office.parts["P-COMP"])
    fitted = commands.fit_part(tech, order_id, part_id=part, quantity=3)
    assert quantity_in(part, van) == 0
    commands.remove_part(tech, order_id, fitted_id=fitted.id)
    assert quantity_in(part, van) == 3
    with acting_as(SYSTEM):
        assert db.session.scalars(select(PartFitted)).all() == []


def test_so15_arrival_keeps_both_clocks(office: Cast) -> None:
    order_id = dispatched(office).id
    commands.accept(office["technician"], order_id)
    device = datetime(2026, 11, 20, 2, 58, 30, tzinfo=UTC)
    with at(11):
        order = commands.arrive(office["technician"], order_id, device_at=device)
    assert (order.arrived_at, order.arrived_device_at) == (office_time(11), device)


def test_so5_not_closed_without_signature_or_reason(office: Cast) -> None:
    tech = office["technician"]
    order_id = on_site(office, "in_warranty")
    with at(9, 30), pytest.raises(Refused):  # nobody signs for work that does not stand there yet
        commands.sign(tech, order_id, signer="张伟", drawing=PNG)
    with at(10):
        commands.finish(tech, order_id, fault_code_id=office.faults["F01"], result="好了")
    with pytest.raises(Refused):
        commands.close(office["clerk"], order_id)
    with pytest.raises(Refused):
        commands.sign(tech, order_id, signer="张伟", drawing=b"not a picture")
    commands.leave_unsigned(tech, order_id, reason="客户临时外出,电话确认")
    with at(11):
        commands.close(office["clerk"], order_id)
    assert status(order_id) == ("closed", "closed")


# -- minutes ----------------------------------------------------------------------------------------------------


def test_so11_minutes_on_site_are_drafted_at_the_end(office: Cast) -> None:
    order_id = on_site(office, "in_warranty")
    with at(9, 47):
        commands.finish(office["technician"], order_id, fault_code_id=office.faults["F01"], result="好了")
    with acting_as(office["technician"]):
        entries = queries.day_entries(office.staff("technician"), clock.local(FRIDAY).date())
        assert [(entry.minutes, entry.service_class) for entry in entries] == [(47, "C")]


def test_so11_internal_work_is_class_d_and_never_overlaps(office: Cast) -> None:
    tech = office["technician"]
    with at(12):
        entry = commands.record_internal(tech, started_at=office_time(8, 30), minutes=30, note="整理零件")
        assert (entry.service_class, entry.work_order_id) == ("D", None)
        with pytest.raises(Refused):
            commands.record_internal(tech, started_at=office_time(8, 59), minutes=10, note="培训")
        commands.record_internal(tech, started_at=office_time(9, 0), minutes=10, note="培训")
        # Somebody else may work at the same time.
        commands.record_internal(office["technician2"], started_at=office_time(8, 30), minutes=30, note="培训")


def test_so11_own_minutes_may_be_taken_back(office: Cast) -> None:
    with at(12):
        entry_id = commands.record_internal(
            office["technician"], started_at=office_time(8, 30), minutes=30, note="整理零件"
        ).id
        with pytest.raises(NotFound):
            commands.remove_time(office["technician2"], entry_id)
        commands.remove_time(office["technician"], entry_id)
    with acting_as(SYSTEM):
        assert db.session.scalars(select(TimeEntry)).all() == []


def test_so12_a_confirmed_day_is_closed_by_its_guard(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def confirmed(staff_id: int, day: Any) -> None:
        raise Refused("confirmed")

    monkeypatch.setattr(commands.work, "DAY_GUARDS", [confirmed])
    with at(12), pytest.raises(Refused, match="confirmed"):
        commands.record_internal(office["technician"], started_at=office_time(8, 30), minutes=30, note="整理零件")


# -- what the supervisor sees -----------------------------------------------------------------------------------


def test_so14_carried_over_calls_come_first(office: Cast) -> None:
    today = call_for(office, "in_warranty", priority="urgent")
    yesterday = call_for(office, "out_of_warranty", reported_at=office_time(16, day=19))
    with acting_as(office["supervisor"]):
        found = queries.waiting_calls(office.branches["NJ"])
        assert [call.id for call in found] == [yesterday.id, today.id]
    with acting_as(office["supervisor_sz"]):
        assert queries.waiting_calls(office.branches["NJ"]) == []


def test_so19_load_of_the_technicians_least_busy_first(office: Cast) -> None:
    dispatched(office)
    with acting_as(office["supervisor"]):
        loads = queries.technician_load(office.branches["NJ"])
        assert [(load.staff.name, len(load.jobs)) for load in loads] == [("王志强", 0), ("李建国", 1)]
        assert loads[0].masters("refrigerator")


def test_every_step_is_in_the_audit_trail(office: Cast) -> None:
    order_id = on_site(office)
    with acting_as(SYSTEM):
        found = db.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.record == "work_order", AuditEntry.record_id == order_id)
            .order_by(AuditEntry.id)
        ).all()
    assert [entry.verb for entry in found] == ["repair_call.dispatch", "work_order.accept", "work_order.arrive"]
    assert found[1].before["status"] == "dispatched"
    assert found[1].actor == "李建国"


def test_so15_zone_is_that_of_the_address(office: Cast) -> None:
    with acting_as(SYSTEM), unit_of_work(SYSTEM, "test"):
        fetch(District, office.districts["江宁区"]).zone = "urban"
    assert call_for(office).arrive_by == FRIDAY + timedelta(hours=7, minutes=30)
