"""Promises the parts of the program make each other: verbs and roles, lifecycles and commands, tables and row scope,
areas and imports. What breaks one of them is found here, not in the office.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import config
from app import roles
from app.core import permissions, scope
from app.core.audit import UNAUDITED_TABLES
from app.core.db import Model
from app.core.uow import COMMANDS

ROOT = config.ROOT
# What belongs to somebody: a table with such a column is scoped, or stands below with the reason why not.
PERSONAL = (
    "branch_id",
    "technician_id",
    "handler_id",
    "staff_id",
    "customer_id",
    "voucher_id",
    "work_order_id",
    "complaint_id",
)
NOT_SCOPED = {
    "approval_deputy": "who decides for whom is known in every branch, like who works where (CP-9)",
    "district": "reference data: who serves which district is known to everybody",
    "staff": "colleagues' names stand on every form; the screen with their telephone numbers is not everybody's",
    "staff_skill": "who can repair what is known to whoever dispatches",
    "opening_hours": "reference data",
    "price_item": "reference data: every customer is told the prices",
    "calendar_exception": "reference data",
    "service_area": "whose district is whose is known to whoever dispatches (SO-19)",
    "calendar_feed": "the hash of a secret; the command asks whose address it is",
    "distribution_member": "addresses of the house; the screen is for whoever sets up mailing lists",
}
# Steps of one record that follow from another's: nobody does them by themselves.
FOLLOWS = {
    "approval.withdraw": "a proposal overtaken by another way the complaint went (CP-9)",
    "corrective_action.reopen": "the same fault came back (CP-11)",
    "repair_call.put_back": "of work_order.decline and work_order.cancel",
    "repair_call.finish": "of work_order.finish",
    "repair_call.close": "of work_order.close",
    "return_visit.give_up": "of return_visit.attempt, when it was tried often enough (RV-4)",
    "purchase_request.complete": "of purchase_request.receive, when nothing is left to come",
}


@pytest.fixture(autouse=True)
def everything_loaded(sqlite_backend: Any) -> Flask:
    """The application as it runs: every area's commands are imported."""
    for area in roles.AREAS:
        for part in ("commands", "jobs", "documents", "views"):
            name = f"app.{area}.{part}"
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name)
    return sqlite_backend.app  # type: ignore[no-any-return]  # of the fixture


# -- verbs ------------------------------------------------------------------------------------------------------------


def test_every_command_is_in_the_role_table() -> None:
    assert sorted(verb for verb in COMMANDS if verb not in permissions.verbs()) == []


def test_nobody_without_a_role_may_do_anything() -> None:
    """And every verb belongs to some role, so that it is not there for nothing."""
    assert [verb for verb, names in roles.verbs().items() if names - set(roles.ROLES)] == []
    never = {verb for verb in COMMANDS if not permissions.roles_for(verb)}
    assert never == set(), "verbs nobody may do"


def test_every_step_of_a_lifecycle_has_its_command() -> None:
    steps = {verb for lifecycle in roles.lifecycles() for verb in lifecycle.verbs()}
    missing = steps - set(COMMANDS) - set(FOLLOWS)
    assert sorted(missing) == []
    assert sorted(set(FOLLOWS) - steps) == [], "no step of a lifecycle any more"


def test_every_role_table_verb_is_used() -> None:
    """A verb in the table that no code asks for promises a right that does nothing."""
    generated = {
        f"{screen.table}.{action}"
        for screen in roles.SCREENS.values()
        for action in ("create", "update", "delete")
        if screen.table
    }
    steps = {verb for lifecycle in roles.lifecycles() for verb in lifecycle.verbs()}
    printed = {f"print.{document.name}" for document in importlib.import_module("app.core.documents").all_documents()}
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "app").rglob("*.py") if path.name != "roles.py")
    idle = {
        verb
        for verb in permissions.verbs()
        if verb not in generated | steps | printed | set(COMMANDS) and f'"{verb}"' not in source
    }
    assert sorted(idle) == []


def test_lifecycles_lead_somewhere() -> None:
    """Every state can be reached from the first one; states named are states known to the table's CHECK."""
    for lifecycle in roles.lifecycles():
        reached, before = {lifecycle.initial}, set[str]()
        while reached != before:
            before = set(reached)
            reached |= {step.target for step in lifecycle.transitions if step.source in reached}
        assert set(lifecycle.states()) <= reached, f"{lifecycle.name}: {set(lifecycle.states()) - reached}"
        assert set(lifecycle.verb_labels) >= {step.verb for step in lifecycle.transitions}, lifecycle.name


# -- tables -----------------------------------------------------------------------------------------------------------


def ours() -> dict[str, Any]:
    return {t.name: t for t in Model.metadata.sorted_tables if not t.name.startswith("ab_")}


def test_every_table_that_belongs_to_somebody_is_scoped_or_says_why_not() -> None:
    scoped = {model.__tablename__ for model in scope.models()}
    loose = {
        name
        for name, table in ours().items()
        if name not in scoped | set(NOT_SCOPED) | UNAUDITED_TABLES and set(PERSONAL) & {c.name for c in table.columns}
    }
    assert sorted(loose) == [], "scope them in app/rows/, or give the reason in NOT_SCOPED"
    assert sorted(set(NOT_SCOPED) & scoped) == [], "scoped by now: take them off the list"
    assert sorted(set(NOT_SCOPED) - set(ours())) == [], "tables that are gone"


