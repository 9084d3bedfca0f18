"""Three months of money: collected on the spot and handed in, invoiced, paid in part, and what is still open."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.billing.models import (
    CashHandover,
    CollectionPermit,
    CreditNote,
    Instalment,
    Invoice,
    InvoicedJob,
    InvoiceLine,
    Payment,
    Waiver,
)
from app.billing.rules import Share, billed, instalments, state_of
from app.contracts.models import Contract
from app.core import clock
from app.core.money import ZERO, tax_within
from app.core.settings import Setting
from app.fieldservice.models import Charge
from seeds.demo.organisation import Crew, Office
from seeds.demo.rows import Numbers, Rows
from seeds.demo.work import Done, Job
from seeds.demo.workshop import Item

SMALL, RATE = Decimal("500.00"), Decimal("13.00")
WORDS = {"labour": "人工", "callout": "上门费", "part": "零件", "other": "其他"}
MISUSE = ("机内进水，主板烧蚀痕迹明显", "门体受外力撞击变形", "用户自行拆装，螺丝缺失")
PERMITTED = ("客户次日出国，要求当场付清", "外地客户，离店即走", "老客户，指定现场扫码支付")
SELLER = {
    "seller_tax_no": "91320100MA1ANXIN88",
    "seller_details": "南京市玄武区中山路321号 025-84000000",
    "seller_account": "工商银行南京玄武支行 4301012209100012345",
}
WAIVED = ("等候过久致歉", "老客户优惠", "首次上门判断有误")


@dataclass
class Books:
    """What happened in one branch, to be numbered in the order it happened."""

    rows: Rows
    dice: random.Random
    crew: Crew
    today: date
    last_day: date
    named: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    cash: dict[tuple[int, date], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def keep(self, prefix: str, at: datetime, row: dict[str, Any]) -> None:
        """Number it later."""
        self.named.append((at, prefix, row))

    def last(self, model: Any) -> dict[str, Any]:
        """The row added last."""
        return self.rows.of(model)[-1]

    @property
    def accountant(self) -> int | None:
        """Who keeps the branch's books; small branches have none of their own."""
        return self.crew.by_job.get("accountant")

    def pay(
        self, customer_id: int, amount: Decimal, at: datetime, by: int | None, method: str, *,
        order_id: int | None = None, invoice_id: int | None = None,
    ) -> None:  # fmt: skip
        """Money came in."""
        self.rows.add(
            Payment,
            number="",
            branch_id=self.crew.branch.id,
            customer_id=customer_id,
            kind="payment",
            work_order_id=order_id,
            invoice_id=invoice_id,
            method=method,
            amount=amount,
            reference="" if method == "cash" else f"{self.dice.randint(10**11, 10**12 - 1)}",
            paid_at=at,
            created_at=at,
            received_by_id=by,
            in_hand=False,
        )
        row = self.last(Payment)
        self.keep("SK", at, row)
        if method == "cash" and by in self.crew.technicians:
            self.cash[by, clock.local(at).date()].append(row)

    def invoice(
        self, customer: tuple[int, str], lines: Sequence[tuple[str, str, int, Decimal, int | None]], at: datetime, *,
        waived: Decimal = ZERO, count: int = 1, contract_id: int | None = None, posted: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """Make out an invoice; gives its row."""
        day = clock.local(at).date()
        sums = billed([Share([quantity * price for _kind, _text, quantity, price, _order in lines], waived)], RATE)
        parts = instalments(sums.total, count, day + timedelta(days=30), 30)
        organisation = len(customer[1]) > 4
        # What was sent has its number (SO-6); of the last days some still wait for theirs.
        sent = posted and day < self.today - timedelta(days=2)
        numbered = sent or day < self.today - timedelta(days=6) or self.dice.random() < 0.5
        invoice_id = self.rows.add(
            Invoice,
            number="",
            branch_id=self.crew.branch.id,
            customer_id=customer[0],
            contract_id=contract_id,
            fapiao_kind="special" if organisation else "electronic",
            fapiao_no=f"2632{self.crew.branch.id:02}{len(self.rows.of(Invoice)) + 1:014}" if numbered else None,
            title=customer[1],
            tax_no=f"91320100MA{self.dice.randint(10**7, 10**8 - 1)}" if organisation else "",
            tax_rate=RATE,
            total=sums.total,
            tax=sums.tax,
            paid=ZERO,
            credited=ZERO,
            issued_on=day,
            due_on=parts[-1].due_on,
            posted_on=day + timedelta(days=1) if sent else None,
            posted_note="挂号信" if sent else "",
            status="issued",
            issued_by_id=self.accountant,
            created_at=at,
        )
        row = self.last(Invoice)
        self.keep("FP", at, row)
        for position, (line, amount, tax) in enumerate(zip(lines, sums.amounts, sums.taxes, strict=True), start=1):
            kind, text, quantity, price, order_id = line
            self.rows.add(
                InvoiceLine, invoice_id=invoice_id, position=position, work_order_id=order_id, kind=kind,
                description=text[:100], quantity=quantity, unit_price=price, amount=amount, tax=tax,
            )  # fmt: skip
        for order_id in {line[4] for line in lines if line[4] is not None}:
            self.rows.add(InvoicedJob, invoice_id=invoice_id, work_order_id=order_id, live=True)
        for part in parts:
            self.rows.add(Instalment, invoice_id=invoice_id, due_on=part.due_on, amount=part.amount)
        return row

    def settle(self, invoice: dict[str, Any], amount: Decimal, at: datetime, order_id: int | None) -> None:
        """A payment on an invoice, if its day has come."""
        if amount <= 0 or clock.local(at).date() >= self.today:
            return
        method = self.dice.choice(("transfer", "transfer", "card", "wechat"))
        self.pay(
            invoice["customer_id"], amount, at, self.accountant, method, order_id=order_id, invoice_id=invoice["id"]
        )
        invoice["paid"] += amount

    def close(self, invoice: dict[str, Any]) -> None:
        """The state that follows from the amounts."""
        invoice["status"] = state_of(invoice["total"], invoice["paid"], invoice["credited"])

    # -- the jobs --------------------------------------------------------------------------------------------------

    def job(self, job: Job, charges: list[dict[str, Any]]) -> None:
        """The money of a finished job."""
        due = sum((each["unit_price"] * each["quantity"] for each in charges), ZERO)
        at = job.row["finished_at"]
        if due <= 0 or at is None:
            return
        lines = [
            (
                each["kind"],
                f"{WORDS[each['kind']]} {each['description']}".strip(),
                each["quantity"],
                each["unit_price"],
                job.order_id,
            )
            for each in charges
            if each["unit_price"] > 0
        ]
        if due > SMALL:
            self._large(job, lines, due, at)
            return
        waived = ZERO
        if job.closed_at is not None and self.dice.random() < 0.02:
            waived = min(Decimal("50.00"), due)
            self.rows.add(
                Waiver, work_order_id=job.order_id, amount=waived, reason=self.dice.choice(WAIVED), at=at,
                created_at=at, given_by_id=self.crew.by_job["supervisor"],
            )  # fmt: skip
        if due > waived:
            method = self.dice.choices(("cash", "wechat", "alipay"), (50, 35, 15))[0]
            # The one of the demo account kept yesterday's cash: something to hand in, and to be told of.
            last = clock.local(at).date() == self.last_day
            if last and job.technician_id == self.crew.technicians[0]:
                method = "cash"
            self.pay(
                job.product.customer_id, due - waived, at + timedelta(minutes=3), job.technician_id, method,
                order_id=job.order_id,
            )  # fmt: skip
            payment = self.last(Payment)
            if job.closed_at is not None and (clock.local(at).date() < self.last_day - timedelta(days=2)):
                customer = (job.product.customer_id, job.product.name)
                invoice = self.invoice(
                    customer, lines, job.closed_at + timedelta(minutes=10), waived=waived, posted=True
                )
                payment["invoice_id"], invoice["paid"] = invoice["id"], payment["amount"]
                self.close(invoice)

    def returned(self, item: Item, charges: list[dict[str, Any]]) -> None:
        """A repair is invoiced as the item goes back (SO-9); that of a job still open waits for its official number."""
        at, order = item.receipt["out_at"], item.order
        lines = [
            (each["kind"], f"{WORDS[each['kind']]} {each['description']}".strip(), each["quantity"], each["unit_price"],
             order["id"])
            for each in charges
            if each["unit_price"] > 0
        ]  # fmt: skip
        if at is None or not lines:
            return
        product, closed = item.product, order["status"] == "closed"
        invoice = self.invoice((product.customer_id, product.name), lines, at, posted=closed)
        if closed:
            self.settle(invoice, invoice["total"], at + timedelta(days=1), order["id"])
        else:
            invoice["fapiao_no"] = invoice["issued_by_id"] = None
        self.close(invoice)

    def _large(self, job: Job, lines: list[Any], due: Decimal, at: datetime) -> None:
        product, order_id, closed = job.product, job.order_id, job.closed_at is not None
        if not closed and self.dice.random() < 0.7:
            return  # still to be invoiced: the accountant's list shows it
        if closed and self.dice.random() < 0.12:
            self._permitted(job, lines, due, at)
            return
        evening = clock.at_local(clock.local(at).date(), time(17, self.dice.randint(0, 25)))
        lot = self.dice.random()
        count = 2 if lot > 0.8 else 1
        invoice = self.invoice((product.customer_id, product.name), lines, max(evening, at), count=count, posted=True)
        if lot < 0.55:
            self.settle(invoice, due, at + timedelta(days=self.dice.randint(4, 28)), order_id)
        elif lot < 0.65:
            self.settle(
                invoice, (due / 2).quantize(Decimal("1")), at + timedelta(days=self.dice.randint(4, 20)), order_id
            )
        elif lot < 0.7 and clock.local(at).date() < self.today - timedelta(days=5):
            self._credit(invoice, at + timedelta(days=2))
        elif count == 2:
            first = next(each for each in self.rows.of(Instalment) if each["invoice_id"] == invoice["id"])["amount"]
            self.settle(invoice, first, at + timedelta(days=15), order_id)
            if lot > 0.9:
                self.settle(invoice, due - first, at + timedelta(days=45), order_id)
        self.close(invoice)

    def _permitted(self, job: Job, lines: list[Any], due: Decimal, at: datetime) -> None:
        """More than is collected on the spot, by the supervisor's permit; the invoice follows (SO-6)."""
        given = at - timedelta(minutes=20)
        self.rows.add(
            CollectionPermit, work_order_id=job.order_id, reason=self.dice.choice(PERMITTED), at=given, created_at=given,
            given_by_id=self.crew.by_job["supervisor"],
        )  # fmt: skip
        method = self.dice.choice(("wechat", "alipay", "card"))
        self.pay(
            job.product.customer_id, due, at + timedelta(minutes=3), job.technician_id, method, order_id=job.order_id
        )
        payment = self.last(Payment)
        if clock.local(at).date() >= self.last_day - timedelta(days=2):
            return
        customer = (job.product.customer_id, job.product.name)
        invoice = self.invoice(customer, lines, at + timedelta(hours=2), posted=True)
        payment["invoice_id"], invoice["paid"] = invoice["id"], payment["amount"]
        self.close(invoice)

    def _credit(self, invoice: dict[str, Any], at: datetime) -> None:
        amount = (invoice["total"] / 5).quantize(Decimal("1"))
        self.rows.add(
            CreditNote, number="", invoice_id=invoice["id"], amount=amount, tax=tax_within(amount, RATE),
            reason="零件价格有误，按价目表更正", fapiao_no="", at=at, created_at=at, by_id=self.accountant,
        )  # fmt: skip
        self.keep("HZ", at, self.last(CreditNote))
        invoice["credited"] = amount

    # -- the evening -------------------------------------------------------------------------------------------------

    def hand_in(self, last_day: date) -> None:
        """Every evening each technician hands in the day's cash; on the last working day not everybody did."""
        for (technician, day), payments in sorted(self.cash.items()):
            place = self.crew.technicians.index(technician)
            if day == last_day and place == 0:
                for row in payments:
                    row["in_hand"] = True
                continue
            at = clock.at_local(day, time(17, 35)) + timedelta(minutes=place)
            waiting = day == last_day and place == 1
            short = not waiting and self.dice.random() < 0.01
            amount = sum((row["amount"] for row in payments), ZERO)
            counted = amount - 10 if short and amount > 20 else amount
            handover_id = self.rows.add(
                CashHandover,
                number="",
                branch_id=self.crew.branch.id,
                staff_id=technician,
                status="submitted" if waiting else "received",
                handed_at=at,
                created_at=at,
                amount=amount,
                counted=None if waiting else counted,
                reason="少一张拾元，本人次日补交" if counted != amount else "",
                received_by_id=None if waiting else self.accountant,
                received_at=None if waiting else at + timedelta(minutes=12),
                agreed_at=at + timedelta(minutes=14) if counted != amount else None,
            )
            self.keep("JK", at, self.last(CashHandover))
            for row in payments:
                row["handover_id"], row["in_hand"] = handover_id, waiting

    def contracts(self, names: dict[int, str]) -> None:
        """This year's contracts are invoiced when they begin."""
        mine = [
            row for row in self.rows.of(Contract)
            if row["branch_id"] == self.crew.branch.id and row["status"] == "in_force" and row["price"] > 0
        ]  # fmt: skip
        for row in mine[:12]:
            at = clock.at_local(row["starts_on"], time(10, 5))
            if clock.local(at).date() >= self.today:
                continue
            line = ("contract", f"保养合同 {row['number']}", 1, row["price"], None)
            customer = (row["customer_id"], names.get(row["customer_id"], row["number"]))
            invoice = self.invoice(customer, [line], at, contract_id=row["id"], posted=True)
            if self.dice.random() < 0.85:
                self.settle(invoice, row["price"], at + timedelta(days=self.dice.randint(1, 25)), None)
            self.close(invoice)

    def number_all(self) -> None:
        """Running numbers in the order in which things happened."""
        numbers = Numbers()
        for at, prefix, row in sorted(self.named, key=lambda each: (each[0], each[2]["id"])):
            row["number"] = numbers.next(prefix, self.crew.branch.code, clock.local(at).date())


def _misuse(job: Job, rows: Rows, dice: random.Random) -> None:
    """A warranty case that the warranty does not cover: the part is to be paid."""
    row = job.row
    row["misuse_reason"] = dice.choice(MISUSE)
    row["charges_agreed_at"] = row["arrived_at"] + timedelta(minutes=6)
    row["charges_agreed_by"], row["consent_how"] = job.product.name, "on_site"
    for kind, text, price in (("callout", "", "30.00"), ("labour", "每30分钟（不足按一次计）", "50.00")):
        amount = Decimal(price)
        rows.add(
            Charge,
            work_order_id=job.order_id,
            kind=kind,
            description=text,
            quantity=1,
            unit_price=amount,
            list_price=amount,
        )


def build(rows: Rows, office: Office, done: Done, today: date) -> None:
    """Add the money of every branch."""
    for key, value in SELLER.items():
        rows.add(Setting, key=key, value=value, note="", version=1)
    names: dict[int, str] = {}
    for code, crew in office.crews.items():
        dice = random.Random(f"money-{code}")  # nosec B311 - demo data, the same every time
        jobs = [job for job in done.jobs[code] if job.row["finished_at"] is not None]
        last = max((clock.local(job.row["finished_at"]).date() for job in jobs), default=today)
        books = Books(rows, dice, crew, today, last)
        free = [job for job in jobs if job.row["service_class"] == "C" and job.row.get("status") == "finished"]
        if free:
            _misuse(free[0], rows, dice)
        charges: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for charge in rows.of(Charge):
            charges[charge["work_order_id"]].append(charge)
        for job in jobs:
            names[job.product.customer_id] = job.product.name
            books.job(job, charges[job.order_id])
        books.contracts(names)
        books.hand_in(last)
        for bench in done.benches:
            for item in bench.items if bench.diary.code == code else ():
                books.returned(item, charges[item.order["id"]])
        books.number_all()
