"""The papers as the database fills them: who is on them, in what order, with which sums, and for whose eyes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from pypdf import PdfReader

from app.complaints.models import Complaint, ComplaintStep
from app.contracts.models import Contract
from app.core import clock, documents
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.documents import Params
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.uow import unit_of_work
from app.customers.models import Voucher, VoucherCustody
from app.feedback.models import ReturnVisit
from app.fieldservice.models import Charge, PartFitted, RepairCall, TimeEntry, WorkOrder
from app.reporting.models import SupervisorReport, TechnicianReport
from tests.cast import Cast
from tests.documents.samples import DAY, at

BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def day(office: Cast) -> Iterator[Cast]:
    """A working Friday at the Nanjing branch, seen at 18:00 by the system."""
    with clock.frozen(at(18)):
        with unit_of_work(SYSTEM, "test.day", bulk=True):
            _calls(office)
            _sheets(office)
            _complaints(office)
            _visits(office)
        with acting_as(SYSTEM):
            yield office
        db.session.rollback()


def _call(office: Cast, number: str, voucher: str, reported_at, **given) -> RepairCall:
    found = db.session.get_one(Voucher, office.vouchers[voucher])
    values = {"branch_id": found.branch_id, "address_id": found.address_id, "symptom": "不制冷", "caller_phone": ""}
    call = RepairCall(number=number, voucher_id=found.id, reported_at=reported_at, **{**values, **given})
    db.session.add(call)
    db.session.flush()
    return call


def _job(office: Cast, call: RepairCall, number: str, **given) -> WorkOrder:
    values = {
        "branch_id": call.branch_id, "technician_id": office.staff("technician"), "derived_class": "A",
        "service_class": "A", "dispatched_at": call.reported_at + timedelta(minutes=20), "status": "closed",
    }  # fmt: skip
    job = WorkOrder(number=number, repair_call_id=call.id, **{**values, **given})
    db.session.add(job)
    db.session.flush()
    return job


def _calls(office: Cast) -> None:
    """Done in time; done late after a declined job; not dispatched; carried over; one of another branch."""
    done = _call(office, "JX-1", "in_warranty", at(8, 40), status="closed", arrive_by=at(16), closed_at=at(17))
    job = _job(
        office, done, "PG-1", arrived_at=at(10), finished_at=at(11), result="更换温控器", derived_class="C",
        service_class="C", closed_at=at(17), unsigned_reason="客户外出",
    )  # fmt: skip
    db.session.add(PartFitted(work_order=job, part_id=office.parts["P-THERM"], quantity=2, unit_price=Decimal("65.50")))
    db.session.add(Charge(work_order=job, kind="part", quantity=2, unit_price=Decimal("65.50")))
    db.session.add(Charge(work_order=job, kind="callout", quantity=1, unit_price=Decimal("30.00")))
    late = _call(office, "JX-2", "out_of_warranty", at(9), status="finished", arrive_by=at(14), priority="urgent")
    _job(office, late, "PG-2", status="declined", technician_id=office.staff("technician2"))
    _job(office, late, "PG-3", status="finished", arrived_at=at(14, 30), finished_at=at(15, 30))
    _call(office, "JX-3", "in_warranty", at(16), arrive_by=at(17, 30, DAY + timedelta(days=3)))
    _call(office, "JX-0", "under_contract", at(16, 30, BEFORE), carried_over=1, arrive_by=at(14))
    _call(office, "JX-00", "under_contract", at(9, 0, BEFORE), status="closed", closed_at=at(17, 0, BEFORE))
    _call(office, "JX-SZ", "suzhou", at(9))
    custody = {"voucher_id": office.vouchers["in_warranty"], "staff_id": office.staff("technician")}
    db.session.add(VoucherCustody(**custody, out_at=at(9), back_at=at(17), reason="PG-1"))


def _sheets(office: Cast) -> None:
    """李建国 confirmed 6 hours with an overlap; 王志强 said nothing."""
    staff = office.staff("technician")
    orders = {order.number: order.id for order in db.session.query(WorkOrder)}

    def entry(start, minutes: int, klass: str, order: str | None, note: str = "") -> TimeEntry:
        return TimeEntry(
            staff_id=staff, day=DAY, started_at=start, minutes=minutes, service_class=klass, note=note,
            work_order_id=orders[order] if order else None,
        )  # fmt: skip

    db.session.add_all(
        [
            entry(at(8, 30), 150, "C", "PG-1"),
            entry(at(10, 30), 90, "D", None, "清点备件"),
            entry(at(13, 30), 120, "A", "PG-3"),
        ]
    )
    branch = office.branches["NJ"]
    db.session.add(
        TechnicianReport(
            staff_id=staff, branch_id=branch, day=DAY, status="confirmed", confirmed_at=at(17, 40), note=""
        )
    )
    db.session.add(SupervisorReport(branch_id=branch, day=DAY, status="draft", note="王志强请假"))


def _complaints(office: Cast) -> None:
    given = {
        "branch_id": office.branches["NJ"], "complainant": "吴先生", "phone": "13812345678", "content": "修后仍漏水",
        "category": "repair_quality",
    }  # fmt: skip

    def complaint(number: str, received_at, **more) -> Complaint:
        deadlines = {"acknowledge_by": received_at + timedelta(hours=24), "verify_by": received_at + timedelta(days=3)}
        return Complaint(
            number=number, received_at=received_at, settle_by=received_at + timedelta(days=7), **deadlines, **given, **more
        )  # fmt: skip

    early = complaint("TS-1", at(9, 0, date(2026, 11, 12)), status="acknowledged", severity="major")
    today = complaint("TS-2", at(10), handler_id=office.staff("supervisor"), subject_id=office.staff("technician"))
    gone = complaint("TS-0", at(9, 0, date(2026, 11, 2)), status="closed")
    db.session.add_all([early, today, gone])
    db.session.flush()
    db.session.add(ComplaintStep(complaint_id=early.id, stage="acknowledged", at=at(9, 0, date(2026, 11, 14))))


def _visits(office: Cast) -> None:
    def visit(number: str, customer: str, due: date, **more) -> ReturnVisit:
        given = {"customer_id": office.customers[customer], "cause": "other", "visitor_id": office.staff("clerk")}
        return ReturnVisit(number=number, branch_id=office.branches["NJ"], due_on=due, **{**given, **more})

    job = db.session.query(WorkOrder).filter_by(number="PG-1").one()
    db.session.add_all(
        [
            visit("HF-1", "in_warranty", DAY - timedelta(days=4), cause="repair", work_order_id=job.id),
            visit("HF-2", "out_of_warranty", DAY),
            visit("HF-3", "under_contract", DAY + timedelta(days=7)),
            visit("HF-4", "under_contract", DAY + timedelta(days=8)),
        ]
    )


def papers(name: str, branch: str | None = "NJ", record_id: int | None = None, on: date = DAY):
    """What the query gives, as a list."""
    found = documents.get(name).query(Params(on, branch, record_id))
    return [found] if isinstance(found, documents.Paper) else list(found)


def test_so4_the_register_holds_the_day_and_what_was_carried_over(day: Cast):
    (paper,) = papers("repair_call_register")
    assert [line.call_number for line in paper.carried] == ["JX-0"]
    assert [(line.row, line.call_number) for line in paper.lines] == [(1, "JX-1"), (2, "JX-2"), (3, "JX-3")]
    done, late, waiting = paper.lines
    assert (done.dispatched_to, done.work_class, done.late, done.struck_off_at) == ("李建国", "C", False, at(17))
    assert done.phone == "13800000001" and done.address.startswith("南京市玄武区")
    assert (late.dispatched_to, late.late, late.struck_off_at, late.remark) == ("李建国", True, None, "加急")
    assert (waiting.dispatched_to, waiting.work_class, waiting.late) == ("", "", False)
    assert (paper.struck_off, paper.under_way, paper.not_dispatched) == (1, 1, 2)
    # JX-0 should have been reached at 14:00 and still waits.
    assert paper.late == 2


def test_so4_without_a_branch_every_branch_with_calls_has_its_own_book(day: Cast):
    assert [paper.branch_code for paper in papers("repair_call_register", None)] == ["NJ", "SZ"]


def test_a_persons_own_branch_is_all_there_is_for_them(day: Cast):
    with acting_as(day["clerk"]):
        assert [paper.branch_code for paper in papers("repair_call_register", None)] == ["NJ"]
        with pytest.raises(Refused):
            papers("repair_call_register", "SZ")


def test_so3_the_voucher_carries_its_jobs_sums_and_custody(day: Cast):
    (paper,) = papers("voucher", None, day.vouchers["in_warranty"])
    (line,) = paper.lines
    assert (line.work_class, line.parts, line.charge, line.unsigned_reason) == (
        "C",
        "温控器 ×2",
        Decimal("161.00"),
        "客户外出",
    )
    assert paper.charged == Decimal("161.00") and paper.in_file and not paper.expired
    assert [custody.holder for custody in paper.custody] == ["李建国"]
    (contracted,) = papers("voucher", None, day.vouchers["under_contract"])
    assert contracted.contract == "HT-NJ-20260101-0001" and contracted.expired


def test_so3_a_days_vouchers_are_those_called_for_or_taken_out(day: Cast):
    assert {paper.number[-4:] for paper in papers("voucher", None)} == {"0001", "0002", "0004"}


def test_so11_the_sheet_is_the_days_entries(day: Cast):
    (paper,) = papers("technician_daily")
    assert [(line.work_class, line.minutes) for line in paper.lines] == [("C", 150), ("D", 90), ("A", 120)]
    assert (paper.totals.a, paper.totals.b, paper.totals.c, paper.totals.d, paper.totals.total) == (
        120,
        0,
        150,
        90,
        360,
    )
    assert paper.jobs_done == 2 and paper.confirmed_at == at(17, 40) and paper.lines[1].work == "清点备件"
    assert [sheet.technician for sheet in papers("technician_daily", None, day.staff("technician"))] == ["李建国"]


def test_so12_the_report_reconciles_and_names_what_is_missing(day: Cast):
    (paper,) = papers("supervisor_daily")
    assert [(line.technician, line.minutes.total, line.sheet) for line in paper.lines] == [
        ("李建国", 360, "confirmed"),
        ("王志强", 0, "missing"),
    ]
    assert paper.totals.total == paper.sheets_total == 360 and paper.difference == 0
    assert (paper.sheets_confirmed, paper.sheets_expected, paper.jobs_done) == (1, 2, 2)
    found = {(finding.technician, finding.kind): finding.detail for finding in paper.findings}
    assert found[("李建国", "overlap")].startswith("10:30–11:00")
    assert found[("李建国", "gap")] == "15:30–17:30"
    assert ("王志强", "missing sheet") in found
    assert (paper.supervisor, paper.via_branch_manager, paper.remark) == ("陈国栋", True, "王志强请假")


def test_so13_a_service_centre_reports_straight(day: Cast):
    (paper,) = papers("supervisor_daily", "SC")
    assert not paper.via_branch_manager and paper.lines == ()


def test_so12_nothing_is_missing_on_a_closed_day(day: Cast):
    (paper,) = papers("supervisor_daily", on=date(2026, 11, 15))
    assert paper.findings == () and {line.sheet for line in paper.lines} == {"day_off"}
    assert paper.sheets_expected == 0


def test_so16_letters_for_contracts_that_end_within_thirty_days(day: Cast):
    with unit_of_work(SYSTEM, "test.contract"):
        db.session.get_one(Contract, day.contract).ends_on = DAY + timedelta(days=30)
    (letter,) = papers("contract_expiry_notice", None)
    assert letter.days_left == 30 and letter.customer == "钟山宾馆" and [p.model for p in letter.products] == ["XQG-80"]
    assert papers("contract_expiry_notice", "SZ") == []
    with unit_of_work(SYSTEM, "test.contract"):
        db.session.get_one(Contract, day.contract).ends_on = DAY + timedelta(days=31)
    assert papers("contract_expiry_notice", None) == []
    assert len(papers("contract_expiry_notice", None, day.contract)) == 1


def test_cp14_the_register_holds_todays_and_the_open_ones(day: Cast):
    (paper,) = papers("complaint_register", None)
    assert [line.number for line in paper.received] == ["TS-2"]
    assert [line.number for line in paper.still_open] == ["TS-1"]
    assert (paper.total.received, paper.total.carried, paper.total.major, paper.total.missed) == (1, 1, 1, 1)
    (old,) = paper.still_open
    assert [stage.state for stage in old.stages][:2] == ["late", "overdue"] and old.phone == "138****5678"


def test_cp4_who_is_complained_about_does_not_read_it(day: Cast):
    accused = Principal(staff_id=day.staff("technician"), branch_id=day.branches["NJ"], roles=frozenset({"supervisor"}))
    with acting_as(accused):
        (paper,) = papers("complaint_register")
        assert [line.number for line in (*paper.received, *paper.still_open)] == ["TS-1"]


def test_rv3_the_plan_looks_a_week_ahead(day: Cast):
    (paper,) = papers("return_visit_plan")
    assert [[line.number for line in group.lines] for group in paper.groups] == [["HF-1"], ["HF-2"], ["HF-3"]]
    (overdue,) = paper.groups[0].lines
    assert (overdue.days_late, overdue.escalated, overdue.reference) == (4, True, "PG-1")
    assert overdue.before == "不制冷 → 更换温控器" and overdue.visitor == "周晓芸"


@pytest.mark.parametrize(("language", "branch"), [("zh_Hans_CN", None), ("en", "NJ")])
def test_every_document_is_made_from_the_database(day: Cast, language, branch):
    for document in documents.all_documents():
        if "date" not in document.params:
            continue  # letters are made for one record only
        made = documents.render(document.name, date=DAY, branch=branch, language=language)
        assert made.pages == len(PdfReader(io.BytesIO(made.pdf)).pages) >= 1


def test_who_may_not_print_a_document_is_refused(day: Cast):
    with acting_as(day["technician"]), pytest.raises(NotPermitted):
        documents.render("complaint_register", date=DAY)


def test_a_technician_prints_only_what_is_theirs(day: Cast):
    with acting_as(day["technician2"]):
        with pytest.raises(NotFound):
            documents.render("voucher", date=DAY, record_id=day.vouchers["in_warranty"])
        with pytest.raises(NotFound):
            documents.render("technician_daily", date=DAY, record_id=day.staff("technician"))


def test_what_is_not_there_is_refused(day: Cast):
    with pytest.raises(Refused):
        documents.render("repair_call_register", date=DAY, branch="XX")
    with pytest.raises(Refused):
        documents.render("repair_call_register", date=DAY, record_id=1)
    with pytest.raises(NotFound):
        documents.render("voucher", date=DAY, record_id=999_999)


def test_the_report_command_writes_the_file(app: Flask, tmp_path):
    run = app.test_cli_runner().invoke
    target = tmp_path / "out.pdf"
    done = run(args=["report", "repair_call_register", "--date", "2026-11-20", "--branch", "NJ", "--out", str(target)])
    assert done.exit_code == 0, done.output
    text = PdfReader(target).pages[0].extract_text()
    assert "叫修登记本" in text and "本日无记录" in text
    assert run(args=["report", "complaint_register", "--date", "2026-11-20", "--out", str(tmp_path)]).exit_code == 0
    assert (tmp_path / "投诉登记簿_2026-11-20.pdf").exists()


def test_the_report_command_lists_and_refuses_in_one_sentence(app: Flask, tmp_path):
    run = app.test_cli_runner().invoke
    listed = run(args=["report", "--list"])
    assert all(document.name in listed.output for document in documents.all_documents()) and "回访计划" in listed.output
    for args in (
        ["report"],
        ["report", "no_such"],
        ["report", "voucher", "--branch", "XX"],
        ["report", "voucher", "--date", "x"],
    ):
        refused = run(args=args)
        assert refused.exit_code != 0 and "Traceback" not in refused.output
