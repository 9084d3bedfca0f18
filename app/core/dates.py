"""Days and moments as they are read on screen: in Chinese 2026年11月22日 and 11月22日 14:05, else ISO.

A moment of the running year goes without its year in Chinese. Papers have forms of their own (``core/pdf.py``), files
that a spreadsheet opens keep ISO.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from flask_babel import get_locale

from app.core import clock

# A day or a moment at the beginning of a text, as rules and records hand it over: 2026-11-22, 11-22 14:05.
_ISO = re.compile(r"(?<![\w-])(?:(20\d{2})-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\w-])")

# Within a text only what can be nothing else: with its year, or with a time of day behind it.
_INSIDE = re.compile(
    r"(?<![\w-])(?:(20\d{2})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\w-])"
    r"|(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?= \d\d:\d\d))"
)
_AS_ISO: ContextVar[bool] = ContextVar("days_as_iso", default=False)


@contextmanager
def iso() -> Iterator[None]:
    """Within this, days and moments read as ISO in every language: for files that a spreadsheet opens."""
    before = _AS_ISO.set(True)
    try:
        yield
    finally:
        _AS_ISO.reset(before)


def _chinese() -> bool:
    return not _AS_ISO.get() and str(get_locale() or "zh").startswith("zh")


def day(on: date | datetime) -> str:
    """A day, or that of a moment, with its year: ``2026年11月22日``; in English ``2026-11-22``."""
    on = clock.local(on).date() if isinstance(on, datetime) else on
    return f"{on.year}年{on.month}月{on.day}日" if _chinese() else on.isoformat()


def moment(at: datetime) -> str:
    """A moment in office time: ``11月22日 14:05``, of another year ``2025年11月22日 14:05``; in English ISO."""
    local = clock.local(at)
    if not _chinese():
        return f"{local:%Y-%m-%d %H:%M}"
    return short(at) if local.year == clock.today().year else f"{day(local)} {local:%H:%M}"


def short(value: date | datetime) -> str:
    """A day or a moment without its year: ``11月22日 14:05``; in English ``11-22 14:05``."""
    local = clock.local(value) if isinstance(value, datetime) else value
    said = f"{local.month}月{local.day}日" if _chinese() else f"{local:%m-%d}"
    return f"{said} {local:%H:%M}" if isinstance(local, datetime) else said


def hour(at: datetime) -> str:
    """The time of day in office time: ``14:05``."""
    return f"{clock.local(at):%H:%M}"


def _day_of(year: str | None, month: str, on: str) -> str:
    return f"{year + '年' if year else ''}{int(month)}月{int(on)}日"


def in_words(text: str) -> str:
    """The text with ISO days put into the reader's form, when it begins with one; else as it is."""
    return _ISO.sub(lambda found: _day_of(*found.groups()), text) if _chinese() and _ISO.match(text) else text


def within(text: str) -> str:
    """A stored text, such as a note or a title, with the ISO days in it put into the reader's form."""
    if not _chinese():
        return text
    return _INSIDE.sub(lambda found: _day_of(*(found.groups()[:3] if found[1] else ("", found[4], found[5]))), text)
