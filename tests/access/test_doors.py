"""Every door to somebody else's records: pages, forms, verbs, look-ups, lists below a record, addresses with filters,
files and papers. Whoever may not see a record finds it as if it did not exist (stack.md traps 3 and 4).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import inspect

from app.core import documents
from app.core.scope import models
from app.core.views import BaseView
from app.core.views.columns import kind_of, property_of
from app.core.views.lookup import _lookups
from tests.access import walk
from tests.access.conftest import World
from tests.records import DAY

# What only certain people may ever read on any page: words -> who.
NJ = {"clerk", "supervisor", "manager", "accountant", "service", "director"}
SZ = {"clerk_sz", "supervisor_sz", "service", "director"}
SECRETS: dict[str, set[str]] = {
    "张伟": NJ | {"technician"},
    "13800000001": NJ | {"technician"},
    "SN-IN-1": NJ | {"technician"},
    "PG-mine": NJ | {"technician"},
    "刘芳": NJ | {"technician2"},
    "13800000002": NJ | {"technician2"},
    "SN-OUT-1": NJ | {"technician2"},
    "PG-colleague": NJ | {"technician2"},
    "PG-declined": NJ,
    "顾敏": SZ | {"technician_sz"},
    "13800000004": SZ | {"technician_sz"},
    "SN-SZ-1": SZ | {"technician_sz"},
    "PG-suzhou": SZ | {"technician_sz"},
    "钟山宾馆": NJ | SZ,
    "三天没有人来：plain": {"supervisor", "manager", "service", "director"},
    "三天没有人来：suzhou": {"clerk_sz", "supervisor_sz", "service", "director"},
    "三天没有人来：entered by the clerk": {"clerk", "supervisor", "manager", "service", "director"},
    "三天没有人来：against the supervisor": {"clerk", "manager", "service", "director"},
    "三天没有人来：against the clerk": {"supervisor", "manager", "service", "director"},
    "三天没有人来：against the service department": {"supervisor", "manager", "director"},
    "来电说：against the supervisor": {"clerk", "manager", "service", "director"},
    "来电说：against the service department": {"supervisor", "manager", "director"},
}

pytestmark = pytest.mark.usefixtures("nothing_changes")


def betrayed(username: str, text: str) -> list[str]:
    """The secrets in a text that this person may not read."""
    return [word for word, people in SECRETS.items() if username not in people and word in text]


def screens(world: World) -> list[BaseView]:
    return [view for view in world.app.appbuilder.baseviews if isinstance(view, BaseView)]  # type: ignore[attr-defined]  # the framework's attribute of the application


def scoped_screens(world: World) -> list[BaseView]:
    found = set(models())
    return [view for view in screens(world) if view.datamodel.obj in found]


def hidden(world: World, view: BaseView, username: str) -> list[int]:
    """Ids of rows of the screen's table that the person may not see."""
    model = view.datamodel.obj
    return sorted(world.records.all_of(model) - world.records.visible(model, username))


def routes_of(world: World, view: BaseView) -> set[str]:
    """The methods of a screen that have an address."""
    name = type(view).__name__
    return {r.endpoint.partition(".")[2] for r in walk.routes(world.app).values() if r.endpoint.startswith(f"{name}.")}


# Asked below in their own way, or of no record.
ELSEWHERE = {"/logout/", "/health", "/print/now/<name>", "/files/<int:file_id>"}
STRANGERS = ("technician", "clerk_sz", "supervisor", "accountant", "admin")


@pytest.mark.parametrize("username", [name for name in STRANGERS if name != "accountant"])
def test_no_page_shows_what_the_person_may_not_see(world: World, username: str) -> None:
    """Every GET route there is, with every record there is: lists, pages, forms, lists below a page, cards, boards."""
    person, wrong = world.person(username), []
    for route, rule in sorted(walk.routes(world.app).items()):
        if route.method != "GET" or route.rule in ELSEWHERE:
            continue
        for address, allowed in addresses(world, route, rule, username):
            answer = person.get(address)
            page = answer.data.decode("utf-8", "replace")
            if words := betrayed(username, page):
                wrong.append(f"{address} shows {words}")
            if not allowed and answer.status_code not in (403, 404):
                wrong.append(f"{address} of a hidden record answers {answer.status_code}")
            if answer.status_code >= 500:
                wrong.append(f"{address} fails")
    assert wrong == []


