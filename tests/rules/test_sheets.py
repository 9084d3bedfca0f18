"""Spreadsheets: what people wrote stays text, times are office time, sums stand below (CP-14)."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

from openpyxl import load_workbook

from app.core.sheets import Sheet, workbook

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def opened(*sheets: Sheet):  # type: ignore[no-untyped-def]  # openpyxl is untyped
    return load_workbook(io.BytesIO(workbook(sheets, made_at=NOON, title="投诉登记簿", author="安心")))


def test_text_never_becomes_a_formula_and_times_are_the_offices() -> None:
    book = opened(
        Sheet("登记", ("内容", "时间", "金额", "日期"), [("=1+1", NOON, Decimal("12.50"), date(2026, 11, 20))])
    )
    sheet = book["登记"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert sheet["B2"].value == datetime(2026, 11, 20, 12, 0)
    assert sheet["C2"].value == 12.5 and sheet["D2"].value.date() == date(2026, 11, 20)
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:D2"


def test_titles_are_made_fit_and_sums_stand_below() -> None:
    rows = [("南京", 3), ("苏州", 4)]
    book = opened(Sheet("按机构/分类", ("机构", "数"), rows, ("合计", 7)), Sheet("按机构/分类", ("机构",), []))
    assert book.sheetnames == ["按机构 分类", "按机构 分类 2"]
    first = book.worksheets[0]
    assert [cell.value for cell in first[4]] == ["合计", 7] and first["A4"].font.bold
    assert book.properties.title == "投诉登记簿"


def test_control_characters_do_not_break_the_file() -> None:
    book = opened(Sheet("x", ("内容",), [("a\x0bb\nc",)]))
    assert book.worksheets[0]["A2"].value == "ab\nc"
