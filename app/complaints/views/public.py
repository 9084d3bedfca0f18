"""``/complain``: customers complain without a login, and see with number and telephone how their complaint stands (CP-1).

The voucher's code leads to ``/complain/v/<token>``. Limited by address; what robots fill in is refused; no page of this
door says a name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask_babel
from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.complaints import commands, queries, rules
from app.complaints.models import Complaint
from app.complaints.views.forms import WANTS, labels
from app.core import i18n
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.views import OfficeForm, fields
from app.core.views.refusals import FORESEEN, explain
from app.customers.links import voucher_of
from app.customers.models import Voucher
from app.organisation.models import Branch

# Accepted complaints, and attempts of any kind, from one address.
ACCEPTED_RATE = "5 per hour"
ATTEMPT_RATE = "30 per 10 minutes"
STATUS_RATE = "10 per 5 minutes"
PHOTOS = ("photo1", "photo2", "photo3")

blueprint = Blueprint("complain", __name__, url_prefix="/complain")


def _branches() -> dict[str, Any]:
    with acting_as(SYSTEM):
        statement = select(Branch.id, Branch.name).where(Branch.active.is_(True), Branch.kind != "head_office")
        return {str(row.id): row.name for row in db.session.execute(statement.order_by(Branch.code))}


def _photo(label: Any) -> Any:
    return fields.upload(label, ("image/png", "image/jpeg"), megabytes=8, required=False)


class ComplainForm(OfficeForm):
    """What a customer tells us."""

    complainant = fields.text(_l("Your name"), 64, render_kw={"autocomplete": "name"})
    phone = fields.text(_l("Your telephone number"), 32, render_kw={"autocomplete": "tel", "inputmode": "tel"})
    email = fields.text(_l("E-mail (if you like)"), 128, required=False, render_kw={"autocomplete": "email"})
    branch_id = fields.choice(_l("Which branch served you"), _branches, required=False)
    category = fields.choice(_l("What is it about"), labels(rules.CATEGORY_LABELS))
    content = fields.notes(_l("What has happened"), 2000)
    wants = fields.choice(_l("What do you ask for"), WANTS, required=False)
    photo1 = _photo(_l("Photo"))
    photo2 = _photo(_l("Another photo"))
    photo3 = _photo(_l("Another photo"))
    # People do not see it; a robot fills in every field.
    website = fields.text("Website", 200, required=False, render_kw={"tabindex": "-1", "autocomplete": "off"})


class StatusForm(OfficeForm):
    """Which complaint, and that one may ask for it."""

    number = fields.text(_l("Number of the complaint"), 40)
    phone = fields.text(_l("Your telephone number"), 32, render_kw={"autocomplete": "tel", "inputmode": "tel"})


@blueprint.before_request
def _language() -> None:
    """``?lang=en`` chooses the language for the whole visit: there is no menu to choose it from."""
    wanted = request.args.get("lang", "")
    if wanted in i18n.LANGUAGES:
        session["locale"] = wanted
        flask_babel.refresh()


def _page(template: str, status: int = 200, **given: Any) -> tuple[str, int]:
    builder = current_app.extensions["appbuilder"]
    page = render_template(template, appbuilder=builder, base_template=builder.base_template, **given)
    return page, status


@blueprint.route("/", methods=["GET", "POST"], defaults={"token": ""})
@blueprint.route("/v/<token>", methods=["GET", "POST"])
def form(token: str) -> Any:
    """The form; with a voucher's token the product is known and need not be typed."""
    voucher = _voucher(token)
    given = ComplainForm()
    if voucher is not None:
        del given.branch_id
    if request.method == "POST" and given.validate():
        try:
            complaint = _enter(given, voucher)
        except FORESEEN as problem:
            given.refuse(*explain(problem, None))
        else:
            session["complained"] = complaint.number
            return redirect(url_for("complain.thanks"), 303)
    title = _("Tell us what went wrong")
    return _page(
        "complaints/complain.html",
        422 if request.method == "POST" else 200,
        title=title,
        form=given,
        voucher=voucher,
        photos=PHOTOS,
    )


def _voucher(token: str) -> Voucher | None:
    number = voucher_of(token) if token else None
    if number is None:
        return None
    with acting_as(SYSTEM):
        found: Voucher | None = db.session.scalars(select(Voucher).where(Voucher.id == number)).one_or_none()
        if found is not None:
            str(found.product_model)  # loaded now: nobody is acting when the page is written
    return found


def _enter(given: ComplainForm, voucher: Voucher | None) -> Complaint:
    if given.website.data:
        raise Refused(N_("This looks like a robot's entry: please leave the hidden field empty."))
    if len(queries.digits(given.phone.data)) < 7:
        raise Refused(N_("We need a telephone number to reach you."), field="phone")
    chosen = given.branch_id.data if "branch_id" in given else None
    with acting_as(SYSTEM):
        branch_id = int(chosen) if chosen else None
        if voucher is None and branch_id is None:
            branch_id = db.session.scalar(select(Branch.id).where(Branch.kind == "head_office").order_by(Branch.id))
    return commands.complain(
        complainant=given.complainant.data,
        phone=given.phone.data,
        email=given.email.data or "",
        content=given.content.data,
        category=given.category.data,
        wants=given.wants.data,
        branch_id=branch_id,
        voucher_id=voucher.id if voucher is not None else None,
        photos=[given[name].data for name in PHOTOS if given[name].data is not None],
    )


@blueprint.get("/thanks")
def thanks() -> Any:
    """The number to ask with; only for the browser that complained."""
    number = session.get("complained")
    if not number:
        return redirect(url_for("complain.form"))
    return _page("complaints/complain_thanks.html", title=_("Thank you"), number=number)


@blueprint.route("/status", methods=["GET", "POST"])
def status() -> Any:
    """How a complaint stands: stages and days, no names."""
    given = StatusForm()
    found = None
    if request.method == "GET" and session.get("complained"):
        given.number.process_data(session["complained"])
    if request.method == "POST" and given.validate():
        found = queries.public_status(given.number.data, given.phone.data)
        if found is None:
            given.refuse(None, _("No complaint was found for this number and telephone number."))
    failed = request.method == "POST" and found is None
    return _page(
        "complaints/complain_status.html",
        422 if failed else 200,
        title=_("How does my complaint stand?"),
        form=given,
        found=found,
    )


def install(app: Flask) -> None:
    """Register the door, limited by address so that neither complaints nor numbers can be tried out in bulk."""
    app.register_blueprint(blueprint)
    limiter = app.appbuilder.sm.limiter  # type: ignore[attr-defined]  # set by the framework

    def limited(endpoint: str, rate: str, deduct_when: Callable[[Response], bool] | None = None) -> None:
        # Its own name: two limits with the same text would count together.
        wrap = limiter.shared_limit(rate, scope=f"{endpoint}-{rate}", methods=["POST"], deduct_when=deduct_when)
        app.view_functions[endpoint] = wrap(app.view_functions[endpoint])

    limited("complain.form", ATTEMPT_RATE)
    limited("complain.form", ACCEPTED_RATE, lambda answer: answer.status_code == 303)
    limited("complain.status", STATUS_RATE)
