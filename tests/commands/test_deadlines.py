"""Deadlines, pauses, promises, appointments and escalation, on both databases (CAL-3 … CAL-6, SO-10, SO-15, SO-18)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.calendars import commands as calendars
from app.contracts import commands as contracts
from app.contracts.models import Contract
from app.core import clock, i18n, inbox, outbox
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.inbox import InboxMessage
from app.core.settings import Setting
from app.core.uow import unit_of_work
from app.customers import commands as customers
from app.customers.models import Address, Voucher
from app.fieldservice import commands, queries
from app.fieldservice.models import ArrivalTarget, EscalationLevel, EscalationNotice, RepairCall, WorkOrder
from app.fieldservice.queries.breaches import breaches_between
from app.fieldservice.rules.deadlines import WAITING_LABELS
from app.organisation.models import District, Staff
from tests.cast import Cast

FRIDAY = date(2026, 11, 20)


def office_time(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return clock.at_local(date(2026, 11, day), time(hour, minute))


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(office_time(9)):
        yield


@contextmanager
def at(hour: int, minute: int = 0, day: int = 20) -> Iterator[None]:
    with clock.frozen(office_time(hour, minute, day)):
        yield


def call_for(office: Cast, product: str = "out_of_warranty", **more: Any) -> int:
    return commands.enter_call(office["clerk"], office.vouchers[product], **{"symptom": "不制冷", **more}).id


def due(call_id: int) -> datetime | None:
    db.session.expunge_all()
    with acting_as(SYSTEM):
        return fetch(RepairCall, call_id).arrive_by


def standing(call_id: int) -> tuple[str, int]:
    db.session.expunge_all()
    with acting_as(SYSTEM):
        found = queries.arrival_of(fetch(RepairCall, call_id))
        assert found is not None
        return found.state, found.left


def levels(*given: tuple[str, int, str]) -> None:
    with unit_of_work(SYSTEM, "test.levels"):
        db.session.add_all(EscalationLevel(deadline=d, minutes=m, role=r) for d, m, r in given)


def usual_levels() -> None:
    levels(("arrival", 120, "technician"), ("arrival", 30, "supervisor"), ("arrival", 0, "branch_manager"))


def messages(office: Cast, username: str) -> list[str]:
    db.session.expunge_all()
    with acting_as(office[username]):
        return [row.words for row in inbox.newest()]


def count_of(model: Any) -> int:
    db.session.expunge_all()
    with acting_as(SYSTEM):
        return int(db.session.execute(select(func.count(model.id))).scalar_one())


def notices() -> int:
    return count_of(EscalationNotice)


def dispatch(office: Cast, call_id: int, **more: Any) -> int:
    return commands.dispatch(office["supervisor"], call_id, technician_id=office.staff("technician"), **more).id


# -- targets -------------------------------------------------------------------------------------------------------


def test_so15_the_target_is_data_by_zone_priority_and_contract(office: Cast) -> None:
    """SO-15: 6 working hours in an urban zone unless a line of the table says otherwise."""
    ordinary, urgent = call_for(office), call_for(office, "in_warranty", priority="urgent")
    covered = call_for(office, "under_contract")
    with acting_as(SYSTEM):
        zones = {key: fetch(RepairCall, key).address.district.zone for key in (ordinary, urgent, covered)}
    before = {key: due(key) for key in zones}
    with unit_of_work(SYSTEM, "arrival_target.create"):
        db.session.add_all(
            ArrivalTarget(zone=zone, priority="urgent", minutes=60) for zone in sorted(set(zones.values()))
        )
        db.session.add(ArrivalTarget(zone=zones[covered], priority="normal", contract_id=office.contract, minutes=90))
    assert due(ordinary) == before[ordinary]
    assert due(urgent) == office_time(10)
    assert due(covered) == office_time(10, 30)


def audited(call_id: int) -> int:
    with acting_as(SYSTEM):
        mine = (AuditEntry.record == "repair_call", AuditEntry.record_id == call_id)
        return int(db.session.execute(select(func.count(AuditEntry.id)).where(*mine)).scalar_one())


def own_target(office: Cast, call_id: int, minutes: int = 90) -> None:
    with acting_as(SYSTEM):
        zone = fetch(RepairCall, call_id).address.district.zone
    with unit_of_work(SYSTEM, "arrival_target.create"):
        db.session.add(ArrivalTarget(zone=zone, priority="normal", contract_id=office.contract, minutes=minutes))


def terms(office: Cast, **other: Any) -> dict[str, Any]:
    with acting_as(SYSTEM):
        contract = fetch(Contract, office.contract)
        kept = ("starts_on", "ends_on", "price", "visits", "labour_free", "parts_free", "callout_free")
        return {name: getattr(contract, name) for name in kept} | other


def test_so15_a_contracts_change_moves_the_calls_it_stood_for(office: Cast) -> None:
    """SO-15: the contract's own target holds while the contract covers the product, and is given up with it."""
    covered, other = call_for(office, "under_contract"), call_for(office)
    general, unmoved = due(covered), due(other)
    own_target(office, covered)
    assert due(covered) == office_time(10, 30) != general
    # Over since yesterday; then its old end again; then another product instead; then this one again; then cancelled.
    first = terms(office)["ends_on"]
    contracts.update_contract(office["manager"], office.contract, **terms(office, ends_on=date(2026, 11, 19)))
    assert due(covered) == general
    contracts.update_contract(office["manager"], office.contract, **terms(office, ends_on=first))
    assert due(covered) == office_time(10, 30)
    with acting_as(SYSTEM):
        product = fetch(Voucher, office.vouchers["under_contract"])
        second = customers.create_voucher(
            office["clerk"], customer_id=product.customer_id, product_model_id=product.product_model_id
        ).id
    contracts.choose_products(office["manager"], office.contract, voucher_ids=[second])
    assert due(covered) == general
    contracts.choose_products(office["manager"], office.contract, voucher_ids=[office.vouchers["under_contract"]])
    assert due(covered) == office_time(10, 30)
    contracts.cancel(office["manager"], office.contract, reason="客户搬迁")
    assert due(covered) == general
    assert due(other) == unmoved


