"""Figures typed into a table: ``issue-12`` is the quantity of part 12 in the column ``issue``."""

from __future__ import annotations

from typing import Any

from flask import request

from app.core.errors import N_, Refused
from app.core.views.columns import INTEGER_MAX
from app.parts.rules import Line, serials_of


def figure(name: str) -> int | None:
    """The whole number typed in this field; None when it is empty. Raises ``Refused`` for anything else."""
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    if not typed.isdecimal() or int(typed) > INTEGER_MAX:
        raise Refused(N_("Not a whole number: %(typed)s"), typed=typed[:20])
    return int(typed)


def parts_in(column: str) -> list[tuple[int, str]]:
    """The parts that have a field in this column: (part id, what follows it in the field's name)."""
    found = []
    for name in request.form:
        head, _dash, key = name.partition(f"{column}-")
        number, _dash, rest = key.partition("-")
        if not head and number.isdecimal():
            found.append((int(number), rest))
    return found


def lines(column: str) -> list[Line]:
    """The lines of a column with a quantity; serial numbers stand in ``<column>serials-<part id>``."""
    found = []
    for part_id, rest in parts_in(column):
        quantity = figure(f"{column}-{part_id}-{rest}" if rest else f"{column}-{part_id}")
        serials = tuple(serials_of(request.form.get(f"{column}serials-{part_id}", ""))) if not rest else ()
        if quantity is None and serials:
            quantity = len(serials)  # scanned and not counted
        if quantity:
            found.append(Line(part_id, quantity, serials, rest))
    return found


def typed_values() -> dict[str, Any]:
    """What was typed, to be shown again after a refusal."""
    return dict(request.form.items()) if request.method == "POST" else {}
