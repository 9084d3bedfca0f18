"""The pages the office looks at all day ask the database a few questions, however many rows they show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock, settings
from app.core.actors import SYSTEM, acting_as
from app.core.settings import Setting
from app.core.uow import unit_of_work
from app.fieldservice import commands
from tests.cast import Cast
from tests.web.test_lists import statements


def busy(app: Flask, cast: Cast) -> dict[str, int]:
    """Calls waiting and a job under way, each with a pause and a promise."""
    with app.app_context():
        waiting = [
            commands.enter_call(cast["clerk"], cast.vouchers[product], symptom="漏水", confirm_duplicate=True).id
            for product in ("in_warranty", "out_of_warranty", "under_contract", "in_warranty")
        ]
        sent = commands.enter_call(
            cast["clerk"],
            cast.vouchers["out_of_warranty"],
            symptom="不制冷",
            confirm_duplicate=True,
            promised_at=clock.now() + timedelta(days=1),
        ).id
        commands.pause_call(cast["clerk"], waiting[0], waiting_for="customer", reason="不在家")
        order = commands.dispatch(cast["supervisor"], sent, technician_id=cast.staff("technician")).id
        commands.accept(cast["technician"], order)
    return {"call": sent, "order": order, "customer": cast.customers["out_of_warranty"]}


@pytest.mark.parametrize(
    ("who", "page", "most"),
    [
        ("clerk", "/day-close/", 15),
        ("supervisor", "/branch-day/", 15),
        ("supervisor", "/dispatch/", 15),
        ("supervisor", "/deadline/", 15),
        ("supervisor", "/deadline/explain/{call}", 15),
        ("clerk", "/customerview/show/{customer}", 24),
        ("clerk", "/workorderview/show/{order}", 29),
        ("clerk", "/intake/found?q=1380000", 21),
        ("clerk", "/intake/form/1?q=1380000", 22),
    ],
)
def test_a_page_asks_the_database_few_questions(
    app: Flask, cast: Cast, client_for: Any, who: str, page: str, most: int
) -> None:
    address = page.format(**busy(app, cast))
    person = client_for(who)
    assert person.get(address).status_code == 200
    with statements() as seen:
        assert person.get(address).status_code == 200
    assert len(seen) <= most, "\n".join(" ".join(each.split())[:300] for each in seen)


def test_a_page_reads_the_settings_once_and_the_next_one_anew(app: Flask, cast: Cast) -> None:
    """What a page has read is forgotten with it; whoever writes reads what is there."""

    def change(to: str) -> None:
        with app.app_context(), unit_of_work(SYSTEM, "setting.change") as session:
            row = session.execute(select(Setting).where(Setting.key == "carried_over_alert")).scalar_one_or_none()
            row = row or Setting(key="carried_over_alert")
            row.value = to
            session.add(row)

    change("5")
    for wanted in ("5", "3"):
        change(wanted)
        with app.test_request_context("/day-close/"), acting_as(SYSTEM):
            assert settings.value("carried_over_alert") == wanted
            with statements() as seen:
                assert (settings.value("carried_over_alert"), settings.number("repeat_days")) == (wanted, 30)
            assert seen == []
        with app.test_request_context("/day-close/close", method="POST"), acting_as(SYSTEM), statements() as seen:
            assert settings.value("carried_over_alert") == wanted
            assert len(seen) == 1
