"""From a Jinja template to a PDF that may be printed, signed and filed.

Nothing is fetched from outside, and nothing is silently left out: a missing image, a missing value or a value that
would print as ``None`` raises :class:`DocumentError`. One font configuration and one style sheet per process, because
new ones each time eat memory.
"""

from __future__ import annotations

import base64
import functools
import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import segno
from babel.dates import format_date
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.core import clock
from app.core.errors import N_

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "templates" / "documents"
ASSETS = TEMPLATES / "assets"
CATALOGUES = ROOT / "app" / "translations"
DEFAULT_LANGUAGE = "zh_Hans_CN"
# What @page understands, by the name a document is registered with.
PAPER_SIZES = {
    "A4": "210mm 297mm",
    "A4 landscape": "297mm 210mm",
    "A5": "148mm 210mm",
    "A5 landscape": "210mm 148mm",
}
_IMAGE_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"<svg": "image/svg+xml"}
_CONTENT_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}


class DocumentError(Exception):
    """The document cannot be printed as it should be; the message names the template and the reason."""


@dataclass(frozen=True)
class Printed:
    """A finished PDF and its number of pages."""

    pdf: bytes
    pages: int


# ---------------------------------------------------------------------------------------------------- what may be read


class LocalAssets(URLFetcher):
    """Opens ``asset:NAME`` from the assets folder, ``font:NAME`` and the data URIs we made; refuses all else."""

    def __init__(self, produced: set[str] | None = None) -> None:
        super().__init__(allowed_protocols=())
        self._produced = produced if produced is not None else set()

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The bytes behind ``url``; raises FatalURLFetchingError, which ends the rendering."""
        scheme, _, rest = url.partition(":")
        if scheme == "data" and url in self._produced:
            kind, _, payload = rest.partition(";base64,")
            return URLFetcherResponse(url, base64.b64decode(payload), {"Content-Type": kind})
        if scheme == "asset":
            path = (ASSETS / rest).resolve()
            if path.is_relative_to(ASSETS.resolve()) and path.is_file():
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _CONTENT_TYPES[path.suffix]})
            raise FatalURLFetchingError(f"there is no asset {rest!r}")
        if scheme == "font" and rest in ("sans", "serif"):
            font = pylopdf_fonts_zh_cn.sans_path() if rest == "sans" else pylopdf_fonts_zh_cn.serif_path()
            return URLFetcherResponse(url, Path(font).read_bytes(), {"Content-Type": "font/otf"})
        raise FatalURLFetchingError(f"a document may not fetch {url[:80]!r}")


class _Complaints(logging.Handler):
    """Collects what WeasyPrint only logs (a broken picture, for example) while one thread renders."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.found.append(record.getMessage())

    def __enter__(self) -> _Complaints:
        logging.getLogger("weasyprint").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)


# ------------------------------------------------------------------------------------------------------ how it is said


@functools.lru_cache(maxsize=8)
def _catalogue(language: str, stamp: int) -> NullTranslations:
    return Translations.load(CATALOGUES, [language])


def translate(language: str, message: str, /, **params: Any) -> str:
    """``message`` in the language of the document; raises DocumentError when a parameter is None."""
    file = CATALOGUES / language / "LC_MESSAGES" / "messages.mo"
    text = _catalogue(language, file.stat().st_mtime_ns if file.exists() else 0).gettext(message) if message else ""
    missing = [name for name, value in params.items() if value is None]
    if missing:
        raise DocumentError(f"{', '.join(missing)} in {message!r} is None")
    if any(isinstance(value, Markup) for value in params.values()):
        text = escape(text)
    return text % params if params else text


def _refuse_none(value: Any) -> Any:
    if value is None:
        raise DocumentError("a value is None; print an optional one with |blank")
    return value


@pass_context
def _gettext(context: Context, message: str, /, **params: Any) -> str:
    return translate(context["language"], message, **params)


