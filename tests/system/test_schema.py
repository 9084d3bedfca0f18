"""One schema, said three times: by the models, by the migrations and by ``schema.sql``. They must say the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table, create_engine, inspect
from sqlalchemy.engine import make_url

import config
from app.core import migrate, migrate_draft, schema
from app.core.db import Model, db
from tests.conftest import make_app, make_settings

SCHEMA = config.ROOT / "schema.sql"


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[str]:
    """Address of an empty database on the real server."""
    name = f"schema_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield (
        make_url(postgres_url).set(database=name, drivername="postgresql+psycopg").render_as_string(hide_password=False)
    )
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on an empty database."""
    url = request.getfixturevalue("empty_postgres") if request.param == "postgres" else None
    app = make_app(make_settings(tmp_path, url))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def differences() -> list[Any]:
    """What a migration drafted now would do."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [each for each in compare_metadata(context, Model.metadata) if not _alike(each)]


def _alike(difference: Any) -> bool:
    # SQLite keeps no types to compare: money is whole fen there, moments are text.
    return db.engine.dialect.name == "sqlite" and isinstance(difference, list) and difference[0][0] == "modify_type"


def test_the_migrations_make_what_the_models_say_and_take_it_away_again(empty: Flask) -> None:
    with empty.app_context():
        migrate.upgrade()
        assert differences() == [], 'a migration is missing: flask migration "why"'
        migrate.upgrade()  # again: nothing to do
        migrate.downgrade()
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        migrate.upgrade()
        assert differences() == []


def test_an_office_that_is_upgraded_keeps_its_rows(empty: Flask) -> None:
    """From the first release: new columns are filled, new states allowed, the workshop's levels added (SO-10)."""
    with empty.app_context():
        command.upgrade(migrate.configuration(), "0001")
        with db.engine.begin() as connection:
            for statement in (
                "INSERT INTO part (code, name, unit, price, reorder_point, active) VALUES ('P', '门封条', '条', 1, 0, true)",
                "INSERT INTO branch (code, name, name_en, kind, address, phone, active) VALUES ('NJ', '南京', '', 'branch_office', '', '', true)",
                "INSERT INTO stock_place (branch_id, kind, name) VALUES (1, 'warehouse', '仓库')",
                "INSERT INTO stock_balance (place_id, part_id, quantity) VALUES (1, 1, 5)",
                "INSERT INTO escalation_level (deadline, minutes, role, active) VALUES ('arrival', 0, 'supervisor', true)",
            ):
                connection.exec_driver_sql(statement)
        command.upgrade(migrate.configuration(), "0003")
        with db.engine.begin() as connection:
            for statement in (
                "INSERT INTO visit_question (trigger_on, position, question, question_en, answer_kind, required, active, version)"
                " VALUES ('complaint', 1, '是否满意', '', 'yes_no', true, true, 1)",
                "INSERT INTO stored_file (key, sha256, size, content_type, filename, record, stored_by, stored_at)"
                " VALUES ('k', '00', 1, 'application/pdf', 'plan.pdf', '', '', '2026-01-05 08:00:00')",
                "INSERT INTO document (key, name, title, params, stored_file_id, pages, made_by, created_at)"
                " VALUES ('plan', 'return_visit_plan', '回访计划', '{}', 1, 1, '', '2026-01-05 08:00:00')",
                *_promises(),
            ):
                connection.exec_driver_sql(statement)
        migrate.upgrade()
        with db.engine.begin() as connection:
            assert connection.exec_driver_sql("SELECT good_answer FROM visit_question").all() == [("yes",)]
            # Nobody is reminded of what was due long before the upgrade; the decisions of a complaint that is over are.
            told = "SELECT due_on, reminded_on FROM"
            for table in ("corrective_action", "crisis_entry"):
                found = [tuple(map(str, row)) for row in connection.exec_driver_sql(f"{told} {table} ORDER BY id")]
                assert set(found) == {("2026-01-06", "2026-01-06"), ("2199-01-06", "None")}, table
            done = "SELECT complaint_id, done_at = at, result FROM crisis_entry WHERE kind = 'decision' ORDER BY id"
            assert [tuple(map(str, row)) for row in connection.exec_driver_sql(done)] in (
                [("1", "None", ""), ("2", "1", "升级前"), ("2", "1", "升级前")],
                [("1", "None", ""), ("2", "True", "升级前"), ("2", "True", "升级前")],
            )
            # Made before plans kept silent about complaints: read by those only who see every complaint (CP-13).
            assert connection.exec_driver_sql("SELECT discreet FROM document").all() in ([(0,)], [(False,)])
            assert connection.exec_driver_sql("SELECT quantity, reserved FROM stock_balance").all() == [(5, 0)]
            assert connection.exec_driver_sql("SELECT name, serial_tracked FROM part").all() == [("门封条", False)]
            connection.exec_driver_sql("INSERT INTO stock_place (branch_id, kind, name) VALUES (1, 'used', '旧件架')")
            told = connection.exec_driver_sql("SELECT deadline, minutes FROM escalation_level ORDER BY id").all()
        assert told == [("arrival", 0), ("workshop", 240), ("workshop", 120), ("workshop", 0)]


