"""Pages of money on the telephone, through HTTP."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.billing import commands as billing
from app.billing.models import Invoice
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.fetch import fetch
from app.core.uow import unit_of_work
from app.fieldservice import commands as jobs
from app.fieldservice.models import WorkOrder, WorkOrderEvent
from app.workshop import commands as workshop
from app.workshop.models import RepairCard
from app.workshop.queries import proposed_promise
from tests.cast import Cast
from tests.commands.billing_days import FRIDAY, PNG, agreed, finished


def test_the_way_to_the_money_is_offered_to_whom_its_page_opens(app: Flask, cast: Cast, client_for: Any) -> None:
    """The technician of the job, and who brings its item back; the bench has the job's page, but not its money."""
    with app.app_context():
        order_id = agreed(cast)
    money, job = f"/money/mine/job/{order_id}", f"/my/job/{order_id}"
    technician = client_for("technician")
    assert money in technician.get(job).get_data(as_text=True)
    assert technician.get(money).status_code == 200

    with app.app_context():
        taken = {"condition": "好", "signer": "刘芳", "drawing": PNG, "photos": [PNG]}
        with acting_as(SYSTEM):
            promise = proposed_promise(fetch(WorkOrder, order_id).branch_id)
        receipt = workshop.take_back(cast["technician"], order_id, promised_at=promise, **taken)
        with acting_as(SYSTEM):
            card_id = receipt.card.id
        workshop.start(cast["technician2"], card_id)
    bench, card = client_for("technician2"), f"/repaircardview/show/{card_id}"
    assert bench.get(money).status_code == 404
    for page in (job, card):
        answer = bench.get(page)
        assert answer.status_code == 200 and money not in answer.get_data(as_text=True), page

    with app.app_context():
        with unit_of_work(SYSTEM, "test.repaired"):
            found = fetch(RepairCard, card_id)
            found.status, found.outcome = "ready", "repaired"
        workshop.send_out(cast["clerk"], card_id, technician_id=cast.staff("technician2"))
    assert money in bench.get(card).get_data(as_text=True)
    assert bench.post(f"{money}/collect", {"amount": "100.00", "method": "cash"}, page=money).status_code == 302
    assert "SK-NJ-" in bench.get(money).get_data(as_text=True)
    with app.app_context():
        workshop.hand_back(cast["technician2"], order_id, signer="刘芳", drawing=PNG)
    assert money in bench.get(card).get_data(as_text=True)
    assert bench.post(f"{money}/collect", {"amount": "30.00", "method": "cash"}, page=money).status_code == 302
    with app.app_context():
        jobs.close(cast["clerk"], order_id)
        with unit_of_work(SYSTEM, "test.read"):
            assert fetch(WorkOrder, order_id).status == "closed"


def test_so9_drafted_at_the_return_or_why_not(app: Flask, cast: Cast, client_for: Any) -> None:
    """The accountant finds the drafts by their missing number, and what could not be drafted with the reason."""
    with app.app_context(), clock.frozen(FRIDAY):
        made = billing.issue_for_jobs(
            cast["accountant"], finished(cast), title="南京某某公司", tax_no="91320100MA1XXXXX1X", fapiao_kind="special"
        ).id
        order_id = finished(cast, hour=12, symptom="门关不严")
        with unit_of_work(SYSTEM, "test.returned"):
            order = fetch(WorkOrder, order_id)
            order.events.append(WorkOrderEvent(kind="taken_back", at=FRIDAY))
            fetch(Invoice, made).tax_no = ""  # brought over from elsewhere without it
        number = order.number
    accountant = client_for("accountant")
    page = accountant.get("/money/to-invoice/").get_data(as_text=True)
    assert number in page and "送还时未能生成：专用发票须填税号" in page
    assert "1 张开票单待填发票号码" in page
    with app.app_context(), unit_of_work(SYSTEM, "test.mended"):
        fetch(Invoice, made).tax_no = "91320100MA1XXXXX1X"
    assert "送还时未能生成" not in accountant.get("/money/to-invoice/").get_data(as_text=True)
