"""Changing the numbers and words of the regulations that are held as data."""

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
