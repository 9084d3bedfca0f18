"""What jobs used in a month, by part, branch, technician, class and job (SO-22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import request
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.views import Page
from app.parts import queries
from app.parts.queries import UsedPart

BY: dict[str, tuple[Any, Callable[[UsedPart], tuple[str, str]]]] = {
    "part": (_l("Part"), lambda row: (row.part, row.code)),
    "technician": (_l("Technician"), lambda row: (row.technician or "—", row.branch)),
    "branch": (_l("Branch"), lambda row: (row.branch, "")),
    "class": (_l("Class"), lambda row: (row.service_class or "—", "")),
    "job": (_l("Job no."), lambda row: (row.job or "—", f"{row.technician} {row.service_class}".strip())),
}


class UsedView(Page):
    """``/parts/used``: one month, added up as asked; every view of it is the sum of the same rows."""

    route_base = "/parts/used"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The month's table."""
        month = _month(request.args.get("month", ""))
        by = request.args.get("by", "part")
        by = by if by in BY else "part"
        rows = queries.used_between(clock.at_local(month), clock.at_local(_next(month)))
        label, key = BY[by]
        return self.render_template(
            "parts/used.html",
            title=_("Parts used"),
            month=month,
            this_month=clock.today().replace(day=1),
            by=by,
            choices={name: title for name, (title, _key) in BY.items()},
            label=label,
            sums=_sums(rows, key, by),
            quantity=sum(row.quantity for row in rows),
            amount=sum((row.amount for row in rows), Decimal("0.00")),
        )


def _month(typed: str) -> date:
    try:
        return min(date.fromisoformat(f"{typed}-01"), clock.today().replace(day=1))
    except ValueError:
        return clock.today().replace(day=1)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _sums(rows: list[UsedPart], key: Callable[[UsedPart], tuple[str, str]], by: str) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(
        lambda: {"quantity": 0, "amount": Decimal("0.00"), "jobs": set(), "what": []}
    )
    for row in rows:
        mine = found[key(row)]
        mine["quantity"] += row.quantity
        mine["amount"] += row.amount
        mine["jobs"].add(row.job)
        if by == "job":
            mine["what"].append(f"{row.part} × {row.quantity}")
    listed = [{"name": name, "more": more, **sums} for (name, more), sums in found.items()]
    return sorted(listed, key=lambda each: (-each["quantity"], each["name"]))
