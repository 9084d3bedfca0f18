"""Everything about a customer on one page: figures, products, tabs, and the way to a call and a complaint (CU-1)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from app.billing import queries as money
from app.billing.models import Instalment, Invoice
from app.complaints import commands as complaints
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.uow import unit_of_work
from app.fieldservice import commands
from tests.cast import Cast
from tests.web.test_lists import statements

TABS = ("history", "products", "calls", "items", "contracts", "money", "complaints", "visits", "contacts", "papers")


def show(person: Any, customer: int, tab: str = "") -> str:
    text: str = person.get(f"/customerview/show/{customer}" + (f"?tab={tab}" if tab else "")).get_data(as_text=True)
    return text


def facts(text: str) -> dict[str, tuple[str, str]]:
    """``label: (value, note)`` of the strip."""
    found = re.findall(
        r'fact-label">([^<]+)</span>\s*<b class="fact-value num">([^<]+)</b>(?:<span class="fact-note">([^<]*)</span>)?',
        text,
    )
    return {label: (value, note) for label, value, note in found}


@pytest.fixture
def busy(app: Flask, cast: Cast) -> int:
    """A customer with a call, a complaint of the supervisor's, and two invoices of which one is overdue."""
    with app.app_context():
        commands.enter_call(cast["clerk"], cast.vouchers["in_warranty"], symptom="不制冷")
        details = {"complainant": "张伟", "phone": "13800000001", "content": "修了三次"}
        complaints.enter(cast["supervisor"], customer_id=cast.customers["in_warranty"], **details)
        with unit_of_work(SYSTEM, "test.invoices") as session:
            for number, due in (("FP-NJ-1", date(2026, 1, 31)), ("FP-NJ-2", date(2099, 1, 1))):
                session.add(
                    Invoice(
                        instalments=[Instalment(due_on=due, amount=Decimal("150.00"))],
                        number=number,
                        branch_id=cast.branches["NJ"],
                        customer_id=cast.customers["in_warranty"],
                        title="张伟",
                        tax_rate=Decimal("6.00"),
                        total=Decimal("150.00"),
                        tax=Decimal("8.49"),
                        paid=Decimal("50.00"),
                        status="part_paid",
                        issued_on=date(2026, 1, 1),
                        due_on=due,
                    )
                )
    return cast.customers["in_warranty"]


def test_cu1_the_figures_say_what_needs_somebody(app: Flask, cast: Cast, client_for: Any, busy: int) -> None:
    found = facts(show(client_for("supervisor"), busy))
    assert found["未结叫修"] == ("1", "1 件未派工")
    assert found["未结投诉"][0] == "1"
    with app.app_context(), acting_as(SYSTEM):
        owed = money.outstanding_of(busy, clock.today())
        assert owed is not None
        assert owed.total == next(
            row.total for row in money.outstanding_by_customer(clock.today())[1] if row.customer.id == busy
        )
    assert found["应收未收（元）"] == (f"{owed.total:,.2f}", f"其中 {owed.overdue:,.2f} 自 2026年1月31日 起逾期")
    # The clerk did not enter the complaint and does not handle it (CP-13).
    assert "未结投诉" not in facts(show(client_for("clerk"), busy))


def test_cu1_products_with_warranty_contract_and_open_call(cast: Cast, client_for: Any, busy: int) -> None:
    text = show(client_for("clerk"), busy)
    products = text.split('class="owned"')[1].split("</ul>")[0]
    for shown in ("SN-IN-1", "保修至", "JX-NJ-", "未派工", f"/intake/?voucher={cast.vouchers['in_warranty']}"):
        assert shown in products
    covered = show(client_for("clerk"), cast.customers["under_contract"])
    assert "合同至" in covered.split('class="owned"')[1].split("</ul>")[0]
    ended = show(client_for("clerk"), cast.customers["out_of_warranty"])
    assert "保修已于" in ended


@pytest.mark.parametrize("tab", TABS)
def test_cu1_every_tab_opens_alone_and_as_a_page(cast: Cast, client_for: Any, busy: int, tab: str) -> None:
    supervisor = client_for("supervisor")
    whole = show(supervisor, busy, tab)
    assert re.findall(r'data-tab="(\w+)" aria-current="true"', whole) == [tab]
    supervisor.client.environ_base["HTTP_X_PART"] = "tab"
    alone = show(supervisor, busy, tab)
    assert "<html" not in alone and "<section" in alone
    assert alone.strip() in whole, "the script shows what the page shows"


def test_cu1_a_call_and_a_complaint_begin_with_what_is_known(cast: Cast, client_for: Any, busy: int) -> None:
    clerk = client_for("clerk")
    text = show(clerk, busy)
    call = re.search(r'href="(/intake/\?[^"]*customer=\d+)"', text)
    assert call is not None
    intake = clerk.get(call.group(1).replace("&amp;", "&")).get_data(as_text=True)
    # One product only: its form stands open.
    assert f'action="/intake/call/{cast.vouchers["in_warranty"]}' in intake
    form = clerk.get(f"/complaintview/add?customer={busy}").get_data(as_text=True)
    assert f"/complaintview/add?customer={busy}" in text
    assert 'value="张伟"' in form
    assert 'value="13800000001"' in form
    assert re.search(rf'<option[^>]*selected[^>]*value="{busy}"|<option[^>]*value="{busy}"[^>]*selected', form)
    assert clerk.get(f"/complaintview/add?customer={cast.customers['suzhou']}").status_code == 404


def test_cu1_papers_are_those_the_person_may_print(cast: Cast, client_for: Any, busy: int) -> None:
    papers = show(client_for("clerk"), busy, "papers")
    links = re.findall(r'href="(/print/now/(\w+)\?record_id=\d+)"', papers)
    assert {name for _url, name in links} == {"voucher", "invoice_slip"}
    answer = client_for("clerk").get(next(url for url, name in links if name == "invoice_slip"))
    assert answer.headers["Content-Type"] == "application/pdf"


def test_cu1_the_page_asks_few_questions(cast: Cast, client_for: Any, busy: int) -> None:
    supervisor = client_for("supervisor")
    show(supervisor, busy)
    with statements() as seen:
        show(supervisor, busy)
    assert len(seen) <= 27, "\n".join(" ".join(each.split())[:200] for each in seen)
    supervisor.client.environ_base["HTTP_X_PART"] = "tab"
    with statements() as seen:
        show(supervisor, busy, "calls")
    assert len(seen) <= 14, "\n".join(" ".join(each.split())[:200] for each in seen)
