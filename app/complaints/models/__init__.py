"""Tables of complaint handling (CP)."""

from app.complaints.models.actions import (
    RECUR_DAYS,
    CorrectiveAction,
)
from app.complaints.models.approval import (
    FOUR_EYES_ABOVE,
    IN_WRITING_FROM,
    Approval,
    ApprovalDeputy,
    RefusalReason,
)
from app.complaints.models.crisis import (
    ALERT_ALSO,
    CRISIS_JOBS,
    ENTRY_KINDS,
    CrisisEntry,
    CrisisMember,
    ManagementAlert,
)
from app.complaints.models.deadlines import (
    ESCALATION_ROLES,
    STAGE_LABELS,
    STAGES,
    ComplaintEscalationLevel,
    ComplaintLateness,
    ComplaintNotice,
)
from app.complaints.models.handling import (
    ACKNOWLEDGE_HOURS,
    MANAGEMENT_HOURS,
    PROPOSE_DAYS,
    RECORDING_DAYS,
    REPEAT_DAYS,
    SETTLE_DAYS,
    VERIFY_DAYS,
    Complaint,
    ComplaintFile,
    ComplaintReading,
    ComplaintStep,
    ComplaintSubject,
)
from app.complaints.models.letters import (
    LETTER_KINDS,
    SIGNED_HOW,
    ComplaintLetter,
    SettlementAgreement,
)

__all__ = [
    "ACKNOWLEDGE_HOURS",
    "ALERT_ALSO",
    "CRISIS_JOBS",
    "ENTRY_KINDS",
    "ESCALATION_ROLES",
    "FOUR_EYES_ABOVE",
    "IN_WRITING_FROM",
    "LETTER_KINDS",
    "MANAGEMENT_HOURS",
    "PROPOSE_DAYS",
    "RECORDING_DAYS",
    "RECUR_DAYS",
    "REPEAT_DAYS",
    "SETTLE_DAYS",
    "SIGNED_HOW",
    "STAGES",
    "STAGE_LABELS",
    "VERIFY_DAYS",
    "Approval",
    "ApprovalDeputy",
    "Complaint",
    "ComplaintEscalationLevel",
    "ComplaintFile",
    "ComplaintLateness",
    "ComplaintLetter",
    "ComplaintNotice",
    "ComplaintReading",
    "ComplaintStep",
    "ComplaintSubject",
    "CorrectiveAction",
    "CrisisEntry",
    "CrisisMember",
    "ManagementAlert",
    "RefusalReason",
    "SettlementAgreement",
]
