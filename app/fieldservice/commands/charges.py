"""What the customer pays: told, agreed to before the work starts, and settled before the job is closed (SO-6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from app.core import clock, i18n
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.files import store
from app.core.uow import command
from app.fieldservice import rules
from app.fieldservice.commands import steps
from app.fieldservice.models import Charge, FaultCode, WorkOrder
from app.fieldservice.queries import free_because, free_on, parts_unlike, prices_for, to_agree
from app.parts.models import Part

CLOSE_GUARDS: list[Callable[[WorkOrder], None]] = []
"""Asked before a job is closed; a later area refuses here while its parts or its money are not settled."""

NOT_MISUSE = N_("not misuse after all")

AGREED_TO_MORE = N_("(had agreed to %(told)s)")

QUOTE_GUARDS: list[Callable[[WorkOrder], None]] = []
"""Asked before the charges of a job change; a later area refuses here once money was taken for them."""


@command("work_order.quote")
def quote(
    actor: Principal,
    order_id: int,
    *,
    minutes: int = 0,
    needed: Sequence[tuple[int, int]] = (),
    fault_code_id: int | None = None,
    inspection: bool = False,
    at: datetime | None = None,
) -> WorkOrder:
    """Work out what the customer will pay: call-out, ``minutes`` of labour, ``needed`` parts as (part id, quantity).

    Prices are those of the price list today and stay with the job; labour is flat where the list says so for the
    fault. What is free is a line with the reason. Takes the place of an earlier quote and its agreement (SO-6).
    """
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "quote", actor.roles)
    if not 0 <= minutes <= rules.LONGEST_ENTRY:
        raise Refused(N_("Between 1 and 1440 minutes."), field="minutes")
    wanted: Counter[int] = Counter()
    for part_id, quantity in needed:
        if quantity < 1:
            raise Refused(N_("At least one."), field="quantity")
        wanted[part_id] += quantity
    if fault_code_id is not None:
        fetch(FaultCode, fault_code_id)
    drop_charges(order)
    rows = [fetch(Part, part_id) for part_id in wanted]
    quoted = [rules.QuotedPart(row.id, row.name, wanted[row.id], row.price) for row in rows]
    with i18n.in_language():  # it goes on paper
        prices = prices_for(order, clock.local(moment).date(), fault_code_id)
        why = free_because(order)
        lines = rules.quote_lines(free_on(order), prices, minutes, quoted, why=why, inspection=inspection)
    for line in lines:
        db.session.add(
            Charge(work_order=order, **{**line._asdict(), "description": line.description[:100]}),
        )
    order.quoted_minutes = minutes
    steps.event(order, "quoted", actor, moment, note=str(charged(order)))
    db.session.flush()
    return order


def charged(order: WorkOrder) -> Decimal:
    """What the customer pays for the job, CNY."""
    return sum((charge.amount for charge in order.charges), Decimal("0.00"))


def drop_charges(order: WorkOrder) -> None:
    """The charges told so far no longer hold, nor does the customer's agreement to them."""
    for guard in QUOTE_GUARDS:
        guard(order)
    for charge in list(order.charges):
        order.charges.remove(charge)
        db.session.delete(charge)
    order.charges_agreed_at, order.charges_agreed_by, order.quoted_minutes = None, "", None
    order.consent_how, order.consent_file_id = "", None
    db.session.flush()


