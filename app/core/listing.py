"""What a person keeps about lists: filters under a name, columns chosen, exports asked for. All of it is one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import g
from sqlalchemy import JSON, Integer, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, files, settings
from app.core.actors import SYSTEM, Principal, current
from app.core.db import Model, Stamped, UTCDateTime, choice, db, ref, text
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.files import StoredFile
from app.core.housekeeping import again
from app.core.jobs import on_tick
from app.core.outbox import want
from app.core.uow import command, unit_of_work

FORMATS = ("xlsx", "csv")
STATES = ("waiting", "making", "done", "failed")
LONGEST_QUERY = 2000
AT_ONCE, MOST, KEPT_FILTERS, KEEP_DAYS = (
    "export_rows_at_once",
    "export_rows_most",
    "saved_filters_most",
    "export_keep_days",
)
EVERY = timedelta(hours=6)

settings.declare(AT_ONCE, 2000, N_("Rows of a list exported at once; more are exported in the background"))
settings.declare(MOST, 100000, N_("Rows of a list exported at most"))
settings.declare(KEPT_FILTERS, 20, N_("Filters a person may keep for one list"))
settings.declare(KEEP_DAYS, 7, N_("Days for which exported lists are kept"))


class SavedFilter(Stamped, Model):
    """A filter of a list that a person keeps under a name: ``query`` is the list's address after the question mark."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("user_id", "screen", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = ref("ab_user.id", index=False)
    screen: Mapped[str] = mapped_column(String(64), nullable=False)
    name: Mapped[str] = mapped_column(String(40), nullable=False)
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY), nullable=False)

    def __str__(self) -> str:
        return self.name


class ColumnChoice(Stamped, Model):
    """How a person wants to see a list: these columns (none: the usual ones), sorted like this (empty: as usual)."""

    __tablename__ = "column_choice"
    __table_args__ = (UniqueConstraint("user_id", "screen"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = ref("ab_user.id", index=False)
    screen: Mapped[str] = mapped_column(String(64), nullable=False)
    columns: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    # The column and ``asc`` or ``desc``, with a dot between.
    sort: Mapped[str] = text(80, server_default="")

    def __str__(self) -> str:
        return self.screen


class ListExport(Stamped, Model):
    """A list that a person exports in the background; the file is kept with it and read by nobody else."""

    __tablename__ = "list_export"
    __table_args__ = (choice("format", FORMATS), choice("status", STATES))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = ref("ab_user.id")
    screen: Mapped[str] = mapped_column(String(64), nullable=False)
    title: Mapped[str] = text(100)
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY), nullable=False)
    columns: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    language: Mapped[str] = mapped_column(String(16), nullable=False)
    format: Mapped[str] = mapped_column(String(8), nullable=False)
    status: Mapped[str] = mapped_column(String(10), nullable=False, default="waiting")
    rows_total: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    rows_done: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    def __str__(self) -> str:
        return self.title


def _me() -> int:
    # Nobody's id, never NULL.
    return current().user_id or -1


def filters_of(screen: str) -> list[SavedFilter]:
    """The acting person's filters of this list, by name."""
    mine = select(SavedFilter).where(SavedFilter.user_id == _me(), SavedFilter.screen == screen)
    return list(db.session.scalars(mine.order_by(SavedFilter.name)))


def _choice(screen: str) -> tuple[list[str], str]:
    """What the acting person chose for this list, asked once a request."""
    key = (_me(), screen)
    known: dict[tuple[int, str], tuple[list[str], str]] = g.setdefault("list_choices", {})
    if key not in known:
        mine = select(ColumnChoice.columns, ColumnChoice.sort).where(
            ColumnChoice.user_id == key[0], ColumnChoice.screen == screen
        )
        row = db.session.execute(mine).first()
        known[key] = (list(row[0]), row[1]) if row is not None else ([], "")
    return known[key]


def columns_of(screen: str) -> list[str]:
    """The columns the acting person chose for this list; empty without a choice."""
    return _choice(screen)[0]


def sort_of(screen: str) -> tuple[str, str]:
    """``(column, asc or desc)`` in which the acting person saw this list last; empty without a choice."""
    column, _dot, direction = _choice(screen)[1].rpartition(".")
    return column, direction


def file_of(export: ListExport) -> StoredFile | None:
    """The finished file of an export."""
    wanted = select(StoredFile).where(StoredFile.record == "list_export", StoredFile.record_id == export.id)
    found: StoredFile | None = db.session.scalars(wanted).first()
    return found


