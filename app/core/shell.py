"""What every page goes through: CSRF protection, security headers, error pages, language.

``before_framework`` stands before the framework's views exist, ``after_framework`` after; ``create_app`` calls both.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, InternalServerError

from app.core import assets, dates, i18n, inbox
from app.core.actors import current
from app.core.errors import Conflict, NotFound, NotPermitted, Refused
from app.core.home import HomeView, cards_for
from app.core.login import OfficeSecurityManager
from app.core.views.display import plain
from app.core.views.lists import without
from app.core.views.lookup import LookupView

log = logging.getLogger(__name__)

INDEX_VIEW: Any = HomeView
SECURITY_MANAGER: Any = OfficeSecurityManager
PRODUCT = {"zh": "售后服务管理平台", "en": "After-sales service"}
ACCOUNT_RATE = "10 per 5 minutes"
COMPILES = "/static/js/code_reader.js"
FEW_ENTRIES = 14
LOGIN_PAGES = ("LoginView.login", "SecurityApi.login")


class OfficeCSRF(CSRFProtect):
    """A request with a bearer token carries no ambient authority: another site cannot send that header."""

    def protect(self, *args: Any, **kwargs: Any) -> None:
        """Check the token of a browser's request."""
        if request.path.startswith("/api/") and request.headers.get("Authorization", "").startswith("Bearer "):
            return
        super().protect(*args, **kwargs)


def before_framework(app: Flask) -> None:
    """Install what must stand before the framework registers its views."""
    i18n.ensure_compiled()
    # The framework switches its limiter off unless told.
    app.config.setdefault("RATELIMIT_ENABLED", bool(app.config.get("AUTH_RATE_LIMITED", True)))
    app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    # Tokens have a key of their own, long enough for their signature whatever the length of SECRET_KEY.
    key = hashlib.sha256(f"bearer tokens\n{app.config['SECRET_KEY']}".encode()).hexdigest()
    app.config.setdefault("JWT_SECRET_KEY", key)
    OfficeCSRF(app)
    app.jinja_env.globals.update(
        csp_nonce=csp_nonce,
        plain=plain,
        within=dates.within,
        short=dates.short,
        on_day=dates.day,
        hour=dates.hour,
        next_step=next_step,
        say=i18n.say,
        without=without,
    )
    assets.install(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_for_every_page)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refused, _refused)


def after_framework(app: Flask) -> None:
    """Install what needs the framework's views."""
    app.appbuilder.add_view_no_menu(LookupView)  # type: ignore[attr-defined]  # set by the framework
    if app.config.get("AUTH_RATE_LIMITED", True):
        _limit_logins(app)


# -- headers ----------------------------------------------------------------------------------------------------


def csp_nonce() -> str:
    """The request's nonce: only scripts that carry it run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def _compiles() -> str:
    # A worker obeys the policy of its own file: the reader of codes may compile its library, no page may.
    return " 'wasm-unsafe-eval'" if request.path == COMPILES else ""


def _headers(response: Response) -> Response:
    policy = "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{csp_nonce()}'{_compiles()}",
            "style-src 'self' 'unsafe-inline'",  # Select2 and the framework set style attributes
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "frame-ancestors 'self'",
        )
    )
    wanted = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if request.is_secure:
        wanted["Strict-Transport-Security"] = "max-age=31536000"
    if kept := assets.may_be_kept(response):
        response.headers["Cache-Control"] = kept  # the framework's own word is to ask each time
    elif not (request.endpoint or "").endswith("static"):
        # Customers' data must not come back from the browser's cache after logging out.
        wanted["Cache-Control"] = "no-store"
    for name, value in wanted.items():
        response.headers.setdefault(name, value)
    return response


# -- pages ------------------------------------------------------------------------------------------------------


def product_name() -> str:
    """The product's name in the reader's language."""
    return PRODUCT["zh"] if i18n.html_lang().startswith("zh") else PRODUCT["en"]


def _for_every_page() -> dict[str, Any]:
    return {
        "html_lang": i18n.html_lang(),
        "languages": i18n.LANGUAGES,
        "product_name": product_name(),
        "side_menu": side_menu,
        "trail": trail,
        "me": current() if current_user and current_user.is_authenticated else None,
        "unread_messages": inbox.unread,
    }


@dataclass(frozen=True)
class MenuEntry:
    """One screen in the side menu."""

    name: str
    label: str
    url: str
    active: bool


@dataclass(frozen=True)
class MenuSection:
    """A kind of work with the screens this person may open."""

    name: str
    label: str
    icon: str
    entries: list[MenuEntry]
    open: bool

    @property
    def active(self) -> bool:
        """Whether the page shown belongs to it."""
        return any(entry.active for entry in self.entries)


def trail(view: Any = None) -> list[tuple[str, str]]:
    """``(label, address)`` of where the page stands: its part of the menu, then its screen unless that is the page.

    ``view`` is the screen of a record's page: it also names screens that stand in no menu.
    """
    for section in side_menu():
        for entry in section.entries:
            if entry.active:
                here = [] if entry.url.partition("?")[0] == request.path else [(entry.label, entry.url)]
                return [(section.label, ""), *here]
    if view is None:
        return []
    listed = view.permitted("can_list") and "list" not in view.exclude_route_methods
    return [(str(view.list_title), url_for(f"{view.endpoint}.list") if listed else "")]


def next_step(screens: tuple[str, ...] | str) -> MenuEntry:
    """The first of these screens that the person may open, for a page with nothing on it; else the start page's."""
    entries = {entry.name: entry for section in side_menu() for entry in section.entries}
    for name in (screens,) if isinstance(screens, str) else screens:
        if name in entries:
            return entries[name]
    return MenuEntry("", str(_("Home")), current_app.extensions["appbuilder"].get_url_for_index, False)


