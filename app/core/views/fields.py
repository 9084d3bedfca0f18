"""Form fields in the words of the office: ``text``, ``notes``, ``money``, ``day``, ``moment``, ``remote`` …

Every function gives one WTForms field. Empty optional values become ``None`` (text: ``""`` unless ``none=True``); text
is stripped; moments are typed in office time and arrive as aware UTC. What was typed stays in the field on refusal.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask import g
from flask_appbuilder.forms import DynamicForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, StopValidation, ValidationError

from app.core import clock
from app.core.views import inputs
from app.core.views.columns import INTEGER_MAX, parse_day, parse_moment
from app.core.views.interface import find
from app.core.views.lookup import known

Labels = Mapping[str, Any]
SIGNATURE_MAX = 300_000
MAGIC = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "application/pdf": (b"%PDF-",),
    "audio/mpeg": (b"ID3", b"\xff\xfb", b"\xff\xf3"),
    "audio/wav": (b"RIFF",),
    "audio/ogg": (b"OggS",),
    "audio/amr": (b"#!AMR",),
    "audio/mp4": tuple(b"\x00\x00\x00" + bytes([size]) + b"ftyp" for size in (0x14, 0x18, 0x1C, 0x20, 0x24)),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (b"PK\x03\x04",),
}


class OfficeForm(DynamicForm):
    """Base of every form of ours. ``refuse(field, message)`` shows a rule's answer next to what was typed."""

    form_errors: list[Any]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what was typed; a form in error is known to the request, for pages that show it by themselves."""
        good: bool = super().validate(extra_validators)
        if not good:
            g.refused_form = self
        return good

    def refuse(self, field: str | None, message: str) -> None:
        """Show ``message`` at the field, or at the top of the form when there is no such field."""
        g.refused_form = self
        target = self._fields.get(field or "") or self._fields.get(f"{field}_id")
        if target is not None and not isinstance(target, HiddenField):
            target.errors = [*target.errors, message]
        else:
            self.form_errors = [*self.form_errors, message]

    @property
    def values(self) -> dict[str, Any]:
        """The values without the form's own bookkeeping: keyword arguments for a command."""
        return {name: value for name, value in self.data.items() if name not in ("csrf_token", "version")}


class Needed:
    """The field must have a value (an unreadable one keeps its own message)."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        typed = field.raw_data or ()
        if typed and all(isinstance(each, str) and not each.strip() for each in typed):
            field.errors = []  # an empty number is missing, not unreadable
            raise StopValidation(_("This field is required."))
        if field.errors:
            raise StopValidation()
        if field.data is None or field.data in ("", [], b""):
            raise StopValidation(_("This field is required."))


class MayBeEmpty:
    """An empty field is fine and needs no further check."""

    def __call__(self, form: Any, field: Field) -> None:
        empty = not field.raw_data or all(isinstance(v, str) and not v.strip() for v in field.raw_data)
        if empty:
            field.errors = []
            raise StopValidation()


def _rules(required: bool, *more: Any) -> list[Any]:
    return [Needed() if required else MayBeEmpty(), *more]


def _strip(value: Any) -> Any:
    # PostgreSQL cannot store NUL; browsers send \r\n. A field that was not sent at all is an empty one.
    if value is None:
        return ""
    return value.replace("\x00", "").replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _none(value: Any) -> Any:
    return None if value == "" else value


class MomentField(Field):
    """A date and time of day in the office's zone; ``data`` is aware UTC."""

    widget = inputs.Input("datetime-local")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: datetime | None = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = parse_moment(valuelist[0])
        except (ValueError, OverflowError) as error:
            raise ValueError(_("Not a valid date and time.")) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return clock.local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""


class DayField(Field):
    """A date."""

    widget = inputs.Input("date")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: date | None = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = parse_day(valuelist[0])
        except ValueError as error:
            raise ValueError(_("Not a valid date value")) from error

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else (self.data.isoformat() if self.data else "")


class HourField(Field):
    """A time of day."""

    widget = inputs.Input("time")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: time | None = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = time.fromisoformat(valuelist[0].strip())
        except ValueError as error:
            raise ValueError(_("Not a valid time of day.")) from error

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else (self.data.strftime("%H:%M") if self.data else "")


