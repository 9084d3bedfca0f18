"""``/inbox/``: a person's messages; opening one marks it read."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _

from app.core import inbox
from app.core.actors import current
from app.core.views import Page


class InboxView(Page):
    """What the portal has to tell the person who is logged in."""

    route_base = "/inbox"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The messages, unread ones on top."""
        return self.render_template("inbox.html", title=_("Messages"), messages=inbox.newest())

    @expose("/open/<int:message_id>", methods=["POST"])
    @has_access
    def open(self, message_id: int) -> Any:
        """Mark the message read and go where it leads."""
        row = inbox.read(current(), message_id)
        return redirect(row.link if row.link.startswith("/") and not row.link.startswith("//") else self._back())

    @expose("/read-all", methods=["POST"])
    @has_access
    def read_all(self) -> Any:
        """Mark everything read."""
        inbox.read_all(current())
        return redirect(self._back())

    def _back(self) -> str:
        return url_for("InboxView.index")
