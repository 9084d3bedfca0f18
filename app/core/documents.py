"""The one registry of everything that is printed: forms, registers, letters, reports.

An area declares its documents in ``documents.py`` (query → frozen dataclass → template) and registers them here;
screens, scheduler, mail and the command line ask for them by name. ``docs/`` holds the recipe for adding one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import has_app_context
from flask_babel import force_locale

from app.core import actors, clock, permissions
from app.core.errors import N_, Misconfigured, NotFound, Refused
from app.core.periods import DAY, PERIODS, Period

if TYPE_CHECKING:
    from app.core.sheets import Sheet

DEFAULT_LANGUAGE = "zh_Hans_CN"
PARAMETERS = ("date", "branch", "record_id")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What every printed sheet says about itself; the papers of the areas add their own fields.

    ``branch_code`` and ``branch_name`` are empty on a sheet for the whole company.
    """

    number: str
    on: dt.date
    branch_code: str = ""
    branch_name: str = ""


@dataclass(frozen=True)
class Params:
    """What a document is asked for: a day (default today), a branch code (None: all), a record (None: the day's).

    ``kind`` of period: the day itself, or the week, month or quarter that it lies in.
    """

    date: dt.date
    branch: str | None = None
    record_id: int | None = None
    kind: str = DAY

    @property
    def period(self) -> Period:
        """The days it speaks of."""
        return Period.around(self.date, self.kind)


Query = Callable[[Params], Paper | Sequence[Paper]]


@dataclass(frozen=True)
class Document:
    """One entry of the registry.

    ``query`` gives one paper, or one per sheet (each sheet numbers its own pages); ``copies`` are the marks of the
    copies (联次), one page set each; ``scheduled_at`` is the default office time of the daily run, None when it is only
    printed on demand. Who may print it is the verb ``print.<name>`` of the role table. ``periods`` are the kinds of
    period it can be made for, the usual one first; ``sheets`` makes its spreadsheet from the same papers, in the words
    of ``say(message, **values)``.
    """

    name: str
    title: str
    area: str
    template: str
    query: Query
    form_number: str = ""
    params: tuple[str, ...] = ("date", "branch")
    paper: str = "A4"
    copies: tuple[str, ...] = ()
    scheduled_at: dt.time | None = None
    periods: tuple[str, ...] = (DAY,)
    sheets: Callable[[Sequence[Any], Callable[..., str]], list[Sheet]] | None = None

    @property
    def verb(self) -> str:
        """The verb of the role table that allows printing it."""
        return f"print.{self.name}"


@dataclass(frozen=True)
class Rendered:
    """A document made: the PDF, its file name (with Chinese), its title in the language of the document.

    ``xlsx`` is the same as a spreadsheet, None for a document that has none.
    """

    name: str
    pdf: bytes
    filename: str
    title: str
    pages: int
    xlsx: bytes | None = None

    @property
    def sheet_filename(self) -> str:
        """File name of the spreadsheet."""
        return self.filename.removesuffix(".pdf") + ".xlsx"


_documents: dict[str, Document] = {}


def register(document: Document) -> Document:
    """Add a document. Raises Misconfigured for a name taken twice or an unknown parameter."""
    known = _documents.get(document.name)
    if known is not None and known.query.__module__ != document.query.__module__:
        raise Misconfigured(f"two documents are called {document.name!r}")
    if unknown := set(document.params) - set(PARAMETERS):
        raise Misconfigured(f"document {document.name!r}: unknown parameters {sorted(unknown)}")
    if not document.periods or set(document.periods) - set(PERIODS):
        raise Misconfigured(f"document {document.name!r}: unknown periods {document.periods}")
    _documents[document.name] = document
    return document


def get(name: str) -> Document:
    """The document of that name. Raises Refused when there is none."""
    try:
        return _documents[name]
    except KeyError:
        raise Refused(N_("There is no document called %(name)s."), field="name", name=name) from None


def all_documents() -> list[Document]:
    """Every document, by name."""
    return [_documents[name] for name in sorted(_documents)]


def documents_for(actor: actors.Principal) -> list[Document]:
    """The documents this person may print."""
    return [document for document in all_documents() if permissions.may(actor, document.verb)]


