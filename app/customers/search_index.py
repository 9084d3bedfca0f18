"""Keeps ``search_key`` what the rows of customers and products say, in the transaction that changes them (CU-1).

A listener of the session, so that no screen, import or seed can forget it; ``rebuild`` makes all of it anew after rows
were loaded past the session (``flask search-index``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session, UOWTransaction

from app.core.db import db
from app.customers.models import Contact, Customer, SearchKey, SerialChange, Telephone, Voucher
from app.customers.rules import search_keys

_CHUNK = 400
_keys: Any = SearchKey.__table__
_customer: Any = Customer.__table__
_telephone: Any = Telephone.__table__
_contact: Any = Contact.__table__
_voucher: Any = Voucher.__table__
_swapped: Any = SerialChange.__table__

Row = dict[str, Any]


def _chunks(values: Iterable[int]) -> Iterator[list[int]]:
    listed = sorted(values)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


@listens_for(Session, "after_flush")
def _keep(session: Session, context: UOWTransaction) -> None:
    customers: set[int] = set()
    vouchers: set[int] = set()
    for items in (session.new, session.dirty, session.deleted):
        for item in items:
            if isinstance(item, Customer):
                customers.add(item.id)
            elif isinstance(item, (Telephone, Contact)):
                customers.add(item.customer_id)
            elif isinstance(item, Voucher):
                vouchers.add(item.id)
            elif isinstance(item, SerialChange):
                vouchers.add(item.voucher_id)
    if not customers and not vouchers:
        return
    connection = session.connection()
    for chunk in _chunks(each for each in customers if each is not None):
        connection.execute(delete(_keys).where(_keys.c.customer_id.in_(chunk), _keys.c.voucher_id == 0))
        _write(connection, _of_customers(connection, chunk))
    for chunk in _chunks(vouchers):
        owners = select(_voucher.c.customer_id).where(_voucher.c.id.in_(chunk))
        connection.execute(delete(_keys).where(_keys.c.customer_id.in_(owners), _keys.c.voucher_id.in_(chunk)))
        _write(connection, _of_vouchers(connection, chunk))


def _write(connection: Connection, rows: Sequence[Row]) -> None:
    if rows:
        # Two people adding a number to one customer at once both write the keys of the name.
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(_keys).on_conflict_do_nothing(), rows)


def _of_customers(connection: Connection, ids: Sequence[int]) -> list[Row]:
    words: dict[int, set[str]] = defaultdict(set)
    branch: dict[int, int] = {}
    for row in connection.execute(select(_customer).where(_customer.c.id.in_(ids))):
        branch[row.id] = row.branch_id
        words[row.id] |= search_keys(row.name)
    for row in connection.execute(select(_telephone).where(_telephone.c.customer_id.in_(ids))):
        words[row.customer_id] |= search_keys(row.number)
    for row in connection.execute(select(_contact).where(_contact.c.customer_id.in_(ids))):
        words[row.customer_id] |= search_keys(row.name) | search_keys(row.phone)
    return [
        {"key": key, "customer_id": number, "voucher_id": 0, "branch_id": branch[number]}
        for number, keys in words.items()
        if number in branch
        for key in keys
    ]


def _of_vouchers(connection: Connection, ids: Sequence[int]) -> list[Row]:
    # A number that was swapped still leads to the product (SO-17).
    former: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(select(_swapped).where(_swapped.c.voucher_id.in_(ids))):
        former[row.voucher_id] |= search_keys(row.old_no) | search_keys(row.new_no)
    return [
        {"key": key, "customer_id": row.customer_id, "voucher_id": row.id, "branch_id": row.branch_id}
        for row in connection.execute(select(_voucher).where(_voucher.c.id.in_(ids)))
        for key in search_keys(row.serial_no or "") | search_keys(row.number) | former[row.id]
    ]


def rebuild() -> int:
    """Make the whole index anew; gives the number of its keys. Inside a unit of work."""
    connection = db.session().connection()
    connection.execute(delete(_keys))
    count = 0
    for table, make in ((_customer, _of_customers), (_voucher, _of_vouchers)):
        last = 0
        while (
            ids := connection.execute(select(table.c.id).where(table.c.id > last).order_by(table.c.id).limit(_CHUNK))
            .scalars()
            .all()
        ):
            rows = make(connection, ids)
            _write(connection, rows)
            count, last = count + len(rows), ids[-1]
    return count
