"""Who is acting: a person with roles and a branch, or the system itself."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from flask import g, has_request_context


@dataclass(frozen=True)
class Principal:
    """An acting person; ``roles`` are role keys of ``app.roles``."""

    user_id: int | None = None
    username: str = ""
    name: str = ""
    staff_id: int | None = None
    branch_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_system(self) -> bool:
        return "system" in self.roles

    def has(self, *roles: str) -> bool:
        """Whether the person holds any of these roles."""
        return bool(self.roles.intersection(roles))


SYSTEM = Principal(username="system", name="系统", roles=frozenset({"system"}))
NOBODY = Principal()

_acting: ContextVar[Principal | None] = ContextVar("acting", default=None)
_resolver: list[Callable[[], Principal]] = []


_by_id: list[Callable[[int], Principal]] = []


def resolve_user_with(resolver: Callable[[int], Principal]) -> None:
    """Install the function that finds the person of an account (given by the organisation area)."""
    _by_id[:] = [resolver]


def principal_by_id(user_id: int) -> Principal:
    """The person of an account as they are now, for a job that acts for them; nobody when the account is closed."""
    return _by_id[0](user_id) if _by_id else NOBODY


def resolve_request_with(resolver: Callable[[], Principal]) -> None:
    """Install the function that finds the logged-in person of a request (given by the organisation area)."""
    _resolver[:] = [resolver]


def current() -> Principal:
    """The acting principal: an explicit one, else the logged-in person, else nobody (who sees nothing)."""
    acting = _acting.get()
    if acting is not None:
        return acting
    if not has_request_context() or not _resolver:
        return NOBODY
    if "principal" not in g:
        # While the person is being looked up the look-up itself runs as the system.
        with acting_as(SYSTEM):
            found = _resolver[0]()
        if found is NOBODY:
            return NOBODY
        g.principal = found
    principal: Principal = g.principal
    return principal


def forget() -> None:
    """Forget who the request's person is (after login, logout or a change of roles)."""
    if has_request_context():
        g.pop("principal", None)


@contextlib.contextmanager
def acting_as(principal: Principal) -> Iterator[Principal]:
    """Act as ``principal`` within the block."""
    token = _acting.set(principal)
    try:
        yield principal
    finally:
        _acting.reset(token)
