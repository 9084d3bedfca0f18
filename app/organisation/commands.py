"""Changing the numbers and words of the regulations that are held as data; who works here no longer."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.core import settings
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Conflict, NotFound, Refused
from app.core.settings import Setting
from app.core.uow import command
from app.organisation.models import Staff
from app.organisation.queries import is_superior
from app.organisation.rules import setting_value

LEAVING_GUARDS: list[Callable[[Staff], None]] = []
"""Asked before somebody is marked as no longer working here; a later area refuses while something is unsettled."""


@command("setting.change")
def change_setting(actor: Principal, key: str, *, value: str, was: str | None = None) -> Setting:
    """Give a declared setting another value; ``was`` is the value the person saw.

    Raises ``Conflict`` when it is another one by now, ``Refused`` for a value that cannot be read back as a number,
    an amount or whatever the setting's own check wants.
    """
    known = next((each for each in settings.declared() if each.key == key), None)
    if known is None:
        raise NotFound("setting")
    if was is not None and was != settings.value(key):
        raise Conflict()
    stored = setting_value(known.default, value)
    if known.check is not None:
        try:
            known.check(stored)
        except ValueError as problem:
            raise Refused(N_("This value cannot be used: %(reason)s"), field="value", reason=str(problem)) from problem
    row: Setting | None = db.session().execute(select(Setting).where(Setting.key == key)).scalar_one_or_none()
    if row is None:
        row = Setting(key=key)
        db.session().add(row)
    row.value = stored
    db.session().flush()
    return row


def check_leaving(person: Staff) -> None:
    """Who leaves has settled what is to settle. Raises ``Refused`` with all that is owed and where it is settled."""
    owed = []
    for guard in LEAVING_GUARDS:
        try:
            guard(person)
        except Refused as error:
            owed.append(error)
    if owed:
        first, *others = owed
        raise first.besides(others)


@command("staff.leave")
def leave(actor: Principal, staff_id: int) -> Staff:
    """Somebody works here no longer: nothing is given to them any more. Superiors say so for those of their own branch
    who stand below them, the administrator for everybody.

    Raises ``Refused`` while something is unsettled (``LEAVING_GUARDS``).
    """
    statement = select(Staff).where(Staff.id == staff_id).with_for_update(of=Staff)
    person: Staff | None = db.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if person is None:
        raise NotFound("staff")
    if not actor.has("administrator") and person.branch_id != actor.branch_id:
        raise Refused(N_("This person works at another branch."))
    if person.id == actor.staff_id:
        raise Refused(N_("Nobody says so of oneself: somebody above you does."))
    if not actor.has("administrator") and not is_superior(actor, person):
        raise Refused(N_("This person does not stand below you: somebody above them says so."))
    if not person.active:
        raise Refused(N_("This is not possible now: the record has moved on."))
    check_leaving(person)
    person.active = False
    db.session.flush()
    return person
