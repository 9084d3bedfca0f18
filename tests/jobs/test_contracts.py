"""The expiry notice from the scheduler's tick to the letter in the archive (SO-16)."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.contracts.models import Contract, ContractNotice
from app.core import clock, files, jobs, outbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.reporting.models import MadeDocument
from tests.cast import Cast


def test_so16_a_tick_makes_the_letter_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work(SYSTEM, "test"):
            contract = db.session.get_one(Contract, cast.contract)
            contract.ends_on = clock.today() + timedelta(days=29)
        for _twice in range(2):
            jobs.tick()
            outbox.drain()
        (notice,) = db.session.scalars(select(ContractNotice)).all()
        assert notice.visitor_id == cast.staff("clerk")
        letters = select(MadeDocument).where(MadeDocument.name == "contract_expiry_notice")
        (letter,) = db.session.scalars(letters).all()
        assert letter.branch_id == cast.branches["NJ"]
        assert files.read(letter.stored_file).startswith(b"%PDF-")
        db.session.remove()
