"""``/item``: a customer sees how the own product stands, by the code on the receipt 003 or with number and telephone.

Without a login, limited by address, without a name, an address or a price. Whoever of the house scans the same code and is
logged in is led to the item's page.
"""

from __future__ import annotations

from typing import Any

import flask_babel
from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import i18n
from app.core.views import OfficeForm, fields
from app.workshop import queries, rules

# Numbers tried out, and codes: both by address.
STATUS_RATE = "10 per 5 minutes"
TAG_RATE = "60 per 5 minutes"

blueprint = Blueprint("item", __name__, url_prefix="/item")


class StatusForm(OfficeForm):
    """Which receipt, and that one may ask for it."""

    number = fields.text(_l("Number of the receipt (003)"), 40)
    phone = fields.text(_l("Your telephone number"), 32, render_kw={"autocomplete": "tel", "inputmode": "tel"})


@blueprint.before_request
def _language() -> None:
    """``?lang=en`` chooses the language for the whole visit: there is no menu to choose it from."""
    wanted = request.args.get("lang", "")
    if wanted in i18n.LANGUAGES:
        session["locale"] = wanted
        flask_babel.refresh()


def _page(status: int = 200, **given: Any) -> Any:
    builder = current_app.extensions["appbuilder"]
    shown = {"found": None, "form": None, "tag": "", "asked_tag": False, **given}
    page = render_template(
        "workshop/public.html",
        appbuilder=builder,
        base_template=builder.base_template,
        title=_("How does my repair stand?"),
        steps=list(rules.PUBLIC_STEP_LABELS),
        **shown,
    )
    # The address is the key: no search engine, and no other page, is told of it.
    return page, status, {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


@blueprint.get("/<tag>")
def shown(tag: str) -> Any:
    """How the item of this code stands; its own page for who of the house may see it."""
    if current_app.extensions["appbuilder"].sm.has_access("can_show", "RepairCardView"):
        card = queries.by_tag(tag)
        if card is not None:
            return redirect(url_for("RepairCardView.show", pk=card.id))
    found = queries.public_item(tag=tag)
    if found is None:
        return _page(404, form=StatusForm(formdata=None), asked_tag=True)
    return _page(found=found, tag=tag)


@blueprint.route("/", methods=["GET", "POST"])
def status() -> Any:
    """The same with the receipt's number and the customer's telephone number."""
    form = StatusForm()
    found = None
    if request.method == "POST" and form.validate():
        found = queries.public_item(number=form.number.data, phone=form.phone.data)
        if found is None:
            form.refuse(None, _("No product was found for this number and telephone number."))
    failed = request.method == "POST" and found is None
    return _page(422 if failed else 200, found=found, form=None if found else form)


def install(app: Flask) -> None:
    """Register the door, limited by address so that neither numbers nor codes can be tried out in bulk."""
    app.register_blueprint(blueprint)
    limiter = app.appbuilder.sm.limiter  # type: ignore[attr-defined]  # set by the framework
    for endpoint, rate, method in (("item.status", STATUS_RATE, "POST"), ("item.shown", TAG_RATE, "GET")):
        # Its own name: two limits with the same text would count together.
        wrap = limiter.shared_limit(rate, scope=f"{endpoint}-{rate}", methods=[method])
        app.view_functions[endpoint] = wrap(app.view_functions[endpoint])
