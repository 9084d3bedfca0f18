"""Saving a form: one unit of work, or nothing (trap 9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound

from app.core.actors import current
from app.core.errors import N_, Conflict, Refused
from app.core.uow import unit_of_work
from app.core.views.fields import OfficeForm
from app.core.views.forms import fill
from app.core.views.interface import find

STALE = (Conflict, StaleDataError)


def create(view: Any, form: OfficeForm) -> Any:
    """Write a new record. Raises what ``refusals.FORESEEN`` lists."""
    view.process_form(form, True)
    if view.add_command is not None:
        return view.add_command(current(), **form.values)
    with unit_of_work(current(), f"{view.datamodel.verbs}.create") as session:
        item = view.datamodel.obj()
        fill(item, form, view.add_columns)
        view.pre_add(item)
        session.add(item)
        session.flush()
        _still_visible(view, item)
        view.post_add(item)
        session.flush()
    return item


def change(view: Any, pk: int, form: OfficeForm) -> Any:
    """Write the changes of a record. Raises ``Conflict`` when the form was opened on an older version."""
    view.process_form(form, False)
    command = view.edit_command
    verb = getattr(command, "verb", f"{view.datamodel.verbs}.update")
    with unit_of_work(current(), verb) as session:
        item = view.datamodel.get(pk, view._base_filters)
        if item is None:
            raise NotFound()
        _check_version(item, form)
        if command is not None:
            return command(current(), pk, **form.values) or item
        with session.no_autoflush:
            fill(item, form, view.edit_columns)
            view.pre_update(item)
        session.flush()
        _still_visible(view, item)
        view.post_update(item)
        session.flush()
    return item


def _check_version(item: Any, form: OfficeForm) -> None:
    if "version" not in form or not hasattr(item, "version"):
        return
    if str(form["version"].data) != str(item.version):
        raise Conflict()


def _still_visible(view: Any, item: Any) -> None:
    """Nobody files a record where they may not see it themselves: another branch, another person's work."""
    if find(view.datamodel.obj, item.id) is None:
        raise Refused(N_("You may not put a record where you cannot see it yourself."))


@dataclass
class Difference:
    """One field in which the form and the stored record differ."""

    label: Any
    mine: Any
    stored: Any


def differences(view: Any, item: Any, form: OfficeForm) -> list[Difference]:
    """What the conflict page shows: field, what was typed, what is stored now."""
    found = []
    for name in view.edit_columns:
        if name not in form:
            continue
        field = form[name]
        mine = getattr(field, "chosen", None) or field.data
        stored = getattr(item, name, None)
        if mine != stored and (mine or stored):
            found.append(Difference(field.label.text, view.render(name, mine), view.render(name, stored)))
    return found
