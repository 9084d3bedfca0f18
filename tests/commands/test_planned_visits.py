"""Maintenance visits promised by a contract: planned, entered in time, once (SO-23)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.contracts import commands as contracts
from app.contracts import documents
from app.contracts.models import Contract, PlannedVisit
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.documents import Params
from app.core.errors import Refused
from app.core.fetch import fetch
from app.fieldservice import commands, queries
from app.fieldservice.commands.visits import make_due_calls
from app.fieldservice.models import RepairCall
from tests.cast import Cast

TODAY = date(2026, 1, 5)  # a Monday
TERM = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
TERMS = {"price": Decimal("588.00"), "labour_free": True, "parts_free": False, "callout_free": True}


@pytest.fixture(autouse=True)
def january() -> Iterator[None]:
    with clock.frozen(clock.at_local(TODAY, time(9))):
        yield


def in_force(office: Cast, visits: int = 4, products: tuple[str, ...] = ("in_warranty",)) -> int:
    contract = contracts.create_contract(
        office["clerk"],
        customer_id=office.customers["in_warranty"],
        voucher_ids=[office.vouchers[name] for name in products],
        visits=visits,
        price=Decimal("588.00"),
        **TERM,  # type: ignore[arg-type]  # a table of values
    )
    assert days(contract.id) == []
    contracts.put_in_force(office["supervisor"], contract.id)
    return contract.id


def days(contract_id: int) -> list[date]:
    with acting_as(SYSTEM):
        statement = select(PlannedVisit.due_on).where(PlannedVisit.contract_id == contract_id)
        return list(db.session.scalars(statement.order_by(PlannedVisit.due_on)))


def change(office: Cast, contract_id: int, **more: Any) -> None:
    contracts.update_contract(office["clerk"], contract_id, **{**TERM, **TERMS, "visits": 4, **more})


def run(day: date) -> int:
    with acting_as(SYSTEM), clock.frozen(clock.at_local(day, time(9))):
        return make_due_calls(clock.now())


def calls() -> list[RepairCall]:
    with acting_as(SYSTEM):
        statement = select(RepairCall).where(RepairCall.channel == "planned").order_by(RepairCall.id)
        return list(db.session.scalars(statement))


def test_so23_visits_are_planned_on_working_days_when_the_contract_is_in_force(office: Cast) -> None:
    contract = in_force(office)
    # 15 February is a Sunday before the Spring Festival, 17 May a Sunday.
    found = days(contract)
    assert len(found) == 4
    assert found[1:] == [date(2026, 5, 18), date(2026, 8, 17), date(2026, 11, 16)]
    assert found[0] > date(2026, 2, 14)


def test_so23_a_change_plans_anew_without_touching_what_was_made(office: Cast) -> None:
    contract = in_force(office)
    first = days(contract)[0]
    assert run(first) == 1
    change(office, contract, visits=2)
    assert days(contract) == [first, date(2026, 10, 8)]  # 1 October is a holiday
    change(office, contract, visits=1)
    assert days(contract) == [first]
    change(office, contract, visits=4)
    assert len(days(contract)) == 4
    assert days(contract)[0] == first


def test_so23_nothing_changes_when_nothing_changed(office: Cast) -> None:
    contract = in_force(office)
    with acting_as(SYSTEM):
        before = list(db.session.scalars(select(PlannedVisit.id).order_by(PlannedVisit.id)))
    change(office, contract, price=Decimal("600.00"))
    with acting_as(SYSTEM):
        assert list(db.session.scalars(select(PlannedVisit.id).order_by(PlannedVisit.id))) == before


def test_so23_a_contract_cancelled_promises_no_more_visits(office: Cast) -> None:
    contract = in_force(office)
    run(days(contract)[0])
    contracts.cancel(office["supervisor"], contract, reason="客户解约")
    assert len(days(contract)) == 1


def test_so23_a_visit_becomes_a_call_of_class_b_seven_days_before_and_once(office: Cast) -> None:
    contract = in_force(office)
    due = days(contract)[1]
    assert run(due - timedelta(days=8)) == 1  # only the first one, which is overdue
    assert run(due - timedelta(days=7)) == 1
    assert run(due - timedelta(days=7)) == 0
    call = calls()[-1]
    assert (call.status, call.voucher_id) == ("open", office.vouchers["in_warranty"])
    assert call.arrive_by == clock.at_local(due, time(17, 30))
    with acting_as(SYSTEM):
        assert "计划保养" in call.symptom
        assert queries.class_for(call)[0] == "B"
        visit = call.planned_visit
        assert visit is not None
        assert visit.called_at is not None
    with pytest.raises(Refused):
        commands.make_call(office["clerk"], visit.id)


def test_so14_so23_a_planned_visit_is_carried_over_only_from_its_day_on(office: Cast) -> None:
    contract = in_force(office)
    due = days(contract)[1]
    run(due - timedelta(days=7))
    call_id = calls()[-1].id
    branch = office.branches["NJ"]
    with acting_as(SYSTEM):
        for day, expected in ((due - timedelta(days=3), False), (due, True)):
            waiting = queries.to_carry_over(branch, day, clock.at_local(day, time(17, 30)))
            assert (call_id in [call.id for call in waiting]) is expected
        assert not queries.is_carried_over(fetch(RepairCall, call_id), due)


def test_so23_the_voucher_tells_the_figures(office: Cast) -> None:
    contract = in_force(office)
    with acting_as(SYSTEM):
        assert queries.visit_figures(contract, office.vouchers["in_warranty"]) == (0, days(contract)[0])
        assert fetch(Contract, contract).visits == 4


def test_so23_the_expiry_letter_counts_the_visits_that_were_made(office: Cast) -> None:
    contract = in_force(office)
    for due in days(contract)[:2]:
        run(due)
    made = calls()[0]
    order = commands.dispatch(office["supervisor"], made.id, technician_id=office.staff("technician")).id
    me = office["technician"]
    commands.accept(me, order)
    commands.arrive(me, order)

    def told() -> tuple[int, int | None]:
        db.session.expunge_all()
        with acting_as(SYSTEM):
            letter = documents.expiry_notices(Params(TODAY, "NJ", contract))[0]
            return letter.visits_promised, letter.visits_done

    assert told() == (4, 0)
    commands.finish(me, order, fault_code_id=office.faults["G99"], result="清洗保养")
    assert told() == (4, 1)
