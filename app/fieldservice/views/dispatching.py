"""``/dispatch/``: the supervisor's board – what waits, who is free, and the two brought together."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actors import current
from app.core.home import card
from app.core.views import OfficeForm, Page, fields
from app.core.views.refusals import FORESEEN, explain
from app.fieldservice import commands, queries, rules
from app.fieldservice.models import RepairCall
from app.fieldservice.views import words


class BoardForm(OfficeForm):
    """The technician is chosen by a row of the table beside it."""

    technician_id = fields.choice(_l("Technician"), words.technicians_here)
    appointment_at = fields.moment(_l("Appointment"), required=False)
    service_class = fields.choice(_l("Other class than derived"), words.CUSTOMER_CLASSES, required=False)
    class_reason = fields.text(_l("Reason for the class"), 200, required=False)


class DispatchView(Page):
    """Open calls oldest first, carried-over ones before all others (SO-14); technicians with load and skills (SO-19)."""

    route_base = "/dispatch"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The board with one call opened: the one asked for, else the first that waits."""
        waiting = queries.waiting_calls(current().branch_id)
        wanted = request.args.get("call", type=int)
        chosen = next((call for call in waiting if call.id == wanted), None)
        if wanted is not None and chosen is None:
            flash(_("This call is not waiting for dispatch any more."), "warning")
        chosen = chosen or (waiting[0] if waiting else None)
        return self._board(waiting, chosen, self._form(chosen))

    @expose("/send/<int:call_id>", methods=["POST"])
    @has_access
    def send(self, call_id: int) -> Any:
        """Dispatch the call as the form says."""
        waiting = queries.waiting_calls(current().branch_id)
        chosen = next((call for call in waiting if call.id == call_id), None)
        form = self._form(chosen)
        if chosen is None or form.validate():
            try:
                order = commands.dispatch(current(), call_id, **(form.values if chosen else {"technician_id": 0}))
            except FORESEEN as error:
                where, message = explain(error, self)
                if chosen is None or queries.live_order(call_id) is not None:
                    # Somebody was faster: the call is no longer on the board.
                    flash(message, "warning")
                    return redirect(url_for("DispatchView.index"))
                form.refuse(where, message)
            else:
                flash(
                    _("%(number)s: %(technician)s goes.", number=order.number, technician=str(order.technician)),
                    "success",
                )
                return redirect(url_for("DispatchView.index"))
        waiting = queries.waiting_calls(current().branch_id)
        chosen = next((call for call in waiting if call.id == call_id), None)
        return self._board(waiting, chosen, form), 422

    def _form(self, call: RepairCall | None) -> BoardForm:
        g.record = call
        return BoardForm()

    def _board(self, waiting: list[RepairCall], chosen: RepairCall | None, form: BoardForm) -> str:
        today = clock.today()
        now = clock.now()
        loads, derived, contract = [], "", None
        branch_id = chosen.branch_id if chosen is not None else current().branch_id
        if branch_id is not None:
            loads = queries.technician_load(branch_id)
        if chosen is not None:
            derived, contract = queries.class_for(chosen)
            category = chosen.voucher.product_model.category
            loads.sort(key=lambda load: (not load.masters(category), len(load.jobs)))
        page: str = self.render_template(
            "fieldservice/dispatch.html",
            title=_("Dispatch"),
            waiting=waiting,
            chosen=chosen,
            form=form,
            loads=loads,
            derived=derived,
            contract=contract,
            under_way=queries.under_way(current().branch_id),
            carried_over=lambda call: queries.is_carried_over(call, today),
            late=lambda by, arrived=None: rules.missed(by, arrived, now),
            classes=words.CLASSES,
            order_states=words.ORDER_STATES,
            order_tones=words.ORDER_TONES,
            class_tones=words.CLASS_TONES,
        )
        return page


def _waiting() -> int:
    return queries.count_of(RepairCall, RepairCall.status == "open")


card(
    "supervisor",
    title=_l("Calls to dispatch"),
    url="DispatchView.index",
    count=_waiting,
    icon="fa-share",
    tone="danger",
    order=10,
)