def _promises() -> Iterator[str]:
    """Two complaints, one of them over, each with something decided and done about it; times long past and to come."""
    at = "'2026-01-05 08:00:00'"
    yield (
        "INSERT INTO staff (staff_no, name, branch_id, job, phone, email, active, version)"
        " VALUES ('N1', '陈国栋', 1, 'supervisor', '', '', true, 1)"
    )
    for number, status in ((1, "told"), (2, "settled")):
        yield (
            "INSERT INTO complaint (number, branch_id, complainant, phone, channel, category, severity, severity_reason,"
            " received_at, content, demand, status, solution, compensation, acknowledge_by, verify_by, settle_by, version,"
            f" created_at) VALUES ('TS-{number}', 1, '张三', '', 'telephone', 'other', 'major', '', {at}, '坏了', '',"
            f" '{status}', '', 0, {at}, {at}, {at}, 1, {at})"
        )
    for complaint, kind, due in (
        (1, "decision", "'2026-01-06'"),
        (2, "decision", "'2199-01-06'"),
        (2, "decision", "'2026-01-06'"),
    ):
        yield (
            "INSERT INTO crisis_entry (complaint_id, kind, at, present, words, owner_id, due_on, created_at)"
            f" VALUES ({complaint}, '{kind}', {at}, '', '上门', 1, {due}, {at})"
        )
    for due in ("'2026-01-06'", "'2199-01-06'"):
        yield (
            "INSERT INTO corrective_action (complaint_id, kind, cause, action, owner_id, due_on, status, result, effect,"
            f" reopened, reopened_for, version, created_at) VALUES (1, 'corrective', '漏', '换', 1, {due}, 'open', '', '',"
            f" 0, '', 1, {at})"
        )


def test_a_changed_check_is_a_difference() -> None:
    """Else a new state of a record would be refused by every database that is upgraded."""
    there, wanted = MetaData(), MetaData()
    Table("job", there, Column("hours", Integer), CheckConstraint("hours > 0", name="some"))
    job = Table("job", wanted, Column("hours", Integer), CheckConstraint("hours > 1", name="some"))
    engine = create_engine("sqlite://")
    there.create_all(engine)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), wanted)
        assert [each[0] for each in found] == ["remove_constraint", "add_constraint"]
        there.drop_all(connection)
        wanted.create_all(connection)
        assert compare_metadata(MigrationContext.configure(connection), wanted) == []
        assert migrate_draft.checks_of(job, engine.dialect) == {"some": "hours > 1"}
    engine.dispose()


def test_schema_sql_is_what_the_models_say() -> None:
    assert SCHEMA.read_text("utf-8") == schema.ddl(), "write it anew: make schema"


def test_schema_sql_runs_on_an_empty_postgresql_and_makes_every_table(empty_postgres: str) -> None:
    with psycopg.connect(
        make_url(empty_postgres).set(drivername="postgresql").render_as_string(hide_password=False)
    ) as c:
        c.execute(SCHEMA.read_text("utf-8"))  # type: ignore[arg-type]  # a file of ours, not input
    engine = create_engine(empty_postgres)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found = compare_metadata(context, Model.metadata)
            # The comments are the models' docstrings; the tables carry them in this file only.
            assert [each for each in found if each[0] != "remove_table_comment"] == []
            said = connection.exec_driver_sql("SELECT count(*) FROM pg_description WHERE objsubid = 0").scalar()
            assert said and said > len(Model.metadata.tables) / 2, "tables say what they are for"
    finally:
        engine.dispose()


def test_every_foreign_key_has_an_index() -> None:
    """Else deleting a row, and every list below a record, reads the whole table (design §3)."""
    bare = []
    for table in Model.metadata.sorted_tables:
        if table.name.startswith("ab_"):
            continue
        led = {next(c.name for c in index.columns) for index in table.indexes if len(index.columns)}
        led |= {next(iter(c.columns)).name for c in table.constraints if len(c.columns) and _indexed(c)}
        bare += [f"{table.name}.{key.parent.name}" for key in table.foreign_keys if key.parent.name not in led]
    assert sorted(bare) == []


def _indexed(constraint: Any) -> bool:
    return type(constraint).__name__ in ("UniqueConstraint", "PrimaryKeyConstraint")


def test_every_constraint_has_a_name() -> None:
    """A constraint without one cannot be changed by a later migration on both databases."""
    nameless = [
        f"{table.name}: {type(constraint).__name__}"
        for table in Model.metadata.sorted_tables
        for constraint in table.constraints
        if not table.name.startswith("ab_") and constraint.name is None
    ]
    assert nameless == []
