"""The demo company 安心家电服务有限公司: the same every time for the same day.

Head office and five branches, 40 staff, 2,000 customers, 3,000 products, and three months of work up to yesterday.
Loaded once, into a database that holds neither customers nor accounts: an office that has begun its own work must not
be given accounts whose passwords everybody knows.
"""

from __future__ import annotations

import random

from flask import current_app
from sqlalchemy import Integer, func, select, text

from app.calendars.queries import calendar_for
from app.core import clock
from app.core.actors import SYSTEM
from app.core.audit import note
from app.core.db import Model, db
from app.core.uow import unit_of_work
from app.customers.models import Customer
from app.customers.search_index import rebuild
from seeds.demo import (
    complaints,
    customers,
    grievances,
    money,
    organisation,
    parts,
    phones,
    proposals,
    signatures,
    visits,
    work,
    workshop,
)
from seeds.demo.rows import Rows

PASSWORD = "aftercare-demo"  # nosec B105 - printed in the README; nothing but the demo company has it


def load() -> bool:
    """Load the demo company; False when there are customers or accounts already."""
    user = current_app.extensions["appbuilder"].sm.user_model
    with unit_of_work(SYSTEM, "seed.demo") as session:
        if any(session.execute(select(key).limit(1)).first() is not None for key in (Customer.id, user.id)):
            return False
        dice = random.Random(20260101)  # nosec B311 - demo data, the same every time
        rows = Rows()
        today = clock.today()
        office = organisation.build(PASSWORD)
        base = customers.build(rows, dice, office, today)
        done = work.build(rows, dice, office, base, today)
        complaints.build(rows, dice, office, base, done, today)
        grievances.build(rows, office, today)
        visits.build(rows, office, done, today)
        money.build(rows, office, done, today)
        tally = rows.write(session)
        _advance_sequences()
        signatures.build(session, rows, dice, done)
        workshop.flat_prices(session)
        workshop.pictures(session, dice, done.benches)
        proposals.recordings(session, rows, dice)
        parts.build(session, dice, office, today)
        phones.build(session)
        organisation.schedule_from(calendar_for(None), today)
        rebuild()
        note("demo", None, tally)
    _tell_accounts()
    return True


def _advance_sequences() -> None:
    """PostgreSQL's counters do not notice rows that come with their ids."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in Model.metadata.sorted_tables:
        key = table.primary_key.columns
        if len(key) == 1 and "id" in key and isinstance(table.c.id.type, Integer):
            highest = db.session.execute(select(func.max(table.c.id))).scalar()
            if highest:
                db.session.execute(
                    text("SELECT setval(pg_get_serial_sequence(:t, 'id'), :n)").bindparams(t=table.name, n=highest)
                )


def _tell_accounts() -> None:
    """Leave the accounts where run.py shows them at start."""
    lines = [f"{username:<12} {PASSWORD}   {title}" for username, title in organisation.ACCOUNTS.items()]
    folder = current_app.config["SETTINGS"].var
    (folder / "demo_accounts.txt").write_text("\n".join(lines) + "\n", "utf-8")
