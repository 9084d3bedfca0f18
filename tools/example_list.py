"""Writes seeds/examples/客户清单示例.xlsx: a list as offices keep it, with the dirt that is in such lists.

    .venv/bin/python tools/example_list.py [FILE]

Always the same file. `docs/import.md` names what the import finds in it, and tests/commands/test_import.py checks it.
"""

from __future__ import annotations

import random
import re
import sys
import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

TARGET = Path(__file__).resolve().parent.parent / "seeds" / "examples" / "客户清单示例.xlsx"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 建国 志强 晓东".split()
STREETS = "文三路 天目山路 莫干山路 体育场路 凤起路 建国北路 庆春路 解放路 中山中路 秋涛路 望江路 江南大道".split()
DISTRICTS = "上城区 拱墅区 西湖区 萧山区 余杭区".split()
MODELS = (
    ("BCD-452WDPF", "对开门冰箱"),
    ("KFR-35GW/A1", "壁挂式空调"),
    ("XQG100-B14", "滚筒洗衣机"),
    ("55E8H", "液晶电视"),
    ("JSQ30-16E", "燃气热水器"),
    ("CXW-260-J25", "吸油烟机"),
)
HEADINGS = [
    "序号", "客 户\n名 称", "联系电话\n（必填）", "详细地址", "区", "联系人", "品名", "商品型号", "机身号（SN）",
    "购买日期", "保修期(月)", "备　注",
]  # fmt: skip
FIRST = date(2023, 3, 6)


def clean_rows(rng: random.Random) -> list[list[Any]]:
    """Rows with nothing wrong in them: the ground the dirt is strewn on."""
    rows = []
    for number in range(1, 57):
        model, what = MODELS[number % len(MODELS)]
        district = rng.choice(DISTRICTS)
        name = rng.choice(SURNAMES) + rng.choice(GIVEN)
        phone = f"1{rng.choice('35789')}{rng.randrange(10**9):09d}"
        street = f"{rng.choice(STREETS)}{rng.randrange(1, 400)}号{rng.randrange(1, 20)}幢{rng.randrange(101, 2400)}室"
        sold = FIRST + timedelta(days=rng.randrange(0, 900))
        serial = f"{model[:3]}{sold:%y%m}{rng.randrange(10**5):05d}"
        rows.append(
            [
                number,
                name,
                phone,
                f"杭州市{district}{street}",
                None,
                None,
                what,
                model,
                serial,
                datetime.combine(sold, datetime.min.time()),
                None,
                None,
            ]
        )
    return rows


NAME, PHONE, ADDRESS, DISTRICT, CONTACT, WHAT, MODEL, SERIAL, SOLD, MONTHS, NOTE = range(1, 12)


def strew(rows: list[list[Any]]) -> None:
    """The dirt, one kind a line. Numbers are running numbers of the list (row of the sheet = number + 3)."""

    def put(number: int, column: int, value: Any) -> None:
        rows[number - 1][column] = value

    def get(number: int, column: int) -> Any:
        return rows[number - 1][column]

    for column, value in ((NAME, "杭州湖畔酒店有限公司"), (CONTACT, "沈经理"), (DISTRICT, "西湖区")):
        for number in (3, 4, 5):  # an organisation with three products, its cells merged
            put(number, column, value)
    for number in (3, 4, 5):
        put(number, PHONE, "（0571）8712-3456转801")
        put(number, ADDRESS, "曙光路１２０号")
    put(7, PHONE, "".join(chr(ord(digit) + 0xFEE0) for digit in get(7, PHONE)))  # full-width digits
    put(8, PHONE, float(get(8, PHONE)))  # a number
    put(9, PHONE, f"{get(9, PHONE)[:3]}-{get(9, PHONE)[3:7]}-{get(9, PHONE)[7:]}")
    put(10, PHONE, f"{get(10, PHONE)}/0571-88990011")
    put(11, PHONE, f"{get(11, PHONE)}，{get(12, PHONE)}")  # two, the second is the next customer's
    put(13, PHONE, 57188112233)  # leading zero lost
    put(14, PHONE, get(14, PHONE)[:-1])  # one digit short
    put(15, PHONE, None)
    put(16, PHONE, f"{get(16, PHONE)[:3]} {get(16, PHONE)[3:7]} {get(16, PHONE)[7:]}\u200b ")
    put(17, NAME, "周　敏")
    put(18, NAME, None)
    for number, written in enumerate(
        ("2024/3/5", "2024.3.5", "2024年3月5日", "20240305", "24-3-5", 45356, "２０２４－０３－０５", 20240305),
        start=19,
    ):
        put(number, SOLD, written)
    put(27, SOLD, "2024-02-30")
    put(28, SOLD, "2062-05-01")
    put(29, SOLD, "去年国庆")
    put(30, SOLD, "2024年5月")
    put(31, SOLD, None)
    put(32, SERIAL, None)
    put(33, SERIAL, "无")
    put(34, SERIAL, get(6, SERIAL))  # the same model and serial number for two customers
    put(34, MODEL, get(6, MODEL))
    rows[34] = [35, *rows[5][1:]]  # a row entered twice
    for column in (NAME, PHONE, ADDRESS):  # a second product of one customer
        put(37, column, get(36, column))
    put(39, NAME, "陈建国")  # the same telephone under another name
    put(39, PHONE, get(38, PHONE))
    put(40, MODEL, "kfr-35gw／a1 ")
    put(41, MODEL, "BCD-218NEW")
    put(41, MONTHS, "3年")
    put(42, MODEL, None)
    put(43, ADDRESS, "文一西路998号海创园3幢")
    put(44, ADDRESS, "浙江省杭州市" + get(44, ADDRESS).removeprefix("杭州市"))
    put(45, ADDRESS, None)
    put(46, SERIAL, f" {get(46, SERIAL).lower()} ")
    put(47, SERIAL, 2403001234)
    put(48, NOTE, "独居老人，上门前先打电话")
    put(49, MONTHS, 24)
    put(50, SERIAL, 123456789012345678)
    put(51, PHONE, "见备注")
    put(52, DISTRICT, "萧山")
    put(52, ADDRESS, "市心中路588号恒鑫大厦1203")
    put(53, PHONE, 13800000000.0)