def addresses(world: World, route: walk.Route, rule: Any, username: str) -> Iterator[tuple[str, bool]]:
    """Addresses of a route, one for every record it can name, and whether the person may see that record."""
    view, records = walk.view_of(world.app, rule), world.records
    model, argument = None, next(iter({"pk", "order_id", "customer_id"} & rule.arguments), "")
    if argument == "pk" and isinstance(view, BaseView):
        model = view.datamodel.obj
    elif argument:
        model = {"order_id": records.models["work_order/mine"], "customer_id": records.models["customer/suzhou"]}.get(
            argument
        )
    if model is None or model not in models():
        yield walk.address(world.app, route, rule, records), True
        return
    visible = records.visible(model, username)
    keys = [verb.key for verb in getattr(view, "verbs", ())] if "key" in rule.arguments else [""]
    unseen = sorted(records.all_of(model) - visible)
    rest = unseen[1:2] + unseen[2:][-1:] if username in ("technician", "clerk_sz", "supervisor") else []
    for number in [*sorted(visible)[:1], *unseen[:1], *rest]:
        # A verb's form is asked for by all of them; of a hidden record one verb stands for all.
        for key in keys if number in visible else keys[:1]:
            # The papers of a record are asked for by name.
            named = {"name": "major_report"} if "name" in rule.arguments else {}
            built = rule.build({argument: number, **named, **({"key": key} if key else {})})
            assert built is not None
            yield str(built[1]), number in visible


@pytest.mark.parametrize("username", ["clerk_sz"])
def test_addresses_with_filters_find_and_name_nothing_hidden(world: World, username: str) -> None:
    """``_flt_0_customer=<somebody else's id>``, the search box, another order: rows and labels go through the scope."""
    person, records, wrong = world.person(username), world.records, []
    for view in screens(world):
        base = f"{view.route_base}/list/"
        if person.get(base).status_code != 200:
            continue
        visible = records.visible(view.datamodel.obj, username) if view in scoped_screens(world) else None
        queries = ["q=1", f"psize_{type(view).__name__}=1000&_oc_{type(view).__name__}=id"]
        for name in view.search_columns:
            if kind_of(view.datamodel.obj, name) in ("reference", "references"):
                target = property_of(view.datamodel.obj, name).mapper.class_
                unseen = records.all_of(target) - records.visible(target, username)
                queries += [f"_flt_0_{name}={number}" for number in sorted(unseen)[:1]]
        for query in queries:
            page = person.get(f"{base}?{query}").get_data(as_text=True)
            shown = {int(number) for number in re.findall(rf'data-href="{view.route_base}/show/(\d+)"', page)}
            if visible is not None and not shown <= visible:
                wrong.append(f"{base}?{query} lists {sorted(shown - visible)}")
            if words := betrayed(username, page):
                wrong.append(f"{base}?{query} shows {words}")
    assert wrong == []


@pytest.mark.parametrize("username", ["technician", "clerk_sz", "supervisor", "accountant", "admin"])
def test_lookups_offer_only_what_is_seen(world: World, username: str) -> None:
    person, records, wrong = world.person(username), world.records, []
    scoped = set(models())
    for name, found in sorted(_lookups.items()):
        references = [a.key for a in inspect(found.model).column_attrs if a.key.endswith("_id")]
        more = ("?q=1", *(f"?{reference}=1" for reference in references)) if username == "clerk_sz" else ()
        for query in ("", *more):
            answer = person.get(f"/lookup/{name}{query}")
            if answer.status_code in (403, 404):
                continue
            rows = json.loads(answer.data)["results"]
            if found.model in scoped and not {row["id"] for row in rows} <= records.visible(found.model, username):
                wrong.append(f"/lookup/{name}{query} offers hidden rows")
            if words := betrayed(username, answer.get_data(as_text=True).encode().decode("unicode_escape")):
                wrong.append(f"/lookup/{name}{query} shows {words}")
    assert wrong == []


@pytest.mark.parametrize("username", ["clerk", "technician", "supervisor", "service", "director"])
def test_accounts_are_looked_up_by_administrators_only(world: World, username: str) -> None:
    assert world.person(username).get("/lookup/ab_user").status_code in (403, 404)


