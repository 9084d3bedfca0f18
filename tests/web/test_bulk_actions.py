"""What is done to the ticked rows of a list at one go: every such action, by every role, in every state – the table's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.outbox import STATUSES, OutboxEntry
from app.core.uow import unit_of_work
from app.core.views import BaseView
from app.fieldservice.models import CalendarFeed, RepairCall, WorkOrder
from app.fieldservice.rules import WORK_ORDER
from app.parts.models import PartReservation, StockBalance
from app.parts.rules import RELEASE_LABELS
from app.roles import SCREENS, verbs
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY, on_site
from tests.web.test_every_button import ROLES

Row = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Action:
    """Rows of a screen in each state; ``done`` is what the verb makes of one in a state of ``starts``."""

    key: str
    model: Any
    column: str
    starts: frozenset[Any]
    states: tuple[Any, ...]
    done: Any
    rows: Callable[[Cast], list[int]]


def _jobs(cast: Cast) -> list[int]:
    return [on_site(cast, "in_warranty"), on_site(cast, "under_contract")]


def _reservations(cast: Cast) -> list[int]:
    place, part = cast.places["南京仓库"], cast.parts["P-COMP"]
    return _inserted(
        PartReservation,
        [{"place_id": place, "part_id": part, "quantity": 1, "reference": f"PG-{row}"} for row in (1, 2)],
    )


def _feeds(cast: Cast) -> list[int]:
    people = [cast.staff("technician"), cast.staff("technician2")]
    return _inserted(CalendarFeed, [{"staff_id": one, "token_hash": f"{one}" * 8, "made_at": FRIDAY} for one in people])


def _entries(_cast: Cast) -> list[int]:
    return _inserted(OutboxEntry, [{"kind": "make_document", "next_try_at": FRIDAY} for _row in (1, 2)])


def _inserted(model: Any, rows: Iterable[dict[str, Any]]) -> list[int]:
    with unit_of_work(SYSTEM, "test.rows") as session:
        made = [model(**row) for row in rows]
        session.add_all(made)
        session.flush()
        return [each.id for each in made]


RELEASES = tuple(RELEASE_LABELS)
ACTIONS = {
    "WorkOrderView": Action(
        "close", WorkOrder, "status", frozenset({"finished"}), tuple(WORK_ORDER.states()), "closed", _jobs
    ),
    "PartReservationView": Action(
        "release", PartReservation, "release", frozenset({"kept"}), RELEASES, "released", _reservations
    ),
    "CalendarFeedView": Action("revoke", CalendarFeed, "revoked_at", frozenset({None}), (None, FRIDAY), FRIDAY, _feeds),
    "OutboxEntryView": Action("retry", OutboxEntry, "status", frozenset({"dead"}), STATUSES, "waiting", _entries),
}


def test_every_bulk_action_is_tried_here(app: Flask) -> None:
    views = {view for view in app.appbuilder.baseviews if isinstance(view, BaseView)}
    found = {type(view).__name__: [verb.key for verb in view.verbs if verb.bulk and not verb.form] for view in views}
    assert {name: keys for name, keys in found.items() if keys} == {
        name: [action.key] for name, action in ACTIONS.items()
    }


def _put(app: Flask, action: Action, keys: list[int], state: Any) -> None:
    """Rows in that state, with what a record in it has beside."""
    with app.app_context(), unit_of_work(SYSTEM, "test.state") as session:
        values: dict[str, Any] = {action.column: state}
        if action.model is WorkOrder:
            values |= {"unsigned_reason": "急", "finished_at": FRIDAY, "closed_at": None}
            call = {"finished": "finished", "closed": "closed"}.get(state, "dispatched")
            calls = select(WorkOrder.repair_call_id).where(WorkOrder.id.in_(keys))
            session.connection().execute(
                update(RepairCall.__table__).where(RepairCall.id.in_(calls)).values(status=call)
            )
        if action.model is PartReservation:
            values["released_at"] = None if state == "kept" else FRIDAY
            session.connection().execute(
                update(StockBalance.__table__).values(reserved=2).where(StockBalance.quantity == 4)
            )
        session.connection().execute(update(action.model.__table__).where(action.model.id.in_(keys)).values(**values))


def _states(app: Flask, action: Action, keys: list[int]) -> list[Any]:
    with app.app_context(), acting_as(SYSTEM):
        column = getattr(action.model, action.column)
        return list(db.session.scalars(select(column).where(action.model.id.in_(keys)).order_by(action.model.id)))


def _try(person: Any, view: str, action: Action, keys: list[int]) -> None:
    screen = view.lower()
    person.post(f"/{screen}/do_many/{action.key}", {"rowid": keys}, page="/inbox/")


@pytest.mark.parametrize("view", ACTIONS)
def test_a_bulk_action_gets_the_tables_answer_for_every_role_in_every_state(
    view: str, app: Flask, cast: Cast, client_for: Any
) -> None:
    action = ACTIONS[view]
    with app.app_context(), clock.frozen(FRIDAY):
        keys = action.rows(cast)
        db.session.remove()
    verb = next(
        verb.name
        for each in app.appbuilder.baseviews
        if type(each).__name__ == view
        for verb in each.verbs
        if verb.key == action.key
    )
    start = next(iter(action.starts))
    elsewhere = next(state for state in action.states if state not in action.starts)
    wrong, did = [], set()
    for username, role in ROLES.items():
        person, may = client_for(username), role in verbs()[verb] and role in SCREENS[view].read
        shown = person.get(f"/{view.lower()}/list/")
        offered = shown.status_code == 200 and f"do_many/{action.key}" in shown.get_data(as_text=True)
        if offered != may:
            wrong.append(f"{role}: offered {offered}")
        # One of them cannot be: none of them is.
        _put(app, action, keys[:1], start)
        _put(app, action, keys[1:], elsewhere)
        before = _states(app, action, keys)
        _try(person, view, action, keys)
        if _states(app, action, keys) != before:
            wrong.append(f"{role}: a part was done")
        _put(app, action, keys, start)
        before = _states(app, action, keys)
        _try(person, view, action, keys)
        done = [now != was for now, was in zip(_states(app, action, keys), before, strict=True)]
        if done != [may, may]:
            wrong.append(f"{role}: {done} instead of {may}")
        did |= {role} if may else set()
        for state in action.states if may else ():
            _put(app, action, keys[:1], state)
            _try(person, view, action, keys[:1])
            (now,) = _states(app, action, keys[:1])
            if (now != state) != (state in action.starts):
                wrong.append(f"{role} in {state}: {now}")
    assert wrong == []
    assert did, "somebody may"
