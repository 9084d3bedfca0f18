"""Every form there is: native dates, no select of thousands, labels, the guard, Ctrl-S (issue 6: forms)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from wtforms import DateField, DateTimeField, TimeField

from app.core.actors import SYSTEM, acting_as
from app.core.views import BaseView, FormPage, OfficeForm
from app.core.views.fields import DayField, HourField, MomentField
from app.core.views.inputs import RowSelect, RowsSelect

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "screens"
# Tables an office has a few dozen rows of at most; all others are searched in a remote select.
SMALL = {
    "Branch", "Role", "Skill", "RefusalReason", "DistributionList", "FaultCode", "User", "Contractor", "EscalationLevel",
    "VisitRule", "VisitQuestion",
}  # fmt: skip


def forms(app: Flask) -> Iterator[tuple[str, type[OfficeForm]]]:
    """``(where, form)`` of every screen: to add, to edit, of every verb, of pages of their own."""
    for view in app.appbuilder.baseviews:  # type: ignore[attr-defined]  # set by the framework
        name = type(view).__name__
        if isinstance(view, BaseView):
            if "add" not in view.exclude_route_methods:
                yield f"{name}.add", view.add_form
            if "edit" not in view.exclude_route_methods:
                yield f"{name}.edit", view.edit_form
            for verb in view.verbs:
                if verb.form is not None:
                    yield f"{name}.{verb.key}", verb.form
        elif isinstance(view, FormPage):
            yield name, view.form
    # And those that pages of their own show.
    known: set[type[OfficeForm]] = set()
    todo = [OfficeForm]
    while todo:
        for kind in todo.pop().__subclasses__():
            if kind not in known and kind.__module__.startswith("app."):
                known.add(kind)
                todo.append(kind)
                yield f"{kind.__module__}.{kind.__name__}", kind


def fields_of(form: type[OfficeForm]) -> Iterator[tuple[str, type[Any], dict[str, Any]]]:
    """``(name, class, arguments)`` of the form's fields, without making them."""
    for name, field in inspect.getmembers(form, lambda each: hasattr(each, "field_class")):
        yield name, field.field_class, field.kwargs


def test_no_select_holds_a_large_table(app: Flask) -> None:
    wrong, seen = set(), 0
    with app.test_request_context(), acting_as(SYSTEM):
        for where, form in forms(app):
            for name, kind, given in fields_of(form):
                widget = given.get("widget") or getattr(kind, "widget", None)
                if isinstance(widget, (RowSelect, RowsSelect)):
                    seen += 1
                    model = given["model"]
                    if model.__name__ not in SMALL and not getattr(model, "__small__", False):
                        wrong.add(f"{where}.{name}: {model.__name__}")
    assert seen > 10
    # The products of one contract's customer are ticked, not searched.
    assert {each for each in wrong if not each.endswith(".products: Voucher")} == set()


def test_days_and_times_are_the_browser_s_own(app: Flask) -> None:
    native = {MomentField: "datetime-local", DayField: "date", HourField: "time"}
    seen = set()
    with app.test_request_context(), acting_as(SYSTEM):
        for where, form in forms(app):
            for name, kind, given in fields_of(form):
                assert not issubclass(kind, (DateField, DateTimeField, TimeField)), (where, name)
                wanted = next((text for base, text in native.items() if issubclass(kind, base)), "")
                if wanted:
                    assert (given.get("widget") or kind.widget).input_type == wanted, (where, name)
                    seen.add(wanted)
    assert seen == set(native.values())


def test_every_form_page_keeps_what_was_typed_and_saves_by_ctrl_s() -> None:
    """A form with fields to type in has the guard; one that is sent has ``data-form``: once a click, and Ctrl-S."""
    wrong = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        for tag, inside in re.findall(r"(<form[^>]*method=\"post\"[^>]*>)(.*?)</form>", path.read_text(), re.DOTALL):
            typed = re.search(r"ui\.(field|all_fields)\(|<textarea|<input(?![^>]*type=\"(hidden|checkbox)\")", inside)
            if typed and "data-form" not in tag and "data-bulk" not in tag and "drop-form" not in tag:
                wrong.append(f"{path.name}: {tag}")
    assert wrong == []
