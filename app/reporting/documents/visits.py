"""回访分析报告: the quarter's return visits (RV-5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.core import clock
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.core.periods import MONTH, QUARTER, WEEK
from app.core.sheets import Sheet
from app.feedback import rules
from app.feedback.models import ReturnVisit
from app.fieldservice.models import RepairCall
from app.organisation.queries import branches_of
from app.reporting import figures, queries
from app.reporting.documents.complaints import same_matter_lines
from app.reporting.papers_complaints import AgainLine
from app.reporting.papers_visits import (
    AnswerBar,
    UnsatisfactoryLine,
    VisitAnalysis,
    VisitSummary,
    VisitTallyLine,
)
from app.reporting.queries import VisitPeriod

COUNTED_BY: tuple[tuple[str, str, dict[str, str] | None], ...] = (
    ("branch", N_("By branch"), None),
    ("cause", N_("By cause of the visit"), rules.CAUSE_LABELS),
    ("visitor", N_("By visitor"), None),
)
COLUMNS = {
    "due": N_("visits due"),
    "in_time": N_("made in time"),
    "late": N_("made late"),
    "open": N_("not made yet"),
    "given_up": N_("never reached"),
    "done": N_("made in the period"),
    "unsatisfactory": N_("unsatisfactory"),
}


def summaries(found: VisitPeriod) -> tuple[VisitSummary, ...]:
    """The counts by branch, cause and visitor; each adds up to the total."""
    return tuple(
        VisitSummary(
            key=key,
            title=title,
            lines=tuple(
                VisitTallyLine(label=labels[value] if labels else value, plain=labels is None, tally=tally)
                for value, tally in found.by(key).items()
            ),
        )
        for key, title, labels in COUNTED_BY
    )


def answer_bars(found: VisitPeriod) -> tuple[AnswerBar, ...]:
    """How the customers answered, with the share of each answer."""
    counts = found.satisfaction
    shares = figures.shares(list(counts.values()))
    return tuple(
        AnswerBar(label=rules.SATISFACTION_LABELS[answer], count=count, share=share)
        for (answer, count), share in zip(counts.items(), shares, strict=True)
    )


def return_visit_analysis(params: Params) -> VisitAnalysis:
    """The analysis of a quarter (or month, or week)."""
    branches = branches_of(params.branch)
    found = queries.visits_of(params.period, branches)
    again = recurring(found)
    branch = branches[0] if params.branch else None
    return VisitAnalysis(
        number="-".join(part for part in ("HA", params.branch, params.period.code) if part),
        on=params.period.last,
        first=params.period.first,
        kind=params.kind,
        branch_code=branch.code if branch else "",
        branch_name=str(branch) if branch else "",
        total=found.total,
        before=queries.visits_of(params.period.before, branches).total,
        summaries=summaries(found),
        answers=answer_bars(found),
        unsatisfactory=tuple(_unsatisfactory(visit) for visit in found.unsatisfactory),
        same_matter=again.same_matter,
        same_repair=again.same_repair,
    )


class Recurring(NamedTuple):
    """The same matter complained of again, the same repair again and again (RV-5)."""

    same_matter: tuple[AgainLine, ...]
    same_repair: tuple[AgainLine, ...]


def recurring(found: VisitPeriod) -> Recurring:
    """What recurs in a period: paper, spreadsheet and screen show this."""
    return Recurring(
        same_matter_lines(queries.same_matter(found.period, found.branches)),
        repair_lines(queries.same_repair(found.period, found.branches)),
    )


def _unsatisfactory(visit: ReturnVisit) -> UnsatisfactoryLine:
    opened = [row.number for row in (visit.opened_call, visit.opened_complaint) if row is not None]
    assert visit.done_at is not None  # nosec B101 - only visits made are listed
    return UnsatisfactoryLine(
        number=visit.number,
        on=clock.local(visit.done_at).date(),
        branch=str(visit.branch),
        customer=visit.who,
        cause=rules.CAUSE_LABELS[visit.cause],
        reference=visit.about,
        shortcomings=visit.shortcomings,
        followed=" ".join(opened) or visit.no_follow_up,
    )


def repair_lines(groups: list[list[RepairCall]]) -> tuple[AgainLine, ...]:
    """Repairs of the same fault, a line a product and fault."""
    return tuple(
        AgainLine(
            subject=group[-1].voucher.customer.name,
            detail=f"{group[-1].voucher.product_model.code} {group[-1].voucher.serial_no or ''} {group[-1].symptom}",
            times=len(group),
            numbers=tuple(call.number for call in group),
            ids=tuple(call.id for call in group),
        )
        for group in groups
    )


def _sheets(papers: Sequence[VisitAnalysis], say: Callable[..., str]) -> list[Sheet]:
    (paper,) = papers

    def heads(*names: str) -> list[str]:
        return [say(name) for name in names]

    counted = [
        Sheet(
            say(summary.title),
            [say(summary.title), *heads(*COLUMNS.values())],
            [
                [line.label if line.plain else say(line.label), *(getattr(line.tally, key) for key in COLUMNS)]
                for line in summary.lines
            ],
            [say(N_("Total")), *(getattr(paper.total, key) for key in COLUMNS)],
        )
        for summary in paper.summaries
    ]
    return [
        *counted,
        Sheet(
            say(N_("Satisfaction")),
            heads(N_("Answer"), N_("How many"), N_("Share")),
            [[say(bar.label), bar.count, bar.share / 1000] for bar in paper.answers],
            [say(N_("Total")), sum(bar.count for bar in paper.answers)],
        ),
        Sheet(
            say(N_("Unsatisfactory visits")),
            heads(
                N_("Visit no."),
                N_("Visited at"),
                N_("Branch"),
                N_("Customer"),
                N_("Cause"),
                N_("Concerning"),
                N_("Shortcomings"),
                N_("What followed"),
            ),
            [
                [
                    row.number,
                    row.on,
                    row.branch,
                    row.customer,
                    say(row.cause),
                    row.reference,
                    row.shortcomings,
                    row.followed,
                ]
                for row in paper.unsatisfactory
            ],
        ),
        Sheet(
            say(N_("Again")),
            heads(N_("Customer"), N_("What about"), N_("Times"), N_("Numbers")),
            [
                [row.subject, row.detail, row.times, "\n".join(row.numbers)]
                for row in (*paper.same_matter, *paper.same_repair)
            ],
        ),
    ]


register(
    Document(
        name="return_visit_analysis",
        title=N_("Return-visit analysis"),
        area="reporting",
        template="return_visit_analysis.html",
        query=return_visit_analysis,
        periods=(QUARTER, MONTH, WEEK),
        sheets=_sheets,
    )
)
