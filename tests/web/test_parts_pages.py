"""Vans, counts, purchase requests and what was used, as people meet them on screen (SO-22)."""

from __future__ import annotations

import io
import re
from typing import Any

from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.fieldservice import commands as field
from app.fieldservice.models import WorkOrder
from app.parts import commands, queries
from app.parts.models import Part, PartLevel, PartReservation, PartUnit, PurchaseRequest, StockCount, StockPlace
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY, on_site


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
    # Whoever books from the count's own page sees there what will be booked.
    whole = client_for("supervisor").get(f"/stockcountview/show/{count}").get_data(as_text=True)
    assert re.search(r"压缩机.*?>3<.*?>-1<.*?碎裂", whole, re.DOTALL), "3 counted of 4"
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


def test_so22_what_was_used_is_taken_along_as_a_file(client_for: Any, app: Flask, cast: Cast) -> None:
    with app.app_context():
        technician, staff = cast["technician"], cast.staff("technician")
        with unit_of_work(technician, "test"):
            for code, count, job in (("P-THERM", 2, "PG-1"), ("P-THERM", 1, "PG-2")):
                part = db.session.get(Part, cast.parts[code])
                commands.take_for_job(technician, part, count, staff, reference=job)
        db.session.remove()
    clerk, page = client_for("clerk"), "/parts/used/"
    answer = clerk.post("/parts/used/file", {"by": "technician", "format": "xlsx"}, page=page)
    book = load_workbook(io.BytesIO(answer.data))
    sums, each = ([[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] for sheet in book.worksheets)
    assert sums[:2] == [["李建国", "南京分公司", 3, 2, 196.5], ["合计", None, 3, 2, 196.5]]
    assert "装用时所记价格" in sums[-1][0]  # what the money is worth by
    assert [row[6:8] for row in each] == [["PG-1", 2], ["PG-2", 1]]
    text = clerk.post("/parts/used/file", {"by": "job", "format": "csv"}, page=page).data.decode("utf-8-sig")
    assert [line.split(",")[2] for line in text.splitlines()[1:]] == ["2", "1", "3"]
    assert clerk.post("/parts/used/file", {"by": "job", "format": "pdf"}, page=page).status_code == 400
    # Who may not export does not, by no door.
    assert client_for("technician").post("/parts/used/file", {"format": "csv"}, page="/my/").status_code == 403


def test_so22_the_technician_learns_where_a_part_lies(client_for: Any, cast: Cast) -> None:
    ask = client_for("technician").get
    found = [{"id": cast.parts["P-COMP"], "name": "压缩机", "code": "P-COMP", "mine": 0, "places": ["南京仓库 4"]}]
    for typed in ("压缩", "p-comp", "ysj"):
        assert ask(f"/my/parts?q={typed}").get_json()["parts"] == found, typed
    assert ask("/my/parts?q=WKQ").get_json()["parts"][0]["mine"] == 3
    # Another branch's stock is not told.
    assert client_for("technician_sz").get("/my/parts?q=P-COMP").get_json()["parts"][0]["places"] == []
    assert ask("/my/parts?q=").get_json() == {"parts": []}


def test_so22_reserved_from_the_telephone_seen_everywhere_and_released(client_for: Any, app: Flask, cast: Cast) -> None:
    comp, therm = cast.parts["P-COMP"], cast.parts["P-THERM"]
    with app.app_context():
        call = field.enter_call(cast["clerk"], cast.vouchers["in_warranty"], symptom="不制冷", caller_phone="138")
        order = field.dispatch(cast["supervisor"], call.id, technician_id=cast.staff("technician"))
        field.accept(cast["technician"], order.id)
        with unit_of_work(SYSTEM, "test"):
            db.session.add(PartLevel(branch_id=cast.branches["NJ"], part_id=comp, van_minimum=2))
        key, number = order.id, order.number
        db.session.remove()
    technician, job = client_for("technician"), f"/my/job/{key}"
    assert technician.post(f"{job}/reserve_part", {"part_id": "", "quantity": "1"}, page=job).status_code == 422
    assert technician.post(f"{job}/reserve_part", {"part_id": comp, "quantity": "9"}, page=job).status_code == 422
    for part, count in ((comp, 1), (therm, 2)):
        assert technician.post(f"{job}/reserve_part", {"part_id": part, "quantity": count}, page=job).status_code == 302
    van = technician.get("/my/van/").get_data(as_text=True)
    assert "南京仓库" in van.partition("到仓库领取")[2].partition("车上")[0]
    assert "保留 2" in van
    assert "可用 1" in van
    assert "偏少，应带 2" in van
    # On the job's page in the office, and released from there: back on that page.
    clerk, page = client_for("clerk"), f"/workorderview/show/{key}"
    shown = clerk.get(page).get_data(as_text=True)
    panel = shown.partition('data-panel="PartReservationView"')[2].partition("</section>")[0]
    assert panel.count("<tr data-href") == 2
    with app.app_context(), acting_as(SYSTEM):
        row = db.session.scalars(select(PartReservation.id).where(PartReservation.part_id == comp)).one()
        db.session.remove()
    many = "/partreservationview/do_many/release"
    back = clerk.post(many, {"rowid": row, "back": page}, page=page)
    assert back.headers["Location"] == page
    assert clerk.post(many, {"rowid": row, "back": "//example.org/"}, page=page).headers["Location"].endswith("/list/")
    assert number in clerk.get(f"/partreservationview/show/{row}").get_data(as_text=True)
    assert technician.post(f"{job}/release_parts", {"part_id": therm}, page=job).status_code == 302
    with app.app_context():
        assert queries.held_in(comp, cast.places["南京仓库"]) == (4, 0)
        assert queries.held_in(therm, cast.places["李建国车"]) == (3, 0)
        db.session.remove()
    # Not from another's telephone, and an office's page shows no van of one's own.
    assert (
        client_for("technician2")
        .post(f"{job}/reserve_part", {"part_id": therm, "quantity": 1}, page="/my/")
        .status_code
        == 404
    )
    assert clerk.get("/my/van/").status_code == 403


def test_so17_a_products_page_says_which_parts_are_in_it(client_for: Any, app: Flask, cast: Cast) -> None:
    with app.app_context():
        with unit_of_work(SYSTEM, "test"):
            part = Part(code="P-BP", name="变频板", price=100, serial_tracked=True)
            db.session.add(part)
            db.session.flush()
            van = db.session.get(StockPlace, cast.places["李建国车"])
            store = db.session.get(StockPlace, cast.places["南京仓库"])
            commands.move(SYSTEM, part, 1, None, store, "receipt", serials=["BP-77"])
            commands.move(SYSTEM, part, 1, store, van, "issue", serials=["BP-77"])
            key = part.id
        with clock.frozen(FRIDAY):
            order_id = on_site(cast, "in_warranty")
            given = {"part_id": key, "serials": "BP-77", "old_serials": "OLD-1"}
            field.fit_part(cast["technician"], order_id, **given)
            field.finish(cast["technician"], order_id, fault_code_id=cast.faults["F01"], result="更换变频板")
        with acting_as(SYSTEM):
            number = db.session.get(WorkOrder, order_id).number
            unit = db.session.scalars(select(PartUnit.id).where(PartUnit.serial_no == "BP-77")).one()
        db.session.remove()
    clerk, product = client_for("clerk"), cast.vouchers["in_warranty"]
    shown = clerk.get(f"/voucherview/show/{product}").get_data(as_text=True)
    panel = shown.partition('data-panel="PartFittedView"')[2].partition("</section>")[0]
    for said in ("变频板", "BP-77", "OLD-1", number):
        assert said in panel
    # On paper too: 001 is the product's history.
    paper = clerk.get(f"/print/now/voucher?record_id={product}").data
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert "变频板×1(OLD-1→BP-77)" in re.sub(r"\s", "", text)
    # And the other way: from the piece to the job and the product it went into.
    links = clerk.get(f"/partunitview/show/{unit}").get_data(as_text=True)
    assert f"/workorderview/show/{order_id}" in links
    assert f"/voucherview/show/{product}" in links
