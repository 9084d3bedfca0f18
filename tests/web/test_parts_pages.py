"""Vans, counts, purchase requests and what was used, as people meet them on screen (SO-22)."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.parts import commands, queries
from app.parts.models import Part, PartLevel, PurchaseRequest, StockCount
from tests.cast import Cast


def test_so22_a_slip_is_written_and_a_refusal_keeps_what_was_typed(client_for: Any, app: Flask, cast: Cast) -> None:
    clerk, van, part = client_for("clerk"), cast.places["李建国车"], cast.parts["P-COMP"]
    page = f"/parts/vans/{van}"
    text = clerk.get(page).get_data(as_text=True)
    assert "温控器" in text
    refused = clerk.post(page, {f"issue-{part}": "5"})
    assert refused.status_code == 422
    assert 'value="5"' in refused.get_data(as_text=True)
    nonsense = clerk.post(page, {f"issue-{part}": "zwei"})
    assert nonsense.status_code == 422
    written = clerk.post(page, {f"issue-{part}": "2", f"return-{cast.parts['P-THERM']}": "1"}, follow_redirects=True)
    assert "领退料单 LL-NJ-" in written.get_data(as_text=True)
    with app.app_context():
        assert queries.quantity_in(part, van) == 2
        db.session.remove()
    # A place that is no van, and one of another branch, are not there; a technician has no such page.
    assert clerk.get(f"/parts/vans/{cast.places['南京仓库']}").status_code == 404
    assert clerk.get(f"/parts/vans/{cast.places['黄大伟车']}").status_code == 404
    assert client_for("technician").get(page).status_code == 403


def test_so22_the_count_sheet_says_the_books_only_when_a_line_is_counted(
    client_for: Any, app: Flask, cast: Cast
) -> None:
    with app.app_context():
        count = commands.start_count(cast["clerk"], cast.places["南京仓库"]).id
        db.session.remove()
    clerk, page = client_for("clerk"), f"/parts/count/{count}"
    comp, therm = cast.parts["P-COMP"], cast.parts["P-THERM"]
    assert "2 项未点" in clerk.get(page).get_data(as_text=True)
    assert clerk.post(page, {f"counted-{comp}": "x"}).status_code == 422
    saved = clerk.post(page, {"step": "save", f"counted-{comp}": "3", f"counted-{therm}": ""}, follow_redirects=True)
    text = saved.get_data(as_text=True)
    assert "1 项差异" in text
    assert "1 项未点" in text
    assert clerk.post(page, {"step": "submit", f"counted-{comp}": "3", f"counted-{therm}": ""}).status_code == 422
    given = {"step": "submit", f"counted-{comp}": "3", f"counted-{therm}": "20", f"reason-{comp}": "碎裂"}
    assert "待入账" in clerk.post(page, given, follow_redirects=True).get_data(as_text=True)
    assert clerk.post(page, {"step": "book"}).status_code == 422
    done = client_for("supervisor").post(page, {"step": "book", f"reason-{comp}": "碎裂一台"}, follow_redirects=True)
    assert "差异已入账" in done.get_data(as_text=True)
    with app.app_context():
        assert queries.quantity_in(comp, cast.places["南京仓库"]) == 3
        with acting_as(SYSTEM):
            assert db.session.get(StockCount, count).status == "booked"
        db.session.remove()


def test_so22_a_request_is_drafted_changed_and_received_on_screen(client_for: Any, app: Flask, cast: Cast) -> None:
    comp, branch = cast.parts["P-COMP"], cast.branches["NJ"]
    with app.app_context():
        with unit_of_work(SYSTEM, "test"):
            db.session.add(PartLevel(branch_id=branch, part_id=comp, reorder_point=6, order_up_to=10))
        db.session.remove()
    clerk, supervisor = client_for("clerk"), client_for("supervisor")
    assert "应请购" in clerk.get("/parts/reorder/").get_data(as_text=True)
    drafted = clerk.post(f"/parts/reorder/draft/{branch}", page="/parts/reorder/")
    change = drafted.headers["Location"]
    assert change.endswith("/change")
    assert 'value="6"' in clerk.get(change).get_data(as_text=True)
    clerk.post(change, {f"quantity-{comp}": "4", "supplier": "华东备件", "part_id": "", "quantity": ""})
    key = int(change.split("/")[-2])
    sent = supervisor.post(
        f"/purchaserequestview/do/send/{key}", page=f"/purchaserequestview/show/{key}", follow_redirects=True
    )
    assert "已发送" in sent.get_data(as_text=True)
    receive = f"/parts/requests/{key}/receive"
    assert clerk.post(receive, {f"arrived-{comp}": "5"}).status_code == 422
    assert clerk.post(receive, {f"arrived-{comp}": "4", "delivery_note": "88"}).status_code == 302
    with app.app_context():
        with acting_as(SYSTEM):
            assert db.session.get(PurchaseRequest, key).status == "received"
        assert queries.quantity_in(comp, cast.places["南京仓库"]) == 8
        db.session.remove()
    # Nothing is asked for twice: what was sent is over, the stock is up.
    assert clerk.get(receive).status_code == 302


def test_so22_every_sum_of_what_was_used_is_the_same(client_for: Any, app: Flask, cast: Cast) -> None:
    with app.app_context():
        technician, staff = cast["technician"], cast.staff("technician")
        with unit_of_work(technician, "test"):
            part = db.session.get(Part, cast.parts["P-THERM"])
            commands.take_for_job(technician, part, 2, staff, reference="PG-1")
            commands.give_back_from_job(technician, part, 1, staff, reference="PG-1")
            commands.take_for_job(technician, part, 1, staff, reference="PG-2")
        db.session.remove()
    clerk = client_for("clerk")
    for by in ("part", "technician", "branch", "class", "job", "nonsense"):
        text = clerk.get(f"/parts/used/?by={by}").get_data(as_text=True)
        assert "<b>2</b>" in text, by
        assert "<b>131.00</b>" in text, by
    assert "<b>" not in client_for("clerk_sz").get("/parts/used/").get_data(as_text=True).partition("inline-form")[2]


def test_so22_the_technician_learns_where_a_part_lies(client_for: Any) -> None:
    found = client_for("technician").get("/my/parts?q=压缩").get_json()["parts"]
    assert found == [{"name": "压缩机", "code": "P-COMP", "places": ["南京仓库 4"]}]
    # Another branch's stock is not told.
    assert client_for("technician_sz").get("/my/parts?q=P-COMP").get_json()["parts"][0]["places"] == []
    assert client_for("technician").get("/my/parts?q=").get_json() == {"parts": []}
