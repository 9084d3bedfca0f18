"""The workshop's pages through a browser's requests: taking along, the item's page, its tag, its photographs (SO-7, SO-8)."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from app import create_app
from app.core import clock, dates
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.fetch import fetch
from app.workshop import commands, queries
from app.workshop.models import GoodsPhoto, GoodsReceipt, LoanUnit, RepairCard
from tests.cast import Cast
from tests.commands.test_fieldservice import PNG
from tests.conftest import make_settings
from tests.web.test_fieldservice_pages import DRAWN, on_site, typed


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), (180, 180, 190)).save(made, "JPEG")
    return made.getvalue()


def asked(**changes: Any) -> dict[str, Any]:
    """What the technician fills in."""
    given = {
        "condition": "右侧板有划痕",
        "accessories": "电源线、说明书",
        "promised_at": typed(-100),
        "signer": "张伟",
        "drawing": DRAWN,
        "photos": [(io.BytesIO(picture()), "front.jpg"), (io.BytesIO(picture()), "side.jpg")],
    }
    return {**given, **changes}


def in_house(app: Flask, cast: Cast, order_id: int = 0) -> tuple[int, int, str]:
    """An item taken along just now with one photograph: the ids of card and photograph's file, and the tag."""
    order_id = order_id or on_site(app, cast, "in_warranty")
    with app.app_context():
        receipt = commands.take_back(
            cast["technician"],
            order_id,
            condition="外观完好",
            promised_at=clock.now() + timedelta(days=5),
            signer="张伟",
            drawing=PNG,
            photos=[picture()],
        )
        with acting_as(SYSTEM):
            photo = db.session.query(GoodsPhoto).filter_by(goods_receipt_id=receipt.id).one()
            return receipt.card.id, photo.stored_file_id, receipt.card.tag


def test_so7_taken_along_on_the_telephone(app: Flask, cast: Cast, client_for: Any) -> None:
    """Without signature or reason, or with something that is no photograph, nothing happens and what was typed stays."""
    order_id = on_site(app, cast, "in_warranty")
    technician = client_for("technician")
    form = f"/my/items/take-back/{order_id}"
    assert f'href="{form}"' in technician.get(f"/my/job/{order_id}").get_data(as_text=True)
    assert client_for("technician2").get(form).status_code == 404
    for wrong, told in (
        ({"drawing": ""}, "客户须在凭证上签字"),
        ({"photos": [(io.BytesIO(b"\xff\xd8\xffno picture"), "x.jpg")]}, "x.jpg"),
        ({"promised_at": typed(1)}, "promised_at"),
        ({"photos": []}, "须拍摄商品照片"),
    ):
        answer = technician.post(form, asked(**wrong), page=form)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422 and "右侧板有划痕" in text, wrong
        assert "field-error" in text or "alert-danger" in text, told
    with app.app_context(), acting_as(SYSTEM):
        assert queries.in_house() == []
    answer = technician.post(form, asked(), page=form)
    assert answer.status_code == 302
    shown = technician.get(answer.location).get_data(as_text=True)
    with app.app_context(), acting_as(SYSTEM):
        receipt = queries.in_house()[0]
        card_id, number = receipt.card.id, receipt.number
        assert [photo.kind for photo in receipt.photos] == ["in", "in"]
    assert number in shown and "data:image/svg+xml" in shown
    assert f"/repaircardview/show/{card_id}" in technician.get(f"/my/job/{order_id}").get_data(as_text=True)
    assert number in technician.get("/my/items/").get_data(as_text=True)


def test_so8_the_tag_and_the_photographs_are_for_who_may_see_the_item(app: Flask, cast: Cast, client_for: Any) -> None:
    card_id, file_id, tag = in_house(app, cast)
    for who, seen in (("clerk", True), ("technician", True), ("technician_sz", False), ("clerk_sz", False)):
        person = client_for(who)
        answer = person.get(f"/workshop/tag/{tag}")
        assert answer.status_code == (302 if seen else 404), who
        assert person.get(f"/files/{file_id}").status_code == (200 if seen else 404), who
        assert person.get(f"/repaircardview/show/{card_id}").status_code == (200 if seen else 404), who
    assert app.test_client().get(f"/workshop/tag/{tag}").status_code == 302  # to the login page
    clerk = client_for("clerk")
    assert clerk.get("/workshop/", query_string={"number": tag}).status_code == 302
    assert clerk.get("/workshop/", query_string={"number": "0001"}).status_code == 302
    assert "nothing-such" in clerk.get("/workshop/", query_string={"number": "nothing-such"}).get_data(as_text=True)


