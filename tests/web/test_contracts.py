"""Screens of maintenance contracts (CO-1, SO-16)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.contracts.models import Contract
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from tests.cast import Cast


def _contract(app: Flask, number: str) -> Contract:
    with app.app_context(), acting_as(SYSTEM):
        return db.session.execute(select(Contract).where(Contract.number == number)).scalar_one()


def test_co1_a_contract_from_the_form_to_its_renewal(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk, supervisor = client_for("clerk"), client_for("supervisor")
    today = clock.today()
    form = {
        "customer": cast.customers["in_warranty"],
        "all_products": "y",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=20)).isoformat(),
        "price": "600.00",
        "visits": "2",
        "labour_free": "y",
        "note": "",
    }
    answer = clerk.post("/contractview/add", form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    show = answer.location
    page = clerk.get(show).get_data(as_text=True)
    assert "SN-IN-1" in page
    assert "草稿" in page
    key = show.rpartition("/")[2]

    chosen = clerk.get(f"/contractview/do/choose_products/{key}").get_data(as_text=True)
    assert f'value="{cast.vouchers["in_warranty"]}" checked' in chosen
    refused = clerk.post(f"/contractview/do/choose_products/{key}", {"products": cast.vouchers["under_contract"]})
    assert refused.status_code == 422
    assert "属于其他客户" in refused.get_data(as_text=True)

    supervisor.post(f"/contractview/do/put_in_force/{key}", page=show)
    ending = clerk.get("/contracts/ending/", follow_redirects=True).get_data(as_text=True)
    assert f"HT-NJ-{today:%Y%m%d}-0001" in ending
    assert "HT-NJ-20260101-0001" not in ending

    supervisor.post(f"/contractview/do/notify/{key}", {"visitor_id": ""})
    assert "周晓芸" in clerk.get(show).get_data(as_text=True)
    notices = clerk.get("/contractnoticeview/list/").get_data(as_text=True)
    assert "周晓芸" in notices

    proposed = clerk.get(f"/contractview/do/renew/{key}").get_data(as_text=True)
    assert f'value="{(today + timedelta(days=21)).isoformat()}"' in proposed
    renewed = clerk.post(
        f"/contractview/do/renew/{key}",
        {
            "starts_on": (today + timedelta(days=21)).isoformat(),
            "ends_on": (today + timedelta(days=385)).isoformat(),
            "price": "650",
            "visits": "3",
        },
    )
    assert renewed.status_code == 302, renewed.get_data(as_text=True)
    assert f"HT-NJ-{today:%Y%m%d}-0001" in clerk.get(renewed.location).get_data(as_text=True)
    second = _contract(app, f"HT-NJ-{today:%Y%m%d}-0002")
    assert (second.price, second.visits, second.predecessor_id) == (Decimal("650.00"), 3, int(key))
    ending = clerk.get("/contracts/ending/", follow_redirects=True).get_data(as_text=True)
    assert f"HT-NJ-{today:%Y%m%d}-0001" not in ending


def test_co1_a_contract_that_is_over_is_not_edited(app: Flask, cast: Cast, client_for: Any) -> None:
    supervisor, show = client_for("supervisor"), f"/contractview/show/{cast.contract}"
    assert f"/contractview/edit/{cast.contract}" in supervisor.get(show).get_data(as_text=True)
    supervisor.post(f"/contractview/do/cancel/{cast.contract}", {"reason": "客户迁走"})
    page = supervisor.get(show).get_data(as_text=True)
    assert "客户迁走" in page
    assert f"/contractview/edit/{cast.contract}" not in page
    assert supervisor.get(f"/contractview/edit/{cast.contract}").status_code == 302


def test_access_contracts_of_another_branch(cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk_sz")
    assert clerk.get(f"/contractview/show/{cast.contract}").status_code == 404
    assert clerk.get(f"/contractview/do/renew/{cast.contract}").status_code == 404
    assert "HT-NJ" not in clerk.get("/contractview/list/").get_data(as_text=True)
