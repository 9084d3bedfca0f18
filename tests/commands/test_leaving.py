"""Who works here no longer leaves nothing behind that nobody else could hand in, on both databases (SO-8, SO-9, SO-22)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.errors import Refused
from app.core.fetch import fetch
from app.fieldservice import commands as field
from app.organisation.commands import check_leaving, leave
from app.organisation.models import Staff
from app.parts import commands as parts
from app.parts import queries as stock
from app.parts.rules import Line
from app.workshop import commands as workshop
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY, PNG, at, dispatched, on_site
from tests.commands.test_parts import STORE, VAN
from tests.commands.workshop_days import card_of, repaired


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def empty_van(office: Cast, van: str = VAN) -> None:
    """The clerk takes back all that lies in the van."""
    with acting_as(SYSTEM):
        held = [Line(row.part_id, row.quantity) for row in stock.stock_of(office.places[van])]
    if held:
        parts.exchange(office["clerk"], office.places[van], returns=held)


def refused(office: Cast, person: str = "technician") -> Refused:
    with pytest.raises(Refused) as problem:
        leave(office["supervisor"], office.staff(person))
    with acting_as(SYSTEM):
        assert fetch(Staff, office.staff(person)).active
    return problem.value


def test_so22_a_van_with_parts_in_it_is_brought_back_first(office: Cast) -> None:
    empty_van(office)
    part = office.parts["P-THERM"]
    parts.issue(office["clerk"], office.places[STORE], part_id=part, quantity=3, to_place_id=office.places[VAN])
    told = refused(office)
    assert (told.params["pieces"], told.ways[0].url) == (3, f"/parts/vans/{office.places[VAN]}")
    assert "parts lie in the van" in str(told)
    empty_van(office)
    leave(office["supervisor"], office.staff("technician"))
    with acting_as(SYSTEM):
        assert not fetch(Staff, office.staff("technician")).active


def test_so9_a_job_under_way_goes_to_somebody_else_first(office: Cast) -> None:
    empty_van(office)
    waits, begun = dispatched(office).id, on_site(office, "in_warranty")
    told = refused(office)
    assert [way.url for way in told.ways] == [f"/workorderview/show/{waits}", f"/workorderview/show/{begun}"]
    for order_id in (waits, begun):
        field.reassign(
            office["supervisor"], order_id, technician_id=office.staff("technician2"), reason="离职"
        )  # fmt: skip
    leave(office["supervisor"], office.staff("technician"))


def test_so8_a_customers_product_in_hand_is_handed_on_first(office: Cast) -> None:
    """On the way back to its owner, with somebody who may not say so any more tomorrow."""
    card_id = repaired(office)
    empty_van(office)
    with at(16, 30):
        # In the workshop a job counts for who has the product, not for who took it back.
        check_leaving_of(office, "technician")
        workshop.send_out(office["supervisor"], card_id, technician_id=office.staff("technician"))
        told = refused(office)
        number = card_of(card_id).goods_receipt.number
        assert number in str(told) and told.ways[0].url == f"/repaircardview/show/{card_id}"
        workshop.hand_back_item(office["technician"], card_id, signer="张伟", drawing=PNG)
        leave(office["supervisor"], office.staff("technician"))


def check_leaving_of(office: Cast, person: str) -> None:
    with acting_as(SYSTEM):
        check_leaving(fetch(Staff, office.staff(person)))
