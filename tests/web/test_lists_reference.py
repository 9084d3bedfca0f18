"""No list of customers, contracts, stock or organisation asks the database once a row (at most 15 statements a page)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.contracts.models import Contract, ContractItem, ContractNotice
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.customers.models import Address, Customer, Telephone, Voucher, VoucherCustody
from app.organisation.models import Staff, StaffSkill
from app.parts.models import Part, StockBalance, StockMove
from tests.cast import Cast
from tests.web.test_lists import statements

LISTS = (
    ("clerk", "/customerview/list/"),
    ("clerk", "/customers/find/?q=众客户"),
    ("clerk", "/voucherview/list/"),
    ("clerk", "/voucherview/list/?show=out"),
    ("clerk", "/contractview/list/"),
    ("clerk", "/contractview/list/?show=ending"),
    ("clerk", "/contractnoticeview/list/"),
    ("clerk", "/stockbalanceview/list/"),
    ("clerk", "/stockmoveview/list/"),
    ("clerk", "/parts/reorder/"),
    ("clerk", "/staffview/list/"),
    ("admin", "/districtview/list/"),
    ("admin", "/staffskillview/list/"),
    ("admin", "/auditentryview/list/"),
    ("admin", "/settings/"),
)


def _thirty_of_everything(cast: Cast) -> None:
    today, now = clock.today(), clock.now()
    with unit_of_work(SYSTEM, "test") as session:
        first = session.get_one(Voucher, cast.vouchers["in_warranty"])
        store, technician = cast.places["南京仓库"], cast.staff("technician")
        skill = session.scalars(select(StaffSkill)).first()
        assert skill is not None
        for number in range(30):
            customer = Customer(name=f"众客户{number}", branch_id=first.branch_id)
            customer.telephones.append(Telephone(number=f"139000000{number:02}"))
            address = Address(district_id=cast.districts["玄武区"], line=f"{number}号")
            customer.addresses.append(address)
            voucher = Voucher(
                number=f"FW-T-{number}",
                branch_id=first.branch_id,
                customer=customer,
                address=address,
                product_model_id=first.product_model_id,
            )
            contract = Contract(
                number=f"HT-T-{number}",
                branch_id=first.branch_id,
                customer=customer,
                status="in_force",
                starts_on=today,
                ends_on=today + timedelta(days=20),
            )
            contract.items.append(ContractItem(voucher=voucher))
            part = Part(code=f"T-{number}", name="零件", reorder_point=5)
            staff = Staff(staff_no=f"T{number}", name=f"员工{number}", job="technician", branch_id=first.branch_id)
            staff.skills.append(StaffSkill(skill_id=skill.skill_id, level=1))
            session.add_all(
                [
                    customer,
                    voucher,
                    contract,
                    ContractNotice(
                        contract=contract, for_date=contract.ends_on, given_at=now, visitor_id=cast.staff("clerk")
                    ),
                    VoucherCustody(voucher=voucher, staff_id=technician, out_at=now),
                    StockBalance(part=part, place_id=store, quantity=1),
                    StockMove(at=now, kind="receipt", part=part, quantity=1, to_place_id=store, by_id=technician),
                    staff,
                ]
            )


def test_at_most_fifteen_statements_a_list_page(app: Flask, cast: Cast, client_for: Any) -> None:
    with app.app_context(), acting_as(SYSTEM):
        _thirty_of_everything(cast)
        db.session.remove()
    people = {name: client_for(name) for name in ("clerk", "admin")}
    for name, address in LISTS:
        people[name].get(address)
        with statements() as seen:
            answer = people[name].get(address)
        assert answer.status_code == 200, address
        assert len(seen) <= 15, "\n".join([address, *seen])
