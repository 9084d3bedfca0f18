"""Row scope: every person sees exactly the rows that ``tests/records.py`` says, through whatever query asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import event, exists, func, inspect, literal, select, union
from sqlalchemy.orm import aliased, joinedload, selectinload, subqueryload

from app.complaints.models import Complaint
from app.core import scope
from app.core.actors import NOBODY, SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import Misconfigured, NotFound
from app.core.fetch import fetch
from app.customers.models import Customer, Voucher
from app.fieldservice.models import Charge, RepairCall, WorkOrder
from app.parts.models import StockMove
from app.reporting.models import MadeDocument
from tests import cast as cast_module
from tests import records as records_module
from tests.cast import PEOPLE
from tests.conftest import Backend
from tests.records import Records


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def books(request: pytest.FixtureRequest) -> tuple[Backend, Records]:
    """The office with its records, once for the tests that only read."""
    backend: Backend = request.getfixturevalue(f"{request.param}_backend")
    backend.reset()
    with backend.app.app_context():
        return backend, records_module.load(cast_module.load())


@pytest.fixture
def records(books: tuple[Backend, Records]) -> Iterator[Records]:
    """What is in the books, in an application context; nobody is acting yet, and nothing is changed."""
    backend, found = books
    with backend.app.app_context():
        yield found
        db.session.rollback()
        db.session.remove()


def ids(statement: Any) -> set[int]:
    found = set(db.session.scalars(statement).unique())
    db.session.expunge_all()
    return found


# -- who sees what --------------------------------------------------------------------------------------------------------


def test_every_person_sees_exactly_their_rows_of_every_table(records: Records) -> None:
    wrong: list[str] = []
    for model in scope.models():
        key: Any = model.id
        with acting_as(SYSTEM):
            there = ids(select(key))
        if there != records.all_of(model):
            wrong.append(f"{model.__tablename__}: tests/records.py does not speak of every row")
        for username in PEOPLE:
            with acting_as(records.cast[username]):
                seen = ids(select(key))
            if seen != records.visible(model, username):
                names = [
                    name
                    for name, row in records.ids.items()
                    if records.models[name] is model and row in seen ^ records.visible(model, username)
                ]
                wrong.append(f"{username}: {names}")
    assert wrong == []


def test_the_records_prove_something_of_every_table(records: Records) -> None:
    """Of every scoped table somebody sees a row that somebody else, of the same trade, does not."""
    pairs = (
        ("clerk", "clerk_sz"),
        ("technician", "technician2"),
        ("supervisor", "supervisor_sz"),
        ("admin", "director"),
    )
    for model in scope.models():
        differ = [a for a, b in pairs if records.visible(model, a) != records.visible(model, b)]
        assert differ, f"add rows of {model.__tablename__} to tests/records.py"


def test_nobody_sees_nothing_and_the_system_everything(records: Records) -> None:
    for model in scope.models():
        key: Any = model.id
        for nobody in (NOBODY, Principal(roles=frozenset({"unknown"})), Principal(roles=frozenset({"clerk"}))):
            with acting_as(nobody):
                assert ids(select(key)) == set(), f"{model.__tablename__} for {nobody.roles}"
        assert ids(select(key)) == set(), "outside of everything nobody is acting"


def test_a_person_without_staff_record_sees_nothing_that_belongs_to_no_one(records: Records) -> None:
    """NULL is no branch and no person: rows of no branch, of no technician are not theirs."""
    homeless = Principal(99, "homeless", "x", None, None, frozenset({"clerk", "technician", "supervisor"}))
    for model in scope.models():
        key: Any = model.id
        with acting_as(homeless):
            assert ids(select(key)) == set(), model.__tablename__


def test_two_roles_see_what_either_sees_and_the_subject_of_a_complaint_still_nothing(records: Records) -> None:
    clerk = records.cast["clerk"]
    both = Principal(
        clerk.user_id, "clerk", clerk.name, clerk.staff_id, clerk.branch_id, frozenset({"clerk", "service_department"})
    )
    for model in scope.models():
        key: Any = model.id
        with acting_as(both):
            seen = ids(select(key))
        wanted = records.visible(model, "clerk") | records.visible(model, "service")
        wanted -= {records.ids.get(f"{model.__tablename__}/opened against the clerk")}
        if f"{model.__tablename__}/against the clerk" in records.ids:
            wanted -= {records[f"{model.__tablename__}/against the clerk"]}
            wanted |= {records[f"{model.__tablename__}/against the service department"]}
        assert seen == wanted, model.__tablename__


# -- through every form of query ---------------------------------------------------------------------------------------------


# One of each kind of criterion: a column, sub-selects of one to three tables, a list of names.
KINDS: tuple[Any, ...] = (WorkOrder, Customer, Voucher, Charge, StockMove, Complaint, MadeDocument)
FORMS: dict[str, Callable[[Any], Any]] = {
    "entity": lambda m: select(m).with_only_columns(m.id),
    "alias": lambda m: (lambda a: select(a.id))(aliased(m)),
    "self join": lambda m: (lambda a: select(m.id).join(a, a.id == m.id))(aliased(m)),
    "subquery": lambda m: (lambda q: select(q.c.id))(select(m.id).subquery()),
    "limited subquery": lambda m: (lambda q: select(q.c.id))(select(m.id).order_by(m.id).limit(1000).subquery()),
    "aliased subquery": lambda m: select(aliased(m, select(m).subquery()).id),
    "cte": lambda m: (lambda q: select(q.c.id))(select(m.id).cte()),
    "union": lambda m: select(union(select(m.id), select(m.id)).subquery().c.id),
    "bare union": lambda m: union(select(m.id), select(m.id)),
    "in": lambda m: select(m.id).where(m.id.in_(select(m.id))),
    "in of an alias": lambda m: (lambda a: select(m.id).where(m.id.in_(select(a.id))))(aliased(m)),
    "exists": lambda m: (lambda a: select(m.id).where(exists().where(a.id == m.id)))(aliased(m)),
    "group by": lambda m: select(func.min(m.id)).group_by(m.id),
    "from_statement": lambda m: select(m.id).from_statement(select(m.id)),
    "distinct": lambda m: select(m.id).distinct(),
    "scalar subquery": lambda m: (lambda a: select(select(a.id).where(a.id == m.id).scalar_subquery()).select_from(m))(
        aliased(m)
    ),
}


def test_every_form_of_query_gives_the_same_rows(records: Records) -> None:
    wrong = []
    for form, make in FORMS.items():
        for model in KINDS:
            for username in ("technician", "clerk_sz"):
                with acting_as(records.cast[username]):
                    seen = ids(make(model))
                if seen - {None} != records.visible(model, username):
                    wrong.append(f"{form}: {model.__tablename__} for {username}")
    assert wrong == []


def test_counting_counts_what_is_seen(records: Records) -> None:
    for model in KINDS:
        key: Any = model.id
        for username in ("technician", "clerk_sz"):
            wanted = records.visible(model, username)
            with acting_as(records.cast[username]):
                counts = {
                    "count": db.session.scalar(select(func.count()).select_from(model)),
                    "count of id": db.session.scalar(select(func.count(key))),
                    "count of a subquery": db.session.scalar(select(func.count()).select_from(select(key).subquery())),
                    "query.count": db.session.query(model).count(),
                    "scalar": db.session.scalar(select(select(func.count(key)).scalar_subquery())),
                }
                assert set(counts.values()) == {len(wanted)}, f"{model.__tablename__} for {username}: {counts}"
                for row in [*sorted(wanted)[:1], *sorted(records.all_of(model) - wanted)[:1]]:
                    there = db.session.scalar(select(exists().where(key == row)))
                    assert there is (row in wanted), f"{model.__tablename__} {row} for {username}"
                    first = db.session.scalar(select(literal(1)).where(exists(select(key).where(key == row))))
                    assert (first == 1) is (row in wanted)


def test_a_row_by_its_id(records: Records) -> None:
    for model, username in product(scope.models(), ("technician", "clerk_sz")):
        wanted = records.visible(model, username)
        with acting_as(records.cast[username]):
            for row in sorted(wanted)[:1]:
                assert fetch(model, row).id == row
                assert db.session.get(model, row) is not None
            for row in sorted(records.all_of(model) - wanted)[-1:]:
                with pytest.raises(NotFound):
                    fetch(model, row)
                assert db.session.get(model, row) is None, f"{model.__tablename__} {row} for {username}"
        db.session.expunge_all()


def test_a_row_left_in_the_session_by_somebody_who_sees_more(records: Records) -> None:
    """The identity map hands out what it holds; ``get`` and ``fetch`` ask the database all the same."""
    theirs = records["work_order/suzhou"]
    with acting_as(SYSTEM):
        held = fetch(WorkOrder, theirs)
    with acting_as(records.cast["technician"]):
        assert db.session.get(WorkOrder, theirs) is None
        with pytest.raises(NotFound):
            fetch(WorkOrder, theirs)
        assert db.session.get(WorkOrder, records["work_order/mine"]) is not None
    with acting_as(SYSTEM):
        assert db.session.get(WorkOrder, theirs) is held


# -- through relationships ------------------------------------------------------------------------------------------------------


def related(row: Any) -> dict[str, set[tuple[type[Any], int]]]:
    """The scoped rows every relationship of a row leads to."""
    found = {}
    for relation in inspect(type(row)).relationships:
        target = relation.mapper.class_
        if target in scope.models():
            value = getattr(row, relation.key)
            values = value if relation.uselist else [value]
            found[relation.key] = {(target, each.id) for each in values if each is not None}
    return found


LOADERS: dict[str, Callable[[Any], Any]] = {
    "lazy": lambda attribute: None,
    "joined": joinedload,
    "selectin": selectinload,
    "subquery": subqueryload,
}


def test_relationships_lead_only_to_rows_that_are_seen(records: Records) -> None:
    for loader, username in [
        *product(LOADERS, ("technician",)),
        *product(["lazy"], ("clerk_sz", "supervisor")),
    ]:
        with acting_as(records.cast[username]):
            # Loading ahead is one mechanism; what hangs on what is gone through once, by loading later.
            for model in scope.models() if loader == "lazy" else (WorkOrder, Customer, Complaint):
                options = [
                    option
                    for relation in inspect(model).relationships
                    if relation.mapper.class_ in scope.models()
                    and (option := LOADERS[loader](getattr(model, relation.key))) is not None
                ]
                for row in db.session.scalars(select(model).options(*options)).unique():
                    for key, found in related(row).items():
                        for target, number in found:
                            seen = records.visible(target, username)
                            assert number in seen, (
                                f"{loader}, {username}: {model.__tablename__} {row.id} .{key} → {number}"
                            )
                db.session.expunge_all()


def test_filters_that_reach_through_a_relationship_do_not_betray_what_is_hidden(records: Records) -> None:
    """Asking "is there a visit of a complaint by 投诉人" must not tell that there is one."""
    with acting_as(SYSTEM):
        hidden = fetch(Customer, records["customer/suzhou"])
        assert hidden.name == "顾敏"
        call = fetch(RepairCall, records["repair_call/mine"])
        call.voucher_id = records["voucher/suzhou"]  # a slip of the pen: our call, their voucher
        db.session.flush()
    db.session.expunge_all()
    technician2, mine = (
        records.cast["technician2"],
        RepairCall.voucher.has(Voucher.customer.has(Customer.name == "顾敏")),
    )
    with acting_as(technician2):
        assert ids(select(RepairCall.id).where(mine)) == set()
        assert ids(select(RepairCall.id).join(RepairCall.voucher).where(Voucher.number.like("%"))) == {
            records["repair_call/colleague"]
        }


def test_what_is_loaded_later_is_asked_for_whoever_acts_then(records: Records) -> None:
    with acting_as(records.cast["clerk_sz"]):
        hotel = fetch(Customer, records["customer/under_contract"])
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with acting_as(SYSTEM):
            assert len(hotel.vouchers) == 1
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    (lazy,) = statements
    assert "branch_id =" not in lazy, "the first person's criterion came along"
    db.session.expunge_all()
    with acting_as(SYSTEM):
        mine = fetch(Customer, records["customer/in_warranty"])
    with acting_as(records.cast["clerk_sz"]):
        assert mine.vouchers == [], "nor does the system's eye"


def test_refreshing_after_a_reassignment_does_not_fail(records: Records) -> None:
    # Not the job whose item is on the technician's bench: that stays the technician's to see.
    with acting_as(records.cast["technician2"]):
        order = fetch(WorkOrder, records["work_order/colleague"])
        order.technician_id = records.cast.staff("technician")
        db.session.flush()
        db.session.expire(order)
        assert order.number == "PG-colleague", "an expired column"
        db.session.refresh(order)
        assert order.technician_id == records.cast.staff("technician")
        with pytest.raises(NotFound):
            fetch(WorkOrder, order.id)
        assert ids(select(WorkOrder.id)) == set()


# -- two people in one process ---------------------------------------------------------------------------------------------------


def test_a_second_person_never_gets_the_first_ones_criterion(records: Records) -> None:
    """Statements are compiled once and cached; the person's values must not be part of what is kept."""
    statement = select(WorkOrder.id).order_by(WorkOrder.id)
    for _ in range(2):
        for username in ("technician", "technician2", "technician_sz", "clerk", "clerk_sz", "service", "admin"):
            with acting_as(records.cast[username]):
                assert set(db.session.scalars(statement)) == records.visible(WorkOrder, username)


