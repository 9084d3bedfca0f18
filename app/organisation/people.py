"""Accounts and the people behind them: who is acting in a request, and as whom a job may act for a person.

Importing this module tells the core how to find the acting person of a request.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, g
from flask_login import current_user
from sqlalchemy import select

from app.core.actors import NOBODY, Principal, resolve_request_with, resolve_user_with
from app.core.db import db
from app.organisation.models import Staff

# Never given by an account: it sees and may do everything.
RESERVED = frozenset({"system"})


def principal_of(user: Any) -> Principal:
    """The acting person of an account (``ab_user``): its staff record, if any, and the names of its roles."""
    roles = frozenset(role.name for role in current_app.extensions["appbuilder"].sm.get_user_roles(user)) - RESERVED
    # Core, so that nobody's row scope can hide who they are.
    table: Any = Staff.__table__
    staff = db.session.execute(
        select(table.c.id, table.c.name, table.c.branch_id, table.c.active).where(table.c.user_id == user.id)
    ).one_or_none()
    if staff is None:
        return Principal(user.id, user.username, user.get_full_name().strip() or user.username, roles=roles)
    if not staff.active:
        # Who has left keeps no rights, even when the account was forgotten.
        return Principal(user.id, user.username, staff.name, staff.id, staff.branch_id)
    return Principal(user.id, user.username, staff.name, staff.id, staff.branch_id, roles)


def principal_named(username: str) -> Principal:
    """The acting person of the account of that name (command line, tests); nobody when there is none."""
    user = current_app.extensions["appbuilder"].sm.find_user(username=username)
    return NOBODY if user is None else principal_of(user)


def principal_by_id(user_id: int) -> Principal:
    """The acting person of the account with this id; nobody when it is gone or closed."""
    user = current_app.extensions["appbuilder"].sm.get_user_by_id(user_id)
    return principal_of(user) if user is not None and user.is_active else NOBODY


def principal_of_request() -> Principal:
    """The logged-in person: by session, or by bearer token (the framework leaves that one in ``g.user``)."""
    user = current_user if current_user.is_authenticated else g.get("user")
    if user is None or not getattr(user, "is_authenticated", False):
        return NOBODY
    return principal_of(user)


resolve_request_with(principal_of_request)
resolve_user_with(principal_by_id)
