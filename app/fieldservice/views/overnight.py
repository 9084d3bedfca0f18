"""``/day-close/``: the clerk compares the register with the vouchers and closes the day (SO-14); planned visits."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_day
from app.contracts.models import PlannedVisit
from app.contracts.views import ContractView
from app.core import clock, permissions, settings
from app.core.actors import SYSTEM, acting_as, current
from app.core.db import db
from app.core.home import LISTED, card
from app.core.views import BaseView, OfficeForm, OfficeInterface, Page, Verb
from app.core.views.columns import parse_day
from app.core.views.quick import QuickFilter, QuickFilters
from app.core.views.refusals import FORESEEN, explain
from app.fieldservice import commands, queries, rules
from app.fieldservice.models import DayClose, RepairCall
from app.fieldservice.views import words
from app.organisation.models import Branch
from app.organisation.queries import COMPANY_WIDE

CAUSES = {key: _l(label) for key, label in rules.CARRY_CAUSE_LABELS.items()}
FINDINGS = {key: _l(label) for key, label in rules.FINDING_LABELS.items()}


class CloseForm(OfficeForm):
    """The words stand beside the calls, one field each: ``reason-<call id>``."""


def _reasons() -> dict[int, str]:
    found = {}
    for name, value in request.form.items():
        head, _dash, number = name.partition("-")
        if head == "reason" and number.isdecimal() and len(number) < 10:
            found[int(number)] = value
    return found


class DayCloseView(Page):
    """What was not dispatched today and why, which vouchers do not fit, and the closing itself (SO-14)."""

    route_base = "/day-close"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The day of a branch: open, or as it was closed."""
        return self._page(self._branch(), self._day(), CloseForm())

    @expose("/close", methods=["POST"])
    @has_access
    def close(self) -> Any:
        """Close the day; closed already, nothing changes."""
        branch, day, form = self._branch(), self._day(), CloseForm()
        before = queries.close_of(branch.id, day)
        if not request.form.get("day"):  # the page names it: at midnight "today" would be another day
            form.refuse(None, _("Which day is to be closed?"))
        elif form.validate():
            try:
                closed = commands.close_day(current(), branch.id, day, reasons=_reasons())
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                if before is not None:
                    flash(_("This day was closed already: nothing has changed."), "info")
                else:
                    told = _("The day is closed: %(count)s calls carried over.", count=len(closed.carried))
                    flash(told, "success")
                return self._back(branch, day)
        return self._page(branch, day, form), 422

    @expose("/explain/<int:number>", methods=["POST"])
    @has_access
    def explain(self, number: int) -> Any:
        """Put words to what was carried over on a day that closed by itself."""
        form = CloseForm()
        branch, day = self._branch(), self._day()
        if form.validate():
            try:
                commands.explain_carry_over(current(), number, reasons=_reasons())
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                flash(_("Saved."), "success")
                return self._back(branch, day)
        return self._page(branch, day, form), 422

    def _back(self, branch: Branch, day: date) -> Response:
        return redirect(url_for("DayCloseView.index", branch=branch.code, day=day.isoformat()))

    def _day(self) -> date:
        try:
            return min(parse_day(request.values.get("day", "")), clock.today())
        except ValueError:
            return clock.today()

    def _branches(self) -> list[Branch]:
        if "branches" in g:
            return list(g.branches)
        statement = select(Branch).where(Branch.active.is_(True)).order_by(Branch.code)
        if current().has(*COMPANY_WIDE):
            statement = statement.where(Branch.kind != "head_office")
        else:
            statement = statement.where(Branch.id == (current().branch_id or -1))
        g.branches = list(db.session.scalars(statement))
        return list(g.branches)

    def _branch(self) -> Branch:
        branches = self._branches()
        wanted = request.values.get("branch", "")
        found = [branch for branch in branches if branch.code == wanted] if wanted else branches
        if not found:
            abort(404)
        return found[0]

    def _page(self, branch: Branch, day: date, form: CloseForm) -> Any:
        closed = queries.close_of(branch.id, day)
        actor = current()
        return self.render_template(
            "fieldservice/day_close.html",
            title=_("Closing the day"),
            branch=branch,
            branches=self._branches(),
            day=day,
            today=clock.today(),
            closed=closed,
            calls=[] if closed else self._waiting(branch, day),
            findings=[] if closed else self._findings(branch, day),
            evenings=queries.evenings(None if actor.has(*COMPANY_WIDE) else branch.id),
            for_day=queries.next_working_day(branch.id, day),
            open_day=is_open_day(calendar_for(branch.id), day),
            form=form,
            causes=CAUSES,
            finding_labels=FINDINGS,
            alert=max(settings.number("carried_over_alert"), 0),
            may_close=permissions.may(actor, "day_close.close") and actor.branch_id == branch.id,
            may_print=permissions.may(actor, "print.next_day_dispatch"),
            print_address=url_for("PrintView.now", name="next_day_dispatch", branch=branch.code, date=day.isoformat()),
            late=lambda call: rules.missed(call.arrive_by, None, clock.now()),
        )

    def _waiting(self, branch: Branch, day: date) -> list[RepairCall]:
        return queries.to_carry_over(branch.id, day, min(clock.now(), clock.day_bounds(day)[1]))

    def _findings(self, branch: Branch, day: date) -> list[queries.VoucherFinding]:
        if day != clock.today():
            return []  # where the vouchers were then is not known any more
        with acting_as(SYSTEM):
            return queries.voucher_findings(branch.id)