def fill(sheet: Worksheet, rows: list[list[Any]]) -> None:
    """Title, headings, rows with a blank one among them, and the total line offices put below."""
    sheet.append(["××电器城 2023–2024 年度客户资料登记表"])
    sheet.merge_cells("A1:L1")
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append(["制表：客服部"])
    sheet.append(HEADINGS)
    for cell in sheet[3]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, horizontal="center")
    for row in rows:
        sheet.append(row)
    for column in "BCDEF":
        for below in (7, 8):
            sheet[f"{column}{below}"].value = None
        sheet.merge_cells(f"{column}6:{column}8")
    sheet["C11"].number_format = "0.00E+00"
    for row in sheet.iter_rows(min_row=4, min_col=SOLD + 1, max_col=SOLD + 1):
        if isinstance(row[0].value, datetime):
            row[0].number_format = "yyyy/m/d"
    sheet.append([])
    sheet.append(["合计", None, None, None, None, None, None, f"共 {len(rows)} 台"])
    for column, width in zip("ABCDEFGHIJKL", (6, 22, 26, 40, 10, 10, 14, 16, 20, 14, 10, 26), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A4"


def fill_second(sheet: Worksheet) -> None:
    """Another sheet with other headings, as lists from another counter have them."""
    sheet.append(["姓名", "手机", "固定电话", "联系地址", "机型", "机号", "销售日期"])
    sheet.append(["顾小芳", "13757110001", None, "杭州市拱墅区莫干山路88号", "55E8H", "55E230800001", "2023-8-1"])
    sheet.append(["顾小芳", "13757110001", None, "同上", "JSQ30-16E", "JSQ230800002", "2023-8-1"])
    sheet.append(
        ["苏州桃坞门诊部", None, "0512-67001122", "苏州市姑苏区西中市12号", "KFR-35GW/A1", "KFR230900003", "2023-9-9"]
    )


def make() -> bytes:
    """The workbook's bytes, the same every time (openpyxl stamps the current time, which is taken out)."""
    rows = clean_rows(random.Random(20240305))  # nosec B311 - names for an example
    strew(rows)
    book = Workbook()
    fill(book.active, rows)
    book.active.title = "客户资料"
    fill_second(book.create_sheet("二店"))
    notes = book.create_sheet("说明")
    notes.append(["本表由各门店每月填报，标※为必填。"])
    book.properties.creator = "客服部"
    book.properties.created = book.properties.modified = datetime(2024, 12, 31, 9, 0)  # noqa: DTZ001 - naive, as the file's properties are
    raw = BytesIO()
    book.save(raw)
    return _without_times(raw.getvalue())


def _without_times(content: bytes) -> bytes:
    still = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(still, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            entry = zipfile.ZipInfo(member.filename, date_time=(2024, 12, 31, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            data = source.read(member)
            if member.filename == "docProps/core.xml":  # openpyxl writes the time of saving as `modified`
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2024-12-31T09:00:00Z", data)
            target.writestr(entry, data)
    return still.getvalue()


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(make())
    print(path.name)
