"""The workshop on screen: what is in the house, one item on one page, the technician's telephone (SO-7 … SO-10)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.home import LISTED, card
from app.workshop import rules
from app.workshop.views import charts as charts  # joins the start page
from app.workshop.views import customer as customer  # joins the customer's page
from app.workshop.views.cards import RepairCardView, count, late_count, pressing_count
from app.workshop.views.house import AgeingView, ScanView
from app.workshop.views.my import MyItemsView, held_count
from app.workshop.views.records import GoodsReceiptView, LoanUnitView, LoanView, overdue_ids

card(
    "supervisor",
    "branch_manager",
    title=_l("Repairs that will be late"),
    url="AgeingView.late",
    count=pressing_count,
    total="repairs-pressing",
    icon="fa-hourglass-half",
    tone="warning",
    order=13,
)
card(
    "supervisor",
    "branch_manager",
    title=_l("Repairs past their promise"),
    url="AgeingView.late",
    count=late_count,
    total="repairs-late",
    icon="fa-hourglass-end",
    tone="danger",
    order=14,
)
card(
    "supervisor",
    title=_l("To be inspected"),
    url="RepairCardView.list",
    arguments={"show": "inspect"},
    count=count(rules.TO_INSPECT),
    icon="fa-check-square-o",
    tone="info",
    order=15,
)
card(
    "clerk",
    title=_l("Ready to return"),
    url="RepairCardView.list",
    arguments={"show": "ready"},
    count=LISTED,
    icon="fa-archive",
    tone="info",
    order=26,
)
card(
    "clerk",
    "supervisor",
    title=_l("Loan units overdue"),
    url="LoanView.list",
    arguments={"show": "overdue"},
    count=lambda: len(overdue_ids()),
    icon="fa-gift",
    tone="warning",
    order=27,
)
card(
    "technician",
    title=_l("Items with me"),
    url="MyItemsView.index",
    count=held_count,
    total="items-held",
    icon="fa-archive",
    tone="info",
    order=13,
)

__all__ = [
    "AgeingView",
    "GoodsReceiptView",
    "LoanUnitView",
    "LoanView",
    "MyItemsView",
    "RepairCardView",
    "ScanView",
]
