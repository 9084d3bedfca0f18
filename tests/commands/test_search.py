"""The index of the customers' search follows the rows, on both databases (CU-1, SO-4)."""

from __future__ import annotations

from threading import Barrier, Thread

from sqlalchemy import delete, select

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.customers import commands, queries
from app.customers.models import Contact, Customer, SearchKey, Telephone
from app.customers.search_index import rebuild
from tests.cast import Cast
from tests.conftest import Backend


def _names(office: Cast, said: str, who: str = "clerk") -> list[str]:
    with acting_as(office[who]):
        return [customer.name for customer in queries.find(said).customers]


def test_cu1_any_part_of_a_name_or_number_finds_the_customer(office: Cast) -> None:
    commands.create_customer(office["clerk"], name="南京Golden家园（物业）", phones="025-8400 7788")
    for said in ("golden", "家园物业", "物业", "840077", "8400 7788", "02584007788", "golden 物业"):
        assert _names(office, said) == ["南京Golden家园（物业）"], said
    assert _names(office, "golden 宾馆") == []
    assert _names(office, "13800") == ["张伟", "刘芳"]  # of the own branch only


def test_cu1_the_index_follows_every_change(office: Cast) -> None:
    customer = commands.create_customer(office["clerk"], name="何家明", phones="13912345678")
    commands.update_customer(office["clerk"], customer.id, name="何佳铭", kind="person")
    assert _names(office, "何家明") == []
    assert _names(office, "佳铭") == ["何佳铭"]
    with acting_as(office["clerk"]):
        row = db.session.scalars(select(Telephone).where(Telephone.customer_id == customer.id)).one()
    commands.change_telephone(office["clerk"], row.id, number="13987654321")
    assert _names(office, "13912345678") == []
    assert _names(office, "7654321") == ["何佳铭"]
    with unit_of_work(office["clerk"], "contact.create"):
        db.session.add(Contact(customer_id=customer.id, name="傅经理", phone="13811112222"))
    assert _names(office, "傅经理") == _names(office, "1112222") == ["何佳铭"]
    with unit_of_work(office["clerk"], "telephone.delete"):
        db.session.delete(db.session.get_one(Telephone, row.id))
    assert _names(office, "7654321") == []


def test_so3_a_corrected_serial_number_is_found_and_the_old_one_is_not(office: Cast) -> None:
    voucher_id = office.vouchers["in_warranty"]
    with acting_as(office["clerk"]):
        voucher = queries.vouchers_of(office.customers["in_warranty"])[0]
    given = {"product_model_id": voucher.product_model_id, "address_id": voucher.address_id, "sold_on": voucher.sold_on}
    commands.update_voucher(office["clerk"], voucher_id, serial_no="Z9-77 531", **given)
    assert _names(office, "sn-in-1") == []
    with acting_as(office["clerk"]):
        assert [voucher.id for voucher in queries.find("z977531").vouchers] == [voucher_id]


def test_cu1_a_rolled_back_change_leaves_no_key(office: Cast) -> None:
    try:
        with unit_of_work(office["clerk"], "customer.create"):
            commands.create_customer(office["clerk"], name="不存在的人")
            raise RuntimeError
    except RuntimeError:
        pass
    assert _names(office, "不存在的人") == []


def test_cu1_two_numbers_added_to_one_customer_at_once_are_both_found(office: Cast, backend: Backend) -> None:
    customer = office.customers["in_warranty"]
    ready, troubles = Barrier(2, timeout=20), []

    def add(number: str) -> None:
        with backend.app.app_context():
            try:
                ready.wait()
                commands.add_telephone(office["clerk"], customer, number=number)
            except Exception as trouble:
                troubles.append(trouble)
            finally:
                db.session.remove()

    threads = [Thread(target=add, args=(number,)) for number in ("13711112222", "13733334444")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert _names(office, "13711112222") == _names(office, "13733334444") == ["张伟"]


def test_cu1_rebuilding_gives_the_same_index(office: Cast) -> None:
    statement = select(SearchKey.key, SearchKey.customer_id, SearchKey.voucher_id, SearchKey.branch_id)
    before = {tuple(row) for row in db.session.execute(statement)}
    with unit_of_work(SYSTEM, "search.rebuild", bulk=True) as session:
        session.execute(delete(SearchKey))
        assert rebuild() == len(before)
    assert {tuple(row) for row in db.session.execute(statement)} == before
    with acting_as(SYSTEM):
        assert {customer for _k, customer, _v, _b in before} == set(db.session.scalars(select(Customer.id)))
