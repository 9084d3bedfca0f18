"""Corrective and preventive action after a complaint (CP-11), and how long a recording is kept (CP-15)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

ACTION_KINDS = ("corrective", "preventive")
ACTION_KIND_LABELS = {"corrective": N_("Corrective"), "preventive": N_("Preventive")}
ACTION_STATES = ("open", "done", "effective", "cancelled")
ACTION_STATE_LABELS = {
    "open": N_("To be done"),
    "done": N_("Done, effect to be checked"),
    "effective": N_("Effective"),
    "cancelled": N_("Cancelled"),
}
_DESK = roles("clerk", "supervisor", "branch_manager", "service_department")
_LEAD = roles("supervisor", "branch_manager", "service_department")

ACTION = Lifecycle(
    name="corrective_action",
    initial="open",
    state_labels=ACTION_STATE_LABELS,
    transitions=(
        Transition("open", "finish", "done", _DESK, required=("said",)),
        Transition("done", "confirm", "effective", _LEAD, required=("said",)),
        Transition("done", "repeat", "open", _LEAD, required=("said", "due_on")),
        Transition("open", "cancel", "cancelled", _LEAD, required=("said",)),
        # The same fault came back: the portal does it by itself (CP-11).
        Transition("done", "reopen", "open", roles(), required=("said",)),
        Transition("effective", "reopen", "open", roles(), required=("said",)),
    ),
    verb_labels={
        "finish": N_("Done"),
        "confirm": N_("Effect confirmed"),
        "repeat": N_("Not effective: do it again"),
        "cancel": N_("Cancel the action"),
        "reopen": N_("Reopened by itself"),
    },
)


class Fault(NamedTuple):
    """A kind of fault on a model of product; without both nothing can be recognised."""

    product_model_id: int | None
    fault_code_id: int | None

    @property
    def known(self) -> bool:
        """Whether it can be compared."""
        return self.product_model_id is not None and self.fault_code_id is not None


def comes_back(action: Fault, done_at: datetime | None, found: Fault, found_at: datetime, days: int) -> bool:
    """Whether a fault is the one the action was taken against, within ``days`` of its being done (CP-11)."""
    if done_at is None or not action.known or action != found:
        return False
    return done_at < found_at <= done_at + timedelta(days=days)


def check_due(due_on: date, today: date) -> None:
    """An action is due today or later. Raises ``Refused``."""
    if due_on < today:
        raise Refused(N_("This day has passed."), field="due_on")


def check_ticking(staff_id: int | None, owner_id: int | None, group: Collection[int]) -> None:
    """A decision of the crisis group is ticked off by its owner or by somebody of the group (CP-6). Raises ``Refused``."""
    if staff_id is None or (staff_id != owner_id and staff_id not in group):
        raise Refused(N_("Only who sees to it, or somebody of the crisis group, says that it is done."))


# -- files (CP-8, CP-15) ----------------------------------------------------------------------------------------

FILE_KINDS = ("photo", "recording", "signed_paper", "letter", "other")
FILE_KIND_LABELS = {
    "photo": N_("Photo"),
    "recording": N_("Recording"),
    "signed_paper": N_("Signed paper"),
    "letter": N_("Letter"),
    "other": N_("Other"),
}


_MARKS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
)


def content_type_of(content: bytes) -> str:
    """What a file is, by how it begins: a name or a browser's word for it may say anything."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    if content[4:8] == b"ftyp":
        return "audio/mp4"
    return next((kind for mark, kind in _MARKS if content.startswith(mark)), "application/octet-stream")


def kind_of_file(content_type: str) -> str:
    """What a file is taken for when nobody says."""
    if content_type.startswith("audio/"):
        return "recording"
    return "photo" if content_type.startswith("image/") else "other"


def recording_goes(added_at: datetime, ended_at: datetime | None, now: datetime, days: int) -> bool:
    """Whether a recording may be deleted (CP-15): ``days`` after it was made *and* after the matter ended.

    ``ended_at`` is None while the matter is open: then it stays, however old it is.
    """
    if ended_at is None:
        return False
    return max(added_at, ended_at) + timedelta(days=days) < now
