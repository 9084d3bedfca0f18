"""One verb = one transaction: rows, audit entries and outbox entries together, or nothing at all."""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from flask import has_app_context
from sqlalchemy.orm import Session

from app.core import audit, permissions
from app.core.actors import Principal, acting_as
from app.core.db import db, is_sqlite

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger(__name__)


@dataclass
class _Unit:
    """The transaction under way: its session, what is to be done after it, and a failure nobody may swallow.

    ``around`` a whole request (``app.core.received``): a verb that fails in it is taken back at once, so that the page
    which explains the refusal reads what really stands in the database; ``joined`` counts the verbs that were done.
    """

    session: Session
    around: bool = False
    joined: int = 0
    closing: dict[str, Callable[[], object]] = field(default_factory=dict)
    committed: list[Callable[[], None]] = field(default_factory=list)
    given_up: list[Callable[[], None]] = field(default_factory=list)
    failure: BaseException | None = None


_unit: ContextVar[_Unit | None] = ContextVar("unit_of_work", default=None)


def _open_unit() -> _Unit | None:
    """The unit of work of this context's session; another application context has a session of its own."""
    unit = _unit.get()
    return unit if unit is not None and has_app_context() and unit.session is db.session() else None


def after_commit(action: Callable[[], None]) -> None:
    """Run ``action`` once the transaction under way is committed; at once when there is none.

    What fails then is logged and changes nothing: the rows are written, and a sweep finds what was left undone.
    """
    unit = _open_unit()
    if unit is None:
        action()
    else:
        unit.committed.append(action)


def after_rollback(action: Callable[[], None]) -> None:
    """Run ``action`` if the transaction under way is given up: to clear away what lies outside the database."""
    unit = _open_unit()
    if unit is not None:
        unit.given_up.append(action)


def before_commit(name: str, action: Callable[[], object]) -> None:
    """Run ``action`` at the end of the transaction under way, within it, once per ``name``; nothing without one.

    For what must follow from a change in the same transaction whoever made it (deadlines after a change of calendar).
    """
    unit = _open_unit()
    if unit is not None:
        unit.closing[name] = action


def in_unit_of_work() -> bool:
    """Whether a unit of work is open in this context."""
    return _open_unit() is not None


@contextlib.contextmanager
def unit_of_work(actor: Principal, verb: str, *, bulk: bool = False, around: bool = False) -> Iterator[Session]:
    """Open one transaction for ``verb`` done by ``actor``; within another one, join it.

    On any exception everything is rolled back, the session is usable again, and the exception goes on. An exception
    in a joined unit gives up the whole: who catches it outside cannot commit the half that was done.
    ``bulk`` writes one audit entry per table instead of one per new row (seeds and imports); ``around`` is the unit of
    a whole request, see ``done_around`` and ``failure_around``.
    """
    session: Session = db.session()
    unit = _open_unit()
    if unit is not None:
        if unit.around and unit.failure is not None:
            raise RuntimeError("a verb of this request failed: what follows would be lost") from unit.failure
        with acting_as(actor):
            try:
                yield session
                unit.joined += 1
            except BaseException as problem:
                unit.failure = unit.failure or problem
                if unit.around:
                    _give_up(unit)
                raise
        return
    _begin(session)
    unit = _Unit(session, around=around)
    token = _unit.set(unit)
    try:
        with acting_as(actor):
            yield from _transaction(unit, audit.AuditContext(actor, verb, bulk))
    finally:
        audit.end(session)
        _unit.reset(token)
    _run(unit.committed)


def _transaction(unit: _Unit, ctx: audit.AuditContext) -> Iterator[Session]:
    session = unit.session
    try:
        audit.begin(session, ctx)
        yield session
        if unit.failure is not None:
            raise RuntimeError("a verb inside this unit of work failed: nothing is committed") from unit.failure
        session.flush()
        while unit.closing:
            unit.closing.pop(next(iter(unit.closing)))()
            session.flush()
        audit.write_tally(session)
        ctx.committing = True
        session.commit()
    except BaseException:
        _give_up(unit)
        raise


def _give_up(unit: _Unit) -> None:
    audit.end(unit.session)
    unit.session.rollback()
    actions, unit.given_up = unit.given_up, []
    _run(actions)


def done_around() -> int:
    """How many verbs were done within the unit of the whole request that is open."""
    unit = _open_unit()
    return unit.joined if unit is not None else 0


def failure_around() -> BaseException | None:
    """Why a verb within the unit of the whole request failed; all of it is taken back then."""
    unit = _open_unit()
    return unit.failure if unit is not None else None


def _run(actions: list[Callable[[], None]]) -> None:
    for action in actions:
        try:
            action()
        except Exception:
            log.exception("after a unit of work")


def _begin(session: Session) -> None:
    if not is_sqlite():
        return
    pending = session.new or session.dirty or session.deleted or session.info.get("unaudited")
    if session.in_transaction():
        connection = session.connection()
        if pending or _holds_write_lock(connection):
            return
        session.rollback()  # end the read so that the write lock is taken at the start
    session.connection(execution_options={"write_intent": True})


def _holds_write_lock(connection: Any) -> bool:
    from app.core.db import _will_write

    return _will_write(connection)


def command(verb: str, *, bulk: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a public verb of a function whose first argument is the actor.

    Checks the role table, opens the unit of work, names the audit entries. Raises ``NotPermitted``.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if next(iter(inspect.signature(function).parameters)) != "actor":
            raise TypeError(f"{function.__qualname__}: the first parameter of a command is the actor")

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
