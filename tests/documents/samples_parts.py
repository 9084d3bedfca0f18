"""Filled papers of the parts area."""

from __future__ import annotations

from decimal import Decimal

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
from tests.documents.samples import BRANCH, DAY, at


def stock_list(lines: int = 3) -> StockList:
    """Parts in the store and the vans, one of them below its reorder point."""
    rows = tuple(
        StockLine(
            row=row, code=f"YSJ-{row:03}", name="冰箱压缩机（双门、三门通用）", unit="件", price=Decimal("480.00"),
            store=row, reserved=1 if row == 2 else 0, vans=2, used=4 if row == 1 else 0, reorder_point=3, low=row < 3,
        )
        for row in range(1, lines + 1)
    )  # fmt: skip
    return StockList(number="KC-HQ-20261120", on=DAY, lines=rows, **BRANCH)


def _counted(row: int, counted: int | None, difference: int | None) -> CountSheetLine:
    tracked = row == 2
    return CountSheetLine(
        row=row, code=f"KZB-{row:02}", name="空调控制板", unit="块", tracked=tracked,
        serials=("BP22NJ0001", "BP22NJ0002") if tracked and counted else (), counted=counted, book=2,
        difference=difference, reason="受潮报废" if difference else "",
    )  # fmt: skip


def stock_count_sheet(booked: bool = True) -> CountSheet:
    """A count with one difference, booked; or the list to be taken to the shelf."""
    return CountSheet(
        number="PD-HQ-20261120-0001", on=DAY, place="总公司仓库", started_at=at(14), started_by="周晓芸",
        booked_at=at(17, 5) if booked else None, booked_by="陈国栋" if booked else "",
        lines=tuple(_counted(n, (2 if n < 3 else 1) if booked else None, (0 if n < 3 else -1) if booked else None)
                    for n in range(1, 4)),
        **BRANCH,
    )  # fmt: skip


def purchase_request() -> PurchasePaper:
    """Two parts asked for, sent."""
    lines = tuple(
        RequestLine(
            row=row, code=f"YSJ-{row:03}", name="压缩机", unit="件", stock=1, point=4, quantity=9 * row, received=0,
            price=Decimal("480.00"), note="急用" if row == 1 else "",
        )
        for row in (1, 2)
    )  # fmt: skip
    return PurchasePaper(
        number="QG-HQ-20261120-0001", on=DAY, state="已发出", draft=False, supplier="华东家电备件有限公司", needed_by=DAY,
        note="随下批货车送达", drafted_by="周晓芸", sent_by="陈国栋", sent_at=at(10, 20), lines=lines, **BRANCH,
    )  # fmt: skip


def van_slip() -> SlipPaper:
    """Taken in the morning, brought back, and an old part."""
    kinds = (("领用", 2, "", ""), ("归还", 1, "BP22NJ0001", ""), ("缴旧件", 1, "", "PG-HQ-20261119-0004"))
    lines = tuple(
        SlipLine(row=row, kind=kind, code="WKQ-02", name="温控器", unit="件", quantity=count, serials=serials, job=job)
        for row, (kind, count, serials, job) in enumerate(kinds, 1)
    )
    return SlipPaper(
        number="LL-HQ-20261120-0001", on=DAY, technician="李建国", van="李建国服务车", store="总公司仓库", at=at(8, 32),
        by="周晓芸", lines=lines, **BRANCH,
    )  # fmt: skip


SAMPLES = {
    "stock_list": stock_list,
    "stock_count_sheet": stock_count_sheet,
    "purchase_request": purchase_request,
    "van_slip": van_slip,
}
TITLES = {
    "stock_list": "库存清单",
    "stock_count_sheet": "盘点表",
    "purchase_request": "请购单",
    "van_slip": "领退料单",
}
