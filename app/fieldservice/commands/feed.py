"""The technician's private calendar address: made, renewed, revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.uow import command
from app.fieldservice.commands import steps
from app.fieldservice.models import CalendarFeed
from app.organisation.models import Staff


def hashed(token: str) -> str:
    """What is kept of a secret. It is 256 random bits, so that a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(staff_id: int) -> CalendarFeed | None:
    """The address in use of a person."""
    found: CalendarFeed | None = db.session.execute(
        select(CalendarFeed).where(CalendarFeed.staff_id == staff_id, CalendarFeed.revoked_at.is_(None))
    ).scalar_one_or_none()
    return found


@command("calendar_feed.renew")
def renew_feed(actor: Principal, *, at: datetime | None = None) -> str:
    """A new secret for the acting technician's own calendar; the one before stops working. It is told only now."""
    if actor.staff_id is None:
        raise Refused(N_("This account belongs to no staff member."))
    moment = at or clock.now()
    steps.locked(Staff, actor.staff_id)  # two clicks at once: one after the other
    before = feed_of(actor.staff_id)
    if before is not None:
        before.revoked_at = moment
        db.session.flush()
    token = secrets.token_urlsafe(32)
    db.session.add(CalendarFeed(staff_id=actor.staff_id, token_hash=hashed(token), made_at=moment))
    db.session.flush()
    return token


@command("calendar_feed.revoke")
def revoke_feed(actor: Principal, feed_id: int, *, at: datetime | None = None) -> CalendarFeed:
    """Stop an address: the own one, or for an administrator anybody's. Raises ``Refused`` when it is stopped already."""
    feed = steps.locked(CalendarFeed, feed_id)
    if feed.staff_id != actor.staff_id and not actor.is_system and not actor.has("administrator"):
        raise Refused(N_("This is somebody else's address."))
    if feed.revoked_at is not None:
        raise Refused(N_("This address is revoked already."))
    feed.revoked_at = at or clock.now()
    db.session.flush()
    return feed
