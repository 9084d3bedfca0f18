"""Stock-taking and purchase requests on both databases (SO-22)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.outbox import OutboxEntry
from app.core.uow import unit_of_work
from app.parts import commands, jobs, queries
from app.parts.commands.counting import Counted
from app.parts.models import Part, PartLevel, PartUnit, PurchaseRequest, StockCount, StockMove
from app.parts.rules import Line
from tests.cast import Cast
from tests.commands.test_parts import STORE, VAN, _held

# -- stock-taking -----------------------------------------------------------------------------------------------


def _count(office: Cast, **figures: tuple[int, str]) -> StockCount:
    count = commands.start_count(office["clerk"], office.places[STORE])
    lines = [Counted(office.parts[code.replace("_", "-")], n, reason=why) for code, (n, why) in figures.items()]
    return commands.enter(office["clerk"], count.id, lines=lines)


def test_so22_differences_are_explained_and_booked_together(office: Cast) -> None:
    clerk, supervisor = office["clerk"], office["supervisor"]
    count = _count(office, P_COMP=(3, "碎裂一台"), P_THERM=(22, ""))
    with acting_as(clerk):
        assert [line.book for line in count.lines] == [4, 20]
    commands.submit(clerk, count.id)
    with pytest.raises(NotPermitted):
        commands.book(clerk, count.id)
    with pytest.raises(Refused, match="温控器: explain the difference"):
        commands.book(supervisor, count.id)
    assert _held(office, "P-COMP", STORE) == 4  # all of it or nothing
    commands.explain(supervisor, count.id, reasons={office.parts["P-THERM"]: "上次少点"})
    commands.book(supervisor, count.id)
    assert (_held(office, "P-COMP", STORE), _held(office, "P-THERM", STORE)) == (3, 22)
    with acting_as(SYSTEM):
        moves = db.session.scalars(select(StockMove).order_by(StockMove.id)).all()
        assert [(m.kind, m.quantity, m.to_place_id is None) for m in moves] == [
            ("correction", 1, True),
            ("correction", 2, False),
        ]
        assert all(m.reference.startswith(count.number) for m in moves)
        assert [x.difference for x in queries.findings(db.session.get(StockCount, count.id))] == [-1, 2]
    with pytest.raises(Refused):
        commands.book(supervisor, count.id)


def test_so22_moves_meanwhile_are_no_difference(office: Cast) -> None:
    clerk, part = office["clerk"], office.parts["P-THERM"]
    start = clock.now() - timedelta(hours=5)
    hour = timedelta(hours=1)
    count = commands.start_count(clerk, office.places[STORE], at=start)
    given = {"part_id": part, "quantity": 2, "to_place_id": office.places[VAN]}
    commands.issue(clerk, office.places[STORE], **given, at=start + hour)  # before the shelf is counted
    # Counted on paper at the second hour: 18 should lie there, 17 do. Typed in an hour later.
    lines = [Counted(part, 17, reason="丢失"), Counted(office.parts["P-COMP"], 4)]
    commands.issue(clerk, office.places[STORE], **given, at=start + 2 * hour + timedelta(minutes=5))
    commands.enter(clerk, count.id, lines=lines, counted_at=start + 2 * hour, at=start + 3 * hour)
    commands.receive(clerk, office.places[STORE], part_id=part, quantity=10, at=start + 4 * hour)
    with acting_as(clerk):
        found = {x.line.part.code: x for x in queries.findings(db.session.get(StockCount, count.id))}
    assert (found["P-THERM"].expected, found["P-THERM"].difference, found["P-THERM"].moved) == (18, -1, -2)
    commands.submit(clerk, count.id)
    commands.book(office["supervisor"], count.id)
    assert _held(office, "P-THERM", STORE) == 20 - 2 - 2 + 10 - 1
    assert _held(office, "P-COMP", STORE) == 4


def test_so22_a_place_is_counted_by_one_sheet_at_a_time(office: Cast) -> None:
    clerk, store = office["clerk"], office.places[STORE]
    count = commands.start_count(clerk, store)
    with pytest.raises(Refused, match=f"counted already: {count.number}"):
        commands.start_count(office["supervisor"], store)
    commands.start_count(clerk, office.places[VAN])  # another place may be
    commands.give_up(clerk, count.id, reason="停电")
    again = commands.start_count(clerk, store)
    with pytest.raises(Refused, match="压缩机 is not counted yet"):
        commands.submit(clerk, again.id)
    with pytest.raises(Refused, match="less than nothing"):
        commands.enter(clerk, again.id, lines=[Counted(office.parts["P-COMP"], -1)])
    with pytest.raises(Refused, match="future"):
        commands.enter(clerk, again.id, lines=[], counted_at=clock.now() + timedelta(hours=1))
    with pytest.raises(NotFound):
        commands.enter(office["clerk_sz"], again.id, lines=[])


def test_so22_a_part_found_that_is_not_on_the_sheet(office: Cast) -> None:
    clerk = office["clerk"]
    count = commands.start_count(clerk, office.places[VAN])
    therm, comp = office.parts["P-THERM"], office.parts["P-COMP"]
    commands.enter(clerk, count.id, lines=[Counted(therm, 3), Counted(comp, 1, reason="未登记")])
    commands.submit(clerk, count.id)
    commands.recount(clerk, count.id)
    commands.enter(clerk, count.id, lines=[Counted(comp, 2, reason="未登记")])
    commands.submit(clerk, count.id)
    commands.book(office["supervisor"], count.id)
    assert _held(office, "P-COMP", VAN) == 2


def test_so17_a_count_names_the_serial_numbers_that_are_missing_and_found(office: Cast) -> None:
    clerk, store = office["clerk"], office.places[STORE]
    with unit_of_work(SYSTEM, "test"):
        part = Part(code="P-BOARD", name="主控板", serial_tracked=True)
        db.session.add(part)
        db.session.flush()
        key = part.id
    commands.receive(clerk, store, part_id=key, quantity=3, serials="B1 B2 B3", at=clock.now() - timedelta(hours=1))
    count = commands.start_count(clerk, store)
    rest = [Counted(office.parts["P-COMP"], 4), Counted(office.parts["P-THERM"], 20)]
    with pytest.raises(Refused, match="3 counted, but 2 serial numbers"):
        commands.enter(clerk, count.id, lines=[Counted(key, 3, "B1 B2")])
    # As many as in the books, but not the same ones: that is a difference too.
    commands.enter(clerk, count.id, lines=[*rest, Counted(key, 3, "B1 B2 B9")])
    commands.submit(clerk, count.id)
    with pytest.raises(Refused, match="explain"):
        commands.book(office["supervisor"], count.id)
    commands.explain(office["supervisor"], count.id, reasons={key: "错发"})
    commands.book(office["supervisor"], count.id)
    with acting_as(SYSTEM):
        states = {unit.serial_no: unit.state for unit in db.session.scalars(select(PartUnit))}
    assert states == {"B1": "in_stock", "B2": "in_stock", "B3": "missing", "B9": "in_stock"}
    assert queries.quantity_in(key, store) == 3


# -- purchase requests ------------------------------------------------------------------------------------------


def _level(office: Cast, code: str, point: int, up_to: int) -> None:
    with unit_of_work(SYSTEM, "test"):
        db.session.add(
            PartLevel(
                branch_id=office.branches["NJ"], part_id=office.parts[code], reorder_point=point, order_up_to=up_to
            )
        )


def _draft(office: Cast, who: str = "clerk") -> PurchaseRequest | None:
    return commands.draft_request(office[who], office.branches["NJ"])


def _asked(request: PurchaseRequest) -> dict[str, int]:
    with acting_as(SYSTEM):
        return {line.part.code: line.quantity for line in request.lines}


def test_so22_drafted_once_changed_sent_received_in_two_parts(office: Cast) -> None:
    assert _draft(office) is None
    _level(office, "P-COMP", 5, 12)
    _level(office, "P-THERM", 25, 40)
    request = _draft(office)
    assert request is not None
    assert request.number.startswith("QG-NJ-")
    assert _asked(request) == {"P-COMP": 8, "P-THERM": 20}
    assert _draft(office) is None  # what is on order is not asked for twice
    comp, therm = office.parts["P-COMP"], office.parts["P-THERM"]
    commands.change_request(office["clerk"], request.id, lines=[(comp, 6, "急用"), (therm, 0, "")], supplier="华东备件")
    with acting_as(office["clerk"]):
        assert [row.to_order for row in queries.below_reorder_point()] == [20]
    with pytest.raises(NotPermitted):
        commands.send_request(office["clerk"], request.id)
    commands.send_request(office["supervisor"], request.id)
    with acting_as(SYSTEM):
        (entry,) = db.session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "make_document"))
        assert entry.payload["name"] == "purchase_request"
        assert entry.payload["list_code"] == "purchasing"
    with pytest.raises(Refused, match="only 6 are still to come"):
        commands.receive_request(office["clerk"], request.id, lines=[Line(comp, 7)])
    request = commands.receive_request(office["clerk"], request.id, lines=[Line(comp, 2)], delivery_note="88")
    assert (request.status, _held(office, "P-COMP", STORE)) == ("partly", 6)
    request = commands.receive_request(office["clerk"], request.id, lines=[Line(comp, 4)])
    assert (request.status, _asked(request), _held(office, "P-COMP", STORE)) == ("received", {"P-COMP": 6}, 10)
    with pytest.raises(Refused):
        commands.receive_request(office["clerk"], request.id, lines=[Line(comp, 1)])


def test_so22_closed_short_the_part_is_asked_for_again(office: Cast) -> None:
    _level(office, "P-COMP", 6, 12)
    request = _draft(office)
    assert request is not None
    commands.send_request(office["supervisor"], request.id)
    commands.receive_request(office["clerk"], request.id, lines=[Line(office.parts["P-COMP"], 1)])
    assert _draft(office) is None
    with pytest.raises(Refused):
        commands.close_request(office["supervisor"], request.id, reason=" ")
    commands.close_request(office["supervisor"], request.id, reason="停产")
    again = _draft(office)
    assert again is not None
    assert _asked(again) == {"P-COMP": 7}
    # What runs short while the draft waits is added to it; what the draft covers is not.
    commands.issue(
        office["clerk"],
        office.places[STORE],
        part_id=office.parts["P-COMP"],
        quantity=2,
        to_place_id=office.places[VAN],
    )
    _level(office, "P-THERM", 25, 30)
    more = _draft(office)
    assert more is not None
    assert more.id == again.id
    assert _asked(more) == {"P-COMP": 7, "P-THERM": 10}
    commands.cancel_request(office["supervisor"], more.id, reason="改由总部采购")
    assert more.status == "cancelled"


def test_so22_the_job_drafts_once_a_day(office: Cast, monkeypatch: Any) -> None:
    _level(office, "P-COMP", 5, 12)
    evening = clock.at_local(clock.today()) + timedelta(hours=23)
    with acting_as(SYSTEM):
        jobs.draft_purchases(evening)
        jobs.draft_purchases(evening + timedelta(minutes=1))
        entries = db.session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "draft_purchases")).all()
        assert len(entries) == 1
    from app.core import outbox

    db.session.remove()
    assert "done" in outbox.drain()
    with acting_as(SYSTEM):
        (request,) = db.session.scalars(select(PurchaseRequest))
        assert (request.status, request.lines[0].quantity) == ("draft", 8)
    early = clock.at_local(clock.today() + timedelta(days=1))
    with acting_as(SYSTEM):
        jobs.draft_purchases(early)
        assert len(db.session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "draft_purchases")).all()) == 1
