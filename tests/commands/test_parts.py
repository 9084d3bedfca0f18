"""Stock on both databases: always accounted for, never below zero (SO-22)."""

from __future__ import annotations

import threading

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.uow import unit_of_work
from app.parts import commands, queries
from app.parts.models import Part, StockBalance, StockMove
from tests.cast import Cast

STORE, VAN, OTHER_VAN = "南京仓库", "李建国车", "王志强车"


def _held(office: Cast, part: str, place: str) -> int:
    return queries.quantity_in(office.parts[part], office.places[place])


def _balance_id(office: Cast, part: str, place: str) -> int:
    with acting_as(SYSTEM):
        return db.session.execute(
            select(StockBalance.id).where(
                StockBalance.part_id == office.parts[part], StockBalance.place_id == office.places[place]
            )
        ).scalar_one()


def _part(office: Cast, code: str) -> Part:
    return db.session.execute(select(Part).where(Part.id == office.parts[code])).scalar_one()


def test_so22_received_issued_fitted_brought_back(office: Cast) -> None:
    clerk, technician = office["clerk"], office["technician"]
    store, van, part = office.places[STORE], office.places[VAN], office.parts["P-COMP"]
    commands.receive(clerk, store, part_id=part, quantity=6, reference="送货单 88")
    assert _held(office, "P-COMP", STORE) == 10
    commands.issue(clerk, store, part_id=part, quantity=3, to_place_id=van)
    with unit_of_work(technician, "work_order.fit_part"):
        taken = commands.take_for_job(
            technician, _part(office, "P-COMP"), 2, office.staff("technician"), reference="PG-1"
        )
        commands.give_back_from_job(
            technician, _part(office, "P-COMP"), 1, office.staff("technician"), reference="PG-1"
        )
    assert (taken.kind, taken.reference, taken.by_id) == ("fitted", "PG-1", office.staff("technician"))
    commands.give_back(clerk, van, part_id=part, quantity=1, to_place_id=store)
    assert (_held(office, "P-COMP", STORE), _held(office, "P-COMP", VAN)) == (8, 1)
    with acting_as(office["service"]):
        moves = db.session.scalars(select(StockMove.kind).order_by(StockMove.id)).all()
    assert moves == ["receipt", "issue", "fitted", "unfitted", "return"]


def test_so22_never_below_zero_and_a_refusal_leaves_nothing(office: Cast) -> None:
    clerk, store = office["clerk"], office.places[STORE]
    with pytest.raises(Refused, match="Only 4 件 of 压缩机 in 南京仓库") as refused:
        commands.issue(clerk, store, part_id=office.parts["P-COMP"], quantity=5, to_place_id=office.places[VAN])
    assert refused.value.field == "quantity"
    assert (_held(office, "P-COMP", STORE), _held(office, "P-COMP", VAN)) == (4, 0)
    with acting_as(office["service"]):
        assert db.session.scalars(select(StockMove)).all() == []


