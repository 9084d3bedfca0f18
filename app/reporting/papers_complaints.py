"""What stands on the register and the analysis of complaints (CP-1, CP-3, CP-14, CP-16): plain data, no database.

They leave the portal by mail, so the telephone number is masked before it gets here (CP-13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from app.core.documents import Paper
from app.reporting.chart import pareto
from app.reporting.figures import ComplaintTally, Lateness, ParetoBar


@dataclass(frozen=True, kw_only=True)
class PeriodPaper(Paper):
    """A paper about a day, week, month or quarter (``kind``), from ``first`` to ``on``."""

    kind: str
    first: date


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
    # From which record it was entered: an English message id, and that record's number.
    source: str = ""
    source_ref: str = ""


@dataclass(frozen=True, kw_only=True)
class TallyLine:
    """A line of a summary; ``label`` is an English message id, or a name where ``plain``."""

    label: str
    plain: bool
    tally: ComplaintTally


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Complaints counted by one thing (branch, category, severity, stage); ``title`` is an English message id."""

    key: str
    title: str
    lines: tuple[TallyLine, ...]


@dataclass(frozen=True, kw_only=True)
class DeadlineLine:
    """A stage of CP-3: how many deadlines were met, met late, passed without, and still run."""

    stage: str
    label: str
    met: int
    late: int
    overdue: int
    running: int


@dataclass(frozen=True, kw_only=True)
class ComplaintRegister(PeriodPaper):
    """投诉登记簿 of a day, week or month: what came in, what is still open from before, and the sums."""

    received: tuple[ComplaintLine, ...]
    still_open: tuple[ComplaintLine, ...]
    total: ComplaintTally
    summaries: tuple[Summary, ...]
    deadlines: tuple[DeadlineLine, ...]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar of the Pareto chart; ``share`` and ``cumulative`` in thousandths, ``label`` an English message id."""

    label: str
    count: int
    share: int
    cumulative: int

    @classmethod
    def of(cls, bar: ParetoBar, label: str) -> Bar:
        """The bar with its words."""
        return cls(label=label, count=bar.count, share=bar.share, cumulative=bar.cumulative)


@dataclass(frozen=True, kw_only=True)
class CauseLine:
    """A cause as it was written down, and of how many complaints received; "" for those without (CP-11)."""

    cause: str
    count: int


@dataclass(frozen=True, kw_only=True)
class AgainLine:
    """The same matter again: who or what, how often, the numbers of all its records.

    ``ids`` are the records behind the numbers, for screens that lead to them.
    """

    subject: str
    detail: str
    times: int
    numbers: tuple[str, ...]
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ActionLine:
    """A corrective or preventive action that is not done and checked yet (CP-11)."""

    complaint: str
    cause: str
    action: str
    owner: str
    due_on: date
    overdue: bool
    status: str
    # Of the complaint, for screens that lead to it.
    complaint_id: int = 0


@dataclass(frozen=True, kw_only=True)
class ComplaintAnalysis(PeriodPaper):
    """The month's analysis: frequent causes, what recurs, who was late, which actions are open."""

    total: ComplaintTally
    before: ComplaintTally
    bars: tuple[Bar, ...]
    causes: tuple[CauseLine, ...]
    summaries: tuple[Summary, ...]
    deadlines: tuple[DeadlineLine, ...]
    same_matter: tuple[AgainLine, ...]
    same_model: tuple[AgainLine, ...]
    lateness: tuple[Lateness, ...]
    actions: tuple[ActionLine, ...]

    def chart(self, labels: Sequence[str], title: str) -> Markup:
        """The Pareto chart of the causes, with their names in the reader's language."""
        bars = [(label, bar.count, bar.cumulative) for label, bar in zip(labels, self.bars, strict=True)]
        return pareto(bars, title=title)
