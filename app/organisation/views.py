"""Screens of branches, staff, districts and the authority matrix; settings, audit trail and background jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy import Select
from sqlalchemy import inspect as inspect_mapper

from app.core import outbox, settings
from app.core.actors import SYSTEM, current
from app.core.audit import AuditEntry
from app.core.charts import PLACES, Place
from app.core.errors import N_, Refused
from app.core.home import LISTED, card
from app.core.i18n import say
from app.core.inbox_web import InboxView as InboxView
from app.core.listing_web import ListToolsView as ListToolsView
from app.core.outbox import OutboxEntry
from app.core.search_web import SearchView as SearchView
from app.core.views import BaseView, OfficeForm, OfficeInterface, Page, Verb, fields, lookup, timeline
from app.core.views.columns import kind_of
from app.core.views.display import NOTHING, plain
from app.core.views.interface import find
from app.core.views.lookup import label_of
from app.core.views.quick import QuickFilter, QuickFilters
from app.core.views.refusals import FORESEEN, explain
from app.organisation import commands
from app.organisation.models import AuthorityLimit, Branch, District, Skill, Staff, StaffSkill
from app.organisation.queries import branches_of, is_superior
from app.organisation.rules import (
    APPROVER_LABELS,
    AUTHORITY_KIND_LABELS,
    BRANCH_KIND_LABELS,
    JOB_LABELS,
    ZONE_LABELS,
)


def labels(table: dict[str, str]) -> dict[str, Any]:
    """Labels of a vocabulary, to be said in the reader's language."""
    return {value: _l(label) for value, label in table.items()}


def _working(statement: Select[Any]) -> Select[Any]:
    return statement.where(Staff.active.is_(True))


lookup(
    Staff,
    search=("name", "staff_no"),
    only=_working,
    eager=("branch",),
    detail=lambda staff: f"{staff.branch} {_(JOB_LABELS[staff.job])}",
)
lookup(District, search=("name", "city", "code"), eager=("branch",), detail=lambda district: str(district.branch))


# -- reference data -----------------------------------------------------------------------------------------------


class DistrictView(BaseView):
    """Districts: the zone decides the arrival target (SO-15), the branch who serves them."""

    datamodel = OfficeInterface(District)
    record_name = _l("District")
    list_columns = ["code", "city", "name", "zone", "branch"]
    show_columns = list_columns
    add_columns = list_columns
    edit_columns = list_columns
    search_columns = ["code", "city", "name", "zone", "branch"]
    label_columns = {"code": _l("Code"), "city": _l("City"), "name": _l("District"), "zone": _l("Zone")}
    choices = {"zone": labels(ZONE_LABELS)}
    tones = {"zone": {"urban": "info", "suburban": "neutral"}}
    base_order = ("code", "asc")
    deletable = True


class StaffSkillView(BaseView):
    """What a person can repair, and how well (SO-19)."""

    datamodel = OfficeInterface(StaffSkill)
    record_name = _l("Skill of a staff member")
    list_columns = ["staff", "skill", "level"]
    show_columns = list_columns
    add_columns = list_columns
    edit_columns = ["skill", "level"]
    search_columns = ["staff", "skill", "level"]
    label_columns = {"staff": _l("Staff member"), "skill": _l("Skill"), "level": _l("Level")}
    add_form_extra_fields = {"level": fields.number(_l("Level"), 1, 3, default=2, help=_l("1 learning … 3 expert"))}
    edit_form_extra_fields = {"level": fields.number(_l("Level"), 1, 3, help=_l("1 learning … 3 expert"))}
    deletable = True

    def pre_add(self, item: StaffSkill) -> None:
        """A supervisor speaks for the people of the own branch."""
        actor = current()
        if not actor.has("administrator") and item.staff.branch_id != actor.branch_id:
            raise Refused(N_("This person works at another branch."), field="staff")

    pre_update = pre_add
    pre_delete = pre_add


def _speaks_for(person: Staff) -> bool:
    actor = current()
    if actor.has("administrator"):
        return person.id != actor.staff_id
    return person.branch_id == actor.branch_id and is_superior(actor, person)


