"""Files at every step, and what the crisis group decides, on both databases (CP-6, CP-8, CP-11)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from sqlalchemy import select

from app.complaints import commands, queries
from app.complaints.commands.promises import GIVEN
from app.complaints.commands.reminding import ACTION_LATE
from app.complaints.models import Complaint, ComplaintFile, ComplaintStep, CorrectiveAction, CrisisEntry, RefusalReason
from app.core import clock, documents
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.documents import Params
from app.core.errors import NotFound, Refused
from app.core.inbox import InboxMessage
from app.core.uow import unit_of_work
from tests.cast import Cast
from tests.commands.complaint_days import FRIDAY, Sent, enter, inbox_of, settled, verified
from tests.conftest import Backend

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
    # Somebody else sees to it: who handles the complaint, and is told.
    assert db.session.get_one(CrisisEntry, key).owner_id == office.staff("manager")
    assert GIVEN in inbox_of(office, "manager")


def test_cp4_an_action_passes_on_once_the_complaint_is_about_its_owner(office: Cast) -> None:
    number = verified(office)
    given = {"kind": "corrective", "cause": "漏氟", "action": "更换管路", "due_on": FRIDAY.date()}
    keys = [
        commands.take_action(office["manager"], number, owner_id=office.staff(owner), **given).id
        for owner in ("clerk", "clerk", "manager")
    ]
    commands.finish(office["clerk"], keys[1], said="已更换")
    commands.add_subject(office["manager"], number, staff_id=office.staff("clerk"), said="客户补充")
    db.session.expire_all()
    owners = [db.session.get_one(CorrectiveAction, key).owner_id for key in keys]
    # nobody handles it yet: the supervisor answers for it; what is done stays with who did it
    assert owners == [office.staff(who) for who in ("supervisor", "clerk", "manager")]
    assert inbox_of(office, "supervisor").count(GIVEN) == 1


def test_cp6_two_of_the_group_carry_a_decision_out_once(
    backend: Backend, office: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, both, outcomes = decided(office), Barrier(2), list[str]()
    asked = queries.group_of

    def slowly(complaint: Complaint) -> set[int]:
        """Both would be here at once, were the first not to lock the decision."""
        with suppress(BrokenBarrierError):
            both.wait(timeout=1)
        return asked(complaint)

    monkeypatch.setattr(queries, "group_of", slowly)
    db.session.remove()

    def tick(who: str) -> None:
        with backend.app.app_context():
            try:
                commands.finish_decision(office[who], key, said=f"{who} 办妥")
                outcomes.append("done")
            except Refused:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=tick, args=(who,)) for who in ("clerk", "manager")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    assert len(db.session.scalars(select(ComplaintStep).where(ComplaintStep.verb == "decided")).all()) == 1


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
        # the supervisor stands over the branch, but not over the manager, who handles the first
        assert (len(_late(office, "supervisor")), len(_late(office, "manager"))) == (1, 1)
        with acting_as(office["clerk"]):
            late = db.session.scalars(select(InboxMessage).where(InboxMessage.message == ACTION_LATE)).one()
            assert "2026年11月20日" in late.words
        commands.finish(office["clerk"], action.id, said="已更换")
        commands.repeat(office["manager"], action.id, said="无效", due_on=MONDAY.date())
        commands.finish_decision(office["clerk"], key, said="已登门")
    # another day: told anew; what is done is not
    with clock.frozen(MONDAY + timedelta(days=1)):
        assert commands.remind_overdue() == 1
    assert len(_late(office, "clerk")) == 3


def test_cp13_nobody_is_told_of_what_is_late_who_may_not_open_it(office: Cast) -> None:
    number = verified(office)
    commands.assign(office["service"], number, handler_id=office.staff("manager"), said="由经理处理")
    given = {"kind": "corrective", "cause": "漏氟", "action": "更换管路", "due_on": FRIDAY.date()}
    with pytest.raises(Refused) as refusal:  # no screen of theirs shows it
        commands.take_action(office["manager"], number, owner_id=office.staff("technician"), **given)
    assert refusal.value.field == "owner_id"
    action = commands.take_action(office["manager"], number, owner_id=office.staff("clerk"), **given).id
    with clock.frozen(MONDAY):
        assert commands.remind_overdue() == 1
        told = db.session.scalars(select(InboxMessage).where(InboxMessage.message == ACTION_LATE)).all()
        people = {office.staff(who): office[who] for who in office.people if office[who].staff_id is not None}
        assert {row.staff_id for row in told} == {office.staff("clerk"), office.staff("manager")}
        for row in told:
            with acting_as(people[row.staff_id]):
                assert db.session.scalars(select(CorrectiveAction.id)).all() == [action]


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


def test_cal4_the_application_is_dated_when_it_was_made_not_when_it_was_typed(office: Cast) -> None:
    number = verified(office)
    with clock.frozen(MONDAY):
        at = FRIDAY + timedelta(hours=1)
        given = {"solution": "退款", "remedy": "refund", "compensation": 600}
        commands.propose(office["manager"], number, said="协商", at=at, **given)
        assert _paper("major_application", number).requested_at == at
