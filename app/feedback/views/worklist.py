"""``/returnvisits/worklist/``: the caller's screen – whom to call, the number, the script, the outcome (RV-3, RV-4).

The list on the left, the customer on the line on the right; after each outcome the next one is there. Works without a
script; ``worklist.js`` adds keys.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.complaints import rules as complaint_rules
from app.core import clock, dates, settings
from app.core.actors import current
from app.core.fetch import fetch
from app.core.views import OfficeForm, Page, fields
from app.core.views.lists import DEEPEST_PAGE, whole
from app.core.views.refusals import FORESEEN, explain
from app.feedback import commands, queries, rules
from app.feedback.models import MOST_TRIES, OVERDUE_DAYS, PLAN_DAYS, ReturnVisit
from app.feedback.views.records import yes_no

SIZE = 20
GROUPS = {
    "due": _l("To call now"),
    "overdue": _l("Overdue"),
    "today": _l("Due today"),
    "later": _l("To be tried again"),
    "coming": _l("Coming"),
    "given_up": _l("Never reached"),
}


def _labels(table: dict[str, str]) -> dict[str, Any]:
    return {value: _l(label) for value, label in table.items()}


class RecordForm(OfficeForm):
    """What the customer said (RV-4)."""

    spoke_to = fields.text(_l("Spoken to"), 64)
    manner = fields.choice(_l("Manner"), _labels(rules.MANNER_LABELS))
    satisfaction = fields.choice(_l("Satisfaction"), _labels(rules.SATISFACTION_LABELS))
    shortcomings = fields.notes(_l("Shortcomings"), 1000, required=False)
    suggestions = fields.notes(_l("Suggestions"), 1000, required=False)
    follow_up = fields.choice(_l("What follows"), _labels(rules.FOLLOW_UP_LABELS), required=False, none=False)
    voucher_id = fields.number(_l("Product"), 1, required=False)
    category = fields.choice(_l("Kind of complaint"), _labels(complaint_rules.CATEGORY_LABELS), required=False)
    no_follow_up = fields.text(_l("Why nothing follows"), 200, required=False)
    drawing = fields.signature(_l("Customer's signature"), required=False)
    at = fields.moment(_l("When"), required=False, help=_l("Empty: now"))


class TryForm(OfficeForm):
    """A try in vain."""

    outcome = fields.choice(_l("Result of the call"), _labels(rules.OUTCOME_LABELS))
    said = fields.text(_l("Remark"), 200, required=False)
    again_at = fields.moment(_l("Call again at"), required=False, help=_l("Empty: after the usual pause"))


def _answers() -> dict[int, str]:
    """The answers to the script as they were posted, by question id."""
    prefix = rules.ANSWER_FIELD
    return {
        int(name.removeprefix(prefix)): value[:500]
        for name, value in request.form.items()
        if name.startswith(prefix) and name.removeprefix(prefix).isdigit() and len(name) < 30
    }


class WorklistView(Page):
    """Whom to call: overdue, due today, to be tried again, coming; and the call itself."""

    route_base = "/returnvisits/worklist"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The worklist with the visit chosen; ``?show=mine`` narrows it to one's own visits."""
        visit = self._chosen(request.args.get("visit"))
        return self._page(visit, self._fresh(visit), TryForm(formdata=None))

    @expose("/<int:visit_id>/number", methods=["POST"])
    @has_access
    @permission_name("index")
    def number(self, visit_id: int) -> Any:
        """The same page with the number of who complained, to be dialled at once; that it was asked for is noted (CP-13)."""
        visit = fetch(ReturnVisit, visit_id)
        shown = commands.note_reading(current(), visit, what="number")
        return self._page(visit, self._fresh(visit), TryForm(formdata=None), revealed=shown)

    @expose("/<int:visit_id>/record", methods=["POST"])
    @has_access
    def record(self, visit_id: int) -> Any:
        """The customer was reached: write it down, open what follows from it, go on to the next."""
        visit, form, answers = fetch(ReturnVisit, visit_id), RecordForm(), _answers()
        unasked: list[int] = []
        if form.validate():
            try:
                done = commands.record(current(), visit.id, **form.values, answers=answers)
            except FORESEEN as error:
                field, message = explain(error, self)
                if (field or "").startswith(rules.ANSWER_FIELD):
                    unasked = rules.missing_answers(queries.script(visit.trigger), answers)
                else:
                    form.refuse(field, message)
            else:
                self._say(done)
                return self._next(visit_id)
        return self._page(fetch(ReturnVisit, visit_id), form, TryForm(formdata=None), unasked), 422

    @expose("/<int:visit_id>/attempt", methods=["POST"])
    @has_access
    def attempt(self, visit_id: int) -> Any:
        """Nobody was reached: tried again later, or given up to the supervisor."""
        visit, form = fetch(ReturnVisit, visit_id), TryForm()
        if form.validate():
            try:
                tried = commands.attempt(current(), visit.id, **form.values)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                if tried.next_try_at is None:
                    flash(_("%(number)s is given up; the supervisor has been told.", number=tried.number), "warning")
                else:
                    at = dates.short(tried.next_try_at)
                    flash(_("%(number)s: to be tried again %(at)s.", number=tried.number, at=at), "info")
                return self._next(visit_id)
        visit = fetch(ReturnVisit, visit_id)
        return self._page(visit, self._fresh(visit), form), 422

    # -- pieces -----------------------------------------------------------------------------------------------------

    def _say(self, visit: ReturnVisit) -> None:
        text = Markup('{} <a href="{}">{}</a>')
        if visit.opened_call is not None:
            url = url_for("RepairCallView.show", pk=visit.opened_call_id)
            flash(text.format(_("Recorded. Repair call opened:"), url, visit.opened_call.number), "success")
        elif visit.opened_complaint is not None:
            url = url_for("ComplaintView.show", pk=visit.opened_complaint_id)
            flash(text.format(_("Recorded. Complaint opened:"), url, visit.opened_complaint.number), "success")
        else:
            flash(_("%(number)s is recorded.", number=visit.number), "success")

    def _asked(self) -> dict[str, Any]:
        group = request.values.get("group", "due")
        return {
            "group": group if group in GROUPS else "due",
            "mine": request.values.get("show") == "mine",
            "page": whole(request.values.get("page"), 0, DEEPEST_PAGE, 0),
        }

    def _list(self, asked: dict[str, Any]) -> queries.Worklist:
        visitor_id = (current().staff_id or -1) if asked["mine"] else None
        return queries.worklist(
            clock.today(),
            clock.now(),
            group=asked["group"],
            visitor_id=visitor_id,
            first=asked["page"] * SIZE,
            size=SIZE,
        )

    def _address(self, asked: dict[str, Any], **more: Any) -> str:
        given = {**asked, **more}
        show = "mine" if given.pop("mine") else None
        return url_for("WorklistView.index", show=show, **{key: value for key, value in given.items() if value})

    def _next(self, visit_id: int) -> Any:
        asked = self._asked()
        waiting = [visit.id for visit in self._list(asked).visits if visit.id != visit_id]
        return redirect(self._address(asked, visit=waiting[0] if waiting else None))

    def _chosen(self, key: str | None) -> ReturnVisit | None:
        if not key:
            return None
        if not key.isdigit() or len(key) > 18:
            abort(404)
        return fetch(ReturnVisit, int(key))

    def _fresh(self, visit: ReturnVisit | None) -> RecordForm:
        given: dict[str, Any] = {"manner": "telephone", "follow_up": ""}
        if visit is not None:
            given["spoke_to"] = visit.who
            given["category"] = "repair_quality" if visit.cause == "repair" else "after_sales"
            given["voucher_id"] = visit.voucher_id
        return RecordForm(formdata=None, data=given)

    def _page(
        self,
        visit: ReturnVisit | None,
        form: RecordForm,
        tried: TryForm,
        unasked: Collection[int] = (),
        *,
        revealed: bool = False,
    ) -> Any:
        asked = self._asked()
        found = self._list(asked)
        if visit is not None and not revealed:
            commands.note_reading(current(), visit)  # the complaint's details are on this page (CP-13)
        verbs = {each.verb for each in rules.LIFECYCLE.allowed(visit.status, current().roles)} if visit else set()
        return self.render_template(
            "feedback/worklist.html",
            title=_("Return-visit worklist"),
            asked=asked,
            address=lambda **more: self._address(asked, **more),
            groups=GROUPS,
            found=found,
            size=SIZE,
            visit=visit,
            revealed=revealed,
            form=form,
            tried=tried,
            verbs=verbs,
            today=clock.today(),
            local=clock.local,
            earlier=queries.earlier(visit) if visit else [],
            questions=queries.questions_for(visit.trigger) if visit else [],
            unasked=unasked,
            said={key: value for key, value in request.form.items() if key.startswith("answer-")},
            products=queries.products_of(visit) if visit and "record" in verbs else [],
            horizon=settings.number(PLAN_DAYS),
            overdue_days=settings.number(OVERDUE_DAYS),
            most_tries=settings.number(MOST_TRIES),
            words=rules,
            yes_no=yes_no,
            categories=complaint_rules.CATEGORY_LABELS,
        )
