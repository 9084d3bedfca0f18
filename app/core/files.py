"""Files through one storage interface (an fsspec URL) and, in ``app.core.filesweb``, one checked route."""

from __future__ import annotations

import hashlib
import posixpath
import uuid
from datetime import datetime
from typing import Any

import fsspec
from flask import current_app
from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.actors import current
from app.core.db import Model, UTCDateTime, db, text
from app.core.errors import NotFound
from app.core.uow import in_unit_of_work


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


def store(
    content: bytes,
    filename: str,
    content_type: str,
    *,
    record: str,
    record_id: int | None,
) -> StoredFile:
    """Keep ``content``; the row is part of the unit of work under way. Chinese names stay as they are.

    The bytes are written first under a name nobody guesses: a rolled-back transaction leaves an orphan, never a
    row without its file.
    """
    if not in_unit_of_work():
        raise RuntimeError("a file is stored only inside a unit of work")
    moment = clock.now()
    name = posixpath.basename(filename.replace("\\", "/")).strip() or "file"
    key = f"{clock.local(moment):%Y/%m/%d}/{uuid.uuid4().hex}"
    filesystem, root = _store()
    path = posixpath.join(root, key)
    filesystem.makedirs(posixpath.dirname(path), exist_ok=True)
    with filesystem.open(path, "wb") as target:
        target.write(content)
    row = StoredFile(
        key=key,
        filename=name[:200],
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


def read(row: StoredFile) -> bytes:
    """The file's content. Raises ``NotFound`` when the store has lost it."""
    filesystem, root = _store()
    try:
        with filesystem.open(posixpath.join(root, row.key), "rb") as source:
            content: bytes = source.read()
    except FileNotFoundError:
        raise NotFound(row.filename) from None
    return content
