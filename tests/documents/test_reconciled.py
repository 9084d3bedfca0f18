"""The figures of papers, spreadsheets and screens agree with counts made another way, on random data (CP-14, RV-3, RV-5)."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.complaints import commands as complaints
from app.complaints import queries as complaint_queries
from app.complaints.models import Complaint, ComplaintLateness, ComplaintStep, CorrectiveAction
from app.core import clock, documents
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.documents import Params
from app.core.periods import Period
from app.core.uow import unit_of_work
from app.feedback import queries as visit_queries
from app.feedback.models import ReturnVisit
from app.fieldservice.models import RepairCall
from app.organisation.models import Staff
from app.organisation.queries import branches_of
from app.reporting import queries
from app.reporting.documents import complaints as complaint_papers
from tests.cast import Cast
from tests.documents.samples import DAY, at

CHAIN = ("received", "acknowledged", "verified", "proposed", "approved", "told", "settled", "rated", "closed")
CATEGORIES = ("repair_quality", "attitude", "delay", "other")
OPEN = {"received", "acknowledged", "verified", "proposed", "approved", "told", "mediation"}
NOW = at(18)
# The deadlines of those reopened: number -> one line a round, (from when, due by stage).
ROUNDS: dict[str, list[tuple[datetime, dict[str, datetime]]]] = {}


@pytest.fixture
def busy(office: Cast) -> Iterator[Cast]:
    """Two months of complaints and visits in three branches, in every state; seen on Friday evening."""
    with clock.frozen(NOW):
        with unit_of_work(SYSTEM, "test.busy", bulk=True):
            dice = random.Random(4711)
            for number in range(60):
                _complaint(office, dice, number)
            for number in range(80):
                _visit(office, dice, number)
            for number in range(60, 90):
                _reopened(office, dice, number)
        with acting_as(SYSTEM):
            yield office
        db.session.rollback()


def _complaint(office: Cast, dice: random.Random, number: int) -> None:
    received = NOW - timedelta(hours=dice.randint(1, 24 * 60))
    branch = dice.choice(("NJ", "SZ", "SC"))
    steps = [(CHAIN[0], received)]
    for stage in CHAIN[1 : dice.randint(1, len(CHAIN))]:
        moment = steps[-1][1] + timedelta(hours=dice.randint(1, 70))
        if moment > NOW:
            break
        steps.append((stage, moment))
    if dice.random() < 0.1 and steps[-1][0] in OPEN:
        steps.append(("withdrawn", min(steps[-1][1] + timedelta(hours=1), NOW)))
    verified = dict(steps).get("verified")
    complaint = Complaint(
        number=f"TS-{number}", branch_id=office.branches[branch], complainant="张三", phone="13800000000",
        category=dice.choice(CATEGORIES), severity=dice.choice(("ordinary", "ordinary", "major")), received_at=received,
        content="测试", status=steps[-1][0], handler_id=dice.choice((None, office.staff("supervisor"), office.staff("manager"))),
        acknowledge_by=received + timedelta(hours=24), verify_by=received + timedelta(days=3),
        propose_by=verified + timedelta(days=1) if verified else None, settle_by=received + timedelta(days=7),
    )  # fmt: skip
    for stage, moment in steps:
        complaint.steps.append(ComplaintStep(stage=stage, at=moment))
    if complaint.severity == "major":  # some were judged so later, some nobody was told of
        hours = random.Random(number)
        since = received + timedelta(hours=hours.choice((0, 0, 30)))
        told = since + timedelta(hours=hours.choice((1, 20, 40, 2000)))
        complaint.management_by, complaint.management_told_at = (
            since + timedelta(hours=24),
            told if told <= NOW else None,
        )
    if branch == "NJ":
        complaint.customer_id = office.customers["in_warranty"]
        complaint.voucher_id = office.vouchers["in_warranty"] if number % 3 == 0 else None
    db.session.add(complaint)


def _reopened(office: Cast, dice: random.Random, number: int) -> None:
    """Settled once, taken up again after some time, and settled again or not yet; what was missed was noted (CP-16)."""
    began = NOW - timedelta(hours=dice.randint(400, 24 * 60))
    handler = dice.choice((None, office.staff("supervisor"), office.staff("manager")))
    complaint = Complaint(
        number=f"TS-{number}", branch_id=office.branches[dice.choice(("NJ", "SZ", "SC"))], complainant="李四",
        phone="13800000000", category=dice.choice(CATEGORIES), severity="ordinary", received_at=began, content="又坏了",
        handler_id=handler, acknowledge_by=began + timedelta(hours=24),
    )  # fmt: skip
    moment = began
    rounds = ROUNDS[complaint.number] = []
    complaint.steps.append(ComplaintStep(stage="received", verb="enter", at=began))
    for turn, last in enumerate((8, dice.randint(1, 8))):
        if turn:
            moment += timedelta(hours=dice.randint(1, 200))
            if moment > NOW:
                break
        start = moment
        due = {"verified": start + timedelta(days=3), "settled": start + timedelta(days=7)}
        for stage in CHAIN[1 : last + 1]:
            if not (turn and stage == "acknowledged"):
                moment += timedelta(hours=dice.randint(1, 30))
            if moment > NOW:
                break
            verb = "reopen" if turn and stage == "acknowledged" else ""
            complaint.steps.append(ComplaintStep(stage=stage, verb=verb, at=moment))
            if stage == "verified":
                due["proposed"] = moment + timedelta(days=1)
            if stage in due and moment >= due[stage] + timedelta(minutes=1):
                late = ComplaintLateness(stage=stage, due_at=due[stage], staff_id=handler, done_at=moment)
                complaint.lateness.append(late)
        rounds.append((start, due))
    _start, due = rounds[-1]
    complaint.verify_by, complaint.settle_by, complaint.propose_by = (
        due["verified"],
        due["settled"],
        due.get("proposed"),
    )
    complaint.status = complaint.steps[-1].stage
    db.session.add(complaint)


def _visit(office: Cast, dice: random.Random, number: int) -> None:
    due = DAY + timedelta(days=dice.randint(-50, 12))
    branch = dice.choice(("NJ", "SZ"))
    state = dice.choices(("planned", "done", "given_up", "cancelled"), (30, 60, 6, 4))[0]
    done: dict[str, Any] = {}
    if state == "done":
        moment = clock.at_local(min(due + timedelta(days=dice.randint(-3, 5)), DAY)) + timedelta(hours=9)
        answer = dice.choice(("satisfied", "neutral", "dissatisfied"))
        done = {"done_at": moment, "satisfaction": answer, "manner": "telephone", "spoke_to": "张三"}
    elif state == "planned" and dice.random() < 0.2:
        done = {"next_try_at": NOW + timedelta(hours=dice.randint(-20, 20))}
    db.session.add(
        ReturnVisit(
            number=f"HF-{number}",
            branch_id=office.branches[branch],
            customer_id=office.customers["in_warranty"],
            cause=dice.choice(("repair", "other")),
            due_on=due,
            status=state,
            visitor_id=dice.choice((None, office.staff("clerk"))),
            **done,
        )
    )


def stages_by_hand(until: datetime) -> dict[int, str]:
    """Where each complaint stood at that moment: its last step until then."""
    step: Any = ComplaintStep.__table__
    rows = db.session.execute(select(step.c.complaint_id, step.c.stage).where(step.c.at <= until).order_by(step.c.id))
    return {row.complaint_id: row.stage for row in rows}


# Who answers while no handler is named: the branch's supervisor; where there is none, whoever stands above (CP-7).
HEADS = {"NJ": "陈国栋", "SZ": "许文彬", "SC": "吴佩玲"}
DUE = {"acknowledged": "acknowledge_by", "verified": "verify_by", "proposed": "propose_by", "settled": "settle_by"}


def deadlines_by_hand(cast: Cast, rows: list[Any], until: datetime) -> list[tuple[int, str, str, str]]:
    """``(complaint, stage, standing, person)`` of every deadline, from the rows alone; nothing was jumped.

    Of a complaint reopened: the deadlines of the round under way then, and what was missed before.
    """
    step: Any = ComplaintStep.__table__
    names = dict(db.session.execute(select(Staff.id, Staff.name)).all())
    codes = {key: code for code, key in cast.branches.items()}
    found = []
    for row in rows:
        taken = db.session.execute(
            select(step.c.stage, step.c.at).where(step.c.complaint_id == row.id, step.c.at <= until).order_by(step.c.id)
        ).all()
        who = names.get(row.handler_id) or HEADS[codes[row.branch_id]]
        rounds = [each for each in ROUNDS.get(row.number, []) if each[0] <= until]
        if rounds:
            found += reopened_by_hand(row, rounds, taken, until, who)
            continue
        reached = dict(taken)
        over = bool(set(reached) & {"withdrawn", "settled"})
        for stage, column in DUE.items():
            due, done = getattr(row, column), reached.get(stage)
            if done is not None:
                standing = "met" if done < due + timedelta(minutes=1) else "late"
            elif due is None or over or (stage == "proposed" and "verified" not in reached):
                continue
            else:
                standing = "overdue" if until >= due + timedelta(minutes=1) else "open"
            found.append((row.id, stage, standing, who))
        found += management_by_hand(row, until, who, withdrawn="withdrawn" in reached)
    return found


def severity_by_hand(row: Any, until: datetime) -> str:
    """How severe it was then: one that became major afterwards was ordinary."""
    became = row.management_by - timedelta(hours=24) if row.management_by is not None else None
    return "ordinary" if became is not None and became > until else str(row.severity)


def management_by_hand(row: Any, until: datetime, who: str, *, withdrawn: bool) -> list[tuple[int, str, str, str]]:
    """The 24 hours within which the management hears of a major complaint: once, whatever its stage (CP-6).

    What was withdrawn before they heard of it is not counted.
    """
    if row.management_by is None or row.management_by - timedelta(hours=24) > until:
        return []
    told = row.management_told_at if row.management_told_at is not None and row.management_told_at <= until else None
    if withdrawn and told is None:
        return []
    end, limit = told or until, row.management_by + timedelta(minutes=1)
    standing = ("met" if end < limit else "late") if told else ("open" if end < limit else "overdue")
    return [(row.id, "management", standing, who)]


def reopened_by_hand(
    row: Any, rounds: list[Any], taken: list[Any], until: datetime, who: str
) -> list[tuple[int, str, str, str]]:
    found = []
    for number, (start, due) in enumerate(rounds):
        end = rounds[number + 1][0] if number + 1 < len(rounds) else until + timedelta(seconds=1)
        reached = {stage: at for stage, at in taken if start <= at < end}
        for stage in DUE:
            if stage == "acknowledged":
                if number + 1 < len(rounds):
                    continue
                limit, done = row.acknowledge_by, next((at for each, at in taken if each == stage), None)
            else:
                limit, done = due.get(stage), reached.get(stage)
                if stage == "proposed" and "verified" not in reached:
                    continue
            if done is not None:
                standing = "met" if done < limit + timedelta(minutes=1) else "late"
            else:
                standing = "overdue" if until >= limit + timedelta(minutes=1) else "open"
            if number + 1 == len(rounds) or standing == "late":
                found.append((row.id, stage, standing, who))
    return found


@pytest.mark.parametrize(
    ("kind", "day"),
    [("month", DAY), ("month", date(2026, 10, 5)), ("week", date(2026, 11, 12)), ("day", DAY), ("quarter", DAY)],
)
@pytest.mark.parametrize("branch", [None, "NJ"])
def test_cp14_the_complaints_of_a_period(busy: Cast, kind: str, day: date, branch: str | None) -> None:
    period = Period.around(day, kind)
    found = queries.complaints_of(period, branches_of(branch))
    begin, end = clock.at_local(period.first), clock.at_local(period.last + timedelta(days=1))
    until = min(end, NOW)
    table: Any = Complaint.__table__
    rows = [
        row
        for row in db.session.execute(select(table)).all()
        if branch is None or row.branch_id == busy.branches[branch]
    ]
    came = {row.id for row in rows if begin <= row.received_at.replace(tzinfo=begin.tzinfo) < end}
    before = stages_by_hand(begin)
    again = {row.id for row in rows for start, _due in ROUNDS.get(row.number, [])[1:] if begin <= start <= until}
    old = {row.id for row in rows} - came
    carried = {key for key in old if before.get(key) in OPEN or key in again}
    assert (found.total.received, found.total.carried) == (len(came), len(carried))
    stands = stages_by_hand(until)
    ended = Counter(stands[key] for key in came | carried)
    assert found.total.open == sum(ended[stage] for stage in OPEN)
    assert found.total.withdrawn == ended["withdrawn"]
    assert found.total.settled == ended["settled"] + ended["rated"] + ended["closed"]
    assert {stage: each.received + each.carried for stage, each in found.by("status").items()} == dict(ended)
    kinds = Counter(row.category for row in rows if row.id in came)
    assert {bar.key: bar.count for bar in found.pareto} == dict(kinds)
    assert found.total.major == sum(severity_by_hand(row, until) == "major" for row in rows if row.id in came | carried)
    counted = [row for row in rows if row.id in came | carried]
    names = {busy.branches[each.code]: str(each) for each in branches_of(None)}
    for key, of in (
        ("branch", lambda row: names[row.branch_id]),
        ("severity", lambda row: severity_by_hand(row, until)),
    ):
        assert {name: each.received + each.carried for name, each in found.by(key).items()} == Counter(map(of, counted))
    # The deadlines, whoever missed one, and what stands behind each number (CP-3, CP-16).
    deadlines = deadlines_by_hand(busy, counted, until)
    standings = Counter((stage, standing) for _id, stage, standing, _who in deadlines)
    shown = {(stage, state): count for stage, counts in found.deadlines.items() for state, count in counts.items()}
    assert {pair: count for pair, count in shown.items() if count} == standings
    assert found.total.missed == len(
        {key for key, _stage, standing, _who in deadlines if standing in ("late", "overdue")}
    )
    late = Counter(who for _id, _stage, standing, who in deadlines if standing in ("late", "overdue"))
    assert {row.handler: row.missed for row in found.lateness if row.missed} == late
    assert {row.handler: row.cases for row in found.lateness} == Counter(
        who for _id, who in {(key, who) for key, _s, _t, who in deadlines}
    )


def test_cp14_cp16_a_month_printed_again_after_a_reopening_says_what_it_said(office: Cast) -> None:
    def on(month: int, day: int) -> datetime:
        return datetime(2026, month, day, 10, tzinfo=clock.zone())

    def figures_of(month: int) -> tuple[Any, Any, Any]:
        with acting_as(SYSTEM):
            found = queries.complaints_of(Period.around(date(2026, month, 28), "month"), branches_of("NJ"))
            facts = [(each.stage, each.state, each.due_at) for fact in found.facts for each in fact.stages]
            return found.total, found.deadlines, sorted(facts)

    boss = office["manager"]
    with clock.frozen(on(10, 12)):
        given = {"complainant": "张伟", "phone": "13800000001", "content": "修了三次还是不制冷"}
        key = complaints.enter(boss, **given).id
        complaints.acknowledge(boss, key, said="已告知")
    with clock.frozen(on(10, 20)):  # the facts are due after three working days
        complaints.verify(boss, key, said="属实", finding="justified")
        complaints.propose(boss, key, said="同意", solution="换压缩机")
        for step in (complaints.approve, complaints.tell, complaints.settle):
            step(boss, key, said="好")
    october = figures_of(10)
    assert [(stage, state) for stage, state, _due in october[2]] == [
        ("acknowledged", "met"), ("proposed", "met"), ("settled", "late"), ("verified", "late"),
    ]  # fmt: skip
    with clock.frozen(on(11, 10)):
        complaints.reopen(boss, key, said="又坏了")
    assert figures_of(10) == october
    # Nothing new was missed by the reopening itself.
    with acting_as(SYSTEM):
        noted = db.session.scalars(select(ComplaintLateness.stage).order_by(ComplaintLateness.stage)).all()
    assert noted == ["settled", "verified"]
    with clock.frozen(on(11, 11)):
        total, deadlines, _facts = figures_of(11)
    assert (total.received, total.carried, total.open, total.missed) == (0, 1, 1, 1)
    assert (deadlines["verified"]["late"], deadlines["verified"]["open"]) == (1, 1)
    assert (deadlines["settled"]["late"], deadlines["settled"]["open"]) == (1, 1)


def test_cp14_past_deadlines_are_those_of_the_list_on_screen(busy: Cast) -> None:
    """Everything open stands in the register of today; what it marks as overdue is what the list filters.

    The list names beside it those settled of which the management never heard (CP-6).
    """
    found = queries.complaints_of(Period.around(DAY), branches_of(None))
    marked = {fact.id for fact in found.facts if fact.open and any(each.state == "overdue" for each in fact.stages)}
    listed = set(db.session.scalars(select(Complaint.id).where(complaint_queries.overdue(NOW))))
    unheard = {
        row.id
        for row in db.session.scalars(select(Complaint).where(Complaint.status.in_(("settled", "rated", "closed"))))
        if row.management_by is not None and row.management_told_at is None and row.management_by < NOW
    }
    assert marked == listed - unheard
    assert unheard
    assert unheard <= listed
    still_open = set(db.session.scalars(select(Complaint.id).where(complaint_queries.still_open())))
    assert {fact.id for fact in found.facts if fact.open} == still_open


@pytest.mark.parametrize(("name", "kind"), [("complaint_register", "month"), ("complaint_analysis", "month")])
def test_cp14_paper_and_spreadsheet_say_the_same(busy: Cast, name: str, kind: str) -> None:
    paper: Any = documents.get(name).query(Params(DAY, None, None, kind))
    rendered = documents.render(name, date=DAY, period=kind, language="en")
    assert rendered.xlsx is not None and rendered.filename.endswith("2026-11.pdf")
    book = load_workbook(io.BytesIO(rendered.xlsx))
    for summary in paper.summaries:
        assert sum(line.tally.received for line in summary.lines) == paper.total.received
        sheet = next(each for each in book.worksheets if each["A1"].value == summary.title)
        *rows, sums = list(sheet.iter_rows(min_row=2, values_only=True))
        assert [sum(column) for column in list(zip(*rows, strict=True))[1:]] == list(sums[1:])
        assert sums[1:4] == (paper.total.received, paper.total.carried, paper.total.settled)
    if name == "complaint_register":
        listing = book.worksheets[0]
        assert (
            listing.max_row - 1
            == len(paper.received) + len(paper.still_open)
            == paper.total.received + paper.total.carried
        )
    else:
        assert sum(bar.count for bar in paper.bars) == paper.total.received


@pytest.mark.parametrize(("kind", "day"), [("quarter", DAY), ("month", date(2026, 10, 9)), ("week", DAY)])
def test_rv5_the_visits_of_a_period(busy: Cast, kind: str, day: date) -> None:
    period = Period.around(day, kind)
    found = queries.visits_of(period, branches_of("NJ"))
    table: Any = ReturnVisit.__table__
    statement = select(table).where(table.c.branch_id == busy.branches["NJ"], table.c.status != "cancelled")
    rows = db.session.execute(statement).all()

    def within(on: date) -> bool:
        return period.first <= on <= period.last

    def made_on(row: Any) -> date:
        return clock.local(row.done_at).date()

    due = [row for row in rows if within(row.due_on)]
    made = [row for row in rows if row.status == "done" and within(made_on(row))]
    assert found.total.due == len(due)
    assert found.total.in_time == sum(row.status == "done" and made_on(row) <= row.due_on for row in due)
    assert found.total.late == sum(row.status == "done" and made_on(row) > row.due_on for row in due)
    assert (found.total.open, found.total.given_up) == tuple(
        sum(row.status == state for row in due) for state in ("planned", "given_up")
    )
    tables: list[tuple[str, Any]] = [
        ("cause", lambda row: row.cause),
        ("visitor", lambda row: "周晓芸" if row.visitor_id else ""),
        ("branch", lambda _row: str(found.branches[0])),
    ]
    for key, of in tables:
        assert {name: each.due for name, each in found.by(key).items() if each.due} == Counter(map(of, due))
        assert {name: each.done for name, each in found.by(key).items() if each.done} == Counter(map(of, made))
    assert found.satisfaction["dissatisfied"] == found.total.unsatisfactory == len(found.unsatisfactory)
    assert sum(found.satisfaction.values()) == found.total.done == len(made)


def test_rv3_plan_worklist_and_lists_count_the_same(busy: Cast) -> None:
    plan = visit_queries.plan_rows(None, DAY)
    sizes = {group.key: len(group.visits) for group in plan}
    pages = {
        key: visit_queries.worklist(DAY, NOW, group=key, size=500) for key in ("due", "coming", "later", "given_up")
    }
    counts = pages["due"].counts
    assert counts["due"] == counts["overdue"] + counts["today"] == pages["due"].total == len(pages["due"].visits)
    waiting = pages["later"].visits
    until = max(visit.due_on for group in plan for visit in group.visits)
    for key, found in (
        ("overdue", [visit for visit in waiting if visit.due_on < DAY]),
        ("today", [visit for visit in waiting if visit.due_on == DAY]),
        ("coming", [visit for visit in waiting if DAY < visit.due_on <= until]),
    ):
        assert sizes[key] == counts[key] + len(found)
    listed = set(db.session.scalars(select(ReturnVisit.id).where(visit_queries.given_up())))
    assert {visit.id for visit in pages["given_up"].visits} == listed
    paper = documents.get("return_visit_plan").query(Params(DAY, "NJ"))
    (mine,) = paper  # type: ignore[misc]  # one branch, one plan
    assert mine.total == sum(person.total for person in mine.people)  # type: ignore[attr-defined]  # a plan
    assert all(person.total == sum(len(group.lines) for group in person.groups) for person in mine.people)  # type: ignore[attr-defined]  # likewise
    assert mine.total == sum(len(group.visits) for group in visit_queries.plan_rows(busy.branches["NJ"], DAY))  # type: ignore[attr-defined]  # likewise


def test_rv3_the_whole_companys_plan_on_paper_and_as_spreadsheet(busy: Cast) -> None:
    until = DAY + timedelta(days=7)
    table: Any = ReturnVisit.__table__
    rows = db.session.execute(select(table).where(table.c.status == "planned", table.c.due_on <= until)).all()
    papers: Any = documents.get("return_visit_plan").query(Params(DAY))
    assert Counter({paper.branch_code: paper.total for paper in papers}) == Counter(
        code for code, key in busy.branches.items() for row in rows if row.branch_id == key
    )
    lines = [line for paper in papers for group in paper.groups for line in group.lines]
    assert sum(line.escalated for line in lines) == sum(row.due_on < DAY - timedelta(days=3) for row in rows)
    later = sum(count for paper in papers for person in paper.people for _day, count in person.later)
    assert 0 < later == sum(row.due_on > DAY + timedelta(days=2) for row in rows)
    rendered = documents.render("return_visit_plan", date=DAY, language="en")
    assert rendered.xlsx is not None
    (sheet,) = load_workbook(io.BytesIO(rendered.xlsx)).worksheets
    assert sheet.max_row - 1 == len(rows)


def test_cp14_the_month_before_what_recurs_and_what_is_open(busy: Cast) -> None:
    with unit_of_work(SYSTEM, "test.actions") as session:
        newest = select(Complaint).order_by(Complaint.received_at.desc()).limit(2)
        about, other = [row.id for row in session.scalars(newest)]
        gone = {"cause": "误登", "action": "无", "owner_id": busy.staff("supervisor"), "status": "cancelled"}
        session.add(CorrectiveAction(complaint_id=other, kind="corrective", due_on=DAY, **gone))
        for status, due_on in (
            ("open", date(2026, 11, 19)),
            ("open", date(2026, 11, 27)),
            ("open", DAY),
            ("cancelled", DAY),
        ):
            given = {"cause": "未试机", "action": "试机", "owner_id": busy.staff("supervisor")}
            session.add(CorrectiveAction(complaint_id=about, kind="corrective", due_on=due_on, status=status, **given))
    paper: Any = documents.get("complaint_analysis").query(Params(DAY, None, None, "month"))
    table: Any = Complaint.__table__
    rows = db.session.execute(select(table)).all()
    month = [(clock.local(row.received_at).year, clock.local(row.received_at).month) for row in rows]
    assert (paper.total.received, paper.before.received) == (month.count((2026, 11)), month.count((2026, 10)))
    kinds = Counter(row.category for row, at in zip(rows, month, strict=True) if at == (2026, 11) and row.voucher_id)
    assert sorted(line.times for line in paper.same_model) == sorted(count for count in kinds.values() if count > 1)
    # The causes written down: one found for one complaint, the cancelled action counts for nothing (CP-11).
    assert [(line.cause, line.count) for line in paper.causes] == [("未试机", 1), ("", paper.total.received - 1)]
    # The month is not over: what is due next week is not overdue.
    overdue = [(19, True), (20, False), (27, False)]
    assert [(line.due_on.day, line.overdue) for line in paper.actions] == overdue
    rendered = documents.render("complaint_analysis", date=DAY, period="month", language="en")
    book = load_workbook(io.BytesIO(rendered.xlsx or b""))
    (_head, *listed) = book["Recorded causes"].iter_rows(values_only=True)
    assert listed == [("未试机", 1), ("no cause recorded", paper.total.received - 1)]
    sheet = book["Open actions"]
    assert [(row[4].day, row[5] == "Yes") for row in sheet.iter_rows(min_row=2, values_only=True)] == overdue
    # The month printed again later: what was still to come at its end is not overdue in it.
    with clock.frozen(NOW + timedelta(days=60)):
        again = complaint_papers.action_lines(queries.complaints_of(Period.around(DAY, "month"), branches_of(None)))
    assert [(line.due_on.day, line.overdue) for line in again] == [(19, True), (20, True), (27, True)]


def test_rv5_the_same_matter_and_the_same_repair(busy: Cast) -> None:
    quarter = Period.around(DAY, "quarter")
    groups = queries.same_matter(quarter, branches_of(None))
    table: Any = Complaint.__table__
    about = (table.c.voucher_id == busy.vouchers["in_warranty"]) & (table.c.status != "withdrawn")
    by_hand = set(db.session.scalars(select(table.c.number).where(about)))
    assert {complaint.number for group in groups for complaint in group} == by_hand and len(groups) == 1
    with unit_of_work(SYSTEM, "test.calls") as session:
        for number, code in enumerate(("F01", "F01", "G99", "F01"), 1):
            voucher = busy.vouchers["in_warranty"]
            session.add(
                RepairCall(
                    number=f"JX-{number}",
                    branch_id=busy.branches["NJ"],
                    voucher_id=voucher,
                    address_id=1,
                    symptom="不制冷",
                    reported_at=NOW - timedelta(days=20 - number),
                    symptom_code_id=busy.faults[code],
                    status="closed",
                )
            )
    repairs = queries.same_repair(quarter, branches_of(None))
    assert [[call.number for call in group] for group in repairs] == [["JX-1", "JX-2", "JX-4"]]
    assert queries.same_repair(Period.around(date(2026, 7, 1), "quarter"), branches_of(None)) == []
