"""投诉登记簿 of a day, week or month, and the month's analysis of the complaints (CP-1, CP-3, CP-13, CP-14, CP-16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from app.complaints import rules
from app.complaints.models import STAGE_LABELS, Complaint
from app.complaints.rules import ACTION_STATE_LABELS
from app.core import clock
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.core.periods import DAY, MONTH, QUARTER, WEEK
from app.core.sheets import Sheet
from app.organisation.queries import branches_of
from app.reporting import figures, queries
from app.reporting.figures import ComplaintTally
from app.reporting.papers_complaints import (
    ActionLine,
    AgainLine,
    Bar,
    CauseLine,
    ComplaintAnalysis,
    ComplaintLine,
    ComplaintRegister,
    DeadlineLine,
    StageMark,
    Summary,
    TallyLine,
)
from app.reporting.queries import ComplaintPeriod

# By what complaints are counted: field of the facts, title, labels (None: the names as they are).
COUNTED_BY: tuple[tuple[str, str, dict[str, str] | None], ...] = (
    ("branch", N_("By branch"), None),
    ("category", N_("By kind of complaint"), rules.CATEGORY_LABELS),
    ("severity", N_("By severity"), rules.SEVERITY_LABELS),
    ("status", N_("By stage reached"), rules.STATE_LABELS),
)
COLUMNS = {
    "received": N_("received"),
    "carried": N_("open from before"),
    "settled": N_("settled"),
    "withdrawn": N_("withdrawn"),
    "open": N_("open at the end"),
    "missed": N_("deadline missed"),
    "major": N_("major"),
}
# Per stage of CP-3.
DEADLINE_COLUMNS = {
    "met": N_("met"),
    "late": N_("met late"),
    "overdue": N_("past the deadline"),
    "running": N_("running"),
}
# Per person answerable (CP-16).
LATENESS = {
    "handler": N_("Handler"),
    "cases": N_("Complaints"),
    "deadlines": N_("Deadlines"),
    "late": N_("met late"),
    "overdue": N_("past the deadline"),
    "missed": N_("missed"),
}
SEVERITY_WORDS = {True: N_("major"), False: N_("ordinary")}


def summaries(found: ComplaintPeriod) -> tuple[Summary, ...]:
    """The counts by branch, category, severity and stage; each adds up to the total."""
    return tuple(
        Summary(
            key=key,
            title=title,
            lines=tuple(
                TallyLine(label=labels[value] if labels else value, plain=labels is None, tally=tally)
                for value, tally in found.by(key).items()
            ),
        )
        for key, title, labels in COUNTED_BY
    )


def deadline_lines(found: ComplaintPeriod) -> tuple[DeadlineLine, ...]:
    """How the deadlines were kept, stage by stage (CP-3), and whether the management was told in time (CP-6)."""
    return tuple(
        DeadlineLine(
            stage=stage,
            label=STAGE_LABELS[stage],
            met=counts[figures.MET],
            late=counts[figures.LATE],
            overdue=counts[figures.OVERDUE],
            running=counts[figures.RUNNING],
        )
        for stage, counts in found.deadlines.items()
    )


# -- the register -------------------------------------------------------------------------------------------------


def complaint_register(params: Params) -> ComplaintRegister:
    """The register as it stood at the end of the period (or stands now): what came in, and what was open from before.

    Without a branch it is the company's one register, less what the acting person may not see (CP-4, CP-13).
    """
    branches = branches_of(params.branch)
    found = queries.complaints_of(params.period, branches)
    branch = branches[0] if params.branch else None
    return ComplaintRegister(
        number=_number("TS", params),
        on=params.period.last,
        first=params.period.first,
        kind=params.kind,
        branch_code=branch.code if branch else "",
        branch_name=str(branch) if branch else "",
        received=tuple(_line(row, found, each) for row, each in enumerate(found.received, 1)),
        still_open=tuple(_line(row, found, each) for row, each in enumerate(found.carried, len(found.received) + 1)),
        total=found.total,
        summaries=summaries(found),
        deadlines=deadline_lines(found),
    )


def _number(prefix: str, params: Params) -> str:
    code = f"{params.date:%Y%m%d}" if params.kind == DAY else params.period.code
    return "-".join(part for part in (prefix, params.branch, code) if part)


def _line(row: int, found: ComplaintPeriod, complaint: Complaint) -> ComplaintLine:
    voucher = complaint.voucher
    return ComplaintLine(
        row=row,
        number=complaint.number,
        received_at=complaint.received_at,
        channel=rules.CHANNEL_LABELS[complaint.channel],
        complainant=complaint.complainant,
        phone=complaint.masked_phone,
        product=f"{voucher.product_model.code} {voucher.serial_no or ''}".strip() if voucher else "",
        category=rules.CATEGORY_LABELS[complaint.category],
        major=found.severity(complaint) == "major",
        content=complaint.content,
        demand=complaint.demand,
        branch=str(complaint.branch),
        handler=found.answerable(complaint),
        stages=tuple(
            StageMark(label=STAGE_LABELS[each.stage], due_at=each.due_at, done_at=each.done_at, state=each.state)
            for each in found.standings(complaint)
        ),
        status=rules.STATE_LABELS[queries.status_at(complaint, found.as_of)],
        source=rules.SOURCE_LABELS.get(complaint.source, "") if complaint.source_ref else "",
        source_ref=complaint.source_ref,
    )


def _register_sheets(papers: Sequence[ComplaintRegister], say: Callable[..., str]) -> list[Sheet]:
    (paper,) = papers
    stages = (
        [stage.label for stage in (*paper.received, *paper.still_open)[0].stages]
        if paper.total.received + paper.total.carried
        else []
    )
    headings = [
        N_("Row"), N_("Complaint no."), N_("Received at"), N_("Open from before"), N_("Branch"), N_("Channel"), N_("Entered from"), N_("Complainant"),
        N_("Telephone"), N_("Product"), N_("Kind of complaint"), N_("Severity"), N_("Complaint content"),
        N_("What the customer asks for"), N_("Handler"), N_("Status"),
    ]  # fmt: skip
    stage_heads = [
        f"{say(stage)} {say(what)}" for stage in stages for what in (N_("Due"), N_("Done at"), N_("Standing"))
    ]
    rows = [
        _sheet_row(line, say, carried=carried)
        for carried, lines in ((False, paper.received), (True, paper.still_open))
        for line in lines
    ]
    listing = Sheet(say(N_("Complaint register")), [*(say(head) for head in headings), *stage_heads], rows)
    return [listing, *summary_sheets(paper, say)]


def _sheet_row(line: ComplaintLine, say: Callable[..., str], *, carried: bool) -> list[Any]:
    stages = [
        value
        for stage in line.stages
        for value in (stage.due_at, stage.done_at, say(rules.STANDING_LABELS[stage.state]))
    ]
    return [
        line.row, line.number, line.received_at, say(N_("Yes")) if carried else "", line.branch, say(line.channel),
        f"{say(line.source)} {line.source_ref}" if line.source else "", line.complainant, line.phone, line.product,
        say(line.category), say(SEVERITY_WORDS[line.major]), line.content, line.demand, line.handler, say(line.status), *stages,
    ]  # fmt: skip


def summary_sheets(paper: ComplaintRegister | ComplaintAnalysis, say: Callable[..., str]) -> list[Sheet]:
    """The summaries as sheets, each with its sum."""
    heads = [say(label) for label in COLUMNS.values()]
    found = [
        Sheet(
            say(summary.title),
            [say(summary.title), *heads],
            [
                [line.label if line.plain else say(line.label), *(getattr(line.tally, key) for key in COLUMNS)]
                for line in summary.lines
            ],
            [say(N_("Total")), *(getattr(paper.total, key) for key in COLUMNS)],
        )
        for summary in paper.summaries
    ]
    names = [say(name) for name in DEADLINE_COLUMNS.values()]
    rows = [[say(line.label), *(getattr(line, key) for key in DEADLINE_COLUMNS)] for line in paper.deadlines]
    return [*found, Sheet(say(N_("Deadlines")), [say(N_("Stage")), *names], rows)]


# -- the analysis -------------------------------------------------------------------------------------------------


def complaint_analysis(params: Params) -> ComplaintAnalysis:
    """The analysis of a month (or week, or quarter): causes, what recurs, lateness by handler, open actions."""
    branches = branches_of(params.branch)
    found = queries.complaints_of(params.period, branches)
    again = recurring(found)
    branch = branches[0] if params.branch else None
    return ComplaintAnalysis(
        number=_number("TF", params),
        on=params.period.last,
        first=params.period.first,
        kind=params.kind,
        branch_code=branch.code if branch else "",
        branch_name=str(branch) if branch else "",
        total=found.total,
        before=queries.complaints_of(params.period.before, branches).total,
        bars=tuple(Bar.of(bar, rules.CATEGORY_LABELS[bar.key]) for bar in found.pareto),
        causes=cause_lines(found),
        summaries=summaries(found),
        deadlines=deadline_lines(found),
        same_matter=again.same_matter,
        same_model=again.same_model,
        lateness=tuple(found.lateness),
        actions=action_lines(found),
    )


def cause_lines(found: ComplaintPeriod) -> tuple[CauseLine, ...]:
    """The causes written down for the complaints received: paper, spreadsheet and screen show this (CP-14)."""
    return tuple(CauseLine(cause=cause, count=count) for cause, count in queries.recorded_causes(found))


class Recurring(NamedTuple):
    """What recurs: the same customer's product complained of again, the same kind of complaint about a model (CP-14)."""

    same_matter: tuple[AgainLine, ...]
    same_model: tuple[AgainLine, ...]