def test_so15_a_contract_put_in_force_gives_its_target_and_a_change_of_price_moves_nothing(office: Cast) -> None:
    call_id = call_for(office, "in_warranty")
    with acting_as(SYSTEM):
        customer_id = fetch(Voucher, office.vouchers["in_warranty"]).customer_id
        zone = fetch(RepairCall, call_id).address.district.zone
    draft = contracts.create_contract(
        office["clerk"],
        customer_id=customer_id,
        starts_on=FRIDAY,
        ends_on=date(2027, 11, 19),
        voucher_ids=[office.vouchers["in_warranty"]],
    ).id
    with unit_of_work(SYSTEM, "arrival_target.create"):
        db.session.add(ArrivalTarget(zone=zone, priority="normal", contract_id=draft, minutes=60))
    before = due(call_id)
    assert before != office_time(10)
    contracts.put_in_force(office["supervisor"], draft)
    assert due(call_id) == office_time(10)
    changed = audited(call_id)
    contracts.update_contract(office["manager"], office.contract, **terms(office, price=Decimal("1300.00")))
    assert due(call_id) == office_time(10)
    assert audited(call_id) == changed


def test_so15_changing_the_setting_moves_what_still_runs_and_is_audited(office: Cast) -> None:
    open_call, reached = call_for(office), call_for(office, "in_warranty")
    order_id = dispatch(office, reached)
    commands.accept(office["technician"], order_id)
    commands.arrive(office["technician"], order_id)
    before = due(reached)
    with acting_as(SYSTEM):
        zone = fetch(RepairCall, open_call).address.district.zone
    with unit_of_work(office["admin"], "setting.change"):
        db.session.add(Setting(key=f"arrival_minutes_{zone}", value="60"))
    assert due(open_call) == office_time(10)
    assert due(reached) == before  # somebody was there: it is settled
    with acting_as(SYSTEM):
        entry = db.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.record == "repair_call", AuditEntry.record_id == open_call)
            .order_by(AuditEntry.id.desc())
        ).first()
        assert entry is not None and entry.verb == "setting.change" and "arrive_by" in entry.after


