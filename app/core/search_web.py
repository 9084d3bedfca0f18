"""``/search/``: the search box of every page. A number leads straight to its record, everything else to a short list."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _

from app.core import search
from app.core.views import Page


class SearchView(Page):
    """What stands anywhere in the portal, through the person's row scope."""

    route_base = "/search"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The page of results; ``part=1`` gives the list alone, for the box in the top bar."""
        text = request.args.get("q", "").strip()[: search.LONGEST]
        groups = search.everything(text)
        if request.args.get("part"):
            return self.render_template("search_part.html", text=text, groups=groups)
        if len(groups) == 1 and groups[0].exact:
            return redirect(groups[0].hits[0].url)
        return self.render_template("search.html", title=_("Search"), text=text, groups=groups)
