"""The audit trail: who changed what, when, by which verb, from what to what.

Entries are written by the session itself at every flush, so that no code can forget one. Outside a unit of work the
changes wait; a commit that finds them still waiting is refused (``UnauditedWrite``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, event, insert, inspect
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from app.core import clock
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
SECRET_COLUMNS = {"password", "registration_hash", "token", "key_hash", "signature_svg"}
FRAMEWORK_PREFIX = "ab_"


class AuditEntry(Model):
    """One changed row. Written only by the session listeners below."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "record", "record_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("ab_user.id", ondelete="SET NULL"), index=True
    )
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


UNAUDITED_TABLES = {
    "audit_entry",
    "outbox_entry",
    "number_series",
    "heartbeat",
    "alembic_version",
    "inbox_seen",
}


@dataclass
class AuditContext:
    """The verb under way; ``bulk`` writes one summary per table instead of one entry per row (seeds, imports)."""

    actor: Principal
    verb: str
    bulk: bool = False


context: ContextVar[AuditContext | None] = ContextVar("audit_context", default=None)


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
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
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


def _snapshot(item: Any) -> dict[str, Any]:
    state = inspect(item)
    return {
        attribute.key: _shown(attribute.key, state.dict[attribute.key])
        for attribute in state.mapper.column_attrs
        if state.dict.get(attribute.key) is not None
        and attribute.key not in SILENT_COLUMNS
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
                after = _snapshot(item)
            elif kind == "deleted":
                before, after = _snapshot(item), {}
            else:
                before, after = _column_changes(item)
                if not before and not after:
                    continue
            yield {
                "record": table,
                "record_id": inspect(item).identity[0]
                if inspect(item).identity
                else getattr(item, "id", None),
                "branch_id": inspect(item).dict.get("branch_id"),
                "before": before,
                "after": after,
            }


def _write(session: Session, rows: list[dict[str, Any]], ctx: AuditContext) -> None:
    stamp = {
        "at": clock.now(),
        "user_id": ctx.actor.user_id,
        "actor": ctx.actor.name or ctx.actor.username,
    }
    entries = [{**row, **stamp, "verb": ctx.verb} for row in rows]
    session.connection().execute(insert(AuditEntry.__table__), entries)  # type: ignore[arg-type]  # Table by declaration


@event.listens_for(Session, "after_flush")
def _collect(session: Session, flush_context: UOWTransaction) -> None:
    ctx = context.get()
    if ctx is not None and ctx.bulk:
        tally = session.info.setdefault("audit_tally", {})
        for item in session.new:
            table = item.__mapper__.local_table.name
            if table not in UNAUDITED_TABLES:
                tally[table] = tally.get(table, 0) + 1
        rows = [row for row in _changes(session) if row["before"]]
    else:
        rows = list(_changes(session))
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
    session.info.setdefault("unaudited", []).extend(waiting)


def adopt_waiting(session: Session) -> None:
    """Write the entries of changes flushed just before the unit of work began (forms that fill a row first)."""
    waiting = session.info.pop("unaudited", [])
    ctx = context.get()
    if waiting and ctx is not None:
        _write(session, waiting, ctx)


def write_tally(session: Session) -> None:
    """Write one entry per table for a bulk unit of work."""
    tally = session.info.pop("audit_tally", {})
    ctx = context.get()
    if tally and ctx is not None:
        _write(
            session,
            [
                {
                    "record": table,
                    "record_id": None,
                    "branch_id": None,
                    "before": {},
                    "after": {"rows": count},
                }
                for table, count in tally.items()
            ],
            ctx,
        )


def note(
    record: str,
    record_id: int | None,
    after: dict[str, Any],
    branch_id: int | None = None,
) -> None:
    """Add an entry for something that changed no row: a file read, a register exported (CP-13)."""
    ctx = context.get() or AuditContext(current(), "note")
    _write(
        db.session(),
        [
            {
                "record": record,
                "record_id": record_id,
                "branch_id": branch_id,
                "before": {},
                "after": after,
            }
        ],
        ctx,
    )


@event.listens_for(Session, "before_commit")
def _refuse_unaudited(session: Session) -> None:
    if context.get() is None:
        session.flush()
    waiting = session.info.get("unaudited")
    if waiting:
        session.info.pop("unaudited")
        tables = sorted({row["record"] for row in waiting})
        raise UnauditedWrite(f"changes of {', '.join(tables)} outside a unit of work")


@event.listens_for(Session, "after_rollback")
@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, *_: Any) -> None:
    session.info.pop("unaudited", None)
    session.info.pop("audit_tally", None)