def test_so10_a_customer_sees_how_it_stands_and_nothing_personal(app: Flask, cast: Cast, client_for: Any) -> None:
    """By the code on the 003 or with number and telephone; whoever of the house may see the item is led to it."""
    card_id, _file_id, tag = in_house(app, cast)
    with app.app_context(), acting_as(SYSTEM):
        receipt = fetch(RepairCard, card_id).goods_receipt
        number, customer = receipt.number, receipt.voucher.customer
        private = [customer.name, str(receipt.work_order.repair_call.address), receipt.voucher.serial_no]
        private += [each.number for each in customer.telephones]
        phone = customer.telephones[0].number
        promised = dates.moment(receipt.promised_at)
        db.session.remove()
    stranger = app.test_client()
    answer = stranger.get(f"/item/{tag}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and number in page and promised in page and 'aria-current="step"' in page
    assert [each for each in private if each and each in page] == []
    assert answer.headers["Referrer-Policy"] == "no-referrer" and "noindex" in answer.headers["X-Robots-Tag"]
    assert stranger.get("/item/nothing-such").status_code == 404
    person = client_for("clerk_sz")  # of another branch: what everybody may see
    assert number in person.get(f"/item/{tag}").get_data(as_text=True)
    assert client_for("clerk").get(f"/item/{tag}").location.endswith(f"/repaircardview/show/{card_id}")
    for asked, wanted in (
        ({"number": number.lower(), "phone": f"+86 {phone}"}, 200),
        ({"number": number, "phone": "13900000000"}, 422),
        ({"number": number, "phone": ""}, 422),
        ({"number": "SJ-NJ-20261120-0999", "phone": phone}, 422),
    ):
        found = person.post("/item/", asked, page="/item/")
        assert found.status_code == wanted, asked
        assert (promised in found.get_data(as_text=True)) == (wanted == 200)


def test_so10_numbers_are_not_tried_out_in_bulk(tmp_path: Path) -> None:
    """A door with its limits on: the eleventh question of five minutes is one too many."""
    limited = create_app(
        make_settings(tmp_path), AUTH_RATE_LIMITED=True, RATELIMIT_ENABLED=True, WTF_CSRF_ENABLED=False
    )
    browser = limited.test_client()
    with limited.app_context(), acting_as(SYSTEM):
        db.create_all()
    asked = {"number": "SJ-1", "phone": "13912345678"}
    assert [browser.post("/item/", data=asked).status_code for _ in range(11)] == [422] * 10 + [429]


def test_so8_the_bench_sees_before_the_form_what_is_missing(app: Flask, cast: Cast, client_for: Any) -> None:
    monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine in the office
    with clock.frozen(monday - timedelta(minutes=20)):
        order_id = on_site(app, cast, "in_warranty")
    with clock.frozen(monday):
        card_id, _file_id, _tag = in_house(app, cast, order_id)
        _bench(card_id, client_for)


def _bench(card_id: int, client_for: Any) -> None:
    technician, page = client_for("technician"), f"/repaircardview/show/{card_id}"
    technician.post(f"/repaircardview/do/start/{card_id}", {}, page=page)
    before = technician.get(page).get_data(as_text=True)
    assert "尚未登记修护工时" in before and "/do/report_done/" not in before
    assert "尚未登记修护工时" in technician.get(f"/repaircardview/do/report_done/{card_id}").get_data(as_text=True)
    address = f"/my/items/minutes/{card_id}"
    begun = re.search(r'name="started_at"[^>]*value="([^"]+)"', before)
    assert begun is not None
    with clock.frozen(clock.now() + timedelta(minutes=40)):
        for minutes in ("", "30"):
            given = {"started_at": begun[1], "minutes": minutes, "note": "换温控器"}
            assert technician.post(address, given, page=page).status_code == 302
        after = technician.get(page).get_data(as_text=True)
    assert "30 分钟" in after and "/do/report_done/" in after


def test_so10_the_supervisors_list_says_by_how_much_and_why(app: Flask, cast: Cast, client_for: Any) -> None:
    card_id, _file_id, _tag = in_house(app, cast)
    supervisor = client_for("supervisor")
    late = "/workshop/ageing/late"
    promised = None
    with app.app_context(), acting_as(SYSTEM):
        promised = fetch(RepairCard, card_id).promised_at
        db.session.remove()
    assert f"/show/{card_id}" not in supervisor.get(late).get_data(as_text=True)
    with clock.frozen(promised + timedelta(hours=1)):
        page = client_for("supervisor").get(late).get_data(as_text=True)
        assert f"/show/{card_id}" in page and "尚无人修理" in page and f"/do/assign/{card_id}" in page
        assert "尚需" in page and "检验" in page and "送还" in page
        of_clerk = client_for("clerk").get(late).get_data(as_text=True)
        assert f"/do/change_promise/{card_id}" in of_clerk and f"/do/assign/{card_id}" not in of_clerk
        assert f"/show/{card_id}" not in client_for("clerk_sz").get(late).get_data(as_text=True)
        aged = client_for("supervisor").get("/workshop/ageing/?age=1").get_data(as_text=True)
        assert f"/show/{card_id}" in aged
        assert f"/show/{card_id}" not in client_for("supervisor").get("/workshop/ageing/?age=3").get_data(as_text=True)


def test_the_list_of_items_opens_on_the_house_and_searches_everywhere(app: Flask, cast: Cast, client_for: Any) -> None:
    card_id, _file_id, _tag = in_house(app, cast)
    clerk, row = client_for("clerk"), f"/repaircardview/show/{card_id}"
    assert row in clerk.get("/repaircardview/list/").get_data(as_text=True)
    with app.app_context():
        with acting_as(SYSTEM):
            number = fetch(RepairCard, card_id).goods_receipt.number
        given = {"outcome": "declined", "reason": "不修了"}
        commands.give_up(cast["supervisor"], card_id, **given)
        commands.hand_back_item(cast["clerk"], card_id, unsigned_reason="老客户", returned_to="张伟")
        db.session.remove()
    assert row not in clerk.get("/repaircardview/list/").get_data(as_text=True)
    for wider in ("show=all", f"q={number}", "_flt_0_status=returned"):
        assert row in clerk.get(f"/repaircardview/list/?{wider}").get_data(as_text=True), wider


@pytest.mark.parametrize("who", ["technician", "clerk", "supervisor"])
def test_so8_the_items_page_offers_what_is_possible_now(app: Flask, cast: Cast, client_for: Any, who: str) -> None:
    """Each role gets the verbs of the table and no other; every form behind them opens."""
    card_id, _file_id, _tag = in_house(app, cast)
    person = client_for(who)
    page = person.get(f"/repaircardview/show/{card_id}").get_data(as_text=True)
    offered = {
        "technician": {"start", "give_up", "hand_to", "ask_for_help"},
        "clerk": {"hand_to", "change_promise"},
        "supervisor": {"assign", "give_up", "hand_to", "change_promise"},
    }[who]
    # Help is asked for by whoever repairs it.
    offered -= {"ask_for_help"}
    found = {part.split("/")[0] for part in page.split("/repaircardview/do/")[1:]}
    assert found == offered
    for verb in offered - {"start"}:
        assert person.get(f"/repaircardview/do/{verb}/{card_id}").status_code == 200, verb


def test_so8_more_photographs_and_a_unit_lent(app: Flask, cast: Cast, client_for: Any) -> None:
    card_id, _file_id, _tag = in_house(app, cast)
    with app.app_context(), acting_as(SYSTEM):
        receipt_id = fetch(RepairCard, card_id).goods_receipt_id
        receipt = fetch(GoodsReceipt, receipt_id)
        branch_id, model_id = receipt.branch_id, receipt.voucher.product_model_id
    with app.app_context():
        from app.core.uow import unit_of_work

        with unit_of_work(SYSTEM, "test.unit", bulk=True):
            unit = LoanUnit(branch_id=branch_id, product_model_id=model_id, serial_no="JY-1")
            db.session.add(unit)
            db.session.flush()
            unit_id = unit.id
    clerk = client_for("clerk")
    item = f"/repaircardview/show/{card_id}"
    photos = f"/workshop/photos/{receipt_id}"
    assert clerk.post(photos, {"kind": "repair"}, page=item).status_code == 302  # nothing chosen
    clerk.post(photos, {"kind": "repair", "photos": (io.BytesIO(picture()), "a.jpg")}, page=item)
    lend = f"/goodsreceiptview/do/lend/{receipt_id}"
    assert lend in clerk.get(item).get_data(as_text=True)
    assert clerk.post(lend, {"loan_unit_id": str(unit_id)}, page=lend).location.endswith(item)
    page = clerk.get(item).get_data(as_text=True)
    assert lend not in page  # one is out
    assert "JY-1" in page and page.count("/files/") == 4  # two photographs, each a link and a picture
    assert "JY-1" in clerk.get("/loanview/list/?show=out").get_data(as_text=True)


def test_so20_its_papers_print_from_the_database(app: Flask, cast: Cast, client_for: Any) -> None:
    card_id, _file_id, _tag = in_house(app, cast)
    with app.app_context(), acting_as(SYSTEM):
        card = fetch(RepairCard, card_id)
        receipt_id, number = card.goods_receipt_id, card.number
    supervisor = client_for("supervisor")
    for name, pages in (("goods_receipt", 3), ("repair_card", 1), ("item_trail", 1), ("goods_register", 1)):
        asked_for = f"record_id={receipt_id}" if name != "goods_register" else "branch=NJ"
        answer = supervisor.get(f"/print/now/{name}?{asked_for}")
        assert answer.status_code == 200, name
        found = PdfReader(io.BytesIO(answer.data)).pages
        assert len(found) == pages, name
        assert all(number in "".join(page.extract_text().split()) for page in found), name
    assert client_for("supervisor_sz").get(f"/print/now/item_trail?record_id={receipt_id}").status_code == 404
