"""In every state every role is shown the buttons of the table: on the record's page, and behind a bulk action."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.core import clock
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.lifecycle import Lifecycle
from app.core.uow import unit_of_work
from app.fieldservice.models import RepairCall, WorkOrder
from app.fieldservice.rules import WORK_ORDER
from app.fieldservice.views import WorkOrderView
from app.workshop import commands
from app.workshop.models import RepairCard
from app.workshop.rules import REPAIR_CARD
from app.workshop.views import RepairCardView
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY, on_site
from tests.conftest import Backend


@pytest.fixture
def app(backend: Backend) -> Flask:
    """On both databases: what a page offers is asked of rows that each stores in its own way."""
    return backend.app


DATABASE = "SQLALCHEMY_DATABASE_URI"
# Who logs in, and the role they have.
ROLES = {
    "clerk": "clerk",
    "technician": "technician",
    "supervisor": "supervisor",
    "manager": "branch_manager",
    "accountant": "accountant",
    "service": "service_department",
    "director": "management",
    "admin": "administrator",
}
AT_WORK = ("clerk", "technician", "supervisor")


def _put(app: Flask, model: Any, key: int, **values: Any) -> None:
    with app.app_context(), unit_of_work(SYSTEM, "test.state") as session:
        session.connection().execute(update(model.__table__).where(model.id == key).values(**values))


def _item(app: Flask, cast: Cast) -> tuple[int, int]:
    """A job and the card of its item, with the technician."""
    with app.app_context(), clock.frozen(FRIDAY):
        order_id = on_site(cast, "in_warranty")
        due = FRIDAY + timedelta(days=5)
        receipt = commands.take_back(
            cast["technician"], order_id, condition="完好", promised_at=due, unsigned_reason="急", no_photo_reason="急"
        )
        with unit_of_work(SYSTEM, "test.card"):
            card_id = receipt.card.id
        commands.start(cast["technician"], card_id)
        db.session.remove()
    return order_id, card_id


@pytest.mark.parametrize("kind", ["repair_card", "work_order"])
def test_the_buttons_are_the_tables(kind: str, app: Flask, cast: Cast, client_for: Any) -> None:
    order_id, card_id = _item(app, cast)
    model, view, key, lifecycle = {
        "repair_card": (RepairCard, RepairCardView, card_id, REPAIR_CARD),
        "work_order": (WorkOrder, WorkOrderView, order_id, WORK_ORDER),
    }[kind]
    # All eight on one of the two databases: the other is asked by those who have most of the buttons.
    people = {name: client_for(name) for name in (ROLES if "sqlite" in app.config[DATABASE] else AT_WORK)}
    wrong = []
    for state in lifecycle.states():
        _put(app, model, key, status=state, **({"outcome": "repaired"} if kind == "repair_card" else {}))
        for name, person in people.items():
            role = ROLES[name]
            answer = person.get(f"/{view.__name__.lower()}/show/{key}")
            if role == "administrator":  # keeps accounts; no customer's job is his to see
                assert answer.status_code == 403
                wrong += [f"{role} in {state}: {each.verb}" for each in lifecycle.allowed(state, {role})]
                continue
            if answer.status_code == 404:
                # What was declined or withdrawn is no longer the technician's to see.
                assert (kind, role) == ("work_order", "technician")
                assert state in ("declined", "cancelled")
                continue
            assert answer.status_code == 200, (state, role)
            shown = set(re.findall(rf"/do/(\w+)/{key}\b", answer.get_data(as_text=True)))
            wrong += _differences(lifecycle, view, state, role, shown)
    assert wrong == []


def _differences(lifecycle: Lifecycle, view: Any, state: str, role: str, shown: set[str]) -> list[str]:
    table = {transition.verb for transition in lifecycle.allowed(state, {role})}
    ours = {verb.key for verb in view.verbs if verb.name in lifecycle.verbs()}
    # A button may wait for more than the state (parts to wait for, a deadline that is paused): it is never shown beyond it.
    always = {verb.key for verb in view.verbs if verb.when is None} & ours
    missing, beyond = (always & table) - shown, (shown & ours) - table
    return [f"{role} in {state}: {verb} is missing" for verb in sorted(missing)] + [
        f"{role} in {state}: {verb} is offered" for verb in sorted(beyond)
    ]


def test_a_bulk_action_asks_the_same_table(app: Flask, cast: Cast, client_for: Any) -> None:
    order_id, _card_id = _item(app, cast)
    clerk = client_for("clerk")
    closed = []
    for state in ("arrived", "in_workshop", "finished", "closed"):
        _put(app, WorkOrder, order_id, status=state, unsigned_reason="急", finished_at=FRIDAY)
        with app.app_context(), unit_of_work(SYSTEM, "test.call") as session:
            call = session.get_one(WorkOrder, order_id).repair_call_id
            session.connection().execute(
                update(RepairCall.__table__)
                .where(RepairCall.id == call)
                .values(status={"finished": "finished", "closed": "closed"}.get(state, "dispatched"))
            )
        clerk.post("/workorderview/do_many/close", {"rowid": order_id}, page="/workorderview/list/")
        with app.app_context(), unit_of_work(SYSTEM, "test.look") as session:
            order = session.get_one(WorkOrder, order_id)
            if order.status == "closed" and order.closed_at is not None and state != "closed":
                closed.append(state)
    assert closed == ["finished"]
