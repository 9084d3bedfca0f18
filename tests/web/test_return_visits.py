"""The screens of return visits, as people use them (CP-13, RV-1, RV-3, RV-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.complaints.models import Complaint, ComplaintReading
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.core.views.export import value_of
from app.feedback.models import ReturnVisit, VisitAnswer, VisitQuestion, VisitRule
from tests.cast import Cast
from tests.web.complaint_pages import FRIDAY, PHONE, complaint, one, text, visit


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


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
