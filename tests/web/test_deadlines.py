"""Deadlines on screen: chips, the explanation by a click, the inbox, the administrator's tables (CAL-5, SO-10, SO-15)."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
from flask import Flask

from app.core import clock, inbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.fieldservice import commands
from app.fieldservice.models import ArrivalTarget, EscalationLevel
from tests.cast import Cast
from tests.web.test_lists import statements

MONDAY = date(2026, 11, 23)


@pytest.fixture
def calls(app: Flask, cast: Cast) -> tuple[int, int]:
    """A call of Friday 16:50 sent to the technician, and one nobody was sent to."""
    with app.app_context(), clock.frozen(clock.at_local(date(2026, 11, 20), time(16, 50))):
        sent = commands.enter_call(cast["clerk"], cast.vouchers["out_of_warranty"], symptom="不制冷").id
        commands.dispatch(cast["supervisor"], sent, technician_id=cast.staff("technician"))
        waiting = commands.enter_call(cast["clerk"], cast.vouchers["in_warranty"], symptom="漏水").id
        commands.pause_call(cast["clerk"], waiting, waiting_for="customer", reason="周末不在家")
        return sent, waiting


def test_cal5_the_chip_in_the_list_leads_to_the_explanation(client_for: Any, calls: tuple[int, int]) -> None:
    with clock.frozen(clock.at_local(MONDAY, time(9))):
        person = client_for("supervisor")
        page = person.get("/repaircallview/list/").get_data(as_text=True)
        assert f'data-detail="/deadline/explain/{calls[0]}?part=1"' in page and "等客户" in page
        part = person.get(f"/deadline/explain/{calls[0]}?part=1").get_data(as_text=True)
        assert "<html" not in part and "周五 16:50–17:30" in part and "周六 休" in part and "周一 08:30" in part
        whole = person.get(f"/deadline/explain/{calls[0]}").get_data(as_text=True)
        assert "<html" in whole and "李建国" in whole
        paused = person.get(f"/deadline/explain/{calls[1]}?part=1").get_data(as_text=True)
        assert "周末不在家" in paused and "None" not in paused


@pytest.mark.parametrize(
    ("username", "sent", "waiting"),
    [
        ("technician", 200, 404),
        ("technician2", 404, 404),
        ("clerk_sz", 404, 404),
        ("manager", 200, 200),
        ("service", 200, 200),
        ("admin", 403, 403),
    ],
)
def test_cal5_the_explanation_is_a_checked_route(
    client_for: Any, calls: tuple[int, int], username: str, sent: int, waiting: int
) -> None:
    person = client_for(username)
    assert [person.get(f"/deadline/explain/{key}?part=1").status_code for key in calls] == [sent, waiting]


def test_so15_all_deadlines_and_breaches_open_with_few_statements(client_for: Any, calls: tuple[int, int]) -> None:
    with clock.frozen(clock.at_local(date(2026, 11, 24), time(9))):
        person = client_for("supervisor")
        with statements() as seen:
            page = person.get("/deadline/").get_data(as_text=True)
        assert len(seen) <= 20 and "超时" in page
        missed = person.get("/deadline/breaches?since=2026-11-20&until=2026-11-24").get_data(as_text=True)
        assert "到达" in missed and "JX-NJ-20261120-0001" in missed and "JX-NJ-20261120-0002" not in missed
        assert person.get("/deadline/breaches?since=x&until=9999-99-99").status_code == 200


def test_cal5_the_explanation_prints_on_one_page(client_for: Any, calls: tuple[int, int]) -> None:
    person = client_for("technician")
    answer = person.get(f"/print/now/deadline_explanation?record_id={calls[0]}")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
    assert person.get(f"/print/now/deadline_explanation?record_id={calls[1]}").status_code == 404


def test_cal6_the_technician_pauses_and_moves_on_the_telephone(
    app: Flask, cast: Cast, client_for: Any, calls: tuple[int, int]
) -> None:
    with clock.frozen(clock.at_local(MONDAY, time(9))):
        person = client_for("technician")
        job = re.search(r'href="(/my/job/\d+)"', person.get("/my/").get_data(as_text=True))
        assert job is not None
        url = job.group(1)
        person.post(f"{url}/accept", page=url)
        given = {"appointment_at": "2026-11-23T14:00", "agreed_by": ""}
        refused = person.post(f"{url}/move_appointment", given, page=url)
        assert refused.status_code == 422
        moved = person.post(f"{url}/move_appointment", {**given, "agreed_by": "王女士"}, page=url)
        assert moved.status_code == 302
        person.post(f"{url}/pause", {"waiting_for": "parts", "reason": "等主板"}, page=url)
        assert "等配件" in person.get(url).get_data(as_text=True)
        person.post(f"{url}/resume", page=url)
        page = person.get(url).get_data(as_text=True)
        assert "还剩" in page
        person.post(f"{url}/ask_for_help", {"reason": "赶不上"}, page=url)
        assert "赶不上" in client_for("supervisor").get("/inbox/").get_data(as_text=True)


def test_inbox_shows_counts_and_opens_ones_own_messages(app: Flask, cast: Cast, client_for: Any) -> None:
    with app.app_context(), unit_of_work(SYSTEM, "test.inbox"):
        mine = inbox.post(cast.staff("clerk"), "%(count)d reminders", {"count": 3}, link="/intake/").id
        other = inbox.post(cast.staff("supervisor"), "%(count)d reminders", {"count": 4}, link="//evil.example/").id
    person = client_for("clerk")
    page = person.get("/").get_data(as_text=True)
    assert "bell-new" in page
    assert "3 条提醒" in person.get("/inbox/").get_data(as_text=True)
    assert person.get(f"/inbox/open/{mine}").status_code == 405
    assert person.post(f"/inbox/open/{other}", page="/inbox/").status_code == 404
    answer = person.post(f"/inbox/open/{mine}", page="/inbox/")
    assert answer.status_code == 302 and answer.location == "/intake/"
    assert "bell-new" not in person.get("/").get_data(as_text=True)
    away = client_for("supervisor").post(f"/inbox/open/{other}", page="/inbox/")
    assert away.location == "/inbox/"


def test_so15_targets_and_levels_are_the_administrators(app: Flask, cast: Cast, client_for: Any) -> None:
    with app.app_context(), acting_as(SYSTEM), unit_of_work(SYSTEM, "test.rows"):
        db.session.add(ArrivalTarget(zone="urban", priority="urgent", contract_id=cast.contract, minutes=60))
        db.session.add(EscalationLevel(deadline="arrival", minutes=120, role="technician"))
    admin = client_for("admin")
    assert "某一合同" in admin.get("/arrivaltargetview/list/").get_data(as_text=True)
    given = {"zone": "suburban", "priority": "urgent", "minutes": "120"}
    assert admin.post("/arrivaltargetview/add", given).status_code == 302
    assert admin.post("/arrivaltargetview/add", given).status_code == 422
    assert admin.post("/arrivaltargetview/add", {**given, "zone": "urban", "minutes": "0"}).status_code == 422
    assert client_for("supervisor").get("/arrivaltargetview/add").status_code == 403
    assert "技术员" in client_for("manager").get("/escalationlevelview/list/").get_data(as_text=True)