def test_threads_keep_their_people_apart(records: Records) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's proxy
    wrong: list[str] = []
    people = ("technician", "technician2", "technician_sz", "clerk_sz", "service", "admin")

    def look(username: str) -> None:
        with app.app_context(), acting_as(records.cast[username]):
            for model in (WorkOrder, Customer, Voucher) * 3:
                if set(db.session.scalars(select(model.id))) != records.visible(model, username):
                    wrong.append(f"{username} {model.__tablename__}")
            db.session.remove()

    threads = [threading.Thread(target=look, args=(username,)) for username in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# -- the tables themselves -----------------------------------------------------------------------------------------------------------


def test_a_table_that_contradicts_the_models_is_found_at_start() -> None:
    from app import roles

    try:
        with pytest.raises(Misconfigured, match="not in both places"):
            scope.install({})
        with pytest.raises(Misconfigured, match="unknown scope"):
            scope.install({**roles.ROW_SCOPE, "customer": {"clerk": "everything"}})
    finally:
        scope.install(roles.ROW_SCOPE)


def test_widest_names_what_a_person_sees(records: Records) -> None:
    assert scope.widest("customer", SYSTEM) == "all"
    assert scope.widest("customer", records.cast["service"]) == "all"
    assert scope.widest("customer", records.cast["clerk"]) == "branch"
    assert scope.widest("customer", records.cast["admin"]) == "none"
    assert scope.widest("nothing", records.cast["clerk"]) == "none"
