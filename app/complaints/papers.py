"""What stands on the papers of this area (CP-1, CP-3, CP-14): plain data, no database.

The register leaves the portal by mail, so the telephone number is masked before it gets here (CP-13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class StageMark:
    """One stage against its deadline; ``state`` is met, late, overdue, open or none (does not apply)."""

    label: str
    due_at: datetime | None
    done_at: datetime | None
    state: str


@dataclass(frozen=True, kw_only=True)
class ComplaintLine:
    """One complaint; labels are English message ids."""

    row: int
    number: str
    received_at: datetime
    channel: str
    complainant: str
    phone: str
    product: str
    category: str
    major: bool
    content: str
    demand: str
    branch: str
    handler: str
    stages: tuple[StageMark, ...]
    status: str


@dataclass(frozen=True, kw_only=True)
class ComplaintRegister(Paper):
    """投诉登记簿 of a day: what came in, then what is still open from before."""

    received: tuple[ComplaintLine, ...]
    still_open: tuple[ComplaintLine, ...]
    major: int
    overdue: int
    settled_today: int