def test_a_table_below_a_scoped_one_is_scoped_too() -> None:
    """Minutes, steps and items of a record are as confidential as the record itself."""
    scoped = {model.__tablename__ for model in scope.models()}
    loose = {
        name
        for name, table in ours().items()
        if name not in scoped | UNAUDITED_TABLES
        for key in table.foreign_keys
        if key.column.table.name in scoped and not key.parent.nullable
    }
    assert sorted(loose) == []


def test_every_role_is_spoken_of_and_no_other() -> None:
    for table, by_role in roles.ROW_SCOPE.items():
        assert set(by_role) <= set(roles.ROLES), table
    assert {role for by_role in roles.ROW_SCOPE.values() for role in by_role} == set(roles.ROLES)


def test_who_reads_a_screen_of_a_scoped_table_sees_some_of_its_rows() -> None:
    """A role that may open a screen but sees no row of its table was forgotten in one of the two places."""
    from app.core.views import BaseView

    scoped = {model.__tablename__ for model in scope.models()}
    wrong = []
    for name, screen in roles.SCREENS.items():
        for role in screen.read:
            table = _table_of(name, BaseView)
            if table in scoped and roles.ROW_SCOPE[table].get(role, "none") == "none":
                wrong.append(f"{role} opens {name} and sees nothing")
    assert wrong == []


def _table_of(screen: str, base: type) -> str:
    found = [base]
    for cls in found:
        found.extend(cls.__subclasses__())
    view: Any = next((cls for cls in found if cls.__name__ == screen), None)
    return str(view.datamodel.obj.__tablename__) if view is not None else ""


# -- ways past the listeners -------------------------------------------------------------------------------------------------

# Files that read past the row scope or write past the session's objects, and why they may (stack.md trap 3).
PAST_THE_SCOPE = {
    "app.billing.commands": "one official number on one invoice, a contract invoiced once, whoever asks (SO-6)",
    "app.billing.queries": "what a person has in hand and which invoice stands for a job are rules, not views (SO-6)",
    "app.contracts.commands": "whether a notice was given already is a rule, not a view",
    "app.contracts.queries": "which contract covers a product decides the class of the job (SO-1)",
    "app.customers.commands": "locking the voucher, whoever asks",
    "app.customers.importing": "the same customer twice is found across branches (CU-1)",
    "app.customers.queries": "one voucher a product, one place a voucher is: rules across branches (SO-3)",
    "app.fieldservice.queries": "an open call for the same product is pointed out, whichever branch has it",
    "app.fieldservice.commands": "what is fitted on a job balances with what was taken, whoever asks (SO-22)",
    "app.parts.commands": "a reserved piece is reserved and a serial number is in one place, whoever looks (SO-17)",
    "app.parts.queries": "stock never below zero is a rule, not a view (SO-22)",
    "app.reporting.commands": "minutes of a confirmed sheet stay as they are, whoever writes them (SO-11)",
    "app.workshop.commands": "who repairs an item decides who is in charge, whoever asks (SO-8)",
    "app.workshop.queries": "the promise stands the same for everybody, a free loan unit is free (SO-10)",
    "app.core.scope": "the option itself",
    "app.core.views": "the timeline says what was done to a record whoever looks sees already, never its values",
}


def _python() -> list[Path]:
    return sorted((ROOT / "app").rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_reading_past_the_row_scope_has_a_reason() -> None:
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts[:3])
        for path in _python()
        if "unscoped" in path.read_text("utf-8")
    }
    assert sorted(found - set(PAST_THE_SCOPE)) == [], "say why in PAST_THE_SCOPE"
    assert sorted(set(PAST_THE_SCOPE) - found) == [], "no longer needed"


def test_nobody_but_the_core_commits_or_reads_the_clock() -> None:
    """A commit of one's own would cut a unit of work in two; a clock of one's own cannot be stopped in tests."""
    wrong = []
    for path in _python():
        name = _name(path)
        if name.startswith("app/migrations/"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            target = ast.unparse(node.func)
            if target.endswith("session.commit") and name != "app/core/uow.py":
                wrong.append(f"{name}:{node.lineno} {target}")
            if (
                target in ("datetime.now", "datetime.utcnow", "date.today", "datetime.today")
                and name != "app/core/clock.py"
            ):
                wrong.append(f"{name}:{node.lineno} {target}")
    assert wrong == []


# -- imports -----------------------------------------------------------------------------------------------------------------


def test_areas_import_only_what_they_may() -> None:
    """The contracts of ``pyproject.toml`` (import-linter)."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_core_names_no_area() -> None:
    """Not even in a string that is imported later."""
    wrong = [
        f"{_name(path)}: {area}"
        for path in sorted((ROOT / "app" / "core").rglob("*.py"))
        for area in roles.AREAS
        if f"app.{area}" in path.read_text("utf-8")
    ]
    assert wrong == []
