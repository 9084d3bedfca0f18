"""`flask import customers FILE` – the list of an office, from a sheet into the portal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from app.core.actors import SYSTEM, acting_as
from app.core.errors import Refused
from app.core.i18n import in_language, say
from app.customers.importing import commands
from app.customers.importing.present import as_json, as_text, findings
from app.customers.importing.sheet import read_book

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
WRONG_ROWS = 2

import_group = AppGroup("import", help="Bring data from files into the portal.")


@import_group.command("customers")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would be done and change nothing.")
@click.option("--json", "json_wanted", is_flag=True, help="Machine-readable result (docs/import.md).")
@click.option("--branch", "branch_code", help="Code of the branch for addresses in no known district.")
@click.option(
    "--lang", type=click.Choice(sorted(LANGUAGES)), default="zh", show_default=True, help="Language of messages."
)
@click.option("--all", "show_all", is_flag=True, help="Print every warning.")
@click.pass_context
def import_customers(
    ctx: click.Context, file: Path, dry_run: bool, json_wanted: bool, branch_code: str | None, lang: str, show_all: bool
) -> None:
    """Customers, telephones, addresses and products from an .xlsx or .csv FILE.

    Shows what it does and which rows are wrong and why. Exit code 0: nothing was wrong; 2: wrong rows were left out,
    the others are in; 1: nothing was done (unreadable file, no list in it, unknown branch).
    """
    with acting_as(SYSTEM), in_language(LANGUAGES[lang]):
        try:
            book = read_book(_content(file), file.name)
            plan = commands.preview(SYSTEM, book, branch_code=branch_code)
            if not json_wanted:
                _print(as_text(book, plan, applied=False, show_all=show_all))
            applied = False
            if not dry_run:
                plan = commands.import_customers(SYSTEM, book, branch_code=branch_code)
                applied = True
        except Refused as refusal:
            _fail(say(refusal), json_wanted=json_wanted, file=file)
        except IntegrityError:
            message = _("Somebody entered the same at this moment. Nothing was changed; please run it again.")
            _fail(message, json_wanted=json_wanted, file=file)
        except (OperationalError, ProgrammingError):
            message = _("The database is busy or not made yet (flask init). Nothing was changed.")
            _fail(message, json_wanted=json_wanted, file=file)
        if json_wanted:
            result = as_json(book, plan, filename=file.name, applied=applied, dry_run=dry_run)
            click.echo(json.dumps(result, ensure_ascii=False, indent=2))
        else:
            _print(["", _closing(applied=applied, changed=plan.does_something)])
        ctx.exit(WRONG_ROWS if findings(plan, errors=True) else 0)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _closing(*, applied: bool, changed: bool) -> str:
    if not applied:
        return _("Dry run: nothing was changed.")
    return _("Entered in one transaction.") if changed else _("Everything is there already: nothing was changed.")


def _fail(message: str, *, json_wanted: bool, file: Path) -> NoReturn:
    if json_wanted:
        click.echo(json.dumps({"file": file.name, "applied": False, "error": message}, ensure_ascii=False, indent=2))
    raise click.ClickException(message)
