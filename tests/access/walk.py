"""Every route of the application as every role: the machinery behind ``matrix.csv``.

A walk asks for permission, not for pages: templates and papers are not made, and what is posted names no record, so
that nothing changes. Whoever may use a route gets past the door (200, 302, 404, 422); whoever may not, 403 or the login.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from flask import Flask
from werkzeug.routing import Rule

from app.core.views import BaseView
from tests.records import DAY, Records

MATRIX = Path(__file__).with_name("matrix.csv")
# Role key -> who stands for it; all at Nanjing or at head office.
PEOPLE = {
    "anonymous": "",
    "clerk": "clerk",
    "technician": "technician",
    "supervisor": "supervisor",
    "branch_manager": "manager",
    "service_department": "service",
    "accountant": "accountant",
    "management": "director",
    "administrator": "admin",
}
NOTHING = 999_999
# Their answer is nobody's business, or they end the walk.
NOT_WALKED = {("GET", "/logout/"), ("POST", "/logout/")}


@dataclass(frozen=True, order=True)
class Route:
    """A rule of the address map and one of its methods."""

    rule: str
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def routes(app: Flask) -> dict[Route, Rule]:
    """Every route and method, but for what Flask answers by itself."""
    return {
        Route(rule.rule, method): rule
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def view_of(app: Flask, rule: Rule) -> Any:
    """The screen behind a rule, if it is one."""
    name = str(rule.endpoint).partition(".")[0]
    return next((v for v in app.appbuilder.baseviews if type(v).__name__ == name), None)  # type: ignore[attr-defined]  # the framework's attribute of the application


def sample(records: Records, model: type[Any]) -> int:
    """A record of this table that Nanjing's people see: the technician's own where there is one; else the first."""
    found = [name for name, seen in records.seen_by.items() if records.models[name] is model and "clerk" in seen]
    found.sort(key=lambda name: ("technician" not in records.seen_by[name], records.ids[name]))
    return records.ids[found[0]] if found else 1


def address(app: Flask, route: Route, rule: Rule, records: Records) -> str:
    """An address of the route: a record that is there to read, none to write."""
    view = view_of(app, rule)
    key = sample(records, view.datamodel.obj) if isinstance(view, BaseView) else 1
    reading = route.method == "GET"
    forms = [verb.key for verb in getattr(view, "verbs", ()) if verb.form is not None]
    given: dict[str, Any] = {
        "pk": key if reading else NOTHING,
        "key": (forms or ["nothing"])[0],
        "verb": "nothing",
        "order_id": records["work_order/mine"] if reading else NOTHING,
        "file_id": records.files["work_order/mine"],
        "customer_id": records["customer/in_warranty"] if reading else NOTHING,
        "filename": "nothing",
        "locale": "en",
        "name": "nothing",
    }
    given |= SPECIAL.get(route.rule, {})
    found = rule.build({name: given.get(name, NOTHING) for name in rule.arguments})
    assert found is not None, route
    return str(found[1])


# Buttons that need nothing more to act, on what is the person's own: walked last.
ACTING = {"/inbox/read-all"}
# What the rule's own names do not say.
SPECIAL: dict[str, dict[str, Any]] = {
    "/settings/change/<key>": {"key": "company_name"},
    "/lookup/<string:name>": {"name": "customer"},
    "/print/now/<name>": {"name": "repair_call_register"},
    "/print/wait/<key>": {"key": "nothing"},
}
QUERY = {"/print/now/<name>": {"date": DAY.isoformat(), "branch": "NJ"}}
# Buttons without a form of their own: what is sent with them is refused.
FORM = {"/my/report/confirm": {"note": "长" * 501}}


@contextlib.contextmanager
def only_doors(app: Flask) -> Iterator[None]:
    """Answer without templates, papers and CSRF tokens: the walk is about who gets in."""
    checked = app.config.get("WTF_CSRF_ENABLED", True)
    app.config["WTF_CSRF_ENABLED"] = False
    with (
        mock.patch("flask.templating._render", return_value="page"),
        mock.patch("app.core.views.model.ListPage"),
        mock.patch("app.core.pdf.render_page_sets", return_value=mock.Mock(pdf=b"%PDF", pages=1)),
    ):
        yield
    app.config["WTF_CSRF_ENABLED"] = checked


def answer(client: Any, app: Flask, route: Route, rule: Rule, records: Records) -> str:
    """How the route answers: the status; ``login`` when it sends there."""
    url = address(app, route, rule, records)
    form = FORM.get(route.rule) if route.method == "POST" else None
    got = client.open(url, method=route.method, query_string=QUERY.get(route.rule), data=form)
    if got.status_code == 302 and "/login/" in got.headers["Location"]:
        return "login"
    return str(got.status_code)


def walk(app: Flask, records: Records, clients: dict[str, Any], *, acting: bool = False) -> dict[Route, dict[str, str]]:
    """Every route as every role; ``clients`` are logged in, by role. ``acting``: those that do act, instead."""
    found: dict[Route, dict[str, str]] = {}
    with only_doors(app):
        for route, rule in sorted(routes(app).items()):
            if (route.method, route.rule) in NOT_WALKED or (route.rule in ACTING) is not acting:
                continue
            found[route] = {role: answer(client, app, route, rule, records) for role, client in clients.items()}
    return found


def read() -> dict[Route, dict[str, str]]:
    """The committed table."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {Route(row.pop("rule"), row.pop("method")): row for row in csv.DictReader(file)}


def write(found: dict[Route, dict[str, str]]) -> None:
    """Write the table anew; what changed is to be read in the diff, line by line."""
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["rule", "method", *PEOPLE])
        for route, answers in sorted(found.items()):
            table.writerow([route.rule, route.method, *(answers[role] for role in PEOPLE)])
