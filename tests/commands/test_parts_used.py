"""What jobs used, what vans hold and what a month consumed agree with what lies on the shelves (SO-22)."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.core.uow import unit_of_work
from app.fieldservice import commands as jobs
from app.parts import commands, queries
from app.parts.models import Part, PartLevel, StockBalance, StockPlace
from app.parts.rules import Line
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY, on_site
from tests.commands.test_parts import OTHER_VAN, STORE, VAN

OCTOBER, NOVEMBER = (clock.at_local(datetime(2026, month, 1).date()) for month in (10, 11))
JOBS = ("PG-NJ-20261010-0001", "PG-NJ-20261112-0002")


def _shelves() -> Counter[tuple[str, str]]:
    """What lies where, as somebody who goes round would count it: (place, part number) -> pieces."""
    with acting_as(SYSTEM):
        rows = db.session.execute(
            select(StockPlace.name, Part.code, StockBalance.quantity)
            .join(StockPlace, StockPlace.id == StockBalance.place_id)
            .join(Part, Part.id == StockBalance.part_id)
        )
        return Counter({(place, code): pieces for place, code, pieces in rows if place in (STORE, VAN, OTHER_VAN)})


def _month(office: Cast, dice: random.Random, first: datetime) -> tuple[Counter[Any], int]:
    """A month at random; what came in and went out otherwise than by jobs, by place and part; how often it was refused."""
    clerk, lead = office["clerk"], office["supervisor"]
    books: Counter[Any] = Counter()
    refused = 0
    for step in range(45):
        at = first + timedelta(days=step % 28, hours=9)
        code, count = dice.choice(("P-COMP", "P-THERM")), dice.randint(1, 3)
        name = dice.choice((VAN, OTHER_VAN))
        part, van, store = office.parts[code], office.places[name], office.places[STORE]
        kind = dice.choice(("receive", "out", "back", "take", "take", "take", "undo", "shop", "scrap", "count"))
        who = "technician" if name == VAN else "technician2"
        job = {"reference": dice.choice(JOBS), "at": at}
        try:
            with unit_of_work(office[who], "test"):
                row, staff = db.session.get_one(Part, part), office.staff(who)
                if kind == "receive":
                    commands.receive(clerk, store, part_id=part, quantity=count, at=at)
                    books[STORE, code] += count
                elif kind in ("out", "back"):
                    lines = {"issues" if kind == "out" else "returns": [Line(part, count)]}
                    commands.exchange(clerk, van, **lines, at=at)
                    books[STORE, code] -= count if kind == "out" else -count
                    books[name, code] += count if kind == "out" else -count
                elif kind == "take":
                    commands.take_for_job(office[who], row, count, staff, **job)
                elif kind == "undo":
                    commands.give_back_from_job(office[who], row, 1, staff, **job)
                elif kind == "shop":
                    commands.take_for_job(office[who], row, count, staff, from_store=office.branches["NJ"], **job)
                else:
                    held = _balance(part, store)
                    if kind == "scrap":
                        commands.scrap(lead, held.id, quantity=count, reason="碎", at=at)
                        books[STORE, code] -= count
                    else:
                        commands.correct(lead, held.id, counted=held.quantity + 1, reason="多点", at=at)
                        books[STORE, code] += 1
        except Refused:
            refused += 1
    return books, refused


def _balance(part: int, place: int) -> StockBalance:
    found = select(StockBalance).where(StockBalance.part_id == part, StockBalance.place_id == place)
    return db.session.scalars(found.execution_options(unscoped=True, populate_existing=True)).one()


def test_so22_a_months_consumption_is_what_is_missing_on_the_shelves(office: Cast) -> None:
    dice = random.Random(7)
    december = clock.at_local(datetime(2026, 12, 1).date())
    ends = {OCTOBER: NOVEMBER, NOVEMBER: december}
    for first, end in ends.items():
        opening = _shelves()
        books, refused = _month(office, dice, first)
        closing = _shelves()
        assert refused < 40
        # Counted the other way: what lay there, and came, and is not there any more.
        missing = Counter({key: opening[key] + books[key] - closing[key] for key in {*opening, *closing, *books}})
        with acting_as(office["clerk"]):
            used = queries.used_between(first, end, office.branches["NJ"])
            vans = {van.place.name: van.pieces for van in queries.vans_of(office.branches["NJ"])}
        assert len(used) > 2
        parts, technicians = Counter[str](), Counter[str]()
        for row in used:
            parts[row.code] += row.quantity
            technicians[row.technician] += row.quantity
            assert row.amount == row.quantity * {"P-COMP": 480, "P-THERM": 65.5}[row.code]
        for code in ("P-COMP", "P-THERM"):
            assert parts[code] == sum(count for (_place, part), count in missing.items() if part == code), code
        assert sum(technicians.values()) == sum(missing.values())
        for van in (VAN, OTHER_VAN):
            assert vans.get(van, 0) == sum(count for (place, _part), count in closing.items() if place == van)
    # Two months are the sum of each.
    with acting_as(office["clerk"]):
        both = sum(row.quantity for row in queries.used_between(OCTOBER, december))
        one = sum(row.quantity for row in queries.used_between(OCTOBER, NOVEMBER))
        other = sum(row.quantity for row in queries.used_between(NOVEMBER, december))
    assert both == one + other


def test_so22_a_van_says_what_it_lacks(office: Cast) -> None:
    therm, comp = office.parts["P-THERM"], office.parts["P-COMP"]
    with unit_of_work(SYSTEM, "test") as session:
        for part, minimum in ((therm, 4), (comp, 1)):
            session.add(PartLevel(branch_id=office.branches["NJ"], part_id=part, van_minimum=minimum))
    technician = office["technician"]
    with unit_of_work(technician, "test"):
        part = db.session.get_one(Part, therm)
        commands.reserve(
            technician, part, 2, reference=JOBS[0], branch_id=office.branches["NJ"], staff_id=technician.staff_id
        )
    with acting_as(SYSTEM):
        van = db.session.get_one(StockPlace, office.places[VAN])
        found = queries.van_day(van, None, queries.today_start())
        # Of three thermostats two are kept for a job: one is free, four should be.
        assert [(row.part.code, row.free, row.minimum, row.missing) for row in found.low] == [
            ("P-COMP", 0, 1, 1),
            ("P-THERM", 1, 4, 3),
        ]
        other = db.session.get_one(StockPlace, office.places["黄大伟车"])
        assert queries.low_in(other, []) == []  # another branch has levels of its own


def test_so22_a_part_gets_its_short_code(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test") as session:
        named, given = Part(code="X-1", name="冷凝器"), Part(code="X-2", name="冷凝器", mnemonic="lnq2")
        session.add_all([named, given])
        session.flush()
        assert (named.mnemonic, given.mnemonic) == ("LNQ", "LNQ2")
        named.name = "蒸发器"
        session.flush()
        assert named.mnemonic == "LNQ"  # it may have been learnt: only who clears it gets another
        named.mnemonic = ""
        session.flush()
        assert named.mnemonic == "ZFQ"
        count = session.execute(select(func.count(Part.id)).where(Part.mnemonic == "")).scalar_one()
    assert count == 0


def test_so22_a_month_is_worth_what_its_parts_cost_when_they_were_fitted(office: Cast) -> None:
    """The price list changes between two pieces of the same part on one job, and again before the month is read."""
    tech, therm = office["technician"], office.parts["P-THERM"]
    days = clock.at_local(datetime(2026, 11, 20).date()), clock.at_local(datetime(2026, 11, 21).date())

    def costs(price: str) -> None:
        with unit_of_work(SYSTEM, "test.price") as session:
            session.get_one(Part, therm).price = Decimal(price)

    with clock.frozen(FRIDAY):
        order_id = on_site(office, "in_warranty")
        jobs.fit_part(tech, order_id, part_id=therm)
        costs("70.00")
        jobs.fit_part(tech, order_id, part_id=therm)
        mistaken = jobs.fit_part(tech, order_id, part_id=therm)
        costs("99.00")
        jobs.remove_part(tech, order_id, fitted_id=mistaken.id)
    with acting_as(office["clerk"]):
        (used,) = queries.used_between(*days)
    assert (used.quantity, used.amount) == (2, Decimal("135.50"))
