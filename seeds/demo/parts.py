"""Parts in the demo company: levels, old parts, vans in the morning and evening, a count, purchase requests (SO-22).

Done with the office's own commands on top of three months of moves, so that books and moves agree by themselves.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.customers.models import ProductModel, Voucher
from app.fieldservice.models import PartFitted, RepairCall, WorkOrder
from app.organisation.models import Staff
from app.parts import commands, queries
from app.parts.commands.counting import Counted
from app.parts.models import Part, PartLevel, StockBalance, StockMove, StockPlace
from app.parts.rules import Line
from seeds.demo.organisation import Crew, Office

# code, reorder point, order up to
LEVELS = (
    ("YSJ-150", 6, 15), ("WKQ-02", 12, 30), ("MFT-215", 12, 30), ("KZB-35", 6, 15), ("DYB-55", 5, 12),
    ("PPB-75", 4, 10), ("YKQ-01", 18, 40), ("DHZ-12", 24, 60), ("LS-01", 30, 80), ("ZLJ-R32", 12, 24),
)  # fmt: skip
IN_EVERY_VAN = {"WKQ-02": 2, "MFT-215": 2, "DHZ-12": 2, "YKQ-01": 1}  # pieces
OLD_PARTS = ("YSJ-150", "KZB-35", "DYB-55", "PPB-75")
TRACKED = ("YSJ-BP22", "变频压缩机", "860.00")
DAYS_OPEN = 3  # old parts of the last days are still in the vans


def build(session: Session, dice: random.Random, office: Office, today: date) -> None:
    """Bring stock to life up to this morning."""
    parts = {part.code: part for part in session.scalars(select(Part))}
    tracked = Part(code=TRACKED[0], name=TRACKED[1], price=Decimal(TRACKED[2]), reorder_point=2, serial_tracked=True)
    session.add(tracked)
    for code in OLD_PARTS:
        parts[code].return_used = True
    session.flush()
    for place, (code, crew) in enumerate(office.crews.items()):
        store = _person(crew, "clerk")
        lead = _person(crew, "supervisor")
        for part, point, up_to in LEVELS:
            level = PartLevel(branch_id=crew.branch.id, part_id=parts[part].id, reorder_point=point, order_up_to=up_to)
            level.van_minimum = IN_EVERY_VAN.get(part, 0)
            session.add(level)
        session.flush()
        _old_parts(session, crew, store, [parts[part].id for part in OLD_PARTS], today)
        _units(store, crew, tracked, code, today)
        _fitted_unit(session, store, crew, tracked, f"BP22{code}0002", today)
        _purchases(store, lead, crew, today, sent=place % 2 == 0)
        _vans(dice, store, crew, parts, today)
        _reservations(lead, crew, parts)
        if code == "NJ":
            _counts(store, lead, crew, today)


def _person(crew: Crew, job: str) -> Principal:
    """Somebody of the branch as who acts; the rows say who did it, and nothing is asked of the role table."""
    staff = db.session.get(Staff, crew.by_job.get(job, crew.by_job["supervisor"]))
    name = staff.name if staff is not None else ""
    return Principal(None, name, name, crew.by_job.get(job), crew.branch.id, frozenset({"system"}))


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.at_local(day, time(hour, minute))


def _old_parts(session: Session, crew: Crew, store: Principal, kinds: list[int], today: date) -> None:
    """What was fitted in three months was handed in the evening after; a part of it went back to the makers."""
    until = _at(today - timedelta(days=DAYS_OPEN), 0)
    fitted = select(StockMove).where(StockMove.kind == "fitted", StockMove.part_id.in_(kinds), StockMove.at < until)
    places = [crew.store, *crew.vans.values()]
    moves = session.scalars(fitted.where(StockMove.from_place_id.in_(places)).order_by(StockMove.id)).all()
    shelf = StockPlace(branch_id=crew.branch.id, kind="used", name=f"{crew.branch.name}旧件架")
    session.add(shelf)
    session.flush()
    rows: list[dict[str, Any]] = []
    held: dict[int, int] = defaultdict(int)
    for move in moves:
        evening = _at(clock.local(move.at).date(), 17, 35)
        rows.append(_row("used", move.part_id, move.quantity, evening, store, to=shelf.id, reference=move.reference))
        held[move.part_id] += move.quantity
    for part, count in held.items():
        if count > 4:
            back = _at(today - timedelta(days=6), 10)
            rows.append(_row("sent_back", part, count - 4, back, store, source=shelf.id, reference="厂家旧件回收"))
            held[part] = 4
    if rows:
        session.execute(insert(StockMove), rows)
        kept = [{"place_id": shelf.id, "part_id": part, "quantity": count} for part, count in held.items()]
        session.execute(insert(StockBalance), kept)


def _row(
    kind: str,
    part: int,
    quantity: int,
    at: datetime,
    by: Principal,
    *,
    source: int | None = None,
    to: int | None = None,
    reference: str = "",
) -> dict[str, Any]:
    return {
        "kind": kind,
        "part_id": part,
        "quantity": quantity,
        "at": at,
        "created_at": at,
        "from_place_id": source,
        "to_place_id": to,
        "by_id": by.staff_id,
        "reference": reference,
    }


def _units(store: Principal, crew: Crew, part: Part, code: str, today: date) -> None:
    serials = [f"BP22{code}{number:04}" for number in range(1, 5)]
    came = _at(today - timedelta(days=20), 14)
    commands.receive(
        store, crew.store, part_id=part.id, quantity=4, serials=" ".join(serials), reference="送货单 20871", at=came
    )
    van = next(iter(crew.vans.values()))
    commands.exchange(store, van, issues=[Line(part.id, 1, (serials[0],))], at=_at(today - timedelta(days=5), 8, 35))


def _fitted_unit(session: Session, store: Principal, crew: Crew, part: Part, serial: str, today: date) -> None:
    """An air conditioner got a new compressor free of charge: its voucher says which came out and which went in (SO-17)."""
    cools = WorkOrder.repair_call.has(
        RepairCall.voucher.has(Voucher.product_model.has(ProductModel.category == "air_conditioner"))
    )
    jobs = select(WorkOrder).where(
        WorkOrder.branch_id == crew.branch.id,
        WorkOrder.status == "closed",
        WorkOrder.service_class.in_(("B", "C")),
        WorkOrder.technician_id.in_(crew.vans),
        WorkOrder.finished_at > _at(today - timedelta(days=15), 0),
        ~WorkOrder.parts_fitted.any(),
        cools,
    )
    order = session.scalars(jobs.order_by(WorkOrder.finished_at.desc()).limit(1)).first()
    if order is None or order.finished_at is None:
        return
    morning = _at(clock.local(order.finished_at).date(), 8, 31)
    commands.exchange(store, crew.vans[order.technician_id], issues=[Line(part.id, 1, (serial,))], at=morning)
    move = commands.take_for_job(
        store, part, 1, order.technician_id, reference=order.number, serials=(serial,), at=order.finished_at
    )
    session.add(
        PartFitted(
            work_order_id=order.id, part_id=part.id, quantity=1, unit_price=part.price, stock_move_id=move.id,
            old_serials=f"BP21{order.id:06}",
        )
    )  # fmt: skip
    order.result = "更换变频压缩机，抽真空加氟，试机正常"


def _purchases(store: Principal, lead: Principal, crew: Crew, today: date, *, sent: bool) -> None:
    drafted = _at(today - timedelta(days=4), 7)
    request = commands.draft_request(store, crew.branch.id, at=drafted)
    if request is None:
        return
    request.created_at = drafted
    if not sent:
        return
    lines = [(line.part_id, line.quantity, "") for line in request.lines]
    commands.change_request(
        store, request.id, lines=lines, supplier="华东家电备件有限公司", needed_by=today + timedelta(days=5)
    )
    commands.send_request(lead, request.id, at=drafted + timedelta(hours=3))
    came = [Line(line.part_id, max(1, line.quantity // 2)) for line in request.lines[:3]]
    commands.receive_request(
        store, request.id, lines=came, delivery_note="送货单 20915", at=_at(today - timedelta(days=1), 15, 20)
    )


def _vans(dice: random.Random, store: Principal, crew: Crew, parts: dict[str, Part], today: date) -> None:
    """Yesterday evening something came back, this morning something went out."""
    yesterday, morning = _at(today - timedelta(days=1), 17, 40), _at(today, 8, 32)
    for van in list(crew.vans.values())[:3]:
        held = [row for row in queries.stock_of(van) if not row.part.serial_tracked and row.available > 1]
        back = [Line(row.part_id, 1) for row in held[:2]]
        if back:
            commands.exchange(store, van, returns=back, at=yesterday)
        if morning <= clock.now():
            wanted = dice.sample(["WKQ-02", "MFT-215", "YKQ-01", "DHZ-12"], 2)
            free = [parts[code].id for code in wanted if queries.quantity_in(parts[code].id, crew.store) > 3]
            if free:
                commands.exchange(store, van, issues=[Line(part, 2) for part in free], at=morning)


def _reservations(lead: Principal, crew: Crew, parts: dict[str, Part]) -> None:
    """What the jobs under way will need lies ready for them in the store."""
    orders = select(WorkOrder).where(
        WorkOrder.branch_id == crew.branch.id, WorkOrder.status.in_(("dispatched", "accepted"))
    )
    for number, order in enumerate(db.session.scalars(orders.order_by(WorkOrder.id).limit(3))):
        part = parts[("WKQ-02", "FJ-20", "PSB-30")[number % 3]]
        if queries.quantity_in(part.id, crew.store) > 2:
            commands.reserve(
                lead,
                part,
                1,
                reference=order.number,
                branch_id=crew.branch.id,
                staff_id=order.technician_id,
                van_first=False,
            )


def _counts(store: Principal, lead: Principal, crew: Crew, today: date) -> None:
    """A van counted a week ago, its difference booked; the store room counted yesterday, waiting for the supervisor."""
    van = next(iter(crew.vans.values()))
    week = _at(today - timedelta(days=7), 16)
    count = commands.start_count(store, van, at=week)
    lines = [
        Counted(row.part_id, row.quantity - (1 if number == 0 else 0), reason="用后未报，少一件" if number == 0 else "")
        for number, row in enumerate(queries.stock_of(van))
        if not row.part.serial_tracked
    ]
    tracked = [
        Counted(row.part_id, len(found), " ".join(found))
        for row in queries.stock_of(van)
        if row.part.serial_tracked and (found := _serials_in(row))
    ]
    # Counted and booked now, whatever the date says: the books of then are not known any more.
    commands.enter(store, count.id, lines=[*lines, *tracked])
    commands.submit(store, count.id)
    commands.book(lead, count.id)
    sheet = commands.start_count(store, crew.store, at=_at(today - timedelta(days=1), 16, 30))
    given = []
    for number, row in enumerate(queries.stock_of(crew.store)):
        wrong = {1: -1, 4: 1}.get(number, 0)
        if row.part.serial_tracked:
            found = _serials_in(row)
            given.append(Counted(row.part_id, len(found), " ".join(found)))
        else:
            given.append(Counted(row.part_id, row.quantity + wrong, reason="入库时少点一件" if wrong > 0 else ""))
    commands.enter(store, sheet.id, lines=given)
    commands.submit(store, sheet.id)


def _serials_in(row: StockBalance) -> list[str]:
    from app.parts.models import PartUnit

    there = select(PartUnit.serial_no).where(PartUnit.place_id == row.place_id, PartUnit.part_id == row.part_id)
    return list(db.session.scalars(there.order_by(PartUnit.serial_no)))