class RemoteField(Field):
    """A reference to a row of a large table, chosen through the look-up of that table (20 rows a time, scoped)."""

    widget: Any = inputs.RemoteSelect()

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        model: Any = None,
        narrow: Mapping[str, str] | None = None,
        as_object: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.model, self.narrow, self.as_object = model, dict(narrow or {}), as_object
        self.chosen: Any = None

    def process_data(self, value: Any) -> None:
        self.chosen = find(self.model, value) if isinstance(value, (int, str)) else value
        self._give()

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.chosen = find(self.model, text) if text else None
        self._give()
        if text and self.chosen is None:
            raise ValueError(_("Not a valid choice"))

    def _give(self) -> None:
        self.data = self.chosen if self.as_object or self.chosen is None else self.chosen.id


class RowField(RemoteField):
    """The same from a small reference table, as a plain select with all its rows."""

    widget = inputs.RowSelect()


class RowsField(Field):
    """Several rows of a small table."""

    widget = inputs.RowsSelect()

    def __init__(self, label: Any = None, validators: Any = None, model: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.model = model

    def process_data(self, value: Any) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        found = [find(self.model, text) for text in valuelist if text]
        self.data = [row for row in found if row is not None]
        if len(self.data) != len(found):
            raise ValueError(_("Not a valid choice"))


class SignatureField(Field):
    """A signature drawn on screen; ``data`` is a PNG as bytes."""

    widget = inputs.SignaturePad()

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data: bytes | None = None
        if not text:
            return
        head, _comma, body = text.partition(",")
        try:
            drawn = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            drawn = b""
        if head != "data:image/png;base64" or not drawn.startswith(MAGIC["image/png"]) or len(drawn) > SIGNATURE_MAX:
            raise ValueError(_("The signature could not be read; please sign again."))
        self.data = drawn

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ""


class Decimals:
    """At most ``places`` decimals."""

    def __init__(self, places: int) -> None:
        self.places = places

    def __call__(self, form: Any, field: Field) -> None:
        if not isinstance(field.data, Decimal) or not field.data.is_finite():
            return
        if int(field.data.normalize().as_tuple().exponent) < -self.places:
            raise ValidationError(_("At most %(places)s decimals.", places=self.places))


class FileKind:
    """The upload is small enough and begins like one of the allowed types."""

    def __init__(self, types: tuple[str, ...], megabytes: int) -> None:
        self.types, self.megabytes = types, megabytes

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data:
            return
        stream = field.data.stream
        head = stream.read(16)
        size = stream.seek(0, 2)
        stream.seek(0)
        if size > self.megabytes * 1_000_000:
            raise ValidationError(_("The file is larger than %(size)s MB.", size=self.megabytes))
        if not any(head.startswith(mark) for kind in self.types for mark in MAGIC.get(kind, ())):
            raise ValidationError(_("This kind of file is not accepted."))


class UploadField(FileField):
    """A file; ``data`` is werkzeug's FileStorage or None."""

    widget = inputs.FileInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        chosen = valuelist[0] if valuelist else None
        self.data = chosen if getattr(chosen, "filename", "") else None


def text(
    label: Any, length: int = 120, *, required: bool = True, none: bool = False, help: Any = "", **more: Any
) -> Any:
    """One line of text, at most ``length`` characters."""
    filters = [_strip, _none] if none else [_strip]
    rules = _rules(required, Length(max=length))
    return StringField(label, rules, filters=filters, description=help, widget=inputs.Input("text"), **more)


def notes(
    label: Any, length: int = 4000, *, required: bool = True, none: bool = False, help: Any = "", **more: Any
) -> Any:
    """Several lines of text."""
    filters = [_strip, _none] if none else [_strip]
    rules = _rules(required, Length(max=length))
    return TextAreaField(label, rules, filters=filters, description=help, widget=inputs.TextArea(), **more)


def number(
    label: Any,
    minimum: int = 0,
    maximum: int = INTEGER_MAX,
    *,
    required: bool = True,
    help: Any = "",
    **more: Any,
) -> Any:
    """A whole number within bounds."""
    rules = _rules(required, NumberRange(minimum, maximum))
    return IntegerField(label, rules, description=help, widget=inputs.Input("number", inputmode="numeric"), **more)


def money(
    label: Any,
    minimum: Decimal | int = 0,
    maximum: Decimal | int = 9_999_999_999,
    *,
    required: bool = True,
    places: int = 2,
    help: Any = "",
    **more: Any,
) -> Any:
    """An amount in CNY (or, with other ``places``, any decimal number)."""
    rules = _rules(required, NumberRange(minimum, maximum), Decimals(places))
    widget = inputs.Input("text", inputmode="decimal")
    return DecimalField(label, rules, places=places, description=help, widget=widget, **more)


def day(label: Any, *, required: bool = True, help: Any = "", **more: Any) -> Any:
    """A date."""
    return DayField(label, _rules(required), description=help, **more)


def moment(label: Any, *, required: bool = True, help: Any = "", **more: Any) -> Any:
    """A date and time of day: office time on screen, aware UTC in Python."""
    return MomentField(label, _rules(required), description=help, **more)


def hour(label: Any, *, required: bool = True, help: Any = "", **more: Any) -> Any:
    """A time of day."""
    return HourField(label, _rules(required), description=help, **more)


def yes(label: Any, *, help: Any = "", **more: Any) -> Any:
    """A tick: true or false, never required."""
    return BooleanField(label, description=help, widget=inputs.Tick(), **more)


def choice(
    label: Any,
    options: Labels | Callable[[], Labels],
    *,
    required: bool = True,
    none: bool = True,
    help: Any = "",
    **more: Any,
) -> Any:
    """One of ``{value: label}``."""

    def offered() -> list[tuple[str, Any]]:
        given = options() if callable(options) else options
        return [("", "—" if not required else _("Please choose")), *given.items()]

    def coerce(value: Any) -> Any:
        return (None if none else "") if value in (None, "") else str(value)

    rules = _rules(required)
    return SelectField(
        label, rules, choices=offered, coerce=coerce, description=help, widget=inputs.PlainSelect(), **more
    )


def remote(
    model: Any,
    label: Any,
    *,
    required: bool = True,
    narrow: Mapping[str, str] | None = None,
    as_object: bool = False,
    help: Any = "",
    **more: Any,
) -> Any:
    """A row of a large table; gives its id (``as_object=True``: the row).

    ``narrow={"customer_id": "customer"}`` offers only rows whose column ``customer_id`` equals what the form's field
    ``customer`` holds (a convenience: the command still checks).
    """
    known(model)
    return RemoteField(
        label, _rules(required), model=model, narrow=narrow, as_object=as_object, description=help, **more
    )


def row(model: Any, label: Any, *, required: bool = True, as_object: bool = False, help: Any = "", **more: Any) -> Any:
    """A row of a small reference table as a plain select; gives its id."""
    return RowField(label, _rules(required), model=model, as_object=as_object, description=help, **more)


def rows(model: Any, label: Any, *, required: bool = True, help: Any = "", **more: Any) -> Any:
    """Several rows of a small table; gives the rows."""
    return RowsField(label, _rules(required), model=model, description=help, **more)


def signature(label: Any, *, required: bool = True, help: Any = "", **more: Any) -> Any:
    """A signature drawn with a finger or the mouse; gives PNG bytes."""
    return SignatureField(label, _rules(required), description=help, **more)


def upload(
    label: Any,
    types: tuple[str, ...] = ("image/png", "image/jpeg", "application/pdf"),
    *,
    megabytes: int = 8,
    required: bool = True,
    help: Any = "",
    **more: Any,
) -> Any:
    """A file of one of the given types (checked by content); gives a FileStorage or None."""
    rules = _rules(required, FileKind(types, megabytes))
    return UploadField(label, rules, description=help, render_kw={"accept": ",".join(types)}, **more)


def hidden(label: Any = "", **more: Any) -> Any:
    """A value that travels with the form."""
    return HiddenField(label or _l("Version"), **more)
