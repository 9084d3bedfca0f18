"""Customers, their products and the service vouchers, on both databases (CU-1, SO-3)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import Conflict, NotFound, NotPermitted, Refused
from app.customers import commands, queries
from app.customers.models import Customer, ProductModel, Telephone, Voucher
from app.customers.rules import warranty_end
from tests.cast import Cast


def _new(office: Cast, **given: object) -> Customer:
    values = {
        "name": "何家明",
        "phones": "138 0013 8000, 025-8400 1234",
        "district_id": office.districts["玄武区"],
        "line": "珠江路1号",
        **given,
    }
    return commands.create_customer(office["clerk"], **values)  # type: ignore[arg-type]  # a table of values


def _fridge() -> int:
    return db.session.execute(select(ProductModel.id).where(ProductModel.code == "BCD-215")).scalar_one()


def test_cu1_a_customer_with_telephones_and_address_is_entered_at_once(office: Cast) -> None:
    customer = _new(office)
    with acting_as(office["clerk"]):
        assert [(row.number, row.kind) for row in customer.telephones] == [
            ("13800138000", "mobile"),
            ("02584001234", "landline"),
        ]
        assert str(customer.addresses[0]) == "南京市玄武区珠江路1号"
        assert customer.branch_id == office.branches["NJ"]
    with acting_as(SYSTEM):
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "customer.create")).all()
    assert {entry.record for entry in entries} == {"customer", "telephone", "address"}
    assert {entry.actor for entry in entries} == {"周晓芸"}


def test_cu1_the_service_department_files_with_the_branch_that_serves_the_address(office: Cast) -> None:
    customer = commands.create_customer(
        office["service"], name="顾客", district_id=office.districts["姑苏区"], line="观前街2号"
    )
    assert customer.branch_id == office.branches["SZ"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"phones": "没有电话12"}, "phones"),
        ({"district_id": None}, "district_id"),
        ({"line": ""}, "line"),
    ],
)
def test_cu1_what_cannot_be_a_customer_leaves_nothing(office: Cast, given: dict[str, object], field: str) -> None:
    with acting_as(office["service"]):
        before = len(db.session.scalars(select(Customer)).all())
    with pytest.raises(Refused) as refused:
        _new(office, **given)
    assert refused.value.field == field
    with acting_as(office["service"]):
        assert len(db.session.scalars(select(Customer)).all()) == before


def test_cu1_a_technician_enters_no_customers(office: Cast) -> None:
    with pytest.raises(NotPermitted):
        commands.create_customer(office["technician"], name="何家明")


def test_cu1_duplicate_telephones_are_pointed_out_not_refused(office: Cast) -> None:
    with acting_as(office["clerk"]):
        known = queries.same_telephone(["＋86 138-0000-0001", "95588"])
        assert [customer.name for customer in known] == ["张伟"]
        assert queries.same_telephone(["138 0000 0001"], known[0].id) == []
    twin = _new(office, phones="13800000001")
    with acting_as(office["clerk"]):
        assert [customer.name for customer in queries.same_telephone(["13800000001"], twin.id)] == ["张伟"]


def test_cu1_the_same_number_twice_for_one_customer_is_refused(office: Cast) -> None:
    customer = _new(office)
    with pytest.raises(Refused) as refused:
        commands.add_telephone(office["clerk"], customer.id, number="+86 13800138000")
    assert refused.value.field == "number"
    added = commands.add_telephone(office["clerk"], customer.id, number="139-0013-9000")
    assert (added.number, added.kind) == ("13900139000", "mobile")
    changed = commands.change_telephone(office["clerk"], added.id, number="025 8400 9999")
    assert (changed.number, changed.kind) == ("02584009999", "landline")


# What a caller says, and whose file it finds. One test for all: a fresh database costs more than a search.
SAID = {
    "13800000001": "张伟",
    "138 0000 0001": "张伟",
    "+86-13800000001": "张伟",
    "１３８００００００01": "张伟",
    "0001": "张伟",
    "张": "张伟",
    "sn-in-1": "张伟",
    "FW-NJ-20260101-0001": "张伟",
    "fw-nj-20260101-0001": "张伟",
    "84000003": "钟山宾馆",
    "宾馆": "钟山宾馆",
}


def test_cu1_a_customer_is_found_by_whatever_the_caller_says(office: Cast) -> None:
    with acting_as(office["clerk"]):
        for said, name in SAID.items():
            result = queries.find(said)
            assert [customer.name for customer in result.customers] == [name], said
            assert [voucher.customer.name for voucher in result.vouchers] == [name], said


def test_cu1_nobody_is_found_for_nothing_nor_in_another_branch(office: Cast) -> None:
    nothing = ("", "  ", "001", "%", "_", "13999999999", "没有这个人")
    of_suzhou = ("顾敏", "13800000004", "SN-SZ-1")
    with acting_as(office["clerk"]):
        for said in (*nothing, *of_suzhou):
            assert not queries.find(said), said


def test_so3_one_voucher_a_product_numbered_with_derived_warranty(office: Cast) -> None:
    customer = office.customers["in_warranty"]
    sold = clock.today() - timedelta(days=10)
    first = commands.create_voucher(
        office["clerk"], customer_id=customer, product_model_id=_fridge(), serial_no=" sn-neu 1", sold_on=sold
    )
    stamp = f"{clock.today():%Y%m%d}"
    assert first.number == f"FW-NJ-{stamp}-0001"
    assert (first.serial_no, first.warranty_until) == ("SN-NEU1", warranty_end(sold, 36))
    with pytest.raises(Refused) as twice:
        commands.create_voucher(
            office["clerk"], customer_id=customer, product_model_id=_fridge(), serial_no="SN-NEU1", sold_on=sold
        )
    assert twice.value.field == "serial_no"
    # The refused one gave its number back.
    second = commands.create_voucher(office["clerk"], customer_id=customer, product_model_id=_fridge())
    assert second.number == f"FW-NJ-{stamp}-0002"
    assert (second.serial_no, second.warranty_until) == (None, None)


def test_so3_a_serial_number_of_another_branch_is_taken_all_the_same(office: Cast) -> None:
    with pytest.raises(Refused, match="FW-SZ"):
        commands.create_voucher(
            office["clerk"],
            customer_id=office.customers["in_warranty"],
            product_model_id=_fridge(),
            serial_no="sn-sz-1",
        )


def test_so3_the_address_is_one_of_the_customer(office: Cast) -> None:
    with acting_as(office["clerk"]):
        other = db.session.get_one(Customer, office.customers["out_of_warranty"]).addresses[0].id
    with pytest.raises(Refused) as refused:
        commands.create_voucher(
            office["clerk"],
            customer_id=office.customers["in_warranty"],
            product_model_id=_fridge(),
            address_id=other,
        )
    assert refused.value.field == "address_id"


def test_so3_a_derived_warranty_follows_a_corrected_sale_a_given_one_stays(office: Cast) -> None:
    clerk, voucher_id = office["clerk"], office.vouchers["out_of_warranty"]
    with acting_as(clerk):
        voucher = db.session.execute(select(Voucher).where(Voucher.id == voucher_id)).scalar_one()
        values = {
            "product_model_id": voucher.product_model_id,
            "address_id": voucher.address_id,
            "serial_no": voucher.serial_no,
        }
        until, version = voucher.warranty_until, voucher.version
    corrected = commands.update_voucher(
        clerk, voucher_id, sold_on=date(2019, 1, 31), warranty_until=until, version=version, **values
    )
    assert corrected.warranty_until == date(2022, 1, 31)
    given = commands.update_voucher(
        clerk, voucher_id, sold_on=date(2019, 1, 31), warranty_until=date(2024, 1, 31), **values
    )
    assert given.warranty_until == date(2024, 1, 31)
    with pytest.raises(Conflict):
        commands.update_voucher(clerk, voucher_id, sold_on=None, version=version, **values)


def test_so3_the_portal_knows_where_a_voucher_is(office: Cast) -> None:
    clerk, voucher_id = office["clerk"], office.vouchers["in_warranty"]
    with pytest.raises(Refused):
        commands.return_voucher(clerk, voucher_id)
    with clock.frozen(clock.at_local(date(2026, 11, 20))):
        commands.check_out_voucher(clerk, voucher_id, staff_id=office.staff("technician"), reason="PG-1")
        out = queries.custody_now(voucher_id)
        assert out is not None
        assert out.staff_id == office.staff("technician")
        with pytest.raises(Refused, match="李建国 since 2026-11-20 00:00"):
            commands.check_out_voucher(clerk, voucher_id, staff_id=office.staff("technician2"))
        commands.transfer_voucher(clerk, voucher_id, staff_id=office.staff("technician2"))
        with acting_as(clerk):
            voucher = db.session.get_one(Voucher, voucher_id)
            assert voucher.whereabouts is not None
            assert voucher.whereabouts[0].name == "王志强"
        commands.return_voucher(clerk, voucher_id)
    assert queries.custody_now(voucher_id) is None
    with acting_as(clerk):
        voucher = db.session.execute(select(Voucher).where(Voucher.id == voucher_id)).scalar_one()
        assert voucher.whereabouts is None
        assert len(voucher.custodies) == 2


def test_so3_a_voucher_does_not_come_back_before_it_went_out(office: Cast) -> None:
    clerk, voucher_id = office["clerk"], office.vouchers["in_warranty"]
    commands.check_out_voucher(clerk, voucher_id, staff_id=office.staff("technician"))
    with pytest.raises(Refused) as refused:
        commands.return_voucher(clerk, voucher_id, at=clock.now() - timedelta(hours=1))
    assert refused.value.field == "at"


def test_access_a_clerk_reaches_no_customer_of_another_branch(office: Cast) -> None:
    clerk = office["clerk"]
    with pytest.raises(NotFound):
        commands.update_customer(clerk, office.customers["suzhou"], name="X", kind="person")
    with pytest.raises(NotFound):
        commands.add_telephone(clerk, office.customers["suzhou"], number="13900000000")
    with pytest.raises(NotFound):
        commands.check_out_voucher(clerk, office.vouchers["suzhou"], staff_id=office.staff("technician"))
    with acting_as(office["service"]):
        numbers = db.session.scalars(
            select(Telephone.number).where(Telephone.customer_id == office.customers["suzhou"])
        ).all()
    assert numbers == ["13800000004"]
