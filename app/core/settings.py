"""Settings held as data: the regulations' default numbers, editable by an administrator, never constants in code.

An area declares its settings with ``declare``; the row in the database, if there is one, wins over the default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from flask import g, has_request_context, request
from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, Versioned, db, text, watch_version
from app.core.errors import N_, Misconfigured


class Setting(Versioned, Model):
    """One changed setting."""

    __tablename__ = "setting"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), nullable=False)
    value: Mapped[str] = text(500)
    note: Mapped[str] = text(500)

    def __str__(self) -> str:
        return self.key


watch_version(Setting)


@dataclass(frozen=True)
class Declared:
    """A known setting: its default and what it means (an English message id, with the unit)."""

    key: str
    default: str
    note: str
    rule: str = ""
    check: Callable[[str], object] | None = None


_declared: dict[str, Declared] = {}


def declare(
    key: str, default: str | int, note: str, rule: str = "", check: Callable[[str], object] | None = None
) -> None:
    """Make a setting known. ``check(value)`` raises ``ValueError`` or ``Refused`` for what cannot be read back."""
    _declared[key] = Declared(key, str(default), note, rule, check)


def declared() -> list[Declared]:
    """Every known setting, for initialisation and the settings screen."""
    return list(_declared.values())


def value(key: str) -> str:
    """The setting's value. Raises ``Misconfigured`` for an unknown key."""
    if key not in _declared:
        raise Misconfigured(f"setting {key!r} is not declared")
    if has_request_context() and request.method in ("GET", "HEAD"):
        # A page asks for several; none of them changes while it is made.
        known: dict[str, str] = g.setdefault("settings_of_page", {})
        if not known:
            known.update(values())
        return known[key]
    stored = db.session.execute(select(Setting.value).where(Setting.key == key)).scalar_one_or_none()
    return stored if stored is not None else _declared[key].default


def values() -> dict[str, str]:
    """The value of every known setting, in one question."""
    stored = {row.key: row.value for row in db.session.execute(select(Setting.key, Setting.value))}
    return {key: stored.get(key, known.default) for key, known in _declared.items()}


def number(key: str) -> int:
    """The setting as a whole number."""
    return int(value(key))


def amount(key: str) -> Decimal:
    """The setting as CNY."""
    return Decimal(value(key))


declare("company_name", "安心家电服务有限公司", N_("Name of the company on every document"))
