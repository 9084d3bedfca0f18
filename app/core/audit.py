"""The audit trail: who changed what, when, by which verb, from what to what.

Entries are written by the session itself at every flush, so that no code can forget one. Outside a unit of work the
changes wait; a commit that finds them still waiting is refused (``UnauditedWrite``), and so is every later one until the
changes are rolled back. Statements that change rows past the session's objects (bulk UPDATE, Core) are refused there in
the same way; inside a unit of work their author writes the entry with ``note``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, event, insert, inspect
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import (
    Mapped,
    Mapper,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    mapped_column,
)
from sqlalchemy.orm.exc import StaleDataError

from app.core import clock, dates
from app.core.actors import Principal, current
from app.core.db import Model, UTCDateTime, db
from app.core.errors import UnauditedWrite

# The framework's own bookkeeping at every login says nothing about a change of data.
SILENT_COLUMNS = {
    "last_login",
    "login_count",
    "fail_login_count",
    "changed_on",
    "created_on",
    "changed_by_fk",
    "created_by_fk",
}
SECRET_COLUMNS = {"password", "registration_hash", "token", "token_hash", "key_hash", "signature_svg"}
FRAMEWORK_PREFIX = "ab_"


class AuditEntry(Model):
    """One changed row. Written only by the session listeners below."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "record", "record_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"), index=True)
    actor: Mapped[str] = mapped_column(String(128), nullable=False, default="")
    verb: Mapped[str] = mapped_column(String(64), nullable=False, index=True)
    record: Mapped[str] = mapped_column(String(64), nullable=False)
    record_id: Mapped[int | None] = mapped_column(Integer)
    branch_id: Mapped[int | None] = mapped_column(Integer, index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """``(column, before, after)`` of every column that changed; None where there was, or is, nothing."""
        names = list(dict.fromkeys([*self.before, *self.after]))
        return [(name, self.before.get(name), self.after.get(name)) for name in names]

    def __str__(self) -> str:
        return f"{dates.moment(self.at)} {self.actor}"


UNAUDITED_TABLES = {
    "audit_entry",
    "outbox_entry",
    "number_series",
    "heartbeat",
    "alembic_version",
    "inbox_seen",
    # What came in from telephones and programs, so that it is done once; what was done has entries of its own.
    "received_request",
    # Made of the rows of customers and products, which have entries of their own.
    "search_key",
    # The framework's words for what can be permitted are made from the code; who may do what hangs on ``ab_role``.
    "ab_permission",
    "ab_view_menu",
    "ab_permission_view",
}


@dataclass
class AuditContext:
    """The verb under way; ``bulk`` writes one summary per table instead of one entry per row (seeds, imports)."""

    actor: Principal
    verb: str
    bulk: bool = False
    tally: dict[str, int] = field(default_factory=dict)
    committing: bool = False
    at: datetime | None = None
    """When the first of it was written: what one verb did happened at one time, however often it was flushed."""


def begin(session: Session, ctx: AuditContext) -> None:
    """Audit this session's changes under ``ctx`` from here on, also those flushed just before (forms fill first)."""
    session.info["audit"] = ctx
    waiting = session.info.pop("unaudited", [])
    if waiting:
        _write(session, waiting, ctx)


def end(session: Session) -> None:
    """The unit of work is over."""
    session.info.pop("audit", None)


def _context(session: Session) -> AuditContext | None:
    ctx: AuditContext | None = session.info.get("audit")
    return ctx


def plain(value: Any) -> Any:
    """A JSON-ready form of a column value."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    try:
        json.dumps(value)
    except TypeError:
        return str(value)
    return value


def _shown(column: str, value: Any) -> Any:
    return "***" if column in SECRET_COLUMNS and value is not None else plain(value)


def _column_changes(item: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = _link_changes(item)
    state = inspect(item)
    for attribute in state.mapper.column_attrs:
        if attribute.key in SILENT_COLUMNS:
            continue
        history = state.attrs[attribute.key].history
        if not history.has_changes():
            continue
        if history.deleted:
            before[attribute.key] = _shown(attribute.key, history.deleted[0])
        if history.added:
            after[attribute.key] = _shown(attribute.key, history.added[0])
    return before, after


def _link_changes(item: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was taken away and what was added where a link has no row of its own (the roles of an account)."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    state = inspect(item)
    for relation in state.mapper.relationships:
        if relation.secondary is None or relation.viewonly:
            continue
        history = state.attrs[relation.key].history
        if history.deleted:
            before[relation.key] = sorted(str(linked) for linked in history.deleted)
        if history.added:
            after[relation.key] = sorted(str(linked) for linked in history.added)
    return before, after


def _snapshot(item: Any) -> dict[str, Any]:
    state = inspect(item)
    return {
        attribute.key: _shown(attribute.key, state.dict[attribute.key])
        for attribute in state.mapper.column_attrs
        if state.dict.get(attribute.key) is not None and attribute.key not in SILENT_COLUMNS
    }


def _changes(session: Session) -> Iterator[dict[str, Any]]:
    for kind, items in (
        ("new", session.new),
        ("dirty", session.dirty),
        ("deleted", session.deleted),
    ):
        for item in items:
            table = item.__mapper__.local_table.name
            if table in UNAUDITED_TABLES:
                continue
            if kind == "new":
                before: dict[str, Any] = {}
                after = _snapshot(item) | _link_changes(item)[1]
            elif kind == "deleted":
                before, after = _snapshot(item), {}
            else:
                before, after = _column_changes(item)
                if not before and not after:
                    continue
            yield {
                "item": id(item),
                "record": table,
                "record_id": inspect(item).identity[0] if inspect(item).identity else getattr(item, "id", None),
                "branch_id": inspect(item).dict.get("branch_id"),
                "before": before,
                "after": after,
            }


def _write(session: Session, rows: list[dict[str, Any]], ctx: AuditContext) -> None:
    ctx.at = ctx.at or clock.now()
    stamp = {
        "at": ctx.at,
        "user_id": ctx.actor.user_id,
        "actor": ctx.actor.name or ctx.actor.username,
    }
    entries = [{**row, **stamp, "verb": ctx.verb} for row in rows]
    session.connection().execute(insert(AuditEntry.__table__), entries)


@event.listens_for(Mapper, "before_mapper_configured")
def _keep_old_values(mapper: Mapper[Any], _cls: type) -> None:
    # Without it a value set on a row that is not loaded (just committed) would leave no "before".
    for attribute in mapper.column_attrs:
        attribute.active_history = True


@event.listens_for(Session, "before_flush")
def _load_deleted(session: Session, *_: Any) -> None:
    # What a deleted row said is known only as long as it is there.
    for item in session.deleted:
        state = inspect(item)
        unloaded = state.unloaded & set(state.mapper.column_attrs.keys())
        if unloaded:
            try:
                session.refresh(item, unloaded)
            except InvalidRequestError as gone:
                raise StaleDataError("the row to be deleted is not there any more") from gone


@event.listens_for(Session, "after_flush")
def _collect(session: Session, flush_context: UOWTransaction) -> None:
    ctx = _context(session)
    rows = list(_changes(session))
    if ctx is not None and ctx.bulk:
        fresh = {id(item) for item in session.new}
        for item in session.new:
            table = item.__mapper__.local_table.name
            if table not in UNAUDITED_TABLES:
                ctx.tally[table] = ctx.tally.get(table, 0) + 1
        rows = [row for row in rows if row.pop("item") not in fresh]
    else:
        for row in rows:
            row.pop("item")
    if not rows:
        return
    if ctx is not None:
        _write(session, rows, ctx)
        return
    framework = [row for row in rows if row["record"].startswith(FRAMEWORK_PREFIX)]
    if framework:
        # The framework commits accounts and passwords itself; they are audited under their own verb.
        _write(session, framework, AuditContext(current(), "account.change"))
    waiting = [row for row in rows if not row["record"].startswith(FRAMEWORK_PREFIX)]
    if waiting:
        session.info.setdefault("unaudited", []).extend(waiting)


@event.listens_for(Session, "do_orm_execute")
def _statement(state: ORMExecuteState) -> None:
    """Remember a statement that changes rows of ours past the session's objects, outside a unit of work."""
    if not (state.is_insert or state.is_update or state.is_delete) or _context(state.session) is not None:
        return
    table = getattr(getattr(state.statement, "table", None), "name", "")
    if table in UNAUDITED_TABLES:
        return
    row = {"record": table, "record_id": None, "branch_id": None, "before": {}, "after": {"statement": "bulk"}}
    state.session.info.setdefault("unaudited", []).append(row)


def write_tally(session: Session) -> None:
    """Write one entry per table for a bulk unit of work."""
    ctx = _context(session)
    if ctx is None or not ctx.tally:
        return
    tally, ctx.tally = ctx.tally, {}
    rows = [
        {"record": table, "record_id": None, "branch_id": None, "before": {}, "after": {"rows": count}}
        for table, count in tally.items()
    ]
    _write(session, rows, ctx)


def note(
    record: str,
    record_id: int | None,
    after: dict[str, Any],
    branch_id: int | None = None,
) -> None:
    """Add an entry for something that changed no row: a file read, a register exported (CP-13).

    Needs an open unit of work: outside one nobody would commit it.
    """
    session: Session = db.session()
    ctx = _context(session)
    if ctx is None:
        raise RuntimeError("a note is taken only inside a unit of work")
    row = {"record": record, "record_id": record_id, "branch_id": branch_id, "before": {}, "after": after}
    _write(session, [row], ctx)


@event.listens_for(Session, "before_commit")
def _refuse_unaudited(session: Session) -> None:
    ctx = _context(session)
    if ctx is not None:
        if not ctx.committing and not session.in_nested_transaction():
            raise UnauditedWrite(f"a commit in the middle of {ctx.verb}: the unit of work commits at its end")
        return
    session.flush()
    waiting = session.info.get("unaudited")
    if waiting:
        # Still remembered: whoever swallows this and commits again is refused again, until it is rolled back.
        tables = sorted({row["record"] for row in waiting})
        raise UnauditedWrite(f"changes of {', '.join(tables)} outside a unit of work")


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    # A savepoint given back says nothing of what was flushed before it.
    if transaction.parent is None:
        session.info.pop("unaudited", None)
