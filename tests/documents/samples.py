"""One filled paper of every kind: the office on Friday 20 November 2026."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.contracts.papers import ContractExpiryNotice, CoveredProduct
from app.customers.papers import CustodyLine, ServiceLine, ServiceVoucher, SwapLine
from app.feedback.papers import AnswerLine, ReturnVisitPlan, ReturnVisitRecord, TryLine, VisitGroup, VisitLine
from app.fieldservice.papers import CallLine, RepairCallRegister
from app.fieldservice.papers_deadlines import ArrivalBreaches, BreachLine, DeadlineExplanation, PauseLine
from app.fieldservice.papers_overnight import AppointedLine, FindingLine, NextDayDispatch, TurnLine
from app.reporting.figures import ComplaintTally, Lateness, VisitTally
from app.reporting.papers import (
    Finding,
    MinutesByClass,
    SupervisorDaily,
    TechnicianDaily,
    TechnicianLine,
    WorkLine,
)
from app.reporting.papers_complaints import (
    ActionLine,
    AgainLine,
    Bar,
    ComplaintAnalysis,
    ComplaintLine,
    ComplaintRegister,
    DeadlineLine,
    StageMark,
    Summary,
    TallyLine,
)
from app.reporting.papers_visits import AnswerBar, UnsatisfactoryLine, VisitAnalysis, VisitSummary, VisitTallyLine

DAY = date(2026, 11, 20)
COMPANY = "安心家电服务有限公司"
# The smallest PNG that is a picture: one black dot.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001"
    "e221bc330000000049454e44ae426082"
)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    """A moment in office time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


BRANCH = {"branch_code": "HQ", "branch_name": "总公司"}


def voucher() -> ServiceVoucher:
    """A voucher with three services, one of them unsigned, out with a technician."""
    lines = (
        ServiceLine(
            on=date(2025, 7, 3), call_number="JX-HQ-20250703-0004", symptom="不制冷,运转时有异响", work_class="C",
            work_done="检查系统压力,补充制冷剂;更换启动电容,试机两小时正常。", parts="启动电容 35μF ×1,制冷剂 R32 0.3kg",
            charge=Decimal("0.00"), technician="李建国", signed_by="王秀英",
        ),
        ServiceLine(
            on=date(2026, 6, 18), call_number="JX-HQ-20260618-0011", symptom="遥控器失灵", work_class="C",
            work_done="更换遥控器接收板。", parts="接收板 ×1", charge=Decimal("0.00"), technician="李建国",
            signature=DOT, signed_by="王秀英",
        ),
        ServiceLine(
            on=DAY, call_number="JX-HQ-20261120-0002", symptom="室内机漏水", work_class="A", work_done="疏通排水管。",
            parts="", charge=Decimal("1234.50"), technician="赵敏", unsigned_reason="客户外出,电话确认",
        ),
    )  # fmt: skip
    return ServiceVoucher(
        number="FW-HQ-20250115-0032", on=DAY, **BRANCH, customer="王秀英", phone="13812345678",
        address="上海市浦东新区世纪大道1501号嘉里商务公寓3号楼2单元1702室", zone="Urban", product="壁挂式变频空调",
        model="KFR-35GW/A1", serial_no="SN20250115A0032", sold_on=date(2025, 1, 15), warranty_until=date(2026, 1, 14),
        contract="HT-HQ-20260201-0007", contract_until=date(2027, 1, 31), in_file=False, holder="赵敏", lines=lines,
        charged=Decimal("1234.50"),
        custody=(
            CustodyLine(out_at=at(9, 5, date(2026, 6, 18)), holder="李建国", purpose="JX-HQ-20260618-0011", back_at=at(17, 20, date(2026, 6, 18))),
            CustodyLine(out_at=at(10, 12), holder="赵敏", purpose="JX-HQ-20261120-0002", back_at=None),
        ),
        swaps=(
            SwapLine(at=at(11, 5, date(2026, 6, 18)), kind="Serial number", old_no="SN20250115A0001", new_no="SN20250115A0032", reference="PG-HQ-20260618-0007"),
            SwapLine(at=at(11, 9, date(2026, 6, 18)), kind="SIM card", old_no="", new_no="89860118802836", reference="PG-HQ-20260618-0007"),
        ),
    )  # fmt: skip


