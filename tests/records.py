"""One record of every kind in Nanjing, one in Suzhou, one of a colleague: and who may see it, said once by hand.

What stands here is the committed answer to "who sees what" (design §4): the tests of row scope and of every door
compare with it, never with ``app/rows/``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from app.contracts.models import Contract, ContractItem, ContractNotice, PlannedVisit
from app.core import clock, files
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.inbox import InboxMessage
from app.core.listing import ColumnChoice, ListExport, SavedFilter
from app.core.received import ReceivedRequest
from app.core.uow import unit_of_work
from app.customers.models import Contact, Customer, SerialChange, Voucher, VoucherCustody
from app.feedback.models import ReturnVisit, VisitAnswer, VisitAttempt, VisitQuestion
from app.fieldservice.models import (
    Absence,
    AppointmentChange,
    CarryOver,
    Charge,
    Contractor,
    ContractorRequest,
    CrewMember,
    DayClose,
    DayCloseFinding,
    EscalationLevel,
    EscalationNotice,
    PartFitted,
    PhoneEntry,
    RepairCall,
    Signature,
    TimeEntry,
    WaitingChange,
    WorkOrder,
    WorkOrderEvent,
)
from app.parts.models import (
    PartLevel,
    PartReservation,
    PartUnit,
    PartUnitMove,
    PurchaseLine,
    PurchaseRequest,
    StockBalance,
    StockCount,
    StockCountLine,
    StockMove,
    StockPlace,
    VanSlip,
    VanSlipLine,
)
from app.reporting.models import Delivery, MadeDocument, SupervisorReport, TechnicianReport
from app.workshop.models import (
    GoodsPhoto,
    GoodsReceipt,
    Inspection,
    ItemMovement,
    Loan,
    LoanUnit,
    PartsWait,
    PromiseChange,
    PromiseNotice,
    RepairCard,
    RepairCardEvent,
)
from tests import records_complaints, records_money
from tests.cast import PEOPLE, Cast

DAY = date(2026, 11, 20)
MOMENT = clock.at_local(DAY, time(9))

HQ = frozenset({"service", "director"})
# There are complaints about both of them: what the system made of all complaints is for neither (CP-4).
NOT_ABOUT: frozenset[str] = frozenset()
NJ = HQ | {"clerk", "supervisor", "manager", "accountant"}
SZ = HQ | {"clerk_sz", "supervisor_sz"}
NJ_VISITS = HQ | {"clerk", "supervisor", "manager"}
BOTH = NJ | SZ
# The register of complaints is for leaders; the clerk sees the complaints entered or handled by the clerk.
LEADERS = HQ | {"supervisor", "manager"}


@dataclass
class Records:
    """What was made: by name, with the row's id and the people who see it."""

    cast: Cast
    ids: dict[str, int] = field(default_factory=dict)
    seen_by: dict[str, frozenset[str]] = field(default_factory=dict)
    models: dict[str, type[Any]] = field(default_factory=dict)
    # Files by the name of the record they belong to.
    files: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, row: Any, seen_by: frozenset[str] | set[str]) -> Any:
        """Write the row and remember who sees it; ``name`` is ``table/which``."""
        db.session.add(row)
        db.session.flush()
        self.know(name, row, seen_by)
        return row

    def know(self, name: str, row: Any, seen_by: frozenset[str] | set[str]) -> None:
        """Remember who sees a row that is there already."""
        table = row.__tablename__
        assert name.startswith(f"{table}/"), name
        assert name not in self.ids, name
        assert set(seen_by) <= set(PEOPLE), name
        self.ids[name], self.seen_by[name], self.models[name] = row.id, frozenset(seen_by), type(row)

    def __getitem__(self, name: str) -> int:
        return self.ids[name]

    def visible(self, model: type[Any], username: str) -> set[int]:
        """Ids of the rows of this table that the person sees."""
        return {self.ids[n] for n, m in self.models.items() if m is model and username in self.seen_by[n]}

    def all_of(self, model: type[Any]) -> set[int]:
        """Ids of all rows of this table."""
        return {self.ids[n] for n, m in self.models.items() if m is model}


