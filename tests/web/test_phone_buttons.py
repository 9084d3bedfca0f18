"""In every state of a job the telephone shows the technician the verbs of the table, and each of them works there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.core import clock
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.lifecycle import Transition
from app.core.uow import unit_of_work
from app.customers.models import Voucher
from app.fieldservice import commands
from app.fieldservice.models import RepairCall, WorkOrder
from app.fieldservice.rules import WORK_ORDER
from app.fieldservice.views.my import FOR_THE_CREW
from app.workshop import commands as workshop
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY

TECHNICIAN = {"technician"}
STATES = tuple(WORK_ORDER.states())
LOST = ("declined", "cancelled")  # no longer the technician's to see
# On another page of the telephone: with photographs and signature, or on the item's own page.
ELSEWHERE = {"take_back": "/my/items/take-back/{order}", "hand_back": ""}
DRAWING = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def verbs_in(state: str) -> list[Transition]:
    """What the table gives a technician."""
    return list(WORK_ORDER.allowed(state, TECHNICIAN))


def test_every_verb_of_the_table_is_known_to_the_telephone() -> None:
    from app.fieldservice.views.my import COMMANDS

    wanted = {each.verb for state in STATES for each in verbs_in(state)}
    assert wanted == set(COMMANDS) | set(ELSEWHERE)


class Phone:
    """Jobs in any state, and who may press there."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.app, self.cast = app, cast
        self.spare = 0

    def job(self, state: str = "dispatched", product: str = "out_of_warranty") -> int:
        """A new job in that state, the way there walked; in the workshop the technician has begun the repair."""
        began = FRIDAY + timedelta(minutes=10 * self.spare)
        with self.app.app_context(), clock.frozen(began):
            technician = self.cast["technician"]
            call = commands.enter_call(
                self.cast["clerk"], self._another(product), symptom="不制冷", caller_phone="13800000002"
            )
            order_id = commands.dispatch(
                self.cast["supervisor"],
                call.id,
                technician_id=technician.staff_id,
                out_of_turn_reason="急",
            ).id
            way = ("dispatched", "accepted", "arrived", "in_workshop" if state == "in_workshop" else "finished")
            for step in way[1 : way.index(state) + 1 if state in way else 1]:
                with clock.frozen(began + timedelta(minutes=5 if step == "finished" else 0)):
                    getattr(self, f"_{step}")(order_id)
            db.session.remove()
            return order_id

    def _another(self, product: str) -> int:
        """A product like that one of the same customer: the same fault on the same one would be a repeat."""
        self.spare += 1
        with unit_of_work(SYSTEM, "test.product") as session:
            like = session.get_one(Voucher, self.cast.vouchers[product])
            row = Voucher(
                number=f"FW-NJ-20260102-{self.spare:04}",
                serial_no=f"SN-P-{self.spare}",
                **{
                    name: getattr(like, name)
                    for name in (
                        "branch_id",
                        "customer_id",
                        "address_id",
                        "product_model_id",
                        "sold_on",
                        "warranty_until",
                    )
                },
            )
            session.add(row)
            session.flush()
            return int(row.id)

    def _accepted(self, order_id: int) -> None:
        commands.accept(self.cast["technician"], order_id)

    def _arrived(self, order_id: int) -> None:
        commands.arrive(self.cast["technician"], order_id)

    def _in_workshop(self, order_id: int) -> None:
        due = FRIDAY + timedelta(days=5)
        receipt = workshop.take_back(
            self.cast["technician"], order_id, condition="完好", promised_at=due, unsigned_reason="急", photos=[JPEG]
        )
        with unit_of_work(SYSTEM, "test.card"):
            card_id = receipt.card.id
        workshop.start(self.cast["technician"], card_id)

    def _finished(self, order_id: int) -> None:
        technician, part = self.cast["technician"], self.cast.parts["P-THERM"]
        commands.quote(technician, order_id, minutes=30, needed=[(part, 1)])
        commands.agree_charges(technician, order_id, name="刘芳")
        commands.fit_part(technician, order_id, part_id=part, quantity=1)
        commands.finish(technician, order_id, fault_code_id=self.cast.faults["F01"], result="已修复")

    def put(self, order_id: int, state: str) -> None:
        """Into a state by the database, with everything else as it was."""
        with self.app.app_context(), unit_of_work(SYSTEM, "test.state") as session:
            session.connection().execute(
                update(WorkOrder.__table__).where(WorkOrder.id == order_id).values(status=state)
            )

    def wait(self, order_id: int, what: str) -> None:
        """The call waits for something, or no longer."""
        with self.app.app_context(), unit_of_work(SYSTEM, "test.wait") as session:
            call = session.get_one(WorkOrder, order_id).repair_call_id
            session.connection().execute(
                update(RepairCall.__table__).where(RepairCall.id == call).values(waiting_for=what)
            )

    def state(self, order_id: int) -> str:
        with self.app.app_context(), unit_of_work(SYSTEM, "test.look") as session:
            return str(session.get_one(WorkOrder, order_id).status)


JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20


@pytest.fixture
def phone(app: Flask, cast: Cast) -> Phone:
    return Phone(app, cast)


def shown(person: Any, order_id: int) -> set[str]:
    """Verbs whose forms stand on the page, and those whose link does."""
    answer = person.get(f"/my/job/{order_id}")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    found = set(re.findall(rf'action="/my/job/{order_id}/(\w+)"', page))
    return found | {verb for verb, link in ELSEWHERE.items() if link and link.format(order=order_id) in page}


