"""One verb = one transaction: rows, audit entries and what is wanted afterwards together, or nothing (design §2)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import event, func, insert, select, text, update
from sqlalchemy.orm.exc import StaleDataError

from app.core import audit, outbox
from app.core.actors import SYSTEM, Principal, acting_as, current
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import Conflict, Misconfigured, NotPermitted, Refused, UnauditedWrite
from app.core.fetch import fetch
from app.core.numbering import NumberSeries, next_number
from app.core.outbox import OutboxEntry, want
from app.core.settings import Setting
from app.core.uow import COMMANDS, after_commit, after_rollback, command, in_unit_of_work, unit_of_work
from app.customers.models import Customer, Telephone, Voucher
from app.fieldservice.models import FaultCode
from app.organisation.models import AuthorityLimit, Branch, Skill
from tests.cast import Cast

TODAY = date(2026, 11, 21)


def skill(code: str = "boiler") -> Skill:
    return Skill(code=code, name="锅炉维修")


def count(model: Any, *conditions: Any) -> int:
    with acting_as(SYSTEM):
        db.session.rollback()
        return int(db.session.execute(select(func.count(model.id)).where(*conditions)).scalar_one())


def entries(record: str, verb: str | None = None) -> list[AuditEntry]:
    with acting_as(SYSTEM):
        statement = select(AuditEntry).where(AuditEntry.record == record).order_by(AuditEntry.id)
        if verb is not None:
            statement = statement.where(AuditEntry.verb == verb)
        return list(db.session.scalars(statement))


def elsewhere(office: Cast, customer: str) -> None:
    """Somebody else's request changes a customer meanwhile."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's proxy

    def change() -> None:
        with app.app_context(), unit_of_work(SYSTEM, "customer.update"):
            fetch(Customer, office.customers[customer]).note = "先到"

    thread = threading.Thread(target=change)
    thread.start()
    thread.join()


# -- together or not at all -------------------------------------------------------------------------------------------


def test_rows_audit_entry_and_outbox_entry_are_written_together(office: Cast) -> None:
    with unit_of_work(office["admin"], "skill.create"):
        db.session.add(skill())
        want("test.thing", {"a": 1})
    assert count(Skill, Skill.code == "boiler") == 1
    assert count(OutboxEntry, OutboxEntry.kind == "test.thing") == 1
    (entry,) = entries("skill", "skill.create")
    assert (entry.user_id, entry.actor, entry.before) == (office["admin"].user_id, "何志远", {})
    assert entry.after["code"] == "boiler"
    assert entry.record_id == entry.after["id"]


def test_an_exception_leaves_nothing_and_the_session_is_usable(office: Cast) -> None:
    done: list[str] = []
    with pytest.raises(ZeroDivisionError), unit_of_work(office["admin"], "skill.create"):
        db.session.add(skill())
        db.session.flush()
        want("test.thing", {"a": 1})
        next_number("JX", "HQ", TODAY)
        after_commit(lambda: done.append("commit"))
        after_rollback(lambda: done.append("rollback"))
        raise ZeroDivisionError
    assert done == ["rollback"]
    assert not in_unit_of_work()
    assert count(Skill, Skill.code == "boiler") == 0
    assert count(OutboxEntry, OutboxEntry.kind == "test.thing") == 0
    assert count(NumberSeries) == 0
    assert entries("skill", "skill.create") == []
    with unit_of_work(office["admin"], "skill.create"):
        db.session.add(skill())
    assert count(Skill, Skill.code == "boiler") == 1


def test_a_violated_constraint_leaves_nothing(office: Cast) -> None:
    with pytest.raises(Exception, match=r"(?i)unique"), unit_of_work(office["admin"], "skill.create"):
        db.session.add_all([skill(), skill()])
    assert count(Skill, Skill.code == "boiler") == 0
    assert entries("skill", "skill.create") == []


