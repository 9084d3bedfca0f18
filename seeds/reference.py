"""What every office starts with: skills, faults, the authority matrix, distribution lists and the schedule.

Loading it again adds what is missing and leaves what an administrator changed as it is.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.complaints.models import ComplaintEscalationLevel, RefusalReason
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.settings import Setting
from app.core.uow import unit_of_work
from app.feedback.models import VisitQuestion, VisitRule
from app.fieldservice.models import EscalationLevel, FaultCode, PriceItem, WarrantyCover
from app.organisation.models import AuthorityLimit, Branch, Skill
from app.parts.models import Part
from app.parts.rules import LONGEST_MNEMONIC, initials
from app.reporting.models import DistributionList, ScheduleEntry

SKILLS = (
    ("refrigerator", "冰箱维修", "Refrigerators"),
    ("washing_machine", "洗衣机维修", "Washing machines"),
    ("air_conditioner", "空调维修", "Air conditioners"),
    ("television", "电视维修", "Televisions"),
    ("water_heater", "热水器维修", "Water heaters"),
    ("kitchen", "厨房电器维修", "Kitchen appliances"),
)
# code, category, name, English name, minutes a job usually takes (None: as the setting says)
FAULTS = (
    ("B01", "refrigerator", "不制冷", "No cooling", 90),
    ("B02", "refrigerator", "结霜过多", "Too much frost", 60),
    ("B03", "refrigerator", "噪音大", "Noisy", 60),
    ("B04", "refrigerator", "漏水", "Leaking", 60),
    ("X01", "washing_machine", "不排水", "Does not drain", 60),
    ("X02", "washing_machine", "不脱水", "Does not spin", 75),
    ("X03", "washing_machine", "异常振动", "Vibrates", 60),
    ("K01", "air_conditioner", "不制冷/不制热", "No cooling or heating", 90),
    ("K02", "air_conditioner", "缺制冷剂", "Refrigerant lost", 90),
    ("K03", "air_conditioner", "室内机滴水", "Indoor unit drips", 60),
    ("D01", "television", "无图像", "No picture", 90),
    ("D02", "television", "无声音", "No sound", 75),
    ("R01", "water_heater", "不加热", "Does not heat", 60),
    ("R02", "water_heater", "漏水", "Leaking", 75),
    ("C01", "kitchen", "不工作", "Does not work", 60),
    ("C02", "kitchen", "打火困难", "Hard to ignite", 45),
    ("T01", "any", "不通电", "No power", 60),
    ("T02", "any", "控制板故障", "Control board faulty", 90),
    ("T09", "any", "使用指导", "Instruction in use", 30),
    ("T99", "any", "其他", "Other", None),
)
# They say nothing of what is wrong: two such calls are not yet the same fault (KP-2).
VAGUE = ("T09", "T99")
LIMITS = (("supervisor", Decimal("200.00")), ("branch_manager", Decimal("2000.00")), ("management", None))
# which deadline, working minutes before it (0: when missed), to whom (SO-10, SO-15)
ESCALATION = (
    ("arrival", 120, "technician"),
    ("arrival", 30, "supervisor"),
    ("arrival", 0, "branch_manager"),
    ("finish", 120, "technician"),
    ("finish", 60, "supervisor"),
    ("finish", 0, "branch_manager"),
    # Of a repair in the workshop: minutes to spare beyond the work still needed (SO-10).
    ("workshop", 240, "technician"),
    ("workshop", 120, "supervisor"),
    ("workshop", 0, "branch_manager"),
)
# Prices (CNY, tax included) from the first day on: kind, zone, minutes of a unit, price (SO-6)
PRICES = (
    ("callout", "any", None, "30.00"),
    ("labour", "any", 30, "50.00"),
    ("inspection", "any", None, "50.00"),
)
# What the portal asked for before there was a price list: who changed it there keeps it.
PRICES_BEFORE = {"callout": "price_callout", "labour": "price_half_hour"}
# after what, calendar days, who visits, who goes along (RV-1, RV-2)
VISIT_RULES = (
    ("complaint_major", 3, "service", "supervisor"),
    ("complaint", 3, "supervisor", "clerk"),
    ("repair", 7, "clerk", ""),
    ("contract", 0, "clerk", ""),
    ("other", 7, "clerk", ""),
)
_HANDLED = (
    ("投诉的问题是否已经解决？", "Is what you complained of solved?", "yes_no"),
    ("答应的处理办法是否都已兑现？", "Was everything done that was promised?", "yes_no"),
    ("处理过程中还有哪里不满意？", "What could have been handled better?", "text"),
)
# after what: question, the same in English, how it is answered (RV-4)
VISIT_QUESTIONS = {
    "complaint_major": _HANDLED,
    "complaint": _HANDLED,
    "repair": (
        ("修好以后使用是否正常？", "Has it worked well since the repair?", "yes_no"),
        ("师傅是否按约定时间上门？", "Did the technician come at the agreed time?", "yes_no"),
        ("收费是否事先讲清、开具凭据？", "Were the charges explained beforehand, with a receipt?", "yes_no"),
        ("离开时现场是否收拾干净？", "Was the place left clean?", "yes_no"),
    ),
    "contract": (
        ("约定的保养是否按期上门？", "Did the promised maintenance visits take place in time?", "yes_no"),
        ("设备运行是否正常？", "Does the equipment run well?", "yes_no"),
        ("合同到期是否愿意续签？", "Will you renew when the contract ends?", "yes_no"),
    ),
    "other": (("对这次服务是否满意？", "Were you satisfied with the service?", "yes_no"),),
}
# which stage of a complaint, working minutes before its deadline, to whom (CP-3, CP-6)
COMPLAINT_ESCALATION = (
    ("acknowledged", 120, "handler"),
    ("acknowledged", 0, "branch_manager"),
    ("verified", 240, "handler"),
    ("verified", 0, "supervisor"),
    ("proposed", 120, "handler"),
    ("proposed", 0, "supervisor"),
    ("settled", 480, "handler"),
    ("settled", 0, "branch_manager"),
    ("settled", -480, "service_department"),
    ("management", 120, "service_department"),
    ("management", 0, "management"),
)
# Why a proposed solution is refused (CP-9)
REFUSALS = (
    ("too_dear", "金额过高", "Too expensive"),
    ("not_proven", "事实未查清", "Facts not proven"),
    ("not_entitled", "不符合三包规定", "Not covered by law or warranty"),
    ("other_way", "应先维修", "Repair first"),
    ("papers", "资料不全", "Papers incomplete"),
)
LISTS = (("management", "管理层"), ("branches", "各分公司"), ("purchasing", "采购"))
# document, time of day, days, one for each branch, list, make up for missed days
SCHEDULE = (
    ("arrival_breaches", time(18, 0), "working_days", True, "branches", True),
    ("next_day_dispatch", time(17, 40), "working_days", True, "branches", True),
    ("technician_daily", time(18, 0), "working_days", True, "branches", True),
    ("supervisor_daily", time(18, 0), "working_days", True, "management", True),
    ("repair_call_register", time(18, 0), "working_days", True, "branches", True),
    ("goods_register", time(18, 0), "working_days", True, "branches", True),
    ("cash_not_handed_in", time(18, 0), "working_days", True, "branches", True),
    ("complaint_register", time(18, 0), "working_days", False, "management", True),
    ("return_visit_plan", time(7, 30), "working_days", True, "branches", False),
)
# the same for the period that is over: first working day of the week, month or quarter
PERIODIC = (
    ("weekly", "complaint_register", time(8, 0), "management"),
    ("monthly", "complaint_register", time(8, 0), "management"),
    ("monthly", "complaint_analysis", time(8, 10), "management"),
    ("monthly", "paid_services", time(8, 15), "management"),
    ("quarterly", "return_visit_analysis", time(8, 20), "management"),
)


def load() -> None:
    """Add what is missing."""
    with unit_of_work(SYSTEM, "seed.reference"):
        _missing(Branch, "code", [{"code": "HQ", "name": "总公司", "name_en": "Head office", "kind": "head_office"}])
        _missing(Skill, "code", [dict(zip(("code", "name", "name_en"), row, strict=True)) for row in SKILLS])
        _missing(
            FaultCode,
            "code",
            [
                {
                    **dict(zip(("code", "category", "name", "name_en", "expected_minutes"), row, strict=True)),
                    "vague": row[0] in VAGUE,
                }
                for row in FAULTS
            ],
        )
        _limits()
        _escalation()
        _complaints()
        _prices()
        _missing(DistributionList, "code", [{"code": code, "name": name} for code, name in LISTS])
        _visits()
        _schedule()
        _mnemonics()


def _mnemonics() -> None:
    """Parts of an office that began before there were short codes (助记码) are found by them too."""
    for part in db.session.scalars(select(Part).where(Part.mnemonic == "")):
        part.mnemonic = initials(part.name)[:LONGEST_MNEMONIC]


def _visits() -> None:
    """Rules and questions of the return visits; questions only into an empty table: what was taken away stays away."""
    columns = ("trigger_on", "days", "visitor_job", "companion_job")
    _missing(VisitRule, "trigger_on", [dict(zip(columns, row, strict=True)) for row in VISIT_RULES])
    if db.session.execute(select(VisitQuestion.id)).first() is not None:
        return
    for trigger, questions in VISIT_QUESTIONS.items():
        for position, (question, english, kind) in enumerate(questions, 1):
            db.session.add(
                VisitQuestion(
                    trigger_on=trigger,
                    position=position,
                    question=question,
                    question_en=english,
                    answer_kind=kind,
                    # What is answered by a yes or no takes a moment; words are the customer's to give.
                    required=kind == "yes_no",
                )
            )
    db.session.flush()


def _missing(model: Any, key: str, rows: list[dict[str, Any]]) -> None:
    there = set(db.session.execute(select(getattr(model, key))).scalars())
    db.session.add_all([model(**row) for row in rows if row[key] not in there])
    db.session.flush()


def _limits() -> None:
    there = {(kind, role) for kind, role in db.session.execute(select(AuthorityLimit.kind, AuthorityLimit.role))}
    for kind in ("exchange", "refund", "compensation", "waiver"):
        for role, up_to in LIMITS:
            if (kind, role) not in there:
                db.session.add(AuthorityLimit(kind=kind, role=role, up_to=up_to))


def _escalation() -> None:
    # Only into an empty table: a level the administrator took away stays away.
    if db.session.execute(select(EscalationLevel.id)).first() is None:
        for deadline, minutes, role in ESCALATION:
            db.session.add(EscalationLevel(deadline=deadline, minutes=minutes, role=role))


def _prices() -> None:
    # Only into empty tables, likewise.
    if db.session.execute(select(PriceItem.id)).first() is None:
        before = {row.key: row.value for row in db.session.execute(select(Setting)).scalars()}
        for kind, zone, unit, price in PRICES:
            changed = before.get(PRICES_BEFORE.get(kind, ""), price)
            db.session.add(
                PriceItem(kind=kind, zone=zone, unit_minutes=unit, price=Decimal(changed), valid_from=date(2020, 1, 1))
            )
    if db.session.execute(select(WarrantyCover.id)).first() is None:
        for misuse in (False, True):
            free = not misuse
            db.session.add(
                WarrantyCover(category="any", misuse=misuse, labour_free=free, callout_free=free, parts_free=free)
            )


def _complaints() -> None:
    _missing(RefusalReason, "code", [dict(zip(("code", "name", "name_en"), row, strict=True)) for row in REFUSALS])
    if db.session.execute(select(ComplaintEscalationLevel.id)).first() is None:
        for stage, minutes, role in COMPLAINT_ESCALATION:
            db.session.add(ComplaintEscalationLevel(stage=stage, minutes=minutes, role=role))


def _schedule() -> None:
    lists = {row.code: row.id for row in db.session.execute(select(DistributionList)).scalars()}
    rows = [
        {
            "code": f"daily-{name}",
            "document_name": name,
            "at": at,
            "days": days,
            "per_branch": per_branch,
            "distribution_list_id": lists[to],
            "catch_up": catch_up,
        }
        for name, at, days, per_branch, to, catch_up in SCHEDULE
    ]
    rows += [
        {
            "code": f"{days}-{name}",
            "document_name": name,
            "at": at,
            "days": days,
            "per_branch": False,
            "distribution_list_id": lists[to],
            "catch_up": True,
        }
        for days, name, at, to in PERIODIC
    ]
    _missing(ScheduleEntry, "code", rows)