def call(row: int, **changes: object) -> CallLine:
    """A call of the day, struck off unless told otherwise."""
    given: dict[str, object] = {
        "row": row, "call_number": f"JX-HQ-20261120-{row:04d}", "reported_at": at(8 + row % 9, 5 * (row % 12)), "customer": f"客户{row}号",
        "address": "上海市徐汇区漕溪北路18号实业大厦12层B座", "phone": "13900001234", "model": "KFR-35GW/A1",
        "symptom": "不制冷,运转时有异响,遥控器偶尔失灵", "work_class": "ABC"[row % 3], "dispatched_to": "李建国",
        "arrive_by": at(16, 0), "arrived_at": at(11, 10), "finished_at": at(12, 0), "struck_off_at": at(17, 0),
        "cancelled": False, "late": False, "carried_over": 0, "remark": "",
    }  # fmt: skip
    return CallLine(**{**given, **changes})  # type: ignore[arg-type]  # the keys are CallLine's fields


def repair_call_register(rows: int = 7) -> RepairCallRegister:
    """A day's book with two calls carried over; the last one of the day still waits."""
    yesterday = DAY - timedelta(days=1)
    nothing: dict[str, object] = {"dispatched_to": "", "arrived_at": None, "finished_at": None, "struck_off_at": None}
    carried = tuple(
        call(n, reported_at=at(16, 40, yesterday), carried_over=n, call_number=f"JX-HQ-20261119-{n:04d}", remark="客户要求下午上门")
        for n in (1, 2)
    )  # fmt: skip
    lines = [call(n, late=n == 3) for n in range(1, rows)] + [call(rows, **nothing)]
    return RepairCallRegister(
        number="JX-HQ-20261120", on=DAY, **BRANCH, carried=carried, lines=tuple(lines), struck_off=rows + 1,
        not_dispatched=1, under_way=0, late=1,
    )  # fmt: skip


def turn(row: int, times: int, why: str) -> TurnLine:
    """A call that was not dispatched."""
    return TurnLine(
        row=row, call_number=f"JX-HQ-20261119-{row:04d}", reported_at=at(15, row, DAY - timedelta(days=times)), customer=f"客户{row}号",
        phone="13900001234", address="上海市徐汇区漕溪北路18号实业大厦12层B座", zone="Urban", model="KFR-35GW/A1",
        symptom="不制冷,运转时有异响", urgent=row == 2, arrive_by=at(16), late=times > 1, times=times, alert=times > 1, why=why,
    )  # fmt: skip


def next_day_dispatch() -> NextDayDispatch:
    """Friday's sheet for Monday: one call carried over twice, one once, one that came in late; an appointment; a voucher."""
    return NextDayDispatch(
        number="PGB-HQ-20261120", on=DAY, **BRANCH, for_day=date(2026, 11, 23), closed_at=at(17, 30), closed_by="钱芳",
        carried=(turn(1, 2, "客户要求周一上门"), turn(2, 1, "五点一刻才报修")), others=(turn(3, 0, ""),),
        appointed=(
            AppointedLine(
                at=at(9, 30, date(2026, 11, 23)), order_number="PG-HQ-20261120-0008", customer="王秀英", address="上海市浦东新区世纪大道1501号",
                model="KFR-35GW/A1", technician="李建国",
            ),
        ),
        findings=(
            FindingLine(
                voucher_number="FW-HQ-20250115-0032", customer="王秀英", holder="赵敏", call_number="",
                kind="Voucher is out although no job is under way",
            ),
        ),
    )  # fmt: skip


def technician_daily() -> TechnicianDaily:
    """A confirmed day of six hours."""
    jobs = (
        ("C", 9, 0, 90, "更换启动电容"),
        ("A", 10, 45, 60, "疏通排水管\n清洗滤网"),
        ("B", 13, 30, 120, "季度保养"),
        ("D", 16, 0, 90, "整理随车备件"),
    )
    lines = tuple(
        WorkLine(
            row=n, order_number="" if klass == "D" else f"PG-HQ-20261120-{n:04d}", customer="" if klass == "D" else f"客户{n}号", product="" if klass == "D" else "KFR-35GW",
            work_class=klass, started_at=at(hour, minute), ended_at=at(hour, minute) + timedelta(minutes=minutes), minutes=minutes, work=work,
        )
        for n, (klass, hour, minute, minutes, work) in enumerate(jobs, 1)
    )  # fmt: skip
    return TechnicianDaily(
        number="006-HQ-20261120-T03", on=DAY, **BRANCH, staff_id=3, technician="李建国", lines=lines, totals=MinutesByClass(60, 120, 90, 90),
        jobs_done=3, remark="下午客户2号不在家,改约明日。", confirmed_at=at(17, 35),
    )  # fmt: skip


