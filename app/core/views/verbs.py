"""Buttons on a record's page: what may happen next, asked of the lifecycle, done by the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.wrappers import Response

from app.core import permissions
from app.core.actors import Principal, current
from app.core.errors import Misconfigured
from app.core.lifecycle import Lifecycle
from app.core.uow import unit_of_work
from app.core.views.fields import OfficeForm
from app.core.views.refusals import FORESEEN, explain, leading_on


@dataclass(frozen=True)
class Link:
    """A way on from a record's page (a document to print, a page of its own)."""

    label: Any
    url: str
    icon: str = "fa-file-text-o"
    new_tab: bool = False
    tone: str = "default"  # "primary": what the person most likely came for


@dataclass
class Verb:
    """One command offered as a button. See ``app.core.views`` for the meaning of each part."""

    command: Callable[..., Any]
    form: type[OfficeForm] | None = None
    label: Any = None
    icon: str = ""
    tone: str = "default"
    confirm: Any = None
    when: Callable[[Any], bool] | None = None
    fill: Callable[[Any], dict[str, Any]] | None = None
    after: Callable[[Any], str] | None = None
    bulk: bool = False
    help: Any = ""
    name: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.name = str(getattr(self.command, "verb", ""))
        if not self.name:
            raise Misconfigured(f"{self.command!r} is no command: decorate it with @command")

    @property
    def key(self) -> str:
        """The verb in an address: ``dispatch`` of ``work_order.dispatch``."""
        return self.name.rpartition(".")[2]

    def title(self, lifecycle: Lifecycle | None) -> str:
        """The label of the button."""
        if self.label is not None:
            return str(self.label)
        found = lifecycle.verb_labels.get(self.key) if lifecycle else None
        return _(str(found)) if found else self.key

    def offered(self, record: Any, lifecycle: Lifecycle | None, actor: Principal) -> bool:
        """Whether this person may do it with this record now."""
        if lifecycle is not None and self.name in lifecycle.verbs():
            here = lifecycle.allowed(record.status, actor.roles)
            if not any(f"{lifecycle.name}.{transition.verb}" == self.name for transition in here):
                return False
        elif not permissions.may(actor, self.name):
            return False
        return self.when is None or bool(self.when(record))


class VerbsMixin:
    """The routes of a view's verbs."""

    verbs: list[Verb] = []
    lifecycle: Lifecycle | None = None
    verb_template = "verb.html"

    def offered_verbs(self, record: Any) -> list[Verb]:
        """The verbs this person may do with the record now, in the order of declaration."""
        return [verb for verb in self.verbs if verb.offered(record, self.lifecycle, current())]

    def bulk_verbs(self) -> list[Verb]:
        """The verbs offered for rows ticked in the list: those the role table allows."""
        return [verb for verb in self.verbs if verb.bulk and not verb.form and permissions.may(current(), verb.name)]

    def _verb(self, key: str) -> Verb:
        for verb in self.verbs:
            if verb.key == key:
                return verb
        raise PageNotFound()

    def _record(self: Any, pk: Any) -> Any:
        item = self.datamodel.get(pk, self._base_filters)
        if item is None:
            raise PageNotFound()
        return item

    @expose("/do/<string:key>/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("show")
    def do(self: Any, key: str, pk: str) -> Any:
        """Ask for what the verb needs, then do it; a verb that needs nothing is done at once (POST only)."""
        verb, item = self._verb(key), self._record(pk)
        here = url_for(f"{self.endpoint}.show", pk=item.id)
        if request.method == "GET" and (verb.form is None or not verb.offered(item, self.lifecycle, current())):
            if verb.form is not None:
                flash(_("This is not possible now: the record has moved on."), "warning")
            return redirect(here)
        form = None
        if verb.form is not None:
            start = verb.fill(item) if verb.fill and request.method == "GET" else {}
            g.record = item  # a form's choices may depend on it
            form = verb.form(data=start)
            if request.method == "GET" or not form.validate():
                return self._verb_page(verb, item, form)
        try:
            result = verb.command(current(), item.id, **(form.values if form is not None else {}))
        except FORESEEN as error:
            where, message = explain(error, self)
            if form is None:
                flash(leading_on(error, message), "danger")
                return redirect(here)
            form.refuse(where, message)
            return self._verb_page(verb, self._record(pk), form)
        flash(_("Done: %(verb)s", verb=verb.title(self.lifecycle)), "success")
        return redirect(verb.after(result) if verb.after else here)

    def _verb_page(self: Any, verb: Verb, item: Any, form: OfficeForm) -> tuple[str, int]:
        page = self.render_template(
            self.verb_template,
            title=verb.title(self.lifecycle),
            verb=verb,
            view=self,
            item=item,
            form=form,
            back=url_for(f"{self.endpoint}.show", pk=item.id),
        )
        return page, 422 if request.method == "POST" else 200

    @expose("/do_many/<string:key>", methods=["POST"])
    @has_access
    @permission_name("list")
    def do_many(self: Any, key: str) -> Response:
        """Do a verb for every ticked row: all of them or, when one is refused, none."""
        verb = self._verb(key)
        if not verb.bulk or verb.form is not None:
            raise PageNotFound()
        ids = list(dict.fromkeys(request.form.getlist("rowid")))[:500]
        items = [self._record(pk) for pk in ids]
        if not items:
            flash(_("No row is ticked."), "warning")
            return redirect(self._back())
        try:
            with unit_of_work(current(), verb.name):
                for item in items:
                    verb.command(current(), item.id)
        except FORESEEN as error:
            reason = _("Nothing was changed: %(reason)s", reason=explain(error, self)[1])
            flash(leading_on(error, reason), "danger")
        else:
            flash(_("Done for %(count)s records: %(verb)s", count=len(ids), verb=verb.title(self.lifecycle)), "success")
        return redirect(self._back())

    def _back(self: Any) -> str:
        """The record's page under which the list stood, else the list itself; only a path of this portal."""
        back = request.form.get("back", "")
        inside = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
        return back if inside else str(self._list_url())
