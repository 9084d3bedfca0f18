"""Values every table shares: money to the fen, moments in UTC, the clock, lifecycles, running numbers."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from flask import current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import MOST_MONEY, db
from app.core.errors import Misconfigured, NotPermitted, Refused
from app.core.lifecycle import Lifecycle, Transition, roles
from app.core.numbering import next_number
from app.core.uow import unit_of_work
from app.organisation.models import AuthorityLimit
from app.parts.models import Part, StockMove
from app.parts.rules import MOVE_KINDS
from tests.cast import Cast

AMOUNTS = st.decimals(min_value=0, max_value=MOST_MONEY, places=2, allow_nan=False, allow_infinity=False)
_codes = count()


def parts_priced(amounts: list[Decimal], quantity: int = 1) -> str:
    """Parts of these prices; what their codes begin with."""
    prefix = f"T{next(_codes)}-"
    with unit_of_work(SYSTEM, "test.parts", bulk=True):
        db.session.add_all(
            [
                Part(code=f"{prefix}{number}", name="x", price=price, reorder_point=quantity)
                for number, price in enumerate(amounts)
            ]
        )
    return prefix


# -- money ----------------------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(AMOUNTS, min_size=1, max_size=8))
def test_sums_of_money_are_exact(office: Cast, amounts: list[Decimal]) -> None:
    mine = Part.code.startswith(parts_priced(amounts))
    with acting_as(SYSTEM):
        assert list(db.session.scalars(select(Part.price).where(mine).order_by(Part.id))) == amounts
        assert db.session.scalar(select(func.sum(Part.price)).where(mine)) == sum(amounts)
        assert db.session.scalar(select(func.max(Part.price)).where(mine)) == max(amounts)
        assert db.session.scalar(select(func.count()).where(mine, Part.price == amounts[0])) == amounts.count(
            amounts[0]
        )
        more = select(func.count()).where(mine, Part.price > amounts[0])
        assert db.session.scalar(more) == sum(amount > amounts[0] for amount in amounts)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.decimals(min_value=0, max_value=99999, places=2), min_size=1, max_size=5),
    st.integers(min_value=1, max_value=99),
)
def test_products_and_sums_in_the_database_are_those_of_python(
    office: Cast, amounts: list[Decimal], quantity: int
) -> None:
    mine = Part.code.startswith(parts_priced(amounts, quantity))
    with acting_as(SYSTEM):
        for product in (Part.price * quantity, Part.price * Part.reorder_point):
            assert db.session.scalar(select(func.sum(product)).where(mine)) == sum(amounts) * quantity
        plus = select(Part.price + Decimal("0.01")).where(mine).order_by(Part.id)
        assert list(db.session.scalars(plus)) == [amount + Decimal("0.01") for amount in amounts]


@pytest.mark.parametrize("wrong", [1.5, True, Decimal("0.001"), Decimal("NaN"), Decimal("Infinity"), "1e20", "abc"])
def test_what_is_no_amount_is_refused(office: Cast, wrong: Any) -> None:
    with pytest.raises((StatementError, ArithmeticError)), unit_of_work(SYSTEM, "test"):
        db.session.add(Part(code="X", name="x", price=wrong))
    with unit_of_work(SYSTEM, "test"):
        db.session.add(Part(code="X", name="x", price="12.50"))


def test_no_amount_is_none(office: Cast) -> None:
    with acting_as(SYSTEM):
        limits = set(db.session.scalars(select(AuthorityLimit.up_to)))
    assert limits == {None, Decimal("200.00"), Decimal("2000.00")}
    assert {str(limit) for limit in limits} == {"None", "200.00", "2000.00"}


# -- moments and the clock ---------------------------------------------------------------------------------------------------


def test_a_naive_moment_is_refused_and_an_aware_one_comes_back_in_utc(office: Cast) -> None:
    def move(at: datetime) -> StockMove:
        place, part = office.places["南京仓库"], office.parts["P-THERM"]
        return StockMove(at=at, kind=MOVE_KINDS[0], part_id=part, quantity=1, to_place_id=place)

    with pytest.raises(StatementError, match="naive"), unit_of_work(SYSTEM, "test"):
        db.session.add(move(datetime(2026, 11, 21, 8, 0)))
    shanghai = datetime(2026, 11, 21, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with unit_of_work(SYSTEM, "test"):
        row = move(shanghai)
        db.session.add(row)
    with acting_as(SYSTEM):
        assert row.at == shanghai
        assert row.at.utcoffset() == timedelta(0)
        assert db.session.scalar(select(func.count()).where(StockMove.at == shanghai)) == 1
        earlier = select(func.count()).where(StockMove.at < shanghai + timedelta(microseconds=1))
        assert db.session.scalar(earlier) == 1


@given(st.dates(min_value=date(1995, 1, 1), max_value=date(2100, 1, 1)), st.times())
def test_the_office_s_time_goes_to_utc_and_back(day: date, hour: time) -> None:
    moment = clock.at_local(day, hour)
    assert moment.tzinfo is UTC
    assert clock.local(moment).replace(tzinfo=None) == datetime.combine(day, hour)
    begins, ends = clock.day_bounds(day)
    assert begins <= moment < ends


def test_the_clock_stands_still_only_in_its_block() -> None:
    noon = clock.at_local(date(2026, 11, 21), time(12))
    with clock.frozen(datetime(2026, 11, 21, 12, 0)):
        assert clock.now() == noon
        with clock.frozen(noon + timedelta(hours=13)):
            assert clock.today() == date(2026, 11, 22)
        assert clock.now() == noon
        seen: list[datetime] = []
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
        assert seen[0] != noon, "another thread's clock goes on"
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


# -- lifecycles ----------------------------------------------------------------------------------------------------------------

NAMES = ("clerk", "technician", "supervisor")
STATES = ("new", "open", "done", "gone")
VERBS = ("go", "stop", "back")
TABLES = st.dictionaries(
    st.tuples(st.sampled_from(STATES), st.sampled_from(VERBS)),
    st.tuples(st.sampled_from(STATES), st.frozensets(st.sampled_from(NAMES))),
    min_size=1,
    max_size=8,
)


class Record:
    def __init__(self, status: str) -> None:
        self.status = status


def lifecycle(table: dict[tuple[str, str], tuple[str, frozenset[str]]], **more: Any) -> Lifecycle:
    return Lifecycle("thing", tuple(Transition(s, v, t, r, **more) for (s, v), (t, r) in table.items()))


@given(TABLES, st.sampled_from(STATES), st.sampled_from(VERBS), st.frozensets(st.sampled_from((*NAMES, "system"))))
def test_what_is_offered_is_what_can_be_done(
    table: dict[tuple[str, str], tuple[str, frozenset[str]]], state: str, verb: str, held: frozenset[str]
) -> None:
    machine, record = lifecycle(table), Record(state)
    offered = {transition.verb: transition.target for transition in machine.allowed(state, held)}
    if verb in offered:
        assert machine.apply(record, verb, held).target == offered[verb] == record.status
        assert "system" in held or table[state, verb][1] & held
    else:
        with pytest.raises(Refused) as refused:
            machine.apply(record, verb, held)
        assert record.status == state
        assert isinstance(refused.value, NotPermitted) == ((state, verb) in table)
    for (source, name), (_target, who) in table.items():
        assert machine.verbs()[f"thing.{name}"] >= who
        assert source in machine.states()


@pytest.mark.parametrize("empty", [None, "", "  ", "\n", [], b""])
def test_a_required_value_that_says_nothing_is_missing(empty: Any) -> None:
    machine = lifecycle({("new", "go"): ("done", roles("clerk"))}, required=("reason",))
    record = Record("new")
    with pytest.raises(Refused) as refused:
        machine.apply(record, "go", ["clerk"], reason=empty)
    assert (refused.value.field, record.status) == ("reason", "new")
    machine.apply(record, "go", ["clerk"], reason=0)
    assert record.status == "done"


def test_a_guard_that_refuses_leaves_the_record_alone() -> None:
    def never(record: Record, **given: Any) -> None:
        raise Refused("no", field="reason")

    record = Record("new")
    with pytest.raises(Refused):
        lifecycle({("new", "go"): ("done", roles("clerk"))}, guard=never).apply(record, "go", ["clerk"])
    assert record.status == "new"


def test_a_contradictory_table_is_found_at_start() -> None:
    twice = (Transition("a", "go", "b", roles("x")), Transition("a", "go", "c", roles("x")))
    with pytest.raises(Misconfigured, match="two transitions"):
        Lifecycle("thing", twice)
    with pytest.raises(Misconfigured, match="no label"):
        Lifecycle("thing", twice[:1], state_labels={"a": "A"})


# -- running numbers ----------------------------------------------------------------------------------------------------------------


def test_cp1_twenty_people_at_once_get_numbers_without_gaps(office: Cast) -> None:
    """Some of them give their transaction up: their number is given to somebody else."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's proxy
    given: list[str] = []
    problems: list[BaseException] = []
    start = threading.Barrier(20)

    def person(number: int) -> None:
        start.wait()
        for turn in range(3):
            try:
                with app.app_context(), unit_of_work(SYSTEM, "test.number"):
                    mine = next_number("TS", "NJ", date(2026, 11, 21))
                    if (number + turn) % 4 == 0:
                        raise Refused("changed my mind")
                given.append(mine)
            except Refused:
                pass
            except BaseException as problem:
                problems.append(problem)
                raise

    threads = [threading.Thread(target=person, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(given) == [f"TS-NJ-20261121-{number:04}" for number in range(1, 46)]


def test_every_series_counts_for_itself(office: Cast) -> None:
    with pytest.raises(RuntimeError, match="inside a unit of work"):
        next_number("JX", "HQ", date(2026, 11, 21))
    with unit_of_work(SYSTEM, "test"):
        numbers = [
            next_number("JX", "HQ", date(2026, 11, 21)),
            next_number("JX", "NJ", date(2026, 11, 21)),
            next_number("JX", "HQ", date(2026, 11, 22)),
            next_number("TS", "HQ", date(2026, 11, 21)),
            next_number("JX", "HQ", date(2026, 11, 21)),
        ]
    assert numbers == [
        "JX-HQ-20261121-0001",
        "JX-NJ-20261121-0001",
        "JX-HQ-20261122-0001",
        "TS-HQ-20261121-0001",
        "JX-HQ-20261121-0002",
    ]