def test_a_joined_unit_is_part_of_the_outer_one(office: Cast) -> None:
    with pytest.raises(Refused), unit_of_work(office["admin"], "outer"):
        with unit_of_work(office["clerk"], "inner"):
            assert current() == office["clerk"]
            db.session.add(skill())
        assert current() == office["admin"]
        raise Refused("no")
    assert count(Skill, Skill.code == "boiler") == 0
    with unit_of_work(office["admin"], "outer"), unit_of_work(SYSTEM, "inner"):
        db.session.add(skill())
    (entry,) = entries("skill", "outer")
    assert entry.actor == "何志远"


def test_what_one_verb_did_happened_at_one_time(office: Cast) -> None:
    """Flushed in two steps it is still one thing done: the record's story tells it once."""
    with unit_of_work(office["admin"], "skill.create") as session:
        made = skill()
        session.add(made)
        session.flush()
    with unit_of_work(office["admin"], "skill.update") as session:
        found = session.get_one(Skill, made.id)
        for name in ("锅炉", "燃气锅炉"):
            found.name = name
            session.flush()
            time.sleep(0.002)
    first, second = entries("skill", "skill.update")
    assert first.at == second.at and first.id != second.id


def test_half_of_a_refused_joined_verb_is_never_committed(office: Cast) -> None:
    with pytest.raises(RuntimeError, match="nothing is committed"), unit_of_work(office["admin"], "outer"):
        db.session.add(skill("outer"))
        try:
            with unit_of_work(office["admin"], "inner"):
                db.session.add(skill("inner"))
                db.session.flush()
                raise Refused("no")
        except Refused:
            pass
    assert count(Skill, Skill.code.in_(("outer", "inner"))) == 0


def test_a_refused_edit_is_not_saved_by_a_later_commit(office: Cast) -> None:
    """Stack trap 9: what was typed into the row must be gone."""
    with acting_as(SYSTEM):
        row = fetch(Customer, office.customers["in_warranty"])
        row.name = "改了"
        with pytest.raises(Refused), unit_of_work(office["clerk"], "customer.update"):
            raise Refused("no")
        db.session.commit()
        assert row.name == "张伟"


def test_a_commit_in_the_middle_is_refused(office: Cast) -> None:
    with pytest.raises(UnauditedWrite, match="in the middle"), unit_of_work(office["admin"], "skill.create"):
        db.session.add(skill())
        db.session.commit()
    assert count(Skill, Skill.code == "boiler") == 0


def test_a_savepoint_inside_is_allowed(office: Cast) -> None:
    with unit_of_work(office["admin"], "skill.create"):
        with db.session.begin_nested():
            db.session.add(skill("kept"))
        with pytest.raises(ZeroDivisionError), db.session.begin_nested():
            db.session.add(skill("dropped"))
            db.session.flush()
            raise ZeroDivisionError
    assert [entry.after["code"] for entry in entries("skill", "skill.create")] == ["kept"]
    assert count(Skill, Skill.code.in_(("kept", "dropped"))) == 1


def test_what_is_to_be_done_afterwards_is_done_after_the_commit(office: Cast) -> None:
    seen: list[int] = []

    def look() -> None:
        assert not in_unit_of_work()
        seen.append(count(Skill, Skill.code == "boiler"))

    with unit_of_work(office["admin"], "skill.create"):
        db.session.add(skill())
        after_commit(look)
        assert seen == []
    assert seen == [1]
    after_commit(look)
    assert seen == [1, 1]


