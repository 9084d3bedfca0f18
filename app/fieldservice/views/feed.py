"""The private calendar address: the technician makes, renews and revokes it; an administrator may revoke anybody's."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actors import current
from app.core.views import BaseView, OfficeForm, OfficeInterface, Page, Verb
from app.core.views.refusals import FORESEEN, explain
from app.fieldservice import commands
from app.fieldservice.commands.feed import feed_of
from app.fieldservice.models import CalendarFeed


class _NoForm(OfficeForm):
    """Only the token against forged requests."""


class MyCalendarView(Page):
    """``/my/calendar/``: appointments in the calendar of the own telephone."""

    route_base = "/my/calendar"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """Whether there is an address, and how to have one."""
        return self._page(_NoForm())

    @expose("/renew", methods=["POST"])
    @has_access
    def renew(self) -> Any:
        """A new address, shown this once; the one before stops working."""
        form = _NoForm()
        if not form.validate() or request.form.get("address") != "new":
            return self._page(form), 422
        try:
            token = commands.renew_feed(current())
        except FORESEEN as error:
            form.refuse(*explain(error, self))
            return self._page(form), 422
        # No redirect: the address must not travel in one, nor wait in a cookie.
        answer = self._page(_NoForm(), url_for("calendar_feed.appointments_of", token=token, _external=True))
        return answer, 200, {"Cache-Control": "no-store"}

    @expose("/revoke", methods=["POST"])
    @has_access
    def revoke(self) -> Any:
        """Stop the address."""
        form = _NoForm()
        feed = feed_of(current().staff_id or -1)
        if not form.validate() or feed is None:
            return redirect(url_for("MyCalendarView.index"))
        try:
            commands.revoke_feed(current(), feed.id)
        except FORESEEN as error:
            flash(explain(error, self)[1], "warning")
        else:
            flash(_("The calendar address is revoked: nobody can read it any more."), "success")
        return redirect(url_for("MyCalendarView.index"))

    def _page(self, form: OfficeForm, address: str = "") -> str:
        page: str = self.render_template(
            "fieldservice/my/calendar.html",
            title=_("Calendar on the telephone"),
            tab="calendar",
            me=current(),
            now=clock.now(),
            feed=feed_of(current().staff_id or -1),
            address=address,
            form=form,
        )
        return page


class CalendarFeedView(BaseView):
    """Calendar addresses in use and revoked; the addresses themselves are nowhere to be read."""

    datamodel = OfficeInterface(CalendarFeed)
    record_name = _l("Calendar address")
    list_columns = ["staff", "staff.branch", "made_at", "revoked_at"]
    show_columns = list_columns
    search_columns = ["staff", "made_at", "revoked_at"]
    label_columns = {
        "staff": _l("Technician"),
        "staff.branch": _l("Branch"),
        "made_at": _l("Made at"),
        "revoked_at": _l("Revoked at"),
    }
    eager = ["staff.branch"]
    base_order = ("made_at", "desc")
    verbs = [
        Verb(
            commands.revoke_feed,
            label=_l("Revoke"),
            icon="fa-ban",
            tone="danger",
            confirm=_l(
                "The technician's calendar gets no appointments any more until a new address is made. Revoke it?"
            ),
            when=lambda feed: feed.revoked_at is None,
            bulk=True,
        )
    ]
