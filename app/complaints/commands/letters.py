"""What is put in writing: timetable, answer, agreement, report to the consumer association (CP-3, CP-6, CP-10, CP-12)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.complaints import rules
from app.complaints.commands.handling import (
    Upload,
    fetch_for,
    keep_bytes,
    keep_file,
    need_words,
    not_in_future,
    record,
    with_file,
)
from app.complaints.models import IN_WRITING_FROM, Complaint, ComplaintLetter, SettlementAgreement
from app.core import clock, settings
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.uow import command

# Once the customer was told the solution there is something to agree on and to answer with.
AFTER_TELLING = ("told", "mediation", "settled", "rated")
AFTER_SETTLING = ("settled", "rated")


@command("complaint.timetable")
@with_file
def timetable(
    actor: Principal, complaint_id: int, *, promised_on: date, said: str, at: datetime | None = None
) -> Complaint:
    """It cannot be settled in time: the customer is told until when it will be (CP-3). The deadline itself stays."""
    complaint = fetch_for(actor, complaint_id)
    if not rules.is_open(complaint.status):
        raise Refused(N_("Only an open complaint has a timetable."))
    need_words(said)
    rules.check_due(promised_on, clock.today())
    complaint.promised_on = promised_on
    record(complaint, actor, "timetable", f"{promised_on.isoformat()}: {said}", not_in_future(at))
    return complaint


@command("complaint.answer")
@with_file
def answer(
    actor: Principal,
    complaint_id: int,
    *,
    words: str,
    at: datetime | None = None,
) -> Complaint:
    """Tell the customer in writing how it was settled: the letter prints what is written here (CP-6)."""
    complaint = fetch_for(actor, complaint_id)
    if complaint.status not in AFTER_TELLING:
        raise Refused(N_("First tell the customer the solution."))
    _letter(complaint, actor, "answer", words, at)
    return complaint


@command("complaint.report_back")
@with_file
def report_back(
    actor: Principal,
    complaint_id: int,
    *,
    words: str,
    at: datetime | None = None,
) -> Complaint:
    """Report to the consumer association how it was settled (CP-12): the letter prints what is written here."""
    complaint = fetch_for(actor, complaint_id)
    if complaint.channel != "association":
        raise Refused(N_("No consumer association sent this complaint."))
    if complaint.status not in AFTER_SETTLING:
        raise Refused(N_("It is reported back when it is settled."))
    _letter(complaint, actor, "association", words, at)
    return complaint


def _letter(complaint: Complaint, actor: Principal, kind: str, words: str, at: datetime | None) -> None:
    need_words(words, "words")
    moment = not_in_future(at)
    db.session.add(
        ComplaintLetter(complaint_id=complaint.id, kind=kind, words=words, at=moment, written_by_id=actor.staff_id)
    )
    record(complaint, actor, "answer" if kind == "answer" else "report_back", words, moment)


@command("complaint.mark_police")
@with_file
def mark_police(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """The matter touches the law: mark it for the police (CP-12)."""
    complaint = fetch_for(actor, complaint_id)
    need_words(said)
    complaint.police_at = not_in_future(at)
    record(complaint, actor, "mark_police", said, complaint.police_at)
    return complaint


# -- the agreement (CP-10) ----------------------------------------------------------------------------------------


@command("complaint.agree")
@with_file
def agree(actor: Principal, complaint_id: int, *, terms: str, at: datetime | None = None) -> Complaint:
    """Put the agreed solution in writing; who does so signs for the company. Raises ``Refused``."""
    complaint = fetch_for(actor, complaint_id)
    if complaint.status not in ("told", "mediation"):
        raise Refused(N_("An agreement follows when the customer was told the solution."))
    need_words(terms, "terms")
    moment = not_in_future(at)
    complaint.agreements.append(SettlementAgreement(terms=terms, made_at=moment, made_by_id=actor.staff_id))
    record(complaint, actor, "agree", terms, moment)
    return complaint


@command("complaint.sign")
def sign(
    actor: Principal,
    complaint_id: int,
    *,
    signer: str,
    signer_as: str,
    signature: bytes | None = None,
    paper: Upload | None = None,
    at: datetime | None = None,
) -> Complaint:
    """The customer's name under the newest agreement: drawn on screen, or the signed paper scanned (CP-10).

    ``signer_as`` is one of ``rules.SIGNERS``: the complainant, or a representative and how they stand to each other.
    """
    complaint = fetch_for(actor, complaint_id)
    if not complaint.agreements or complaint.agreements[-1].signed_at is not None:
        raise Refused(N_("There is no agreement to be signed."))
    rules.check_signer(signer, complaint.complainant, signer_as)
    if (signature is None) == (paper is None):
        raise Refused(N_("Either sign on screen or hand in the signed paper."), field="signature")
    moment = not_in_future(at)
    rules.check_after(complaint.agreements[-1].made_at, moment)
    step = record(complaint, actor, "sign", signer, moment)
    if signature is not None:
        kept = keep_bytes(complaint, actor, signature, "signature.png", kind="signed_paper", step=step)
    else:
        assert paper is not None
        kept = keep_file(complaint, actor, paper, kind="signed_paper", step=step)
    agreement = complaint.agreements[-1]
    agreement.signer, agreement.signer_as, agreement.signed_at = signer, signer_as, moment
    agreement.signed_how = "screen" if signature is not None else "scanned"
    agreement.stored_file_id = kept.stored_file_id
    return complaint


# -- what settling and closing ask for ----------------------------------------------------------------------------


def check_settling(complaint: Complaint, actor: Principal, at: datetime) -> None:
    """Refused until somebody in charge spoke with the customer (CP-7) and, from an amount on, both signed (CP-10).

    ``at`` is when it is settled: not before what was agreed was signed, whatever the amount.
    """
    signed_at = complaint.agreements[-1].signed_at if complaint.agreements else None
    if signed_at is not None:
        rules.check_after(signed_at, at)
    contacts = [
        rules.Contact(step.verb, step.staff_id, step.staff.job if step.staff is not None else "")
        for step in complaint.steps
    ]
    leads = actor.is_system or actor.has("supervisor", "branch_manager", "service_department", "management")
    if not leads and not rules.is_called_on(contacts, complaint.handler_id):
        raise Refused(N_("First the supervisor, or whom the supervisor names, speaks with the customer."))
    wanted = settings.amount(IN_WRITING_FROM)
    if complaint.compensation >= wanted and not _is_agreed(complaint):
        if any(row.signed_at for row in complaint.agreements):
            raise Refused(N_("The signed agreement is about an earlier solution: both sides sign a new one."))
        raise Refused(
            N_("From %(amount)s CNY on both sides sign the agreement before it is settled."), amount=f"{wanted:,.2f}"
        )


def _is_agreed(complaint: Complaint) -> bool:
    """Whether the newest agreement is signed and came after the customer was last told, or mediation began (CP-10)."""
    if not complaint.agreements:
        return False
    before = [i for i, step in enumerate(complaint.steps) if step.verb in ("tell", "mediate", "reopen")]
    told = complaint.steps[before[-1]] if before else None
    # Within one minute the order in which it was written down decides.
    written = any(step.verb == "agree" for step in complaint.steps[before[-1] :]) if before else True
    last = complaint.agreements[-1]
    return written and rules.still_holds(last.made_at, last.signed_at, told.at if told is not None else None)


def check_closing(complaint: Complaint) -> None:
    """Refused while the written answer (CP-6) or the report to the consumer association (CP-12) is missing."""
    start = rules.clock_start(complaint.received_at, complaint.taken)
    written = set(
        db.session.scalars(
            select(ComplaintLetter.kind).where(
                ComplaintLetter.complaint_id == complaint.id,
                ComplaintLetter.at >= start.replace(second=0, microsecond=0),
            )
        )
    )
    if complaint.severity == "major" and "answer" not in written:
        raise Refused(N_("A major complaint is closed only after the customer was answered in writing."))
    if complaint.channel == "association" and "association" not in written:
        raise Refused(N_("First report back to the consumer association."))
