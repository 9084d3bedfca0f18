"""``/deadline/``: what is running out, what was missed, and why a deadline is when it is (CAL-5, SO-10, SO-15, SO-18)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.calendars.rules import MISSED, length_text
from app.calendars.views import LEVEL_LABELS, NOTICE_LABELS, LevelScreen, NoticeScreen
from app.core import clock
from app.core.i18n import say
from app.core.views import BaseView, OfficeInterface, Page
from app.core.views.columns import parse_day
from app.customers.views import print_links
from app.fieldservice import queries
from app.fieldservice.models import (
    AppointmentChange,
    ArrivalTarget,
    EscalationLevel,
    EscalationNotice,
    WaitingChange,
)
from app.fieldservice.queries import breaches
from app.fieldservice.rules import deadlines as rules
from app.fieldservice.views import chips, words
from app.organisation.rules import ZONE_LABELS

ZONES = {key: _l(label) for key, label in ZONE_LABELS.items()}
DEADLINES = {key: _l(label) for key, label in rules.DEADLINE_LABELS.items()}
WAITING = {"": _l("no longer waiting"), **{key: _l(label) for key, label in rules.WAITING_LABELS.items()}}
ROLES = {
    "technician": _l("Technician"),
    "supervisor": _l("Service supervisor"),
    "branch_manager": _l("Branch manager"),
    "service_department": _l("Service department"),
}
LONGEST_PERIOD = 92


class DeadlineView(Page):
    """Deadlines running and missed, the breaches of a period, and the explanation of each."""

    route_base = "/deadline"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """Every deadline still to be met, the most pressing first."""
        now = clock.now()
        found = []
        for call in queries.pending_calls():
            for standing in (queries.arrival_of(call, now), queries.finish_of(call, now)):
                if standing is not None and not standing.settled:
                    found.append((call, standing))
        return self._page("fieldservice/deadlines.html", _("Deadlines"), rows=queries.pressing(found), tab="running")

    @expose("/breaches")
    @has_access
    def breaches(self) -> Any:
        """What was missed in a period: arrivals, promises, appointments; and clocks that disagreed."""
        until = self._day("until", clock.today())
        since = max(self._day("since", until - timedelta(days=6)), until - timedelta(days=LONGEST_PERIOD))
        found = breaches.breaches_between(since, until)
        return self._page(
            "fieldservice/breaches.html", _("Deadlines"), rows=found, since=since, until=until, tab="breaches"
        )

    @expose("/explain/<int:call_id>")
    @has_access
    def explain(self, call_id: int) -> Any:
        """How a call's deadlines came about; ``part`` gives the piece for the small window."""
        call = queries.call_with_deadlines(call_id)
        arrival = queries.arrival_of(call)
        template = "explain_part" if request.args.get("part") else "explain"
        return self._page(
            f"fieldservice/{template}.html",
            call.number,
            call=call,
            arrival=arrival,
            finish=queries.finish_of(call),
            lines=breaches.explanation_lines(arrival.found, say) if arrival and arrival.found else [],
            answerable=breaches.answerable_names(call, arrival) if arrival else "",
            jobs=[order for order in call.work_orders if order.status not in queries.GONE],
            links=print_links("deadline_explanation", call.id, _("Print the explanation")),
            priorities=words.PRIORITIES,
        )

    def _day(self, name: str, otherwise: Any) -> Any:
        try:
            return parse_day(request.args.get(name, ""))
        except ValueError:
            return otherwise

    def _page(self, template: str, title: str, **given: Any) -> str:
        page: str = self.render_template(
            template,
            title=title,
            deadline_chip=chips.deadline_chip,
            skew_chip=chips.skew_chip,
            length=lambda minutes: length_text(minutes, say),
            kinds=DEADLINES,
            waiting=WAITING,
            roles=ROLES,
            zones=ZONES,
            MISSED=MISSED,
            **given,
        )
        return page


