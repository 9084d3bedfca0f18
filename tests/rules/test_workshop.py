"""The repair card's table, the promise, the trail, the receipt (SO-7 … SO-10)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import NotPermitted, Refused
from app.workshop import rules
from app.workshop.rules import AT_CUSTOMER, REPAIR_CARD, Expected, Holder

EVERY_ROLE = (
    "clerk",
    "technician",
    "supervisor",
    "branch_manager",
    "service_department",
    "accountant",
    "management",
    "administrator",
)
T, C, S = "technician", "clerk", "supervisor"
GIVEN: dict[str, Any] = {
    "technician_id": 7,
    "what": "压缩机",
    "fault_code_id": 1,
    "result": "更换压缩机",
    "reason": "异响",
    "outcome": "irreparable",
    "to": "shelf",
    "promised_at": 1,
    "told_to": "刘芳",
    "by": 9,
}
# state: {verb: (target, roles)} – written by hand, as the regulations say it, not read from the table.
ANYONE = {T, C, S}
PASS_ON = {"hand_to": (None, ANYONE), "change_promise": (None, {C, S}), "ask_for_help": (None, {T})}
TABLE: dict[str, dict[str, tuple[str | None, set[str]]]] = {
    "waiting": {
        "assign": (None, {S}),
        "start": ("in_repair", {T}),
        "give_up": ("ready", {T, S}),
        **PASS_ON,
    },
    "in_repair": {
        "assign": (None, {S}),
        "wait_for_parts": ("waiting_parts", {T, S}),
        "report_done": ("to_inspect", {T}),
        "give_up": ("ready", {T, S}),
        **PASS_ON,
    },
    "waiting_parts": {
        "assign": (None, {S}),
        "resume": ("in_repair", ANYONE),
        "give_up": ("ready", {T, S}),
        **PASS_ON,
    },
    "to_inspect": {
        "pass_inspection": ("ready", {S}),
        "fail_inspection": ("in_repair", {S}),
        "hand_to": (None, ANYONE),
        "change_promise": (None, {C, S}),
    },
    "ready": {
        "take_up": ("in_repair", {S}),
        "send_out": ("on_return", ANYONE),
        "hand_back": ("returned", {C, S}),
        **PASS_ON,
    },
    "on_return": {
        "not_delivered": ("ready", ANYONE),
        "hand_back": ("returned", ANYONE),
        "change_promise": (None, {C, S}),
        "ask_for_help": (None, {T}),
    },
    "returned": {},
}
VERBS = sorted({verb for row in TABLE.values() for verb in row})


@pytest.mark.parametrize("state", TABLE)
def test_so8_every_verb_by_every_role_in_every_state(state: str) -> None:
    for verb in VERBS:
        for role in EVERY_ROLE:
            card = SimpleNamespace(status=state, technician_id=7)
            target, allowed = TABLE[state].get(verb, (None, set()))
            if role in allowed:
                REPAIR_CARD.apply(card, verb, {role}, **GIVEN)
                assert card.status == (target or state), (state, verb, role)
            else:
                with pytest.raises((Refused, NotPermitted)):
                    REPAIR_CARD.apply(card, verb, {role}, **GIVEN)
                assert card.status == state
        offered = {t.verb for t in REPAIR_CARD.allowed(state, {"technician"})}
        assert offered == {each for each, (_to, who) in TABLE[state].items() if T in who}


def test_the_table_above_knows_every_state_and_verb() -> None:
    assert set(TABLE) == set(rules.CARD_STATES)
    assert {f"repair_card.{verb}" for verb in VERBS} == set(REPAIR_CARD.verbs())
    assert set(REPAIR_CARD.verb_labels) == set(VERBS)


@pytest.mark.parametrize(
    ("state", "verb", "missing"),
    [
        ("waiting", "assign", "technician_id"),
        ("in_repair", "wait_for_parts", "what"),
        ("in_repair", "report_done", "fault_code_id"),
        ("in_repair", "report_done", "result"),
        ("to_inspect", "fail_inspection", "reason"),
        ("in_repair", "give_up", "reason"),
        ("ready", "take_up", "reason"),
        ("on_return", "not_delivered", "reason"),
        ("ready", "change_promise", "told_to"),
        ("ready", "change_promise", "reason"),
        ("waiting", "ask_for_help", "reason"),
    ],
)
def test_what_a_verb_must_be_told(state: str, verb: str, missing: str) -> None:
    card = SimpleNamespace(status=state, technician_id=7)
    with pytest.raises(Refused) as refusal:
        REPAIR_CARD.apply(card, verb, {"system"}, **{**GIVEN, missing: "  "})
    assert refusal.value.field == missing
    assert card.status == state


def test_so8_nobody_inspects_their_own_repair() -> None:
    for verb in ("pass_inspection", "fail_inspection"):
        card = SimpleNamespace(status="to_inspect", technician_id=9)
        with pytest.raises(Refused):
            REPAIR_CARD.apply(card, verb, {"supervisor", "technician"}, **GIVEN)


@pytest.mark.parametrize("outcome", ["", "repaired", "lost"])
def test_only_two_reasons_to_give_up(outcome: str) -> None:
    with pytest.raises(Refused) as refusal:
        REPAIR_CARD.apply(
            SimpleNamespace(status="in_repair"), "give_up", {"supervisor"}, **{**GIVEN, "outcome": outcome}
        )
    assert refusal.value.field == "outcome"


# -- the promise (SO-10) ----------------------------------------------------------------------------------------

WORK = Expected(repair=120, inspection=30, way_back=60)


@pytest.mark.parametrize(
    ("status", "spent", "needed"),
    [
        ("waiting", 0, 210),
        ("in_repair", 0, 210),
        ("in_repair", 100, 110),
        ("in_repair", 500, 90),  # longer than expected: inspection and way back are still to come
        ("waiting_parts", 45, 165),
        ("to_inspect", 45, 90),
        ("ready", 45, 60),
        ("on_return", 45, 60),
        ("returned", 45, 0),
    ],
)
def test_so10_what_is_still_needed(status: str, spent: int, needed: int) -> None:
    assert rules.remaining(status, WORK, spent) == needed


@pytest.mark.parametrize(
    ("status", "spent", "parts"),
    [
        ("waiting", 0, (120, 30, 60)),
        ("in_repair", 50, (70, 30, 60)),
        ("waiting_parts", 500, (0, 30, 60)),
        ("to_inspect", 0, (0, 30, 60)),
        ("ready", 0, (0, 0, 60)),
        ("on_return", 0, (0, 0, 60)),
        ("returned", 0, (0, 0, 0)),
    ],
)
def test_so10_what_the_minutes_are_for(status: str, spent: int, parts: tuple[int, int, int]) -> None:
    assert rules.still_to_do(status, rules.Expected(120, 30, 60), spent) == parts


def test_so10_the_customer_sees_the_steps_go_forward_only() -> None:
    """Waiting for a part, or back from inspection, is the same step to who waits at home; every state has one."""
    steps = [rules.public_step(status) for status in rules.CARD_STATES]
    assert steps == sorted(steps) and steps[0] == 0
    assert rules.public_step("in_repair") == rules.public_step("waiting_parts")
    assert rules.public_step("returned") == len(rules.PUBLIC_STEP_LABELS)


@pytest.mark.parametrize(
    ("left", "needed", "missed", "returned", "state"),
    [
        (600, 210, False, False, "in_time"),
        (451, 210, False, False, "in_time"),
        (450, 210, False, False, "pressing"),  # 240 to spare: the warning
        (210, 210, False, False, "pressing"),
        (209, 210, False, False, "will_be_late"),
        (1, 60, False, False, "will_be_late"),
        (0, 60, True, False, "late"),
        (-500, 60, True, False, "late"),
        (30, 0, False, True, "kept"),
        (0, 0, True, True, "broken"),
    ],
)
def test_so10_reported_before_it_is_late(left: int, needed: int, missed: bool, returned: bool, state: str) -> None:
    assert rules.promise_state(left, needed, 240, missed=missed, returned=returned) == state
    assert state in rules.PROMISES
    assert set(rules.PROMISE_LABELS) == set(rules.PROMISE_TONES) == set(rules.PROMISES)


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 600), st.integers(0, 600))
def test_so10_it_is_on_the_list_before_it_is_late(left: int, needed: int, warning: int, passes: int) -> None:
    """However time passes without work, nothing jumps from in time to late past the warning (unless there is none)."""
    order = [rules.IN_TIME, rules.PRESSING, rules.WILL_BE_LATE]
    before = rules.promise_state(left, needed, warning, missed=False, returned=False)
    after = rules.promise_state(left - passes, needed, warning, missed=False, returned=False)
    assert order.index(after) >= order.index(before)
    if before == rules.IN_TIME and passes <= warning:
        assert after != rules.WILL_BE_LATE


# -- who has it (SO-8) --------------------------------------------------------------------------------------------

SHELF, LI, WANG = Holder("shelf", None, "A-3"), Holder("technician", 7), Holder("technician", 8)


@pytest.mark.parametrize(
    ("trail", "whole"),
    [
        ([], True),
        ([(AT_CUSTOMER, LI), (LI, SHELF), (SHELF, WANG), (WANG, AT_CUSTOMER)], True),
        ([(LI, SHELF)], False),  # it never came from the customer
        ([(AT_CUSTOMER, LI), (SHELF, WANG)], False),  # who put it on the shelf?
        ([(AT_CUSTOMER, LI), (WANG, SHELF)], False),  # the wrong hands
        ([(AT_CUSTOMER, LI), (LI, LI)], False),
        ([(AT_CUSTOMER, LI), (LI, Holder("shelf", None, "B-1")), (SHELF, WANG)], False),  # another shelf
    ],
)
def test_so8_a_trail_without_gaps(trail: list[tuple[Holder, Holder]], whole: bool) -> None:
    assert rules.contiguous(trail) is whole


@given(st.lists(st.sampled_from([SHELF, LI, WANG, AT_CUSTOMER]), max_size=12))
def test_so8_moves_that_start_where_the_last_ended_are_a_trail(stops: list[Holder]) -> None:
    trail, now = [], AT_CUSTOMER
    for stop in stops:
        if stop != now:
            trail.append((now, stop))
            now = stop
    assert rules.contiguous(trail)
    if len(trail) > 1:
        assert not rules.contiguous(trail[1:])


@pytest.mark.parametrize(
    ("holder", "field"),
    [(Holder("thief"), "to"), (Holder("technician"), "staff_id"), (Holder("shelf", 7), "staff_id")],
)
def test_nobody_in_particular_holds_nothing(holder: Holder, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        rules.check_holder(holder)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("kind", "statement", "field"),
    [
        ("taken_back", "", None),
        ("lost", "客户声明遗失", None),
        ("lost", " ", "statement"),
        ("", "", "receipt"),
        ("kept", "", "receipt"),
    ],
)
def test_so8_the_receipt_comes_back_or_its_loss_is_stated(kind: str, statement: str, field: str | None) -> None:
    if field is None:
        rules.check_void(kind, statement)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_void(kind, statement)
    assert refusal.value.field == field


@pytest.mark.parametrize(("days", "column"), [(0, 0), (3, 0), (4, 1), (7, 1), (14, 2), (30, 3), (31, 4), (400, 4)])
def test_ageing_columns(days: int, column: int) -> None:
    assert rules.bucket(days) == column


@pytest.mark.parametrize(
    ("given", "least", "why", "refused"),
    [(0, 1, "", True), (0, 1, "  ", True), (0, 1, "摄像头损坏", False), (1, 1, "", False), (1, 2, "", True),
     (1, 2, "只够拍一张", False), (0, 0, "", False), (5, 2, "", False)],
)  # fmt: skip
def test_so7_photographs_or_the_reason_why_not(given: int, least: int, why: str, refused: bool) -> None:
    if not refused:
        rules.check_photos(given, least, why)
        return
    with pytest.raises(Refused) as problem:
        rules.check_photos(given, least, why)
    assert problem.value.field == "photos"
