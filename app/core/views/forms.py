"""From a model's columns to a form of ours."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import RelationshipProperty

from app.core.errors import Misconfigured
from app.core.views import fields
from app.core.views.columns import INTEGER_MAX, column_of, kind_of, mapper_of, property_of
from app.core.views.lookup import known

# WTForms keeps its own things under these names (trap 16).
RESERVED = {"meta", "data", "errors", "form_errors", "values", "refuse", "validate", "process", "populate_obj", "_id"}


def has_default(column: Any) -> bool:
    """Whether a row can be written without a value for the column."""
    return column.default is not None or column.server_default is not None


def _needed(view: Any, name: str) -> bool:
    model = view.datamodel.obj
    if name in view.required_columns:
        return True
    found = property_of(model, name)
    if isinstance(found, RelationshipProperty):
        if found.uselist:
            return False
        local = next(iter(found.local_columns))
        return not local.nullable and not has_default(local)
    column = column_of(model, name)
    return column is not None and not column.nullable and not has_default(column)


def _more(view: Any, name: str, column: Any) -> dict[str, Any]:
    more: dict[str, Any] = {"help": view.description_columns.get(name, "")}
    default = getattr(column, "default", None)
    if default is not None and getattr(default, "is_scalar", False):
        more["default"] = default.arg
    return more


def _reference(view: Any, name: str, label: Any, required: bool) -> Any:
    target = property_of(view.datamodel.obj, name).mapper.class_
    known(target)
    more = {"required": required, "as_object": True, "help": view.description_columns.get(name, "")}
    if name in view.small_references or getattr(target, "__small__", False):
        return fields.row(target, label, **more)
    return fields.remote(target, label, narrow=view.narrow.get(name), **more)


def field_for(view: Any, name: str) -> Any:
    """The form field of one column of the view's model."""
    if name in RESERVED:
        raise Misconfigured(f"{type(view).__name__}: a form cannot hold a column called {name!r}")
    model, label, required = view.datamodel.obj, view.label_columns.get(name, name), _needed(view, name)
    kind = kind_of(model, name)
    if kind == "reference":
        return _reference(view, name, label, required)
    if kind == "references":
        target = property_of(model, name).mapper.class_
        known(target)
        return fields.rows(target, label, required=required, help=view.description_columns.get(name, ""))
    column = column_of(model, name)
    if column is None:
        raise Misconfigured(f"{type(view).__name__}: {name!r} is no column of {model.__name__}")
    more = _more(view, name, column)
    none = bool(column.nullable)
    if name in view.choices:
        return fields.choice(label, view.choices[name], required=required, none=none, **more)
    length = getattr(column.type, "length", None)
    match kind:
        case "text":
            return fields.text(label, length or 255, required=required, none=none, **more)
        case "notes":
            return fields.notes(label, length or 20_000, required=required, none=none, **more)
        case "whole":
            return fields.number(label, view.minimum.get(name, 0), INTEGER_MAX, required=required, **more)
        case "money":
            return fields.money(label, view.minimum.get(name, 0), required=required, **more)
        case "decimal":
            places = getattr(column.type, "scale", None)
            return fields.money(
                label, view.minimum.get(name, 0), places=6 if places is None else places, required=required, **more
            )
        case "yes":
            return fields.yes(label, **more)
        case "day":
            return fields.day(label, required=required, **more)
        case "hour":
            return fields.hour(label, required=required, **more)
        case "moment":
            return fields.moment(label, required=required, **more)
    raise Misconfigured(f"{type(view).__name__}: no form field for {name!r}; declare it in …_form_extra_fields")


def model_form(view: Any, columns: list[str], extra: dict[str, Any], *, version: bool) -> type[fields.OfficeForm]:
    """A form class with these columns of the view's model, the extra fields, and the record's version if asked."""
    parts: dict[str, Any] = {name: extra[name] if name in extra else field_for(view, name) for name in columns}
    if version and "version" in mapper_of(view.datamodel.obj).column_attrs:
        parts["version"] = fields.hidden()
    return type("OfficeModelForm", (fields.OfficeForm,), parts)


def fill(item: Any, form: fields.OfficeForm, columns: list[str]) -> None:
    """Write the form's values into the record, only those that differ."""
    for name in columns:
        if name not in form or not hasattr(type(item), name):
            continue
        value = form[name].data
        column = column_of(type(item), name)
        if value is None and column is not None and not column.nullable:
            if has_default(column) and getattr(column.default, "is_scalar", False):
                value = column.default.arg
            else:
                continue
        if getattr(item, name) != value:
            setattr(item, name, value)
