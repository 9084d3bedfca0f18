"""Initialisation: one process, run before all others, repeatable. Migrations, roles, reference data, demo company."""

from __future__ import annotations

from flask import Flask, current_app

from app import menu, roles
from app.core import migrate, security
from app.core.actors import SYSTEM, acting_as
from app.core.db import refresh_statistics
from app.core.uow import unit_of_work


def make_roles() -> None:
    """Make the framework's roles what ``app/roles/`` says; the public role exists and may do nothing."""
    manager = current_app.extensions["appbuilder"].sm
    with unit_of_work(SYSTEM, "role.synchronise", bulk=True) as session:
        if manager.find_role("Public") is None:
            session.add(manager.role_model(name="Public"))
    security.synchronise(security.wanted(roles.SCREENS, roles.ROLES, roles.ADMINISTRATOR, menu.readers()))


def run(app: Flask, *, demo: bool) -> None:
    """Everything, in order; running it again changes nothing that is already right."""
    from seeds import demo as demo_company
    from seeds import reference

    with app.app_context(), acting_as(SYSTEM):
        migrate.upgrade()
        make_roles()
        reference.load()
        if demo:
            demo_company.load()
        refresh_statistics()