def build(cast: Cast) -> Records:
    """Put the records beside the cast and say of every row of a scoped table who sees it."""
    records = Records(cast)
    with unit_of_work(SYSTEM, "test.records", bulk=True):
        _known_customers(records)
        _jobs(records)
        _contracts(records)
        _evenings(records)
        _stock(records)
        records_complaints.build(records, HQ, LEADERS)
        _visits(records)
        _reports(records)
        _documents(records)
    _trail(records)
    return records


def _known_customers(records: Records) -> None:
    """The cast's customers: the technician has a job at one, the colleague at another, Suzhou has its own.

    The hotel is Nanjing's customer and has a call with Suzhou as well, so that both see it.
    """
    seen = {
        "in_warranty": NJ | {"technician"},
        "out_of_warranty": NJ | {"technician2"},
        "under_contract": BOTH,
        "suzhou": SZ | {"technician_sz"},
    }
    for which, people in seen.items():
        customer = db.session.get(Customer, records.cast.customers[which])
        records.know(f"customer/{which}", customer, people)
        voucher = db.session.get(Voucher, records.cast.vouchers[which])
        records.know(f"voucher/{which}", voucher, people)
        for child in (*customer.telephones, *customer.addresses):
            records.know(f"{child.__tablename__}/{which}", child, people)
        records.add(f"contact/{which}", Contact(customer=customer, name="联系人", phone="13900000000"), people)


def _call(records: Records, which: str, voucher: str, branch: str, status: str) -> RepairCall:
    row = db.session.get(Voucher, records.cast.vouchers[voucher])
    return RepairCall(
        number=f"JX-{branch}-20261120-{which}",
        branch_id=records.cast.branches[branch],
        voucher=row,
        address=row.address,
        caller_name="来电人",
        caller_phone="13800000009",
        reported_at=MOMENT,
        symptom="不制冷",
        arrive_by=MOMENT + timedelta(hours=6),
        status=status,
    )


def _order(records: Records, which: str, call: RepairCall, technician: str, status: str) -> WorkOrder:
    return WorkOrder(
        number=f"PG-{which}",
        repair_call=call,
        branch_id=call.branch_id,
        technician_id=records.cast.staff(technician),
        derived_class="A",
        service_class="A",
        dispatched_at=MOMENT,
        status=status,
    )


def _jobs(records: Records) -> None:
    add = records.add
    mine, colleague, theirs = NJ | {"technician"}, NJ | {"technician2"}, SZ | {"technician_sz"}
    calls = {
        "mine": add("repair_call/mine", _call(records, "0001", "in_warranty", "NJ", "dispatched"), mine),
        "colleague": add(
            "repair_call/colleague", _call(records, "0002", "out_of_warranty", "NJ", "dispatched"), colleague
        ),
        "suzhou": add("repair_call/suzhou", _call(records, "0001", "suzhou", "SZ", "dispatched"), theirs),
        "hotel": add("repair_call/hotel", _call(records, "0002", "under_contract", "SZ", "open"), SZ),
    }
    orders = {
        "mine": (calls["mine"], "technician", "arrived", mine),
        # What a technician declined is no longer theirs, though their name stands on it.
        "declined": (calls["colleague"], "technician", "declined", NJ),
        "colleague": (calls["colleague"], "technician2", "accepted", colleague),
        "suzhou": (calls["suzhou"], "technician_sz", "arrived", theirs),
    }
    made = {}
    for which, (call, technician, status, people) in orders.items():
        made[which] = add(f"work_order/{which}", _order(records, which, call, technician, status), people)
        _job_details(records, which, made[which], technician, people)
    _deadlines(records, calls, made)
    _planning(records, calls, made)
    _workshop(records, made)
    records_money.build(records, made, NJ, SZ)
    for which, technician, people in (("mine", "technician", mine), ("suzhou", "technician_sz", theirs)):
        voucher = calls[which].voucher
        custody = VoucherCustody(voucher=voucher, staff_id=records.cast.staff(technician), out_at=MOMENT)
        add(f"voucher_custody/{which}", custody, people)


