"""Who reads the details of a complaint at its return visit is noted at the complaint (CP-13)."""

from __future__ import annotations

from app.complaints import commands as complaints
from app.core.actors import Principal
from app.feedback.models import ReturnVisit


def note_reading(actor: Principal, visit: ReturnVisit, *, what: str = "page") -> bool:
    """Note that this person read of the visit's complaint, its number or a paper of it; ``what`` as for complaints.

    False, and nothing is noted, where the visit is about no complaint, or about one this person may not see: then
    nothing of it is shown either.
    """
    if visit.complaint is None:
        return False
    complaints.read(actor, visit.complaint.id, what=what, detail=visit.number)
    return True
