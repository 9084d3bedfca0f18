"""Three months of repair calls, work orders, minutes, parts and daily reports, up to yesterday."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.calendars.queries import calendar_for
from app.calendars.rules import deadline, is_open_day
from app.contracts.models import Contract, PlannedVisit
from app.contracts.rules import covers
from app.core import clock
from app.core.db import db
from app.customers.models import VoucherCustody
from app.customers.rules import in_warranty
from app.fieldservice.models import (
    CarryOver,
    Charge,
    DayClose,
    FaultCode,
    PartFitted,
    RepairCall,
    TimeEntry,
    WorkOrder,
    WorkOrderEvent,
)
from app.fieldservice.rules import Prices, QuotedPart, derive_class, free_of, quote_lines
from app.parts.models import Part, StockBalance, StockMove
from app.parts.rules import initials
from app.reporting.models import SupervisorReport, TechnicianReport
from seeds.demo.customers import Base, Product
from seeds.demo.organisation import Crew, Office
from seeds.demo.rows import Numbers, Rows
from seeds.demo.workshop import Bench

DAYS_BACK = 92
DAYS_ON_SCREEN = 4  # since when customers sign on the telephone
PRICES = Prices(callout=Decimal("30.00"), labour=Decimal("50.00"))
# code, name, price, reorder point
PARTS = (
    ("YSJ-150", "压缩机", "480.00", 4), ("WKQ-02", "温控器", "65.50", 10), ("MFT-215", "门封条", "38.00", 10),
    ("FJ-20", "风扇电机", "120.00", 6), ("PSB-30", "排水泵", "85.00", 8), ("PD-610", "皮带", "22.00", 12),
    ("KZB-35", "空调控制板", "260.00", 5), ("ZLJ-R32", "制冷剂R32", "150.00", 10), ("YKQ-01", "遥控器", "35.00", 15),
    ("DYB-55", "电视电源板", "310.00", 4), ("PPB-75", "电视主板", "520.00", 3), ("JRG-60", "加热管", "95.00", 8),
    ("MB-60", "镁棒", "28.00", 15), ("DHZ-12", "点火针", "12.50", 20), ("YJ-260", "油烟机电机", "180.00", 5),
    ("LS-01", "螺丝包", "5.00", 30),
)  # fmt: skip
FITS = {
    "refrigerator": (1, 2, 3, 4),
    "washing_machine": (5, 6),
    "air_conditioner": (4, 7, 8, 9),
    "television": (9, 10, 11),
    "water_heater": (12, 13),
    "kitchen": (14, 15),
}
RESULTS_WITH_PART = ("更换{part}，试机正常", "更换{part}，清洁机体，运转正常")
# The last one for what has a compressor.
RESULTS = ("清洗并调整，试机30分钟正常", "检查线路，重新插接后正常", "指导用户正确使用", "补充制冷剂，检漏合格")
INTERNAL = ("早会与领料", "整理服务车工具", "零件盘点", "技术培训", "归还零件与交单")
SIGNED_ON_PAPER = "纸质凭证已由客户签字（系统启用前）"


@dataclass
class Job:
    """A finished job, as complaints and return visits need it."""

    order_id: int
    product: Product
    technician_id: int
    closed_at: datetime | None
    row: dict[str, Any]


@dataclass
class Done:
    """What was done, by branch code."""

    jobs: dict[str, list[Job]] = field(default_factory=lambda: defaultdict(list))
    benches: list[Bench] = field(default_factory=list)


class Stock:
    """Moves and the balances they add up to."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.balance: dict[tuple[int, int], int] = defaultdict(int)

    def move(
        self, kind: str, part: int, quantity: int, at: datetime, *, source: int | None, to: int | None,
        by: int | None = None, reference: str = "",
    ) -> int:  # fmt: skip
        """Move parts; gives the id of the move."""
        if source is not None:
            self.balance[source, part] -= quantity
        if to is not None:
            self.balance[to, part] += quantity
        return self.rows.add(
            StockMove, at=at, created_at=at, kind=kind, part_id=part, quantity=quantity, from_place_id=source,
            to_place_id=to, by_id=by, reference=reference,
        )  # fmt: skip

    def write_balances(self) -> None:
        """One row for every place and part that ever held something."""
        for (place, part), quantity in sorted(self.balance.items()):
            self.rows.add(StockBalance, place_id=place, part_id=part, quantity=quantity)