def _deadlines(records: Records, calls: dict[str, RepairCall], orders: dict[str, WorkOrder]) -> None:
    """Pauses, moved appointments and who was told; messages are a person's own, whoever is above them."""
    add = records.add
    level = EscalationLevel(deadline="arrival", minutes=45, role="supervisor")
    db.session.add(level)
    for which, people, office in (("mine", NJ | {"technician"}, NJ), ("suzhou", SZ | {"technician_sz"}, SZ)):
        call, order = calls[which], orders[which]
        wait = WaitingChange(repair_call=call, at=MOMENT, waiting_for="customer", reason="客户外出")
        add(f"waiting_change/{which}", wait, people)
        notice = EscalationNotice(repair_call=call, level=level, due_at=MOMENT, at=MOMENT, told="陈国栋")
        add(f"escalation_notice/{which}", notice, office)
        moved = AppointmentChange(work_order=order, at=MOMENT, old_at=MOMENT, new_at=MOMENT, agreed_by="客户")
        add(f"appointment_change/{which}", moved, people)
    for person in ("technician", "supervisor", "admin", "technician_sz"):
        message = InboxMessage(staff_id=records.cast.staff(person), message="%(number)d reminders")
        add(f"inbox_message/{person}", message, frozenset({person}))
        kept = {"user_id": records.cast.people[person].user_id, "screen": "CustomerView"}
        add(f"saved_filter/{person}", SavedFilter(**kept, name="南京", query="q=1"), frozenset({person}))
        sent = {"user_id": kept["user_id"], "key": f"{person}-0001", "path": "/my/", "digest": "0" * 64}
        add(
            f"received_request/{person}",
            ReceivedRequest(**sent, status=302, received_at=clock.now()),
            frozenset({person}),
        )
        add(f"column_choice/{person}", ColumnChoice(**kept, columns=["name"]), frozenset({person}))
        export = ListExport(**kept, title="客户", query="", columns=["name"], language="en", format="csv")
        add(f"list_export/{person}", export, frozenset({person}))


def _planning(records: Records, calls: dict[str, RepairCall], orders: dict[str, WorkOrder]) -> None:
    """Absences, crews and outside contractors: technicians see their own absences and crews, contractors never."""
    add, staff = records.add, records.cast.staff
    # The mate is a clerk's name: a technician's would change who sees the job itself.
    for which, technician, mate, people, office in (
        ("mine", "technician", "clerk", NJ | {"technician"}, NJ),
        ("suzhou", "technician_sz", "clerk_sz", SZ | {"technician_sz"}, SZ),
    ):
        call = calls[which]
        absence = Absence(staff_id=staff(technician), starts_at=MOMENT, ends_at=MOMENT + timedelta(hours=4))
        add(f"absence/{which}", absence, people)
        add(f"crew_member/{which}", CrewMember(work_order=orders[which], staff_id=staff(mate)), people)
        firm = add(f"contractor/{which}", Contractor(branch_id=call.branch_id, name=f"维修部{which}"), office)
        request = ContractorRequest(repair_call=call, branch_id=call.branch_id, contractor=firm, reason="无人")
        add(f"contractor_request/{which}", request, office)
        kept = PhoneEntry(
            branch_id=call.branch_id, staff_id=staff(technician), work_order=orders[which], entered_at=MOMENT
        )
        add(f"phone_entry/{which}", kept, people)


