"""Role × route against the committed table: who gets through which door (design §4).

A new route has no line and fails here: run ``python tools/access_matrix.py`` and read the diff.
"""

from __future__ import annotations

import pytest
from flask import Flask

from app import roles
from app.core.scope import models
from app.core.views import BaseView
from tests.access import walk
from tests.access.conftest import World
from tests.access.walk import PEOPLE, Route

ROLES = [role for role in PEOPLE if role != "anonymous"]
CLOSED = {"403"}
# Without a login: the login itself, pictures and scripts, whether the house is alive, the choice of language,
# and the calendar whose address is its key.
PUBLIC = {
    "/login/",
    "/favicon.ico",
    "/health",
    "/health/live",
    "/lang/<string:locale>",
    "/back",
    "/calendar/<token>.ics",  # a calendar program has no login: the address itself is the secret
    # Customers complain and ask how it stands without a login (CP-1).
    "/complain/",
    "/complain/v/<token>",
    "/complain/thanks",
    "/complain/status",
    # And see how a product in the workshop stands, by the code on its receipt or with number and telephone (SO-10).
    "/item/",
    "/item/<tag>",
    # What a telephone without a network shows: its own page that says so, what is installed, and the script that keeps
    # pages. Nobody's data are in them, and the browser asks for them without a session.
    "/my/offline",
    "/my/manifest.webmanifest",
    "/my/worker.js",
    "/static/<path:filename>",
    "/static/appbuilder/<path:filename>",
    "/api/v1/security/login",
}
# Posting to it names no permission: without an action of that name it is not there for anybody.
NO_SUCH_ACTION = "action_post"


def table() -> dict[Route, dict[str, str]]:
    return walk.read()


def test_every_route_has_an_owner(world: World) -> None:
    there = {route for route in walk.routes(world.app) if (route.method, route.rule) not in walk.NOT_WALKED}
    listed = set(table())
    assert sorted(map(str, there - listed)) == [], "new routes: say in matrix.csv who may use them"
    assert sorted(map(str, listed - there)) == [], "routes that are gone"


def differing(found: dict[Route, dict[str, str]]) -> list[str]:
    expected = table()
    return [
        f"{route} as {role}: {status}, the table says {expected.get(route, {}).get(role, '-')}"
        for route, answers in found.items()
        for role, status in answers.items()
        if status != expected.get(route, {}).get(role)
    ]


@pytest.mark.usefixtures("nothing_changes")
def test_every_route_answers_every_role_as_the_table_says(world: World) -> None:
    """And none of it changes a row: no GET at all, no POST that names nothing."""
    assert differing(walk.walk(world.app, world.records, world.by_role())) == []


# -- does the table make sense? -----------------------------------------------------------------------------------------------


def test_only_known_routes_are_open_to_everybody() -> None:
    open_to_all = {
        route.rule
        for route, answers in table().items()
        if answers["anonymous"] not in ("login", "401", "403") and not route.rule.endswith(NO_SUCH_ACTION)
    }
    assert open_to_all == PUBLIC


def test_no_route_of_the_table_fails() -> None:
    assert [str(route) for route, answers in table().items() if "500" in answers.values()] == []


def test_the_api_is_the_framework_s_login_and_no_more() -> None:
    """An API over our tables needs door tests of its own (list, get, info, put, delete): add them with it."""
    assert {route.rule for route in table() if route.rule.startswith("/api/")} == {
        "/api/v1/menu/",
        "/api/v1/security/login",
        "/api/v1/security/refresh",
    }


def _part(app: Flask, route: Route) -> tuple[str, str]:
    """The screen of a route and which part of its line in ``SCREENS`` opens it."""
    rule = walk.routes(app)[route]
    name, _dot, method = str(rule.endpoint).partition(".")
    return name, method if method in ("add", "edit", "delete") else "read"


def test_the_table_agrees_with_the_role_table(world: World) -> None:
    """A screen opens for its readers, its forms for whoever ``app/roles/`` says, and for nobody else."""
    wrong = []
    for route, answers in table().items():
        name, part = _part(world.app, route)
        if name not in roles.SCREENS or route.rule.endswith(NO_SUCH_ACTION):
            continue
        allowed = getattr(roles.SCREENS[name], part)
        for role in ROLES:
            if (answers[role] in CLOSED) == (role in allowed) and not _by_document(route, role):
                wrong.append(f"{route} as {role}: {answers[role]}, but {name}.{part} is {allowed}")
    assert wrong == []


def _by_document(route: Route, role: str) -> bool:
    """A paper is given to whoever may print it, among those who may print at all."""
    return route.rule == "/print/now/<name>" and role == "technician"


def test_the_administrator_opens_no_screen_of_customers_or_jobs(world: World) -> None:
    """Accounts, settings, reference data; the audit trail shows them only what concerns these."""
    scoped = set(models())
    opened = set()
    for route, answers in table().items():
        view = walk.view_of(world.app, walk.routes(world.app)[route])
        if isinstance(view, BaseView) and view.datamodel.obj in scoped and answers["administrator"] not in CLOSED:
            opened.add(type(view).__name__)
    assert {name for name in opened if not _only_actions(world, name)} == {"AuditEntryView"}


def _only_actions(world: World, name: str) -> bool:
    return all(
        answers["administrator"] in CLOSED or route.rule.endswith(NO_SUCH_ACTION)
        for route, answers in table().items()
        if _part(world.app, route)[0] == name
    )


def test_the_technician_s_forms_are_those_of_the_own_day(world: World) -> None:
    """A technician writes by the verbs of the own jobs, never through a generated form."""
    written = {
        route.rule
        for route, answers in table().items()
        if route.method == "POST" and answers["technician"] not in CLOSED and not route.rule.endswith(NO_SUCH_ACTION)
    }
    assert not {rule for rule in written if rule.endswith(("/add", "/edit/<pk>", "/delete/<pk>"))}
    own = {
        rule
        for rule in written - PUBLIC
        if not rule.startswith(
            (
                "/my/",
                "/users/my",
                "/api/",
                "/login/",
                "/print/",
                "/inbox/",
                "/lists/",
                "/money/mine/",
                "/workshop/photos/",
            )
        )
    }
    # What is left asks the role table for each verb.
    assert all("/do/" in rule or "/do_many/" in rule for rule in own), own


def test_management_only_reads_and_approves(world: World) -> None:
    written = {
        route.rule
        for route, answers in table().items()
        if route.method == "POST" and answers["management"] not in CLOSED and not route.rule.endswith(NO_SUCH_ACTION)
    }
    forms = {rule for rule in written if rule.endswith(("/add", "/edit/<pk>", "/delete/<pk>"))}
    # Who approves names who does so while they are away (CP-9); anybody in the office takes down a complaint (CP-1).
    assert {rule for rule in forms if not rule.startswith("/approvaldeputyview/")} == {"/complaintview/add"}


# -- last, for it does change something -----------------------------------------------------------------------------------------


def test_buttons_that_act_on_one_s_own(world: World) -> None:
    assert differing(walk.walk(world.app, world.records, world.by_role(), acting=True)) == []
