"""The command line: ``flask …``. Each area brings its commands; they are listed here.

The ``flask`` command finds this program by itself in the project folder, and reads the same settings as ``run.py``.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.core.actors import SYSTEM, acting_as
from app.core.errors import N_, Refused
from app.core.i18n import say

# "module:name" of a click command or group each; an area keeps its own in its ``cli.py``.
COMMANDS = (
    "app.cli:init",
    "app.cli:create_admin",
    "app.core.outbox_cli:group",
    "app.core.schema_cli:schema",
    "app.core.schema_cli:migration",
    "app.core.lifecycle_cli:lifecycles",
    "app.customers.importing.cli:import_group",
    "app.customers.cli:search_index",
    "app.calendars.cli:deadline_command",
    "app.reporting.cli:report",
)


def register(app: Flask) -> None:
    """Register every command with the application."""
    for place in COMMANDS:
        module, _, name = place.partition(":")
        command = getattr(importlib.import_module(module), name)
        _foresee(command)
        app.cli.add_command(command)


def _foresee(command: click.Command) -> None:
    """Let a database that is away or not made yet end in one sentence."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _foresee(each)
    if command.callback is not None and not hasattr(command.callback, "foreseen"):
        command.callback = _told(command.callback)


def _told(action: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(action)
    def tell(*args: Any, **given: Any) -> Any:
        try:
            return action(*args, **given)
        except (OperationalError, ProgrammingError) as problem:
            reason = str(problem.orig).strip().partition("\n")[0]
            raise click.ClickException(
                say(N_("The database is not made yet (flask init), or does not answer: %(reason)s"), reason=reason)
            ) from problem

    tell.foreseen = True  # type: ignore[attr-defined]  # registered again by the next application
    return tell


@click.command("init")
@with_appcontext
def init() -> None:
    """Make or bring up to date tables, roles and reference data (the same as “python run.py init”)."""
    from app import initialise

    initialise.run(current_app, demo=current_app.config["DEMO"])
    click.echo("The database is up to date.")


@click.command("create-admin")
@click.option("--username", prompt="User name", help="the account's name")
@click.option("--name", prompt="Full name", help="the person's name")
@click.option("--email", prompt="E-mail", help="the person's address")
@click.password_option(help="asked for when not given; better not given: other people can read command lines")
@with_appcontext
def create_admin(username: str, name: str, email: str, password: str) -> None:
    """Create an administrator's account (the first one of an empty office). Asks for the password."""
    from app.organisation.accounts import create_administrator

    with acting_as(SYSTEM):
        try:
            create_administrator(SYSTEM, username=username, name=name, email=email, password=password)
        except Refused as refused:
            raise click.ClickException(say(refused)) from refused
    click.echo(f"{username} can log in as administrator.")
