"""The figures of complaints and return visits on screen: the numbers of the papers, and behind each its list (CP-14, RV-5)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import abort, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.complaints import rules as complaint_rules
from app.core import clock
from app.core.home import card
from app.core.periods import MONTH, PERIOD_LABELS, QUARTER, WEEK, Period
from app.core.views import Page
from app.core.views.columns import parse_day
from app.feedback import rules as visit_rules
from app.organisation.models import Branch
from app.organisation.queries import branches_of
from app.reporting import queries
from app.reporting.chart import pareto
from app.reporting.documents import complaints as complaint_papers
from app.reporting.documents import visits as visit_papers
from app.reporting.figures import ComplaintTally, VisitTally
from app.reporting.views.printing import print_url

KINDS = (WEEK, MONTH, QUARTER)


class _Asked:
    """Which period and branch the page is about, from the address; nonsense becomes the usual."""

    def __init__(self, usual: str) -> None:
        kind = request.args.get("period", usual)
        self.kind = kind if kind in KINDS else usual
        try:
            day = parse_day(request.args.get("day", ""))
        except ValueError:
            day = clock.today()
        self.period = Period.around(min(day, clock.today()), self.kind)
        self.all = branches_of(None)
        code = request.args.get("branch")
        self.chosen: Branch | None = next((each for each in self.all if each.code == code), None)
        self.branches = [self.chosen] if self.chosen is not None else self.all

    def address(self, endpoint: str, **more: Any) -> str:
        """The same page for another period, branch or number."""
        given = {
            "period": self.kind,
            "day": self.period.first.isoformat(),
            "branch": self.chosen.code if self.chosen is not None else None,
            **more,
        }
        return url_for(endpoint, **given)

    def print_address(self, name: str, **more: Any) -> str | None:
        """The same as a paper, made at once; only of one branch, the whole company's is made in the background."""
        if self.chosen is None:
            return None
        return print_url(name, branch=self.chosen.code, date=self.period.last, period=self.kind, **more)


def _chosen(kind: type[Any], facts: Any, labels: dict[str, str]) -> tuple[list[Any], str] | None:
    """The facts behind the number that was clicked, and what it is: ``of`` a column, ``by`` a key with a ``value``."""
    of, by, value = (request.args.get(name, "") for name in ("of", "by", "value"))
    if not of:
        return None
    if of not in {column.name for column in fields(kind)} or (by and by not in labels):
        abort(404)
    return [fact for fact in facts if getattr(fact, of) and (not by or getattr(fact, by) == value)], of


class ComplaintFiguresView(Page):
    """``/figures/complaints/``: what came in, how it stands, the causes, who was late."""

    route_base = "/figures/complaints"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The figures of a period; ``of`` (and ``by``, ``value``) shows the complaints behind a number."""
        asked = _Asked(MONTH)
        found = queries.complaints_of(asked.period, asked.branches)
        labels = {key: "" for key, _title, _labels in complaint_papers.COUNTED_BY}
        listed = _chosen(ComplaintTally, found.facts, labels)
        names = [_(complaint_rules.CATEGORY_LABELS[bar.key]) for bar in found.pareto]
        bars = [(name, bar.count, bar.cumulative) for name, bar in zip(names, found.pareto, strict=True)]
        return self.render_template(
            "reporting/complaint_figures.html",
            title=_("Complaint figures"),
            asked=asked,
            kinds={kind: PERIOD_LABELS[kind] for kind in KINDS},
            found=found,
            before=queries.complaints_of(asked.period.before, asked.branches).total,
            columns=complaint_papers.COLUMNS,
            summaries=complaint_papers.summaries(found),
            keys={key: list(found.by(key)) for key in labels},
            deadlines=complaint_papers.deadline_lines(found),
            chart=pareto(bars, title=_("Complaints received by kind, with the running share"), fill="#1560bd"),
            same_matter=complaint_papers.again_lines(queries.same_matter(asked.period, asked.branches)),
            actions=queries.open_actions(asked.branches, asked.period.last),
            listed=listed,
            words=complaint_rules,
            today=clock.today(),
            print_address=asked.print_address("complaint_analysis"),
            sheet_address=asked.print_address("complaint_analysis", format="xlsx"),
        )


class VisitFiguresView(Page):
    """``/figures/visits/``: return visits due and made, what the customers said, what came again."""

    route_base = "/figures/visits"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The figures of a period; ``of`` (and ``by``, ``value``) shows the visits behind a number."""
        asked = _Asked(QUARTER)
        found = queries.visits_of(asked.period, asked.branches)
        labels = {key: "" for key, _title, _labels in visit_papers.COUNTED_BY}
        return self.render_template(
            "reporting/visit_figures.html",
            title=_("Return-visit figures"),
            asked=asked,
            kinds={kind: PERIOD_LABELS[kind] for kind in KINDS},
            found=found,
            before=queries.visits_of(asked.period.before, asked.branches).total,
            columns=visit_papers.COLUMNS,
            summaries=visit_papers.summaries(found),
            keys={key: list(found.by(key)) for key in labels},
            answers=visit_papers.answer_bars(found),
            same_repair=visit_papers.repair_lines(queries.same_repair(asked.period, asked.branches)),
            listed=_chosen(VisitTally, found.facts, labels),
            words=visit_rules,
            today=clock.today(),
            print_address=asked.print_address("return_visit_analysis"),
            sheet_address=asked.print_address("return_visit_analysis", format="xlsx"),
        )


def _missed() -> int:
    return queries.complaints_of(Period.around(clock.today(), MONTH), branches_of(None)).total.missed


card(
    "management",
    "service_department",
    title=_l("Complaints of the month past a deadline"),
    url="ComplaintFiguresView.index",
    count=_missed,
    icon="fa-bar-chart",
    tone="warning",
    order=45,
)