def side_menu() -> list[MenuSection]:
    """The menu of the person who asks, made once a request. With few entries all sections stand open."""
    if "side_menu" not in g:
        g.side_menu = _side_menu()
    found: list[MenuSection] = g.side_menu
    return found


def _side_menu() -> list[MenuSection]:
    builder = current_app.extensions["appbuilder"]
    # Asked once: asking for each of a hundred entries took a sixth of a page's time.
    permitted = builder.sm.get_user_menu_access()
    found: list[tuple[Any, list[MenuEntry]]] = []
    for section in builder.menu.get_list():
        entries = []
        for item in section.childs:
            if item.name not in permitted or not item.should_render():
                continue
            here = item.baseview is not None and request.blueprint == item.baseview.endpoint
            entries.append(MenuEntry(item.name, str(item.label), item.get_url(), here))
        if entries:
            found.append((section, entries))
    few = sum(len(entries) for _section, entries in found) <= FEW_ENTRIES
    nowhere = not any(entry.active for _section, entries in found for entry in entries)
    opened = _section_of_work(found) if nowhere else ""
    return [
        MenuSection(
            section.name,
            str(section.label),
            section.icon,
            entries,
            few or any(entry.active for entry in entries) or section.name == opened,
        )
        for section, entries in found
    ]


def _section_of_work(found: list[tuple[Any, list[MenuEntry]]]) -> str:
    """The section of the person's first card, or the first; it stands open where no entry of the menu is shown."""
    for screen in (card.url.partition(".")[0] for card in cards_for(current())):
        for section, entries in found:
            if any(entry.name == screen for entry in entries):
                return str(section.name)
    return str(found[0][0].name) if found else ""


def _limit_logins(app: Flask) -> None:
    """Count failed logins, by form and by API together: per address, and stricter per account and address."""
    limiter = app.appbuilder.sm.limiter  # type: ignore[attr-defined]  # set by the framework

    def failed(response: Response) -> bool:
        return response.status_code == 401

    def address() -> str:
        return f"login/{request.remote_addr}"

    def account() -> str:
        given: Any = request.get_json(silent=True) if request.is_json else request.form
        name = given.get("username", "") if hasattr(given, "get") else ""
        return f"login/{request.remote_addr}/{str(name).strip().lower()[:64]}"

    by_address = limiter.shared_limit(
        app.config.get("AUTH_RATE_LIMIT", "20 per minute"),
        scope="login-address",
        key_func=address,
        methods=["POST"],
        deduct_when=failed,
    )
    by_account = limiter.shared_limit(
        ACCOUNT_RATE, scope="login-account", key_func=account, methods=["POST"], deduct_when=failed
    )
    for endpoint in LOGIN_PAGES:
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = by_address(by_account(app.view_functions[endpoint]))


# -- errors -----------------------------------------------------------------------------------------------------


def _explained(code: int) -> tuple[str, str]:
    """Title and sentence of an error page."""
    known = {
        400: (_("This could not be understood"), _("Please go back and try again.")),
        401: (_("Please log in"), _("Your session has ended.")),
        403: (_("Not allowed"), _("You may not open this page or do this.")),
        404: (_("Not found"), _("This page or record does not exist, or you may not see it.")),
        405: (_("This could not be understood"), _("Please go back and try again.")),
        409: (_("Changed meanwhile"), _("Somebody else changed this record meanwhile.")),
        413: (_("Too large"), _("What you sent is too large.")),
        429: (_("Too many attempts"), _("Please wait a few minutes, then try again.")),
        503: (_("Not available just now"), _("Please try again in a moment.")),
    }
    fault = (_("Something went wrong here"), _("The fault was noted. Nothing you see was changed; please try again."))
    return known.get(code, fault if code >= 500 else known[400])


def _wants_json() -> bool:
    if request.path.startswith(("/api/", "/lookup/")):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def error_page(code: int, sentence: str | None = None) -> Response:
    """The error page, or its JSON for programs; in the person's language, never with a stack trace."""
    title, usual = _explained(code)
    sentence = sentence or usual
    if _wants_json():
        return make_response(jsonify(message=sentence), code)
    if request.url_rule is None and request.routing_exception is not None and code == 400:
        # A forged Host header: no address of ours can be built for it.
        return make_response(f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1>", code)
    try:
        page = render_template("error.html", title=title, sentence=sentence, code=code, **_appbuilder())
    except Exception:
        log.exception("error page")
        page = f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>{sentence}</p>"
    return make_response(page, code)


def _appbuilder() -> dict[str, Any]:
    builder = current_app.extensions["appbuilder"]
    return {"appbuilder": builder, "base_template": builder.base_template}


def _http_error(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error.response or error
    if isinstance(error, InternalServerError):
        from app.core.db import db

        db.session.rollback()
    if isinstance(error, CSRFError):
        return error_page(400, _("The form is too old or was not ours. Please open the page again and repeat."))
    return error_page(error.code or 500)


def _refused(error: Refused) -> Response:
    """A refusal that no form caught."""
    code = 404 if isinstance(error, NotFound) else 403 if isinstance(error, NotPermitted) else 400
    return error_page(409 if isinstance(error, Conflict) else code, i18n.say(error))
