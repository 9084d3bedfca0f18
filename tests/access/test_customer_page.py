"""The customer's page tells everybody of their own rows only: every figure of it against the table of who sees what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.billing.models import Invoice, Payment
from app.complaints.models import Complaint
from app.contracts.models import Contract
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.customers import page
from app.customers.models import Customer, Voucher
from app.feedback.models import ReturnVisit
from app.fieldservice.models import RepairCall
from app.workshop.models import GoodsReceipt
from tests.access.conftest import PEOPLE_HERE, World

OF_PRODUCT = Voucher.customer_id
# count: its table, and how a row of it leads to its customer
COUNTED: dict[str, tuple[type[Any], Any]] = {
    "products": (Voucher, lambda row: row.customer_id),
    "calls": (RepairCall, lambda row: row.voucher.customer_id),
    "items": (GoodsReceipt, lambda row: row.voucher.customer_id),
    "contracts": (Contract, lambda row: row.customer_id),
    "invoices": (Invoice, lambda row: row.customer_id),
    "payments": (Payment, lambda row: row.customer_id),
    "complaints": (Complaint, lambda row: row.customer_id),
    "visits": (ReturnVisit, lambda row: row.customer_id),
}


@pytest.fixture(scope="module")
def complained(world: World) -> World:
    """The complaints of the records belong to a customer, so that the customer's page has something to keep quiet."""
    with world.app.app_context(), unit_of_work(SYSTEM, "test.complained") as session:
        for complaint in session.scalars(select(Complaint)):
            complaint.customer_id = world.records.cast.customers["in_warranty"]
    return world


@pytest.mark.parametrize("username", [name for name in PEOPLE_HERE if name])
def test_cu1_counts_are_those_of_the_rows_the_person_sees(complained: World, username: str) -> None:
    records, seen_some = complained.records, 0
    with complained.app.app_context():
        with acting_as(SYSTEM):
            owners = {
                name: {row.id: owner(row) for row in db.session.scalars(select(model))}
                for name, (model, owner) in COUNTED.items()
            }
        db.session.expunge_all()
        with acting_as(records.cast[username]):
            for customer_id in sorted(records.visible(Customer, username)):
                counts = page.counted(page._parts.values(), customer_id)
                for name, (model, _owner) in COUNTED.items():
                    seen = records.visible(model, username)
                    wanted = sum(1 for key in seen if owners[name][key] == customer_id)
                    assert counts[name] == wanted, (username, customer_id, name)
                    seen_some += wanted
    assert seen_some or not records.visible(Customer, username)


@pytest.mark.parametrize("username", ["technician", "accountant", "clerk", "supervisor", "service"])
def test_cp13_nothing_of_a_complaint_for_who_may_not_see_it(complained: World, username: str) -> None:
    records = complained.records
    customer = records.cast.customers["in_warranty"]
    may_list = username != "technician"
    person = complained.person(username)
    for tab in ("history", "complaints", "papers"):
        text = person.get(f"/customerview/show/{customer}?tab={tab}").get_data(as_text=True)
        seen = records.visible(Complaint, username) if may_list else set()
        for key in records.all_of(Complaint):
            linked = f'/complaintview/show/{key}"' in text
            assert linked == (key in seen and tab != "papers"), (username, tab, key)
        assert ('data-tab="complaints"' in text) == may_list
        assert ("未结投诉" in text) == bool(seen)


def test_a_tab_not_for_the_person_opens_the_history(complained: World) -> None:
    customer = complained.records.cast.customers["in_warranty"]
    text = complained.person("technician").get(f"/customerview/show/{customer}?tab=complaints").get_data(as_text=True)
    assert re.findall(r'data-tab="(\w+)" aria-current="true"', text) == ["history"]
