"""Purchase requests (请购单): drafted below the reorder point, sent by the supervisor, received against (SO-22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from app.core import clock, settings
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.outbox import want
from app.core.uow import command
from app.organisation.models import Branch
from app.parts import queries
from app.parts.commands.moves import move
from app.parts.models import Part, PurchaseLine, PurchaseRequest, StockPlace
from app.parts.rules import PURCHASE_REQUEST, Line

PREFIX = "QG"

settings.declare(
    "purchase_request_list",
    "purchasing",
    N_("Code of the distribution list that purchase requests are mailed to"),
    "SO-22",
)


@command("purchase_request.draft")
def draft_request(actor: Principal, branch_id: int, *, at: datetime | None = None) -> PurchaseRequest | None:
    """Ask for what lies below the reorder point in the branch's store rooms: None when nothing does (SO-22).

    A branch has one draft; what is missing meanwhile is added to it. What is on order already is not asked for again.
    """
    moment = at or clock.now()
    branch = fetch(Branch, branch_id)
    # The branch's row is the lock: the job and the clerk at once would both find the same part missing.
    db.session.execute(select(Branch.id).where(Branch.id == branch.id).with_for_update())
    wanted = queries.below_reorder_point(branch.id)
    if not wanted:
        return None
    statement = select(PurchaseRequest).where(PurchaseRequest.branch_id == branch.id, PurchaseRequest.status == "draft")
    request: PurchaseRequest | None = db.session.scalars(statement).first()
    if request is None:
        number = next_number(PREFIX, branch.code, clock.local(moment).date())
        request = PurchaseRequest(number=number, branch=branch, drafted_by_id=actor.staff_id)
        db.session.add(request)
        db.session.flush()
    lines = {line.part_id: line for line in request.lines}
    for each in wanted:
        if each.part_id in lines:
            lines[each.part_id].quantity += each.to_order
        else:
            request.lines.append(_line(each.part_id, each.to_order))
    db.session.flush()
    return request


def _line(part_id: int, quantity: int, note: str = "") -> PurchaseLine:
    part = fetch(Part, part_id)
    return PurchaseLine(part=part, quantity=quantity, unit_price=part.price, note=note[:200])


@command("purchase_request.change")
def change_request(
    actor: Principal,
    request_id: int,
    *,
    lines: Sequence[tuple[int, int, str]],
    supplier: str = "",
    needed_by: date | None = None,
    note: str = "",
    version: int | None = None,
) -> PurchaseRequest:
    """Set the lines of a draft as (part id, quantity, remark); a quantity of 0 takes the line out. Raises ``Refused``."""
    request = fetch(PurchaseRequest, request_id, version=version)
    PURCHASE_REQUEST.apply(request, "change", actor.roles)
    known = {line.part_id: line for line in request.lines}
    for part_id, quantity, remark in lines:
        if quantity < 0:
            raise Refused(N_("There cannot be less than nothing."), field=f"quantity-{part_id}")
        line = known.get(part_id)
        if line is None and quantity:
            line = _line(part_id, quantity, remark.strip())
            request.lines.append(line)
            known[part_id] = line
        elif line is not None and quantity:
            line.quantity, line.note = quantity, remark.strip()[:200]
        elif line is not None:
            request.lines.remove(line)
    request.supplier, request.needed_by, request.note = supplier.strip()[:100], needed_by, note.strip()[:500]
    db.session.flush()
    return request


@command("purchase_request.send")
def send_request(actor: Principal, request_id: int, *, at: datetime | None = None) -> PurchaseRequest:
    """Send a draft: the 请购单 is made as PDF and mailed to the list of the settings (SO-22)."""
    moment = at or clock.now()
    request = _locked(request_id)
    PURCHASE_REQUEST.apply(request, "send", actor.roles)
    if not request.lines:
        raise Refused(N_("There is nothing on this request."))
    request.sent_at, request.sent_by_id = moment, actor.staff_id
    db.session.flush()
    key = f"purchase_request-{request.number}"
    want(
        "make_document",
        {
            "key": key,
            "name": "purchase_request",
            "date": clock.local(moment).date().isoformat(),
            "branch": request.branch.code,
            "record_id": request.id,
            "list_code": settings.value("purchase_request_list"),
        },
        dedup=key,
    )
    return request


def _locked(request_id: int) -> PurchaseRequest:
    fetch(PurchaseRequest, request_id)
    statement = select(PurchaseRequest).where(PurchaseRequest.id == request_id).with_for_update(of=PurchaseRequest)
    row: PurchaseRequest = db.session.execute(statement.execution_options(populate_existing=True)).scalar_one()
    return row


@command("purchase_request.receive")
def receive_request(
    actor: Principal,
    request_id: int,
    *,
    lines: Sequence[Line],
    delivery_note: str = "",
    store_id: int | None = None,
    at: datetime | None = None,
) -> PurchaseRequest:
    """Parts of a request arrive in the store room, all or some of them (SO-22).

    ``lines``: what came, with serial numbers where a part has them. Raises ``Refused`` for more than was asked for.
    """
    request = _locked(request_id)
    PURCHASE_REQUEST.find(request.status, "receive")
    if not lines:
        raise Refused(N_("Enter at least one quantity."))
    store = _store(request.branch_id, store_id)
    open_lines = {line.part_id: line for line in request.lines}
    for given in sorted(lines):
        line = open_lines.get(given.part_id)
        if line is None or given.quantity > line.open:
            name = line.part.name if line is not None else fetch(Part, given.part_id).name
            raise Refused(
                N_("%(part)s: only %(left)s are still to come on this request."),
                field=f"quantity-{given.part_id}",
                part=name,
                left=line.open if line is not None else 0,
            )
        line.received += given.quantity
        reference = f"{request.number} {delivery_note}".strip()
        move(
            actor, line.part, given.quantity, None, store, "receipt", reference=reference, serials=given.serials, at=at
        )
    done = all(line.open == 0 for line in request.lines)
    PURCHASE_REQUEST.apply(request, "complete" if done else "receive", actor.roles)
    if done:
        request.ended_at = at or clock.now()
    db.session.flush()
    return request


def _store(branch_id: int, store_id: int | None) -> StockPlace:
    if store_id is not None:
        return fetch(StockPlace, store_id)
    stores = queries.stores_of(branch_id)
    if not stores:
        raise Refused(N_("This branch has no store room in the stock places."), field="store_id")
    return stores[0]


@command("purchase_request.close")
def close_request(actor: Principal, request_id: int, *, reason: str, at: datetime | None = None) -> PurchaseRequest:
    """The rest does not come: the request is closed short, and the part may be asked for again."""
    return _end(actor, request_id, "close", reason, at)


@command("purchase_request.cancel")
def cancel_request(actor: Principal, request_id: int, *, reason: str, at: datetime | None = None) -> PurchaseRequest:
    """The request is not wanted any more; nothing of it has come."""
    return _end(actor, request_id, "cancel", reason, at)


def _end(actor: Principal, request_id: int, verb: str, reason: str, at: datetime | None) -> PurchaseRequest:
    request = _locked(request_id)
    PURCHASE_REQUEST.apply(request, verb, actor.roles, reason=reason)
    request.reason, request.ended_at = reason.strip()[:200], at or clock.now()
    db.session.flush()
    return request
