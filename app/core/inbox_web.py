"""``/inbox/``: a person's messages; opening one marks it read."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _

from app.core import inbox
from app.core.actors import current
from app.core.views import Page
from app.core.views.lists import DEEPEST_PAGE, whole


class InboxView(Page):
    """What the portal has to tell the person who is logged in."""

    route_base = "/inbox"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The messages page by page, unread ones on top."""
        page = whole(request.args.get("page"), 0, DEEPEST_PAGE, 0)
        found = inbox.newest(inbox.PAGE_SIZE + 1, page * inbox.PAGE_SIZE)
        return self.render_template(
            "inbox.html",
            title=_("Messages"),
            messages=found[: inbox.PAGE_SIZE],
            unread=inbox.unread(),
            newer=url_for("InboxView.index", page=page - 1 or None) if page else "",
            older=url_for("InboxView.index", page=page + 1) if len(found) > inbox.PAGE_SIZE else "",
        )

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
