"""What the start page counts: as the rules read it, and as the list behind shows it (SO-15, SO-8, SO-16, CP-14, RV-4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select, update

from app.calendars.rules import MET, MISSED, PAUSED, RUNNING
from app.core import charts, clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.home import LISTED, cards_for
from app.core.uow import unit_of_work
from app.core.views.narrowed import list_count
from app.customers.models import Address, Voucher
from app.fieldservice import commands, queries
from app.fieldservice.models import RepairCall, WorkOrder
from app.fieldservice.queries import figures
from app.workshop import queries as workshop
from app.workshop import rules
from app.workshop.models import GoodsReceipt, RepairCard
from app.workshop.views.charts import of_age
from tests.cast import Cast

NAMES = {figures.IN_TIME: MET, figures.LATE: MISSED, figures.OVERDUE: MISSED}


def office_time(hour: int, minute: int = 0, day: int = 20, second: int = 0) -> datetime:
    return clock.at_local(date(2026, 11, day), time(hour, minute, second))


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(office_time(9)):
        yield


def enter(office: Cast, **more: Any) -> int:
    product = more.pop("product", "out_of_warranty")
    given = {"symptom": "不制冷", "confirm_duplicate": True, **more}
    return commands.enter_call(office["clerk"], office.vouchers[product], **given).id


def send(office: Cast, call_id: int, arrived: datetime | None = None) -> int:
    order = commands.dispatch(office["supervisor"], call_id, technician_id=office.staff("technician")).id
    if arrived is not None:
        with acting_as(SYSTEM), unit_of_work(SYSTEM, "test.arrived"):
            db.session.execute(update(WorkOrder).where(WorkOrder.id == order).values(arrived_at=arrived))
    return order


def due_of(call_id: int) -> datetime:
    with acting_as(SYSTEM):
        found = db.session.scalars(select(RepairCall.arrive_by).where(RepairCall.id == call_id)).one()
        assert found is not None
        return found


def of_each_kind(office: Cast) -> dict[str, int]:
    """A call for every way in which its arrival may stand on Friday at 18:00."""
    calls = {
        name: enter(office) for name in ("in_time", "same_minute", "late", "minute_late", "overdue", "paused", "gone")
    }
    for name, past in (
        ("in_time", -timedelta(hours=1)),
        ("same_minute", timedelta(seconds=59)),
        ("late", timedelta(hours=1)),
    ):
        send(office, calls[name], due_of(calls[name]) + past)
    send(office, calls["minute_late"], due_of(calls["minute_late"]) + timedelta(seconds=61))
    commands.pause_call(office["clerk"], calls["paused"], waiting_for="customer", reason="不在家")
    commands.cancel_call(office["supervisor"], calls["gone"], reason="客户撤回")
    with clock.frozen(office_time(16)):
        calls["running"] = enter(office)
    return calls


EXPECTED = {
    "in_time": figures.IN_TIME,
    "same_minute": figures.IN_TIME,
    "late": figures.LATE,
    "minute_late": figures.LATE,
    "overdue": figures.OVERDUE,
    "paused": figures.RUNNING,
    "running": figures.RUNNING,
    "gone": figures.WITHOUT,
}


def test_so15_the_database_reads_arrivals_as_the_rules_do(office: Cast) -> None:
    calls = of_each_kind(office)
    with clock.frozen(office_time(18)), acting_as(SYSTEM):
        db.session.expunge_all()
        rows = db.session.execute(select(RepairCall.id, figures.arrival_case(clock.now()))).all()
        counted = {row[0]: row[1] for row in rows}
        assert {name: counted[key] for name, key in calls.items()} == EXPECTED
        for name, key in calls.items():
            found = queries.arrival_of(queries.call_with_deadlines(key))
            expected = EXPECTED[name]
            if expected == figures.WITHOUT:
                assert found is None, name
            else:
                assert found is not None and found.state in (NAMES.get(expected), RUNNING, PAUSED), (name, found)
                assert (found.state in (MET, MISSED)) == (expected in NAMES), (name, found.state)


@pytest.mark.parametrize(
    ("hour", "minute", "soon", "overdue"), [(9, 0, 0, 0), (15, 30, 1, 0), (17, 30, 1, 0), (17, 31, 0, 1)]
)
def test_so10_due_soon_before_it_is_overdue(office: Cast, hour: int, minute: int, soon: int, overdue: int) -> None:
    """Seven working hours (suburban) from 9:00 are over at 17:30; the setting warns two working hours before."""
    call = enter(office)
    assert due_of(call) == office_time(17, 30)
    with clock.frozen(office_time(hour, minute)), acting_as(office["supervisor"]):
        assert queries.count_of(RepairCall, figures.due_soon()) == soon
        assert queries.count_of(RepairCall, figures.overdue()) == overdue
    with clock.frozen(office_time(hour, minute)), acting_as(office["supervisor_sz"]):
        assert queries.count_of(RepairCall, figures.due_soon()) == 0


def points(principal: Principal, asked: charts.Asked) -> Iterator[tuple[str, str, int, str]]:
    for drawn in charts.drawn_for(principal, asked):
        for series in drawn.figure.series:
            for value, link in series.points:
                yield drawn.chart.key, series.label, value, link


def asked_by(days: int) -> charts.Asked:
    places = tuple(place for give in charts.PLACES for place in give())
    return charts.Asked(days, clock.today(), places if len(places) > 1 else ())


@pytest.mark.parametrize("days", [7, 91])
def test_every_point_and_card_is_the_number_of_its_list(office: Cast, days: int) -> None:
    calls = of_each_kind(office)
    elsewhere = enter(office)
    with acting_as(SYSTEM), unit_of_work(SYSTEM, "test.elsewhere"):
        db.session.execute(update(RepairCall).where(RepairCall.id == elsewhere).values(branch_id=office.branches["SZ"]))
    seen: dict[str, dict[str, int]] = {}
    with clock.frozen(office_time(18)), current_app.test_request_context("/"):
        for name in ("clerk", "supervisor", "manager", "service", "director", "accountant", "admin"):
            with acting_as(office[name]):
                db.session.expunge_all()
                for key, label, value, link in points(office[name], asked_by(days)):
                    seen.setdefault(name, {})[key] = seen.setdefault(name, {}).get(key, 0) + value
                    if value:
                        screen, arguments = of_link(link)
                        assert list_count(screen, arguments) == value, (name, key, label, link)
                    else:
                        assert link == "", (name, key, label)
                for card in cards_for(office[name]):
                    if card.count is LISTED:
                        assert card.url.endswith(".list"), card.url
                        list_count(card.url.partition(".")[0], card.given)
                        assert card.shown().text.rstrip("+").isdigit()
    assert seen["manager"]["arrivals"] == len(calls)
    assert seen["service"]["arrivals"] == len(calls) + 1 == seen["service"]["branches"]
    assert "branches" not in seen["manager"] and "arrivals" not in seen.get("clerk", {})


def of_link(link: str) -> tuple[str, dict[str, str]]:
    """The screen and the arguments of an address."""
    with current_app.test_request_context(link) as context:
        endpoint = context.request.endpoint or ""
        return endpoint.partition(".")[0], dict(context.request.args)


def test_so8_an_item_stands_in_the_same_place_as_in_the_ageing_list(office: Cast) -> None:
    """The bounds of the database are the days of ``age_of``: 3 days old is 0–3, 4 days is the next."""

    made = []
    with acting_as(SYSTEM), unit_of_work(SYSTEM, "test.items", bulk=True):
        for age in (0, 3, 4, 7, 8, 14, 15, 30, 31, 90):
            call = RepairCall(
                number=f"JX-{age}", branch_id=office.branches["NJ"], voucher_id=office.vouchers["in_warranty"],
                address_id=address_of(office), symptom="x", reported_at=clock.now(), status="dispatched",
            )  # fmt: skip
            order = WorkOrder(
                number=f"PG-{age}", repair_call=call, branch_id=office.branches["NJ"], derived_class="A",
                technician_id=office.staff("technician"), service_class="A", dispatched_at=clock.now(),
                status="in_workshop",
            )  # fmt: skip
            begin = clock.at_local(clock.today() - timedelta(days=age), time(23, 59) if age % 2 else time(0, 0))
            db.session.add(order)
            db.session.flush()
            product = new_product(office, age)
            receipt = GoodsReceipt(
                number=f"SJ-{age}", work_order_id=order.id, voucher_id=product, branch_id=office.branches["NJ"],
                in_at=begin, condition="完好", promised_at=begin + timedelta(days=5),
            )  # fmt: skip
            receipt.card = RepairCard(status="waiting", tag=f"t{age}", promised_at=begin + timedelta(days=5))
            made.append(receipt)
        db.session.add_all(made)
    with acting_as(office["service"]):
        for place in range(len(rules.AGE_BUCKETS) + 1):
            found = {row.number for row in db.session.scalars(select(GoodsReceipt).where(of_age(place)))}
            expected = {item.number for item in workshop.in_house() if rules.bucket(workshop.age_of(item)) == place}
            assert found == expected and found, place
        late = {item.card.id for item, promise in workshop.pressing() if promise.state != rules.LATE}
        assert set(workshop.pressing_cards()) == late


def address_of(office: Cast) -> int:

    return db.session.scalars(select(Address.id).order_by(Address.id)).first() or 0


def new_product(office: Cast, number: int) -> int:

    like = db.session.get_one(Voucher, office.vouchers["in_warranty"])
    made = Voucher(
        number=f"FW-{number}", branch_id=like.branch_id, customer_id=like.customer_id, address_id=like.address_id,
        product_model_id=like.product_model_id, serial_no=f"AGE{number}",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.id
