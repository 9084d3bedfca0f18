"""The dispatch board through the web: choose, refuse with a reason, crew, contractor, two supervisors (SO-14, SO-19)."""

from __future__ import annotations

import re
import time as stopwatch
from datetime import date, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.fieldservice import commands
from app.fieldservice.models import Contractor, RepairCall
from tests.cast import Cast
from tests.web.test_lists import statements

FRIDAY = clock.at_local(date(2026, 11, 20), time(9))


def entered(app: Flask, cast: Cast, product: str = "out_of_warranty") -> int:
    with app.app_context():
        call_id = commands.enter_call(cast["clerk"], cast.vouchers[product], symptom="不制冷").id
        db.session.remove()
        return call_id


def text_of(answer: Any) -> str:
    found: str = answer.get_data(as_text=True)
    return found


def test_so19_a_click_on_a_free_day_fills_the_form(app: Flask, cast: Cast, client_for: Any) -> None:
    with clock.frozen(FRIDAY):
        call_id = entered(app, cast)
        supervisor = client_for("supervisor")
        page = text_of(supervisor.get(f"/dispatch/?call={call_id}"))
        assert f"technician={cast.staff('technician')}&amp;day=2026-11-23" in page
        picked = text_of(
            supervisor.get(f"/dispatch/?call={call_id}&technician={cast.staff('technician2')}&day=2026-11-23")
        )
        assert re.search(rf'value="{cast.staff("technician2")}" checked', picked)
        assert 'value="2026-11-23T08:30"' in picked
        assert "推荐" in picked
        for strange in ("day=x&technician=x", "day=2026-11-23&technician=999", "order=999", "call=999"):
            assert supervisor.get(f"/dispatch/?{strange}").status_code == 200


