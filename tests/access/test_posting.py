"""Nothing is changed by a GET, nor by a form that is not ours (CSRF), nor by a verb the role table gives to others."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import permissions
from app.core.actors import NOBODY, Principal
from app.core.errors import NotPermitted
from app.core.uow import COMMANDS
from app.roles import ROLES
from tests.access import walk
from tests.access.conftest import World

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("username", ["", "clerk", "admin"])
def test_every_form_needs_its_token(world: World, username: str) -> None:
    """Without one, with a wrong one, and with a bearer token where a browser's session is asked."""
    client, wrong = world.person(username).client, []
    tries: dict[str, dict[str, Any]] = {
        "no token": {},
        "a wrong token": {"data": {"csrf_token": "nonsense"}},
        "a header": {"headers": {"Authorization": "Bearer nonsense"}},
    }
    for number, (route, rule) in enumerate(sorted(walk.routes(world.app).items())):
        if route.method not in CHANGING or (username != "clerk" and number % 5):
            continue  # the check knows no persons
        address = walk.address(world.app, route, rule, world.records)
        for how, given in tries.items():
            if how != "no token" and number % 5:
                continue
            status = client.open(address, method=route.method, **given).status_code
            # The API is no browser's: it asks for the login that its bearer token stands for.
            fine = {400, 401, 422} if route.rule.startswith("/api/") else {400}
            if status not in fine:
                wrong.append(f"{route} with {how}: {status}")
    assert wrong == []


def test_no_route_that_changes_answers_a_get(world: World) -> None:
    """What the framework would do by GET (delete, actions) it does here by POST only."""
    by_get = {
        f"{route.rule}"
        for route, rule in walk.routes(world.app).items()
        if route.method == "GET" and rule.endpoint.endswith((".delete", ".action", ".action_post", ".do_many", ".send"))
    }
    assert by_get == set()


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("username", ["service"])
def test_opening_pages_changes_nothing(world: World, username: str) -> None:
    """Every page with everything on it, as those who see the most (``nothing_changes`` compares every table)."""
    person = world.person(username)
    for route, rule in sorted(walk.routes(world.app).items()):
        if route.method == "GET" and (route.method, route.rule) not in walk.NOT_WALKED and "/print/" not in route.rule:
            answer = person.get(walk.address(world.app, route, rule, world.records))
            assert answer.status_code < 500 or route.rule == "/health", str(route)


def test_every_verb_is_refused_to_every_role_that_has_it_not(world: World) -> None:
    """Before anything is looked up or opened: no arguments are needed to be told no."""
    assert len(COMMANDS) > 50
    for verb, run in COMMANDS.items():
        for role in set(ROLES) - permissions.roles_for(verb):
            with pytest.raises(NotPermitted):
                run(Principal(user_id=1, roles=frozenset({role})))
        for nobody in (NOBODY, Principal(user_id=1, roles=frozenset({"Admin", "Public"}))):
            with pytest.raises(NotPermitted):
                run(nobody)
