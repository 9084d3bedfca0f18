"""The field for instalments of one's own: days and amounts, row by row, with their sum against the invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import g
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Field

from app.contracts.models import Contract
from app.core.money import to_fen
from app.core.views.columns import parse_day

ROWS = 3


def whole_of(record: Any) -> Decimal | None:
    """What an invoice of the record comes to, where that is known before it is made out (CNY)."""
    if isinstance(record, Contract):
        return record.price
    return getattr(record, "total", None)


class PlanTable:
    """The rows as inputs; ``plan.js`` adds rows and says what the amounts come to."""

    def __call__(self, field: PlanField, **_kwargs: Any) -> Markup:
        typed = field.typed()
        typed += [("", "")] * max(ROWS - len(typed), 1 if field.typed() else 0)
        rows = Markup("").join(_row(field, place, *each) for place, each in enumerate(typed, 1))
        whole = field.whole if field.whole is not None else whole_of(g.get("record"))
        return Markup(
            '<div class="plan-rows" id="{id}" data-plan="{whole}">{rows}'
            '<p class="plan-sum"><button type="button" class="btn btn-default btn-sm" data-plan-more hidden>{more}</button>'
            ' <span data-plan-sum data-words="{words}"></span></p></div>'
        ).format(
            id=field.id,
            whole=whole if whole is not None else "",
            rows=rows,
            more=_("Another instalment"),
            words=_("Together:"),
        )


def _row(field: PlanField, place: int, day: str, amount: str) -> Markup:
    invalid = (
        Markup(' aria-invalid="true" aria-describedby="{}-error"').format(field.id) if field.errors else Markup("")
    )
    return Markup(
        '<div class="plan-row"><input type="date" class="form-control" name="{name}" value="{day}" aria-label="{on}"{bad}>'
        '<input type="text" inputmode="decimal" class="form-control" name="{name}" value="{amount}" placeholder="0.00"'
        ' aria-label="{much}"{bad}></div>'
    ).format(
        name=field.name,
        day=day,
        amount=amount,
        bad=invalid,
        on=_("Instalment %(place)s: day", place=place),
        much=_("Instalment %(place)s: amount", place=place),
    )


class PlanField(Field):
    """Day and amount (CNY) by turns; ``data`` is a list of pairs, empty rows left out."""

    widget = PlanTable()
    whole: Decimal | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: list[tuple[date, Decimal]] = []
        for day, amount in self.typed():
            if not day and not amount:
                continue
            if not day or not amount:
                raise ValueError(_("Every instalment has a day and an amount."))
            try:
                number = Decimal(amount.replace(",", ""))
                kept = to_fen(number)
                self.data.append((parse_day(day), kept))
            except (ValueError, InvalidOperation) as error:
                raise ValueError(_("A day, and an amount in yuan and fen.")) from error
            if kept != number:
                raise ValueError(_("A day, and an amount in yuan and fen."))

    def typed(self) -> list[tuple[str, str]]:
        """The rows as they stand in the form."""
        if self.raw_data:
            words = [str(each).strip() for each in self.raw_data]
            return [row for row in zip(words[::2], words[1::2], strict=False) if any(row)]
        return [(day.isoformat(), f"{amount:.2f}") for day, amount in self.data or []]
