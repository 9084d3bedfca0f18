"""Complaints in every stage."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from app.calendars.queries import calendar_for
from app.calendars.rules import Calendar, deadline, is_open_day
from app.complaints.models import Complaint, ComplaintStep
from app.core import clock
from seeds.demo.customers import Base
from seeds.demo.organisation import Crew, Office
from seeds.demo.rows import Numbers, Rows
from seeds.demo.work import Done, Job

DAYS_BACK = 80
# category, what was complained of, what the customer asks for, how it was solved
CASES = (
    ("repair_quality", "修好三天后又出同样的故障", "免费返修", "安排资深技术员免费返修并延长保修三个月"),
    ("attitude", "技术员态度不耐烦，不肯解释收费", "要求道歉", "主任登门道歉，技术员接受培训"),
    ("delay", "约好上午上门，下午才到，也没有来电", "要求说明", "致歉并说明原因，调整派工"),
    ("product_quality", "新买的产品一个月内两次故障", "要求换货", "更换同型号新机"),
    ("after_sales", "零件等了两周还没有到", "尽快维修", "从总公司调件，次日上门"),
    ("communication", "客服电话一直打不通", "改进服务", "增加值班话务员"),
    ("sales_contract", "合同承诺的保养只做了一次", "补做保养", "一周内补做并赠送一次"),
    ("suggestion", "建议晚上也能预约上门", "", "纳入服务时间调整讨论"),
)
CHAIN = ("received", "acknowledged", "verified", "proposed", "approved", "told", "settled", "rated", "closed")
VERB_TO = {
    "received": "enter", "acknowledged": "acknowledge", "verified": "verify", "proposed": "propose", "approved": "approve",
    "told": "tell", "settled": "settle", "rated": "rate", "closed": "close",
}  # fmt: skip
SAID = {
    "received": "客户来电投诉，已登记",
    "acknowledged": "已致电客户，告知受理与处理时限",
    "verified": "已向技术员和客户核实",
    "proposed": "提出处理方案",
    "approved": "同意该方案",
    "told": "已电话告知客户处理方案，客户接受",
    "settled": "处理完毕",
    "rated": "询问满意度",
    "closed": "资料齐全，结案",
}


def build(rows: Rows, dice: random.Random, office: Office, base: Base, done: Done, today: date) -> None:
    """Add the complaints of three months."""
    numbers = Numbers()
    for code, crew in office.crews.items():
        jobs = [job for job in done.jobs[code] if job.closed_at is not None]
        _complaints(rows, dice, crew, jobs, numbers, today)


def _complaints(rows: Rows, dice: random.Random, crew: Crew, jobs: list[Job], numbers: Numbers, today: date) -> None:
    chosen = sorted(dice.sample(jobs, 14), key=lambda job: job.order_id)
    recent = [job for job in jobs if job.closed_at and job.closed_at > clock.at_local(today - timedelta(days=6))]
    chosen += dice.sample(recent, min(3, len(recent)))
    for job in chosen:
        assert job.closed_at is not None  # nosec B101 - only closed jobs were chosen
        received_at = _office_hours(
            dice, calendar_for(crew.branch.id), job.closed_at + timedelta(hours=dice.randint(1, 20))
        )
        if received_at >= clock.at_local(today):
            received_at = clock.at_local(clock.local(job.closed_at).date(), time(17, dice.randint(26, 29)))
        _complaint(rows, dice, crew, job, received_at, numbers, today)


def _complaint(
    rows: Rows, dice: random.Random, crew: Crew, job: Job, received_at: datetime, numbers: Numbers, today: date
) -> None:
    cases = CASES if job.product.contract_id else [case for case in CASES if case[0] != "sales_contract"]
    category, content, demand, solution = dice.choice(cases)
    calendar = calendar_for(crew.branch.id)
    steps = _steps(dice, calendar, received_at, clock.at_local(today))
    status = steps[-1][0]
    reached = {stage for stage, _ in steps}
    verified_at = dict(steps).get("verified")
    subject = job.technician_id if category in ("attitude", "repair_quality", "delay") else None
    complaint_id = rows.add(
        Complaint,
        number=numbers.next("TS", crew.branch.code, clock.local(received_at).date()),
        branch_id=crew.branch.id,
        customer_id=job.product.customer_id,
        complainant=job.product.name,
        phone=job.product.phone,
        voucher_id=job.product.voucher_id,
        work_order_id=job.order_id,
        channel=dice.choices(("telephone", "online", "counter", "association"), (70, 15, 10, 5))[0],
        category=category,
        severity="major" if category == "product_quality" else "ordinary",
        severity_ground="return" if category == "product_quality" else None,
        received_at=received_at,
        created_at=received_at,
        content=content,
        demand=demand,
        status=status,
        entered_by_id=crew.by_job["clerk"],
        handler_id=crew.by_job["supervisor"],
        subject_id=subject,
        finding="justified" if "verified" in reached else None,
        solution=solution if "proposed" in reached else "",
        compensation=Decimal(dice.choice((0, 0, 50, 120))) if "proposed" in reached else Decimal(0),
        satisfaction=dice.choice(("very_satisfied", "satisfied", "neutral")) if "rated" in reached else None,
        acknowledge_by=received_at + timedelta(hours=24),
        verify_by=deadline(calendar, received_at, working_days=3).due,
        propose_by=deadline(calendar, verified_at, working_days=1).due if verified_at else None,
        settle_by=deadline(calendar, received_at, working_days=5).due,
    )
    for stage, at in steps:
        rows.add(
            ComplaintStep, complaint_id=complaint_id, stage=stage, verb=VERB_TO[stage], at=at, created_at=at,
            staff_id=crew.by_job["clerk" if stage in ("received", "acknowledged") else "supervisor"], said=SAID[stage],
        )  # fmt: skip


def _office_hours(dice: random.Random, calendar: Calendar, at: datetime) -> datetime:
    """``at``, or when the office opens next after it and somebody gets round to it."""
    local = clock.local(at)
    if is_open_day(calendar, local.date()):
        for opens, closes in ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30))):
            if local.time() < opens:
                return clock.at_local(local.date(), opens) + timedelta(minutes=dice.randint(5, 50))
            if local.time() < closes:
                return at
    following = local.date() + timedelta(days=1)
    while not is_open_day(calendar, following):
        following += timedelta(days=1)
    return clock.at_local(following, time(8, 30)) + timedelta(minutes=dice.randint(5, 80))


def _steps(
    dice: random.Random, calendar: Calendar, received_at: datetime, until: datetime
) -> list[tuple[str, datetime]]:
    """The stages passed by ``until``; one in eight is slow."""
    slow = 3.0 if dice.random() < 0.12 else 1.0
    hours = (0, dice.randint(1, 8), dice.randint(14, 30), dice.randint(4, 20), 3, 2, dice.randint(6, 30), 26, 20)
    steps: list[tuple[str, datetime]] = []
    at = received_at
    for stage, pause in zip(CHAIN, hours, strict=True):
        at = received_at if stage == "received" else _office_hours(dice, calendar, at + timedelta(hours=pause * slow))
        if at >= until:
            break
        steps.append((stage, at))
    return steps
