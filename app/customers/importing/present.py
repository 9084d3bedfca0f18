"""The plan in words for people and as JSON for programs (schema: `docs/import.md`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from app.core.errors import N_
from app.customers.importing.headings import FIELDS
from app.customers.importing.plan import Plan
from app.customers.importing.records import Finding
from app.customers.importing.sheet import Book

SCHEMA = 1
SHOWN = 40  # findings of one kind printed before the rest is only counted

SKIPPED_LABELS = {
    "total": N_("total line"),
    "footer": N_("note below the table"),
    "heading": N_("repeated heading"),
    "banner": N_("title across the table"),
    "blank": N_("only a running number"),
}
OUTCOME_LABELS = {
    "new": N_("new"),
    "changed": N_("changed"),
    "unchanged": N_("unchanged"),
    "repeated": N_("repeated"),
    "wrong": N_("wrong"),
}


def message_of(finding: Finding) -> str:
    """The finding's sentence in the reader's language."""
    return _(finding.problem.message, **finding.problem.params)


def findings(plan: Plan, *, errors: bool) -> list[Finding]:
    """All errors, or all warnings, in the order of the list."""
    return [finding for record in plan.records for finding in record.findings if finding.is_error is errors]


def as_json(book: Book, plan: Plan, *, filename: str, applied: bool, dry_run: bool) -> dict[str, Any]:
    """The stable schema: keys are only ever added."""
    return {
        "schema": SCHEMA,
        "file": filename,
        "applied": applied,
        "dry_run": dry_run,
        **plan.counts(),
        "new_models": [
            {"code": m.code, "name": m.name, "warranty_months": m.warranty_months} for m in plan.models if not m.known
        ],
        "sheets": [
            {
                "sheet": sheet.name,
                "heading_row": sheet.columns.heading_row,
                "columns": {key: [sheet.columns.names[i] for i in at] for key, at in sheet.columns.of.items()},
                "unread_columns": sheet.columns.unread,
            }
            for sheet in book.sheets
        ],
        "sheets_passed_over": [{"sheet": name, "reason": _(why)} for name, why in book.passed_over],
        "errors": [_finding(finding) for finding in findings(plan, errors=True)],
        "warnings": [_finding(finding) for finding in findings(plan, errors=False)],
        "skipped": [
            {"sheet": s.sheet, "row": s.row, "code": s.code, "reason": _(SKIPPED_LABELS[s.code]), "text": s.text}
            for s in plan.reading.skipped
        ],
        "rows": [{"sheet": sheet, "row": row, "outcome": outcome} for (sheet, row), outcome in plan.outcomes.items()],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.heading,
        "cell": finding.cell,
        "field": finding.problem.field,
        "value": finding.value,
        "code": finding.problem.code,
        "message": message_of(finding),
    }


def count_table(plan: Plan) -> list[tuple[str, int, int | None, int | None]]:
    """(what, new, changed, existing) for the summary; None where the column does not apply."""
    n = plan.counts()
    return [
        (_("Customers"), n["customers_new"], n["customers_changed"], n["customers_existing"]),
        (_("Telephones"), n["telephones_new"], None, None),
        (_("Addresses"), n["addresses_new"], None, None),
        (_("Contacts"), n["contacts_new"], None, None),
        (_("Product models"), n["models_new"], None, n["models_existing"]),
        (_("Products (one service voucher each)"), n["products_new"], n["products_changed"], n["products_existing"]),
    ]


def as_text(book: Book, plan: Plan, *, applied: bool, show_all: bool = False) -> Iterator[str]:
    """The lines printed for people."""
    yield from _sheets(book)
    n = plan.counts()
    yield ""
    yield _("Done:") if applied else _("To be done:")
    for what, new, changed, existing in count_table(plan):
        parts = [_("%(count)s new", count=new)]
        if existing is not None:
            parts.append(_("%(count)s already there", count=existing))
        if changed:
            parts.append(_("%(count)s of them changed", count=changed))
        yield "  " + _("%(what)s: %(text)s", what=what, text=_(", ").join(parts))
    yield "  " + _(
        "Rows: %(total)s – new %(new)s, changed %(changed)s, unchanged %(unchanged)s, repeated %(repeated)s, "
        "wrong %(wrong)s; %(skipped)s lines are no records",
        total=n["total_rows"],
        new=n["rows_new"],
        changed=n["rows_changed"],
        unchanged=n["rows_unchanged"],
        repeated=n["rows_repeated"],
        wrong=n["rows_wrong"],
        skipped=n["rows_skipped"],
    )
    new_models = [model for model in plan.models if model.known is None]
    if new_models:
        yield ""
        yield _("New product models (check name and warranty afterwards):")
        for model in new_models:
            yield "  " + _("%(code)s – warranty %(months)s months", code=model.code, months=model.warranty_months)
    yield from _list(_("Wrong, not imported:"), findings(plan, errors=True), show_all=True)
    yield from _list(_("Please note:"), findings(plan, errors=False), show_all=show_all)


def _sheets(book: Book) -> Iterator[str]:
    for sheet in book.sheets:
        yield _(
            "Sheet “%(sheet)s”: headings in row %(row)s, %(count)s lines",
            sheet=sheet.name,
            row=sheet.columns.heading_row,
            count=len(sheet.lines),
        )
        read = _(", ").join(
            f"{'/'.join(sheet.columns.names[i] for i in at)} → {_(FIELDS[key][0])}"
            for key, at in sheet.columns.of.items()
        )
        yield "  " + _("read: %(columns)s", columns=read)
        if sheet.columns.unread:
            yield "  " + _("not read: %(columns)s", columns=_(", ").join(sheet.columns.unread))
    for name, why in book.passed_over:
        yield _("Sheet “%(sheet)s” passed over: %(why)s", sheet=name, why=_(why))


def _list(title: str, found: list[Finding], *, show_all: bool) -> Iterator[str]:
    if not found:
        return
    yield ""
    yield title
    several = len({finding.sheet for finding in found}) > 1
    for finding in found if show_all else found[:SHOWN]:
        yield "  " + line_of(finding, with_sheet=several)
    if not show_all and len(found) > SHOWN:
        yield "  " + _("… and %(count)s more (--all shows them)", count=len(found) - SHOWN)


def line_of(finding: Finding, *, with_sheet: bool) -> str:
    """`第 12 行 “联系电话” [1380013800]: …`"""
    place = _("row %(row)s, column “%(column)s”", row=finding.row, column=finding.heading)
    value = f" [{' '.join(finding.value.split())}]" if finding.value else ""
    sheet = f"{finding.sheet} " if with_sheet else ""
    return _("%(what)s: %(text)s", what=f"{sheet}{place}{value}", text=message_of(finding))
