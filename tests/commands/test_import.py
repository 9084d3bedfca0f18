"""Lists of offices brought into the portal, on both databases (CU-1, SO-3, SO-15)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import NotPermitted, Refused
from app.customers.importing import commands, sheet
from app.customers.importing.cli import import_customers as command_line
from app.customers.importing.plan import Plan
from app.customers.models import Address, Contact, Customer, ProductModel, Telephone, Voucher
from app.organisation.models import District
from tests.cast import Cast
from tools import example_list

HEADINGS = ("客户名称", "联系电话", "地址", "型号", "序列号", "购买日期")
GOOD = ("王小明", "13911110001", "南京市玄武区中山东路1号", "BCD-215", "A0001", "2024/3/5")
TABLES = (Customer, Telephone, Address, Contact, ProductModel, Voucher, District)


def book_of(*rows: Sequence[Any], headings: Sequence[Any] = HEADINGS) -> sheet.Book:
    return sheet.read_book(workbook(*rows, headings=headings), "list.xlsx")


def workbook(*rows: Sequence[Any], headings: Sequence[Any] = HEADINGS) -> bytes:
    book = Workbook()
    book.active.append(list(headings))
    for row in rows:
        book.active.append(list(row))
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def do(book: sheet.Book, **options: Any) -> Plan:
    with acting_as(SYSTEM):
        return commands.import_customers(SYSTEM, book, **options)


def rows_in_tables() -> dict[str, int]:
    with acting_as(SYSTEM):
        found = {t.__tablename__: db.session.scalar(select(func.count()).select_from(t)) for t in TABLES}
        db.session.rollback()
    return found


def voucher(serial: str | None, name: str | None = None) -> Voucher:
    statement = select(Voucher).where(Voucher.serial_no == serial)
    if name:
        statement = statement.join(Voucher.customer).where(Customer.name == name)
    return db.session.execute(statement).scalar_one()


def codes(plan: Plan) -> list[tuple[int, str]]:
    return [(finding.row, finding.problem.code) for record in plan.records for finding in record.findings]


def test_so3_one_voucher_a_product_with_its_warranty(office: Cast) -> None:
    plan = do(book_of(GOOD, ("王小明", "13911110001", "南京市玄武区中山东路1号", "NEW-1", "B1", 45356)))
    assert codes(plan) == []
    with acting_as(SYSTEM):
        known, new = voucher("A0001"), voucher("B1")
        assert known.customer is new.customer
        assert [t.number for t in known.customer.telephones] == ["13911110001"]
        assert known.customer.branch_id == known.branch_id == office.branches["NJ"]
        assert (known.address.district.name, known.address.line) == ("玄武区", "中山东路1号")
        assert known.warranty_until == date(2027, 3, 5)  # the model's 36 months
        assert (new.sold_on, new.warranty_until) == (date(2024, 3, 5), date(2025, 3, 5))
        assert known.number.startswith("FW-NJ-")
        assert new.product_model.warranty_months == 12


def test_a_second_run_changes_nothing(office: Cast) -> None:
    book = sheet.read_book(example_list.make(), "example.xlsx")
    first = do(book)
    assert first.counts()["products_new"] > 40
    before = rows_in_tables()
    with acting_as(SYSTEM):
        audited = db.session.scalar(select(func.count()).select_from(AuditEntry))
        db.session.rollback()
    second = do(sheet.read_book(example_list.make(), "example.xlsx"))
    assert rows_in_tables() == before
    assert not second.does_something
    with acting_as(SYSTEM):
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == audited


def test_the_example_list_has_the_dirt_the_manual_speaks_of(office: Cast) -> None:
    with acting_as(SYSTEM):
        plan = commands.preview(SYSTEM, sheet.read_book(example_list.make(), "example.xlsx"))
    counts = plan.counts()
    assert (counts["total_rows"], counts["rows_wrong"], counts["rows_repeated"]) == (59, 12, 1)
    errors = [(f.row, f.problem.code) for record in plan.records for f in record.findings if f.is_error]
    assert errors == [
        (17, "phone_length"),
        (18, "phone_missing"),
        (21, "name_missing"),
        (30, "date_impossible"),
        (31, "date_future"),
        (32, "date_invalid"),
        (33, "date_incomplete"),
        (37, "serial_twice"),
        (45, "model_missing"),
        (48, "address_missing"),
        (53, "digits_lost"),
        (54, "phone_invalid"),
    ]
    assert example_list.TARGET.read_bytes() == example_list.make()


def test_cu1_same_number_under_another_name_is_pointed_out_not_refused(office: Cast) -> None:
    plan = do(
        book_of(
            ("李四", "13800000001", "玄武区一路", "X", "S1", None),
            ("赵六", "13800000001", "玄武区二路", "X", "S2", None),
        )
    )
    noted = [f.problem for record in plan.records for f in record.findings if f.problem.field == "phone"]
    assert [(p.code, p.params.get("name")) for p in noted] == [
        ("phone_of_other_customer", "张伟"),
        ("phone_of_other_customer", "张伟"),
        ("phone_of_other_row", "李四"),
    ]
    assert plan.counts()["customers_new"] == 2


def test_cu1_a_known_customer_is_found_by_name_and_number_and_only_added_to(office: Cast) -> None:
    plan = do(book_of(("张 伟先生", "１３８００００００01 / 025-84000009", "南京市江宁区二路", "XQG-80", "N1", None)))
    counts = plan.counts()
    assert (counts["customers_new"], counts["customers_existing"], counts["customers_changed"]) == (0, 1, 1)
    with acting_as(SYSTEM):
        customer = db.session.get_one(Customer, office.customers["in_warranty"])
        assert customer.name == "张伟"
        assert [t.number for t in customer.telephones] == ["13800000001", "02584000009"]
        assert [a.line for a in customer.addresses] == ["中山路1号", "二路"]
        assert [v.serial_no for v in customer.vouchers] == ["SN-IN-1", "N1"]


def test_so3_a_serial_number_of_another_customer_is_an_error(office: Cast) -> None:
    before = rows_in_tables()
    plan = do(book_of(("李四", "13911110009", "玄武区一路", "bcd-215", "sn-in-1", None)))
    assert codes(plan) == [(2, "date_missing"), (2, "serial_taken")]
    assert rows_in_tables() == before


def test_so3_the_same_serial_number_twice(office: Cast) -> None:
    other = ("李四", "13911110002", *GOOD[2:])
    later = (*GOOD[:5], "2024/3/6")
    plan = do(book_of(GOOD, GOOD, other, later, (*GOOD[:3], "OTHER", *GOOD[4:])))
    assert codes(plan) == [
        (3, "repeated_row"),
        (4, "serial_twice"),
        (5, "serial_twice"),
        (6, "serial_other_model"),
    ]
    assert plan.counts()["products_new"] == 2
    assert plan.counts()["customers_new"] == 1


def test_so3_products_without_serial_number_are_not_entered_twice(office: Cast) -> None:
    row = (*GOOD[:4], None, GOOD[5])
    plan = do(book_of(row, row))
    assert codes(plan) == [(2, "serial_missing"), (3, "serial_missing"), (3, "repeated_row")]
    assert plan.counts()["products_new"] == 1
    assert do(book_of(row)).counts()["products_new"] == 0
    # The number found later is filled in; the old list then still means the same product.
    filled = do(book_of((*GOOD[:4], "A0001", GOOD[5]))).counts()
    assert (filled["products_new"], filled["products_changed"]) == (0, 1)
    again = do(book_of(row)).counts()
    assert (again["products_new"], again["products_changed"]) == (0, 0)
    with acting_as(SYSTEM):
        assert voucher("A0001").customer.name == "王小明"


def test_so3_what_differs_is_kept_and_pointed_out(office: Cast) -> None:
    do(book_of(GOOD))
    plan = do(book_of((*GOOD[:5], "2024/4/5")))
    assert codes(plan) == [(2, "date_differs")]
    with acting_as(SYSTEM):
        assert voucher("A0001").sold_on == date(2024, 3, 5)


def test_so3_leading_zeros_lost_by_a_number_cell_are_recognised(office: Cast) -> None:
    do(book_of((*GOOD[:4], "000815", GOOD[5])))
    plan = do(book_of((*GOOD[:4], 815, GOOD[5])))
    assert codes(plan) == [(2, "leading_zero")]
    assert plan.counts()["products_new"] == 0


def test_so15_an_address_in_no_known_district_waits_for_one(office: Cast) -> None:
    plan = do(
        book_of(
            ("甲", "13911110003", "某某路1号", "X", "S1", "2024-1-1"),
            ("乙乙", "13911110004", "某某路2号", "X", "S2", "2024-1-1"),
            ("丙丙", "13911110005", "苏州市某某路2号", "X", "S3", "2024-1-1"),
        ),
        branch_code="nj",
    )
    assert [code for _row, code in codes(plan)] == ["district_unknown"] * 3
    with acting_as(SYSTEM):
        assert {voucher(s).branch_id for s in ("S1", "S2")} == {office.branches["NJ"]}
        assert voucher("S3").branch_id == office.branches["SZ"]
        assert voucher("S1").address.district is voucher("S2").address.district
        assert (voucher("S1").address.district.name, voucher("S1").address.line) == ("地区待定", "某某路1号")
    do(book_of(("丁丁", "13911110006", "某某路3号", "X", "S4", "2024-1-1")), branch_code="NJ")
    with acting_as(SYSTEM):
        assert voucher("S4").address.district is voucher("S1").address.district


def test_customers_without_products(office: Cast) -> None:
    plan = do(
        book_of(
            ("王小明", "13911110001", "玄武区一路", "王经理", "a@b.cn", "老客户"),
            ("李四四", "13911110002", None, None, "不是邮箱", None),
            ("王小明", "13911110001", "玄武区一路", None, None, None),
            headings=("姓名", "手机", "地址", "联系人", "邮箱", "备注"),
        )
    )
    assert codes(plan) == [(3, "email_invalid"), (3, "address_missing"), (4, "repeated_row")]
    with acting_as(SYSTEM):
        customer = db.session.execute(select(Customer).where(Customer.name == "王小明")).scalar_one()
        assert (customer.email, customer.note) == ("a@b.cn", "老客户")
        assert [contact.name for contact in customer.contacts] == ["王经理"]


def test_everything_or_nothing(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows_in_tables()

    def fails(*_args: Any) -> str:
        raise RuntimeError("power cut")

    monkeypatch.setattr(commands, "next_number", fails)
    with pytest.raises(RuntimeError):
        do(book_of(GOOD))
    assert rows_in_tables() == before


def test_who_may_import_and_what_of_other_branches_is_shown(office: Cast) -> None:
    with pytest.raises(NotPermitted), acting_as(office["technician"]):
        commands.preview(office["technician"], book_of(GOOD))
    with acting_as(office["supervisor"]):
        plan = commands.import_customers(
            office["supervisor"],
            book_of(
                ("顾敏", "13800000004", "姑苏区一路", "BCD-215", "Z1", "2024-1-1"),
                ("林林", "13800000004", "玄武区一路", "BCD-215", "SN-SZ-1", "2024-1-1"),
                ("何何", "13911110001", "苏州市姑苏区二路", "BCD-215", "Z3", "2024-1-1"),
            ),
        )
    assert codes(plan) == [
        (2, "other_branch"),
        (3, "phone_of_other_customer"),
        (3, "serial_taken"),
        (4, "other_branch"),
    ]
    assert not any("顾敏" in str(f.problem.params) for record in plan.records for f in record.findings)
    with acting_as(SYSTEM):
        assert voucher("Z3").branch_id == office.branches["NJ"]


def test_an_administrator_imports_without_being_told_of_customers(office: Cast) -> None:
    with acting_as(office["admin"]):
        plan = commands.import_customers(
            office["admin"],
            book_of(
                ("张伟", "13800000001", "玄武区新路9号", "BCD-215", "Z1", "2024-1-1"),
                ("林林", "13800000001", "姑苏区一路", "BCD-215", "SN-IN-1", "2024-1-1"),
            ),
        )
    assert codes(plan) == [(3, "phone_of_other_customer"), (3, "serial_taken")]
    assert not any("张伟" in str(f.problem.params) for record in plan.records for f in record.findings)
    with acting_as(SYSTEM):
        assert voucher("Z1").customer_id == office.customers["in_warranty"]


def test_the_import_is_audited(office: Cast) -> None:
    do(book_of(GOOD))
    with acting_as(SYSTEM):
        entries = db.session.execute(select(AuditEntry).where(AuditEntry.verb == "customer.import")).scalars().all()
    assert {entry.record: entry.after for entry in entries}["voucher"] == {"rows": 1}


def test_an_unknown_branch_is_refused(office: Cast) -> None:
    with pytest.raises(Refused, match="XX"):
        do(book_of(GOOD), branch_code="XX")


def test_an_office_without_districts_can_still_import(office: Cast) -> None:
    with acting_as(SYSTEM):
        options = commands.read_options(None)
    assert options.default_branch_id == office.branches["HQ"]
    assert set(options.pending) == set(office.branches.values())


# -- the sheet --------------------------------------------------------------------------------------------------


def test_merged_cells_totals_blank_rows_and_repeated_headings(office: Cast) -> None:
    book = Workbook()
    page = book.active
    page.append(["客户清单"])
    page.merge_cells("A1:F1")
    page.append(list(HEADINGS))
    page.append(list(GOOD))
    page.append([None, None, None, "XQG-80", "A0002", "2024/3/6"])
    for column in "ABC":
        page.merge_cells(f"{column}3:{column}4")
    page.append(["二、单位客户"])
    page.merge_cells("A5:F5")
    page.append([])
    page.append(list(HEADINGS))
    page.append(["李四四", "13911110002", "玄武区", "XQG-80", "A0003", "2024/3/6"])
    page.append(["合 计", None, None, 3])
    page.append(["制表人：小周"])
    raw = io.BytesIO()
    book.save(raw)
    plan = do(sheet.read_book(raw.getvalue(), "a.xlsx"))
    assert codes(plan) == []
    assert plan.counts()["products_new"] == 3
    assert plan.counts()["customers_new"] == 2
    assert [(s.row, s.code) for s in plan.reading.skipped] == [
        (5, "banner"),
        (7, "heading"),
        (9, "total"),
        (10, "footer"),
    ]


def test_formulas_ditto_marks_and_zeros_kept_by_the_format(office: Cast) -> None:
    book = Workbook()
    page = book.active
    page.append(list(HEADINGS))
    page.append(['="王小明"', "13911110001", "玄武区一路", "XQG-80", 123, datetime(2024, 3, 5)])
    page["E2"].number_format = "000000"
    page.append(["同上", "同上", "〃", "=D2", "A2", "=F2+1"])
    raw = io.BytesIO()
    book.save(raw)
    plan = do(sheet.read_book(raw.getvalue(), "a.xlsx"))
    assert codes(plan) == [(3, "formula")]
    with acting_as(SYSTEM):
        assert voucher("000123").customer.name == "王小明"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_of_excel(office: Cast, encoding: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter="\t" if encoding == "utf-16" else ",").writerows([HEADINGS, GOOD])
    plan = do(sheet.read_book(text.getvalue().encode(encoding), "list.csv"))
    assert plan.counts()["products_new"] == 1


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.xlsx", "empty"),
        (b"\xd0\xcf\x11\xe0old", "a.xls", "save it as .xlsx"),
        (b"PK\x03\x04broken", "a.xlsx", "damaged"),
        (b"\0\1\2\3", "a.bin", "neither"),
        (b"<html><table>", "a.csv", "web page"),
        ("说明\n没有清单".encode(), "a.csv", "No list of customers"),
    ],
)
def test_a_file_that_is_no_list_gets_one_clear_sentence(content: bytes, name: str, words: str) -> None:
    with pytest.raises(sheet.Unreadable, match=words):
        sheet.read_book(content, name)


# -- the command line -------------------------------------------------------------------------------------------


def run(office: Cast, *args: Any) -> Any:
    from flask import current_app

    return current_app.test_cli_runner().invoke(command_line, [str(arg) for arg in args])


def test_the_command_shows_first_then_does_it(office: Cast, tmp_path: Path) -> None:
    file = tmp_path / "清单.xlsx"
    file.write_bytes(workbook(GOOD, ("李四四", "1391111", *GOOD[2:])))
    before = rows_in_tables()
    dry = run(office, file, "--dry-run", "--lang", "en")
    assert dry.exit_code == 2, dry.output
    assert "row 3, column “联系电话” [1391111]" in dry.output
    assert "nothing was changed" in dry.output
    assert rows_in_tables() == before
    done = run(office, file, "--lang", "en")
    assert done.exit_code == 2
    assert done.output.index("To be done:") < done.output.index("Entered in one transaction.")
    assert rows_in_tables()["voucher"] == before["voucher"] + 1


def test_the_json_of_the_command(office: Cast, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook(GOOD, ("李四四", "1391111", *GOOD[2:])))
    found = json.loads(run(office, file, "--json").stdout)
    assert (found["applied"], found["total_rows"], found["customers_new"], found["vouchers_new"]) == (True, 2, 1, 1)
    [error] = found["errors"]
    assert (error["row"], error["column"], error["cell"], error["value"], error["code"]) == (
        3,
        "联系电话",
        "B3",
        "1391111",
        "phone_length",
    )
    file.write_bytes(workbook(GOOD))
    answer = run(office, file, "--json", "--dry-run")
    found = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert (found["applied"], found["customers_new"], found["customers_existing"]) == (False, 0, 1)
    assert found["rows"] == [{"sheet": "Sheet", "row": 2, "outcome": "unchanged"}]


def test_the_command_says_what_is_wrong_with_the_file(office: Cast, tmp_path: Path) -> None:
    assert run(office, tmp_path / "missing.xlsx").exit_code == 1
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"\xd0\xcf\x11\xe0")
    answer = run(office, file, "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["applied"] is False


def test_two_imports_at_once_end_in_one_sentence(office: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook(GOOD))
    before = rows_in_tables()

    def meanwhile(*_args: Any, **_options: Any) -> Plan:
        raise IntegrityError("INSERT", {}, Exception("UNIQUE"))

    monkeypatch.setattr(commands, "import_customers", meanwhile)
    answer = run(office, file)
    assert answer.exit_code == 1
    assert rows_in_tables() == before


def test_a_thousand_rows_take_few_statements(office: Cast) -> None:
    rows = [(f"客户{n}", str(13700000000 + n), f"玄武区{n}号", "BCD-215", f"T{n:05}", "2024-1-1") for n in range(1000)]
    content = workbook(*rows)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert do(sheet.read_book(content, "a.xlsx")).counts()["products_new"] == 1000
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) < 10 * len(rows)
