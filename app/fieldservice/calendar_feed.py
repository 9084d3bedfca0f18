"""``/calendar/<secret>.ics``: a technician's appointments for the calendar of a telephone, without log-in.

Whoever knows the address reads it; so it tells no more than is needed to go there – time, address, telephone, product –
of the technician's own jobs under way, and it can be revoked at any time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app
from flask_babel import gettext as _
from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import clock, i18n, settings
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.customers.models import Customer, Voucher
from app.fieldservice.commands.feed import hashed
from app.fieldservice.models import CalendarFeed, RepairCall, WorkOrder
from app.fieldservice.queries import UNDER_WAY
from app.organisation.models import Staff

RATE = "30 per minute"
LONGEST_SECRET = 64

blueprint = Blueprint("calendar_feed", __name__)


def owner(token: str) -> Staff | None:
    """Whose address this is: somebody who works here and whose account is open."""
    if len(token) > LONGEST_SECRET:
        return None
    feed = db.session.execute(
        select(CalendarFeed)
        .where(CalendarFeed.token_hash == hashed(token), CalendarFeed.revoked_at.is_(None))
        .options(joinedload(CalendarFeed.staff).joinedload(Staff.user))
    ).scalar_one_or_none()
    if feed is None or not feed.staff.active or feed.staff.user is None or not feed.staff.user.is_active:
        return None
    return feed.staff


def appointments(staff_id: int) -> list[WorkOrder]:
    """The person's own jobs under way that have an appointment."""
    statement = (
        select(WorkOrder)
        .where(WorkOrder.technician_id == staff_id, WorkOrder.status.in_(UNDER_WAY))
        .where(WorkOrder.appointment_at.is_not(None))
        .options(
            joinedload(WorkOrder.repair_call).options(
                joinedload(RepairCall.address),
                joinedload(RepairCall.voucher).options(
                    joinedload(Voucher.product_model), joinedload(Voucher.customer).selectinload(Customer.telephones)
                ),
            )
        )
        .order_by(WorkOrder.appointment_at)
    )
    return list(db.session.scalars(statement))


def as_calendar(orders: list[WorkOrder], now: datetime) -> bytes:
    """The appointments as iCalendar (RFC 5545), in office time with its time zone described.

    The UID of a job never changes and its SEQUENCE grows with every change, so that a calendar moves an appointment
    instead of showing it twice.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Aftercare//Appointments//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Service appointments"))
    calendar.add("x-wr-timezone", clock.zone().key)
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"value": "DURATION"})
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"
    usual = settings.number("appointment_minutes")
    for order in orders:
        calendar.add_component(_event(order, now, host, usual))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(order: WorkOrder, now: datetime, host: str, usual: int) -> Event:
    call = order.repair_call
    phones = call.voucher.customer.telephones
    phone = call.caller_phone or (phones[0].number if phones else "")
    assert order.appointment_at is not None  # nosec B101 - the query asks for appointments only
    start = clock.local(order.appointment_at)
    event = Event()
    event.add("uid", f"{order.number}@{host}")
    event.add("sequence", order.version)
    event.add("dtstamp", now)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=order.expected_minutes or usual))
    event.add("summary", f"{_('Service')} {call.voucher.product_model} {order.number}")
    event.add("location", str(call.address))
    event.add("description", _("Telephone: %(number)s", number=phone or "—"))
    event.add("class", "PRIVATE")
    return event


@blueprint.get("/calendar/<token>.ics")
def appointments_of(token: str) -> Response:
    """The feed; an address that is unknown or revoked is not there."""
    with acting_as(SYSTEM), i18n.in_language():  # nobody is logged in: the secret says whose jobs, and only those
        person = owner(token)
        if person is None:
            abort(404)
        content = as_calendar(appointments(person.id), clock.now())
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["Content-Disposition"] = 'inline; filename="appointments.ics"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def install(app: Flask) -> None:
    """Register the route, limited by address so that secrets cannot be tried out in bulk."""
    app.register_blueprint(blueprint)
    limiter = app.appbuilder.sm.limiter  # type: ignore[attr-defined]  # set by the framework
    endpoint = "calendar_feed.appointments_of"
    app.view_functions[endpoint] = limiter.limit(RATE)(app.view_functions[endpoint])
