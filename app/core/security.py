"""The framework's roles and permissions, generated from the role table; nobody edits them by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from flask import current_app

from app.core.actors import SYSTEM
from app.core.errors import Misconfigured
from app.core.uow import unit_of_work

WRITING = {
    "can_add": "add",
    "can_post": "add",
    "can_edit": "edit",
    "can_put": "edit",
    "can_delete": "delete",
    "can_muldelete": "delete",
}
# Pages of the framework that every logged-in person needs: own profile, own password.
PERSONAL = {
    "AccountView": {"can_userinfo"},
    "OwnPasswordView": {"can_form_page"},
}
ACCOUNTS = {
    "AccountView": {"can_list", "can_show", "can_add", "can_edit", "can_reset_password"},
}


class ScreenLike(Protocol):
    """What the role table says of a screen."""

    @property
    def read(self) -> tuple[str, ...]: ...

    @property
    def add(self) -> tuple[str, ...]: ...

    @property
    def edit(self) -> tuple[str, ...]: ...

    @property
    def delete(self) -> tuple[str, ...]: ...


def wanted(
    screens: Mapping[str, ScreenLike], roles: Iterable[str], administrator: str, menu: Mapping[str, Iterable[str]]
) -> dict[str, set[tuple[str, str]]]:
    """``{role: {(permission, view)}}`` for every registered view.

    Raises ``Misconfigured`` for a screen of ours that the table does not name.
    """
    table: dict[str, set[tuple[str, str]]] = {role: set() for role in roles}
    for view in current_app.extensions["appbuilder"].baseviews:
        name = view.class_permission_name or view.__class__.__name__
        if name in screens:
            _grant_screen(table, name, view.base_permissions or [], screens[name])
        elif name in PERSONAL or name in ACCOUNTS:
            continue  # granted below
        elif view.__class__.__module__.startswith("app.") and view.base_permissions:
            raise Misconfigured(f"screen {name} is not in app/roles/")
    for role, granted in table.items():
        for source in (PERSONAL, ACCOUNTS if role == administrator else {}):
            granted.update((permission, view) for view, names in source.items() for permission in names)
    for item, readers in menu.items():
        for role in readers:
            table[role].add(("menu_access", item))
    return table


def _grant_screen(
    table: dict[str, set[tuple[str, str]]], name: str, permissions: Iterable[str], screen: ScreenLike
) -> None:
    for permission in permissions:
        readers: Iterable[str] = getattr(screen, WRITING[permission]) if permission in WRITING else screen.read
        for role in readers:
            table[role].add((permission, name))


def synchronise(table: Mapping[str, set[tuple[str, str]]]) -> None:
    """Make the framework's roles exactly what the table says; repeatable. Part of initialisation."""
    manager: Any = current_app.extensions["appbuilder"].sm
    with unit_of_work(SYSTEM, "role.synchronise", bulk=True) as session:
        for role_name, pairs in table.items():
            role = manager.find_role(role_name) or _new_role(session, manager, role_name)
            session.flush()
            role.permissions = [_permission_view(session, manager, *pair) for pair in sorted(pairs)]


def _new_role(session: Any, manager: Any, name: str) -> Any:
    role = manager.role_model(name=name)
    session.add(role)
    return role


def _one(session: Any, model: Any, name: str) -> Any:
    row = session.query(model).filter_by(name=name).one_or_none()
    if row is None:
        row = model(name=name)
        session.add(row)
        session.flush()
    return row


def _permission_view(session: Any, manager: Any, permission: str, view: str) -> Any:
    permission_row = _one(session, manager.permission_model, permission)
    view_row = _one(session, manager.viewmenu_model, view)
    model = manager.permissionview_model
    pair = session.query(model).filter_by(permission_id=permission_row.id, view_menu_id=view_row.id).one_or_none()
    if pair is None:
        pair = model(permission_id=permission_row.id, view_menu_id=view_row.id)
        session.add(pair)
        session.flush()
    return pair