def _workshop(records: Records, orders: dict[str, WorkOrder]) -> None:
    """An item on the technician's bench in each branch: office and that technician see all that hangs on it."""
    add = records.add
    level = EscalationLevel(deadline="workshop", minutes=45, role="supervisor")
    db.session.add(level)
    for which, technician, people, office, colleagues in (
        ("mine", "technician", NJ | {"technician"}, NJ, NJ | {"technician", "technician2"}),
        ("suzhou", "technician_sz", SZ | {"technician_sz"}, SZ, SZ | {"technician_sz"}),
    ):
        order, staff_id = orders[which], records.cast.staff(technician)
        voucher = order.repair_call.voucher
        receipt = GoodsReceipt(
            number=f"SJ-{which}",
            work_order=order,
            voucher=voucher,
            branch_id=order.branch_id,
            in_at=MOMENT,
            condition="完好",
            promised_at=MOMENT + timedelta(days=5),
        )
        add(f"goods_receipt/{which}", receipt, people)
        card = RepairCard(goods_receipt=receipt, tag=f"tag-{which}", technician_id=staff_id, promised_at=MOMENT)
        add(f"repair_card/{which}", card, people)
        move = ItemMovement(
            goods_receipt=receipt, at=MOMENT, from_kind="customer", to_kind="technician", to_staff_id=staff_id
        )
        add(f"item_movement/{which}", move, people)
        add(f"repair_card_event/{which}", RepairCardEvent(card=card, kind="opened", at=MOMENT), people)
        add(f"inspection/{which}", Inspection(card=card, at=MOMENT, passed=True), people)
        add(f"parts_wait/{which}", PartsWait(card=card, what="压缩机", from_at=MOMENT), people)
        change = PromiseChange(card=card, at=MOMENT, old_at=MOMENT, new_at=MOMENT, told_to="客户", told_at=MOMENT)
        add(f"promise_change/{which}", change, people)
        notice = PromiseNotice(card=card, level=level, promised_at=MOMENT, at=MOMENT)
        add(f"promise_notice/{which}", notice, office)
        picture = files.store(b"\x89PNG", "照片.png", "image/png", record="goods_receipt", record_id=receipt.id)
        records.files[f"goods_receipt/{which}"] = picture.id
        add(f"goods_photo/{which}", GoodsPhoto(goods_receipt=receipt, stored_file=picture, at=MOMENT), people)
        unit = LoanUnit(branch_id=order.branch_id, product_model=voucher.product_model, serial_no=f"LOAN-{which}")
        add(f"loan_unit/{which}", unit, colleagues)
        loan = Loan(loan_unit=unit, goods_receipt=receipt, customer_id=voucher.customer_id, out_at=MOMENT, due_on=DAY)
        add(f"loan/{which}", loan, people)
        swap = SerialChange(voucher=voucher, old_no=f"OLD-{which}", new_no=f"NEW-{which}", at=MOMENT)
        add(f"serial_change/{which}", swap, people)


def _job_details(records: Records, which: str, order: WorkOrder, technician: str, people: frozenset[str]) -> None:
    add, part = records.add, records.cast.parts["P-THERM"]
    add(f"work_order_event/{which}", WorkOrderEvent(work_order=order, kind="dispatched", at=MOMENT), people)
    fitted = PartFitted(work_order=order, part_id=part, quantity=1, unit_price=Decimal("65.50"))
    add(f"part_fitted/{which}", fitted, people)
    charge = Charge(work_order=order, kind="callout", description="上门费", quantity=1, unit_price=Decimal("30.00"))
    add(f"charge/{which}", charge, people)
    picture = files.store(b"\x89PNG", "签名.png", "image/png", record="work_order", record_id=order.id)
    records.files[f"work_order/{which}"] = picture.id
    signature = Signature(work_order=order, signer="客户", signed_at=MOMENT, stored_file=picture)
    add(f"signature/{which}", signature, people)
    spent = TimeEntry(
        staff_id=records.cast.staff(technician),
        day=DAY,
        started_at=MOMENT,
        minutes=30,
        service_class="A",
        work_order=order,
    )
    # Minutes are the technician's own, whatever became of the job.
    add(f"time_entry/{which}", spent, people | {technician})


def _contracts(records: Records) -> None:
    existing = db.session.get(Contract, records.cast.contract)
    chosen = {
        "mine": ("in_warranty", "NJ", NJ | {"technician"}),
        "colleague": ("out_of_warranty", "NJ", NJ | {"technician2"}),
        "suzhou": ("suzhou", "SZ", SZ | {"technician_sz"}),
    }
    records.know("contract/hotel", existing, NJ)
    records.know("contract_item/hotel", existing.items[0], NJ)
    for which, (customer, branch, people) in chosen.items():
        contract = Contract(
            number=f"HT-{branch}-20260101-{which}",
            branch_id=records.cast.branches[branch],
            customer_id=records.cast.customers[customer],
            status="in_force",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 10),
        )
        records.add(f"contract/{which}", contract, people)
        item = ContractItem(contract=contract, voucher_id=records.cast.vouchers[customer])
        records.add(f"contract_item/{which}", item, people)
        notice = ContractNotice(contract=contract, for_date=contract.ends_on, given_at=MOMENT)
        records.add(f"contract_notice/{which}", notice, people)
        visit = PlannedVisit(contract=contract, voucher_id=item.voucher_id, due_on=date(2026, 12, 7))
        records.add(f"planned_visit/{which}", visit, people)


