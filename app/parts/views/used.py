"""What jobs used in a month, by part, branch, technician, class and job (SO-22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import abort, request
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock, permissions
from app.core.actors import current
from app.core.filesweb import offer
from app.core.listing import FORMATS, note_export
from app.core.listing_web import filename
from app.core.sheets import CONTENT_TYPE as XLSX_TYPE
from app.core.sheets import Sheet, workbook
from app.core.views import Page
from app.core.views.export import CSV_TYPE, as_csv
from app.parts import queries
from app.parts.queries import UsedPart

BY: dict[str, tuple[Any, Callable[[UsedPart], tuple[str, str]]]] = {
    "part": (_l("Part"), lambda row: (row.part, row.code)),
    "technician": (_l("Technician"), lambda row: (row.technician or "—", row.branch)),
    "branch": (_l("Branch"), lambda row: (row.branch, "")),
    "class": (_l("Class"), lambda row: (row.service_class or "—", "")),
    "job": (_l("Job no."), lambda row: (row.job or "—", f"{row.technician} {row.service_class}".strip())),
}


class UsedView(Page):
    """``/parts/used``: one month, added up as asked; every view of it is the sum of the same rows."""

    route_base = "/parts/used"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The month's table."""
        month, by = _asked()
        rows = _rows(month)
        label, key = BY[by]
        return self.render_template(
            "parts/used.html",
            title=_("Parts used"),
            month=month,
            this_month=clock.today().replace(day=1),
            by=by,
            choices={name: title for name, (title, _key) in BY.items()},
            label=label,
            sums=_sums(rows, key, by),
            quantity=sum(row.quantity for row in rows),
            amount=_worth(rows),
            may_export=permissions.may(current(), "list_export.take"),
        )

    @expose("/file", methods=["POST"])
    @has_access
    def file(self) -> Any:
        """The month's table as a file; in a spreadsheet the rows it is added up from stand on a second sheet."""
        permissions.check(current(), "list_export.take")
        ending = request.form.get("format", "")
        if ending not in FORMATS:
            abort(400)
        month, by = _asked()
        rows = _rows(month)
        label, key = BY[by]
        sums = _sums(rows, key, by)
        note_export(current(), type(self).__name__, len(sums))
        title = f"{_('Parts used')} {month:%Y-%m}"
        name = filename(f"{title} {label}", ending)
        headings = [str(label), "", _("Pieces"), _("Jobs"), _("Worth when fitted")]
        lines = [[row["name"], row["more"], row["quantity"], len(row["jobs"]), row["amount"]] for row in sums]
        total = [_("Total"), "", sum(row.quantity for row in rows), len({row.job for row in rows}), _worth(rows)]
        if ending == "csv":
            return offer("".join(as_csv(headings, [*lines, total])).encode(), CSV_TYPE, name)
        basis = _("By the price noted when a part was fitted; without one, by today's price list.")
        pages = [Sheet(str(label), headings, lines, sums=total, notes=[basis]), _each(rows)]
        return offer(workbook(pages, made_at=clock.now(), title=title), XLSX_TYPE, name)


def _asked() -> tuple[date, str]:
    by = request.values.get("by", "part")
    return _month(request.values.get("month", "")), by if by in BY else "part"


def _rows(month: date) -> list[UsedPart]:
    return queries.used_between(clock.at_local(month), clock.at_local(_next(month)))


def _worth(rows: list[UsedPart]) -> Decimal:
    return sum((row.amount for row in rows), Decimal("0.00"))


def _each(rows: list[UsedPart]) -> Sheet:
    """Every row: one a job and part."""
    headings = [
        _("Part number"), _("Part"), _("Unit"), _("Branch"), _("Technician"), _("Class"), _("Job no."), _("Pieces"),
        _("Worth when fitted"),
    ]  # fmt: skip
    lines = [
        [row.code, row.part, row.unit, row.branch, row.technician, row.service_class, row.job, row.quantity, row.amount]
        for row in rows
    ]
    return Sheet(_("Job by job"), headings, lines)


def _month(typed: str) -> date:
    try:
        return min(date.fromisoformat(f"{typed}-01"), clock.today().replace(day=1))
    except ValueError:
        return clock.today().replace(day=1)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _sums(rows: list[UsedPart], key: Callable[[UsedPart], tuple[str, str]], by: str) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(
        lambda: {"quantity": 0, "amount": Decimal("0.00"), "jobs": set(), "what": []}
    )
    for row in rows:
        mine = found[key(row)]
        mine["quantity"] += row.quantity
        mine["amount"] += row.amount
        mine["jobs"].add(row.job)
        if by == "job":
            mine["what"].append(f"{row.part} × {row.quantity}")
    listed = [{"name": name, "more": more, **sums} for (name, more), sums in found.items()]
    return sorted(listed, key=lambda each: (-each["quantity"], each["name"]))
