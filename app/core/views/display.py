"""How values read on screen: no ``None``, ``False`` or ``[]``; office time; labels instead of stored keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from app.core import dates

NOTHING = "—"


def listed(words: Iterable[str]) -> str:
    """Several things said one after the other, as the reader's language parts them."""
    return str(_(", ")).join(words)


def plain(value: Any) -> str:
    """A value as text a person reads."""
    if value is None or value == "" or value == [] or value == () or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, datetime):
        return dates.moment(value)
    if isinstance(value, date):
        return dates.day(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if -2 <= int(value.as_tuple().exponent) <= 0 else f"{value:,f}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, (list, tuple, set)):
        return listed(plain(part) for part in value)
    if isinstance(value, dict):
        return listed(f"{key}: {plain(part)}" for key, part in value.items())
    return str(value)


def chip(label: Any, tone: str = "neutral") -> Markup:
    """A coloured label for a state or a kind."""
    return Markup('<span class="chip chip-{}">{}</span>').format(tone, label)


def shown(value: Any, choices: dict[Any, Any] | None = None, tones: dict[Any, str] | None = None) -> Any:
    """A value as it stands in a list or on a record's page."""
    if choices is not None and value not in (None, "") and not isinstance(value, (list, dict)):
        label = choices.get(value, value)
        label = _(label) if type(label) is str else label
        return chip(label, tones.get(value, "neutral")) if tones is not None else str(label)
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool) and tones is not None:
        return chip(plain(value), tones.get(value, "neutral"))
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        return Markup('<span class="num">{}</span>').format(plain(value))
    return escape(plain(value))


def same_arguments(arguments: MultiDict[str, str], **changes: Any) -> dict[str, Any]:
    """The list's address arguments with some changed; None drops one."""
    kept = {key: value for key, value in arguments.items(multi=False) if key not in changes}
    kept.update({key: value for key, value in changes.items() if value is not None})
    return kept
