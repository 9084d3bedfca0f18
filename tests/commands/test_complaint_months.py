"""What was counted in a closed month does not change when a complaint is judged anew, on both databases (CP-6, CP-14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.complaints import commands, queries
from app.complaints.models import Complaint, ManagementAlert
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.periods import Period
from app.core.uow import unit_of_work
from app.organisation.queries import branches_of
from app.reporting.figures import StageFact
from app.reporting.queries.complaints import ComplaintPeriod, complaints_of
from tests.cast import Cast
from tests.commands.complaint_days import enter, moment, settled

CAME = moment(10, 12, 10)
OCTOBER = Period.around(date(2026, 10, 12), "month")


@pytest.fixture(autouse=True)
def _system() -> Iterator[None]:
    with acting_as(SYSTEM), clock.frozen(CAME):
        yield


def _mailed(complaint_id: int) -> None:
    """One mail to the management has gone out, now."""
    alerts = select(ManagementAlert.id).where(ManagementAlert.complaint_id == complaint_id)
    key = db.session.scalars(alerts.order_by(ManagementAlert.id.desc())).first()
    assert key is not None
    with unit_of_work(SYSTEM, "test.mailed"):
        commands.alert_sent(key, clock.now())
    db.session.expire_all()


def _counted(period: Period) -> ComplaintPeriod:
    db.session.expire_all()
    return complaints_of(period, branches_of("NJ"))


def _of_management(found: ComplaintPeriod, complaint_id: int) -> list[str]:
    (fact,) = (each for each in found.facts if each.id == complaint_id)
    return [stage.state for stage in fact.stages if stage.stage == "management"]


def test_cp14_october_stays_what_it_was_whatever_is_judged_in_november(office: Cast) -> None:
    met, late, missed = (enter(office["clerk"], severity_ground="press", phone=f"1380000{n}").id for n in (11, 12, 13))
    with clock.frozen(CAME + timedelta(hours=2)):
        _mailed(met)
    with clock.frozen(CAME + timedelta(hours=30)):
        commands.escalate()
        _mailed(late)
    with clock.frozen(moment(11, 1, 9)):
        october = _counted(OCTOBER)
        facts, deadlines = october.facts, october.deadlines
        assert [_of_management(october, key) for key in (met, late, missed)] == [["met"], ["late"], ["overdue"]]
        assert october.total.major == 3
    with clock.frozen(moment(11, 2, 10)):
        _mailed(missed)  # at last, in November
        for key in (met, late, missed):
            commands.judge(office["manager"], key, severity="ordinary", said="核实后不属重大")
        assert (_counted(OCTOBER).facts, _counted(OCTOBER).deadlines) == (facts, deadlines)
    with clock.frozen(moment(11, 5, 10)):
        commands.judge(office["manager"], met, severity="major", said="媒体来电", ground="press")
        commands.escalate()
        assert (_counted(OCTOBER).facts, _counted(OCTOBER).deadlines) == (facts, deadlines)
        november = _counted(OCTOBER.after)
        # what was kept and missed before stays with it, beside the 24 hours that run now
        assert [sorted(_of_management(november, key)) for key in (met, late, missed)] == [
            ["met", "open"],
            ["late"],
            ["late"],
        ]
        assert november.total.major == 1


def test_cp14_what_was_done_late_afterwards_was_past_the_deadline_then(office: Cast) -> None:
    key = enter(office["clerk"], severity_ground="press").id
    with clock.frozen(CAME + timedelta(hours=30)):
        commands.escalate()
    with clock.frozen(moment(11, 2, 10)):
        _mailed(key)
        with unit_of_work(SYSTEM, "test.before_the_upgrade"):  # then nothing else was kept of it
            complaint = db.session.get_one(Complaint, key)
            complaint.management_by = complaint.management_told_at = None
        (fact,) = _counted(OCTOBER).facts
        stage = next(each for each in fact.stages if each.stage == "management")
        assert isinstance(stage, StageFact)
        assert (stage.state, stage.done_at) == ("overdue", None)


def test_cp6_one_that_is_over_counts_the_same_on_its_page_in_the_list_and_in_the_figures(office: Cast) -> None:
    done = settled(office, severity_ground="press")
    gone = enter(office["clerk"], severity_ground="press", phone="13800000022").id
    commands.withdraw(office["manager"], gone, said="客户撤回")
    with clock.frozen(CAME + timedelta(hours=30)):
        late = db.session.scalars(select(Complaint.id).where(queries.overdue(clock.now()))).all()
        assert late == [done]
        found = _counted(OCTOBER)
        for key in (done, gone):
            complaint = db.session.get_one(Complaint, key)
            states = [each.state for each in queries.all_standings(complaint) if each.stage == "management"]
            assert complaint.overdue is (key in late)
            assert states == (["overdue"] if key in late else ["none"])
            assert _of_management(found, key) == (["overdue"] if key in late else [])
        assert [row.id for row in queries.with_deadlines()] == late
