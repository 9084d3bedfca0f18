"""Buttons: who is offered what, refusals at the field, ticked rows all or none. A command made for the test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import initialise
from app.core import permissions
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.core.uow import COMMANDS, command
from app.core.views import OfficeForm, Verb, fields
from app.customers.models import Customer
from app.customers.views import CustomerView
from tests.cast import Cast
from tests.conftest import Backend, make_app


class RenameForm(OfficeForm):
    name = fields.text("New name", 20)
    note = fields.notes("Note", required=False)


@command("customer.test_rename")
def rename(actor: Principal, customer_id: int, *, name: str, note: str) -> Customer:
    customer = db.session.get_one(Customer, customer_id)
    customer.name = name
    if name == "坏":
        raise Refused("This is required.", field="name")
    return customer


@command("customer.test_mark")
def mark(actor: Principal, customer_id: int) -> Customer:
    customer = db.session.get_one(Customer, customer_id)
    customer.note = "marked"
    db.session.flush()
    if customer.name == "刘芳":
        raise Refused("This is required.")
    return customer


# The portal's own list of verbs stays what it is.
for _verb in ("customer.test_rename", "customer.test_mark"):
    COMMANDS.pop(_verb)


@pytest.fixture
def app(sqlite_backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application of its own: a view has doors for verbs only if it declares some when it is registered."""
    verbs = [
        Verb(rename, form=RenameForm, label="Rename", fill=lambda customer: {"name": customer.name}),
        Verb(mark, label="Mark", bulk=True, when=lambda customer: customer.note != "marked"),
    ]
    monkeypatch.setattr(CustomerView, "verbs", verbs)
    sqlite_backend.reset()
    found = make_app(sqlite_backend.app.config["SETTINGS"])
    for verb in ("customer.test_rename", "customer.test_mark"):
        monkeypatch.setitem(permissions._verbs, verb, frozenset({"clerk"}))
    with found.app_context(), acting_as(SYSTEM):
        initialise.make_roles()
        db.session.remove()
    yield found
    with found.app_context():
        db.engine.dispose()  # the next test puts another file in this one's place


def stored(app: Flask, column: Any) -> list[Any]:
    with app.app_context(), acting_as(SYSTEM):
        found = list(db.session.scalars(select(column).order_by(Customer.id)))
        db.session.remove()
        return found


def test_buttons_are_there_for_those_who_may(client_for: Any, cast: Cast) -> None:
    pk = cast.customers["in_warranty"]
    assert f"/customerview/do/test_rename/{pk}" in client_for("clerk").get(f"/customerview/show/{pk}").text
    supervisor = client_for("supervisor")
    assert "test_rename" not in supervisor.get(f"/customerview/show/{pk}").text
    assert supervisor.get(f"/customerview/do/test_rename/{pk}").status_code == 302


def test_a_verb_with_a_form(app: Flask, client_for: Any, cast: Cast) -> None:
    clerk, pk = client_for("clerk"), cast.customers["in_warranty"]
    address = f"/customerview/do/test_rename/{pk}"
    assert 'value="张伟"' in clerk.get(address).text
    refused = clerk.post(address, {"name": "坏", "note": "bleibt"})
    assert refused.status_code == 422
    assert re.search(r'id="name-error"[^>]*>\s*此项必填', refused.text)
    assert "bleibt" in refused.text
    assert "坏" not in stored(app, Customer.name)
    assert clerk.post(address, {"name": "", "note": ""}).status_code == 422
    done = clerk.post(address, {"name": "张三", "note": ""})
    assert done.headers["Location"].endswith(f"/customerview/show/{pk}")
    assert "张三" in stored(app, Customer.name)


def test_a_verb_is_refused_to_those_who_may_not(app: Flask, client_for: Any, cast: Cast) -> None:
    pk, foreign = cast.customers["in_warranty"], cast.customers["suzhou"]
    supervisor = client_for("supervisor")
    supervisor.post(f"/customerview/do/test_mark/{pk}", page="/")
    assert "marked" not in stored(app, Customer.note)
    clerk = client_for("clerk")
    assert clerk.post(f"/customerview/do/test_mark/{foreign}", page="/").status_code == 404
    assert clerk.post(f"/customerview/do/nothing/{pk}", page="/").status_code == 404
    assert clerk.get(f"/customerview/do/test_mark/{pk}").status_code == 302, "a GET does nothing"
    assert "marked" not in stored(app, Customer.note)
    clerk.post(f"/customerview/do/test_mark/{pk}", page="/")
    assert "marked" in stored(app, Customer.note)


def test_ticked_rows_are_done_all_or_none(app: Flask, client_for: Any, cast: Cast) -> None:
    clerk, (a, b, c) = client_for("clerk"), (cast.customers[k] for k in CUSTOMERS)
    assert 'name="rowid"' in clerk.get("/customerview/list/").text
    address, page = "/customerview/do_many/test_mark", "/customerview/list/"
    assert clerk.post(address, {"rowid": [a, b]}, page=page).status_code == 302
    assert "未作任何修改" in clerk.get(page).text
    assert "marked" not in stored(app, Customer.note)
    assert clerk.post(address, {"rowid": [a, cast.customers["suzhou"]]}, page=page).status_code == 404
    assert "marked" not in stored(app, Customer.note)
    clerk.post(address, {"rowid": [a, c]}, page=page)
    assert stored(app, Customer.note).count("marked") == 2
    assert clerk.post("/customerview/do_many/test_rename", {"rowid": [a]}, page=page).status_code == 404
    assert clerk.post(address, {}, page=page).status_code == 302


CUSTOMERS = ("in_warranty", "out_of_warranty", "under_contract")
