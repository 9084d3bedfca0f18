"""One office with records of everybody, and everybody logged in: shared by the tests of a file, which change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.db import Model, db
from tests import cast as cast_module
from tests import records as records_module
from tests.access.walk import PEOPLE
from tests.cast import PASSWORD
from tests.conftest import Backend, Person
from tests.records import Records

# The verbs that opening a page may leave in the audit trail: who read what (CP-13).
NOTES = {"complaint.read"}


PEOPLE_HERE = (*PEOPLE.values(), "technician2", "clerk_sz", "technician_sz", "supervisor_sz")


@dataclass
class World:
    """The application, what is in it, and its people."""

    app: Flask
    records: Records
    _people: dict[str, Person] = field(default_factory=dict)

    def person(self, username: str) -> Person:
        """Somebody logged in through the login page; the same one each time. No name: nobody."""
        if username not in self._people:
            person = Person(self.app.test_client())
            if username:
                answer = person.post("/login/", {"username": username, "password": PASSWORD})
                assert answer.status_code == 302
            self._people[username] = person
        return self._people[username]

    def by_role(self) -> dict[str, Any]:
        """A client for every role."""
        return {role: self.person(username).client for role, username in PEOPLE.items()}

    def tables(self) -> dict[str, list[Any]]:
        """Everything that is stored, but for the notes of who read what."""
        with self.app.app_context(), db.engine.connect() as connection:
            found = {
                table.name: connection.execute(text(f"SELECT * FROM {table.name} ORDER BY 1")).mappings().all()
                for table in Model.metadata.sorted_tables
            }
        found.pop("complaint_reading")  # the same for the service department
        found["audit_entry"] = [row for row in found["audit_entry"] if row["verb"] not in NOTES]
        return found


@pytest.fixture(scope="module")
def world(sqlite_backend: Backend) -> World:
    """The office of this file's tests."""
    sqlite_backend.reset()
    with sqlite_backend.app.app_context():
        records = records_module.load(cast_module.load())
    return World(sqlite_backend.app, records)


@pytest.fixture
def nothing_changes(world: World) -> Iterator[Callable[[], None]]:
    """Whatever the test does, every row is afterwards what it was; call it to look in between."""
    for username in PEOPLE_HERE:
        world.person(username)  # logging in counts logins
    before = world.tables()

    def look() -> None:
        after = world.tables()
        changed = [name for name in before if before[name] != after[name]]
        assert changed == []

    yield look
    look()