class StaffView(BaseView):
    """People who work here, the accounts they log in with, and what they can do."""

    datamodel = OfficeInterface(Staff)
    record_name = _l("Staff member")
    list_name = _l("Staff")
    list_columns = ["staff_no", "name", "branch", "job", "phone", "skills", "active"]
    show_columns = ["staff_no", "name", "branch", "job", "phone", "email", "user", "active"]
    add_columns = ["staff_no", "name", "branch", "job", "phone", "email", "user"]
    edit_columns = show_columns
    search_columns = ["staff_no", "name", "branch", "job", "phone", "active"]
    label_columns = {
        "staff_no": _l("Staff number"),
        "name": _l("Full Name"),
        "job": _l("Position"),
        "phone": _l("Telephone"),
        "email": _l("E-mail"),
        "user": _l("Account"),
        "skills": _l("Skills"),
    }
    # A select of its own: accounts are in no look-up that everybody may ask.
    add_form_extra_fields = {"user": fields.row(User, _l("Account"), required=False, as_object=True)}
    edit_form_extra_fields = {"user": fields.row(User, _l("Account"), required=False, as_object=True)}
    choices = {"job": labels(JOB_LABELS)}
    eager = ["skills.skill"]
    base_order = ("staff_no", "asc")
    related_views = [StaffSkillView]
    verbs = [
        Verb(
            commands.leave,
            label=_l("Works here no longer"),
            icon="fa-sign-out",
            tone="danger",
            confirm=_l("Nothing is given to this person any more. Really?"),
            when=lambda person: person.active and _speaks_for(person),
        ),
    ]

    def pre_update(self, item: Staff) -> None:
        """Who leaves has settled what is to settle."""
        if not item.active:
            commands.check_leaving(item)


class BranchView(BaseView):
    """Head office, service centres and branch offices (SO-13)."""

    datamodel = OfficeInterface(Branch)
    record_name = _l("Branch")
    list_columns = ["code", "name", "kind", "address", "phone", "active"]
    show_columns = ["code", "name", "name_en", "kind", "address", "phone", "active"]
    add_columns = ["code", "name", "name_en", "kind", "address", "phone"]
    edit_columns = ["name", "name_en", "kind", "address", "phone", "active"]
    search_columns = ["code", "name", "kind", "active"]
    label_columns = {
        "code": _l("Code"),
        "name": _l("Branch"),
        "name_en": _l("English name"),
        "kind": _l("Kind"),
        "address": _l("Address"),
        "phone": _l("Telephone"),
    }
    description_columns = {"code": _l("Part of every number this branch gives; it never changes.")}
    choices = {"kind": labels(BRANCH_KIND_LABELS)}
    tones = {"kind": {"head_office": "info"}}
    base_order = ("code", "asc")
    related_views = [StaffView, DistrictView]


class SkillView(BaseView):
    """What technicians can repair (SO-19)."""

    datamodel = OfficeInterface(Skill)
    record_name = _l("Skill")
    list_columns = ["code", "name", "name_en"]
    show_columns = list_columns
    add_columns = list_columns
    edit_columns = list_columns
    search_columns = ["code", "name"]
    label_columns = {"code": _l("Code"), "name": _l("Skill"), "name_en": _l("English name")}
    base_order = ("code", "asc")
    related_views = [StaffSkillView]
    deletable = True


def _limit(amount: Any) -> Any:
    return _("Without limit") if amount is None else plain(amount)


class AuthorityLimitView(BaseView):
    """Up to which amount who may approve (CP-9)."""

    datamodel = OfficeInterface(AuthorityLimit)
    record_name = _l("Authority limit")
    list_columns = ["kind", "role", "up_to"]
    show_columns = list_columns
    add_columns = list_columns
    edit_columns = ["up_to"]
    search_columns = ["kind", "role"]
    label_columns = {"kind": _l("Subject of approval"), "role": _l("Role"), "up_to": _l("Up to (CNY)")}
    description_columns = {"up_to": _l("Empty: without limit.")}
    choices = {"kind": labels(AUTHORITY_KIND_LABELS), "role": labels(APPROVER_LABELS)}
    formatters_columns = {"up_to": _limit}
    deletable = True


