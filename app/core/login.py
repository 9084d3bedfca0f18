"""Logging in, accounts and passwords; permissions asked of the database once a request.

A session belongs to the password it was opened with: after a password change every other session ends (trap 8).
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC
from typing import Any

from flask import current_app, flash, g, has_request_context, redirect, request, session, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_group_role,
    assoc_permissionview_role,
    assoc_user_group,
    assoc_user_role,
)
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_jwt_extended import JWTManager
from flask_login import login_user, user_logged_in
from sqlalchemy import select, union
from werkzeug.security import check_password_hash, generate_password_hash
from wtforms import PasswordField
from wtforms.validators import EqualTo, Length

from app.core.actors import SYSTEM, acting_as, current, forget
from app.core.errors import N_, Refused
from app.core.home import after_login
from app.core.uow import unit_of_work
from app.core.views import BaseView, FormPage, OfficeForm, OfficeInterface, fields, inputs, lookup
from app.core.views.fields import Needed
from app.core.views.verbs import Link

SHORTEST_PASSWORD = 10
ROLE_LABELS: dict[str, str] = {}
"""Role key -> English message id; filled at start from the role table (``app/roles/``)."""

lookup(
    Role,
    search=("name",),
    label=lambda role: _(ROLE_LABELS.get(role.name, role.name)),
    only=lambda statement: statement.where(Role.name.in_(ROLE_LABELS)),
)
lookup(User, search=("username", "first_name"), label=lambda user: f"{user.first_name} ({user.username})")


def stamp_of(user: Any) -> str:
    """What ties a session to the account's present password."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{user.id}:{user.password}".encode(), hashlib.sha256).hexdigest()[:24]


@user_logged_in.connect
def _remember_stamp(_sender: Any, user: Any, **_more: Any) -> None:
    session["stamp"] = stamp_of(user)
    session.permanent = True
    forget()


def hashed(password: str) -> str:
    """The password as it is stored."""
    method = current_app.config.get("FAB_PASSWORD_HASH_METHOD", "scrypt")
    return generate_password_hash(password, method=method)


