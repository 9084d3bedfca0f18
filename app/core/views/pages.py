"""Pages that are not a list over a model: free pages and single forms."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import BaseView as FrameworkView
from flask_appbuilder import expose, has_access
from werkzeug.wrappers import Response

from app.core.views.fields import OfficeForm
from app.core.views.refusals import FORESEEN, explain


class Page(FrameworkView):
    """A page of its own: give ``route_base``, and methods with ``@expose`` and ``@has_access``."""

    default_view = "index"


class FormPage(FrameworkView):
    """One form on a page. ``save(form)`` does it (usually one command) and says where to go."""

    default_view = "form_page"
    form: type[OfficeForm]
    title: Any = ""
    help: Any = ""
    done: Any = ""
    template = "form_page.html"

    def start(self) -> dict[str, Any]:
        """Starting values of the fields."""
        return {}

    def save(self, form: OfficeForm) -> str | Response:
        """Do what the form asks; returns the address to go to, or a response."""
        raise NotImplementedError

    @expose("/", methods=["GET", "POST"])
    @has_access
    def form_page(self) -> Any:
        """Show the form, or do what it asks; a refusal appears at its field and what was typed stays."""
        form = self.form(data=self.start() if request.method == "GET" else None)
        if request.method == "POST" and form.validate():
            try:
                result = self.save(form)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                if self.done:
                    flash(str(self.done), "success")
                return result if isinstance(result, Response) else redirect(result)
        page = self.render_template(self.template, title=self.title, form=form, view=self)
        return page, 422 if request.method == "POST" else 200
