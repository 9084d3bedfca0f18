"""HTML of the form fields: native inputs of the browser, one class name, no inline script."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import select
from wtforms import Field
from wtforms.widgets import html_params

SMALL_TABLE = 300


def _attributes(field: Field, given: dict[str, Any], **more: Any) -> Markup:
    attributes: dict[str, Any] = {"id": field.id, "name": field.name, "class": "form-control", **more, **given}
    if field.errors:
        attributes["aria-invalid"] = "true"
        attributes["aria-describedby"] = f"{field.id}-error"
    return Markup(html_params(**attributes))  # nosec B704  # html_params escapes


class Input:
    """``<input>`` of a type."""

    def __init__(self, kind: str, **attributes: Any) -> None:
        self.kind, self.attributes = kind, attributes
        self.input_type = kind

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        value = field._value()
        longest = getattr(field.flags, "maxlength", None)
        more = {"maxlength": longest} if longest else {}
        attributes = _attributes(field, kwargs, type=self.kind, value=value, **self.attributes, **more)
        return Markup("<input {}>").format(attributes)


class FileInput(Input):
    """``<input type=file>``: a browser never gets a chosen file back."""

    def __init__(self) -> None:
        super().__init__("file")

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        return Markup("<input {}>").format(_attributes(field, kwargs, type="file"))


class TextArea:
    """``<textarea>``."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        longest = getattr(field.flags, "maxlength", None)
        more = {"maxlength": longest} if longest else {}
        attributes = _attributes(field, kwargs, rows=3, **more)
        return Markup("<textarea {}>\n{}</textarea>").format(attributes, field._value())


class Tick:
    """A checkbox with its label beside it."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        given = {"class": "tick", **kwargs}
        attributes = _attributes(field, given, type="checkbox", value="y", checked=bool(field.data))
        return Markup("<input {}>").format(attributes)


def _option(value: Any, label: Any, chosen: bool) -> Markup:
    mark = Markup(" selected") if chosen else Markup("")
    return Markup('<option value="{}"{}>{}</option>').format(value, mark, label)


def _select(field: Field, kwargs: dict[str, Any], options: list[Markup], **more: Any) -> Markup:
    attributes = _attributes(field, kwargs, **more)
    return Markup("<select {}>{}</select>").format(attributes, Markup("").join(options))


class PlainSelect:
    """``<select>`` of a choice field."""

    field_flags: dict[str, Any] = {}

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        options = [_option(value, label, chosen) for value, label, chosen, _more in field.iter_choices()]
        return _select(field, kwargs, options)


class RemoteSelect:
    """A select that fetches its options from the table's look-up; ``office.js`` turns it into a search box."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        from app.core.views.lookup import label_of, name_of

        options = [_option("", "", False)]
        if field.chosen is not None:
            options.append(_option(field.chosen.id, label_of(field.chosen), True))
        narrow = " ".join(f"{column}={other}" for column, other in field.narrow.items())
        return _select(
            field,
            kwargs,
            options,
            data_remote=url_for("LookupView.rows", name=name_of(field.model)),
            data_placeholder=_("Type to search"),
            data_narrow=narrow,
        )


class RowSelect:
    """All rows of a small table."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        chosen = field.chosen.id if field.chosen is not None else None
        options = [_option("", "—", chosen is None)]
        options += [_option(row.id, label, row.id == chosen) for row, label in small_rows(field.model)]
        return _select(field, kwargs, options)


class RowsSelect:
    """All rows of a small table, several may be chosen: tick boxes."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        chosen = {row.id for row in field.data or []}
        parts = [
            Markup(
                '<label class="tick-row"><input type="checkbox" class="tick" name="{}" value="{}"{}> {}</label>'
            ).format(field.name, row.id, Markup(" checked") if row.id in chosen else Markup(""), label)
            for row, label in small_rows(field.model)
        ]
        return Markup('<div class="tick-rows" id="{}">{}</div>').format(field.id, Markup("").join(parts))


class SignaturePad:
    """A canvas to sign on; ``signature.js`` writes the PNG into the hidden input."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        return Markup(
            '<div class="signature" data-signature="{id}"><canvas aria-label="{label}"></canvas>'
            '<input type="hidden" id="{id}" name="{name}" value="{value}">'
            '<button type="button" class="btn btn-default" data-signature-clear>{clear}</button></div>'
        ).format(id=field.id, name=field.name, value=field._value(), label=field.label.text, clear=_("Clear"))


def small_rows(model: Any) -> list[tuple[Any, Any]]:
    """The rows of a small reference table the person may see, with their labels, in the order they were entered."""
    from app.core.db import db
    from app.core.views.lookup import label_of, offered

    found = db.session.scalars(offered(model, select(model).order_by(model.id).limit(SMALL_TABLE))).unique().all()
    return [(row, escape(label_of(row))) for row in found]
