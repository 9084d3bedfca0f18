"""Who leaves gives back what belongs to customers (SO-8)."""

from __future__ import annotations

from app.core.errors import N_, Refused, Way
from app.organisation.commands import LEAVING_GUARDS
from app.organisation.models import Staff
from app.workshop import queries


def no_items_in_hand(person: Staff) -> None:
    """Who leaves has handed on the customers' products in hand, loan units apart. Raises ``Refused`` naming them."""
    held = queries.left_with(person.id)
    if held:
        raise Refused(
            N_("%(name)s has customers' products in hand: %(items)s. Somebody else takes them over first."),
            field="active",
            name=person.name,
            items="、".join(item.number for item in held),
        ).leading(*(Way(item.number, f"/repaircardview/show/{item.card.id}") for item in held[:5]))


LEAVING_GUARDS.append(no_items_in_hand)