def supervisor_daily() -> SupervisorDaily:
    """Four technicians, one sheet missing, one overlap."""
    people = (("李建国", MinutesByClass(60, 120, 90, 90), 3, "confirmed"), ("赵敏", MinutesByClass(180, 0, 200, 60), 4, "confirmed"),
              ("孙伟", MinutesByClass(0, 240, 120, 0), 2, "draft"), ("周涛", MinutesByClass(), 0, "missing"))  # fmt: skip
    lines = tuple(
        TechnicianLine(row=n, technician=name, minutes=minutes, jobs_done=jobs, sheet=sheet)
        for n, (name, minutes, jobs, sheet) in enumerate(people, 1)
    )
    totals = sum((line.minutes for line in lines), MinutesByClass())
    return SupervisorDaily(
        number="007-HQ-20261120", on=DAY, **BRANCH, supervisor="陈志强", lines=lines, totals=totals, jobs_done=9,
        sheets_expected=4, sheets_confirmed=2, sheets_total=totals.total,
        findings=(
            Finding(technician="周涛", kind="missing sheet", detail=""),
            Finding(technician="赵敏", kind="overlap", detail="10:30–11:00 PG-HQ-20261120-0005 / PG-HQ-20261120-0006"),
        ),
        remark="", via_branch_manager=True, submitted_at=None,
    )  # fmt: skip


def contract_expiry_notice() -> ContractExpiryNotice:
    """A contract with two products that ends in thirty days."""
    products = (
        CoveredProduct(row=1, product="中央空调主机", model="MDV-450W", serial_no="SN20231220M0008", place="上海市黄浦区南京东路100号10层机房"),
        CoveredProduct(row=2, product="壁挂式变频空调", model="KFR-35GW/A1", serial_no="", place="同上 会议室"),
    )  # fmt: skip
    return ContractExpiryNotice(
        number="HT-HQ-20251221-0003", on=DAY, **BRANCH, customer="上海宏达贸易有限公司", attention="行政部 刘经理",
        address="上海市黄浦区南京东路100号10层", contract_number="HT-HQ-20251221-0003", starts_on=date(2025, 12, 21),
        ends_on=date(2026, 12, 20), days_left=30, price=Decimal("12800.00"), visits_promised=4, visits_done=3, products=products,
        visitor="陈志强", visitor_phone="13700005678", branch_phone="021-60001234", branch_address="上海市静安区延安中路500号",
    )  # fmt: skip


def complaint(row: int, **changes: object) -> ComplaintLine:
    """An ordinary complaint acknowledged in time, its verification late."""
    stages = (
        StageMark(label="Acknowledged", due_at=at(9, 0, date(2026, 11, 21)), done_at=at(11, 0), state="met"),
        StageMark(label="Verified", due_at=at(17, 30, date(2026, 11, 19)), done_at=at(9, 0), state="late"),
        StageMark(label="Solution", due_at=at(12, 0), done_at=None, state="overdue"),
        StageMark(label="Settled", due_at=at(17, 30, date(2026, 11, 27)), done_at=None, state="open"),
        StageMark(label="Put before the management", due_at=None, done_at=None, state="none"),
    )
    given: dict[str, object] = {
        "row": row, "number": f"TS-HQ-20261120-{row:04d}", "received_at": at(9, row), "channel": "Telephone", "complainant": "吴先生",
        "phone": "138****5678", "product": "KFR-35GW/A1 SN20250115A0032", "category": "Repair quality", "major": row == 1,
        "content": "上周维修后仍然漏水,木地板被浸湿,技术人员未按约定时间上门,电话也无人接听。", "demand": "重新维修并赔偿地板损失",
        "branch": "总公司", "handler": "陈志强", "stages": stages, "status": "Verified",
    }  # fmt: skip
    return ComplaintLine(**{**given, **changes})  # type: ignore[arg-type]  # the keys are ComplaintLine's fields