def test_the_telephones_buttons_are_the_tables(phone: Phone, client_for: Any) -> None:
    cast, own, mate = phone.cast, client_for("technician"), client_for("technician2")
    # Two jobs between them leave no button without its reason: one to pay, with parts and charges, and a free one.
    paid, free = phone.job("arrived"), phone.job("arrived", "in_warranty")
    shop = {paid: phone.job("in_workshop"), free: phone.job("in_workshop", "in_warranty")}
    along = phone.job("accepted")
    with phone.app.app_context(), clock.frozen(FRIDAY + timedelta(hours=2)):
        part = cast.parts["P-THERM"]
        commands.add_crew(cast["supervisor"], along, staff_id=cast.staff("technician2"))
        for order_id in (paid, shop[paid]):
            commands.reserve_part(cast["technician"], order_id, part_id=cast.parts["P-COMP"], quantity=1)
            commands.quote(cast["technician"], order_id, minutes=30, needed=[(part, 1)])
            commands.agree_charges(cast["technician"], order_id, name="刘芳")
            commands.fit_part(cast["technician"], order_id, part_id=part, quantity=1)
            commands.quote(cast["technician"], order_id, minutes=30, needed=[(part, 1)])
        db.session.remove()
    wrong = []
    for state in STATES:
        table = {each.verb for each in verbs_in(state)} - {verb for verb, link in ELSEWHERE.items() if not link}
        found: set[str] = set()
        for job, what in ((paid, ""), (free, "customer")):
            order_id = shop[job] if state == "in_workshop" else job
            phone.put(order_id, state)
            phone.wait(order_id, what)
            if state in LOST:
                assert own.get(f"/my/job/{order_id}").status_code == 404
                continue
            here = shown(own, order_id)
            wrong += [f"own in {state}: {verb} is offered" for verb in here - table]
            found |= here
            assert mate.get(f"/my/job/{order_id}").status_code == 404, "somebody else's job"
        if state not in LOST:
            wrong += [f"own in {state}: {verb} is missing" for verb in table - found]
            phone.put(along, state)
            if state != "in_workshop":
                wrong += [f"crew in {state}: {each}" for each in shown(mate, along) ^ (FOR_THE_CREW & table)]
    assert wrong == []


def filled(phone: Phone, order_id: int, verb: str) -> dict[str, Any]:
    """What a technician enters, by verb; one that is not named needs nothing."""
    part, store = phone.cast.parts["P-THERM"], phone.cast.parts["P-COMP"]
    began = (clock.now() - timedelta(minutes=30 + phone.spare * 7)).astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M")
    coming = (clock.now() + timedelta(days=30)).astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M")
    given: dict[str, dict[str, Any]] = {
        "decline": {"reason": "已满"},
        "pause": {"waiting_for": "customer", "reason": "客户外出"},
        "move_appointment": {"appointment_at": coming, "agreed_by": "刘芳", "reason": "客户要求"},
        "ask_for_help": {"reason": "缺少备件"},
        "leave_unsigned": {"reason": "客户外出"},
        "quote": {"minutes": "30", f"need-{part}": "1"},
        "agree_charges": {"name": "刘芳", "how": "on_site", "told": "145.50"},
        "mark_misuse": {"misuse": "y", "reason": "进水"},
        "fit_part": {"part_id": str(part), "quantity": "1"},
        "reserve_part": {"part_id": str(store), "quantity": "1"},
        "release_parts": {"part_id": str(store)},
        "record_time": {"started_at": began, "minutes": "1"},
        "swap_serial": {"kind": "serial", "new": f"SN-NEW-{order_id}"},
        "finish": {"fault_code_id": str(phone.cast.faults["F01"]), "result": "已修复"},
        "sign": {"drawing": DRAWING, "signer": "刘芳"},
    }
    return given.get(verb, {})


# In this order: each leaves what the next one needs.
ORDER = "reserve_part release_parts pause resume move_appointment ask_for_help on_the_way quote agree_charges record_time fit_part remove_part swap_serial".split()  # fmt: skip


def place(verb: str) -> tuple[int, str]:
    """Where it comes among the others."""
    return (ORDER.index(verb) if verb in ORDER else len(ORDER), verb)


@pytest.mark.parametrize("state", [state for state in STATES if verbs_in(state)])
def test_every_verb_works_from_the_telephone(state: str, phone: Phone, client_for: Any) -> None:
    technician = client_for("technician")
    staying = sorted((each for each in verbs_in(state) if each.target == state), key=lambda each: place(each.verb))
    leaving = [each for each in verbs_in(state) if each.target != state and each.verb not in ELSEWHERE]
    same = phone.job(state)
    for each in [*staying, *leaving]:
        order_id = same
        if each.verb == "mark_misuse":  # only under warranty
            order_id = phone.job(state, "in_warranty")
        elif each in leaving or (each.verb == "leave_unsigned"):
            order_id = phone.job(state)
        given = filled(phone, order_id, each.verb)
        if each.verb == "remove_part":
            with phone.app.app_context(), unit_of_work(SYSTEM, "test.fitted") as session:
                given = {"fitted_id": str(session.get_one(WorkOrder, order_id).parts_fitted[0].id)}
        if each.verb == "finish":
            for step in ("quote", "agree_charges", "fit_part", "record_time"):
                technician.post(f"/my/job/{order_id}/{step}", filled(phone, order_id, step))
        answer = technician.post(f"/my/job/{order_id}/{each.verb}", given, page="/my/phone/")
        told = answer.get_data(as_text=True)
        assert answer.status_code == 302, (
            state,
            each.verb,
            re.findall(r"(?:field-error|alert-danger)[^>]*>(?:<div>)?([^<]*)", told),
        )
        follow = technician.get(answer.location)
        assert "alert-danger" not in follow.get_data(as_text=True), (state, each.verb)
        assert phone.state(order_id) == each.target, (state, each.verb)
