"""Return visits: the rules they are planned by, the visits, tries in vain, questions and answers (RV)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.complaints.models import Complaint
from app.complaints.rules import mask_phone
from app.contracts.models import Contract
from app.core import clock, i18n, settings
from app.core.db import (
    Model,
    Stamped,
    UTCDateTime,
    Versioned,
    choice,
    ref,
    text,
    watch_version,
)
from app.core.errors import N_
from app.core.files import StoredFile
from app.customers.models import Customer
from app.feedback import rules
from app.feedback.rules import ANSWER_KINDS, CAUSES, MANNERS, OUTCOMES, SATISFACTIONS, STATES, TRIGGERS, YES_NO
from app.fieldservice.models import RepairCall, WorkOrder
from app.organisation.models import Branch, Staff
from app.organisation.rules import JOBS

PLAN_DAYS, PAPER_DAYS, OVERDUE_DAYS, LOOK_BACK_DAYS = (
    "return_visit_plan_days",
    "return_visit_paper_days",
    "return_visit_overdue_days",
    "return_visit_look_back_days",
)
settings.declare(PLAN_DAYS, 7, N_("Days the return-visit plan looks ahead"), "RV-3")
settings.declare(
    PAPER_DAYS, 2, N_("Days ahead whose return visits the printed plan lists one by one; later ones it counts by day"), "RV-3"
)  # fmt: skip
settings.declare(OVERDUE_DAYS, 3, N_("Days after which an overdue return visit goes to the supervisor"), "RV-3")
settings.declare(LOOK_BACK_DAYS, 30, N_("Days back for which return visits are still planned"), "RV-1")

RETRY_PAUSES, MOST_TRIES = "return_visit_retry_hours", "return_visit_tries"
settings.declare(
    RETRY_PAUSES,
    "2, 24",
    N_("Hours after which a return visit in vain is tried again: after the first, the second … try"),
    "RV-4",
    check=rules.parse_pauses,
)
settings.declare(MOST_TRIES, 3, N_("Tries in vain after which a return visit is given up to the supervisor"), "RV-4")

_SATISFACTIONS = ", ".join(f"'{value}'" for value in SATISFACTIONS)
_MANNERS = ", ".join(f"'{value}'" for value in MANNERS)


class VisitRule(Versioned, Model):
    """After what a return visit is planned, within how many days, and who makes it (RV-1, RV-2): data, not code.

    ``days`` are calendar days after what happened; of a contract they are counted from the middle of its term. Without
    a companion the visitor goes alone. A trigger whose rule is not active gets no visit.
    """

    __tablename__ = "visit_rule"
    __table_args__ = (
        choice("trigger_on", TRIGGERS),
        choice("visitor_job", JOBS),
        CheckConstraint("days >= 0", name="days_not_negative"),
        UniqueConstraint("trigger_on"),
    )
    __small__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    trigger_on: Mapped[str] = mapped_column(String(16), nullable=False)
    days: Mapped[int] = mapped_column(Integer, nullable=False)
    visitor_job: Mapped[str] = mapped_column(String(16), nullable=False)
    companion_job: Mapped[str] = text(16)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)

    def __str__(self) -> str:
        return i18n.say(rules.TRIGGER_LABELS[self.trigger_on])


class VisitQuestion(Versioned, Model):
    """A question the caller asks, in the order of ``position``; what is asked belongs to the trigger (RV-4).

    No visit is recorded without an answer to one that is ``required``. ``good_answer`` is what a content customer says to
    a question of yes or no: "Is anything still broken?" – no. One click answers all of them so.
    """

    __tablename__ = "visit_question"
    __table_args__ = (
        choice("trigger_on", TRIGGERS),
        choice("answer_kind", ANSWER_KINDS),
        choice("good_answer", YES_NO),
        UniqueConstraint("trigger_on", "question"),
        Index("ix_visit_question_order", "trigger_on", "position"),
    )
    __small__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    trigger_on: Mapped[str] = mapped_column(String(16), nullable=False)
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    question: Mapped[str] = mapped_column(String(200), nullable=False)
    question_en: Mapped[str] = text(200)
    answer_kind: Mapped[str] = mapped_column(String(8), nullable=False, default="yes_no")
    good_answer: Mapped[str] = mapped_column(String(3), nullable=False, default="yes", server_default="yes")
    required: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False, server_default=false())
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)

    @property
    def words(self) -> str:
        """The question in the reader's language."""
        return self.question_en if self.question_en and i18n.language() == "en" else self.question

    def __str__(self) -> str:
        return self.words


