"""What the database refuses is said in the reader's words, alike on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.core.views.refusals import FORESEEN, explain
from app.customers.models import ProductModel
from app.organisation.models import Branch
from tests.cast import Cast


class BranchScreen:
    add_columns = ["code", "name", "kind"]
    edit_columns = ["name"]
    label_columns = {"code": "编号", "name": "名称", "kind": "类别"}


def _double() -> None:
    db.session.add(Branch(code="HQ", name="另一个", kind="head_office"))


def _nameless() -> None:
    db.session.add(Branch(code="XX", name=None, kind="head_office"))


def _unknown_kind() -> None:
    db.session.add(Branch(code="XX", name="名", kind="circus"))


def _still_used() -> None:
    db.session.delete(db.session.scalars(select(Branch).where(Branch.code == "NJ")).one())


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        (_double, "code", "已存在"),
        (_nameless, "name", "此项必填"),
        (_unknown_kind, "kind", "不允许的内容。"),
        (_still_used, None, "还有其他记录与它关联"),
    ],
)
def test_constraints_speak(office: Cast, wrong: Callable[[], None], field: str | None, words: str) -> None:
    with acting_as(SYSTEM):
        with pytest.raises(FORESEEN) as raised, unit_of_work(SYSTEM, "test.wrong"):
            wrong()
            db.session.flush()
        where, message = explain(raised.value, BranchScreen)
        assert where == field
        assert message.startswith(words)
        assert {b.code for b in db.session.scalars(select(Branch))} == {"HQ", "NJ", "SZ", "SC"}


def test_a_number_too_large_is_foreseen(office: Cast) -> None:
    with acting_as(SYSTEM), pytest.raises(FORESEEN) as raised, unit_of_work(SYSTEM, "test.wrong"):
        model: Any = db.session.scalars(select(ProductModel)).first()
        model.warranty_months = 2**70
        db.session.flush()
    assert explain(raised.value)[1] == "输入的内容过长或数值过大，无法保存。"
