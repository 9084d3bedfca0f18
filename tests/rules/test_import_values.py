"""Single cells of an office's list: telephones (CU-1), dates, serial numbers and warranty (SO-3)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.customers.importing import rules
from app.customers.importing.phones import clean_phones

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13800138000", ["13800138000"]),
        ("１３８００１３８０００", ["13800138000"]),
        (13800138000, ["13800138000"]),
        (1.38e10, ["13800000000"]),
        ("138 0013 8000", ["13800138000"]),
        ("138-0013-8000", ["13800138000"]),
        ("\u200b13800138000\u00a0", ["13800138000"]),
        ("(0571)88001234", ["057188001234"]),
        ("（0571）８８００１２３４", ["057188001234"]),
        ("0571—8800 1234", ["057188001234"]),
        ("021 5566 7788", ["02155667788"]),
        ("13800138000/13900139000", ["13800138000", "13900139000"]),
        ("13800138000 13900139000", ["13800138000", "13900139000"]),
        ("13800138000、0571-88001234", ["13800138000", "057188001234"]),
        ("13800138000,13900139000；057188001234", ["13800138000", "13900139000", "057188001234"]),
        ("138 0013 8000 139 0013 9000", ["13800138000", "13900139000"]),
        ("13800138000\n13900139000", ["13800138000", "13900139000"]),
        ("1380013800013900139000", ["13800138000", "13900139000"]),
        ("13800138000(张先生) 13900139000(李)", ["13800138000", "13900139000"]),
        ("13800138000；；13800138000", ["13800138000"]),
        ("13800138000张三13900139000李四", ["13800138000", "13900139000"]),
        ("(家)0571-88001234", ["057188001234"]),
        ("电话：(0571)88001234（办）", ["057188001234"]),
        ("手机:13800138000 王先生", ["13800138000"]),
        ("+86 138 0013 8000", ["13800138000"]),
        ("0086-571-88001234", ["057188001234"]),
        ("013800138000", ["13800138000"]),
        ("+852 2345 6789", ["85223456789"]),
        ("400-800-1234", ["4008001234"]),
        ("1.3800138000E+10", ["13800138000"]),
        (None, []),
        ("无", []),
        ("  ", []),
    ],
)
def test_cu1_telephones_are_found_however_they_are_written(cell: object, numbers: list[str]) -> None:
    phones, problems = clean_phones(cell)
    assert [phone.number for phone in phones] == numbers
    assert not problems


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1380013800", "phone_length"),
        ("138001380001", "phone_length"),
        ("12800138000", "phone_length"),
        ("见备注", "phone_invalid"),
        ("12345", "phone_invalid"),
        ("3栋2单元502室88", "phone_invalid"),
        ("1.38E+10", "digits_lost"),
        (13800138000.5, "phone_invalid"),
        (datetime(2024, 3, 5), "phone_invalid"),
        ("#N/A", "cell_error"),
    ],
)
def test_cu1_what_is_no_telephone_is_an_error(cell: object, code: str) -> None:
    phones, problems = clean_phones(cell)
    assert phones == []
    assert [(problem.severity, problem.code) for problem in problems] == [("error", code)]


@pytest.mark.parametrize(
    ("cell", "number", "code"),
    [
        (57188001234, "057188001234", "leading_zero"),
        (1088001234, "01088001234", "leading_zero"),
        ("88001234", "88001234", "area_code"),
        ("13800138000,12", "13800138000", "phone_part_invalid"),
    ],
)
def test_cu1_what_was_repaired_is_pointed_out(cell: object, number: str, code: str) -> None:
    phones, problems = clean_phones(cell)
    assert [phone.number for phone in phones] == [number]
    assert [(problem.severity, problem.code) for problem in problems] == [("warning", code)]


@pytest.mark.parametrize("written", ["0571-88001234转801", "0571-88001234-801", "（0571）88001234 分机801"])
def test_cu1_an_extension_is_kept_apart(written: str) -> None:
    [phone], problems = clean_phones(written)
    assert (phone.number, phone.extension) == ("057188001234", "801")
    assert not problems


@pytest.mark.parametrize(
    "cell",
    [
        "2024/3/5", "2024.3.5", "2024.03.05.", "2024年3月5日", "2024年3月5号", "2024年03月 05日", "20240305", 20240305,
        20240305.0, "24-3-5", "240305", 45356, "45356", 45356.0, "２０２４年３月５日", "二〇二四年三月五日", "2024-03-05 10:20:00",
        "2024/3/5 上午10:20", "2024-03-05T00:00:00", "2024-3-5（周二）", "5-Mar-24", "Mar 5, 2024", "2024 03 05",
        "2024，3，5", datetime(2024, 3, 5, 14, 30), date(2024, 3, 5),
    ],
)  # fmt: skip
def test_so3_the_sale_date_is_read_in_every_usual_form(cell: object) -> None:
    assert rules.clean_date(cell, TODAY) == (date(2024, 3, 5), [])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2024-02-30", "date_impossible"),
        ("2023-11-31", "date_impossible"),
        ("2024年13月1日", "date_impossible"),
        ("2026-11-22", "date_future"),
        (datetime(2062, 5, 1), "date_future"),
        ("1970-1-1", "date_too_old"),
        ("2024-3", "date_incomplete"),
        ("2024年5月", "date_incomplete"),
        ("2024", "date_incomplete"),
        (2024.3, "date_incomplete"),
        ("3月5日", "date_incomplete"),
        ("3/5/2024", "date_ambiguous"),
        ("201205", "date_ambiguous"),
        ("去年国庆", "date_invalid"),
        (True, "date_invalid"),
        ("#REF!", "date_invalid"),
    ],
)
def test_so3_a_date_that_cannot_be_is_an_error(cell: object, code: str) -> None:
    day, problems = rules.clean_date(cell, TODAY)
    assert day is None
    assert [(problem.severity, problem.code) for problem in problems] == [("error", code)]


def test_so3_two_digit_years_end_this_century_or_the_last() -> None:
    assert rules.clean_date("99-5-6", TODAY)[0] == date(1999, 5, 6)
    assert rules.clean_date("26-5-6", TODAY)[0] == date(2026, 5, 6)
    assert rules.clean_date("13/5/2024", TODAY)[0] == rules.clean_date("5/13/2024", TODAY)[0]


def test_so3_day_numbers_of_both_excel_calendars() -> None:
    assert rules.clean_date(45356 - 1462, TODAY, date1904=True)[0] == date(2024, 3, 5)


def test_so3_today_is_not_in_the_future_and_an_empty_cell_is_no_date() -> None:
    assert rules.clean_date(TODAY, TODAY) == (TODAY, [])
    for cell in (None, "", "无", "/", 0):
        assert rules.clean_date(cell, TODAY) == (None, [])


@pytest.mark.parametrize(
    ("cell", "serial"),
    [
        ("abc 123", "ABC123"),
        (" ＳＮ：ＡＢ１２３\u200b", "AB123"),
        (123456.0, "123456"),
        ("00123", "00123"),
        ("SN-8821", "SN-8821"),
        ("A–1", "A-1"),
        ("无", ""),
        ("—", ""),
        (None, ""),
    ],
)
def test_so3_serial_numbers_in_one_spelling(cell: object, serial: str) -> None:
    assert rules.clean_serial(cell) == (serial, [])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (1.2e15, "digits_lost"),
        ("1.2E+11", "digits_lost"),
        (12.5, "serial_invalid"),
        (datetime(2024, 3, 5), "serial_is_date"),
        ("X" * 65, "too_long"),
    ],
)
def test_so3_a_serial_number_excel_has_spoilt_is_an_error(cell: object, code: str) -> None:
    serial, problems = rules.clean_serial(cell)
    assert serial == ""
    assert [problem.code for problem in problems] == [code]


@pytest.mark.parametrize(
    ("cell", "heading", "months"),
    [
        ("12", "", 12), ("12个月", "", 12), ("1年", "", 12), ("两年", "", 24), ("一年半", "", 18), ("半年", "", 6),
        (24.0, "", 24), ("十二个月", "", 12), (3, "保修期(年)", 36), ("3", "保修期(月)", 3), ("0", "", 0), (None, "", None),
    ],
)  # fmt: skip
def test_so3_warranty_in_months(cell: object, heading: str, months: int | None) -> None:
    assert rules.clean_warranty(cell, heading) == (months, [])


@pytest.mark.parametrize("cell", ["终身", "999", "整机1年压缩机3年"])
def test_so3_a_warranty_that_cannot_be_read_is_pointed_out(cell: object) -> None:
    months, problems = rules.clean_warranty(cell)
    assert months is None
    assert [(problem.severity, problem.code) for problem in problems] == [("warning", "warranty_invalid")]


@pytest.mark.parametrize(
    ("one", "other"),
    [("张三", "张 三"), ("张三", "张三先生"), ("ABC有限公司", "ＡＢＣ有限公司"), ("甲（杭州）公司", "甲(杭州)公司")],
)
def test_cu1_two_spellings_of_one_name(one: str, other: str) -> None:
    assert rules.name_key(one) == rules.name_key(other)


def test_cu1_a_surname_is_not_made_out_of_a_polite_form() -> None:
    assert rules.name_key("张先生") != rules.name_key("张女士")


@pytest.mark.parametrize(
    ("cell", "code"),
    [(None, "name_missing"), ("无", "name_missing"), (13800138000, "name_not_a_name"), ("#N/A", "cell_error"),
     ("长" * 101, "too_long")],
)  # fmt: skip
def test_cu1_what_is_no_name(cell: object, code: str) -> None:
    assert [problem.code for problem in rules.clean_name(cell)[1]] == [code]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("张三", "person"),
        ("杭州湖畔酒店有限公司", "organisation"),
        ("第二中学", "organisation"),
        ("海曙门诊部", "organisation"),
    ],
)
def test_cu1_person_or_organisation(name: str, kind: str) -> None:
    assert rules.kind_of(name) == kind
    assert rules.kind_of(name, "单位") == "organisation"


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["合计", "", "58"], "total"), (["", "合 计", "58"], "total"), (["共58户"], "total"), (["制表人：李"], "footer"),
        (["注：本表每月填报"], "footer"), (["张三", "合计"], None), (["计算机公司", "1"], None),
    ],
)  # fmt: skip
def test_total_and_footer_lines_are_no_records(texts: list[str], code: str | None) -> None:
    assert rules.not_a_row(texts) == code


def test_models_in_two_spellings_are_one() -> None:
    assert rules.model_key("kfr-35gw／a1 ") == rules.model_key("KFR–35GW/A1")
    assert rules.category_of("壁挂式空调 KFR-35GW/A1") == "air_conditioner"
    assert rules.category_of("对开门冰箱") == "refrigerator"
    assert rules.category_of("X") == "other"
