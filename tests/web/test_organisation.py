"""Screens of the organisation, settings, audit trail and background jobs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.billing import commands as billing
from app.core import settings
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.outbox import OutboxEntry, want
from app.core.uow import unit_of_work
from app.organisation.models import Staff, StaffSkill
from tests.cast import Cast
from tests.commands.billing_days import at, finished
from tests.commands.test_leaving import empty_van


def test_so19_staff_with_account_and_skills(app: Flask, cast: Cast, client_for: Any) -> None:
    admin = client_for("admin")
    with app.app_context(), acting_as(SYSTEM):
        technician = db.session.get_one(Staff, cast.staff("technician"))
        form = {
            "staff_no": technician.staff_no,
            "name": technician.name,
            "branch": technician.branch_id,
            "job": technician.job,
            "phone": "13900000001",
            "email": technician.email,
            "user": technician.user_id,
            "active": "y",
            "version": technician.version,
        }
        skill = db.session.execute(select(StaffSkill).where(StaffSkill.staff_id == technician.id)).scalar_one()
        skill_id, skill_row = skill.skill_id, skill.id
        db.session.remove()
    page = admin.get(f"/staffview/show/{cast.staff('technician')}").get_data(as_text=True)
    for shown in ("李建国", "技术员", "南京分公司", "冰箱维修"):
        assert shown in page
    assert admin.post(f"/staffview/edit/{cast.staff('technician')}", form).status_code == 302
    assert "13900000001" in admin.get("/staffview/list/?q=李建国").get_data(as_text=True)
    supervisor = client_for("supervisor_sz")
    other = supervisor.post(f"/staffskillview/edit/{skill_row}", {"skill": skill_id, "level": "3"})
    assert other.status_code == 422
    assert "其他机构" in other.get_data(as_text=True)
    own = client_for("supervisor").post(f"/staffskillview/edit/{skill_row}", {"skill": skill_id, "level": "3"})
    assert own.status_code == 302
    assert client_for("clerk").get(f"/staffview/edit/{cast.staff('technician')}").status_code in (302, 403)


def test_so6_who_has_cash_in_hand_is_not_marked_as_left(app: Flask, cast: Cast, client_for: Any) -> None:
    person = cast.staff("technician")
    with app.app_context():
        order_id = finished(cast, 60)
        with at(10, 5):
            billing.collect(cast["technician"], order_id, amount=Decimal("130.00"))
    with app.app_context(), acting_as(SYSTEM):
        row = db.session.get_one(Staff, person)
        form: dict[str, Any] = {
            name: getattr(row, name) for name in ("staff_no", "name", "job", "phone", "email", "version")
        }
        form |= {"branch": row.branch_id, "user": row.user_id}  # "active" is not ticked any more
        db.session.remove()

    def active() -> bool:
        with app.app_context(), acting_as(SYSTEM):
            return db.session.get_one(Staff, person).active

    admin, url = client_for("admin"), f"/staffview/edit/{person}"
    refused = admin.post(url, form)
    assert (refused.status_code, active()) == (422, True)
    assert "现金" in refused.get_data(as_text=True)
    with app.app_context(), at(17):
        handover = billing.hand_in(cast["technician"])
        billing.receive_cash(cast["accountant"], handover.id, counted=Decimal("130.00"))
        empty_van(cast)
    assert admin.post(url, form).status_code == 302
    assert active() is False


def test_a_setting_is_data(app: Flask, cast: Cast, client_for: Any) -> None:
    admin = client_for("admin")
    page = admin.get("/settings/").get_data(as_text=True)
    for shown in ("保养合同到期前多少天发到期通知", "SO-16", "安心家电服务有限公司"):
        assert shown in page
    url = "/settings/change/contract_notice_days"
    wrong = admin.post(url, {"value": "三十", "was": "30"})
    assert wrong.status_code == 422
    assert "请填整数。" in wrong.get_data(as_text=True)
    assert admin.post(url, {"value": "45", "was": "30"}, page=url).status_code == 302
    with app.app_context():
        assert settings.number("contract_notice_days") == 45
    # Somebody who still saw 30 changed nothing.
    assert admin.post(url, {"value": "60", "was": "30"}).status_code == 422
    assert admin.get("/settings/change/nothing").status_code == 404
    assert client_for("manager").get("/settings/").status_code in (302, 403)


def test_the_audit_trail_reads_in_the_words_of_the_screens(app: Flask, cast: Cast, client_for: Any) -> None:
    client_for("clerk").post(
        f"/customerview/edit/{cast.customers['in_warranty']}",
        {"name": "张伟", "kind": "organisation", "email": "", "note": "新客户", "version": "1"},
    )
    director, search = (
        client_for("director"),
        "/auditentryview/list/?_flt_1_record=customer&_flt_0_verb=customer.update",
    )
    assert "周晓芸" in director.get(search).get_data(True)
    admin = client_for("admin")
    assert "周晓芸" not in admin.get(search).get_data(True), "no customers' data by default (design §4)"
    with app.app_context(), acting_as(SYSTEM):
        entry = db.session.execute(select(AuditEntry).where(AuditEntry.verb == "customer.update")).scalar_one().id
    assert admin.get(f"/auditentryview/show/{entry}").status_code == 404
    page = director.get(f"/auditentryview/show/{entry}").get_data(as_text=True)
    for shown in ("类别", "个人", "单位", "新客户"):
        assert shown in page
    for address in (f"/auditentryview/edit/{entry}", f"/auditentryview/delete/{entry}", "/auditentryview/add"):
        assert admin.get(address).status_code == 404
    assert client_for("clerk").get("/auditentryview/list/").status_code in (302, 403)


@pytest.mark.parametrize(("verb", "status"), [("retry", "waiting"), ("drop", "dropped")])
def test_a_job_laid_aside_is_tried_again_or_given_up(
    app: Flask, cast: Cast, client_for: Any, verb: str, status: str
) -> None:
    with app.app_context():
        with unit_of_work(SYSTEM, "test"):
            entry = want("mail", {"delivery": 1})
            db.session.connection().execute(
                update(OutboxEntry.__table__).values(status="dead", attempts=6, last_error="SMTPServerDisconnected")  # type: ignore[arg-type]  # a Table
            )
        db.session.remove()
    admin = client_for("admin")
    dead = admin.get("/outboxentryview/list/?show=dead").get_data(as_text=True)
    assert "SMTPServerDisconnected" in dead
    show = f"/outboxentryview/show/{entry}"
    assert admin.post(f"/outboxentryview/do/{verb}/{entry}", page=show).status_code == 302
    with app.app_context():
        assert db.session.execute(select(OutboxEntry.status).where(OutboxEntry.id == entry)).scalar_one() == status


def test_reference_data_has_screens(cast: Cast, client_for: Any) -> None:
    admin = client_for("admin")
    for screen in ("branchview", "districtview", "staffview", "skillview", "authoritylimitview", "productmodelview"):
        assert admin.get(f"/{screen}/list/").status_code == 200
        assert admin.get(f"/{screen}/add").status_code == 200
    made = admin.post("/skillview/add", {"code": "tv", "name": "电视维修", "name_en": "Televisions"})
    assert made.status_code == 302
    again = admin.post("/skillview/add", {"code": "tv", "name": "电视维修", "name_en": ""})
    assert again.status_code == 422
    limits = admin.get("/authoritylimitview/list/").get_data(as_text=True)
    for shown in ("赔偿", "服务主任", "200.00", "不限"):
        assert shown in limits


def test_the_audit_trail_calls_verbs_by_their_names(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    show = f"/voucherview/show/{cast.vouchers['in_warranty']}"
    clerk.post(f"/voucherview/do/check_out/{cast.vouchers['in_warranty']}", {"staff_id": cast.staff("technician")})
    clerk.post(f"/voucherview/do/give_back/{cast.vouchers['in_warranty']}", page=show)
    page = client_for("director").get("/auditentryview/list/").get_data(as_text=True)
    assert "领出凭证" in page
    assert "归还入档" in page


def test_who_stands_beside_or_above_is_not_offered_to_leave(app: Flask, cast: Cast, client_for: Any) -> None:
    supervisor = client_for("supervisor")
    for who, offered in (("technician", True), ("manager", False), ("supervisor", False)):
        page = supervisor.get(f"/staffview/show/{cast.staff(who)}").get_data(as_text=True)
        assert ("标记离职" in page) is offered, who
