"""Invoices, instalments, credit notes and what is outstanding, on both databases (SO-6, SO-9, CO-1)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.billing import commands, documents, queries
from app.billing.commands import guards
from app.billing.models import Invoice, InvoicedJob
from app.contracts.models import Contract
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.documents import Params
from app.core.errors import NotPermitted, Refused
from app.core.fetch import fetch
from app.core.uow import unit_of_work
from app.fieldservice import commands as jobs
from app.fieldservice.models import WorkOrder
from tests.cast import Cast
from tests.commands.billing_days import (
    FRIDAY,
    D,
    again,
    agreed,
    at,
    finished,
    invoiced,
    limits,
    office_time,
)
from tests.conftest import Backend


@pytest.fixture(autouse=True)
def _friday(office: Cast) -> Iterator[None]:
    with clock.frozen(FRIDAY):
        limits()
        yield


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


def test_so6_a_void_on_a_closed_job_puts_it_on_the_list_again(office: Cast) -> None:
    order_id, accountant = finished(office), office["accountant"]
    paid = commands.collect(accountant, order_id, amount=D("130.00"), method="card", at=office_time(10, 30))
    jobs.close(office["clerk"], order_id, at=office_time(11))
    with acting_as(accountant):
        assert queries.to_invoice() == [] and [row.order.id for row in queries.to_follow()] == [order_id]
    commands.void_payment(accountant, paid.id, reason="刷卡未成功", at=office_time(12))
    with acting_as(accountant):
        assert [(row.order.id, row.money.left) for row in queries.to_invoice()] == [(order_id, D("130.00"))]
        assert queries.to_follow() == []
    # A part of it paid, and the rest waived: nothing is left, and the invoice follows.
    commands.collect(accountant, order_id, amount=D("100.00"), method="card", at=office_time(13))
    with acting_as(accountant):
        assert [row.money.left for row in queries.to_invoice()] == [D("30.00")]
    commands.waive(office["supervisor"], order_id, amount=D("30.00"), reason="零头")
    with acting_as(accountant):
        assert queries.to_invoice() == [] and [row.order.id for row in queries.to_follow()] == [order_id]


def _two(office: Cast) -> tuple[int, int]:
    """Two finished jobs of one customer: 130.00 and 180.00 CNY."""
    return finished(office), finished(office, 90, symptom="门关不严", hour=12)


def test_several_jobs_on_one_invoice_credited_their_payments_follow_to_the_next(office: Cast) -> None:
    (one, second), accountant = _two(office), office["accountant"]
    commands.collect(office["technician"], one, amount=D("130.00"), at=office_time(12, 5))
    first = commands.issue_for_jobs(accountant, [one, second], title="错误抬头", at=office_time(13)).id
    commands.receive(accountant, first, amount=D("100.00"), method="transfer", at=office_time(14))
    commands.credit(accountant, first, amount=D("310.00"), reason="抬头开错", at=office_time(15))
    # What lies on it belongs to both jobs: neither counts as paid.
    money = queries.money_of_jobs([one, second])
    assert [money[each].left for each in (one, second)] == [D("130.00"), D("180.00")]
    with acting_as(accountant):
        assert [row.order.id for row in queries.to_invoice()] == [one, second] and queries.to_follow() == []
    # For one of them alone nothing of it follows.
    alone = commands.issue_for_jobs(accountant, one, title="刘芳", at=office_time(15, 30))
    assert (alone.paid, again(Invoice, first).paid) == (D("0.00"), D("230.00"))
    commands.credit(accountant, alone.id, amount=D("130.00"), reason="改为合开", at=office_time(15, 40))
    both = commands.issue_for_jobs(accountant, [one, second], title="刘芳", at=office_time(16))
    assert (both.paid, both.outstanding, both.status) == (D("230.00"), D("80.00"), "part_paid")
    before = again(Invoice, first)
    with acting_as(SYSTEM):
        assert (before.paid, before.payments) == (D("0.00"), [])


def test_money_given_back_on_an_invoice_of_several_jobs_no_longer_counts_for_one(office: Cast) -> None:
    (one, second), accountant = _two(office), office["accountant"]
    commands.collect(office["technician"], one, amount=D("130.00"), at=office_time(12, 5))
    first = commands.issue_for_jobs(accountant, [one, second], title="刘芳", at=office_time(13)).id
    commands.credit(accountant, first, amount=D("310.00"), reason="重开", at=office_time(14))
    commands.refund(office["manager"], first, amount=D("130.00"), method="transfer", reason="退回", at=office_time(15))
    assert queries.money_of_jobs([one])[one].left == D("130.00")
    again_one = commands.issue_for_jobs(accountant, one, title="刘芳", at=office_time(16))
    assert (again_one.paid, again_one.outstanding) == (D("0.00"), D("130.00"))
    assert again(Invoice, first).paid == D("0.00")


def test_receipts_that_do_not_agree_with_the_invoice_they_leave_are_refused_in_words(office: Cast) -> None:
    order_id, accountant = finished(office), office["accountant"]
    commands.collect(accountant, order_id, amount=D("130.00"), method="card", at=office_time(10, 30))
    first = commands.issue_for_jobs(accountant, order_id, title="刘芳", at=office_time(11)).id
    commands.credit(accountant, first, amount=D("130.00"), reason="重开", at=office_time(12))
    with unit_of_work(SYSTEM, "test.damaged"):
        fetch(Invoice, first).paid = D("100.00")
    with pytest.raises(Refused) as refused:
        commands.issue_for_jobs(accountant, order_id, title="刘芳", at=office_time(13))
    assert refused.value.params["number"] == "FP-NJ-20261120-0001"


def test_a_waiver_lowers_only_the_lines_of_its_job(office: Cast) -> None:
    one, second = _two(office)
    commands.waive(office["supervisor"], one, amount=D("110.00"), reason="等候过久")
    invoice_id = commands.issue_for_jobs(office["accountant"], [one, second], title="刘芳", at=office_time(13)).id
    with acting_as(SYSTEM):
        lines = again(Invoice, invoice_id).lines
        sums = {each: sum(line.amount for line in lines if line.work_order_id == each) for each in (one, second)}
    assert sums == {one: D("20.00"), second: D("180.00")}


def test_what_was_credited_in_full_is_not_sent_nor_corrected_nor_its_title_repeated(office: Cast) -> None:
    order_id, accountant = finished(office), office["accountant"]
    first = commands.issue_for_jobs(accountant, order_id, title="正确抬头", at=office_time(11)).id
    commands.credit(accountant, first, amount=D("130.00"), reason="重开", at=office_time(11, 10))
    for verb in (
        lambda: commands.correct_heading(accountant, first, title="又", fapiao_kind="normal"),
        lambda: commands.post_invoice(accountant, first, posted_on=date(2026, 11, 20), fapiao_no="12345678"),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.params["number"] == "FP-NJ-20261120-0001"
    second = commands.issue_for_jobs(accountant, order_id, title="正确抬头", at=office_time(12)).id
    other = finished(office, 90, symptom="门关不严", hour=13)
    wrong = commands.issue_for_jobs(accountant, other, title="错误抬头", at=office_time(14)).id
    commands.credit(accountant, wrong, amount=D("180.00"), reason="抬头开错", at=office_time(15))
    (invoice,) = commands.issue_each(accountant, [other])
    assert invoice.title == "正确抬头"
    # Sent once: the day it was sent stays.
    commands.enter_fapiao(accountant, second, fapiao_no="12345678")
    with at(16):
        commands.post_invoice(accountant, second, posted_on=date(2026, 11, 20), posted_note="挂号信")
    with at(9, day=23), pytest.raises(Refused) as refused:
        commands.post_invoice(accountant, second, posted_on=date(2026, 11, 23))
    assert refused.value.field == "posted_on"
    assert again(Invoice, second).posted_on == date(2026, 11, 20)
    with pytest.raises(Refused) as refused:
        commands.replan(accountant, second, plan=[(date(2026, 11, 19), D("130.00"))])
    assert refused.value.message == "Not before the invoice was issued."


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


def test_a_credit_note_is_a_paper_with_what_was_credited_so_far(office: Cast) -> None:
    accountant, invoice_id = office["accountant"], invoiced(office)
    for amount in ("30.00", "100.00"):
        last = commands.credit(accountant, invoice_id, amount=D(amount), reason="更正")
    with acting_as(accountant):
        (paper,) = documents.credit_notes(Params(date=FRIDAY.date(), record_id=last.id))
        assert (paper.amount, paper.credited, paper.total) == (D("100.00"), D("130.00"), D("1030.00"))
        assert paper.tax + paper.net == paper.amount and paper.title_line == "刘芳"
        assert len(documents.credit_notes(Params(date=FRIDAY.date(), branch="NJ"))) == 2
    with acting_as(office["clerk_sz"]):
        assert documents.credit_notes(Params(date=FRIDAY.date(), record_id=last.id)) == []


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
