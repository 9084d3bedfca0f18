"""What belongs to the demo complaints: approvals, crisis groups, letters, actions, lateness, who read them."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.complaints import rules
from app.complaints.models import (
    Approval,
    ApprovalDeputy,
    Complaint,
    ComplaintLateness,
    ComplaintLetter,
    ComplaintReading,
    ComplaintStep,
    CorrectiveAction,
    CrisisEntry,
    CrisisMember,
    ManagementAlert,
    SettlementAgreement,
)
from app.core import clock
from app.customers.models import Voucher
from seeds.demo import proposals
from seeds.demo.organisation import Crew, Office
from seeds.demo.rows import Rows

DAY = timedelta(days=1)
LATER = ("settled", "rated", "closed")
ACTIONS = (
    ("工单完工前未试机", "完工须试运行 15 分钟并由客户签认", "corrective"),
    ("配件批次质量波动", "停用该批次控制板并退回供应商", "corrective"),
    ("收费标准解释不清", "上门前短信告知收费标准，收费单随车携带", "preventive"),
    ("预约变更未通知客户", "预约变更由业务员十分钟内回电", "preventive"),
)


def build(rows: Rows, office: Office, today: date) -> None:
    """Add to the complaints what their stages call for; one against the supervisor, one major and still open."""
    dice = random.Random(20260102)  # nosec B311 - demo data, the same every time
    steps: dict[int, list[dict[str, Any]]] = {}
    for step in rows.of(ComplaintStep):
        steps.setdefault(step["complaint_id"], []).append(step)
    crews = {crew.branch.id: crew for crew in office.crews.values()}
    mine = office.crews["NJ"]
    ours = [row for row in rows.of(Complaint) if row["branch_id"] == mine.branch.id]
    _stories(ours, steps, mine)
    proposals.put_forward(rows, ours, steps, mine, today)
    for row in rows.of(Complaint):
        crew, taken = crews[row["branch_id"]], steps[row["id"]]
        _association(rows, row, taken)
        _approval(rows, row, taken, crew, office)
        if row["severity"] == "major":
            _major(rows, row, taken, crew, office, today)
        _lateness(rows, row, taken, crew, today)
        if row["status"] in LATER and row["finding"] == "justified" and dice.random() < 0.3:
            _action(rows, dice, row, taken, crew, today)
        if dice.random() < 0.5:
            _reading(rows, dice, row, taken, crew)
    manager = mine.by_job.get("branch_manager")
    if manager is not None:
        rows.add(
            ApprovalDeputy, staff_id=manager, deputy_id=office.head_office.by_job["service"], starts_on=today + 7 * DAY,
            ends_on=today + 11 * DAY, note="经理出差", version=1,
        )  # fmt: skip
    # As they would have been entered: what stands beside the road in its place among the stages.
    for number, step in enumerate(sorted(rows.of(ComplaintStep), key=lambda each: (each["at"], each["id"])), start=1):
        step["id"] = number


def _stories(rows: list[dict[str, Any]], steps: dict[int, list[dict[str, Any]]], crew: Crew) -> None:
    """The open complaints of Nanjing tell something: about the supervisor himself, and a refund above the manager."""
    still = [row for row in rows if row["status"] not in (*LATER, "withdrawn")]
    manager = crew.by_job.get("branch_manager")
    if still and manager is not None:
        row = still[0]
        row.update(
            subject_id=crew.by_job["supervisor"], handler_id=manager, category="attitude",
            content="服务主任在电话里态度生硬，拒绝安排复修", demand="要求道歉并换人处理", wants="explanation",
        )  # fmt: skip
        for step in steps[row["id"]]:
            if step["staff_id"] == crew.by_job["supervisor"]:
                step["staff_id"] = manager
    if len(still) > 1:
        row = still[-1]
        row.update(
            severity="major", severity_ground="return", wants="refund", category="product_quality",
            content="新机一个月内两次漏水，地板被泡，客户要求退货并赔偿", demand="全额退款",
        )  # fmt: skip
        if row["solution"]:
            row["solution"] = "退货并全额退款"


def _at(taken: list[dict[str, Any]], stage: str) -> datetime | None:
    return next((step["at"] for step in taken if step["stage"] == stage), None)


def _step(rows: Rows, row: dict[str, Any], verb: str, at: datetime, said: str, staff_id: int | None) -> None:
    # Beside the road: it stands in the stage reached by then.
    reached = [
        step["stage"] for step in rows.of(ComplaintStep) if step["complaint_id"] == row["id"] and step["at"] <= at
    ]
    rows.add(
        ComplaintStep, complaint_id=row["id"], stage=reached[-1] if reached else "received", verb=verb, at=at,
        created_at=at, staff_id=staff_id, said=said,
    )  # fmt: skip


def _association(rows: Rows, row: dict[str, Any], taken: list[dict[str, Any]]) -> None:
    if row["channel"] != "association":
        return
    row.update(association="市消费者协会", association_ref=f"消投〔2026〕{100 + row['id']}号")
    settled = _at(taken, "settled")
    if settled is not None:
        _letter(rows, row, "association", settled, "已与消费者协商一致并处理完毕，消费者表示满意。")


def _letter(rows: Rows, row: dict[str, Any], kind: str, at: datetime, words: str) -> None:
    rows.add(
        ComplaintLetter, complaint_id=row["id"], kind=kind, words=words, at=at, created_at=at,
        written_by_id=row["handler_id"],
    )  # fmt: skip
    _step(rows, row, "answer" if kind == "answer" else "report_back", at, words, row["handler_id"])


def _approval(rows: Rows, row: dict[str, Any], taken: list[dict[str, Any]], crew: Crew, office: Office) -> None:
    proposed = _at(taken, "proposed")
    if proposed is None:
        return
    amount = row["compensation"]
    if row.get("wants") == "refund" and not amount:
        amount = row["compensation"] = Decimal("2600.00")
    kind = "refund" if row.get("wants") == "refund" else "compensation"
    row["remedy"] = kind if amount else "none"
    level = "supervisor" if amount <= 200 else "branch_manager" if amount <= 2000 else "management"
    people = {"supervisor": crew.by_job["supervisor"], "branch_manager": crew.by_job.get("branch_manager")}
    if level == "supervisor" and row["subject_id"] == crew.by_job["supervisor"]:
        level = "branch_manager"
    decided = _at(taken, "approved")
    rows.add(
        Approval, complaint_id=row["id"], kind=row["remedy"], amount=amount, solution=row["solution"], role=level,
        status="approved" if decided else "pending", created_at=proposed,
        requested_by_id=next(step["staff_id"] for step in taken if step["stage"] == "proposed"),
        decided_by_id=(people.get(level) or office.head_office.by_job["management"]) if decided else None, decided_at=decided,
        said="同意" if decided else "", version=1, reasons=proposals.REASONS[row["id"] % len(proposals.REASONS)],
    )  # fmt: skip


def _major(
    rows: Rows, row: dict[str, Any], taken: list[dict[str, Any]], crew: Crew, office: Office, today: date
) -> None:
    received = row["received_at"]
    told = received + timedelta(minutes=3)
    row.update(management_by=received + DAY, management_told_at=told, crisis_at=received)
    group = [crew.by_job["supervisor"], crew.by_job.get("branch_manager"), office.head_office.by_job["service"]]
    group.append(office.head_office.by_job["management"])
    for staff_id in group:
        if staff_id is not None and staff_id != row["subject_id"]:
            rows.add(CrisisMember, complaint_id=row["id"], staff_id=staff_id, created_at=received, duty="")
    rows.add(
        ManagementAlert, complaint_id=row["id"], staff_id=office.head_office.by_job["management"], email="director@aftercare.example",
        occasion=1, mail_status="sent", sent_at=told, created_at=received, error="",
    )  # fmt: skip
    at = clock.at_local(clock.local(received).date(), time(16, 30))
    if at > received and at < clock.at_local(today):
        rows.add(
            CrisisEntry, complaint_id=row["id"], kind="meeting", at=at, created_at=at, present="主任、经理、服务部",
            words="核对维修记录，客户情绪激动，先上门致歉并封存旧件。", written_by_id=crew.by_job["clerk"], owner_id=None,
            due_on=None, done_at=None, done_by_id=None, result="", reminded_on=None,
        )  # fmt: skip
        _decisions(rows, row, at, crew, today)
    settled, told_at = _at(taken, "settled"), _at(taken, "told")
    if settled is not None:
        _letter(rows, row, "answer", settled, f"经核实情况属实，处理如下：{row['solution']}。谨致歉意。")
    elif told_at is not None:
        # It waits for the customer's name.
        rows.add(
            SettlementAgreement, complaint_id=row["id"], terms=f"{row['solution']}。", made_at=told_at,
            created_at=told_at, made_by_id=row["handler_id"], version=1, signer="", signed_how="",
        )  # fmt: skip


# What a group decides: words, by which job, days until it is due, what was done about it.
DECISIONS = (
    ("服务主任当日上门致歉，封存旧件送检", "supervisor", 0, "已登门致歉，旧件已封存送检"),
    ("与厂家确认换货或退款，三日内答复客户", "branch_manager", 3, "厂家同意换新，已电话告知客户"),
    ("整理维修记录和录音，交服务部备查", "clerk", 1, "记录、录音已交服务部"),
)


def _decisions(rows: Rows, row: dict[str, Any], at: datetime, crew: Crew, today: date) -> None:
    """Two decisions; those of the last days may still be open, one of them is past its day."""
    for words, job, days, result in (DECISIONS[row["id"] % 3], DECISIONS[(row["id"] + 1) % 3]):
        owner = crew.by_job.get(job) or crew.by_job["supervisor"]
        if owner == row["subject_id"]:
            continue
        due = clock.local(at).date() + days * DAY
        done = due < today - 4 * DAY
        rows.add(
            CrisisEntry, complaint_id=row["id"], kind="decision", at=at, created_at=at, owner_id=owner, words=words,
            due_on=due, written_by_id=crew.by_job["clerk"], present="",
            done_at=clock.at_local(due, time(17)) if done else None, done_by_id=owner if done else None,
            result=result if done else "", reminded_on=None,
        )  # fmt: skip


def _lateness(rows: Rows, row: dict[str, Any], taken: list[dict[str, Any]], crew: Crew, today: date) -> None:
    due = {column: row[column] for column in rules.STAGE_DUE.values()}
    history = [rules.StepTaken(step["stage"], step["at"]) for step in taken]
    for each in rules.standings(due, history, row["status"], clock.at_local(today)):
        if each.state in (rules.LATE, rules.OVERDUE):
            rows.add(
                ComplaintLateness, complaint_id=row["id"], stage=each.stage, due_at=each.due_at, done_at=each.done_at,
                staff_id=row["handler_id"], created_at=each.due_at,
            )  # fmt: skip


def _action(
    rows: Rows, dice: random.Random, row: dict[str, Any], taken: list[dict[str, Any]], crew: Crew, today: date
) -> None:
    cause, action, kind = dice.choice(ACTIONS)
    settled = _at(taken, "settled")
    assert settled is not None  # nosec B101 - only settled complaints come here
    day = clock.local(settled).date()
    due = day + timedelta(days=14)
    done = due - 2 * DAY < today and dice.random() < 0.8
    done_at = clock.at_local(due - 3 * DAY, time(15)) if done else None
    confirmed = done and dice.random() < 0.6 and due + 5 * DAY < today
    voucher = rows.of(Voucher)[row["voucher_id"] - 1]
    rows.add(
        CorrectiveAction, complaint_id=row["id"], kind=kind, cause=cause, action=action, owner_id=crew.by_job["supervisor"],
        responsible_id=row["subject_id"], due_on=due, status="effective" if confirmed else "done" if done else "open",
        done_at=done_at, result="已按要求执行" if done else "", created_at=settled, version=1,
        checked_at=clock.at_local(due + 5 * DAY, time(10)) if confirmed else None,
        checked_by_id=crew.by_job.get("branch_manager") if confirmed else None,
        effect="抽查十单，未再发生" if confirmed else "", product_model_id=voucher["product_model_id"],
        # Without a fault: the demo's many alike repairs would bring every action back at once.
        fault_code_id=None, reopened=0, reopened_for="",
    )  # fmt: skip


def _reading(rows: Rows, dice: random.Random, row: dict[str, Any], taken: list[dict[str, Any]], crew: Crew) -> None:
    for step in taken[: dice.randint(1, 3)]:
        if step["staff_id"] is None:
            continue
        name = crew.names.get(step["staff_id"], "")
        rows.add(
            ComplaintReading, complaint_id=row["id"], staff_id=step["staff_id"], reader=name or "处理人",
            what=dice.choice(("page", "page", "number")), detail="", at=step["at"],
        )  # fmt: skip
