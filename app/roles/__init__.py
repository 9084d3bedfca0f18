"""THE TABLE: which role may do which verb, sees which rows, opens which screen.

The framework's permissions are generated from it at initialisation (``app.core.security``); row scope and verbs are
read from it at start. Verbs that move a record along its lifecycle stand in the lifecycle's own table.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from app.core.errors import Misconfigured
from app.core.lifecycle import Lifecycle
from app.roles.people import ADMINISTRATOR, ROLES
from app.roles.rows import ROW_SCOPE
from app.roles.screens import SCREENS, Screen
from app.roles.verbs import VERBS

__all__ = ["ADMINISTRATOR", "AREAS", "ROLES", "ROW_SCOPE", "SCREENS", "Screen", "lifecycles", "verbs"]

AREAS = (
    "organisation",
    "calendars",
    "customers",
    "contracts",
    "parts",
    "fieldservice",
    "workshop",
    "billing",
    "complaints",
    "feedback",
    "reporting",
)


def lifecycles() -> Iterator[Lifecycle]:
    """Every lifecycle, as the areas' ``rules.LIFECYCLES`` declare them."""
    for area in AREAS:
        try:
            rules = importlib.import_module(f"app.{area}.rules")
        except ModuleNotFoundError as problem:
            if problem.name != f"app.{area}.rules":
                raise
            continue
        yield from getattr(rules, "LIFECYCLES", ())


def verbs() -> dict[str, frozenset[str]]:
    """The whole verb table, lifecycles included. Raises ``Misconfigured`` for an unknown role."""
    table = {verb: frozenset(names) for verb, names in VERBS.items()}
    for lifecycle in lifecycles():
        for verb, names in lifecycle.verbs().items():
            table[verb] = table.get(verb, frozenset()) | names
    for screen in SCREENS.values():
        for action, roles in (("create", screen.add), ("update", screen.edit), ("delete", screen.delete)):
            if screen.table:
                verb = f"{screen.table}.{action}"
                table[verb] = table.get(verb, frozenset()) | frozenset(roles)
    for verb, names in table.items():
        if unknown := names - set(ROLES):
            raise Misconfigured(f"verb {verb}: unknown roles {sorted(unknown)}")
    return table
