"""The dispatch board's verbs on both databases: absences, clashes, crew, reminders, contractors (SO-14, SO-18, SO-19)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from app.billing import commands as billing
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Conflict, NotFound, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.inbox import InboxMessage
from app.core.uow import unit_of_work
from app.fieldservice import commands, queries
from app.fieldservice.models import (
    Absence,
    Contractor,
    ContractorRequest,
    CrewMember,
    FaultCode,
    RepairCall,
    ServiceArea,
    TimeEntry,
    WorkOrder,
    WorkOrderEvent,
)
from app.fieldservice.queries import board as boards
from app.organisation.models import Staff
from tests.cast import Cast
from tests.conftest import Backend

FRIDAY = clock.at_local(date(2026, 11, 20), time(9))


def office_time(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return clock.at_local(date(2026, 11, day), time(hour, minute))


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def call_for(office: Cast, product: str = "out_of_warranty", **more: Any) -> int:
    given = {"symptom": "不制冷", "caller_phone": "13800000002", **more}
    return commands.enter_call(office["clerk"], office.vouchers[product], **given).id


def send(office: Cast, call_id: int, who: str = "technician", **more: Any) -> WorkOrder:
    return commands.dispatch(office["supervisor"], call_id, technician_id=office.staff(who), **more)


def away(office: Cast, who: str, first: datetime, last: datetime, **more: Any) -> Absence:
    return commands.enter_absence(
        office["supervisor"], staff_id=office.staff(who), starts_at=first, ends_at=last, **more
    )


def status_of(call_id: int) -> str:
    db.session.expunge_all()
    with acting_as(SYSTEM):
        return fetch(RepairCall, call_id).status


def told(office: Cast, who: str) -> list[str]:
    with acting_as(SYSTEM):
        rows = db.session.scalars(
            select(InboxMessage).where(InboxMessage.staff_id == office.staff(who)).order_by(InboxMessage.id)
        )
        return [row.message for row in rows]


# -- absences and clashes ---------------------------------------------------------------------------------------


def test_so19_nobody_absent_is_sent(office: Cast) -> None:
    away(office, "technician", office_time(8), office_time(18))
    call_id = call_for(office)
    for more in ({}, {"appointment_at": office_time(10)}, {"appointment_at": office_time(10), "override_reason": "急"}):
        with pytest.raises(Refused) as refusal:
            send(office, call_id, **more)
        assert refusal.value.field == "technician_id"
        assert refusal.value.params["name"] == "李建国"
    # On Monday he is there again; a colleague can go today.
    assert send(office, call_id, appointment_at=office_time(10, day=23)).status == "dispatched"


def test_so19_an_absence_of_some_hours_leaves_the_rest_of_the_day(office: Cast) -> None:
    away(office, "technician", office_time(8), office_time(14))
    assert send(office, call_for(office)).appointment_at is None


def test_so18_two_appointments_at_once_need_a_reason_that_is_kept(office: Cast) -> None:
    first = send(office, call_for(office), appointment_at=office_time(10), expected_minutes=60)
    second = call_for(office, "in_warranty")
    with pytest.raises(Refused) as refusal:
        send(office, second, appointment_at=office_time(10, 30))
    assert refusal.value.field == "override_reason"
    assert refusal.value.params["number"] == first.number
    order = send(office, second, appointment_at=office_time(10, 30), override_reason="同一小区，客户同意等候")
    with acting_as(SYSTEM):
        assert "同一小区" in order.events[0].note
    # Right after the first there is no clash.
    third = send(office, call_for(office, "under_contract"), "technician2", appointment_at=office_time(11))
    assert third.status == "dispatched"


def test_so19_the_kind_of_fault_says_how_long_a_job_takes(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.fault"):
        fetch(FaultCode, office.faults["F01"]).expected_minutes = 180
    send(office, call_for(office, symptom_code_id=office.faults["F01"]), appointment_at=office_time(9))
    with pytest.raises(Refused):
        send(office, call_for(office, "in_warranty"), appointment_at=office_time(11, 45))
    assert send(office, call_for(office, "under_contract"), appointment_at=office_time(13, 30)).status == "dispatched"


def test_so19_an_absence_points_out_the_appointments_in_it(office: Cast) -> None:
    order = send(office, call_for(office), appointment_at=office_time(10))
    with pytest.raises(Refused) as refusal:
        away(office, "technician", office_time(8), office_time(18))
    assert refusal.value.field == "confirm"
    assert refusal.value.params["numbers"] == order.number
    row = away(office, "technician", office_time(8), office_time(18), confirm=True)
    with pytest.raises(Refused):
        away(office, "technician", office_time(17), office_time(19))
    commands.remove_absence(office["supervisor"], row.id)
    with acting_as(SYSTEM):
        assert db.session.scalars(select(Absence)).all() == []


def test_so19_absences_are_the_branchs_own_affair(office: Cast) -> None:
    with pytest.raises(NotPermitted):
        commands.enter_absence(
            office["technician"],
            staff_id=office.staff("technician"),
            starts_at=office_time(8),
            ends_at=office_time(9),
        )
    with pytest.raises(Refused):
        away(office, "technician_sz", office_time(8), office_time(9))
    row_id = away(office, "technician2", office_time(8), office_time(9, day=21)).id
    db.session.expunge_all()
    for name, seen in (("technician2", 1), ("technician", 0), ("clerk", 1), ("clerk_sz", 0)):
        with acting_as(office[name]):
            assert len(db.session.scalars(select(Absence).where(Absence.id == row_id)).all()) == seen
            db.session.expunge_all()


# -- crew -------------------------------------------------------------------------------------------------------


def test_so19_the_crew_sees_the_job_and_records_minutes_but_is_not_in_charge(office: Cast) -> None:
    order_id = send(office, call_for(office), crew=[office.staff("technician2")]).id
    mate, leader = office["technician2"], office["technician"]
    db.session.expunge_all()
    with acting_as(mate):
        assert fetch(WorkOrder, order_id).repair_call.voucher.customer.name == "刘芳"
        assert [job.id for job in queries.jobs_of(office.staff("technician2"))] == [order_id]
    with pytest.raises(Refused) as refusal:
        commands.accept(mate, order_id)
    assert refusal.value.params["name"] == "李建国"
    db.session.expunge_all()
    commands.accept(leader, order_id)
    commands.arrive(leader, order_id)
    commands.quote(leader, order_id, minutes=60)
    commands.agree_charges(leader, order_id, name="刘芳")
    db.session.expunge_all()
    with clock.frozen(office_time(10, 30)):
        entry = commands.record_time(mate, order_id, started_at=office_time(9), minutes=60)
        assert entry.staff_id == office.staff("technician2")
        db.session.expunge_all()
        commands.finish(leader, order_id, fault_code_id=office.faults["F01"], result="更换温控器")
    db.session.expunge_all()
    with acting_as(SYSTEM):
        staff = sorted(db.session.scalars(select(TimeEntry.staff_id).where(TimeEntry.work_order_id == order_id)))
        assert staff == sorted([office.staff("technician"), office.staff("technician2")])


def test_so19_crew_is_changed_by_the_supervisor(office: Cast) -> None:
    order_id = send(office, call_for(office)).id
    two = office.staff("technician2")
    db.session.expunge_all()
    with pytest.raises(NotFound), acting_as(office["technician2"]):
        fetch(WorkOrder, order_id)
    commands.add_crew(office["supervisor"], order_id, staff_id=two)
    for staff_id in (two, office.staff("technician"), office.staff("technician_sz"), office.staff("clerk")):
        with pytest.raises(Refused):
            commands.add_crew(office["supervisor"], order_id, staff_id=staff_id)
    commands.remove_crew(office["supervisor"], order_id, staff_id=two)
    with acting_as(SYSTEM):
        assert db.session.scalars(select(CrewMember)).all() == []
        kinds = db.session.scalars(select(WorkOrderEvent.kind).where(WorkOrderEvent.work_order_id == order_id)).all()
    assert list(kinds) == ["dispatched", "crew", "crew"]


def test_so19_a_crew_member_is_booked_too(office: Cast) -> None:
    send(office, call_for(office), appointment_at=office_time(10), crew=[office.staff("technician2")])
    with pytest.raises(Refused) as refusal:
        send(office, call_for(office, "in_warranty"), "technician2", appointment_at=office_time(10, 30))
    assert refusal.value.field == "override_reason"


def test_so19_reassigning_checks_the_day_and_takes_the_crew_along(office: Cast) -> None:
    order = send(office, call_for(office), appointment_at=office_time(10), expected_minutes=45)
    away(office, "technician2", office_time(8), office_time(12))
    given = {"technician_id": office.staff("technician2"), "reason": "车辆故障"}
    with pytest.raises(Refused) as refusal:
        commands.reassign(office["supervisor"], order.id, **given)
    assert refusal.value.field == "technician_id"
    again = commands.reassign(office["supervisor"], order.id, appointment_at=office_time(14), **given)
    assert (again.expected_minutes, again.technician_id) == (45, office.staff("technician2"))
    assert told(office, "technician") == ["New job %(number)s.", "Job %(number)s was given to somebody else. %(words)s"]
    assert told(office, "technician2") == ["New job %(number)s."]


# -- reminders --------------------------------------------------------------------------------------------------


def test_so19_the_office_reminds_once_in_half_an_hour(office: Cast) -> None:
    order = send(office, call_for(office))
    commands.urge(office["clerk"], order.id, note="客户又来电")
    with pytest.raises(Refused):
        commands.urge(office["supervisor"], order.id)
    with clock.frozen(office_time(9, 31)):
        commands.urge(office["supervisor"], order.id)
    assert told(office, "technician")[1:] == ["Reminder: job %(number)s is waiting for you. %(words)s"] * 2
    with pytest.raises(NotPermitted):
        commands.urge(office["accountant"], order.id)


# -- outside contractors ----------------------------------------------------------------------------------------


def contractor(office: Cast) -> int:
    with unit_of_work(SYSTEM, "test.contractor") as session:
        row = Contractor(branch_id=office.branches["NJ"], name="宏达电器维修部", trades="空调、洗衣机")
        session.add(row)
        session.flush()
        return row.id


def test_so19_a_contractor_goes_with_the_managers_approval(office: Cast) -> None:
    call_id, firm = call_for(office), contractor(office)
    asked = commands.ask_contractor(office["supervisor"], call_id, contractor_id=firm, reason="两名技术员均外出").id
    assert told(office, "manager") == ["A contractor for call %(number)s waits for your approval. %(words)s"]
    with pytest.raises(Refused):
        commands.ask_contractor(office["supervisor"], call_id, contractor_id=firm, reason="再问")
    with pytest.raises(Refused):
        commands.send_contractor(office["supervisor"], asked)
    with pytest.raises(NotPermitted):
        commands.approve_contractor(office["supervisor"], asked)
    db.session.expunge_all()
    commands.approve_contractor(office["manager"], asked, note="同意")
    db.session.expunge_all()
    order = commands.send_contractor(office["supervisor"], asked, appointment_at=office_time(14))
    assert (order.contractor_id, order.technician_id) == (firm, office.staff("supervisor"))
    assert status_of(call_id) == "dispatched"
    given = {"fault_code_id": office.faults["F01"], "result": "更换压缩机"}
    order_id = order.id
    with clock.frozen(office_time(16)):
        with pytest.raises(Refused) as refusal:
            commands.record_contractor(
                office["supervisor"], order_id, arrived_at=office_time(14), finished_at=office_time(15), **given
            )
        assert refusal.value.field == "charges"
        # SO-6: nobody of the contractor's tells the charges; the office does, and records how the customer agreed.
        commands.quote(office["supervisor"], order_id, minutes=60)
        with pytest.raises(Refused) as refusal:
            commands.agree_charges(office["clerk"], order_id, name="刘芳", how="in a dream")
        assert refusal.value.field == "how"
        agreed = commands.agree_charges(
            office["clerk"], order_id, name="刘芳", how="telephone", agreed_at=office_time(13, 40)
        )
        assert (agreed.consent_how, agreed.charges_agreed_at) == ("telephone", office_time(13, 40))
        with pytest.raises(Refused) as refusal:
            commands.record_contractor(
                office["supervisor"], order_id, arrived_at=office_time(15), finished_at=office_time(14), **given
            )
        assert refusal.value.field == "finished_at"
        done = commands.record_contractor(
            office["supervisor"], order_id, arrived_at=office_time(14, 5), finished_at=office_time(15, 30), **given
        )
        assert (done.status, done.arrived_at) == ("finished", office_time(14, 5))
        # SO-5 holds for him too.
        with pytest.raises(Refused):
            commands.close(office["clerk"], order_id)
        commands.leave_unsigned(office["supervisor"], order_id, reason="外请单位交回纸质凭证")
        billing.collect(office["clerk"], order_id, amount=Decimal("130.00"), method="transfer")
        commands.close(office["clerk"], order_id)
    assert status_of(call_id) == "closed"


def test_so19_a_contractor_refused_or_withdrawn_does_not_go(office: Cast) -> None:
    call_id, firm = call_for(office), contractor(office)
    first = commands.ask_contractor(office["supervisor"], call_id, contractor_id=firm, reason="无人").id
    db.session.expunge_all()
    with pytest.raises(Refused) as refusal:
        commands.refuse_contractor(office["manager"], first, note="")
    assert refusal.value.field == "note"
    commands.refuse_contractor(office["manager"], first, note="明日自己派")
    second = commands.ask_contractor(office["supervisor"], call_id, contractor_id=firm, reason="客户急").id
    commands.withdraw_contractor(office["supervisor"], second)
    send(office, call_id)
    with acting_as(SYSTEM):
        states = db.session.scalars(select(ContractorRequest.status).order_by(ContractorRequest.id)).all()
    assert list(states) == ["refused", "withdrawn"]


def test_so19_an_own_technicians_job_is_not_reported_by_the_office(office: Cast) -> None:
    order = send(office, call_for(office))
    with pytest.raises(Refused):
        commands.record_contractor(
            office["supervisor"],
            order.id,
            arrived_at=FRIDAY,
            finished_at=FRIDAY,
            fault_code_id=office.faults["F01"],
            result="好",
        )


# -- the board --------------------------------------------------------------------------------------------------


def test_so19_the_board_shows_capacity_and_what_is_booked(office: Cast) -> None:
    send(office, call_for(office), appointment_at=office_time(10), expected_minutes=120)
    send(office, call_for(office, "in_warranty"), "technician2")
    away(office, "technician2", office_time(8, day=23), office_time(12, day=23))
    db.session.expunge_all()
    with acting_as(office["supervisor"]):
        board = boards.board(office.branches["NJ"])
        one, two = (board.row_of(office.staff(who)) for who in ("technician", "technician2"))
        assert one is not None
        assert two is not None
        assert [tuple(cell.load)[:2] for cell in one.cells] == [
            (450, 120), (0, 0), (0, 0), (450, 0), (450, 0), (450, 0), (450, 0)
        ]  # fmt: skip
        assert tuple(two.cells[0].load)[:2] == (450, 90)
        assert two.cells[3].load.capacity == 240
        assert [row.staff.id for row in board.rows if row.staff.branch_id != office.branches["NJ"]] == []
        assert board.free_on(one, date(2026, 11, 20), 90) == office_time(13, 30) or board.free_on(
            one, date(2026, 11, 20), 60
        ) == office_time(9)


def test_so19_the_suggestion_knows_area_absence_and_the_van(office: Cast) -> None:
    call_id = call_for(office, symptom_code_id=office.faults["F01"])
    with unit_of_work(SYSTEM, "test.area") as session:
        session.add(ServiceArea(staff_id=office.staff("technician2"), district_id=office.districts["江宁区"]))
    db.session.expunge_all()

    def ranked() -> list[str]:
        with acting_as(office["supervisor"]):
            call = fetch(RepairCall, call_id)
            found = boards.suggest(boards.board(call.branch_id), call, "冰箱")
            db.session.expunge_all()
            return [each.candidate.name for each in found]

    assert ranked() == ["王志强", "李建国"]
    away(office, "technician2", office_time(8), office_time(18))
    assert ranked() == ["李建国", "王志强"]


def test_so19_the_probable_part_is_the_one_fitted_most_often(office: Cast) -> None:
    order_id = send(office, call_for(office, "in_warranty")).id
    leader = office["technician"]
    db.session.expunge_all()
    commands.accept(leader, order_id)
    commands.arrive(leader, order_id)
    commands.fit_part(leader, order_id, part_id=office.parts["P-THERM"])
    with clock.frozen(office_time(9, 30)):
        commands.finish(leader, order_id, fault_code_id=office.faults["F01"], result="更换温控器")
    db.session.expunge_all()
    call_id = call_for(office, symptom_code_id=office.faults["F01"])
    with acting_as(office["supervisor"]):
        call = fetch(RepairCall, call_id)
        found = boards.suggest(boards.board(call.branch_id), call, "冰箱")
        assert {each.candidate.name: each.candidate.part for each in found} == {"李建国": True, "王志强": False}


def test_so19_of_two_supervisors_at_once_one_succeeds_and_the_other_is_told(backend: Backend, office: Cast) -> None:
    call_id = call_for(office)
    barrier, answers = Barrier(2), []

    def dispatch(who: str) -> None:
        with backend.app.app_context(), clock.frozen(FRIDAY):
            barrier.wait()
            try:
                commands.dispatch(office["supervisor"], call_id, technician_id=office.staff(who))
                answers.append("done")
            except Conflict as conflict:
                answers.append(conflict.params["who"])
            finally:
                db.session.remove()

    threads = [Thread(target=dispatch, args=(who,)) for who in ("technician", "technician2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == sorted(["done", "陈国栋"])


def test_so19_who_left_is_not_on_the_board(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.left", bulk=True) as session:
        session.execute(update(Staff).where(Staff.id == office.staff("technician2")).values(active=False))
    with acting_as(office["supervisor"]):
        assert [row.staff.name for row in boards.board(office.branches["NJ"]).rows] == ["李建国"]
