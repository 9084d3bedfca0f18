"""Pages of money on the telephone, through HTTP."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.core.actors import SYSTEM, acting_as
from app.core.fetch import fetch
from app.core.uow import unit_of_work
from app.fieldservice import commands as jobs
from app.fieldservice.models import WorkOrder
from app.workshop import commands as workshop
from app.workshop.models import RepairCard
from app.workshop.queries import proposed_promise
from tests.cast import Cast
from tests.commands.billing_days import PNG, agreed


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
