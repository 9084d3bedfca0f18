"""Forms of complaint handling: what each step asks for (CP-8 … CP-12)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.complaints import rules
from app.complaints.models import RefusalReason
from app.core.views import OfficeForm, fields
from app.fieldservice.models import FaultCode
from app.organisation.models import Staff

ACCEPTED = (
    "image/png",
    "image/jpeg",
    "application/pdf",
    "audio/mpeg",
    "audio/mp4",
    "audio/wav",
    "audio/ogg",
    "audio/amr",
)


def labels(table: dict[str, str]) -> dict[str, Any]:
    """Message ids as labels of choices."""
    return {value: _l(label) for value, label in table.items()}


# What a person may choose; "again" is found by the portal itself (CP-5).
GROUNDS = labels({key: label for key, label in rules.GROUND_LABELS.items() if key not in ("again", "judged")})
WANTS = labels(rules.WANTS_LABELS)
REMEDIES = labels(rules.REMEDY_LABELS)


def file_field(required: bool = False) -> Any:
    """A photo, a recording or a paper."""
    return fields.upload(
        _l("File"),
        ACCEPTED,
        megabytes=20,
        required=required,
        help=_l("Photo, recording or scanned paper, 20 MB at most"),
    )


def _said(label: Any = None) -> Any:
    return fields.notes(label if label is not None else _l("What was said"), 2000)


def _at() -> Any:
    return fields.moment(_l("When"), required=False, help=_l("Empty: now"))


class OfStep(OfficeForm):
    """A step of the handling: whatever else it asks, last what was handed in and (``timed``) when it was (CP-8)."""

    timed = True

    def __init_subclass__(cls) -> None:
        """Fields stand in the order they are made: these come after those of the form itself."""
        super().__init_subclass__()
        cls.attachment = file_field()
        if cls.timed:
            cls.at = _at()


class DecideForm(OfStep):
    """When it happened, and why (CP-8)."""

    said = _said(_l("Particulars"))


class StepForm(OfStep):
    """When the customer was spoken to, what was said, and what was handed in."""

    said = _said()


class ApproveForm(OfStep):
    """What the approver says."""

    said = _said(_l("Opinion"))


class VerifyForm(OfStep):
    """What the facts are."""

    finding = fields.choice(_l("Finding"), labels(rules.FINDING_LABELS))
    said = _said(_l("What was found out"))


class ProposeForm(OfStep):
    """What we offer."""

    solution = fields.notes(_l("Solution"), 2000)
    remedy = fields.choice(_l("Remedy"), REMEDIES, default="none")
    compensation = fields.money(
        _l("What it costs, CNY"), required=False, help=_l("Decides who has to approve it: see the authority limits.")
    )
    said = _said(_l("Reasons for it"))


class RefuseForm(OfStep):
    """Why the solution is refused."""

    reason_id = fields.row(RefusalReason, _l("Reason"))
    said = _said(_l("Opinion"))


class RefuseRowForm(OfStep):
    """The same from the list of approvals."""

    timed = False
    reason_id = fields.row(RefusalReason, _l("Reason"))
    said = _said(_l("Opinion"))


class ApproveRowForm(OfStep):
    """What the approver says."""

    timed = False
    said = _said(_l("Opinion"))


class CancelForm(OfficeForm):
    """Why it is not needed."""

    said = _said(_l("Reason"))


class RateForm(OfStep):
    """How satisfied the customer is with the handling."""

    satisfaction = fields.choice(_l("Satisfaction"), labels(rules.SATISFACTION_LABELS))
    said = _said(_l("What the customer said"))


class AssignForm(OfStep):
    """Who handles it."""

    timed = False
    handler_id = fields.remote(Staff, _l("Handler"))
    said = _said(_l("Instructions"))


class SubjectForm(OfStep):
    """Who else is complained about."""

    timed = False
    staff_id = fields.remote(
        Staff, _l("Person complained about"), help=_l("Takes no part in the handling and does not see it.")
    )
    said = _said(_l("Particulars"))


class JudgeForm(OfStep):
    """How severe it is."""

    timed = False
    severity = fields.choice(_l("Severity"), labels(rules.SEVERITY_LABELS))
    ground = fields.choice(_l("Why it is major"), GROUNDS, required=False)
    said = _said(_l("Reason"))


class AttachForm(OfficeForm):
    """A file beside the complaint."""

    attachment = file_field(required=True)
    kind = fields.choice(
        _l("Kind of file"), labels(rules.FILE_KIND_LABELS), required=False, help=_l("Empty: what it looks like")
    )
    said = fields.notes(_l("Note"), 500, required=False)


class TimetableForm(OfStep):
    """Until when the customer was told to wait."""

    promised_on = fields.day(_l("Settled by"))
    said = _said(_l("Why it takes longer, and what was told"))


class LetterForm(OfStep):
    """What the letter says."""

    words = fields.notes(_l("How it was settled, as it stands in the letter"), 2000)


class AgreeForm(OfStep):
    """What both sides agree on."""

    terms = fields.notes(_l("What was agreed"), 2000)


class SignForm(OfficeForm):
    """The customer's name under the agreement."""

    signer = fields.text(_l("Who signs"), 64)
    signer_as = fields.choice(
        _l("Signs as"),
        labels(rules.SIGNER_LABELS),
        help=_l("Anybody but the complainant signs as a representative; how they stand to each other is kept."),
    )
    signature = fields.signature(_l("Signature"), required=False)
    paper = fields.upload(_l("Or the signed paper, scanned"), required=False)
    at = _at()


class MemberForm(OfStep):
    """Who joins the crisis group."""

    timed = False
    staff_id = fields.remote(Staff, _l("Person"))
    duty = fields.text(_l("Duty in the group"), 64, required=False)


class MinuteForm(OfStep):
    """Minutes of a meeting, or a decision."""

    kind = fields.choice(
        _l("Kind of entry"),
        {"meeting": _l("Minutes of a meeting"), "decision": _l("Decision of the group")},
        default="meeting",
    )
    words = fields.notes(_l("What was said or decided"), 2000)
    present = fields.text(_l("Present"), 300, required=False)
    owner_id = fields.remote(Staff, _l("Who sees to it"), required=False)
    due_on = fields.day(_l("To be done by"), required=False)


class DoneForm(OfStep):
    """What was done about a decision."""

    said = fields.notes(_l("How it was carried out"), 1000)


class ActionForm(OfficeForm):
    """What is changed so that it does not happen again."""

    kind = fields.choice(_l("Kind of action"), labels(rules.ACTION_KIND_LABELS), default="corrective")
    cause = fields.notes(_l("Cause"), 500)
    action = fields.notes(_l("Action"), 1000)
    owner_id = fields.remote(Staff, _l("Who does it"))
    due_on = fields.day(_l("To be done by"))
    responsible_id = fields.remote(Staff, _l("Whose fault it was"), required=False)
    fault_code_id = fields.remote(
        FaultCode, _l("Fault"), required=False, help=_l("Empty: that of the job. Coming back it reopens the action.")
    )


class ActionStepForm(OfficeForm):
    """What was done, or found when the effect was checked."""

    said = fields.notes(_l("What was done or found"), 1000)
    at = _at()


class RepeatForm(OfficeForm):
    """It did not help."""

    said = fields.notes(_l("What was found"), 1000)
    due_on = fields.day(_l("To be done by"))
