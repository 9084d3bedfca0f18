"""Screens of parts and stock (SO-22)."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast


def test_so22_parts_come_in_go_out_and_are_counted(cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    store, van = cast.places["南京仓库"], cast.places["李建国车"]
    part = cast.parts["P-COMP"]
    received = clerk.post(
        f"/stockplaceview/do/receive/{store}", {"part_id": part, "quantity": "2", "reference": "送货单 88"}
    )
    assert received.status_code == 302, received.get_data(as_text=True)
    too_many = clerk.post(
        f"/stockplaceview/do/issue/{store}", {"part_id": part, "quantity": "7", "to_place_id": van, "reference": ""}
    )
    assert too_many.status_code == 422
    assert "南京仓库的压缩机仅余 6 件。" in too_many.get_data(as_text=True)
    issued = clerk.post(
        f"/stockplaceview/do/issue/{store}", {"part_id": part, "quantity": "5", "to_place_id": van, "reference": ""}
    )
    assert issued.status_code == 302
    moves = clerk.get("/stockmoveview/list/").get_data(as_text=True)
    for shown in ("采购入库", "领料", "送货单 88", "周晓芸"):
        assert shown in moves
    order = clerk.get("/parts/reorder/").get_data(as_text=True)
    assert "P-COMP" in order
    assert "P-THERM" not in order
    assert "没有低于请购点的零件" in client_for("clerk_sz").get("/parts/reorder/").get_data(as_text=True)


def test_so22_a_van_belongs_to_a_technician(cast: Cast, client_for: Any) -> None:
    answer = client_for("supervisor").post(
        "/stockplaceview/add", {"branch": cast.branches["NJ"], "kind": "van", "name": "备用车", "staff": ""}
    )
    assert answer.status_code == 422
    assert "服务车须指定技术员" in answer.get_data(as_text=True)


def test_access_a_technician_sees_the_own_van_only(cast: Cast, client_for: Any) -> None:
    technician = client_for("technician")
    page = technician.get("/stockbalanceview/list/").get_data(as_text=True)
    assert "李建国车" in page
    assert "南京仓库" not in page
    assert technician.get(f"/stockplaceview/show/{cast.places['南京仓库']}").status_code == 404
    assert technician.get(f"/stockplaceview/show/{cast.places['李建国车']}").status_code == 200
    assert technician.get("/stockmoveview/list/").status_code in (302, 403)
