"""Pure rules of complaint handling (CP-3, CP-4, CP-5, CP-8, CP-9, CP-13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.complaints import rules
from app.complaints.rules import LATE, LIFECYCLE, MET, NONE, OPEN, OVERDUE, StepTaken
from app.core.errors import Refused

T0 = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUE = {
    "acknowledge_by": T0 + 24 * HOUR,
    "verify_by": T0 + 80 * HOUR,
    "propose_by": T0 + 100 * HOUR,
    "settle_by": T0 + 130 * HOUR,
}
ROAD = ["acknowledge", "verify", "propose", "approve", "tell", "settle", "rate", "close"]


def steps(*given: tuple[str, float]) -> list[StepTaken]:
    return [StepTaken(stage, T0 + hours * HOUR) for stage, hours in given]


def states(taken: list[StepTaken], status: str, now: datetime) -> list[str]:
    return [each.state for each in rules.standings(DUE, taken, status, now)]


def test_cp8_the_road_from_received_to_closed() -> None:
    state = LIFECYCLE.initial
    seen = [state]
    for verb in ROAD:
        state = LIFECYCLE.find(state, verb).target
        seen.append(state)
    assert seen == [
        "received",
        "acknowledged",
        "verified",
        "proposed",
        "approved",
        "told",
        "settled",
        "rated",
        "closed",
    ]


def test_cp8_every_step_needs_what_was_said() -> None:
    assert all("said" in transition.required for transition in LIFECYCLE.transitions)


def test_cp8_every_state_can_be_left_or_reopened_and_is_known() -> None:
    assert set(LIFECYCLE.states()) == set(rules.STATES)
    assert {t.source for t in LIFECYCLE.transitions} == set(rules.STATES)


@pytest.mark.parametrize("state", ["settled", "rated", "closed", "withdrawn"])
def test_cp8_what_is_over_can_be_reopened(state: str) -> None:
    assert LIFECYCLE.find(state, "reopen").target == "acknowledged"
    assert not rules.is_open(state)


@pytest.mark.parametrize("state", ["received", "acknowledged", "verified", "proposed", "approved", "told", "mediation"])
def test_cp8_what_is_open_can_be_withdrawn(state: str) -> None:
    assert LIFECYCLE.find(state, "withdraw").target == "withdrawn"
    assert rules.is_open(state)


def test_cp8_no_stage_is_jumped_over() -> None:
    with pytest.raises(Refused):
        LIFECYCLE.find("received", "verify")
    with pytest.raises(Refused):
        LIFECYCLE.find("proposed", "tell")


def test_cp3_acknowledgement_counts_clock_hours() -> None:
    friday_night = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    assert rules.acknowledge_by(friday_night, 24) == friday_night + timedelta(days=1)


@pytest.mark.parametrize(
    ("taken", "status", "hours", "expected"),
    [
        # nothing done yet; a solution is due only after the verification
        (steps(("received", 0)), "received", 1, [OPEN, OPEN, NONE, OPEN]),
        (steps(("received", 0)), "received", 25, [OVERDUE, OPEN, NONE, OPEN]),
        (steps(("received", 0)), "received", 200, [OVERDUE, OVERDUE, NONE, OVERDUE]),
        # the very minute it is due is in time
        (steps(("received", 0), ("acknowledged", 24)), "acknowledged", 30, [MET, OPEN, NONE, OPEN]),
        (steps(("received", 0), ("acknowledged", 24.1)), "acknowledged", 30, [LATE, OPEN, NONE, OPEN]),
        (steps(("acknowledged", 1), ("verified", 70)), "verified", 101, [MET, MET, OVERDUE, OPEN]),
        # proposed in time and refused: what had to be proposed was
        (
            steps(("acknowledged", 1), ("verified", 70), ("proposed", 90), ("verified", 95)),
            "verified",
            120,
            [MET, MET, MET, OPEN],
        ),
        # in mediation nothing is to be proposed
        (steps(("acknowledged", 1), ("verified", 70), ("mediation", 80)), "mediation", 120, [MET, MET, NONE, OPEN]),
        (steps(("acknowledged", 1), ("verified", 70), ("mediation", 80)), "mediation", 140, [MET, MET, NONE, OVERDUE]),
        # all of it, the proposal late
        (
            steps(
                ("acknowledged", 1),
                ("verified", 70),
                ("proposed", 101),
                ("approved", 102),
                ("told", 103),
                ("settled", 110),
            ),
            "settled",
            500,
            [MET, MET, LATE, MET],
        ),
        # sent back: the first proposal is the one that was due
        (
            steps(("acknowledged", 1), ("verified", 70), ("proposed", 90), ("verified", 95), ("proposed", 120)),
            "proposed",
            121,
            [MET, MET, MET, OPEN],
        ),
        # withdrawn: what was not done need not be done
        (steps(("acknowledged", 1), ("withdrawn", 5)), "withdrawn", 500, [MET, NONE, NONE, NONE]),
        # settled by mediation without a proposal
        (
            steps(("acknowledged", 1), ("verified", 70), ("mediation", 80), ("settled", 140)),
            "settled",
            500,
            [MET, MET, NONE, LATE],
        ),
    ],
)
def test_cp3_standing_of_each_stage(taken: list[StepTaken], status: str, hours: float, expected: list[str]) -> None:
    assert states(taken, status, T0 + hours * HOUR) == expected


def test_cp3_a_reopened_complaint_is_judged_by_its_last_round() -> None:
    first = steps(("received", 0), ("acknowledged", 1), ("verified", 90), ("settled", 95), ("acknowledged", 400))
    assert rules.clock_start(T0, first) == T0 + 400 * HOUR
    due = {**DUE, "verify_by": T0 + 470 * HOUR, "propose_by": None, "settle_by": T0 + 520 * HOUR}
    found = rules.standings(due, first, "acknowledged", T0 + 410 * HOUR)
    assert [each.state for each in found] == [MET, OPEN, NONE, OPEN]
    assert found[0].done_at == T0 + HOUR


def test_cp3_without_reopening_the_clock_starts_at_receipt() -> None:
    assert rules.clock_start(T0, steps(("received", 3), ("acknowledged", 4))) == T0
    assert rules.clock_start(T0, []) == T0


@given(
    done=st.lists(st.integers(0, 300), min_size=0, max_size=4),
    now=st.integers(0, 400),
)
def test_cp3_lateness_never_contradicts_the_clock(done: list[int], now: int) -> None:
    """Each stage is met or late exactly when it was done, overdue exactly when its deadline lies behind."""
    stages = list(rules.STAGE_DUE)[: len(done)]
    taken = [StepTaken(stage, T0 + hours * HOUR) for stage, hours in zip(stages, sorted(done), strict=True)]
    status = stages[-1] if stages else "received"
    for each in rules.standings(DUE, taken, status, T0 + now * HOUR):
        assert each.due_at is not None
        if each.done_at is not None:
            assert each.state == (LATE if each.done_at > each.due_at else MET)
        elif rules.STAGE_DUE[each.stage] not in rules.PENDING.get(status, ()):
            assert each.state == NONE
        else:
            assert each.state == (OVERDUE if T0 + now * HOUR > each.due_at else OPEN)


@pytest.mark.parametrize("status", rules.STATES)
@pytest.mark.parametrize("hours", [0, 200])
def test_cp3_next_deadline_belongs_to_a_stage_still_to_come(status: str, hours: int) -> None:
    found = rules.next_standing(rules.standings(DUE, [], status, T0 + hours * HOUR))
    if rules.is_open(status):
        assert found is not None
        assert found.due_at == min(DUE[column] for column in rules.PENDING[status])
        assert found.state == (OVERDUE if hours else OPEN)
    else:
        assert found is None


def test_cp3_a_refused_proposal_leaves_the_settlement_as_the_next_deadline() -> None:
    taken = steps(("acknowledged", 1), ("verified", 70), ("proposed", 90), ("verified", 95))
    found = rules.next_standing(rules.standings(DUE, taken, "verified", T0 + 120 * HOUR))
    assert found is not None
    assert (found.stage, found.state) == ("settled", OPEN)


@pytest.mark.parametrize(
    ("at", "field"), [(T0 + 5 * HOUR, "at"), (T0 - HOUR, "at"), (T0 + HOUR, "at"), (T0 + 3 * HOUR, None)]
)
def test_cal4_a_step_lies_between_the_step_before_and_now(at: datetime, field: str | None) -> None:
    if field is None:
        rules.check_step_time(at, T0 + 4 * HOUR, T0, T0 + 2 * HOUR)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_step_time(at, T0 + 4 * HOUR, T0, T0 + 2 * HOUR)
    assert refusal.value.field == field


def test_cp4_the_subject_takes_no_part() -> None:
    rules.check_not_subject(1, {2, 3})
    rules.check_not_subject(1, set())
    rules.check_not_subject(None, {1})
    for each in (2, 3):
        with pytest.raises(Refused):
            rules.check_not_subject(each, {2, 3})


@pytest.mark.parametrize(
    ("earlier", "ground", "wants", "expected"),
    [
        (None, None, "", ("ordinary", None)),
        ("TS-NJ-20261101-0001", None, "", ("major", "again")),
        (None, "press", "", ("major", "press")),
        ("TS-NJ-20261101-0001", "injury", "", ("major", "injury")),
        # demanding return or exchange is a ground by itself; money or an apology is not
        (None, None, "exchange", ("major", "return")),
        (None, None, "refund", ("major", "return")),
        ("TS-NJ-20261101-0001", None, "refund", ("major", "return")),
        (None, "press", "refund", ("major", "press")),
        (None, None, "compensation", ("ordinary", None)),
        (None, None, "explanation", ("ordinary", None)),
        ("TS-NJ-20261101-0001", None, "repair", ("major", "again")),
    ],
)
def test_cp5_severity_at_entry(
    earlier: str | None, ground: str | None, wants: str, expected: tuple[str, str | None]
) -> None:
    assert rules.severity_at_entry(earlier, ground, wants) == expected


MATRIX = {"supervisor": Decimal("200"), "branch_manager": Decimal("2000"), "management": None}


@pytest.mark.parametrize(
    ("amount", "conflicted", "needed"),
    [
        ("0", [], "supervisor"),
        ("200.00", [], "supervisor"),
        ("200.01", [], "branch_manager"),
        ("2000.00", [], "branch_manager"),
        ("2000.01", [], "management"),
        # a conflict of interest goes one level up, whatever the amount
        ("0", ["supervisor"], "branch_manager"),
        ("150", ["supervisor"], "branch_manager"),
        ("150", ["branch_manager"], "management"),
        ("150", ["supervisor", "branch_manager"], "management"),
        ("150", ["service_department"], "management"),
        ("5000", ["supervisor"], "management"),
        # nobody is above the management: another of them decides
        ("150", ["management"], "management"),
        # a technician or clerk decides nothing anyway
        ("150", ["technician", "clerk"], "supervisor"),
    ],
)
def test_cp9_the_level_that_may_approve(amount: str, conflicted: list[str], needed: str) -> None:
    assert rules.level_needed(Decimal(amount), MATRIX, conflicted) == needed


def test_cp9_without_a_matrix_it_is_the_management() -> None:
    assert rules.level_needed(Decimal("0.01"), {}, []) == "management"


@pytest.mark.parametrize(
    ("amount", "held", "needed", "refusal"),
    [
        ("0", ["supervisor"], "supervisor", None),
        ("0", ["service_department"], "supervisor", None),
        ("0", ["clerk"], "supervisor", "more than"),
        ("0", ["supervisor"], "branch_manager", "conflict"),
        ("0.01", ["service_department"], "supervisor", "more than"),
        ("200.00", ["supervisor"], "supervisor", None),
        ("200.01", ["supervisor"], "branch_manager", "more than"),
        ("2000", ["supervisor", "branch_manager"], "branch_manager", None),
        ("150", ["supervisor"], "branch_manager", "conflict"),
        ("150", ["branch_manager"], "branch_manager", None),
        ("150", ["branch_manager"], "management", "conflict"),
        ("99999", ["management"], "management", None),
        ("99999", ["branch_manager"], "management", "more than"),
    ],
)
def test_cp9_authority(amount: str, held: list[str], needed: str, refusal: str | None) -> None:
    if refusal is None:
        rules.check_authority(Decimal(amount), held, needed, MATRIX)
    else:
        with pytest.raises(Refused, match=refusal):
            rules.check_authority(Decimal(amount), held, needed, MATRIX)


@given(
    st.decimals(min_value=0, max_value=10**6, places=2),
    st.sets(st.sampled_from(["supervisor", "branch_manager", "service_department", "management"])),
)
def test_cp9_whoever_is_needed_may_and_nobody_in_conflict(amount: Decimal, conflicted: set[str]) -> None:
    needed = rules.level_needed(amount, MATRIX, conflicted)
    rules.check_authority(amount, [needed], needed, MATRIX)
    for role in conflicted - {"management"}:
        with pytest.raises(Refused):
            rules.check_authority(amount, [role], needed, MATRIX)


@pytest.mark.parametrize(
    ("amount", "decided_by", "proposed_by", "allowed"),
    [("200.00", 1, 1, True), ("200.01", 1, 1, False), ("200.01", 2, 1, True), ("900", None, None, True)],
)
def test_cp9_four_eyes(amount: str, decided_by: int | None, proposed_by: int | None, allowed: bool) -> None:
    if allowed:
        rules.check_four_eyes(Decimal(amount), decided_by, proposed_by, Decimal(200))
    else:
        with pytest.raises(Refused):
            rules.check_four_eyes(Decimal(amount), decided_by, proposed_by, Decimal(200))


def test_cp9_what_is_paid_has_an_amount() -> None:
    rules.check_remedy("none", Decimal(0))
    rules.check_remedy("refund", Decimal("0.01"))
    with pytest.raises(Refused) as refusal:
        rules.check_remedy("exchange", Decimal(0))
    assert refusal.value.field == "compensation"


@pytest.mark.parametrize(
    ("contacts", "handler", "called"),
    [
        ([], None, False),
        ([("acknowledge", 7, "clerk")], None, False),
        ([("acknowledge", 7, "clerk")], 7, True),
        ([("acknowledge", 7, "clerk")], 8, False),
        ([("acknowledge", 3, "supervisor")], None, True),
        ([("tell", 4, "service")], 7, True),
        # writing something down is not speaking with the customer
        ([("verify", 3, "supervisor"), ("attach", 7, "clerk")], 7, False),
        ([("acknowledge", None, "")], None, False),
    ],
)
def test_cp7_the_supervisor_or_whom_they_name_speaks_with_the_customer(
    contacts: list[tuple[str, int | None, str]], handler: int | None, called: bool
) -> None:
    assert rules.is_called_on([rules.Contact(*each) for each in contacts], handler) is called


@pytest.mark.parametrize(
    ("due", "told", "status", "now", "state"),
    [
        (None, None, "received", 0, NONE),
        (24, None, "received", 23, OPEN),
        (24, None, "received", 25, OVERDUE),
        (24, 24, "received", 30, MET),
        (24, 25, "received", 30, LATE),
        # settled, it is still to be put before them; withdrawn before, it needs it no more
        (24, None, "closed", 25, OVERDUE),
        (24, None, "withdrawn", 25, NONE),
        (24, 20, "withdrawn", 25, MET),
        (24, 25, "withdrawn", 30, LATE),
    ],
)
def test_cp6_put_before_the_management(due: int | None, told: int | None, status: str, now: int, state: str) -> None:
    def at(hours: int | None) -> datetime | None:
        return None if hours is None else T0 + hours * HOUR

    assert rules.management_standing(at(due), at(told), status, T0 + now * HOUR).state == state


FAULT = rules.Fault(5, 9)


@pytest.mark.parametrize(
    ("done", "found", "days_after", "back"),
    [
        (True, FAULT, 1, True),
        (True, FAULT, 90, True),
        (True, FAULT, 90.01, False),
        (True, FAULT, 0, False),
        (True, FAULT, -1, False),
        (False, FAULT, 1, False),
        (True, rules.Fault(5, 8), 1, False),
        (True, rules.Fault(6, 9), 1, False),
    ],
)
def test_cp11_the_same_fault_on_the_same_model(done: bool, found: rules.Fault, days_after: float, back: bool) -> None:
    done_at = T0 if done else None
    assert rules.comes_back(FAULT, done_at, found, T0 + timedelta(days=days_after), 90) is back


def test_cp11_an_unknown_fault_is_never_the_same() -> None:
    unknown = rules.Fault(5, None)
    assert not rules.comes_back(unknown, T0, unknown, T0 + HOUR, 90)


@pytest.mark.parametrize(
    ("ended_after", "looked_after", "goes"),
    [
        (None, 400, False),  # open: it stays, however old
        (1, 30, False),
        (1, 31.5, True),
        (20, 49, False),
        (20, 51, True),
    ],
)
def test_cp15_recordings_stay_while_the_matter_is_open_and_thirty_days_after(
    ended_after: float | None, looked_after: float, goes: bool
) -> None:
    ended = None if ended_after is None else T0 + timedelta(days=ended_after)
    assert rules.recording_goes(T0, ended, T0 + timedelta(days=looked_after), 30) is goes


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "photo"),
        (b"\xff\xd8\xff\xe0", "photo"),
        (b"ID3\x04", "recording"),
        (b"RIFF\x00\x00\x00\x00WAVE", "recording"),
        (b"\x00\x00\x00\x1cftypM4A ", "recording"),
        (b"%PDF-1.7", "other"),
        (b"<html><script>", "other"),
    ],
)
def test_cp8_a_file_is_what_it_begins_like(content: bytes, kind: str) -> None:
    assert rules.kind_of_file(rules.content_type_of(content)) == kind


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("02584001234", "025****1234"),
        ("84001234", "840****34"),
        ("12345", "12****45"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_cp13_masked_phone(number: str, masked: str) -> None:
    assert rules.mask_phone(number) == masked


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_cp13_a_masked_number_never_shows_the_number(number: str) -> None:
    masked = rules.mask_phone(number)
    assert number not in masked
    assert "*" in masked


# -- whose name stands under an agreement (CP-10), who stands above the handler (CP-13) ----------------------------


@pytest.mark.parametrize(
    ("signer", "complainant", "signer_as", "field"),
    [
        ("张伟", "张伟", "self", None),
        (" 张 伟 ", "张伟", "self", None),
        ("ZHANG Wei", "zhang wei", "self", None),
        ("胡敏", "胡女士", "self", None),
        ("胡敏", "张女士", "self", "signer_as"),
        ("胡", "胡女士", "self", "signer_as"),
        ("李敏", "张伟", "self", "signer_as"),
        ("李敏", "张伟", "family", None),
        ("王会计", "南京学府幼儿园", "staff", None),
        ("南京学府幼儿园", "南京学府幼儿园", "staff", "signer"),
        ("张伟", "张伟", "agent", "signer"),
        ("李敏", "张伟", "", "signer_as"),
        ("李敏", "张伟", "friend", "signer_as"),
        ("  ", "张伟", "self", "signer"),
    ],
)
def test_cp10_the_complainant_signs_or_a_representative(
    signer: str, complainant: str, signer_as: str, field: str | None
) -> None:
    if field is None:
        rules.check_signer(signer, complainant, signer_as)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_signer(signer, complainant, signer_as)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("made", "signed", "told", "holds"),
    [
        (2, 3, 1, True),
        (2, None, 1, False),
        (2, 3, None, True),
        # told another solution since: what was signed was about the one before
        (1, 2, 3, False),
        (1, 5, 3, False),
        # within the minute
        (1, 2, 1 + 1 / 120, True),
        (1, 2, 1 + 1 / 60, False),
    ],
)
def test_cp10_an_agreement_is_about_the_solution_told_last(
    made: float, signed: float | None, told: float | None, holds: bool
) -> None:
    at = [None if hours is None else T0 + hours * HOUR for hours in (made, signed, told)]
    assert at[0] is not None
    assert rules.still_holds(at[0], at[1], at[2]) is holds


@pytest.mark.parametrize(
    ("job", "handler", "against", "over"),
    [
        ("supervisor", None, (), True),
        ("supervisor", "clerk", (), True),
        ("supervisor", "supervisor", (), False),
        ("supervisor", "branch_manager", (), False),
        ("supervisor", "service", (), False),
        ("branch_manager", "supervisor", (), True),
        ("branch_manager", "service", (), False),
        ("supervisor", None, ("technician",), True),
        ("supervisor", None, ("supervisor",), False),
        ("supervisor", "clerk", ("technician", "branch_manager"), False),
        ("branch_manager", None, ("supervisor",), True),
        ("branch_manager", None, ("branch_manager",), False),
        ("branch_manager", None, ("service",), False),
        ("clerk", None, (), False),
    ],
)
def test_cp13_who_stands_over_whoever_handles_it(
    job: str, handler: str | None, against: tuple[str, ...], over: bool
) -> None:
    assert rules.stands_over(job, handler, against) is over
