"""The screens of complaints and return visits, as people use them (CP-4, CP-8, CP-13, RV-3, RV-4)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from app.complaints import commands
from app.complaints.models import Approval, Complaint, ComplaintReading, CorrectiveAction, RefusalReason
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.periods import Period
from app.core.uow import unit_of_work
from app.core.views.export import value_of
from app.customers.links import voucher_token
from app.feedback.models import ReturnVisit, VisitAnswer, VisitQuestion, VisitRule
from app.organisation.queries import branches_of
from app.reporting import queries
from tests.cast import Cast

FRIDAY = datetime(2026, 11, 20, 7, 20, tzinfo=clock.UTC)
PHONE = "13800000001"


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def complaint(app: Flask, cast: Cast, **given: Any) -> int:
    """A complaint entered by the clerk."""
    with app.app_context():
        details = {"complainant": "张伟", "phone": PHONE, "content": "修了三次还是不制冷", **given}
        found = commands.enter(cast["clerk"], **details).id
        db.session.remove()
    return found


def visit(app: Flask, cast: Cast, due_in: int) -> int:
    """A return visit of the branch, due in so many days."""
    with app.app_context(), unit_of_work(SYSTEM, "test.visit") as session:
        made = ReturnVisit(
            number=f"HF-{due_in}",
            branch_id=cast.branches["NJ"],
            customer_id=cast.customers["in_warranty"],
            cause="other",
            reason="送货后询问",
            due_on=clock.today() + timedelta(days=due_in),
            visitor_id=cast.staff("clerk"),
        )
        session.add(made)
        session.flush()
        return made.id


def one(app: Flask, statement: Any) -> Any:
    """What the database holds."""
    with app.app_context(), acting_as(SYSTEM):
        found = db.session.scalars(statement).one()
        db.session.expunge_all()
        db.session.remove()
    return found


def text(answer: Any, status: int = 200) -> str:
    page: str = answer.get_data(as_text=True)
    assert answer.status_code == status, page[:3000]
    return page


def test_cp1_the_clerk_enters_a_complaint(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    answer = clerk.post(
        "/complaintview/add",
        {
            "complainant": "张伟",
            "phone": PHONE,
            "voucher": cast.vouchers["in_warranty"],
            "received_at": "2026-11-20T14:00",
            "channel": "telephone",
            "category": "repair_quality",
            "content": "修了三次还是不制冷",
        },
    )
    assert answer.status_code == 302, text(answer, 422)
    saved = one(app, select(Complaint))
    assert (saved.number, saved.customer_id) == ("TS-NJ-20261120-0001", cast.customers["in_warranty"])
    assert clock.local(saved.received_at).hour == 14


def test_cp4_a_refusal_stands_at_its_field(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    form = {"complainant": "张伟", "phone": PHONE, "content": "态度差", "channel": "telephone", "category": "attitude"}
    form |= {"received_at": "2026-11-20T14:00", "subject": cast.staff("clerk")}
    page = text(clerk.post("/complaintview/add", form), 422)
    assert "请由同事或服务部登记" in page
    assert "态度差" in page


def test_cp13_masked_in_the_list_and_every_opening_noted(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast)
    supervisor = client_for("supervisor")
    page = text(supervisor.get("/complaintview/list/"))
    assert "138****0001" in page
    assert PHONE not in page
    file = supervisor.post("/lists/ComplaintView/export", {"format": "csv"}, page="/complaintview/list/").get_data(True)
    assert "138****0001" in file and PHONE not in file
    opened = text(supervisor.get(f"/complaintview/show/{number}"))
    assert "138****0001" in opened
    assert PHONE not in opened
    entry = one(app, select(AuditEntry).where(AuditEntry.verb == "complaint.read"))
    assert (entry.record_id, entry.actor) == (number, "陈国栋")
    # the number is there for who asks for it, and that is noted too
    assert PHONE in text(supervisor.post(f"/complaintview/reveal/{number}", {}))
    asked = one(app, select(ComplaintReading).where(ComplaintReading.what == "number"))
    assert (asked.complaint_id, asked.reader) == (number, "陈国栋")
    assert "查看电话号码" in text(client_for("service").get(f"/complaintview/show/{number}"))
    assert supervisor.get("/complaintreadingview/list/").status_code == 403


def test_cp4_hidden_from_its_subject_through_every_door(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast, subject_id=cast.staff("supervisor"))
    supervisor = client_for("supervisor")
    assert "张伟" not in text(supervisor.get("/complaintview/list/"))
    for address in (f"show/{number}", f"edit/{number}", f"do/acknowledge/{number}"):
        assert supervisor.get(f"/complaintview/{address}").status_code == 404
    assert f'"id":{number}' not in text(supervisor.get("/lookup/complaint?q=TS")).replace(" ", "")


def test_cp8_the_buttons_follow_the_lifecycle(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast)
    supervisor = client_for("supervisor")
    page = text(supervisor.get(f"/complaintview/show/{number}"))
    assert "告知客户已受理" in page
    assert "核准方案" not in page
    here = f"/complaintview/do/acknowledge/{number}"
    # CP-8: what was said is required
    assert "此项必填" in text(supervisor.post(here, {"said": "", "at": ""}), 422)
    assert supervisor.post(here, {"said": "已致电说明", "at": "2026-11-20T15:20"}).status_code == 302
    page = text(supervisor.get(f"/complaintview/show/{number}"))
    assert "已致电说明" in page
    assert "核实事实" in page
    assert one(app, select(Complaint)).status == "acknowledged"


def test_cp9_more_than_one_may_approve_is_refused_on_the_form(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast)
    with app.app_context():
        boss = cast["supervisor"]
        commands.acknowledge(boss, number, said="已告知")
        commands.verify(boss, number, said="属实", finding="justified")
        commands.propose(boss, number, said="协商", solution="退款", compensation=500)
        db.session.remove()
    supervisor, form = client_for("supervisor"), f"/complaintview/do/approve/{number}"
    # above the limit: no button but the reason why, and no way round it
    page = text(supervisor.get(f"/complaintview/show/{number}"))
    assert "500.00 元超出您的审批权限（200.00 元）" in page and "do/approve" not in page
    refused = supervisor.post(form, {"said": "同意", "at": ""}, page="/complaintview/add")
    assert "超出您的审批权限" in text(refused, 422)
    manager = client_for("manager")
    weighed = text(manager.get(form))
    assert all(words in weighed for words in ("退款", "500.00 元", "协商", "不超过", "#evidence"))
    assert manager.post(form, {"said": "同意", "at": ""}).status_code == 302


def test_cp1_the_accountant_enters_one_for_a_product_and_sees_only_that(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    other = complaint(app, cast)
    accountant = client_for("accountant")
    form = f"/complaintview/add?voucher={cast.vouchers['in_warranty']}"
    given = {
        "complainant": "张伟",
        "phone": "13800000001",
        "content": "发票抬头两次开错",
        "channel": "telephone",
        "category": "communication",
        "received_at": f"{clock.local(clock.now()):%Y-%m-%dT%H:%M}",
        "voucher": str(cast.vouchers["in_warranty"]),
    }
    answer = accountant.post(form, given)
    assert answer.status_code == 302, text(answer, 422)
    entered = one(app, select(Complaint).where(Complaint.id != other))
    assert (entered.source, entered.source_ref[:2], entered.entered_by_id) == (
        "voucher",
        "FW",
        cast.staff("accountant"),
    )
    page = text(accountant.get(answer.location))
    assert "发票抬头两次开错" in page and "登记来源" in page
    assert accountant.get(f"/complaintview/show/{other}").status_code == 404


def test_cp3_quick_filters(app: Flask, cast: Cast, client_for: Any) -> None:
    complaint(app, cast, complainant="昨天来的", received_at=FRIDAY - timedelta(days=2))
    number = complaint(app, cast, complainant="今天来的")
    with app.app_context():
        commands.assign(cast["supervisor"], number, handler_id=cast.staff("clerk"), said="请回电")
        db.session.remove()
    supervisor = client_for("supervisor")

    def shown(which: str) -> list[str]:
        page = text(supervisor.get(f"/complaintview/list/?show={which}"))
        return [name for name in ("昨天来的", "今天来的") if name in page]

    assert shown("overdue") == ["昨天来的"]
    rows = text(supervisor.get("/complaintview/list/")).split("<tr")[1:]
    late = [row for row in rows if "fa-hourglass-end" in row]
    assert len(late) == 1 and "昨天来的" in late[0] and "逾期" in late[0]
    assert shown("open") == ["昨天来的", "今天来的"]
    assert shown("nobody") == ["昨天来的"]
    assert shown("mine") == []
    assert shown("no such thing") == ["昨天来的", "今天来的"]
    assert "今天来的" in text(client_for("clerk").get("/complaintview/list/?show=mine"))


def test_rv3_the_worklist_has_the_number_at_hand(app: Flask, cast: Cast, client_for: Any) -> None:
    numbers = [visit(app, cast, due_in) for due_in in (-5, -1, 0, 4, 30)]
    clerk = client_for("clerk")
    page = text(clerk.get("/returnvisits/worklist/"))
    assert page.count(PHONE) == 3 and "逾期 5 天" in page and "逾期 1 天" in page
    page = text(clerk.get(f"/returnvisits/worklist/?group=coming&visit={numbers[3]}"))
    assert f'href="tel:{PHONE}"' in page and page.count("worklist-phone") == 1
    assert PHONE not in text(client_for("supervisor").get("/returnvisits/worklist/?show=mine"))
    assert PHONE not in text(client_for("clerk_sz").get("/returnvisits/worklist/"))
    assert client_for("clerk_sz").get(f"/returnvisits/worklist/?visit={numbers[0]}").status_code == 404
    assert client_for("technician").get("/returnvisits/worklist/").status_code == 403


def test_cp13_the_number_of_who_complained_is_asked_for_at_the_visit_as_at_the_complaint(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    made = complaint(app, cast, customer_id=cast.customers["in_warranty"])
    number = visit(app, cast, 0)
    with app.app_context(), unit_of_work(SYSTEM, "test.cause") as session:
        of_complaint = session.get_one(ReturnVisit, number)
        of_complaint.cause, of_complaint.complaint_id = "complaint", made
        session.get_one(Complaint, made).status = "closed"
    clerk, here = client_for("clerk"), f"/returnvisits/worklist/?visit={number}"

    def asked() -> list[str]:
        with app.app_context(), acting_as(SYSTEM):
            return list(db.session.scalars(select(ComplaintReading.what).order_by(ComplaintReading.id)))

    for page in (here, "/returnvisits/worklist/", f"/returnvisitview/show/{number}"):
        shown = text(clerk.get(page))
        assert "138****0001" in shown and PHONE not in shown, page
    assert asked() == ["page", "page"]  # the worklist with the visit, and the visit
    # one tap shows it, ready to be dialled
    revealed = text(clerk.post(f"/returnvisits/worklist/{number}/number", {}, page=here))
    assert f'href="tel:{PHONE}" data-dial-now' in revealed
    assert PHONE in text(clerk.post(f"/returnvisitview/reveal/{number}", {}))
    assert asked() == ["page", "page", "page", "number", "number"]  # the form's page was opened once more
    # who may not read the complaint asks in vain
    with app.app_context(), unit_of_work(SYSTEM, "test.away") as session:
        session.get_one(ReturnVisit, number).visitor_id = cast.staff("manager")
        session.get_one(Complaint, made).entered_by_id = cast.staff("manager")
    assert PHONE not in text(clerk.post(f"/returnvisitview/reveal/{number}", {}))
    assert len(asked()) == 5
    # nor does a list ever show it, nor its export: it cannot be chosen as a column, and asked for it stays masked
    complaints, visits = _view_of(app, "ComplaintView"), _view_of(app, "ReturnVisitView")
    with app.test_request_context(), acting_as(cast["manager"]):
        assert "phone" not in dict(complaints.column_choices())
        for view, item in (
            (complaints, db.session.get(Complaint, made)),
            (visits, db.session.get(ReturnVisit, number)),
        ):
            assert value_of(view, item, "phone") == "138****0001"
            assert "138****0001" in view.cell(item, "phone") and PHONE not in view.cell(item, "phone")


def _view_of(app: Flask, name: str) -> Any:
    return next(each for each in app.appbuilder.baseviews if type(each).__name__ == name)  # type: ignore[attr-defined]  # set by the framework


def test_rv4_recorded_from_the_worklist_with_a_complaint(app: Flask, cast: Cast, client_for: Any) -> None:
    number, following = visit(app, cast, -1), visit(app, cast, 0)
    clerk = client_for("clerk")
    answer = {"spoke_to": "张太太", "manner": "telephone", "satisfaction": "dissatisfied", "suggestions": "", "at": ""}
    here = f"/returnvisits/worklist/{number}/record"
    assert "请写明客户不满意之处" in text(clerk.post(here, {**answer, "shortcomings": ""}), 422)
    unhappy = {**answer, "shortcomings": "送货晚了两天"}
    page = text(clerk.post(here, unhappy), 422)
    assert "请开叫修或立投诉" in page and "送货晚了两天" in page
    done = clerk.post(here, {**unhappy, "follow_up": "complaint", "category": "delay"})
    assert done.headers["Location"].endswith(f"visit={following}")
    opened = one(app, select(Complaint))
    assert (opened.content, opened.complainant, opened.phone) == ("送货晚了两天", "张太太", PHONE)
    assert opened.category == "delay"
    page = text(clerk.get(f"/returnvisitview/show/{number}"))
    assert opened.number in page


def test_rv4_a_required_question_left_out_is_refused_at_the_question(app: Flask, cast: Cast, client_for: Any) -> None:
    number = visit(app, cast, -1)
    with app.app_context(), unit_of_work(SYSTEM, "test.question") as session:
        asked = VisitQuestion(trigger_on="other", question="用着好吗？", required=True)
        session.add(asked)
        session.flush()
        field = f"answer-{asked.id}"
    clerk, here = client_for("clerk"), f"/returnvisits/worklist/{number}/record"
    answer = {
        "spoke_to": "张太太",
        "manner": "telephone",
        "satisfaction": "satisfied",
        "suggestions": "谢谢师傅",
        "at": "",
    }
    page = text(clerk.post(here, {**answer, field: "maybe"}), 422)
    assert f'id="{field}-error"' in page and "请向客户问这一题" in page and "谢谢师傅" in page
    # What one click answers is data: an office's own question may hope for a no, one taken over from before for a yes.
    with app.app_context(), unit_of_work(SYSTEM, "test.question") as session:
        session.add(
            VisitQuestion(trigger_on="other", question="还有没有异响？", good_answer="no", required=True, position=2)
        )
    form = text(clerk.get(f"/returnvisits/worklist/?visit={number}"))
    good = re.findall(r'name="(answer-\d+)"[^>]*value="(yes|no)" data-good', form)
    assert [value for _name, value in good] == ["yes", "no"] and good[0][0] == field
    assert "全部按满意客户作答" in form and "data-all-yes" in form
    assert clerk.post(here, {**answer, **dict(good)}).status_code == 302
    with app.app_context(), acting_as(SYSTEM):
        assert sorted(db.session.scalars(select(VisitAnswer.answer))) == ["no", "yes"]


def test_rv4_not_reached_is_tried_again_and_given_up(app: Flask, cast: Cast, client_for: Any) -> None:
    number = visit(app, cast, 0)
    clerk, supervisor = client_for("clerk"), client_for("supervisor")
    here = f"/returnvisits/worklist/{number}/attempt"
    assert clerk.post(here, {"outcome": "", "said": "", "again_at": ""}).status_code == 422
    for _ in range(3):
        assert clerk.post(here, {"outcome": "no_answer", "said": "", "again_at": ""}).status_code == 302
    page = text(clerk.get(f"/returnvisits/worklist/?group=given_up&visit={number}"))
    assert PHONE in page and f"/{number}/record" not in page
    assert f"/{number}/record" in text(supervisor.get(f"/returnvisits/worklist/?group=given_up&visit={number}"))
    listed = text(supervisor.get("/returnvisitview/list/?show=supervisor"))
    assert "多次未联系上" in listed
    assert clerk.post(here, {"outcome": "busy", "said": "", "again_at": ""}).status_code == 422


@pytest.mark.parametrize("page", ["complaints", "visits"])
def test_cp14_each_number_leads_to_its_list(app: Flask, cast: Cast, client_for: Any, page: str) -> None:
    number = complaint(app, cast)
    done = visit(app, cast, -1)
    boss = client_for("manager")
    shown = text(boss.get(f"/figures/{page}/"))
    column, record = (
        ("received", f"/complaintview/show/{number}")
        if page == "complaints"
        else ("due", f"/returnvisitview/show/{done}")
    )
    assert f"of={column}" in shown and record not in shown
    assert record in text(boss.get(f"/figures/{page}/?of={column}"))
    key = "category" if page == "complaints" else "cause"
    assert record not in text(boss.get(f"/figures/{page}/?of={column}&by={key}&value=nothing"))
    assert boss.get(f"/figures/{page}/?of=id").status_code == 404
    assert boss.get(f"/figures/{page}/?day=nonsense&period=year&branch=XX").status_code == 200
    # last week there was nothing
    assert record not in text(boss.get(f"/figures/{page}/?period=week&day=2026-11-09&of={column}"))


def test_cp16_a_number_of_deadlines_leads_to_the_deadlines(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast)
    boss, here = client_for("manager"), "/figures/complaints/"
    record = f"/complaintview/show/{number}"
    with app.app_context(), acting_as(SYSTEM):
        found = queries.complaints_of(Period.around(clock.today(), "month"), branches_of(None))
        rows = [each for fact in found.facts for each in fact.stages if each.stage == "settled"]
        (late,) = found.lateness
    counted = text(boss.get(here))
    assert "deadline=running&amp;stage=settled" in counted and f"who={quote(late.handler)}" in counted
    assert len(rows) == 1 and late.handler != ""  # nobody handles it yet: the supervisor answers for it (CP-7)
    assert record in text(boss.get(f"{here}?deadline=running&stage=settled"))
    assert record not in text(boss.get(f"{here}?deadline=late&stage=settled"))
    assert record in text(boss.get(f"{here}?deadline=cases&who={quote(late.handler)}"))
    for wrong in (
        "deadline=nothing&who=x",
        "deadline=late",
        "deadline=late&stage=closed",
        "deadline=late&stage=settled&who=x",
    ):
        assert boss.get(f"{here}?{wrong}").status_code == 404


def test_cp11_cp14_the_figures_show_open_actions_as_the_paper_and_the_recorded_causes(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    with clock.frozen(FRIDAY - timedelta(days=31)):
        number = complaint(app, cast)
        with app.app_context(), unit_of_work(SYSTEM, "test.actions") as session:
            for cause, due_on in (("未试机", date(2026, 10, 30)), ("排水管 坡度不足", date(2026, 11, 2))):
                given = {"cause": cause, "action": "试机", "owner_id": cast.staff("supervisor"), "due_on": due_on}
                session.add(CorrectiveAction(complaint_id=number, kind="corrective", **given))
    page = text(client_for("manager").get("/figures/complaints/?day=2026-10-31&period=month"))
    actions = page[page.rindex(f"/complaintview/show/{number}") - 500 :]
    # At the end of October the second was still to come, as the paper of October says.
    assert re.findall(
        r"(2026年1\d月\d+日) <span class=\"chip\">[^<]+</span>( <span class=\"chip chip-danger\">)?", actions
    ) == [
        ("2026年10月30日", ' <span class="chip chip-danger">'),
        ("2026年11月2日", ""),
    ]
    causes = re.findall(
        r'<td class="main" data-label="">(未试机|排水管 坡度不足)</td><td class="numeric"[^>]*>(\d+)<', page
    )
    assert dict(causes) == {"未试机": "1", "排水管 坡度不足": "1"}


def test_cp14_the_spreadsheet_opens_from_the_figures(app: Flask, cast: Cast, client_for: Any) -> None:
    complaint(app, cast)
    boss = client_for("manager")
    page = text(boss.get("/figures/complaints/?branch=NJ"))
    assert "/print/now/complaint_analysis" in page
    address = "/print/now/complaint_analysis?branch=NJ&date=2026-11-30&period=month"
    sheet = boss.get(f"{address}&format=xlsx")
    assert sheet.status_code == 200 and sheet.data.startswith(b"PK")
    assert boss.get(f"{address}&period=day").status_code == 200  # the first one counts
    assert boss.get("/print/now/complaint_analysis?branch=NJ&period=day").status_code in (400, 404, 422)
    assert boss.get("/print/now/supervisor_daily?branch=NJ&format=xlsx").status_code == 404


def test_rv1_rules_and_questions_are_data(app: Flask, cast: Cast, client_for: Any) -> None:
    admin = client_for("admin")
    rule = one(app, select(VisitRule).where(VisitRule.trigger_on == "repair"))
    form = {"days": "5", "visitor_job": "supervisor", "companion_job": "", "active": "y", "version": "1"}
    assert admin.post(f"/visitruleview/edit/{rule.id}", form).status_code == 302
    changed = one(app, select(VisitRule).where(VisitRule.trigger_on == "repair"))
    assert (changed.days, changed.visitor_job, changed.companion_job) == (5, "supervisor", "")
    question = {
        "trigger_on": "other",
        "position": "1",
        "question": "用着好吗？",
        "question_en": "",
        "answer_kind": "yes_no",
    }
    assert admin.post("/visitquestionview/add", question).status_code == 302
    number = visit(app, cast, 0)
    assert "用着好吗？" in text(client_for("clerk").get(f"/returnvisits/worklist/?visit={number}"))
    assert client_for("clerk").post(f"/visitruleview/edit/{rule.id}", form).status_code == 403


def test_rv1_a_visit_planned_by_hand(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    form = {"customer_id": cast.customers["in_warranty"], "reason": "送货后询问", "due_on": "", "visitor_id": ""}
    assert clerk.post("/returnvisitview/add", form).status_code == 302
    planned = one(app, select(ReturnVisit))
    assert (planned.due_on.isoformat(), planned.visitor_id) == ("2026-11-27", cast.staff("clerk"))
    listed = text(clerk.get("/returnvisitview/list/?show=planned"))
    assert planned.number in listed


@pytest.mark.parametrize("address", ["/complaintview/list/", "/returnvisitview/list/", "/returnvisits/worklist/"])
def test_no_more_statements_with_more_rows(app: Flask, cast: Cast, client_for: Any, address: str) -> None:
    from sqlalchemy import event

    supervisor = client_for("supervisor")
    counts = []
    for batch in (3, 20):
        for number in range(batch):
            complaint(app, cast, complainant=f"客户{number}")
            visit(app, cast, -100 * batch - number)
        supervisor.get(address)
        seen: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_c: Any, _k: Any, statement: str, *_more: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        text(supervisor.get(address))
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[1] == counts[0] <= 15, seen


# -- the page, approvals, papers ------------------------------------------------------------------------------------


def test_the_page_opens_with_its_evidence_and_papers(app: Flask, cast: Cast, client_for: Any) -> None:
    earlier = complaint(app, cast, voucher_id=cast.vouchers["in_warranty"])
    number = complaint(app, cast, voucher_id=cast.vouchers["in_warranty"], severity_ground="press")
    manager = client_for("manager")
    page = text(manager.get(f"/complaintview/show/{number}"))
    for words in ("期限", "证据", "SN-IN-1", "危机小组", "上报管理层", "24 个钟点小时", "陈国栋"):
        assert words in page, words
    assert f"/complaintview/show/{earlier}" in page
    answer = manager.get(f"/complaintview/paper/{number}/major_report")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert manager.get(f"/complaintview/paper/{number}/complaint_register").status_code == 404
    assert client_for("clerk_sz").get(f"/complaintview/paper/{number}/major_report").status_code == 404
    printed = one(app, select(ComplaintReading).where(ComplaintReading.what == "paper"))
    assert printed.reader == "赵明华"


def test_cp9_the_inbox_of_approvals(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast)
    with app.app_context():
        boss = cast["supervisor"]
        commands.acknowledge(boss, number, said="已告知")
        commands.verify(boss, number, said="属实", finding="justified")
        commands.propose(boss, number, said="协商", solution="退款", compensation=500)
        with unit_of_work(SYSTEM, "test.reason") as session:
            why = RefusalReason(code="dear", name="金额过高")
            session.add(why)
            session.flush()
            reason = why.id
        db.session.remove()
    row = one(app, select(Approval)).id
    assert f"/approvalview/show/{row}" not in text(client_for("supervisor").get("/approvalview/list/?show=mine"))
    manager = client_for("manager")
    assert f"/approvalview/show/{row}" in text(manager.get("/approvalview/list/?show=mine"))
    here = f"/approvalview/do/refuse/{row}"
    assert "此项必填" in text(manager.post(here, {"reason_id": "", "said": "太多"}), 422)
    assert manager.post(here, {"reason_id": reason, "said": "太多"}).status_code == 302
    assert "金额过高" in text(manager.get(f"/approvalview/show/{row}"))


def test_cp1_prefilled_from_a_product(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    link = f"/complaintview/add?voucher={cast.vouchers['in_warranty']}"
    assert link in text(clerk.get(f"/voucherview/show/{cast.vouchers['in_warranty']}"))
    page = text(clerk.get(link))
    assert f'value="{PHONE}"' in page
    assert clerk.get(f"/complaintview/add?voucher={cast.vouchers['suzhou']}").status_code == 404


# -- the customers' door --------------------------------------------------------------------------------------------

GIVEN = {
    "complainant": "李女士",
    "phone": "+86 139-1234-5678",
    "email": "",
    "branch_id": "",
    "category": "delay",
    "content": "约好上午，没有人来",
    "wants": "",
    "website": "",
}


def _post(browser: Any, address: str, form: dict[str, Any]) -> Any:
    page = browser.get(address).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token, page[:800]
    return browser.post(address, data={**form, "csrf_token": token.group(1)})


def test_cp1_the_public_form_the_number_and_the_status(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    assert browser.post("/complain/", data=GIVEN).status_code == 400  # without the token of the form
    assert "疑似自动提交" in text(_post(browser, "/complain/", {**GIVEN, "website": "http://x"}), 422)
    assert "请填写可以联系到您的电话" in text(_post(browser, "/complain/", {**GIVEN, "phone": "12"}), 422)
    with app.app_context():
        address = f"/complain/v/{voucher_token(cast.vouchers['in_warranty'])}"
    assert "SN-IN-1" in text(browser.get(address))
    assert "SN-IN-1" not in text(browser.get(f"/complain/v/{cast.vouchers['in_warranty']}-{'0' * 20}"))
    photo = (io.BytesIO(b"\xff\xd8\xff\xe0" + b"0" * 20), "门口.jpg")
    sent = _post(browser, address, {**GIVEN, "photo1": photo})
    assert sent.status_code == 303
    saved = one(app, select(Complaint))
    assert (saved.channel, saved.voucher_id, saved.entered_by_id) == ("online", cast.vouchers["in_warranty"], None)
    assert saved.number in text(browser.get("/complain/thanks"))
    asked = {"number": saved.number.lower(), "phone": "13912345678"}
    with app.app_context():
        commands.assign(cast["supervisor"], saved.id, handler_id=cast.staff("clerk"), said="请处理")
        commands.acknowledge(cast["clerk"], saved.id, said="已致电李女士")
        db.session.remove()
    page = text(_post(app.test_client(), "/complain/status", asked))
    assert "已答复" in page
    for name in ("李女士", "周晓芸", "陈国栋", "已致电", "没有人来"):
        assert name not in page, name
    assert "前处理完毕" in page
    with clock.frozen(FRIDAY + timedelta(days=30)):  # a promise that was broken is not made again
        page = text(_post(app.test_client(), "/complain/status", asked))
    assert "前处理完毕" not in page and "未能如期" in page
    assert "未查到" in text(_post(app.test_client(), "/complain/status", {**asked, "phone": "13912345679"}), 422)
    page = text(browser.get("/complain/?lang=en"))
    assert "Tell us what went wrong" in page


def test_cp1_the_public_door_is_limited(tmp_path: Any) -> None:
    """A door with its limits on: the fifth complaint of an hour is the last, the eleventh question too."""
    from app import create_app
    from tests.conftest import make_settings

    limited = create_app(make_settings(tmp_path), AUTH_RATE_LIMITED=True, RATELIMIT_ENABLED=True)
    browser = limited.test_client()
    with limited.app_context(), acting_as(SYSTEM):
        db.create_all()
    asked = {"number": "TS-1", "phone": "13912345678"}
    answers = [_post(browser, "/complain/status", asked).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
