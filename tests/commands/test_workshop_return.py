"""Swapped numbers, loan units and the way back from the workshop, on both databases (SO-5, SO-8, SO-9, SO-17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import clock, i18n
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.fetch import fetch
from app.core.uow import unit_of_work
from app.customers import queries as customers
from app.customers.models import SerialChange, Voucher
from app.fieldservice import commands as field
from app.fieldservice import queries as field_queries
from app.fieldservice.models import CarryOver, DayCloseFinding, Signature, WorkOrder
from app.parts.commands.moves import reservations
from app.workshop import commands, queries, rules
from app.workshop.models import ItemMovement, Loan, LoanUnit, RepairCard
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY, PNG, at, office_time, on_site
from tests.commands.workshop_days import PROMISE, card_of, order_of, repaired, state, taken, worked


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


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


def test_so10_what_is_lent_until_the_promised_day_goes_along_with_the_promise(office: Cast) -> None:
    card_id = taken(office)
    receipt_id = card_of(card_id).goods_receipt_id
    said = {"told_to": "张伟", "reason": "等零件"}
    with at(11):
        loan_id = commands.lend(office["clerk"], receipt_id, loan_unit_id=_unit(office)).id
        commands.change_promise(office["clerk"], card_id, promised_at=office_time(17, 0, day=27), **said)
        with acting_as(office["clerk"]):
            assert fetch(Loan, loan_id).due_on == date(2026, 11, 27)
        commands.extend_loan(office["clerk"], loan_id, due_on=date(2026, 11, 30), reason="客户出差")
        commands.change_promise(office["clerk"], card_id, promised_at=office_time(17, 0, day=28), **said)
        with acting_as(office["clerk"]):
            assert fetch(Loan, loan_id).due_on == date(2026, 11, 30)  # a day of its own stays


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


def test_so9_those_who_invoice_are_told_after(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    card_id = repaired(office)
    told: list[str] = []

    monkeypatch.setattr(commands.returning, "RETURNED", [lambda _actor, receipt, _at: told.append(receipt.number)])
    with at(16, 30):
        with pytest.raises(Refused):  # without a signature nothing is told
            commands.hand_back_item(office["clerk"], card_id)
        assert (state(card_id)[0], told) == ("ready", [])
        commands.hand_back_item(office["clerk"], card_id, signer="张伟", drawing=PNG)
    assert told == ["SJ-NJ-20261120-0001"]


def test_so6_unrepaired_nobody_pays_for_a_part_that_was_never_fitted(office: Cast) -> None:
    tech, part = office["technician"], office.parts["P-COMP"]
    with at(9, 10):
        order_id = on_site(office, "out_of_warranty")
        field.quote(tech, order_id, minutes=30, needed=[(part, 1)])
        field.agree_charges(tech, order_id, name="刘芳")
    with at(10):
        receipt = commands.take_back(
            tech, order_id, condition="外观完好", promised_at=PROMISE, signer="刘芳", drawing=PNG, photos=[PNG]
        )
        with acting_as(SYSTEM):
            card_id = receipt.card.id
    with at(11):
        commands.start(office["technician2"], card_id)
        with i18n.in_language("en"):  # whoever works in English writes the same history
            commands.give_up(office["technician2"], card_id, outcome="irreparable", reason="内漏")
    with i18n.in_language():
        told = i18n.say(rules.OUTCOME_LABELS["irreparable"])
    assert told != rules.OUTCOME_LABELS["irreparable"]
    assert card_of(card_id).events[-1].note == f"{told}: 内漏"
    with at(12):
        for leave in (
            lambda: commands.send_out(office["clerk"], card_id, technician_id=office.staff("technician")),
            lambda: commands.hand_back_item(office["clerk"], card_id, signer="刘芳", drawing=PNG),
        ):
            with pytest.raises(Refused, match="work out the charges again"):
                leave()
        field.quote(office["clerk"], order_id, minutes=30)
        field.agree_charges(office["clerk"], order_id, name="刘芳", how="telephone")
        with i18n.in_language("en"):
            commands.hand_back_item(office["clerk"], card_id, signer="刘芳", drawing=PNG)
    with acting_as(SYSTEM):
        order = fetch(WorkOrder, order_id)
        assert {charge.kind for charge in order.charges} == {"callout", "labour"}
        assert (order.status, order.result) == ("finished", f"{told}: 内漏")


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
