"""``/lists/``: keep a filter, choose columns, export what is filtered. Works for the list of every screen."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core import clock, i18n, listing, permissions, settings, sheets
from app.core.actors import Principal, acting_as, current, principal_by_id
from app.core.errors import N_, Refused
from app.core.files import clean_name
from app.core.filesweb import offer
from app.core.outbox import GiveUp, Job, handles
from app.core.views import BaseView, Page
from app.core.views.export import CSV_TYPE, as_csv, as_xlsx, wanted

# What belongs to one look at a list, not to the filter that is kept.
PASSING = ("page_", "csrf_token")


def screen_named(endpoint: str) -> Any:
    """The screen of this name, or None."""
    views = current_app.extensions["appbuilder"].baseviews
    return next((view for view in views if isinstance(view, BaseView) and view.endpoint == endpoint), None)


def kept_query(query: str) -> str:
    """The list's address without what is passing, such as the page."""
    pairs = [(name, value) for name, value in parse_qsl(query) if not name.startswith(PASSING)]
    return urlencode(pairs)


def filename(title: str, ending: str) -> str:
    """A name that says what and when."""
    return clean_name(f"{title}_{clock.local(clock.now()):%Y%m%d_%H%M}.{ending}")


class ListToolsView(Page):
    """What stands above every list."""

    route_base = "/lists"
    default_view = "exports"

    def _screen(self, endpoint: str) -> Any:
        view = screen_named(endpoint)
        if view is None or "list" in view.exclude_route_methods:
            abort(404)
        if not view.permitted("can_list"):
            abort(403)
        return view

    def _back(self, view: Any, query: str = "") -> Response:
        address = url_for(f"{view.endpoint}.list")
        return redirect(f"{address}?{query}" if query else address)  # type: ignore[return-value]  # werkzeug's Response

    @expose("/<screen>/filters", methods=["POST"])
    @has_access
    def keep(self, screen: str) -> Response:
        """Keep the filter that is set, under a name."""
        view, query = self._screen(screen), kept_query(request.form.get("query", ""))
        try:
            row = listing.save_filter(current(), screen, request.form.get("name", ""), query)
        except Refused as problem:
            flash(i18n.say(problem), "warning")
        else:
            flash(_("Kept: %(record)s", record=row.name), "success")
        return self._back(view, query)

    @expose("/filters/<int:filter_id>/remove", methods=["POST"])
    @has_access
    def forget(self, filter_id: int) -> Response:
        """Forget a filter of one's own."""
        screen = listing.remove_filter(current(), filter_id)
        view = screen_named(screen)
        return self._back(view) if view is not None else redirect("/")  # type: ignore[return-value]  # likewise

    @expose("/<screen>/columns", methods=["POST"])
    @has_access
    def columns(self, screen: str) -> Response:
        """Show the columns ticked; "usual" goes back to those everybody sees, and to the usual order."""
        view = self._screen(screen)
        known = [name for name, _label in view.column_choices()]
        ticked = [name for name in known if name in request.form.getlist("column")]
        usual = "usual" in request.form or ticked == view.usual_columns()
        listing.choose_columns(current(), screen, [] if usual else ticked)
        if "usual" in request.form:
            listing.choose_sort(current(), screen, "", "")
        return self._back(view, kept_query(request.form.get("query", "")))

    @expose("/<screen>/sort", methods=["POST"])
    @has_access
    def sort(self, screen: str) -> Response:
        """Sort by a column, now and next time; the order stands in the address as well, so that it can be kept."""
        view = self._screen(screen)
        column, _dot, direction = request.form.get("sort", "").rpartition(".")
        if column not in view.order_columns or direction not in ("asc", "desc"):
            abort(400)
        listing.choose_sort(current(), screen, column, direction)
        order = {f"_oc_{type(view).__name__}": column, f"_od_{type(view).__name__}": direction}
        asked = parse_qsl(kept_query(request.form.get("query", "")))
        return self._back(view, urlencode([pair for pair in asked if pair[0] not in order] + [*order.items()]))

    @expose("/<screen>/export", methods=["POST"])
    @has_access
    def export(self, screen: str) -> Any:
        """What is filtered, as a file: at once when it is small, else in the background."""
        view = self._screen(screen)
        permissions.check(current(), "list_export.ask")
        ending = request.form.get("format", "")
        if ending not in listing.FORMATS:
            abort(400)
        asked = wanted(view, view.shown_columns())
        at_once = settings.number(listing.AT_ONCE)
        rows = asked.count(at_once)
        if rows > at_once:
            query = kept_query(request.query_string.decode())
            if len(query) > listing.LONGEST_QUERY:
                abort(400)
            row = listing.ask_for_export(
                current(),
                screen=screen,
                title=str(view.list_title)[:100],
                query=query,
                columns=asked.columns,
                language=i18n.html_lang().replace("-", "_"),
                format=ending,
            )
            return redirect(url_for("ListToolsView.progress", export_id=row.id))
        listing.note_export(current(), screen, rows)
        name = filename(str(view.list_title), ending)
        rows_wanted = list(asked.rows(at_once))
        if ending == "xlsx":
            return offer(as_xlsx(str(view.list_title), asked.headings, rows_wanted), sheets.CONTENT_TYPE, name)
        return offer("".join(as_csv(asked.headings, rows_wanted)).encode(), CSV_TYPE, name)

    @expose("/exports/<int:export_id>")
    @has_access
    def progress(self, export_id: int) -> str:
        """How far an export is, and the file when it is there."""
        row = listing.fetch(listing.ListExport, export_id)
        view = screen_named(row.screen)
        page: str = self.render_template(
            "export.html",
            title=row.title,
            row=row,
            stored=listing.file_of(row) if row.status == "done" else None,
            back=url_for(f"{view.endpoint}.list") + (f"?{row.query}" if row.query else "") if view else "/",
        )
        return page


@handles("export_list", N_("Export a list"))
def export_list(job: Job) -> None:
    """Make the file of an export with the eyes of whoever asked. May run twice: the second finds it done."""
    row = listing.fetch(listing.ListExport, job["export"])
    if row.status == "done":
        return
    person: Principal = principal_by_id(row.user_id)
    view = screen_named(row.screen)
    if view is None or not permissions.may(person, "list_export.ask"):
        raise GiveUp("the screen is gone, or the person may not export any more")
    key, columns, query, ending, language, title = row.id, row.columns, row.query, row.format, row.language, row.title
    most = settings.number(listing.MOST)
    listing.db.session.rollback()
    with current_app.test_request_context(f"/lists/?{query}"), acting_as(person), force_locale(language):
        asked = wanted(view, columns)
        total = min(asked.count(most), most)
        rows = list(asked.rows(most, lambda done: listing.progress(key, done, total)))
        headings = asked.headings
        content = as_xlsx(title, headings, rows) if ending == "xlsx" else "".join(as_csv(headings, rows)).encode()
    with job.finish("list_export.made") as session:
        content_type = sheets.CONTENT_TYPE if ending == "xlsx" else CSV_TYPE
        listing.finish(session, key, content, filename(title, ending), content_type, len(rows))