def test_so22_a_balance_already_loaded_shows_what_is_there_now(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test"):
        row = db.session.execute(
            select(StockBalance).where(StockBalance.id == _balance_id(office, "P-COMP", STORE))
        ).scalar_one()
        assert row.quantity == 4
        commands.move(SYSTEM, row.part, 1, row.place, None, "scrap")
        assert row.quantity == 3


def test_so22_a_stock_count_becomes_a_move(office: Cast) -> None:
    supervisor, balance = office["supervisor"], _balance_id(office, "P-THERM", STORE)
    with pytest.raises(NotPermitted):
        commands.correct(office["clerk"], balance, counted=18, reason="盘点")
    down = commands.correct(supervisor, balance, counted=18, reason="盘点")
    assert (down.quantity, down.to_place_id, down.reference) == (2, None, "盘点")
    up = commands.correct(supervisor, balance, counted=25, reason="盘点")
    assert (up.quantity, up.from_place_id) == (7, None)
    assert _held(office, "P-THERM", STORE) == 25
    with pytest.raises(Refused):
        commands.correct(supervisor, balance, counted=25, reason="盘点")
    commands.scrap(supervisor, balance, quantity=5, reason="受潮")
    assert _held(office, "P-THERM", STORE) == 20


def test_so22_below_the_reorder_point(office: Cast) -> None:
    with acting_as(office["clerk"]):
        assert queries.below_reorder_point() == []
    commands.issue(
        office["clerk"],
        office.places[STORE],
        part_id=office.parts["P-COMP"],
        quantity=3,
        to_place_id=office.places[VAN],
    )
    with acting_as(office["clerk"]):
        (wanted,) = queries.below_reorder_point()
    assert (wanted.code, wanted.branch, wanted.quantity, wanted.missing) == ("P-COMP", "南京分公司", 1, 1)
    with acting_as(office["clerk_sz"]):
        assert queries.below_reorder_point() == []


def test_access_another_branch_s_stock_is_out_of_reach(office: Cast) -> None:
    part = office.parts["P-COMP"]
    with pytest.raises(NotFound):
        commands.receive(office["clerk_sz"], office.places[STORE], part_id=part, quantity=1)
    with pytest.raises(NotFound):
        commands.issue(
            office["clerk"], office.places[STORE], part_id=part, quantity=1, to_place_id=office.places["黄大伟车"]
        )
    with pytest.raises(NotPermitted):
        commands.receive(office["technician"], office.places[STORE], part_id=part, quantity=1)


def _all_at_once(app: Flask, actor: Principal, count: int, action: object) -> list[str]:
    """Do ``action(number)`` in ``count`` threads at the same moment; what became of each."""
    barrier, ended, lock = threading.Barrier(count), [], threading.Lock()

    def run(number: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with acting_as(actor):
                    action(number)  # type: ignore[operator]  # a function of the test
                result = "done"
            except Refused:
                result = "refused"
            except Exception as problem:
                result = repr(problem)
            finally:
                db.session.remove()
                db.session.close()
        with lock:
            ended.append(result)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ended)


def test_so22_of_twenty_people_reaching_for_four_parts_four_get_one(office: Cast) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's own proxy
    store, van, part = office.places[STORE], office.places[VAN], office.parts["P-COMP"]
    clerk = office["clerk"]
    db.session.remove()
    ended = _all_at_once(
        app, clerk, 20, lambda _n: commands.issue(clerk, store, part_id=part, quantity=1, to_place_id=van)
    )
    assert ended == ["done"] * 4 + ["refused"] * 16
    assert (_held(office, "P-COMP", STORE), _held(office, "P-COMP", VAN)) == (0, 4)


def test_so22_moves_to_and_fro_at_once_lose_nothing(office: Cast) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's own proxy
    store, van, part = office.places[STORE], office.places[VAN], office.parts["P-THERM"]
    clerk = office["clerk"]
    db.session.remove()

    def there_or_back(number: int) -> None:
        if number % 2:
            commands.issue(clerk, store, part_id=part, quantity=1, to_place_id=van)
        else:
            commands.give_back(clerk, van, part_id=part, quantity=1, to_place_id=store)

    ended = _all_at_once(app, clerk, 20, there_or_back)
    assert set(ended) <= {"done", "refused"}
    assert _held(office, "P-THERM", STORE) + _held(office, "P-THERM", VAN) == 23


def test_so22_the_workshop_takes_from_the_branch_s_store(office: Cast) -> None:
    technician, branch = office["technician"], office.branches["NJ"]
    part, staff = _part(office, "P-COMP"), office.staff("technician")
    with unit_of_work(technician, "test"):
        commands.take_for_job(technician, part, 3, staff, reference="XH-1", from_store=branch)
        commands.give_back_from_job(technician, part, 1, staff, reference="XH-1", from_store=branch)
    assert (_held(office, "P-COMP", STORE), _held(office, "P-COMP", VAN)) == (2, 0)
    with pytest.raises(Refused), unit_of_work(technician, "test"):
        commands.take_for_job(technician, part, 3, staff, reference="XH-1", from_store=branch)
    with pytest.raises(Refused, match="no store room"), unit_of_work(technician, "test"):
        commands.take_for_job(technician, part, 1, staff, reference="XH-1", from_store=office.branches["SZ"])
