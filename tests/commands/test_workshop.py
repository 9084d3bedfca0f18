"""From "cannot be fixed here" to the product back at the customer's, on both databases (SO-5 … SO-10, SO-17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.files import StoredFile
from app.core.inbox import InboxMessage
from app.core.uow import unit_of_work
from app.customers import queries as customers
from app.customers.models import SerialChange, Voucher
from app.fieldservice import commands as field
from app.fieldservice import queries as field_queries
from app.fieldservice.models import CarryOver, DayCloseFinding, EscalationLevel, Signature, TimeEntry, WorkOrder
from app.parts.commands import receive
from app.parts.commands.moves import reservations
from app.parts.queries import quantity_in
from app.workshop import commands, queries, rules
from app.workshop.models import GoodsReceipt, ItemMovement, Loan, LoanUnit, RepairCard
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY, PNG, at, office_time, on_site
from tests.conftest import Backend

PROMISE = office_time(17, 0, day=25)
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def taken(office: Cast, product: str = "in_warranty", hour: int = 9, **more: Any) -> int:
    """A product taken back on Friday at ten (an hour after ``hour``); the id of its card."""
    with at(hour, 10):
        order_id = on_site(office, product)
    given = {"condition": "外观完好", "promised_at": PROMISE, "signer": "张伟", "drawing": PNG, **more}
    with at(hour + 1):
        receipt = commands.take_back(office["technician"], order_id, **given)
    with acting_as(SYSTEM):
        return receipt.card.id


def card_of(card_id: int) -> RepairCard:
    db.session.expunge_all()
    with acting_as(SYSTEM):
        card = fetch(RepairCard, card_id)
        _ = card.goods_receipt.work_order.repair_call.voucher, card.goods_receipt.movements, card.waits, card.events
        _ = card.inspections, card.promise_changes, card.goods_receipt.loans, card.technician, card.fault_code
        _ = card.goods_receipt.work_order.time_entries, card.goods_receipt.work_order.signatures
        return card


def state(card_id: int) -> tuple[str, str, str]:
    """Of the card, the order and the call."""
    card = card_of(card_id)
    order = card.goods_receipt.work_order
    return card.status, order.status, order.repair_call.status


def order_of(card_id: int) -> int:
    return card_of(card_id).goods_receipt.work_order_id


def worked(office: Cast, card_id: int, hour: int, minutes: int = 40, day: int = 20, who: str = "technician2") -> None:
    with at(hour + 1, 30, day):
        field.record_time(office[who], order_of(card_id), started_at=office_time(hour, 0, day), minutes=minutes)


def repaired(office: Cast, product: str = "in_warranty") -> int:
    """A card whose repair passed inspection at four."""
    card_id = taken(office, product)
    with at(13, 40):
        commands.start(office["technician2"], card_id)
    worked(office, card_id, 14)
    with at(15, 30):
        commands.report_done(office["technician2"], card_id, fault_code_id=office.faults["F01"], result="更换温控器")
    with at(16):
        commands.pass_inspection(office["supervisor"], card_id)
    return card_id


# -- taking back (SO-7) -------------------------------------------------------------------------------------------


def test_so7_receipt_register_line_and_card_come_into_being_together(office: Cast) -> None:
    card = card_of(taken(office, accessories="遥控器、搁架2块", photos=[PNG, JPEG], expected_minutes=90))
    receipt = card.goods_receipt
    assert receipt.number == "SJ-NJ-20261120-0001"
    assert (card.status, receipt.work_order.status, receipt.work_order.repair_call.status) == (
        "waiting",
        "in_workshop",
        "dispatched",
    )
    assert (receipt.in_at, receipt.promised_at, card.promised_at) == (office_time(10), PROMISE, PROMISE)
    assert (receipt.condition, receipt.accessories) == ("外观完好", "遥控器、搁架2块")
    assert (receipt.out_at, receipt.voided_at, card.technician_id) == (None, None, None)
    assert len(card.tag) >= 20
    assert [each.purpose for each in receipt.work_order.signatures] == ["take_back"]
    assert [(m.from_kind, m.to_kind, m.to_staff_id) for m in receipt.movements] == [
        ("customer", "technician", office.staff("technician"))
    ]
    with acting_as(SYSTEM):
        files = db.session.scalars(select(StoredFile).where(StoredFile.record == "goods_receipt")).all()
        entries = db.session.scalars(select(TimeEntry).where(TimeEntry.work_order_id == receipt.work_order_id)).all()
        trail = set(db.session.scalars(select(AuditEntry.record).where(AuditEntry.verb == "work_order.take_back")))
    assert sorted(each.content_type for each in files) == ["image/jpeg", "image/png"]
    assert [(each.minutes, each.service_class) for each in entries] == [(50, "C")]
    assert {"goods_receipt", "repair_card", "item_movement", "work_order", "signature"} <= trail


def test_so7_the_voucher_stays_with_the_technician(office: Cast) -> None:
    taken(office)
    custody = customers.custody_now(office.vouchers["in_warranty"])
    assert custody is not None
    assert custody.staff_id == office.staff("technician")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"condition": "  "}, "condition"),
        ({"promised_at": office_time(9, 59)}, "promised_at"),
        ({"drawing": b"", "signer": ""}, "drawing"),
        ({"signer": " "}, "signer"),
        ({"drawing": b"GIF89a"}, "drawing"),
        ({"photos": [b"<script>"]}, "photos"),
    ],
)
def test_so7_what_taking_back_needs(office: Cast, change: dict[str, Any], where: str) -> None:
    with pytest.raises(Refused) as refusal:
        taken(office, **change)
    assert refusal.value.field == where
    db.session.expunge_all()
    with acting_as(SYSTEM):
        assert db.session.scalars(select(GoodsReceipt)).all() == []
        assert db.session.scalars(select(WorkOrder.status)).all() == ["arrived"]


def test_so5_a_customer_who_does_not_sign_is_explained(office: Cast) -> None:
    card = card_of(taken(office, signer="", drawing=b"", unsigned_reason="客户不在家，邻居代交"))
    assert card.goods_receipt.unsigned_reason == "客户不在家，邻居代交"
    assert card.goods_receipt.work_order.signatures == []


def test_so7_only_the_technician_on_site_takes_back(office: Cast) -> None:
    order_id = on_site(office, "in_warranty")
    given = {"condition": "完好", "promised_at": PROMISE, "unsigned_reason": "急"}
    for who, problem in (("technician2", NotFound), ("clerk", NotPermitted), ("supervisor", NotPermitted)):
        with pytest.raises(problem):
            commands.take_back(office[who], order_id, **given)


def test_a_call_in_the_workshop_is_neither_cancelled_nor_promised_by_itself(office: Cast) -> None:
    card = card_of(taken(office))
    call_id, order_id = card.goods_receipt.work_order.repair_call_id, card.goods_receipt.work_order_id
    with pytest.raises(Refused):
        field.cancel_call(office["clerk"], call_id, reason="不修了")
    with pytest.raises(Refused):
        field.promise(office["clerk"], call_id, promised_at=PROMISE)
    with pytest.raises(Refused):
        field.pause_order(office["supervisor"], order_id, waiting_for="parts", reason="缺件")
    with pytest.raises(Refused):
        field.cancel_order(office["supervisor"], order_id, reason="撤回")
    assert state(card.id) == ("waiting", "in_workshop", "dispatched")


# -- the constraints: no item without a receipt, no receipt without an item ---------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE goods_receipt SET out_at = in_at, returned_to = 'x'",  # out, and the receipt still open
        "UPDATE goods_receipt SET voided_at = in_at, void_kind = 'taken_back'",  # voided, and the item still here
        "UPDATE goods_receipt SET out_at = in_at, voided_at = in_at, returned_to = 'x'",  # voided how?
        "UPDATE goods_receipt SET out_at = in_at, voided_at = in_at, void_kind = 'lost', returned_to = 'x'",
        "UPDATE goods_receipt SET out_at = in_at, voided_at = in_at, void_kind = 'taken_back'",  # to whom?
        "UPDATE repair_card SET status = 'ready'",  # ready for what: nothing was decided
        "UPDATE repair_card SET outcome = 'declined'",  # without reason
        "UPDATE repair_card SET status = 'gone'",
        "UPDATE item_movement SET to_staff_id = NULL",  # a technician who is nobody
    ],
)
def test_so7_the_database_refuses_what_cannot_be(office: Cast, change: str) -> None:
    taken(office)
    with pytest.raises(IntegrityError):
        db.session.connection().execute(text(change))
    db.session.rollback()


def test_so7_one_open_receipt_a_product_and_one_card_a_receipt(office: Cast) -> None:
    card_id = taken(office)
    columns = "voucher_id, branch_id, in_at, condition, accessories, promised_at, unsigned_reason, returned_to, void_kind, void_note, created_at"
    with pytest.raises(IntegrityError):
        db.session.connection().execute(
            text(
                f"INSERT INTO goods_receipt (number, work_order_id, {columns}, version)"
                f" SELECT 'SJ-X', (SELECT max(id) FROM work_order), {columns}, 1 FROM goods_receipt"
            )
        )
    db.session.rollback()
    with pytest.raises(IntegrityError):
        db.session.connection().execute(
            text(
                "INSERT INTO repair_card (goods_receipt_id, status, tag, promised_at, result, outcome, outcome_reason, version)"
                " SELECT goods_receipt_id, status, 'another', promised_at, '', '', '', 1 FROM repair_card"
            )
        )
    db.session.rollback()
    assert state(card_id)[0] == "waiting"


def test_so7_every_receipt_has_its_card_and_every_item_in_the_workshop_its_receipt(office: Cast) -> None:
    taken(office)
    taken(office, "under_contract", 10, signer="王经理")
    db.session.expunge_all()
    with acting_as(SYSTEM):
        receipts = db.session.scalars(select(GoodsReceipt)).all()
        inside = db.session.scalars(select(WorkOrder.id).where(WorkOrder.status == "in_workshop")).all()
        assert all(each.card is not None and each.out_at is None for each in receipts)
    assert [each.number[-4:] for each in receipts] == ["0001", "0002"]
    assert sorted(each.work_order_id for each in receipts) == sorted(inside)


# -- the repair (SO-8) --------------------------------------------------------------------------------------------


def test_so8_whoever_takes_it_up_has_it(office: Cast) -> None:
    card_id = taken(office)
    with at(11):
        commands.start(office["technician2"], card_id)
    card = card_of(card_id)
    assert (card.status, card.technician_id) == ("in_repair", office.staff("technician2"))
    assert card.goods_receipt.movements[-1].to_staff_id == office.staff("technician2")
    with at(11, 5), pytest.raises(Refused):
        commands.start(office["technician"], card_id)


def test_so8_the_work_belongs_to_who_repairs_not_to_who_fetched(office: Cast) -> None:
    card_id = taken(office)
    order_id = order_of(card_id)
    fit = {"part_id": office.parts["P-THERM"]}
    with at(11), pytest.raises(Refused):  # nobody has begun
        field.fit_part(office["technician"], order_id, **fit)
    with at(11):
        commands.start(office["technician2"], card_id)
    with at(11, 30), pytest.raises(Refused) as refusal:
        field.fit_part(office["technician"], order_id, **fit)
    assert refusal.value.params["name"] == "王志强"
    with at(11, 40):
        field.fit_part(office["technician2"], order_id, **fit)
        field.record_time(office["technician2"], order_id, started_at=office_time(11), minutes=30)
    with acting_as(SYSTEM):
        entry = db.session.scalars(select(TimeEntry).order_by(TimeEntry.id.desc()).limit(1)).one()
    assert (entry.staff_id, entry.minutes) == (office.staff("technician2"), 30)


def test_so22_the_own_van_first_then_the_store(office: Cast) -> None:
    card_id = taken(office)
    order_id = order_of(card_id)
    van, store = office.places["李建国车"], office.places["南京仓库"]
    thermostat, compressor = office.parts["P-THERM"], office.parts["P-COMP"]
    with at(11):
        commands.start(office["technician"], card_id)
        field.fit_part(office["technician"], order_id, part_id=thermostat)
        fitted = field.fit_part(office["technician"], order_id, part_id=compressor)
    assert (quantity_in(thermostat, van), quantity_in(thermostat, store)) == (2, 20)
    assert quantity_in(compressor, store) == 3
    with at(11, 10):
        field.remove_part(office["technician"], order_id, fitted_id=fitted.id)
    assert (quantity_in(compressor, store), quantity_in(compressor, van)) == (4, 0)


def test_so6_a_paid_repair_is_agreed_before_a_part_is_fitted_and_before_it_leaves(office: Cast) -> None:
    card_id = taken(office, "out_of_warranty")
    order_id = order_of(card_id)
    part = office.parts["P-THERM"]
    with at(13, 40):
        commands.start(office["technician2"], card_id)
    worked(office, card_id, 14, minutes=20)  # finding out what is wrong needs no agreement
    with at(15):
        with pytest.raises(Refused):
            field.fit_part(office["technician2"], order_id, part_id=part)
        done = {"fault_code_id": office.faults["F01"], "result": "更换温控器"}
        with pytest.raises(Refused):
            commands.report_done(office["technician2"], card_id, **done)
        field.quote(office["technician2"], order_id, minutes=60, needed=[(part, 1)])
        field.agree_charges(office["clerk"], order_id, name="刘芳（电话）")
        field.fit_part(office["technician2"], order_id, part_id=part)
        commands.report_done(office["technician2"], card_id, **done)
    with at(15, 30):
        commands.pass_inspection(office["supervisor"], card_id)
    assert state(card_id)[0] == "ready"


def test_so8_done_needs_the_minutes(office: Cast) -> None:
    card_id = taken(office)
    with at(11):
        commands.start(office["technician2"], card_id)
    with at(15), pytest.raises(Refused) as refusal:
        commands.report_done(office["technician2"], card_id, fault_code_id=office.faults["F01"], result="好")
    assert refusal.value.field == "minutes"
    assert state(card_id)[0] == "in_repair"


def test_so8_the_supervisor_inspects_and_nobody_else(office: Cast) -> None:
    card_id = taken(office)
    with at(13, 40):
        commands.start(office["technician2"], card_id)
    worked(office, card_id, 14)
    with at(15, 30):
        commands.report_done(
            office["technician2"], card_id, fault_code_id=office.faults["F01"], result="好", shelf="A-3"
        )
    for who in ("technician2", "clerk", "manager"):
        with pytest.raises(NotPermitted):
            commands.pass_inspection(office[who], card_id)
    with at(15, 40), pytest.raises(Refused):
        commands.send_out(office["clerk"], card_id, technician_id=office.staff("technician"))
    assert card_of(card_id).goods_receipt.movements[-1].to_place == "A-3"


def test_two_inspect_at_the_same_moment(backend: Backend, office: Cast) -> None:
    card_id = taken(office)
    with at(13, 40):
        commands.start(office["technician2"], card_id)
    worked(office, card_id, 14)
    with at(15, 30):
        commands.report_done(office["technician2"], card_id, fault_code_id=office.faults["F01"], result="好")
    db.session.rollback()
    ready, answers = Barrier(2), []

    def inspect(verb: Any, **given: Any) -> None:
        with clock.frozen(office_time(16)), backend.app.app_context():
            ready.wait(10)
            try:
                verb(office["supervisor"], card_id, **given)
                answers.append("done")
            except Refused:
                answers.append("refused")
            finally:
                db.session.remove()

    threads = [
        Thread(target=inspect, args=(commands.pass_inspection,)),
        Thread(target=inspect, args=(commands.fail_inspection,), kwargs={"reason": "仍有异响"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["done", "refused"]
    assert len(card_of(card_id).inspections) == 1


def test_so10_waiting_for_parts_and_their_coming(office: Cast) -> None:
    card_id = taken(office)
    compressor = office.parts["P-COMP"]
    with at(11):
        commands.start(office["technician2"], card_id)
        commands.wait_for_parts(
            office["technician2"], card_id, part_id=compressor, quantity=1, expected_on=date(2026, 11, 23)
        )
    card = card_of(card_id)
    assert (card.status, card.goods_receipt.work_order.repair_call.waiting_for) == ("waiting_parts", "parts")
    assert (card.waits_for.what, card.waits_for.expected_on) == ("压缩机", date(2026, 11, 23))
    assert card.promised_at == PROMISE  # a promise does not wait
    with at(9, 0, day=23):
        receive(office["clerk"], office.places["南京仓库"], part_id=compressor, quantity=2, reference="送货单")
    with acting_as(office["technician2"]):
        told = [each.params for each in db.session.scalars(select(InboxMessage)) if "has come" in each.message]
    assert [each["number"] for each in told] == ["SJ-NJ-20261120-0001"]
    with at(9, 30, day=23):
        commands.resume(office["clerk"], card_id)
    card = card_of(card_id)
    assert (card.status, card.waits_for) == ("in_repair", None)
    assert card.goods_receipt.work_order.repair_call.waiting_for == ""
    assert [each.until_at for each in card.waits] == [office_time(9, 30, day=23)]


def test_a_customer_who_declines_gets_it_back_unrepaired(office: Cast) -> None:
    card_id = taken(office, "out_of_warranty")
    order_id = order_of(card_id)
    with at(11):
        commands.start(office["technician2"], card_id)
        field.quote(office["technician2"], order_id, minutes=120, needed=[(office.parts["P-COMP"], 1)])
        with pytest.raises(Refused) as refusal:
            commands.give_up(office["technician2"], card_id, outcome="repaired", reason="好了")
        assert refusal.value.field == "outcome"
        commands.give_up(office["technician2"], card_id, outcome="declined", reason="嫌贵")
    assert state(card_id) == ("ready", "in_workshop", "dispatched")
    with at(15):
        commands.hand_back_item(office["clerk"], card_id, signer="刘芳", drawing=PNG)
    db.session.expunge_all()
    with acting_as(SYSTEM):
        order = fetch(WorkOrder, order_id)
        assert (order.status, order.charges) == ("finished", [])
        assert order.result.endswith(": 嫌贵")


def test_not_given_up_while_parts_are_in_it(office: Cast) -> None:
    card_id = taken(office)
    with at(11):
        commands.start(office["technician2"], card_id)
        field.fit_part(office["technician2"], order_of(card_id), part_id=office.parts["P-THERM"])
        with pytest.raises(Refused):
            commands.give_up(office["technician2"], card_id, outcome="irreparable", reason="内漏")
    assert state(card_id)[0] == "in_repair"


# -- the trail (SO-8) -----------------------------------------------------------------------------------------------


def test_so8_who_had_it_when_without_gaps(office: Cast) -> None:
    card_id = taken(office)
    with at(11):
        commands.hand_to(office["technician"], card_id, to="shelf", place="A-3")
    with at(11, 30):
        with pytest.raises(Refused):
            commands.hand_to(office["clerk"], card_id, to="shelf", place="A-3")  # it lies there
        for to, staff in (("technician", "clerk"), ("supervisor", "technician"), ("technician", "technician_sz")):
            with pytest.raises(Refused):
                commands.hand_to(office["clerk"], card_id, to=to, staff_id=office.staff(staff))
        with pytest.raises(Refused):
            commands.hand_to(office["clerk"], card_id, to="customer")
        commands.hand_to(office["supervisor"], card_id, to="supervisor")
    with at(13, 40):
        commands.start(office["technician2"], card_id)
    card = card_of(card_id)
    moves = card.goods_receipt.movements
    assert rules.contiguous([(move.source, move.target) for move in moves])
    assert [move.to_kind for move in moves] == ["technician", "shelf", "supervisor", "technician"]
    held = queries.holder_at(card.goods_receipt, office_time(11, 45))
    assert held is not None
    assert held.to_staff_id == office.staff("supervisor")
    assert queries.holder_at(card.goods_receipt, office_time(9)) is None
    with at(13, 30), pytest.raises(Refused):  # not before it came into these hands
        commands.hand_to(office["clerk"], card_id, to="shelf")


# -- the promise (SO-10) ----------------------------------------------------------------------------------------------


def test_so10_another_promise_only_when_the_customer_was_told(office: Cast) -> None:
    card_id = taken(office)
    later = office_time(17, 0, day=27)
    change = {"promised_at": later, "told_to": "张伟", "reason": "等零件"}
    with at(11):
        for missing in ("told_to", "reason"):
            with pytest.raises(Refused) as refusal:
                commands.change_promise(office["clerk"], card_id, **{**change, missing: " "})
            assert refusal.value.field == missing
        with pytest.raises(Refused):
            commands.change_promise(office["clerk"], card_id, **change, told_at=office_time(12))
        with pytest.raises(NotPermitted):
            commands.change_promise(office["technician"], card_id, **change)
        commands.change_promise(office["clerk"], card_id, **change, told_at=office_time(10, 50))
    card = card_of(card_id)
    assert (card.promised_at, card.goods_receipt.promised_at) == (later, PROMISE)
    (told,) = card.promise_changes
    assert (told.old_at, told.new_at, told.told_to, told.told_at) == (PROMISE, later, "张伟", office_time(10, 50))


def _levels(*levels: tuple[int, str]) -> None:
    with unit_of_work(SYSTEM, "test.levels") as session:
        session.add_all(EscalationLevel(deadline="workshop", minutes=m, role=role) for m, role in levels)


def test_so10_reported_to_the_supervisor_before_it_is_late(office: Cast) -> None:
    # Wednesday 17:00 is 28 h of work away on Friday at ten; 120 + 30 + 120 minutes are needed.
    card_id = taken(office)
    _levels((240, "supervisor"), (0, "branch_manager"))
    assert queries.promise_of(card_of(card_id), office_time(10)).slack == 28 * 60 - 270
    with at(15, 30, day=24):  # 270 minutes to spare
        assert commands.watch() == 0
        with acting_as(office["supervisor"]):
            assert queries.pressing() == []
    with at(8, 31, day=25):
        with acting_as(office["supervisor"]):
            ((item, promise),) = queries.pressing()
            assert (item.card.id, promise.state, promise.slack) == (card_id, "pressing", 419 - 270)
        assert commands.watch() == 1
        assert commands.watch() == 0  # told once
    with at(15, 0, day=25), acting_as(office["supervisor"]):
        assert queries.pressing()[0][1].state == "will_be_late"
    with at(12, 30, day=26):
        assert commands.watch() == 0  # nobody is told at lunch
    with at(13, 31, day=26):
        with acting_as(office["supervisor"]):
            assert queries.pressing()[0][1].state == "late"
        assert commands.watch() == 1
    with acting_as(office["manager"]):
        (message,) = db.session.scalars(select(InboxMessage)).all()
    assert message.link == f"/workshop/tag/{card_of(card_id).tag}"
    # Another promise is another deadline: it is watched again.
    with at(13, 40, day=26):
        commands.change_promise(
            office["clerk"], card_id, promised_at=office_time(16, 0, day=26), told_to="张伟", reason="等零件"
        )
        assert commands.watch() == 1


def test_so10_the_promise_stands_the_same_for_everybody(office: Cast) -> None:
    card_id = taken(office)
    with at(13, 40):
        commands.start(office["technician2"], card_id)
    worked(office, card_id, 14, minutes=40)
    with at(15, 35):
        commands.assign(office["supervisor"], card_id, technician_id=office.staff("technician"))
    needed = set()
    for who in ("technician", "supervisor", "director"):
        db.session.expunge_all()
        with at(16), acting_as(office[who]):
            needed.add(queries.promise_of(fetch(RepairCard, card_id)).needed)
    assert needed == {120 - 40 + 30 + 120}


def test_so10_who_cannot_make_it_says_so(office: Cast) -> None:
    card_id = taken(office)
    with at(11):
        commands.start(office["technician2"], card_id)
        commands.ask_for_help(office["technician2"], card_id, reason="压缩机型号不对")
    with acting_as(office["supervisor"]):
        words = [each.params.get("reason") for each in db.session.scalars(select(InboxMessage))]
    assert "压缩机型号不对" in words


# -- numbers swapped (SO-17) ------------------------------------------------------------------------------------------


def test_so17_the_voucher_follows_and_both_numbers_find_it(office: Cast) -> None:
    card_id = taken(office)
    order_id = order_of(card_id)
    with at(11):
        commands.start(office["technician2"], card_id)
        for given, where in (
            ({"new": " "}, "new"),
            ({"new": "sn-in-1"}, "new"),
            ({"new": "SN-OUT-1"}, "new"),  # another product's
            ({"new": "X1", "kind": "engine"}, "kind"),
        ):
            with pytest.raises(Refused) as refusal:
                field.swap_serial(office["technician2"], order_id, **given)
            assert refusal.value.field == where
        field.swap_serial(office["technician2"], order_id, new="sn-new 77")
        field.swap_serial(office["technician2"], order_id, kind="sim", old="8986-0001", new="8986-0002")
    db.session.expunge_all()
    with acting_as(office["clerk"]):
        assert fetch(Voucher, office.vouchers["in_warranty"]).serial_no == "SN-NEW77"
        rows = db.session.scalars(select(SerialChange).order_by(SerialChange.id)).all()
        assert [(row.kind, row.old_no, row.new_no) for row in rows] == [
            ("serial", "SN-IN-1", "SN-NEW77"),
            ("sim", "8986-0001", "8986-0002"),
        ]
        assert {row.reference for row in rows} == {"PG-NJ-20261120-0001"}
        for number in ("SN-IN-1", "SN-NEW77", "8986-0001"):
            assert [each.id for each in customers.find(number).vouchers] == [office.vouchers["in_warranty"]], number


def test_so17_also_on_site(office: Cast) -> None:
    order_id = on_site(office, "in_warranty")
    field.swap_serial(office["technician"], order_id, new="SN-NEW-1")
    with acting_as(SYSTEM):
        assert fetch(Voucher, office.vouchers["in_warranty"]).serial_no == "SN-NEW-1"


# -- loan units ---------------------------------------------------------------------------------------------------------


def _unit(office: Cast, branch: str = "NJ") -> int:
    with unit_of_work(SYSTEM, "test.unit") as session:
        model = session.get(Voucher, office.vouchers["in_warranty"]).product_model_id
        unit = LoanUnit(branch_id=office.branches[branch], product_model_id=model, serial_no=f"LOAN-{branch}")
        session.add(unit)
        session.flush()
        return unit.id


def test_a_unit_is_lent_once_and_must_come_back(office: Cast) -> None:
    card_id = repaired(office)
    unit = _unit(office)
    receipt_id = card_of(card_id).goods_receipt_id
    with at(16, 10):
        loan = commands.lend(office["technician"], receipt_id, loan_unit_id=unit, condition="九成新")
        assert loan.due_on == date(2026, 11, 25)
        with pytest.raises(Refused) as refusal:
            commands.lend(office["clerk"], receipt_id, loan_unit_id=unit)
        assert refusal.value.params["number"] == "SJ-NJ-20261120-0001"
    with at(16, 20), pytest.raises(Refused) as refusal:
        commands.hand_back_item(office["clerk"], card_id, signer="张伟", drawing=PNG)
    assert refusal.value.field == "kept_loan_reason"
    assert state(card_id)[0] == "ready"
    with at(16, 30):
        commands.hand_back_item(office["clerk"], card_id, signer="张伟", drawing=PNG, kept_loan_reason="周一上门取回")
    db.session.expunge_all()
    with at(16, 40), acting_as(office["clerk"]):
        (out,) = queries.loans_out(office.branches["NJ"])
        assert queries.is_overdue(out)  # its customer has the own product again
        assert out.kept_reason == "周一上门取回"
        assert queries.free_units(office.branches["NJ"]) == []
    with at(9, 0, day=23):
        commands.take_loan_back(office["clerk"], out.id, condition="完好")
        with pytest.raises(Refused):
            commands.take_loan_back(office["clerk"], out.id)
        with acting_as(office["clerk"]):
            assert queries.loans_out() == []
            assert [each.id for each in queries.free_units(office.branches["NJ"], "refrigerator")] == [unit]


def test_a_unit_of_another_branch_is_not_lent_and_two_open_loans_cannot_be(office: Cast) -> None:
    card_id = taken(office)
    receipt_id = card_of(card_id).goods_receipt_id
    other, unit = _unit(office, "SZ"), _unit(office)
    with at(11):
        with pytest.raises((Refused, NotFound)):
            commands.lend(office["clerk"], receipt_id, loan_unit_id=other)
        commands.lend(office["clerk"], receipt_id, loan_unit_id=unit)
    with pytest.raises(IntegrityError), unit_of_work(SYSTEM, "test.loan") as session:
        first = session.scalars(select(Loan)).one()
        session.add(
            Loan(
                loan_unit_id=unit,
                goods_receipt_id=receipt_id,
                customer_id=first.customer_id,
                out_at=office_time(12),
                due_on=first.due_on,
            )
        )


# -- the way back (SO-8) --------------------------------------------------------------------------------------------


def test_so8_out_with_a_technician_signed_voided_finished_filed(office: Cast) -> None:
    card_id = repaired(office)
    order_id, voucher = order_of(card_id), office.vouchers["in_warranty"]
    with at(16, 10):
        commands.send_out(office["clerk"], card_id, technician_id=office.staff("technician2"))
    assert state(card_id)[0] == "on_return"
    custody = customers.custody_now(voucher)
    assert custody is not None
    assert custody.staff_id == office.staff("technician2")
    with at(16, 40), pytest.raises(Refused):
        commands.hand_back(office["technician"], order_id, signer="张伟", drawing=PNG)
    with at(16, 50):
        for given, where in (
            ({"signer": "张伟", "drawing": b""}, "drawing"),
            ({"signer": "", "drawing": PNG}, "signer"),
            ({"unsigned_reason": "手伤"}, "returned_to"),
            ({"signer": "张伟", "drawing": PNG, "receipt": "lost"}, "statement"),
            ({"signer": "张伟", "drawing": PNG, "receipt": ""}, "receipt"),
        ):
            with pytest.raises(Refused) as refusal:
                commands.hand_back(office["technician2"], order_id, **given)
            assert refusal.value.field == where, given
        assert state(card_id)[0] == "on_return"
        commands.hand_back(office["technician2"], order_id, signer="张伟", drawing=PNG)
    card = card_of(card_id)
    receipt, order = card.goods_receipt, card.goods_receipt.work_order
    assert (card.status, order.status, order.repair_call.status) == ("returned", "finished", "finished")
    assert (receipt.out_at, receipt.voided_at, receipt.void_kind) == (office_time(16, 50),) * 2 + ("taken_back",)
    assert (receipt.returned_to, receipt.returned_by_id) == ("张伟", office.staff("technician2"))
    assert (order.finished_at, order.fault_code_id, order.result) == (
        office_time(16, 50),
        office.faults["F01"],
        "更换温控器",
    )
    assert [each.purpose for each in order.signatures] == ["take_back", "return"]
    assert rules.contiguous([(move.source, move.target) for move in receipt.movements])
    assert receipt.movements[-1].to_kind == "customer"
    with at(17):
        field.close(office["clerk"], order_id)
    assert customers.custody_now(voucher) is None


def test_so5_the_signature_for_taking_it_along_closes_nothing(office: Cast) -> None:
    card_id = repaired(office)
    with at(16, 30):
        commands.hand_back_item(
            office["clerk"],
            card_id,
            unsigned_reason="电子签名板故障",
            returned_to="张伟之子",
            receipt="lost",
            statement="遗失",
        )
    order = card_of(card_id).goods_receipt.work_order
    assert order.settling_signature is None
    assert order.unsigned_reason == "电子签名板故障"
    with unit_of_work(SYSTEM, "test.unsigned") as session:
        session.get(WorkOrder, order.id).unsigned_reason = ""
    with at(17), pytest.raises(Refused) as refusal:
        field.close(office["clerk"], order.id)
    assert refusal.value.field == "unsigned_reason"


def test_so22_what_was_kept_for_the_repair_is_free_again_when_it_goes_home(office: Cast) -> None:
    card_id = repaired(office)
    order = card_of(card_id).goods_receipt.work_order
    with at(16, 10):
        field.reserve_part(office["supervisor"], order.id, part_id=office.parts["P-COMP"], quantity=2)
        with acting_as(SYSTEM):
            assert [row.quantity for row in reservations() if row.reference == order.number] == [2]
    with at(16, 30):
        commands.hand_back_item(office["clerk"], card_id, signer="张伟", drawing=PNG)
    with acting_as(SYSTEM):
        assert [row.quantity for row in reservations() if row.reference == order.number] == []


def test_not_delivered_and_out_again(office: Cast) -> None:
    card_id = repaired(office)
    with at(16, 10):
        commands.send_out(office["technician2"], card_id, technician_id=office.staff("technician"))
        # A technician takes things out in person, whoever the form names.
        assert card_of(card_id).goods_receipt.movements[-1].to_staff_id == office.staff("technician2")
    with at(17):
        commands.not_delivered(office["technician2"], card_id, reason="家中无人", place="A-1")
    card = card_of(card_id)
    assert (card.status, card.goods_receipt.movements[-1].to_place) == ("ready", "A-1")
    with at(17, 5):
        commands.take_up(office["supervisor"], card_id, reason="放置后又不制冷")
    assert (card_of(card_id).status, card_of(card_id).outcome) == ("in_repair", "")


def test_so9_those_who_invoice_are_asked_before_and_told_after(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    card_id = repaired(office)
    told: list[str] = []

    def no(receipt: GoodsReceipt, at: Any) -> None:
        raise Refused("The money is undecided.")

    monkeypatch.setattr(commands.returning, "HAND_BACK_GUARDS", [no])
    monkeypatch.setattr(commands.returning, "RETURNED", [lambda _actor, receipt, _at: told.append(receipt.number)])
    with at(16, 30):
        with pytest.raises(Refused):
            commands.hand_back_item(office["clerk"], card_id, signer="张伟", drawing=PNG)
        assert (state(card_id)[0], told) == ("ready", [])
        monkeypatch.setattr(commands.returning, "HAND_BACK_GUARDS", [])
        commands.hand_back_item(office["clerk"], card_id, signer="张伟", drawing=PNG)
    assert told == ["SJ-NJ-20261120-0001"]


# -- who sees what --------------------------------------------------------------------------------------------------


def test_a_technician_sees_the_own_bench_and_what_waits_for_somebody(office: Cast) -> None:
    card_id = taken(office)
    voucher = office.vouchers["in_warranty"]

    def seen(who: str) -> tuple[int, int, int]:
        db.session.expunge_all()
        with acting_as(office[who]):
            return (
                len(db.session.scalars(select(RepairCard)).all()),
                len(db.session.scalars(select(WorkOrder)).all()),
                len(db.session.scalars(select(Voucher).where(Voucher.id == voucher)).all()),
            )

    assert seen("technician2") == (1, 1, 1)  # nobody's yet: whoever takes it up
    assert seen("technician_sz") == (0, 0, 0)
    assert seen("clerk_sz") == (0, 0, 0)
    with at(11):
        commands.assign(office["supervisor"], card_id, technician_id=office.staff("technician"), expected_minutes=60)
    assert seen("technician2") == (0, 0, 0)
    assert seen("technician") == (1, 1, 1)


# -- the whole story --------------------------------------------------------------------------------------------------


def test_a_compressor_waits_twice_fails_once_and_goes_home(office: Cast) -> None:
    """Issue 4: taken back, waiting for a part twice, failed inspection once, returned – paid, agreed by telephone."""
    card_id = taken(office, "out_of_warranty", signer="刘芳")
    order_id, tech = order_of(card_id), office["technician2"]
    compressor, thermostat = office.parts["P-COMP"], office.parts["P-THERM"]
    with at(11):
        commands.hand_to(office["technician"], card_id, to="shelf", place="A-3")
    with at(13, 40):
        commands.assign(office["supervisor"], card_id, technician_id=office.staff("technician2"))
        commands.start(tech, card_id)
    worked(office, card_id, 14, minutes=30)
    with at(15):
        field.quote(tech, order_id, minutes=120, needed=[(compressor, 1), (thermostat, 1)])
        field.agree_charges(office["clerk"], order_id, name="刘芳")
        commands.wait_for_parts(tech, card_id, part_id=compressor)
    with at(9, 0, day=23):
        commands.resume(tech, card_id)
        field.fit_part(tech, order_id, part_id=compressor)
        commands.wait_for_parts(tech, card_id, what="铜管", quantity=2)
    with at(14, 0, day=23):
        commands.resume(office["clerk"], card_id)
        field.fit_part(tech, order_id, part_id=thermostat)
    worked(office, card_id, 14, minutes=80, day=23)
    done = {"fault_code_id": office.faults["F01"], "result": "更换压缩机、温控器"}
    with at(15, 40, day=23):
        commands.report_done(tech, card_id, **done)
    with at(16, 0, day=23):
        commands.fail_inspection(office["supervisor"], card_id, reason="运转异响", checklist="制冷✓ 噪声✗")
    worked(office, card_id, 9, minutes=35, day=24)
    with at(10, 40, day=24):
        commands.report_done(tech, card_id, **done)
    with at(11, 0, day=24):
        commands.pass_inspection(office["supervisor"], card_id, checklist="制冷✓ 噪声✓")
        commands.send_out(office["clerk"], card_id, technician_id=office.staff("technician"))
    with at(14, 0, day=24):
        commands.hand_back(office["technician"], order_id, signer="刘芳", drawing=PNG)
    card = card_of(card_id)
    receipt = card.goods_receipt
    assert state(card_id) == ("returned", "finished", "finished")
    assert [(w.what, w.until_at) for w in card.waits] == [
        ("压缩机", office_time(9, 0, day=23)),
        ("铜管", office_time(14, 0, day=23)),
    ]
    assert [each.passed for each in card.inspections] == [False, True]
    assert sum(e.minutes for e in receipt.work_order.time_entries if e.staff_id == office.staff("technician2")) == 145
    assert rules.contiguous([(move.source, move.target) for move in receipt.movements])
    assert [move.to_kind for move in receipt.movements] == [
        "technician",
        "shelf",
        "technician",
        "shelf",
        "technician",
        "shelf",
        "technician",
        "customer",
    ]
    assert queries.promise_of(card).state == "kept"
    with acting_as(office["clerk"]):
        (line,) = queries.register(office.branches["NJ"], date(2026, 11, 24), date(2026, 11, 24))
        assert (line.number, line.out_at) == (receipt.number, office_time(14, 0, day=24))
        assert queries.in_house() == []
    with acting_as(SYSTEM):
        assert (
            db.session.scalars(select(ItemMovement.id).where(ItemMovement.goods_receipt_id != receipt.id)).all() == []
        )
        assert len(db.session.scalars(select(Signature)).all()) == 2


# -- everything else that looks at jobs -----------------------------------------------------------------------------


def test_an_item_in_the_workshop_is_on_nobodys_route_and_nothing_is_overdue(office: Cast) -> None:
    """Arrival was met; it is no visit of tomorrow, not carried over, and its voucher is where it should be (SO-14)."""
    card_id = taken(office)
    order_id, branch = order_of(card_id), office.branches["NJ"]
    with at(17, 20), acting_as(office["supervisor"]):
        assert order_id not in {each.id for each in field_queries.jobs_of(office.staff("technician"))}
        assert order_id not in {each.id for each in field_queries.under_way(branch)}
        rows = field_queries.board.board(branch).rows
        assert [job.order.id for row in rows for cell in row.cells for job in cell.jobs] == []
        assert field_queries.pending_calls(branch) == []
        call = fetch(WorkOrder, order_id).repair_call
        standing = field_queries.arrival_of(call)
        assert standing is not None
        assert (standing.state, standing.settled) == ("met", True)
    with at(17, 40):
        field.close_day(office["clerk"], branch, day=date(2026, 11, 20))
    with acting_as(SYSTEM):
        assert db.session.scalars(select(CarryOver)).all() == []
        assert db.session.scalars(select(DayCloseFinding)).all() == []
    assert state(card_id) == ("waiting", "in_workshop", "dispatched")
