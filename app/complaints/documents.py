"""What the complaints area prints: letters to the customer and the association, the application, the report (CP-3 … CP-12).

Each is made for one complaint, with the eyes of whoever prints; registers and analyses are ``app.reporting``'s.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.complaints import commands, queries, rules
from app.complaints.models import STAGE_LABELS, Approval, Complaint, SettlementAgreement
from app.complaints.papers import ComplaintPaper, Decision, Due, GroupLine, StepLine
from app.core import clock, files
from app.core.actors import current
from app.core.db import db
from app.core.documents import Document, Params, Query, register
from app.core.errors import N_, NotFound
from app.core.money import in_capitals
from app.customers.models import Voucher
from app.fieldservice.models import RepairCall
from app.organisation.rules import APPROVER_LABELS

HISTORY = 6


def _complaint(params: Params) -> Complaint:
    statement = (
        select(Complaint)
        .where(Complaint.id == (params.record_id or -1))
        .options(
            joinedload(Complaint.branch),
            joinedload(Complaint.handler),
            joinedload(Complaint.voucher).joinedload(Voucher.product_model),
            selectinload(Complaint.steps),
            selectinload(Complaint.lateness),
            selectinload(Complaint.approvals),
            selectinload(Complaint.agreements),
            selectinload(Complaint.crisis_members),
            selectinload(Complaint.crisis_entries),
        )
    )
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound("complaint")
    return found


def paper_of(complaint: Complaint, params: Params, number: str, letter: str = "") -> ComplaintPaper:
    """The complaint as plain values; ``letter`` is the kind of letter whose words are printed."""
    voucher = complaint.voucher
    agreement = complaint.agreements[-1] if complaint.agreements else None
    written = queries.newest_letter(complaint.id, letter) if letter else None
    newest = complaint.approvals[-1] if complaint.approvals else None
    return ComplaintPaper(
        number=number,
        on=_written_on(complaint, number, written.at if written is not None else None) or params.date,
        branch_code=complaint.branch.code,
        branch_name=complaint.branch.name,
        complaint_number=complaint.number,
        received_at=complaint.received_at,
        complainant=complaint.complainant,
        phone=complaint.masked_phone,
        channel=rules.CHANNEL_LABELS[complaint.channel],
        category=rules.CATEGORY_LABELS[complaint.category],
        content=complaint.content,
        demand=complaint.demand,
        severity=rules.SEVERITY_LABELS[complaint.severity],
        ground=rules.GROUND_LABELS.get(complaint.severity_ground or "", ""),
        product=(voucher.product_model.name or voucher.product_model.code) if voucher else "",
        model=voucher.product_model.code if voucher else "",
        serial_no=(voucher.serial_no or "") if voucher else "",
        sold_on=voucher.sold_on if voucher else None,
        warranty_until=voucher.warranty_until if voucher else None,
        voucher_number=voucher.number if voucher else "",
        finding=rules.FINDING_LABELS.get(complaint.finding or "", ""),
        verified=_said(complaint, "verify"),
        solution=complaint.solution,
        remedy=complaint.remedy,
        amount=complaint.compensation,
        handler=complaint.handler.name if complaint.handler else "",
        promised_on=complaint.promised_on,
        promised_words=_said(complaint, "timetable").partition(": ")[2],
        words=written.words if written is not None else "",
        association=complaint.association,
        association_ref=complaint.association_ref,
        branch_phone=complaint.branch.phone,
        branch_address=complaint.branch.address,
        deadlines=_deadlines(complaint),
        decisions=tuple(_decision(row) for row in complaint.approvals if row.status != "withdrawn"),
        steps=_steps(complaint),
        members=tuple(row.staff.name for row in complaint.crisis_members),
        history=_history(voucher),
        reasons=(newest.reasons or _said(complaint, "propose")) if newest is not None else "",
        requested_by=newest.requested_by.name if newest is not None and newest.requested_by else "",
        requested_at=(_done_at(complaint, "propose") or newest.created_at) if newest is not None else None,
        terms=agreement.terms if agreement is not None else "",
        made_by=agreement.made_by.name if agreement is not None and agreement.made_by else "",
        made_at=agreement.made_at if agreement is not None else None,
        signer=agreement.signer if agreement is not None else "",
        signer_as=rules.SIGNER_LABELS[agreement.signer_as]
        if agreement is not None and agreement.signer_as not in ("", "self")
        else "",
        signed_at=agreement.signed_at if agreement is not None else None,
        signature=_picture(agreement),
        scanned=agreement is not None and agreement.signed_how == "scanned",
        group=tuple(
            GroupLine(
                at=row.at,
                decision=row.kind == "decision",
                words=row.words,
                owner=row.owner.name if row.owner is not None else "",
                due_on=row.due_on,
                done_at=row.done_at,
                result=row.result,
            )
            for row in complaint.crisis_entries
        ),
        capitals=in_capitals(complaint.compensation) if complaint.compensation else "",
    )


# By which step the customer was told what the letter says.
_TOLD_BY = {"A": "acknowledge", "T": "timetable"}


def _written_on(complaint: Complaint, number: str, letter_at: datetime | None) -> date | None:
    """The day on which what a letter says was said or written; None for papers that speak of today."""
    verb = _TOLD_BY.get(number.rpartition("-")[2])
    at = letter_at or (_done_at(complaint, verb) if verb else None)
    return clock.local(at).date() if at is not None else None


def _done_at(complaint: Complaint, verb: str) -> datetime | None:
    """When this was last done, as given for the step; not when it was written down (CAL-4)."""
    return next((step.at for step in reversed(complaint.steps) if step.verb == verb), None)


def _said(complaint: Complaint, verb: str) -> str:
    """What was said when this was last done."""
    return next((step.said for step in reversed(complaint.steps) if step.verb == verb), "")


def _deadlines(complaint: Complaint) -> tuple[Due, ...]:
    return tuple(
        Due(
            label=STAGE_LABELS[each.stage],
            due_at=each.due_at,
            done_at=each.done_at,
            state=each.state,
            internal=each.stage == "management",
        )
        for each in queries.all_standings(complaint)
    )


def _steps(complaint: Complaint) -> tuple[StepLine, ...]:
    return tuple(
        StepLine(
            at=step.at,
            label=rules.VERB_LABELS.get(step.verb, ""),
            who=step.staff.name if step.staff is not None else "",
            said=step.said,
        )
        for step in complaint.steps
        if step.verb
    )


def _decision(row: Approval) -> Decision:
    return Decision(
        role=APPROVER_LABELS[row.role],
        name=row.decided_by.name if row.decided_by is not None else "",
        acted_for=row.acted_for.name if row.acted_for is not None else "",
        amount=row.amount,
        status=rules.APPROVAL_STATE_LABELS[row.status],
        reason=str(row.refusal_reason) if row.refusal_reason is not None else "",
        said=row.said,
        decided_at=row.decided_at,
    )


def _history(voucher: Voucher | None) -> tuple[str, ...]:
    """The last repairs of the product, one line each."""
    if voucher is None:
        return ()
    statement = select(RepairCall).where(RepairCall.voucher_id == voucher.id, RepairCall.status != "cancelled")
    calls = db.session.scalars(statement.order_by(RepairCall.reported_at.desc()).limit(HISTORY)).all()
    return tuple(f"{clock.local(call.reported_at):%Y-%m-%d} {call.number} {call.symptom}" for call in reversed(calls))


def _picture(agreement: SettlementAgreement | None) -> bytes | None:
    stored = agreement.stored_file if agreement is not None else None
    if stored is None or stored.content_type not in ("image/png", "image/jpeg") or agreement is None:
        return None
    return files.read(stored) if agreement.signed_how == "screen" else None


def _query(mark: str, letter: str = "") -> Query:
    """A query for one paper of a complaint; ``mark`` tells its sheet number from the others'."""

    def query(params: Params) -> ComplaintPaper:
        complaint = _complaint(params)
        if not current().is_system:  # who printed it is noted (CP-13)
            commands.read(current(), complaint.id, what="paper", detail=f"{complaint.number}-{mark}")
            complaint = _complaint(params)
        return paper_of(complaint, params, f"{complaint.number}-{mark}", letter)

    return query


_BOTH = (N_("Customer copy"), N_("File copy"))
for _name, _title, _template, _mark, _letter, _copies in (
    ("complaint_acknowledgement", N_("Acknowledgement of a complaint"), "complaint_letter.html", "A", "", ()),
    ("complaint_timetable", N_("Timetable of a complaint"), "complaint_letter.html", "T", "", ()),
    ("complaint_answer", N_("Answer to a complaint"), "complaint_letter.html", "R", "answer", ()),
    (
        "complaint_association",
        N_("Report to the consumer association"),
        "complaint_letter.html",
        "X",
        "association",
        (),
    ),
    ("complaint_agreement", N_("Settlement agreement"), "complaint_agreement.html", "S", "", _BOTH),
    (
        "major_application",
        N_("Application for handling a serious quality incident"),
        "major_application.html",
        "Z",
        "",
        (),
    ),
    ("major_report", N_("Report of a major complaint"), "major_report.html", "B", "", ()),
):
    register(
        Document(
            name=_name,
            title=_title,
            area="complaints",
            template=_template,
            query=_query(_mark, _letter),
            params=("record_id",),
            copies=_copies,
        )
    )