TALLY = ComplaintTally(received=2, carried=1, settled=1, withdrawn=0, open=2, missed=3, major=1)
COUNTED = {
    "total": TALLY,
    "summaries": (
        Summary(key="branch", title="By branch", lines=(TallyLine(label="总公司", plain=True, tally=TALLY),)),
        Summary(
            key="category",
            title="By kind of complaint",
            lines=(TallyLine(label="Repair quality", plain=False, tally=TALLY),),
        ),
    ),
    "deadlines": (DeadlineLine(stage="acknowledged", label="Acknowledged", met=2, late=1, overdue=0, running=0),),
}


def complaint_register() -> ComplaintRegister:
    """Two received today, one still open from before; for the whole company."""
    old = complaint(3, number="TS-HQ-20261112-0001", received_at=at(15, 20, date(2026, 11, 12)), handler="")
    return ComplaintRegister(
        number="TS-20261120", on=DAY, first=DAY, kind="day", received=(complaint(1), complaint(2)), still_open=(old,), **COUNTED
    )  # type: ignore[arg-type]  # the keys are the register's fields  # fmt: skip


def complaint_analysis() -> ComplaintAnalysis:
    """A month with two kinds of complaint, one matter twice, one handler late, one action open."""
    numbers = ("TS-HQ-20261103-0001", "TS-HQ-20261120-0001")
    return ComplaintAnalysis(
        number="TF-2026-11", on=DAY, first=date(2026, 11, 1), kind="month", **BRANCH, before=ComplaintTally(),
        bars=(Bar(label="Repair quality", count=5, share=714, cumulative=714), Bar(label="Service attitude", count=2, share=286, cumulative=1000)),
        causes=(),
        same_matter=(AgainLine(subject="吴先生", detail="KFR-35GW/A1 SN20250115A0032", times=2, numbers=numbers),),
        same_model=(AgainLine(subject="KFR-35GW/A1", detail="Repair quality", times=3, numbers=numbers),),
        lateness=(Lateness(handler="陈志强", cases=3, deadlines=9, late=1, overdue=2), Lateness(handler="", cases=1, deadlines=1, late=0, overdue=0)),
        actions=(ActionLine(complaint=numbers[0], cause="排水管坡度不足", action="安装规范增加坡度检查", owner="陈志强", due_on=date(2026, 11, 10), overdue=True, status="Open"),),
        **COUNTED,
    )  # type: ignore[arg-type]  # the keys are the analysis's fields  # fmt: skip


def return_visit_record() -> ReturnVisitRecord:
    """Reached at the second try, in person, not content."""
    return ReturnVisitRecord(
        number="HF-HQ-20261120-0007", on=DAY, **BRANCH, status="Done", cause="Repair", reference="PG-HQ-20261113-0004", before="室内机漏水 → 疏通排水管",
        customer="王秀英", phone="13812345678", address="上海市浦东新区世纪大道1501号", due_on=DAY, visitor="钱芳",
        tries=(TryLine(at=at(9), outcome="No answer", note="", by="钱芳"),),
        answers=(AnswerLine(asked="修好以后使用是否正常？", answer="no"), AnswerLine(asked="还有什么要求？", answer="尽快再来看看")),
        done=True, done_at=at(14), manner="In person", spoke_to="王秀英", satisfaction="Dissatisfied",
        grades=("Very satisfied", "Satisfied", "Neutral", "Dissatisfied"), shortcomings="修好两天又漏水", suggestions="", followed="JX-HQ-20261120-0009", signature=DOT,
    )  # fmt: skip


def return_visit_analysis() -> VisitAnalysis:
    """A quarter with one unsatisfactory visit and a repair done three times."""
    tally = VisitTally(due=10, made=8, in_time=7, late=1, open=1, given_up=1, done=9, unsatisfactory=1)
    return VisitAnalysis(
        number="HA-2026-Q4", on=date(2026, 12, 31), first=date(2026, 10, 1), kind="quarter", **BRANCH, total=tally, before=VisitTally(),
        summaries=(VisitSummary(key="cause", title="By cause of the visit", lines=(VisitTallyLine(label="Repair", plain=False, tally=tally),)),),
        answers=(AnswerBar(label="Satisfied", count=8, share=889), AnswerBar(label="Dissatisfied", count=1, share=111)),
        unsatisfactory=(UnsatisfactoryLine(number="HF-HQ-20261120-0007", on=DAY, branch="总公司", customer="王秀英", cause="Repair",
            reference="PG-HQ-20261113-0004", shortcomings="修好两天又漏水", followed=""),),
        same_matter=(),
        same_repair=(AgainLine(subject="王秀英", detail="KFR-35GW/A1 漏水", times=3, numbers=("JX-HQ-20261020-0001", "JX-HQ-20261101-0002", "JX-HQ-20261120-0009")),),
    )  # fmt: skip