class ReturnVisit(Versioned, Stamped, Model):
    """A visit or call back to the customer; one for each cause, never two (RV-1)."""

    __tablename__ = "return_visit"
    __table_args__ = (
        choice("cause", CAUSES),
        choice("status", STATES),
        CheckConstraint(
            f"satisfaction IS NULL OR satisfaction IN ({_SATISFACTIONS})",
            name="satisfaction_known",
        ),
        CheckConstraint(f"manner IS NULL OR manner IN ({_MANNERS})", name="manner_known"),
        CheckConstraint("status <> 'done' OR satisfaction IS NOT NULL", name="done_has_answer"),
        CheckConstraint(
            "customer_id IS NOT NULL OR complaint_id IS NOT NULL",
            name="somebody_to_visit",
        ),
        CheckConstraint("occasion > 0", name="occasion_positive"),
        # What the last try in vain left behind belongs to a visit that is still to be made.
        CheckConstraint("next_try_at IS NULL OR status = 'planned'", name="next_try_of_planned"),
        UniqueConstraint("number"),
        # A complaint that was reopened and settled again is visited again (RV-1).
        UniqueConstraint("complaint_id", "occasion"),
        Index("ix_return_visit_branch_due", "branch_id", "status", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    customer_id: Mapped[int | None] = ref("customer.id", nullable=True)
    cause: Mapped[str] = mapped_column(String(16), nullable=False)
    complaint_id: Mapped[int | None] = ref("complaint.id", nullable=True, index=False)
    occasion: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    work_order_id: Mapped[int | None] = ref("work_order.id", nullable=True, unique=True)
    contract_id: Mapped[int | None] = ref("contract.id", nullable=True, unique=True)
    due_on: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    visitor_id: Mapped[int | None] = ref("staff.id", nullable=True)
    companion_id: Mapped[int | None] = ref("staff.id", nullable=True)
    reason: Mapped[str] = text(200)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="planned")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    manner: Mapped[str | None] = mapped_column(String(16))
    spoke_to: Mapped[str] = text(64)
    satisfaction: Mapped[str | None] = mapped_column(String(16))
    shortcomings: Mapped[str] = text(1000)
    suggestions: Mapped[str] = text(1000)
    cancel_reason: Mapped[str] = text(200)
    rule_id: Mapped[int | None] = ref("visit_rule.id", nullable=True)
    # The day that the due day was counted from: when it moves, the visit moves with it.
    cause_on: Mapped[date | None] = mapped_column(Date)
    next_try_at: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    # When the supervisor was told that it is overdue (RV-3), once.
    escalated_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    opened_complaint_id: Mapped[int | None] = ref("complaint.id", nullable=True, unique=True)
    opened_call_id: Mapped[int | None] = ref("repair_call.id", nullable=True, unique=True)
    no_follow_up: Mapped[str] = text(200)
    signature_id: Mapped[int | None] = ref("stored_file.id", nullable=True, unique=True)
    branch: Mapped[Branch] = relationship()
    customer: Mapped[Customer | None] = relationship()
    complaint: Mapped[Complaint | None] = relationship(foreign_keys=[complaint_id])
    opened_complaint: Mapped[Complaint | None] = relationship(foreign_keys=[opened_complaint_id])
    opened_call: Mapped[RepairCall | None] = relationship()
    rule: Mapped[VisitRule | None] = relationship()
    signature: Mapped[StoredFile | None] = relationship()
    work_order: Mapped[WorkOrder | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    visitor: Mapped[Staff | None] = relationship(foreign_keys=[visitor_id])
    companion: Mapped[Staff | None] = relationship(foreign_keys=[companion_id])
    attempts: Mapped[list[VisitAttempt]] = relationship(back_populates="return_visit", order_by="VisitAttempt.id")
    answers: Mapped[list[VisitAnswer]] = relationship(back_populates="return_visit", order_by="VisitAnswer.id")

    @property
    def who(self) -> str:
        """Whom to visit: the customer, else the complainant; empty when neither may be seen (CP-13)."""
        if self.customer is not None:
            return self.customer.name
        return self.complaint.complainant if self.complaint is not None else ""

    @property
    def phone(self) -> str:
        """The number to call: that of the call or complaint the visit is about, else the customer's first."""
        if self.complaint is not None:
            return self.complaint.phone
        if self.work_order is not None and self.work_order.repair_call is not None:
            given = self.work_order.repair_call.caller_phone
            if given:
                return given
        if self.customer is not None and self.customer.telephones:
            return self.customer.telephones[0].number
        return ""

    @property
    def phone_shown(self) -> str:
        """The number as it may stand in a list: that of who complained is masked until somebody asks for it (CP-13)."""
        return mask_phone(self.phone) if self.complaint_id is not None else self.phone

    @property
    def about(self) -> str:
        """Number of what the visit is about, or the reason it was planned for."""
        record = self.complaint or self.work_order or self.contract
        return record.number if record is not None else self.reason

    @property
    def days_late(self) -> int:
        """Calendar days past its due day while it is still to be made, else 0 (RV-3)."""
        return max((clock.today() - self.due_on).days, 0) if self.status == "planned" else 0

    @property
    def unanswered(self) -> bool:
        """Unsatisfactory, and neither a call nor a complaint nor a reason for having none (RV-4)."""
        opened = self.opened_complaint_id is not None or self.opened_call_id is not None or bool(self.no_follow_up)
        return rules.is_unsatisfactory(self.satisfaction) and not opened

    @property
    def trigger(self) -> str:
        """What it was planned for (RV-2): its cause, or ``complaint_major``."""
        return self.rule.trigger_on if self.rule is not None else self.cause

    @property
    def voucher_id(self) -> int | None:
        """The service voucher of the product it is about, where there is one and it may be seen."""
        if self.work_order is not None and self.work_order.repair_call is not None:
            return self.work_order.repair_call.voucher_id
        return self.complaint.voucher_id if self.complaint is not None else None

    @property
    def to_call(self) -> bool:
        """Whether somebody may still reach the customer."""
        return self.status in ("planned", "given_up")

    def __str__(self) -> str:
        return self.number


class VisitAttempt(Model):
    """A try that did not reach the customer (RV-4)."""

    __tablename__ = "visit_attempt"
    __table_args__ = (choice("outcome", OUTCOMES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    return_visit_id: Mapped[int] = ref("return_visit.id")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    outcome: Mapped[str] = mapped_column(String(16), nullable=False, default="no_answer", server_default="no_answer")
    note: Mapped[str] = text(200)
    return_visit: Mapped[ReturnVisit] = relationship(back_populates="attempts")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.return_visit_id} {self.at}"


class VisitAnswer(Model):
    """What the customer answered to a question of the script, as it was asked (RV-4)."""

    __tablename__ = "visit_answer"
    __table_args__ = (UniqueConstraint("return_visit_id", "visit_question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    return_visit_id: Mapped[int] = ref("return_visit.id", index=False)
    visit_question_id: Mapped[int] = ref("visit_question.id")
    asked: Mapped[str] = mapped_column(String(200), nullable=False)
    answer: Mapped[str] = mapped_column(String(500), nullable=False)
    return_visit: Mapped[ReturnVisit] = relationship(back_populates="answers")
    visit_question: Mapped[VisitQuestion] = relationship()

    def __str__(self) -> str:
        return self.asked


for _model in (ReturnVisit, VisitRule, VisitQuestion):
    watch_version(_model)
