"""Parts under the pages of what they belong to: a job's reservations, what is in a product, where a unit went (SO-22)."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import select

from app.core.db import db
from app.core.views import Link
from app.core.views.lists import ListPage
from app.core.views.model import MORE_LINKS, MORE_LISTS
from app.core.views.quick import rows_of
from app.customers.models import Voucher
from app.customers.views import VoucherView
from app.fieldservice.models import PartFitted, RepairCall, WorkOrder
from app.fieldservice.views.orders import WorkOrderView
from app.fieldservice.views.records import PartFittedView
from app.parts.models import PartReservation, PartUnit
from app.parts.views import PartReservationView, PartUnitView


def reservations(order: WorkOrder) -> ListPage | None:
    """Everything that was kept for the job, under its page, to be released there."""
    page = rows_of(PartReservationView, PartReservation.reference == order.number)
    if page is not None:
        page.bulk_verbs = page.view.bulk_verbs()
    return page


def fitted_in(voucher: Voucher) -> ListPage | None:
    """Every part that was fitted in the product, with the serial numbers of the new and the old ones (SO-17)."""
    jobs = WorkOrder.repair_call.has(RepairCall.voucher_id == voucher.id)
    return rows_of(PartFittedView, PartFitted.work_order.has(jobs))


def _job_of(record: PartReservation | PartUnit) -> list[Link]:
    """On to the job that a reservation or a unit speaks of, and to the product in which the unit is."""
    order = db.session.scalars(select(WorkOrder).where(WorkOrder.number == record.reference)).first()
    if not record.reference or order is None:
        return []
    found = [Link(order.number, url_for("WorkOrderView.show", pk=order.id), "fa-wrench")]
    if isinstance(record, PartUnit):
        voucher = order.repair_call.voucher
        found.append(Link(voucher.number, url_for("VoucherView.show", pk=voucher.id), "fa-ticket"))
    return found


MORE_LISTS.setdefault(WorkOrderView, []).append(reservations)
MORE_LISTS.setdefault(VoucherView, []).append(fitted_in)
for _screen in (PartReservationView, PartUnitView):
    MORE_LINKS.setdefault(_screen, []).append(_job_of)