def recurring(found: ComplaintPeriod) -> Recurring:
    """What recurs in a period: paper, spreadsheet and screen show this."""
    return Recurring(
        same_matter_lines(queries.same_matter(found.period, found.branches)),
        tuple(
            AgainLine(
                subject=model,
                detail=rules.CATEGORY_LABELS[category],
                times=len(rows),
                numbers=tuple(row.number for row in rows),
                ids=tuple(row.id for row in rows),
            )
            for model, category, rows in queries.same_model(found)
        ),
    )


def same_matter_lines(groups: list[list[Complaint]]) -> tuple[AgainLine, ...]:
    """Complaints of the same matter, a line a matter."""
    return tuple(
        AgainLine(
            subject=group[-1].complainant,
            detail=f"{group[-1].voucher.product_model.code} {group[-1].voucher.serial_no or ''}".strip()
            if group[-1].voucher
            else "",
            times=len(group),
            numbers=tuple(complaint.number for complaint in group),
            ids=tuple(complaint.id for complaint in group),
        )
        for group in groups
    )


def action_lines(found: ComplaintPeriod) -> tuple[ActionLine, ...]:
    """What is still to be done or checked at the end of the period: paper, spreadsheet and screen show this (CP-11)."""
    last = found.period.last
    # A month that is not over has not passed a day that is still to come.
    on = min(last, clock.today())
    return tuple(
        ActionLine(
            complaint=action.complaint.number,
            complaint_id=action.complaint_id,
            cause=action.cause,
            action=action.action,
            owner=action.owner.name,
            due_on=action.due_on,
            overdue=action.status == "open" and action.due_on < on,
            status=ACTION_STATE_LABELS[action.status],
        )
        for action in queries.open_actions(found.branches, last)
    )


