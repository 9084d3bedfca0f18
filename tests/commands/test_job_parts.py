"""Parts of a job on both databases: reserved, fitted, released when the job ends, balanced (SO-22, SO-17)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core import outbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.core.uow import unit_of_work
from app.fieldservice import commands
from app.fieldservice.models import PartFitted, WorkOrder
from app.parts import commands as parts
from app.parts import queries
from app.parts.models import Part, PartLevel, PartReservation, PartUnit
from app.reporting.models import Delivery, DistributionList, DistributionMember, MadeDocument
from tests.cast import Cast

STORE, VAN = "南京仓库", "李建国车"


def _order(office: Cast, customer: str = "in_warranty", who: str = "technician") -> WorkOrder:
    call = commands.enter_call(office["clerk"], office.vouchers[customer], symptom="不制冷", caller_phone="13800000001")
    return commands.dispatch(office["supervisor"], call.id, technician_id=office.staff(who))


def _on_site(office: Cast) -> WorkOrder:
    order = _order(office)
    commands.accept(office["technician"], order.id)
    return commands.arrive(office["technician"], order.id)


def _kept(number: str) -> list[tuple[str, int]]:
    with acting_as(SYSTEM):
        rows = db.session.scalars(
            select(PartReservation)
            .where(PartReservation.reference == number, PartReservation.release == "kept")
            .order_by(PartReservation.id)
        )
        return [(row.place.name, row.quantity) for row in rows]


def test_so22_reserved_in_the_van_first_and_used_when_it_is_fitted(office: Cast) -> None:
    order, therm = _on_site(office), office.parts["P-THERM"]
    commands.reserve_part(office["supervisor"], order.id, part_id=therm, quantity=4)
    assert _kept(order.number) == [(VAN, 3), (STORE, 1)]
    commands.fit_part(office["technician"], order.id, part_id=therm, quantity=2)
    assert _kept(order.number) == [(VAN, 1), (STORE, 1)]
    # The technician reserves too, though the store's shelves are not his to see.
    commands.reserve_part(office["technician"], order.id, part_id=office.parts["P-COMP"])
    assert (STORE, 1) in _kept(order.number)
    (balance,) = queries.parts_balance(order.number)
    assert (balance.taken, balance.returned, balance.fitted, balance.balanced) == (2, 0, 2, True)
    commands.finish(office["technician"], order.id, fault_code_id=office.faults["F01"], result="更换温控器")
    assert _kept(order.number) == []
    assert queries.held_in(therm, office.places[VAN]) == (1, 0)
    with pytest.raises(Refused):
        commands.reserve_part(office["supervisor"], order.id, part_id=therm)


@pytest.mark.parametrize("how", ["decline", "cancel", "cancel the call", "release"])
def test_so22_what_ends_a_job_ends_its_reservations(office: Cast, how: str) -> None:
    order, comp = _order(office), office.parts["P-COMP"]
    commands.reserve_part(office["clerk"], order.id, part_id=comp, quantity=2)
    if how == "decline":
        commands.decline(office["technician"], order.id, reason="生病")
    elif how == "cancel":
        commands.cancel_order(office["supervisor"], order.id, reason="改期")
    elif how == "cancel the call":
        commands.cancel_call(office["clerk"], order.repair_call_id, reason="客户取消")
    else:
        commands.release_parts(office["technician"], order.id)
        with pytest.raises(Refused, match="Nothing is reserved"):
            commands.release_parts(office["technician"], order.id)
    assert _kept(order.number) == []
    assert queries.held_in(comp, office.places[STORE]) == (4, 0)


def test_so22_a_reassigned_job_takes_its_parts_in_the_store_along(office: Cast) -> None:
    order = _order(office)
    commands.reserve_part(office["supervisor"], order.id, part_id=office.parts["P-THERM"], quantity=5)
    again = commands.reassign(
        office["supervisor"], order.id, technician_id=office.staff("technician2"), reason="技能不符"
    )
    assert _kept(order.number) == []
    assert _kept(again.number) == [(STORE, 2)]
    assert queries.held_in(office.parts["P-THERM"], office.places[VAN]) == (3, 0)


def test_so22_a_part_taken_back_balances_and_one_left_out_does_not(office: Cast) -> None:
    order, therm = _on_site(office), office.parts["P-THERM"]
    fitted = commands.fit_part(office["technician"], order.id, part_id=therm, quantity=2)
    commands.remove_part(office["technician"], order.id, fitted_id=fitted.id)
    commands.fit_part(office["technician"], order.id, part_id=therm, quantity=1)
    (row,) = queries.parts_balance(order.number)
    assert (row.taken, row.returned, row.fitted, row.balanced) == (3, 2, 1, True)
    # Taken for the job past its records: the balance says so.
    with unit_of_work(office["technician"], "test"):
        part = db.session.execute(select(Part).where(Part.id == therm)).scalar_one()
        parts.take_for_job(office["technician"], part, 1, office.staff("technician"), reference=order.number)
    (row,) = queries.parts_balance(order.number)
    assert (row.taken, row.fitted, row.balanced) == (4, 1, False)


def test_so17_the_job_says_old_and_new_serial_numbers(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test"):
        part = Part(code="P-BOARD", name="主控板", serial_tracked=True)
        db.session.add(part)
        db.session.flush()
        key = part.id
    clerk, store, van = office["clerk"], office.places[STORE], office.places[VAN]
    parts.receive(clerk, store, part_id=key, quantity=2, serials="B1 B2")
    parts.issue(clerk, store, part_id=key, quantity=2, to_place_id=van, serials="B1 B2")
    order = _on_site(office)
    with pytest.raises(Refused, match="give 1 serial numbers"):
        commands.fit_part(office["technician"], order.id, part_id=key)
    first = commands.fit_part(office["technician"], order.id, part_id=key, serials="B1", old_serials="OLD-7")
    # The second one replaces the first: a board of ours comes out again as an old part.
    second = commands.fit_part(office["technician"], order.id, part_id=key, serials="B2", old_serials="B1")
    with acting_as(SYSTEM):
        rows = {row.id: (row.serials, row.old_serials) for row in db.session.scalars(select(PartFitted))}
        assert rows == {first.id: ("B1", "OLD-7"), second.id: ("B2", "B1")}
        states = {unit.serial_no: unit.state for unit in db.session.scalars(select(PartUnit))}
    assert states == {"B1": "removed", "B2": "fitted"}
    commands.remove_part(office["technician"], order.id, fitted_id=second.id)
    with acting_as(SYSTEM):
        units = {unit.serial_no: (unit.state, unit.reference) for unit in db.session.scalars(select(PartUnit))}
    assert units == {"B1": ("fitted", order.number), "B2": ("in_stock", "")}


def test_so22_a_sent_request_is_made_as_pdf_and_goes_to_the_list(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test"):
        chosen = DistributionList(code="purchasing", name="采购")
        db.session.add(chosen)
        db.session.flush()
        db.session.add(
            DistributionMember(distribution_list_id=chosen.id, name="采购部", email="purchasing@example.com")
        )
        db.session.add(
            PartLevel(branch_id=office.branches["NJ"], part_id=office.parts["P-COMP"], reorder_point=9, order_up_to=12)
        )
    request = parts.draft_request(office["clerk"], office.branches["NJ"])
    assert request is not None
    number = parts.send_request(office["supervisor"], request.id).number
    db.session.remove()
    ended = outbox.drain()
    assert set(ended) == {"done"}, ended
    with acting_as(SYSTEM):
        (made,) = db.session.scalars(select(MadeDocument).where(MadeDocument.name == "purchase_request"))
        (delivery,) = db.session.scalars(select(Delivery).where(Delivery.document_id == made.id))
        assert number in made.title
        assert (delivery.email, delivery.status) == ("purchasing@example.com", "sent")