def test_cal2_changing_the_calendar_moves_the_deadline(office: Cast) -> None:
    call_id = call_for(office, reported_at=office_time(8, 30))
    with acting_as(SYSTEM):
        branch_id = fetch(RepairCall, call_id).branch_id
    before = due(call_id)
    assert before is not None and before.date() == FRIDAY
    calendars.add_exception(office["admin"], on_date=FRIDAY, is_open=False, branch_id=branch_id)
    moved = due(call_id)
    assert moved is not None and clock.local(moved).date() == date(2026, 11, 23)


def test_so15_changing_address_zone_or_district_moves_the_deadline(office: Cast) -> None:
    call_id = call_for(office)
    with acting_as(SYSTEM):
        address = fetch(RepairCall, call_id).address
        address_id, district_id, zone = address.id, address.district_id, address.district.zone
    before = due(call_id)
    with acting_as(SYSTEM):
        other = db.session.scalars(
            select(District.id).where(
                District.zone != zone, District.branch_id == fetch(District, district_id).branch_id
            )
        ).first()
    with unit_of_work(SYSTEM, "address.update"):
        fetch(Address, address_id).district_id = other
    after = due(call_id)
    assert before is not None and after is not None
    assert abs(after - before) == timedelta(minutes=60)
    with unit_of_work(SYSTEM, "district.update"):
        fetch(District, other).zone = zone
    assert due(call_id) == before


def test_cal4_another_time_of_the_call_or_priority_gives_another_deadline(office: Cast) -> None:
    call_id = call_for(office)
    before = due(call_id)
    commands.correct_call(office["clerk"], call_id, symptom="不制冷", priority="normal", reported_at=office_time(8, 40))
    after = due(call_id)
    assert before is not None and after == before - timedelta(minutes=20)


def test_so15_the_call_moves_to_another_address_of_the_customer(office: Cast) -> None:
    call_id = call_for(office)
    before = due(call_id)
    with acting_as(SYSTEM):
        call = fetch(RepairCall, call_id)
        here, customer_id = call.address.district, call.voucher.customer_id
        there = {
            same: db.session.scalars(
                select(District.id).where(
                    District.zone != here.zone if same else District.zone.is_not(None),
                    (District.branch_id == here.branch_id) if same else (District.branch_id != here.branch_id),
                )
            ).first()
            for same in (True, False)
        }
    with unit_of_work(SYSTEM, "test.addresses"):
        rows = {key: Address(customer_id=customer_id, district_id=value, line="1号") for key, value in there.items()}
        db.session.add_all(rows.values())
        db.session.flush()
        ids = {key: row.id for key, row in rows.items()}
    with pytest.raises(Refused) as refused:
        commands.change_address(office["clerk"], call_id, address_id=ids[False])
    assert refused.value.field == "address_id"
    commands.change_address(office["clerk"], call_id, address_id=ids[True])
    after = due(call_id)
    assert before is not None and after is not None and abs(after - before) == timedelta(minutes=60)


# -- pauses ---------------------------------------------------------------------------------------------------------


def test_cal6_two_pauses_both_count_and_a_changed_target_keeps_them(office: Cast) -> None:
    call_id = call_for(office)  # 09:00
    clerk = office["clerk"]
    with acting_as(SYSTEM):
        minutes = fetch(RepairCall, call_id).arrive_minutes
    plain = due(call_id)
    assert minutes is not None and plain is not None
    with at(10):
        commands.pause_call(clerk, call_id, waiting_for="customer", reason="客户外出")
        assert due(call_id) is None and standing(call_id) == ("paused", minutes - 60)
    with at(11):
        commands.resume_call(clerk, call_id)
    with at(14):
        commands.pause_call(clerk, call_id, waiting_for="parts", reason="等压缩机")
    with at(14, 30):
        commands.resume_call(clerk, call_id)
        once = due(call_id)
    assert once is not None and once > plain
    with at(14, 31):
        state, left = standing(call_id)
    # 09:00–10:00, 11:00–12:00, 13:30–14:00 and one minute were used.
    assert (state, left) == ("running", minutes - 60 - 60 - 30 - 1)
    with unit_of_work(SYSTEM, "setting.change"):
        db.session.add_all(Setting(key=f"arrival_minutes_{zone}", value="151") for zone in ("urban", "suburban"))
    with at(14, 31):
        assert standing(call_id) == ("running", 0)