def _analysis_sheets(papers: Sequence[ComplaintAnalysis], say: Callable[..., str]) -> list[Sheet]:
    (paper,) = papers
    yes = say(N_("Yes"))
    causes = [[say(bar.label), bar.count, bar.share / 1000, bar.cumulative / 1000] for bar in paper.bars]
    late = [
        [row.handler or say(N_("nobody named")), *(getattr(row, key) for key in list(LATENESS)[1:])]
        for row in paper.lateness
    ]
    again = [
        *([line.subject, line.detail, line.times, "\n".join(line.numbers)] for line in paper.same_matter),
        *([line.subject, say(line.detail), line.times, "\n".join(line.numbers)] for line in paper.same_model),
    ]
    actions = [
        [row.complaint, row.cause, row.action, row.owner, row.due_on, yes if row.overdue else "", say(row.status)]
        for row in paper.actions
    ]

    def heads(*names: str) -> list[str]:
        return [say(name) for name in names]

    return [
        Sheet(
            say(N_("Frequent causes")),
            heads(N_("Kind of complaint"), N_("How many"), N_("Share"), N_("Running share")),
            causes,
            [say(N_("Total")), sum(bar.count for bar in paper.bars)],
        ),
        Sheet(
            say(N_("Recorded causes")),
            heads(N_("Recorded cause"), N_("How many")),
            [[line.cause or say(N_("no cause recorded")), line.count] for line in paper.causes],
        ),
        *summary_sheets(paper, say),
        Sheet(
            say(N_("What recurs")), heads(N_("Customer or model"), N_("What about"), N_("Times"), N_("Numbers")), again
        ),
        Sheet(
            say(N_("Lateness by handler")),
            heads(*LATENESS.values()),
            late,
        ),
        Sheet(
            say(N_("Open actions")),
            heads(
                N_("Complaint"),
                N_("Cause"),
                N_("Action"),
                N_("Owner"),
                N_("To be done by"),
                N_("overdue"),
                N_("Status"),
            ),
            actions,
        ),
    ]


register(
    Document(
        name="complaint_register",
        title=N_("Complaint register"),
        area="reporting",
        template="complaint_register.html",
        query=complaint_register,
        paper="A4 landscape",
        scheduled_at=dt.time(18, 0),
        periods=(DAY, WEEK, MONTH),
        sheets=_register_sheets,
    )
)
register(
    Document(
        name="complaint_analysis",
        title=N_("Complaint analysis"),
        area="reporting",
        template="complaint_analysis.html",
        query=complaint_analysis,
        periods=(MONTH, WEEK, QUARTER),
        sheets=_analysis_sheets,
    )
)
__all__ = ["ComplaintTally", "complaint_analysis", "complaint_register"]
