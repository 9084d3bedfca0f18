"""``/my/van``: what is in the technician's own van, for whom, and what it lacks (SO-22)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound as PageNotFound

from app.core import clock
from app.core.actors import SYSTEM, acting_as, current
from app.core.db import db
from app.core.views import Page
from app.customers.models import Voucher
from app.fieldservice.models import RepairCall, WorkOrder
from app.parts.models import PartReservation
from app.parts.queries import today_start, van_day, van_of
from app.parts.rules import MOVE_KIND_LABELS


class MyVanView(Page):
    """The technician's van on the telephone; what moves it stands with the store (``/parts/vans``) and the jobs."""

    route_base = "/my/van"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """Pieces, those kept for jobs, what waits in the store, what is low, old parts owed, today's moves."""
        staff_id = current().staff_id
        if staff_id is None:
            raise PageNotFound()
        van = van_of(staff_id)
        # The store's names and the branch's levels are not a technician's to see; of his own van he sees everything.
        with acting_as(SYSTEM):
            found = van_day(van, None, today_start()) if van is not None else None
        kept = found.kept if found is not None else []
        needed = found.needed if found is not None else []
        for_jobs: dict[int, list[PartReservation]] = defaultdict(list)
        for row in kept:
            for_jobs[row.part_id].append(row)
        return self.render_template(
            "fieldservice/my/van.html",
            title=_("My van"),
            van=van,
            found=found,
            for_jobs=for_jobs,
            low={row.part.id: row for row in found.low} if found is not None else {},
            jobs=_jobs({row.reference for row in (*kept, *needed)}),
            kinds=MOVE_KIND_LABELS,
            pieces=sum(row.quantity for row in found.held) if found is not None else 0,
            local=clock.local,
            me=current(),
            tab="van",
        )


def _jobs(numbers: set[str]) -> dict[str, WorkOrder]:
    """The technician's own jobs of these numbers."""
    customer = joinedload(WorkOrder.repair_call).joinedload(RepairCall.voucher).joinedload(Voucher.customer)
    statement = select(WorkOrder).where(WorkOrder.number.in_(numbers)).options(customer)
    return {row.number: row for row in db.session.scalars(statement)}
