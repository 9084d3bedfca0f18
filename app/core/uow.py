"""One verb = one transaction: rows, audit entries and outbox entries together, or nothing at all."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from app.core import audit, permissions
from app.core.actors import Principal, acting_as
from app.core.db import db, is_sqlite

P = ParamSpec("P")
R = TypeVar("R")

_depth: ContextVar[int] = ContextVar("unit_of_work_depth", default=0)
_after: ContextVar[list[Callable[[], None]] | None] = ContextVar(
    "after_commit", default=None
)


def after_commit(action: Callable[[], None]) -> None:
    """Run ``action`` once the transaction under way is committed; at once when there is none."""
    waiting = _after.get()
    if waiting is None:
        action()
    else:
        waiting.append(action)


def in_unit_of_work() -> bool:
    """Whether a unit of work is open in this context."""
    return _depth.get() > 0


@contextlib.contextmanager
def unit_of_work(
    actor: Principal, verb: str, *, bulk: bool = False
) -> Iterator[Session]:
    """Open one transaction for ``verb`` done by ``actor``; within another one, join it.

    On any exception everything is rolled back, the session is usable again, and the exception goes on.
    ``bulk`` writes one audit entry per table instead of one per new row (seeds and imports).
    """
    session: Session = db.session()
    if in_unit_of_work():
        with acting_as(actor):
            yield session
        return
    _begin(session)
    actions: list[Callable[[], None]] = []
    tokens = (_depth.set(1), _after.set(actions))
    audit_token = audit.context.set(audit.AuditContext(actor, verb, bulk))
    try:
        with acting_as(actor):
            try:
                audit.adopt_waiting(session)
                yield session
                session.flush()
                audit.write_tally(session)
                session.commit()
            except BaseException:
                session.rollback()
                raise
    finally:
        audit.context.reset(audit_token)
        _after.reset(tokens[1])
        _depth.reset(tokens[0])
    for action in actions:
        action()


def _begin(session: Session) -> None:
    if not is_sqlite():
        return
    pending = (
        session.new or session.dirty or session.deleted or session.info.get("unaudited")
    )
    if session.in_transaction():
        connection = session.connection()
        if (
            pending
            or connection.get_execution_options().get("write_intent")
            or _holds_write_lock(connection)
        ):
            return
        session.rollback()  # end the read so that the write lock is taken at the start
    session.connection(execution_options={"write_intent": True})


def _holds_write_lock(connection: Any) -> bool:
    from app.core.db import _will_write

    return _will_write(connection)


def command(
    verb: str, *, bulk: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a public verb of a function whose first argument is the actor.

    Checks the role table, opens the unit of work, names the audit entries. Raises ``NotPermitted``.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if next(iter(inspect.signature(function).parameters)) != "actor":
            raise TypeError(
                f"{function.__qualname__}: the first parameter of a command is the actor"
            )

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = args[0] if args else kwargs["actor"]
            assert isinstance(actor, Principal)  # nosec B101 - a programming error, not input
            permissions.check(actor, verb)
            with unit_of_work(actor, verb, bulk=bulk):
                return function(*args, **kwargs)

        run.verb = verb  # type: ignore[attr-defined]  # lets tests walk every command
        COMMANDS[verb] = run
        return run

    return decorate


COMMANDS: dict[str, Callable[..., Any]] = {}