@command("saved_filter.save")
def save_filter(actor: Principal, screen: str, name: str, query: str) -> SavedFilter:
    """Keep a filter under a name; the same name again replaces it. Raises ``Refused``."""
    name, query = name.strip()[:40], query.lstrip("?")
    if not name:
        raise Refused(N_("Please give the filter a name."), field="name")
    if not query or len(query) > LONGEST_QUERY:
        raise Refused(N_("There is nothing to keep: no filter is set."), field="name")
    row: SavedFilter | None = db.session.scalars(
        select(SavedFilter).where(
            SavedFilter.user_id == (actor.user_id or -1), SavedFilter.screen == screen, SavedFilter.name == name
        )
    ).first()
    if row is None:
        if _count(actor, screen) >= settings.number(KEPT_FILTERS):
            raise Refused(
                N_("You keep as many filters for this list as possible. Please remove one first."), field="name"
            )
        row = SavedFilter(user_id=actor.user_id or 0, screen=screen, name=name, query=query)
        db.session.add(row)
    row.query = query
    db.session.flush()
    return row


def _count(actor: Principal, screen: str) -> int:
    mine = select(func.count(SavedFilter.id)).where(
        SavedFilter.user_id == (actor.user_id or -1), SavedFilter.screen == screen
    )
    return int(db.session.execute(mine).scalar_one())


@command("saved_filter.remove")
def remove_filter(actor: Principal, filter_id: int) -> str:
    """Forget one's own filter; gives its screen. Raises ``NotFound``."""
    row = fetch(SavedFilter, filter_id)
    screen = row.screen
    db.session.delete(row)
    db.session.flush()
    return screen


@command("column_choice.choose")
def choose_columns(actor: Principal, screen: str, columns: Sequence[str]) -> None:
    """Show these columns in one's own list; none goes back to the usual ones."""
    _choose(actor, screen, columns=list(columns))


@command("column_choice.sort")
def choose_sort(actor: Principal, screen: str, column: str, direction: str) -> None:
    """Sort one's own list by this column from now on; no column goes back to the usual order."""
    _choose(actor, screen, sort=f"{column}.{direction}" if column else "")


def _choose(actor: Principal, screen: str, **chosen: Any) -> None:
    row = db.session.scalars(
        select(ColumnChoice).where(ColumnChoice.user_id == (actor.user_id or -1), ColumnChoice.screen == screen)
    ).first()
    if row is None:
        row = ColumnChoice(user_id=actor.user_id or 0, screen=screen, columns=[], sort="")
    for name, value in chosen.items():
        setattr(row, name, value)
    if row.columns or row.sort:
        db.session.add(row)
    elif row.id is not None:
        db.session.delete(row)
    db.session.flush()
    g.pop("list_choices", None)


@command("list_export.ask")
def ask_for_export(actor: Principal, **given: Any) -> ListExport:
    """Want a list as a file, made in the background with the asking person's eyes."""
    row = ListExport(user_id=actor.user_id or 0, **given)
    db.session.add(row)
    db.session.flush()
    want("export_list", {"export": row.id}, dedup=f"export-list-{row.id}", someone_waits=True)
    return row


@command("list_export.take")
def note_export(actor: Principal, screen: str, rows: int) -> None:
    """Put into the audit trail that a list left the house as a file."""
    from app.core import audit

    audit.note("list_export", None, {"screen": screen, "rows": rows})


def progress(export_id: int, done: int, total: int) -> None:
    """How far the export is: past the audit trail, as it says nothing about data."""
    table: Any = ListExport.__table__
    with db.engine.connect() as connection:
        connection = connection.execution_options(write_intent=True)
        with connection.begin():
            values = {"rows_done": done, "rows_total": total, "status": "making"}
            connection.execute(
                update(table).where(table.c.id == export_id, table.c.status.in_(("waiting", "making"))).values(**values)
            )


@on_tick
def forget_exports(now: datetime) -> None:
    """Every few hours take away exports older than the setting says, with their files."""
    if not again("exports", now, EVERY):
        return
    before = now - timedelta(days=settings.number(KEEP_DAYS))
    with unit_of_work(SYSTEM, "list_export.forget") as session:
        for row in session.scalars(select(ListExport).where(ListExport.created_at < before).limit(500)):
            stored = file_of(row)
            if stored is not None:
                files.forget(stored)
            session.delete(row)


def finish(session: Any, export_id: int, content: bytes, filename: str, content_type: str, rows: int) -> None:
    """Keep the finished file, within the job's transaction."""
    row = session.get(ListExport, export_id)
    files.store(content, filename, content_type, record="list_export", record_id=export_id)
    row.status, row.rows_done, row.rows_total, row.done_at = "done", rows, rows, clock.now()
