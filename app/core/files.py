"""Files through one storage interface (an fsspec URL) and, in ``app.core.filesweb``, one checked route."""

from __future__ import annotations

import contextlib
import hashlib
import posixpath
import unicodedata
import uuid
from datetime import datetime, timedelta
from typing import Any

import fsspec
from flask import current_app
from sqlalchemy import BigInteger, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.actors import current
from app.core.db import Model, UTCDateTime, db, text
from app.core.errors import NotFound
from app.core.uow import after_commit, after_rollback, in_unit_of_work

LONGEST_NAME = 200


class StoredFile(Model):
    """A file in the store. ``record``/``record_id`` name the row whose readers may read it."""

    __tablename__ = "stored_file"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_stored_file_record", "record", "record_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), nullable=False)
    filename: Mapped[str] = mapped_column(String(200), nullable=False)
    content_type: Mapped[str] = mapped_column(String(100), nullable=False)
    size: Mapped[int] = mapped_column(BigInteger, nullable=False)
    sha256: Mapped[str] = mapped_column(String(64), nullable=False)
    record: Mapped[str] = text(64)
    record_id: Mapped[int | None] = mapped_column()
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    stored_by: Mapped[str] = text(64)

    def __str__(self) -> str:
        return self.filename


def _store() -> tuple[Any, str]:
    return fsspec.core.url_to_fs(current_app.config["FILES_URL"])  # type: ignore[no-any-return]  # fsspec is untyped


def clean_name(filename: str) -> str:
    """A name as it may be shown and saved: no folders, nothing invisible, at most 200 characters with its ending."""
    name = posixpath.basename(filename.replace("\\", "/"))
    # Control and direction characters break headers and make "gpj.exe" read as "exe.jpg".
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    stem, ending = posixpath.splitext(name.strip())
    if not stem.strip(". "):
        return "file"
    ending = ending[:20]
    return stem[: LONGEST_NAME - len(ending)] + ending


def store(
    content: bytes,
    filename: str,
    content_type: str,
    *,
    record: str,
    record_id: int | None,
) -> StoredFile:
    """Keep ``content``; the row is part of the unit of work under way. Chinese names stay as they are.

    The bytes are written first, under a name nobody guesses, and taken away again when the transaction is given up.
    A process killed in between leaves an orphan (``orphans``), never a row without its file.
    """
    if not in_unit_of_work():
        raise RuntimeError("a file is stored only inside a unit of work")
    moment = clock.now()
    key = f"{clock.local(moment):%Y/%m/%d}/{uuid.uuid4().hex}"
    filesystem, root = _store()
    path = posixpath.join(root, key)
    filesystem.makedirs(posixpath.dirname(path), exist_ok=True)
    after_rollback(lambda: _remove(path))
    with filesystem.open(path, "wb") as target:
        target.write(content)
    row = StoredFile(
        key=key,
        filename=clean_name(filename),
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        record=record,
        record_id=record_id,
        stored_at=moment,
        stored_by=current().name or current().username,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _remove(path: str) -> None:
    filesystem, _root = _store()
    with contextlib.suppress(FileNotFoundError):
        filesystem.rm_file(path)


def forget(row: StoredFile) -> None:
    """Delete a file for good: its row in the transaction under way, its content when that is committed."""
    if not in_unit_of_work():
        raise RuntimeError("a file is deleted only inside a unit of work")
    _filesystem, root = _store()
    path = posixpath.join(root, row.key)
    db.session.delete(row)
    db.session.flush()
    after_commit(lambda: _remove(path))


def orphans(older_than: timedelta = timedelta(days=1)) -> list[str]:
    """Files no row names, left by a process that died between file and commit; by default a day old at least."""
    filesystem, root = _store()
    if not filesystem.exists(root):
        return []
    limit = clock.now() - older_than
    known = set(db.session.execute(select(StoredFile.key)).scalars())
    found = []
    for path in filesystem.find(root):
        key = posixpath.relpath(path, root)
        if key not in known and filesystem.modified(path) < limit:
            found.append(key)
    return sorted(found)


def remove_orphans(older_than: timedelta = timedelta(days=1)) -> int:
    """Take them away; gives their number."""
    _filesystem, root = _store()
    found = orphans(older_than)
    for key in found:
        _remove(posixpath.join(root, key))
    return len(found)


def read(row: StoredFile) -> bytes:
    """The file's content. Raises ``NotFound`` when the store has lost it."""
    filesystem, root = _store()
    try:
        with filesystem.open(posixpath.join(root, row.key), "rb") as source:
            content: bytes = source.read()
    except FileNotFoundError:
        raise NotFound(row.filename) from None
    return content