def _evenings(records: Records) -> None:
    """A day closed in each branch: a matter of the office, not of the technicians and the accountant."""
    for which, branch, people in (("mine", "NJ", NJ_VISITS), ("suzhou", "SZ", SZ)):
        call = db.session.get_one(RepairCall, records[f"repair_call/{which}"])
        closed = DayClose(branch_id=records.cast.branches[branch], day=DAY - timedelta(days=1), closed_at=MOMENT)
        records.add(f"day_close/{which}", closed, people)
        carried = CarryOver(day_close=closed, repair_call=call, times=1, cause="not_dispatched")
        records.add(f"carry_over/{which}", carried, people)
        found = DayCloseFinding(day_close=closed, voucher=call.voucher, kind="out_without_job")
        records.add(f"day_close_finding/{which}", found, people)


def _stock(records: Records) -> None:
    cast = records.cast
    seen = {
        "李建国车": NJ | {"technician"},
        "王志强车": NJ | {"technician2"},
        "黄大伟车": SZ | {"technician_sz"},
        "南京仓库": NJ,
    }
    for name, people in seen.items():
        place = db.session.get(StockPlace, cast.places[name])
        # The store's name stands with what was fitted from it; what lies in it is the office's.
        named = people | {"technician", "technician2"} if name == "南京仓库" else people
        records.know(f"stock_place/{name}", place, named)
    for balance in db.session.scalars(select(StockBalance)):
        name = f"stock_balance/{balance.place.name} {balance.part.code}"
        records.know(name, balance, seen[balance.place.name])
    other = StockBalance(place_id=cast.places["黄大伟车"], part_id=cast.parts["P-COMP"], quantity=1)
    records.add("stock_balance/黄大伟车 P-COMP", other, seen["黄大伟车"])
    moves = {
        "to me": ("issue", "南京仓库", "李建国车", NJ | {"technician"}),
        "to the colleague": ("issue", "南京仓库", "王志强车", NJ | {"technician2"}),
        "into the store": ("receipt", None, "南京仓库", NJ),
        "suzhou": ("receipt", None, "黄大伟车", SZ | {"technician_sz"}),
    }
    for which, (kind, source, target, people) in moves.items():
        move = StockMove(
            at=MOMENT,
            kind=kind,
            part_id=cast.parts["P-THERM"],
            quantity=1,
            from_place_id=cast.places[source] if source else None,
            to_place_id=cast.places[target],
        )
        records.add(f"stock_move/{which}", move, people)
    _fitted_by_a_colleague(records)
    _parts_of_vans(records)
    _parts_of_branches(records)


def _fitted_by_a_colleague(records: Records) -> None:
    """Out of the colleague's van into the product of one's own job: whose job it is sees what was fitted (SO-17)."""
    cast, order = records.cast, db.session.get_one(WorkOrder, records["work_order/mine"])
    people, part = NJ | {"technician", "technician2"}, cast.parts["P-THERM"]
    van = cast.places["王志强车"]
    move = StockMove(at=MOMENT, kind="fitted", part_id=part, quantity=1, from_place_id=van, reference=order.number)
    records.add("stock_move/fitted by a colleague", move, people)
    unit = PartUnit(
        part_id=part, serial_no="U-fitted", branch_id=order.branch_id, state="fitted", reference=order.number
    )
    records.add("part_unit/fitted by a colleague", unit, NJ | {"technician"})
    link = PartUnitMove(stock_move_id=move.id, part_unit_id=unit.id)
    records.add("part_unit_move/fitted by a colleague", link, NJ | {"technician"})


