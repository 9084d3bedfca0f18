"""Files at every step, and what the crisis group decides, on both databases (CP-6, CP-8, CP-11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.complaints import commands, queries
from app.complaints.models import Complaint, ComplaintFile, CrisisEntry, RefusalReason
from app.core import clock, documents
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.documents import Params
from app.core.errors import NotFound, Refused
from app.core.inbox import InboxMessage
from app.core.uow import unit_of_work
from tests.cast import Cast
from tests.commands.complaint_days import FRIDAY, Sent, enter, inbox_of, settled, verified

PNG = b"\x89PNG\r\n\x1a\n"
MONDAY = FRIDAY + timedelta(days=3)


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with acting_as(SYSTEM), clock.frozen(FRIDAY):
        yield


# -- what is handed in stands at its step (CP-8) -----------------------------------------------------------------


def test_cp8_every_step_takes_what_was_handed_in(office: Cast) -> None:
    boss, number = office["manager"], enter(office["clerk"], severity_ground="press").id
    with unit_of_work(SYSTEM, "test.reason") as session:
        why = RefusalReason(code="dear", name="金额过高")
        session.add(why)
        session.flush()
        reason = why.id
    road: tuple[tuple[str, dict[str, Any]], ...] = (
        ("assign", {"handler_id": office.staff("clerk")}),
        ("judge", {"severity": "major"}),
        ("add_subject", {"staff_id": office.staff("technician")}),
        ("acknowledge", {}),
        ("verify", {"finding": "justified"}),
        ("propose", {"solution": "返修"}),
        ("send_back", {"reason_id": reason}),
        ("propose", {"solution": "换件"}),
        ("approve", {}),
        ("tell", {}),
        ("agree", {"terms": "换件，双方再无争议", "said": None}),
        ("timetable", {"promised_on": date(2026, 11, 27)}),
        ("mediate", {}),
        ("settle", {}),
        ("answer", {"words": "已换件", "said": None}),
        ("rate", {"satisfaction": "satisfied"}),
        ("close", {}),
        ("reopen", {}),
        ("mark_police", {}),
        ("minute", {"kind": "meeting", "words": "碰头", "said": None}),
        ("add_member", {"staff_id": office.staff("clerk"), "said": None}),
        ("withdraw", {}),
    )
    for place, (verb, given) in enumerate(road):
        values = {"said": "见附件", **given}
        values = {key: value for key, value in values.items() if value is not None}
        command = {"tell": commands.tell}.get(verb) or getattr(commands, verb)
        command(boss, number, attachment=Sent(f"{place}.png", PNG), **values)
    kept = {
        row.filename: (row.step.verb, row.kind)
        for row in db.session.scalars(select(ComplaintFile))
        if row.step is not None
    }
    assert kept == {
        f"{place}.png": (verb, "letter" if verb == "answer" else "photo") for place, (verb, _given) in enumerate(road)
    }


def test_cp8_a_refused_step_keeps_no_file(office: Cast) -> None:
    number = enter(office["clerk"]).id
    with pytest.raises(Refused):
        commands.acknowledge(office["manager"], number, said="", attachment=Sent("a.png", PNG))
    assert db.session.scalars(select(ComplaintFile)).all() == []


# -- what the crisis group decides (CP-6) ------------------------------------------------------------------------


def decided(office: Cast, *, owner: str = "clerk", by: str = "manager", **given: Any) -> int:
    """A decision of the group of a major complaint the clerk has no part in."""
    complaint = enter(office["manager"], severity_ground="injury")
    commands.assign(office["service"], complaint.id, handler_id=office.staff("manager"), said="由经理处理")
    values = {"kind": "decision", "words": "当日上门致歉", "owner_id": office.staff(owner), "due_on": FRIDAY.date()}
    commands.minute(office[by], complaint.id, **(values | given))
    return db.session.scalars(select(CrisisEntry.id)).one()


@pytest.mark.parametrize(
    ("given", "field"),
    [({"due_on": None}, "due_on"), ({"owner_id": None}, "owner_id"), ({"due_on": date(2026, 11, 19)}, "due_on")],
)
def test_cp6_a_decision_names_who_and_until_when(office: Cast, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        decided(office, **given)
    assert refusal.value.field == field


def test_cp6_only_who_works_in_the_office_can_be_given_a_decision(office: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        decided(office, owner="technician")
    assert refusal.value.field == "owner_id"


def test_cp6_its_owner_finds_the_decision_and_ticks_it_off_without_seeing_the_complaint(office: Cast) -> None:
    key, clerk = decided(office), office["clerk"]
    with acting_as(clerk):
        assert db.session.scalars(select(Complaint.id)).all() == []
        assert db.session.scalars(select(CrisisEntry.id).where(queries.decisions_to_do())).all() == [key]
    (told,) = (
        row
        for row in db.session.scalars(select(InboxMessage).where(InboxMessage.staff_id == office.staff("clerk")))
        if "left something to you" in row.message
    )
    assert told.link == f"/crisisentryview/show/{key}"
    with pytest.raises(Refused):
        commands.finish_decision(clerk, key, said=" ")
    done = commands.finish_decision(clerk, key, said="已登门，客户接受", attachment=Sent("门口.png", PNG))
    assert (done.done_by_id, done.done_at, done.result) == (office.staff("clerk"), FRIDAY, "已登门，客户接受")
    step = done.complaint.steps[-1]
    assert (step.verb, step.said, [row.filename for row in step.files]) == (
        "decided",
        "当日上门致歉 → 已登门，客户接受",
        ["门口.png"],
    )
    with pytest.raises(Refused, match="moved on"):
        commands.finish_decision(clerk, key, said="再来一次")


def test_cp6_somebody_of_the_group_may_tick_it_off_and_nobody_else(office: Cast) -> None:
    key = decided(office)
    with pytest.raises(NotFound):
        commands.finish_decision(office["clerk_sz"], key, said="办妥")
    with pytest.raises(Refused, match="crisis group"):  # sees every complaint, but was taken out of the group
        with unit_of_work(SYSTEM, "test.group") as session:
            (member,) = (
                row
                for row in session.get_one(CrisisEntry, key).complaint.crisis_members
                if row.staff_id == office.staff("service")
            )
            session.delete(member)
        db.session.expire_all()
        commands.finish_decision(office["service"], key, said="办妥")
    assert commands.finish_decision(office["director"], key, said="办妥").done_by_id == office.staff("director")


def test_cp4_a_decision_is_gone_for_its_owner_once_the_complaint_is_about_them(office: Cast) -> None:
    key = decided(office, owner="supervisor")
    commands.add_subject(
        office["service"],
        db.session.get_one(CrisisEntry, key).complaint_id,
        staff_id=office.staff("supervisor"),
        said="客户补充",
    )
    with pytest.raises(NotFound):
        commands.finish_decision(office["supervisor"], key, said="办妥")


# -- past the day (CP-6, CP-11) ----------------------------------------------------------------------------------


def _late(office: Cast, who: str) -> list[str]:
    return [message for message in inbox_of(office, who) if "is not done" in message and "was due" in message]


def test_cp6_cp11_what_is_past_its_day_is_told_once_to_owner_and_superior(office: Cast) -> None:
    key = decided(office)
    number = verified(office)
    given = {"kind": "corrective", "cause": "漏氟", "action": "更换管路", "due_on": FRIDAY.date()}
    action = commands.take_action(office["manager"], number, owner_id=office.staff("clerk"), **given)
    assert commands.remind_overdue(FRIDAY + timedelta(hours=1)) == 0  # the day is not over
    assert commands.remind_overdue(FRIDAY + timedelta(days=1)) == 0  # Saturday: nobody is there
    with clock.frozen(MONDAY):
        assert (commands.remind_overdue(), commands.remind_overdue()) == (2, 0)
        assert len(_late(office, "clerk")) == 2
        # the supervisor stands over the branch, the manager handles the first
        assert len(_late(office, "supervisor")) == 2
        commands.finish(office["clerk"], action.id, said="已更换")
        commands.repeat(office["manager"], action.id, said="无效", due_on=MONDAY.date())
        commands.finish_decision(office["clerk"], key, said="已登门")
    # another day: told anew; what is done is not
    with clock.frozen(MONDAY + timedelta(days=1)):
        assert commands.remind_overdue() == 1
    assert len(_late(office, "clerk")) == 3


# -- on paper ----------------------------------------------------------------------------------------------------


def _paper(name: str, key: int) -> Any:
    return documents.get(name).query(Params(clock.today(), None, record_id=key))


def test_cp6_the_report_names_minutes_and_decisions_with_what_became_of_them(office: Cast) -> None:
    key = decided(office)
    number = db.session.get_one(CrisisEntry, key).complaint_id
    commands.minute(office["manager"], number, kind="meeting", words="核对维修记录")
    commands.finish_decision(office["clerk"], key, said="已登门")
    decision, meeting = _paper("major_report", number).group
    assert (decision.words, decision.owner, decision.due_on, decision.result) == (
        "当日上门致歉",
        "周晓芸",
        FRIDAY.date(),
        "已登门",
    )
    assert (meeting.decision, meeting.words, meeting.owner) == (False, "核对维修记录", "")


def test_cp3_cp6_a_letter_printed_again_keeps_the_day_it_was_written(office: Cast) -> None:
    number = settled(office, severity_ground="press")
    commands.answer(office["manager"], number, words="已致歉")
    with clock.frozen(MONDAY):
        for name in ("complaint_acknowledgement", "complaint_answer"):
            assert _paper(name, number).on == FRIDAY.date(), name
        assert _paper("major_report", number).on == MONDAY.date()
