"""What happened to a record, who did it and when: its audit trail in the words of its buttons.

Whoever sees the record sees that something was done to it and by whom; what the values were before stays with the audit
trail's own readers. ``timeline_sums`` of a view names sums kept with the record (an invoice's ``paid``): of those it says
by how much they changed. An area gives words for verbs that stand on no button: ``timeline.WORDS["work_order.fit_part"] = …``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.actors import SYSTEM
from app.core.audit import AuditEntry
from app.core.db import db

MOST = 60
WORDS: dict[str, str] = {}
# Bookkeeping that says nothing about what people did.
UNSAID = frozenset({"version", "created_at", "id"})


@dataclass
class Event:
    """One thing done: by whom, when, what it is called, the state it led to, the fields it touched."""

    at: datetime
    actor: str
    what: str
    state: Any = ""
    fields: list[str] = field(default_factory=list)


def events(view: Any, item: Any) -> list[Event]:
    """The newest things done to the record, newest first; for a record the person already sees."""
    table = view.datamodel.obj.__tablename__
    statement = (
        select(AuditEntry.at, AuditEntry.actor, AuditEntry.verb, AuditEntry.before, AuditEntry.after)
        .where(AuditEntry.record == table, AuditEntry.record_id == item.id)
        # In the order it was written: a long unit of work stamps all of it with the moment it began.
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
        .execution_options(unscoped=True)
    )
    found: list[Event] = []
    for at, actor, verb, before, after in db.session.execute(statement):
        actor = str(_("The system")) if actor == SYSTEM.name else actor
        new = not before
        state = view.render("status", after["status"]) if "status" in after and "status" in view.choices else ""
        touched = [] if new else _labels(view, before, after)
        last = found[-1] if found else None
        what = _words(view, verb, new)
        if last is not None and (last.at, last.actor, last.what) == (at, actor, what):
            last.fields += [name for name in touched if name not in last.fields]
            last.state = last.state or state
        else:
            found.append(Event(at, actor, what, state, touched))
    return found


def _labels(view: Any, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    shown = {name.removesuffix("_id") for name in (*view.show_columns, *view.list_columns)}
    touched = dict.fromkeys(name.removesuffix("_id") for name in (*before, *after) if name not in UNSAID | {"status"})
    labels = []
    for name in touched:
        if name not in shown or name not in view.label_columns:
            continue
        label = str(view.label_columns[name])
        if name in view.timeline_sums and name in before and name in after:
            label = f"{label} {Decimal(after[name]) - Decimal(before[name]):+,.2f}"
        labels.append(label)
    return labels


def _words(view: Any, verb: str, new: bool) -> str:
    if verb in WORDS:
        return str(_(WORDS[verb]))
    for offered in view.verbs:
        if offered.name == verb:
            return str(offered.title(view.lifecycle))
    tail = verb.rpartition(".")[2]
    labels = view.lifecycle.verb_labels if view.lifecycle is not None else {}
    known = labels.get(tail) or WORDS.get(tail)
    if known:
        return str(_(str(known)))
    return str(_("Entered") if new else _("Changed"))
