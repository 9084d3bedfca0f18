"""Every verb of a work order and of a repair card, in every state, by every role: what the table says, and nothing else.

Each attempt runs in a transaction that is given up, so that all of them start from the same records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.actors import SYSTEM, Principal
from app.core.db import db
from app.core.errors import NotPermitted, Refused
from app.core.lifecycle import Lifecycle
from app.core.uow import COMMANDS, unit_of_work
from app.fieldservice import commands as field
from app.fieldservice.models import WorkOrder
from app.fieldservice.rules import WORK_ORDER
from app.workshop import commands as workshop
from app.workshop.models import RepairCard
from app.workshop.rules import REPAIR_CARD
from tests.cast import Cast
from tests.commands.test_fieldservice import FRIDAY, PNG, at, office_time, on_site

MOVED_ON = "This is not possible now: the record has moved on."
PEOPLE = {
    "clerk": "clerk",
    "technician": "technician",
    "supervisor": "supervisor",
    "branch_manager": "manager",
    "service_department": "service",
    "accountant": "accountant",
    "management": "director",
    "administrator": "admin",
}
NOW = office_time(16)


class _GiveUp(Exception):
    """The attempt succeeded; nothing of it is kept."""


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def _attempt(model: type[Any], key: int, status: str, verb: Callable[..., Any], actor: Principal, given: Any) -> str:
    """ "done", or the refusal's message."""
    more = {"outcome": "repaired"} if model is RepairCard else {}
    try:
        with unit_of_work(SYSTEM, "test.attempt") as session:
            session.connection().execute(update(model.__table__).where(model.id == key).values(status=status, **more))
            session.expire_all()
            verb(actor, key, **given)
            raise _GiveUp
    except _GiveUp:
        return "done"
    except NotPermitted:
        return "not permitted"
    except Refused as refusal:
        return refusal.message


def _walk(
    lifecycle: Lifecycle, model: type[Any], key: int, office: Cast, given: dict[str, dict[str, Any]], sure: int
) -> list[str]:
    """What does not agree with the table; what it allows is done, or refused for what only the record knows."""
    table = {(t.source, t.verb): t.roles for t in lifecycle.transitions}
    verbs = {verb.partition(".")[2]: roles for verb, roles in lifecycle.verbs().items()}
    assert set(given) == set(verbs), "say here what each verb is given"
    wrong, done = [], 0
    for verb, roles in verbs.items():
        run = COMMANDS[f"{lifecycle.name}.{verb}"]
        for role, username in PEOPLE.items():
            actor = office[username]
            if role not in roles:
                # Refused at the door, whatever the state.
                with pytest.raises(NotPermitted):
                    run(actor, key, **given[verb])
                continue
            for state in lifecycle.states():
                answer = _attempt(model, key, state, run, actor, given[verb])
                allowed = role in table.get((state, verb), ())
                done += answer == "done"
                if allowed and answer in ("not permitted", MOVED_ON):
                    wrong.append(f"{role} may {verb} in {state}: {answer}")
                if not allowed and answer == "done":
                    wrong.append(f"{role} did {verb} in {state}")
    assert done >= sure, "what is allowed succeeds"
    return wrong


def test_whole_lifecycle_of_a_repair_card(office: Cast) -> None:
    with at(9, 10):
        order_id = on_site(office, "in_warranty")
    with at(10):
        given = {
            "condition": "完好",
            "promised_at": NOW + timedelta(days=5),
            "unsigned_reason": "急",
            "no_photo_reason": "急",
        }
        receipt = workshop.take_back(office["technician"], order_id, **given)
        with db.session.no_autoflush, unit_of_work(SYSTEM, "test"):
            card_id = receipt.card.id
        workshop.start(office["technician"], card_id)
    with at(11):
        field.record_time(office["technician"], order_id, started_at=office_time(10, 5), minutes=30)
    technician = {"technician_id": office.staff("technician")}
    with clock.frozen(NOW):
        wrong = _walk(
            REPAIR_CARD,
            RepairCard,
            card_id,
            office,
            {
                "assign": technician,
                "start": {},
                "wait_for_parts": {"what": "压缩机"},
                "resume": {},
                "report_done": {"fault_code_id": office.faults["F01"], "result": "好"},
                "pass_inspection": {},
                "fail_inspection": {"reason": "异响"},
                "give_up": {"outcome": "declined", "reason": "嫌贵"},
                "take_up": {"reason": "又坏"},
                "send_out": technician,
                "not_delivered": {"reason": "无人"},
                "hand_back": {"signer": "张伟", "drawing": PNG},
                "hand_to": {"to": "shelf", "place": "A-1"},
                "change_promise": {"promised_at": NOW + timedelta(days=9), "told_to": "张伟", "reason": "等零件"},
                "ask_for_help": {"reason": "赶不上"},
            },
            sure=sum(len(transition.roles) for transition in REPAIR_CARD.transitions),
        )
    assert wrong == []


def test_whole_lifecycle_of_a_work_order(office: Cast) -> None:
    with at(9, 10):
        order_id = on_site(office, "in_warranty")
    part, other = office.parts["P-THERM"], office.staff("technician2")
    later = {"appointment_at": NOW + timedelta(hours=1), "agreed_by": "张伟"}
    done = {"fault_code_id": office.faults["F01"], "result": "好"}
    with clock.frozen(NOW):
        wrong = _walk(
            WORK_ORDER,
            WorkOrder,
            order_id,
            office,
            {
                "accept": {},
                "decline": {"reason": "病假"},
                "on_the_way": {},
                "arrive": {},
                "quote": {"minutes": 30},
                "agree_charges": {"name": "张伟"},
                "mark_misuse": {"misuse": True, "reason": "进水"},
                "fit_part": {"part_id": part},
                "remove_part": {"fitted_id": 1},
                "swap_serial": {"kind": "sim", "new": "8986-2"},
                "reserve_part": {"part_id": part, "quantity": 1},
                "release_parts": {},
                "take_back": {
                    "condition": "完好",
                    "promised_at": NOW + timedelta(days=5),
                    "unsigned_reason": "急",
                    "no_photo_reason": "急",
                },
                "hand_back": {"signer": "张伟", "drawing": PNG},
                "record_time": {"started_at": office_time(9, 15), "minutes": 20},
                "sign": {"signer": "张伟", "drawing": PNG},
                "leave_unsigned": {"reason": "急"},
                "override_class": {"service_class": "A", "reason": "人为损坏"},
                "reassign": {"technician_id": other, "reason": "病假"},
                "cancel": {"reason": "误派"},
                "urge": {},
                "add_crew": {"staff_id": other},
                "remove_crew": {"staff_id": other},
                "finish": done,
                "record_contractor": {
                    "arrived_at": office_time(9, 30),
                    "finished_at": office_time(10),
                    **done,
                },
                "close": {},
                "pause": {"waiting_for": "customer", "reason": "不在家"},
                "resume": {},
                "move_appointment": later,
                "ask_for_help": {"reason": "赶不上"},
            },
            sure=75,  # the others want charges, a contractor, or a deadline that is paused
        )
    assert wrong == []
