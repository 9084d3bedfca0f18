"""Branches, districts, 40 staff and the eight accounts of the demo company."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select
from werkzeug.security import generate_password_hash

from app.calendars.models import CalendarException, OpeningHours
from app.calendars.queries import calendar_for
from app.calendars.rules import Calendar, is_open_day
from app.core import clock
from app.core.db import db
from app.fieldservice.models import Contractor, ServiceArea
from app.organisation.models import Branch, District, Skill, Staff, StaffSkill
from app.parts.models import StockPlace
from app.reporting.models import DistributionList, DistributionMember, ScheduleEntry

ACCOUNTS = {
    "clerk": "业务员 clerk（南京）",
    "technician": "技术员 technician（南京）",
    "supervisor": "服务主任 supervisor（南京）",
    "manager": "分公司经理 branch manager（南京）",
    "service": "服务部 service department",
    "accountant": "会计 accountant（南京）",
    "director": "管理层 management",
    "admin": "管理员 administrator",
}
ROLE_OF_JOB = {"service": "service_department"}

# code: (name, English name, kind, city, address)
HEAD_OFFICE_ADDRESS, HEAD_OFFICE_PHONE = "上海市静安区南京西路1168号", "400-820-8000"
BRANCHES = {
    "SH": ("上海服务中心", "Shanghai service centre", "service_centre", "上海市", "上海市静安区共和新路1200号"),
    "HZ": ("杭州服务中心", "Hangzhou service centre", "service_centre", "杭州市", "杭州市拱墅区莫干山路88号"),
    "NJ": ("南京分公司", "Nanjing branch", "branch_office", "南京市", "南京市玄武区中山路268号"),
    "SZ": ("苏州分公司", "Suzhou branch", "branch_office", "苏州市", "苏州市姑苏区人民路1500号"),
    "WX": ("无锡分公司", "Wuxi branch", "branch_office", "无锡市", "无锡市梁溪区中山路333号"),
}
# code: (name, zone)
DISTRICTS = {
    "SH": (("310106", "静安区", "urban"), ("310101", "黄浦区", "urban"), ("310104", "徐汇区", "urban"),
           ("310115", "浦东新区", "suburban"), ("310112", "闵行区", "suburban")),
    "HZ": (("330105", "拱墅区", "urban"), ("330106", "西湖区", "urban"), ("330102", "上城区", "urban"),
           ("330109", "萧山区", "suburban"), ("330110", "余杭区", "suburban")),
    "NJ": (("320102", "玄武区", "urban"), ("320104", "秦淮区", "urban"), ("320106", "鼓楼区", "urban"),
           ("320115", "江宁区", "suburban"), ("320111", "浦口区", "suburban")),
    "SZ": (("320508", "姑苏区", "urban"), ("320505", "虎丘区", "urban"), ("320506", "吴中区", "suburban"),
           ("320509", "吴江区", "suburban")),
    "WX": (("320213", "梁溪区", "urban"), ("320211", "滨湖区", "urban"), ("320205", "锡山区", "suburban"),
           ("320206", "惠山区", "suburban")),
}  # fmt: skip
HEAD_OFFICE = (
    ("吴佩玲", "service", "service"),
    ("郑海涛", "management", "director"),
    ("何志远", "administrator", "admin"),
    ("冯雅琴", "service", None),
)
# (job, user name in the Nanjing branch); a service centre has no branch manager (SO-13)
CREW = (
    ("supervisor", "supervisor"),
    ("clerk", "clerk"),
    ("technician", "technician"),
    ("technician", None),
    ("technician", None),
    ("technician", None),
    ("branch_manager", "manager"),
    ("accountant", "accountant"),
)
NAMES = (
    "陈国栋 周晓芸 李建国 王志强 张海波 刘文斌 赵明华 孙丽萍 许文彬 林美凤 黄大伟 朱永康 胡军 郭振宇 马晓东 罗秀英 "
    "梁建业 宋玉兰 唐志勇 韩磊 曹阳 彭飞 曾庆华 萧红梅 田家旺 董建军 袁丽 潘伟明 于洋 余志刚 杜鹏 叶青 蒋勇 程海燕 魏东 沈国平"
).split()


@dataclass
class Crew:
    """The people of one branch, by staff id."""

    branch: Branch
    districts: list[District] = field(default_factory=list)
    technicians: list[int] = field(default_factory=list)
    by_job: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    vans: dict[int, int] = field(default_factory=dict)
    store: int = 0


@dataclass
class Office:
    """The company: a crew for each branch, and the head office."""

    crews: dict[str, Crew]
    head_office: Crew


def build(password: str) -> Office:
    """Make branches, districts, staff, accounts, stock places and the addresses of the distribution lists."""
    manager: Any = current_app.extensions["appbuilder"].sm
    hashed = generate_password_hash(password)
    numbers = iter(range(1, 1000))
    names = iter(NAMES)
    skills = list(db.session.execute(select(Skill).order_by(Skill.id)).scalars())
    head = Crew(db.session.execute(select(Branch).where(Branch.code == "HQ")).scalar_one())
    head.branch.address, head.branch.phone = HEAD_OFFICE_ADDRESS, HEAD_OFFICE_PHONE
    for name, job, username in HEAD_OFFICE:
        _employ(manager, head, next(numbers), name, job, username, hashed)
    crews = {code: _branch(code) for code in BRANCHES}
    for code, crew in crews.items():
        for job, username in CREW:
            if job == "branch_manager" and crew.branch.kind != "branch_office":
                continue
            if job == "accountant" and code in ("HZ", "WX"):
                continue  # the small branches' books are kept in Shanghai and Nanjing
            who = username if code == "NJ" else None
            staff = _employ(manager, crew, next(numbers), next(names), job, who, hashed)
            if job == "technician":
                _equip(crew, staff, skills)
    _lists(crews)
    _calendar(head.branch, crews["WX"].branch)
    db.session.flush()
    return Office(crews, head)


def _calendar(head_office: Branch, closed: Branch) -> None:
    """The head office's hours, the same as the company's; and a day on which one branch counts its stock."""
    for weekday in range(1, 6):
        for opens, closes in (("08:30", "12:00"), ("13:30", "17:30")):
            db.session.add(OpeningHours(branch_id=head_office.id, weekday=weekday, opens=opens, closes=closes))
    calendar, day = calendar_for(closed.id), clock.today() + timedelta(days=20)
    while not is_open_day(calendar, day):
        day += timedelta(days=1)
    db.session.add(CalendarException(branch_id=closed.id, on_date=day, is_open=False, note="仓库盘点，停业一天"))


def _branch(code: str) -> Crew:
    name, name_en, kind, city, address = BRANCHES[code]
    place = list(BRANCHES).index(code) + 1
    branch = Branch(code=code, name=name, name_en=name_en, kind=kind, address=address, phone=f"400-820-80{place:02}")
    db.session.add(branch)
    db.session.flush()
    crew = Crew(branch)
    for number, district, zone in DISTRICTS[code]:
        crew.districts.append(District(code=number, city=city, name=district, zone=zone, branch_id=branch.id))
    firm = Contractor(
        branch_id=branch.id, name=f"{city}宏达电器维修部", contact="宏经理", trades="空调、洗衣机、热水器"
    )
    db.session.add(firm)
    store = StockPlace(branch_id=branch.id, kind="warehouse", name=f"{name}仓库")
    db.session.add_all([*crew.districts, store])
    db.session.flush()
    crew.store = store.id
    return crew


def _employ(manager: Any, crew: Crew, number: int, name: str, job: str, username: str | None, hashed: str) -> Staff:
    user = None
    if username:
        user = manager.user_model(
            username=username,
            first_name=name,
            last_name="",
            email=f"{username}@aftercare.example",
            active=True,
            password=hashed,
            roles=[manager.find_role(ROLE_OF_JOB.get(job, job))],
        )
        db.session.add(user)
        db.session.flush()
    staff = Staff(
        staff_no=f"A{number:03}",
        name=name,
        branch_id=crew.branch.id,
        job=job,
        phone=f"139{number:04}{(number * 7919) % 10000:04}",
        email=f"{username or f'a{number:03}'}@aftercare.example",
        user_id=user.id if user else None,
    )
    db.session.add(staff)
    db.session.flush()
    crew.names[staff.id] = name
    crew.by_job.setdefault(job, staff.id)
    if job == "technician":
        crew.technicians.append(staff.id)
    return staff


def _equip(crew: Crew, staff: Staff, skills: list[Skill]) -> None:
    place = len(crew.technicians) - 1
    for offset, level in ((0, 3), (1, 2), (2, 2), (3, 1)):
        db.session.add(StaffSkill(staff_id=staff.id, skill_id=skills[(place + offset) % len(skills)].id, level=level))
    own = crew.districts[place % len(crew.districts)]
    db.session.add(ServiceArea(staff_id=staff.id, district_id=own.id))
    van = StockPlace(branch_id=crew.branch.id, kind="van", name=f"{staff.name}服务车", staff_id=staff.id)
    db.session.add(van)
    db.session.flush()
    crew.vans[staff.id] = van.id


def _lists(crews: dict[str, Crew]) -> None:
    lists = {row.code: row.id for row in db.session.execute(select(DistributionList)).scalars()}
    members = [
        DistributionMember(distribution_list_id=lists["management"], name="郑海涛", email="director@aftercare.example"),
        DistributionMember(distribution_list_id=lists["management"], name="吴佩玲", email="service@aftercare.example"),
        DistributionMember(
            distribution_list_id=lists["purchasing"], name="采购部", email="purchasing@aftercare.example"
        ),
    ]
    for code, crew in crews.items():
        members.append(
            DistributionMember(
                distribution_list_id=lists["branches"],
                name=crew.branch.name,
                email=f"{code.lower()}@aftercare.example",
                branch_id=crew.branch.id,
            )
        )
    db.session.add_all(members)


def schedule_from(calendar: Calendar, today: date) -> None:
    """Let the schedule begin with the last working day, whose reports are then made and mailed at the first start."""
    last = today - timedelta(days=1)
    while not is_open_day(calendar, last):
        last -= timedelta(days=1)
    for entry in db.session.execute(select(ScheduleEntry).where(ScheduleEntry.catch_up.is_(True))).scalars():
        entry.last_day = last - timedelta(days=1)