class ArrivalTargetView(BaseView):
    """Targets as data: by zone, priority and, where one was agreed, contract (SO-15)."""

    datamodel = OfficeInterface(ArrivalTarget)
    record_name = _l("Arrival target")
    list_help = _l(
        "Working minutes from call to arrival. Where no line fits, the two numbers in the settings hold; "
        "a contract's own line comes before the general one. Deadlines still running are computed anew at once."
    )
    list_columns = ["zone", "priority", "applies_to", "minutes"]
    order_columns = ["zone", "priority", "minutes"]
    show_columns = list_columns
    add_columns = edit_columns = ["zone", "priority", "contract", "minutes"]
    search_columns = ["zone", "priority"]
    base_order = ("zone", "asc")
    deletable = True
    eager = ["contract"]
    choices = {"zone": ZONES, "priority": words.PRIORITIES}
    label_columns = {
        "zone": _l("Zone"),
        "priority": _l("Priority"),
        "contract": _l("Maintenance contract"),
        "applies_to": _l("Holds for"),
        "minutes": _l("Working minutes"),
    }

    def cell(self, item: ArrivalTarget, column: str) -> Any:
        """Whom the line holds for, in words; an administrator sees no contract, but that it is one's."""
        if column == "applies_to":
            return self._holds_for(item)
        return super().cell(item, column)

    def value(self, item: ArrivalTarget, column: str) -> Any:
        """The same on the record's page."""
        return self._holds_for(item) if column == "applies_to" else super().value(item, column)

    def _holds_for(self, item: ArrivalTarget) -> str:
        if item.contract_id is None:
            return _("every customer")
        return str(item.contract) if item.contract is not None else _("one contract")


class EscalationLevelView(LevelScreen, BaseView):
    """Whom to tell of a deadline, and when: data (SO-10, SO-15)."""

    datamodel = OfficeInterface(EscalationLevel)
    record_name = _l("Escalation level")
    list_columns = ["deadline", "minutes", "role", "active"]
    show_columns = add_columns = edit_columns = list_columns
    search_columns = ["deadline", "role", "active"]
    base_order = ("deadline", "asc")
    choices = {"deadline": DEADLINES, "role": ROLES}
    label_columns = {"deadline": _l("Deadline"), **LEVEL_LABELS}


class EscalationNoticeView(NoticeScreen, BaseView):
    """Who was told of a call's deadline, and when."""

    datamodel = OfficeInterface(EscalationNotice)
    record_name = _l("Reminder sent")
    list_name = _l("Reminders sent")
    list_columns = ["at", "level.deadline", "level.minutes", "due_at", "told"]
    show_columns = ["repair_call", *list_columns]
    search_columns = ["at", "repair_call"]
    choices = {"level.deadline": DEADLINES}
    label_columns = {"repair_call": _l("Repair call"), "level.deadline": _l("Deadline"), **NOTICE_LABELS}


class WaitingChangeView(BaseView):
    """When a call's clock stood still, and why (CAL-6)."""

    datamodel = OfficeInterface(WaitingChange)
    record_name = _l("Pause")
    list_name = _l("Pauses")
    list_columns = ["at", "waiting_for", "reason", "staff"]
    show_columns = ["repair_call", *list_columns, "created_at"]
    search_columns = ["at", "waiting_for", "repair_call"]
    base_order = ("at", "asc")
    choices = {"waiting_for": WAITING}
    label_columns = {
        "repair_call": _l("Repair call"),
        "at": _l("Time"),
        "waiting_for": _l("Waits for"),
        "reason": _l("Reason"),
        "staff": _l("Who"),
    }


class AppointmentChangeView(BaseView):
    """Appointments moved, and who agreed (SO-18)."""

    datamodel = OfficeInterface(AppointmentChange)
    record_name = _l("Appointment moved")
    list_name = _l("Appointments moved")
    list_columns = ["at", "old_at", "new_at", "agreed_by", "reason", "staff"]
    show_columns = ["work_order", *list_columns]
    search_columns = ["at", "work_order"]
    base_order = ("at", "asc")
    label_columns = {
        "work_order": _l("Work order"),
        "at": _l("Time"),
        "old_at": _l("Former appointment"),
        "new_at": _l("New appointment"),
        "agreed_by": _l("Agreed by"),
        "reason": _l("Reason"),
        "staff": _l("Who"),
    }


__all__ = [
    "AppointmentChangeView",
    "ArrivalTargetView",
    "DeadlineView",
    "EscalationLevelView",
    "EscalationNoticeView",
    "WaitingChangeView",
]
