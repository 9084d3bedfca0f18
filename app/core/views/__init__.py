"""The screens' common ground: what an area's ``views.py`` imports, and nothing else.

A list, a record page, forms to add and to edit, and buttons for what may happen next::

    from flask_babel import lazy_gettext as _l
    from app.core.views import BaseView, OfficeInterface, OfficeForm, Verb, fields, lookup

    lookup(Customer, search=("name", "phone"), label=lambda c: f"{c.name} {c.phone}")   # optional, see below

    class WorkOrderView(BaseView):
        datamodel = OfficeInterface(WorkOrder)
        record_name = _l("Work order")                 # all titles come from it: 派工单, 新增派工单 …
        list_columns = ["number", "call", "technician", "appointment_at", "status"]
        search_columns = ["number", "technician", "status", "appointment_at"]      # required: name them
        show_fieldsets = [(_l("Job"), {"fields": ["number", "call", "status"]}), …]
        add_columns = ["call", "technician"]           # absent = no such form; never status, version, created_at
        edit_columns = ["appointment_at"]
        label_columns = {"appointment_at": _l("Appointment"), …}
        choices = {"job_class": {"A": _l("Paid"), …}}  # stored value -> label; makes selects, chips and filters
        tones = {"status": {"closed": "success"}}      # chip colour: neutral info success warning danger
        required_columns = ["technician"]              # on top of NOT NULL without default
        small_references = ["branch"]                  # plain <select>; every other reference is a remote select
        eager = ["call.customer"]                      # paths that str(row) or properties touch (list columns: automatic)
        base_order = ("appointment_at", "desc")
        related_views = [TimeEntryView]                # lists under the record page
        lifecycle = WORK_ORDER                         # app.core.lifecycle.Lifecycle; labels of ``status`` come from it
        verbs = [
            Verb(commands.accept),                     # button -> POST -> commands.accept(actor, id)
            Verb(commands.dispatch, form=DispatchForm, tone="primary"),   # button -> small form page -> …(actor, id, **form)
            Verb(commands.cancel, form=ReasonForm, tone="danger", confirm=_l("Really cancel?")),
            Verb(commands.remind, when=lambda order: order.is_late, bulk=True),  # not in the lifecycle: shown when…
        ]

    class DispatchForm(OfficeForm):
        technician_id = fields.remote(Staff, _l("Technician"), narrow={"branch_id": "branch"})  # gives the id (int)
        appointment_at = fields.moment(_l("Appointment"))          # office time in the browser, aware UTC in Python
        note = fields.notes(_l("Note"), required=False)

Labels, choices and colours may stand on the model instead, for all its screens: ``__labels__``, ``__choices__``,
``__tones__``, ``__search__`` (columns of its look-up), ``__small__ = True`` (reference table: plain <select>),
``__required__``. ``str(row)`` is how a row reads in lists, titles and selects: give every model a ``__str__``.

**Fields** (all in ``fields``): ``text(label, length)``, ``notes(label)``, ``number(label, minimum, maximum)``,
``money(label)``, ``day(label)``, ``moment(label)``, ``hour(label)``, ``yes(label)``, ``choice(label, {value: label})``,
``remote(Model, label, narrow={lookup column: other field of this form})``, ``rows(Model, label)`` (many, small table),
``signature(label)`` (drawn on screen: PNG bytes), ``upload(label, types)``. All take ``required=True`` and ``help=``.

**Verbs**: the command is one decorated with ``@command("work_order.dispatch")``; it gets ``(actor, record id, **form
values)``. The button is there when the lifecycle has a transition ``dispatch`` from the record's status for one of the
person's roles (or, for a verb outside the lifecycle, when the role table allows it and ``when(record)`` is true).
``Refused(…, field="appointment_at")`` appears at that field, what was typed stays. ``fill=lambda record: {…}`` gives
starting values; ``after=lambda result: url`` a place to go; ``label=``/``icon=`` override the lifecycle's label.
``bulk=True`` (verbs without form): also for rows ticked in the list, all in one transaction.

**Hooks** a view may override: ``pre_add(item)``, ``post_add(item)``, ``pre_update``, ``post_update``, ``pre_delete``,
``post_delete`` (all inside the unit of work: raise ``Refused`` and nothing is left), ``prefill_form(form, pk)``,
``links(item) -> [Link(label, url, icon)]`` (documents to print and other ways on, top of the record page),
``begin() -> Link`` (where a new record begins when that is no form of this screen: the list's main button),
``badges(item)`` (chips beside the record's title; its state if nothing else),
``all_registered()`` (once, when every screen stands: what is taken from the others),
``render(column, value)`` (how a value looks), ``cell(item, column)`` (the same in a list, with the whole row at hand),
``masks = {"phone": "masked_phone"}`` (lists and exports show that property in place of the column),
``query_extra(statement)`` (narrow the list further),
``add_command(actor, **form values)`` / ``edit_command(actor, id, **values)``: name a command, and saving goes through
it instead of writing the row (the rule then lives in one place for screen, API and import).

**Own pages**: ``Page`` (plain page class: ``@expose``, ``@has_access``, ``self.render_template``) and
``FormPage`` (one ``OfficeForm``, ``template``, ``title``, ``def save(self, form) -> url or response``).
``BaseApi`` is the REST base (same interface, same scope, CSRF-protected for browsers, bearer tokens without).

What the base does without being asked: row scope and foreign keys checked on every door, unknown ids 404, stale forms a
conflict page (hidden ``version``), refusals at the field, count capped at 1,000+, 25 rows a page (100 at most), eager
loading, permission asked once a request, no GET that changes anything, ``—`` / 是 / 否 instead of None / True / False.

Chinese titles and labels: write ``_l("English")``, give the Chinese with ``tools/catalogue.py set FILE.json``.
A recipe with an example stands in ``docs/how-to-add-a-screen.md``.
"""

from __future__ import annotations

from app.core.views import fields
from app.core.views.fields import OfficeForm
from app.core.views.interface import OfficeInterface
from app.core.views.lookup import lookup
from app.core.views.model import BaseView
from app.core.views.pages import FormPage, Page
from app.core.views.rest import BaseApi
from app.core.views.verbs import Link, Verb

__all__ = [
    "BaseApi",
    "BaseView",
    "FormPage",
    "Link",
    "OfficeForm",
    "OfficeInterface",
    "Page",
    "Verb",
    "fields",
    "lookup",
]