@pytest.mark.parametrize("username", ["technician", "clerk_sz"])
def test_nothing_is_done_to_a_hidden_record(world: World, username: str) -> None:
    """Edit, delete and every verb, one by one and ticked: 404 (or 403), and nothing has changed."""
    person, wrong = world.person(username), []
    token = person.token()
    for view in scoped_screens(world):
        there = routes_of(world, view)
        for number in hidden(world, view, username)[:1]:
            doors = [(f"{view.route_base}/{method}/{number}", {}) for method in ("edit", "delete") if method in there]
            if "do" in there:
                doors += [(f"{view.route_base}/do/{verb.key}/{number}", FILLED) for verb in view.verbs]
            for address, form in doors:
                answer = person.client.post(address, data={**form, "csrf_token": token})
                if answer.status_code not in (403, 404):
                    wrong.append(f"POST {address}: {answer.status_code}")
        unseen = hidden(world, view, username)
        if unseen and "do_many" in there:
            for verb in (verb.key for verb in view.verbs if verb.bulk and verb.form is None):
                form = {"rowid": [str(number) for number in unseen], "csrf_token": token}
                answer = person.client.post(f"{view.route_base}/do_many/{verb}", data=form)
                if answer.status_code not in (403, 404):
                    wrong.append(f"POST {view.route_base}/do_many/{verb}: {answer.status_code}")
    assert wrong == []


# A form that fits every verb: what is asked for is there, so that nothing but the hidden record stands in the way.
FILLED = {"said": "x", "reason": "x", "note": "x", "name": "x", "signer": "x", "quantity": "1", "minutes": "1"}


def test_my_pages_are_only_mine(world: World) -> None:
    """The technician's own pages with a colleague's job, and with one of another branch."""
    person, records = world.person("technician"), world.records
    token = person.token()
    for which in ("colleague", "declined", "suzhou"):
        number = records[f"work_order/{which}"]
        assert person.get(f"/my/job/{number}").status_code == 404
        for verb in ("accept", "arrive", "finish", "sign", "quote", "fit_part", "remove_part", "record_time"):
            answer = person.client.post(f"/my/job/{number}/{verb}", data={**FILLED, "csrf_token": token})
            assert answer.status_code in (302, 404, 409), f"{which} {verb}"
    # Another's minutes are not taken back either: nothing_changes looks.
    for which in ("colleague", "suzhou"):
        person.client.post(f"/my/day/remove/{records[f'time_entry/{which}']}", data={"csrf_token": token})
    foreign = records.cast.staff("technician2")
    page = person.get(f"/my/report/?staff={foreign}").get_data(as_text=True)
    assert betrayed("technician", page) == []


CUSTOMER, ADDRESS, VOUCHER, CONTRACT = "customer", "address", "voucher", "contract"


