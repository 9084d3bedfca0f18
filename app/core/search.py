"""The search box of every page: what a person types is a record's number, or something about a customer.

Areas say what can be found (``app/finding.py`` is the list):

    search.numbered("repair_call", "JX", detail=lambda call: call.symptom)      a table with a ``number`` column
    search.finder("customers", _l("Customers"), find)                           anything else: find(text) -> [Hit]

Numbers have one form, ``JX-NJ-20261121-0001``. Whole numbers are looked up as such; the beginning of one becomes a range
from ``…-00000000-0000`` to ``…-99999999-9999``, so that the unique index serves it under every collation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db

HITS = 6
LONGEST = 80
_WHOLE = re.compile(r"([A-Z]{2,3})-?([A-Z0-9]{2,8}?)-?(\d{8})-?(\d{4,6})")
_BEGUN = re.compile(r"([A-Z]{2,3})-([A-Z0-9]{2,8})(?:-(\d{1,8})(?:-(\d{1,4}))?)?-?")
_TAIL = re.compile(r"(?:(\d{4})-?)?(\d{4})-(\d{1,4})|(\d{4})(\d{4})(\d{4})")


@dataclass(frozen=True)
class Asked:
    """A number as it was typed: ``whole`` numbers it may be, or the ``begin``/``end`` of a range; ``prefix`` its kind."""

    whole: tuple[str, ...] = ()
    begin: str = ""
    end: str = ""
    prefix: str = ""

    def __bool__(self) -> bool:
        return bool(self.whole or self.begin)

    def on(self, column: Any) -> ColumnElement[bool]:
        """The condition on a ``number`` column."""
        if self.whole:
            return column.in_(self.whole)  # type: ignore[no-any-return]  # SQLAlchemy expression
        return (column >= self.begin) & (column <= self.end)  # type: ignore[no-any-return]  # likewise


def asked(text: str, *, year: int, prefixes: Sequence[str] = (), branches: Sequence[str] = ()) -> Asked:
    """Read a typed number: whole, begun, or only its end (``1121-0003``: this year, of every kind and branch)."""
    typed = re.sub(r"[\s–—_/]+", "-", text.strip().upper()).strip("-")
    typed = re.sub(r"-+", "-", typed)
    typed_branch_ends = text.rstrip().endswith("-")
    if found := _WHOLE.fullmatch(typed):
        return Asked(whole=("-".join(found.groups()),), prefix=found[1])
    if (found := _BEGUN.fullmatch(typed)) and (not prefixes or found[1] in prefixes):
        prefix, branch, day, number = found[1], found[2], found[3] or "", found[4] or ""
        if number and len(day) < 8:
            return Asked()
        if not day and not typed_branch_ends:
            # The branch may go on: "JX-SZ" begins JX-SZ2-… as well.
            first, last = f"{prefix}-{branch}-00000000-0000", f"{prefix}-{branch}ZZZZZZ-99999999-9999"
            return Asked(begin=first, end=last, prefix=prefix)
        head = f"{prefix}-{branch}-"
        return Asked(
            begin=f"{head}{day.ljust(8, '0')}-{number.ljust(4, '0')}",
            end=f"{head}{day.ljust(8, '9')}-{number.ljust(4, '9')}",
            prefix=prefix,
        )
    if found := _TAIL.fullmatch(typed):
        given, day, number = (found[1], found[2], found[3]) if found[2] else (found[4], found[5], found[6])
        if not _is_day(day):
            return Asked()
        end = f"{given or year}{day}-{number.rjust(4, '0')}"
        return Asked(whole=tuple(f"{prefix}-{branch}-{end}" for prefix in prefixes for branch in branches))
    return Asked()


def _is_day(day: str) -> bool:
    try:
        date(2000, int(day[:2]), int(day[2:]))
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is called, a second line about it, where it is."""

    title: str
    detail: str
    url: str


@dataclass
class Group:
    """What was found of one kind; ``exact`` when the text is the number of the only one."""

    label: Any
    icon: str
    hits: list[Hit]
    exact: bool = False


@dataclass(frozen=True)
class _Numbered:
    prefix: str
    detail: Callable[[Any], str] | None
    icon: str
    eager: tuple[str, ...]


@dataclass(frozen=True)
class _Finder:
    label: Any
    find: Callable[[str], Sequence[Hit]]
    icon: str


_numbered: dict[str, _Numbered] = {}
_finders: dict[str, _Finder] = {}
_branches: list[Callable[[], Sequence[str]]] = []


def numbered(
    table: str,
    prefix: str,
    *,
    detail: Callable[[Any], str] | None = None,
    icon: str = "fa-hashtag",
    eager: Sequence[str] = (),
) -> None:
    """Let rows of ``table`` be found by their number; ``eager`` are the references that ``detail`` touches."""
    _numbered[table] = _Numbered(prefix, detail, icon, tuple(eager))


def finder(name: str, label: Any, find: Callable[[str], Sequence[Hit]], *, icon: str = "fa-user") -> None:
    """Let ``find(text)`` answer too; it goes through the person's row scope."""
    _finders[name] = _Finder(label, find, icon)


def branches_from(codes: Callable[[], Sequence[str]]) -> None:
    """Say which branch codes stand in numbers."""
    _branches[:] = [codes]


def everything(text: str) -> list[Group]:
    """What the acting person may see of what the text names: records by number, else whatever the finders find."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        return []
    codes = [code for source in _branches for code in source()] if re.search(r"\d", text) else []
    prefixes = [each.prefix for each in _numbered.values()]
    number = asked(text, year=clock.today().year, prefixes=prefixes, branches=codes)
    groups = [group for view in _screens() if (group := _by_number(view, number))] if number else []
    for each in _finders.values():
        found = list(each.find(text))[:HITS] if not (number and groups) else []
        if found:
            groups.append(Group(each.label, each.icon, found))
    return groups


def _screens() -> list[Any]:
    """The screens of numbered tables whose records this person may open; one for a table."""
    from app.core.views.model import BaseView

    found: dict[str, Any] = {}
    for view in current_app.extensions["appbuilder"].baseviews:
        if isinstance(view, BaseView) and view.datamodel.obj.__tablename__ in _numbered and view.permitted("can_show"):
            found.setdefault(view.datamodel.obj.__tablename__, view)
    return list(found.values())


def _by_number(view: Any, number: Asked) -> Group | None:
    model = view.datamodel.obj
    known = _numbered[model.__tablename__]
    if number.prefix and number.prefix != known.prefix:
        return None
    mine = number
    if not number.prefix:
        mine = Asked(whole=tuple(each for each in number.whole if each.startswith(f"{known.prefix}-")))
    options = [_eager(model, path) for path in known.eager]
    statement = select(model).where(mine.on(model.number)).options(*options)
    rows = db.session.scalars(statement.order_by(model.number.desc()).limit(HITS)).unique().all()
    if not rows:
        return None
    hits = [Hit(row.number, known.detail(row) if known.detail else "", view.record_url(row)) for row in rows]
    return Group(view.show_title, known.icon, hits, exact=len(rows) == 1 and len(mine.whole) == 1)


def _eager(model: type[Any], path: str) -> Any:
    """The loader option for a dotted path of references."""
    option: Any = None
    for name in path.split("."):
        step = getattr(model, name)
        option = joinedload(step) if option is None else option.joinedload(step)
        model = step.property.mapper.class_
    return option
