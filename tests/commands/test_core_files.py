"""Files: kept with the row that names them, given out only to whoever may read the record they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from app.core import clock, files
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.files import StoredFile, clean_name, store
from app.core.uow import unit_of_work
from tests.cast import Cast

PNG = b"\x89PNG\r\n\x1a\n-a picture-"


@pytest.fixture
def folder(office: Cast) -> Iterator[Path]:
    """The files' folder, empty."""
    place = Path(urlsplit(current_app.config["FILES_URL"]).path)
    place.mkdir(parents=True, exist_ok=True)
    for path in place.rglob("*"):
        if path.is_file():
            path.unlink()
    return place


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def put(content: bytes = PNG, name: str = "签名.png", kind: str = "image/png", **record: Any) -> StoredFile:
    with unit_of_work(SYSTEM, "test.file"):
        return store(content, name, kind, record=record.get("record", "customer"), record_id=record.get("record_id"))


def test_a_chinese_name_and_the_content_come_back(folder: Path, office: Cast) -> None:
    with acting_as(SYSTEM):
        row = put(name="维修 现场（一）.png")
        assert (row.filename, row.size) == ("维修 现场（一）.png", len(PNG))
        assert files.read(row) == PNG
    (path,) = kept(folder)
    assert path.name != row.filename, "the name in the store is nobody's to choose"
    assert len(row.sha256) == 64


def test_a_file_needs_a_unit_of_work(folder: Path, office: Cast) -> None:
    with pytest.raises(RuntimeError, match="inside a unit of work"):
        store(PNG, "a.png", "image/png", record="customer", record_id=1)
    assert kept(folder) == []


def test_a_given_up_transaction_leaves_no_orphan(folder: Path, office: Cast) -> None:
    with pytest.raises(Refused), unit_of_work(SYSTEM, "test.file"):
        store(PNG, "a.png", "image/png", record="customer", record_id=1)
        assert len(kept(folder)) == 1
        raise Refused("no")
    assert kept(folder) == []
    with acting_as(SYSTEM):
        assert db.session.scalar(select(func.count(StoredFile.id))) == 0


def test_what_a_killed_process_left_is_found_and_removed_but_nothing_fresh(folder: Path, office: Cast) -> None:
    row = put()
    place = folder / "2026" / "01" / "01"
    place.mkdir(parents=True, exist_ok=True)
    old, fresh = place / "old", place / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"x")
    before = (clock.now() - timedelta(days=2)).timestamp()
    for path in [*kept(folder)]:
        if path != fresh:
            os.utime(path, (before, before))
    with acting_as(SYSTEM):
        assert files.orphans() == ["2026/01/01/old"]
        assert files.remove_orphans() == 1
        assert files.remove_orphans() == 0
        assert files.read(row) == PNG
    assert fresh.exists()
    assert not old.exists()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("/absolute/合同.pdf", "合同.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("照片\u202egnp.exe", "照片gnp.exe"),
        ("nul\x00byte.png", "nulbyte.png"),
        ("..", "file"),
        ("", "file"),
        ("  ", "file"),
        ("folder/", "file"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_names_lose_folders_and_what_cannot_be_seen(given: str, shown: str) -> None:
    assert clean_name(given) == shown


def test_a_name_cannot_lead_out_of_the_folder(folder: Path, office: Cast) -> None:
    put(name="../../../outside.png")
    (path,) = kept(folder)
    assert folder in path.parents


def test_a_lost_file_is_not_found(folder: Path, office: Cast) -> None:
    with acting_as(SYSTEM):
        row = put()
        for path in kept(folder):
            path.unlink()
        with pytest.raises(NotFound):
            files.read(row)


# -- the one checked route --------------------------------------------------------------------------------------------------


def given_out(app: Flask, **record: Any) -> int:
    with app.app_context():
        row = put(name="签名.png", **record)
        return row.id


def test_the_route_gives_a_file_to_whoever_sees_its_record(app: Flask, cast: Cast, client_for: Any) -> None:
    mine = given_out(app, record="customer", record_id=cast.customers["in_warranty"])
    theirs = given_out(app, record="customer", record_id=cast.customers["suzhou"])
    clerk = client_for("clerk")
    answer = clerk.get(f"/files/{mine}")
    assert (answer.status_code, answer.data) == (200, PNG)
    assert "filename*=UTF-8''%E7%AD%BE%E5%90%8D.png" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert clerk.get(f"/files/{theirs}").status_code == 404
    assert clerk.get(f"/files/{theirs + 1000}").status_code == 404
    assert client_for("technician").get(f"/files/{mine}").status_code == 404
    assert client_for("admin").get(f"/files/{mine}").status_code == 404
    assert client_for("service").get(f"/files/{theirs}").status_code == 200
    anonymous = app.test_client().get(f"/files/{mine}")
    assert (anonymous.status_code, anonymous.data == PNG) == (302, False)


@pytest.mark.parametrize("record", ["", "branch", "ab_user", "nothing", "audit_entry"])
def test_a_file_of_no_scoped_record_is_nobody_s(app: Flask, cast: Cast, client_for: Any, record: str) -> None:
    assert client_for("service").get(f"/files/{given_out(app, record=record, record_id=1)}").status_code == 404


def test_a_file_of_a_record_not_named_is_nobody_s(app: Flask, cast: Cast, client_for: Any) -> None:
    assert client_for("service").get(f"/files/{given_out(app, record='customer')}").status_code == 404


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "application/pdf; x=y"])
def test_what_could_run_as_ours_is_only_saved(app: Flask, cast: Cast, client_for: Any, kind: str) -> None:
    with app.app_context():
        key = put(b"<script>", "a.html", kind, record="customer", record_id=cast.customers["in_warranty"]).id
    answer = client_for("clerk").get(f"/files/{key}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_lost_file_is_404(app: Flask, cast: Cast, client_for: Any) -> None:
    with app.app_context():
        row = put(record="customer", record_id=cast.customers["in_warranty"])
        (Path(urlsplit(current_app.config["FILES_URL"]).path) / row.key).unlink()
        key = row.id
    assert client_for("clerk").get(f"/files/{key}").status_code == 404