# -- settings -----------------------------------------------------------------------------------------------------


class SettingForm(OfficeForm):
    """Another value for a setting; ``was`` is the value the page showed."""

    value = fields.text(_l("Value"), 500, required=False)
    was = fields.hidden()


class SettingView(Page):
    """The numbers of the regulations that are held as data, each with its meaning, rule and value."""

    route_base = "/settings"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """All settings."""
        known = sorted(settings.declared(), key=lambda each: (each.rule.partition("-")[0], each.rule, each.key))
        values = settings.values()
        rows = [(each, values[each.key]) for each in known]
        return self.render_template("organisation/settings.html", title=_("Settings"), rows=rows)

    @expose("/change/<key>", methods=["GET", "POST"])
    @has_access
    def change(self, key: str) -> Any:
        """One setting's form."""
        known = next((each for each in settings.declared() if each.key == key), None)
        if known is None:
            abort(404)
        now = settings.value(key)
        form = SettingForm(data={"value": now, "was": now} if request.method == "GET" else None)
        if request.method == "POST" and form.validate():
            try:
                commands.change_setting(current(), key, value=form.value.data or "", was=form.was.data)
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                flash(_("Saved: %(record)s", record=_(known.note)), "success")
                return redirect(url_for("SettingView.index"))
        page = self.render_template(
            "organisation/setting.html", title=_(known.note), form=form, known=known, back=url_for("SettingView.index")
        )
        return page, 422 if request.method == "POST" else 200


# -- audit trail --------------------------------------------------------------------------------------------------


def _view_of(table: str) -> BaseView | None:
    for view in current_app.extensions["appbuilder"].baseviews:
        if isinstance(view, BaseView) and getattr(view.datamodel.obj, "__tablename__", "") == table:
            return view
    return None


# What records without a screen hold, and what is noted without being a column.
OWN_COLUMNS = {
    "content_type": N_("Kind of file"),
    "created_at": N_("Entered at"),
    "filename": N_("File"),
    "key": N_("Name in the program"),
    "kind": N_("Kind"),
    "name": N_("Name"),
    "note": N_("Remark"),
    "number": N_("Number"),
    "permissions": N_("Permissions"),
    "read": N_("Details read"),
    "title": N_("Title"),
    "value": N_("Value"),
}
OWN_RECORDS = {
    "ab_role": N_("Role"),
    "ab_user": N_("Account"),
    "setting": N_("Setting"),
    "stored_file": N_("File"),
}


def _column_label(view: BaseView | None, column: str) -> str:
    known = view.label_columns if view is not None else {}
    label = known.get(column) or known.get(column.removesuffix("_id")) or OWN_COLUMNS.get(column)
    return _(label) if type(label) is str else str(label or column)


def _value(view: BaseView | None, column: str, value: Any, *, look_up: bool) -> str:
    if value is None or view is None:
        return plain(value)
    if isinstance(value, str) and kind_of(view.datamodel.obj, column) in ("day", "moment"):
        # The trail keeps days and moments as a file would; people read them as everywhere.
        moment = datetime.fromisoformat(value)
        return plain(moment if "T" in value else moment.date())
    if column in view.choices:
        label = view.choices[column].get(value, value)
        return _(label) if type(label) is str and label else str(label)
    if look_up and column.endswith("_id"):
        relation = inspect_mapper(view.datamodel.obj).relationships.get(column.removesuffix("_id"))
        row = find(relation.mapper.class_, value) if relation is not None else None
        if row is not None:
            return label_of(row)
    return plain(value)


