"""What joins complaints to the rest of the portal: ways in from other records, the log of files opened, the start page."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.complaints import commands, queries
from app.complaints.models import Complaint
from app.core import permissions
from app.core.actors import current
from app.core.db import db
from app.core.files import StoredFile
from app.core.filesweb import GIVEN
from app.core.home import card
from app.core.views import Link
from app.core.views.model import MORE_LINKS
from app.customers.views import VoucherView
from app.fieldservice.views import RepairCallView, WorkOrderView


def _complain_about(argument: str) -> Any:
    def links(item: Any) -> list[Link]:
        if not permissions.may(current(), "complaint.enter"):
            return []
        return [
            Link(_l("Enter a complaint"), url_for("ComplaintView.add", **{argument: item.id}), "fa-exclamation-circle")
        ]

    return links


for _screen, _argument in ((RepairCallView, "call"), (WorkOrderView, "order"), (VoucherView, "voucher")):
    MORE_LINKS.setdefault(_screen, []).append(_complain_about(_argument))


def _note_file(row: StoredFile) -> None:
    """A photo, a recording or a signed paper was opened (CP-13)."""
    if row.record == "complaint" and row.record_id is not None:
        commands.read(current(), row.record_id, what="file", detail=row.filename)


GIVEN[:] = [each for each in GIVEN if each.__name__ != _note_file.__name__] + [_note_file]


def _still_open() -> int:
    return int(db.session.execute(select(func.count(Complaint.id)).where(queries.still_open())).scalar_one())


card(
    "supervisor",
    "branch_manager",
    "service_department",
    "management",
    title=_l("Complaints still open"),
    url="ComplaintView.list",
    arguments={"show": "open"},
    count=_still_open,
    icon="fa-exclamation-circle",
    tone="warning",
    order=30,
)