def return_visit_plan() -> ReturnVisitPlan:
    """One overdue visit, one due today, two coming."""

    def visit(row: int, due: date, late: int = 0) -> VisitLine:
        return VisitLine(
            row=row, number=f"HF-HQ-{due:%Y%m%d}-{row:04d}", cause="Repair", reference="PG-HQ-20261113-0004", customer="王秀英", phone="13812345678",
            address="上海市浦东新区世纪大道1501号3号楼1702室", before="室内机漏水,疏通排水管后试机正常,客户满意", visitor="钱芳", due_on=due,
            days_late=late, attempts=1 if late else 0, escalated=late > 3,
        )  # fmt: skip

    coming = (visit(3, date(2026, 11, 23)), visit(4, date(2026, 11, 24)))
    groups = (
        VisitGroup(key="overdue", title="Overdue", lines=(visit(1, date(2026, 11, 16), late=4),)),
        VisitGroup(key="today", title="Due today", lines=(visit(2, DAY),)),
        VisitGroup(key="coming", title="Coming", lines=coming),
    )
    return ReturnVisitPlan(number="HF-HQ-20261120", on=DAY, **BRANCH, groups=groups, until=date(2026, 11, 27), listed_until=date(2026, 11, 23))  # fmt: skip


def deadline_explanation() -> DeadlineExplanation:
    """A call of Thursday afternoon, paused once, not yet reached."""
    return DeadlineExplanation(
        number="JX-HQ-20261119-0003", on=DAY, **BRANCH, customer="王秀英", address="上海市浦东新区世纪大道1501号", zone="Urban",
        priority="Normal", symptom="室内机漏水", reported_at=at(16, 0, date(2026, 11, 19)), entered_at=at(16, 2, date(2026, 11, 19)),
        target="6 h", due=at(15, 30), arrived_at=None, device_at=None, state="missed", missed=True, left="2 h", answerable="李建国",
        steps=("11-19 16:00–17:30 1 h 30", "11-20 08:30–09:00 30 min", "11-20 10:00–12:00 2 h", "11-20 13:30–15:30 2 h"),
        pauses=(
            PauseLine(at=at(9, 0), what="waiting for the customer", reason="客户外出", who="周晓芸"),
            PauseLine(at=at(10, 0), what="no longer waiting", reason="", who="周晓芸"),
        ),
        promised_at=at(17, 0), finished_at=None,
    )  # fmt: skip


def arrival_breaches() -> ArrivalBreaches:
    """An arrival and an appointment missed."""
    given = {
        "call_number": "JX-HQ-20261119-0003",
        "customer": "王秀英",
        "district": "浦东新区",
        "zone": "Urban",
        "answerable": "李建国",
    }
    lines = (
        BreachLine(row=1, kind="Arrival", due=at(15, 30), done_at=None, late="2 h", reported_at=at(16, 0, date(2026, 11, 19)), **given),
        BreachLine(row=2, kind="Appointment", due=at(16), done_at=at(16, 25), late="25 min", reported_at=at(9), **given),
    )  # fmt: skip
    return ArrivalBreaches(number="CS-HQ-20261120", on=DAY, **BRANCH, lines=lines, arrivals=1, appointments=1)


SAMPLES = {
    "deadline_explanation": deadline_explanation,
    "arrival_breaches": arrival_breaches,
    "voucher": voucher,
    "repair_call_register": repair_call_register,
    "next_day_dispatch": next_day_dispatch,
    "technician_daily": technician_daily,
    "supervisor_daily": supervisor_daily,
    "contract_expiry_notice": contract_expiry_notice,
    "complaint_register": complaint_register,
    "complaint_analysis": complaint_analysis,
    "return_visit_record": return_visit_record,
    "return_visit_analysis": return_visit_analysis,
    "return_visit_plan": return_visit_plan,
}
