"""The REST base: same interface, same row scope, CSRF-protected for browsers."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import ModelRestApi

from app.core.views.interface import PAGE_MAX


class BaseApi(ModelRestApi):
    """Base of every API over a model. Name ``list_columns``, ``show_columns``, ``search_columns`` explicitly.

    A browser session needs the CSRF token like every form; a request with a bearer token does not carry ambient
    authority and needs none (``app.core.front``). Writes go through commands: the generic ones are closed.
    """

    csrf_exempt = False
    allow_browser_login = True
    max_page_size = PAGE_MAX
    page_size = 25
    include_route_methods = {"get", "get_list", "info"}

    def pre_get_list(self, data: dict[str, Any]) -> None:
        """Cap what is said of the number of rows."""
        data["count_is_capped"] = data.get("count", 0) > 1000
