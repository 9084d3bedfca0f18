"""The figures of complaints and return visits on screen: the numbers of the papers, and behind each its list (CP-14, RV-5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any, NamedTuple

from flask import abort, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.complaints import rules as complaint_rules
from app.complaints.models import STAGE_LABELS
from app.core import clock
from app.core.home import card
from app.core.periods import MONTH, PERIOD_LABELS, QUARTER, WEEK, Period
from app.core.views import Page
from app.core.views.columns import parse_day
from app.feedback import rules as visit_rules
from app.organisation.models import Branch
from app.organisation.queries import branches_of
from app.reporting import figures, queries
from app.reporting.chart import pareto
from app.reporting.documents import complaints as complaint_papers
from app.reporting.documents import visits as visit_papers
from app.reporting.figures import ComplaintFact, ComplaintTally, StageFact, VisitTally
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
        # Who sees one branch only has chosen it: their papers are made at once.
        only = self.all[0] if len(self.all) == 1 else None
        self.chosen: Branch | None = next((each for each in self.all if each.code == code), only)
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

    def print_address(self, name: str, **more: Any) -> str:
        """The same as a paper (``format="xlsx"``: a spreadsheet): of one branch at once, the whole company's in the background."""
        if self.chosen is None:
            asked: dict[str, Any] = {
                "name": name,
                "day": self.period.last,
                "period": self.kind,
                "made_as": more.get("format"),
            }
            return url_for("PrintView.form_page", **asked)
        return print_url(name, branch=self.chosen.code, date=self.period.last, period=self.kind, **more)


class _Listed(NamedTuple):
    """What stands behind the number that was clicked: records, or deadlines with their complaints."""

    title: str
    facts: list[Any] | None = None
    deadlines: list[tuple[ComplaintFact, StageFact]] | None = None


def _chosen(kind: type[Any], facts: Any, keys: Collection[str], columns: dict[str, str]) -> _Listed | None:
    """The facts behind the number that was clicked, and what it is: ``of`` a column, ``by`` a key with a ``value``."""
    of, by, value = (request.args.get(name, "") for name in ("of", "by", "value"))
    if not of:
        return None
    if of not in {column.name for column in fields(kind)} or (by and by not in keys):
        abort(404)
    found = [fact for fact in facts if getattr(fact, of) and (not by or getattr(fact, by) == value)]
    return _Listed(_(columns.get(of, "")) if of in columns else "", found)


# What the numbers of the deadline tables count, by the word in the address.
_STANDINGS = {
    "met": (figures.MET,),
    "late": (figures.LATE,),
    "overdue": (figures.OVERDUE,),
    "running": (figures.RUNNING,),
    "deadlines": figures.ENDED,
    "missed": (figures.LATE, figures.OVERDUE),
}


def _chosen_deadlines(found: queries.ComplaintPeriod) -> _Listed | None:
    """The deadlines behind a number: ``deadline`` is what is counted, of a ``stage`` or of a person (``who``)."""
    what = request.args.get("deadline", "")
    stage, who = request.args.get("stage"), request.args.get("who")
    if not what:
        return None
    if what not in (*_STANDINGS, "cases") or (stage is None) == (who is None):
        abort(404)
    if stage is not None and stage not in queries.STAGES:
        abort(404)
    whose = _(STAGE_LABELS[stage]) if stage is not None else who or _("nobody named")
    label = {**complaint_papers.DEADLINE_COLUMNS, **complaint_papers.LATENESS}[what]
    rows = figures.deadline_rows(found.facts, _STANDINGS.get(what, figures.STANDINGS), stage=stage, against=who)
    title = f"{whose} · {_(label)}"
    if what == "cases":
        return _Listed(title, list({fact.id: fact for fact, _each in rows}.values()))
    return _Listed(title, deadlines=rows)


class ComplaintFiguresView(Page):
    """``/figures/complaints/``: what came in, how it stands, the causes, who was late."""

    route_base = "/figures/complaints"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The figures of a period; ``of`` (and ``by``, ``value``) shows the complaints behind a number.

        ``deadline`` (with ``stage`` or ``who``) shows the deadlines behind a number of the deadline tables.
        """
        asked = _Asked(MONTH)
        found = queries.complaints_of(asked.period, asked.branches)
        keys = [key for key, _title, _labels in complaint_papers.COUNTED_BY]
        columns = complaint_papers.COLUMNS
        names = [_(complaint_rules.CATEGORY_LABELS[bar.key]) for bar in found.pareto]
        bars = [(name, bar.count, bar.cumulative) for name, bar in zip(names, found.pareto, strict=True)]
        return self.render_template(
            "reporting/complaint_figures.html",
            title=_("Complaint figures"),
            asked=asked,
            kinds={kind: PERIOD_LABELS[kind] for kind in KINDS},
            found=found,
            before=queries.complaints_of(asked.period.before, asked.branches).total,
            columns=columns,
            summaries=complaint_papers.summaries(found),
            keys={key: list(found.by(key)) for key in keys},
            deadlines=complaint_papers.deadline_lines(found),
            deadline_columns=complaint_papers.DEADLINE_COLUMNS,
            lateness_columns=complaint_papers.LATENESS,
            chart=pareto(bars, title=_("Complaints received by kind, with the running share"), fill="#1560bd"),
            causes=complaint_papers.cause_lines(found),
            again=complaint_papers.recurring(found),
            actions=complaint_papers.action_lines(found),
            listed=_chosen(ComplaintTally, found.facts, keys, columns) or _chosen_deadlines(found),
            words=complaint_rules,
            stages=STAGE_LABELS,
            local=clock.local,
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
        keys = [key for key, _title, _labels in visit_papers.COUNTED_BY]
        return self.render_template(
            "reporting/visit_figures.html",
            title=_("Return-visit figures"),
            asked=asked,
            kinds={kind: PERIOD_LABELS[kind] for kind in KINDS},
            found=found,
            before=queries.visits_of(asked.period.before, asked.branches).total,
            columns=visit_papers.COLUMNS,
            summaries=visit_papers.summaries(found),
            keys={key: list(found.by(key)) for key in keys},
            answers=visit_papers.answer_bars(found),
            again=visit_papers.recurring(found),
            listed=_chosen(VisitTally, found.facts, [*keys, "satisfaction"], visit_papers.COLUMNS),
            words=visit_rules,
            today=clock.today(),
            print_address=asked.print_address("return_visit_analysis"),
            sheet_address=asked.print_address("return_visit_analysis", format="xlsx"),
        )


card(
    "management",
    "service_department",
    title=_l("Complaint figures"),
    url="ComplaintFiguresView.index",
    icon="fa-bar-chart",
    order=45,
)
