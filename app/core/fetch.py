"""Getting the row a verb is about: by id, within the actor's row scope."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import select

from app.core.db import db
from app.core.errors import Conflict, NotFound

T = TypeVar("T")


def fetch(model: type[T], key: int | None, *, version: int | None = None) -> T:
    """The row with this id, if the acting person may see it.

    Raises ``NotFound``, and ``Conflict`` when ``version`` is given and no longer the row's.
    """
    if key is None:
        raise NotFound(model.__name__)
    table: Any = model
    # A select, not ``session.get``: the identity map would hand out rows that the scope hides.
    row: Any = db.session.execute(select(model).where(table.id == key)).scalar_one_or_none()
    if row is None:
        raise NotFound(model.__name__)
    if version is not None and row.version != version:
        raise Conflict()
    found: T = row
    return found
