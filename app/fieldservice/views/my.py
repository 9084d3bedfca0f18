"""``/my/``: the technician's own pages, made for a telephone. The same commands and the same row scope as everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound as PageNotFound

from app.core import clock, settings
from app.core.actors import SYSTEM, acting_as, current
from app.core.fetch import fetch
from app.core.home import card, first_page
from app.core.i18n import say
from app.core.received import moment
from app.core.views import Link, OfficeForm, Page
from app.core.views.columns import parse_day
from app.core.views.refusals import FORESEEN, explain
from app.fieldservice import commands, queries, rules
from app.fieldservice.commands import steps
from app.fieldservice.models import WorkOrder
from app.fieldservice.queries import free_on
from app.fieldservice.views import chips, quoting, stock, words
from app.fieldservice.views.deadlines import WAITING
from app.fieldservice.views.my_forms import FORMS, InternalForm
from app.fieldservice.views.phone import entered_at, order_of
from app.fieldservice.views.pricing import CONSENTS
from app.parts.queries import stock_of, stores_of, van_of

JOB_LINKS: list[Callable[[WorkOrder, set[str]], Iterable[Link]]] = []
"""Asked for ways on from a job's page, with the verbs possible now: the workshop adds taking the product along."""


AMOUNT = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?")
# Who only goes along records minutes; everything else is for the technician in charge.
FOR_THE_CREW = {"record_time"}
COMMANDS: dict[str, Callable[..., Any]] = {
    "accept": commands.accept,
    "decline": commands.decline,
    "pause": commands.pause_order,
    "resume": commands.resume_order,
    "move_appointment": commands.move_appointment,
    "ask_for_help": commands.ask_for_help,
    "on_the_way": commands.on_the_way,
    "arrive": commands.arrive,
    "quote": commands.quote,
    "agree_charges": commands.agree_charges,
    "mark_misuse": commands.mark_misuse,
    "fit_part": commands.fit_part,
    "remove_part": commands.remove_part,
    "reserve_part": commands.reserve_part,
    "release_parts": commands.release_parts,
    "record_time": commands.record_time,
    "swap_serial": commands.swap_serial,
    "finish": commands.finish,
    "sign": commands.sign,
    "leave_unsigned": commands.leave_unsigned,
}


def _needed_parts() -> list[tuple[int, int]]:
    """The parts of the quote form: ``need-<part id>`` = quantity."""
    needed = []
    for name, text in request.form.items():
        head, _dash, key = name.partition("need-")
        if not head and key.isdigit() and text.strip().isdigit() and 0 < int(text) < 1000:
            needed.append((int(key), int(text)))
    return needed


def told_in(text: str) -> Decimal | None:
    """The sum the page showed the customer, CNY; None when it says none that can be one."""
    return Decimal(text) if AMOUNT.fullmatch(text) else None


def _agreed_not_fitted(order: WorkOrder) -> dict[str, Any]:
    """The first part the customer agreed to that is not fitted yet, ready for the form."""
    if order.charges_agreed_at is None:
        return {}
    for charge in order.charges:
        if charge.part_id is not None:
            left = charge.quantity - sum(row.quantity for row in order.parts_fitted if row.part_id == charge.part_id)
            if left > 0:
                return {"part_id": str(charge.part_id), "quantity": left}
    return {}


def _as_typed(asked: dict[str, Any]) -> dict[str, Any]:
    """A choice of the telephone's forms is text."""
    return asked | ({"fault_code_id": str(asked["fault_code_id"])} if "fault_code_id" in asked else {})