class Diary:
    """Writes the days of one branch."""

    def __init__(
        self, rows: Rows, dice: random.Random, crew: Crew, products: list[Product], stock: Stock, on_screen_from: date
    ) -> None:
        self.rows, self.dice, self.crew, self.products, self.stock = rows, dice, crew, products, stock
        self.on_screen_from = on_screen_from
        self.code = crew.branch.code
        self.calendar = calendar_for(crew.branch.id)
        self.named: dict[int, list[tuple[dict[str, Any], str]]] = defaultdict(list)  # rows that quote an order's number
        self.calls: list[dict[str, Any]] = []
        self.last_day = clock.today()
        self.orders: list[dict[str, Any]] = []
        self.free: dict[int, date] = {}  # since when a product may fail again
        self.faults: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for fault in db.session.execute(select(FaultCode)).scalars():
            self.faults[fault.category].append((fault.id, fault.name))
        self.jobs: list[Job] = []
        self.repeated: set[int] = set()
        under = {product.contract_id: product for product in products if product.contract_id is not None}
        self.visits = sorted(
            (row["due_on"], number, under[row["contract_id"]])
            for number, row in enumerate(rows.of(PlannedVisit), 1)
            if row["called_at"] is not None and row["contract_id"] in under
        )

    def visit_on(self, day: date) -> tuple[int, Product] | None:
        """A maintenance visit that is due; those of earlier weeks were made before the office used the portal (SO-23)."""
        while self.visits and self.visits[0][0] < day - timedelta(days=7):
            self.visits.pop(0)
        if not self.visits or self.visits[0][0] > day:
            return None
        _due_on, number, product = self.visits.pop(0)
        self.free[product.voucher_id] = day + timedelta(days=45)
        return number, product

    def repeat_on(self, day: date) -> Job | None:
        """Now and then a repair of the last weeks that did not last; one that is free anyway (KP-2)."""
        if self.dice.random() > 0.04:
            return None
        vague = {fault_id for fault_id, _name in self.faults["any"][-2:]}
        for job in reversed(self.jobs):
            done = clock.local(job.row["finished_at"]).date()
            if (day - done).days > 28:
                return None
            known = job.order_id in self.repeated or job.row["fault_code_id"] in vague or job.closed_at is None
            if not known and (day - done).days >= 6 and self.class_on(job.product, day) != "A":
                self.repeated.add(job.order_id)
                return job
        return None

    def product_for(self, day: date) -> Product:
        """A product that did not fail in the last weeks."""
        while True:
            product = self.dice.choice(self.products)
            if self.free.get(product.voucher_id, day) <= day:
                self.free[product.voucher_id] = day + timedelta(days=45)
                return product

    def open_days(self, today: date) -> list[date]:
        """The branch's working days before today, oldest first."""
        days = (today - timedelta(days=back) for back in range(DAYS_BACK, 0, -1))
        return [day for day in days if is_open_day(self.calendar, day)]

    def call(self, product: Product, reported_at: datetime, status: str, **more: Any) -> int:
        """Enter a call."""
        fault_id, fault = self.dice.choice(self.faults[product.category] + self.faults["any"])
        due = deadline(self.calendar, reported_at, minutes=360 if product.urban else 420).due
        values: dict[str, Any] = {
            "number": "",
            "branch_id": self.crew.branch.id,
            "voucher_id": product.voucher_id,
            "address_id": product.address_id,
            "caller_name": product.name,
            "caller_phone": product.phone,
            "channel": self.dice.choices(("telephone", "online", "counter", "email"), (80, 12, 5, 3))[0],
            "reported_at": reported_at,
            "created_at": reported_at,
            "symptom_code_id": fault_id,
            "symptom": fault,
            "priority": "urgent" if self.dice.random() < 0.08 else "normal",
            "arrive_by": due,
            "arrive_minutes": 360 if product.urban else 420,
            "status": status,
            "taken_by_id": self.crew.by_job["clerk"],
        }
        call_id = self.rows.add(RepairCall, **{**values, **more})
        self.calls.append(self.rows.of(RepairCall)[-1])
        return call_id

    def class_on(self, product: Product, day: date) -> str:
        """The job's class (SO-1)."""
        term = product.contract_term
        covered = term is not None and covers("in_force", term[0], term[1], day)
        return derive_class(covered_by_contract=covered, in_warranty=in_warranty(product.warranty_until, day))

    def event(self, order_id: int, kind: str, at: datetime, staff_id: int) -> None:
        """Add to the job's history."""
        device = at + timedelta(seconds=self.dice.randint(-40, 40)) if kind == "arrived" else None
        self.rows.add(WorkOrderEvent, work_order_id=order_id, kind=kind, at=at, staff_id=staff_id, device_at=device)

    def order(self, call_id: int, product: Product, technician: int, dispatched_at: datetime, **more: Any) -> int:
        """Dispatch a call."""
        day = clock.local(dispatched_at).date()
        service_class = self.class_on(product, day)
        order_id = self.rows.add(
            WorkOrder,
            number="",
            repair_call_id=call_id,
            branch_id=self.crew.branch.id,
            technician_id=technician,
            dispatched_by_id=self.crew.by_job["supervisor"],
            derived_class=service_class,
            service_class=service_class,
            contract_id=product.contract_id if service_class == "B" else None,
            dispatched_at=dispatched_at,
            created_at=dispatched_at,
            **more,
        )
        self.orders.append(self.rows.of(WorkOrder)[-1])
        self.event(order_id, "dispatched", dispatched_at, self.crew.by_job["supervisor"])
        return order_id

    def finished_job(
        self,
        product: Product,
        technician: int,
        reported_at: datetime,
        arrived_at: datetime,
        minutes: int,
        *,
        close: bool,
        visit: int | None = None,
        again: Job | None = None,
    ) -> None:
        """A job from call to close, with minutes, parts and charges. ``visit``: the planned visit it is; ``again``: the
        repair it repeats.
        """
        finished_at = arrived_at + timedelta(minutes=minutes)
        day = clock.local(arrived_at).date()
        closed_at = clock.at_local(day, time(17, self.dice.randint(5, 25))) if close else None
        fault_id, _ = self.dice.choice(self.faults[product.category] + self.faults["any"])
        status = "closed" if close else "finished"
        dispatched_at = self._dispatched(reported_at, arrived_at)
        carried = int(clock.local(dispatched_at).date() > clock.local(reported_at).date())
        more: dict[str, Any] = {"closed_at": closed_at, "carried_over": carried}
        if visit is not None:
            fault_id = self.faults["any"][-1][0]
            more |= self._visit(visit, product, reported_at, day)
        if again is not None:
            fault_id = again.row["fault_code_id"]
            more |= self._repeat(again, day)
        call_id = self.call(product, reported_at, status, **more)
        part = self.dice.choice(FITS[product.category]) if self.dice.random() < 0.55 else None
        cools = product.category in ("refrigerator", "air_conditioner")
        result = self.dice.choice(RESULTS_WITH_PART if part else RESULTS if cools else RESULTS[:-1])
        order_id = self.order(
            call_id,
            product,
            technician,
            dispatched_at,
            appointment_at=arrived_at,
            status=status,
            arrived_at=arrived_at,
            arrived_device_at=arrived_at,
            fault_code_id=fault_id,
            result=result.format(part=PARTS[part - 1][1] if part else ""),
            finished_at=finished_at,
            class_reason="返修" if again is not None else "",
            unsigned_reason="" if day >= self.on_screen_from else SIGNED_ON_PAPER,
            closed_at=closed_at,
            closed_by_id=self.crew.by_job["clerk"] if close else None,
        )
        row = self.rows.of(WorkOrder)[order_id - 1]
        self.event(order_id, "accepted", row["dispatched_at"] + timedelta(minutes=5), technician)
        self.event(order_id, "arrived", arrived_at, technician)
        self.event(order_id, "finished", finished_at, technician)
        if closed_at:
            self.event(order_id, "closed", closed_at, self.crew.by_job["clerk"])
        self._money_and_minutes(row, product, technician, arrived_at, minutes, part)
        self.rows.add(
            VoucherCustody, voucher_id=product.voucher_id, staff_id=technician, out_at=row["dispatched_at"],
            back_at=closed_at, reason="",
        )  # fmt: skip
        self.named[order_id].append((self.rows.of(VoucherCustody)[-1], "reason"))
        self.jobs.append(Job(order_id, product, technician, closed_at, row))

    def _visit(self, visit: int, product: Product, reported_at: datetime, day: date) -> dict[str, Any]:
        assert product.contract_id is not None
        self.rows.of(PlannedVisit)[visit - 1]["called_at"] = reported_at
        contract = self.rows.of(Contract)[product.contract_id - 1]
        return {
            "channel": "planned", "planned_visit_id": visit, "symptom": f"合同 {contract['number']} 计划保养",
            "symptom_code_id": None, "priority": "normal", "carried_over": 0, "arrive_minutes": None,
            "arrive_by": clock.at_local(day, time(17, 30)),
        }  # fmt: skip

    def _repeat(self, again: Job, day: date) -> dict[str, Any]:
        """The supervisor has said what was to blame; the latest ones still wait for that."""
        cause, note = self.dice.choice(
            (("part", "更换的零件再次损坏"), ("workmanship", "接头未拧紧"), ("workmanship", "上次未彻底排除"))
        )
        fault = next(name for found in self.faults.values() for key, name in found if key == again.row["fault_code_id"])
        known = (self.last_day - day).days > 5
        return {
            "repeat_of_id": again.row["repair_call_id"], "symptom_code_id": again.row["fault_code_id"],
            "symptom": f"{fault}，又出现同样故障", "repeat_cause": cause if known else "",
            "repeat_note": note if known else "",
        }  # fmt: skip

    def _dispatched(self, reported_at: datetime, arrived_at: datetime) -> datetime:
        """Before closing time on the day of the call, or in the morning the technician goes (SO-14)."""
        latest = arrived_at - timedelta(minutes=15)
        morning = clock.at_local(clock.local(arrived_at).date(), time(8, 30))
        soon = reported_at + timedelta(minutes=self.dice.randint(8, 40))
        if reported_at >= morning or self.dice.random() < 0.6:
            return min(soon, latest)
        return min(morning + timedelta(minutes=self.dice.randint(1, 20)), latest)

    def number_all(self) -> None:
        """Give the running numbers in the order in which things happened, as a register has them."""
        numbers = Numbers()
        for call in sorted(self.calls, key=lambda row: (row["reported_at"], row["id"])):
            call["number"] = numbers.next("JX", self.code, clock.local(call["reported_at"]).date())
        for order in sorted(self.orders, key=lambda row: (row["dispatched_at"], row["id"])):
            order["number"] = numbers.next("PG", self.code, clock.local(order["dispatched_at"]).date())
            for row, column in self.named[order["id"]]:
                row[column] = order["number"]

    def _money_and_minutes(
        self,
        row: dict[str, Any],
        product: Product,
        technician: int,
        arrived_at: datetime,
        minutes: int,
        part: int | None,
    ) -> None:
        service_class = row["service_class"]
        self.rows.add(
            TimeEntry, staff_id=technician, day=clock.local(arrived_at).date(), started_at=arrived_at, minutes=minutes,
            service_class=service_class, work_order_id=row["id"], note="",
        )  # fmt: skip
        quoted = []
        if part:
            price = Decimal(PARTS[part - 1][2])
            van = self.crew.vans[technician]
            self._refill(van, part, arrived_at, technician)
            move = self.stock.move("fitted", part, 1, arrived_at, source=van, to=None, by=technician)
            self.named[row["id"]].append((self.rows.of(StockMove)[-1], "reference"))
            self.rows.add(
                PartFitted, work_order_id=row["id"], part_id=part, quantity=1, unit_price=price, stock_move_id=move
            )
            quoted.append(QuotedPart(part, PARTS[part - 1][1], 1, price))
        free = free_of(service_class, labour=True, callout=True, parts=False)
        lines = [line for line in quote_lines(free, PRICES, minutes, quoted) if not line.free_reason]
        for line in lines:
            self.rows.add(Charge, work_order_id=row["id"], **line._asdict())
        if lines:
            row["charges_agreed_at"] = arrived_at + timedelta(minutes=4)
            row["charges_agreed_by"] = product.name

    def _refill(self, van: int, part: int, at: datetime, technician: int) -> None:
        if self.stock.balance[van, part] > 0:
            return
        morning = clock.at_local(clock.local(at).date(), time(8, 35))
        if self.stock.balance[self.crew.store, part] < 3:
            self.stock.move("receipt", part, 20, morning, source=None, to=self.crew.store, reference="采购入库")
        self.stock.move("issue", part, 2, morning, source=self.crew.store, to=van, by=technician, reference="早领料")

    def internal(self, technician: int, day: date, start: time, minutes: int) -> None:
        """Class D work."""
        self.rows.add(
            TimeEntry, staff_id=technician, day=day, started_at=clock.at_local(day, start), minutes=minutes,
            service_class="D", work_order_id=None, note=self.dice.choice(INTERNAL),
        )  # fmt: skip

    def day_of(self, technician: int, day: date, previous: date | None, *, last: bool) -> None:
        """One technician's day: the morning meeting, two to four jobs, internal work between, the evening."""
        self.internal(technician, day, time(8, 30), self.dice.choice((20, 30)))
        slots = [(time(9, 5), 100), (time(10, 50), 65), (time(13, 40), 90), (time(15, 15), 95)]
        chosen = sorted(self.dice.sample(slots, self.dice.choices((2, 3, 4), (25, 50, 25))[0]))
        for start, room in slots:
            if (start, room) not in chosen and self.dice.random() < 0.6:
                self.internal(technician, day, start, self.dice.randint(room // 2, room - 10))
        for start, room in chosen:
            arrived_at = clock.at_local(day, start) + timedelta(minutes=self.dice.randint(0, 10))
            reported_at = self._reported(arrived_at, day, previous)
            minutes = self.dice.randint(room * 6 // 10, room - 12)
            waits = last and start >= time(13, 0) and self.dice.random() < 0.4
            visit = self.visit_on(day)
            again = self.repeat_on(day) if visit is None else None
            product = visit[1] if visit else again.product if again else self.product_for(day)
            self.finished_job(
                product, technician, reported_at, arrived_at, minutes, close=not waits,
                visit=visit[0] if visit else None, again=again,
            )  # fmt: skip
        if self.dice.random() < 0.6:
            self.internal(technician, day, time(17, 0), 30)

    def _reported(self, arrived_at: datetime, day: date, previous: date | None) -> datetime:
        late = self.dice.random() < 0.06
        if previous is not None and (late or self.dice.random() < 0.55):
            hour = self.dice.randint(9, 11) if late else self.dice.randint(13, 16)
            return clock.at_local(previous, time(hour, self.dice.randint(30 if hour == 13 else 0, 59)))
        earliest = clock.at_local(day, time(8, 20))
        room = int((arrived_at - timedelta(minutes=45) - earliest).total_seconds() // 60)
        return earliest + timedelta(minutes=self.dice.randint(0, max(0, room)))

    def reports(self, days: list[date]) -> None:
        """006 of every technician and 007 of the branch; yesterday's are not all in yet."""
        office = self.crew.branch.kind == "branch_office"
        for day in days:
            late = day == days[-1]
            evening = clock.at_local(day, time(17, 32))
            for place, technician in enumerate(self.crew.technicians):
                missing = late and place == len(self.crew.technicians) - 1
                self.rows.add(
                    TechnicianReport, staff_id=technician, branch_id=self.crew.branch.id, day=day, created_at=evening,
                    status="draft" if missing else "confirmed", confirmed_at=None if missing else evening,
                )  # fmt: skip
            status = "draft" if late else "signed" if office else "submitted"
            submitted = None if late else clock.at_local(day, time(18, 20))
            self.rows.add(
                SupervisorReport, branch_id=self.crew.branch.id, day=day, created_at=evening, status=status,
                submitted_by_id=None if late else self.crew.by_job["supervisor"], submitted_at=submitted,
                signed_by_id=self.crew.by_job.get("branch_manager") if status == "signed" else None,
                signed_at=None if late else submitted + timedelta(minutes=35) if submitted else None,
            )  # fmt: skip

    def still_open(self, day: date) -> None:
        """Yesterday's calls that nobody was sent to, and one job accepted but not begun."""
        evening = clock.at_local(day, time(17, 30))
        close_id = self.rows.add(DayClose, branch_id=self.crew.branch.id, day=day, closed_at=evening)
        for count in range(self.dice.randint(2, 4)):
            reported_at = clock.at_local(day, time(15 + count % 3, self.dice.randint(0, 25)))
            call_id = self.call(self.product_for(day), reported_at, "open", carried_over=1)
            cause = "late_call" if count % 3 == 2 else "not_dispatched"
            self.rows.add(CarryOver, day_close_id=close_id, repair_call_id=call_id, times=1, cause=cause)
        product, technician = self.product_for(day), self.crew.technicians[0]
        reported_at = clock.at_local(day, time(16, 5))
        call_id = self.call(product, reported_at, "dispatched")
        dispatched_at = reported_at + timedelta(minutes=20)
        order_id = self.order(call_id, product, technician, dispatched_at, status="accepted")
        self.event(order_id, "accepted", dispatched_at + timedelta(minutes=6), technician)
        self.rows.add(
            VoucherCustody, voucher_id=product.voucher_id, staff_id=technician, out_at=dispatched_at, back_at=None,
            reason="",
        )  # fmt: skip
        self.named[order_id].append((self.rows.of(VoucherCustody)[-1], "reason"))


def build(rows: Rows, dice: random.Random, office: Office, base: Base, today: date) -> Done:
    """Add calls, orders, minutes, parts and reports of every branch."""
    for code, name, price, reorder in PARTS:
        rows.add(Part, code=code, name=name, mnemonic=initials(name), price=Decimal(price), reorder_point=reorder)
    stock, done = Stock(rows), Done()
    start = clock.at_local(today - timedelta(days=DAYS_BACK + 1), time(9, 0))
    for code, crew in office.crews.items():
        for part in range(1, len(PARTS) + 1):
            stock.move("receipt", part, 25, start, source=None, to=crew.store, reference="期初入库")
        diary = Diary(rows, dice, crew, base.products[code], stock, today - timedelta(days=DAYS_ON_SCREEN))
        days = diary.open_days(today)
        bench = Bench(diary, days, today)
        bench.build()
        for place, day in enumerate(days):
            previous = days[place - 1] if place else None
            for technician in crew.technicians:
                if technician == bench.technician and day in bench.busy:
                    continue  # in the workshop that day
                diary.day_of(technician, day, previous, last=day == days[-1])
        diary.reports(days)
        diary.still_open(days[-1])
        diary.number_all()
        bench.number()
        done.benches.append(bench)
        done.jobs[code] = diary.jobs
    stock.write_balances()
    return done
