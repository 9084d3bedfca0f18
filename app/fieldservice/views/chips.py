"""How a deadline looks: one chip for lists, record pages, the telephone and the board; a click explains it (CAL-5)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.calendars.rules import MET, MISSED, PAUSED, length_text
from app.core import clock, dates, settings
from app.core.i18n import say
from app.core.views.display import chip
from app.fieldservice import queries
from app.fieldservice.models import RepairCall, WorkOrder
from app.fieldservice.queries import Standing
from app.fieldservice.rules.deadlines import WAITING_LABELS, clock_skew, is_skewed


def _number(key: str) -> int:
    # Asked once a page, not once a row.
    known: dict[str, int] = g.setdefault("deadline_settings", {})
    if key not in known:
        known[key] = settings.number(key)
    return known[key]


def tone(standing: Standing) -> str:
    """The chip's colour."""
    if standing.state == MISSED:
        return "danger"
    if standing.state == MET:
        return "success"
    if standing.state == PAUSED:
        return "neutral"
    return "warning" if standing.left <= _number("deadline_soon_minutes") else "info"


def words(standing: Standing) -> str:
    """Met, missed by so much, so much left, or paused and why."""
    if standing.state == MET:
        return _("on time")
    if standing.state == MISSED:
        late = length_text(-standing.left, say)
        return _("%(late)s late", late=late) if standing.left else _("late")
    if standing.state == PAUSED:
        return say(WAITING_LABELS[standing.waiting_for]) if standing.waiting_for else _("paused")
    return _("%(left)s left", left=length_text(standing.left, say))


def _moment(standing: Standing) -> str:
    if standing.due is None:
        return ""
    due = clock.local(standing.due)
    return f"{due:%H:%M}" if due.date() == clock.today() else dates.short(due)


def deadline_chip(call: RepairCall, standing: Standing | None) -> Markup:
    """When it is due and how it stands, as a link to its explanation."""
    if standing is None:
        return Markup("—")
    text = " · ".join(part for part in (_moment(standing), words(standing)) if part)
    return Markup('<a class="chip chip-{}" href="{}" data-detail="{}">{}</a>').format(
        tone(standing),
        url_for("DeadlineView.explain", call_id=call.id),
        url_for("DeadlineView.explain", call_id=call.id, part=1),
        text,
    )


def arrival_chip(call: RepairCall) -> Markup:
    """The chip of a call's time of arrival (SO-15)."""
    return deadline_chip(call, queries.arrival_of(call))


def arrival_note(call: RepairCall) -> Markup:
    """The same without the link, for use inside one."""
    standing = queries.arrival_of(call)
    if standing is None:
        return Markup("")
    return chip(" · ".join(part for part in (_moment(standing), words(standing)) if part), tone(standing))


def finish_chip(call: RepairCall) -> Markup:
    """The chip of what was promised (SO-10)."""
    return deadline_chip(call, queries.finish_of(call))


def order_chip(order: WorkOrder) -> Markup:
    """The chip of a job; one that was given up has none: the call's next job carries it on."""
    return Markup("—") if order.status in queries.GONE else arrival_chip(order.repair_call)


def skew_chip(order: WorkOrder) -> Markup:
    """A flag when the device's clock and ours disagreed about the arrival (SO-15); else nothing."""
    if order.arrived_at is None or not is_skewed(
        order.arrived_at, order.arrived_device_at, _number("clock_skew_minutes")
    ):
        return Markup("")
    minutes = clock_skew(order.arrived_at, order.arrived_device_at)
    return chip(_("clocks differ by %(minutes)s min", minutes=f"{minutes:+d}"), "danger")


CHIPS: dict[str, Any] = {
    "arrival_chip": arrival_chip,
    "arrival_note": arrival_note,
    "finish_chip": finish_chip,
    "skew_chip": skew_chip,
}
