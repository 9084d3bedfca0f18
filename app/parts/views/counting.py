"""Stock-taking: the sheet on which figures are entered, its differences, its booking (SO-22)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.exceptions import NotFound as PageNotFound

from app.core.actors import current
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.home import card
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Page, Verb, fields
from app.core.views.columns import parse_moment
from app.core.views.refusals import FORESEEN, explain
from app.parts import commands, queries
from app.parts.commands.counting import Counted
from app.parts.models import Part, PartUnit, StockCount, StockCountLine
from app.parts.rules import STOCK_COUNT, serials_of
from app.parts.views.records import print_link
from app.parts.views.typed import figure, parts_in, typed_values


class ReasonForm(OfficeForm):
    """Why."""

    reason = fields.text(_l("Reason"), 200)


class StockCountLineView(BaseView):
    """The lines of a count."""

    datamodel = OfficeInterface(StockCountLine)
    record_name = _l("Line of a count")
    list_columns = ["part", "book", "counted", "counted_at", "difference", "reason"]
    show_columns = ["count", *list_columns, "serials"]
    search_columns = ["part", "count"]
    label_columns = {
        "count": _l("Stock count"),
        "part": _l("Part"),
        "book": _l("Books at the beginning"),
        "counted": _l("Counted"),
        "counted_at": _l("Counted at"),
        "difference": _l("Difference"),
        "reason": _l("Reason"),
        "serials": _l("Serial numbers"),
    }
    base_order = ("id", "asc")

    def listed(self, item: StockCountLine, column: str) -> Any:
        """Before a count is booked its differences are those of the sheet: the supervisor books them from here too."""
        if column == "difference" and item.difference is None and item.counted is not None:
            return _differences(item.count)[item.id]
        return super().listed(item, column)


def _differences(count: StockCount) -> dict[int, int]:
    # Worked out for all lines at once: kept for the page that shows them one by one.
    known: dict[int, dict[int, int]] = g.setdefault("count_differences", {})
    if count.id not in known:
        known[count.id] = {found.line.id: found.difference for found in queries.findings(count)}
    return known[count.id]


class StockCountView(BaseView):
    """Counts of stock places (SO-22)."""

    datamodel = OfficeInterface(StockCount)
    record_name = _l("Stock count")
    list_columns = ["number", "place", "status", "started_at", "started_by", "booked_at", "booked_by"]
    show_columns = [*list_columns, "submitted_at", "submitted_by", "reason"]
    search_columns = ["number", "place", "status", "started_at"]
    label_columns = {
        "number": _l("Number"),
        "place": _l("Stock place"),
        "started_at": _l("Begun at"),
        "started_by": _l("Begun by"),
        "submitted_at": _l("Submitted at"),
        "submitted_by": _l("Submitted by"),
        "booked_at": _l("Booked at"),
        "booked_by": _l("Booked by"),
        "reason": _l("Reason"),
    }
    tones = {"status": {"counting": "warning", "submitted": "info", "booked": "success"}}
    base_order = ("id", "desc")
    related_views = [StockCountLineView]
    lifecycle = STOCK_COUNT
    verbs = [
        Verb(commands.recount, icon="fa-undo"),
        Verb(commands.book, icon="fa-check", tone="primary", confirm=_l("Book all differences of this count?")),
        Verb(commands.give_up, form=ReasonForm, tone="danger"),
    ]

    def links(self, item: StockCount) -> list[Link]:
        """The sheet, and its print."""
        return [
            Link(_l("Count sheet"), url_for("CountView.sheet", count_id=item.id), "fa-list-ol"),
            *print_link("stock_count_sheet", _l("Print"), record_id=item.id),
        ]


class CountView(Page):
    """``/parts/count/<id>``: figures entered with the keyboard or a scanner, differences listed, explained, booked."""

    route_base = "/parts/count"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The list of counts."""
        return redirect(url_for("StockCountView.list"))

    @expose("/<int:count_id>", methods=["GET", "POST"])
    @has_access
    def sheet(self, count_id: int) -> Any:
        """The sheet; ``step`` says which of its buttons was pressed."""
        self._count(count_id)
        form = OfficeForm()
        if request.method == "GET":
            return self._page(count_id, form)
        if not form.validate():
            return self._page(count_id, form), 422
        try:
            self._do(count_id, request.form.get("step", "save"))
        except FORESEEN as error:
            db.session.rollback()
            form.refuse(None, explain(error, self)[1])
            return self._page(count_id, form), 422
        return redirect(url_for("CountView.sheet", count_id=count_id))

    def _do(self, count_id: int, step: str) -> None:
        if step in ("save", "submit"):
            counted_at = _moment(request.form.get("counted_at", ""))
            commands.enter(current(), count_id, lines=_entered(), counted_at=counted_at)
            if step == "submit":
                commands.submit(current(), count_id)
                flash(_("The count waits for the supervisor to book it."), "success")
        elif step in ("explain", "book"):
            reasons = {part: request.form.get(f"reason-{part}", "") for part, _rest in parts_in("reason")}
            commands.explain(current(), count_id, reasons=reasons)
            if step == "book":
                commands.book(current(), count_id)
                flash(_("The differences are booked."), "success")
        elif step == "recount":
            commands.recount(current(), count_id)

    def _count(self, count_id: int) -> StockCount:
        try:
            return fetch(StockCount, count_id)
        except Refused as error:
            raise PageNotFound() from error

    def _page(self, count_id: int, form: OfficeForm) -> str:
        count = self._count(count_id)
        found = queries.findings(count)
        offered = {each.verb for each in STOCK_COUNT.allowed(count.status, current().roles)}
        page: str = self.render_template(
            "parts/count.html",
            title=_("Stock count of %(place)s", place=count.place.name),
            count=count,
            found=found,
            offered=offered,
            typed=typed_values(),
            form=form,
            differences=sum(1 for each in found if each.pieces),
            open_lines=sum(1 for each in found if each.line.counted is None),
            states=STOCK_COUNT.state_labels,
            print_links=print_link("stock_count_sheet", _("Print the count list"), record_id=count.id),
            catalogue=_catalogue(count) if "enter" in offered else [],
        )
        return page