class PasswordInput(inputs.Input):
    """A password field never repeats what was typed."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        return super().__call__(field, **{**kwargs, "value": ""})


def _password(label: Any, *rules: Any, autocomplete: str = "new-password") -> Any:
    return PasswordField(label, [Needed(), *rules], widget=PasswordInput("password", autocomplete=autocomplete))


class LoginForm(OfficeForm):
    """User name and password."""

    username = fields.text(_l("User name"), 64, render_kw={"autocomplete": "username", "autofocus": True})
    password = _password(_l("Password"), autocomplete="current-password")


class NewPasswordForm(OfficeForm):
    """A new password, twice."""

    password = _password(_l("New password"), Length(min=SHORTEST_PASSWORD, max=200))
    again = _password(_l("New password once more"), EqualTo("password", message=_l("Passwords must match")))


class OwnPasswordForm(NewPasswordForm):
    """The present password, then the new one."""

    present = _password(_l("Present password"), autocomplete="current-password")


class LoginView(AuthDBView):
    """The login page. A wrong password is said on the page itself (401), where the attempts are counted."""

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Any:
        """Show the form, or let the person in."""
        if g.user is not None and g.user.is_authenticated:
            return redirect(self._get_safe_next_url())
        form = LoginForm()
        status = 200
        if request.method == "POST" and form.validate():
            user = self.appbuilder.sm.auth_user_db(form.username.data, form.password.data)
            if user:
                kept = session.get("locale")
                session.clear()
                session["locale"] = kept or current_app.config["BABEL_DEFAULT_LOCALE"]
                login_user(user, remember=False)
                wanted = request.args.get("next", "")
                first = after_login(frozenset(role.name for role in self.appbuilder.sm.get_user_roles(user)))
                return redirect(get_safe_redirect(wanted) if wanted else first)
            form.form_errors = [_("User name or password is wrong.")]
            status = 401
        # Being sent here to log in is no fault worth a red message.
        session.pop("_flashes", None)
        return self.render_template("login.html", title=_("Login"), form=form), status

    @expose("/logout/", methods=["GET", "POST"])
    def logout(self) -> Any:
        """Log out and forget the session."""
        answer = super().logout()
        kept = session.get("locale")
        session.clear()
        session["locale"] = kept or current_app.config["BABEL_DEFAULT_LOCALE"]
        return answer


class AccountView(BaseView):
    """Accounts, for administrators; and everybody's own page."""

    route_base = "/users"
    datamodel = OfficeInterface(User)
    record_name = _l("Account")
    list_columns = ["username", "first_name", "email", "roles", "active", "last_login"]
    search_columns = ["username", "first_name", "active", "roles"]
    show_fieldsets = [
        (_l("Account"), {"fields": ["username", "first_name", "email", "roles", "active"]}),
        (_l("Use"), {"fields": ["last_login", "login_count", "fail_login_count", "created_on", "changed_on"]}),
    ]
    add_columns = ["username", "first_name", "email", "roles", "active", "password", "again"]
    edit_columns = ["first_name", "email", "roles", "active"]
    required_columns = ["username", "first_name", "email", "roles"]
    label_columns = {
        "username": _l("User name"),
        "first_name": _l("Full Name"),
        "email": _l("Email"),
        "roles": _l("Roles"),
        "active": _l("In use"),
        "last_login": _l("Last login"),
        "login_count": _l("Login count"),
        "fail_login_count": _l("Failed login count"),
        "created_on": _l("Created on"),
        "changed_on": _l("Changed on"),
        "password": _l("Password"),
        "again": _l("Confirm Password"),
    }
    tones = {"active": {True: "success", False: "neutral"}}
    add_form_extra_fields = {"password": NewPasswordForm.password, "again": NewPasswordForm.again}
    base_order = ("username", "asc")

    def render(self, column: str, value: Any) -> Any:
        """Roles by their label; moments in office time."""
        if column == "roles":
            value = [_(ROLE_LABELS.get(role.name, role.name)) for role in value]
        if column in ("last_login", "created_on", "changed_on") and value is not None and value.tzinfo is None:
            value = value.astimezone(UTC)  # the framework writes the server's local time
        return super().render(column, value)

    def pre_add(self, item: Any) -> None:
        """The whole name is one field here."""
        item.last_name = ""
        item.password = hashed(item.password)

    def pre_update(self, item: Any) -> None:
        """An administrator cannot lock out the account in use."""
        if item.id == current().user_id and not item.active:
            raise Refused(N_("You cannot close your own account."), field="active")

    def links(self, item: Any) -> list[Link]:
        """Set a new password for somebody who forgot theirs."""
        if not self.permitted("can_reset_password"):
            return []
        return [Link(_("Set a new password"), url_for("AccountView.reset_password", pk=item.id), "fa-key")]

    @expose("/password/<pk>", methods=["GET", "POST"])
    @has_access
    def reset_password(self, pk: str) -> Any:
        """Set somebody's password; their sessions end."""
        item, form = self._record(pk), NewPasswordForm()
        if request.method == "POST" and form.validate():
            set_password(item, form.password.data)
            flash(_("The password is changed."), "success")
            return redirect(self.record_url(item))
        title = _("New password for %(name)s", name=str(item))
        page = self.render_template("form_page.html", title=title, form=form, view=self, back=self.record_url(item))
        return page, 422 if request.method == "POST" else 200

    @expose("/userinfo/")
    @has_access
    def userinfo(self) -> str:
        """The person's own page."""
        with acting_as(SYSTEM):
            user = self.appbuilder.sm.get_user_by_id(g.user.id)
            roles = [_(ROLE_LABELS.get(role.name, role.name)) for role in self.appbuilder.sm.get_user_roles(user)]
        page: str = self.render_template("account.html", title=_("My account"), user=user, roles=roles, me=current())
        return page


def set_password(user: Any, password: str) -> None:
    """Store a new password; every session opened with the old one ends, but for the one that changed its own."""
    with unit_of_work(current(), "account.change"):
        user.password = hashed(password)
    if has_request_context() and session.get("_user_id") == str(user.id):
        session["stamp"] = stamp_of(user)


class OwnPasswordView(FormPage):
    """Change one's own password."""

    route_base = "/users/mypassword"
    form = OwnPasswordForm
    title = _l("Change my password")
    help = _l("At least 10 characters. Your other sessions will be logged out.")
    done = _l("The password is changed.")

    def save(self, form: OfficeForm) -> str:
        """Check the present password, store the new one."""
        user = current_app.extensions["appbuilder"].sm.get_user_by_id(g.user.id)
        if not check_password_hash(user.password, form["present"].data):
            raise Refused(N_("The present password is wrong."), field="present")
        set_password(user, form["password"].data)
        return str(current_app.extensions["appbuilder"].get_url_for_userinfo)


