"""Who decides on a proposed solution, on both databases: limits, conflicts of interest, deputies, who sees it (CP-4, CP-9, CP-13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.complaints import commands, queries
from app.complaints.models import (
    Approval,
    ApprovalDeputy,
    Complaint,
    RefusalReason,
)
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.inbox import InboxMessage
from app.core.uow import unit_of_work
from app.organisation.models import Staff
from tests.cast import Cast
from tests.commands.complaint_days import FRIDAY, enter, inbox_of, verified


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    """What a test looks at, it looks at as the system; commands act as whom they are given."""
    with acting_as(SYSTEM), clock.frozen(FRIDAY):
        yield


# -- approvals (CP-4, CP-9) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "against", "proposer", "role", "asked"),
    [
        ("0", None, "clerk", "supervisor", ["supervisor"]),
        ("200", None, "clerk", "supervisor", ["supervisor"]),
        ("200.01", None, "supervisor", "branch_manager", ["manager"]),
        ("2000.01", None, "supervisor", "management", ["director"]),
        # the supervisor is complained about: one level up
        ("100", "supervisor", "clerk", "branch_manager", ["manager"]),
        ("100", "manager", "clerk", "management", ["director"]),
        # above 200 nobody decides on their own proposal, and there is no second manager
        ("900", None, "manager", "management", ["director"]),
        ("150", None, "manager", "supervisor", ["supervisor"]),
    ],
)
def test_cp9_who_is_asked(
    office: Cast, amount: str, against: str | None, proposer: str, role: str, asked: list[str]
) -> None:
    given = {"subject_id": office.staff(against)} if against else {}
    complaint_id = enter(office["clerk"], **given).id
    commands.acknowledge(office["clerk"], complaint_id, said="已告知")
    commands.verify(office["clerk"], complaint_id, said="属实", finding="justified")
    if proposer == "manager" and against == "manager":
        proposer = "clerk"
    commands.propose(office[proposer], complaint_id, said="协商", solution="补偿", compensation=Decimal(amount))
    row = db.session.scalars(select(Approval)).one()
    assert (row.role, row.status, row.amount) == (role, "pending", Decimal(amount))
    told = [who for who in ("supervisor", "manager", "director", "service") if _asked(office, who)]
    assert told == asked
    with acting_as(office[asked[0]]):
        commands.approve(office[asked[0]], complaint_id, said="同意")
    db.session.refresh(row)
    assert (row.status, row.decided_by_id) == ("approved", office.staff(asked[0]))


def _asked(office: Cast, who: str) -> bool:
    return any("waits for your decision" in message for message in inbox_of(office, who))


def test_cp9_the_mail_leads_to_the_decision(office: Cast) -> None:
    complaint_id = verified(office)
    commands.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(100))
    row = db.session.scalars(select(Approval)).one()
    message = db.session.scalars(select(InboxMessage).where(InboxMessage.link == f"/approvalview/show/{row.id}")).one()
    assert (message.staff_id, message.mail_status) == (office.staff("supervisor"), "waiting")


def test_cp9_nobody_decides_on_their_own_proposal_above_the_limit(office: Cast) -> None:
    complaint_id = verified(office)
    commands.propose(office["manager"], complaint_id, said="协商", solution="补偿", compensation=Decimal("200.01"))
    with pytest.raises(Refused):
        commands.approve(office["manager"], complaint_id, said="同意")
    assert commands.approve(office["director"], complaint_id, said="同意").status == "approved"


def _deputy(office: Cast, away: str, deputy: str, first: int, last: int) -> None:
    with unit_of_work(SYSTEM, "test.deputy") as session:
        session.add(
            ApprovalDeputy(
                staff_id=office.staff(away),
                deputy_id=office.staff(deputy),
                starts_on=date(2026, 11, first),
                ends_on=date(2026, 11, last),
            )
        )


@pytest.mark.parametrize(("first", "last", "may"), [(20, 20, True), (18, 25, True), (21, 25, False), (10, 19, False)])
def test_cp9_a_deputy_decides_on_the_days_named(office: Cast, first: int, last: int, may: bool) -> None:
    _deputy(office, "manager", "supervisor", first, last)
    complaint_id = verified(office)
    commands.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(1500))
    assert _asked(office, "supervisor") is may
    if not may:
        with pytest.raises(Refused):
            commands.approve(office["supervisor"], complaint_id, said="同意")
        return
    commands.approve(office["supervisor"], complaint_id, said="代批")
    row = db.session.scalars(select(Approval)).one()
    assert (row.decided_by_id, row.for_id) == (office.staff("supervisor"), office.staff("manager"))


@pytest.mark.parametrize(
    ("actor", "away", "deputy", "field"),
    [
        ("manager", "manager", "supervisor", None),
        ("manager", "supervisor", "service", None),
        ("director", "manager", "supervisor", None),
        ("admin", "director", "service", None),
        # nobody lifts themselves, or somebody of their own, above their level
        ("manager", "director", "manager", "staff"),
        ("service", "director", "service", "staff"),
        ("service", "manager", "supervisor", "staff"),
        ("director", "manager", "director", "deputy"),
        ("manager", "manager", "clerk", "deputy"),
        ("manager", "manager", "manager", "deputy"),
    ],
)
def test_cp9_who_names_a_deputy(office: Cast, actor: str, away: str, deputy: str, field: str | None) -> None:
    row = ApprovalDeputy(
        staff=db.session.get_one(Staff, office.staff(away)),
        deputy=db.session.get_one(Staff, office.staff(deputy)),
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 11, 24),
    )
    if field is None:
        commands.check_deputy(office[actor], row)
    else:
        with pytest.raises(Refused) as refusal:
            commands.check_deputy(office[actor], row)
        assert refusal.value.field == field
    db.session.expunge_all()


def test_cp4_a_deputy_of_somebody_complained_about_does_not_decide_for_them(office: Cast) -> None:
    _deputy(office, "manager", "supervisor", 18, 25)
    complaint_id = enter(office["clerk"], subject_id=office.staff("manager")).id
    commands.acknowledge(office["clerk"], complaint_id, said="已告知")
    commands.verify(office["clerk"], complaint_id, said="属实", finding="justified")
    commands.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(1500))
    with pytest.raises(NotFound):  # below the one complained about: not even seen (CP-13)
        commands.approve(office["supervisor"], complaint_id, said="代批")


def _sees(office: Cast, who: str, complaint_id: int) -> bool:
    with acting_as(office[who]):
        return db.session.scalar(select(Complaint.id).where(Complaint.id == complaint_id)) is not None


def test_cp13_up_the_line_of_whoever_handles_it(office: Cast) -> None:
    complaint_id = enter(office["service"], branch_id=office.branches["NJ"]).id
    assert _sees(office, "supervisor", complaint_id) and _sees(office, "manager", complaint_id)
    assert not _sees(office, "clerk", complaint_id) and not _sees(office, "supervisor_sz", complaint_id)
    for handler, above in (("clerk", {"supervisor", "manager"}), ("manager", {"manager"}), ("service", set())):
        commands.assign(office["service"], complaint_id, handler_id=office.staff(handler), said="请处理")
        assert {who for who in ("supervisor", "manager") if _sees(office, who, complaint_id)} == above, handler
    # a deadline is told to nobody who may not read it: the handler's own level stands for it
    complaint = db.session.get_one(Complaint, complaint_id)
    assert [person.id for person in queries.told_of(complaint, "supervisor")] == [office.staff("service")]


def test_cp9_who_decides_sees_it_on_these_days_only(office: Cast) -> None:
    _deputy(office, "manager", "supervisor_sz", 20, 20)
    complaint_id = verified(office)
    commands.assign(office["manager"], complaint_id, handler_id=office.staff("service"), said="请服务部处理")
    assert not _sees(office, "manager", complaint_id)
    commands.propose(
        office["service"], complaint_id, said="同型号第二次故障", solution="补偿", compensation=Decimal(900)
    )
    row = db.session.scalars(select(Approval)).one()
    assert (row.role, row.reasons) == ("branch_manager", "同型号第二次故障")
    assert _sees(office, "manager", complaint_id) and _sees(office, "supervisor_sz", complaint_id)
    assert not _sees(office, "supervisor", complaint_id)
    with clock.frozen(FRIDAY + timedelta(days=3)):
        assert not _sees(office, "supervisor_sz", complaint_id) and _sees(office, "manager", complaint_id)
    complaint = db.session.get_one(Complaint, complaint_id)
    may = {
        who: queries.may_decide(office[who], complaint) for who in ("manager", "supervisor_sz", "director", "service")
    }
    assert may == {"manager": True, "supervisor_sz": True, "director": True, "service": False}
    found = queries.proposal_of(office["service"], row)
    assert [limit for _role, limit in found.limits] == [Decimal(200), Decimal(2000), None]
    assert {person.id for person in found.asked} == {office.staff("manager"), office.staff("supervisor_sz")}
    assert found.refusal is not None and not found.deciding
    commands.approve(office["manager"], complaint_id, said="同意")
    assert _sees(office, "manager", complaint_id) and not _sees(office, "supervisor_sz", complaint_id)


def test_cp9_proposed_again_leaves_one_line_to_decide(office: Cast) -> None:
    complaint_id = verified(office)
    with unit_of_work(SYSTEM, "test.reason") as session:
        why = RefusalReason(code="dear", name="金额过高")
        session.add(why)
    commands.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(150))
    row = db.session.scalars(select(Approval)).one()
    commands.refuse_row(office["supervisor"], row.id, said="太多", reason_id=why.id)
    commands.propose(office["clerk"], complaint_id, said="再议", solution="少补", compensation=Decimal(50))
    rows = db.session.scalars(select(Approval).order_by(Approval.id)).all()
    assert [(each.status, each.amount) for each in rows] == [("refused", 150), ("pending", 50)]
    with pytest.raises(Refused):  # decided meanwhile
        commands.approve_row(office["supervisor"], rows[0].id, said="同意")
    commands.mediate(office["supervisor"], complaint_id, said="转调解")
    db.session.refresh(rows[1])
    assert rows[1].status == "withdrawn"
