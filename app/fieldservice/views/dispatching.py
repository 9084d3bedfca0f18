"""``/dispatch/``: the supervisor's board – what waits, who is free on which day, and the two brought together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actors import current
from app.core.home import card, latest
from app.core.views import OfficeForm, Page, fields
from app.core.views.columns import parse_day, parse_moment
from app.core.views.refusals import FORESEEN, explain
from app.customers.rules import CATEGORY_LABELS
from app.fieldservice import commands, queries, rules
from app.fieldservice.models import ContractorRequest, RepairCall, WorkOrder
from app.fieldservice.queries import board as boards
from app.fieldservice.views import chips, words
from app.fieldservice.views.planning import REQUEST_TONES


class BoardForm(OfficeForm):
    """The technician is chosen by a row of the suggestion beside it."""

    technician_id = fields.choice(_l("Technician"), dict)
    appointment_at = fields.moment(_l("Appointment"), required=False)
    expected_minutes = fields.number(_l("Expected minutes"), 1, 1440, required=False)
    override_reason = fields.text(_l("Reason for booking all the same"), 200, required=False)
    out_of_turn_reason = fields.text(_l("Reason for taking this call out of turn"), 200, required=False)
    service_class = fields.choice(_l("Other class than derived"), words.CUSTOMER_CLASSES, required=False)
    class_reason = fields.text(_l("Reason for the class"), 200, required=False)


class ReassignForm(OfficeForm):
    """Who goes instead, and why."""

    technician_id = fields.choice(_l("Technician"), dict)
    reason = fields.text(_l("Reason for the change"), 200)
    appointment_at = fields.moment(_l("Appointment"), required=False)
    override_reason = fields.text(_l("Reason for booking all the same"), 200, required=False)


class ContractorForm(OfficeForm):
    """Whom to ask for when no one is free (SO-19)."""

    contractor_id = fields.choice(_l("Outside contractor"), dict)
    contractor_reason = fields.text(_l("Reason"), 200)


@dataclass
class Shown:
    """What one answer of the board shows."""

    waiting: list[RepairCall]
    chosen: RepairCall | None
    order: WorkOrder | None
    board: boards.Board | None
    form: OfficeForm | None = None
    asking: ContractorForm | None = None
    wanted: ContractorRequest | None = None

    @property
    def orders(self) -> list[WorkOrder]:
        """Every job on the board once, the most pressing first."""
        if self.board is None:
            return []
        jobs = [job.order for row in self.board.rows for cell in row.cells for job in cell.jobs]
        jobs += [job.order for job in self.board.contractor_jobs()]
        far = datetime.max.replace(tzinfo=self.board.now.tzinfo)
        unique = {order.id: order for order in jobs}.values()
        return sorted(unique, key=lambda order: (order.repair_call.arrive_by or far, order.id))


class DispatchView(Page):
    """Calls left over first, then the oldest (SO-14); technicians × days with what they have to do (SO-19)."""

    route_base = "/dispatch"
    default_view = "index"

    # -- pages -----------------------------------------------------------------------------------------------------

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The board with one call or one job opened: the one asked for, else the first call that waits."""
        call_id, order_id = request.args.get("call", type=int), request.args.get("order", type=int)
        shown = self._load(call_id, order_id)
        if call_id is not None and shown.chosen is None:
            flash(_("This call is not waiting for dispatch any more."), "warning")
        if order_id is not None and shown.order is None:
            flash(_("This job is not under way any more."), "warning")
        if shown.order is None and shown.chosen is None and shown.waiting:
            shown.chosen = shown.waiting[0]
        self._forms(shown)
        return self._page(shown)

    @expose("/send/<int:call_id>", methods=["POST"])
    @has_access
    def send(self, call_id: int) -> Any:
        """Dispatch the call as the form says."""
        shown = self._load(call_id, None)
        form = self._dispatch_form(shown)
        crew = [int(each) for each in request.form.getlist("crew") if each.isdigit()]
        given = {**form.values, "crew": crew} if shown.chosen is not None else {"technician_id": 0}

        def do() -> str:
            order = commands.dispatch(current(), call_id, **given)
            return _("%(number)s: %(technician)s goes.", number=order.number, technician=str(order.technician))

        return self._answer(shown, form, do, gone=lambda: queries.live_order(call_id) is not None)

    @expose("/reassign/<int:order_id>", methods=["POST"])
    @has_access
    def reassign(self, order_id: int) -> Any:
        """Another technician goes instead."""
        shown = self._load(None, order_id)
        form = self._reassign_form(shown)

        def do() -> str:
            order = commands.reassign(current(), order_id, **form.values)
            return _("%(number)s: %(technician)s goes instead.", number=order.number, technician=str(order.technician))

        return self._answer(shown, form, do)

    @expose("/move/<int:order_id>", methods=["POST"])
    @has_access
    def move(self, order_id: int) -> Any:
        """The appointment moves, with the customer's consent (SO-18)."""
        try:
            moment = parse_moment(request.form.get("appointment_at", ""))
        except (ValueError, OverflowError):
            flash(_("Not a valid date and time."), "danger")
            return redirect(url_for("DispatchView.index", order=order_id))
        agreed_by, reason = request.form.get("agreed_by", ""), request.form.get("reason", "")
        return self._simply(
            order_id,
            lambda: commands.move_appointment(
                current(), order_id, appointment_at=moment, agreed_by=agreed_by, reason=reason
            ),
            _("The appointment is moved."),
        )

    @expose("/urge/<int:order_id>", methods=["POST"])
    @has_access
    def urge(self, order_id: int) -> Any:
        """Remind the technician."""
        note = request.form.get("note", "")
        return self._simply(
            order_id, lambda: commands.urge(current(), order_id, note=note), _("The technician is reminded.")
        )

    @expose("/crew/<int:order_id>", methods=["POST"])
    @has_access
    def crew(self, order_id: int) -> Any:
        """One more technician goes along, or one no longer does."""
        staff_id = request.form.get("staff_id", 0, type=int)
        change = commands.remove_crew if request.form.get("off") else commands.add_crew
        return self._simply(order_id, lambda: change(current(), order_id, staff_id=staff_id), _("The crew is changed."))

    @expose("/contractor/<int:call_id>", methods=["POST"])
    @has_access
    def contractor(self, call_id: int) -> Any:
        """Ask the manager for an outside contractor."""
        shown = self._load(call_id, None)
        self._forms(shown, formdata=False)
        form = shown.asking = self._contractor_form(shown)
        if form is not None and form.validate():
            try:
                commands.ask_contractor(
                    current(),
                    call_id,
                    contractor_id=int(form.contractor_id.data),
                    reason=form.contractor_reason.data,
                )
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                flash(_("The branch manager is asked to approve the contractor."), "success")
                return redirect(url_for("DispatchView.index", call=call_id))
        if form is None:
            flash(_("This call is not waiting for dispatch any more."), "warning")
            return redirect(url_for("DispatchView.index"))
        return self._page(shown), 422

    # -- answers ---------------------------------------------------------------------------------------------------

    def _answer(
        self, shown: Shown, form: OfficeForm, do: Callable[[], str], gone: Callable[[], bool] = lambda: False
    ) -> Any:
        there = shown.chosen is not None or shown.order is not None
        if not there or form.validate():
            try:
                done = do()
            except FORESEEN as error:
                where, message = explain(error, self)
                if not there or gone():
                    # Somebody was faster: the call is no longer on the board.
                    flash(message, "warning")
                    return redirect(url_for("DispatchView.index"))
                form.refuse(where, message)
            else:
                flash(done, "success")
                return redirect(url_for("DispatchView.index"))
        # Whatever the refused transaction had loaded is as it was before: read anew.
        fresh = self._load(shown.chosen.id if shown.chosen else None, shown.order.id if shown.order else None)
        fresh.form = form
        fresh.asking = self._contractor_form(fresh, formdata=False)
        return self._page(fresh), 422

    def _simply(self, order_id: int, do: Callable[[], Any], done: str) -> Any:
        try:
            do()
        except FORESEEN as error:
            flash(explain(error, self)[1], "danger")
        else:
            flash(done, "success")
        return redirect(url_for("DispatchView.index", order=order_id, _anchor="job"))

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _load(self, call_id: int | None, order_id: int | None) -> Shown:
        branch_id = current().branch_id
        waiting = boards.waiting(branch_id)
        chosen = next((call for call in waiting if call.id == call_id), None)
        first = chosen or (waiting[0] if waiting else None)
        branch_id = branch_id or (first.branch_id if first is not None else None)
        found = boards.board(branch_id, chosen) if branch_id is not None else None
        if found is not None:
            # The chips need not ask again what the board has asked for.
            known = {key: int(found.given[key]) for key in ("deadline_soon_minutes", "clock_skew_minutes")}
            g.setdefault("deadline_settings", {}).update(known)
        shown = Shown(waiting, chosen, None, found)
        if order_id is not None:
            shown.order = next((order for order in shown.orders if order.id == order_id), None)
        g.record = shown.order or shown.chosen
        return shown

    def _forms(self, shown: Shown, formdata: bool = True) -> None:
        if shown.order is not None:
            shown.form = self._reassign_form(shown, formdata=False)
        elif shown.chosen is not None:
            shown.form = self._dispatch_form(shown, formdata=False)
            shown.asking = self._contractor_form(shown, formdata=False)

    def _names(self, shown: Shown) -> list[tuple[str, str]]:
        rows = shown.board.rows if shown.board is not None else []
        return [("", ""), *((str(row.staff.id), row.staff.name) for row in rows)]

    def _dispatch_form(self, shown: Shown, formdata: bool = True) -> BoardForm:
        form = BoardForm() if formdata else BoardForm(formdata=None, data=self._start(shown))
        form.technician_id.choices = self._names(shown)
        return form

    def _start(self, shown: Shown) -> dict[str, Any]:
        """What a click on a day of a technician chose already."""
        if shown.chosen is None or shown.board is None:
            return {}
        minutes = shown.board.minutes_for(shown.chosen)
        start: dict[str, Any] = {"expected_minutes": minutes}
        row = shown.board.row_of(request.args.get("technician", type=int))
        if row is not None:
            start["technician_id"] = str(row.staff.id)
            day = _day(request.args.get("day", ""))
            if day is not None:
                start["appointment_at"] = shown.board.free_on(row, day, minutes)
        return start

    def _reassign_form(self, shown: Shown, formdata: bool = True) -> ReassignForm:
        order = shown.order
        form = ReassignForm() if formdata else ReassignForm(formdata=None)
        own = str(order.technician_id) if order is not None and order.contractor_id is None else ""
        form.technician_id.choices = [each for each in self._names(shown) if not own or each[0] != own]
        return form

    def _contractor_form(self, shown: Shown, formdata: bool = True) -> ContractorForm | None:
        if shown.chosen is None:
            return None
        offered, shown.wanted = queries.contractors_for(shown.chosen)
        form = ContractorForm() if formdata else ContractorForm(formdata=None)
        form.contractor_id.choices = [("", _("Please choose")), *((str(each.id), _named(each)) for each in offered)]
        return form

    def _page(self, shown: Shown) -> str:
        today, now = clock.today(), clock.now()
        chosen, order = shown.chosen, shown.order
        derived, contract = queries.class_for(chosen) if chosen is not None else ("", None)
        call = order.repair_call if order is not None else chosen
        suggestions = []
        if shown.board is not None and call is not None:
            category = call.voucher.product_model.category
            but = order.technician_id if order is not None and order.contractor_id is None else None
            suggestions = boards.suggest(shown.board, call, str(_(CATEGORY_LABELS[category])), but=but)
        page: str = self.render_template(
            "fieldservice/dispatch.html",
            title=_("Dispatch"),
            waiting=shown.waiting,
            chosen=chosen,
            order=order,
            form=shown.form,
            asking=shown.asking,
            wanted=shown.wanted,
            board=shown.board,
            suggestions=suggestions,
            crew=set(request.form.getlist("crew")) if request.method == "POST" else set(),
            derived=derived,
            contract=contract,
            under_way=shown.orders,
            **chips.CHIPS,
            carried_over=lambda each: queries.is_carried_over(each, today),
            late=lambda by, arrived=None: rules.missed(by, arrived, now),
            local=clock.local,
            today=today,
            offered={each.verb for each in rules.WORK_ORDER.allowed(order.status, current().roles)} if order else set(),
            classes=words.CLASSES,
            class_tones=words.CLASS_TONES,
            order_states=words.ORDER_STATES,
            order_tones=words.ORDER_TONES,
            request_states={key: _(label) for key, label in rules.CONTRACTOR_REQUEST_LABELS.items()},
            request_tones=REQUEST_TONES,
        )
        return page


def _named(contractor: Any) -> str:
    return f"{contractor.name} · {contractor.trades}" if contractor.trades else str(contractor.name)


def _day(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None


def _waiting() -> int:
    return queries.count_of(RepairCall, RepairCall.status == "open")


latest("supervisor", title=_l("Waiting for dispatch"), screen="RepairCallView", arguments={"show": "waiting"})
card(
    "supervisor",
    title=_l("Calls to dispatch"),
    url="DispatchView.index",
    count=_waiting,
    icon="fa-share",
    tone="danger",
    order=10,
)
