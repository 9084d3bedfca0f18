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
        pairs = sorted(set().union(*table.values()))
        permissions = _named(session, manager.permission_model, {permission for permission, _view in pairs})
        views = _named(session, manager.viewmenu_model, {view for _permission, view in pairs})
        roles = _named(session, manager.role_model, set(table))
        model = manager.permissionview_model
        found = {(row.permission_id, row.view_menu_id): row for row in session.query(model)}
        granted = {}
        for permission, view in pairs:
            ids = (permissions[permission].id, views[view].id)
            if ids not in found:
                found[ids] = model(permission_id=ids[0], view_menu_id=ids[1])
                session.add(found[ids])
            granted[permission, view] = found[ids]
        session.flush()
        for name, wanted_pairs in table.items():
            roles[name].permissions = [granted[pair] for pair in sorted(wanted_pairs)]


def _named(session: Any, model: Any, names: set[str]) -> dict[str, Any]:
    """The rows of these names, the missing ones made; all read at once, there are some thousand pairs."""
    rows = {row.name: row for row in session.query(model)}
    for name in sorted(names - set(rows)):
        rows[name] = model(name=name)
        session.add(rows[name])
    session.flush()
    return rows
