"""The evening at a branch, on both databases: closed once, counted, printed, told (SO-14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.inbox import InboxMessage
from app.core.outbox import OutboxEntry
from app.core.uow import unit_of_work
from app.customers.commands import give_out, take_back
from app.customers.models import Voucher
from app.fieldservice import commands, documents_overnight, queries
from app.fieldservice.commands.overnight import close_due_days
from app.fieldservice.models import CarryOver, Contractor, DayClose, RepairCall, WorkOrder, WorkOrderEvent
from app.fieldservice.queries import figures
from app.organisation.models import Staff
from tests.cast import Cast
from tests.conftest import Backend

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def at(hour: int, minute: int = 0, day: date = FRIDAY) -> datetime:
    return clock.at_local(day, time(hour, minute))


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(at(9)):
        yield


def call_for(office: Cast, product: str = "in_warranty", **more: Any) -> RepairCall:
    given = {"symptom": "不制冷", "confirm_duplicate": True, **more}
    return commands.enter_call(office["clerk"], office.vouchers[product], **given)


def send(office: Cast, call: RepairCall, **more: Any) -> WorkOrder:
    return commands.dispatch(office["supervisor"], call.id, technician_id=office.staff("technician"), **more)


def close(office: Cast, who: str = "clerk", day: date = FRIDAY, **more: Any) -> DayClose:
    with clock.frozen(at(17, 30, day)):
        return commands.close_day(office[who], office.branches["NJ"], day, **more)


def tick(now: datetime) -> int:
    """As the scheduler does it."""
    with acting_as(SYSTEM):
        return close_due_days(now)


def count(model: Any) -> int:
    with acting_as(SYSTEM):
        return db.session.execute(select(func.count()).select_from(model.__table__)).scalar_one()


def carried(call_id: int) -> int:
    with acting_as(SYSTEM):
        return db.session.execute(select(RepairCall.carried_over).where(RepairCall.id == call_id)).scalar_one()


def test_so14_open_calls_are_counted_and_dispatched_ones_are_not(office: Cast) -> None:
    waiting, sent = call_for(office), call_for(office, "out_of_warranty")
    late = call_for(office, "under_contract", at=at(17), reported_at=at(17))
    elsewhere = commands.enter_call(office["clerk_sz"], office.vouchers["suzhou"], symptom="不制冷")
    send(office, sent)
    closed = close(office, reasons={waiting.id: " 客户要求周一 "})
    with acting_as(office["clerk"]):
        rows = {row.repair_call_id: (row.times, row.cause, row.reason) for row in closed.carried}
    assert rows == {waiting.id: (1, "not_dispatched", "客户要求周一"), late.id: (1, "late_call", "")}
    assert [carried(each.id) for each in (waiting, sent, late, elsewhere)] == [1, 0, 1, 0]
    assert (closed.closed_by_id, closed.closed_at) == (office.staff("clerk"), at(17, 30))


def test_so14_doing_it_twice_changes_nothing(office: Cast) -> None:
    call = call_for(office)
    first = close(office)
    before = [count(model) for model in (DayClose, CarryOver, OutboxEntry, InboxMessage, AuditEntry)]
    again = close(office, "supervisor", reasons={call.id: "另一个原因"})
    assert again.id == first.id
    assert tick(at(17, 31)) == 1  # Suzhou's; Nanjing's is closed
    assert carried(call.id) == 1
    assert count(CarryOver) == before[1]
    assert count(DayClose) == before[0] + 1


def test_so14_two_at_the_same_moment_close_it_once(backend: Backend, office: Cast) -> None:
    call_id = call_for(office).id
    people, found = (office["clerk"], office["supervisor"], SYSTEM), []
    branch, ready = office.branches["NJ"], Barrier(3)
    db.session.remove()

    def go(who: Any) -> None:
        with clock.frozen(at(17, 30)), backend.app.app_context():
            ready.wait(10)
            try:
                found.append(commands.close_day(who, branch, FRIDAY).id)
            finally:
                db.session.remove()

    threads = [Thread(target=go, args=(who,)) for who in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert len(found) == 3
    assert len(set(found)) == 1
    assert (carried(call_id), count(DayClose), count(CarryOver)) == (1, 1, 1)


def test_so14_by_itself_at_closing_time_on_working_days(office: Cast) -> None:
    call_id = call_for(office).id
    assert tick(at(17, 29)) == 0
    assert tick(at(17, 30)) == 2  # Nanjing and Suzhou; who serves no district closes nothing
    assert tick(at(17, 30)) == 0
    assert tick(at(12, 0, date(2026, 11, 22))) == 0  # Sunday
    with acting_as(SYSTEM):
        closed = queries.close_of(office.branches["NJ"], FRIDAY)
        assert closed is not None
        assert closed.closed_by is None
    assert carried(call_id) == 1
    assert tick(at(9, 0, date(2026, 11, 24))) == 2  # Monday's, made up for on Tuesday morning
    assert carried(call_id) == 2


def test_so14_carried_over_twice_alerts_the_supervisor(office: Cast) -> None:
    call = call_for(office)
    close(office)
    assert count(InboxMessage) == 0
    close(office, day=MONDAY)
    with acting_as(office["supervisor"]):
        message = db.session.scalars(select(InboxMessage)).one()
    assert message.staff_id == office.staff("supervisor")
    assert message.params["times"] == 2
    assert call.number in message.words
    assert message.mail_status == "waiting"


def test_so14_the_sheet_for_the_next_day_is_wanted_and_carried_calls_come_first(office: Cast) -> None:
    old = call_for(office)
    close(office)
    young = call_for(office, "out_of_warranty", at=at(9, 0, MONDAY), reported_at=at(9, 0, MONDAY))
    close(office, day=MONDAY)
    evening = call_for(office, "under_contract", at=at(19, 0, MONDAY), reported_at=at(19, 0, MONDAY))
    with acting_as(SYSTEM), clock.frozen(at(19, 30, MONDAY)):
        wanted = [row.payload["date"] for row in db.session.scalars(select(OutboxEntry)) if row.kind == "make_document"]
        assert wanted == ["2026-11-20", "2026-11-23"]
        paper = documents_overnight.next_day_dispatches(documents_overnight.Params(MONDAY, "NJ"))[0]
        assert [(line.call_number, line.times, line.alert) for line in paper.carried] == [
            (old.number, 2, True),
            (young.number, 1, False),
        ]
        assert [line.call_number for line in paper.others] == [evening.number]
        assert paper.for_day == date(2026, 11, 24)
        # Friday's sheet printed again still says what Friday said.
        again = documents_overnight.next_day_dispatches(documents_overnight.Params(FRIDAY, "NJ"))[0]
        assert [(line.call_number, line.times) for line in again.carried] == [(old.number, 1)]


def test_so14_given_back_is_the_cause_and_the_clerk_may_explain_afterwards(office: Cast) -> None:
    call = call_for(office)
    order = send(office, call)
    commands.decline(office["technician"], order.id, reason="生病")
    closed = close(office)
    with acting_as(office["clerk"]):
        assert [row.cause for row in closed.carried] == ["given_back"]
    commands.explain_carry_over(office["clerk"], closed.id, reasons={call.id: "技术员生病", 99999: "—"})
    with acting_as(office["clerk"]):
        assert [row.reason for row in fetch(DayClose, closed.id).carried] == ["技术员生病"]
    with pytest.raises(NotFound):
        commands.explain_carry_over(office["clerk_sz"], closed.id, reasons={})


def test_so3_so14_vouchers_that_are_not_where_the_register_says(office: Cast) -> None:
    sent = call_for(office)
    send(office, sent)
    other = call_for(office, "out_of_warranty")
    send(office, other)
    with unit_of_work(SYSTEM, "test.vouchers"):
        take_back(fetch(Voucher, office.vouchers["in_warranty"]), at=at(10))
        staff = fetch(Staff, office.staff("technician2"))
        give_out(fetch(Voucher, office.vouchers["under_contract"]), staff, reason="—", at=at(10))
    closed = close(office)
    with acting_as(office["clerk"]):
        found = {row.voucher_id: (row.kind, row.holder_id, row.repair_call_id) for row in closed.findings}
    assert found == {
        office.vouchers["in_warranty"]: ("in_file_with_job", None, sent.id),
        office.vouchers["under_contract"]: ("out_without_job", office.staff("technician2"), None),
    }


def test_so14_a_newer_call_before_left_over_ones_needs_a_reason(office: Cast) -> None:
    old = call_for(office)
    close(office)
    with clock.frozen(at(9, 0, MONDAY)):
        new = call_for(office, "out_of_warranty")
        with pytest.raises(Refused) as refusal:
            send(office, new)
        assert refusal.value.field == "out_of_turn_reason"
        assert refusal.value.params == {"count": 1, "number": old.number}
        order = send(office, new, out_of_turn_reason="漏水严重")
        with acting_as(SYSTEM):
            notes = db.session.scalars(
                select(WorkOrderEvent.note).where(
                    WorkOrderEvent.work_order_id == order.id, WorkOrderEvent.kind == "dispatched"
                )
            ).all()
        assert notes == ["漏水严重"]
        with acting_as(office["supervisor"]):
            newer = call_for(office, "under_contract", priority="urgent")
            assert [each.id for each in queries.waiting_calls(office.branches["NJ"])] == [old.id, newer.id]
        send(office, old)
        send(office, newer)  # nothing of earlier days waits any more


def test_so14_an_outside_contractor_waits_for_his_turn_too(office: Cast) -> None:
    """SO-14, SO-19: an approved contractor takes a newer call before those left over only with a reason."""
    with unit_of_work(SYSTEM, "test.contractor") as session:
        firm = Contractor(branch_id=office.branches["NJ"], name="宏达电器维修部", trades="空调")
        session.add(firm)
        session.flush()
        firm_id = firm.id
    old = call_for(office)
    close(office)
    with clock.frozen(at(9, 0, MONDAY)):
        new = call_for(office, "out_of_warranty")
        request = commands.ask_contractor(office["supervisor"], new.id, contractor_id=firm_id, reason="无人").id
        commands.approve_contractor(office["manager"], request)
        with pytest.raises(Refused) as refusal:
            commands.send_contractor(office["supervisor"], request, out_of_turn_reason=" ")
        assert (refusal.value.field, refusal.value.params["number"]) == ("out_of_turn_reason", old.number)
        order = commands.send_contractor(office["supervisor"], request, out_of_turn_reason="漏水严重")
        with acting_as(SYSTEM):
            sent = (WorkOrderEvent.work_order_id == order.id, WorkOrderEvent.kind == "dispatched")
            assert db.session.scalars(select(WorkOrderEvent.note).where(*sent)).all() == ["宏达电器维修部; 漏水严重"]


def test_so14_who_may_close(office: Cast) -> None:
    with pytest.raises(NotPermitted):
        close(office, "technician")
    with pytest.raises(NotPermitted):
        close(office, "director")
    with pytest.raises(NotFound):
        close(office, "clerk_sz")
    with pytest.raises(Refused):
        commands.close_day(office["clerk"], office.branches["NJ"], MONDAY)


def test_so14_figures_for_the_management(office: Cast) -> None:
    call_for(office)
    close(office)
    close(office, day=MONDAY)
    with acting_as(office["director"]):
        assert [(each.close.day, each.carried, each.repeated) for each in queries.evenings(None)] == [
            (MONDAY, 1, 1),
            (FRIDAY, 1, 0),
        ]
        assert queries.count_of(RepairCall, figures.carried_over()) == 1
    with acting_as(office["clerk_sz"]):
        assert queries.evenings(None) == []
