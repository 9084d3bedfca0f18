"""What technicians handed over because the portal did not take it from their telephones: for supervisors to settle."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy import select

from app.core.db import db
from app.core.files import StoredFile
from app.core.home import card
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Verb, fields
from app.fieldservice import commands, queries, rules
from app.fieldservice.models import PhoneEntry


class SettleForm(OfficeForm):
    """What was done with it."""

    note = fields.text(_l("What was done with it"), 300)


class PhoneEntryView(BaseView):
    """Entries that the portal did not take from a telephone: the job was somebody else's by then, or further on."""

    datamodel = OfficeInterface(PhoneEntry)
    record_name = _l("Entry handed over")
    list_columns = ["created_at", "staff", "what", "title", "work_order", "told", "status"]
    show_fieldsets = [
        (_l("Entry"), {"fields": ["what", "title", "work_order", "staff", "entered_at", "words", "told"]}),
        (_l("Settled"), {"fields": ["status", "note", "settled_by", "settled_at"]}),
    ]
    search_columns = ["status", "staff", "branch", "created_at"]
    quick_columns = ["staff.name", "work_order.number", "title"]
    small_references = ["branch"]
    base_order = ("id", "desc")
    lifecycle = rules.PHONE_ENTRY
    tones = {"status": {"open": "warning", "settled": "success"}}
    empty_help = _l("Nothing was handed over: the portal took everything that was entered on telephones.")
    label_columns = {
        "created_at": _l("Handed over at"),
        "staff": _l("Technician"),
        "what": _l("What"),
        "title": _l("Whose"),
        "work_order": _l("Work order"),
        "entered_at": _l("Entered on the telephone at"),
        "words": _l("What was entered"),
        "told": _l("Why it was not taken"),
        "status": _l("Status"),
        "note": _l("What was done with it"),
        "settled_by": _l("Settled by"),
        "settled_at": _l("Settled at"),
        "branch": _l("Branch"),
    }
    verbs = [Verb(commands.settle_entry, form=SettleForm, tone="primary")]

    def value(self, item: PhoneEntry, column: str) -> Any:
        """A line for each field."""
        if column == "words" and item.words:
            return Markup("<br>").join(escape(line) for line in item.words.split("\n"))
        return super().value(item, column)

    def links(self, item: PhoneEntry) -> list[Link]:
        """Its photographs and its signature."""
        statement = select(StoredFile).where(StoredFile.record == "phone_entry", StoredFile.record_id == item.id)
        return [
            Link(
                _("Signature") if row.filename == "signature.png" else _("Photo %(number)s", number=number),
                url_for("files.give", file_id=row.id),
                "fa-picture-o",
                new_tab=True,
            )
            for number, row in enumerate(db.session.scalars(statement.order_by(StoredFile.id)), 1)
        ]


def _open_entries() -> int:
    return queries.count_of(PhoneEntry, PhoneEntry.status == "open")


card(
    "supervisor",
    title=_l("Handed over from telephones"),
    url="PhoneEntryView.list",
    arguments={"_flt_0_status": "open"},
    count=_open_entries,
    icon="fa-mobile",
    tone="warning",
    order=34,
)