def crafted(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """Forms that are right in everything but one: they name a record of Nanjing. (who, address, form)"""
    records = world.records
    theirs, mine = records["customer/in_warranty"], records["customer/suzhou"]
    model, district = records.cast.vouchers, records.cast.districts["姑苏区"]
    assert model
    complaint = {
        "complainant": "x",
        "phone": "13100000000",
        "content": "x",
        "channel": "telephone",
        "category": "other",
        "received_at": "2026-11-20T09:00",
    }
    contract = {
        "starts_on": "2026-11-01",
        "ends_on": "2027-11-01",
        "price": "1",
        "visits": "0",
        "labour_free": "1",
    }
    return [
        ("clerk_sz", "/telephoneview/add", {"customer": theirs, "number": "13100000001", "kind": "mobile"}),
        ("clerk_sz", "/contactview/add", {"customer": theirs, "name": "x"}),
        ("clerk_sz", "/addressview/add", {"customer": theirs, "district": district, "line": "x"}),
        (
            "clerk_sz",
            "/voucherview/add",
            {"customer": theirs, "address": records["address/in_warranty"], "product_model": 1, "serial_no": "NEU-1"},
        ),
        (
            "clerk_sz",
            "/voucherview/add",
            {"customer": mine, "address": records["address/in_warranty"], "product_model": 1, "serial_no": "NEU-2"},
        ),
        ("clerk_sz", "/contractview/add", {**contract, "customer": theirs}),
        ("clerk_sz", "/complaintview/add", {**complaint, "customer": theirs}),
        ("clerk_sz", "/complaintview/add", {**complaint, "voucher": records["voucher/in_warranty"]}),
        ("clerk_sz", "/complaintview/add", {**complaint, "branch": records.cast.branches["NJ"]}),
        (
            "clerk_sz",
            "/returnvisitview/add",
            {"customer": theirs, "cause": "other", "due_on": "2026-11-25", "reason": "x"},
        ),
        (
            "clerk_sz",
            f"/intake/call/{records['voucher/in_warranty']}",
            {"symptom": "x", "reported_at": "2026-11-20T09:00"},
        ),
        (
            "clerk_sz",
            f"/telephoneview/edit/{records['telephone/suzhou']}",
            {"customer": theirs, "number": "1", "version": 1},
        ),
        ("supervisor_sz", f"/dispatch/send/{records['repair_call/colleague']}", {"technician_id": "1"}),
        (
            "supervisor_sz",
            f"/workorderview/do/reassign/{records['work_order/suzhou']}",
            {"technician_id": records.cast.staff("technician"), "reason": "x"},
        ),
    ]


def test_a_form_with_somebody_else_s_record_in_it_is_refused(world: World) -> None:
    """Foreign keys are checked again on saving (trap 4); what was refused names nothing of what is hidden."""
    wrong = []
    for username, address, form in crafted(world):
        person = world.person(username)
        answer = person.client.post(address, data={**form, "csrf_token": person.token()})
        if answer.status_code not in (403, 404, 422) and not address.startswith("/dispatch/"):
            wrong.append(f"{address} {form}: {answer.status_code}")
        if words := betrayed(username, answer.get_data(as_text=True)):
            wrong.append(f"{address} {form} shows {words}")
    assert wrong == []


def test_an_add_form_opened_with_somebody_else_s_record_does_not_name_it(world: World) -> None:
    """``/contactview/add?_flt_0_customer=…`` fills the form in: only with what the person may see."""
    person, records, wrong = world.person("clerk_sz"), world.records, []
    for view in screens(world):
        if "add" not in routes_of(world, view):
            continue
        for name in view.add_columns:
            if kind_of(view.datamodel.obj, name) != "reference":
                continue
            target = property_of(view.datamodel.obj, name).mapper.class_
            for number in sorted(records.all_of(target) - records.visible(target, "clerk_sz"))[:3]:
                address = f"{view.route_base}/add?_flt_0_{name}={number}"
                if words := betrayed("clerk_sz", person.get(address).get_data(as_text=True)):
                    wrong.append(f"{address} shows {words}")
    assert wrong == []


@pytest.mark.parametrize("username", ["technician", "clerk_sz", "accountant", "admin"])
def test_files_are_given_to_whoever_sees_their_record(world: World, username: str) -> None:
    person, records = world.person(username), world.records
    for name, number in records.files.items():
        expected = 200 if username in records.seen_by[name] else 404
        assert person.get(f"/files/{number}").status_code == expected, name


@pytest.fixture
def printed() -> Iterator[list[str]]:
    """Everything that was about to be printed, as text; no PDF is made."""
    texts: list[str] = []

    def press(template: str, contexts: Any, **_more: Any) -> Any:
        texts.append(repr(contexts))
        return mock.Mock(pdf=b"%PDF", pages=1)

    with mock.patch("app.core.pdf.render_page_sets", press):
        yield texts


@pytest.mark.parametrize("username", STRANGERS)
def test_papers_hold_only_what_the_reader_sees(world: World, username: str, printed: list[str]) -> None:
    """Every document, for records it could be asked for, and for the day of every branch."""
    person, wrong = world.person(username), []
    single = range(1, 13) if username in ("technician", "clerk_sz") else ()
    for document in documents.all_documents():
        asked = [f"?branch={branch}&date={DAY.isoformat()}" for branch in ("HQ", "NJ", "SZ")]
        asked += [f"?record_id={number}&date={DAY.isoformat()}" for number in single]
        for query in asked:
            del printed[:]
            answer = person.get(f"/print/now/{document.name}{query}")
            if words := betrayed(username, "".join(printed) + answer.data.decode("utf-8", "replace")):
                wrong.append(f"{document.name}{query} shows {words}")
            if answer.status_code >= 500:
                wrong.append(f"{document.name}{query} fails: {answer.status_code}")
            if answer.status_code == 403:
                break  # who may not print it at all
    assert wrong == []


def test_the_check_itself_finds_what_is_shown(world: World, nothing_changes: Callable[[], None]) -> None:
    """The words do stand on the pages of whoever may read them: otherwise the tests above would prove nothing."""
    director = world.person("director")
    found = ""
    for view in scoped_screens(world):
        found += director.get(f"{view.route_base}/list/?psize_{type(view).__name__}=100").get_data(as_text=True)
    for number in world.records.visible(world.records.models["complaint/plain"], "director"):
        found += director.get(f"/complaintview/show/{number}").get_data(as_text=True)
    missing = [word for word, people in SECRETS.items() if "director" in people and word not in found]
    assert missing == []
    nothing_changes()
