"""What the workshop's verbs ask for."""

from __future__ import annotations

import io
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from PIL import Image
from sqlalchemy import select
from wtforms import MultipleFileField

from app.core.actors import current
from app.core.db import db
from app.core.views import OfficeForm, fields
from app.core.views.fields import MAGIC
from app.fieldservice.rules import LONGEST_ENTRY
from app.fieldservice.views.words import fault_codes
from app.organisation.models import Staff
from app.parts.models import Part
from app.workshop import queries, rules
from app.workshop.models import RepairCard

PHOTO_TYPES = ("image/jpeg", "image/png")
PHOTO_MEGABYTES = 8
MOST_PHOTOS = 8


class PhotosField(MultipleFileField):
    """Several photographs; ``data`` are their bytes. What is no picture, or too large, is refused by its name."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        chosen = [each for each in valuelist if getattr(each, "filename", "")]
        self.data: list[bytes] = []
        if len(chosen) > MOST_PHOTOS:
            raise ValueError(_("At most %(count)s photos at once.", count=MOST_PHOTOS))
        for each in chosen:
            content = each.read(PHOTO_MEGABYTES * 1_000_000 + 1)
            if len(content) > PHOTO_MEGABYTES * 1_000_000:
                raise ValueError(_("The file is larger than %(size)s MB.", size=PHOTO_MEGABYTES))
            if not any(content.startswith(mark) for kind in PHOTO_TYPES for mark in MAGIC[kind]):
                raise ValueError(_("%(name)s is no photograph (JPEG or PNG).", name=each.filename))
            try:
                Image.open(io.BytesIO(content)).verify()
            except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
                raise ValueError(_("%(name)s is no photograph (JPEG or PNG).", name=each.filename)) from error
            self.data.append(content)


def photos(label: Any, *, help: Any = "") -> Any:
    """Photographs, taken with the telephone's camera or chosen from it."""
    return PhotosField(label, description=help, render_kw={"accept": ",".join(PHOTO_TYPES), "data-photos": ""})


class _WholeForm(OfficeForm):
    """Choices of rows give whole numbers."""

    WHOLE = ("technician_id", "staff_id", "fault_code_id", "loan_unit_id")

    @property
    def values(self) -> dict[str, Any]:
        """The ids as numbers."""
        found = super().values
        return {key: int(value) if key in self.WHOLE and value else value for key, value in found.items()}


def _card() -> RepairCard | None:
    record = g.get("record")
    return record if isinstance(record, RepairCard) else getattr(record, "card", None)


def _people(*jobs: str) -> dict[str, str]:
    statement = select(Staff).where(Staff.job.in_(jobs), Staff.active.is_(True)).order_by(Staff.job, Staff.staff_no)
    card = _card()
    if card is not None:
        statement = statement.where(Staff.branch_id == card.goods_receipt.branch_id)
    return {str(row.id): row.name for row in db.session.scalars(statement)}


def technicians() -> dict[str, str]:
    """``{id: name}`` of the technicians of the branch that has the item."""
    return _people("technician")


def carriers() -> dict[str, str]:
    """Who may take it out: any technician for the office, for a technician only the own person."""
    here = technicians()
    actor = current()
    return {str(actor.staff_id): here.get(str(actor.staff_id), actor.name)} if actor.roles == {"technician"} else here


def holders() -> dict[str, str]:
    """Technicians and supervisors of the branch that has the item."""
    return _people("technician", "supervisor")


def findings() -> dict[str, str]:
    """Fault codes of the product's category."""
    card = _card()
    return fault_codes(card.goods_receipt.voucher.product_model.category if card is not None else None)


def free_units() -> dict[str, str]:
    """Units of the branch that may be lent, those of the product's category first."""
    card = _card()
    if card is None:
        return {}
    receipt = card.goods_receipt
    found = queries.free_units(receipt.branch_id, receipt.voucher.product_model.category)
    return {str(unit.id): str(unit) for unit in found}


class AssignForm(_WholeForm):
    """Who repairs it."""

    technician_id = fields.choice(_l("Technician"), technicians)
    expected_minutes = fields.number(
        _l("Expected minutes"), 1, 14400, required=False, help=_l("Empty: what the fault usually takes.")
    )


class WaitForm(_WholeForm):
    """Which part is missing, and until when."""

    part_id = fields.remote(Part, _l("Part"), required=False, help=_l("Empty: a part that is not in the list."))
    what = fields.text(_l("Part, in words"), 200, required=False)
    quantity = fields.number(_l("Quantity"), 1, 999, default=1)
    expected_on = fields.day(_l("Expected on"), required=False)


class BenchMinutesForm(OfficeForm):
    """Minutes at the bench (SO-8)."""

    started_at = fields.moment(_l("Began at"))
    minutes = fields.number(_l("Minutes"), 1, LONGEST_ENTRY)
    note = fields.text(_l("Note"), 200, required=False)


class NoteForm(OfficeForm):
    """A remark, if any."""

    note = fields.text(_l("Remark"), 200, required=False)


