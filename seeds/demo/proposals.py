"""What waits for a decision in the demo's complaints, with photographs, recordings and where they were entered from."""

from __future__ import annotations

import random
import struct
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.calendars.queries import calendar_for
from app.calendars.rules import deadline
from app.complaints.models import Complaint, ComplaintFile, ComplaintStep
from app.core import clock, files
from app.fieldservice.models import RepairCall, WorkOrder
from seeds.demo.organisation import Crew
from seeds.demo.rows import Rows

REASONS = (
    "经核实责任在我方，客户要求合理",
    "同一故障反复出现，为挽回客户信任",
    "客户为长期合同客户，建议从优处理",
)
OPEN = ("received", "acknowledged", "verified")
BYTES_A_SECOND = 8000


def put_forward(
    rows: Rows, ours: list[dict[str, Any]], steps: dict[int, list[dict[str, Any]]], crew: Crew, today: date
) -> None:
    """The major one asks for a refund above the branch manager's limit; another for what the manager may decide."""
    still = [row for row in ours if row["status"] in OPEN and row["subject_id"] != crew.by_job["supervisor"]]
    for row in ours:
        order = rows.of(WorkOrder)[row["work_order_id"] - 1]
        call = rows.of(RepairCall)[order["repair_call_id"] - 1]
        row["source"] = "public" if row["channel"] == "online" else "work_order" if row["id"] % 3 else "call"
        row["source_ref"] = {"call": call["number"], "work_order": order["number"]}.get(row["source"], "")
        if row["channel"] == "online":
            row["entered_by_id"] = None
    if still:
        _propose(rows, still[-1], steps, crew, today, Decimal("3600.00"), "退货并全额退款 3,600 元，上门收回商品")
    if len(still) > 1:
        _propose(rows, still[0], steps, crew, today, Decimal("800.00"), "补偿上门费与误工费共 800 元，并免费返修")


def _propose(
    rows: Rows,
    row: dict[str, Any],
    steps: dict[int, list[dict[str, Any]]],
    crew: Crew,
    today: date,
    amount: Decimal,
    solution: str,
) -> None:
    calendar = calendar_for(row["branch_id"])
    taken = steps[row["id"]]
    road = (("acknowledged", "acknowledge", "已致电致歉并告知时限"), ("verified", "verify", "经查工单与旧件，情况属实"),
            ("proposed", "propose", REASONS[row["id"] % len(REASONS)]))  # fmt: skip
    at = taken[-1]["at"]
    for stage, verb, said in road:
        if any(step["stage"] == stage for step in taken):
            continue
        at = deadline(calendar, at, minutes=40).due or at
        if at >= clock.at_local(today):
            break
        rows.add(
            ComplaintStep, complaint_id=row["id"], stage=stage, verb=verb, at=at, created_at=at,
            staff_id=crew.by_job["supervisor"], said=said,
        )  # fmt: skip
        taken.append(rows.of(ComplaintStep)[-1])
        row["status"] = stage
        if stage == "verified":
            row.update(finding="justified", propose_by=deadline(calendar, at, working_days=1).due)
        if stage == "proposed":
            row.update(solution=solution, compensation=amount)


def recordings(session: Session, rows: Rows, dice: random.Random) -> None:
    """Telephone recordings and photographs of some complaints: the hourly job deletes those whose time is over."""
    # Made here: a drawing of the workshop's would import it in a circle.
    from seeds.demo.workshop import photograph

    for row in rows.of(Complaint):
        if row["id"] % 4 == 0 and row["channel"] == "telephone":
            _keep(session, row, _silence(), f"{row['number']}-来电录音.wav", "audio/wav", "recording")
        if row["id"] % 3 == 0:
            _keep(session, row, photograph(dice, "refrigerator"), f"{row['number']}-现场.jpg", "image/jpeg", "photo")
    session.flush()


def _keep(session: Session, row: dict[str, Any], content: bytes, name: str, kind_of_content: str, kind: str) -> None:
    stored = files.store(content, name, kind_of_content, record="complaint", record_id=row["id"])
    at = row["received_at"] + timedelta(minutes=5)
    session.add(
        ComplaintFile(
            complaint_id=row["id"],
            kind=kind,
            filename=stored.filename,
            stored_file_id=stored.id,
            added_by_id=row["entered_by_id"],
            created_at=at,
        )
    )


def _silence(seconds: int = 2) -> bytes:
    """A recording of nothing, as WAV."""
    sound = b"\x80" * (BYTES_A_SECOND * seconds)
    form = struct.pack("<HHIIHH", 1, 1, BYTES_A_SECOND, BYTES_A_SECOND, 1, 8)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
