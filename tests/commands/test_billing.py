"""Money from the quote to the last fen, on both databases (SO-6, SO-9, SO-20, CO-1, KP-2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from threading import Barrier, Event, Thread
from time import sleep

import pytest
from sqlalchemy import select

from app.billing import commands, queries
from app.billing.commands.guards import no_cash_in_hand
from app.billing.models import CashHandover, Payment
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.inbox import InboxMessage
from app.core.uow import unit_of_work
from app.fieldservice import commands as jobs
from app.fieldservice.models import PriceItem, WarrantyCover, WorkOrder
from app.fieldservice.queries import to_agree
from app.organisation.commands import leave
from app.organisation.models import Staff
from app.workshop import commands as workshop
from tests.cast import Cast
from tests.commands.billing_days import (
    FRIDAY,
    PNG,
    D,
    again,
    agreed,
    at,
    finished,
    limits,
    office_time,
    on_site,
)
from tests.commands.test_leaving import empty_van
from tests.conftest import Backend


@pytest.fixture(autouse=True)
def _friday(office: Cast) -> Iterator[None]:
    with clock.frozen(FRIDAY):
        limits()
        yield


# -- the quote --------------------------------------------------------------------------------------------------------


def test_so6_prices_of_the_day_of_the_quote_stay_with_the_job(office: Cast) -> None:
    order_id = on_site(office)
    with unit_of_work(SYSTEM, "test.prices"):
        db.session.add(PriceItem(kind="callout", zone="suburban", price=D("45"), valid_from=date(2026, 11, 1)))
        db.session.add(
            PriceItem(
                kind="labour_flat", fault_code_id=office.faults["F01"], price=D("120"), valid_from=date(2026, 11, 1)
            )
        )
    jobs.quote(office["technician"], order_id, minutes=45, fault_code_id=office.faults["F01"])
    with acting_as(SYSTEM):
        assert [(c.kind, c.unit_price) for c in fetch(WorkOrder, order_id).charges] == [
            ("callout", D("45.00")),
            ("labour", D("120.00")),
        ]
    with unit_of_work(SYSTEM, "test.prices"):
        for row in db.session.scalars(select(PriceItem)):
            row.price += 1
    with acting_as(SYSTEM):
        assert sum(c.amount for c in fetch(WorkOrder, order_id).charges) == D("165.00")


def test_so6_a_signature_under_the_quote_is_kept(office: Cast) -> None:
    order_id = on_site(office)
    jobs.quote(office["technician"], order_id, minutes=30)
    with pytest.raises(Refused):
        jobs.agree_charges(office["technician"], order_id, name="刘芳", drawing=b"no picture")
    jobs.agree_charges(office["technician"], order_id, name="刘芳", drawing=PNG)
    order = again(WorkOrder, order_id)
    with acting_as(SYSTEM):
        assert (order.consent_how, order.consent_file.record) == ("signature", "work_order")
    jobs.quote(office["technician"], order_id, minutes=60)
    order = again(WorkOrder, order_id)
    assert (order.consent_how, order.consent_file_id, order.charges_agreed_at) == ("", None, None)


def test_so6_the_office_tells_the_charges_before_anybody_goes(office: Cast) -> None:
    call = jobs.enter_call(office["clerk"], office.vouchers["out_of_warranty"], symptom="不制冷")
    order = jobs.dispatch(office["supervisor"], call.id, technician_id=office.staff("technician"))
    jobs.quote(office["clerk"], order.id, minutes=30)
    with pytest.raises(Refused) as problem:
        jobs.agree_charges(office["clerk"], order.id, name="刘芳", how="telephone", agreed_at=office_time(9, 1))
    assert problem.value.field == "agreed_at"
    jobs.agree_charges(office["clerk"], order.id, name="刘芳", how="telephone")
    assert again(WorkOrder, order.id).consent_how == "telephone"
    with pytest.raises(NotPermitted):
        jobs.quote(office["accountant"], order.id, minutes=30)


def test_so6_misuse_under_warranty_is_paid_as_its_table_says(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.cover"):
        db.session.add(
            WarrantyCover(category="any", misuse=True, labour_free=True, callout_free=True, parts_free=False)
        )
    order_id, part = on_site(office, "in_warranty"), office.parts["P-THERM"]
    with pytest.raises(Refused) as problem:
        jobs.mark_misuse(office["technician"], order_id, misuse=True, reason="")
    assert problem.value.field == "reason"
    jobs.mark_misuse(office["technician"], order_id, misuse=True, reason="机内进水")
    jobs.quote(office["technician"], order_id, minutes=30, needed=[(part, 1)])
    with acting_as(SYSTEM):
        told = fetch(WorkOrder, order_id).charges
        assert sum(charge.amount for charge in told) == D("65.50")
        assert [bool(charge.free_reason) for charge in told] == [True, True, False]
    with pytest.raises(Refused):
        jobs.fit_part(office["technician"], order_id, part_id=part)
    jobs.agree_charges(office["technician"], order_id, name="张伟")
    jobs.fit_part(office["technician"], order_id, part_id=part)
    with pytest.raises(Refused):
        jobs.mark_misuse(office["technician"], order_id, misuse=False)


def test_so6_misuse_is_found_by_opening_the_item_after_minutes_were_recorded(office: Cast) -> None:
    order_id, tech = on_site(office, "in_warranty"), office["technician"]
    with at(10):
        jobs.record_time(tech, order_id, started_at=office_time(9, 30), minutes=20)
    with pytest.raises(Refused) as problem:  # on site it is said before the work
        jobs.mark_misuse(tech, order_id, misuse=True, reason="机内进水")
    assert problem.value.field == "misuse"
    given = {"condition": "完好", "promised_at": office_time(17, day=25), "unsigned_reason": "急", "photos": [PNG]}
    with at(10):
        receipt = workshop.take_back(tech, order_id, **given)
        with acting_as(SYSTEM):
            card_id = receipt.card.id
        workshop.start(tech, card_id)
    jobs.mark_misuse(tech, order_id, misuse=True, reason="机内进水")
    jobs.quote(tech, order_id, minutes=30)
    with acting_as(SYSTEM):
        order = fetch(WorkOrder, order_id)
        assert to_agree(order) and sum(charge.amount for charge in order.charges) > 0
    with pytest.raises(Refused):  # from here on nothing without the customer
        jobs.fit_part(tech, order_id, part_id=office.parts["P-THERM"])


def test_only_a_warranty_job_is_marked_as_misuse(office: Cast) -> None:
    with pytest.raises(Refused):
        jobs.mark_misuse(office["technician"], on_site(office), misuse=True, reason="进水")


# -- on the spot --------------------------------------------------------------------------------------------------------


def test_so6_the_technician_collects_and_hands_in_the_same_day(office: Cast) -> None:
    order_id, tech = finished(office), office["technician"]
    with at(10, 5):
        first = commands.collect(tech, order_id, amount=D("100.00"))
        assert (first.number, first.in_hand) == ("SK-NJ-20261120-0001", True)
        with pytest.raises(Refused):
            commands.collect(tech, order_id, amount=D("30.01"))
        commands.collect(tech, order_id, amount=D("20.00"), method="wechat", reference="4200001")
    with pytest.raises(Refused):
        jobs.close(office["clerk"], order_id)
    with at(10, 6):
        commands.collect(tech, order_id, amount=D("10.00"))
    assert [row.amount for row in queries.in_hand_of(office.staff("technician"))] == [D("100.00"), D("10.00")]
    with at(17):
        handover = commands.hand_in(tech)
        assert (handover.number, handover.amount, handover.status) == ("JK-NJ-20261120-0001", D("110.00"), "submitted")
        with pytest.raises(Refused):
            commands.hand_in(tech)
        with pytest.raises(NotPermitted):
            commands.receive_cash(tech, handover.id, counted=D("110.00"))
        with pytest.raises(Refused):
            commands.receive_cash(office["accountant"], handover.id, counted=D("100.00"))
        commands.receive_cash(office["accountant"], handover.id, counted=D("110.00"))
        jobs.close(office["clerk"], order_id)
    assert again(CashHandover, handover.id).status == "received"
    assert queries.in_hand_of(office.staff("technician"), handed_in_too=True) == []
    assert again(WorkOrder, order_id).status == "closed"


def test_so6_a_difference_is_agreed_by_both(office: Cast) -> None:
    order_id, tech = finished(office), office["technician"]
    commands.collect(tech, order_id, amount=D("130.00"), at=office_time(10, 5))
    handover_id = commands.hand_in(tech, at=office_time(17)).id
    with pytest.raises(Refused) as problem:
        commands.dispute(office["accountant"], handover_id, counted=D("120.00"), reason="")
    assert problem.value.field == "reason"
    commands.dispute(office["accountant"], handover_id, counted=D("120.00"), reason="少一张十元")
    row = again(CashHandover, handover_id)
    assert (row.status, row.difference) == ("differs", D("-10.00"))
    assert queries.in_hand_of(office.staff("technician"), handed_in_too=True)
    with pytest.raises((Refused, NotFound)):
        commands.agree(office["technician2"], handover_id)
    commands.agree(tech, handover_id)
    assert again(CashHandover, handover_id).status == "received"
    assert queries.in_hand_of(office.staff("technician"), handed_in_too=True) == []


def test_so6_a_withdrawn_handover_is_still_to_be_handed_in(office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    first = commands.hand_in(office["technician"], at=office_time(11)).id
    commands.withdraw(office["technician"], first)
    second = commands.hand_in(office["technician"], at=office_time(17))
    assert second.amount == D("130.00") and second.id != first


def test_so6_a_large_sum_needs_the_supervisors_permit(office: Cast) -> None:
    order_id = finished(office, 600)  # 30 + 20 × 50
    with pytest.raises(Refused) as problem:
        commands.collect(office["technician"], order_id, amount=D("100.00"))
    assert problem.value.params["limit"] == "500.00"
    with pytest.raises(NotPermitted):
        commands.give_permit(office["technician"], order_id, reason="客户要求")
    commands.give_permit(office["supervisor"], order_id, reason="客户明日出国")
    with pytest.raises(Refused):
        commands.give_permit(office["supervisor"], order_id, reason="再次")
    assert commands.collect(office["technician"], order_id, amount=D("1030.00")).in_hand


def test_so6_nothing_is_collected_before_the_customer_agrees(office: Cast) -> None:
    order_id = on_site(office)
    with pytest.raises(Refused):
        commands.collect(office["technician"], order_id, amount=D("30.00"))
    jobs.quote(office["technician"], order_id, minutes=30)
    with pytest.raises(Refused):
        commands.collect(office["technician"], order_id, amount=D("30.00"))


def test_charges_stay_once_money_was_taken_and_a_void_lets_them_change(office: Cast) -> None:
    order_id, tech = agreed(office), office["technician"]
    payment_id = commands.collect(tech, order_id, amount=D("50.00")).id
    with pytest.raises(Refused):
        jobs.quote(tech, order_id, minutes=90)
    with pytest.raises(NotPermitted):
        commands.void_payment(tech, payment_id, reason="输错")
    commands.void_payment(office["accountant"], payment_id, reason="输错金额")
    with pytest.raises(Refused):
        commands.void_payment(office["accountant"], payment_id, reason="再来")
    jobs.quote(tech, order_id, minutes=90)
    assert again(Payment, payment_id).number == "SK-NJ-20261120-0001"


def test_so6_late_cash_is_told_once_to_those_who_answer_for_it(office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    assert commands.tell_late_cash(office_time(18)) == 0
    assert commands.tell_late_cash(office_time(8, 30, day=21)) == 1
    assert commands.tell_late_cash(office_time(9, 30, day=21)) == 0
    with acting_as(SYSTEM):
        told = {row.staff_id for row in db.session.scalars(select(InboxMessage).where(InboxMessage.tone == "danger"))}
    assert told == {office.staff(name) for name in ("technician", "supervisor", "manager")}


def test_who_leaves_with_cash_is_kept_until_it_is_settled(office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    person = again(Staff, office.staff("technician"))
    with pytest.raises(Refused) as problem:
        no_cash_in_hand(person)
    assert problem.value.params["amount"] == "130.00"
    assert [way.url for way in problem.value.ways] == ["/money/cash/"]
    with pytest.raises(Refused, match="parts lie in the van") as problem:
        leave(office["supervisor"], person.id)
    assert [each.params["amount"] for each in problem.value.also] == ["130.00"]  # all of it in one breath
    with pytest.raises(Refused):
        commands.settle(office["supervisor"], person.id, reason=" ")
    with pytest.raises(Refused):
        commands.settle(office["supervisor"], office.staff("supervisor"), reason="自己")
    with pytest.raises((Refused, NotPermitted)):
        commands.settle(office["supervisor_sz"], person.id, reason="别的公司")
    row = commands.settle(office["supervisor"], person.id, reason="离职未交，从工资扣回")
    assert (row.status, row.amount) == ("settled", D("130.00"))
    no_cash_in_hand(person)
    with pytest.raises(Refused, match="parts lie in the van"):
        leave(office["supervisor"], person.id)
    empty_van(office)
    for who, problem_of in (("technician2", NotPermitted), ("supervisor_sz", Refused)):
        with pytest.raises(problem_of):
            leave(office[who], person.id)
    with pytest.raises(Refused):
        leave(office["supervisor"], office.staff("supervisor"))
    leave(office["supervisor"], person.id)
    assert not again(Staff, person.id).active
    with pytest.raises(Refused):
        leave(office["supervisor"], person.id)


def test_two_taps_hand_the_same_cash_in_once(backend: Backend, office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    db.session.remove()
    outcomes: list[str] = []
    start = Barrier(2)

    def tap() -> None:
        with backend.app.app_context():
            start.wait()
            try:
                commands.hand_in(office["technician"], at=office_time(17))
                outcomes.append("handed in")
            except Refused:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["handed in", "refused"]


def test_disputed_cash_of_somebody_who_has_gone_is_settled_too(office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    handover_id = commands.hand_in(office["technician"], at=office_time(11)).id
    commands.dispute(office["accountant"], handover_id, counted=D("120.00"), reason="少一张十元")
    with acting_as(office["supervisor"]):
        (held,) = queries.cash_in_hand()
        # Nobody counts it any more, so the list offers to settle it.
        assert (held.amount, held.waiting) == (D("130.00"), D("0.00"))
    row = commands.settle(office["supervisor"], office.staff("technician"), reason="离职未认，从工资扣回")
    assert (row.status, row.amount) == ("settled", D("130.00"))
    assert again(CashHandover, handover_id).status == "withdrawn"
    no_cash_in_hand(again(Staff, office.staff("technician")))


def test_cash_that_waits_to_be_counted_is_not_settled_past_the_accountant(office: Cast) -> None:
    commands.collect(office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5))
    handover_id = commands.hand_in(office["technician"], at=office_time(11)).id
    with acting_as(office["supervisor"]):
        assert queries.cash_in_hand()[0].waiting == D("130.00")
    with pytest.raises(Refused):
        commands.settle(office["supervisor"], office.staff("technician"), reason="离职")
    assert again(CashHandover, handover_id).status == "submitted"


@pytest.mark.parametrize("verb", ["hand_in", "settle"])
def test_what_is_voided_at_the_same_moment_is_not_handed_in(backend: Backend, office: Cast, verb: str) -> None:
    payment_id = commands.collect(
        office["technician"], finished(office), amount=D("130.00"), at=office_time(10, 5)
    ).id  # fmt: skip
    db.session.remove()
    outcomes: list[str] = []
    voided = Event()

    def void() -> None:
        with backend.app.app_context():
            try:
                with unit_of_work(office["accountant"], "payment.void"):
                    commands.void_payment(office["accountant"], payment_id, reason="误登")
                    voided.set()
                    sleep(0.5)  # the other one has read the payment by now, or waits for it
            finally:
                voided.set()
                db.session.remove()

    def take() -> None:
        with backend.app.app_context():
            voided.wait()
            try:
                if verb == "hand_in":
                    commands.hand_in(office["technician"], at=office_time(17))
                else:
                    commands.settle(office["supervisor"], office.staff("technician"), reason="离职")
                outcomes.append("taken")
            except Refused:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=each) for each in (void, take)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["refused"]
    row = again(Payment, payment_id)
    assert (row.voided_at is not None, row.in_hand, row.handover_id) == (True, False, None)


def test_so9_who_brings_the_item_back_takes_the_money_at_the_door(office: Cast) -> None:
    with at(9, 10):
        order_id = agreed(office)
    given = {
        "condition": "外观完好",
        "promised_at": office_time(17, day=25),
        "signer": "刘芳",
        "drawing": PNG,
        "photos": [PNG],
    }
    with at(10):
        receipt = workshop.take_back(office["technician"], order_id, **given)
    with acting_as(SYSTEM):
        card_id = receipt.card.id
    bench, courier = office["technician2"], office.staff("technician2")
    assert not queries.brings_back(order_id, courier)
    with at(13):
        workshop.start(office["technician"], card_id)
    with at(14):
        jobs.record_time(office["technician"], order_id, started_at=office_time(13), minutes=40)
        workshop.report_done(office["technician"], card_id, fault_code_id=office.faults["F01"], result="好")
        workshop.pass_inspection(office["supervisor"], card_id)
        with pytest.raises((Refused, NotFound)):
            commands.collect(bench, order_id, amount=D("30.00"))
        workshop.send_out(office["clerk"], card_id, technician_id=courier)
    assert queries.brings_back(order_id, courier) and not queries.brings_back(order_id, office.staff("technician"))
    with at(15):
        assert commands.collect(bench, order_id, amount=D("30.00")).in_hand
        workshop.hand_back(bench, order_id, signer="刘芳", drawing=PNG)
        commands.collect(bench, order_id, amount=D("100.00"))
    assert again(WorkOrder, order_id).technician_id == office.staff("technician")
    assert [row.amount for row in queries.in_hand_of(courier)] == [D("30.00"), D("100.00")]


# -- waiving ----------------------------------------------------------------------------------------------------------


def test_a_waiver_needs_the_authority_and_small_ones_add_up(office: Cast) -> None:
    order_id = finished(office, 300)  # 30 + 10 × 50
    with pytest.raises(NotPermitted):
        commands.waive(office["clerk"], order_id, amount=D("1.00"), reason="好心")
    with pytest.raises(Refused) as problem:
        commands.waive(office["supervisor"], order_id, amount=D("200.01"), reason="抱歉")
    assert problem.value.field == "amount"
    commands.waive(office["supervisor"], order_id, amount=D("150.00"), reason="等候过久")
    with pytest.raises(Refused):
        commands.waive(office["supervisor"], order_id, amount=D("50.01"), reason="等候过久")
    commands.waive(office["manager"], order_id, amount=D("380.00"), reason="全免")
    assert queries.money_of(again(WorkOrder, order_id)).state == "waived"
    jobs.close(office["clerk"], order_id, at=office_time(17))
