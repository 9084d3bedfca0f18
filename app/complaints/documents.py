"""What the complaints area prints: the daily 投诉登记簿 (CP-1, CP-3, CP-13, CP-14)."""

from __future__ import annotations

import datetime as dt

from app.complaints import queries
from app.complaints.papers import ComplaintRegister
from app.core import clock
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.organisation.queries import branches_of


def complaint_register(params: Params) -> ComplaintRegister:
    """The register of the day: what came in, and what is still open from before.

    Without a branch it is the company's one register, less what the acting person may not see (CP-4, CP-13).
    """
    branch = branches_of(params.branch)[0] if params.branch else None
    # A stage is judged as it stood at the end of the day, or now on the day itself.
    judged_at = min(clock.now(), clock.day_bounds(params.date)[1])
    received, still_open, settled = queries.day_register(branch.id if branch else None, params.date, judged_at)
    lines = (*received, *still_open)
    return ComplaintRegister(
        number="-".join(part for part in ("TS", params.branch, f"{params.date:%Y%m%d}") if part),
        on=params.date,
        branch_code=branch.code if branch else "",
        branch_name=branch.name if branch else "",
        received=received,
        still_open=still_open,
        major=sum(line.major for line in lines),
        overdue=sum(any(stage.state == "overdue" for stage in line.stages) for line in lines),
        settled_today=settled,
    )


register(
    Document(
        name="complaint_register",
        title=N_("Complaint register"),
        area="complaints",
        template="complaint_register.html",
        query=complaint_register,
        paper="A4 landscape",
        scheduled_at=dt.time(18, 0),
    )
)
