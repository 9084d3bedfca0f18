"""Reservations, serial numbers, vans, old parts: what a technician takes, fits and brings back is accounted for (SO-22)."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotPermitted, Refused
from app.core.uow import unit_of_work
from app.parts import commands, queries
from app.parts.models import (
    Part,
    PartReservation,
    PartUnit,
    StockBalance,
    StockMove,
    StockPlace,
)
from app.parts.rules import Line
from tests.cast import Cast
from tests.commands.test_parts import STORE, VAN, _all_at_once, _held, _part

JOB, OTHER = "PG-NJ-20261120-0001", "PG-NJ-20261120-0002"


def _reserve(office: Cast, code: str, quantity: int, job: str = JOB, who: str = "technician") -> list[tuple[str, int]]:
    with unit_of_work(office["supervisor"], "test"):
        rows = commands.reserve(
            office["supervisor"],
            _part(office, code),
            quantity,
            reference=job,
            branch_id=office.branches["NJ"],
            staff_id=office.staff(who),
        )
        return [(row.place.name, row.quantity) for row in rows]


def _take(office: Cast, code: str, quantity: int, job: str, **given: Any) -> StockMove:
    technician = office["technician"]
    with unit_of_work(technician, "test"):
        return commands.take_for_job(
            technician, _part(office, code), quantity, office.staff("technician"), reference=job, **given
        )


def _kept(office: Cast, code: str, place: str) -> int:
    return queries.held_in(office.parts[code], office.places[place])[1]


def _track(office: Cast, code: str, **given: bool) -> None:
    with unit_of_work(SYSTEM, "test"):
        part = _part(office, code)
        for name, value in (given or {"serial_tracked": True}).items():
            setattr(part, name, value)


# -- reservations -----------------------------------------------------------------------------------------------


def test_so22_what_is_reserved_is_for_its_job_only(office: Cast) -> None:
    assert _reserve(office, "P-THERM", 2) == [(VAN, 2)]
    with pytest.raises(Refused, match="Only 1 件 of 温控器 in 李建国车 are free: 2 are kept"):
        _take(office, "P-THERM", 2, OTHER)
    _take(office, "P-THERM", 1, OTHER)
    _take(office, "P-THERM", 1, JOB)
    assert (_held(office, "P-THERM", VAN), _kept(office, "P-THERM", VAN)) == (1, 1)
    _take(office, "P-THERM", 1, JOB)
    with acting_as(SYSTEM):
        row = db.session.scalars(select(PartReservation)).one()
        assert (row.release, row.released_at is None, _kept(office, "P-THERM", VAN)) == ("fitted", False, 0)


def test_so22_the_van_comes_first_then_the_store_and_nothing_is_kept_when_it_is_not_enough(office: Cast) -> None:
    assert _reserve(office, "P-THERM", 5) == [(VAN, 3), (STORE, 2)]
    with pytest.raises(Refused, match="Only 18 件"):
        _reserve(office, "P-THERM", 19, OTHER)
    assert _kept(office, "P-THERM", STORE) == 2
    with unit_of_work(SYSTEM, "test"):
        assert commands.release(JOB, "cancelled") == 5
        assert commands.release(JOB, "cancelled") == 0
    assert _kept(office, "P-THERM", STORE) == _kept(office, "P-THERM", VAN) == 0


def test_so22_reserved_parts_are_neither_scrapped_nor_counted_away(office: Cast) -> None:
    _reserve(office, "P-COMP", 4)
    with acting_as(SYSTEM):
        balance = db.session.scalars(
            select(StockBalance).where(
                StockBalance.part_id == office.parts["P-COMP"], StockBalance.place_id == office.places[STORE]
            )
        ).one()
        key = balance.id
    for act in (
        lambda: commands.scrap(office["supervisor"], key, quantity=1, reason="碎裂"),
        lambda: commands.correct(office["supervisor"], key, counted=3, reason="盘点"),
    ):
        with pytest.raises(Refused, match="kept for jobs"):
            act()
    with acting_as(office["supervisor"]):
        row = db.session.scalars(select(PartReservation)).one()
        number = row.id
    with pytest.raises(NotPermitted):
        commands.release_reservation(office["technician"], number)
    commands.release_reservation(office["supervisor"], number)
    with pytest.raises(Refused, match="no longer reserved"):
        commands.release_reservation(office["supervisor"], number)
    commands.scrap(office["supervisor"], key, quantity=1, reason="碎裂")


def test_so22_of_twenty_reserving_the_last_four_four_get_one(office: Cast) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's own proxy
    supervisor, branch, staff = office["supervisor"], office.branches["NJ"], office.staff("technician")
    part_id = office.parts["P-COMP"]
    db.session.remove()

    def reserve(number: int) -> None:
        with unit_of_work(supervisor, "test"):
            part = db.session.execute(select(Part).where(Part.id == part_id)).scalar_one()
            commands.reserve(supervisor, part, 1, reference=f"PG-{number}", branch_id=branch, staff_id=staff)

    assert _all_at_once(app, supervisor, 20, reserve) == ["done"] * 4 + ["refused"] * 16
    assert queries.held_in(part_id, office.places[STORE]) == (4, 4)


# -- serial numbers ---------------------------------------------------------------------------------------------


def _units(office: Cast) -> dict[str, tuple[str, str | None]]:
    with acting_as(SYSTEM):
        return {
            unit.serial_no: (unit.state, unit.place.name if unit.place else None)
            for unit in db.session.scalars(select(PartUnit))
        }


def test_so17_one_serial_number_is_in_one_place(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test"):
        part = Part(code="P-BOARD", name="主控板", price=320, serial_tracked=True)
        db.session.add(part)
        db.session.flush()
        office.parts["P-BOARD"] = part.id
    clerk, store, van, key = office["clerk"], office.places[STORE], office.places[VAN], office.parts["P-BOARD"]
    with pytest.raises(Refused, match="give 2 serial numbers"):
        commands.receive(clerk, store, part_id=key, quantity=2, serials="B1")
    commands.receive(clerk, store, part_id=key, quantity=3, serials="B1\nB2, B3")
    with pytest.raises(Refused, match="B2 is already in stock"):
        commands.receive(clerk, store, part_id=key, quantity=1, serials="B2")
    commands.issue(clerk, store, part_id=key, quantity=2, to_place_id=van, serials="B1 B2")
    with pytest.raises(Refused, match="B3 is not in 李建国车"):
        _take(office, "P-BOARD", 1, JOB, serials=["B3"])
    assert (_held(office, "P-BOARD", STORE), _held(office, "P-BOARD", VAN)) == (1, 2)
    made = _take(office, "P-BOARD", 1, JOB, serials=["B1"])
    with acting_as(SYSTEM):
        assert made.serials == "B1"
    assert _units(office) == {"B1": ("fitted", None), "B2": ("in_stock", VAN), "B3": ("in_stock", STORE)}
    with pytest.raises(Refused, match="not fitted on this job"), unit_of_work(office["technician"], "test"):
        commands.give_back_from_job(
            office["technician"],
            _part(office, "P-BOARD"),
            1,
            office.staff("technician"),
            reference=OTHER,
            serials=["B1"],
        )
    with unit_of_work(office["technician"], "test"):
        commands.give_back_from_job(
            office["technician"], _part(office, "P-BOARD"), 1, office.staff("technician"), reference=JOB, serials=["B1"]
        )
    assert _units(office)["B1"] == ("in_stock", VAN)
    with acting_as(SYSTEM):
        unit = db.session.scalars(select(PartUnit).where(PartUnit.serial_no == "B1")).one()
        assert [move.kind for move in unit.moves] == ["unfitted", "fitted", "issue", "receipt"]


# -- the van ----------------------------------------------------------------------------------------------------


def test_so22_morning_issue_and_evening_return_are_one_transaction(office: Cast) -> None:
    clerk, van = office["clerk"], office.places[VAN]
    comp, therm = office.parts["P-COMP"], office.parts["P-THERM"]
    _reserve(office, "P-COMP", 2)
    slip = commands.exchange(clerk, van, issues=[Line(comp, 3)], returns=[Line(therm, 1)])
    assert slip.number.startswith("LL-NJ-")
    with acting_as(clerk):
        assert sorted((x.stock_move.kind, x.stock_move.quantity) for x in slip.lines) == [("issue", 3), ("return", 1)]
    # What was reserved went along: it is kept in the van now, and nothing in the store is.
    assert (_held(office, "P-COMP", VAN), _kept(office, "P-COMP", VAN), _kept(office, "P-COMP", STORE)) == (3, 2, 0)
    with acting_as(office["clerk"]):
        live = db.session.scalars(select(PartReservation).where(PartReservation.release == "kept")).one()
        assert (live.place.name, live.quantity, live.reference) == (VAN, 2, JOB)
    # The second line is not possible: the first leaves nothing behind.
    with pytest.raises(Refused, match="温控器"):
        commands.exchange(clerk, van, issues=[Line(comp, 1)], returns=[Line(therm, 3)])
    assert _held(office, "P-COMP", VAN) == 3
    with pytest.raises(Refused, match="Enter at least one quantity"):
        commands.exchange(clerk, van)
    with pytest.raises(Refused, match="not a technician's van"):
        commands.exchange(clerk, office.places[STORE], issues=[Line(comp, 1)])
    with pytest.raises(NotPermitted):
        commands.exchange(office["technician"], van, issues=[Line(comp, 1)])


def test_so22_what_comes_back_may_go_out_again_on_the_same_slip(office: Cast) -> None:
    comp, van = office.parts["P-COMP"], office.places[VAN]
    commands.exchange(office["clerk"], van, issues=[Line(comp, 4)])
    commands.exchange(office["clerk"], van, issues=[Line(comp, 2)], returns=[Line(comp, 2)])
    assert (_held(office, "P-COMP", VAN), _held(office, "P-COMP", STORE)) == (4, 0)


def test_so22_old_parts_are_handed_in_once(office: Cast) -> None:
    _track(office, "P-THERM", return_used=True)
    _take(office, "P-THERM", 2, JOB)
    van, therm = office.places[VAN], office.parts["P-THERM"]
    assert queries.used_owed(place_id=van) == {(JOB, therm): 2}
    with pytest.raises(Refused, match="only 2 old parts"):
        commands.exchange(office["clerk"], van, used=[Line(therm, 3, (), JOB)])
    commands.exchange(office["clerk"], van, used=[Line(therm, 2, (), JOB)])
    assert queries.used_owed(place_id=van) == {} == queries.used_owed(branch_id=office.branches["NJ"])
    with pytest.raises(Refused, match="only 0 old parts"):
        commands.exchange(office["clerk"], van, used=[Line(therm, 1, (), JOB)])
    with acting_as(SYSTEM):
        shelf = db.session.scalars(select(StockPlace).where(StockPlace.kind == "used")).one()
        assert (shelf.name, queries.quantity_in(therm, shelf.id)) == ("南京分公司旧件架", 2)
        balance = db.session.scalars(select(StockBalance).where(StockBalance.place_id == shelf.id)).one().id
    commands.send_back(office["supervisor"], balance, quantity=1, reference="厂家索赔 7")
    commands.scrap(office["supervisor"], balance, quantity=1, reason="报废")
    # Old parts on the shelf are no stock to order by, and were not used a second time.
    with acting_as(office["clerk"]):
        (used,) = queries.used_between(*_long())
    assert (used.job, used.quantity, used.technician, used.amount) == (JOB, 2, "李建国", 131)


def _long() -> tuple[Any, Any]:
    from datetime import timedelta

    from app.core import clock

    return clock.now() - timedelta(days=2), clock.now() + timedelta(days=1)


# -- the ledger -------------------------------------------------------------------------------------------------


def _sums() -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """Balances, and what the moves add up to, by place and part (zeros left out)."""
    with acting_as(SYSTEM):
        books = Counter({(b.place_id, b.part_id): b.quantity for b in db.session.scalars(select(StockBalance))})
        moved: Counter[tuple[int, int]] = Counter()
        for move in db.session.scalars(select(StockMove)):
            if move.from_place_id is not None:
                moved[move.from_place_id, move.part_id] -= move.quantity
            if move.to_place_id is not None:
                moved[move.to_place_id, move.part_id] += move.quantity
    return books, moved


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_so22_the_balance_equals_the_sum_of_the_moves_whatever_happens(office: Cast, seed: int) -> None:
    dice = random.Random(seed)
    clerk, supervisor, staff = office["clerk"], office["supervisor"], office.staff("technician")
    start, _none = _sums()
    codes, jobs = ["P-COMP", "P-THERM"], [JOB, OTHER]
    store, van = office.places[STORE], office.places[VAN]
    refused = 0
    for _step in range(60):
        code, job, count = dice.choice(codes), dice.choice(jobs), dice.randint(1, 4)
        key = office.parts[code]
        acts: list[Any] = [
            lambda k=key, n=count: commands.receive(clerk, store, part_id=k, quantity=n),
            lambda k=key, n=count: commands.exchange(clerk, van, issues=[Line(k, n)]),
            lambda k=key, n=count: commands.exchange(clerk, van, returns=[Line(k, n)]),
            lambda c=code, n=count, j=job: _reserve(office, c, n, j),
            lambda c=code, n=count, j=job: _take(office, c, n, j),
            lambda c=code, n=count, j=job: _take(office, c, n, j, from_store=office.branches["NJ"]),
            lambda c=code, j=job: _back(office, c, j, staff),
            lambda j=job: _release(j),
        ]
        try:
            dice.choice(acts)()
        except Refused:
            refused += 1
    assert 0 < refused < 60
    books, moved = _sums()
    assert all(quantity >= 0 for quantity in books.values())
    assert {k: v for k, v in books.items() if v} == {k: v for k, v in (start + moved).items() if v}
    with acting_as(SYSTEM):
        kept: Counter[tuple[int, int]] = Counter()
        for row in db.session.scalars(select(PartReservation).where(PartReservation.release == "kept")):
            kept[row.place_id, row.part_id] += row.quantity
        for balance in db.session.scalars(select(StockBalance)):
            assert balance.reserved == kept[balance.place_id, balance.part_id] <= balance.quantity
    assert supervisor


def _release(job: str) -> None:
    with unit_of_work(SYSTEM, "test"):
        commands.release(job)


def _back(office: Cast, code: str, job: str, staff: int) -> None:
    with unit_of_work(office["technician"], "test"):
        commands.give_back_from_job(office["technician"], _part(office, code), 1, staff, reference=job)
