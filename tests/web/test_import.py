"""The import on screen: upload, look, confirm (CU-1, SO-3)."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.files import StoredFile
from app.customers.models import Voucher
from tests.commands.test_import import GOOD, workbook


def upload(person: Any, content: bytes, name: str = "清单.xlsx") -> Any:
    return person.post("/customers/import/", {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def serials(app: Flask) -> set[str | None]:
    with app.app_context(), acting_as(SYSTEM):
        return set(db.session.execute(select(Voucher.serial_no)).scalars())


def test_a_supervisor_looks_first_and_then_imports(app: Flask, client_for: Any) -> None:
    person = client_for("supervisor")
    answer = upload(person, workbook(GOOD, ("李四四", "1391111", *GOOD[2:])))
    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = person.get(answer.location)
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "1391111" in text
    assert "清单.xlsx" in text
    assert "A0001" not in serials(app)
    done = person.post(answer.location)
    assert done.status_code == 200
    assert "A0001" in serials(app)
    again = person.post(answer.location, page="/customers/import/")
    assert again.status_code == 200


def test_the_uploaded_list_is_for_nobody_else(app: Flask, client_for: Any) -> None:
    where = upload(client_for("supervisor"), workbook(GOOD)).location
    with app.app_context(), acting_as(SYSTEM):
        file_id = db.session.execute(select(StoredFile.id).order_by(StoredFile.id.desc())).scalars().first()
    for name in ("admin", "service", "clerk"):
        other = client_for(name)
        assert other.get(where).status_code == 404
        assert other.get(f"/files/{file_id}").status_code == 404
    assert client_for("supervisor").get("/customers/import/999999").status_code == 404


def test_who_may_not_import_does_not_get_the_screen(client_for: Any) -> None:
    for name in ("technician", "accountant", "director"):
        assert client_for(name).get("/customers/import/").status_code in (302, 403)


def test_a_file_that_is_no_list_is_refused_at_the_field(client_for: Any) -> None:
    answer = upload(client_for("clerk"), b"\xd0\xcf\x11\xe0old", "旧.xls")
    assert answer.status_code == 422
    assert ".xlsx" in answer.get_data(as_text=True)
    assert upload(client_for("clerk"), b"", "空.xlsx").status_code == 422


def test_cells_are_shown_as_text(client_for: Any) -> None:
    person = client_for("clerk")
    where = upload(person, workbook(("<script>x</script>", "<b>1</b>", *GOOD[2:]))).location
    text = person.get(where).get_data(as_text=True)
    assert "<script>x" not in text
    assert "&lt;b&gt;1" in text
