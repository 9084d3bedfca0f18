"""Languages: which there are, and how a message of the rules becomes one the reader understands."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask_babel import force_locale, get_locale, gettext

from app.core import dates
from app.core.errors import Refused

LANGUAGES = {
    "zh_Hans_CN": {"flag": "cn", "name": "中文"},
    "en": {"flag": "gb", "name": "English"},
}
DEFAULT = "zh_Hans_CN"
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def say(what: Refused | str, /, **params: Any) -> str:
    """A refusal, or an English message id, in the language of the request (jobs: the default language).

    Days and moments among the parameters, ISO texts or as such, are put into the reader's form.
    """
    message = what.message if isinstance(what, Refused) else str(what)
    if isinstance(what, Refused):
        params = {**what.params, **params}
    text = str(gettext(message))
    text = text % {name: _readable(value) for name, value in params.items()} if params else text
    others = [say(other) for other in what.also] if isinstance(what, Refused) else []
    return " ".join([text, *others])


def _readable(value: Any) -> Any:
    if isinstance(value, datetime):
        return dates.moment(value)
    if isinstance(value, date):
        return dates.day(value)
    return dates.in_words(value) if isinstance(value, str) else value


def language() -> str:
    """The reader's language as the catalogues name it: ``zh_Hans_CN`` or ``en``."""
    found = str(get_locale() or DEFAULT)
    return found if found in LANGUAGES else DEFAULT


def in_words(name: str, name_en: str) -> str:
    """The name of reference data in the reader's language; the English one where it is filled in."""
    return name_en if name_en and language() == "en" else name


def html_lang() -> str:
    """The language for ``<html lang>``: ``zh-Hans-CN`` or ``en``."""
    return str(get_locale() or DEFAULT).replace("_", "-")


@contextlib.contextmanager
def in_language(locale: str = DEFAULT) -> Iterator[None]:
    """Translate into ``locale`` within the block (documents and mail)."""
    with force_locale(locale):
        yield


def ensure_compiled() -> None:
    """Write the ``.mo`` files that are missing or older than their ``.po`` (they are not kept in git)."""
    for source in CATALOGUES.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file)
        fresh = target.with_suffix(f".{os.getpid()}.new")  # several processes may start at once
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)