@command("work_order.agree_charges")
def agree_charges(
    actor: Principal,
    order_id: int,
    *,
    name: str,
    how: str = "on_site",
    drawing: bytes | None = None,
    agreed_at: datetime | None = None,
    told: Decimal | None = None,
    at: datetime | None = None,
) -> WorkOrder:
    """The customer agrees to the charges, before the work starts (SO-6).

    ``name`` is who agreed, ``how`` one of ``rules.CONSENTS``, ``drawing`` the signature as PNG, ``agreed_at`` when
    it was, if not now; ``told`` is the sum the customer was shown, CNY: less than the charges is refused.
    """
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "agree_charges", actor.roles, name=name.strip())
    if not order.charges:
        raise Refused(N_("Work out the charges first."), field="name")
    more = rules.check_told(told, charged(order))
    how = rules.check_consent(how, drawn=bool(drawing))
    when = agreed_at or moment
    if not order.dispatched_at.replace(second=0, microsecond=0) <= when <= moment:
        raise Refused(N_("After the job was dispatched, and not later than now."), field="agreed_at")
    if drawing:
        if not drawing.startswith(steps.PNG):
            raise Refused(N_("Please sign in the box."), field="drawing")
        file = store(drawing, f"{order.number}-quote.png", "image/png", record="work_order", record_id=order.id)
        order.consent_file_id = file.id
    order.charges_agreed_at, order.charges_agreed_by, order.consent_how = when, name.strip()[:64], how
    with i18n.in_language():
        spoken = i18n.say(rules.CONSENT_LABELS[how])
        if more:
            spoken += " " + i18n.say(AGREED_TO_MORE, told=str(told))
    steps.event(order, "charges_agreed", actor, moment, note=f"{name.strip()} {charged(order)} {spoken}")
    db.session.flush()
    return order


@command("work_order.mark_misuse")
def mark_misuse(
    actor: Principal, order_id: int, *, misuse: bool, reason: str = "", at: datetime | None = None
) -> WorkOrder:
    """The damage is not the maker's: the warranty gives only what its table says for misuse (SO-1, SO-6).

    With ``misuse`` false the mark is taken back. Charges told before no longer hold. Raises ``Refused`` when parts are
    fitted, or minutes recorded at the customer's: nobody agreed to pay for them. In the workshop minutes do not hinder:
    the damage is found by opening the item, those of the visit may be confirmed, and only the quote is charged.
    """
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "mark_misuse", actor.roles)
    if order.service_class != "C" or order.repair_call.repeat_of_id is not None:
        raise Refused(N_("Only a job under warranty is marked as misuse."), field="misuse")
    if order.parts_fitted or (order.time_entries and order.status != "in_workshop"):
        raise Refused(N_("Minutes or parts are recorded already: nobody agreed to pay for them."), field="misuse")
    if misuse and not reason.strip():
        raise Refused(N_("This is required."), field="reason")
    drop_charges(order)
    order.misuse_reason = reason.strip()[:200] if misuse else ""
    with i18n.in_language():
        words = reason.strip() if misuse else " · ".join(filter(None, (i18n.say(NOT_MISUSE), reason.strip())))
    steps.event(order, "misuse" if misuse else "note", actor, at or clock.now(), note=words)
    db.session.flush()
    return order


def check_agreed(order: WorkOrder, paid: bool) -> None:
    """Raises ``Refused`` for paid work the customer did not agree to (SO-6)."""
    if paid and order.charges_agreed_at is None:
        raise Refused(N_("Charges must be told to the customer and agreed before work starts."), field="charges")


def check_settled(order: WorkOrder) -> None:
    """Before finishing: paid work is agreed, and the parts on the agreed quote are the parts fitted (SO-6)."""
    check_agreed(order, to_agree(order))
    check_parts(order)


def check_parts(order: WorkOrder) -> None:
    """Raises ``Refused`` while the parts the customer pays are not the parts fitted (SO-6)."""
    if parts_unlike(order):
        raise Refused(N_("The parts agreed with the customer are not the parts fitted: work out the charges again."))


def check_contractor(order: WorkOrder) -> None:
    """An outside contractor's paid job: the office told the charges and the customer agreed (SO-6, SO-19)."""
    check_agreed(order, to_agree(order))


def ask_close_guards(order: WorkOrder) -> None:
    """Raises ``Refused`` with what is missing before the job may be closed."""
    for guard in CLOSE_GUARDS:
        guard(order)
