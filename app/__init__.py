"""Aftercare 售后服务管理平台: ``create_app`` assembles the application, nothing else."""

from __future__ import annotations

from typing import Any

from flask import Flask

import config


def create_app(settings: config.Settings | None = None, **overrides: Any) -> Flask:
    """Make the application from ``settings`` (default: the environment); ``overrides`` win over both.

    Raises ``config.ConfigError`` for settings that cannot work and ``Misconfigured`` for tables of the code that
    contradict each other.
    """
    settings = settings or config.load()
    app = Flask(
        "app",
        root_path=str(config.ROOT / "app"),
        template_folder=str(config.ROOT / "templates" / "screens"),
        static_folder=str(config.ROOT / "app" / "static"),
    )
    app.config.update(settings.flask())
    app.config.update(overrides)
    _install_tables(app)
    with app.app_context():
        _extend(app)
    return app


def _install_tables(app: Flask) -> None:
    """Load the role table into the core; importing ``app.rows`` declares the row scopes."""
    from app import roles, rows
    from app.core import login, permissions, scope

    app.config["LIFECYCLES"] = roles.lifecycles
    permissions.install(roles.verbs())
    login.ROLE_LABELS.update(roles.ROLES)
    scope.install(roles.ROW_SCOPE)
    assert rows  # nosec B101 - imported for its declarations


def _extend(app: Flask) -> None:
    from flask_appbuilder import AppBuilder

    from app import cli, menu, wiring
    from app.core import filesweb, health, received, shell
    from app.core.db import db
    from app.fieldservice import calendar_feed

    db.init_app(app)
    shell.before_framework(app)  # CSRF protection must stand before any view does
    appbuilder = AppBuilder(app, db.session, indexview=shell.INDEX_VIEW, security_manager_class=shell.SECURITY_MANAGER)
    shell.after_framework(app)
    wiring.load()
    menu.register(appbuilder)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(filesweb.blueprint)
    calendar_feed.install(app)
    _own_doors(app)
    received.install(app, but=("LoginView.login", "LoginView.logout"))
    cli.register(app)


def _own_doors(app: Flask) -> None:
    """The customers' doors and the technicians' app; they need the framework's languages, so they come after it."""
    from app.complaints.views import public as complaints
    from app.fieldservice.views import phone
    from app.workshop.views import public as items

    complaints.install(app)
    items.install(app)
    phone.install(app)
