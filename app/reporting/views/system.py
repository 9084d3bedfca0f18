"""``/system/``: is the portal well? And its cards on the administrator's start page."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.calendars.queries import provisional_years
from app.core import documents, i18n
from app.core.errors import Refused
from app.core.home import LISTED, State, card, latest
from app.core.views import Page
from app.reporting.queries import system
from app.reporting.rules import DELIVERY_STATE_LABELS, SCHEDULE_DAYS_LABELS

# What does not work while this part does not.
PARTS = {
    "database": (_l("Database"), _l("Nothing can be read or saved.")),
    "queue": (_l("Queue"), _l("What is to be done afterwards waits until the sweep finds it.")),
    "worker": (_l("Worker"), _l("No documents are made and no mail is sent; all of it waits.")),
    "scheduler": (_l("Scheduler"), _l("Nothing happens by itself: no daily reports, no closing of the day.")),
    "outbox": (
        _l("Background jobs"),
        _l("A job has been waiting too long, or was laid aside after too many attempts."),
    ),
}
DELIVERIES = {key: _l(label) for key, label in DELIVERY_STATE_LABELS.items()}
TONES = {"waiting": "neutral", "sending": "info", "sent": "success", "failed": "danger", "uncertain": "warning"}
JOBS = {
    "waiting": _l("To be done"),
    "claimed": _l("Being done"),
    "dead": _l("Laid aside"),
    "done": _l("Done"),
    "dropped": _l("Given up"),
}


class SystemView(Page):
    """Parts, background jobs, deliveries, the schedule and the calendar on one page."""

    route_base = "/system"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The page."""
        parts = system.parts()
        return self.render_template(
            "reporting/system.html",
            title=_("System health"),
            parts=[(label, parts[name], harm) for name, (label, harm) in PARTS.items()],
            unwell=sum(not well for well in parts.values()),
            jobs=system.jobs(),
            job_labels=JOBS,
            deliveries=system.deliveries(),
            delivery_labels=DELIVERIES,
            tones=TONES,
            troubled=system.troubled(),
            troubles=[(each, _document_title(each.document)) for each in system.troubles()],
            schedule=[(each, _document_title(each.document_name)) for each in system.schedule()],
            days=SCHEDULE_DAYS_LABELS,
            years=provisional_years(),
        )


def _document_title(name: str) -> str:
    try:
        return documents.title_in(documents.get(name), i18n.language())
    except Refused:
        return name  # made by an earlier version of the portal


def _well() -> State:
    unwell = sum(not well for well in system.parts().values())
    return State(_("not well: %(count)s", count=unwell), "danger") if unwell else State(_("well"), "success")


def _calendar() -> State:
    years = provisional_years()
    if not years:
        return State(_("complete"), "success")
    return State(_("%(years)s provisional", years=", ".join(str(year) for year in years)), "warning")


card(
    "administrator",
    title=_l("System"),
    url="SystemView.index",
    count=_well,
    total="parts-unwell",
    icon="fa-heartbeat",
    tone="danger",
    order=5,
)
card(
    "administrator",
    title=_l("Background jobs waiting"),
    url="OutboxEntryView.list",
    arguments={"show": "waiting"},
    count=LISTED,
    icon="fa-tasks",
    tone="info",
    order=12,
)
card(
    "administrator",
    title=_l("Deliveries failed or uncertain"),
    url="SystemView.index",
    count=system.troubled,
    total="deliveries-troubled",
    icon="fa-envelope",
    tone="warning",
    order=14,
)
card(
    "administrator",
    title=_l("Calendar of make-up days"),
    url="CalendarExceptionView.list",
    count=_calendar,
    icon="fa-calendar-times-o",
    order=16,
)
latest("administrator", title=_l("Audit trail"), screen="AuditEntryView")
