"""What makes the technician's pages an app on the telephone: installable, readable and usable without a network.

The pages themselves stand in ``my`` and in later areas; what a telephone does with them in ``app/static/js/phone_*.js``
and ``worker.js`` (docs/phone.md). The three routes without a login carry no data of anybody.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from app.core import clock, i18n, settings
from app.core.actors import current
from app.core.assets import asset
from app.core.errors import N_, Conflict, NotFound, Refused
from app.core.fetch import fetch
from app.core.received import happened, moment
from app.core.shell import product_name
from app.core.views import Page, fields
from app.core.views.refusals import FORESEEN, explain
from app.fieldservice import commands, rules
from app.fieldservice.models import WorkOrder
from app.fieldservice.queries.phone import passed_on

blueprint = Blueprint("phone", __name__, url_prefix="/my")
HEADER = "X-Phone-Person"
GROUND = "#1560bd"  # of the icon; the pages have their colours from the style sheet
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)
PICTURES = ("image/jpeg", "image/png")
MOST_PICTURES, MOST_BYTES = 20, 8_000_000  # more than a form takes: what it refused for that can be handed over
SCRIPTS = ("vendor/idb/idb.umd.js", "js/phone_store.js")


# -- what the pages ask -------------------------------------------------------------------------------------------


def order_of(order_id: int) -> WorkOrder:
    """The job a page is about. Raises ``NotFound``, or ``Conflict`` that says who has it now when something was entered."""
    try:
        return fetch(WorkOrder, order_id)
    except NotFound:
        gone = passed_on(order_id, current().staff_id or -1)
        if gone is None or request.method != "POST":
            raise
        if gone.to and gone.to_number != gone.number:
            raise Conflict(
                N_("Job %(number)s was given to %(to)s meanwhile (%(to_number)s): it is no longer yours."),
                number=gone.number,
                to=gone.to,
                to_number=gone.to_number,
            ) from None
        raise Conflict(
            N_("Job %(number)s was withdrawn meanwhile: %(reason)s"), number=gone.number, reason=gone.reason or "—"
        ) from None


def entered_at(order: WorkOrder | None = None) -> datetime | None:
    """When what is sent now was entered on the telephone, by our clock; None for a page that does not say.

    Raises ``Refused`` when that is too long ago.
    """
    sent_at = moment("sent_at")
    if sent_at is None:
        return None
    now = clock.now()
    when = happened(now, moment("device_at"), sent_at)
    earliest = when
    if order is not None:
        earliest = rules.follows(order.dispatched_at, ((event.kind, event.at) for event in order.events))
    return rules.entered(now, when, earliest, timedelta(hours=settings.number("phone_keeps_hours")))


def map_of(address: Any) -> str:
    """Where “Navigate” leads for this address."""
    return settings.value("map_address").replace("{address}", quote(str(address)))


class PhoneView(Page):
    """What a telephone asks for besides its pages."""

    route_base = "/my/phone"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """What waits on this telephone, and what could not be taken; the telephone itself fills it in."""
        return self.render_template(
            "fieldservice/my/waiting.html", title=_("Waiting on this telephone"), me=current(), tab="waiting"
        )

    @expose("/pulse")
    @has_access
    def pulse(self) -> Any:
        """Who is logged in, a fresh token for what is to be sent, and our time."""
        me = current()
        return jsonify(person=me.user_id, name=me.name, token=generate_csrf(), now=clock.now().isoformat())

    @expose("/hand_over", methods=["POST"])
    @has_access
    def hand_over(self) -> Any:
        """What the portal did not take goes to the supervisor, with its pictures."""
        given = request.form
        try:
            commands.hand_over(
                current(),
                order_id=given.get("order_id", type=int),
                what=given.get("label", ""),
                title=given.get("title", ""),
                lines=rules.kept_lines(given.get("lines", "")),
                told=given.get("told", ""),
                entered_at=happened(clock.now(), moment("device_at"), moment("sent_at")),
                files=_attached(),
            )
        except FORESEEN as error:
            return jsonify(message=explain(error)[1]), 422
        return redirect(url_for("PhoneView.index"))


def _attached() -> list[commands.Attached]:
    """Photographs and the signature of an entry.

    Raises ``Refused`` when one of them cannot be kept: the telephone deletes its own once the portal has them.
    """
    found = []
    chosen = [sent for sent in request.files.getlist("files") if sent.filename]
    if len(chosen) > MOST_PICTURES:
        raise Refused(N_("At most %(count)s photos at once."), count=MOST_PICTURES)
    for sent in chosen:
        content = sent.read(MOST_BYTES + 1)
        kind = next((each for each in PICTURES if any(content.startswith(mark) for mark in fields.MAGIC[each])), "")
        if not kind or len(content) > MOST_BYTES:
            raise Refused(
                N_("%(name)s cannot be kept: only JPEG and PNG pictures up to %(size)s MB."),
                name=sent.filename or "",
                size=MOST_BYTES // 1_000_000,
            )
        found.append(commands.Attached(content, sent.filename or "", kind))
    drawing = request.form.get("drawing", "").partition("base64,")[2]
    if drawing:
        try:
            content = base64.b64decode(drawing, validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if not content.startswith(fields.MAGIC["image/png"]):
            raise Refused(N_("The signature could not be read; please sign again."))
        found.append(commands.Attached(content, "signature.png", "image/png"))
    return found


# -- without a login ----------------------------------------------------------------------------------------------


def _words() -> dict[str, str]:
    return {
        "waiting": _("Waiting"),
        "waits": _("Waiting for the network (%(count)s)"),
        "offline": _("No network: what you enter is kept and sent later."),
        "shown": _("Kept page of %(time)s"),
        "refused": _("Not taken"),
        "behind": _("Waits for the entry before it"),
        "login": _("Your session has ended: log in to send what waits."),
        "others": _("Entries of %(name)s wait on this telephone; they are sent when %(name)s logs in."),
        "again": _("Try again"),
        "copy": _("Copy"),
        "copied": _("Copied."),
        "discard": _("Discard"),
        "sureDiscard": _("Discard this entry? What it holds is gone then."),
        "handOver": _("Hand to the supervisor"),
        "handed": _("Handed to the supervisor."),
        "sureLogout": _("Entries wait on this telephone. They stay here and are sent when you log in again. Log out?"),
        "loggedOut": _("Logged out on this telephone. The portal is told when the network is back."),
        "photos": _("%(count)s photos"),
        "signature": _("Signature"),
        "nothing": _("Nothing waits on this telephone."),
        "enteredAt": _("Entered %(time)s"),
        "open": _("Open the job"),
        "noNetwork": _("This needs the network. Try again when it is back."),
        "full": _("This telephone has no room left: the entry was not kept."),
        "total": _("Total"),
        "running": _("Running since %(time)s"),
    }


def setup() -> dict[str, Any]:
    """What the scripts of a page on the telephone know; says as well that this page may be kept there."""
    g.phone_page = True
    me = current()
    return {
        "person": me.user_id,
        "name": me.name,
        "worker": url_for("phone.worker"),
        "pulse": url_for("PhoneView.pulse"),
        "waiting": url_for("PhoneView.index"),
        "jobs": url_for("MyDayView.index"),
        "login": url_for("LoginView.login"),
        "zone": str(clock.zone()),
        "words": _words(),
    }


@blueprint.get("/worker.js")
def worker() -> Response:
    """The service worker, which stands between all pages of this address and the network."""
    with current_app.app_context():
        imports = [asset(name) for name in SCRIPTS]
    source = (Path(current_app.static_folder or "") / "js" / "worker.js").read_text("utf-8")
    given = {"scripts": imports, "offline": url_for("phone.offline"), "header": HEADER}
    given["version"] = hashlib.sha256((source + json.dumps(given)).encode()).hexdigest()[:10]
    answer = Response(f"const SETUP = {json.dumps(given)};\n{source}", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Name, icons and start page of the installed app."""
    given = {
        "id": "/my/",
        "name": f"{product_name()} · {_('My jobs')}",
        "short_name": _("My jobs"),
        "description": _("Jobs, parts, minutes and signatures, also without a network."),
        "lang": i18n.html_lang(),
        "start_url": url_for("MyDayView.index"),
        "scope": "/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            {"src": asset(f"img/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    return Response(json.dumps(given, ensure_ascii=False), mimetype="application/manifest+json")


@blueprint.get("/offline")
def offline() -> str:
    """Shown for a page that is not kept on the telephone while there is no network."""
    return render_template("fieldservice/my/offline.html", title=_("No network"))


class QuietSession(SecureCookieSessionInterface):
    """What is asked in the background leaves the session's cookie alone: an answer that comes late must not bring back
    a session that was ended meanwhile, or lose a message that is still to be shown."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """As usual, but not only to make it last longer."""
        return session.modified if _in_background() else super().should_set_cookie(app, session)


def _in_background() -> bool:
    """Pages kept beside the one that is read; and what no browser asks for as a page: a script's or worker's reading."""
    return "keep" in request.args or "text/html" not in request.headers.get("Accept", "")


def _say_whose(response: Response) -> Response:
    """A page that may be kept says whose it is, so that nobody else is shown it."""
    if g.get("phone_page") and request.method == "GET" and response.status_code == 200:
        response.headers[HEADER] = str(current().user_id or "")
    return response


def install(app: Flask) -> None:
    """Register the routes without a login, and what the templates need."""
    app.register_blueprint(blueprint)
    app.session_interface = QuietSession()
    app.after_request(_say_whose)
    app.jinja_env.globals.update(phone_setup=setup, map_of=map_of)
