"""Pure rules of money and of the price list (SO-6, SO-9, CO-1)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing import rules
from app.core.errors import NotPermitted, Refused
from app.fieldservice import rules as charges

DAY = date(2026, 11, 20)
MONEY = st.decimals(min_value="0.01", max_value="99999.99", places=2)


def D(text: str) -> Decimal:
    return Decimal(text)


# -- a job's money --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "waived", "paid", "invoiced", "state", "left"),
    [
        ("0.00", "0", "0", False, "nothing", "0.00"),
        ("195.50", "0", "0", False, "open", "195.50"),
        ("195.50", "0", "100.00", False, "open", "95.50"),
        ("195.50", "95.50", "100.00", False, "paid", "0.00"),
        ("195.50", "0", "195.50", False, "paid", "0.00"),
        ("195.50", "195.50", "0", False, "waived", "0.00"),
        ("195.50", "0", "0", True, "invoiced", "0.00"),
        ("195.50", "0", "200.00", False, "paid", "0.00"),
    ],
)
def test_so6_only_undecided_money_keeps_a_job_open(
    due: str, waived: str, paid: str, invoiced: bool, state: str, left: str
) -> None:
    money = rules.JobMoney(D(due), D(waived), D(paid), invoiced)
    assert (money.state, money.left, money.decided) == (state, D(left), state != "open")
    assert money.state in rules.MONEY_LABELS


@pytest.mark.parametrize(
    ("due", "waived", "permitted", "refused"),
    [
        ("500.00", "0", False, False),
        ("500.01", "0", False, True),
        ("500.01", "0.01", False, False),
        ("900.00", "0", True, False),
    ],
)
def test_so6_a_large_sum_is_invoiced_not_collected(due: str, waived: str, permitted: bool, refused: bool) -> None:
    money = rules.JobMoney(D(due), D(waived))
    if refused:
        with pytest.raises(Refused):
            rules.check_on_the_spot(money, D("500.00"), permitted=permitted)
    else:
        rules.check_on_the_spot(money, D("500.00"), permitted=permitted)


@pytest.mark.parametrize(
    ("number", "issued", "lifts"),
    [(None, 20, False), ("", 20, False), ("26322000", 20, True), (None, 19, True), ("26322000", 19, True)],
)
def test_so6_a_draft_of_the_day_lifts_no_limit(number: str | None, issued: int, lifts: bool) -> None:
    assert rules.lifts_limit(number, date(2026, 11, issued), date(2026, 11, 20)) == lifts


def test_so6_once_invoiced_any_sum_is_collected_on_a_later_visit() -> None:
    rules.check_on_the_spot(rules.JobMoney(D("2000.00"), invoiced=True), D("500.00"), permitted=False)


@pytest.mark.parametrize(
    ("amount", "limits", "refused"),
    [
        ("200.00", ["200.00"], False),
        ("200.01", ["200.00"], True),
        ("200.01", ["200.00", "2000.00"], False),
        ("99999.00", [None], False),
        ("0.01", [], True),
    ],
)
def test_cp9_nobody_waives_beyond_the_authority(amount: str, limits: list[str | None], refused: bool) -> None:
    known = [D(each) if each is not None else None for each in limits]
    if refused:
        with pytest.raises(Refused) as problem:
            rules.check_limit(D(amount), known)
        assert problem.value.field == "amount"
    else:
        rules.check_limit(D(amount), known)


@pytest.mark.parametrize(
    ("amount", "left", "ok"),
    [("0", "1", False), ("-1", "1", False), ("1", "1", True), ("1.01", "1", False), ("1", "0", False)],
)
def test_nobody_pays_nothing_or_more_than_is_left(amount: str, left: str, ok: bool) -> None:
    if ok:
        rules.check_amount(D(amount), D(left))
    else:
        with pytest.raises(Refused) as problem:
            rules.check_amount(D(amount), D(left))
        assert (problem.value.message == "Nothing is left to pay here.") == (left == "0")


# -- invoices -------------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(MONEY, min_size=1, max_size=5), min_size=1, max_size=4), st.data())
def test_the_lines_of_an_invoice_are_the_invoice(jobs: list[list[Decimal]], data: st.DataObject) -> None:
    waived = [data.draw(st.decimals(min_value=0, max_value=sum(amounts), places=2)) for amounts in jobs]
    percent = data.draw(st.sampled_from([D("13"), D("6"), D("3"), D("0")]))
    sums = rules.billed([rules.Share(*each) for each in zip(jobs, waived, strict=True)], percent)
    whole = sum((line for amounts in jobs for line in amounts), D("0.00")) - sum(waived, D("0.00"))
    assert sums.total == whole
    assert sums.tax == rules.tax_within(whole, percent)
    assert all(0 <= tax <= amount for tax, amount in zip(sums.taxes, sums.amounts, strict=True))
    # What was waived for one job lowers the lines of that job alone.
    lines = iter(sums.amounts)
    for amounts, less in zip(jobs, waived, strict=True):
        assert sum(next(lines) for _ in amounts) == sum(amounts) - less


def test_what_is_waived_of_one_job_does_not_lower_another() -> None:
    sums = rules.billed([rules.Share([D("1000.00")], D("900.00")), rules.Share([D("100.00")])], D("13"))
    assert (sums.amounts, sums.taxes) == ([D("100.00"), D("100.00")], [D("11.51"), D("11.50")])


@pytest.mark.parametrize(
    ("total", "paid", "credited", "state"),
    [
        ("100", "0", "0", "issued"),
        ("100", "40", "0", "part_paid"),
        ("100", "100", "0", "paid"),
        ("100", "60", "40", "paid"),
        ("100", "0", "40", "part_paid"),
        ("100", "100", "40", "paid"),
        ("100", "0", "100", "credited"),
        ("100", "100", "100", "credited"),
    ],
)
def test_the_state_of_an_invoice_follows_from_its_amounts(total: str, paid: str, credited: str, state: str) -> None:
    assert rules.state_of(D(total), D(paid), D(credited)) == state
    assert state in rules.INVOICE_STATES


@given(MONEY, st.integers(min_value=1, max_value=24), st.decimals(min_value="0", max_value="120000", places=2))
def test_instalments_are_the_invoice_and_the_oldest_is_settled_first(
    total: Decimal, count: int, settled: Decimal
) -> None:
    if total < D("0.24"):
        count = 1
    parts = rules.instalments(total, count, DAY, 30)
    assert sum(part.amount for part in parts) == total
    assert [part.due_on for part in parts] == [DAY + timedelta(days=30 * number) for number in range(count)]
    left = rules.still_open(parts, settled)
    assert sum((part.amount for part in left), D("0.00")) == max(total - settled, D("0.00"))
    # What is left are the latest: of all but the first of them nothing is settled.
    assert [part.due_on for part in left] == [part.due_on for part in parts][count - len(left) :]
    assert all(part in parts for part in left[1:])


@pytest.mark.parametrize("count", [0, 25])
def test_instalments_have_their_bounds(count: int) -> None:
    with pytest.raises(Refused):
        rules.instalments(D("100.00"), count, DAY, 30)
    with pytest.raises(Refused):
        rules.instalments(D("0.01"), 2, DAY, 30)


def part(day: int, amount: str) -> rules.Part:
    return rules.Part(DAY + timedelta(days=day), D(amount))


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [part(0, "999.99")],
        [part(0, "500.00"), part(1, "500.01")],
        [part(0, "1000.00"), part(1, "0.00")],
        [part(0, "1500.00"), part(1, "-500.00")],
        [part(-1, "500.00"), part(1, "500.00")],
        [part(5, "500.00"), part(5, "500.00")],
        [part(day, "40.00") for day in range(25)],
    ],
)
def test_instalments_of_ones_own_are_refused_at_their_field(parts: list[rules.Part]) -> None:
    with pytest.raises(Refused) as refused:
        rules.planned(D("1000.00"), parts, DAY)
    assert refused.value.field == "plan"


@given(st.lists(MONEY, min_size=1, max_size=24), st.data())
def test_instalments_of_ones_own_are_the_invoice_in_the_order_of_their_days(
    amounts: list[Decimal], data: st.DataObject
) -> None:
    days = data.draw(st.lists(st.integers(0, 900), min_size=len(amounts), max_size=len(amounts), unique=True))
    parts = [rules.Part(DAY + timedelta(days=day), amount) for day, amount in zip(days, amounts, strict=True)]
    kept = rules.planned(sum(amounts, D("0.00")), parts, DAY)
    assert sorted(kept) == sorted(parts)
    assert [each.due_on for each in kept] == sorted(each.due_on for each in parts)
    with pytest.raises(Refused) as refused:
        rules.planned(sum(amounts, D("0.01")), parts, DAY)
    assert refused.value.params["difference"] == "-0.01"


@pytest.mark.parametrize(
    ("left", "due", "state"),
    [
        ("0.00", -5, "settled"),
        ("0.01", -1, "overdue"),
        ("100.00", -1, "overdue"),
        ("100.00", 0, "waiting"),
        ("99.99", 0, "part"),
        ("40.00", 3, "part"),
    ],
)
def test_where_an_instalment_stands(left: str, due: int, state: str) -> None:
    assert rules.part_state(D("100.00"), D(left), DAY + timedelta(days=due), DAY) == state
    assert state in rules.PART_STATE_LABELS


def test_so6_an_invoice_without_its_official_number_is_not_sent() -> None:
    for number in (None, ""):
        with pytest.raises(Refused) as refused:
            rules.check_sendable(number)
        assert refused.value.field == "fapiao_no"
    rules.check_sendable("12345678")


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("12345678", "12345678"),
        ("2426 2000 0000 1234 5678", "24262000000012345678"),
        ("", ""),
        ("1234567", None),
        ("1234567A", None),
    ],
)
def test_a_fapiao_number_has_8_or_20_digits(number: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(Refused):
            rules.check_fapiao(number)
    else:
        assert rules.check_fapiao(number) == kept


@pytest.mark.parametrize(
    ("number", "kind", "kept"),
    [
        ("91320100ma1mxxxx0k", "special", "91320100MA1MXXXX0K"),
        ("", "electronic", ""),
        ("", "special", None),
        ("123", "normal", None),
    ],
)
def test_a_special_invoice_needs_the_tax_number(number: str, kind: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(Refused) as problem:
            rules.check_tax_number(number, kind)
        assert problem.value.field == "tax_no"
    else:
        assert rules.check_tax_number(number, kind) == kept


# -- age --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "column"), [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (400, 4)]
)
def test_money_ages_by_days_overdue(late: int, column: int) -> None:
    assert rules.age_bucket(DAY - timedelta(days=late), DAY, (30, 60, 90)) == column


@given(st.lists(st.tuples(st.integers(-100, 400), MONEY), max_size=20))
def test_nothing_gets_lost_between_the_ages(rows: list[tuple[int, Decimal]]) -> None:
    parts = [rules.Part(DAY - timedelta(days=late), amount) for late, amount in rows]
    assert sum(rules.aged(parts, DAY, (30, 60, 90))) == sum((amount for _late, amount in rows), D("0.00"))


@pytest.mark.parametrize(("text", "limits"), [("30,60,90", (30, 60, 90)), ("15, 45", (15, 45)), ("7", (7,))])
def test_the_columns_are_data(text: str, limits: tuple[int, ...]) -> None:
    assert rules.age_limits(text) == limits


@pytest.mark.parametrize("text", ["", "60,30", "30,30", "0,30", "a", "30;60", "-1"])
def test_columns_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        rules.age_limits(text)


# -- cash ---------------------------------------------------------------------------------------------------------------


def test_so6_a_difference_needs_its_reason() -> None:
    assert rules.check_count(D("100.00"), D("100.00"), "")
    assert not rules.check_count(D("100.00"), D("90.00"), "少一张十元")
    with pytest.raises(Refused) as problem:
        rules.check_count(D("100.00"), D("90.00"), " ")
    assert problem.value.field == "reason" and problem.value.params["difference"] == "-10.00"
    with pytest.raises(Refused):
        rules.check_count(D("100.00"), D("-1"), "x")


@pytest.mark.parametrize(
    ("state", "verb", "role", "target"),
    [
        ("submitted", "receive", "accountant", "received"),
        ("submitted", "receive", "technician", None),
        ("submitted", "withdraw", "technician", "withdrawn"),
        ("submitted", "dispute", "accountant", "differs"),
        ("differs", "agree", "technician", "received"),
        ("differs", "agree", "accountant", None),
        ("differs", "recount", "accountant", "submitted"),
        ("received", "withdraw", "technician", None),
        ("settled", "receive", "accountant", None),
    ],
)
def test_so6_both_confirm_the_cash(state: str, verb: str, role: str, target: str | None) -> None:
    handover = SimpleNamespace(status=state, staff_id=1)
    me = 1 if role == "technician" else 2
    if target is None:
        with pytest.raises((Refused, NotPermitted)):
            rules.CASH_HANDOVER.apply(handover, verb, {role}, me=me, reason="x")
        assert handover.status == state
    else:
        rules.CASH_HANDOVER.apply(handover, verb, {role}, me=me, reason="x")
        assert handover.status == target


def test_so6_nobody_counts_the_own_cash_nor_agrees_for_another() -> None:
    with pytest.raises(Refused):
        rules.CASH_HANDOVER.apply(SimpleNamespace(status="submitted", staff_id=1), "receive", {"accountant"}, me=1)
    with pytest.raises(Refused):
        rules.CASH_HANDOVER.apply(SimpleNamespace(status="differs", staff_id=1), "agree", {"technician"}, me=2)


# -- the price list -------------------------------------------------------------------------------------------------------


def price(kind: str, amount: str, **more: Any) -> Any:
    given = {
        "branch_id": None, "zone": "any", "category": "any", "fault_code_id": None, "unit_minutes": None,
        "valid_from": date(2020, 1, 1), "valid_until": None,
    }  # fmt: skip
    return SimpleNamespace(kind=kind, price=D(amount), **{**given, **more})


LIST = [
    price("callout", "30"),
    price("callout", "45", zone="suburban"),
    price("callout", "40", branch_id=2),
    price("callout", "35", valid_from=date(2026, 12, 1)),
    price("labour_flat", "200", category="air_conditioner"),
    price("labour_flat", "120", fault_code_id=7),
    price("labour_flat", "99", category="kitchen", valid_until=date(2026, 11, 19)),
]


@pytest.mark.parametrize(
    ("kind", "job", "expected"),
    [
        ("callout", (DAY, 1, "urban", "refrigerator", None), "30"),
        ("callout", (DAY, 1, "suburban", "refrigerator", None), "45"),
        ("callout", (DAY, 2, "suburban", "refrigerator", None), "40"),
        ("callout", (date(2026, 12, 1), 1, "urban", "refrigerator", None), "35"),
        ("callout", (date(2026, 12, 1), 1, "suburban", "refrigerator", None), "45"),
        ("callout", (date(2019, 1, 1), 1, "urban", "refrigerator", None), None),
        ("labour_flat", (DAY, 1, "urban", "air_conditioner", None), "200"),
        ("labour_flat", (DAY, 1, "urban", "air_conditioner", 7), "120"),
        ("labour_flat", (DAY, 1, "urban", "refrigerator", 8), None),
        ("labour_flat", (DAY, 1, "urban", "kitchen", None), None),
        ("inspection", (DAY, 1, "urban", "kitchen", None), None),
    ],
)
def test_so6_the_nearest_price_holds(kind: str, job: tuple[Any, ...], expected: str | None) -> None:
    found = charges.find_price(LIST, kind, charges.Wanted(*job))
    assert (found.price if found is not None else None) == (D(expected) if expected is not None else None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "labour", "unit_minutes": None}, "unit_minutes"),
        ({"kind": "callout", "unit_minutes": 30}, "unit_minutes"),
        ({"kind": "callout", "fault_code_id": 1}, "fault_code"),
        ({"kind": "inspection", "zone": "urban"}, "zone"),
        ({"kind": "inspection", "last": date(2026, 1, 1)}, "valid_until"),
    ],
)
def test_a_price_that_makes_no_sense_is_refused(given: dict[str, Any], field: str) -> None:
    usual = {"unit_minutes": None, "fault_code_id": None, "zone": "any", "first": DAY, "last": None}
    with pytest.raises(Refused) as problem:
        charges.check_price(**{**usual, **given})
    assert problem.value.field == field


def test_so6_flat_labour_costs_the_same_however_long_it_takes() -> None:
    prices = charges.Prices(D("30"), D("50"), flat=D("120"), flat_name="不制冷")
    for minutes in (10, 300):
        lines = charges.quote_lines(charges.free_of("A"), prices, minutes, [])
        assert [(line.kind, line.quantity, line.unit_price) for line in lines] == [
            ("callout", 1, D("30")),
            ("labour", 1, D("120")),
        ]


@pytest.mark.parametrize(
    ("minutes", "unit", "expected"), [(61, 30, 3), (61, 1, 61), (60, 60, 1), (1, 60, 1), (0, 30, 0)]
)
def test_so6_units_begun_count(minutes: int, unit: int, expected: int) -> None:
    assert charges.units(minutes, unit) == expected


def test_so6_paid_work_without_a_price_is_refused_free_work_is_not() -> None:
    none = charges.Prices(None, None)
    with pytest.raises(Refused):
        charges.quote_lines(charges.free_of("A"), none, 30, [])
    assert charges.quote_lines(charges.free_of("C"), none, 30, []) == []
    with pytest.raises(Refused):
        charges.quote_lines(charges.free_of("A"), none, 0, [], inspection=True)


@pytest.mark.parametrize(
    ("category", "misuse", "free"),
    [
        ("refrigerator", False, (True, True, True)),
        ("refrigerator", True, (False, False, False)),
        ("kitchen", False, (True, False, True)),
        ("kitchen", True, (True, True, False)),
    ],
)
def test_co1_the_warranty_gives_what_its_table_says(category: str, misuse: bool, free: tuple[bool, ...]) -> None:
    rows = [
        SimpleNamespace(category="kitchen", misuse=False, labour_free=True, callout_free=False, parts_free=True),
        SimpleNamespace(category="kitchen", misuse=True, labour_free=True, callout_free=True, parts_free=False),
    ]
    assert tuple(charges.warranty_free(rows, category, misuse)) == free


@pytest.mark.parametrize(
    ("how", "drawn", "kept"),
    [("telephone", False, "telephone"), ("on_site", True, "signature"), ("signature", False, None), ("", False, None)],
)
def test_so6_how_the_customer_agreed(how: str, drawn: bool, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(Refused):
            charges.check_consent(how, drawn=drawn)
    else:
        assert charges.check_consent(how, drawn=drawn) == kept


@pytest.mark.parametrize(
    ("told", "charged", "more"),
    [
        (None, "80.00", False),
        ("80.00", "80.00", False),
        ("80", "80.00", False),
        ("90.00", "80.00", True),
        ("80", "0", True),
    ],
)
def test_so6_what_was_told_and_what_is_charged(told: str | None, charged: str, more: bool) -> None:
    assert charges.check_told(None if told is None else Decimal(told), Decimal(charged)) == more


@given(st.decimals(0, 9999, places=2), st.decimals("0.01", 500, places=2))
def test_so6_less_than_the_offices_price_is_no_consent(told: Decimal, missing: Decimal) -> None:
    with pytest.raises(Refused) as refused:
        charges.check_told(told, told + missing)
    assert refused.value.params == {"told": f"{told:,.2f}", "charged": f"{told + missing:,.2f}"}
