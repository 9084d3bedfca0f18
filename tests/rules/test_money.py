"""Money to the fen: the sum of the parts is always the whole (SO-6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import money

AMOUNTS = st.decimals(min_value="-9999999.99", max_value="9999999.99", places=2)
GROSS = st.decimals(min_value="0.00", max_value="9999999.99", places=2)
WEIGHTS = st.lists(st.decimals(min_value="0", max_value="99999.99", places=2), min_size=1, max_size=12)
RATES = st.decimals(min_value="0", max_value="30", places=2)


def D(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("1.004", "1.00"), ("1.005", "1.01"), ("2.675", "2.68"), ("-1.005", "-1.01"), ("0", "0.00")],
)
def test_half_a_fen_is_rounded_up(amount: str, rounded: str) -> None:
    assert money.to_fen(D(amount)) == D(rounded)


@pytest.mark.parametrize(
    ("gross", "percent", "tax"),
    [
        ("1000.00", "13", "115.04"),
        ("113.00", "13", "13.00"),
        ("0.01", "13", "0.00"),
        ("106.00", "6", "6.00"),
        ("500.00", "0", "0.00"),
        ("103.00", "3", "3.00"),
    ],
)
def test_tax_contained_in_a_price(gross: str, percent: str, tax: str) -> None:
    assert money.tax_within(D(gross), D(percent)) == D(tax)


def test_a_negative_rate_is_an_error() -> None:
    with pytest.raises(ValueError):
        money.tax_within(D("1.00"), D("-1"))


@given(GROSS, RATES)
def test_tax_is_a_part_of_the_price_and_that_of_its_net(gross: Decimal, percent: Decimal) -> None:
    tax = money.tax_within(gross, percent)
    net = gross - tax
    assert 0 <= tax <= gross
    assert tax == money.to_fen(tax)
    # The net price with the tax on it is the price again, to within the half fen of its rounding.
    assert abs(net * (100 + percent) / 100 - gross) <= D("0.01")


@pytest.mark.parametrize(
    ("whole", "weights", "shares"),
    [
        ("100.00", ["1", "1", "1"], ["33.34", "33.33", "33.33"]),
        ("0.01", ["1", "1"], ["0.01", "0.00"]),
        ("10.00", ["0", "1"], ["0.00", "10.00"]),
        ("115.04", ["480.00", "65.50", "454.50"], ["55.22", "7.53", "52.29"]),
        ("-0.05", ["1", "1"], ["-0.03", "-0.02"]),
        ("0.00", ["0", "0"], ["0.00", "0.00"]),
    ],
)
def test_shares_by_the_largest_remainder(whole: str, weights: list[str], shares: list[str]) -> None:
    assert money.split(D(whole), [D(each) for each in weights]) == [D(each) for each in shares]


@given(AMOUNTS, WEIGHTS)
def test_the_sum_of_the_parts_is_the_whole(whole: Decimal, weights: list[Decimal]) -> None:
    if not sum(weights):
        weights = [*weights, Decimal(1)]
    shares = money.split(whole, weights)
    assert sum(shares) == whole
    everything = sum(weights)
    for share, weight in zip(shares, weights, strict=True):
        # Nobody gets a fen more or less than the exact share.
        assert abs(share - whole * weight / everything) < D("0.01") + D("0.0000001")
        assert share == money.to_fen(share)
        assert share * (1 if whole >= 0 else -1) >= 0


@given(GROSS, st.integers(min_value=1, max_value=24))
def test_instalments_differ_by_a_fen_at_most(whole: Decimal, count: int) -> None:
    parts = money.equal_parts(whole, count)
    assert sum(parts) == whole
    assert max(parts) - min(parts) <= D("0.01")
    assert parts == sorted(parts, reverse=True)


def test_nothing_can_be_shared_with_nobody() -> None:
    with pytest.raises(ValueError):
        money.split(D("1.00"), [D("0")])
    with pytest.raises(ValueError):
        money.split(D("1.00"), [D("-1"), D("2")])
    with pytest.raises(ValueError):
        money.equal_parts(D("1.00"), 0)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0.00", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("10.00", "壹拾元整"),
        ("10.05", "壹拾元零伍分"),
        ("107.50", "壹佰零柒元伍角整"),
        ("610.00", "陆佰壹拾元整"),
        ("1005.50", "壹仟零伍元伍角整"),
        ("1195.55", "壹仟壹佰玖拾伍元伍角伍分"),
        ("10500.00", "壹万零伍佰元整"),
        ("100000.00", "壹拾万元整"),
        ("1000001.10", "壹佰万零壹元壹角整"),
        ("120003400.00", "壹亿贰仟万叁仟肆佰元整"),
        ("100000000.01", "壹亿元零壹分"),
    ],
)
def test_amounts_in_capitals(amount: str, said: str) -> None:
    assert money.in_capitals(D(amount)) == said


def test_no_paper_of_value_is_below_nothing() -> None:
    for amount in ("-0.01", "10000000000000000.00"):
        with pytest.raises(ValueError, match="paper of value"):
            money.in_capitals(D(amount))


DIGITS = {digit: place for place, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8, "兆": 10**12}


def read_back(said: str) -> Decimal:
    """What somebody reads who knows nothing of how it was written."""
    whole = group = digit = 0
    rest = D("0.00")
    for sign in said:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in UNITS:
            group, digit = group + digit * UNITS[sign], 0
        elif sign in MYRIADS:
            whole, group, digit = whole + (group + digit) * MYRIADS[sign], 0, 0
        elif sign == "元":
            whole, group, digit = whole + group + digit, 0, 0
        elif sign in "角分":
            rest, digit = rest + digit * D("0.10" if sign == "角" else "0.01"), 0
    return whole + rest


@given(st.decimals(min_value="0.00", max_value="9999999999.99", places=2))
def test_capitals_are_read_back_as_the_amount(amount: Decimal) -> None:
    said = money.in_capitals(amount)
    assert read_back(said) == amount
    assert "零零" not in said and not said.startswith("零元零")
