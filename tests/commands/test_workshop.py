"""The workshop, from "cannot be fixed here" to the passed inspection, on both databases (SO-5 … SO-10)."""

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
from app.core.documents import Params
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.files import StoredFile
from app.core.inbox import InboxMessage
from app.core.settings import Setting
from app.core.uow import unit_of_work
from app.customers import queries as customers
from app.fieldservice import commands as field
from app.fieldservice.models import EscalationLevel, TimeEntry, WorkOrder
from app.parts.commands import receive
from app.parts.queries import quantity_in
from app.workshop import commands, documents, queries, rules
from app.workshop.models import GoodsReceipt, RepairCard
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY, PNG, at, office_time, on_site
from tests.commands.workshop_days import JPEG, PROMISE, card_of, order_of, state, taken, worked
from tests.conftest import Backend


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


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
        ({"photos": []}, "photos"),
        ({"photos": [], "no_photo_reason": "  "}, "photos"),
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


def test_so7_without_a_photograph_it_is_said_why(office: Cast) -> None:
    card = card_of(taken(office, photos=[], no_photo_reason="手机摄像头损坏"))
    assert (card.goods_receipt.no_photo_reason, card.goods_receipt.photos) == ("手机摄像头损坏", [])


def test_so7_how_many_photographs_is_a_setting(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.setting") as session:
        session.add(Setting(key="take_back_photos", value="2"))
    with pytest.raises(Refused) as refusal:
        taken(office)
    assert refusal.value.field == "photos"
    assert refusal.value.params["least"] == 2


def test_so7_the_reason_for_too_few_photographs_is_kept_and_printed(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.setting") as session:
        session.add(Setting(key="take_back_photos", value="2"))
    few = card_of(taken(office, no_photo_reason="手机没电")).goods_receipt
    with acting_as(office["clerk"]):
        (paper,) = documents.goods_receipts(Params(date(2026, 11, 20), "NJ", record_id=few.id))
    assert (paper.photos, paper.no_photo_reason) == (1, "手机没电")
    enough = card_of(
        taken(office, "out_of_warranty", 11, photos=[JPEG, JPEG], no_photo_reason="手机没电")
    ).goods_receipt
    assert enough.no_photo_reason == ""


def test_so7_only_the_technician_on_site_takes_back(office: Cast) -> None:
    order_id = on_site(office, "in_warranty")
    given = {"condition": "完好", "promised_at": PROMISE, "unsigned_reason": "急", "photos": [JPEG]}
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


def test_so10_the_book_of_a_past_day_says_what_was_promised_then(office: Cast) -> None:
    """004 printed again later: Friday's page keeps Friday's promise, Monday's has the new one."""
    card_id = taken(office)
    later = office_time(17, 0, day=27)
    with at(9, 30, 23):
        told = {"promised_at": later, "told_to": "张伟", "reason": "缺料"}
        commands.change_promise(office["clerk"], card_id, **told)
    with acting_as(SYSTEM), at(18, 0, 26):
        days = [Params(date=date(2026, 11, day), branch="NJ") for day in (20, 23, 26)]
        books = [documents.goods_registers(each)[0] for each in days]
    assert [line.promised_at for book in books for line in book.all_lines] == [PROMISE, later, later]
    assert [book.late for book in books] == [0, 0, 0]


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