def _local_day(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def _blankable(form: Callable[..., Any]) -> Callable[..., Any]:
    """Let a filter take ``blank=True`` for a value that may be absent; otherwise None is refused."""

    @functools.wraps(form)
    def formed(context: Context, value: Any, *args: Any, blank: bool = False, **kwargs: Any) -> Any:
        if value is None and blank:
            return ""
        return form(context, _refuse_none(value), *args, **kwargs)

    return pass_context(formed)


@_blankable
def _day(context: Context, value: date | datetime) -> str:
    """2026年11月20日, or 20 Nov 2026."""
    day = _local_day(value)
    if context["language"].startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return format_date(day, "d MMM y", locale="en")


@_blankable
def _iso_day(context: Context, value: date | datetime) -> str:
    """2026-11-20: for narrow columns."""
    return _local_day(value).isoformat()


@_blankable
def _weekday(context: Context, value: date | datetime) -> str:
    return format_date(_local_day(value), "EEEE", locale=context["language"])


@_blankable
def _clock(context: Context, value: datetime, on: date | None = None) -> str:
    """08:30 in office time; with ``on``, the date goes before it when it is another day (11-19 16:40)."""
    at = clock.local(value)
    if on is None or at.date() == on:
        return f"{at:%H:%M}"
    return f"{at:%m-%d %H:%M}" if at.year == on.year else f"{at:%Y-%m-%d %H:%M}"


@_blankable
def _moment(context: Context, value: datetime) -> str:
    """2026-11-20 08:30 in office time."""
    return f"{clock.local(value):%Y-%m-%d %H:%M}"


@_blankable
def _money(context: Context, value: Decimal) -> str:
    """¥1,234.50; a credit as -¥1,234.50."""
    return f"{'-' if value < 0 else ''}¥{abs(value):,.2f}"


@_blankable
def _minutes(context: Context, value: int) -> str:
    """135 分钟: whole minutes with their unit."""
    return translate(context["language"], N_("%(count)s min"), count=f"{value:,}")


@_blankable
def _hours(context: Context, value: int) -> str:
    """2 小时 15 分: minutes in the form people read."""
    return translate(context["language"], N_("%(hours)s h %(minutes)s min"), hours=value // 60, minutes=value % 60)


@_blankable
def _lines(context: Context, value: str) -> Markup:
    """Text with its line breaks kept."""
    return Markup("<br>").join(escape(line) for line in value.splitlines())


def _number(value: str) -> Markup:
    """A document number, kept on one line so that it can be read out and searched for."""
    return Markup('<span class="number">{}</span>').format(_refuse_none(value))


def _blank(value: Any, instead: str = "") -> Any:
    """The value, or nothing (or ``instead``) where it may be absent."""
    return instead if value is None or value == "" else value


def _data_uri(context: Context, data: bytes, kind: str) -> str:
    uri = f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
    context["produced"].add(uri)
    return uri


@pass_context
def _qr(context: Context, value: str) -> str:
    """A QR code of ``value`` as an SVG data URI, error correction M."""
    drawn = segno.make(_refuse_none(value), error="m", micro=False).svg_inline(border=0, scale=1, omitsize=True)
    drawn = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1) if "xmlns=" not in drawn else drawn
    return _data_uri(context, drawn.encode("utf-8"), "image/svg+xml")


@pass_context
def _picture(context: Context, value: bytes) -> str:
    """A picture (PNG, JPEG or SVG bytes, such as a drawn signature) as a data URI."""
    data = bytes(_refuse_none(value))
    for magic, kind in _IMAGE_TYPES.items():
        if data.startswith(magic):
            return _data_uri(context, data, kind)
    raise DocumentError("a picture is neither PNG, JPEG nor SVG")


@functools.cache
def environment() -> Environment:
    """The Jinja environment of printed documents: strict, escaping, in the document's own language."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_refuse_none,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    env.globals["_"] = _gettext
    env.filters.update(
        day=_day, iso_day=_iso_day, weekday=_weekday, clock=_clock, moment=_moment, money=_money, minutes=_minutes,
        hours=_hours, lines=_lines, number=_number, blank=_blank, qr=_qr, picture=_picture,
    )  # fmt: skip
    return env


# --------------------------------------------------------------------------------------------------------- how printed


class _Press:
    """The fonts and the style sheet of this process."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.style = CSS(
            string=(TEMPLATES / "style.css").read_text("utf-8"),
            url_fetcher=LocalAssets(),
            font_config=self.fonts,
            base_url="asset:",
        )
        # Pango's font map is not made for two threads.
        self.lock = threading.Lock()


@functools.cache
def _press() -> _Press:
    return _Press()


def warm_up() -> None:
    """Load fonts and style sheet now.

    A worker that forks for every job calls it before it forks: the children then share the fonts in memory, and leave
    no copies of the font files behind in the temporary folder.
    """
    _press()
    environment()


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    language: str = DEFAULT_LANGUAGE,
    paper: str = "A4",
) -> bytes:
    """One page set as PDF bytes; raises DocumentError."""
    return render_page_sets(template, [context], language=language, paper=paper).pdf


def render_page_sets(
    template: str,
    contexts: Iterable[Mapping[str, Any]],
    *,
    language: str = DEFAULT_LANGUAGE,
    paper: str = "A4",
) -> Printed:
    """Several page sets (copies, or one sheet per person) in one PDF; pages are numbered within each set.

    Raises DocumentError when a value or picture is missing, or something outside is asked for.
    """
    press = _press()
    with press.lock, _Complaints() as complaints:
        try:
            sets = [_layout(press, template, context, language, paper) for context in contexts]
            if not sets:
                raise DocumentError(f"{template}: nothing to print")
            whole = sets[0].copy([page for one in sets for page in one.pages])
            pdf = whole.write_pdf()
        except FatalURLFetchingError as error:
            raise DocumentError(f"{template}: {error}") from error
    if complaints.found:
        raise DocumentError(f"{template}: {'; '.join(complaints.found)}")
    return Printed(pdf, len(whole.pages))


def render_html(template: str, context: Mapping[str, Any], *, language: str, paper: str, produced: set[str]) -> str:
    """The page set as HTML; ``produced`` collects the data URIs we made. Raises DocumentError."""
    given = {
        **context,
        "language": language,
        "lang": "zh-CN" if language.startswith("zh") else "en",
        "size": PAPER_SIZES[paper],
        "produced": produced,
        "page_of": _page_of(language),
    }
    try:
        return environment().get_template(template).render(given)
    except DocumentError as error:
        raise DocumentError(f"{template}: {error}") from error
    except TemplateError as error:
        raise DocumentError(f"{template}: {type(error).__name__}: {error}") from error


def _layout(press: _Press, template: str, context: Mapping[str, Any], language: str, paper: str) -> Any:
    produced: set[str] = set()
    html = render_html(template, context, language=language, paper=paper, produced=produced)
    return HTML(string=html, base_url="asset:", url_fetcher=LocalAssets(produced)).render(
        font_config=press.fonts, stylesheets=[press.style]
    )


def _page_of(language: str) -> Markup:
    """“Page x of y” with the two numbers left to the page counters of the style sheet."""
    text = str(escape(translate(language, N_("Page %(page)s of %(pages)s"), page="\x01", pages="\x02")))
    counters = {"\x01": '<span class="page"></span>', "\x02": '<span class="pages"></span>'}
    return Markup(re.sub("[\x01\x02]", lambda found: counters[found[0]], text))  # nosec B704 - what was translated is escaped
