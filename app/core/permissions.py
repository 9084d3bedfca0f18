"""Which role may do which verb and see which rows: the mechanism. The table itself is ``app/roles/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.core.actors import Principal
from app.core.errors import Misconfigured, NotPermitted

_verbs: dict[str, frozenset[str]] = {}


def install(verbs: Mapping[str, Iterable[str]]) -> None:
    """Load the verb table (at start; loading it again replaces it)."""
    _verbs.clear()
    _verbs.update({verb: frozenset(roles) for verb, roles in verbs.items()})


def roles_for(verb: str) -> frozenset[str]:
    """Role keys that may do ``verb``. Raises ``Misconfigured`` for a verb that is not in the table."""
    try:
        return _verbs[verb]
    except KeyError:
        raise Misconfigured(f"verb {verb!r} is not in app/roles/") from None


def may(actor: Principal, verb: str) -> bool:
    """Whether the role table allows ``verb`` to this person (rows are a matter of scope)."""
    return actor.is_system or bool(actor.roles & roles_for(verb))


def check(actor: Principal, verb: str) -> None:
    """Raise ``NotPermitted`` unless the role table allows it."""
    if not may(actor, verb):
        raise NotPermitted(verb)


def verbs() -> dict[str, frozenset[str]]:
    """The whole table, for tests and the permissions page."""
    return dict(_verbs)
