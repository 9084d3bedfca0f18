"""What was taken back to the workshop in the last weeks: some home again, a dozen still in the house in every state."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calendars.rules import add_working_days
from app.core import clock, files
from app.customers.models import ProductModel, VoucherCustody
from app.fieldservice.models import FaultCode, PriceItem, Signature, TimeEntry, WorkOrder
from app.workshop.models import (
    GoodsPhoto,
    GoodsReceipt,
    Inspection,
    ItemMovement,
    Loan,
    LoanUnit,
    PartsWait,
    PromiseChange,
    RepairCard,
    RepairCardEvent,
)
from seeds.demo.customers import Product
from seeds.demo.rows import Numbers
from seeds.demo.signatures import scribble

if TYPE_CHECKING:
    from seeds.demo.work import Diary

Step = tuple[Any, ...]
CLOSES = time(17, 30)
CONDITIONS = ("外壳轻微划痕，整机完整", "外观完好", "面板左下角有裂纹，客户知情", "机身积尘，脚垫缺一")
ACCESSORIES = {
    "television": ("遥控器一只", "底座一副、遥控器", "无附件"),
    "refrigerator": ("搁架两块", "果蔬盒一只", "无附件"),
    "washing_machine": ("进水管一根", "进水管、排水管", "无附件"),
    "air_conditioner": ("遥控器一只", "室内机一台、遥控器", "无附件"),
    "water_heater": ("电源线", "无附件"),
    "kitchen": ("炉架两只", "电源线", "无附件"),
}
CHECKED = "外观清洁✓ 绝缘接地✓ 功能性能✓ 运转声音✓ 附件齐全✓"

# Each step: verb, place of the day from the end of the branch's working days (-1: the last one), time, further words.
# The times of the one technician at the bench do not overlap.
NANJING: tuple[tuple[str, int, tuple[Step, ...]], ...] = (
    # category, working days from today until the promise, what happened
    (
        "refrigerator", -6,
        (
            ("take", -10, "9:10", 25), ("shelf", -10, "11:50", "A-1"), ("start", -10, "13:35"),
            ("work", -10, "13:35", 50), ("wait", -10, "14:30", 1, "压缩机"), ("resume", -8, "10:00"),
            ("work", -8, "13:35", 70), ("wait", -8, "14:50", None, "铜管及焊料"), ("resume", -7, "9:30"),
            ("fit", -7, "13:35", 60, 1), ("done", -7, "14:40"), ("fail", -7, "15:00", "运转异响，压缩机固定螺栓未紧"),
            ("work", -7, "15:05", 30), ("done", -7, "15:40"), ("pass", -7, "16:00"), ("out", -6, "8:50"),
            ("home", -6, "9:20", 20), ("file", -6, "17:10"),
        ),
    ),
    (
        "television", -7,
        (
            ("take", -9, "9:10", 20), ("shelf", -9, "11:50", "B-2"), ("start", -9, "13:35"), ("work", -9, "13:35", 30),
            ("give_up", -9, "14:10", "declined", "客户认为维修费用过高，不修"), ("counter", -7, "16:30"),
            ("file", -7, "17:10"),
        ),
    ),
    (
        "washing_machine", -6,
        (
            ("take", -8, "9:10", 25), ("shelf", -8, "11:50", "A-2"), ("start", -8, "15:00"), ("fit", -8, "15:05", 80, 5),
            ("done", -8, "16:30"), ("pass", -8, "16:50"), ("out", -7, "8:50"), ("home", -7, "9:20", 20),
            ("file", -7, "17:10"),
        ),
    ),
    (
        "water_heater", 1,
        (
            ("take", -4, "9:10", 25), ("shelf", -4, "11:50", "A-3"), ("start", -4, "13:35"), ("fit", -4, "13:35", 100, 12),
            ("done", -4, "15:20"), ("pass", -3, "9:00"), ("out", -1, "8:50"), ("home", -1, "9:20", 20),
        ),
    ),
    (
        "kitchen", 1,
        (
            ("take", -4, "10:20", 20), ("shelf", -4, "11:52", "B-1"), ("start", -3, "13:35"), ("fit", -3, "13:35", 90, 15),
            ("done", -3, "15:10"), ("pass", -3, "16:00"),
        ),
    ),
    (
        "air_conditioner", 1,
        (
            ("take", -5, "9:10", 20), ("shelf", -5, "11:50", "A-4"), ("start", -5, "13:35"), ("work", -5, "13:35", 60),
            ("give_up", -5, "14:40", "irreparable", "蒸发器严重腐蚀内漏，无法修复"),
        ),
    ),
    (
        "television", 1,
        (
            ("take", -5, "10:20", 20), ("shelf", -5, "11:52", "B-3"), ("start", -4, "15:25"), ("fit", -4, "15:25", 70, 10),
            ("done", -4, "16:40"), ("pass", -3, "9:10"), ("out", -1, "16:45"),
        ),
    ),
    (
        "washing_machine", 2,
        (
            ("take", -2, "9:10", 25), ("shelf", -2, "11:50", "A-5"), ("start", -2, "13:35"), ("work", -2, "13:35", 80),
            ("fit", -1, "13:35", 50, 6), ("done", -1, "14:30"),
        ),
    ),
    (
        "refrigerator", 1,
        (
            ("take", -3, "9:20", 25), ("shelf", -3, "11:50", "A-6"), ("expect", 600), ("start", -2, "15:00"),
            ("work", -2, "15:05", 60), ("help", -2, "16:10", "管路多处渗漏，需重新抽真空充注，恐赶不上"),
        ),
    ),
    ("television", 3, (("take", -1, "10:20", 25), ("shelf", -1, "11:50", "B-4"), ("start", -1, "17:28", "first"))),
    (
        "air_conditioner", 4,
        (
            ("take", -6, "10:20", 25), ("lend", -6, "11:00", 4), ("shelf", -6, "11:50", "A-7"), ("start", -6, "13:35"),
            ("work", -6, "13:35", 40), ("wait", -6, "14:20", 7, "空调控制板"),
        ),
    ),
    (
        "refrigerator", -3,
        (
            ("take", -11, "9:10", 25), ("lend", -11, "9:50", -1), ("shelf", -11, "11:50", "A-8"), ("start", -11, "13:35"),
            ("work", -11, "13:35", 45), ("wait", -11, "14:30", 1, "压缩机（厂家缺货）"),
            ("promise", -5, "10:30", -1, "厂家缺货，已电话说明"),
        ),
    ),
    ("kitchen", 4, (("take", -1, "11:10", 20), ("shelf", -1, "11:55", "B-5"))),
)  # fmt: skip
SHANGHAI = (
    ("television", 2, (("take", -2, "9:10", 25), ("shelf", -2, "11:50", "甲-1"), ("start", -1, "13:35"),
                       ("work", -1, "13:35", 60))),
    ("refrigerator", 3, (("take", -1, "10:20", 30), ("shelf", -1, "11:50", "甲-2"))),
)  # fmt: skip
PLANS = {"NJ": NANJING, "SH": SHANGHAI}
# Which models a branch lends, and of what serial numbers; one of them is not in use any more.
UNITS = (
    ("refrigerator", "BY-BX-01"),
    ("air_conditioner", "BY-KT-01"),
    ("television", "BY-DS-01"),
    ("television", "BY-DS-02"),
)


@dataclass
class Item:
    """An item under way, with the rows that are still being written."""

    order: dict[str, Any]
    call: dict[str, Any]
    product: Product
    receipt: dict[str, Any] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)
    custody: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    holder: tuple[str, int | None, str] = ("customer", None, "")
    wait: dict[str, Any] | None = None


class Bench:
    """The workshop of one branch, and the technician who works in it instead of going out."""

    def __init__(self, diary: Diary, days: list[date], today: date) -> None:
        self.diary, self.rows, self.crew = diary, diary.rows, diary.crew
        self.days, self.today = days, today
        self.plan = PLANS.get(diary.code, ())
        self.technician = self.crew.technicians[-1]
        self.items: list[Item] = []
        self.drawings: list[tuple[Item, datetime, str]] = []
        self.units: dict[str, int] = {}
        places = {step[1] for _category, _promise, steps in self.plan for step in steps if step[0] != "expect"}
        self.busy = {days[place] for place in places}

    def build(self) -> None:
        """Write everything that happened; before the diary gives the numbers."""
        if not self.plan:
            return
        for category, serial in UNITS:
            model = next(row["id"] for row in self.rows.of(ProductModel) if row["category"] == category)
            self.units.setdefault(
                category,
                self.rows.add(
                    LoanUnit,
                    branch_id=self.crew.branch.id,
                    product_model_id=model,
                    serial_no=f"{self.diary.code}-{serial}",
                    active=not serial.endswith("02"),
                    note="" if not serial.endswith("02") else "屏幕老化，停用",
                ),
            )
        for day in sorted(self.busy):
            self.diary.internal(self.technician, day, time(8, 30), 18)
        for category, promise, steps in self.plan:
            item = self._taken(category, promise, steps[0])
            for verb, *given in steps[1:]:
                getattr(self, f"_{verb}")(item, *given)

    # -- moments -------------------------------------------------------------------------------------------------

    def _at(self, place: int, at: str) -> datetime:
        hour, minute = at.split(":")
        return clock.at_local(self.days[place], time(int(hour), int(minute)))

    def _day(self, offset: int) -> date:
        """A working day before (-1: the last one) or after today."""
        return self.days[offset] if offset < 0 else add_working_days(self.diary.calendar, self.today, offset)

    # -- what is written at every step -----------------------------------------------------------------------------

    def _event(self, item: Item, kind: str, at: datetime, staff_id: int, note: str = "") -> None:
        self.rows.add(RepairCardEvent, repair_card_id=item.card["id"], kind=kind, at=at, staff_id=staff_id, note=note)

    def _move(self, item: Item, kind: str, staff_id: int | None, at: datetime, place: str = "", note: str = "") -> None:
        target = (kind, staff_id, place)
        if target == item.holder:
            return
        self.rows.add(
            ItemMovement,
            goods_receipt_id=item.receipt["id"],
            at=at,
            from_kind=item.holder[0],
            from_staff_id=item.holder[1],
            from_place=item.holder[2],
            to_kind=kind,
            to_staff_id=staff_id,
            to_place=place,
            by_id=staff_id or self.crew.by_job["clerk"],
            note=note,
        )
        item.holder = target

    def _product(self, category: str, day: date) -> Product:
        while True:
            product = self.diary.dice.choice([each for each in self.diary.products if each.category == category])
            if self.diary.free.get(product.voucher_id, day) <= day:
                self.diary.free[product.voucher_id] = self.today + timedelta(days=45)
                return product

    def _taken(self, category: str, promise: int, step: Step) -> Item:
        _verb, place, clock_time, minutes = step
        arrived_at, dice = self._at(place, clock_time), self.diary.dice
        in_at = arrived_at + timedelta(minutes=minutes)
        product = self._product(category, self.days[place])
        reported_at = self._at(place - 1, f"16:{dice.randint(2, 25):02}")
        call_id = self.diary.call(product, reported_at, "dispatched")
        dispatched_at = reported_at + timedelta(minutes=12)
        order_id = self.diary.order(
            call_id,
            product,
            self.technician,
            dispatched_at,
            appointment_at=arrived_at,
            status="in_workshop",
            arrived_at=arrived_at,
            arrived_device_at=arrived_at,
        )
        item = Item(self.rows.of(WorkOrder)[order_id - 1], self.diary.calls[-1], product)
        for kind, at in (("accepted", dispatched_at + timedelta(minutes=6)), ("arrived", arrived_at)):
            self.diary.event(order_id, kind, at, self.technician)
        self.diary.event(order_id, "taken_back", in_at, self.technician)
        self._minutes(item, arrived_at, minutes)
        promised_at = clock.at_local(self._day(promise), time(17, 0))
        self._receipt(item, in_at, promised_at)
        self._event(item, "opened", in_at, self.technician, item.receipt["condition"])
        self._move(item, "technician", self.technician, in_at)
        self.rows.add(
            VoucherCustody, voucher_id=product.voucher_id, staff_id=self.technician, out_at=dispatched_at, back_at=None,
            reason="",
        )  # fmt: skip
        item.custody = self.rows.of(VoucherCustody)[-1]
        self.items.append(item)
        return item

    def _receipt(self, item: Item, in_at: datetime, promised_at: datetime) -> None:
        on_screen = clock.local(in_at).date() >= self.diary.on_screen_from
        receipt_id = self.rows.add(
            GoodsReceipt,
            number="",
            work_order_id=item.order["id"],
            voucher_id=item.product.voucher_id,
            branch_id=self.crew.branch.id,
            in_at=in_at,
            created_at=in_at,
            received_by_id=self.technician,
            condition=self.diary.dice.choice(CONDITIONS),
            accessories=self.diary.dice.choice(ACCESSORIES[item.product.category]),
            promised_at=promised_at,
            unsigned_reason="" if on_screen else "纸质凭证已由客户签字（系统启用前）",
            out_at=None,
            returned_by_id=None,
            returned_to="",
            voided_at=None,
            voided_by_id=None,
            void_kind="",
        )
        item.receipt = self.rows.of(GoodsReceipt)[-1]
        self.rows.add(
            RepairCard,
            goods_receipt_id=receipt_id,
            status="waiting",
            tag=f"{self.diary.dice.getrandbits(128):032x}"[:22],
            technician_id=None,
            promised_at=promised_at,
            expected_minutes=None,
            fault_code_id=None,
            result="",
            outcome="",
            outcome_reason="",
        )
        item.card = self.rows.of(RepairCard)[-1]
        if on_screen:
            self.drawings.append((item, in_at, "take_back"))

    def _minutes(self, item: Item, started_at: datetime, minutes: int) -> None:
        self.rows.add(
            TimeEntry, staff_id=self.technician, day=clock.local(started_at).date(), started_at=started_at,
            minutes=minutes, service_class=item.order["service_class"], work_order_id=item.order["id"], note="",
        )  # fmt: skip

    # -- the steps -------------------------------------------------------------------------------------------------

    def _shelf(self, item: Item, place: int, at: str, shelf: str) -> None:
        self._move(item, "shelf", None, self._at(place, at), shelf)

    def _expect(self, item: Item, minutes: int) -> None:
        item.card["expected_minutes"] = minutes

    def _start(self, item: Item, place: int, at: str, who: str = "") -> None:
        staff_id = self.crew.technicians[0] if who else self.technician
        item.card["status"], item.card["technician_id"] = "in_repair", staff_id
        self._move(item, "technician", staff_id, self._at(place, at))
        self._event(item, "started", self._at(place, at), staff_id)

    def _work(self, item: Item, place: int, at: str, minutes: int) -> None:
        self._minutes(item, self._at(place, at), minutes)

    def _fit(self, item: Item, place: int, at: str, minutes: int, part: int) -> None:
        self.diary._money_and_minutes(item.order, item.product, self.technician, self._at(place, at), minutes, part)

    def _wait(self, item: Item, place: int, at: str, part: int | None, what: str) -> None:
        moment = self._at(place, at)
        item.card["status"] = "waiting_parts"
        self.rows.add(
            PartsWait, repair_card_id=item.card["id"], part_id=part, quantity=1, what=what, from_at=moment,
            expected_on=self._day(2), until_at=None, by_id=self.technician,
        )  # fmt: skip
        item.wait = self.rows.of(PartsWait)[-1]
        self._event(item, "waiting_parts", moment, self.technician, what)

    def _resume(self, item: Item, place: int, at: str) -> None:
        moment = self._at(place, at)
        assert item.wait is not None  # nosec B101 - the plan above says so
        item.card["status"], item.wait["until_at"] = "in_repair", moment
        item.wait["expected_on"] = clock.local(moment).date()
        self._event(item, "resumed", moment, self.technician)

    def _done(self, item: Item, place: int, at: str) -> None:
        moment, call = self._at(place, at), item.call
        item.card |= {
            "status": "to_inspect",
            "fault_code_id": call["symptom_code_id"],
            "result": "更换零件，清洁机体，试机两小时正常",
        }
        self._move(item, "shelf", None, moment, "待检区")
        self._event(item, "done", moment, self.technician, item.card["result"])

    def _inspected(self, item: Item, moment: datetime, passed: bool, reason: str = "") -> None:
        by = self.crew.by_job["supervisor"]
        self.rows.add(
            Inspection, repair_card_id=item.card["id"], at=moment, by_id=by, passed=passed, reason=reason,
            checklist=CHECKED if passed else "外观清洁✓ 绝缘接地✓ 功能性能✓ 运转声音✗",
        )  # fmt: skip
        self._event(item, "passed" if passed else "failed", moment, by, reason)

    def _fail(self, item: Item, place: int, at: str, reason: str) -> None:
        self._inspected(item, self._at(place, at), False, reason)
        item.card["status"] = "in_repair"
        self._move(item, "technician", self.technician, self._at(place, at))

    def _pass(self, item: Item, place: int, at: str) -> None:
        self._inspected(item, self._at(place, at), True)
        item.card |= {"status": "ready", "outcome": "repaired"}
        self._move(item, "shelf", None, self._at(place, at), f"C-{len(self.items)}")

    def _give_up(self, item: Item, place: int, at: str, outcome: str, reason: str) -> None:
        moment = self._at(place, at)
        item.card |= {"status": "ready", "outcome": outcome, "outcome_reason": reason}
        self._event(item, "given_up", moment, self.technician, reason)
        self._move(item, "shelf", None, moment, f"C-{len(self.items)}")

    def _help(self, item: Item, place: int, at: str, reason: str) -> None:
        self._event(item, "help", self._at(place, at), self.technician, reason)

    def _out(self, item: Item, place: int, at: str) -> None:
        item.card["status"] = "on_return"
        self._move(item, "technician", self.technician, self._at(place, at))
        self._event(item, "sent_out", self._at(place, at), self.technician)

    def _home(self, item: Item, place: int, at: str, minutes: int) -> None:
        started_at = self._at(place, at)
        self._minutes(item, started_at, minutes)
        self._returned(item, started_at + timedelta(minutes=minutes), self.technician)

    def _counter(self, item: Item, place: int, at: str) -> None:
        self._returned(item, self._at(place, at), self.crew.by_job["clerk"])

    def _returned(self, item: Item, moment: datetime, by: int) -> None:
        name = item.product.name[:64]
        self._move(item, "customer", None, moment, note=name)
        self._event(item, "returned", moment, by, name)
        item.receipt |= {
            "out_at": moment,
            "returned_by_id": by,
            "returned_to": name,
            "voided_at": moment,
            "voided_by_id": by,
            "void_kind": "taken_back",
        }
        on_screen = clock.local(moment).date() >= self.diary.on_screen_from
        repaired = item.card["outcome"] == "repaired"
        item.card["status"], item.call["status"] = "returned", "finished"
        item.order |= {
            "status": "finished",
            "finished_at": moment,
            "fault_code_id": item.card["fault_code_id"] or item.call["symptom_code_id"],
            "result": item.card["result"] if repaired else f"未修退还：{item.card['outcome_reason']}",
            "unsigned_reason": "" if on_screen else "纸质凭证已由客户签字（系统启用前）",
        }
        self.diary.event(item.order["id"], "handed_back", moment, by)
        if on_screen:
            self.drawings.append((item, moment, "return"))

    def _file(self, item: Item, place: int, at: str) -> None:
        moment, clerk = self._at(place, at), self.crew.by_job["clerk"]
        item.order |= {"status": "closed", "closed_at": moment, "closed_by_id": clerk}
        item.call |= {"status": "closed", "closed_at": moment}
        item.custody["back_at"] = moment
        self.diary.event(item.order["id"], "closed", moment, clerk)

    def _lend(self, item: Item, place: int, at: str, due: int) -> None:
        moment = self._at(place, at)
        self.rows.add(
            Loan,
            loan_unit_id=self.units[item.product.category],
            goods_receipt_id=item.receipt["id"],
            customer_id=item.product.customer_id,
            out_at=moment,
            out_by_id=self.technician,
            due_on=self._day(due),
            condition="九成新，附电源线",
            back_at=None,
        )
        self._event(item, "lent", moment, self.technician)

    def _promise(self, item: Item, place: int, at: str, offset: int, reason: str) -> None:
        moment, clerk = self._at(place, at), self.crew.by_job["clerk"]
        promised_at = clock.at_local(self._day(offset), time(17, 0))
        self.rows.add(
            PromiseChange, repair_card_id=item.card["id"], at=moment, old_at=item.card["promised_at"],
            new_at=promised_at, told_to=item.product.name[:64], told_at=moment, reason=reason, staff_id=clerk,
        )  # fmt: skip
        item.card["promised_at"] = promised_at
        self._event(item, "promise", moment, clerk, reason)

    # -- after the diary gave its numbers ---------------------------------------------------------------------------

    def number(self) -> None:
        """Receipts are numbered in the order of their coming; the voucher is out for its call."""
        numbers = Numbers()
        for item in sorted(self.items, key=lambda each: each.receipt["in_at"]):
            day = clock.local(item.receipt["in_at"]).date()
            item.receipt["number"] = numbers.next("SJ", self.diary.code, day)
            item.custody["reason"] = item.call["number"]
            if item.wait is not None and item.wait["until_at"] is None:
                item.call["waiting_for"] = "parts"


FLAT_PRICES = {"B04": "120.00", "X01": "100.00", "K03": "120.00", "C02": "60.00"}


def flat_prices(session: Session) -> None:
    """Small faults that cost the same at every door, so that the quote on the telephone has some to offer (SO-6)."""
    for fault in session.scalars(select(FaultCode).where(FaultCode.code.in_(FLAT_PRICES))):
        price = Decimal(FLAT_PRICES[fault.code])
        session.add(PriceItem(kind="labour_flat", fault_code_id=fault.id, price=price, valid_from=date(2020, 1, 1)))


def pictures(session: Session, dice: random.Random, benches: list[Bench]) -> None:
    """Signatures and photographs, once their records are in the database."""
    for bench in benches:
        for item, at, purpose in bench.drawings:
            order = item.order
            drawing = files.store(
                scribble(dice), f"{order['number']}.png", "image/png", record="work_order", record_id=order["id"]
            )
            session.add(
                Signature(
                    work_order_id=order["id"],
                    signer=item.product.name[:64],
                    signed_at=at,
                    created_at=at,
                    purpose=purpose,
                    stored_file_id=drawing.id,
                )
            )
        for item in bench.items:
            receipt = item.receipt
            photo = files.store(
                photograph(dice, item.product.category),
                f"{receipt['number']}-1.jpg",
                "image/jpeg",
                record="goods_receipt",
                record_id=receipt["id"],
            )
            session.add(
                GoodsPhoto(
                    goods_receipt_id=receipt["id"],
                    stored_file_id=photo.id,
                    kind="in",
                    at=receipt["in_at"],
                    by_id=bench.technician,
                    note=receipt["condition"][:200],
                )
            )
    session.flush()


def photograph(dice: random.Random, category: str) -> bytes:
    """A drawing that stands for a photograph of the product, as JPEG."""
    shade = dice.randint(200, 235)
    image = Image.new("RGB", (480, 360), (178, 170, 158))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 290, 480, 360), fill=(126, 108, 92))
    if category == "television":
        pen.rectangle((90, 90, 390, 260), fill=(30, 30, 34), outline=(10, 10, 10), width=5)
        pen.rectangle((220, 260, 260, 290), fill=(40, 40, 44))
    elif category == "washing_machine":
        pen.rectangle((140, 70, 340, 300), fill=(shade, shade, shade), outline=(120, 120, 120), width=3)
        pen.ellipse((180, 130, 300, 250), fill=(80, 90, 100), outline=(150, 150, 150), width=10)
    elif category == "refrigerator":
        pen.rectangle((160, 20, 320, 310), fill=(shade, shade, shade + 10), outline=(110, 110, 110), width=3)
        pen.line((160, 130, 320, 130), fill=(110, 110, 110), width=3)
        pen.rectangle((172, 60, 180, 115), fill=(90, 90, 90))
        pen.rectangle((172, 150, 180, 230), fill=(90, 90, 90))
    else:
        pen.rectangle((70, 110, 410, 230), fill=(shade, shade, shade), outline=(120, 120, 120), width=3)
        for line in range(4):
            pen.line((90, 190 + line * 9, 390, 190 + line * 9), fill=(140, 140, 140), width=2)
    pen.line((300, 240, 330, 262), fill=(90, 70, 60), width=2)  # the scratch that is written down
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()
