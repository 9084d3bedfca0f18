"""What the parts area prints: stock list, count sheet, purchase request, van slip (SO-22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.core import clock
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.organisation.models import Branch
from app.organisation.queries import branches_of
from app.parts import queries
from app.parts.models import (
    Part,
    PartLevel,
    PurchaseLine,
    PurchaseRequest,
    StockBalance,
    StockCount,
    StockCountLine,
    StockMove,
    StockPlace,
    VanSlip,
    VanSlipLine,
)
from app.parts.papers import (
    CountSheet,
    CountSheetLine,
    PurchasePaper,
    RequestLine,
    SlipLine,
    SlipPaper,
    StockLine,
    StockList,
)
from app.parts.rules import MOVE_KIND_LABELS, REQUEST_STATE_LABELS, serials_of


def _name(person: object | None) -> str:
    return str(getattr(person, "name", "") or "")


# -- stock list ---------------------------------------------------------------------------------------------------


def stock_lists(params: Params) -> list[StockList]:
    """What the branches have, as the books stand now; one sheet a branch, none for a branch without stock places."""
    found = []
    for branch in branches_of(params.branch):
        lines = _stock_lines(branch)
        if lines:
            found.append(
                StockList(
                    number=f"KC-{branch.code}-{params.date:%Y%m%d}",
                    on=params.date,
                    branch_code=branch.code,
                    branch_name=branch.name,
                    lines=tuple(lines),
                )
            )
    return found


def _stock_lines(branch: Branch) -> list[StockLine]:
    statement = (
        select(StockBalance, StockPlace.kind)
        .join(StockPlace, StockPlace.id == StockBalance.place_id)
        .where(StockPlace.branch_id == branch.id)
        .options(joinedload(StockBalance.part))
    )
    held: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    parts: dict[int, Part] = {}
    for balance, kind in db.session.execute(statement):
        parts[balance.part_id] = balance.part
        held[balance.part_id][kind] += balance.quantity
        if kind == "warehouse":
            held[balance.part_id]["reserved"] += balance.reserved
    points = _points(branch.id)
    rows = sorted(parts.values(), key=lambda part: (part.name, part.code))
    return [_stock_line(row, part, held[part.id], points) for row, part in enumerate(rows, 1)]


def _points(branch_id: int) -> dict[int, int]:
    statement = select(PartLevel.part_id, PartLevel.reorder_point).where(PartLevel.branch_id == branch_id)
    return {part: point for part, point in db.session.execute(statement)}  # noqa: C416 - rows are no pairs to mypy


def _stock_line(row: int, part: Part, held: dict[str, int], points: dict[int, int]) -> StockLine:
    point = points.get(part.id, part.reorder_point)
    return StockLine(
        row=row,
        code=part.code,
        name=part.name,
        unit=part.unit,
        price=part.price,
        store=held["warehouse"],
        reserved=held["reserved"],
        vans=held["van"],
        used=held["used"],
        reorder_point=point,
        low=held["warehouse"] - held["reserved"] < point,
    )


# -- count sheet --------------------------------------------------------------------------------------------------


def count_sheets(params: Params) -> list[CountSheet]:
    """One count; or those begun on the day."""
    wanted = select(StockCount).options(
        joinedload(StockCount.place).joinedload(StockPlace.branch),
        selectinload(StockCount.lines).joinedload(StockCountLine.part),
    )
    wanted = wanted.where(StockCount.id == params.record_id)
    return [_count_sheet(count) for count in db.session.scalars(wanted)]


def _count_sheet(count: StockCount) -> CountSheet:
    branch = count.place.branch
    found = queries.findings(count)
    booked = count.status == "booked"
    return CountSheet(
        number=count.number,
        on=clock.local(count.started_at).date(),
        branch_code=branch.code,
        branch_name=branch.name,
        place=count.place.name,
        started_at=count.started_at,
        started_by=_name(count.started_by),
        booked_at=count.booked_at,
        booked_by=_name(count.booked_by),
        lines=tuple(
            CountSheetLine(
                row=row,
                code=each.line.part.code,
                name=each.line.part.name,
                unit=each.line.part.unit,
                serials=tuple(serials_of(each.line.serials)),
                tracked=each.line.part.serial_tracked,
                counted=each.line.counted,
                book=each.expected,
                difference=each.line.difference if booked else None,
                reason=each.line.reason,
            )
            for row, each in enumerate(found, 1)
        ),
    )


# -- purchase request ---------------------------------------------------------------------------------------------


def purchase_papers(params: Params) -> list[PurchasePaper]:
    """One request."""
    wanted = (
        select(PurchaseRequest)
        .where(PurchaseRequest.id == params.record_id)
        .options(
            joinedload(PurchaseRequest.branch),
            joinedload(PurchaseRequest.drafted_by),
            joinedload(PurchaseRequest.sent_by),
            selectinload(PurchaseRequest.lines).joinedload(PurchaseLine.part),
        )
    )
    return [_purchase_paper(request) for request in db.session.scalars(wanted)]


def _purchase_paper(request: PurchaseRequest) -> PurchasePaper:
    stock = {line.code: line for line in _stock_lines(request.branch)}
    return PurchasePaper(
        number=request.number,
        on=clock.local(request.sent_at or request.created_at).date(),
        branch_code=request.branch.code,
        branch_name=request.branch.name,
        state=gettext(REQUEST_STATE_LABELS[request.status]),
        draft=request.status == "draft",
        supplier=request.supplier,
        needed_by=request.needed_by,
        note=request.note,
        drafted_by=_name(request.drafted_by) or gettext("Drafted by the system"),
        sent_by=_name(request.sent_by),
        sent_at=request.sent_at,
        lines=tuple(_request_line(row, line, stock) for row, line in enumerate(request.lines, 1)),
    )


def _request_line(row: int, line: PurchaseLine, stock: dict[str, StockLine]) -> RequestLine:
    known = stock.get(line.part.code)
    return RequestLine(
        row=row,
        code=line.part.code,
        name=line.part.name,
        unit=line.part.unit,
        stock=known.store - known.reserved if known else 0,
        point=known.reorder_point if known else line.part.reorder_point,
        quantity=line.quantity,
        received=line.received,
        price=line.unit_price,
        note=line.note,
    )


# -- van slip -----------------------------------------------------------------------------------------------------


def slip_papers(params: Params) -> Sequence[SlipPaper]:
    """One slip."""
    wanted = (
        select(VanSlip)
        .where(VanSlip.id == params.record_id)
        .options(
            joinedload(VanSlip.van).options(joinedload(StockPlace.branch), joinedload(StockPlace.staff)),
            joinedload(VanSlip.store),
            selectinload(VanSlip.lines)
            .joinedload(VanSlipLine.stock_move)
            .options(joinedload(StockMove.part), selectinload(StockMove.units)),
        )
    )
    return [_slip_paper(slip) for slip in db.session.scalars(wanted)]


def _slip_paper(slip: VanSlip) -> SlipPaper:
    branch = slip.van.branch
    moves = [line.stock_move for line in slip.lines]
    return SlipPaper(
        number=slip.number,
        on=clock.local(slip.at).date(),
        branch_code=branch.code,
        branch_name=branch.name,
        technician=_name(slip.van.staff),
        van=slip.van.name,
        store=slip.store.name,
        at=slip.at,
        by=_name(slip.by),
        lines=tuple(
            SlipLine(
                row=row,
                kind=gettext(MOVE_KIND_LABELS[move.kind]),
                code=move.part.code,
                name=move.part.name,
                unit=move.part.unit,
                quantity=move.quantity,
                serials=move.serials,
                job=move.reference if move.kind == "used" else "",
            )
            for row, move in enumerate(moves, 1)
        ),
    )


register(
    Document(
        name="stock_list",
        title=N_("Stock list"),
        area="parts",
        template="stock_list.html",
        query=stock_lists,
        params=("date", "branch"),
    )
)
register(
    Document(
        name="stock_count_sheet",
        title=N_("Stock count sheet"),
        area="parts",
        template="stock_count_sheet.html",
        query=count_sheets,
        params=("record_id",),
    )
)
register(
    Document(
        name="purchase_request",
        title=N_("Purchase request"),
        area="parts",
        template="purchase_request.html",
        query=purchase_papers,
        params=("record_id",),
    )
)
register(
    Document(
        name="van_slip",
        title=N_("Parts slip"),
        area="parts",
        template="van_slip.html",
        query=slip_papers,
        params=("record_id",),
        paper="A5 landscape",
    )
)
