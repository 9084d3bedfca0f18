"""Money from the quote to the last fen, on both databases (SO-6, SO-9, SO-20, CO-1, KP-2)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.billing import commands, queries
from app.billing.commands import guards
from app.billing.models import CashHandover, Invoice, InvoicedJob, Payment
from app.contracts.models import Contract
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.inbox import InboxMessage
from app.core.uow import unit_of_work
from app.fieldservice import commands as jobs
from app.fieldservice.models import PriceItem, WarrantyCover, WorkOrder
from app.organisation.commands import LEAVING_GUARDS
from app.organisation.models import AuthorityLimit, Staff
from app.workshop.commands import RETURNED
from tests.cast import Cast
from tests.conftest import Backend

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001"
    "e221bc330000000049454e44ae426082"
)
FRIDAY = clock.at_local(date(2026, 11, 20), time(9))


def D(text: str) -> Decimal:
    return Decimal(text)


def office_time(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return clock.at_local(date(2026, 11, day), time(hour, minute))


@contextmanager
def at(hour: int, minute: int = 0, day: int = 20) -> Iterator[None]:
    with clock.frozen(office_time(hour, minute, day)):
        yield


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


@pytest.fixture(autouse=True)
def authority(office: Cast) -> None:
    """Who may waive and refund, and how much."""
    with unit_of_work(SYSTEM, "test.limits"):
        for kind in ("waiver", "refund"):
            for role, up_to in (("supervisor", "200.00"), ("branch_manager", "2000.00"), ("management", None)):
                db.session.add(AuthorityLimit(kind=kind, role=role, up_to=D(up_to) if up_to else None))


def on_site(
    office: Cast, product: str = "out_of_warranty", technician: str = "technician", symptom: str = "不制冷"
) -> int:
    call = jobs.enter_call(
        office["clerk"], office.vouchers[product], symptom=symptom, caller_phone="13800000002", confirm_duplicate=True
    )
    order = jobs.dispatch(office["supervisor"], call.id, technician_id=office.staff(technician))
    jobs.accept(office[technician], order.id)
    jobs.arrive(office[technician], order.id)
    return order.id


def agreed(office: Cast, minutes: int = 60, parts: tuple[tuple[int, int], ...] = (), **more: Any) -> int:
    order_id = on_site(office, **more)
    technician = office[more.get("technician", "technician")]
    jobs.quote(technician, order_id, minutes=minutes, needed=parts)
    jobs.agree_charges(technician, order_id, name="刘芳")
    return order_id


def finished(office: Cast, minutes: int = 60, hour: int = 10, **more: Any) -> int:
    with at(hour - 1):
        order_id = agreed(office, minutes, **more)
    with at(hour):
        jobs.finish(
            office[more.get("technician", "technician")], order_id, fault_code_id=office.faults["F01"], result="好"
        )
        jobs.leave_unsigned(office["clerk"], order_id, reason="不在家")
    return order_id


def invoiced(office: Cast, minutes: int = 600, **more: Any) -> int:
    order_id = finished(office, minutes)
    with at(11):
        return commands.issue_for_jobs(office["accountant"], order_id, title="刘芳", **more).id


def again(model: Any, key: int) -> Any:
    db.session.expunge_all()
    with acting_as(SYSTEM):
        return fetch(model, key)


# -- the quote --------------------------------------------------------------------------------------------------------


def test_so6_prices_of_the_day_of_the_quote_stay_with_the_job(office: Cast) -> None:
    order_id = on_site(office)
    with unit_of_work(SYSTEM, "test.prices"):
        db.session.add(PriceItem(kind="callout", zone="suburban", price=D("45"), valid_from=date(2026, 11, 1)))
        db.session.add(
            PriceItem(
                kind="labour_flat", fault_code_id=office.faults["F01"], price=D("120"), valid_from=date(2026, 11, 1)
            )
        )
    jobs.quote(office["technician"], order_id, minutes=45, fault_code_id=office.faults["F01"])
    with acting_as(SYSTEM):
        assert [(c.kind, c.unit_price) for c in fetch(WorkOrder, order_id).charges] == [
            ("callout", D("45.00")),
            ("labour", D("120.00")),
        ]
    with unit_of_work(SYSTEM, "test.prices"):
        for row in db.session.scalars(select(PriceItem)):
            row.price += 1
    with acting_as(SYSTEM):
        assert sum(c.amount for c in fetch(WorkOrder, order_id).charges) == D("165.00")


def test_so6_a_signature_under_the_quote_is_kept(office: Cast) -> None:
    order_id = on_site(office)
    jobs.quote(office["technician"], order_id, minutes=30)
    with pytest.raises(Refused):
        jobs.agree_charges(office["technician"], order_id, name="刘芳", drawing=b"no picture")
    jobs.agree_charges(office["technician"], order_id, name="刘芳", drawing=PNG)
    order = again(WorkOrder, order_id)
    with acting_as(SYSTEM):
        assert (order.consent_how, order.consent_file.record) == ("signature", "work_order")
    jobs.quote(office["technician"], order_id, minutes=60)
    order = again(WorkOrder, order_id)
    assert (order.consent_how, order.consent_file_id, order.charges_agreed_at) == ("", None, None)


def test_so6_the_office_tells_the_charges_before_anybody_goes(office: Cast) -> None:
    call = jobs.enter_call(office["clerk"], office.vouchers["out_of_warranty"], symptom="不制冷")
    order = jobs.dispatch(office["supervisor"], call.id, technician_id=office.staff("technician"))
    jobs.quote(office["clerk"], order.id, minutes=30)
    with pytest.raises(Refused) as problem:
        jobs.agree_charges(office["clerk"], order.id, name="刘芳", how="telephone", agreed_at=office_time(9, 1))
    assert problem.value.field == "agreed_at"
    jobs.agree_charges(office["clerk"], order.id, name="刘芳", how="telephone")
    assert again(WorkOrder, order.id).consent_how == "telephone"
    with pytest.raises(NotPermitted):
        jobs.quote(office["accountant"], order.id, minutes=30)


def test_so6_misuse_under_warranty_is_paid_as_its_table_says(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.cover"):
        db.session.add(
            WarrantyCover(category="any", misuse=True, labour_free=True, callout_free=True, parts_free=False)
        )
    order_id, part = on_site(office, "in_warranty"), office.parts["P-THERM"]
    with pytest.raises(Refused) as problem:
        jobs.mark_misuse(office["technician"], order_id, misuse=True, reason="")
    assert problem.value.field == "reason"
    jobs.mark_misuse(office["technician"], order_id, misuse=True, reason="机内进水")
    jobs.quote(office["technician"], order_id, minutes=30, needed=[(part, 1)])
    with acting_as(SYSTEM):
        told = fetch(WorkOrder, order_id).charges
        assert sum(charge.amount for charge in told) == D("65.50")
        assert [bool(charge.free_reason) for charge in told] == [True, True, False]
    with pytest.raises(Refused):
        jobs.fit_part(office["technician"], order_id, part_id=part)
    jobs.agree_charges(office["technician"], order_id, name="张伟")
    jobs.fit_part(office["technician"], order_id, part_id=part)
    with pytest.raises(Refused):
        jobs.mark_misuse(office["technician"], order_id, misuse=False)


def test_only_a_warranty_job_is_marked_as_misuse(office: Cast) -> None:
    with pytest.raises(Refused):
        jobs.mark_misuse(office["technician"], on_site(office), misuse=True, reason="进水")


# -- on the spot --------------------------------------------------------------------------------------------------------


def test_so6_the_technician_collects_and_hands_in_the_same_day(office: Cast) -> None:
    order_id, tech = finished(office), office["technician"]
    with at(10, 5):
        first = commands.collect(tech, order_id, amount=D("100.00"))
        assert (first.number, first.in_hand) == ("SK-NJ-20261120-0001", True)
        with pytest.raises(Refused):
            commands.collect(tech, order_id, amount=D("30.01"))
        commands.collect(tech, order_id, amount=D("20.00"), method="wechat", reference="4200001")
    with pytest.raises(Refused):
        jobs.close(office["clerk"], order_id)
    with at(10, 6):
        commands.collect(tech, order_id, amount=D("10.00"))
    assert [row.amount for row in queries.in_hand_of(office.staff("technician"))] == [D("100.00"), D("10.00")]
    with at(17):
        handover = commands.hand_in(tech)
        assert (handover.number, handover.amount, handover.status) == ("JK-NJ-20261120-0001", D("110.00"), "submitted")
        with pytest.raises(Refused):
            commands.hand_in(tech)
        with pytest.raises(NotPermitted):
            commands.receive_cash(tech, handover.id, counted=D("110.00"))
        with pytest.raises(Refused):
            commands.receive_cash(office["accountant"], handover.id, counted=D("100.00"))
        commands.receive_cash(office["accountant"], handover.id, counted=D("110.00"))
        jobs.close(office["clerk"], order_id)
    assert again(CashHandover, handover.id).status == "received"
    assert queries.in_hand_of(office.staff("technician"), handed_in_too=True) == []
    assert again(WorkOrder, order_id).status == "closed"


def test_so6_a_difference_is_agreed_by_both(office: Cast) -> None:
    order_id, tech = finished(office), office["technician"]
    commands.collect(tech, order_id, amount=D("130.00"), at=office_time(10, 5))
    handover_id = commands.hand_in(tech, at=office_time(17)).id
    with pytest.raises(Refused) as problem:
        commands.dispute(office["accountant"], handover_id, counted=D("120.00"), reason="")
    assert problem.value.field == "reason"
    commands.dispute(office["accountant"], handover_id, counted=D("120.00"), reason="少一张十元")
    row = again(CashHandover, handover_id)
    assert (row.status, row.difference) == ("differs", D("-10.00"))
    assert queries.in_hand_of(office.staff("technician"), handed_in_too=True)
    with pytest.raises((Refused, NotFound)):
        commands.agree(office["technician2"], handover_id)
    commands.agree(tech, handover_id)
    assert again(CashHandover, handover_id).status == "received"
    assert queries.in_hand_of(office.staff("technician"), handed_in_too=True) == []


def test_so6_a_withdrawn_handover_is_still_to_be_handed_in(office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    first = commands.hand_in(office["technician"], at=office_time(11)).id
    commands.withdraw(office["technician"], first)
    second = commands.hand_in(office["technician"], at=office_time(17))
    assert second.amount == D("130.00") and second.id != first


def test_so6_a_large_sum_needs_the_supervisors_permit(office: Cast) -> None:
    order_id = finished(office, 600)  # 30 + 20 × 50
    with pytest.raises(Refused) as problem:
        commands.collect(office["technician"], order_id, amount=D("100.00"))
    assert problem.value.params["limit"] == "500.00"
    with pytest.raises(NotPermitted):
        commands.give_permit(office["technician"], order_id, reason="客户要求")
    commands.give_permit(office["supervisor"], order_id, reason="客户明日出国")
    with pytest.raises(Refused):
        commands.give_permit(office["supervisor"], order_id, reason="再次")
    assert commands.collect(office["technician"], order_id, amount=D("1030.00")).in_hand


def test_so6_nothing_is_collected_before_the_customer_agrees(office: Cast) -> None:
    order_id = on_site(office)
    with pytest.raises(Refused):
        commands.collect(office["technician"], order_id, amount=D("30.00"))
    jobs.quote(office["technician"], order_id, minutes=30)
    with pytest.raises(Refused):
        commands.collect(office["technician"], order_id, amount=D("30.00"))


def test_charges_stay_once_money_was_taken_and_a_void_lets_them_change(office: Cast) -> None:
    order_id, tech = agreed(office), office["technician"]
    payment_id = commands.collect(tech, order_id, amount=D("50.00")).id
    with pytest.raises(Refused):
        jobs.quote(tech, order_id, minutes=90)
    with pytest.raises(NotPermitted):
        commands.void_payment(tech, payment_id, reason="输错")
    commands.void_payment(office["accountant"], payment_id, reason="输错金额")
    with pytest.raises(Refused):
        commands.void_payment(office["accountant"], payment_id, reason="再来")
    jobs.quote(tech, order_id, minutes=90)
    assert again(Payment, payment_id).number == "SK-NJ-20261120-0001"


def test_so6_late_cash_is_told_once_to_those_who_answer_for_it(office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    assert commands.tell_late_cash(office_time(18)) == 0
    assert commands.tell_late_cash(office_time(8, 30, day=21)) == 1
    assert commands.tell_late_cash(office_time(9, 30, day=21)) == 0
    with acting_as(SYSTEM):
        told = {row.staff_id for row in db.session.scalars(select(InboxMessage).where(InboxMessage.tone == "danger"))}
    assert told == {office.staff(name) for name in ("technician", "supervisor", "manager")}


def test_who_leaves_with_cash_is_kept_until_it_is_settled(office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    person = again(Staff, office.staff("technician"))
    with pytest.raises(Refused) as problem:
        for guard in LEAVING_GUARDS:
            guard(person)
    assert problem.value.params["amount"] == "130.00"
    with pytest.raises(Refused):
        commands.settle(office["supervisor"], person.id, reason=" ")
    with pytest.raises(Refused):
        commands.settle(office["supervisor"], office.staff("supervisor"), reason="自己")
    with pytest.raises((Refused, NotPermitted)):
        commands.settle(office["supervisor_sz"], person.id, reason="别的公司")
    row = commands.settle(office["supervisor"], person.id, reason="离职未交，从工资扣回")
    assert (row.status, row.amount) == ("settled", D("130.00"))
    for guard in LEAVING_GUARDS:
        guard(person)


def test_two_taps_hand_the_same_cash_in_once(backend: Backend, office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    db.session.remove()
    outcomes: list[str] = []
    start = Barrier(2)

    def tap() -> None:
        with backend.app.app_context():
            start.wait()
            try:
                commands.hand_in(office["technician"], at=office_time(17))
                outcomes.append("handed in")
            except Refused:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["handed in", "refused"]


# -- waiving ----------------------------------------------------------------------------------------------------------


def test_a_waiver_needs_the_authority_and_small_ones_add_up(office: Cast) -> None:
    order_id = finished(office, 300)  # 30 + 10 × 50
    with pytest.raises(NotPermitted):
        commands.waive(office["clerk"], order_id, amount=D("1.00"), reason="好心")
    with pytest.raises(Refused) as problem:
        commands.waive(office["supervisor"], order_id, amount=D("200.01"), reason="抱歉")
    assert problem.value.field == "amount"
    commands.waive(office["supervisor"], order_id, amount=D("150.00"), reason="等候过久")
    with pytest.raises(Refused):
        commands.waive(office["supervisor"], order_id, amount=D("50.01"), reason="等候过久")
    commands.waive(office["manager"], order_id, amount=D("380.00"), reason="全免")
    assert queries.money_of(again(WorkOrder, order_id)).state == "waived"
    jobs.close(office["clerk"], order_id, at=office_time(17))


# -- invoices -----------------------------------------------------------------------------------------------------------


def test_so6_the_invoice_takes_over_what_was_paid_and_its_lines_are_the_total(office: Cast) -> None:
    order_id = finished(office, 300)
    commands.collect(office["clerk"], order_id, amount=D("100.00"), at=office_time(10, 30))
    commands.waive(office["supervisor"], order_id, amount=D("33.33"), reason="零头")
    invoice = commands.issue_for_jobs(
        office["accountant"], order_id, title="南京某公司", fapiao_kind="special", tax_no="91320100MA1MXXXX0K",
        fapiao_no="24262000000012345678", instalments=3, at=office_time(11),
    )  # fmt: skip
    assert invoice.number == "FP-NJ-20261120-0001"
    assert (invoice.total, invoice.tax, invoice.paid, invoice.status) == (
        D("496.67"),
        D("57.14"),
        D("100.00"),
        "part_paid",
    )
    invoice_id = invoice.id
    with acting_as(SYSTEM):
        invoice = again(Invoice, invoice_id)
        assert sum(line.amount for line in invoice.lines) == invoice.total
        assert sum(line.tax for line in invoice.lines) == invoice.tax
        assert [part.amount for part in invoice.instalments] == [D("165.56"), D("165.56"), D("165.55")]
    assert invoice.due_on == date(2026, 11, 20) + timedelta(days=90)
    with pytest.raises(Refused):
        commands.issue_for_jobs(office["accountant"], order_id, title="又一张")
    with pytest.raises(Refused):
        commands.waive(office["supervisor"], order_id, amount=D("1.00"), reason="太晚")
    jobs.close(office["clerk"], order_id, at=office_time(17))


def test_an_invoice_is_paid_in_two_instalments_the_second_on_a_later_visit(office: Cast) -> None:
    invoice_id = invoiced(office, instalments=2)
    invoice = again(Invoice, invoice_id)
    assert invoice.total == D("1030.00")
    commands.receive(office["accountant"], invoice_id, amount=D("515.00"), method="transfer", at=office_time(9, day=25))
    with acting_as(SYSTEM):
        order_id = again(Invoice, invoice_id).jobs[0].work_order_id
    # The technician collects the rest on a visit, more than the limit: it is invoiced (SO-6).
    payment = commands.collect(office["technician"], order_id, amount=D("515.00"), at=office_time(9, day=30))
    assert (payment.invoice_id, payment.in_hand) == (invoice_id, True)
    invoice = again(Invoice, invoice_id)
    assert (invoice.status, invoice.outstanding) == ("paid", D("0.00"))
    with pytest.raises(Refused):
        commands.receive(office["accountant"], invoice_id, amount=D("0.01"), method="cash")


def test_one_invoice_for_several_jobs_of_one_customer_only(office: Cast) -> None:
    one, other = finished(office), finished(office, 120, hour=11, product="under_contract")
    with pytest.raises(Refused):  # the contract leaves nothing to pay
        commands.issue_for_jobs(office["accountant"], other, title="钟山宾馆")
    with pytest.raises(Refused):
        commands.issue_for_jobs(office["accountant"], [one, other], title="刘芳")
    with pytest.raises(Refused):
        commands.issue_for_jobs(office["accountant"], [], title="刘芳")
    # The same fridge with another fault: no repeat repair (KP-2), and paid.
    second = finished(office, 90, symptom="门关不严", hour=12)
    invoice = commands.issue_for_jobs(office["accountant"], [one, second], title="刘芳", at=office_time(13))
    assert invoice.total == D("310.00")
    with acting_as(SYSTEM):
        assert {job.work_order_id for job in again(Invoice, invoice.id).jobs} == {one, second}


def test_so6_what_was_collected_in_the_day_is_invoiced_at_one_go(office: Cast) -> None:
    one, second = finished(office), finished(office, 90, symptom="门关不严", hour=12)
    for order_id, amount in ((one, "130.00"), (second, "180.00")):
        commands.collect(office["technician"], order_id, amount=D(amount), at=office_time(12, 30))
    with at(17):
        with pytest.raises(NotPermitted):
            commands.issue_each(office["technician"], [one, second])
        with pytest.raises(Refused):
            commands.issue_each(office["accountant"], [])
        (invoice,) = commands.issue_each(office["accountant"], [second, one, one])
        assert (invoice.title, invoice.total, invoice.paid, invoice.status) == (
            "刘芳",
            D("310.00"),
            D("310.00"),
            "paid",
        )
        third = finished(office, symptom="漏水", hour=15)
        # One of them stands on an invoice already: none is made out.
        with pytest.raises(Refused):
            commands.issue_each(office["accountant"], [third, one])
        with acting_as(office["accountant"]):
            assert [row.order.id for row in queries.to_invoice()] == [third] and queries.to_follow() == []


def test_so9_what_is_to_be_invoiced_today_and_what_is_late(office: Cast) -> None:
    order_id = finished(office)
    with acting_as(office["accountant"]):
        (row,) = queries.to_invoice()
        assert (row.order.id, row.money.left, row.late(date(2026, 11, 20)), row.late(date(2026, 11, 21))) == (
            order_id, D("130.00"), False, True,
        )  # fmt: skip
    commands.collect(office["technician"], order_id, amount=D("130.00"), at=office_time(10, 30))
    with acting_as(office["accountant"]):
        assert queries.to_invoice() == []
        assert [each.order.id for each in queries.to_follow()] == [order_id]
    invoice_id = commands.issue_for_jobs(office["accountant"], order_id, title="刘芳", at=office_time(11)).id
    with acting_as(office["accountant"]):
        assert queries.to_follow() == []
    # SO-6: what is sent is the 发票, so it has its number first; the clerk does not make one up.
    for who, number in (("clerk", ""), ("clerk", "12345678"), ("accountant", "")):
        with pytest.raises(Refused) as refused:
            commands.post_invoice(office[who], invoice_id, posted_on=date(2026, 11, 20), fapiao_no=number)
        assert refused.value.field == "fapiao_no"
    commands.correct_heading(
        office["accountant"], invoice_id, title="南京某公司", fapiao_kind="special", tax_no="91320100MA1MXXXX0K"
    )
    commands.enter_fapiao(office["accountant"], invoice_id, fapiao_no="12345678")
    for verb in (
        lambda: commands.post_invoice(office["clerk"], invoice_id, posted_on=date(2026, 11, 19)),
        lambda: commands.post_invoice(
            office["accountant"], invoice_id, posted_on=date(2026, 11, 20), fapiao_no="12345679"
        ),
        lambda: commands.enter_fapiao(office["accountant"], invoice_id, fapiao_no="12345679"),
        lambda: commands.correct_heading(office["accountant"], invoice_id, title="又", fapiao_kind="normal"),
    ):
        with pytest.raises(Refused):
            verb()
    commands.post_invoice(office["clerk"], invoice_id, posted_on=date(2026, 11, 20), posted_note="挂号信")
    invoice = again(Invoice, invoice_id)
    assert (invoice.title, invoice.tax_no, invoice.fapiao_no) == ("南京某公司", "91320100MA1MXXXX0K", "12345678")
    assert invoice.posted_on == date(2026, 11, 20)


def test_instalments_as_agreed_with_the_customer_and_agreed_anew(office: Cast) -> None:
    order_id, accountant = finished(office, 600), office["accountant"]
    plan = [(date(2026, 12, 31), D("730.00")), (date(2026, 11, 20), D("299.99"))]
    with pytest.raises(Refused) as refused:
        commands.issue_for_jobs(accountant, order_id, title="刘芳", plan=plan, at=office_time(11))
    assert (refused.value.field, refused.value.params["difference"]) == ("plan", "-0.01")
    plan[1] = (date(2026, 11, 20), D("300.00"))
    invoice_id = commands.issue_for_jobs(accountant, order_id, title="刘芳", plan=plan, at=office_time(11)).id
    commands.receive(accountant, invoice_id, amount=D("400.00"), method="transfer", at=office_time(12))

    def parts() -> list[tuple[date, Decimal, Decimal, str]]:
        with acting_as(SYSTEM):
            rows = again(Invoice, invoice_id).instalments
            return [(row.due_on, row.amount, row.left, row.state) for row in rows]

    assert parts() == [
        (date(2026, 11, 20), D("300.00"), D("0.00"), "settled"),
        (date(2026, 12, 31), D("730.00"), D("630.00"), "part"),
    ]
    anew = [(date(2026, 11, 20), D("300.00")), (date(2027, 1, 31), D("400.00")), (date(2027, 2, 28), D("330.00"))]
    for who, wrong in (("accountant", anew[:2]), ("accountant", [(date(2026, 11, 19), D("1030.00"))]), ("clerk", anew)):
        with pytest.raises((Refused, NotPermitted)):
            commands.replan(office[who], invoice_id, plan=wrong)
    commands.replan(accountant, invoice_id, plan=anew)
    assert [each[2] for each in parts()] == [D("0.00"), D("300.00"), D("330.00")]
    assert again(Invoice, invoice_id).due_on == date(2027, 2, 28)
    commands.receive(accountant, invoice_id, amount=D("630.00"), method="transfer", at=office_time(13))
    with pytest.raises(Refused):
        commands.replan(accountant, invoice_id, plan=plan)


def test_so6_closing_says_all_that_is_missing_and_where_it_is_settled(
    office: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = finished(office)
    loose = SimpleNamespace(name="温控器", balanced=False)
    monkeypatch.setattr(guards.parts, "parts_balance", lambda _number: [loose])
    with pytest.raises(Refused) as refused:
        jobs.close(office["clerk"], order_id, at=office_time(17))
    assert [each.verb for each in refused.value.ways] == ["payment.collect", "invoice.issue", "waiver.waive", ""]
    assert refused.value.params["left"] == "130.00" and "温控器" in refused.value.also[0].params["parts"]
    commands.collect(office["technician"], order_id, amount=D("130.00"), at=office_time(10, 30))
    with pytest.raises(Refused) as refused:
        jobs.close(office["clerk"], order_id, at=office_time(17))
    assert refused.value.params["parts"] == "温控器" and not refused.value.also


def test_a_credit_note_is_never_more_than_the_invoice_and_all_of_it_frees_the_job(office: Cast) -> None:
    invoice_id = invoiced(office)
    commands.receive(office["accountant"], invoice_id, amount=D("1000.00"), method="card")
    with pytest.raises(Refused) as problem:
        commands.credit(office["accountant"], invoice_id, amount=D("1030.01"), reason="错")
    assert problem.value.field == "amount"
    with pytest.raises(Refused):
        commands.credit(office["accountant"], invoice_id, amount=D("1.00"), reason=" ")
    first = commands.credit(office["accountant"], invoice_id, amount=D("333.33"), reason="单价有误")
    assert first.number == "HZ-NJ-20261120-0001"
    assert again(Invoice, invoice_id).outstanding == D("-303.33")
    # Paid too much now: given back by whoever has the authority.
    with pytest.raises(Refused):
        commands.refund(office["supervisor"], invoice_id, amount=D("300.00"), method="transfer", reason="多收")
    commands.refund(office["manager"], invoice_id, amount=D("303.33"), method="transfer", reason="多收")
    assert (again(Invoice, invoice_id).paid, again(Invoice, invoice_id).outstanding) == (D("696.67"), D("0.00"))
    commands.credit(office["accountant"], invoice_id, amount=D("696.67"), reason="抬头开错，重开")
    with acting_as(SYSTEM):
        invoice = again(Invoice, invoice_id)
        assert invoice.status == "credited"
        assert sum(note.tax for note in invoice.credit_notes) == invoice.tax
        order_id = invoice.jobs[0].work_order_id
    # Taken back, it is on the accountant's list again, closed or not; what is paid too much waits to be given back.
    with acting_as(office["accountant"]):
        assert [(row.order.id, row.money.left) for row in queries.to_invoice()] == [(order_id, D("333.33"))]
        assert list(db.session.scalars(select(Invoice.id).where(queries.is_to_be_given_back()))) == [invoice_id]
    paid = commands.collect(office["clerk"], order_id, amount=D("333.33"), at=office_time(11, 30))
    with acting_as(office["accountant"]):
        assert queries.to_invoice() == [] and [row.order.id for row in queries.to_follow()] == [order_id]
    jobs.close(office["clerk"], order_id, at=office_time(11, 40))
    with acting_as(office["accountant"]):
        assert [row.order.id for row in queries.to_follow()] == [order_id]
    commands.void_payment(office["accountant"], paid.id, reason="误登")
    with acting_as(office["accountant"]):
        assert [row.order.id for row in queries.to_invoice()] == [order_id]
    new = commands.issue_for_jobs(office["accountant"], order_id, title="正确抬头", at=office_time(12))
    assert (new.paid, new.outstanding) == (D("696.67"), D("333.33"))
    before = again(Invoice, invoice_id)
    assert before.paid == D("0.00")


def test_the_database_itself_keeps_a_job_off_two_invoices(office: Cast) -> None:
    invoice_id = invoiced(office)
    with acting_as(SYSTEM):
        order_id = fetch(Invoice, invoice_id).jobs[0].work_order_id
        row = {k: getattr(fetch(Invoice, invoice_id), k) for k in ("branch_id", "customer_id", "title", "total", "tax")}
    with pytest.raises(IntegrityError), unit_of_work(SYSTEM, "test.twice"):
        other = Invoice(number="FP-X", tax_rate=D("13"), issued_on=date(2026, 11, 20), due_on=date(2026, 11, 20), **row)
        db.session.add(other)
        db.session.flush()
        db.session.add(InvoicedJob(invoice_id=other.id, work_order_id=order_id))


def test_co1_a_contract_is_invoiced_once(office: Cast) -> None:
    accountant = office["accountant"]
    invoice = commands.issue_for_contract(accountant, office.contract, title="钟山宾馆", instalments=2)
    assert (invoice.total, invoice.contract_id) == (D("1200.00"), office.contract)
    with pytest.raises(Refused):
        commands.issue_for_contract(accountant, office.contract, title="钟山宾馆")
    commands.credit(accountant, invoice.id, amount=D("1200.00"), reason="抬头有误")
    assert commands.issue_for_contract(accountant, office.contract, title="钟山宾馆有限公司").total == D("1200.00")
    assert again(Contract, office.contract).status == "in_force"


def test_what_is_outstanding_by_age(office: Cast) -> None:
    invoice_id = invoiced(office, instalments=2)
    commands.receive(office["accountant"], invoice_id, amount=D("100.00"), method="card")
    with acting_as(office["accountant"]):
        limits, (row,) = queries.outstanding_by_customer(date(2027, 1, 5))
        # Due 2026-12-20 (16 days late) and 2027-01-19.
        assert limits == (30, 60, 90)
        assert row.columns == [D("515.00"), D("415.00"), D("0.00"), D("0.00"), D("0.00")]
        assert (row.total, row.overdue, row.oldest_due) == (D("930.00"), D("415.00"), date(2026, 12, 20))
    with acting_as(office["clerk_sz"]):
        assert queries.outstanding_by_customer(date(2027, 1, 5))[1] == []


@pytest.mark.parametrize("seed", range(4))
def test_paid_outstanding_and_credited_are_always_the_invoice(office: Cast, seed: int) -> None:
    """Random payments, voids, credit notes and refunds: the amounts kept are those of the rows, at every step."""
    dice = random.Random(seed)
    invoice_id, accountant = invoiced(office, instalments=dice.randint(1, 4)), office["accountant"]

    def amount() -> Decimal:
        return Decimal(dice.randint(1, 60_000)).scaleb(-2)

    def void() -> object:
        with acting_as(SYSTEM):
            ids = [row.id for row in fetch(Invoice, invoice_id).payments if row.voided_at is None]
        return commands.void_payment(accountant, dice.choice(ids), reason="误登") if ids else None

    deeds = [
        lambda: commands.receive(accountant, invoice_id, amount=amount(), method=dice.choice(["cash", "card"])),
        lambda: commands.receive(accountant, invoice_id, amount=amount(), method="wechat"),
        lambda: commands.credit(accountant, invoice_id, amount=amount(), reason="更正"),
        lambda: commands.refund(office["director"], invoice_id, amount=amount(), method="transfer", reason="多收"),
        void,
    ]
    for _ in range(14):
        with suppress(Refused):
            dice.choice(deeds)()
        with acting_as(SYSTEM):
            invoice = again(Invoice, invoice_id)
            assert invoice.paid == sum((row.signed for row in invoice.payments), D("0.00"))
            assert invoice.credited == sum((row.amount for row in invoice.credit_notes), D("0.00"))
            assert invoice.paid + invoice.outstanding + invoice.credited == invoice.total
            assert sum(part.amount for part in invoice.instalments) == invoice.total
            assert 0 <= invoice.credited <= invoice.total and invoice.paid >= 0
    # What is outstanding and overdue, counted another way: the payments and notes off the instalments, day by day.
    with acting_as(SYSTEM):
        invoice = again(Invoice, invoice_id)
        came = sum((row.signed for row in invoice.payments), D("0.00")) + sum(
            (row.amount for row in invoice.credit_notes), D("0.00")
        )
        for day in (date(2026, 12, 20), date(2026, 12, 21), date(2027, 2, 5), date(2028, 1, 1)):
            asked = sum((part.amount for part in invoice.instalments if part.due_on < day), D("0.00"))
            overdue = max(asked - came, D("0.00"))
            rows = queries.outstanding_by_customer(day)[1]
            assert sum((row.total for row in rows), D("0.00")) == max(invoice.total - came, D("0.00"))
            assert sum((row.overdue for row in rows), D("0.00")) == overdue
            found = db.session.scalars(select(Invoice.id).where(queries.is_overdue(day))).all()
            assert list(found) == ([invoice_id] if overdue > 0 else [])


def test_two_people_enter_the_last_payment_and_one_of_them_is_told(backend: Backend, office: Cast) -> None:
    invoice_id = invoiced(office)
    db.session.remove()
    outcomes: list[str] = []
    start = Barrier(2)

    def pay(who: str) -> None:
        with backend.app.app_context():
            start.wait()
            try:
                commands.receive(office[who], invoice_id, amount=D("1030.00"), method="card")
                outcomes.append("paid")
            except Refused:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=pay, args=(who,)) for who in ("accountant", "clerk")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["paid", "refused"]
    assert again(Invoice, invoice_id).paid == D("1030.00")


def test_so22_a_job_whose_parts_do_not_balance_is_not_closed(office: Cast) -> None:
    part = office.parts["P-THERM"]
    order_id = agreed(office, 30, parts=((part, 1),))
    jobs.fit_part(office["technician"], order_id, part_id=part)
    with at(10):
        jobs.finish(office["technician"], order_id, fault_code_id=office.faults["F01"], result="好")
        jobs.leave_unsigned(office["clerk"], order_id, reason="不在家")
        commands.collect(office["technician"], order_id, amount=D("145.50"))
    with unit_of_work(SYSTEM, "test.lost"):  # as if the record of the part had been lost
        db.session.delete(fetch(WorkOrder, order_id).parts_fitted[0])
    with pytest.raises(Refused) as problem:
        jobs.close(office["clerk"], order_id, at=office_time(17))
    assert problem.value.params["parts"] == "温控器"


def test_so9_the_accountant_is_told_of_a_paid_return_once_it_is_with_the_customer(office: Cast) -> None:
    order_id = finished(office)
    with unit_of_work(SYSTEM, "test.returned"):
        receipt: Any = SimpleNamespace(work_order=fetch(WorkOrder, order_id))
        guards.invoice_today(SYSTEM, receipt, office_time(11))
    with acting_as(SYSTEM):
        (told,) = db.session.scalars(select(InboxMessage).where(InboxMessage.tone == "warning"))
        assert (told.staff_id, told.params["left"]) == (office.staff("accountant"), "130.00")
    assert guards.invoice_today in RETURNED
