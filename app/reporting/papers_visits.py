"""What stands on the quarter's analysis of return visits (RV-5): plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.reporting.figures import VisitTally
from app.reporting.papers_complaints import AgainLine, PeriodPaper


@dataclass(frozen=True, kw_only=True)
class VisitTallyLine:
    """A line of a summary; ``label`` is an English message id, or a name where ``plain``."""

    label: str
    plain: bool
    tally: VisitTally


@dataclass(frozen=True, kw_only=True)
class VisitSummary:
    """Return visits counted by one thing; ``title`` is an English message id."""

    key: str
    title: str
    lines: tuple[VisitTallyLine, ...]


@dataclass(frozen=True, kw_only=True)
class AnswerBar:
    """How many customers gave this answer; ``share`` in thousandths."""

    label: str
    count: int
    share: int


@dataclass(frozen=True, kw_only=True)
class UnsatisfactoryLine:
    """A visit whose customer was not content, and what followed."""

    number: str
    on: date
    branch: str
    customer: str
    cause: str
    reference: str
    shortcomings: str
    followed: str


@dataclass(frozen=True, kw_only=True)
class VisitAnalysis(PeriodPaper):
    """回访分析报告: visits made, satisfaction, what was unsatisfactory, what came again."""

    total: VisitTally
    before: VisitTally
    summaries: tuple[VisitSummary, ...]
    answers: tuple[AnswerBar, ...]
    unsatisfactory: tuple[UnsatisfactoryLine, ...]
    same_matter: tuple[AgainLine, ...]
    same_repair: tuple[AgainLine, ...]
