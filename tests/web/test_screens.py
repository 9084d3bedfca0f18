"""Every screen of the menu opens for those who may read it: list, first record, forms; labels in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app import menu, roles
from app.core.views import BaseView
from tests.cast import Cast

USERS = {
    "clerk": "clerk",
    "technician": "technician",
    "supervisor": "supervisor",
    "branch_manager": "manager",
    "service_department": "service",
    "accountant": "accountant",
    "management": "director",
    "administrator": "admin",
}


def views(app: Flask) -> list[BaseView]:
    return [view for view in app.appbuilder.baseviews if isinstance(view, BaseView)]  # type: ignore[attr-defined]  # the framework's attribute of the application


def test_every_column_on_a_screen_has_a_label(app: Flask) -> None:
    assert {type(view).__name__: view.unlabelled() for view in views(app) if view.unlabelled()} == {}


def test_every_list_names_what_it_is_searched_by(app: Flask) -> None:
    assert [type(view).__name__ for view in views(app) if not view.search_columns] == []


def test_nobody_can_download_or_delete_by_get(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert not rule.endpoint.endswith(".download"), rule
        if rule.endpoint.endswith((".delete", ".action", ".action_post", ".do_many")):
            assert "GET" not in (rule.methods or set()), rule


def pages_of(view: BaseView) -> list[str]:
    base = str(view.route_base)
    found = [f"{base}/list/"]
    if "add" not in view.exclude_route_methods:
        found.append(f"{base}/add")
    return found


@pytest.mark.parametrize("role", list(USERS))
def test_every_screen_opens_for_its_readers(app: Flask, cast: Cast, client_for: Any, role: str) -> None:
    person = client_for(USERS[role])
    assert person.get("/").status_code == 200
    for view in views(app):
        name = type(view).__name__
        screen = roles.SCREENS.get(name)
        if screen is None:
            continue
        expected = 200 if role in screen.read else 403
        answer = person.get(f"{view.route_base}/list/")
        assert answer.status_code == expected, f"{role} {name} list"
        if expected == 403:
            continue
        page = answer.get_data(as_text=True)
        for bad in (">None<", ">False<", ">True<", ">[]<"):
            assert bad not in page, f"{name} prints {bad}"
        record = re.search(rf'data-href="({view.route_base}/show/\d+)"', page)
        if record:
            shown = person.get(record.group(1))
            assert shown.status_code == 200, record.group(1)
            text = shown.get_data(as_text=True)
            for bad in (">None<", ">False<", ">True<", ">[]<"):
                assert bad not in text, f"{name} prints {bad}"
        if "add" not in view.exclude_route_methods:
            form = person.get(f"{view.route_base}/add").status_code
            assert form == (200 if role in screen.add else 403), f"{role} {name} add"


def test_every_entry_of_the_menu_is_a_screen(app: Flask) -> None:
    registered = {type(view).__name__ for view in app.appbuilder.baseviews}  # type: ignore[attr-defined]  # the framework's attribute of the application
    wanted = {item.view_name for section in menu.MENU for item in section.items}
    assert wanted - registered == set()