class OfficeSecurityManager(SecurityManager):
    """The framework's, with our login page and accounts, and permissions read once a request (trap 12)."""

    authdbview = LoginView
    userdbmodelview = AccountView

    def __init__(self, appbuilder: Any) -> None:
        own = AccountView.datamodel
        super().__init__(appbuilder)
        AccountView.datamodel = own  # the framework puts its plain interface there

    def register_views(self) -> None:
        """Only the pages we show: roles and permissions are generated from ``app/roles/``, nobody edits them."""
        self.appbuilder.add_api(self.security_api)
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.appbuilder.add_view_no_menu(OwnPasswordView())
        self.user_view = self.appbuilder.add_view_no_menu(AccountView())

    # -- sessions and tokens ---------------------------------------------------------------------------------------
    def load_user(self, pk: Any) -> Any:
        """The account of a session, unless its password changed since."""
        with acting_as(SYSTEM):
            user = super().load_user(pk)
        if user is not None and hmac.compare_digest(str(session.get("stamp", "")), stamp_of(user)):
            return user
        return None

    def create_login_manager(self, app: Any) -> Any:
        """Routes outside the framework's views (files) send to our login page."""
        manager = super().create_login_manager(app)
        manager.login_view = "LoginView.login"
        manager.login_message = None  # being sent to log in is no fault
        return manager

    def load_user_jwt(self, _jwt_header: Any, jwt_data: dict[str, Any]) -> Any:
        """The account of a bearer token, unless its password changed since."""
        with acting_as(SYSTEM):
            user = super().load_user(jwt_data["sub"])
        if user is None or not hmac.compare_digest(str(jwt_data.get("stamp", "")), stamp_of(user)):
            return None
        g.user = user
        forget()
        return user

    def create_jwt_manager(self, app: Any) -> JWTManager:
        """Tokens carry the stamp too."""
        manager: JWTManager = super().create_jwt_manager(app)

        @manager.additional_claims_loader
        def claims(identity: Any) -> dict[str, str]:
            with acting_as(SYSTEM):
                user = self.get_user_by_id(int(identity))
            return {"stamp": stamp_of(user)} if user is not None else {}

        return manager

    # -- permissions -----------------------------------------------------------------------------------------------
    def _kept(self, what: str, key: Any, find: Any) -> Any:
        """A value kept for the rest of the request."""
        if not has_request_context():
            return find()
        store: dict[Any, Any] = g.setdefault("permissions_of_request", {})
        if (what, key) not in store:
            with acting_as(SYSTEM):
                store[what, key] = find()
        return store[what, key]

    def _granted(self, user_id: int | None) -> set[tuple[str, str]]:
        """``(permission, view)`` of all roles of an account, or of the public role."""

        def find() -> set[tuple[str, str]]:
            rows = self.session.execute(
                select(Permission.name, ViewMenu.name)
                .select_from(PermissionView)
                .join(Permission, Permission.id == PermissionView.permission_id)
                .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
                .join(assoc_permissionview_role, assoc_permissionview_role.c.permission_view_id == PermissionView.id)
                .where(assoc_permissionview_role.c.role_id.in_(_role_ids(user_id, self.auth_role_public)))
            )
            return {(permission, view) for permission, view in rows}

        found: set[tuple[str, str]] = self._kept("granted", user_id, find)
        return found

    def get_user_roles(self, user: Any) -> list[Any]:
        """The roles of an account, its own and its groups'."""
        user_id = user.id if user.is_authenticated else None
        statement = select(Role).where(Role.id.in_(_role_ids(user_id, self.auth_role_public)))
        found: list[Any] = self._kept("roles", user_id, lambda: list(self.session.scalars(statement)))
        return found

    def _has_view_access(self, user: Any, permission_name: str, view_name: str) -> bool:
        return (permission_name, view_name) in self._granted(user.id)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Whether nobody in particular may do it."""
        return (permission_name, view_name) in self._granted(None)

    def _get_user_permission_view_menus(self, user: Any, permission_name: str, view_menus_name: list[str]) -> set[str]:
        granted = self._granted(user.id if user is not None else None)
        return {view for permission, view in granted if permission == permission_name}


def _role_ids(user_id: int | None, public: str) -> Any:
    if user_id is None:
        return select(Role.id).where(Role.name == public)
    own = select(assoc_user_role.c.role_id).where(assoc_user_role.c.user_id == user_id)
    by_group = (
        select(assoc_group_role.c.role_id)
        .join(assoc_user_group, assoc_user_group.c.group_id == assoc_group_role.c.group_id)
        .where(assoc_user_group.c.user_id == user_id)
    )
    return select(union(own, by_group).subquery().c.role_id)
