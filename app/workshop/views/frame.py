"""The same pages in two frames: the office's for the office, the telephone's for a technician."""

from __future__ import annotations

from typing import Any

from app.core.actors import current


class Framed:
    """Mixin for a view, named before it: its templates begin with ``{% extends frame %}``."""

    def render_template(self, template: str, **given: Any) -> str:
        """The page in the reader's frame."""
        phone = current().roles == {"technician"}
        frame = {"frame": "fieldservice/my/base.html", "tab": "items", "me": current()}
        page: str = super().render_template(  # type: ignore[misc]  # of the view it is mixed into
            template, phone=phone, **(frame if phone else {"frame": "layout.html"}), **given
        )
        return page
