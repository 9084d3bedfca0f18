"""A technician's van in the morning and in the evening, on one screen (SO-22)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound as PageNotFound

from app.core import clock, permissions
from app.core.actors import current
from app.core.db import db
from app.core.errors import Refused
from app.core.fetch import fetch
from app.core.home import card
from app.core.views import OfficeForm, Page
from app.core.views.columns import parse_day
from app.core.views.refusals import FORESEEN, explain
from app.parts import commands, queries
from app.parts.models import Part, StockPlace
from app.parts.rules import MOVE_KIND_LABELS
from app.parts.views.records import may_print
from app.parts.views.typed import lines, parts_in, typed_values


class VanView(Page):
    """``/parts/vans``: the vans, and each van's page."""

    route_base = "/parts/vans"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """Every van with what it holds in sum and what its technician's jobs wait for."""
        return self.render_template("parts/vans.html", title=_("Vans"), vans=queries.vans_of())

    @expose("/<int:van_id>", methods=["GET", "POST"])
    @has_access
    def van(self, van_id: int) -> Any:
        """What the technician holds, needs and owes; a slip is written with one button."""
        van = self._van(van_id)
        if request.method == "GET":
            return self._page(van, OfficeForm())
        form = OfficeForm()
        if not form.validate():
            return self._page(van, form), 422
        try:
            slip = commands.exchange(
                current(), van.id, issues=lines("issue"), returns=lines("return"), used=lines("used")
            )
        except FORESEEN as error:
            db.session.rollback()
            form.refuse(None, explain(error, self)[1])
            return self._page(self._van(van_id), form), 422
        flash(_("Slip %(number)s is written.", number=slip.number), "success")
        return redirect(url_for("VanView.van", van_id=van_id, written=slip.id))

    def _van(self, van_id: int) -> StockPlace:
        try:
            van = fetch(StockPlace, van_id)
        except Refused as error:
            raise PageNotFound() from error
        if van.kind != "van":
            raise PageNotFound()
        return van

    def _page(self, van: StockPlace, form: OfficeForm) -> str:
        try:
            day = min(parse_day(request.args.get("day", "")), clock.today())
        except ValueError:
            day = clock.today()
        stores = queries.stores_of(van.branch_id)
        store = stores[0] if stores else None
        found = queries.van_day(van, store, clock.at_local(day))
        typed = typed_values()
        may = permissions.may(current(), "van.exchange") and store is not None and day == clock.today()
        page: str = self.render_template(
            "parts/van.html",
            title=_("Van of %(name)s", name=van.staff.name if van.staff else van.name),
            van=van,
            store=store,
            day=day,
            today=clock.today(),
            found=found,
            rows=_rows(found, typed),
            typed=typed,
            form=form,
            may=may,
            may_print=may_print("van_slip"),
            kinds=MOVE_KIND_LABELS,
            local=clock.local,
            catalogue=_catalogue(found) if may else [],
            written=request.args.get("written", type=int),
        )
        return page


def _rows(found: queries.VanDay, typed: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a part: those the jobs need first, what lies in the van, what it should carry, what was typed besides."""
    rows: dict[int, dict[str, Any]] = {}

    def row(part: Part) -> dict[str, Any]:
        return rows.setdefault(
            part.id,
            {"part": part, "needed": 0, "jobs": [], "held": 0, "reserved": 0, "free": 0, "in_store": 0, "low": None},
        )

    for kept in found.needed:
        mine = row(kept.part)
        mine["needed"] += kept.quantity
        if kept.reference not in mine["jobs"]:
            mine["jobs"].append(kept.reference)
    for balance in found.held:
        row(balance.part).update(held=balance.quantity, reserved=balance.reserved)
    for short in found.low:
        row(short.part)["low"] = short
    wanted = [part_id for column in ("issue", "return") for part_id, _rest in parts_in(column)] if typed else []
    for part_id in wanted:
        if part_id not in rows and part_id in found.store:
            row(found.store[part_id].part)
    for part_id, mine in rows.items():
        there = found.store.get(part_id)
        if there is not None:
            mine["free"], mine["in_store"] = there.available + mine["needed"], there.quantity
        mine["units"] = found.units.get(part_id, [])
        mine["store_units"] = found.store_units.get(part_id, [])
    return list(rows.values())


def _catalogue(found: queries.VanDay) -> list[dict[str, Any]]:
    """What the store has, for the box in which parts are scanned or searched: found without asking the server."""
    return [
        {
            "id": balance.part_id,
            "code": balance.part.code,
            "name": balance.part.name,
            "short": balance.part.mnemonic,
            "unit": balance.part.unit,
            "free": balance.available,
            "tracked": balance.part.serial_tracked,
            "serials": found.store_units.get(balance.part_id, []),
        }
        for balance in found.store.values()
    ]


card(
    "clerk",
    "supervisor",
    title=_l("Vans: morning and evening"),
    url="VanView.index",
    icon="fa-truck",
    order=34,
)