def _moment(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        return parse_moment(typed)
    except (ValueError, OverflowError):
        raise Refused(N_("Not a valid date and time."), field="counted_at") from None


def _entered() -> list[Counted]:
    found = []
    for part_id, _rest in parts_in("counted"):
        serials = request.form.get(f"serials-{part_id}", "")
        counted = figure(f"counted-{part_id}")
        if counted is None and serials.strip():
            counted = len(serials_of(serials))
        found.append(Counted(part_id, counted, serials, request.form.get(f"reason-{part_id}", "")))
    return found


def _catalogue(count: StockCount) -> list[dict[str, Any]]:
    """Parts and serial numbers for the box in which they are scanned; parts found that are not on the sheet."""
    units: dict[int, list[str]] = {}
    there = select(PartUnit.part_id, PartUnit.serial_no).where(PartUnit.place_id == count.place_id)
    for part_id, serial in db.session.execute(there):
        units.setdefault(part_id, []).append(serial)
    rows = db.session.execute(
        select(Part.id, Part.code, Part.name, Part.mnemonic, Part.unit, Part.serial_tracked).where(
            Part.active.is_(True)
        )
    )
    return [
        {
            "id": key,
            "code": code,
            "name": name,
            "short": short,
            "unit": unit,
            "tracked": tracked,
            "serials": units.get(key, []),
        }
        for key, code, name, short, unit, tracked in rows
    ]


card(
    "supervisor",
    title=_l("Counts to book"),
    url="StockCountView.list",
    arguments={"_flt_1_status": "submitted"},
    count=queries.counts_open,
    icon="fa-list-ol",
    tone="warning",
    order=46,
)
