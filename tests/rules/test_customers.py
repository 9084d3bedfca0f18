"""Pure rules of customers and their products (CU-1, SO-3)."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.errors import Refused
from app.customers import rules


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("＋８６１３８００１３８０００", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("013800138000", "13800138000"),
        ("025-8400 0003", "02584000003"),
        ("(025)84000003", "02584000003"),
        ("+86 25 8400 0003", "02584000003"),
        ("+86 (0)25 8400 0003", "02584000003"),
        ("025-84000003转801", "02584000003"),
        ("025-84000003-ext.801", "02584000003"),
        ("400-800-1234", "4008001234"),
        ("+86 400 800 1234", "4008001234"),
        ("84000003", "84000003"),
        ("8686868", "8686868"),
        ("无", ""),
        ("", ""),
    ],
)
def test_cu1_a_telephone_number_is_its_digits_however_written(written: str, digits: str) -> None:
    assert rules.telephone_digits(written) == digits


@pytest.mark.parametrize("written", ["", "1234", "没有", "1" * 21])
def test_cu1_what_is_no_telephone_number_is_refused(written: str) -> None:
    with pytest.raises(Refused):
        rules.telephone(written)


def test_cu1_several_numbers_in_one_line() -> None:
    given = "138 0013 8000；025-84000003、13800138000\n95588"
    assert rules.telephones(given) == ["13800138000", "02584000003", "95588"]
    assert rules.telephones(" ") == []
    with pytest.raises(Refused, match="“12” is not a telephone number"):
        rules.telephones("13800138000, 12")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("8000", "8000"),
        ("138 0013", "1380013"),
        ("+86 138 0013 8000", "13800138000"),
        ("025-84000003", "02584000003"),
        ("800", None),
        ("张伟", None),
        ("SN-8000", None),
        ("FW-NJ-20260101-0001", None),
    ],
)
def test_cu1_search_recognises_a_telephone_number_or_its_last_digits(text: str, digits: str | None) -> None:
    assert rules.asks_for_telephone(text) == digits


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("13800138000", "mobile"),
        ("02584000003", "landline"),
        ("84000003", "landline"),
        ("4008001234", "other"),
        ("95588", "other"),
    ],
)
def test_cu1_kind_of_a_number(digits: str, kind: str) -> None:
    assert rules.telephone_kind(digits) == kind


@pytest.mark.parametrize(
    ("written", "serial"),
    [
        (" sn-001 a ", "SN-001A"),
        ("ＳＮ－００１", "SN-001"),
        ("SN–001", "SN-001"),
        ("", None),
        ("　", None),
        (None, None),
    ],
)
def test_so3_a_serial_number_is_written_one_way(written: str | None, serial: str | None) -> None:
    assert rules.normal_serial(written) == serial


@pytest.mark.parametrize(
    ("sold", "months", "end"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 12, 15), 36, date(2027, 12, 15)),
        (date(2024, 5, 1), 0, date(2024, 5, 1)),
    ],
)
def test_so3_warranty_follows_from_sale_and_months(sold: date, months: int, end: date) -> None:
    assert rules.derived_warranty(sold, months) == end
    assert rules.derived_warranty(None, months) is None


def test_so1_the_last_day_of_the_warranty_counts() -> None:
    assert rules.in_warranty(date(2026, 5, 1), date(2026, 5, 1))
    assert not rules.in_warranty(date(2026, 5, 1), date(2026, 5, 2))
    assert not rules.in_warranty(None, date(2026, 5, 1))


def test_so3_dates_of_a_voucher_make_sense() -> None:
    today = date(2026, 11, 20)
    rules.check_dates(today, today, today)
    rules.check_dates(None, date(2020, 1, 1), today)
    with pytest.raises(Refused) as future:
        rules.check_dates(date(2026, 11, 21), None, today)
    assert future.value.field == "sold_on"
    with pytest.raises(Refused) as short:
        rules.check_dates(today, date(2026, 11, 19), today)
    assert short.value.field == "warranty_until"


def test_cu1_what_stands_anywhere_in_a_text_begins_one_of_its_keys() -> None:
    assert rules.search_keys("张伟明") == {"张伟明", "伟明"}
    assert rules.search_keys("张") == {"张"}
    assert rules.search_keys("SN-12 3") == {"sn123", "n123", "123"}
    assert rules.search_keys("（）") == set()
    begin, end = rules.search_range("138")
    assert begin <= "1380" < end
    assert not begin <= "139" < end


def test_cu1_a_number_is_one_word_however_grouped_and_a_name_may_be_several() -> None:
    assert rules.asked_words("138 0000 0001") == ["13800000001"]
    assert rules.asked_words("+86 138-0000-0001") == ["13800000001"]
    assert rules.asked_words("张伟 中山路 %") == ["张伟", "中山路"]
    assert rules.asked_words(" ") == []