def test_a_failure_afterwards_does_not_undo_nor_hide_the_others(office: Cast, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []
    with unit_of_work(office["admin"], "skill.create"):
        db.session.add(skill())
        after_commit(lambda: 1 // 0)  # type: ignore[arg-type,return-value]  # its result is nobody's business
        after_commit(lambda: done.append("second"))
    assert done == ["second"]
    assert "ZeroDivisionError" in caplog.text
    assert count(Skill, Skill.code == "boiler") == 1


def test_another_application_context_has_a_unit_of_its_own(office: Cast) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's proxy
    with unit_of_work(office["admin"], "outer"):
        with app.app_context():
            assert not in_unit_of_work()
            with pytest.raises(RuntimeError, match="inside a unit of work"):
                next_number("JX", "HQ", TODAY)
        assert in_unit_of_work()


# -- nothing of ours outside a unit of work -------------------------------------------------------------------------------


def _add(_office: Cast) -> None:
    db.session.add(skill())


def _change(office: Cast) -> None:
    db.session.get(Customer, office.customers["in_warranty"]).name = "改了"


def _delete(office: Cast) -> None:
    db.session.delete(db.session.scalars(select(Telephone)).first())


def _bulk_update(office: Cast) -> None:
    db.session.execute(update(Customer).values(name="改了"))


def _core_insert(office: Cast) -> None:
    db.session.execute(insert(Skill.__table__).values(code="core", name="x", name_en="", version=1))


@pytest.mark.parametrize("how", [_add, _change, _delete, _bulk_update, _core_insert])
@pytest.mark.parametrize("flushed", [False, True], ids=["flush in commit", "flushed before"])
def test_a_commit_outside_is_refused_until_it_is_rolled_back(
    office: Cast, how: Callable[[Cast], None], flushed: bool
) -> None:
    def state() -> list[Any]:
        with db.engine.connect() as connection:
            tables = ("skill", "customer", "telephone")
            return [connection.execute(text(f"SELECT * FROM {table} ORDER BY id")).all() for table in tables]

    before = state()
    with acting_as(SYSTEM):
        how(office)
        if flushed:
            db.session.flush()
        for _ in range(2):  # whoever swallows the first and commits again is refused again
            with pytest.raises(UnauditedWrite):
                db.session.commit()
        db.session.rollback()
        db.session.commit()
    db.session.remove()
    assert state() == before


def test_a_released_savepoint_does_not_make_it_pass(office: Cast) -> None:
    db.session.add(skill())
    db.session.flush()
    with pytest.raises(UnauditedWrite), db.session.begin_nested():
        pass
    db.session.rollback()
    db.session.add(skill())
    db.session.flush()
    savepoint = db.session.begin_nested()
    savepoint.rollback()
    with pytest.raises(UnauditedWrite):
        db.session.commit()
    db.session.rollback()


def test_what_a_form_filled_in_before_is_taken_into_the_unit_that_follows(office: Cast) -> None:
    db.session.add(skill())
    db.session.flush()
    with unit_of_work(office["admin"], "skill.create"):
        pass
    (entry,) = entries("skill", "skill.create")
    assert entry.actor == "何志远"
    assert count(Skill, Skill.code == "boiler") == 1


def test_reading_may_be_committed(office: Cast) -> None:
    with acting_as(SYSTEM):
        assert db.session.scalars(select(Branch)).all()
        db.session.commit()


# -- the audit trail --------------------------------------------------------------------------------------------------


def test_before_and_after_of_a_change_also_of_a_row_not_loaded(office: Cast) -> None:
    with acting_as(SYSTEM):
        row = fetch(Customer, office.customers["in_warranty"])
    db.session.expire(row)  # as after a commit: nothing of it is in memory
    with unit_of_work(office["clerk"], "customer.update"):
        row.name = "张伟民"
    (entry,) = entries("customer", "customer.update")
    assert (entry.before, entry.after) == ({"name": "张伟"}, {"name": "张伟民"})
    assert (entry.record_id, entry.branch_id) == (row.id, office.branches["NJ"])


def test_a_changed_reference_is_seen_by_its_id(office: Cast) -> None:
    with unit_of_work(SYSTEM, "voucher.move"):
        voucher = fetch(Voucher, office.vouchers["in_warranty"])
        voucher.branch = fetch(Branch, office.branches["SZ"])
    (entry,) = entries("voucher", "voucher.move")
    assert entry.before["branch_id"] == office.branches["NJ"]
    assert entry.after["branch_id"] == office.branches["SZ"]


def test_a_change_to_and_fro_leaves_no_entry(office: Cast) -> None:
    with unit_of_work(SYSTEM, "customer.update"):
        row = fetch(Customer, office.customers["in_warranty"])
        row.name = "x"
        row.name = "张伟"
    assert entries("customer", "customer.update") == []


@pytest.mark.parametrize("loaded", [True, False])
def test_a_deleted_row_stays_readable_in_the_trail(office: Cast, loaded: bool) -> None:
    with acting_as(SYSTEM):
        row = db.session.scalars(select(Telephone).order_by(Telephone.id)).first()
        assert row is not None
        number, key = row.number, row.id
        if not loaded:
            db.session.expire(row)
    with unit_of_work(SYSTEM, "telephone.delete"):
        db.session.delete(row)
    (entry,) = entries("telephone", "telephone.delete")
    assert (entry.record_id, entry.before["number"], entry.after) == (key, number, {})


def test_deleting_what_somebody_else_deleted_is_a_conflict(office: Cast) -> None:
    with acting_as(SYSTEM):
        row = db.session.scalars(select(Telephone)).first()
        assert row is not None
        key = row.id
        db.session.commit()
    with db.engine.connect() as connection:
        connection = connection.execution_options(write_intent=True)
        connection.execute(text("DELETE FROM telephone WHERE id = :id"), {"id": key})
        connection.commit()
    with pytest.raises(StaleDataError), unit_of_work(SYSTEM, "telephone.delete"):
        db.session.delete(row)


def test_secrets_are_never_written_out(office: Cast) -> None:
    with unit_of_work(office["admin"], "account.change"), acting_as(SYSTEM):
        user = db.session.scalars(select(User).where(User.username == "clerk")).one()
        user.password = "scrypt:very:secret"
        db.session.add(User(username="neu", first_name="a", last_name="b", email="n@example.com", password="geheim"))
    new, old = entries("ab_user", "account.change")
    assert old.before == {"password": "***"}
    assert old.after == {"password": "***"}
    assert new.after["password"] == "***"
    assert "geheim" not in str(new.after)


def test_money_moments_and_days_are_readable(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.money"):
        limit = db.session.scalars(select(AuthorityLimit)).first()
        assert limit is not None
        limit.up_to = Decimal("123.40")
    (entry,) = entries("authority_limit", "test.money")
    assert entry.after["up_to"] == "123.40"
    assert audit.plain(b"1234") == "<4 bytes>"
    assert audit.plain(object()).startswith("<object")


def test_the_framework_s_own_commits_are_audited_as_account_change(office: Cast) -> None:
    manager = current_app.extensions["appbuilder"].sm
    with acting_as(office["admin"]):
        user, supervisor = manager.find_user(username="clerk"), manager.find_role("supervisor")
        user.roles.append(supervisor)
        user.first_name = "周晓云"
        db.session.commit()
    (entry,) = entries("ab_user", "account.change")
    assert entry.actor == "何志远"
    assert (entry.before, entry.after) == ({"first_name": "周晓芸"}, {"first_name": "周晓云", "roles": ["supervisor"]})
    with acting_as(office["admin"]):
        user.roles.remove(manager.find_role("clerk"))
        db.session.commit()
    assert entries("ab_user", "account.change")[-1].before == {"roles": ["clerk"]}


def test_logging_in_is_no_change_of_an_account(office: Cast) -> None:
    manager = current_app.extensions["appbuilder"].sm
    with acting_as(SYSTEM):
        manager.update_user_auth_stat(manager.find_user(username="clerk"), True)
    assert entries("ab_user", "account.change") == []


def test_bulk_writes_one_entry_a_table_and_each_change_of_an_old_row(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.import", bulk=True):
        db.session.add_all([skill(str(number)) for number in range(5)])
        db.session.flush()
        db.session.add_all([skill(f"more{number}") for number in range(2)])
        db.session.add(FaultCode(code="X1", name="x"))
        fetch(Customer, office.customers["in_warranty"]).name = "改了"
    assert [entry.after for entry in entries("skill", "test.import")] == [{"rows": 7}]
    assert [entry.after for entry in entries("fault_code", "test.import")] == [{"rows": 1}]
    (changed,) = entries("customer", "test.import")
    assert changed.before["name"] == "张伟"


def test_a_failed_bulk_unit_does_not_count_for_the_next(office: Cast) -> None:
    with pytest.raises(Refused), unit_of_work(SYSTEM, "test.import", bulk=True):
        db.session.add(skill())
        db.session.flush()
        raise Refused("no")
    with unit_of_work(SYSTEM, "test.import", bulk=True):
        db.session.add(FaultCode(code="X1", name="x"))
    assert entries("skill", "test.import") == []


def test_a_note_needs_somebody_who_commits_it(office: Cast) -> None:
    with pytest.raises(RuntimeError, match="inside a unit of work"):
        audit.note("customer", 1, {"read": True})
    with unit_of_work(office["clerk"], "complaint.read"):
        audit.note("customer", 1, {"read": True}, 7)
    (entry,) = entries("customer", "complaint.read")
    assert (entry.after, entry.branch_id) == ({"read": True}, 7)


# -- versions -----------------------------------------------------------------------------------------------------------


def test_a_stale_update_raises_and_writes_nothing(office: Cast) -> None:
    with acting_as(SYSTEM):
        mine = fetch(Customer, office.customers["in_warranty"])
        db.session.expunge(mine)  # in my hand as it is now
        db.session.rollback()
    elsewhere(office, "in_warranty")
    with pytest.raises(StaleDataError), unit_of_work(SYSTEM, "customer.update"):
        db.session.add(mine)
        mine.name = "后到"
    assert count(Customer, Customer.name == "后到") == 0
    assert count(Customer, Customer.note == "先到", Customer.version == 2) == 1
    with pytest.raises(Conflict), acting_as(SYSTEM):
        fetch(Customer, office.customers["in_warranty"], version=1)
    with acting_as(SYSTEM):
        assert fetch(Customer, office.customers["in_warranty"], version=2)


# -- commands -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def verb() -> Any:
    """A command that is taken away again."""
    before = dict(COMMANDS)
    yield command
    COMMANDS.clear()
    COMMANDS.update(before)


def test_a_command_asks_the_role_table_first(office: Cast, verb: Any) -> None:
    ran: list[Principal] = []

    @verb("customer.create")
    def create(actor: Principal) -> None:
        ran.append(current())

    with pytest.raises(NotPermitted):
        create(office["technician"])
    with pytest.raises(NotPermitted):
        create(Principal())
    assert ran == []
    create(office["clerk"])
    create(actor=SYSTEM)
    assert ran == [office["clerk"], SYSTEM]


def test_a_command_without_actor_or_with_an_unknown_verb_is_a_mistake_of_ours(office: Cast, verb: Any) -> None:
    with pytest.raises(TypeError, match="first parameter"):

        @verb("customer.create")
        def create(order_id: int) -> None: ...

    @verb("customer.vanish")
    def vanish(actor: Principal) -> None: ...

    with pytest.raises(Misconfigured):
        vanish(office["clerk"])


# -- the write lock of SQLite -----------------------------------------------------------------------------------------------


def test_a_read_under_way_is_ended_so_that_the_writer_waits_its_turn(office: Cast) -> None:
    """A deferred transaction that read before another's commit could never write: "database is locked" at once."""
    with acting_as(SYSTEM):
        row = fetch(Customer, office.customers["in_warranty"])  # the read is open
        elsewhere(office, "suzhou")
        with unit_of_work(SYSTEM, "customer.update"):
            row.note = "后到"
    assert count(Customer, Customer.note != "") == 2


def test_in_a_posted_request_the_lock_is_taken_at_the_first_statement(office: Cast) -> None:
    """SQLite: a POST holds the lock from its first read, so that what it read still holds when it writes."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL locks rows")
    begun: list[str] = []
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # likewise

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for method in ("GET", "POST"):
            db.session.remove()
            with app.test_request_context("/", method=method):
                db.session.execute(select(Branch.id)).all()
                db.session.remove()
        with app.test_request_context("/"):
            db.session.execute(select(Branch.id)).all()
            with unit_of_work(SYSTEM, "test"):
                db.session.execute(select(Branch.id)).all()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert begun == ["BEGIN", "BEGIN IMMEDIATE", "BEGIN", "BEGIN IMMEDIATE"]


def test_outbox_entries_need_no_audit(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test"):
        want("test.thing", {})
    assert entries("outbox_entry") == []
    assert outbox.counts()["waiting"] == 1
    assert count(Setting) == 0
    assert count(Role) > 0
