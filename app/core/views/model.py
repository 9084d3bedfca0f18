"""``BaseView``: a list, a record's page and forms over one model. How to use it stands in ``app.core.views``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from flask import (
    abort,
    current_app,
    flash,
    redirect,
    request,
    session,
    url_for,
)
from flask_appbuilder import ModelView, expose, has_access
from flask_appbuilder.models.filters import Filters
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.actors import current
from app.core.listing import columns_of, filters_of
from app.core.permissions import may
from app.core.scope import ALL, widest
from app.core.uow import unit_of_work
from app.core.views import saving
from app.core.views.columns import kind_of, mapper_of, property_of
from app.core.views.display import NOTHING, shown
from app.core.views.fields import OfficeForm
from app.core.views.filters import Related, RelatedMany, fresh
from app.core.views.forms import model_form
from app.core.views.interface import OfficeInterface
from app.core.views.lists import ListPage, filter_by_address, search_field
from app.core.views.lookup import known, label_of
from app.core.views.refusals import FORESEEN, explain
from app.core.views.timeline import Event, events
from app.core.views.verbs import Link, VerbsMixin

COMMON_LABELS = {
    "id": _l("No."),
    "number": _l("Number"),
    "name": _l("Name"),
    "status": _l("Status"),
    "branch": _l("Branch"),
    "note": _l("Note"),
    "active": _l("In use"),
    "created_at": _l("Entered at"),
    "version": _l("Version"),
}
# Never typed by people: the system keeps them (design §2: status columns are never in an edit form).
KEPT_BY_SYSTEM = {"id", "version", "created_at"}
REMEMBERED = 400
# An area below puts a way on under the records of one above it: view class -> functions that give links of a record.
MORE_LINKS: dict[type, list[Callable[[Any], Sequence[Link]]]] = {}
# Likewise lists under the record's page that no foreign key leads to: functions that give one, or None for who may not.
MORE_LISTS: dict[type, list[Callable[[Any], ListPage | None]]] = {}


class Within:
    """A record's name within a title: 新增客户, "New customer"; what is written large stays so ("SIM card")."""

    def __init__(self, name: Any) -> None:
        self.name = name

    def __str__(self) -> str:
        name = str(self.name)
        return name[:1].lower() + name[1:] if name[1:2].islower() else name


