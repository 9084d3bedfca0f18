"""Forms: refusals at the field, what was typed stays, nothing half saved, stale forms, crafted references."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.views import OfficeForm, fields
from app.customers.models import Contact, Customer
from tests.cast import Cast

ACCOUNT = {
    "username": "newcomer",
    "first_name": "新人",
    "email": "newcomer@example.com",
    "password": "long-enough-1",
    "again": "long-enough-1",
}


def fetch(app: Flask, statement: Any) -> Any:
    with app.app_context(), acting_as(SYSTEM):
        found = db.session.execute(statement).scalar_one_or_none()
        db.session.remove()
        return found


def count(app: Flask, model: Any) -> int:
    return int(fetch(app, select(func.count()).select_from(model)))


def role(app: Flask, name: str) -> int:
    from flask_appbuilder.security.sqla.models import Role

    return int(fetch(app, select(Role.id).where(Role.name == name)))


def user_model() -> Any:
    from flask_appbuilder.security.sqla.models import User

    return User


def test_an_account_is_made_and_an_unticked_box_is_false(app: Flask, client_for: Any) -> None:
    admin = client_for("admin")
    answer = admin.post("/users/add", {**ACCOUNT, "roles": role(app, "clerk")})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    user = user_model()
    assert fetch(app, select(user.active).where(user.username == "newcomer")) is False


def test_a_value_that_exists_is_refused_at_its_field_and_nothing_is_left(app: Flask, client_for: Any) -> None:
    admin, before = client_for("admin"), count(app, user_model())
    answer = admin.post("/users/add", {**ACCOUNT, "username": "clerk", "roles": role(app, "clerk"), "active": "y"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(r'id="username-error"[^>]*>\s*已存在', page)
    assert 'value="newcomer@example.com"' in page, "what was typed stays"
    assert "long-enough-1" not in page, "but never a password"
    assert "UNIQUE" not in page
    assert "IntegrityError" not in page
    assert count(app, user_model()) == before


def test_a_value_too_long_is_refused_at_its_field(app: Flask, client_for: Any) -> None:
    answer = client_for("admin").post(
        "/users/add", {**ACCOUNT, "username": "x" * 500, "roles": role(app, "clerk"), "active": "y"}
    )
    assert answer.status_code == 422
    assert 'id="username-error"' in answer.get_data(as_text=True)


def test_missing_values_are_named_in_chinese(client_for: Any) -> None:
    page = client_for("admin").post("/users/add", {"username": " "}).get_data(as_text=True)
    assert page.count("此项必填") >= 4
    assert "This field" not in page


def test_a_stale_form_shows_both_values_and_can_be_saved_all_the_same(app: Flask, client_for: Any, cast: Cast) -> None:
    clerk, supervisor = client_for("clerk"), client_for("supervisor")
    pk = cast.customers["in_warranty"]
    address = f"/customerview/edit/{pk}"
    version = re.search(r'name="version"[^>]*value="(\d+)"', clerk.get(address).get_data(as_text=True))
    assert version
    given = {"kind": "person", "note": "", "version": version.group(1)}
    assert supervisor.post(address, {**given, "name": "张大伟"}).status_code == 302
    answer = clerk.post(address, {**given, "name": "张小伟"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "张大伟" in page
    assert "张小伟" in page
    assert fetch(app, select(Customer.name).where(Customer.id == pk)) == "张大伟"
    newer = re.search(r'name="version" value="(\d+)"', page)
    assert newer
    assert clerk.post(address, {**given, "name": "张小伟", "version": newer.group(1)}).status_code == 302
    assert fetch(app, select(Customer.name).where(Customer.id == pk)) == "张小伟"


def test_a_form_without_its_version_is_stale(client_for: Any, cast: Cast) -> None:
    pk = cast.customers["in_warranty"]
    answer = client_for("clerk").post(f"/customerview/edit/{pk}", {"name": "张伟", "kind": "person", "version": ""})
    assert answer.status_code == 409


def test_a_reference_out_of_scope_is_no_choice(app: Flask, client_for: Any, cast: Cast) -> None:
    clerk, foreign = client_for("clerk"), cast.customers["suzhou"]
    answer = clerk.post("/contactview/add", {"customer": foreign, "name": "某人", "phone": "1"})
    assert answer.status_code == 422
    assert 'id="customer-error"' in answer.get_data(as_text=True)
    assert count(app, Contact) == 0
    assert clerk.get(f"/contactview/add?_flt_0_customer={foreign}").status_code == 404


def test_a_form_opened_from_a_record_is_filled_and_leads_back(app: Flask, client_for: Any, cast: Cast) -> None:
    clerk, pk = client_for("clerk"), cast.customers["in_warranty"]
    address = f"/contactview/add?_flt_0_customer={pk}"
    assert re.search(rf'<option value="{pk}" selected>', clerk.get(address).get_data(as_text=True))
    answer = clerk.post(address, {"customer": pk, "name": "某人", "duty": "", "phone": ""})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"/customerview/show/{pk}")
    assert count(app, Contact) == 1


def test_a_form_without_its_token_is_refused_politely(app: Flask, client_for: Any, cast: Cast) -> None:
    pk = cast.customers["in_warranty"]
    answer = client_for("clerk").client.post(f"/customerview/edit/{pk}", data={"name": "X"})
    assert answer.status_code == 400
    assert "页面已过期" in answer.get_data(as_text=True)
    assert fetch(app, select(Customer.name).where(Customer.id == pk)) == "张伟"


def test_deleting_needs_post_and_permission(app: Flask, client_for: Any, cast: Cast) -> None:
    clerk, pk = client_for("clerk"), cast.customers["in_warranty"]
    clerk.post("/contactview/add", {"customer": pk, "name": "某人", "duty": "", "phone": ""})
    contact = fetch(app, select(Contact.id))
    assert client_for("accountant").post(f"/contactview/delete/{contact}", page="/").status_code == 403
    assert clerk.post(f"/contactview/delete/{contact}", page="/").status_code == 302
    assert count(app, Contact) == 0


class Sample(OfficeForm):
    at = fields.moment("at")
    on = fields.day("on", required=False)
    amount = fields.money("amount")
    pieces = fields.number("pieces", 1, 99)
    note = fields.notes("note", required=False, none=True)
    kind = fields.choice("kind", {"a": "A", "b": "B"}, required=False)
    drawn = fields.signature("drawn", required=False)


GOOD = {"at": "2026-11-21T08:30", "amount": "12.50", "pieces": "3"}


def sample(app: Flask, **given: str) -> Sample:
    form = Sample(MultiDict({**GOOD, **given}), meta={"csrf": False})
    form.validate()
    return form


def test_office_time_arrives_as_utc(app: Flask) -> None:
    with app.test_request_context():
        form = sample(app)
        assert not form.errors
        assert form.at.data == datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
        assert 'value="2026-11-21T08:30"' in form.at()
        assert form.values["note"] is None
        assert form.values["kind"] is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("at", "2026-02-30T10:00"),
        ("at", "gestern"),
        ("at", "0001-01-01T00:00"),
        ("at", "9999-12-31T23:59"),
        ("on", "2026-13-01"),
        ("on", "1066-10-14"),
        ("amount", "NaN"),
        ("amount", "Infinity"),
        ("amount", "1.005"),
        ("amount", "-1"),
        ("amount", "99999999999999"),
        ("amount", "十块"),
        ("pieces", "0"),
        ("pieces", "2.5"),
        ("pieces", "99999999999999999999"),
        ("kind", "c"),
        ("drawn", "data:image/png;base64,AAAA"),
        ("drawn", "javascript:alert(1)"),
    ],
)
def test_nonsense_is_refused_in_chinese_and_stays(app: Flask, field: str, text: str) -> None:
    with app.test_request_context():
        form = sample(app, **{field: text})
        assert form.errors.keys() == {field}
        message = str(form.errors[field][0])
        assert re.search("[一-鿿]", message), message
        if field not in ("kind", "drawn"):
            assert text in form[field]()


def test_nul_and_spaces_are_taken_out(app: Flask) -> None:
    with app.test_request_context():
        assert sample(app, note="  a\x00b\r\nc ").note.data == "ab\nc"
