"""Maintenance contracts on both databases (CO-1, SO-1, SO-16)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.contracts import commands, jobs, queries
from app.contracts.models import Contract, ContractNotice
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.outbox import OutboxEntry
from app.core.settings import Setting
from app.core.uow import unit_of_work
from tests.cast import Cast

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=clock.zone())
TODAY = NOW.date()


def _draft(office: Cast, **given: object) -> Contract:
    values: dict[str, object] = {
        "customer_id": office.customers["in_warranty"],
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "price": Decimal("600.00"),
        "visits": 2,
        "voucher_ids": [office.vouchers["in_warranty"]],
        **given,
    }
    return commands.create_contract(office["clerk"], **values)  # type: ignore[arg-type]  # a table of values


def _in_force(office: Cast, **given: object) -> int:
    return commands.put_in_force(office["supervisor"], _draft(office, **given).id).id


def _tick() -> None:
    """What the scheduler does."""
    with acting_as(SYSTEM):
        jobs.expiry_notices(clock.now())
        jobs.past_contracts(clock.now())


def _notices() -> list[ContractNotice]:
    with acting_as(SYSTEM):
        return list(db.session.scalars(select(ContractNotice).order_by(ContractNotice.id)))


def _letters() -> list[OutboxEntry]:
    found = db.session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "make_document").order_by(OutboxEntry.id))
    return list(found)


def test_co1_from_draft_to_the_end(office: Cast) -> None:
    with clock.frozen(NOW):
        contract = _draft(office)
        assert (contract.number, contract.status) == ("HT-NJ-20261120-0001", "draft")
        with pytest.raises(NotPermitted):
            commands.put_in_force(office["clerk"], contract.id)
        assert commands.put_in_force(office["supervisor"], contract.id).status == "in_force"
        assert commands.end(office["supervisor"], contract.id).status == "ended"
        with pytest.raises(Refused):
            commands.cancel(office["supervisor"], contract.id, reason="x")


def test_co1_a_contract_covers_only_products_of_its_customer(office: Cast) -> None:
    with pytest.raises(Refused) as refused:
        _draft(office, voucher_ids=[office.vouchers["out_of_warranty"]])
    assert refused.value.field == "voucher_ids"
    contract = _draft(office, voucher_ids=[])
    with pytest.raises(Refused):
        commands.put_in_force(office["supervisor"], contract.id)
    commands.choose_products(office["clerk"], contract.id, voucher_ids=[office.vouchers["in_warranty"]])
    commands.put_in_force(office["supervisor"], contract.id)
    with pytest.raises(Refused):
        commands.choose_products(office["clerk"], contract.id, voucher_ids=[])


def test_so1_the_contract_in_force_that_covers_a_product(office: Cast) -> None:
    voucher = office.vouchers["in_warranty"]
    draft = _draft(office)
    with acting_as(office["clerk"]):
        assert queries.covering_contract(voucher, date(2026, 6, 1)) is None
    commands.put_in_force(office["supervisor"], draft.id)
    longer = _in_force(office, ends_on=date(2027, 12, 31))
    # The same contract for whoever asks: also the technician, also another branch.
    for username in ("clerk", "technician", "clerk_sz"):
        with acting_as(office[username]):
            found = queries.covering_contract(voucher, date(2026, 6, 1))
            assert found is not None
            assert found.id == longer
            assert queries.covering_contract(voucher, date(2025, 12, 31)) is None
            assert queries.covering_contract(voucher, date(2027, 12, 31)) is not None
            assert queries.covering_contract(voucher, date(2028, 1, 1)) is None
    commands.cancel(office["supervisor"], longer, reason="客户解约")
    with acting_as(office["clerk"]):
        found = queries.covering_contract(voucher, date(2026, 6, 1))
        assert found is not None
        assert found.id == draft.id


def test_co1_a_renewal_points_to_its_predecessor_and_there_is_one(office: Cast) -> None:
    clerk, first = office["clerk"], _in_force(office)
    with pytest.raises(Refused) as overlap:
        commands.renew(clerk, first, starts_on=date(2026, 12, 31), ends_on=date(2027, 12, 30), price=Decimal("650.00"))
    assert overlap.value.field == "starts_on"
    term = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31), "price": Decimal("650.00")}
    second = commands.renew(clerk, first, **term)  # type: ignore[arg-type]  # a table of values
    assert (second.predecessor_id, second.status, second.visits) == (first, "draft", 2)
    with acting_as(clerk):
        assert [item.voucher_id for item in second.items] == [office.vouchers["in_warranty"]]
    with pytest.raises(Refused, match="renewed already"):
        commands.renew(clerk, first, **term)  # type: ignore[arg-type]  # likewise
    commands.cancel(clerk, second.id, reason="价格有误")
    third = commands.renew(clerk, first, **term)  # type: ignore[arg-type]  # likewise
    assert third.predecessor_id == first
    with acting_as(clerk):
        contract = db.session.execute(select(Contract).where(Contract.id == first)).scalar_one()
        assert contract.renewal is not None
        assert contract.renewal.id == third.id
    with pytest.raises(Refused):
        commands.renew(clerk, third.id, starts_on=date(2028, 1, 1), ends_on=date(2028, 12, 31), price=Decimal(1))


def test_so16_the_notice_is_given_once_thirty_days_before_the_end(office: Cast) -> None:
    with clock.frozen(NOW):
        contract = _in_force(office, ends_on=TODAY + timedelta(days=31))
        _tick()
        assert _notices() == []
    with clock.frozen(NOW + timedelta(days=1)):
        for _twice in range(2):
            _tick()
        (notice,) = _notices()
        assert (notice.contract_id, notice.for_date) == (contract, TODAY + timedelta(days=31))
        # Somebody is assigned to visit: the clerk of the branch.
        assert notice.visitor_id == office.staff("clerk")
    (letter,) = _letters()
    assert letter.payload == {
        "key": letter.dedup,
        "name": "contract_expiry_notice",
        "date": "2026-11-21",
        "branch": "NJ",
        "record_id": contract,
    }


def test_co1_a_changed_end_is_notified_anew(office: Cast) -> None:
    values = {"price": Decimal("600.00"), "visits": 2, "labour_free": True, "parts_free": False, "callout_free": True}
    with clock.frozen(NOW):
        contract = _in_force(office, ends_on=TODAY + timedelta(days=20))
        _tick()
        moved = TODAY + timedelta(days=25)
        commands.update_contract(
            office["clerk"],
            contract,
            starts_on=date(2026, 1, 1),
            ends_on=moved,
            **values,  # type: ignore[arg-type]  # a table of values
        )
        _tick()
        _tick()
    assert [notice.for_date for notice in _notices()] == [TODAY + timedelta(days=20), moved]
    assert len(_letters()) == 2


def test_so16_no_notice_for_what_is_renewed_over_or_only_drafted(office: Cast) -> None:
    with clock.frozen(NOW):
        _draft(office, ends_on=TODAY + timedelta(days=5))
        renewed = _in_force(office, ends_on=TODAY + timedelta(days=5))
        commands.renew(
            office["clerk"],
            renewed,
            starts_on=TODAY + timedelta(days=6),
            ends_on=TODAY + timedelta(days=400),
            price=Decimal(0),
        )
        _tick()
    assert _notices() == []


def test_so16_the_notice_time_is_a_setting(office: Cast) -> None:
    with unit_of_work(SYSTEM, "setting.change") as session:
        session.add(Setting(key="contract_notice_days", value="60"))
    with clock.frozen(NOW):
        _in_force(office, ends_on=TODAY + timedelta(days=60))
        _tick()
    assert len(_notices()) == 1


def test_so16_visits_for_renewal_are_shared_out_and_can_be_handed_over(office: Cast) -> None:
    with clock.frozen(NOW):
        contract = _in_force(office, ends_on=TODAY + timedelta(days=10))
        notice = commands.notify(office["supervisor"], contract, visitor_id=office.staff("supervisor"))
        assert notice.visitor_id == office.staff("supervisor")
        with pytest.raises(Refused):
            commands.notify(office["supervisor"], contract)
        handed = commands.assign_visitor(office["supervisor"], notice.id, visitor_id=office.staff("clerk"))
        assert handed.visitor_id == office.staff("clerk")


def test_co1_a_contract_ends_by_itself_after_its_last_day(office: Cast) -> None:
    with clock.frozen(NOW):
        contract = _in_force(office, ends_on=TODAY)
        _tick()
        with acting_as(SYSTEM):
            assert db.session.get_one(Contract, contract).status == "in_force"
    with clock.frozen(NOW + timedelta(days=1)):
        _tick()
        _tick()
    with acting_as(SYSTEM):
        assert db.session.execute(select(Contract.status).where(Contract.id == contract)).scalar_one() == "ended"


def test_access_a_contract_of_another_branch_is_out_of_reach(office: Cast) -> None:
    contract = _draft(office)
    with pytest.raises(NotFound):
        commands.cancel(office["clerk_sz"], contract.id, reason="x")
    with pytest.raises(NotFound):
        commands.create_contract(
            office["clerk_sz"],
            customer_id=office.customers["in_warranty"],
            starts_on=TODAY,
            ends_on=TODAY,
        )
