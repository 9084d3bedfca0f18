"""The accountant's lists: cash in people's hands, what is to be invoiced, what is outstanding (SO-6, SO-9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import distinct, func, select

from app.billing import commands, queries
from app.billing.commands.invoicing import title_for, why_not_drafted
from app.billing.models import CashHandover, Invoice, Payment
from app.billing.views.forms import IssueForm, ReasonForm
from app.core import clock, permissions
from app.core.actors import current
from app.core.db import db
from app.core.fetch import fetch
from app.core.home import LISTED, card, latest
from app.core.i18n import say
from app.core.money import ZERO, total
from app.core.views import Page
from app.core.views.refusals import FORESEEN, explain
from app.fieldservice.models import WorkOrder
from app.fieldservice.queries import count_of
from app.organisation.models import Branch, Staff
from app.organisation.queries import branches_of


def _branches() -> list[Branch]:
    """The branches to choose from, for who sees them all."""
    return branches_of(None) if current().has("service_department", "management") else []


def _branch(branches: Sequence[Branch]) -> Branch | None:
    """The branch the page speaks of: the one chosen, else the person's own; None is all of them."""
    if branches:
        return next((each for each in branches if each.code == request.args.get("branch")), None)
    branch_id = current().branch_id
    return fetch(Branch, branch_id) if branch_id is not None else None


def _today_paper(name: str, branch: Branch | None, **more: Any) -> str:
    """The document of today for one branch; of all of them it is made in the background (menu: papers)."""
    if branch is None or not permissions.may(current(), f"print.{name}"):
        return ""
    return url_for("PrintView.now", name=name, date=clock.today().isoformat(), branch=branch.code, **more)


class CashView(Page):
    """``/money/cash/``: who has cash in hand, since when; the supervisor settles for who cannot hand it in (SO-6)."""

    route_base = "/money/cash"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The list."""
        branches, today = _branches(), clock.today()
        branch = _branch(branches)
        people = queries.cash_in_hand(branch.id if branch is not None else None)
        me = current().staff_id
        mine = queries.in_hand_of(me) if me is not None else []
        page: str = self.render_template(
            "billing/cash.html",
            title=_("Cash not handed in"),
            people=people,
            today=today,
            total=total([each.amount for each in people]),
            late=total([each.late(today) for each in people]),
            late_people=sum(each.late(today) > ZERO for each in people),
            to_count=count_of(CashHandover, CashHandover.status == "submitted"),
            mine=mine if permissions.may(current(), "cash_handover.hand_in") else [],
            may_settle=permissions.may(current(), "cash_handover.settle"),
            own_staff_id=me,
            branches=branches,
            branch=branch,
            paper=_today_paper("cash_not_handed_in", branch),
            overdue=lambda payment: clock.local(payment.paid_at).date() < today,
        )
        return page

    @expose("/hand_in", methods=["POST"])
    @has_access
    def hand_in(self) -> Any:
        """Hand in one's own cash."""
        try:
            row = commands.hand_in(current())
        except FORESEEN as error:
            flash(explain(error, self)[1], "danger")
            return redirect(url_for("CashView.index"))
        flash(_("Handed in: the accountant counts it now."), "success")
        return redirect(url_for("CashHandoverView.show", pk=row.id))

    @expose("/settle/<int:staff_id>", methods=["GET", "POST"])
    @has_access
    def settle(self, staff_id: int) -> Any:
        """Account for the cash of somebody who cannot hand it in any more."""
        person, form = fetch(Staff, staff_id), ReasonForm()
        held = [each for each in queries.cash_in_hand() if each.staff.id == staff_id]
        if request.method == "POST" and form.validate():
            try:
                row = commands.settle(current(), staff_id, **form.values)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                flash(_("Settled."), "success")
                return redirect(url_for("CashHandoverView.show", pk=row.id))
        page = self.render_template(
            "billing/settle.html",
            title=_("Settle the cash of %(name)s", name=person.name),
            form=form,
            held=held[0] if held else None,
        )
        return page, 422 if request.method == "POST" else 200