def _open_today() -> int | None:
    """What the clerk still has to close: the calls not dispatched, nothing once the day is closed."""
    branch_id = current().branch_id
    if branch_id is None:
        return None
    today = clock.today()
    done = db.session.scalar(select(DayClose.id).where(DayClose.branch_id == branch_id, DayClose.day == today))
    return 0 if done else queries.to_carry_over_count(branch_id, today, clock.now())


class PlannedVisitView(QuickFilters, BaseView):
    """Maintenance visits that contracts promise, and the calls they became (SO-23)."""

    datamodel = OfficeInterface(PlannedVisit)
    record_name = _l("Planned visit")
    list_columns = [
        "due_on",
        "contract",
        "contract.customer",
        "voucher",
        "voucher.product_model",
        "repair_call",
        "repair_call.status",
    ]
    show_columns = [*list_columns[:-2], "called_at", *list_columns[-2:]]
    search_columns = ["due_on", "contract", "voucher", "called_at"]
    label_columns = {
        "due_on": _l("Maintenance due on"),
        "contract": _l("Maintenance contract"),
        "contract.customer": _l("Customer"),
        "voucher": _l("Service voucher"),
        "voucher.product_model": _l("Product"),
        "called_at": _l("Call entered at"),
        "repair_call": _l("Repair call"),
        "repair_call.status": _l("Status"),
    }
    base_order = ("due_on", "asc")
    quick_filters = [
        QuickFilter("coming", _l("Still to come"), lambda: PlannedVisit.called_at.is_(None)),
        QuickFilter("called", _l("Call entered"), lambda: PlannedVisit.called_at.is_not(None)),
    ]
    choices = {"repair_call.status": {key: _l(label) for key, label in rules.CALL_STATE_LABELS.items()}}
    tones = {"repair_call.status": words.CALL_TONES}
    verbs = [
        Verb(
            commands.make_call,
            label=_l("Enter the call now"),
            icon="fa-phone",
            tone="primary",
            when=lambda visit: visit.called_at is None and visit.contract.status == "in_force",
            after=lambda call: url_for("RepairCallView.show", pk=call.id),
        )
    ]


ContractView.related_views.append(PlannedVisitView)

card(
    "clerk",
    title=_l("Closing the day"),
    url="DayCloseView.index",
    count=_open_today,
    icon="fa-moon-o",
    order=45,
    total="to-carry-over",
)
card(
    "supervisor",
    "branch_manager",
    "service_department",
    "management",
    title=_l("Carried over and still waiting"),
    url="RepairCallView.list",
    arguments={"show": "carried"},
    count=LISTED,
    icon="fa-moon-o",
    tone="warning",
    order=15,
)
