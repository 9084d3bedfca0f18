"""Items in the house: the list, and one item on one page with everything that may happen to it now (SO-7 … SO-10)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock, permissions, settings
from app.core.actors import current
from app.core.views import BaseView, Link, OfficeInterface, Verb, lookup
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.rules import SERIAL_KIND_LABELS
from app.customers.views import print_links
from app.fieldservice.commands import steps as field_steps
from app.fieldservice.queries import free_on
from app.fieldservice.rules import drafted_minutes
from app.workshop import commands, queries, rules
from app.workshop.documents import holder_name, holders, promises, void_text
from app.workshop.models import GoodsReceipt, Loan, RepairCard
from app.workshop.papers import HolderLine, PromiseLine
from app.workshop.queries import Promise, Ready
from app.workshop.views import forms, words
from app.workshop.views.frame import Framed

lookup(GoodsReceipt, search=("number", "voucher.customer.name"), eager=("voucher.customer",))
lookup(
    RepairCard,
    search=("goods_receipt.number", "goods_receipt.voucher.customer.name"),
    eager=("goods_receipt.voucher.customer",),
)


# -- what may be done by whom now ---------------------------------------------------------------------------------


def _only_technician() -> bool:
    return current().roles == {"technician"}


def _bench(card: RepairCard) -> bool:
    """Work on the item is for whoever repairs it."""
    return not _only_technician() or card.technician_id == current().staff_id


def _to_begin(card: RepairCard) -> bool:
    return card.technician_id in (None, current().staff_id)


def _to_give_up(card: RepairCard) -> bool:
    return card.status == rules.WAITING or _bench(card)


def _carries(card: RepairCard) -> bool:
    """Who has it out hands it back or brings it back."""
    holder = card.goods_receipt.holder
    return not _only_technician() or (holder is not None and holder.to_staff_id == current().staff_id)


def _not_own(card: RepairCard) -> bool:
    return card.technician_id != current().staff_id


# -- what the forms begin with ------------------------------------------------------------------------------------


def _known_part(card: RepairCard) -> dict[str, Any]:
    return {"quantity": 1}


def _finding(card: RepairCard) -> dict[str, Any]:
    call = card.goods_receipt.work_order.repair_call
    return {"fault_code_id": str(card.fault_code_id or call.symptom_code_id or ""), "result": card.result}


def _checklist(_card: RepairCard) -> dict[str, Any]:
    return {"checklist": settings.value("inspection_checklist")}


def _carrier(card: RepairCard) -> dict[str, Any]:
    me = current()
    return {"technician_id": str(me.staff_id if _only_technician() else card.goods_receipt.work_order.technician_id)}


def _caller(card: RepairCard) -> str:
    call = card.goods_receipt.work_order.repair_call
    return call.caller_name or card.goods_receipt.voucher.customer.name


def _customer(card: RepairCard) -> dict[str, Any]:
    return {"signer": _caller(card), "receipt": "taken_back"}


def _promise(card: RepairCard) -> dict[str, Any]:
    return {"promised_at": card.promised_at, "told_to": _caller(card)}


# The way a repair goes forward: shown large; the rest stands under it.
FORWARD = {"start", "resume", "report_done", "pass_inspection", "fail_inspection", "send_out", "hand_back"}


@dataclass(frozen=True)
class Story:
    """What the item's page shows beside the card itself."""

    promise: Promise
    holders: list[HolderLine]
    promises: list[PromiseLine]
    where: str
    void: str
    charges: Any
    total: Decimal
    free: Any
    serials: list[Any]
    loans: list[Loan]
    ways: list[Link]
    ready: Ready | None
    minutes: Any
    can_photograph: bool
    can_lend: bool
    can_see_order: bool