class DoneForm(_WholeForm):
    """What it was and what was done."""

    fault_code_id = fields.choice(_l("Fault"), findings)
    result = fields.notes(_l("Work done"), 1000)
    shelf = fields.text(_l("Place on the shelf"), 40, required=False)


class PassForm(OfficeForm):
    """What was looked at."""

    checklist = fields.notes(_l("Checked"), 500)
    note = fields.text(_l("Remark"), 300, required=False)


class FailForm(OfficeForm):
    """What is not good yet."""

    reason = fields.notes(_l("What is wrong"), 300)
    checklist = fields.notes(_l("Checked"), 500, required=False)


class GiveUpForm(OfficeForm):
    """Why it goes back as it came."""

    outcome = fields.choice(_l("Why"), {key: _l(rules.OUTCOME_LABELS[key]) for key in rules.UNREPAIRED})
    reason = fields.text(_l("Reason"), 300)


class ReasonForm(OfficeForm):
    """Why."""

    reason = fields.text(_l("Reason"), 200)


class ShelfForm(ReasonForm):
    """Why, and where it stands now."""

    place = fields.text(_l("Place on the shelf"), 40, required=False)


class SendForm(_WholeForm):
    """Who takes it out."""

    technician_id = fields.choice(_l("Technician"), carriers)


class MoveForm(_WholeForm):
    """Who has it from now on."""

    to = fields.choice(
        _l("Goes to"),
        {key: _l(rules.HOLDER_LABELS[key]) for key in (rules.SHELF, rules.TECHNICIAN, rules.SUPERVISOR)},
    )
    staff_id = fields.choice(_l("Person"), holders, required=False, help=_l("Empty: yourself, or nobody for a shelf."))
    place = fields.text(_l("Place on the shelf"), 40, required=False)
    note = fields.text(_l("Remark"), 200, required=False)


class PromiseForm(OfficeForm):
    """Another time, and who of the customer's people was told (SO-10)."""

    promised_at = fields.moment(_l("New promise"))
    told_to = fields.text(_l("Whom did you tell (name at the customer's)"), 64)
    told_at = fields.moment(_l("Told at"), required=False, help=_l("Empty: just now."))
    reason = fields.text(_l("Reason"), 200)


class HandBackForm(OfficeForm):
    """The customer signs, the 003 is taken back (SO-8)."""

    signer = fields.text(_l("Received by (name)"), 64)
    drawing = fields.signature(_l("Customer's signature"), required=False)
    unsigned_reason = fields.text(_l("Why there is no signature"), 200, required=False)
    receipt = fields.choice(
        _l("Goods receipt 003"), {key: _l(rules.VOID_KIND_LABELS[key]) for key in rules.VOID_KINDS if key}
    )
    statement = fields.text(_l("Customer's statement about the lost receipt"), 300, required=False)
    kept_loan_reason = fields.text(_l("Why the loan unit stays with the customer"), 200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        card = _card()
        if card is not None and not any(loan.back_at is None for loan in card.goods_receipt.loans):
            del self.kept_loan_reason

    @property
    def values(self) -> dict[str, Any]:
        """Without a signature the name is that of who took it."""
        found = super().values
        return {**found, "drawing": found["drawing"] or b"", "returned_to": found["signer"]}


class LendForm(_WholeForm):
    """Which unit, until when, in what state."""

    loan_unit_id = fields.choice(_l("Loan unit"), free_units)
    due_on = fields.day(_l("Back by"), required=False, help=_l("Empty: the day the own product is promised."))
    condition = fields.text(_l("Condition"), 300, required=False)


class BackForm(OfficeForm):
    """How it came back."""

    condition = fields.text(_l("Condition"), 300, required=False)


class ExtendForm(OfficeForm):
    """Until when, and why."""

    due_on = fields.day(_l("Back by"))
    reason = fields.text(_l("Reason"), 200)


class TakeBackForm(OfficeForm):
    """The product goes along: how it looks, what belongs to it, until when, and the customer's signature (SO-7)."""

    photos = photos(_l("Photos of the product"))
    no_photo_reason = fields.text(_l("No photograph, because"), 200, required=False)
    condition = fields.notes(_l("Condition"), 500)
    accessories = fields.text(_l("Accessories"), 300, required=False)
    promised_at = fields.moment(_l("Promised for"))
    signer = fields.text(_l("Name of who signs"), 64, required=False)
    drawing = fields.signature(_l("Signature"), required=False)
    unsigned_reason = fields.text(_l("Why there is no signature"), 200, required=False)

    @property
    def values(self) -> dict[str, Any]:
        """No drawing is empty bytes."""
        found = super().values
        return {**found, "drawing": found["drawing"] or b""}


class PhotoForm(OfficeForm):
    """More photographs of the item."""

    photos = photos(_l("Photos"))
    kind = fields.choice(_l("Taken"), {key: _l(label) for key, label in rules.PHOTO_KIND_LABELS.items()})
