"""A named cast: the people, customers and products that tests speak of.

Head office HQ (default hours); branch office NJ with a full crew; branch office SZ with a clerk and a technician, so
that there is always somebody who must not see something.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from flask import current_app
from sqlalchemy import select

from app import initialise
from app.contracts.models import Contract, ContractItem
from app.core import clock
from app.core.actors import SYSTEM, Principal
from app.core.db import db
from app.core.uow import unit_of_work
from app.customers.models import Address, Customer, ProductModel, Telephone, Voucher
from app.customers.rules import warranty_end
from app.feedback.models import VisitRule
from app.fieldservice.models import FaultCode, PriceItem, WarrantyCover
from app.organisation.models import AuthorityLimit, Branch, District, Skill, Staff, StaffSkill
from app.organisation.people import principal_named
from app.parts.models import Part, StockBalance, StockPlace

PASSWORD = "cast-password-1"

# username: (name, job, branch, roles)
PEOPLE = {
    "clerk": ("周晓芸", "clerk", "NJ", ("clerk",)),
    "technician": ("李建国", "technician", "NJ", ("technician",)),
    "technician2": ("王志强", "technician", "NJ", ("technician",)),
    "supervisor": ("陈国栋", "supervisor", "NJ", ("supervisor",)),
    "manager": ("赵明华", "branch_manager", "NJ", ("branch_manager",)),
    "accountant": ("孙丽萍", "accountant", "NJ", ("accountant",)),
    "service": ("吴佩玲", "service", "HQ", ("service_department",)),
    "director": ("郑海涛", "management", "HQ", ("management",)),
    "admin": ("何志远", "administrator", "HQ", ("administrator",)),
    "clerk_sz": ("林美凤", "clerk", "SZ", ("clerk",)),
    "technician_sz": ("黄大伟", "technician", "SZ", ("technician",)),
    "supervisor_sz": ("许文彬", "supervisor", "SZ", ("supervisor",)),
}


# after what, calendar days, who visits, who goes along (RV-1, RV-2)
VISIT_RULES = (
    ("complaint_major", 3, "service", "supervisor"),
    ("complaint", 3, "supervisor", "clerk"),
    ("repair", 7, "clerk", ""),
    ("contract", 0, "clerk", ""),
    ("other", 7, "clerk", ""),
)


@dataclass
class Cast:
    """Ids of what stands in the database, and the principals of the people."""

    people: dict[str, Principal] = field(default_factory=dict)
    branches: dict[str, int] = field(default_factory=dict)
    districts: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    vouchers: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    contract: int = 0

    def __getitem__(self, username: str) -> Principal:
        return self.people[username]

    def staff(self, username: str) -> int:
        """The staff id of a person."""
        found = self.people[username].staff_id
        assert found is not None
        return found


def build() -> None:
    """Put the cast into an empty database (tables made, nothing in them)."""
    initialise.make_roles()
    with unit_of_work(SYSTEM, "test.cast", bulk=True):
        branches = _organisation()
        _people(branches)
        _customers(branches)


def _organisation() -> dict[str, Branch]:
    branches = {
        "HQ": Branch(code="HQ", name="总公司", name_en="Head office", kind="head_office"),
        "NJ": Branch(code="NJ", name="南京分公司", name_en="Nanjing branch", kind="branch_office"),
        "SZ": Branch(code="SZ", name="苏州分公司", name_en="Suzhou branch", kind="branch_office"),
        "SC": Branch(code="SC", name="无锡服务中心", name_en="Wuxi service centre", kind="service_centre"),
    }
    districts = [
        District(code="320102", city="南京市", name="玄武区", zone="urban", branch=branches["NJ"]),
        District(code="320115", city="南京市", name="江宁区", zone="suburban", branch=branches["NJ"]),
        District(code="320508", city="苏州市", name="姑苏区", zone="urban", branch=branches["SZ"]),
    ]
    limits = [
        AuthorityLimit(kind="compensation", role="supervisor", up_to=Decimal("200.00")),
        AuthorityLimit(kind="compensation", role="branch_manager", up_to=Decimal("2000.00")),
        AuthorityLimit(kind="compensation", role="management", up_to=None),
    ]
    skill = Skill(code="refrigerator", name="冰箱维修", name_en="Refrigerators")
    faults = [
        FaultCode(code="F01", category="refrigerator", name="不制冷", name_en="No cooling"),
        FaultCode(code="G99", category="any", name="其他", name_en="Other"),
    ]
    first = date(2020, 1, 1)
    prices = [
        PriceItem(kind="callout", price=Decimal("30.00"), valid_from=first),
        PriceItem(kind="labour", unit_minutes=30, price=Decimal("50.00"), valid_from=first),
        WarrantyCover(category="any", misuse=False),
    ]
    visits = [
        VisitRule(trigger_on=trigger, days=days, visitor_job=visitor, companion_job=companion)
        for trigger, days, visitor, companion in VISIT_RULES
    ]
    db.session.add_all([*branches.values(), *districts, *visits, *limits, skill, *faults, *prices])
    db.session.flush()
    return branches


def _people(branches: dict[str, Branch]) -> None:
    manager = current_app.extensions["appbuilder"].sm
    hashed = _hash()
    skill = db.session.execute(select(Skill)).scalar_one()
    for number, (username, (name, job, branch, roles)) in enumerate(PEOPLE.items(), start=1):
        user = manager.user_model(
            username=username,
            first_name=name,
            last_name="",
            email=f"{username}@example.com",
            active=True,
            password=hashed,
            roles=[manager.find_role(role) for role in roles],
        )
        db.session.add(user)
        db.session.flush()
        staff = Staff(
            staff_no=f"N{number:03}",
            name=name,
            job=job,
            branch=branches[branch],
            email=f"{username}@example.com",
            user_id=user.id,
        )
        db.session.add(staff)
        if job == "technician":
            staff.skills.append(StaffSkill(skill=skill, level=2))
            db.session.flush()
            place = StockPlace(branch=branches[branch], kind="van", name=f"{name}车", staff_id=staff.id)
            db.session.add(place)
    db.session.flush()


_HASHES: list[str] = []


def _hash() -> str:
    from werkzeug.security import generate_password_hash

    if not _HASHES:
        # The cheapest honest hash: the suite logs in hundreds of times.
        _HASHES.append(generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000"))
    return _HASHES[0]


def _customers(branches: dict[str, Branch]) -> None:
    today = clock.today()
    fridge = ProductModel(code="BCD-215", name="双门冰箱", category="refrigerator", warranty_months=36)
    washer = ProductModel(code="XQG-80", name="滚筒洗衣机", category="washing_machine", warranty_months=24)
    districts = {d.name: d for d in db.session.execute(select(District)).scalars()}
    # key: (name, branch, telephone, district, model, serial, sold)
    known = {
        "in_warranty": ("张伟", "NJ", "13800000001", "玄武区", fridge, "SN-IN-1", date(today.year, 1, 15)),
        "out_of_warranty": ("刘芳", "NJ", "13800000002", "江宁区", fridge, "SN-OUT-1", date(2018, 5, 20)),
        "under_contract": ("钟山宾馆", "NJ", "02584000003", "玄武区", washer, "SN-CON-1", date(2019, 3, 1)),
        "suzhou": ("顾敏", "SZ", "13800000004", "姑苏区", fridge, "SN-SZ-1", date(today.year, 2, 1)),
    }
    for number, (key, (name, branch, phone, district, model, serial, sold)) in enumerate(known.items(), start=1):
        customer = Customer(
            name=name,
            kind="organisation" if key == "under_contract" else "person",
            branch=branches[branch],
        )
        customer.telephones.append(Telephone(number=phone, kind="mobile" if phone[0] == "1" else "landline"))
        address = Address(district=districts[district], line=f"中山路{number}号")
        customer.addresses.append(address)
        db.session.add(customer)
        db.session.flush()
        voucher = Voucher(
            number=f"FW-{branch}-20260101-{number:04}",
            branch=branches[branch],
            customer=customer,
            address=address,
            product_model=model,
            serial_no=serial,
            sold_on=sold,
            warranty_until=warranty_end(sold, model.warranty_months),
        )
        db.session.add(voucher)
        db.session.flush()
        if key == "under_contract":
            contract = Contract(
                number="HT-NJ-20260101-0001",
                branch=branches[branch],
                customer=customer,
                status="in_force",
                starts_on=date(today.year, 1, 1),
                ends_on=date(today.year + 1, 12, 31),
                price=Decimal("1200.00"),
                visits=2,
            )
            contract.items.append(ContractItem(voucher=voucher))
            db.session.add(contract)
    compressor = Part(code="P-COMP", name="压缩机", price=Decimal("480.00"), reorder_point=2)
    thermostat = Part(code="P-THERM", name="温控器", price=Decimal("65.50"), reorder_point=5)
    store = StockPlace(branch=branches["NJ"], kind="warehouse", name="南京仓库")
    db.session.add_all([compressor, thermostat, store])
    db.session.flush()
    van = db.session.execute(select(StockPlace).where(StockPlace.name == "李建国车")).scalar_one()
    db.session.add_all(
        [
            StockBalance(place=store, part=compressor, quantity=4),
            StockBalance(place=store, part=thermostat, quantity=20),
            StockBalance(place=van, part=thermostat, quantity=3),
        ]
    )


CUSTOMER_KEYS = ("in_warranty", "out_of_warranty", "under_contract", "suzhou")


def load() -> Cast:
    """Look up the ids of what ``build`` made."""
    session = db.session
    from app.core.actors import acting_as

    with acting_as(SYSTEM):
        cast = Cast(
            people={username: principal_named(username) for username in PEOPLE},
            branches={b.code: b.id for b in session.execute(select(Branch)).scalars()},
            districts={d.name: d.id for d in session.execute(select(District)).scalars()},
            parts={p.code: p.id for p in session.execute(select(Part)).scalars()},
            places={p.name: p.id for p in session.execute(select(StockPlace)).scalars()},
            faults={f.code: f.id for f in session.execute(select(FaultCode)).scalars()},
            contract=session.execute(select(Contract.id)).scalar_one(),
        )
        serials = {v.serial_no: v for v in session.execute(select(Voucher)).scalars()}
        for key, serial in zip(CUSTOMER_KEYS, ("SN-IN-1", "SN-OUT-1", "SN-CON-1", "SN-SZ-1"), strict=True):
            cast.vouchers[key] = serials[serial].id
            cast.customers[key] = serials[serial].customer_id
        session.rollback()
    return cast