class ToInvoiceView(Page):
    """``/money/to-invoice/``: what is to be invoiced today, and what follows after money was collected (SO-6, SO-9)."""

    route_base = "/money/to-invoice"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The two lists."""
        waiting, follow = queries.to_invoice(), queries.to_follow()
        for row in (*waiting, *follow):
            # Drafted when the item went back (SO-9): what still stands here could not be, or was credited since.
            problem = why_not_drafted(row.order) if row.workshop else None
            row.why_not = say(problem) if problem is not None else ""
        page: str = self.render_template(
            "billing/to_invoice.html",
            title=_("To be invoiced"),
            today=clock.today(),
            open_jobs=waiting,
            paid_jobs=follow,
            without_number=count_of(Invoice, queries.is_without_number()),
            late_drafts=count_of(Invoice, queries.is_late_draft(clock.today())),
            may_issue=permissions.may(current(), "invoice.issue"),
        )
        return page

    @expose("/issue", methods=["GET", "POST"])
    @has_access
    def issue(self) -> Any:
        """Make out one invoice for the jobs ticked."""
        ids = [int(each) for each in request.values.getlist("order") if each.isdigit()][:50]
        orders = [fetch(WorkOrder, order_id) for order_id in ids]
        if not orders:
            flash(_("No row is ticked."), "warning")
            return redirect(url_for("ToInvoiceView.index"))
        first = orders[0].repair_call.voucher.customer
        form = IssueForm(data=title_for(first) if request.method == "GET" else None)
        money = queries.money_of_jobs(ids)
        form.plan.whole = total([each.due - each.waived for each in money.values()])
        if request.method == "POST" and form.validate():
            try:
                invoice = commands.issue_for_jobs(current(), ids, **form.values)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                flash(_("Invoice %(number)s is made out.", number=invoice.number), "success")
                return redirect(url_for("InvoiceView.show", pk=invoice.id))
        page = self.render_template(
            "billing/issue.html",
            title=_("Make out the invoice"),
            form=form,
            orders=orders,
            money=money,
            customer=first,
        )
        return page, 422 if request.method == "POST" else 200

    @expose("/issue_each", methods=["POST"])
    @has_access
    def issue_each(self) -> Any:
        """Make out the invoices that follow what was collected on the spot, one for each customer."""
        ids = [int(each) for each in request.form.getlist("order") if each.isdigit()][:500]
        try:
            invoices = commands.issue_each(current(), ids)
        except FORESEEN as error:
            flash(_("Nothing was changed: %(reason)s", reason=explain(error, self)[1]), "danger")
            return redirect(url_for("ToInvoiceView.index"))
        flash(_("%(count)s invoices are made out: now their official numbers.", count=len(invoices)), "success")
        return redirect(url_for("InvoiceView.list", show="number"))


class OutstandingView(Page):
    """``/money/outstanding/``: what customers owe, by age."""

    route_base = "/money/outstanding"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The list."""
        branches = _branches()
        branch = _branch(branches)
        limits, rows = queries.outstanding_by_customer(clock.today(), branch.id if branch is not None else None)
        waiting = queries.to_invoice(branch.id if branch is not None else None)
        sums = [total([row.columns[place] for row in rows]) for place in range(len(limits) + 2)]
        page: str = self.render_template(
            "billing/outstanding.html",
            title=_("Outstanding money"),
            limits=limits,
            rows=rows,
            sums=sums,
            total=total(sums),
            branches=branches,
            branch=branch,
            waiting=len(waiting),
            waiting_amount=total([each.money.left for each in waiting]),
            paper=_today_paper("outstanding", branch),
            sheet=_today_paper("outstanding", branch, format="xlsx"),
        )
        return page


# -- cards ----------------------------------------------------------------------------------------------------------

_MONEY_ROLES = ("accountant", "supervisor", "branch_manager")


def _people(*conditions: Any) -> int:
    """How many people have cash in hand."""
    held = select(func.count(distinct(Payment.received_by_id))).where(Payment.in_hand.is_(True), *conditions)
    return int(db.session.execute(held).scalar_one())


card(
    "accountant",
    title=_l("Cash to count"),
    url="CashHandoverView.list",
    arguments={"show": "count"},
    count=lambda: count_of(CashHandover, CashHandover.status == "submitted"),
    icon="fa-calculator",
    tone="warning",
    order=10,
)
card(
    "accountant",
    "supervisor",
    title=_l("To be invoiced"),
    url="ToInvoiceView.index",
    count=queries.to_invoice_count,
    total="same-day",
    icon="fa-pencil-square-o",
    tone="info",
    order=44,
)
card(
    *_MONEY_ROLES,
    title=_l("Cash over a day not handed in"),
    url="CashView.index",
    count=lambda: _people(Payment.paid_at < clock.day_bounds(clock.today())[0]),
    total="cash-late",
    icon="fa-briefcase",
    tone="danger",
    order=46,
)
card(
    "accountant",
    title=_l("People with cash in hand"),
    url="CashView.index",
    count=_people,
    total="cash-people",
    icon="fa-money",
    tone="info",
    order=12,
)
card(
    "accountant",
    title=_l("Invoices not paid in full"),
    url="InvoiceView.list",
    arguments={"show": "open"},
    count=LISTED,
    icon="fa-file-text-o",
    tone="info",
    order=49,
)
card(
    "accountant",
    "branch_manager",
    title=_l("Overdue invoices"),
    url="InvoiceView.list",
    arguments={"show": "overdue"},
    count=lambda: count_of(Invoice, queries.is_overdue(clock.today())),
    icon="fa-hourglass-end",
    tone="danger",
    order=48,
)
card(
    "accountant",
    title=_l("Without official number"),
    url="InvoiceView.list",
    arguments={"show": "number"},
    count=lambda: count_of(Invoice, queries.is_without_number()),
    icon="fa-hashtag",
    tone="info",
    order=50,
)
card(
    *_MONEY_ROLES,
    title=_l("Official number is late"),
    url="InvoiceView.list",
    arguments={"show": "late_number"},
    count=lambda: count_of(Invoice, queries.is_late_draft(clock.today())),
    icon="fa-hashtag",
    tone="danger",
    order=45,
)
card(
    "supervisor",
    "branch_manager",
    title=_l("Money to give back"),
    url="InvoiceView.list",
    arguments={"show": "back"},
    count=lambda: count_of(Invoice, queries.is_to_be_given_back()),
    icon="fa-undo",
    tone="warning",
    order=49,
)
card(
    "clerk",
    "accountant",
    title=_l("Invoices to be sent"),
    url="InvoiceView.list",
    arguments={"show": "send"},
    count=lambda: count_of(Invoice, queries.is_to_be_sent()),
    icon="fa-envelope-o",
    tone="info",
    order=60,
)
latest("accountant", title=_l("Overdue invoices"), screen="InvoiceView", arguments={"show": "overdue"})
