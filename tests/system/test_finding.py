"""The search box of every page finds every table with a running number."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import inspect

from app.core.db import Model
from app.core.search import _numbered
from app.finding import NUMBERED


def test_every_table_with_a_running_number_is_found(app: Flask) -> None:
    tables = {
        mapper.class_.__tablename__
        for mapper in Model.registry.mappers
        # A running number is text, unique, and 40 long at most; a telephone number is not unique.
        if "number" in mapper.columns
        and any(
            [column.name for column in constraint.columns] == ["number"]
            for constraint in mapper.local_table.constraints
            if constraint.__class__.__name__ == "UniqueConstraint"
        )
    }
    assert tables == set(_numbered)


def test_what_the_second_line_touches_is_there(app: Flask) -> None:
    by_table = {mapper.class_.__tablename__: mapper for mapper in Model.registry.mappers}
    for table, prefix, _icon, _detail, references in NUMBERED:
        assert len(prefix) == 2, table
        for path in references:
            mapper = by_table[table]
            for name in path.split("."):
                mapper = inspect(mapper.relationships[name].mapper.class_)
    assert len({prefix for _table, prefix, *_rest in NUMBERED}) == len(NUMBERED)