class BaseView(VerbsMixin, ModelView):
    """Base of every screen over a model."""

    datamodel: OfficeInterface
    record_name: Any = ""
    list_name: Any = ""
    choices: dict[str, Any] = {}
    tones: dict[str, Any] = {}
    required_columns: Any = ()
    role_columns: dict[str, Sequence[str]] = {}  # columns of the list for a role, until a person chooses others
    small_references: Sequence[str] = ()
    narrow: dict[str, dict[str, str]] = {}
    minimum: dict[str, int] = {}
    eager: Sequence[str] = ()
    quick_columns: Sequence[str] | None = None
    masks: dict[str, str] = {}  # column -> property that lists and their exports show in its place
    numeric_columns: Sequence[str] = ()  # properties set flush right; columns of the table are known by their type
    deletable = False
    add_command: Callable[..., Any] | None = None
    edit_command: Callable[..., Any] | None = None
    list_help: Any = ""
    _of_a_branch = False
    timeline = True  # whether the record's page says what happened to it
    timeline_sums: Sequence[str] = ()  # amounts kept with the record, of which it says by how much they changed
    next_screens: tuple[str, ...] = ()  # where an empty list leads, by menu entry: set from app/menu.py
    empty_help: Any = ""  # what an empty list says: why it is empty, what to do next
    add_help: Any = ""

    # The framework's own, named here for the type checker (it declares them without types).
    exclude_route_methods: Any = frozenset()
    label_columns: Any = None
    description_columns: Any = None
    formatters_columns: Any = None
    validators_columns: Any = None
    add_form_extra_fields: Any = None
    edit_form_extra_fields: Any = None
    related_views: Any = None
    _related_views: Any = None
    base_filters: Any = None
    list_columns: Any = None
    search_columns: Any = None
    order_columns: Any = None
    list_title: Any = ""
    show_title: Any = ""
    add_title: Any = ""
    edit_title: Any = ""
    add_form: Any = None
    edit_form: Any = None

    list_template = "list.html"
    show_template = "show.html"
    add_template = "form.html"
    edit_template = "form.html"
    conflict_template = "conflict.html"
    # No way to files past their rows: app.core.files has the one checked route.
    download = None

    def __init__(self, **kwargs: Any) -> None:
        # A plain function as a class attribute would become a method and be given the view as its actor.
        self.add_command = inspect.getattr_static(type(self), "add_command")
        self.edit_command = inspect.getattr_static(type(self), "edit_command")
        excluded = set(self.exclude_route_methods) | {"download"}
        if not (self.add_columns or self.add_fieldsets):
            excluded.add("add")
        if not (self.edit_columns or self.edit_fieldsets):
            excluded.add("edit")
        if not self.deletable:
            excluded.add("delete")
        self.exclude_route_methods = excluded | self._needless()
        super().__init__(**kwargs)

    def _needless(self) -> set[str]:
        """Routes for what this screen has not: an address that leads nowhere is only one more door to watch."""
        bulk = any(verb.bulk and verb.form is None for verb in self.verbs)
        acting = any(hasattr(getattr(type(self), name, None), "_action") for name in dir(type(self)))
        offered = {
            "do": bool(self.verbs),
            "do_many": bulk,
            "action": acting,
            "action_post": acting or bulk,
        }
        return {name for name, needed in offered.items() if not needed}

    # -- declarations ----------------------------------------------------------------------------------------------
    def _gather(self, attribute: str, own: dict[str, Any] | None) -> dict[str, Any]:
        """What the model's classes and the view say together; the view wins."""
        found: dict[str, Any] = {}
        for cls in reversed(self.datamodel.obj.__mro__):
            found.update(cls.__dict__.get(attribute) or {})
        return {**found, **(own or {})}

    def _init_properties(self) -> None:
        model = self.datamodel.obj
        self.choices = self._gather("__choices__", self.choices)
        self.tones = self._gather("__tones__", self.tones)
        self.required_columns = {*getattr(model, "__required__", ()), *self.required_columns}
        if self.lifecycle is not None and "status" not in self.choices:
            self.choices["status"] = dict(self.lifecycle.state_labels)
        if "status" in self.choices:
            self.tones.setdefault("status", {})
        self.label_columns = {**COMMON_LABELS, **self._gather("__labels__", self.label_columns)}
        self.description_columns = dict(self.description_columns or {})
        self.formatters_columns = dict(self.formatters_columns or {})
        self.validators_columns = dict(self.validators_columns or {})
        self.add_form_extra_fields = dict(self.add_form_extra_fields or {})
        self.edit_form_extra_fields = dict(self.edit_form_extra_fields or {})
        self.related_views, self._related_views = list(self.related_views or []), []
        self._init_columns()
        self.search_columns = list(self.search_columns or [])
        self.base_filters = self.base_filters or []
        self._base_filters = self.datamodel.get_filters().add_filter_list(self.base_filters)
        self._filters = self.datamodel.get_filters(self.search_columns)
        if self.quick_columns is None:
            self.quick_columns = [
                name for name in self.search_columns if kind_of(model, name) == "text" and name not in self.choices
            ]
        for_roles = [name for names in self.role_columns.values() for name in names]
        self._of_a_branch = "branch" in mapper_of(model).relationships
        self.datamodel.load_with([*self.eager, *self.list_columns, *for_roles, *["branch"] * self._of_a_branch])
        for name in self.search_columns:
            if kind_of(model, name) in ("reference", "references"):
                known(property_of(model, name).mapper.class_)

    def _init_columns(self) -> None:
        model = self.datamodel.obj
        own = [attr.key for attr in mapper_of(model).column_attrs if attr.key not in ("id", "version")]
        self.list_columns = list(self.list_columns or own[:5])
        for page, default in (("show", own), ("add", []), ("edit", [])):
            sections = getattr(self, f"{page}_fieldsets")
            if sections:
                names = [name for _title, given in sections for name in given["fields"]]
            else:
                names = list(getattr(self, f"{page}_columns") or default)
            if page != "show":
                forbidden = KEPT_BY_SYSTEM | ({"status"} if self.lifecycle is not None else set())
                names = [name for name in names if name not in forbidden]
            setattr(self, f"{page}_columns", names)
        sortable = ("reference", "references", "other")
        chosen = self.order_columns if self.order_columns is not None else self.list_columns
        self.order_columns = [name for name in chosen if "." not in name and kind_of(model, name) not in sortable]

    def _init_titles(self) -> None:
        name = self.record_name or self.datamodel.model_name
        self.list_title = self.list_title or self.list_name or name
        self.show_title = self.show_title or name
        self.add_title = self.add_title or _l("New %(record)s", record=Within(name))
        self.edit_title = self.edit_title or _l("Change %(record)s", record=Within(name))
        self.title = self.list_title

    def _init_forms(self) -> None:
        self.add_form = self.add_form or model_form(self, self.add_columns, self.add_form_extra_fields, version=False)
        self.edit_form = self.edit_form or model_form(
            self, self.edit_columns, self.edit_form_extra_fields, version=True
        )

    def unlabelled(self) -> list[str]:
        """Columns on this screen without a label of their own (a test wants none)."""
        used = [*self.list_columns, *self.show_columns, *self.add_columns, *self.edit_columns, *self.search_columns]
        return sorted({name for name in used if name not in self.label_columns})

    # -- filters: a copy for each request ----------------------------------------------------------------------------
    @property
    def _filters(self) -> Filters:
        return fresh(self._filters_template)

    @_filters.setter
    def _filters(self, value: Filters) -> None:
        self._filters_template = value

    # -- small things the templates ask ------------------------------------------------------------------------------
    def permitted(self, permission: str) -> bool:
        """Whether the person may use this part of the screen."""
        if permission not in (self.base_permissions or []):
            return False
        return bool(self.appbuilder.sm.has_access(permission, self.class_permission_name))

    def render(self, column: str, value: Any) -> Any:
        """How a value of a column looks in lists and on the record's page."""
        formatter = self.formatters_columns.get(column)
        if formatter is not None:
            return formatter(value)
        return shown(value, self.choices.get(column), self.tones.get(column))

    def listed(self, item: Any, column: str) -> Any:
        """The value a table or its export may show: that of the column, or of the property that masks it."""
        return self.datamodel._get_attr_value(item, self.masks.get(column, column))

    def cell(self, item: Any, column: str) -> Any:
        """A value as it stands in a table; a view overrides it where the cell needs more than the column's value."""
        return self.render(column, self.listed(item, column))

    def value(self, item: Any, column: str) -> Any:
        """A value on the record's page: references lead to the record they name."""
        found = self.datamodel._get_attr_value(item, column)
        url = record_url(found) if hasattr(found, "__mapper__") else ""
        return Link(label_of(found), url) if url else self.render(column, found)

    def filled(self, item: Any, columns: list[str]) -> tuple[list[tuple[Any, Any]], list[Any]]:
        """``(label, value)`` of what stands in these columns, and the labels of those with nothing in them."""
        told, bare = [], []
        for column in columns:
            label, value = self.label_columns.get(column, column), self.value(item, column)
            if isinstance(value, str) and value.strip() == NOTHING:
                bare.append(label)
            else:
                told.append((label, value))
        return told, bare

    def links(self, item: Any) -> list[Link]:
        """Further ways on from the record's page, such as documents to print."""
        return []

    def all_registered(self) -> None:
        """Called once when every screen stands, for what is taken from the others (override)."""

    def begin(self) -> Link | None:
        """Where a new record begins when that is a page of its own, not this screen's form (override)."""
        return None

    def badges(self, item: Any) -> Sequence[Any]:
        """Chips beside the record's title: its state (override for more)."""
        if "status" not in self.choices or not hasattr(item, "status"):
            return []
        return [self.render("status", item.status)]

    def sections(self, page: str) -> list[tuple[Any, list[str]]]:
        """``(heading, columns)`` of the record's page or a form."""
        sections = getattr(self, f"{page}_fieldsets")
        names = getattr(self, f"{page}_columns")
        if not sections:
            return [("", names)]
        return [(title, [name for name in given["fields"] if name in names]) for title, given in sections]

    def update_redirect(self) -> None:
        """Remember this page for "back"; only its path, and not an endless one (it travels in a cookie)."""
        here = request.full_path.rstrip("?")
        history = [*session.get("page_history", [])]
        here = here if len(here) <= REMEMBERED else request.path
        if not history or history[-1] != here:
            session["page_history"] = [*history, here][-5:]

    def _list_url(self) -> str:
        return url_for(f"{self.endpoint}.list")

    def _page(self, template: str, **context: Any) -> str:
        page: str = self.render_template(template, view=self, **context)
        return page

    # -- list and record ---------------------------------------------------------------------------------------------
    @expose("/list/")
    @has_access
    def list(self) -> str:
        """The list, narrowed by what the address asks."""
        self.update_redirect()
        filters = filter_by_address(self._filters, list_of(self.quick_columns), self.datamodel)
        searches = [search_field(self, name) for name in self.search_columns]
        listing = ListPage(self, filters)
        return self._page(
            self.list_template,
            title=self.list_title,
            listing=listing,
            searches=searches,
            saved=filters_of(self.endpoint),
            may_export=may(current(), "list_export.ask"),
        )

    # -- columns of the list -----------------------------------------------------------------------------------------
    def usual_columns(self) -> Sequence[str]:
        """The list's columns for the acting person's role; whoever sees every branch's rows sees which branch's."""
        found = next((self.role_columns[role] for role in sorted(current().roles) if role in self.role_columns), None)
        names = [*(found or self.list_columns)]
        model = self.datamodel.obj
        if self._of_a_branch and "branch" not in names and widest(model.__tablename__, current()) == ALL:
            names.insert(1, "branch")
        return names

    def column_choices(self) -> Sequence[tuple[str, Any]]:
        """``(column, label)`` of what the list can show: its own columns, and plain values of the record's page."""
        names = dict.fromkeys([*self.usual_columns(), *self.list_columns])
        if self.permitted("can_show"):
            mapped = {attr.key for attr in mapper_of(self.datamodel.obj).column_attrs}
            # What only a mask may show here is no second column beside it.
            names |= dict.fromkeys(n for n in self.show_columns if n in mapped and self.masks.get(n) not in names)
        return [(name, self.label_columns.get(name, name)) for name in names]

    def shown_columns(self) -> Sequence[str]:
        """The columns the acting person chose, else the usual ones."""
        known = dict(self.column_choices())
        return [name for name in columns_of(self.endpoint) if name in known] or self.usual_columns()

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """The record's page: what may happen next, its values, the lists that belong to it."""
        item = self._record(pk)
        self.update_redirect()
        return self._page(
            self.show_template,
            title=self.show_title,
            item=item,
            pk=pk,
            verbs=self.offered_verbs(item),
            actions=[a for a in self.actions.values() if a.single and self.permitted(a.name)],
            related=self.related_lists(item),
            can_edit="edit" not in self.exclude_route_methods and self.permitted("can_edit") and self.editable(item),
            can_delete="delete" not in self.exclude_route_methods and self.permitted("can_delete"),
        )

    def happened(self, item: Any) -> Sequence[Event]:
        """What was done to the record, newest first, for its page."""
        return events(self, item) if self.timeline else []

    def editable(self, item: Any) -> bool:
        """Whether the record may be changed by hand in its present state (override)."""
        return True

    def related_lists(self, item: Any) -> Sequence[ListPage]:
        """The lists under the record's page, those the person may see."""
        found = []
        declared = [*self.related_views]
        for view in sorted(self._related_views, key=lambda each: declared.index(type(each))):
            if not view.permitted("can_list"):
                continue
            back = view.datamodel.get_related_fk(self.datamodel.obj)
            many = kind_of(view.datamodel.obj, back) == "references"
            filters = view._filters
            filters.add_filter_related_view(back, RelatedMany if many else Related, item.id)
            found.append(ListPage(view, filters, related=True))
        further = (make(item) for make in MORE_LISTS.get(type(self), ()))
        return [*found, *(page for page in further if page is not None)]

    # -- ways on that lower areas add ------------------------------------------------------------------------------
    def all_links(self, item: Any) -> Sequence[Link]:
        """The view's own links and those that other areas put there (``MORE_LINKS``)."""
        return [*self.links(item), *(link for hook in MORE_LINKS.get(type(self), ()) for link in hook(item))]

    # -- forms -------------------------------------------------------------------------------------------------------
    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """The form for a new record."""
        form: OfficeForm = self.add_form()
        if request.method == "GET":
            self._preset(form)
        elif form.validate():
            try:
                item = saving.create(self, form)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                flash(_("Saved: %(record)s", record=str(item)), "success")
                return self.after_add(item)
        return self._form_page(self.add_template, "add", form, self.add_title)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """The form to change a record; a form that has become stale gets the conflict page."""
        item = self._record(pk)
        if not self.editable(item):
            flash(_("This is not possible now: the record has moved on."), "warning")
            return redirect(self.record_url(item))
        form: OfficeForm = self.edit_form() if request.method == "POST" else self.edit_form(obj=item)
        if request.method == "GET":
            self.prefill_form(form, pk)
        elif form.validate():
            try:
                item = saving.change(self, item.id, form)
            except saving.STALE:
                return self._conflict(pk, form)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
                item = self._record(pk)
            else:
                flash(_("Saved: %(record)s", record=str(item)), "success")
                return redirect(self.record_url(item))
        return self._form_page(self.edit_template, "edit", form, self.edit_title, item)

    @expose("/delete/<pk>", methods=["POST"])
    @has_access
    def delete(self, pk: str) -> Response:
        """Delete a record nothing depends on."""
        item = self._record(pk)
        try:
            with unit_of_work(current(), f"{self.datamodel.verbs}.delete") as work:
                self.pre_delete(item)
                work.delete(item)
                work.flush()
                self.post_delete(item)
        except FORESEEN as error:
            flash(explain(error, self)[1], "danger")
            return redirect(self.record_url(self._record(pk)))
        flash(_("Deleted."), "success")
        return redirect(self._page_before(pk))

    def _page_before(self, pk: str) -> str:
        """The page from which the deleted record was opened (often the record it belonged to), else the list."""
        own = (f"/show/{pk}", f"/edit/{pk}")
        for url in reversed(session.get("page_history", [])):
            if not url.partition("?")[0].endswith(own):
                return str(url)
        return self._list_url()

    def _preset(self, form: OfficeForm) -> None:
        """Fill references named in the address (a new item of this contract)."""
        for argument, value in request.args.items():
            name = argument.removeprefix("_flt_0_")
            if name == argument or name not in form or kind_of(self.datamodel.obj, name) != "reference":
                continue
            if self.datamodel.get_related_obj(name, value) is None:
                abort(404)
            form[name].process_data(value)
        self.prefill_form(form, None)

    def _form_page(self, template: str, page: str, form: OfficeForm, title: Any, item: Any = None) -> tuple[str, int]:
        back = self.record_url(item) if item is not None else self._list_url()
        status = 422 if request.method == "POST" else 200
        return self._page(template, title=title, form=form, page=page, item=item, back=back), status

    def _conflict(self, pk: str, form: OfficeForm) -> tuple[str, int]:
        item = self._record(pk)
        rows = saving.differences(self, item, form)
        kept = [(k, v) for k, v in request.form.items(multi=True) if k not in ("csrf_token", "version")]
        page = self._page(
            self.conflict_template,
            title=self.edit_title,
            item=item,
            rows=rows,
            kept=kept,
            version=getattr(item, "version", ""),
            back=self.record_url(item),
        )
        return page, 409

    def record_url(self, item: Any) -> str:
        """The record's page, or the list for those who have no record page."""
        if self.permitted("can_show"):
            return url_for(f"{self.endpoint}.show", pk=item.id)
        return self._list_url()

    def after_add(self, item: Any) -> Response:
        """Where to go after a new record: back to the record it was added under, else to the record itself."""
        for argument, value in request.args.items():
            name = argument.removeprefix("_flt_0_")
            if name != argument and kind_of(self.datamodel.obj, name) == "reference":
                parent = self.datamodel.get_related_obj(name, value)
                url = record_url(parent) if parent is not None else ""
                if url:
                    return redirect(url)
        return redirect(self.record_url(item))

    # -- actions of the framework's own kind ---------------------------------------------------------------------------
    def _action_named(self, name: str) -> Any:
        action = self.actions.get(name)
        if action is None:
            abort(404)
        if not current_user.is_authenticated:
            abort(401)
        if not self.permitted(self.get_action_permission_name(name)):
            abort(403)
        return action

    @expose("/action/<string:name>/<pk>", methods=["POST"])
    def action(self, name: str, pk: str) -> Any:
        """Do an ``@action`` with one record; one the person may not see does not exist."""
        return self._action_named(name).func(self._record(pk))

    @expose("/action_post", methods=["POST"])
    def action_post(self) -> Any:
        """Do an ``@action`` with the ticked records."""
        action = self._action_named(request.form.get("action", ""))
        items = [self._record(pk) for pk in request.form.getlist("rowid")[:500]]
        if not items:
            flash(_("No row is ticked."), "warning")
            return redirect(self._list_url())
        return action.func(items)


def list_of(names: Sequence[str] | None) -> list[str]:
    """The names as a list."""
    return [*(names or ())]


def record_url(record: Any) -> str:
    """The page of any record, if there is a screen for it that this person may open; else empty."""
    for view in current_app.extensions["appbuilder"].baseviews:
        if isinstance(view, BaseView) and view.datamodel.obj is type(record) and view.permitted("can_show"):
            return url_for(f"{view.endpoint}.show", pk=record.id)
    return ""