class MyDayView(Page):
    """Today's jobs, the job at hand, and the day's sheet."""

    route_base = "/my"
    default_view = "index"

    # -- pages -----------------------------------------------------------------------------------------------------

    @expose("/")
    @has_access
    def index(self) -> Any:
        """What is to do, what is done today."""
        me, today = self._me(), clock.today()
        jobs = queries.jobs_of(me)
        return self._render(
            "jobs.html",
            title=_("My jobs"),
            jobs=jobs,
            paid={
                order.id
                for order in jobs
                if order.technician_id == me and (order.charges or not free_on(order).everything)
            },
            done=queries.jobs_of(me, finished_on=today),
            today=today,
            tab="jobs",
        )

    @expose("/job/<int:order_id>")
    @has_access
    def job(self, order_id: int) -> Any:
        """One job with everything that may happen next; to be kept on the telephone, with what may come after that."""
        return self._job_page(order_id, keep="keep" in request.args)

    @expose("/job/<int:order_id>/<string:verb>", methods=["POST"])
    @has_access
    def do(self, order_id: int, verb: str) -> Any:
        """Do what the button says; a refusal appears where it belongs and what was typed stays."""
        command = COMMANDS.get(verb)
        if command is None:
            raise PageNotFound()
        order = order_of(order_id)
        form = self._form(verb, order, FORMS[verb]()) if verb in FORMS else None
        if form is not None and not form.validate():
            return self._job_page(order_id, verb, form), 422
        try:
            command(current(), order_id, at=entered_at(order), **self._given(verb, form))
        except FORESEEN as error:
            where, message = explain(error, self)
            if form is None:
                flash(message, "danger")
                return redirect(url_for("MyDayView.job", order_id=order_id))
            form.refuse(where, message)
            return self._job_page(order_id, verb, form), 422
        if verb == "decline":
            flash(_("The job goes back to the supervisor."), "success")
            return redirect(url_for("MyDayView.index"))
        return redirect(url_for("MyDayView.job", order_id=order_id, _anchor="next"))

    @expose("/parts")
    @has_access
    def parts(self) -> Any:
        """Where parts lie, in the own van and elsewhere in the branch: for the pickers (SO-22)."""
        return jsonify(parts=stock.found(request.args.get("q", ""), self._me(), current().branch_id or -1))

    @expose("/day")
    @has_access
    def day(self) -> Any:
        """The sheet of a day as it is drafted from the jobs, with internal work to be added (SO-11)."""
        return self._day_page(InternalForm(data={"started_at": clock.now()}))

    @expose("/day/internal", methods=["POST"])
    @has_access
    def internal(self) -> Any:
        """Add internal work, class D."""
        form = InternalForm()
        if form.validate():
            try:
                entry = commands.record_internal(current(), at=entered_at(), **form.values)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                return redirect(url_for("MyDayView.day", day=entry.day.isoformat()))
        return self._day_page(form), 422

    @expose("/day/remove/<int:entry_id>", methods=["POST"])
    @has_access
    def remove(self, entry_id: int) -> Any:
        """Take back minutes entered by mistake."""
        try:
            commands.remove_time(current(), entry_id)
        except FORESEEN as error:
            flash(explain(error, self)[1], "danger")
        return redirect(url_for("MyDayView.day", day=request.form.get("day", "")))

    # -- how they are made -----------------------------------------------------------------------------------------

    def _me(self) -> int:
        staff_id = current().staff_id
        if staff_id is None:
            raise PageNotFound()
        return staff_id

    def _given(self, verb: str, form: OfficeForm | None) -> dict[str, Any]:
        given = dict(form.values) if form is not None else {}
        if verb == "arrive":
            given["device_at"] = moment("device_at")
        if verb == "quote":
            given["needed"] = _needed_parts()
        if verb == "agree_charges":
            given["told"] = told_in(request.form.get("told", ""))
        if verb == "remove_part":
            given["fitted_id"] = request.form.get("fitted_id", 0, type=int)
        if verb == "release_parts":
            given["part_id"] = request.form.get("part_id", type=int)
        for name in ("part_id", "fault_code_id"):
            if name in given:
                given[name] = int(given[name]) if given[name] else None
        return given

    def _form(self, verb: str, order: WorkOrder, form: Any) -> Any:
        if verb == "finish":
            category = order.repair_call.voucher.product_model.category
            form.fault_code_id.choices = [("", _("Please choose")), *words.fault_codes(category).items()]
        if verb == "pause" and order.status == "in_workshop":  # parts are waited for on the repair card
            form.waiting_for.choices = [("customer", WAITING["customer"])]
        if verb == "quote":
            quoting.prepare(form, order)
        if verb == "fit_part":
            offered = [
                (
                    str(row.part_id),
                    f"{row.part.name} {row.part.code} · {row.quantity} {row.part.unit} · {row.place.name}",
                )
                for row in self._stock(order)
            ]
            form.part_id.choices = [("", _("Please choose")), *offered]
        return form

    def _free_to_work(self, order: WorkOrder) -> bool:
        free = free_on(order)
        return (free.labour and free.callout) or order.charges_agreed_at is not None

    def _van(self) -> list[Any]:
        van = van_of(self._me())
        return stock_of(van.id) if van is not None else []

    def _stock(self, order: WorkOrder) -> list[Any]:
        """What may be fitted: the own van's, and in the workshop what only the branch's store has (SO-8, SO-22)."""
        found: list[Any] = quoting.once_a_request(f"stock:{order.id}", lambda: self._stock_now(order))
        return found

    def _stock_now(self, order: WorkOrder) -> list[Any]:
        mine = self._van()
        if order.status != "in_workshop":
            return mine
        held = {row.part_id for row in mine if row.quantity > 0}
        with acting_as(SYSTEM):  # the store is not a technician's to see
            more = [row for store in stores_of(order.branch_id) for row in stock_of(store.id)]
            _ = [(row.part.name, row.place.name) for row in more]
        return mine + [row for row in more if row.quantity > 0 and row.part_id not in held]

    def _start(self, order: WorkOrder) -> dict[str, dict[str, Any]]:
        """Starting values: what is known need not be typed."""
        now = clock.now()
        customer = order.repair_call.caller_name or order.repair_call.voucher.customer.name
        # In the workshop nobody has stood at the job since it was taken back.
        begin = order.arrived_at if order.status != "in_workshop" else None
        for entry in order.time_entries:
            ended = entry.started_at.timestamp() + 60 * entry.minutes
            if order.status == "in_workshop":
                continue
            if begin is None or ended > begin.timestamp():
                begin = datetime.fromtimestamp(ended, tz=now.tzinfo)
        minutes = rules.drafted_minutes(begin, now) if begin is not None else None
        asked = quoting.once_a_request(f"asked:{order.id}", lambda: quoting.asked_before(order))
        return {
            "record_time": {"started_at": begin, "minutes": minutes},
            "agree_charges": {"name": customer, "how": "on_site"},
            "mark_misuse": {"misuse": not order.misuse_reason, "reason": order.misuse_reason},
            "sign": {"signer": customer},
            "quote": {"minutes": 30, **_as_typed(asked)},
            "fit_part": {"quantity": 1, **_agreed_not_fitted(order)},
            "finish": {"fault_code_id": str(order.repair_call.symptom_code_id or ""), "result": ""},
        }

    def _job_page(self, order_id: int, verb: str = "", failed: OfficeForm | None = None, *, keep: bool = False) -> str:
        quoting.ask_again()
        order = fetch(WorkOrder, order_id)
        me = self._me()
        doing = steps.in_charge(order)
        in_charge = doing is not None and doing.id == me
        along = any(each.staff_id == me for each in order.crew)
        if order.technician_id != me and not along and not in_charge:
            raise PageNotFound()
        permitted = None if in_charge else FOR_THE_CREW if along else set()
        here = self._step(order, order.status, permitted, verb, failed)
        picks = quoting.picks(order, self._stock(order)) if keep or "quote" in here["offered"] else None
        total = sum((charge.amount for charge in order.charges), Decimal("0.00"))
        return self._render(
            "job.html",
            title=order.repair_call.voucher.customer.name,
            order=order,
            call=order.repair_call,
            **here,
            later=[self._step(order, each, permitted) for each in rules.ahead(order.status)] if keep else [],
            keep=keep,
            doing=doing,
            refusals=failed.form_errors if failed is not None else (),
            free=free_on(order),
            parts_known={
                "serials": stock.serials_in_van(me) if keep or "fit_part" in here["offered"] else {},
                "short": {row.part_id: row.part.mnemonic for row in self._stock(order)}
                if keep or "fit_part" in here["offered"]
                else {},
            },
            kept=stock.kept_for(order),
            picks=picks,
            price_list=quoting.price_list(order, picks) if keep and not free_on(order).everything else None,
            quoted={charge.part_id: charge.quantity for charge in order.charges if charge.part_id},
            total=total,
            swaps=[row for row in order.repair_call.voucher.serial_changes if row.reference == order.number],
            serial_kinds=words.SERIAL_KINDS,
            ready=self._free_to_work(order),
            missing=bool(_agreed_not_fitted(order)),
            on_the_spot=total <= settings.amount("collect_on_site_up_to"),
            repairs=[
                each for each in queries.product_states([order.repair_call.voucher])[0].repairs if each.id != order.id
            ],
            tab="jobs",
        )

    def _step(
        self,
        order: WorkOrder,
        status: str,
        permitted: set[str] | None,
        verb: str = "",
        failed: OfficeForm | None = None,
    ) -> dict[str, Any]:
        """What may be done in this state: the job's own, or, for a telephone without a network, one still to come."""
        allowed = rules.WORK_ORDER.allowed(status, current().roles)
        offered = {each.verb for each in allowed if permitted is None or each.verb in permitted}
        start = self._start(order)
        # Without formdata: what was sent to one form of the page is not meant for the others.
        forms = {
            name: self._form(name, order, form(formdata=None, data=start.get(name)))
            for name, form in FORMS.items()
            if name in offered
        }
        if failed is not None and verb in offered:
            forms[verb] = failed
        # All forms of the page would carry the same field ids.
        for name, form in forms.items():
            for item in form:
                item.id = f"{name}-{item.id}"
        return {
            "status": status,
            "offered": offered,
            "then": {each.verb: each.target for each in allowed},
            "forms": forms,
            "failed": verb if failed is not None else "",
            "ways_on": [link for ask in JOB_LINKS for link in ask(order, offered)],
            "set_out": status == order.status and any(event.kind == "on_the_way" for event in order.events),
        }

    def _day_page(self, form: OfficeForm) -> str:
        try:
            day = parse_day(request.args.get("day", ""))
        except ValueError:
            day = clock.today()
        entries = queries.day_entries(self._me(), day)
        settled = commands.why_settled(self._me(), day)
        sums = {key: sum(entry.minutes for entry in entries if entry.service_class == key) for key in words.CLASSES}
        return self._render(
            "day.html",
            title=_("Working time"),
            day=day,
            entries=entries,
            sums=sums,
            form=form,
            settled=say(settled) if settled is not None else "",
            mistaken={
                e.id for e in entries if e.work_order is None or e.work_order.status in ("arrived", "in_workshop")
            }
            if settled is None
            else set(),
            tab="day",
        )

    def _render(self, template: str, **given: Any) -> str:
        now = clock.now()
        page: str = self.render_template(
            f"fieldservice/my/{template}",
            local=clock.local,
            now=now,
            late=lambda by, arrived=None: rules.missed(by, arrived, now),
            classes=words.CLASSES,
            class_tones=words.CLASS_TONES,
            order_states=words.ORDER_STATES,
            order_tones=words.ORDER_TONES,
            charge_kinds=words.CHARGE_KINDS,
            consents=CONSENTS,
            waiting=WAITING,
            signed_for=words.SIGNED_FOR,
            me=self._me(),
            **chips.CHIPS,
            **given,
        )
        return page


def _jobs_count() -> int | None:
    """Jobs under way of the acting person, as ``/my/`` lists them."""
    me = current().staff_id
    return len(queries.jobs_of(me)) if me is not None else None


first_page("technician", "MyDayView.index")
card(
    "technician",
    title=_l("My jobs"),
    url="MyDayView.index",
    count=_jobs_count,
    total="jobs-count",
    icon="fa-mobile",
    tone="info",
    order=10,
)