class RepairCardView(Framed, QuickFilters, BaseView):
    """What is in the house: since when, whose, promised when, who has it (SO-8, SO-10)."""

    datamodel = OfficeInterface(RepairCard)
    record_name = _l("Item in the house")
    list_name = _l("Items in the house")
    list_columns = [
        "goods_receipt",
        "goods_receipt.voucher.customer",
        "goods_receipt.voucher.product_model",
        "goods_receipt.in_at",
        "promised_at",
        "status",
        "goods_receipt.movements",
        "technician",
    ]
    show_columns = ["status", "promised_at", "technician", "fault_code", "result", "outcome", "outcome_reason"]
    search_columns = ["status", "technician", "promised_at", "outcome"]
    order_columns = ["promised_at", "status"]
    quick_columns = [
        "goods_receipt.number",
        "goods_receipt.voucher.customer.name",
        "goods_receipt.voucher.serial_no",
        "goods_receipt.work_order.number",
    ]
    base_order = ("promised_at", "asc")
    eager = [
        "goods_receipt.movements.to_staff",
        "goods_receipt.work_order.time_entries",
        "goods_receipt.work_order.repair_call.symptom_code",
        "goods_receipt.branch",
        "fault_code",
        "waits",
    ]
    choices = {"outcome": words.OUTCOMES}
    tones = {"status": words.CARD_TONES}
    label_columns = {
        "goods_receipt": _l("Receipt no."),
        "goods_receipt.voucher.customer": _l("Customer"),
        "goods_receipt.voucher.product_model": _l("Product"),
        "goods_receipt.in_at": _l("In since"),
        "promised_at": _l("Promised for"),
        "goods_receipt.movements": _l("Now with"),
        "technician": _l("Repaired by"),
        "fault_code": _l("Fault"),
        "result": _l("Work done"),
        "outcome": _l("How it leaves"),
        "outcome_reason": _l("Reason"),
    }
    show_template = "workshop/item.html"
    verb_template = "workshop/verb.html"
    lifecycle = rules.REPAIR_CARD
    verbs = [
        Verb(commands.start, icon="fa-wrench", tone="primary", when=_to_begin),
        Verb(commands.resume, form=forms.NoteForm, icon="fa-play", tone="primary", when=_bench),
        Verb(commands.report_done, form=forms.DoneForm, icon="fa-check", tone="primary", when=_bench, fill=_finding),
        Verb(
            commands.pass_inspection,
            form=forms.PassForm,
            icon="fa-check-circle",
            tone="success",
            when=_not_own,
            fill=_checklist,
        ),
        Verb(commands.fail_inspection, form=forms.FailForm, icon="fa-undo", tone="danger", when=_not_own),
        Verb(
            commands.hand_back_item,
            form=forms.HandBackForm,
            icon="fa-pencil-square-o",
            tone="success",
            when=_carries,
            fill=_customer,
        ),
        Verb(commands.send_out, form=forms.SendForm, icon="fa-truck", tone="primary", fill=_carrier),
        Verb(commands.wait_for_parts, form=forms.WaitForm, icon="fa-pause", when=_bench, fill=_known_part),
        Verb(commands.not_delivered, form=forms.ShelfForm, icon="fa-reply", when=_carries),
        Verb(commands.assign, form=forms.AssignForm, icon="fa-user"),
        Verb(commands.hand_to, form=forms.MoveForm, icon="fa-exchange"),
        Verb(commands.change_promise, form=forms.PromiseForm, icon="fa-calendar", fill=_promise),
        Verb(commands.ask_for_help, form=forms.ReasonForm, icon="fa-life-ring", when=_bench),
        Verb(commands.give_up, form=forms.GiveUpForm, icon="fa-times", when=_to_give_up),
        Verb(commands.take_up, form=forms.ReasonForm, icon="fa-refresh"),
    ]

    # -- the list ----------------------------------------------------------------------------------------------------

    def cell(self, item: RepairCard, column: str) -> Any:
        """The promise with how it stands; who has the item now."""
        if column == "promised_at":
            return words.promise_chip(item)
        if column == "goods_receipt.movements":
            return holder_name(item.goods_receipt.holder) or "—"
        return super().cell(item, column)

    # -- one item ----------------------------------------------------------------------------------------------------

    def _page(self, template: str, **context: Any) -> str:
        """With the words of the workshop."""
        return super()._page(template, **words.WORDS, **context)

    def forward(self, verbs: list[Verb]) -> list[Verb]:
        """The buttons that carry the repair forward."""
        return [verb for verb in verbs if verb.key in FORWARD]

    def aside(self, verbs: list[Verb]) -> list[Verb]:
        """The others."""
        return [verb for verb in verbs if verb.key not in FORWARD]

    def story(self, card: RepairCard) -> Story:
        """Everything about the item that stands in other tables."""
        receipt, actor = card.goods_receipt, current()
        order = receipt.work_order
        serials = [each for each in receipt.voucher.serial_changes if each.reference == order.number]
        mine = card.status == rules.IN_REPAIR and card.technician_id == actor.staff_id
        return Story(
            promise=queries.promise_of(card),
            holders=holders(receipt),
            promises=promises(receipt),
            where=holder_name(receipt.holder),
            void=void_text(receipt),
            charges=order.charges,
            total=sum((charge.amount for charge in order.charges), Decimal("0.00")),
            free=free_on(order),
            serials=[(each, _(SERIAL_KIND_LABELS[each.kind])) for each in serials],
            loans=receipt.loans,
            ways=self._ways(card),
            ready=self.ready(card),
            minutes=self._minutes(card) if mine else None,
            can_photograph=permissions.may(actor, "goods_receipt.add_photo"),
            can_lend=receipt.out_at is None
            and all(loan.back_at is not None for loan in receipt.loans)
            and permissions.may(actor, "loan.lend"),
            can_see_order=permissions.may(actor, "print.voucher"),
        )

    def ready(self, card: RepairCard) -> Ready | None:
        """What is missing before the repair may be reported done; None while that is not the question."""
        return queries.ready_to_report(card) if card.status == rules.IN_REPAIR and _bench(card) else None

    def _minutes(self, card: RepairCard) -> forms.BenchMinutesForm:
        """The time at the bench that is not recorded yet, ready to be kept."""
        since, now = queries.bench_since(card, current().staff_id or -1), clock.now()
        start = {"started_at": since, "minutes": drafted_minutes(since, now)} if since and since <= now else {}
        return forms.BenchMinutesForm(formdata=None, data=start)

    def _ways(self, card: RepairCard) -> list[Link]:
        """Where the work itself is recorded, and what may be printed."""
        receipt, me = card.goods_receipt, current().staff_id
        person = field_steps.in_charge(receipt.work_order)
        links = []
        if person is not None and person.id == me and receipt.out_at is None:
            address = url_for("MyDayView.job", order_id=receipt.work_order_id)
            links.append(Link(_("Parts, charges, numbers"), address, "fa-cogs"))
        return [
            *links,
            *print_links("goods_receipt", receipt.id, _("Goods receipt 003")),
            *print_links("repair_card", receipt.id, _("Repair card 005")),
            *print_links("item_trail", receipt.id, _("Whole trail (PDF)")),
        ]

    def links(self, item: RepairCard) -> list[Link]:
        """None at the top: they stand with the story."""
        return []

    # -- quick filters -----------------------------------------------------------------------------------------------

    quick_default = "house"
    quick_filters = [
        QuickFilter("house", _l("In the house"), lambda: RepairCard.status != rules.RETURNED),
        QuickFilter(
            "mine",
            _l("Mine"),
            lambda: (RepairCard.technician_id == (current().staff_id or -1)) & (RepairCard.status != rules.RETURNED),
        ),
        QuickFilter(
            "late",
            _l("Late"),
            lambda: (RepairCard.promised_at < clock.now()) & (RepairCard.status != rules.RETURNED),
        ),
        QuickFilter("pressing", _l("Will be late"), lambda: RepairCard.id.in_(queries.pressing_cards())),
        QuickFilter("waiting", _l("Not begun"), lambda: RepairCard.status == rules.WAITING),
        QuickFilter("parts", _l("Waiting for parts"), lambda: RepairCard.status == rules.WAITING_PARTS),
        QuickFilter("inspect", _l("To be inspected"), lambda: RepairCard.status == rules.TO_INSPECT),
        QuickFilter("ready", _l("Ready"), lambda: RepairCard.status.in_((rules.READY, rules.ON_RETURN))),
    ]


def card_of(receipt: GoodsReceipt) -> str:
    """Address of the item's page."""
    return url_for("RepairCardView.show", pk=receipt.card.id)


def pressing_count() -> int:
    """How many will be late or nearly, for the start page."""
    return len(queries.pressing_cards())


def late_count() -> int:
    """How many are past their promise."""
    return queries.count_in_house(RepairCard.promised_at < clock.now())


def count(*states: str) -> Any:
    """A counter of cards in these states, for the start page."""
    return lambda: queries.count_in_house(RepairCard.status.in_(states))