def _parts_of_vans(records: Records) -> None:
    """Units, reservations and slips: the technician's own are those of his van or kept for his jobs."""
    cast, part = records.cast, records.cast.parts["P-THERM"]
    vans = {
        "mine": ("李建国车", "technician", NJ | {"technician"}, "to me"),
        "colleague's": ("王志强车", "technician2", NJ | {"technician2"}, "to the colleague"),
        "suzhou's": ("黄大伟车", "technician_sz", SZ | {"technician_sz"}, "suzhou"),
    }
    for which, (van, person, people, move) in vans.items():
        place, branch = cast.places[van], cast.branches["SZ" if person.endswith("sz") else "NJ"]
        unit = PartUnit(part_id=part, serial_no=f"U-{person}", branch_id=branch, place_id=place)
        records.add(f"part_unit/{which}", unit, people)
        link = PartUnitMove(stock_move_id=records[f"stock_move/{move}"], part_unit_id=unit.id)
        records.add(f"part_unit_move/{which}", link, people)
        kept = PartReservation(place_id=place, part_id=part, quantity=1, reference=f"PG-{person}")
        records.add(f"part_reservation/{which}", kept, people)
        slip = VanSlip(number=f"LL-{person}", van_id=place, store_id=place, at=MOMENT)
        records.add(f"van_slip/{which}", slip, people)
        line = VanSlipLine(slip=slip, stock_move_id=records[f"stock_move/{move}"])
        records.add(f"van_slip_line/{which}", line, people)
    store, person = cast.places["南京仓库"], cast.staff("technician")
    gone = PartUnit(part_id=part, serial_no="U-store", branch_id=cast.branches["NJ"], place_id=store)
    records.add("part_unit/in the store", gone, NJ)
    waits = PartReservation(place_id=store, part_id=part, quantity=1, reference="PG-waits", staff_id=person)
    records.add("part_reservation/for me in the store", waits, NJ | {"technician"})


def _parts_of_branches(records: Records) -> None:
    """Levels, purchase requests and counts are the office's, not the technicians'."""
    cast, part = records.cast, records.cast.parts["P-THERM"]
    for branch, place, people in (("NJ", "南京仓库", NJ), ("SZ", "黄大伟车", SZ)):
        key = cast.branches[branch]
        level = PartLevel(branch_id=key, part_id=part, reorder_point=1, order_up_to=2)
        records.add(f"part_level/{branch}", level, people)
        request = PurchaseRequest(number=f"QG-{branch}-20261120-0001", branch_id=key)
        records.add(f"purchase_request/{branch}", request, people)
        records.add(f"purchase_line/{branch}", PurchaseLine(request=request, part_id=part, quantity=2), people)
        count = StockCount(number=f"PD-{branch}-20261120-0001", place_id=cast.places[place], started_at=MOMENT)
        records.add(f"stock_count/{branch}", count, people)
        records.add(f"stock_count_line/{branch}", StockCountLine(count=count, part_id=part), people)


def _visits(records: Records) -> None:
    # which: (branch, complaint, seen by); the person complained about sees nothing of the visit afterwards (CP-4).
    chosen: dict[str, tuple[str, str | None, frozenset[str]]] = {
        "nanjing": ("NJ", None, NJ_VISITS),
        "suzhou": ("SZ", None, SZ),
        "of a complaint": ("NJ", "plain", NJ_VISITS),
        "about the supervisor": ("NJ", "against the supervisor", NJ_VISITS - {"supervisor"}),
        "about the service department": ("NJ", "against the service department", NJ_VISITS - {"service"}),
        "about the director": ("NJ", "against the director", NJ_VISITS - {"director"}),
        # At which was said what became a complaint.
        "opened against the supervisor": ("NJ", None, NJ_VISITS - {"supervisor"}),
        "opened against the clerk": ("NJ", None, NJ_VISITS - {"clerk"}),
    }
    for number, (which, (branch, complaint, people)) in enumerate(chosen.items(), start=1):
        visit = ReturnVisit(
            number=f"HF-{branch}-20261120-{number:04}",
            branch_id=records.cast.branches[branch],
            customer_id=records.cast.customers["suzhou" if branch == "SZ" else "in_warranty"],
            cause="complaint" if complaint else "repair",
            complaint_id=records[f"complaint/{complaint}"] if complaint else None,
            opened_complaint_id=records[f"complaint/{which.removeprefix('opened ')}"] if "opened " in which else None,
            due_on=DAY,
        )
        records.add(f"return_visit/{which}", visit, people)
        records.add(f"visit_attempt/{which}", VisitAttempt(return_visit=visit, at=MOMENT, note="无人接听"), people)
        asked = VisitQuestion(trigger_on="repair", question=f"使用是否正常？{which}")
        answer = VisitAnswer(return_visit=visit, visit_question=asked, asked="使用是否正常？", answer="yes")
        records.add(f"visit_answer/{which}", answer, people)


