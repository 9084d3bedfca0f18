"""``/money/mine/``: the technician's money, made for a telephone: collecting on the spot, handing in (SO-6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.exceptions import NotFound as PageNotFound

from app.billing import commands, queries, rules
from app.billing.models import CashHandover, Invoice, Payment
from app.billing.views.forms import METHODS, PayForm
from app.core import clock, permissions, settings
from app.core.actors import current
from app.core.db import db
from app.core.home import card
from app.core.money import total
from app.core.views import Link, Page
from app.core.views.model import MORE_LINKS
from app.core.views.refusals import FORESEEN, explain
from app.customers.views import labels
from app.fieldservice.models import WorkOrder
from app.fieldservice.rules import ahead
from app.fieldservice.views import words
from app.fieldservice.views.my import JOB_LINKS
from app.fieldservice.views.phone import entered_at, order_of
from app.workshop.models import RepairCard
from app.workshop.views import RepairCardView

HANDOVER_TONES = {"submitted": "warning", "differs": "danger", "received": "success", "settled": "info"}
VERBS = {"agree": commands.agree, "withdraw": commands.withdraw}


class MyMoneyView(Page):
    """One's own cash, and the money of one's jobs."""

    route_base = "/money/mine"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """What one has in hand, and what was handed in lately."""
        held = queries.in_hand_of(self._me())
        lately = db.session.scalars(
            select(CashHandover)
            .where(CashHandover.staff_id == self._me(), CashHandover.status != "withdrawn")
            .order_by(CashHandover.id.desc())
            .limit(10)
        ).all()
        today = clock.today()
        return self._render(
            "cash.html",
            title=_("My cash"),
            held=held,
            total=total([each.amount for each in held]),
            late={each.id for each in held if clock.local(each.paid_at).date() < today},
            lately=lately,
        )

    @expose("/hand_in", methods=["POST"])
    @has_access
    def hand_in(self) -> Any:
        """Hand in everything."""
        try:
            commands.hand_in(current())
        except FORESEEN as error:
            flash(explain(error, self)[1], "danger")
        else:
            flash(_("Handed in: the accountant counts it now."), "success")
        return redirect(url_for("MyMoneyView.index"))

    @expose("/handover/<int:handover_id>/<string:verb>", methods=["POST"])
    @has_access
    def answer(self, handover_id: int, verb: str) -> Any:
        """Agree to the accountant's count, or take the money back."""
        if verb not in VERBS:
            raise PageNotFound()
        try:
            VERBS[verb](current(), handover_id)
        except FORESEEN as error:
            flash(explain(error, self)[1], "danger")
        return redirect(url_for("MyMoneyView.index"))

    @expose("/job/<int:order_id>")
    @has_access
    def job(self, order_id: int) -> Any:
        """What is to be paid for a job, and the form to take it."""
        return self._job_page(self._mine(order_id), None, keep="keep" in request.args)

    @expose("/job/<int:order_id>/collect", methods=["POST"])
    @has_access
    def collect(self, order_id: int) -> Any:
        """Take the money."""
        order, form = self._mine(order_id), PayForm()
        if form.validate():
            try:
                payment = commands.collect(current(), order_id, at=entered_at(order), **form.values)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                flash(_("Received. Receipt %(number)s.", number=payment.number), "success")
                return redirect(url_for("MyMoneyView.job", order_id=order_id))
        return self._job_page(order, form), 422

    def _mine(self, order_id: int) -> WorkOrder:
        order = order_of(order_id)
        if not _takes_money(order):
            raise PageNotFound()
        return order

    def _me(self) -> int:
        staff_id = current().staff_id
        if staff_id is None:
            raise PageNotFound()
        return staff_id

    def _job_page(self, order: WorkOrder, form: Any, *, keep: bool = False) -> str:
        money = queries.money_of(order)
        invoice = queries.live_invoice(order.id)
        left = invoice.outstanding if invoice is not None else money.left
        limit = settings.amount("collect_on_site_up_to")
        permitted = queries.permitted(order.id) is not None
        small = money.due - money.waived <= limit or permitted
        if invoice is not None:
            ready = left > 0 and (small or rules.lifts_limit(invoice.fapiao_no, invoice.issued_on, clock.today()))
        else:
            ready = left > 0 and order.charges_agreed_at is not None and small
        if form is None and ready:
            form = PayForm(formdata=None, data={"amount": left, "method": "cash"})
        # A telephone keeps a form for what the customer agrees to there without a network, be it in place of another sum.
        later = None
        if keep and invoice is None and ahead(order.status) and not (money.paid or money.waived):
            later = PayForm(formdata=None, data={"method": "cash"})
            for item in later:
                item.id = f"later-{item.id}"
        payments = db.session.scalars(
            select(Payment).where(Payment.work_order_id == order.id).order_by(Payment.id)
        ).all()
        return self._render(
            "collect.html",
            title=_("Money"),
            order=order,
            call=order.repair_call,
            money=money,
            state=_(rules.MONEY_LABELS[money.state]),
            invoice=invoice,
            left=left,
            form=form,
            later=later,
            limit=limit,
            small=small,
            permitted=permitted,
            payments=payments,
            may_print=permissions.may(current(), "print.payment_receipt"),
        )

    def _render(self, template: str, **given: Any) -> str:
        page: str = self.render_template(
            f"billing/mine/{template}",
            me=current(),
            tab="money",
            local=clock.local,
            methods=METHODS,
            charge_kinds=words.CHARGE_KINDS,
            handover_states=labels(rules.HANDOVER_STATE_LABELS),
            handover_tones=HANDOVER_TONES,
            **given,
        )
        return page


def _takes_money(order: WorkOrder) -> bool:
    # Whose job it is, and who brings its item back; the crew and the bench do not meet the customer over money.
    me = current().staff_id
    return me is not None and (order.technician_id == me or queries.brings_back(order.id, me))


def _card_link(card: RepairCard) -> list[Link]:
    order = card.goods_receipt.work_order
    return list(job_link(order, set())) if queries.brings_back(order.id, current().staff_id) else []


def job_link(order: WorkOrder, offered: set[str]) -> Iterable[Link]:
    """The way from a job on the telephone to its money: what is left to collect, or what was paid."""
    if not _takes_money(order) or not order.charges or order.charges_agreed_at is None:
        return []
    money = queries.money_of(order)
    if money.due == 0:
        return []
    invoice: Invoice | None = queries.live_invoice(order.id)
    left = invoice.outstanding if invoice is not None else money.left
    label = _("Take the money: %(left)s CNY", left=f"{left:,.2f}") if left > 0 else _("Money: settled")
    return [Link(label, url_for("MyMoneyView.job", order_id=order.id), "fa-money")]


if job_link not in JOB_LINKS:
    JOB_LINKS.append(job_link)
    MORE_LINKS.setdefault(RepairCardView, []).append(_card_link)


def _held_count() -> int | None:
    """Payments the acting person has not handed in yet, as the page of one's cash lists them."""
    me = current().staff_id
    return len(queries.in_hand_of(me)) if me is not None else None


card(
    "technician",
    title=_l("Cash to hand in"),
    url="MyMoneyView.index",
    count=_held_count,
    total="cash-held",
    icon="fa-money",
    tone="warning",
    order=15,
)