def render(
    name: str,
    *,
    date: dt.date | None = None,
    branch: str | None = None,
    record_id: int | None = None,
    period: str | None = None,
    language: str = DEFAULT_LANGUAGE,
) -> Rendered:
    """Query and print a document for the acting person, who sees in it what their role may see.

    ``date`` defaults to today, ``branch`` is a branch code, ``period`` a kind of period (default: the document's usual
    one). Raises Refused for a document, branch, period or record that is not there, NotPermitted, and DocumentError
    when it cannot be printed as it should be.
    """
    document = get(name)
    actor = actors.current()
    permissions.check(actor, document.verb)
    if record_id is not None and "record_id" not in document.params:
        raise Refused(N_("This document is made for a day, not for one record."), field="record_id")
    kind = period or document.periods[0]
    if kind not in document.periods:
        raise Refused(N_("This document is not made for such a period."), field="period")
    params = Params(date or clock.today(), branch or None, record_id, kind)
    with _speaking(language):
        found = document.query(params)
        papers = [found] if isinstance(found, Paper) else list(found)
        if not papers and record_id is not None:
            raise NotFound(document.name)
        return print_papers(document, papers, params, language=language, made_by=actor.name)


def print_papers(
    document: Document,
    papers: Sequence[Paper],
    params: Params,
    *,
    language: str = DEFAULT_LANGUAGE,
    made_by: str = "",
    company: str | None = None,
) -> Rendered:
    """Print papers already at hand; without any, one page says honestly that there is nothing for that day."""
    from app.core import pdf  # WeasyPrint takes half a second to import: only for those who print

    title = pdf.translate(language, document.title)
    filename = _filename(title, papers, params)
    given = {
        "document": document,
        "title": title,
        "subject": filename.removesuffix(".pdf").replace("_", " "),
        "company": _company_name() if company is None else company,
        "made_at": clock.now(),
        "made_by": made_by,
    }
    template, copies = document.template, document.copies
    xlsx = _workbook(document, papers, language, given) if document.sheets is not None and papers else None
    if not papers:
        papers, template, copies = [_nothing(document, params)], "nothing.html", ()
    contexts = [{**given, "paper": paper, "copy": copy} for copy in copies or ("",) for paper in papers]
    printed = pdf.render_page_sets(template, contexts, language=language, paper=document.paper)
    return Rendered(document.name, printed.pdf, filename, title, printed.pages, xlsx)


def _workbook(document: Document, papers: Sequence[Paper], language: str, given: dict[str, Any]) -> bytes:
    from app.core import pdf, sheets  # openpyxl is only for those who make one

    def say(message: str, /, **values: Any) -> str:
        return pdf.translate(language, message, **values)

    assert document.sheets is not None  # nosec B101 - asked by the only caller
    found = document.sheets(papers, say)
    return sheets.workbook(found, made_at=given["made_at"], title=given["subject"], author=given["company"])


def title_in(document: Document, language: str = DEFAULT_LANGUAGE) -> str:
    """The document's title in ``language``, also outside a request."""
    from app.core import pdf

    return pdf.translate(language, document.title)


def _company_name() -> str:
    from app.core import settings  # needs the database, the papers themselves do not

    return settings.value("company_name")


def _nothing(document: Document, params: Params) -> Paper:
    number = "-".join(part for part in (document.form_number, params.branch, f"{params.date:%Y%m%d}") if part)
    return Paper(number=number, on=params.date, branch_code=params.branch or "", branch_name=params.branch or "")


def _filename(title: str, papers: Sequence[Paper], params: Params) -> str:
    """叫修登记本_HQ_2026-11-20.pdf; a single record's number stands where the branch would."""
    what = papers[0].number if params.record_id is not None and papers else params.branch or ""
    parts = [re.sub(r'[\\/:*?"<>|\s]+', "-", part) for part in (title, what, params.period.code) if part]
    return "_".join(parts) + ".pdf"


@contextlib.contextmanager
def _speaking(language: str) -> Iterator[None]:
    """What the query itself puts into words (labels of states, reasons) is in the language of the document."""
    if not has_app_context():
        yield
        return
    with force_locale(language):
        yield