# How the verbs of every record are called; the others are called as on their buttons.
COMMON_VERBS = {
    "create": N_("Entered"),
    "enter": N_("Entered"),
    "update": N_("Changed"),
    "change": N_("Changed"),
    "correct": N_("Corrected"),
    "delete": N_("Deleted"),
    "remove": N_("Removed"),
    "import": N_("Imported"),
    "draft": N_("Drafted"),
    "record": N_("Recorded"),
    "plan": N_("Visit planned"),
    "plan_due": N_("Visit planned"),
    "notify": N_("Notice given"),
    "made": N_("Made"),
    "fit_part": N_("Part fitted"),
    "remove_part": N_("Part taken off"),
    "record_time": N_("Minutes entered"),
}
# Those of the program itself, and of records without a screen.
OWN_VERBS = {
    "account.change": N_("Account changed"),
    "calendar.change": N_("Calendar changed"),
    "setting.change": N_("Setting changed"),
    "role.synchronise": N_("Roles brought up to date"),
    "schedule.run": N_("Made by schedule"),
    "seed.reference": N_("Reference data loaded"),
    "seed.demo": N_("Demo company loaded"),
    "search.rebuild": N_("Search index rebuilt"),
    "deadline.escalate": N_("Deadline reminder"),
    "outbox.forget": N_("Old background jobs deleted"),
    "complaint.read": N_("Details read"),
}


timeline.WORDS.update({**COMMON_VERBS, **OWN_VERBS})


def _verb_label(verb: str) -> str:
    if verb in OWN_VERBS:
        return _(OWN_VERBS[verb])
    head, _dot, tail = verb.rpartition(".")
    for view in current_app.appbuilder.baseviews:  # type: ignore[attr-defined]  # set by the framework
        for offered in getattr(view, "verbs", ()):
            if offered.name == verb:
                return offered.title(view.lifecycle)
    view = _view_of(head)
    if view is None:
        return verb
    lifecycle = view.lifecycle.verb_labels if view.lifecycle is not None else {}
    done = lifecycle.get(tail) or COMMON_VERBS.get(tail) or view.choices.get("status", {}).get(tail)
    return f"{view.record_name} · {_(str(done))}" if done else verb


class AuditEntryView(BaseView):
    """Who changed what, when, by which verb, from what to what. Nobody writes here."""

    datamodel = OfficeInterface(AuditEntry)
    record_name = _l("Audit entry")
    list_name = _l("Audit trail")
    list_columns = ["at", "actor", "verb", "record", "record_id", "changes"]
    show_columns = ["at", "actor", "verb", "record", "record_id"]
    search_columns = ["record", "record_id", "verb", "actor", "at"]
    quick_columns = ["actor", "verb"]
    label_columns = {
        "at": _l("Time"),
        "actor": _l("Done by"),
        "verb": _l("What was done"),
        "record": _l("Kind of record"),
        "record_id": _l("Record no."),
        "changes": _l("Changes"),
    }
    base_order = ("id", "desc")
    order_columns = ["id", "at"]
    show_template = "organisation/audit_entry.html"

    def all_registered(self) -> None:
        """The trail speaks the words of all screens."""
        named: dict[str, Any] = {table: _l(label) for table, label in OWN_RECORDS.items()}
        for view in self.appbuilder.baseviews:
            if isinstance(view, BaseView) and view.record_name:
                named.setdefault(view.datamodel.obj.__tablename__, view.record_name)
        self.choices["record"] = dict(sorted(named.items()))

    def changes_of(self, entry: AuditEntry) -> Sequence[tuple[str, str, str]]:
        """``(column, before, after)`` in the words of the record's screen."""
        view = _view_of(entry.record)
        return [
            (
                _column_label(view, column),
                _value(view, column, before, look_up=True),
                _value(view, column, after, look_up=True),
            )
            for column, before, after in entry.changes
        ]

    def render(self, column: str, value: Any) -> Any:
        """Verbs by their names; what nobody did, the system did."""
        if column == "actor" and value == SYSTEM.name:
            return _("The system")
        if column == "verb":
            return _verb_label(value)
        return super().render(column, value)

    def cell(self, item: Any, column: str) -> Any:
        """The first changes of an entry in the words of the record's screen, and how many more there are."""
        if column != "changes":
            return super().cell(item, column)
        view = _view_of(item.record)
        shown = [each for each in item.changes if each[0] not in ("id", "version")]
        parts = []
        for name, before, after in shown[:3]:
            label, now = _column_label(view, name), _value(view, name, after, look_up=False)
            was = _value(view, name, before, look_up=False)
            change = now if before is None else f"{was} → {now}"
            parts.append(escape(_("%(label)s: %(change)s", label=label, change=change)))
        if len(shown) > len(parts):
            parts.append(Markup("… +{}").format(len(shown) - len(parts)))
        return Markup("<br>").join(parts)