def test_so19_conflicts_are_refused_at_their_field_and_what_was_typed_stays(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    with clock.frozen(FRIDAY):
        first, second = entered(app, cast), entered(app, cast, "in_warranty")
        supervisor = client_for("supervisor")
        given = {"technician_id": str(cast.staff("technician")), "appointment_at": "2026-11-20T10:00"}
        sent = supervisor.post(f"/dispatch/send/{first}", {**given, "expected_minutes": "60"}, page="/dispatch/")
        assert sent.status_code == 302
        refused = supervisor.post(f"/dispatch/send/{second}", {**given, "crew": ["999"]}, page="/dispatch/")
        assert refused.status_code == 422
        page = text_of(refused)
        assert 'id="override_reason-error"' in page
        assert 'value="2026-11-20T10:00"' in page
        forced = {**given, "override_reason": "同一小区", "crew": [str(cast.staff("technician2"))]}
        answer = supervisor.post(f"/dispatch/send/{second}", forced, page="/dispatch/")
        assert answer.status_code == 302
        board = text_of(supervisor.get("/dispatch/"))
        assert board.count("jobchip ") == 3  # the second job stands in two rows


def test_so19_absent_people_are_shown_and_refused(app: Flask, cast: Cast, client_for: Any) -> None:
    with clock.frozen(FRIDAY):
        call_id = entered(app, cast)
        supervisor = client_for("supervisor")
        given = {"staff_id": str(cast.staff("technician")), "kind": "sick"}
        span = {"starts_at": "2026-11-20T08:00", "ends_at": "2026-11-20T18:00"}
        answer = supervisor.post("/absenceview/add", {**given, **span})
        assert answer.status_code == 302, text_of(answer)[-3000:]
        assert "缺勤至 11月20日 18:00" in text_of(supervisor.get("/dispatch/"))
        refused = supervisor.post(
            f"/dispatch/send/{call_id}", {"technician_id": str(cast.staff("technician"))}, page="/dispatch/"
        )
        assert refused.status_code == 422
        assert "缺勤至 11月20日 18:00" in text_of(refused)


def test_so19_a_job_on_the_board_is_reminded_moved_and_given_to_somebody_else(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    with clock.frozen(FRIDAY):
        call_id = entered(app, cast)
        with app.app_context():
            order_id = commands.dispatch(
                cast["supervisor"],
                call_id,
                technician_id=cast.staff("technician"),
                appointment_at=FRIDAY + timedelta(hours=1),
            ).id
            db.session.remove()
        supervisor = client_for("supervisor")
        here = f"/dispatch/?order={order_id}"
        assert 'id="job"' in text_of(supervisor.get(here))
        two = str(cast.staff("technician2"))
        posts: list[tuple[str, dict[str, str], str]] = [
            (f"/dispatch/urge/{order_id}", {"note": "客户又来电"}, "已催办"),
            (f"/dispatch/urge/{order_id}", {}, "0 分钟前已催办"),
            (f"/dispatch/crew/{order_id}", {"staff_id": two}, "同去人员已更改"),
            (f"/dispatch/crew/{order_id}", {"staff_id": two, "off": "1"}, "同去人员已更改"),
            (f"/dispatch/move/{order_id}", {"appointment_at": "2026-11-20T14:00", "agreed_by": "刘芳"}, "已改约"),
            (f"/dispatch/move/{order_id}", {"appointment_at": "x"}, "alert-danger"),
        ]
        for url, given, said in posts:
            answer = supervisor.post(url, given, page="/dispatch/")
            assert answer.status_code == 302
            assert said in text_of(supervisor.get(answer.location)), url
        refused = supervisor.post(f"/dispatch/reassign/{order_id}", {"technician_id": two}, page=here)
        assert refused.status_code == 422
        answer = supervisor.post(f"/dispatch/reassign/{order_id}", {"technician_id": two, "reason": "车坏"}, page=here)
        assert answer.status_code == 302
        assert "改派 王志强" in text_of(supervisor.get("/dispatch/"))
        gone = supervisor.post(f"/dispatch/reassign/{order_id}", {"technician_id": two, "reason": "车坏"}, page=here)
        assert gone.status_code == 302


def test_so19_the_one_who_comes_second_is_told_who_was_faster(app: Flask, cast: Cast, client_for: Any) -> None:
    call_id = entered(app, cast)
    one, two = client_for("supervisor"), client_for("supervisor")
    page = f"/dispatch/?call={call_id}"
    token = two.token(page)
    given = {"technician_id": str(cast.staff("technician"))}
    assert one.post(f"/dispatch/send/{call_id}", given, page=page).status_code == 302
    late = two.client.post(f"/dispatch/send/{call_id}", data={"csrf_token": token, **given})
    assert late.status_code == 302
    told = text_of(two.get(late.location))
    assert "陈国栋" in told
    assert "李建国" in told


def test_so19_when_no_one_is_free_the_manager_is_asked(app: Flask, cast: Cast, client_for: Any) -> None:
    call_id = entered(app, cast)
    with app.app_context(), unit_of_work(SYSTEM, "test.contractor") as session:
        session.add(Contractor(branch_id=cast.branches["NJ"], name="宏达维修部", trades="冰箱"))
    supervisor = client_for("supervisor")
    page = f"/dispatch/?call={call_id}"
    url = f"/dispatch/contractor/{call_id}"
    assert supervisor.post(url, {"contractor_id": "1"}, page=page).status_code == 422
    answer = supervisor.post(url, {"contractor_id": "1", "contractor_reason": "无人可派"}, page=page)
    assert answer.status_code == 302
    assert "待批准" in text_of(supervisor.get(page))
    manager = client_for("manager")
    assert "宏达维修部" in text_of(manager.get("/contractorrequestview/list/"))
    assert manager.get("/dispatch/").status_code != 200
    approved = manager.post("/contractorrequestview/do/approve/1", {"note": "同意"})
    assert approved.status_code == 302, text_of(approved)[-2000:]
    assert "派外请单位" in text_of(supervisor.get(page))
    sent = supervisor.post("/contractorrequestview/do/send/1", {})
    assert sent.status_code == 302, text_of(sent)[-2000:]
    board = text_of(supervisor.get("/dispatch/"))
    assert "宏达维修部" in board
    assert "宏达维修部" in text_of(supervisor.get(sent.location))


def test_the_crew_opens_the_job_on_the_telephone(app: Flask, cast: Cast, client_for: Any) -> None:
    call_id = entered(app, cast)
    with app.app_context():
        order_id = commands.dispatch(
            cast["supervisor"], call_id, technician_id=cast.staff("technician"), crew=[cast.staff("technician2")]
        ).id
        db.session.remove()
    mate = client_for("technician2")
    jobs = text_of(mate.get("/my/"))
    assert "同去，李建国 负责" in jobs
    page = mate.get(f"/my/job/{order_id}")
    assert page.status_code == 200
    assert f"/my/job/{order_id}/accept" not in text_of(page)
    assert mate.post(f"/my/job/{order_id}/accept", {}, page="/my/").status_code == 302
    with app.app_context():
        commands.accept(cast["technician"], order_id)
        db.session.remove()
        commands.arrive(cast["technician"], order_id)
        db.session.remove()
    page = mate.get(f"/my/job/{order_id}")
    assert page.status_code == 200
    assert f"/my/job/{order_id}/record_time" in text_of(page)
    assert f"/my/job/{order_id}/finish" not in text_of(page)


def test_the_board_asks_at_most_fifteen_times_and_is_quick_with_200_calls(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    with app.app_context():
        code = cast.faults["F01"]
        call_id = commands.enter_call(
            cast["clerk"], cast.vouchers["out_of_warranty"], symptom="", symptom_code_id=code
        ).id
        other = commands.enter_call(cast["clerk"], cast.vouchers["in_warranty"], symptom="漏水").id
        given = {"technician_id": cast.staff("technician"), "crew": [cast.staff("technician2")]}
        commands.dispatch(cast["supervisor"], other, **given)
        db.session.remove()
    with app.app_context(), acting_as(SYSTEM), unit_of_work(SYSTEM, "test.calls", bulk=True) as session:
        model = session.get(RepairCall, call_id)
        assert model is not None
        same = {"branch_id": model.branch_id, "voucher_id": model.voucher_id, "address_id": model.address_id}
        rows = [
            {
                **same,
                "number": f"JX-NJ-20261101-{number:04}",
                "symptom": "不制冷",
                "reported_at": clock.now() - timedelta(hours=number),
                "created_at": clock.now(),
                "status": "open",
                "channel": "telephone",
                "priority": "normal",
                "carried_over": 0,
                "version": 1,
            }
            for number in range(1, 200)
        ]
        session.execute(insert(RepairCall), rows)
    supervisor = client_for("supervisor")
    supervisor.get("/dispatch/")
    with statements() as seen:
        begun = stopwatch.perf_counter()
        page = text_of(supervisor.get(f"/dispatch/?call={call_id}"))
        spent = stopwatch.perf_counter() - begun
    assert page.count('class="waiting') >= 200
    assert len(seen) <= 15, "\n".join(statement[:160] for statement in seen)
    assert spent < 2  # a loaded machine; alone it is a fraction of this
