"""Reference data reads in the reader's language, on screens and on paper; every browser finds its icon."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock, documents, i18n
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.fieldservice.models import FaultCode
from app.organisation.models import Branch, Skill
from tests.cast import Cast


@pytest.mark.parametrize(
    ("model", "key", "zh", "en"),
    [
        (Branch, "NJ", "南京分公司", "Nanjing branch"),
        (Skill, "refrigerator", "冰箱维修", "Refrigerators"),
        (FaultCode, "F01", "不制冷", "No cooling"),
    ],
)
def test_a_name_reads_in_the_language_of_the_reader(
    app: Flask, cast: Cast, model: Any, key: str, zh: str, en: str
) -> None:
    with app.app_context(), acting_as(SYSTEM):
        row = db.session.scalars(select(model).where(model.code == key)).one()
        for language, words in (("zh_Hans_CN", zh), ("en", en)):
            with i18n.in_language(language):
                assert str(row) == words
        with i18n.in_language("en"):
            row.name_en = ""
            assert str(row) == zh  # nobody translated it
        db.session.rollback()


def test_an_english_paper_and_screen_name_the_branch_in_english(app: Flask, cast: Cast, client_for: Any) -> None:
    person = client_for("clerk")
    assert "Nanjing branch" not in person.get("/day-close/").get_data(as_text=True)
    with app.app_context(), acting_as(SYSTEM):
        found = documents.get("repair_call_register")
        assert found.query(documents.Params(clock.today(), "NJ"))[0].branch_name == "南京分公司"
        with i18n.in_language("en"):
            assert found.query(documents.Params(clock.today(), "NJ"))[0].branch_name == "Nanjing branch"
    person.get("/lang/en")
    assert "Nanjing branch" in person.get("/day-close/").get_data(as_text=True)


def test_the_icon_every_browser_asks_for_is_there(app: Flask) -> None:
    answer = app.test_client().get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert b"<svg" in answer.data
    assert "max-age" in answer.headers["Cache-Control"]
