"""Repairs invoiced on the day of return, and what was owed on a day that is over; on both databases (SO-9, SO-6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from app.billing import commands, queries
from app.billing.commands import guards
from app.billing.commands.invoicing import why_not_drafted
from app.billing.models import Invoice, InvoicedJob
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.core.fetch import fetch
from app.core.inbox import InboxMessage
from app.core.uow import unit_of_work
from app.fieldservice import commands as jobs
from app.fieldservice.models import WorkOrder
from app.organisation.models import Staff
from app.workshop.commands import RETURNED
from tests.cast import Cast
from tests.commands.billing_days import FRIDAY, D, again, at, finished, invoiced, limits, office_time


@pytest.fixture(autouse=True)
def _friday(office: Cast) -> Iterator[None]:
    with clock.frozen(FRIDAY):
        limits()
        yield


# -- the day of return ----------------------------------------------------------------------------------------------


def returned(order_id: int, hour: int = 11) -> Invoice | None:
    """What is to follow once the item of this job is with the customer; the invoice that stands for it then."""
    assert guards.invoice_today in RETURNED
    with unit_of_work(SYSTEM, "test.returned"):
        receipt: Any = SimpleNamespace(work_order=fetch(WorkOrder, order_id))
        guards.invoice_today(SYSTEM, receipt, office_time(hour))
    return queries.live_invoice(order_id)


def told_of_returns() -> list[InboxMessage]:
    db.session.expunge_all()
    with acting_as(SYSTEM):
        return list(db.session.scalars(select(InboxMessage).where(InboxMessage.tone == "warning")))


def test_so9_the_invoice_is_drafted_on_the_day_of_return_with_the_customers_title(office: Cast) -> None:
    special = {"tax_no": "91320100MA1XXXXX1X", "fapiao_kind": "special", "title_details": "南京市鼓楼区"}
    with at(10, 30):
        commands.issue_for_jobs(office["accountant"], finished(office), title="南京某某公司", **special)
    order_id = finished(office, hour=12, symptom="门关不严")
    commands.waive(office["supervisor"], order_id, amount=D("10.00"), reason="零头")
    commands.collect(office["clerk"], order_id, amount=D("20.00"), at=office_time(12, 40))
    invoice = returned(order_id, 13)
    assert invoice is not None
    assert (invoice.issued_on, invoice.fapiao_no, invoice.issued_by_id) == (FRIDAY.date(), None, None)
    assert {key: getattr(invoice, key) for key in special} == special and invoice.title == "南京某某公司"
    assert invoice.paid == D("20.00") and invoice.outstanding == invoice.total - D("20.00") > 0
    (told,) = told_of_returns()
    assert (told.staff_id, told.params["invoice"]) == (office.staff("accountant"), invoice.number)
    assert told.link == f"/invoiceview/show/{invoice.id}"
    # A second time nothing happens; by hand no second one is made out either.
    assert returned(order_id, 14) is not None
    assert len(told_of_returns()) == 1
    with pytest.raises(Refused, match="stands on an invoice already"):
        commands.issue_for_jobs(office["accountant"], order_id, title="刘芳")
    with acting_as(SYSTEM):
        assert len(db.session.scalars(select(InvoicedJob).where(InvoicedJob.work_order_id == order_id)).all()) == 1
    commands.enter_fapiao(office["accountant"], invoice.id, fapiao_no="12345678")
    assert again(Invoice, invoice.id).issued_by_id == office.staff("accountant")
    jobs.close(office["clerk"], order_id, at=office_time(17))


def test_so9_a_draft_nobody_numbers_is_late_from_the_next_day(office: Cast) -> None:
    invoice = returned(finished(office))
    assert invoice is not None
    by_hand = commands.issue_for_jobs(office["accountant"], finished(office, hour=12, symptom="门关不严"), title="刘芳")
    assert by_hand.fapiao_no is None

    def late(day: date) -> list[int]:
        with acting_as(office["supervisor"]):
            return list(db.session.scalars(select(Invoice.id).where(queries.is_late_draft(day))))

    assert late(FRIDAY.date()) == []
    assert late(date(2026, 11, 21)) == [invoice.id]
    # The supervisor, who makes out invoices with their number, may enter this one's as well.
    commands.enter_fapiao(office["supervisor"], invoice.id, fapiao_no="12345678")
    assert late(date(2026, 11, 21)) == []


def test_so9_without_an_accountant_the_supervisor_is_told_of_the_draft(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.accountant"):
        fetch(Staff, office.staff("accountant")).active = False
    invoice = returned(finished(office))
    assert invoice is not None
    (told,) = told_of_returns()
    assert (told.staff_id, told.params["invoice"]) == (office.staff("supervisor"), invoice.number)


def test_so9_what_was_collected_in_full_or_waived_before_the_return(office: Cast) -> None:
    """Paid: the invoice is drafted all the same and is paid. Waived in full, or nothing charged: there is none."""
    order_id = finished(office)
    commands.collect(office["clerk"], order_id, amount=D("130.00"), at=office_time(10, 40))
    invoice = returned(order_id)
    assert invoice is not None and (invoice.status, invoice.outstanding) == ("paid", 0)
    with acting_as(office["accountant"]):
        assert queries.to_invoice() == [] and queries.to_follow() == []
    waived = finished(office, hour=12, symptom="门关不严")
    commands.waive(office["manager"], waived, amount=D("130.00"), reason="全免")
    assert returned(waived) is None
    assert len(told_of_returns()) == 1


def test_so9_a_return_whose_invoice_cannot_be_drafted_says_why(office: Cast) -> None:
    """The last title was brought over from elsewhere without its tax number: the item goes back, the accountant is told."""
    old = invoiced(office, tax_no="91320100MA1XXXXX1X", fapiao_kind="special")
    with unit_of_work(SYSTEM, "test.imported"):
        fetch(Invoice, old).tax_no = ""
    order_id = finished(office, hour=12, symptom="门关不严")
    assert returned(order_id) is None
    (told,) = told_of_returns()
    assert told.link == "/money/to-invoice/" and "税号" in told.params["reason"]
    with acting_as(office["accountant"]):
        assert [row.order.id for row in queries.to_invoice()] == [order_id]
        problem = why_not_drafted(fetch(WorkOrder, order_id))
    assert problem is not None and problem.field == "tax_no"
    with at(15):
        commands.issue_for_jobs(office["accountant"], order_id, title="刘芳")


def test_so6_an_invoice_just_drafted_does_not_lift_the_limit_at_the_door(office: Cast) -> None:
    """Only the official invoice does: a larger sum is collected on a later visit."""
    order_id = finished(office, 600)
    invoice = returned(order_id)
    assert invoice is not None and invoice.total > D("500.00")
    with pytest.raises(Refused, match="not collected on the spot"):
        commands.collect(office["technician"], order_id, amount=D("100.00"), at=office_time(11, 10))
    later = office_time(9, day=21)
    assert commands.collect(office["technician"], order_id, amount=D("30.00"), at=later).in_hand
    commands.enter_fapiao(office["accountant"], invoice.id, fapiao_no="12345679")
    assert commands.collect(office["technician"], order_id, amount=D("100.00"), at=office_time(12)).in_hand


# -- a day that is over ---------------------------------------------------------------------------------------------


def test_what_was_outstanding_on_a_past_day(office: Cast) -> None:
    """The balances of that day's end, not today's: what came, was voided or credited since is not known yet."""
    accountant, invoice_id = office["accountant"], invoiced(office, instalments=2)
    first = commands.receive(accountant, invoice_id, amount=D("100.00"), method="card", at=office_time(15))
    with at(9, day=23):
        commands.receive(accountant, invoice_id, amount=D("500.00"), method="card")
        commands.void_payment(accountant, first.id, reason="误登")
    with at(9, day=24):
        commands.credit(accountant, invoice_id, amount=D("530.00"), reason="更正")

    def owed(day: int) -> list[Decimal]:
        with acting_as(accountant):
            return [row.total for row in queries.outstanding_by_customer(date(2026, 11, day))[1]]

    with at(9, day=25):
        assert [owed(day) for day in range(19, 26)] == [
            [],
            [D("930.00")],
            [D("930.00")],
            [D("930.00")],
            [D("530.00")],
            [],
            [],
        ]
    with clock.frozen(clock.at_local(date(2027, 3, 1), time(9))), acting_as(accountant):
        # It ages as of that day, when no part of it was overdue.
        assert queries.outstanding_by_customer(date(2026, 11, 20))[1][0].overdue == 0
        with acting_as(office["clerk_sz"]):
            assert queries.outstanding_by_customer(date(2026, 11, 20))[1] == []


def test_a_payment_that_went_along_stood_on_the_credited_invoice_before(office: Cast) -> None:
    accountant, invoice_id = office["accountant"], invoiced(office)
    with acting_as(SYSTEM):
        order_id = again(Invoice, invoice_id).jobs[0].work_order_id
    commands.receive(accountant, invoice_id, amount=D("30.00"), method="card", at=office_time(15))
    with at(9, day=24):
        commands.credit(accountant, invoice_id, amount=D("1030.00"), reason="抬头有误")
        anew = commands.issue_for_jobs(accountant, order_id, title="刘芳芳").id
        commands.receive(accountant, anew, amount=D("200.00"), method="card")
    with at(9, day=25), acting_as(accountant):
        for day, left in ((20, "1000.00"), (24, "800.00"), (25, "800.00")):
            (row,) = queries.outstanding_by_customer(date(2026, 11, day))[1]
            assert row.total == D(left), day