# -- background jobs ----------------------------------------------------------------------------------------------


class OutboxEntryView(QuickFilters, BaseView):
    """What is done after a change is committed; what failed for good is laid aside and can be tried again."""

    datamodel = OfficeInterface(OutboxEntry)
    record_name = _l("Background job")
    list_name = _l("Background jobs")
    list_columns = ["created_at", "kind", "status", "attempts", "next_try_at", "last_error"]
    show_columns = [*list_columns, "payload", "dedup", "claimed_by", "claim_expires_at", "done_at"]
    search_columns = ["status", "kind", "created_at"]
    quick_columns = ["kind", "dedup", "last_error"]
    label_columns = {
        "created_at": _l("Wanted at"),
        "kind": _l("Kind"),
        "status": _l("Status"),
        "attempts": _l("Attempts"),
        "next_try_at": _l("Next attempt at"),
        "last_error": _l("Problem"),
        "payload": _l("Content"),
        "dedup": _l("Name"),
        "claimed_by": _l("Being done by"),
        "claim_expires_at": _l("Until"),
        "done_at": _l("Done at"),
    }
    choices = {
        "status": {
            "dead": _l("Laid aside"),
            "waiting": _l("To be done"),
            "claimed": _l("Being done"),
            "done": _l("Done"),
            "dropped": _l("Given up"),
        }
    }
    tones = {"status": {"dead": "danger", "waiting": "neutral", "claimed": "info", "done": "success"}}
    base_order = ("id", "desc")
    quick_filters = [
        QuickFilter("dead", _l("Laid aside"), lambda: OutboxEntry.status == "dead"),
        QuickFilter("waiting", _l("To be done"), lambda: OutboxEntry.status == "waiting"),
    ]
    verbs = [
        Verb(
            outbox.retry,
            label=_l("Try again"),
            icon="fa-repeat",
            tone="primary",
            when=lambda entry: entry.status == "dead",
            bulk=True,
        ),
        Verb(
            outbox.drop,
            label=_l("Give up"),
            icon="fa-times",
            confirm=_l("It will not be tried again. Really give it up?"),
            when=lambda entry: entry.status == "dead",
        ),
    ]

    def render(self, column: str, value: Any) -> Any:
        """What a job does in words, not its name in the program."""
        if column == "kind":
            return say(outbox.LABELS.get(value, value))
        return super().render(column, value)

    def cell(self, item: Any, column: str) -> Any:
        """What is over is not tried again, whenever it was to be."""
        return NOTHING if _over(item, column) else super().cell(item, column)

    def value(self, item: Any, column: str) -> Any:
        """The same on the page of a job."""
        return NOTHING if _over(item, column) else super().value(item, column)


def _over(item: OutboxEntry, column: str) -> bool:
    return column == "next_try_at" and item.status not in ("waiting", "claimed")


def _places() -> list[Place]:
    return [Place(branch.id, str(branch)) for branch in branches_of(None) if branch.kind != "head_office"]


PLACES[:] = [_places]

card(
    "administrator",
    title=_l("Background jobs laid aside"),
    url="OutboxEntryView.list",
    arguments={"show": "dead"},
    count=LISTED,
    icon="fa-tasks",
    tone="warning",
    order=10,
)
# In the order in which an empty office is set up.
card("administrator", title=_l("Branches"), url="BranchView.list", icon="fa-building", order=20)
card("administrator", title=_l("Districts"), url="DistrictView.list", icon="fa-map-marker", order=21)
card("administrator", title=_l("Accounts"), url="AccountView.list", icon="fa-key", order=22)
card("administrator", title=_l("Staff"), url="StaffView.list", icon="fa-id-badge", order=23)
card("administrator", title=_l("Settings"), url="SettingView.index", icon="fa-sliders", order=24)
