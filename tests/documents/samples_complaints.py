"""Filled letters and forms of a complaint: a washing machine that failed three times, exchange applied for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.complaints.papers import ComplaintPaper, Decision, Due, StepLine
from tests.documents.samples import BRANCH, DAY, DOT, at


def complaint(mark: str, **changes: object) -> ComplaintPaper:
    """The complaint with everything there is to say of it."""
    received = at(15, 20, date(2026, 11, 13))
    given: dict[str, object] = {
        **BRANCH,
        "number": f"TS-HQ-20261113-0002-{mark}",
        "on": DAY,
        "complaint_number": "TS-HQ-20261113-0002",
        "received_at": received,
        "complainant": "王秀英",
        "phone": "138****5678",
        "channel": "Telephone",
        "category": "Product quality",
        "content": "新洗衣机两个月内三次不脱水，每次修好不到一周又坏，最后一次漏水淹了厨房地板。",
        "demand": "换一台新机",
        "severity": "Major",
        "ground": "Demands return or exchange",
        "product": "滚筒洗衣机",
        "model": "XQG100-B",
        "serial_no": "SN20260901W0031",
        "sold_on": date(2026, 9, 1),
        "warranty_until": date(2027, 9, 1),
        "voucher_number": "FW-HQ-20260901-0031",
        "finding": "Justified",
        "verified": "三次均为同一控制板故障，属批次质量问题",
        "solution": "更换同型号新机，补偿地板清理费",
        "remedy": "exchange",
        "amount": Decimal("3299.00"),
        "handler": "陈国栋",
        "promised_on": date(2026, 11, 25),
        "promised_words": "新机需从总仓调拨，三天后到货。",
        "words": "经核实，您的洗衣机确属控制板批次问题。\n我公司已为您更换同型号新机，并补偿地板清理费。",
        "association": "市消费者协会",
        "association_ref": "消协转字〔2026〕118号",
        "branch_phone": "021-66668888",
        "branch_address": "上海市静安区延安中路 1 号",
        "deadlines": (
            Due(label="Acknowledged", due_at=at(15, 20, date(2026, 11, 14)), done_at=at(16, 5, date(2026, 11, 13)), state="met"),
            Due(label="Verified", due_at=at(17, 30, date(2026, 11, 18)), done_at=at(9, 0, date(2026, 11, 19)), state="late"),
            Due(label="Solution proposed", due_at=at(17, 30), done_at=None, state="open"),
            Due(label="Settled", due_at=at(17, 30), done_at=None, state="open"),
        ),
        "decisions": (
            Decision(role="Branch manager", name="赵明华", acted_for="", amount=Decimal("3299.00"), status="Refused", reason="应先维修", said="再修一次", decided_at=at(10)),
            Decision(role="Management", name="吴佩玲", acted_for="郑海涛", amount=Decimal("3299.00"), status="Approved", reason="", said="同意换货", decided_at=at(16)),
            Decision(role="Management", name="", acted_for="", amount=Decimal("3400.00"), status="To be decided", reason="", said="", decided_at=None),
        ),
        "steps": (
            StepLine(at=received, label="Complaint entered", who="周晓芸", said=""),
            StepLine(at=at(16, 5, date(2026, 11, 13)), label="Acknowledge to the customer", who="陈国栋", said="已致电客户致歉，约定周一上门"),
        ),
        "members": ("陈国栋", "赵明华", "吴佩玲"),
        "history": ("2026-09-20 JX-HQ-20260920-0003 不脱水", "2026-10-12 JX-HQ-20261012-0007 不脱水"),
        "reasons": "同一故障反复出现，为挽回客户信任",
        "requested_by": "陈国栋",
        "requested_at": at(9),
        "terms": "甲方为乙方更换同型号新机一台。\n甲方补偿乙方地板清理费 300 元。",
        "made_by": "陈国栋",
        "made_at": at(14),
        "signer": "王秀英",
        "signer_as": "Member of the family",
        "signed_at": at(15),
        "signature": DOT,
        "scanned": False,
    }  # fmt: skip
    return ComplaintPaper(**{**given, **changes})  # type: ignore[arg-type]  # the keys are ComplaintPaper's fields


SAMPLES = {
    "complaint_acknowledgement": lambda: complaint("A"),
    "complaint_timetable": lambda: complaint("T"),
    "complaint_answer": lambda: complaint("R"),
    "complaint_association": lambda: complaint("X"),
    "complaint_agreement": lambda: complaint("S"),
    "major_application": lambda: complaint("Z"),
    "major_report": lambda: complaint("B"),
}
TITLES = {
    "complaint_acknowledgement": "投诉受理通知书",
    "complaint_timetable": "投诉处理时间告知书",
    "complaint_answer": "投诉处理答复函",
    "complaint_association": "消协投诉回复函",
    "complaint_agreement": "和解协议",
    "major_application": "重大质量事故处理申请表",
    "major_report": "重大投诉报告",
}