def _reports(records: Records) -> None:
    cast = records.cast
    for technician, branch, people in (
        ("technician", "NJ", NJ | {"technician"}),
        ("technician2", "NJ", NJ | {"technician2"}),
        ("technician_sz", "SZ", SZ | {"technician_sz"}),
    ):
        report = TechnicianReport(staff_id=cast.staff(technician), branch_id=cast.branches[branch], day=DAY)
        records.add(f"technician_report/{technician}", report, people)
    for branch, people in (("NJ", NJ_VISITS), ("SZ", SZ)):
        report = SupervisorReport(branch_id=cast.branches[branch], day=DAY)
        records.add(f"supervisor_report/{branch}", report, people)


def _documents(records: Records) -> None:
    chosen: dict[str, tuple[str, str | None, str | None, frozenset[str]]] = {
        "register": ("repair_call_register", "NJ", None, NJ),
        "the manager's register": ("repair_call_register", "NJ", "manager", NJ),
        "suzhou's register": ("repair_call_register", "SZ", None, SZ),
        # What was made with other eyes, or the system's, says of complaints what a reader may not see (CP-4, CP-13).
        "complaints": ("complaint_register", "NJ", None, NOT_ABOUT),
        "the manager's complaints": ("complaint_register", "NJ", "manager", frozenset({"manager"})),
        "the director's complaints": ("complaint_register", None, "director", frozenset({"director"})),
        "all complaints": ("complaint_register", None, None, NOT_ABOUT),
        "analysis": ("complaint_analysis", "NJ", "supervisor", frozenset({"supervisor"})),
        "visits": ("return_visit_analysis", "NJ", "clerk", frozenset({"clerk"})),
        "made visits": ("return_visit_record", "NJ", "clerk", frozenset({"clerk"})),
        # The branch works by the plan of the morning, which says nothing of complaints.
        "HF-NJ-1120": ("return_visit_plan", "NJ", None, NJ_VISITS),
        "the clerk's plan": ("return_visit_plan", "NJ", "clerk", frozenset({"clerk"})),
        # Made before plans were silent about complaints: it names who complained, and of what (CP-4, CP-13).
        "a plan of before": ("return_visit_plan", "NJ", None, NOT_ABOUT),
    }
    for number, (which, (name, branch, asked, people)) in enumerate(chosen.items(), start=1):
        stored = files.store(b"%PDF", f"{which}.pdf", "application/pdf", record="document", record_id=None)
        document = MadeDocument(
            key=f"test-{number}",
            name=name,
            title=which,
            branch_id=records.cast.branches[branch] if branch else None,
            for_staff_id=records.cast.staff(asked) if asked else None,
            discreet=asked is None and which != "a plan of before",
            stored_file=stored,
        )
        records.add(f"document/{which}", document, people)
        stored.record_id = document.id
        records.files[f"document/{which}"] = stored.id
        records.add(f"delivery/{which}", Delivery(document=document, email="a@example.com"), people)


def _trail(records: Records) -> None:
    """The audit trail says again what the rows say: it is as confidential as they are."""
    against = {name: row for name, row in records.ids.items() if name.startswith("complaint")}
    director = frozenset({"director"})
    chosen: dict[str, tuple[str, int | None, frozenset[str]]] = {
        "setting": ("setting", 1, director | {"admin"}),
        "account": ("ab_user", 1, director | {"admin"}),
        "customer": ("customer", records["customer/in_warranty"], director),
        "stored file": ("stored_file", 1, director),
        "complaint": ("complaint", against["complaint/plain"], director),
        "step": ("complaint_step", against["complaint_step/plain"], director),
        "about the director": ("complaint", against["complaint/against the director"], frozenset()),
        "step about the director": ("complaint_step", against["complaint_step/against the director"], frozenset()),
        **{
            f"{table} {which}": (table, records[f"{table}/{which}"], people)
            for table in ("return_visit", "visit_attempt", "visit_answer")
            for which, people in (("of a complaint", director), ("about the director", frozenset()))
        },
    }
    # What building the records wrote is business of the test, not of the people.
    db.session.connection().execute(delete(AuditEntry.__table__))
    for which, (record, number, people) in chosen.items():
        records.add(f"audit_entry/{which}", AuditEntry(at=MOMENT, verb="test", record=record, record_id=number), people)
    db.session.commit()


def load(cast: Cast) -> Records:
    """Build in the database of the current application context."""
    with acting_as(SYSTEM):
        records = build(cast)
        db.session.remove()
    return records
