"""A repeat repair is recognised, free, and put down to its cause (KP-2)."""

from __future__ import annotations

from datetime import datetime

from app.core import clock, i18n
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.uow import command
from app.fieldservice import queries, rules
from app.fieldservice.commands import charges, steps
from app.fieldservice.models import RepairCall, WorkOrder


def link_repeat(call: RepairCall) -> None:
    """Link the call to the earlier one it repeats, or unlink it; a cause that was found already stands (KP-2)."""
    if call.repeat_cause:
        return
    earlier = queries.repeated_call(call.voucher_id, call.reported_at, call.symptom, call.symptom_code, call.id)
    found = earlier.id if earlier is not None else None
    if call.repeat_of_id != found:  # the same again would still be a new version of the record
        call.repeat_of_id = found


def free_reason(call: RepairCall) -> str:
    """Why the job is free, for the work order; empty when it is no free repeat (KP-2)."""
    if not rules.is_free(call.repeat_of_id is not None, call.repeat_cause or ""):
        return ""
    return i18n.say(N_("Repeat repair"))


@command("repair_call.attribute_repeat")
def attribute_repeat(
    actor: Principal, call_id: int, *, cause: str, note: str = "", at: datetime | None = None
) -> RepairCall:
    """The supervisor puts a repeat repair down to part, workmanship, misuse or another fault after all (KP-2).

    Misuse and another fault are payable again: a job under way gets the class of any other job, and its charges must be
    agreed before the work starts (SO-6). What was recorded already stays free: nobody agreed to pay for it.
    """
    call = steps.locked_call(call_id)
    if call.repeat_of_id is None:
        raise Refused(N_("This call is no repeat repair."), field="cause")
    if cause not in rules.REPEAT_CAUSES:
        raise Refused(N_("This is required."), field="cause")
    rules.REPAIR_CALL.apply(call, "attribute_repeat", actor.roles, cause=cause)
    call.repeat_cause, call.repeat_note = cause, (note or "").strip()[:200]
    db.session.flush()
    order = queries.live_order(call.id)
    if order is not None and order.status in queries.UNDER_WAY:
        _class_again(call, order, actor, at or clock.now())
    return call


def _class_again(call: RepairCall, order: WorkOrder, actor: Principal, at: datetime) -> None:
    if order.time_entries or order.parts_fitted:
        return
    overridden = order.service_class != order.derived_class
    derived, contract_id = steps.class_of(call)
    if derived == order.derived_class and contract_id == order.contract_id:
        return
    order.derived_class, order.contract_id = derived, contract_id
    if not overridden:
        # Another class than before: what was told to the customer no longer holds.
        order.service_class, order.class_reason = derived, free_reason(call)
        charges.drop_charges(order)
    steps.event(order, "repeat_cause", actor, at, note=i18n.say(rules.REPEAT_CAUSE_LABELS[call.repeat_cause]))
    db.session.flush()
