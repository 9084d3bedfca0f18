"""Labels and colours of the workshop, once for all its screens."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.calendars.rules import length_text
from app.core import dates
from app.core.i18n import say
from app.core.views.display import chip
from app.workshop import queries, rules
from app.workshop.models import RepairCard
from app.workshop.queries import Promise

CARD_STATES = {key: _l(label) for key, label in rules.CARD_STATE_LABELS.items()}
CARD_TONES = {
    rules.WAITING: "neutral",
    rules.IN_REPAIR: "info",
    rules.WAITING_PARTS: "warning",
    rules.TO_INSPECT: "warning",
    rules.READY: "success",
    rules.ON_RETURN: "info",
    rules.RETURNED: "neutral",
}
OUTCOMES = {key: _l(label) for key, label in rules.OUTCOME_LABELS.items()}
EVENTS = {key: _l(label) for key, label in rules.CARD_EVENT_LABELS.items()}
HOLDERS = {key: _l(label) for key, label in rules.HOLDER_LABELS.items()}
VOID_KINDS = {key: _l(label) for key, label in rules.VOID_KIND_LABELS.items()}
PHOTO_KINDS = {key: _l(label) for key, label in rules.PHOTO_KIND_LABELS.items()}
PROMISES = {key: _l(label) for key, label in rules.PROMISE_LABELS.items()}
# Offered as buttons when a product is taken along; anything else is typed.
ACCESSORIES = (
    _l("Power cord"),
    _l("Remote control"),
    _l("Manual"),
    _l("Batteries"),
    _l("Adapter"),
    _l("Drawers and shelves"),
    _l("Hoses"),
)


def promise_chip(card: RepairCard, promise: Promise | None = None) -> Markup:
    """Until when it is promised, and how that stands: what is to spare, or how far it is over (SO-10)."""
    standing = promise or queries.promise_of(card)
    words = [dates.short(standing.due)]
    if standing.state == rules.WILL_BE_LATE:
        words.append(_("will be late by %(time)s", time=length_text(-standing.slack, say)))
    elif standing.state == rules.PRESSING:
        words.append(_("%(time)s to spare", time=length_text(standing.slack, say)))
    elif standing.state != rules.IN_TIME:
        words.append(str(PROMISES[standing.state]))
    return chip(" · ".join(words), rules.PROMISE_TONES[standing.state])


def state_chip(card: RepairCard) -> Markup:
    """Where the repair stands."""
    return chip(CARD_STATES[card.status], CARD_TONES[card.status])


WORDS: dict[str, Any] = {
    "card_states": CARD_STATES,
    "card_tones": CARD_TONES,
    "outcomes": OUTCOMES,
    "events": EVENTS,
    "void_kinds": VOID_KINDS,
    "photo_kinds": PHOTO_KINDS,
    "promise_chip": promise_chip,
    "state_chip": state_chip,
}