def test_cal6_a_pause_over_the_weekend_adds_nothing(office: Cast) -> None:
    call_id = call_for(office, reported_at=office_time(8, 30))
    with at(17, 30):
        before = call_for(office, "in_warranty")
    with at(17, 30):
        commands.pause_call(office["clerk"], before, waiting_for="customer", reason="周末不在家")
    with at(8, 30, 23):
        commands.resume_call(office["clerk"], before)
    again = due(before)
    assert again is not None and clock.local(again).date() == date(2026, 11, 23)
    assert due(call_id) is not None


def test_cal6_a_pause_needs_a_reason_and_happens_once(office: Cast) -> None:
    call_id = call_for(office)
    clerk = office["clerk"]
    with pytest.raises(Refused) as refused:
        commands.pause_call(clerk, call_id, waiting_for="customer", reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(Refused) as refused:
        commands.pause_call(clerk, call_id, waiting_for="weather", reason="雨")
    assert refused.value.field == "waiting_for"
    with pytest.raises(Refused):
        commands.resume_call(clerk, call_id)
    commands.pause_call(clerk, call_id, waiting_for="customer", reason="客户外出")
    with pytest.raises(Refused):
        commands.pause_call(clerk, call_id, waiting_for="parts", reason="缺件")
    with pytest.raises(NotFound):
        commands.resume_call(office["clerk_sz"], call_id)
    with pytest.raises(NotPermitted):
        commands.pause_call(office["accountant"], call_id, waiting_for="parts", reason="缺件")


def test_cal6_the_technician_pauses_the_job_and_arriving_ends_it(office: Cast) -> None:
    """CAL-6, SO-15: the wait is over when somebody is there, and the deadline is what it would have been then."""
    call_id = call_for(office)
    order_id = dispatch(office, call_id)
    technician = office["technician"]
    commands.accept(technician, order_id)
    with at(10), i18n.in_language("en"):  # whoever works in English writes the same history
        commands.pause_order(technician, order_id, waiting_for="customer", reason="客户要求下午")
    with at(11):
        commands.arrive(technician, order_id)
    assert due(call_id) is not None
    assert standing(call_id)[0] == "met"
    with acting_as(SYSTEM):
        order = fetch(WorkOrder, order_id)
        assert [event.kind for event in order.events][-3:] == ["paused", "arrived", "resumed"]
        with i18n.in_language():
            told = i18n.say(WAITING_LABELS["customer"])
        assert told != WAITING_LABELS["customer"]
        assert order.events[-3].note == f"{told}: 客户要求下午"
        assert order.repair_call.waiting_for == ""


def test_so15_met_and_missed_are_decided_by_the_arrival(office: Cast) -> None:
    call_id = call_for(office, reported_at=office_time(8, 30))
    order_id = dispatch(office, call_id)
    commands.accept(office["technician"], order_id)
    limit = due(call_id)
    assert limit is not None
    with clock.frozen(limit + timedelta(minutes=1)):
        late = standing(call_id)
    with clock.frozen(limit):
        commands.arrive(office["technician"], order_id)
    assert late[0] == "missed" and standing(call_id)[0] == "met"


# -- promises, appointments, clocks -----------------------------------------------------------------------------------


def test_so10_help_is_asked_for_before_it_is_late(office: Cast) -> None:
    call_id = call_for(office)
    order_id = dispatch(office, call_id)
    commands.ask_for_help(office["technician"], order_id, reason="缺压缩机,赶不上")
    assert any("缺压缩机" in text for text in messages(office, "supervisor"))
    assert messages(office, "manager") == [] and messages(office, "supervisor_sz") == []


def test_so10_a_promise_is_warned_of_before_and_reported_when_missed(office: Cast) -> None:
    levels(("finish", 60, "supervisor"), ("finish", 0, "branch_manager"))
    call_id = call_for(office)
    with pytest.raises(Refused) as refused:
        commands.promise(office["clerk"], call_id, promised_at=office_time(8))
    assert refused.value.field == "promised_at"
    commands.promise(office["clerk"], call_id, promised_at=office_time(11, 30))
    assert commands.escalate(office_time(10, 29)) == 0
    assert commands.escalate(office_time(10, 30)) == 1
    assert commands.escalate(office_time(11, 30)) == 0
    assert commands.escalate(office_time(11, 31)) == 1
    assert len(messages(office, "supervisor")) == 1 and len(messages(office, "manager")) == 1


def test_so18_an_appointment_moved_in_time_is_kept_one_moved_late_is_broken(office: Cast) -> None:
    call_id = call_for(office)
    order_id = dispatch(office, call_id, appointment_at=office_time(10))
    technician = office["technician"]
    commands.accept(technician, order_id)
    with pytest.raises(Refused) as refused:
        commands.move_appointment(technician, order_id, appointment_at=office_time(11), agreed_by=" ")
    assert refused.value.field == "agreed_by"
    with at(10, 5):
        commands.move_appointment(technician, order_id, appointment_at=office_time(11), agreed_by="王女士")
    with at(11, 30), acting_as(SYSTEM):
        assert [(row.kind, row.due, row.late) for row in breaches_between(FRIDAY, FRIDAY)] == [
            ("appointment", office_time(11), 30)
        ]
    with at(11, 30):
        commands.move_appointment(technician, order_id, appointment_at=office_time(14), agreed_by="王女士")
    with at(14, 10):
        commands.arrive(technician, order_id)
    with at(17), acting_as(SYSTEM):
        db.session.expire_all()
        assert [row.due for row in breaches_between(FRIDAY, FRIDAY)] == [office_time(11)]


def test_so15_a_device_clock_that_differs_is_flagged_to_the_supervisor(office: Cast) -> None:
    for minutes, told in ((5, 0), (6, 1)):
        product = "out_of_warranty" if minutes == 5 else "in_warranty"
        order_id = dispatch(office, call_for(office, product))
        commands.accept(office["technician"], order_id)
        with at(10):
            commands.arrive(office["technician"], order_id, device_at=office_time(10, minutes))
        assert len([text for text in messages(office, "supervisor") if "6" in text and "PG-" in text]) == told


# -- escalation -------------------------------------------------------------------------------------------------------


def test_so15_each_level_once_to_the_one_answerable(office: Cast) -> None:
    """SO-15: two hours before the technician, half an hour before the supervisor, then the branch manager."""
    usual_levels()
    call_id = call_for(office, reported_at=office_time(8, 30))
    dispatch(office, call_id)
    for person in ("technician", "supervisor", "manager"):
        commands_read(office, person)
    limit = due(call_id)
    assert limit is not None
    with acting_as(SYSTEM):
        calendar = queries.arrival_deadline(fetch(RepairCall, call_id), warnings=(120, 30))
        assert calendar is not None
        points = [point.at for point in calendar.warnings]
    assert commands.escalate(points[0] - timedelta(minutes=1)) == 0
    assert commands.escalate(points[0]) == 1
    assert commands.escalate(points[0]) == 0
    assert commands.escalate(points[1]) == 1
    assert commands.escalate(limit) == 0
    assert commands.escalate(limit + timedelta(minutes=1)) == 1
    assert commands.escalate(limit + timedelta(minutes=20)) == 0
    assert notices() == 3
    for person in ("technician", "supervisor", "manager"):
        assert len(unread(office, person)) == 1, person


def commands_read(office: Cast, username: str) -> None:
    inbox.read_all(office[username])


def unread(office: Cast, username: str) -> list[str]:
    db.session.expunge_all()
    with acting_as(office[username]):
        return [row.words for row in inbox.newest() if row.read_at is None]


def test_so15_until_dispatched_the_supervisor_is_told(office: Cast) -> None:
    levels(("arrival", 120, "technician"))
    call_id = call_for(office, reported_at=office_time(8, 30))
    limit = due(call_id)
    assert limit is not None
    assert commands.escalate(limit - timedelta(minutes=10)) == 1
    assert len(unread(office, "supervisor")) == 1 and unread(office, "technician") == []


def test_so15_never_at_night_but_at_the_next_opening(office: Cast) -> None:
    """SO-15: missed at closing time on Friday, told on Monday at 08:30, once."""
    usual_levels()
    with at(11, 30, 19):
        call_id = call_for(office)
    limit = due(call_id)
    assert limit is not None and limit <= office_time(17, 30)
    db.session.expunge_all()
    with unit_of_work(SYSTEM, "test.move"):
        fetch(RepairCall, call_id).arrive_minutes = (fetch(RepairCall, call_id).arrive_minutes or 0) + queries_left(
            call_id, office_time(17, 30)
        )
    for moment in (office_time(17, 31), office_time(23), office_time(10, 0, 21), office_time(8, 29, 23)):
        assert commands.escalate(moment) == 0
    assert commands.escalate(office_time(8, 30, 23)) >= 1
    assert commands.escalate(office_time(8, 30, 23)) == 0


def queries_left(call_id: int, until: datetime) -> int:
    from app.calendars.queries import calendar_for
    from app.calendars.rules import working_minutes_between

    call = fetch(RepairCall, call_id)
    assert call.arrive_by is not None
    return working_minutes_between(calendar_for(call.branch_id), call.arrive_by, until)


def test_so15_a_deadline_that_moves_is_warned_of_again(office: Cast) -> None:
    levels(("arrival", 120, "supervisor"))
    call_id = call_for(office, reported_at=office_time(8, 30))
    first = due(call_id)
    assert first is not None
    with clock.frozen(first - timedelta(minutes=60)):
        assert commands.escalate() == 1
        commands.pause_call(office["clerk"], call_id, waiting_for="customer", reason="客户外出")
    with clock.frozen(first):
        assert commands.escalate() == 0  # paused: nothing comes near
        commands.resume_call(office["clerk"], call_id)
        assert commands.escalate() == 1
        assert commands.escalate() == 0
    assert notices() == 2


def test_so15_overtaken_levels_are_not_told_and_arrival_ends_it(office: Cast) -> None:
    levels(("arrival", 120, "supervisor"), ("arrival", 30, "supervisor"), ("arrival", 0, "supervisor"))
    call_id = call_for(office, reported_at=office_time(8, 30))
    other = call_for(office, "in_warranty", reported_at=office_time(8, 30))
    order_id = dispatch(office, other)
    commands.accept(office["technician"], order_id)
    commands.arrive(office["technician"], order_id)
    assert commands.escalate(office_time(9, 0, 24)) == 1  # the scheduler stood still for days
    assert notices() == 3
    with acting_as(SYSTEM):
        told = [row.told for row in db.session.scalars(select(EscalationNotice).order_by(EscalationNotice.id))]
        assert sum(bool(text) for text in told) == 1
        assert {row.repair_call_id for row in db.session.scalars(select(EscalationNotice))} == {call_id}


def test_so15_one_mail_a_person_a_round_and_it_is_sent_once(office: Cast) -> None:
    levels(("arrival", 120, "supervisor"))
    for product in ("out_of_warranty", "in_warranty"):
        call_for(office, product, reported_at=office_time(8, 30))
    assert commands.escalate(office_time(17, 0)) == 2
    assert [state for state in outbox.drain() if state != "done"] == []
    assert outbox.drain() == []
    with acting_as(SYSTEM):
        rows = db.session.scalars(select(InboxMessage).where(InboxMessage.mail_status != "none")).all()
        assert {row.mail_status for row in rows} == {"sent"} and len(rows) == 2
        from app.core import mail

        mine = [path for path in mail.folder_list() if f"aftercare-inbox-{min(row.id for row in rows)}@" in path.name]
        assert len(mine) == 1
        letter = mail.folder_read(mine[0].name)
        assert letter is not None and letter.to == "supervisor@example.com" and letter.text.count("JX-") == 2


def test_so15_a_vacant_post_is_answered_for_by_the_next_above(office: Cast) -> None:
    levels(("arrival", 120, "supervisor"))
    with unit_of_work(SYSTEM, "staff.update"):
        fetch(Staff, office.staff("supervisor")).active = False
    call_for(office, reported_at=office_time(8, 30))
    assert commands.escalate(office_time(17)) == 1
    assert len(unread(office, "manager")) == 1


def test_inbox_is_ones_own(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.inbox"):
        mine = inbox.post(office.staff("clerk"), "%(count)d reminders", {"count": 2}).id
    with pytest.raises(NotFound):
        inbox.read(office["supervisor"], mine)
    inbox.read(office["clerk"], mine)
    with acting_as(office["clerk"]):
        assert inbox.unread() == 0
